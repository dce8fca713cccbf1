//! Opening entries: what is sealed of them, and whom they concern beside their targets.

use std::collections::{BTreeSet, HashMap};

use backdesk_entity::{
    audit_entry::{Column, Entity, Model},
    audit_entry_user, data_key,
    enums::AuditOutcome,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    sea_query::{Asterisk, Expr, Order, Query, SelectStatement, SqliteQueryBuilder, UnionType},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    USERS,
    entry::{Details, FieldChange, PLATFORM, context, context_of_user, names},
};
use crate::store::{Store, error::StoreError, session::Reader, user::VALUES};

/// Entries whose users are read by one statement at most: SQLite puts no more than 500 selects together.
const ENTRIES: usize = 100;

/// Users of one entry that are shown unless some are named: an entry may concern a thousand.
pub const USERS_SHOWN: usize = 100;

/// What is sealed of an entry, opened.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// Old and new values. None when the key of the user was destroyed: the names of the fields remain.
    pub changes: Option<Vec<FieldChange>>,
    /// Why, as the actor wrote.
    pub reason: Option<String>,
    /// The permission that was missing.
    pub missing: Option<String>,
}

/// The keys of those whom entries concern. Those that were destroyed are missing.
#[derive(Debug)]
pub struct AuditKeys {
    store: Store,
    keys: HashMap<Uuid, data_key::Model>,
}

/// A user whom an act concerned beside its target.
#[derive(Debug, Clone)]
pub struct AuditedUser {
    /// The user.
    pub id: Uuid,
    /// Which of their fields.
    pub fields: Vec<String>,
    /// Old and new values. None where nothing changed, or the key of the user was destroyed.
    pub changes: Option<Vec<FieldChange>>,
}

impl Reader {
    /// These entries, opened, by id: whoever asks has seen what leads to them.
    pub(in crate::store) async fn audit_entries(
        &self,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, (Model, Opened)>, StoreError> {
        let mut entries = Vec::new();
        for ids in ids.chunks(VALUES) {
            let named = Column::Id.is_in(ids.iter().copied());
            entries.extend(Entity::find().filter(named).all(self.db()).await?);
        }
        let keys = self.audit_keys(&entries.iter().map(sealed_for).collect::<Vec<_>>()).await?;
        let opened = entries.into_iter().map(|entry| {
            let opened = keys.open(&entry);
            (entry.id, (entry, opened))
        });
        Ok(opened.collect())
    }

    /// The keys of these users, or of the platform: see [`sealed_for`].
    pub async fn audit_keys(&self, subjects: &[Uuid]) -> Result<AuditKeys, StoreError> {
        // many entries may tell of one user
        let subjects: BTreeSet<Uuid> = subjects.iter().copied().collect();
        let subjects: Vec<Uuid> = subjects.into_iter().collect();
        let mut keys = HashMap::new();
        for subjects in subjects.chunks(VALUES) {
            let known = data_key::Column::SubjectId.is_in(subjects.iter().copied());
            let rows = data_key::Entity::find().filter(known).all(self.db()).await?;
            keys.extend(rows.into_iter().map(|row| (row.subject_id, row)));
        }
        Ok(AuditKeys { store: self.store().clone(), keys })
    }

    /// Users within the scope whom these entries concern beside their targets, by entry, in the order of ids: those that
    /// are named, or the first [`USERS_SHOWN`] of each entry; with old and new values only where these are wanted.
    pub async fn audited_users(
        &self,
        entries: &[Uuid],
        named: Option<&[Uuid]>,
        opened: bool,
    ) -> Result<HashMap<Uuid, Vec<AuditedUser>>, StoreError> {
        let mut rows = Vec::new();
        if let Some(named) = named {
            let shown = audit_entry_user::Entity::find()
                .filter(audit_entry_user::Column::EntryId.is_in(entries.iter().copied()))
                .filter(audit_entry_user::Column::UserId.is_in(named.iter().copied()))
                .filter(self.in_scope().rows((USERS, audit_entry_user::Column::Account.as_str())));
            rows = shown.all(self.db()).await?;
        } else {
            // each statement takes a bounded number of values, and a token may name many accounts
            let values = concerned(self).build(SqliteQueryBuilder).1.0.len() + 2;
            for entries in entries.chunks((VALUES / values).clamp(1, ENTRIES)) {
                let some = self.db().query_all(&first_of_each(self, entries)).await?;
                for row in &some {
                    rows.push(audit_entry_user::Model::from_query_result(row, "")?);
                }
            }
        }
        rows.sort_unstable_by_key(|row| (row.entry_id, row.user_id));
        let sealed = rows.iter().filter(|row| opened && row.details.is_some());
        let keys = self.audit_keys(&sealed.map(|row| row.user_id).collect::<Vec<_>>()).await?;
        let mut all: HashMap<Uuid, Vec<AuditedUser>> = HashMap::new();
        for row in rows {
            let changes = keys.changes_of(row.entry_id, row.user_id, row.details.as_ref());
            let user = AuditedUser { id: row.user_id, fields: names(&row.fields), changes };
            all.entry(row.entry_id).or_default().push(user);
        }
        Ok(all)
    }
}

impl AuditKeys {
    /// What is sealed of an entry, as far as there is a key.
    pub fn open(&self, entry: &Model) -> Opened {
        if let (Some(user), None) = (entry.target_id, &entry.target_type) {
            // what an act on many did to this one
            let changes = self.changes_of(entry.id, user, entry.details.as_ref());
            return Opened { changes, ..Opened::default() };
        }
        let sealed = self.keys.get(&sealed_for(entry)).zip(entry.details.as_ref());
        let details =
            sealed.and_then(|(key, sealed)| self.unsealed(key, entry.id, &context(entry.id), sealed));
        match details {
            Some(Details { changes, reason, missing }) => Opened { changes: Some(changes), reason, missing },
            None => Opened::default(),
        }
    }

    /// What an entry tells of one of those whom it concerns.
    fn changes_of(&self, entry: Uuid, user: Uuid, sealed: Option<&Vec<u8>>) -> Option<Vec<FieldChange>> {
        let (key, sealed) = self.keys.get(&user).zip(sealed)?;
        self.unsealed(key, entry, &context_of_user(entry, user), sealed)
    }

    fn unsealed<T: DeserializeOwned>(
        &self,
        key: &data_key::Model,
        entry: Uuid,
        context: &str,
        sealed: &[u8],
    ) -> Option<T> {
        let details =
            self.store.open_data_key(key.subject_id, &key.sealed_key).ok()?.open(context, sealed).ok();
        if details.is_none() {
            tracing::error!(%entry, "the details of an audit entry do not open: they were changed, or their key");
        }
        serde_json::from_slice(&details?).ok()
    }
}

/// Whose key seals an entry: refusals are the platform's, whoever they concerned.
pub fn sealed_for(entry: &Model) -> Uuid {
    match entry.outcome {
        AuditOutcome::Done => entry.target_id.unwrap_or(PLATFORM),
        AuditOutcome::Refused => PLATFORM,
    }
}

/// The first users of each of these entries, each read by the key of the table alone.
fn first_of_each(reader: &Reader, entries: &[Uuid]) -> SelectStatement {
    let mut parts = entries.iter().map(|entry| {
        let mut first = concerned(reader);
        first
            .and_where(Expr::col((USERS, "entry_id")).eq(*entry))
            .order_by((USERS, "user_id"), Order::Asc)
            .limit(USERS_SHOWN as u64);
        // no database takes a limit within a union as it stands
        Query::select().column(Asterisk).from_subquery(first, "first_users").take()
    });
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        all.union(UnionType::All, part);
    }
    all
}

/// Users within the scope whom any entry concerns.
fn concerned(reader: &Reader) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(audit_entry_user::Column::iter().map(|column| (USERS, column.as_str())))
        .from(audit_entry_user::Entity)
        .cond_where(reader.in_scope().rows((USERS, audit_entry_user::Column::Account.as_str())));
    select
}
