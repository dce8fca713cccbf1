//! `sign_in_attempts`: every try to sign in, right or wrong.

use sea_orm::entity::prelude::*;

use crate::enums::{DeviceType, SignInResult};

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_attempts")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When it was.
    pub at: DateTimeUtc,
    /// Whom somebody tried to be; none of a name that nobody has.
    pub staff_id: Option<Uuid>,
    /// The keyed hash of such a name. People type passwords into the wrong field.
    pub name_hash: Option<Vec<u8>>,
    /// How it ended.
    pub result: SignInResult,
    /// The network that it is counted by: an address of version 4, the routed half of one of version 6.
    pub network: Option<String>,
    /// The address.
    pub ip: Option<String>,
    /// What they tried with.
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
