//! Where users are paid out to.

use backdesk_entity::bank_account::{Column, Entity};
use sea_orm::IdenStatic;

use super::{USER, code, instant};
use crate::store::{
    facet::{Buckets, Names},
    filter,
    nested::Owned,
};

kind! {
    /// The list of bank accounts.
    BankAccounts in "bank_accounts";
    /// What bank accounts are filtered by.
    filter BankAccountAttribute {
        Currency => code(TABLE, Column::Currency),
    }
    /// What bank accounts are sorted by.
    order BankAccountOrderField {
        /// When it was first recorded.
        RecordedAt => instant("recorded_at"),
    }
    /// What bank accounts are counted by.
    facet BankAccountFacet {
        /// The codes of the currencies that occur, the most frequent first.
        Currency => Buckets::codes((TABLE, Column::Currency.as_str()), Names::Known(str::to_owned), None),
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |_| filter::constant(false);
}

impl Owned for BankAccounts {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }
}
