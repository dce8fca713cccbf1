//! `kyc_review_changes`: the changes that a KYC review is to look at. Old and new values are in the audit entry alone, sealed
//! with the key of the user: kept once, and gone for good with the key.

use sea_orm::entity::prelude::*;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kyc_review_changes")]
pub struct Model {
    /// The review.
    #[sea_orm(primary_key, auto_increment = false)]
    pub review_id: Uuid,
    /// The entry that tells of the change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Uuid,
    /// The names of the fields that matter, as a JSON list.
    pub fields: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
