//! What is said about the fees of a user.

use async_graphql::{InputObject, MaybeUndefined};

use super::input::patch_by;
use crate::{
    domain::user::{FeesChange, Patch},
    graphql::{money::MoneyInput, scalars::Decimal},
};

/// Fees of a user's own. What is absent stays, null is the platform's standard, and 0 is none.
#[derive(Debug, InputObject)]
pub(super) struct UserFeesInput {
    /// What is added to a price when the user books; null is the standard, all of it.
    asker: MaybeUndefined<FeeRuleInput>,
    /// What is taken from a price when the user provides; null is the standard, all of it.
    offerer: MaybeUndefined<FeeRuleInput>,
}

/// Fees of a user's own on one side of a booking.
#[derive(Debug, InputObject)]
pub(super) struct FeeRuleInput {
    /// The part of the price, in percent from 0 to 100 with two decimals at most.
    percent: MaybeUndefined<Decimal>,
    /// What is added to that, in the platform's currency.
    fixed: MaybeUndefined<MoneyInput>,
}

impl From<UserFeesInput> for FeesChange {
    fn from(input: UserFeesInput) -> Self {
        let side = |rule: MaybeUndefined<FeeRuleInput>| match rule {
            MaybeUndefined::Undefined => (Patch::Keep, Patch::Keep),
            MaybeUndefined::Null => (Patch::Clear, Patch::Clear),
            MaybeUndefined::Value(FeeRuleInput { percent, fixed }) => {
                (patch_by(percent, |percent| percent.0), patch_by(fixed, Into::into))
            }
        };
        let UserFeesInput { asker, offerer } = input;
        let ((asker_percent, asker_fixed), (offerer_percent, offerer_fixed)) = (side(asker), side(offerer));
        Self { asker_percent, asker_fixed, offerer_percent, offerer_fixed }
    }
}
