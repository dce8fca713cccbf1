//! Columns that several tables declare alike.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// A text that is sorted and compared bytewise, as the other database does too: PostgreSQL would otherwise order by
/// the locale that the cluster happened to be made with.
pub(crate) fn bytewise(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// An instant in UTC.
pub(crate) fn instant(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.timestamp_with_time_zone();
    column
}

/// The id of a user whose rows these are.
pub(crate) fn user_id() -> ColumnDef {
    let mut column = ColumnDef::new("user_id");
    column.uuid().not_null();
    column
}

/// The tie between a row and its user. No cascade: no user is ever deleted.
pub(crate) fn belongs_to_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "user_id").to("users", "id").to_owned()
}
