//! Reading users. Related rows come by one statement each for the whole page, and only when they were selected.

use backdesk_entity::{
    user::{self, Column},
    user_external_id,
};
use sea_orm::{
    ConnectionTrait, ExprTrait, IdenStatic, QueryResult,
    sea_query::{Cond, Condition, Expr, Order, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    attributes::{TABLE, UserAttribute},
    facets::UserFacet,
    newest::Walked,
    order::UserOrderField,
    related::{UserView, with_related},
    row::{Columns, UserRow},
};
use crate::{
    domain::{list::ListQuery, text, user::ExternalId},
    store::{
        error::StoreError,
        filter,
        list::{List, Listed, Page},
        membership::is_one_of,
        page::SortColumn,
        planning::Served,
        session::Reader,
        slow::SearchedIn,
    },
};

/// Ids of one statement at most.
const IDS: usize = 5_000;

/// The list of users.
#[derive(Debug)]
pub enum Users {}

impl Listed for Users {
    type Attribute = UserAttribute;
    type Order = UserOrderField;
    type Facet = UserFacet;
    const TABLE: &'static str = TABLE;
    const SERVED: Option<Served> = Some(Served {
        order: "created_at",
        behind: &[
            &[],
            &["country"],
            &["country", "status"],
            &["kyc_status"],
            &["own_fees"],
            &["status"],
            &["wallet_status"],
        ],
    });
    const SEARCHED: Option<SearchedIn> = Some(SearchedIn::Words("search_text"));

    fn columns(order: UserOrderField) -> &'static [SortColumn] {
        order.columns()
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        reader.select_users()
    }

    /// Every word must be found inside one of the texts; an id pasted whole finds its user.
    fn search(words: &str) -> Condition {
        filter::search((TABLE, Column::SearchText.as_str()), (TABLE, Column::Id.as_str()), words)
    }
}

#[expect(clippy::struct_excessive_bools, reason = "one for each relation, independent of one another")]
/// What is wanted of each user: columns, and which related rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserSelection {
    /// Columns of the user's own row.
    pub columns: Columns,
    /// The name of the account besides its code.
    pub account: bool,
    /// Addresses.
    pub addresses: bool,
    /// Groups, computed ones included.
    pub groups: bool,
    /// Ids of other systems.
    pub external_ids: bool,
    /// Spoken languages.
    pub spoken_languages: bool,
}

/// How one user is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserKey {
    /// By id.
    Id(Uuid),
    /// By the public reference.
    Reference(String),
    /// By the name that another system has for it.
    ExternalId(ExternalId),
    /// By e-mail address.
    Email(String),
}

impl UserSelection {
    /// Everything that is related, for an answer that must be the same whatever is selected of it.
    #[must_use]
    pub fn with_all_related(self) -> Self {
        let Self { columns, .. } = self;
        Self {
            columns,
            account: true,
            addresses: true,
            groups: true,
            external_ids: true,
            spoken_languages: true,
        }
    }

    /// The columns to read for it: its own, and those that related values are computed from.
    fn columns(&self) -> Columns {
        let mut columns = self.columns.with(Column::Id);
        if self.groups {
            columns =
                columns.and(Columns::of(&[Column::EmailVerified, Column::PhoneVerified, Column::KycStatus]));
        }
        if self.account {
            columns = columns.with(Column::Account);
        }
        columns
    }
}

impl Reader {
    /// The users that `query` asks for, to be read in pages.
    pub fn users(&self, query: &ListQuery<UserAttribute, UserOrderField>) -> Result<List<Users>, StoreError> {
        self.list(query)
    }

    /// The users of that key within the scope: two when it is ambiguous, and never more.
    pub async fn find_users(
        &self,
        key: &UserKey,
        selection: &UserSelection,
    ) -> Result<Vec<UserView>, StoreError> {
        let mut select = Users::scoped(self);
        select.cond_where(matching(key)).limit(2);
        self.views(select, selection).await
    }

    /// Those of these users who are within the scope.
    pub async fn users_of(
        &self,
        ids: &[Uuid],
        selection: &UserSelection,
    ) -> Result<Vec<UserView>, StoreError> {
        let mut views = Vec::new();
        for some in ids.chunks(IDS) {
            let mut select = Users::scoped(self);
            let id = Expr::col((TABLE, Column::Id.as_str()));
            select.and_where(is_one_of(id, some.iter().copied(), self.store().backend()));
            views.extend(self.views(select, selection).await?);
        }
        Ok(views)
    }

    async fn views(
        &self,
        mut select: SelectStatement,
        selection: &UserSelection,
    ) -> Result<Vec<UserView>, StoreError> {
        let columns = selection.columns();
        select.columns(columns.iter().map(|column| (TABLE, column.as_str())));
        let rows = self.db().query_all(&select).await?;
        let rows =
            rows.iter().map(|row| Ok(UserRow::read(row, columns)?)).collect::<Result<_, StoreError>>()?;
        with_related(self.db(), rows, selection).await
    }

    /// A user of that key outside the scope, of one account where it is given. For the audit trail alone: the caller is told
    /// the same either way.
    pub async fn find_outside_scope(
        &self,
        key: &UserKey,
        account: Option<&str>,
    ) -> Result<Option<Uuid>, StoreError> {
        if self.scope().is_everything() {
            return Ok(None);
        }
        let mut select = Query::select();
        select
            .column((TABLE, "id"))
            .from(user::Entity)
            .cond_where(matching(key))
            .cond_where(self.in_scope().users().not())
            .order_by((TABLE, "id"), Order::Asc)
            .limit(1);
        if let Some(account) = account {
            select.and_where(Expr::col((TABLE, Column::Account.as_str())).eq(account));
        }
        Ok(self.db().query_one(&select).await?.map(|row| row.try_get("", "id")).transpose()?)
    }
}

impl List<Users> {
    /// The page that the list's window asks for.
    pub async fn users(&self, selection: &UserSelection) -> Result<Page<UserView>, StoreError> {
        let columns = selection.columns();
        let names: Vec<&'static str> = columns.iter().map(|column| column.as_str()).collect();
        let read = |row: &QueryResult| Ok(UserRow::read(row, columns)?);
        let page = match self.among_newest(&names).await? {
            Walked::Full(rows) => self.read_page(rows, read)?,
            Walked::InVain(planning) => self.page_so(planning, &names, read).await?,
            Walked::Not => self.page(names, read).await?,
        };
        page.map(|rows| with_related(self.reader().db(), rows, selection)).await
    }
}

/// The users of a key.
fn matching(key: &UserKey) -> Condition {
    let column = |column: Column| Expr::col((TABLE, column.as_str()));
    Cond::all().add(match key {
        UserKey::Id(id) => column(Column::Id).eq(*id),
        UserKey::Reference(reference) => column(Column::Reference).eq(reference.trim().to_uppercase()),
        UserKey::Email(email) => column(Column::EmailFolded).eq(text::fold(email)),
        UserKey::ExternalId(ExternalId { system, value }) => {
            let mut users = Query::select();
            users
                .column(user_external_id::Column::UserId)
                .from(user_external_id::Entity)
                .and_where(Expr::col(user_external_id::Column::System).eq(system.as_str()))
                .and_where(Expr::col(user_external_id::Column::Value).eq(value.as_str()));
            column(Column::Id).in_subquery(users)
        }
    })
}
