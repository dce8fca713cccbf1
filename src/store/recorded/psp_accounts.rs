//! What payment service providers know of users.

use backdesk_entity::psp_account::{Column, Entity};
use sea_orm::{IdenStatic, sea_query::Expr};

use super::{USER, filled, instant};
use crate::store::{
    facet::{Buckets, Names},
    filter,
    nested::Owned,
};

kind! {
    /// The list of records of payment service providers.
    PspAccounts in "psp_accounts";
    /// What these records are filtered by.
    filter PspAccountAttribute {
        Provider => filled(TABLE, Column::Provider),
        CanBePaid => filled(TABLE, Column::CanBePaid),
        CanBePaidOut => filled(TABLE, Column::CanBePaidOut),
    }
    /// What these records are sorted by.
    order PspAccountOrderField {
        /// When it was first recorded.
        RecordedAt => instant("recorded_at"),
    }
    /// What these records are counted by.
    facet PspAccountFacet {
        /// The names of the providers that occur, the most frequent first.
        Provider => Buckets::codes((TABLE, Column::Provider.as_str()), Names::Known(str::to_owned), None),
        /// Whether the platform can receive funds for the user: `true` or `false`.
        CanBePaid => Buckets::flag(Expr::col((TABLE, Column::CanBePaid.as_str())), "Can be paid", "Cannot be paid"),
        /// Whether the provider knows enough to pay the user out: `true` or `false`.
        CanBePaidOut => Buckets::flag(
            Expr::col((TABLE, Column::CanBePaidOut.as_str())),
            "Can be paid out",
            "Cannot be paid out",
        ),
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |_| filter::constant(false);
}

impl Owned for PspAccounts {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }
}
