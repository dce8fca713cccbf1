//! Where passwords are hashed: off the threads that serve, one a processor at a time, and with a short queue. Each takes a
//! processor for tens of milliseconds; without bounds, whoever sends many passwords has all of the machine.

use std::{num::NonZero, panic::resume_unwind, sync::Arc, thread};

use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{Password, PasswordHash, Verified, Wrong};

/// How many may wait. The last of them waits a second and a half on two processors: longer, and clients ask again.
const QUEUE: usize = 64;

/// Too many wait already. Worth another try in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowded;

/// The way to hash passwords. All clones share their places, whichever thread they are on.
#[derive(Debug, Clone)]
pub struct Hashing(Arc<Places>);

#[derive(Debug)]
struct Places {
    /// One for each that is worked on.
    work: Arc<Semaphore>,
    /// One for each that is worked on or waits.
    all: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::new()
    }
}

impl Hashing {
    /// One at a time for each processor, and 64 that wait.
    pub fn new() -> Self {
        Self::of(thread::available_parallelism().map_or(1, NonZero::get), QUEUE)
    }

    fn of(work: usize, queue: usize) -> Self {
        let places = |number| Arc::new(Semaphore::new(number));
        Self(Arc::new(Places { work: places(work), all: places(work + queue) }))
    }

    /// See [`super::rehash`].
    pub async fn rehash(&self, password: Password) -> Result<PasswordHash, Crowded> {
        self.run(move || super::rehash(&password)).await
    }

    /// See [`super::verify`].
    pub async fn verify(
        &self,
        stored: PasswordHash,
        typed: Password,
    ) -> Result<Result<Verified, Wrong>, Crowded> {
        self.run(move || super::verify(&stored, &typed)).await
    }

    /// Does other work on passwords that takes milliseconds or more, such as
    /// [`NewPassword::judge`](super::NewPassword::judge), in the same places.
    ///
    /// Whoever is dropped while waiting leaves the queue. What has begun goes on, and keeps its place until it is done.
    ///
    /// # Errors
    /// When the queue is full, at once; or when the program stops.
    ///
    /// # Panics
    /// When the work does.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Crowded> {
        let of_all = Arc::clone(&self.0.all).try_acquire_owned().map_err(|_| Crowded)?;
        let at_work = Arc::clone(&self.0.work).acquire_owned().await.map_err(|_| Crowded)?;
        let done = spawn_blocking(move || {
            // they go with the work, not with whoever waits for it
            let _places = (at_work, of_all);
            work()
        });
        done.await.map_err(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Crowded,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, sync::mpsc};

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;
    use crate::{auth::password::NewPassword, workers::Workers};

    /// Work that ends when the test lets go of it, and tells when it begins.
    struct Held {
        begun: oneshot::Receiver<()>,
        end: mpsc::Sender<()>,
    }

    impl Held {
        fn work() -> (Self, impl FnOnce() + Send + 'static) {
            let ((begin, begun), (end, ended)) = (oneshot::channel(), mpsc::channel());
            let work = move || {
                let _ = begin.send(());
                // dropped by a test that failed, it ends as well
                let _ = ended.recv();
            };
            (Self { begun, end }, work)
        }

        async fn begun(&mut self) {
            (&mut self.begun).await.unwrap();
        }

        fn end(self) {
            self.end.send(()).unwrap();
        }
    }

    #[test]
    fn each_processor_has_one_and_sixty_four_wait() {
        let (hashing, processors) = (Hashing::new(), thread::available_parallelism().unwrap().get());
        let places = (hashing.0.work.available_permits(), hashing.0.all.available_permits());
        assert_eq!(places, (processors, processors + 64));
    }

    #[tokio::test]
    async fn one_a_processor_is_worked_on_and_the_others_wait() {
        let hashing = Hashing::of(2, 2);
        let ((mut first, first_work), (mut second, second_work), (mut third, third_work)) =
            (Held::work(), Held::work(), Held::work());
        let mut one = pin!(hashing.run(first_work));
        let mut two = pin!(hashing.run(second_work));
        let mut three = pin!(hashing.run(third_work));
        for waiting in [one.as_mut(), two.as_mut(), three.as_mut()] {
            assert_eq!(waiting.now_or_never(), None);
        }
        first.begun().await;
        second.begun().await;
        assert!(third.begun.try_recv().is_err(), "both processors have work");
        first.end();
        assert_eq!(one.await, Ok(()));
        assert_eq!(three.as_mut().now_or_never(), None);
        third.begun().await;
        second.end();
        third.end();
        assert_eq!((two.await, three.await), (Ok(()), Ok(())));
    }

    #[tokio::test]
    async fn whoever_comes_to_a_full_queue_is_sent_away_at_once() {
        let hashing = Hashing::of(1, 2);
        let (mut held, work) = Held::work();
        let mut working = pin!(hashing.run(work));
        let mut first = pin!(hashing.run(|| 1));
        let mut second = pin!(hashing.run(|| 2));
        assert_eq!(working.as_mut().now_or_never(), None);
        held.begun().await;
        assert_eq!((first.as_mut().now_or_never(), second.as_mut().now_or_never()), (None, None));
        assert_eq!(hashing.run(|| 3).now_or_never(), Some(Err(Crowded)));
        held.end();
        assert_eq!((working.await, first.await, second.await), (Ok(()), Ok(1), Ok(2)));
        assert_eq!(hashing.run(|| 3).await, Ok(3));
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_queue() {
        let hashing = Hashing::of(1, 1);
        let (mut held, work) = Held::work();
        let mut working = pin!(hashing.run(work));
        assert_eq!(working.as_mut().now_or_never(), None);
        held.begun().await;
        let mut leaving = Box::pin(hashing.run(|| panic!("nobody waits for this")));
        assert_eq!(leaving.as_mut().now_or_never(), None::<Result<(), Crowded>>);
        assert_eq!(hashing.run(|| 1).now_or_never(), Some(Err(Crowded)));
        drop(leaving);
        let mut next = pin!(hashing.run(|| 1));
        assert_eq!(next.as_mut().now_or_never(), None);
        held.end();
        assert_eq!((working.await, next.await), (Ok(()), Ok(1)));
    }

    #[tokio::test]
    async fn work_that_has_begun_keeps_its_place_when_nobody_waits_for_it() {
        let hashing = Hashing::of(1, 0);
        let (mut held, work) = Held::work();
        let mut leaving = Box::pin(hashing.run(work));
        assert_eq!(leaving.as_mut().now_or_never(), None);
        held.begun().await;
        drop(leaving);
        assert_eq!(hashing.run(|| 1).now_or_never(), Some(Err(Crowded)));
        held.end();
        let _place = hashing.0.all.acquire().await.unwrap();
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_place_back() {
        let hashing = Hashing::of(1, 0);
        let panics = hashing.clone();
        let panicked = tokio::spawn(async move { panics.run(|| panic!("on purpose")).await });
        let ended: Result<Result<(), _>, _> = panicked.await;
        assert!(ended.unwrap_err().is_panic());
        assert_eq!(hashing.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn all_threads_share_the_places() {
        let (workers, hashing) = (Workers::of(2).unwrap(), Hashing::of(1, 0));
        let (mut held, work) = Held::work();
        let (here, there) = (hashing.clone(), hashing);
        let mut working = pin!(workers.ask(0, async move { here.run(work).await }));
        assert_eq!(working.as_mut().now_or_never(), None);
        held.begun().await;
        let again = there.clone();
        assert_eq!(workers.ask(1, async move { there.run(|| 1).await }).await, Some(Err(Crowded)));
        held.end();
        assert_eq!(working.await, Some(Ok(())));
        assert_eq!(workers.ask(1, async move { again.run(|| 1).await }).await, Some(Ok(1)));
    }

    #[tokio::test]
    async fn a_password_is_hashed_and_known_again() {
        let hashing = Hashing::of(1, 0);
        let new = NewPassword::judge("otter violin basalt", &[]).unwrap();
        let stored = hashing.run(move || crate::auth::password::hash(&new)).await.unwrap();
        let right = hashing.verify(stored.clone(), Password::typed("otter violin basalt")).await;
        assert_eq!(right, Ok(Ok(Verified { needs_rehash: false })));
        let wrong = hashing.verify(stored, Password::typed("otter violin basalx")).await;
        assert_eq!(wrong, Ok(Err(Wrong)));
    }
}
