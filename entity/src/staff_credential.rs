//! `staff_credentials`: what staff members sign in with. Nothing of it can be read back but the second factor's secret, and
//! that by the master key alone.

use sea_orm::entity::prelude::*;

/// What one staff member signs in with; there is none before an invitation was accepted.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_credentials")]
pub struct Model {
    /// Whose they are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: Uuid,
    /// The password, as a PHC string of Argon2id.
    pub password_hash: String,
    /// When it was set.
    pub password_set_at: DateTimeUtc,
    /// The secret of the authenticator app, sealed; none before it is set up.
    pub totp_secret: Option<Vec<u8>>,
    /// The last step of thirty seconds whose code was used.
    pub totp_last_step: Option<i64>,
    /// When the app was set up.
    pub totp_set_up_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("staff_id", &self.staff_id).finish_non_exhaustive()
    }
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
