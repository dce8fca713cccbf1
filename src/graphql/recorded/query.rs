//! Lists of what other systems recorded, whoever it belongs to: for the departments that work with it.

use async_graphql::{Context, Object};
use chrono::{Datelike, NaiveDate};

use super::{
    Transaction, TransactionWhere, Wallet, WalletWhere,
    report::{FinanceReport, FinanceReportRow},
};
use crate::{
    auth::policy::Action,
    domain::list::ListQuery,
    graphql::{
        connection::{Connection, Order, PageInput, order_by, reads_page},
        guard::{caller, services},
        nested::{Item, items},
        plain::Filled,
        scalars::Date,
    },
    service::{
        error::ApiError,
        listing::{Lists, Page, PageArguments, QueryOf},
        recorded::{ReportBy, TransactionOrderField, WalletOrderField},
    },
};

/// Queries on what other systems recorded.
#[derive(Debug, Default)]
pub(in crate::graphql) struct RecordedQueries;

/// Queries on what other systems recorded.
#[Object]
impl RecordedQueries {
    /// The transactions of your accounts' users, newest first unless ordered otherwise: of the kinds that you may see.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which transactions.")] filter: Option<TransactionWhere>,
        #[graphql(desc = "The id of a transaction, or what its system calls it, whole.")] search: Option<
            String,
        >,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<TransactionOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<Transaction>>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter(limits, 0)?,
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, TransactionOrderField::At, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        list(ctx, Action::Transactions, &query).await
    }

    /// The wallets of your accounts' users, newest first unless ordered otherwise.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn wallets(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which wallets.")] filter: Option<WalletWhere>,
        #[graphql(desc = "The id of a wallet, or what its system calls it, whole.")] search: Option<String>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<WalletOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<Wallet>>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter(limits, 0)?,
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, WalletOrderField::OpenedAt, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        list(ctx, Action::Wallets, &query).await
    }

    /// The money that the users of your accounts moved on these days, added up: of the kinds that you may see, always by
    /// currency, and by whatever else is asked for. Days begin and end in UTC.
    async fn finance_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day: 366 days at most.")] to: Date,
        #[graphql(name = "where", desc = "Which transactions.")] filter: Option<TransactionWhere>,
        #[graphql(
            desc = "What to add up by, besides the currency.",
            default_with = "vec![ReportBy::Kind, ReportBy::State]"
        )]
        by: Vec<ReportBy>,
    ) -> Result<FinanceReport, ApiError> {
        let filter = filter.unwrap_or_default().filter(services(ctx)?.limits(), 0)?;
        let day = |date: &Date| {
            let day = date.0.parse::<NaiveDate>().ok().filter(|day| (0..=9999).contains(&day.year()));
            day.ok_or_else(|| ApiError::bad_input("A day is written as YYYY-MM-DD."))
        };
        let days = (day(&from)?, day(&to)?);
        let rows = services(ctx)?.finance_report(caller(ctx)?, days, filter, &by).await?;
        Ok(FinanceReport { from, to, rows: rows.into_iter().map(FinanceReportRow::from).collect() })
    }
}

async fn list<N: Item>(
    ctx: &Context<'_>,
    action: Action,
    query: &QueryOf<N::Listed>,
) -> Result<Filled<Connection<N>>, ApiError> {
    let list = services(ctx)?.recorded::<N::Listed>(caller(ctx)?, action, query).await?;
    let lists = Lists::of(vec![list]);
    let pages = if reads_page(&ctx.look_ahead()) { lists.pages().await? } else { vec![Page::unread()] };
    Connection::together(lists, items(pages)).next().map(Filled).ok_or(ApiError::Internal)
}
