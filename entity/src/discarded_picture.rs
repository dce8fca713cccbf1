//! `discarded_pictures`: pictures that no user has any more. A row goes when their bytes are gone.

use sea_orm::entity::prelude::*;

/// A picture that was replaced or removed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "discarded_pictures")]
pub struct Model {
    /// As the user's record named it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub picture: String,
    /// When it was.
    pub discarded_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
