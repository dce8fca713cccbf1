//! The audit trail: written with every change, in its transaction, and read back by those who may.

mod read;
mod write;

pub use backdesk_entity::{audit_entry::Model as AuditEntry, enums::AuditOutcome};
pub use read::{
    AuditAttribute, AuditEvents, AuditFacet, AuditKeys, AuditOrderField, AuditedUser, Opened, USERS_SHOWN,
    sealed_for,
};
pub use write::{Change, Concerned, FieldChange, PLATFORM, Reads, Refusal, Target};
