//! `user_marks`: by what, by whom and when something of a user was verified. Whether it was, the user's own row says.

use sea_orm::entity::prelude::*;

use crate::enums::{VerificationKind, VerificationSource};

/// One verified mark.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_marks")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What was verified.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: VerificationKind,
    /// By what.
    pub source: VerificationSource,
    /// By whom: the subject of their token.
    pub by: Option<String>,
    /// When.
    pub at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
