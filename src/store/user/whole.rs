//! Users whole, many at a time: for whoever takes all of them along. One statement a table, however many they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use backdesk_entity::{group, user, user_address, user_external_id, user_group, user_language};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, Func},
};
use uuid::Uuid;

use super::{
    file::{Aside, UserFile},
    ties::{Ties, names},
    wide::Wide,
};
use crate::store::{error::StoreError, snapshot::Snapshot};

/// Which users are taken along, and in which order.
#[derive(Debug, Clone)]
pub enum Whom {
    /// Those of these accounts, or of all: by reference.
    OfAccounts(Option<Vec<String>>),
    /// Those of one account that another system has an id for: by that id.
    KnownTo {
        /// The account.
        account: String,
        /// The system.
        system: String,
    },
}

/// Some of them.
#[derive(Debug)]
pub struct Batch {
    /// The users.
    pub files: Vec<UserFile>,
    /// What those are called whom they are tied to: by reference, or by the id of the system, where it knows them.
    pub names: HashMap<Uuid, String>,
    /// What the next ones come after; none when there are no more.
    pub last: Option<String>,
}

impl Snapshot {
    /// How many users there are in these accounts, or in all.
    pub async fn count_users(&self, accounts: Option<&[String]>) -> Result<u64, StoreError> {
        let count = self.of_accounts(accounts).select_only().column_as(user::Column::Id.count(), "total");
        let total: Option<i64> = count.into_tuple().one(self.tx()).await?;
        Ok(total.and_then(|total| u64::try_from(total).ok()).unwrap_or_default())
    }

    /// How many are taken along.
    pub async fn count(&self, whom: &Whom) -> Result<u64, StoreError> {
        match whom {
            Whom::OfAccounts(accounts) => self.count_users(accounts.as_deref()).await,
            Whom::KnownTo { account, system } => {
                let ids = known_to(account, system).select_only().column(user_external_id::Column::UserId);
                let count = user::Entity::find()
                    .filter(self.in_scope().users())
                    .filter(user::Column::Id.in_subquery(ids.into_query()))
                    .select_only()
                    .column_as(user::Column::Id.count(), "total");
                let total: Option<i64> = count.into_tuple().one(self.tx()).await?;
                Ok(total.and_then(|total| u64::try_from(total).ok()).unwrap_or_default())
            }
        }
    }

    /// The next ones, with everything that belongs to them. Their order is that of texts which they keep when they are
    /// taken elsewhere, as their ids are not.
    pub async fn users(&self, whom: &Whom, after: Option<&str>, limit: u64) -> Result<Batch, StoreError> {
        let (users, last) = match whom {
            Whom::OfAccounts(accounts) => {
                let page = page(accounts.as_deref(), after, limit, self.tx().get_database_backend());
                let users = page.filter(self.in_scope().users()).all(self.tx()).await?;
                let last = users.last().map(|user| user.reference.clone());
                (users, last)
            }
            Whom::KnownTo { account, system } => {
                let mut select = known_to(account, system);
                if let Some(after) = after {
                    select = select.filter(user_external_id::Column::Value.gt(after));
                }
                let order = select.order_by_asc(user_external_id::Column::Value).limit(limit);
                let ids = order.all(self.tx()).await?;
                let users = user::Entity::find()
                    .filter(self.in_scope().users())
                    .filter(user::Column::Id.is_in(ids.iter().map(|id| id.user_id)));
                let mut users: HashMap<Uuid, user::Model> =
                    users.all(self.tx()).await?.into_iter().map(|user| (user.id, user)).collect();
                let last = ids.last().map(|id| id.value.clone());
                (ids.iter().filter_map(|id| users.remove(&id.user_id)).collect(), last)
            }
        };
        let system = match whom {
            Whom::OfAccounts(_) => None,
            Whom::KnownTo { system, .. } => Some(system.as_str()),
        };
        let (files, names) = self.files(users, system).await?;
        Ok(Batch { files, names, last })
    }

    fn of_accounts(&self, accounts: Option<&[String]>) -> Select<user::Entity> {
        let select = user::Entity::find().filter(self.in_scope().users());
        match accounts {
            Some(codes) => select.filter(user::Column::Account.is_in(codes)),
            None => select,
        }
    }

    async fn files(
        &self,
        users: Vec<user::Model>,
        system: Option<&str>,
    ) -> Result<(Vec<UserFile>, HashMap<Uuid, String>), StoreError> {
        let tx = self.tx();
        let ids = || users.iter().map(|user| user.id);

        let rows = user_address::Entity::find().filter(user_address::Column::UserId.is_in(ids()));
        let mut addresses: HashMap<Uuid, BTreeMap<_, _>> = HashMap::new();
        for row in rows.all(tx).await? {
            addresses.entry(row.user_id).or_default().insert(row.kind, row.into());
        }
        let rows = user_external_id::Entity::find().filter(user_external_id::Column::UserId.is_in(ids()));
        let mut external_ids: HashMap<Uuid, BTreeMap<_, _>> = HashMap::new();
        for row in rows.all(tx).await? {
            external_ids.entry(row.user_id).or_default().insert(row.system, row.value);
        }
        let rows = user_language::Entity::find().filter(user_language::Column::UserId.is_in(ids()));
        let mut languages: HashMap<Uuid, BTreeSet<_>> = HashMap::new();
        for row in rows.all(tx).await? {
            languages.entry(row.user_id).or_default().insert(row.language);
        }
        let keys: HashMap<Uuid, String> =
            group::Entity::find().all(tx).await?.into_iter().map(|group| (group.id, group.key)).collect();
        let rows = user_group::Entity::find().filter(user_group::Column::UserId.is_in(ids()));
        let mut groups: HashMap<Uuid, BTreeMap<_, _>> = HashMap::new();
        for row in rows.all(tx).await? {
            if let Some(key) = keys.get(&row.group_id) {
                groups.entry(row.user_id).or_default().insert(row.group_id, key.clone());
            }
        }

        let ids: Vec<Uuid> = ids().collect();
        let mut wide = Box::pin(Wide::read_all(tx, &ids)).await?;
        let mut ties = Box::pin(Ties::read_all(tx, &ids)).await?;
        let names = names(tx, &ties, system).await?;

        let whole = |user: user::Model| UserFile {
            addresses: Some(addresses.remove(&user.id).unwrap_or_default()),
            external_ids: Some(external_ids.remove(&user.id).unwrap_or_default()),
            spoken_languages: Some(languages.remove(&user.id).unwrap_or_default()),
            groups: Some(groups.remove(&user.id).unwrap_or_default()),
            wide: wide.remove(&user.id).unwrap_or_else(|| Wide::blank(user.id)),
            ties: ties.remove(&user.id).unwrap_or_default(),
            aside: Aside::default(),
            user,
        };
        Ok((users.into_iter().map(whole).collect(), names))
    }
}

/// The next users of these accounts, or of all, by reference.
fn page(
    accounts: Option<&[String]>,
    after: Option<&str>,
    limit: u64,
    backend: DbBackend,
) -> Select<user::Entity> {
    let mut select = user::Entity::find();
    if let Some(codes) = accounts {
        let account = Expr::col((user::Entity, user::Column::Account));
        // SQLite knows nothing of the numbers: by an index on accounts it would sort all of their users for each page
        let account = match backend {
            DbBackend::Sqlite => Expr::expr(Func::coalesce([account, Expr::val("")])),
            _ => account,
        };
        select = select.filter(account.is_in(codes));
    }
    if let Some(after) = after {
        select = select.filter(user::Column::Reference.gt(after));
    }
    select.order_by_asc(user::Column::Reference).limit(limit)
}

fn known_to(account: &str, system: &str) -> Select<user_external_id::Entity> {
    user_external_id::Entity::find()
        .filter(user_external_id::Column::Account.eq(account))
        .filter(user_external_id::Column::System.eq(system))
}

#[cfg(test)]
mod tests {
    use sea_orm::Statement;

    use super::*;
    use crate::{config::Pool, store::Database};

    #[tokio::test]
    async fn no_page_sorts_all_users() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/backdesk.db", folder.path().display());
        let database = Database::open(&url, Pool::of(1)).await.unwrap();
        database.migrate().await.unwrap();
        let db = database.into_connections();
        let (one, two) = (vec!["FR".to_owned()], vec!["FR".to_owned(), "DE".to_owned()]);
        for accounts in [None, Some(&one[..]), Some(&two[..])] {
            let Statement { sql, values, .. } =
                page(accounts, Some("R"), 10, DbBackend::Sqlite).build(DbBackend::Sqlite);
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let explain = Statement { sql, values, db_backend: DbBackend::Sqlite };
            let rows = db.query_all_raw(explain).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
            assert!(plan.len() == 1 && plan[0].ends_with("(reference>?)"), "{plan:?}");
        }
    }
}
