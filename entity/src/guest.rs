//! `guests`: people whom users invited to act for them.

use sea_orm::entity::prelude::*;

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guests")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user who invited: the host.
    pub user_id: Uuid,
    /// Where the invitation went.
    pub email: String,
    /// `email`, folded.
    pub email_folded: String,
    /// When it went out.
    pub invited_at: DateTimeUtc,
    /// When it was accepted.
    pub accepted_at: Option<DateTimeUtc>,
    /// The user whom the guest became.
    pub guest_user_id: Option<Uuid>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
