//! How staff sign in: how long what they are given lasts, and by which file addresses become places.

use std::{path::PathBuf, time::Duration};

use super::{bounded::bounded, sources::Sources};

/// How staff sign in.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// How long tokens and sessions last.
    pub lifetimes: Lifetimes,
    /// The file that knows where addresses are; without one, nothing is known.
    pub places_file: Option<PathBuf>,
}

/// How long an access token lasts at most: what ended is known for longer.
pub(crate) const LONGEST_ACCESS_TOKEN: Duration = Duration::from_mins(15);

bounded! {
    /// How long tokens and sessions of staff last.
    Lifetimes {
        /// How long an access token lasts that somebody is given who signed in.
        access_token: Duration = "10m", Duration::from_mins(1)..=LONGEST_ACCESS_TOKEN, "access_token", "BACKDESK_ACCESS_TOKEN";
        /// How long somebody may hand on access who has shown who they are, with one access token: then they are asked again.
        confirmation: Duration = "10m", Duration::from_mins(1)..=LONGEST_ACCESS_TOKEN, "confirmation", "BACKDESK_CONFIRMATION";
        /// How long a session lasts that nobody uses.
        session_idle: Duration = "30m", Duration::from_mins(5)..=Duration::from_hours(12), "session_idle", "BACKDESK_SESSION_IDLE";
        /// How long a session lasts at most.
        session: Duration = "12h", Duration::from_mins(10)..=Duration::from_hours(24), "session", "BACKDESK_SESSION";
        /// How long a session of an administrator lasts at most.
        admin_session: Duration = "8h", Duration::from_mins(10)..=Duration::from_hours(24), "admin_session", "BACKDESK_ADMIN_SESSION";
    }
}

impl SignIn {
    /// As configured; none when something is bad, which is noted.
    pub(super) fn read(sources: &mut Sources) -> Option<Self> {
        let lifetimes = Lifetimes::read(sources);
        let places_file = sources.value("places_file", |text| match text {
            "" => Ok::<_, &str>(None),
            text => Ok(Some(PathBuf::from(text))),
        });
        Some(Self { lifetimes: lifetimes?, places_file: places_file? })
    }
}
