//! Reading the trail, by the list machinery. Entries of an account show to those who see the account; entries of no
//! account (tokens, refusals that concern nobody) to those who see all.

use std::collections::{BTreeMap, HashMap};

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
        page::{Kind, SortColumn},
        scope,
        session::Reader,
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

/// What is wanted of the users whom entries concern beside their targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsersWanted {
    /// The first [`USERS_SHOWN`] of each entry, by id.
    pub first: bool,
    /// These.
    pub ids: Vec<Uuid>,
    /// Old and new values as well.
    pub opened: bool,
}

/// One entry of the trail, opened.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// The entry, values still sealed.
    pub entry: Model,
    /// The roles of the actor's token.
    pub actor_roles: Vec<String>,
    /// Old and new values. None when the key of the user was destroyed: the names of the fields remain.
    pub changes: Option<Vec<FieldChange>>,
    /// Names of the changed fields.
    pub changed_fields: Vec<String>,
    /// Why, as the actor wrote.
    pub reason: Option<String>,
    /// The permission that was missing.
    pub missing: Option<String>,
    /// Users whom it concerns beside its target, as far as they were asked for.
    pub users: Vec<AuditedUser>,
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
    /// These entries, opened, by id: whoever asks has seen what leads to them.
    pub(in crate::store) async fn audit_entries(
        &self,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, AuditEvent>, StoreError> {
        let mut entries = Vec::new();
        for ids in ids.chunks(VALUES) {
            let named = Column::Id.is_in(ids.iter().copied());
            entries.extend(Entity::find().filter(named).all(self.db()).await?);
        }
        let opened = open(self, entries, true, HashMap::new()).await?;
        Ok(opened.into_iter().map(|event| (event.entry.id, event)).collect())
    }

    /// The audit events that `query` asks for, to be read in pages.
    pub fn audit_events(
        &self,
        query: &ListQuery<AuditAttribute, AuditOrderField>,
    ) -> Result<List<AuditEvents>, StoreError> {
        self.list(query)
    }
}

impl List<AuditEvents> {
    /// The page that the list's window asks for; with what is sealed in it, and with further users, only when that was
    /// selected. The keys of all its users come with one statement.
    pub async fn events(&self, opened: bool, users: &UsersWanted) -> Result<Page<AuditEvent>, StoreError> {
        let columns = Column::iter().map(|column| column.as_str());
        let page = self.page(columns, |row| Ok(Model::from_query_result(row, "")?)).await?;
        page.map(async |entries| {
            let users = also_concerned(self.reader(), &entries, users).await?;
            open(self.reader(), entries, opened, users).await
        })
        .await
    }
}

/// Users within the scope whom entries concern beside their targets, by entry, in the order of ids.
async fn also_concerned(
    reader: &Reader,
    entries: &[Model],
    wanted: &UsersWanted,
) -> Result<HashMap<Uuid, Vec<AuditedUser>>, StoreError> {
    let mut found = BTreeMap::new();
    let mut note = |rows: Vec<audit_entry_user::Model>| {
        found.extend(rows.into_iter().map(|row| ((row.entry_id, row.user_id), row)));
    };
    if wanted.first {
        // each statement takes a bounded number of values, and a token may name many accounts
        let values = concerned(reader).build(SqliteQueryBuilder).1.0.len() + 2;
        for entries in entries.chunks((VALUES / values).clamp(1, ENTRIES)) {
            let rows = reader.db().query_all(&first_of_each(reader, entries)).await?;
            let rows = rows.iter().map(|row| Ok(audit_entry_user::Model::from_query_result(row, "")?));
            note(rows.collect::<Result<_, StoreError>>()?);
        }
    }
    if !wanted.ids.is_empty() {
        let rows = audit_entry_user::Entity::find()
            .filter(audit_entry_user::Column::EntryId.is_in(entries.iter().map(|entry| entry.id)))
            .filter(audit_entry_user::Column::UserId.is_in(wanted.ids.iter().copied()))
            .filter(scope::of_rows(reader.scope(), (USERS, audit_entry_user::Column::Account.as_str())));
        note(rows.all(reader.db()).await?);
    }
    let rows: Vec<audit_entry_user::Model> = found.into_values().collect();
    let sealed = rows.iter().filter(|row| wanted.opened && row.details.is_some());
    let keys = keys_of(reader, sealed.map(|row| row.user_id).collect()).await?;
    let mut all: HashMap<Uuid, Vec<AuditedUser>> = HashMap::new();
    for row in rows {
        let changes = keys.get(&row.user_id).zip(row.details.as_ref()).and_then(|(key, sealed)| {
            let context = context_of_user(row.entry_id, row.user_id);
            unsealed(reader.store(), key, row.entry_id, &context, sealed)
        });
        let user = AuditedUser { id: row.user_id, fields: names(&row.fields), changes };
        all.entry(row.entry_id).or_default().push(user);
    }
    Ok(all)
}

/// The first users of each of these entries, each read by the key of the table alone.
fn first_of_each(reader: &Reader, entries: &[Model]) -> SelectStatement {
    let mut parts = entries.iter().map(|entry| {
        let mut first = concerned(reader);
        first
            .and_where(Expr::col((USERS, "entry_id")).eq(entry.id))
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

/// The keys of these subjects; those that were destroyed are missing.
async fn keys_of(
    reader: &Reader,
    mut subjects: Vec<Uuid>,
) -> Result<HashMap<Uuid, data_key::Model>, StoreError> {
    // many entries may tell of one user
    subjects.sort_unstable();
    subjects.dedup();
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    let keys = data_key::Entity::find().filter(data_key::Column::SubjectId.is_in(subjects));
    Ok(keys.all(reader.db()).await?.into_iter().map(|row| (row.subject_id, row)).collect())
}

/// What was sealed of an entry.
fn unsealed<T: DeserializeOwned>(
    store: &Store,
    key: &data_key::Model,
    entry: Uuid,
    context: &str,
    sealed: &[u8],
) -> Option<T> {
    let details = store.open_data_key(key).ok()?.open(context, sealed).ok();
    if details.is_none() {
        tracing::error!(%entry, "the details of an audit entry do not open: they were changed, or their key");
    }
    serde_json::from_slice(&details?).ok()
}

async fn open(
    reader: &Reader,
    entries: Vec<Model>,
    opened: bool,
    mut users: HashMap<Uuid, Vec<AuditedUser>>,
) -> Result<Vec<AuditEvent>, StoreError> {
    let keys = keys_of(reader, entries.iter().filter(|_| opened).map(subject).collect()).await?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let users = users.remove(&entry.id).unwrap_or_default();
            AuditEvent { users, ..event(reader.store(), &keys, entry) }
        })
        .collect())
}

/// Whose key seals an entry: refusals are the platform's, whoever they concerned.
fn subject(entry: &Model) -> Uuid {
    match entry.outcome {
        AuditOutcome::Done => entry.target_id.unwrap_or(PLATFORM),
        AuditOutcome::Refused => PLATFORM,
    }
}

fn event(store: &Store, keys: &HashMap<Uuid, data_key::Model>, entry: Model) -> AuditEvent {
    let opened = keys
        .get(&subject(&entry))
        .zip(entry.details.as_ref())
        .and_then(|(key, sealed)| unsealed(store, key, entry.id, &context(entry.id), sealed));
    let (changes, reason, missing) = match opened {
        Some(Details { changes, reason, missing }) => (Some(changes), reason, missing),
        None => (None, None, None),
    };
    AuditEvent {
        actor_roles: names(&entry.actor_roles),
        changed_fields: names(&entry.changed_fields),
        changes,
        reason,
        missing,
        users: Vec::new(),
        entry,
    }
}
