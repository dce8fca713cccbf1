//! What can go wrong in the store, and the only place that looks into a database error. Its text never leaves here but
//! into the log.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why the store could not do it. No `Display`: a stray `?` must not turn it into a text for a client.
#[derive(Debug)]
pub enum StoreError {
    /// Another record has this value already.
    Taken(Unique),
    /// The database is gone, or no connection was free in time.
    Unavailable,
    /// The database did not answer a commit: the change may or may not have taken effect.
    InDoubt,
    /// The cursor is none, or belongs to another list.
    Cursor(CursorError),
    /// Anything else; logged where it arose.
    Internal,
}

/// The unique constraints that an input can run into, by the field that they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// The e-mail address, within an account.
    Email,
    /// An external id, within an account and system.
    ExternalId,
    /// The reference.
    Reference,
}

/// What is wrong with a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorError {
    /// Not a cursor of ours.
    Malformed,
    /// Made for another filter, search or order.
    Mismatch,
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(text)) = error.sql_err()
            && let Some(unique) = Unique::from_message(&text)
        {
            return Self::Taken(unique);
        }
        if is_unavailable(&error) {
            tracing::warn!(%error, "the database is unavailable");
            return Self::Unavailable;
        }
        tracing::error!(%error, "the database refused a statement");
        Self::Internal
    }
}

impl Unique {
    /// PostgreSQL names the constraint, SQLite its columns.
    fn from_message(text: &str) -> Option<Self> {
        const NAMES: [(&str, Unique); 6] = [
            ("users_account_email_unique", Unique::Email),
            ("users.email_folded", Unique::Email),
            ("user_external_ids_unique", Unique::ExternalId),
            ("user_external_ids.value", Unique::ExternalId),
            ("users_reference_key", Unique::Reference),
            ("users.reference", Unique::Reference),
        ];
        NAMES.iter().find(|(name, _)| text.contains(name)).map(|(_, unique)| *unique)
    }
}

/// Codes of errors that pass: a lock that was not had in time, a statement that was cancelled for its length, two
/// transactions of which one must give way, a server that is starting, stopping or full (PostgreSQL's `SQLSTATE`), and the
/// embedded database's "busy", "locked" and "interrupted" with their extended codes.
const PASSING: [&str; 15] = [
    "55P03", "57014", "40P01", "40001", "25P03", "57P01", "57P02", "57P03", "53300", "5", "6", "9", "261",
    "517", "262",
];

/// Whether SQLite said, while a connection was being opened, that somebody else holds the lock.
pub(super) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error)) => {
            error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("5"))
        }
        _ => false,
    }
}

/// Whether trying again may help: the connection failed, or the database could not get to the statement.
pub(super) fn is_unavailable(error: &DbErr) -> bool {
    use sea_orm::SqlxError;
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => match error
            .as_ref()
        {
            SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => {
                true
            }
            SqlxError::Database(error) => error.code().is_some_and(|code| PASSING.contains(&code.as_ref())),
            _ => false,
        },
        _ => false,
    }
}
