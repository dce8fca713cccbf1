//! The life cycle: which steps a status may take, and what "active" means. Cancelling is final.

use async_graphql::resolver_utils::EnumType;
use backdesk_entity::enums::UserStatus;

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
