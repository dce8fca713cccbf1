//! What the trail is listed, filtered, sorted and counted by. Entries of an account show to those who see the account; entries
//! of no account (tokens, refusals that concern nobody) to those who see all. The history of one user shows to whoever sees the
//! user: acts on the user, and what acts on many did to this one.

use async_graphql::Enum;
use backdesk_entity::{
    audit_entry::{Column, Entity, Model},
    audit_entry_account, audit_entry_user,
    enums::AuditOutcome,
};
use sea_orm::{
    ExprTrait, FromQueryResult, IdenStatic, Iterable,
    sea_query::{Cond, Condition, Expr, Query, SelectStatement, UnionType},
};
use serde::Serialize;

use super::USERS;
use crate::{
    auth::policy::Permission,
    domain::{
        list::{Filter, ListQuery, Test},
        text::spoken,
    },
    store::{
        error::StoreError,
        facet::{Buckets, Facet, Names},
        filter::{Attribute, Frame, Target, TextForm},
        list::{List, Listed, Page},
        nested::Owned,
        page::{Kind, SortColumn},
        scope::InScope,
        session::Reader,
        slow::SearchedIn,
        staff::STAFF,
    },
};

const TABLE: &str = "audit_entries";
const ACCOUNTS: &str = "audit_entry_accounts";

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
            let own = reader.in_scope().rows((TABLE, Column::Account.as_str()));
            let users = entries_concerning_users(reader.in_scope());
            let accounts = entries_concerning_accounts(reader.in_scope());
            let id = || Expr::col((TABLE, Column::Id.as_str()));
            let concerned = Cond::any().add(id().in_subquery(users)).add(id().in_subquery(accounts));
            select.cond_where(concerned.add(own));
        }
        // what was done to staff tells of staff
        if !reader.permit().caller().holds(Permission::StaffRead) {
            let kind = || Expr::col((TABLE, Column::TargetType.as_str()));
            select.cond_where(Cond::any().add(kind().is_null()).add(kind().ne(STAFF)));
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
fn entries_concerning_users(scope: InScope<'_>) -> SelectStatement {
    let mut entries = Query::select();
    entries.column((USERS, audit_entry_user::Column::EntryId.as_str())).from(audit_entry_user::Entity);
    if !scope.is_everything() {
        let account = (USERS, audit_entry_user::Column::Account.as_str());
        entries.cond_where(scope.rows(account));
    }
    entries
}

/// The entries that concern accounts within the scope without naming anybody.
fn entries_concerning_accounts(scope: InScope<'_>) -> SelectStatement {
    let mut entries = Query::select();
    entries
        .column((ACCOUNTS, audit_entry_account::Column::EntryId.as_str()))
        .from(audit_entry_account::Entity)
        .cond_where(scope.rows((ACCOUNTS, audit_entry_account::Column::Account.as_str())));
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
}

/// A test of the names of fields: one is this name, or that of something below.
pub fn changed(field: &str) -> Filter<AuditAttribute> {
    // they are kept as a list in JSON: a comma would be found between any two
    if !field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
        return Filter::Any(Vec::new());
    }
    let listed = |name: String| Filter::Is(AuditAttribute::ChangedFields, Test::Contains(name));
    Filter::Any(vec![listed(format!("\"{field}\"")), listed(format!("\"{field}."))])
}
