//! The audit trail: written with every change, in its transaction, and read back by those who may.

mod read;
mod write;

pub use backdesk_entity::enums::AuditOutcome;
pub use read::{
    AuditAttribute, AuditEvent, AuditEvents, AuditFacet, AuditOrderField, AuditedUser, USERS_SHOWN,
    UsersWanted,
};
pub use write::{Change, Concerned, FieldChange, Reads, Refusal, Target};
