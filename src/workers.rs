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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn whoever_has_the_least_to_do_has_the_next_conversation() {
        let workers = Workers::of(3).unwrap();
        let (told, mut heard) = mpsc::unbounded_channel();
        let begin = |until: oneshot::Receiver<()>| {
            let told = told.clone();
            workers.converse(async move {
                told.send(current().unwrap()).unwrap();
                let _ = until.await;
            });
        };
        let mut ends = Vec::new();
        let mut number = async |ends: &mut Vec<oneshot::Sender<()>>| {
            let (end, until) = oneshot::channel();
            begin(until);
            ends.push(end);
            heard.recv().await.unwrap()
        };
        for expected in [0, 1, 2, 0] {
            assert_eq!(number(&mut ends).await, expected);
        }
        // the second has none any more
        drop(ends.remove(1));
        while workers.0[1].load.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(number(&mut ends).await, 1);
    }

    #[tokio::test]
    async fn each_knows_its_number_and_others_have_none() {
        let workers = Workers::of(2).unwrap();
        assert_eq!(current(), None);
        for number in 0..workers.number() {
            assert_eq!(workers.ask(number, async { current() }).await, Some(Some(number)));
        }
        assert_eq!(workers.ask(2, async {}).await, None);
        assert_eq!(workers.ask(0, async { panic!("on purpose") }).await, None::<()>);
        assert_eq!(workers.ask(0, async { 1 }).await, Some(1));
    }

    #[tokio::test]
    async fn they_go_with_whoever_had_them() {
        let workers = Workers::of(1).unwrap();
        let (held, dropped) = oneshot::channel::<()>();
        workers.converse(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        drop(workers);
        assert!(dropped.await.is_err());
    }
}
