//! What staff members are listed, filtered, sorted and counted by. A reader sees those whose accounts they see, all of them:
//! of somebody who reaches further, nothing is told.

use async_graphql::Enum;
use backdesk_entity::{
    enums::StaffState,
    staff_account,
    staff_member::{Column, Entity, Model},
    staff_role,
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    sea_query::{Alias, Cond, Condition, Expr, ExprTrait, Query, SelectStatement},
};
use serde::Serialize;
use uuid::Uuid;

use super::TABLE;
use crate::{
    auth::policy::Role,
    domain::{
        list::{Filter, ListQuery, Test},
        text,
    },
    store::{
        error::StoreError,
        facet::{Buckets, FOUND, Facet, Names, Sets},
        filter::{self, Attribute, Frame, Target, TextForm},
        list::{List, Listed, Page},
        page::{Kind, SortColumn},
        session::Reader,
        slow::SearchedIn,
    },
};

/// The list of staff members.
#[derive(Debug)]
pub enum StaffMembers {}

/// What staff members are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum StaffAttribute {
    Id,
    UserName,
    Email,
    FirstName,
    LastName,
    State,
    Role,
    Account,
    CreatedAt,
    UpdatedAt,
    LastSignInAt,
}

/// What staff members are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "StaffOrderField")]
pub enum StaffOrderField {
    /// What they sign in with.
    UserName,
    /// The e-mail address.
    Email,
    /// Last name, then first name.
    Name,
    /// Whether they may sign in.
    State,
    /// When they were created.
    CreatedAt,
    /// When they changed last.
    UpdatedAt,
    /// When they signed in last.
    LastSignInAt,
}

/// What staff members are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "StaffFacet")]
pub enum StaffFacet {
    /// Whether they may sign in.
    State,
    /// The keys of roles. Somebody counts in each of their roles, or as one without any.
    Role,
    /// The codes of accounts, `*` for all. Somebody counts in each of their accounts, or as one without any.
    Account,
}

impl Attribute for StaffAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self, _: &Frame<'_>) -> Target {
        let column = |column: Column, nullable, text| Target::Column {
            column: (TABLE, column.as_str()),
            nullable,
            text,
        };
        match self {
            Self::Id => column(Column::Id, false, TextForm::Exact),
            Self::UserName => column(Column::UserNameFolded, false, TextForm::Folded),
            Self::Email => column(Column::EmailFolded, false, TextForm::Folded),
            Self::FirstName => column(Column::FirstNameFolded, true, TextForm::Folded),
            Self::LastName => column(Column::LastNameFolded, true, TextForm::Folded),
            Self::State => column(Column::State, false, TextForm::Exact),
            Self::Role => Target::Rows {
                users: Box::new(roles()),
                column: (ROLES, staff_role::Column::Role.as_str()),
                text: TextForm::Exact,
            },
            Self::Account => Target::Rows {
                users: Box::new(accounts()),
                column: (ACCOUNTS, staff_account::Column::Account.as_str()),
                text: TextForm::Exact,
            },
            Self::CreatedAt => column(Column::CreatedAt, false, TextForm::Exact),
            Self::UpdatedAt => column(Column::UpdatedAt, false, TextForm::Exact),
            Self::LastSignInAt => column(Column::LastSignInAt, true, TextForm::Exact),
        }
    }
}

const ROLES: &str = "staff_roles";
const ACCOUNTS: &str = "staff_accounts";

/// The ids of those who hold a role.
fn roles() -> SelectStatement {
    Query::select().column((ROLES, staff_role::Column::StaffId)).from(staff_role::Entity).take()
}

/// The ids of those who see an account.
fn accounts() -> SelectStatement {
    Query::select().column((ACCOUNTS, staff_account::Column::StaffId)).from(staff_account::Entity).take()
}

impl Facet<StaffAttribute> for StaffFacet {
    fn buckets(self) -> Buckets<StaffAttribute> {
        match self {
            Self::State => Buckets::words::<StaffState>((TABLE, Column::State.as_str()), None),
            Self::Role => Buckets::Sets {
                sets: Box::new(sets(StaffAttribute::Role, ROLES, staff_role::Column::Role.as_str())),
                names: Names::Known(role_name),
                missing: "No role",
            },
            Self::Account => Buckets::Sets {
                sets: Box::new(sets(
                    StaffAttribute::Account,
                    ACCOUNTS,
                    staff_account::Column::Account.as_str(),
                )),
                names: Names::Known(account_name),
                missing: "No account",
            },
        }
    }
}

fn role_name(key: &str) -> String {
    match Role::from_claim(key) {
        Some(role) => text::spoken(&role.claim().replace('-', "_").to_uppercase()),
        None => key.to_owned(),
    }
}

fn account_name(code: &str) -> String {
    if code == super::ALL_ACCOUNTS { "All accounts".to_owned() } else { code.to_owned() }
}

/// What is held, which is what occurs.
fn sets(attribute: StaffAttribute, table: &'static str, column: &'static str) -> Sets<StaffAttribute> {
    let mut held = Query::select();
    held.expr_as(Expr::col((FOUND, "id")).count(), "total")
        .expr_as(Expr::col((table, column)), "bucket")
        .from(Alias::new(table))
        .inner_join(Alias::new(FOUND), Expr::col((FOUND, "id")).equals((table, "staff_id")))
        .group_by_col((table, column));
    Sets { columns: &["id"], states: Vec::new(), none: Filter::Is(attribute, Test::IsNull), others: held }
}

impl Listed for StaffMembers {
    type Attribute = StaffAttribute;
    type Order = StaffOrderField;
    type Facet = StaffFacet;
    const TABLE: &'static str = TABLE;
    const SEARCHED: Option<SearchedIn> = Some(SearchedIn::Words("search_text"));
    /// A staff member may have several.
    const ACCOUNT: Option<&'static str> = None;

    fn columns(order: StaffOrderField) -> &'static [SortColumn] {
        const fn column(name: &'static str, kind: Kind, nullable: bool) -> SortColumn {
            SortColumn { name, kind, nullable }
        }
        match order {
            StaffOrderField::UserName => const { &[column("user_name_folded", Kind::Text, false)] },
            StaffOrderField::Email => const { &[column("email_folded", Kind::Text, false)] },
            StaffOrderField::Name => {
                const {
                    &[
                        column("last_name_folded", Kind::Text, true),
                        column("first_name_folded", Kind::Text, true),
                    ]
                }
            }
            StaffOrderField::State => const { &[column("state", Kind::Number, false)] },
            StaffOrderField::CreatedAt => const { &[column("created_at", Kind::Instant, false)] },
            StaffOrderField::UpdatedAt => const { &[column("updated_at", Kind::Instant, false)] },
            StaffOrderField::LastSignInAt => const { &[column("last_sign_in_at", Kind::Instant, true)] },
        }
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        let mut select = reader.select_all(Entity);
        if !reader.scope().is_everything() {
            select.cond_where(within(reader));
        }
        select
    }

    /// Every word must be found inside one of the texts; an id pasted whole finds its staff member.
    fn search(words: &str) -> Condition {
        filter::search((TABLE, Column::SearchText.as_str()), StaffAttribute::ID, words)
    }
}

/// Those who have an account, and none that the reader does not see.
fn within(reader: &Reader) -> Condition {
    let seen = reader.in_scope().rows((ACCOUNTS, staff_account::Column::Account.as_str()));
    let id = || Expr::col((TABLE, Column::Id.as_str()));
    Cond::all()
        .add(id().in_subquery(accounts()))
        .add(id().not_in_subquery(accounts().cond_where(seen.not()).take()))
}

impl Reader {
    /// The staff members that `query` asks for, whom the reader sees.
    pub async fn staff(
        &self,
        query: &ListQuery<StaffAttribute, StaffOrderField>,
        with_page: bool,
    ) -> Result<(List<StaffMembers>, Page<Model>), StoreError> {
        let list = self.list::<StaffMembers>(query)?;
        if !with_page {
            return Ok((list, Page::unread()));
        }
        let columns = Column::iter().map(|column| column.as_str());
        let page = list.page(columns, |row| Ok(Model::from_query_result(row, "")?)).await?;
        Ok((list, page))
    }

    /// One staff member, whom the reader sees.
    pub async fn staff_member(&self, key: &StaffKey) -> Result<Option<Model>, StoreError> {
        let mut found = Entity::find().filter(match key {
            StaffKey::Id(id) => Column::Id.eq(*id),
            StaffKey::UserName(name) => Column::UserNameFolded.eq(text::fold(name)),
            StaffKey::Email(email) => Column::EmailFolded.eq(text::fold(email)),
        });
        if !self.scope().is_everything() {
            found = found.filter(within(self));
        }
        Ok(found.one(self.db()).await?)
    }
}

impl Reader {
    /// The staff member of that id, if they are outside the scope. For the audit trail alone.
    pub async fn staff_outside_scope(&self, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let known = Entity::find_by_id(id).one(self.db()).await?.is_some();
        Ok((known && self.staff_member(&StaffKey::Id(id)).await?.is_none()).then_some(id))
    }
}

/// How one staff member is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffKey {
    /// By id.
    Id(Uuid),
    /// By what they sign in with.
    UserName(String),
    /// By the e-mail address.
    Email(String),
}
