//! What users show of their ties, for those who were read together: one statement a relation. Others who are named in it
//! are shown as far as the reader's scope reaches, and left out beyond.

use std::collections::{BTreeSet, HashMap};

use backdesk_entity::{
    category, enums::ClientPermission, guest, guest_role, user_category, user_client_permission, user_mark,
    user_membership, user_party, user_tie,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    QueryOrder,
    sea_query::{Expr, Order, Query, WindowStatement},
};
use uuid::Uuid;

use super::Guest;
use crate::store::{
    error::StoreError,
    session::Reader,
    user::{Seen, TABLE},
};

/// Where a row stands among those of the same user.
const PLACE: &str = "place";

impl Reader {
    /// Every category, by key.
    pub async fn categories(&self) -> Result<Vec<category::Model>, StoreError> {
        Ok(category::Entity::find().order_by_asc(category::Column::Key).all(self.db()).await?)
    }

    /// How users are tied to their parents.
    pub async fn parents(&self, users: &Seen) -> Result<HashMap<Uuid, Vec<user_tie::Model>>, StoreError> {
        let rows = user_tie::Entity::find().filter(user_tie::Column::UserId.is_in(users.ids()));
        Ok(grouped(rows.all(self.db()).await?, |row| row.user_id))
    }

    /// How others are tied to these users as their parents: of each the first so many, those with the most shares.
    pub async fn beneficiaries(
        &self,
        users: &Seen,
        first: u64,
    ) -> Result<HashMap<Uuid, Vec<user_tie::Model>>, StoreError> {
        use user_tie::Column as C;
        let order = [(C::Share, Order::Desc), (C::UserId, Order::Asc)];
        let rows = self.inverse::<user_tie::Entity>(users, C::UserId, C::ParentId, &order, first).await?;
        Ok(grouped(rows, |row| row.parent_id.unwrap_or_default()))
    }

    /// The companies that users belong to.
    pub async fn memberships(
        &self,
        users: &Seen,
    ) -> Result<HashMap<Uuid, Vec<user_membership::Model>>, StoreError> {
        let rows = user_membership::Entity::find().filter(user_membership::Column::UserId.is_in(users.ids()));
        Ok(grouped(rows.all(self.db()).await?, |row| row.user_id))
    }

    /// Who belongs to these companies: of each the first so many, owners before staff.
    pub async fn members(
        &self,
        companies: &Seen,
        first: u64,
    ) -> Result<HashMap<Uuid, Vec<user_membership::Model>>, StoreError> {
        use user_membership::Column as C;
        let order = [(C::Role, Order::Asc), (C::Since, Order::Asc), (C::UserId, Order::Asc)];
        let rows = self
            .inverse::<user_membership::Entity>(companies, C::UserId, C::CompanyId, &order, first)
            .await?;
        Ok(grouped(rows, |row| row.company_id))
    }

    /// Whom users invited, the first first.
    pub async fn guests(&self, hosts: &Seen) -> Result<HashMap<Uuid, Vec<(Uuid, Guest)>>, StoreError> {
        let rows = guest::Entity::find()
            .filter(guest::Column::UserId.is_in(hosts.ids()))
            .order_by_asc(guest::Column::InvitedAt)
            .order_by_asc(guest::Column::Id)
            .all(self.db())
            .await?;
        let ids = rows.iter().map(|row| row.id);
        let roles = guest_role::Entity::find().filter(guest_role::Column::GuestId.is_in(ids));
        let roles = grouped(roles.all(self.db()).await?, |row| row.guest_id);
        let mut guests: HashMap<Uuid, Vec<(Uuid, Guest)>> = HashMap::new();
        for row in rows {
            let (host, id) = (row.user_id, row.id);
            let roles = roles.get(&id).into_iter().flatten().map(|row| row.role).collect();
            guests.entry(host).or_default().push((id, Guest { roles, ..row.into() }));
        }
        Ok(guests)
    }

    /// Partners and advisers of users, the first first.
    pub async fn parties(&self, users: &Seen) -> Result<HashMap<Uuid, Vec<user_party::Model>>, StoreError> {
        let rows = user_party::Entity::find()
            .filter(user_party::Column::UserId.is_in(users.ids()))
            .order_by_asc(user_party::Column::Since)
            .order_by_asc(user_party::Column::PartyId)
            .order_by_asc(user_party::Column::Kind);
        Ok(grouped(rows.all(self.db()).await?, |row| row.user_id))
    }

    /// The categories that users are in, by key.
    pub async fn categories_of(
        &self,
        users: &Seen,
    ) -> Result<HashMap<Uuid, Vec<category::Model>>, StoreError> {
        let rows = user_category::Entity::find().filter(user_category::Column::UserId.is_in(users.ids()));
        let (rows, every) = (rows.all(self.db()).await?, self.categories().await?);
        let rows = grouped(rows, |row| row.user_id).into_iter();
        let named = |rows: Vec<user_category::Model>| {
            let is_in = |category: &&category::Model| rows.iter().any(|row| row.category_id == category.id);
            every.iter().filter(is_in).cloned().collect()
        };
        Ok(rows.map(|(user, rows)| (user, named(rows))).collect())
    }

    /// By what, by whom and when things of users were verified.
    pub async fn marks(&self, users: &Seen) -> Result<HashMap<Uuid, Vec<user_mark::Model>>, StoreError> {
        let rows = user_mark::Entity::find().filter(user_mark::Column::UserId.is_in(users.ids()));
        Ok(grouped(rows.all(self.db()).await?, |row| row.user_id))
    }

    /// What users may do as clients beyond what their groups allow.
    pub async fn client_permissions(
        &self,
        users: &Seen,
    ) -> Result<HashMap<Uuid, BTreeSet<ClientPermission>>, StoreError> {
        let rows = user_client_permission::Entity::find()
            .filter(user_client_permission::Column::UserId.is_in(users.ids()));
        let mut all: HashMap<Uuid, BTreeSet<ClientPermission>> = HashMap::new();
        for row in rows.all(self.db()).await? {
            all.entry(row.user_id).or_default().insert(row.permission);
        }
        Ok(all)
    }

    /// Rows that name these users in `seen_in`, and somebody within the scope in `user`: of each the first so many.
    async fn inverse<E: EntityTrait>(
        &self,
        users: &Seen,
        user: E::Column,
        seen_in: E::Column,
        order: &[(E::Column, Order)],
        first: u64,
    ) -> Result<Vec<E::Model>, StoreError> {
        let table = E::default();
        let at = |column: E::Column| (table.as_str(), column.as_str());
        let mut window = WindowStatement::partition_by(at(seen_in));
        let mut rows = self.select_users();
        rows.inner_join(E::default(), Expr::col((TABLE, "id")).equals(at(user)))
            .and_where(Expr::col(at(seen_in)).is_in(users.ids()));
        for (column, direction) in order {
            // the greatest first, and those without any last, on both databases
            if *direction == Order::Desc {
                window.order_by_expr(Expr::col(at(*column)).is_null(), Order::Asc);
            }
            window.order_by(at(*column), direction.clone());
        }
        rows.columns(E::Column::iter().map(at));
        rows.expr_window_as(Expr::cust("ROW_NUMBER()"), window, PLACE);
        let mut select = Query::select();
        select
            .column(sea_orm::sea_query::Asterisk)
            .from_subquery(rows, "ties")
            .and_where(Expr::col(PLACE).lte(first))
            .order_by(PLACE, Order::Asc);
        let rows = self.db().query_all(&select).await?;
        Ok(rows.iter().map(|row| E::Model::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}

fn grouped<T>(rows: Vec<T>, user: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut all: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(user(&row)).or_default().push(row);
    }
    all
}
