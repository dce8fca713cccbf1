//! `user_memberships`: the company whose wallet a user works with; one row a user at most.

use sea_orm::entity::prelude::*;

use crate::enums::CompanyRole;

/// The membership of one user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_memberships")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The company, a legal entity of the same account.
    pub company_id: Uuid,
    /// What the user is there.
    pub role: CompanyRole,
    /// Since when.
    pub since: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
