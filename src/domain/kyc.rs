//! KYC: what of a user's data a review looks at, which decisions there are, what each moves, and the groups that stand for a
//! level.
//!
//! A user's KYC goes from any status to `PENDING` when a review is opened, and from there to `VALIDATED` or `REFUSED` by a
//! decision on it. Nothing else moves it but another system, whose records are imported.

use std::time::Duration;

use async_graphql::resolver_utils::EnumType;
use backdesk_entity::enums::{ClientType, KycDecision, KycLevel, KycReason, KycReviewState, KycStatus};

use super::{mistake::Mistake, policy::Policies, user::editable_fields};

/// How long a review may take, unless its due day is named.
pub const DUE_WITHIN: Duration = Duration::from_hours(14 * 24);

/// Characters of what a reviewer writes at most.
pub const COMMENT: usize = 5000;

/// The groups that stand for a level.
pub const LEVEL_GROUPS: [&str; 3] = ["ENTERPRISE_OWNER", "LEGAL_MERCHANT_OWNER", "MERCHANT_OWNER"];

/// Whether a field, by its name in the audit trail, says who a user is: what staff edit, and the tie to the parent. What the
/// platform decides about a user (status, freezing, groups, fees …) and what is filed about them is nothing to review.
pub fn is_about_user(field: &str) -> bool {
    editable_fields().contains(field) || field.starts_with("parent.")
}

/// Whether a change of that field of a user whose KYC is validated is reviewed.
pub fn is_material(policies: &Policies, field: &str) -> bool {
    is_about_user(field) && policies.is_reviewed(field)
}

/// Whether a review in that state waits for a decision.
pub fn is_open(state: KycReviewState) -> bool {
    match state {
        KycReviewState::Waiting
        | KycReviewState::InformationRequested
        | KycReviewState::UnderInvestigation => true,
        KycReviewState::Validated | KycReviewState::Refused | KycReviewState::Closed => false,
    }
}

/// Where an open review stands once data of its user changed: what was asked for may have come.
pub fn changed(state: KycReviewState) -> KycReviewState {
    match state {
        KycReviewState::InformationRequested => KycReviewState::Waiting,
        other => other,
    }
}

/// What a decision moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// Where the review stands.
    pub state: KycReviewState,
    /// Where the user's KYC stands.
    pub status: KycStatus,
    /// The user's level.
    pub level: KycLevel,
    /// Whether the identity is verified; none where that stays as it is.
    pub verified: Option<bool>,
}

/// The step of a decision on an open review of a user of this level. Validating gives a level, the same or another;
/// refusing takes all levels away, or all above the one that is given; the others change none.
///
/// # Errors
/// When no such step is allowed with the level that was given.
pub fn decide(now: KycLevel, decision: KycDecision, given: Option<KycLevel>) -> Result<Decided, Mistake> {
    match (decision, given) {
        (KycDecision::Validate, None) if now == KycLevel::None => {
            Err(Mistake::new("The user has no level yet: say which one is reached, from LIGHT on."))
        }
        (KycDecision::Validate, Some(KycLevel::None)) => {
            Err(Mistake::new("Who is validated has a level, from LIGHT on: REFUSE takes it away."))
        }
        (KycDecision::Refuse, Some(level)) if level > now => {
            Err(Mistake::new("A refusal raises no level: leave it out, or name one that the user keeps."))
        }
        (KycDecision::RequestInformation | KycDecision::Investigate, Some(level)) if level != now => {
            Err(Mistake::new("This decides nothing about the level yet: leave it out."))
        }
        (KycDecision::Validate, level) => Ok(Decided {
            state: KycReviewState::Validated,
            status: KycStatus::Validated,
            level: level.unwrap_or(now),
            verified: Some(true),
        }),
        (KycDecision::Refuse, level) => Ok(Decided {
            state: KycReviewState::Refused,
            status: KycStatus::Refused,
            level: level.unwrap_or(KycLevel::None),
            verified: Some(false),
        }),
        (KycDecision::RequestInformation, _) => Ok(Decided {
            state: KycReviewState::InformationRequested,
            status: KycStatus::Pending,
            level: now,
            verified: None,
        }),
        (KycDecision::Investigate, _) => Ok(Decided {
            state: KycReviewState::UnderInvestigation,
            status: KycStatus::Pending,
            level: now,
            verified: None,
        }),
    }
}

/// The decisions that a review in that state waits for: every one while it is open, each with some level.
pub fn decisions(state: KycReviewState) -> impl Iterator<Item = KycDecision> {
    KycDecision::items().iter().map(|item| item.value).filter(move |_| is_open(state))
}

/// Whether a decision has to say why, by a code.
pub fn needs_reason(decision: KycDecision) -> bool {
    decision != KycDecision::Validate
}

/// Whether these reasons say nothing without a comment.
pub fn needs_comment(reasons: &[KycReason]) -> bool {
    reasons.contains(&KycReason::Other)
}

/// The group that stands for the level of such a client; none where none does.
pub fn group_of(client: ClientType, level: KycLevel) -> Option<&'static str> {
    match (client, level) {
        (_, KycLevel::None) => None,
        (ClientType::Enterprise, KycLevel::Light | KycLevel::Regular | KycLevel::Strong) => {
            Some("ENTERPRISE_OWNER")
        }
        (ClientType::Merchant, KycLevel::Light) => Some("MERCHANT_OWNER"),
        (ClientType::Merchant, KycLevel::Regular | KycLevel::Strong) => Some("LEGAL_MERCHANT_OWNER"),
    }
}

#[cfg(test)]
mod tests {
    use KycDecision::{Investigate, Refuse, RequestInformation, Validate};
    use KycLevel::{Light, None as NoLevel, Regular, Strong};

    use super::*;
    use crate::domain::policy::Preset;

    const LEVELS: [KycLevel; 4] = [NoLevel, Light, Regular, Strong];

    #[test]
    fn levels_move_along_these_edges_and_no_others() {
        for now in LEVELS {
            for given in LEVELS {
                let level = |decision| decide(now, decision, Some(given)).ok().map(|decided| decided.level);
                let reached = Some(given);
                assert_eq!(level(Validate), reached.filter(|level| *level != NoLevel), "{now:?} {given:?}");
                assert_eq!(level(Refuse), reached.filter(|level| *level <= now), "{now:?} {given:?}");
                for decision in [RequestInformation, Investigate] {
                    assert_eq!(level(decision), reached.filter(|level| *level == now), "{now:?} {given:?}");
                }
            }
            let level = |decision| decide(now, decision, None).ok().map(|decided| decided.level);
            assert_eq!(level(Validate), Some(now).filter(|level| *level != NoLevel));
            assert_eq!(level(Refuse), Some(NoLevel));
            assert_eq!((level(RequestInformation), level(Investigate)), (Some(now), Some(now)));
        }
    }

    #[test]
    fn a_decision_ends_the_review_exactly_when_it_settles_the_status() {
        for decision in [Validate, Refuse, RequestInformation, Investigate] {
            let decided = decide(Light, decision, None).unwrap();
            assert_eq!(is_open(decided.state), decided.status == KycStatus::Pending, "{decision:?}");
            let verified =
                (decided.status != KycStatus::Pending).then_some(decided.status == KycStatus::Validated);
            assert_eq!(decided.verified, verified, "{decision:?}");
        }
    }

    #[test]
    fn an_open_review_waits_for_every_decision_and_an_ended_one_for_none() {
        for state in KycReviewState::items().iter().map(|item| item.value) {
            let found: Vec<_> = decisions(state).collect();
            for decision in [Validate, Refuse, RequestInformation, Investigate] {
                assert_eq!(found.contains(&decision), is_open(state), "{decision:?} of {state:?}");
            }
        }
        // and each of them is a step from every level, with some level
        for (now, decision) in
            LEVELS.into_iter().flat_map(|now| KycDecision::items().iter().map(move |d| (now, d.value)))
        {
            let given = LEVELS.map(Some).into_iter().chain([None]);
            assert!(
                given.into_iter().any(|level| decide(now, decision, level).is_ok()),
                "{now:?} {decision:?}"
            );
        }
    }

    #[test]
    fn groups_stand_for_the_levels_of_merchants_and_enterprises() {
        let merchant = LEVELS.map(|level| group_of(ClientType::Merchant, level));
        let legal = Some("LEGAL_MERCHANT_OWNER");
        assert_eq!(merchant, [None, Some("MERCHANT_OWNER"), legal, legal]);
        let owner = Some("ENTERPRISE_OWNER");
        assert_eq!(LEVELS.map(|level| group_of(ClientType::Enterprise, level)), [None, owner, owner, owner]);
    }

    #[test]
    fn what_the_platform_decides_about_a_user_is_nothing_to_review() {
        let policies = Preset::Banking.policies();
        for field in ["lastName", "postalAddress.line1", "company.legalName", "parent.sharePercent", "email"]
        {
            assert!(is_material(&policies, field), "{field}");
        }
        for field in ["status", "frozen", "groups", "kycStatus", "fees.asker.percent", "postalAddress.line3"]
        {
            assert!(!is_material(&policies, field), "{field}");
        }
        assert!(!is_material(&Preset::Payments.policies(), "lastName"), "the policy is off");
    }

    #[test]
    fn what_was_asked_for_may_have_come_with_a_change() {
        assert_eq!(changed(KycReviewState::InformationRequested), KycReviewState::Waiting);
        assert_eq!(changed(KycReviewState::UnderInvestigation), KycReviewState::UnderInvestigation);
    }
}
