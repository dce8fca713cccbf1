//! Pages as Relay has them, once for everything that is listed. Counts and the look behind the page cost a statement each
//! and are made only when they are selected.

use std::borrow::Cow;

use async_graphql::{
    Context, Enum, InputObject, InputType, Lookahead, Object, OutputType, SimpleObject, TypeName,
};
use tokio::sync::OnceCell;

use super::{
    facets::FacetCounts,
    guard::{caller, services},
};
use crate::{
    config::Limits,
    domain::list::{Direction, Nulls, OrderBy},
    service::{
        code::ErrorCode,
        error::ApiError,
        listing::{Bucket, Count, List, Listed, Page, PageNumber},
    },
};

/// Something that pages are made of.
pub(super) trait Node: OutputType + Clone {
    /// The list that it comes from.
    type Listed: Listed<Facet: InputType + OutputType>;
}

/// Counts up to this many, when nothing else is said.
const COUNT_LIMIT: u32 = 10_000;

/// One page of a list, and what is known of the whole.
pub(super) struct Connection<N: Node> {
    list: List<N::Listed>,
    page: Page<N>,
    counted: OnceCell<Count>,
}

impl<N: Node> Connection<N> {
    pub(super) fn new(list: List<N::Listed>, page: Page<N>) -> Self {
        Self { list, page, counted: OnceCell::new() }
    }

    async fn buckets(
        &self,
        ctx: &Context<'_>,
        by: <N::Listed as Listed>::Facet,
    ) -> Result<Vec<Bucket>, ApiError> {
        services(ctx)?.shown(caller(ctx)?, self.list.action(), self.list.facet(by).await).await
    }

    async fn count(&self, limit: u32) -> Result<Count, ApiError> {
        let count = async || Ok::<_, ApiError>(self.list.count(limit.into()).await?);
        if limit == COUNT_LIMIT { self.counted.get_or_try_init(count).await.copied() } else { count().await }
    }
}

/// Whether anything of a page is selected: a list that is only counted is not read.
pub(super) fn reads_page(connection: &Lookahead<'_>) -> bool {
    ["nodes", "edges", "pageInfo"].into_iter().any(|field| connection.field(field).exists())
}

impl<N: Node> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

/// One page of a list, and what is known of the whole.
#[Object(name_type)]
impl<N: Node> Connection<N> {
    /// The items with their cursors.
    async fn edges(&self) -> Vec<Edge<N>> {
        let items = self.page.items.iter().enumerate();
        items
            .filter_map(|(i, node)| {
                Some(Edge { cursor: self.list.cursor(&self.page, i)?, node: node.clone() })
            })
            .collect()
    }

    /// The items.
    async fn nodes(&self) -> &[N] {
        &self.page.items
    }

    /// Where the page stands in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, ApiError> {
        let selected = |field| ctx.look_ahead().field(field).exists();
        let last = self.page.items.len().wrapping_sub(1);
        Ok(PageInfo {
            has_next_page: selected("hasNextPage") && self.list.has_next(&self.page).await?,
            has_previous_page: selected("hasPreviousPage") && self.list.has_previous(&self.page).await?,
            start_cursor: self.list.cursor(&self.page, 0),
            end_cursor: self.list.cursor(&self.page, last),
        })
    }

    /// How many items the filter finds, counted up to `limit`: see `totalCountPrecision`.
    async fn total_count(
        &self,
        #[graphql(desc = "Stop counting here.", default = 10_000)] limit: u32,
    ) -> Result<u64, ApiError> {
        Ok(self.count(limit).await?.total)
    }

    /// Whether `totalCount` with the same limit is all there is.
    async fn total_count_precision(
        &self,
        #[graphql(desc = "Stop counting here.", default = 10_000)] limit: u32,
    ) -> Result<CountPrecision, ApiError> {
        Ok(if self.count(limit).await?.exact { CountPrecision::Exact } else { CountPrecision::AtLeast })
    }

    /// How many items have each value, counted over the whole list: under the filter and the search as given, conditions
    /// on the facet itself included, and never of the page alone. Each facet costs a count of all of them; it is answered
    /// once, in the order in which they are first named.
    async fn facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to count by.")] by: Vec<<N::Listed as Listed>::Facet>,
    ) -> Result<Vec<FacetCounts<<N::Listed as Listed>::Facet>>, ApiError> {
        let mut facets = Vec::new();
        for by in by {
            if facets.iter().all(|facet: &FacetCounts<_>| facet.by != by) {
                // one after another: a list takes no more than its share of the connections
                facets.push(FacetCounts { by, buckets: self.buckets(ctx, by).await? });
            }
        }
        Ok(facets)
    }
}

/// An item with its cursor.
pub(super) struct Edge<N> {
    cursor: String,
    node: N,
}

impl<N: Node> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// An item with its cursor.
#[Object(name_type)]
impl<N: Node> Edge<N> {
    /// Where the item stands: give it as `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &N {
        &self.node
    }
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub(super) struct PageInfo {
    /// Whether items follow the page.
    has_next_page: bool,
    /// Whether items precede the page.
    has_previous_page: bool,
    /// The cursor of the first item.
    start_cursor: Option<String>,
    /// The cursor of the last item.
    end_cursor: Option<String>,
}

/// How a count is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum CountPrecision {
    /// All there is.
    Exact,
    /// Counting stopped at the limit: there are more.
    AtLeast,
}

/// A page by its number, for grids that have page numbers. Numbers reach 10,000 rows far, as far as `totalCount` counts
/// unless told otherwise; beyond, read on by cursors. Rows that come or go meanwhile move those behind them from page to
/// page, which cursors do not let happen.
#[derive(Debug, InputObject)]
pub(super) struct PageInput {
    /// Which page, from 1. One behind the end is empty.
    #[graphql(default = 1)]
    page: i32,
    /// How many items a page has, 1 to 100.
    #[graphql(default = 25)]
    per_page: i32,
}

impl From<PageInput> for PageNumber {
    fn from(input: PageInput) -> Self {
        let PageInput { page, per_page } = input;
        Self { page, per_page }
    }
}

/// One key of an order.
#[derive(Debug, InputObject)]
#[graphql(
    concrete(name = "UserOrder", params(crate::service::user::UserOrderField)),
    concrete(name = "AuditEventOrder", params(crate::service::audit::AuditOrderField))
)]
pub(super) struct Order<F: InputType> {
    /// What to sort by.
    field: F,
    /// Which way.
    #[graphql(default_with = "Direction::Asc")]
    direction: Direction,
    /// Where missing values stand, whichever way.
    #[graphql(default_with = "Nulls::Last")]
    nulls: Nulls,
}

/// The order that was asked for, or newest first.
pub(super) fn order_by<F: InputType>(
    given: Option<Vec<Order<F>>>,
    newest: F,
    limits: &Limits,
) -> Result<Vec<OrderBy<F>>, ApiError> {
    let given = given.filter(|keys| !keys.is_empty());
    let Some(keys) = given else {
        return Ok(vec![OrderBy { field: newest, direction: Direction::Desc, nulls: Nulls::Last }]);
    };
    if keys.len() > limits.orders {
        return Err(ApiError::too_much(
            ErrorCode::TooManyOrders,
            limits.orders,
            format!("`orderBy` takes at most {} keys.", limits.orders),
        ));
    }
    Ok(keys
        .into_iter()
        .map(|Order { field, direction, nulls }| OrderBy { field, direction, nulls })
        .collect())
}
