//! Reading users. Related rows come by one statement each for the whole page, and only when they were selected.

use std::collections::HashMap;

use backdesk_entity::{
    enums::AddressKind,
    group,
    user::{self, Column},
    user_address, user_external_id, user_group, user_language,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, QueryFilter, QueryOrder,
    sea_query::{Cond, Condition, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    attributes::{TABLE, UserAttribute, UserOrderField},
    file::Address,
    row::{Columns, UserRow},
};
use crate::{
    domain::{
        group::{ComputedGroup, Onboarding},
        list::ListQuery,
        text,
        user::ExternalId,
    },
    store::{
        error::StoreError,
        filter,
        list::{List, Listed, Page},
        page::SortColumn,
        session::Reader,
    },
};

/// The list of users.
#[derive(Debug)]
pub enum Users {}

impl Listed for Users {
    type Attribute = UserAttribute;
    type Order = UserOrderField;
    const TABLE: &'static str = TABLE;

    fn columns(order: UserOrderField) -> &'static [SortColumn] {
        order.columns()
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        reader.select(user::Entity, (TABLE, Column::Account.as_str()))
    }

    /// Every word must be found inside one of the texts; an id pasted whole finds its user.
    fn search(words: &str) -> Condition {
        let text = || Expr::col((TABLE, Column::SearchText.as_str()));
        let all =
            text::words(words).iter().fold(Cond::all(), |all, word| all.add(filter::contains(text(), word)));
        match Uuid::try_parse(words.trim()) {
            Ok(id) => Cond::any().add(Expr::col((TABLE, Column::Id.as_str())).eq(id)).add(all),
            Err(_) => all,
        }
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

/// A user as far as it was selected. Related rows that were not selected are none.
#[derive(Debug, Clone)]
pub struct UserView {
    /// Its id.
    pub id: Uuid,
    /// Its own columns.
    pub row: UserRow,
    /// The name of its account.
    pub account_name: Option<String>,
    /// Its addresses by what they are for.
    pub addresses: Option<HashMap<AddressKind, Address>>,
    /// Its groups, by key.
    pub groups: Option<Vec<group::Model>>,
    /// How other systems call it.
    pub external_ids: Option<Vec<ExternalId>>,
    /// The languages it speaks.
    pub spoken_languages: Option<Vec<String>>,
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
        for column in selection.columns().iter() {
            select.column((TABLE, column.as_str()));
        }
        let rows = self.db().query_all(&select).await?;
        let rows = rows
            .iter()
            .map(|row| Ok(UserRow::read(row, selection.columns())?))
            .collect::<Result<_, StoreError>>()?;
        self.with_related(rows, selection).await
    }

    /// A user of that key outside the scope. For the audit trail alone: the caller is told "not found" either way.
    pub async fn find_outside_scope(&self, key: &UserKey) -> Result<Option<Uuid>, StoreError> {
        let mut select = Query::select();
        select.column((TABLE, "id")).from(user::Entity).cond_where(matching(key)).limit(1);
        Ok(self.db().query_one(&select).await?.map(|row| row.try_get("", "id")).transpose()?)
    }

    /// Completes a row that was just written.
    pub async fn view(&self, record: user::Model, selection: &UserSelection) -> Result<UserView, StoreError> {
        self.with_related(vec![record.into()], selection).await?.pop().ok_or(StoreError::Internal)
    }

    /// Adds the related rows that were selected: one statement a relation, however many users there are.
    async fn with_related(
        &self,
        rows: Vec<UserRow>,
        selection: &UserSelection,
    ) -> Result<Vec<UserView>, StoreError> {
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.id.read().copied()).collect();
        let (accounts, addresses, groups, external_ids, languages) = futures_util::try_join!(
            wanted(selection.account, self.account_names()),
            wanted(selection.addresses, self.addresses_of(&ids)),
            wanted(selection.groups, self.groups_of(&ids)),
            wanted(selection.external_ids, self.external_ids_of(&ids)),
            wanted(selection.spoken_languages, self.languages_of(&ids)),
        )?;
        let view = |row: UserRow| {
            let id = *row.id.read().ok_or(StoreError::Internal)?;
            let account = row.account.read();
            Ok(UserView {
                id,
                account_name: accounts
                    .as_ref()
                    .zip(account)
                    .and_then(|(names, code)| names.get(code).cloned()),
                addresses: addresses.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
                groups: groups.as_ref().map(|all| all.of(id, &row)),
                external_ids: external_ids.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
                spoken_languages: languages.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
                row,
            })
        };
        rows.into_iter().map(view).collect()
    }

    async fn account_names(&self) -> Result<HashMap<String, String>, StoreError> {
        Ok(self.accounts().await?.into_iter().map(|account| (account.code, account.name)).collect())
    }

    async fn addresses_of(
        &self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, HashMap<AddressKind, Address>>, StoreError> {
        let rows = user_address::Entity::find()
            .filter(user_address::Column::UserId.is_in(ids.iter().copied()))
            .all(self.db())
            .await?;
        let mut all: HashMap<Uuid, HashMap<AddressKind, Address>> = HashMap::new();
        for row in rows {
            all.entry(row.user_id).or_default().insert(row.kind, row.into());
        }
        Ok(all)
    }

    async fn groups_of(&self, ids: &[Uuid]) -> Result<Groups, StoreError> {
        let assigned = async {
            Ok(user_group::Entity::find()
                .filter(user_group::Column::UserId.is_in(ids.iter().copied()))
                .all(self.db())
                .await?)
        };
        let (every, assigned) = futures_util::try_join!(self.groups(), assigned)?;
        let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for row in assigned {
            members.entry(row.user_id).or_default().push(row.group_id);
        }
        Ok(Groups { every, members })
    }

    async fn external_ids_of(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ExternalId>>, StoreError> {
        let rows = user_external_id::Entity::find()
            .filter(user_external_id::Column::UserId.is_in(ids.iter().copied()))
            .order_by_asc(user_external_id::Column::System)
            .all(self.db())
            .await?;
        Ok(by_user(
            rows.into_iter().map(|row| (row.user_id, ExternalId { system: row.system, value: row.value })),
        ))
    }

    async fn languages_of(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
        let rows = user_language::Entity::find()
            .filter(user_language::Column::UserId.is_in(ids.iter().copied()))
            .order_by_asc(user_language::Column::Language)
            .all(self.db())
            .await?;
        Ok(by_user(rows.into_iter().map(|row| (row.user_id, row.language))))
    }
}

impl List<Users> {
    /// The page that the list's window asks for.
    pub async fn users(&self, selection: &UserSelection) -> Result<Page<UserView>, StoreError> {
        let columns = selection.columns();
        let names = columns.iter().map(|column| column.as_str());
        let page = self.page(names, |row| Ok(UserRow::read(row, columns)?)).await?;
        page.map(|rows| self.reader().with_related(rows, selection)).await
    }
}

/// Every group, and who is in the assigned ones.
struct Groups {
    every: Vec<group::Model>,
    members: HashMap<Uuid, Vec<Uuid>>,
}

impl Groups {
    fn of(&self, id: Uuid, row: &UserRow) -> Vec<group::Model> {
        let assigned = self.members.get(&id);
        // read together with the groups: see `UserSelection::columns`
        let state = match (row.email_verified.read(), row.phone_verified.read(), row.kyc_status.read()) {
            (Some(&email_verified), Some(&phone_verified), Some(&kyc_status)) => {
                Some(Onboarding { email_verified, phone_verified, kyc_status })
            }
            _ => None,
        };
        let is_in = |group: &group::Model| match (ComputedGroup::from_key(&group.key), state) {
            (Some(computed), Some(state)) => computed.holds(state),
            (Some(_), None) => false,
            (None, _) => assigned.is_some_and(|ids| ids.contains(&group.id)),
        };
        self.every.iter().filter(|group| is_in(group)).cloned().collect()
    }
}

async fn wanted<T>(
    selected: bool,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<Option<T>, StoreError> {
    if selected {
        // boxed: five of these side by side would make every future above them large
        Box::pin(read).await.map(Some)
    } else {
        Ok(None)
    }
}

fn by_user<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut all: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (id, value) in rows {
        all.entry(id).or_default().push(value);
    }
    all
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
