//! Pages as Relay has them, once for everything that is listed. Counts and the look behind the page cost a statement each
//! and are made only when they are selected.

use std::{borrow::Cow, sync::Arc};

use super::{
    facets::FacetCounts,
    guard::{caller, reads, services},
    plain::{Filled, FilledAll, Plain, Selected},
};
use crate::{
    config::Limits,
    domain::list::{Direction, Nulls, OrderBy},
    service::{
        code::ErrorCode,
        error::ApiError,
        listing::{Bucket, Count, List, Listed, Lists, Page, PageNumber},
        once::Once,
    },
};
use async_graphql::{
    Context, Enum, InputObject, InputType, Lookahead, Object, OutputType, SimpleObject, TypeName, Value,
};

/// Something that pages are made of.
pub(super) trait Node: Plain + Clone + 'static {
    /// The list that it comes from.
    type Listed: Listed<Facet: InputType + OutputType> + 'static;
}

/// One page of a list, and what is known of the whole.
#[derive(Clone)]
pub(super) struct Connection<N: Node> {
    together: Arc<Together<N>>,
    /// Which of them it is.
    at: usize,
}

/// Lists that were read together, and are counted together. A list at the top is alone.
struct Together<N: Node> {
    lists: Lists<N::Listed>,
    pages: Vec<Page<N>>,
    known: Once,
}

impl<N: Node> Connection<N> {
    pub(super) fn new(list: List<N::Listed>, page: Page<N>) -> Self {
        let together = Together { lists: Lists::of(vec![list]), pages: vec![page], known: Once::default() };
        Self { together: Arc::new(together), at: 0 }
    }

    /// The connections of lists that were read together.
    pub(super) fn together(lists: Lists<N::Listed>, pages: Vec<Page<N>>) -> impl Iterator<Item = Self> {
        let places = 0..pages.len();
        let together = Arc::new(Together { lists, pages, known: Once::default() });
        places.map(move |at| Self { together: Arc::clone(&together), at })
    }

    /// The list and its page.
    fn own(&self) -> Result<(&List<N::Listed>, &Page<N>), ApiError> {
        let Together { lists, pages, .. } = &*self.together;
        lists.get(self.at).zip(pages.get(self.at)).ok_or(ApiError::Internal)
    }

    /// The buckets of each of these facets.
    async fn buckets(
        &self,
        ctx: &Context<'_>,
        by: &[<N::Listed as Listed>::Facet],
    ) -> Result<Vec<Vec<Bucket>>, ApiError> {
        let Together { lists, known, .. } = &*self.together;
        let read = async || {
            let action = lists.action().ok_or(ApiError::Internal)?;
            services(ctx)?.shown(caller(ctx)?, action, lists.facets(by).await).await
        };
        let names: Vec<_> = by.iter().map(InputType::to_value).collect();
        let all = known.get(format!("facets {names:?}"), read).await?;
        for field in by.iter().filter_map(|by| List::<N::Listed>::told_by_facet(*by)) {
            reads(ctx)?.note_list(field, []);
        }
        all.get(self.at).cloned().ok_or(ApiError::Internal)
    }

    async fn count(&self, limit: u32) -> Result<Count, ApiError> {
        let Together { lists, known, .. } = &*self.together;
        let all = known.get(format!("count {limit}"), async || Ok(lists.counts(limit.into()).await?)).await?;
        all.get(self.at).copied().ok_or(ApiError::Internal)
    }

    /// Whether there is something behind the page, against the direction of reading.
    async fn beyond(&self) -> Result<bool, ApiError> {
        let Together { lists, pages, known } = &*self.together;
        let all = known.get("beyond", async || Ok(lists.beyond(pages).await?)).await?;
        all.get(self.at).copied().ok_or(ApiError::Internal)
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
    async fn edges(&self) -> Result<FilledAll<Edge<N>>, ApiError> {
        let (list, page) = self.own()?;
        let items = page.items.iter().enumerate();
        let edges =
            items.filter_map(|(i, node)| Some(Edge { cursor: list.cursor(page, i)?, node: node.clone() }));
        Ok(FilledAll(edges.collect()))
    }

    /// The items.
    async fn nodes(&self) -> Result<FilledAll<&N>, ApiError> {
        Ok(FilledAll(self.own()?.1.items.iter().collect()))
    }

    /// Where the page stands in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, ApiError> {
        let selected = |field| ctx.look_ahead().field(field).exists();
        let (list, page) = self.own()?;
        let behind = if list.is_backward() { "hasNextPage" } else { "hasPreviousPage" };
        let beyond = selected(behind) && self.beyond().await?;
        let (has_next_page, has_previous_page) =
            if list.is_backward() { (beyond, page.more) } else { (page.more, beyond) };
        Ok(PageInfo {
            has_next_page,
            has_previous_page,
            start_cursor: list.cursor(page, 0),
            end_cursor: list.cursor(page, page.items.len().wrapping_sub(1)),
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
        for facet in by {
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        let buckets = self.buckets(ctx, &facets).await?;
        let counts = facets.into_iter().zip(buckets).map(|(by, buckets)| FacetCounts { by, buckets });
        Ok(counts.collect())
    }
}

/// What is read already. The look behind the page and the counts are not.
impl<N: Node> Plain for Connection<N> {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let (list, page) = self.own().ok()?;
        match field.name() {
            "nodes" => field.objects::<N, _>(&page.items, Plain::plain),
            "edges" => field.objects::<Edge<N>, _>(page.items.iter().enumerate(), |(at, node), field| {
                edge(|| list.cursor(page, *at), *node, field)
            }),
            _ => None,
        }
    }
}

/// An item with its cursor.
pub(super) struct Edge<N> {
    cursor: String,
    node: N,
}

impl<N: Node> Plain for Edge<N> {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        edge(|| Some(self.cursor.clone()), &self.node, field)
    }
}

fn edge<N: Node, C: InputType>(
    cursor: impl FnOnce() -> Option<C>,
    node: &N,
    field: &Selected<'_>,
) -> Option<Value> {
    match field.name() {
        "cursor" => cursor().map(|cursor| cursor.to_value()),
        "node" => field.object::<N>(|field| node.plain(field)),
        _ => None,
    }
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
    async fn node(&self) -> Filled<&N> {
        Filled(&self.node)
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
    concrete(name = "ListingOrder", params(crate::service::recorded::ListingOrderField)),
    concrete(name = "BookingOrder", params(crate::service::recorded::BookingOrderField)),
    concrete(name = "ReviewOrder", params(crate::service::recorded::ReviewOrderField)),
    concrete(name = "WalletOrder", params(crate::service::recorded::WalletOrderField)),
    concrete(name = "TransactionOrder", params(crate::service::recorded::TransactionOrderField)),
    concrete(name = "PspAccountOrder", params(crate::service::recorded::PspAccountOrderField)),
    concrete(name = "BankAccountOrder", params(crate::service::recorded::BankAccountOrderField)),
    concrete(name = "DocumentOrder", params(crate::service::document::DocumentOrderField)),
    concrete(name = "KycReviewOrder", params(crate::service::kyc::KycOrderField)),
    concrete(name = "CommentOrder", params(crate::service::comment::CommentOrderField)),
    concrete(name = "AuditEventOrder", params(crate::service::audit::AuditOrderField)),
    concrete(name = "StaffOrder", params(crate::service::staff::StaffOrderField))
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
