//! What a test sees through the side door: rows as they lie in the tables, which no answer can embellish.

use std::fmt::{Debug, Write};

use backdesk_entity::{
    account, audit_entry, audit_entry_user, bank_account, booking, category, comment, comment_version,
    data_key, document, document_upload, enums::AuditOutcome, group, guest, guest_role, idempotency,
    kyc_review, kyc_review_change, kyc_review_document, listing, platform_policy, psp_account, review,
    transaction, user, user_address, user_category, user_client_permission, user_company, user_external_id,
    user_fees, user_finances, user_group, user_language, user_mark, user_membership, user_occupation,
    user_party, user_provider, user_sanctions, user_tax, user_tie, wallet, wallet_network,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

use super::{Desk, is_postgres};

impl Desk {
    /// Waits for the work that outlives its request.
    pub(crate) async fn settle(&self) {
        while !self.services.tasks().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    /// Every audit entry, oldest first, once everything that is under way has ended.
    pub(crate) async fn entries(&self) -> Vec<audit_entry::Model> {
        self.settle().await;
        audit_entry::Entity::find()
            .order_by_asc(audit_entry::Column::Id)
            .all(&self.side_door().await)
            .await
            .expect("audit entries")
    }

    /// How many acts took effect, and how many were refused.
    pub(crate) async fn done_and_refused(&self) -> (usize, usize) {
        let entries = self.entries().await;
        let done = entries.iter().filter(|entry| entry.outcome == AuditOutcome::Done).count();
        (done, entries.len() - done)
    }

    /// The audit entries that `work` left.
    pub(crate) async fn entries_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<audit_entry::Model>) {
        let before = self.entries().await.len();
        let result = work.await;
        let after = self.entries().await;
        (result, after.into_iter().skip(before).collect())
    }

    /// All that is stored about users, as text.
    pub(crate) async fn dump(&self) -> String {
        let db = self.side_door().await;
        let mut dump = String::new();
        write_rows(&mut dump, sorted(user::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_address::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_external_id::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_group::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_language::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_company::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_occupation::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_finances::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_tax::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_sanctions::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_fees::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_provider::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(document::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(document_upload::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(comment::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(comment_version::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(kyc_review::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(kyc_review_change::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(kyc_review_document::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_tie::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_membership::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(guest::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(guest_role::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_party::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(category::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_category::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_mark::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(user_client_permission::Entity::find().all(&db).await));
        dump
    }

    /// All that is stored at all, as text: what has no trace in here did not happen.
    pub(crate) async fn everything(&self) -> String {
        self.settle().await;
        let db = self.side_door().await;
        let mut dump = self.dump().await;
        write_rows(&mut dump, sorted(account::Entity::find().all(&db).await));
        // that somebody saw what is sensitive is told whatever they did
        let acts = audit_entry::Entity::find().filter(audit_entry::Column::Action.ne("SENSITIVE_READ"));
        write_rows(&mut dump, sorted(acts.all(&db).await));
        let keys = data_key::Entity::find().filter(data_key::Column::SubjectId.ne(Uuid::nil()));
        write_rows(&mut dump, sorted(keys.all(&db).await));
        write_rows(&mut dump, sorted(group::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(platform_policy::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(idempotency::Entity::find().all(&db).await));
        let of_reads = audit_entry::Entity::find()
            .filter(audit_entry::Column::Action.eq("SENSITIVE_READ"))
            .select_only()
            .column(audit_entry::Column::Id)
            .into_query();
        let of_acts = audit_entry_user::Entity::find()
            .filter(audit_entry_user::Column::EntryId.not_in_subquery(of_reads));
        write_rows(&mut dump, sorted(of_acts.all(&db).await));
        write_rows(&mut dump, sorted(wallet::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(wallet_network::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(transaction::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(psp_account::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(bank_account::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(listing::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(booking::Entity::find().all(&db).await));
        write_rows(&mut dump, sorted(review::Entity::find().all(&db).await));
        dump
    }

    /// Marks the user's identity, e-mail and phone as verified: no mutation does so yet.
    pub(crate) async fn verify(&self, id: &str) {
        user::Entity::update_many()
            .col_expr(user::Column::IdentityVerified, Expr::val(true))
            .col_expr(user::Column::EmailVerified, Expr::val(true))
            .col_expr(user::Column::PhoneVerified, Expr::val(true))
            .filter(user::Column::Id.eq(uuid(id)))
            .exec(&self.side_door().await)
            .await
            .expect("a user to verify");
    }

    /// Runs a statement through the side door, as a person with the database's password would.
    pub(crate) async fn sabotage(&self, statement: &str) -> Result<(), String> {
        let done = self.side_door().await.execute_unprepared(statement).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    /// Has whoever reads this table wait for a minute (PostgreSQL) or without end (SQLite): a view stands in its place.
    pub(crate) async fn slow_down(&self, table: &str) {
        let wait = if is_postgres() {
            "(SELECT pg_sleep(60)::text) IS NOT NULL"
        } else {
            "(WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i > 0) SELECT count(*) FROM n) > 0"
        };
        let view = format!(
            "ALTER TABLE {table} RENAME TO {table}_away;
            CREATE VIEW {table} AS SELECT * FROM {table}_away WHERE {wait}"
        );
        self.sabotage(&view).await.expect("a view");
    }
}

impl Desk {
    /// Makes whoever wants to write wait, until it is released.
    pub(crate) async fn hold_writers(&self) -> DatabaseConnection {
        let db = self.side_door().await;
        let hold = if is_postgres() {
            "BEGIN; LOCK TABLE users, audit_entries IN EXCLUSIVE MODE"
        } else {
            "BEGIN IMMEDIATE"
        };
        db.execute_unprepared(hold).await.expect("the lock");
        db
    }

    /// Lets them go on.
    pub(crate) async fn release(&self, lock: DatabaseConnection) {
        lock.execute_unprepared("COMMIT").await.expect("the lock is given back");
    }
}

/// The id in a text of the API.
pub(crate) fn uuid(text: &str) -> Uuid {
    Uuid::try_parse(text).expect("an id")
}

fn sorted<T: Debug, E: Debug>(rows: Result<Vec<T>, E>) -> Vec<String> {
    let rows = rows.expect("rows");
    let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

fn write_rows(dump: &mut String, rows: Vec<String>) {
    for row in rows {
        writeln!(dump, "{row}").expect("writing into a text");
    }
}
