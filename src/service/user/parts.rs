//! The parts of users beyond their own rows, for those who were read together. A permit for the part comes with each
//! question: whoever has none is not refused, but the part is withheld.

use std::collections::HashMap;

use super::{Address, ByUser, Siblings};
use crate::{
    auth::{caller::Permit, policy::Action},
    domain::user::{Patch, UserChange},
    service::{Services, error::ApiError},
    store::user::WidePart,
};

pub use backdesk_entity::{
    user_company::Model as CompanyRow, user_fees::Model as FeesRow, user_finances::Model as Finances,
    user_occupation::Model as Occupation, user_provider::Model as Provider,
    user_sanctions::Model as Sanctions, user_tax::Model as Tax,
};

/// The company that a user is.
#[derive(Debug, Clone, Default)]
pub struct Company {
    /// What is known of it.
    pub row: CompanyRow,
    /// Where it sits.
    pub address: Option<Address>,
}

impl Services {
    /// A wide part of users, of those who have it.
    pub async fn part<P: WidePart>(&self, permit: &Permit, users: &Siblings) -> Result<ByUser<P>, ApiError> {
        let reader = self.store().read(permit);
        users.once(P::NAME, async move |seen| Ok(reader.part(&seen).await?)).await
    }

    /// The companies that users are. One of which nothing but the address is known is one.
    pub async fn companies(&self, permit: &Permit, users: &Siblings) -> Result<ByUser<Company>, ApiError> {
        let reader = self.store().read(permit);
        let read = async move |seen| {
            let (rows, addresses) =
                futures_util::try_join!(reader.part::<CompanyRow>(&seen), reader.company_addresses(&seen))?;
            let mut companies: HashMap<_, Company> =
                rows.into_iter().map(|(id, row)| (id, Company { row, address: None })).collect();
            for (id, address) in addresses {
                companies.entry(id).or_default().address = Some(address);
            }
            Ok(companies)
        };
        users.once("companies", read).await
    }
}

/// The parts that a change speaks of and that not everybody sees.
pub(super) fn parts_of(change: &UserChange) -> Vec<Action> {
    let UserChange { finances, tax, sanctions, .. } = change;
    let spoken_of = [
        (*finances != Patch::Keep, Action::UserFinances),
        (*tax != Patch::Keep, Action::UserTax),
        (*sanctions != Patch::Keep, Action::UserSanctions),
    ];
    spoken_of.into_iter().filter(|(is_given, _)| *is_given).map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests;
