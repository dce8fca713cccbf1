//! `incidents`: what is wrong with the platform, and when its people were told. One row a kind, which all instances share.

use sea_orm::entity::prelude::*;

use crate::enums::IncidentKind;

/// What is wrong, or was.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incidents")]
pub struct Model {
    /// What kind it is of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: IncidentKind,
    /// What is known of it, in words of ours.
    pub what: String,
    /// Since when; none when nothing is wrong, or all was told.
    pub since: Option<DateTimeUtc>,
    /// When somebody was told last.
    pub last_told_at: Option<DateTimeUtc>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
