//! Queries on users.

use async_graphql::{Context, Object};

use super::{filter::UserWhere, input::UserBy, select::selection_of, view::User};
use crate::{
    domain::list::ListQuery,
    graphql::{
        connection::{Connection, Order, PageInput, order_by, reads_page},
        guard::{caller, reads, services},
        plain::Filled,
    },
    service::{
        error::ApiError,
        listing::{List, Page, PageArguments},
        user::{UserOrderField, Users},
    },
};

/// Queries on users.
#[derive(Debug, Default)]
pub(in crate::graphql) struct UserQueries;

/// Queries on users.
#[Object]
impl UserQueries {
    /// One user; null when there is none within your accounts.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the user is named.")] by: UserBy,
    ) -> Result<Option<Filled<User>>, ApiError> {
        let Some(key) = by.key() else { return Ok(None) };
        let selection = selection_of(&[ctx.look_ahead()]);
        Ok(services(ctx)?.user(caller(ctx)?, key, &selection).await?.map(User::alone).map(Filled))
    }

    /// The users of your accounts, newest first unless ordered otherwise. Read forward with `first` and `after`, backward
    /// with `last` and `before`; 25 at a time unless said otherwise, at most 100. Grids that need page numbers give `page`.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which users.")] filter: Option<UserWhere>,
        #[graphql(
            desc = "Words that are all found inside names, e-mail, phone, reference, tag or external ids, whatever \
                          their case and accents; or an id."
        )]
        search: Option<String>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<UserOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<User>>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter(limits, 0)?,
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, UserOrderField::CreatedAt, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let look = ctx.look_ahead();
        let selection = selection_of(&[look.field("nodes"), look.field("edges").field("node")]);
        let list = services(ctx)?.users(caller(ctx)?, &query).await?;
        let page = if reads_page(&look) { list.users(&selection).await? } else { Page::unread() };
        for field in List::<Users>::told_by(&query) {
            reads(ctx)?.note_list(field, page.items.iter().map(|user| user.id));
        }
        Ok(Filled(Connection::new(list, User::page(page))))
    }
}
