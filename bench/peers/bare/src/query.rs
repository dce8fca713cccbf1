//! The questions, and the statements that answer them.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Pool};
use futures_util::future::OptionFuture;
use tokio::{join, try_join};
use tokio_postgres::{Error, Row, types::ToSql};
use uuid::Uuid;

use crate::model::User;

const USER: &str = include_str!("../../../sql/user.sql");
const LIST: &str = include_str!("../../../sql/list.sql");
const AFTER: &str = include_str!("../../../sql/after.sql");
const SEARCH: &str = include_str!("../../../sql/search.sql");
const COUNT: &str = include_str!("../../../sql/count.sql");
const ADDRESSES: &str = include_str!("../../../sql/addresses.sql");
const WALLETS: &str = include_str!("../../../sql/wallets.sql");
const REVIEWS: &str = include_str!("../../../sql/reviews.sql");
const SET_PHONE: &str = include_str!("../../../sql/set_phone.sql");

pub(crate) struct Query;
pub(crate) struct Mutation;

/// A page of users.
#[derive(SimpleObject)]
struct Users {
    nodes: Vec<User>,
    total_count: Option<i64>,
}

#[Object]
impl Query {
    /// One user.
    async fn user(&self, ctx: &Context<'_>, id: Uuid) -> Result<Option<User>> {
        let client = ctx.data_unchecked::<Pool>().get().await?;
        let rows = rows(&client, USER, &[&id]).await?;
        Ok(rows.first().map(User::from))
    }

    /// The newest users of a status and a country.
    async fn users(
        &self,
        ctx: &Context<'_>,
        status: i16,
        country: String,
        since: DateTime<Utc>,
        first: i64,
    ) -> Result<Users> {
        let client = ctx.data_unchecked::<Pool>().get().await?;
        let total = ctx.look_ahead().field("totalCount").exists();
        let values: [&(dyn ToSql + Sync); 4] = [&status, &country, &since, &first];
        let total = OptionFuture::from(total.then(|| rows(&client, COUNT, &values[..3])));
        let (page, total) = join!(rows(&client, LIST, &values), total);
        let mut nodes: Vec<User> = page?.iter().map(User::from).collect();
        if ctx.look_ahead().field("nodes").field("addresses").exists() {
            relate(&client, &mut nodes).await?;
        }
        let total_count = total.transpose()?.and_then(|rows| rows.first().map(|row| row.get(0)));
        Ok(Users { nodes, total_count })
    }

    /// The users behind one, newest first.
    async fn users_after(
        &self,
        ctx: &Context<'_>,
        created_at: DateTime<Utc>,
        id: Uuid,
        first: i64,
    ) -> Result<Users> {
        let client = ctx.data_unchecked::<Pool>().get().await?;
        let rows = rows(&client, AFTER, &[&created_at, &id, &first]).await?;
        Ok(Users { nodes: rows.iter().map(User::from).collect(), total_count: None })
    }

    /// The newest users with a word in their search text.
    async fn users_with(&self, ctx: &Context<'_>, word: String, first: i64) -> Result<Users> {
        let client = ctx.data_unchecked::<Pool>().get().await?;
        let rows = rows(&client, SEARCH, &[&format!("%{word}%"), &first]).await?;
        Ok(Users { nodes: rows.iter().map(User::from).collect(), total_count: None })
    }
}

#[Object]
impl Mutation {
    /// Changes a user's phone number.
    async fn set_phone(&self, ctx: &Context<'_>, id: Uuid, phone: String) -> Result<Option<User>> {
        let client = ctx.data_unchecked::<Pool>().get().await?;
        let rows = rows(&client, SET_PHONE, &[&id, &phone]).await?;
        Ok(rows.first().map(User::from))
    }
}

/// The rows of a statement, which is prepared once a connection.
async fn rows(client: &Client, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
    let statement = client.prepare_cached(sql).await?;
    client.query(&statement, values).await
}

/// Gives the users of a page what belongs to them: one statement a relation, all on their way at once.
async fn relate(client: &Client, users: &mut [User]) -> Result<(), Error> {
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    let mut places: HashMap<Uuid, &mut User> = users.iter_mut().map(|user| (user.id, user)).collect();
    let ids: [&(dyn ToSql + Sync); 1] = [&ids];
    let (addresses, wallets, reviews) =
        try_join!(rows(client, ADDRESSES, &ids), rows(client, WALLETS, &ids), rows(client, REVIEWS, &ids))?;
    let mut each = |rows: &[Row], add: fn(&mut User, &Row)| {
        for row in rows {
            if let Some(user) = places.get_mut(&row.get::<_, Uuid>(0)) {
                add(user, row);
            }
        }
    };
    each(&addresses, |user, row| user.addresses.push(row.into()));
    each(&wallets, |user, row| user.wallet = Some(row.into()));
    each(&reviews, |user, row| user.reviews.push(row.into()));
    Ok(())
}
