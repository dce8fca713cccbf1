//! `staff_sessions`: what staff members are signed in to, from the second factor to the end.

use sea_orm::entity::prelude::*;

use crate::enums::DeviceType;

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_sessions")]
pub struct Model {
    /// What the API and the tokens call it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub staff_id: Uuid,
    /// When it began.
    pub created_at: DateTimeUtc,
    /// When an access token was last issued for it.
    pub last_used_at: DateTimeUtc,
    /// When it ends, however often it is used.
    pub expires_at: DateTimeUtc,
    /// When it was ended before that.
    pub ended_at: Option<DateTimeUtc>,
    /// The address that it began at.
    pub ip: Option<String>,
    /// What it began with.
    pub device_type: DeviceType,
    /// The same for people, such as `Firefox on Linux`.
    pub device: String,
    /// Where the address was, as far as known.
    pub place: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
