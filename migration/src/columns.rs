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

/// A table of what another system records: one row for each of its ids, within an account.
pub(crate) fn recorded(manager: &SchemaManager<'_>, table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(bytewise(manager, "account").not_null())
        .col(bytewise(manager, "system").not_null())
        .col(bytewise(manager, "external_id").not_null())
        .col(instant("as_of").not_null())
        .col(instant("recorded_at").not_null())
        .foreign_key(ForeignKey::create().from(table, "account").to("accounts", "code"))
        .to_owned()
}

/// The indexes of such a table: its ids are unique, and the lists of an owner and of an account go by `at`.
pub(crate) async fn index_recorded(
    manager: &SchemaManager<'_>,
    table: &'static str,
    owners: &[&'static str],
    at: &'static str,
) -> Result<(), DbErr> {
    manager
        .create_index(
            Index::create()
                .name(format!("{table}_unique"))
                .table(table)
                .col("account")
                .col("system")
                .col("external_id")
                .unique()
                .to_owned(),
        )
        .await?;
    for owner in owners.iter().copied().chain(["account"]) {
        manager
            .create_index(
                Index::create()
                    .name(format!("{table}_by_{owner}"))
                    .table(table)
                    .col(owner)
                    .col(at)
                    .col("id")
                    .to_owned(),
            )
            .await?;
    }
    Ok(())
}
