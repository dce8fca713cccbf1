//! Queries on staff members.

use async_graphql::{Context, ID, Object, OneofObject};

use super::{filter::StaffWhere, object::StaffMember};
use crate::{
    domain::list::ListQuery,
    graphql::{
        connection::{Connection, Order, PageInput, order_by, reads_page},
        guard::{caller, services},
        plain::Filled,
    },
    service::{
        error::ApiError,
        listing::PageArguments,
        parse_id,
        staff::{StaffKey, StaffOrderField},
    },
};

/// How one staff member is named.
#[derive(Debug, OneofObject)]
enum StaffBy {
    /// What the API calls them.
    Id(ID),
    /// What they sign in with; case does not matter.
    UserName(String),
    /// The e-mail address; case does not matter.
    Email(String),
}

/// Queries on staff members.
#[derive(Debug, Default)]
pub(in crate::graphql) struct StaffQueries;

/// Queries on staff members.
#[Object]
impl StaffQueries {
    /// The staff of your accounts, newest first unless ordered otherwise: those all of whose accounts you see. Read forward
    /// with `first` and `after`, backward with `last` and `before`; 25 at a time unless said otherwise, at most 100.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which staff members.")] filter: Option<StaffWhere>,
        #[graphql(
            desc = "Words that are all found inside user name, e-mail address or names, whatever their case and accents; or \
                    an id."
        )]
        search: Option<String>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<StaffOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<StaffMember>>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter(limits, 0)?,
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, StaffOrderField::CreatedAt, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let with_page = reads_page(&ctx.look_ahead());
        let (list, page) = services(ctx)?.staff(caller(ctx)?, &query, with_page).await?;
        Ok(Filled(Connection::new(list, page.with_all(StaffMember::all))))
    }

    /// One staff member; null when there is none all of whose accounts you see.
    async fn staff_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How they are named.")] by: StaffBy,
    ) -> Result<Option<StaffMember>, ApiError> {
        let key = match by {
            StaffBy::Id(id) => match parse_id(&id) {
                Some(id) => StaffKey::Id(id),
                None => return Ok(None),
            },
            StaffBy::UserName(name) => StaffKey::UserName(name),
            StaffBy::Email(email) => StaffKey::Email(email),
        };
        Ok(services(ctx)?.staff_member(caller(ctx)?, &key).await?.map(StaffMember::alone))
    }
}
