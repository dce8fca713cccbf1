//! The audit trail: written with every change, in its transaction, and read back by those who may.

mod entry;
mod keys;
mod listed;
mod open;
mod write;

pub use backdesk_entity::{audit_entry::Model as AuditEntry, enums::AuditOutcome};
pub use entry::{Aim, Change, Concerned, FieldChange, PLATFORM, Reads, Refusal, Target};
pub(super) use keys::with_data_key;
pub use listed::{AuditAttribute, AuditEvents, AuditFacet, AuditOrderField, changed};
pub use open::{AuditKeys, AuditedUser, Opened, USERS_SHOWN, sealed_for};

/// Users whom entries concern beside their targets.
const USERS: &str = "audit_entry_users";
