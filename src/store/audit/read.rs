//! Reading the trail, by the list machinery. Entries of an account show to those who see the account; entries of no
//! account (tokens, refusals that concern nobody) to those who see all. The history of one user shows to whoever sees the
//! user: acts on the user, and what acts on many did to this one.

use std::collections::{BTreeSet, HashMap};

use async_graphql::Enum;
use backdesk_entity::{
    audit_entry::{Column, Entity, Model},
    audit_entry_account, audit_entry_user, data_key,
    enums::AuditOutcome,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    sea_query::{
        Asterisk, Cond, Condition, Expr, Order, Query, SelectStatement, SqliteQueryBuilder, UnionType,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::write::{Details, FieldChange, PLATFORM, context, context_of_user, names};
use crate::{
    auth::caller::Scope,
    domain::{list::ListQuery, text::spoken},
    store::{
        Store,
        error::StoreError,
        facet::{Buckets, Facet, Names},
        filter::{Attribute, Frame, Target, TextForm},
        list::{List, Listed, Page},
        nested::Owned,
        page::{Kind, SortColumn},
        scope,
        session::Reader,
        slow::SearchedIn,
        user::VALUES,
    },
};

const TABLE: &str = "audit_entries";
const USERS: &str = "audit_entry_users";
const ACCOUNTS: &str = "audit_entry_accounts";
/// Entries whose users are read by one statement at most: SQLite puts no more than 500 selects together.
const ENTRIES: usize = 100;

/// The list of audit events.
#[derive(Debug)]
pub enum AuditEvents {}

/// What audit events are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum AuditAttribute {
    At,
    Actor,
    Action,
    Outcome,
    Account,
    UserId,
    /// Any user concerned beside the target.
    AlsoUserId,
    RequestId,
    /// The list of names, as it is kept.
    ChangedFields,
    /// The same of users beside the target.
    AlsoChangedFields,
}

/// What audit events are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum AuditOrderField {
    /// The instant.
    At,
    /// The subject of the actor.
    Actor,
    /// The name of the action.
    Action,
}

/// What audit events are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "AuditEventFacet")]
pub enum AuditFacet {
    /// The names of the actions that occur, the most frequent first.
    Action,
    /// How they ended.
    Outcome,
    /// The codes of the accounts concerned, the one with most events first.
    Account,
}

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

impl Attribute for AuditAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self, frame: &Frame<'_>) -> Target {
        let column = |column: Column, nullable: bool| Target::Column {
            column: (TABLE, column.as_str()),
            nullable,
            text: TextForm::Exact,
        };
        match self {
            Self::At => column(Column::At, false),
            Self::Actor => column(Column::ActorSubject, false),
            Self::Action => column(Column::Action, false),
            Self::Outcome => column(Column::Outcome, false),
            Self::Account => column(Column::Account, true),
            Self::UserId => column(Column::TargetId, true),
            Self::AlsoUserId => Target::Rows {
                users: Box::new(entries_concerning_users(frame.scope)),
                column: (USERS, audit_entry_user::Column::UserId.as_str()),
                text: TextForm::Exact,
            },
            Self::RequestId => column(Column::RequestId, true),
            Self::ChangedFields => column(Column::ChangedFields, false),
            Self::AlsoChangedFields => Target::Rows {
                users: Box::new(entries_concerning_users(frame.scope)),
                column: (USERS, audit_entry_user::Column::Fields.as_str()),
                text: TextForm::Exact,
            },
        }
    }
}

impl Facet<AuditAttribute> for AuditFacet {
    fn buckets(self) -> Buckets<AuditAttribute> {
        let at = |column: Column| (TABLE, column.as_str());
        match self {
            Self::Action => Buckets::codes(at(Column::Action), Names::Known(spoken), None),
            Self::Outcome => Buckets::words::<AuditOutcome>(at(Column::Outcome), None),
            Self::Account => {
                let names = Names::Table("accounts", "code", "name");
                Buckets::codes(at(Column::Account), names, Some("No account"))
            }
        }
    }
}

impl Listed for AuditEvents {
    type Attribute = AuditAttribute;
    type Order = AuditOrderField;
    type Facet = AuditFacet;
    const TABLE: &'static str = TABLE;
    const SEARCHED: Option<SearchedIn> = Some(SearchedIn::Whole(&["actor_subject", "action", "request_id"]));
    /// An entry may concern several.
    const ACCOUNT: Option<&'static str> = None;

    fn columns(order: AuditOrderField) -> &'static [SortColumn] {
        const fn text(name: &'static str) -> SortColumn {
            SortColumn { name, kind: Kind::Text, nullable: false }
        }
        match order {
            AuditOrderField::At => &[SortColumn { name: "at", kind: Kind::Instant, nullable: false }],
            AuditOrderField::Actor => const { &[text("actor_subject")] },
            AuditOrderField::Action => const { &[text("action")] },
        }
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        let mut select = reader.select_all(Entity);
        if !reader.scope().is_everything() {
            let own = scope::of_rows(reader.scope(), (TABLE, Column::Account.as_str()));
            let users = entries_concerning_users(reader.scope());
            let accounts = entries_concerning_accounts(reader.scope());
            let id = || Expr::col((TABLE, Column::Id.as_str()));
            let concerned = Cond::any().add(id().in_subquery(users)).add(id().in_subquery(accounts));
            select.cond_where(concerned.add(own));
        }
        select
    }

    /// The subject, the name of the action or the request id, whole.
    fn search(words: &str) -> Condition {
        let is = |column: Column| Expr::col((TABLE, column.as_str())).eq(words.trim());
        Cond::any().add(is(Column::ActorSubject)).add(is(Column::Action)).add(is(Column::RequestId))
    }
}

impl Owned for AuditEvents {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        "target_id"
    }

    /// The entries of acts on the user, and those of acts on many that changed this one: their row of `audit_entry_users` in
    /// place of what the entry says of all. Each of the two reads an index of its own; as one condition with OR no database
    /// finds either. Who only looked is told by the trail alone: each look at a history would be the newest thing in it.
    fn rows_of_user(reader: &Reader, (): (), user: Expr) -> SelectStatement {
        let mut acts = reader.select_all(Entity);
        acts.columns(Column::iter().map(|column| (TABLE, column))).and_where(target().eq(user.clone()));
        let mut shares = Query::select();
        shares
            .from(audit_entry_user::Entity)
            .inner_join(
                Entity,
                Expr::col((TABLE, Column::Id)).equals((USERS, audit_entry_user::Column::EntryId)),
            )
            .and_where(Expr::col((USERS, audit_entry_user::Column::UserId)).eq(user.clone()))
            .and_where(Expr::col((USERS, audit_entry_user::Column::Details)).is_not_null())
            .cond_where(Cond::any().add(target().is_null()).add(target().ne(user)));
        for column in Column::iter() {
            use audit_entry_user::Column as Share;
            let share = |column: Share| Expr::col((USERS, column));
            let shown = match column {
                Column::Account => share(Share::Account),
                Column::TargetId => share(Share::UserId),
                // what `AuditKeys::open` knows a share by
                Column::TargetType | Column::TargetVersion => Expr::cust("NULL"),
                Column::ChangedFields => share(Share::Fields),
                Column::Details => share(Share::Details),
                own => Expr::col((TABLE, own)),
            };
            shares.expr_as(shown, column);
        }
        acts.union(UnionType::All, shares);
        Query::select().from_subquery(acts, TABLE).take()
    }
}

fn target() -> Expr {
    Expr::col((TABLE, Column::TargetId))
}

/// The entries that concern users within the scope beside their targets.
fn entries_concerning_users(scope: &Scope) -> SelectStatement {
    let mut entries = Query::select();
    entries.column((USERS, audit_entry_user::Column::EntryId.as_str())).from(audit_entry_user::Entity);
    if !scope.is_everything() {
        let account = (USERS, audit_entry_user::Column::Account.as_str());
        entries.cond_where(scope::of_rows(scope, account));
    }
    entries
}

/// The entries that concern accounts within the scope without naming anybody.
fn entries_concerning_accounts(scope: &Scope) -> SelectStatement {
    let mut entries = Query::select();
    entries
        .column((ACCOUNTS, audit_entry_account::Column::EntryId.as_str()))
        .from(audit_entry_account::Entity)
        .cond_where(scope::of_rows(scope, (ACCOUNTS, audit_entry_account::Column::Account.as_str())));
    entries
}

impl Reader {
    /// The audit events that `query` asks for.
    pub async fn audit_events(
        &self,
        query: &ListQuery<AuditAttribute, AuditOrderField>,
        with_page: bool,
    ) -> Result<(List<AuditEvents>, Page<Model>), StoreError> {
        let list = self.list::<AuditEvents>(query)?;
        if !with_page {
            return Ok((list, Page::unread()));
        }
        let columns = Column::iter().map(|column| column.as_str());
        let page = list.page(columns, |row| Ok(Model::from_query_result(row, "")?)).await?;
        Ok((list, page))
    }

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
                .filter(scope::of_rows(self.scope(), (USERS, audit_entry_user::Column::Account.as_str())));
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
        let details = self.store.open_data_key(key).ok()?.open(context, sealed).ok();
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
        .cond_where(scope::of_rows(reader.scope(), (USERS, audit_entry_user::Column::Account.as_str())));
    select
}
