//! The queue of KYC reviews.

use async_graphql::{Context, Object};

use super::object::{KycReview, KycReviewWhere};
use crate::{
    config::Limits,
    domain::list::{Direction, ListQuery, Nulls, OrderBy},
    graphql::{
        connection::{Connection, Order, PageInput, order_by, reads_page},
        guard::{caller, services},
        nested::items,
        plain::Filled,
    },
    service::{
        error::ApiError,
        kyc::KycOrderField,
        listing::{Page, PageArguments},
    },
};

/// Queries on reviews.
#[derive(Debug, Default)]
pub(in crate::graphql) struct KycQueries;

/// Queries on reviews.
#[Object]
impl KycQueries {
    /// The KYC reviews of the users of your accounts, oldest first unless ordered otherwise. The queue is
    /// `where: { open: true }`, and what nobody has claimed yet `where: { open: true, assignee: { isNull: true } }`.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn kyc_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which reviews.")] filter: Option<KycReviewWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<Vec<Order<KycOrderField>>>,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<KycReview>>, ApiError> {
        let services = services(ctx)?;
        let limits = services.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter()?,
            search: None,
            order: oldest_first(order_by, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let (list, page) = services.kyc_reviews(caller(ctx)?, &query, reads_page(&ctx.look_ahead())).await?;
        let page = items::<KycReview>(vec![page]).pop().unwrap_or_else(Page::unread);
        Ok(Filled(Connection::new(list, page)))
    }
}

/// The order that was asked for, or oldest first: who waits longest is next.
pub(in crate::graphql) fn oldest_first(
    given: Option<Vec<Order<KycOrderField>>>,
    limits: &Limits,
) -> Result<Vec<OrderBy<KycOrderField>>, ApiError> {
    if given.as_ref().is_none_or(Vec::is_empty) {
        let field = KycOrderField::OpenedAt;
        return Ok(vec![OrderBy { field, direction: Direction::Asc, nulls: Nulls::Last }]);
    }
    order_by(given, KycOrderField::OpenedAt, limits)
}
