//! The threads that serve. Each has clients of its own and connections to the database of its own, so that a request is worked
//! on where its answers arrive. One runtime of many threads has whichever is idle go on with a request, in a processor that
//! knows nothing of it, and memory that another one allocated: that was half of what a page with nested lists cost.

use std::{
    cell::Cell,
    io,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

thread_local! {
    static CURRENT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Threads with a runtime each. What runs there when they are dropped goes no further.
#[derive(Debug)]
pub struct Workers(Vec<Worker>);

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    /// How many conversations it has.
    load: Arc<AtomicUsize>,
    /// Dropped with it, which ends the thread.
    _stop: oneshot::Sender<()>,
}

impl Workers {
    /// As many as there are processors.
    pub fn start() -> io::Result<Self> {
        Self::of(thread::available_parallelism().map_or(1, NonZero::get))
    }

    /// So many.
    pub fn of(number: usize) -> io::Result<Self> {
        (0..number.max(1)).map(Worker::start).collect::<io::Result<_>>().map(Self)
    }

    /// How many they are: one at least.
    pub fn number(&self) -> usize {
        self.0.len()
    }

    /// What `work` answers, done by the worker of that number; none of one that there is not, or that panicked.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        number: usize,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.0.get(number)?.runtime.spawn(work).await.ok()
    }

    /// Has whoever has the least to do have this conversation.
    pub(crate) fn converse(&self, conversation: impl Future<Output = ()> + Send + 'static) {
        let Some(worker) = self.0.iter().min_by_key(|worker| worker.load.load(Ordering::Relaxed)) else {
            return;
        };
        let load = Load::on(&worker.load);
        worker.runtime.spawn(async move {
            conversation.await;
            drop(load);
        });
    }
}

impl Worker {
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            CURRENT.set(Some(number));
            // the sender says nothing, it goes
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self { runtime: handle, load: Arc::default(), _stop: stop })
    }
}

/// The number of the worker that runs this; none where it is not one that does.
pub(crate) fn current() -> Option<usize> {
    CURRENT.get()
}

/// One conversation, until it is dropped.
struct Load(Arc<AtomicUsize>);

impl Load {
    fn on(load: &Arc<AtomicUsize>) -> Self {
        load.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(load))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
