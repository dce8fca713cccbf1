//! `signing_keys`: the keys that access tokens are signed with, private halves sealed by the master key.

use sea_orm::entity::prelude::*;

/// One key pair.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// The `kid` of tokens and of the published key set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    /// The private half in PKCS#8, sealed.
    pub sealed_private_key: Vec<u8>,
    /// When it was made: it is published from then on.
    pub created_at: DateTimeUtc,
    /// When it begins to sign: of those that have, the one that began last signs.
    pub signs_from: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
