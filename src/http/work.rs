//! How much is worked on at once. What an operation costs is about what it takes of memory while it runs, and a large body
//! takes many times its length once it is read: both are bounded, whoever asks, and what comes on top waits its turn.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::timeout,
};

/// Bytes of a body that is large. Most requests have a few hundred.
const LARGE: u64 = 64 * 1024;

/// An operation is small that takes no more than such a part of the room.
const SMALL: u32 = 10;

/// What is worked on. Small operations have room of their own: places are given in order of asking, and behind a large one
/// that waits for all of the room everybody else would wait with it.
#[derive(Debug)]
pub(super) struct Work {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    all: u32,
    large_bodies: Semaphore,
    patience: Duration,
}

impl Work {
    /// Room for so many points of small operations, as many of large ones, and so many large bodies at once, which is
    /// waited for so long.
    pub(super) fn new(all: u32, large_bodies: usize, patience: Duration) -> Self {
        let points = || Arc::new(Semaphore::new(all as usize));
        let large_bodies = Semaphore::new(large_bodies);
        Self { small: points(), large: points(), all, large_bodies, patience }
    }

    /// How long room is waited for.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Room to read a body and to answer it; none when there is none in time. Of `length` unknown it may be large.
    pub(super) async fn room_to_read(&self, length: Option<u64>) -> Option<Option<SemaphorePermit<'_>>> {
        if length.is_some_and(|length| length < LARGE) {
            return Some(None);
        }
        timeout(self.patience, self.large_bodies.acquire()).await.ok()?.ok().map(Some)
    }

    /// Room for an operation of this cost until it is given back, in order of asking; none when there is none in time.
    pub(super) async fn room(&self, cost: u32) -> Option<OwnedSemaphorePermit> {
        let points = if cost <= self.all / SMALL { &self.small } else { &self.large };
        // what costs more than there is of room has it all
        let room = Arc::clone(points).acquire_many_owned(cost.min(self.all));
        timeout(self.patience, room).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_and_in_the_end_goes() {
        let work = Work::new(100, 1, Duration::from_millis(50));
        let large = work.room(1_000_000).await.expect("all of it");
        assert!(work.room(11).await.is_none());
        drop(large);
        let half = work.room(60).await;
        assert!(half.is_some() && work.room(40).await.is_some());
        assert!(work.room(41).await.is_none());
    }

    #[tokio::test]
    async fn small_operations_never_wait_for_large_ones() {
        let work = Work::new(100, 1, Duration::from_millis(50));
        let _large = work.room(100).await.expect("all of it");
        let (next, small) = tokio::join!(work.room(100), work.room(10));
        assert!(next.is_none() && small.is_some());
    }

    #[tokio::test]
    async fn large_bodies_take_turns_and_small_ones_pass() {
        let work = Work::new(100, 1, Duration::from_millis(50));
        let reading = work.room_to_read(None).await.expect("room");
        assert!(work.room_to_read(Some(LARGE)).await.is_none());
        assert!(work.room_to_read(Some(LARGE - 1)).await.is_some());
        drop(reading);
        assert!(work.room_to_read(Some(LARGE)).await.is_some());
    }
}
