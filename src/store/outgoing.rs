//! Letters that are on their way: what wakes whoever sends them, and how many went where.

use tokio::sync::Notify;

use crate::telemetry::meters::MailMeters;

/// What posting and sending letters have in common. One for the instance; others find letters when they look.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    posted: Notify,
    meters: MailMeters,
}

impl Outgoing {
    /// Says that a letter was posted.
    pub(crate) fn wake(&self) {
        self.posted.notify_one();
    }

    /// Waits until a letter is posted, unless one was since this was last called.
    pub(crate) async fn posted(&self) {
        self.posted.notified().await;
    }

    /// What is counted of letters.
    pub(crate) fn meters(&self) -> &MailMeters {
        &self.meters
    }
}
