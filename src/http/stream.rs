//! A client's connection, with an end to its patience: hyper waits for a whole head within the idle time, and for an answer
//! to be taken without any limit; here a head that has begun must arrive in time, and so must a place in the client's buffer.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::config::Timeouts;

/// What the connection and the requests on it know of each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk(Arc<Heads>);

#[derive(Debug, Default)]
struct Heads {
    arrived: AtomicU64,
    answered: AtomicU64,
}

impl Talk {
    /// The head of a request has arrived, its body perhaps not.
    pub(super) fn begin(&self) {
        self.0.arrived.fetch_add(1, Ordering::Relaxed);
    }

    /// Its answer has begun.
    pub(super) fn end(&self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether any request ever arrived.
    pub(super) fn has_begun(&self) -> bool {
        self.arrived() > 0
    }

    fn arrived(&self) -> u64 {
        self.0.arrived.load(Ordering::Relaxed)
    }

    fn is_busy(&self) -> bool {
        self.arrived() > self.0.answered.load(Ordering::Relaxed)
    }
}

/// The stream of a connection; fails where the other end takes too long.
pub(super) struct Watched {
    stream: TcpStream,
    talk: Talk,
    /// Heads that had arrived when it was last looked.
    heads: u64,
    /// Ends the wait for a head: from the first byte, and on a new connection from the beginning.
    head: Timer,
    /// Ends the wait for the client to take some of its answer.
    write: Timer,
}

/// A time limit that may be running.
struct Timer {
    limit: Duration,
    running: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    fn start(&mut self) {
        self.running.get_or_insert_with(|| Box::pin(sleep(self.limit)));
    }

    fn stop(&mut self) {
        self.running = None;
    }

    /// Fails when the time is up.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.running.as_mut().map(|sleep| sleep.as_mut().poll(cx)) {
            Some(Poll::Ready(())) => Err(ErrorKind::TimedOut.into()),
            Some(Poll::Pending) | None => Ok(()),
        }
    }
}

impl Watched {
    pub(super) fn new(stream: TcpStream, talk: Talk, timeouts: &Timeouts) -> Self {
        let head = Timer { limit: timeouts.header, running: Some(Box::pin(sleep(timeouts.header))) };
        Self { stream, talk, heads: 0, head, write: Timer { limit: timeouts.write, running: None } }
    }

    fn written<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write.stop();
        } else {
            self.write.start();
            self.write.check(cx)?;
        }
        written
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let heads = this.talk.arrived();
        if heads != this.heads {
            this.heads = heads;
            this.head.stop();
        }
        if this.talk.is_busy() {
            // the body has its own limit, and so has the answer
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        }
        let before = buf.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(result) => {
                if buf.filled().len() > before {
                    this.head.start();
                }
                // bytes that drip in one by one never leave the wait below
                this.head.check(cx)?;
                Poll::Ready(result)
            }
            Poll::Pending => {
                this.head.check(cx)?;
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
