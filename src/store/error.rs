//! What can go wrong in the store, and the only place that looks into a database error. Its text never leaves here but
//! into the log.

use crate::auth::caller::Refused;
use sea_orm::{
    DbErr, RuntimeErr, SqlErr, SqlxError,
    sqlx::{error::DatabaseError, sqlite::SqliteError},
};

/// Why the store could not do it. No `Display`: a stray `?` must not turn it into a text for a client.
#[derive(Debug)]
pub enum StoreError {
    /// Another record has this value already.
    Taken(Unique),
    /// The database is gone, or no connection was free in time.
    Unavailable,
    /// A read took longer than a statement may: it will again.
    TooSlow,
    /// The database did not answer a commit: the change may or may not have taken effect.
    InDoubt,
    /// The cursor is none, or belongs to another list.
    Cursor(CursorError),
    /// A list would tell of what the caller may not see.
    Hidden(Refused),
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
        if is_too_slow(&error) {
            // told where it was ended, with what was asked for
            return Self::TooSlow;
        }
        if is_unavailable(&error) {
            tracing::warn!(cause = describe(&error), "the database is unavailable");
            return Self::Unavailable;
        }
        tracing::error!(cause = describe(&error), "the database refused a statement");
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
/// embedded database's "busy", "locked", "interrupted", "full" and "cannot open" with extended codes.
const PASSING: [&str; 17] = [
    "55P03", "57014", "40P01", "40001", "25P03", "57P01", "57P02", "57P03", "53300", "5", "6", "9", "13",
    "14", "261", "517", "262",
];

/// Classes of PostgreSQL's `SQLSTATE` whose messages name things of ours alone: connections, transactions, permissions, names
/// of tables and columns, resources, operators. Those about data quote values.
const SPEAKABLE: [&str; 10] = ["08", "25", "28", "40", "42", "53", "54", "55", "57", "58"];

/// What the log may know of an error: everything but values of statements, which messages quote and details always do.
fn describe(error: &DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => describe_driver(error),
        DbErr::Conn(RuntimeErr::Internal(text)) => text.clone(),
        DbErr::ConnectionAcquire(_) => "no connection was free in time".to_owned(),
        // a column of ours, and what it should have held: what it held follows in some of them
        other => {
            let name = format!("{other:?}");
            name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
        }
    }
}

fn describe_driver(error: &SqlxError) -> String {
    match error {
        SqlxError::Database(error) => {
            let code = error.code().unwrap_or_default().into_owned();
            // SQLite speaks of names alone, and its codes are numbers; the messages of our triggers are constant
            let is_sqlite = error.try_downcast_ref::<SqliteError>().is_some();
            let speakable = is_sqlite || SPEAKABLE.iter().any(|class| code.starts_with(class));
            let what = if speakable { error.message() } else { "its message may quote values" };
            let place =
                [error.table(), error.constraint()].into_iter().flatten().collect::<Vec<_>>().join(", ");
            format!("{code} {what} [{place}]")
        }
        SqlxError::Io(error) => error.to_string(),
        SqlxError::PoolTimedOut => "no connection was free in time".to_owned(),
        SqlxError::ColumnDecode { index, .. } => format!("the column {index} does not decode"),
        SqlxError::ColumnNotFound(column) => format!("there is no column {column}"),
        SqlxError::Tls(error) => error.to_string(),
        other => {
            let name = format!("{other:?}");
            name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
        }
    }
}

/// What stands for a read that was ended for its length. The database says no more than that a statement was cancelled, which
/// an administrator does as well: only whoever waited for it knows how long it ran.
const TOO_SLOW: &str = "the read took longer than a statement may";

/// The error of a read that was ended for its length.
pub(super) fn too_slow() -> DbErr {
    DbErr::Query(RuntimeErr::Internal(TOO_SLOW.to_owned()))
}

/// Whether it is the error of a read that was ended for its length.
pub(super) fn is_too_slow(error: &DbErr) -> bool {
    matches!(error, DbErr::Query(RuntimeErr::Internal(text)) if text == TOO_SLOW)
}

/// Whether the statement was cancelled: for its length, by an administrator, or because nobody waits any longer.
pub(super) fn is_cancelled(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            let code = error.as_database_error().and_then(DatabaseError::code);
            // PostgreSQL's "query cancelled", SQLite's "interrupted"; that a lock was not had in time has a code of its own
            code.is_some_and(|code| matches!(code.as_ref(), "57014" | "9"))
        }
        _ => false,
    }
}

/// Whether SQLite said, while a connection was being opened, that somebody else holds the lock.
pub(super) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error)) => {
            error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("5"))
        }
        _ => false,
    }
}

/// Whether the database said nothing, or was on its way down: what it did is unknown.
pub(super) fn is_silence(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                SqlxError::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
                _ => true,
            }
        }
        _ => is_unavailable(error),
    }
}

/// Whether trying again may help: the connection failed, or the database could not get to the statement.
fn is_unavailable(error: &DbErr) -> bool {
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
