//! `user_parties`: partners and advisers of users.

use sea_orm::entity::prelude::*;

use crate::enums::PartyKind;

/// One partner or adviser of one user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_parties")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The partner or adviser, a user of the same account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    /// Which of the two.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: PartyKind,
    /// Since when.
    pub since: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
