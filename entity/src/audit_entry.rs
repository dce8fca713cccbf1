//! `audit_entries`: who did what, when, from where. Append-only: triggers refuse every update and delete.

use sea_orm::entity::prelude::*;

use crate::enums::AuditOutcome;

/// One entry. Names of fields are in clear, values and the reason are sealed with the key of the user concerned, so
/// that erasing a person means destroying one key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    /// `UUIDv7`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: DateTimeUtc,
    /// Who issued the actor's token.
    pub actor_issuer: String,
    /// The token's subject.
    pub actor_subject: String,
    /// The token's name.
    pub actor_name: Option<String>,
    /// The roles of the token, a JSON list.
    pub actor_roles: String,
    /// The staff member, where the subject is one of ours.
    pub staff_id: Option<Uuid>,
    /// What was done, such as `USER_UPDATE`.
    pub action: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// The code of the refusal, such as `FORBIDDEN`.
    pub refusal: Option<String>,
    /// The account concerned; none for acts on the whole platform.
    pub account: Option<String>,
    /// The kind of thing concerned, such as `USER`.
    pub target_type: Option<String>,
    /// Its id.
    pub target_id: Option<Uuid>,
    /// Its version after the act.
    pub target_version: Option<i32>,
    /// Names of the changed fields, a JSON list.
    pub changed_fields: String,
    /// Old and new values and the reason: JSON, sealed.
    pub details: Option<Vec<u8>>,
    /// The id that the request was answered with.
    pub request_id: Option<String>,
    /// The peer's address.
    pub ip: Option<String>,
    /// What the peer calls its program.
    pub user_agent: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
