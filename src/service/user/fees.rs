//! Fees of a user's own.

use backdesk_entity::user_fees;
use serde::Serialize;

use super::{act::UserAct, apply::apply_fees, options::Moment};
use crate::{
    auth::policy::Action,
    domain::{
        money::Currency,
        problem::{ProblemCode, Problems},
        user::{FeesChange, Patch},
    },
    store::{
        Writer,
        error::StoreError,
        user::{Parts, UserFile, WideParts},
    },
};

/// Gives a user fees of their own, or the platform's standard again. What is absent stays, what is cleared is the standard,
/// and zero is none.
#[derive(Debug, Serialize)]
pub struct SetFees(pub Patch<FeesChange>);

impl UserAct for SetFees {
    const ACTION: Action = Action::UserSetFees;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        Parts { wide: WideParts { fees: true, ..WideParts::default() }, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        apply_fees(file, &self.0, "", p);
        // held until the end: the currency does not change meanwhile
        let currency = writer.policies_that_stay().await?.currency;
        if let Some(fees) = &file.wide.fees {
            judge_currency(fees, currency, "", p);
        }
        Ok(())
    }
}

/// Fixed fees are in the currency of the platform, or no price could be split.
pub(in crate::service) fn judge_currency(
    fees: &user_fees::Model,
    currency: Currency,
    path: &str,
    problems: &mut Problems,
) {
    for (side, given) in [("asker", &fees.asker_fixed_currency), ("offerer", &fees.offerer_fixed_currency)] {
        if given.as_deref().is_some_and(|given| given != currency.code()) {
            let message = format!("Give the amount in {}, the currency of the platform.", currency.code());
            problems.add(ProblemCode::Invalid, &format!("{path}{side}.fixed.currency"), message);
        }
    }
}
