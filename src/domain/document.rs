//! The life of a document: asked for, shared, accepted or refused. Its last day ends it, whatever was stored.

use std::time::Duration;

use async_graphql::Enum;
use backdesk_entity::enums::DocumentState;
use chrono::NaiveDate;
use serde::Serialize;

use super::mistake::Mistake;

/// How long a file that was announced is waited for: later it is not confirmed any more.
pub const UPLOAD_LASTS: Duration = Duration::from_hours(1);
/// When it is swept. Later than that, for a confirmation may be under way, and clocks of servers differ.
pub const SWEPT_AFTER: Duration = Duration::from_mins(70);
/// When bytes are swept that nothing is known of any more, whatever befell the program.
pub const ORPHANED_AFTER: Duration = Duration::from_hours(24);

/// What somebody who looked at a document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "DocumentDecision")]
pub enum Decision {
    /// It is good.
    Accept,
    /// It is not; the reason says why.
    Refuse,
}

/// Where a document stands today. A refused one stays refused.
pub fn state(stored: DocumentState, expires_on: Option<NaiveDate>, today: NaiveDate) -> DocumentState {
    match stored {
        DocumentState::Refused => stored,
        _ if expires_on.is_some_and(|day| day < today) => DocumentState::Expired,
        _ => stored,
    }
}

/// The step that a file makes: only what was asked for is answered.
///
/// # Errors
/// When the document takes no file.
pub fn share(state: DocumentState) -> Result<DocumentState, Mistake> {
    match state {
        DocumentState::Requested => Ok(DocumentState::Shared),
        DocumentState::Expired => Err(Mistake::new("Its last day has passed: ask for the document anew.")),
        DocumentState::Shared | DocumentState::Accepted | DocumentState::Refused => Err(Mistake::new(
            "This document has its file already: share another one, or ask for it by documentRequest.",
        )),
    }
}

/// The step of a decision. What was accepted may turn out to be wrong; what was refused is shared anew.
///
/// # Errors
/// When there is no such step.
pub fn decide(state: DocumentState, decision: Decision) -> Result<DocumentState, Mistake> {
    match (state, decision) {
        (DocumentState::Shared, Decision::Accept) => Ok(DocumentState::Accepted),
        (DocumentState::Shared | DocumentState::Accepted, Decision::Refuse) => Ok(DocumentState::Refused),
        (DocumentState::Requested, _) => {
            Err(Mistake::new("Nothing was shared yet that could be decided on."))
        }
        (DocumentState::Accepted, Decision::Accept) => Err(Mistake::new("The document is accepted already.")),
        (DocumentState::Refused, _) => {
            Err(Mistake::new("The document is refused, which stays: have it shared anew."))
        }
        (DocumentState::Expired, _) => {
            Err(Mistake::new("Its last day has passed: there is nothing left to decide."))
        }
    }
}

#[cfg(test)]
mod tests {
    use DocumentState::{Accepted, Expired, Refused, Requested, Shared};

    use super::*;

    #[test]
    fn these_steps_and_no_others() {
        for (from, shared, accepted, refused) in [
            (Requested, Some(Shared), None, None),
            (Shared, None, Some(Accepted), Some(Refused)),
            (Accepted, None, None, Some(Refused)),
            (Refused, None, None, None),
            (Expired, None, None, None),
        ] {
            assert_eq!(share(from).ok(), shared, "{from:?}");
            assert_eq!(decide(from, Decision::Accept).ok(), accepted, "{from:?}");
            assert_eq!(decide(from, Decision::Refuse).ok(), refused, "{from:?}");
        }
    }

    #[test]
    fn the_day_after_its_last_day_ends_all_but_a_refusal() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        for stored in [Requested, Shared, Accepted, Refused] {
            assert_eq!(state(stored, None, day), stored);
            assert_eq!(state(stored, Some(day), day), stored);
            let after = if stored == Refused { Refused } else { Expired };
            assert_eq!(state(stored, Some(day), day.succ_opt().unwrap()), after);
        }
    }
}
