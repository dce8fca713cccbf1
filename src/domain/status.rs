//! The life cycle: which steps a status may take, and what the platform lets a user do by it. Cancelling is final.

use async_graphql::resolver_utils::EnumType;
use backdesk_entity::enums::{ClientType, KycLevel, KycStatus, UserStatus};

use super::{mistake::Mistake, problem::ProblemCode};

/// Where a user stands, and what switching them active again would bring back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: UserStatus,
    /// The status before an active user was invalidated.
    pub before_inactive: Option<UserStatus>,
}

/// Active users are those who may sign in.
pub fn is_active(status: UserStatus) -> bool {
    matches!(status, UserStatus::Live | UserStatus::InReview)
}

/// Whether anything of a user may change.
pub fn changeable(status: UserStatus) -> Result<(), (ProblemCode, Mistake)> {
    if status == UserStatus::Canceled { Err(canceled()) } else { Ok(()) }
}

/// What of a user decides what the platform lets them do.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Circumstances {
    pub status: UserStatus,
    pub frozen: bool,
    pub kyc_status: KycStatus,
    pub kyc_level: KycLevel,
    pub client_type: Option<ClientType>,
}

/// Whether other users see the user.
pub fn is_visible(status: UserStatus) -> bool {
    status == UserStatus::Live
}

/// Whether the user may write to other users, and is written to. Freezing is about money alone.
pub fn can_contact(status: UserStatus) -> bool {
    is_visible(status)
}

/// Whether the user may book, pay and be paid.
pub fn can_transact(status: UserStatus, frozen: bool) -> bool {
    status == UserStatus::Live && !frozen
}

/// Whether the user may take money out to a bank. Beyond what moving money asks, KYC vouches for the user as they are now:
/// while a review is open nobody does, and a new address before a withdrawal is what a stolen login looks like.
pub fn can_withdraw(user: Circumstances) -> bool {
    let Circumstances { status, frozen, kyc_status, kyc_level, client_type } = user;
    can_transact(status, frozen)
        && kyc_status == KycStatus::Validated
        && kyc_level >= withdrawing_level(client_type)
}

/// The level from which on such a client withdraws. Of merchants it is the one that the group `LEGAL_MERCHANT_OWNER` stands
/// for; enterprises have one group for all levels, and so all that owners may do from the first on. Who is neither is asked
/// as much as a merchant.
const fn withdrawing_level(client_type: Option<ClientType>) -> KycLevel {
    match client_type {
        Some(ClientType::Enterprise) => KycLevel::Light,
        Some(ClientType::Merchant) | None => KycLevel::Regular,
    }
}

/// Every status of active users.
pub fn active() -> impl Iterator<Item = UserStatus> {
    UserStatus::items().iter().map(|item| item.value).filter(|status| is_active(*status))
}

impl Standing {
    /// The statuses that a step by hand changes a user to, in the order of the vocabulary.
    pub fn steps(self) -> impl Iterator<Item = UserStatus> {
        let all = UserStatus::items().iter().map(|item| item.value);
        all.filter(move |to| *to != self.status && self.step(*to).is_ok())
    }

    /// A step to `to` by hand.
    pub fn step(self, to: UserStatus) -> Result<Self, (ProblemCode, Mistake)> {
        changeable(self.status)?;
        let before_inactive = match to {
            UserStatus::Canceled => {
                return Err((
                    ProblemCode::IllegalTransition,
                    Mistake::new("CANCELED is final and needs an origin: use userCancel."),
                ));
            }
            UserStatus::Invalidated if is_active(self.status) => Some(self.status),
            UserStatus::Invalidated => self.before_inactive,
            UserStatus::Live | UserStatus::InReview => None,
        };
        Ok(Self { status: to, before_inactive })
    }

    /// Switched on or off. On again brings back the former status; where none is known, `IN_REVIEW`, which grants least.
    pub fn switch(self, active: bool) -> Result<Self, (ProblemCode, Mistake)> {
        if active == is_active(self.status) && self.status != UserStatus::Canceled {
            return Ok(self);
        }
        self.step(match active {
            false => UserStatus::Invalidated,
            true => self.before_inactive.unwrap_or(UserStatus::InReview),
        })
    }

    /// Ended for good.
    pub fn cancel(self) -> Result<Self, (ProblemCode, Mistake)> {
        changeable(self.status)?;
        Ok(Self { status: UserStatus::Canceled, before_inactive: None })
    }
}

/// What every change of a cancelled user is answered with.
pub fn canceled() -> (ProblemCode, Mistake) {
    (
        ProblemCode::UserCanceled,
        Mistake::new("This user is cancelled, which is final: nothing of them can be changed."),
    )
}

#[cfg(test)]
mod tests {
    use backdesk_entity::enums::UserStatus::{Canceled, InReview, Invalidated, Live};

    use super::*;

    /// Requirements, row by row: signs in, is visible, transacts, contacts; frozen and not.
    #[test]
    fn the_status_and_freezing_decide_what_a_user_may_do() {
        for (status, frozen, may) in [
            (Live, false, [true, true, true, true]),
            (Live, true, [true, true, false, true]),
            (InReview, false, [true, false, false, false]),
            (InReview, true, [true, false, false, false]),
            (Invalidated, false, [false; 4]),
            (Invalidated, true, [false; 4]),
            (Canceled, false, [false; 4]),
            (Canceled, true, [false; 4]),
        ] {
            let found =
                [is_active(status), is_visible(status), can_transact(status, frozen), can_contact(status)];
            assert_eq!(found, may, "{status:?} {frozen}");
        }
    }

    /// Every combination there is: whoever withdraws transacts, is validated and has the level of their kind.
    #[test]
    fn a_withdrawal_asks_for_all_that_moving_money_does_and_for_kyc() {
        use KycLevel::{Light, None as NoLevel, Regular, Strong};
        let mut may = Vec::new();
        for status in UserStatus::items().iter().map(|item| item.value) {
            for frozen in [false, true] {
                for kyc_status in KycStatus::items().iter().map(|item| item.value) {
                    for client_type in [None, Some(ClientType::Merchant), Some(ClientType::Enterprise)] {
                        for kyc_level in KycLevel::items().iter().map(|item| item.value) {
                            let user = Circumstances { status, frozen, kyc_status, kyc_level, client_type };
                            if can_withdraw(user) {
                                assert!(can_transact(status, frozen) && is_active(status), "{user:?}");
                                assert_eq!(kyc_status, KycStatus::Validated, "{user:?}");
                                may.push((client_type, kyc_level));
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(
            may,
            [
                (None, Regular),
                (None, Strong),
                (Some(ClientType::Merchant), Regular),
                (Some(ClientType::Merchant), Strong),
                (Some(ClientType::Enterprise), Light),
                (Some(ClientType::Enterprise), Regular),
                (Some(ClientType::Enterprise), Strong),
            ],
            "one status, not frozen, and one KYC status"
        );
        assert!(may.iter().all(|(_, level)| *level != NoLevel));
    }

    fn standing(status: UserStatus) -> Standing {
        Standing { status, before_inactive: None }
    }

    #[test]
    fn every_open_status_reaches_every_other() {
        for from in [InReview, Live, Invalidated] {
            for to in [InReview, Live, Invalidated] {
                assert_eq!(standing(from).step(to).unwrap().status, to);
            }
        }
    }

    #[test]
    fn only_cancelling_cancels_and_it_is_final() {
        assert_eq!(standing(Live).step(Canceled).unwrap_err().0, ProblemCode::IllegalTransition);
        let gone = standing(Live).cancel().unwrap();
        for refused in [gone.step(Live), gone.switch(true), gone.switch(false), gone.cancel()] {
            assert_eq!(refused.unwrap_err().0, ProblemCode::UserCanceled);
        }
    }

    #[test]
    fn steps_lead_to_every_other_open_status_and_from_cancelled_nowhere() {
        for from in [InReview, Live, Invalidated] {
            let others: Vec<_> = [InReview, Live, Invalidated].into_iter().filter(|to| *to != from).collect();
            assert_eq!(standing(from).steps().collect::<Vec<_>>(), others);
        }
        assert_eq!(standing(Canceled).steps().count(), 0);
    }

    #[test]
    fn switching_off_and_on_brings_back_the_former_status() {
        for former in [Live, InReview] {
            let off = standing(former).switch(false).unwrap();
            assert_eq!(off.status, Invalidated);
            assert_eq!(off.switch(false).unwrap(), off);
            assert_eq!(off.switch(true).unwrap(), standing(former));
        }
        assert_eq!(standing(Invalidated).switch(true).unwrap().status, InReview);
    }
}
