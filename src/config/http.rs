//! How the edge is set up: what it takes from a client at most, and how long it waits.

use std::time::Duration;

use super::{bounded::bounded, sources::Sources};

/// How the edge is set up.
#[derive(Debug, Clone, Default)]
pub struct Http {
    /// What is taken at most.
    pub limits: Limits,
    /// How long is waited.
    pub timeouts: Timeouts,
}

impl Http {
    pub(super) fn read(sources: &mut Sources) -> Option<Self> {
        let (limits, timeouts) = (Limits::read(sources), Timeouts::read(sources));
        Some(Self { limits: limits?, timeouts: timeouts? })
    }
}

bounded! {
    /// What a request may be at most.
    Limits {
        /// Bytes of a request's body at most.
        body_bytes: usize = "1048576", 1024..=16_777_216, "limit_body_bytes", "BACKDESK_LIMIT_BODY_BYTES";
    }
}

bounded! {
    /// How long is waited.
    Timeouts {
        /// How long a stop waits for running requests.
        stop: Duration = "30s", Duration::from_secs(1)..=Duration::from_mins(10), "timeout_stop", "BACKDESK_TIMEOUT_STOP";
    }
}
