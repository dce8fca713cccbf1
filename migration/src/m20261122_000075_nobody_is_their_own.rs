//! No company is its own member, and nobody their own guest, as nobody is their own parent or party.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "DELETE FROM user_memberships WHERE company_id = user_id",
                "UPDATE guests SET guest_user_id = NULL WHERE guest_user_id = user_id",
                "ALTER TABLE user_memberships ADD CONSTRAINT user_memberships_of_another
                 CHECK (company_id <> user_id)",
                "ALTER TABLE guests ADD CONSTRAINT guests_are_others CHECK (guest_user_id <> user_id)",
            ],
            // SQLite adds no constraint to a table that is there
            _ => &[
                "DELETE FROM user_memberships WHERE company_id = user_id",
                "UPDATE guests SET guest_user_id = NULL WHERE guest_user_id = user_id",
                "CREATE TRIGGER user_memberships_of_another_insert BEFORE INSERT ON user_memberships
                 WHEN NEW.company_id = NEW.user_id
                 BEGIN SELECT RAISE(ABORT, 'user_memberships_of_another'); END",
                "CREATE TRIGGER user_memberships_of_another_update BEFORE UPDATE ON user_memberships
                 WHEN NEW.company_id = NEW.user_id
                 BEGIN SELECT RAISE(ABORT, 'user_memberships_of_another'); END",
                "CREATE TRIGGER guests_are_others_insert BEFORE INSERT ON guests
                 WHEN NEW.guest_user_id = NEW.user_id
                 BEGIN SELECT RAISE(ABORT, 'guests_are_others'); END",
                "CREATE TRIGGER guests_are_others_update BEFORE UPDATE ON guests
                 WHEN NEW.guest_user_id = NEW.user_id
                 BEGIN SELECT RAISE(ABORT, 'guests_are_others'); END",
            ],
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
