//! Sums of transactions: counted and added up by the database, exactly.

use backdesk_entity::enums::{TransactionKind, TransactionState};
use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, ExprTrait,
    sea_query::{Alias, Asterisk, Expr, Func, Order, Query},
};

use super::transactions::Transactions;
use crate::{
    domain::list::{Filter, ListQuery, Window},
    store::{database_is_embedded, error::StoreError, recorded::TransactionAttribute, session::Reader},
};

/// What transactions are added up by, besides their currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, async_graphql::Enum)]
#[graphql(name = "FinanceReportBy")]
pub enum ReportBy {
    /// The day on which they were begun, in UTC.
    Day,
    /// What they do.
    Kind,
    /// How far they are.
    State,
}

/// Transactions that have all of this in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// The code of their currency.
    pub currency: String,
    /// The day, where they are added up by it.
    pub day: Option<NaiveDate>,
    /// The kind, where they are added up by it.
    pub kind: Option<TransactionKind>,
    /// The state, where they are added up by it.
    pub state: Option<TransactionState>,
    /// How many.
    pub count: u64,
    /// How much, in the smallest unit of the currency.
    pub sum: i128,
}

const FOUND: &str = "found";
const CURRENCY: &str = "currency";
const TOTAL: &str = "total";
/// Sums of more than 63 bits fit no column: the upper and the lower half of amounts are added up apart.
const HIGH: &str = "high";
const LOW: &str = "low";
const HALF: i32 = 32;

impl ReportBy {
    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Kind => "kind",
            Self::State => "state",
        }
    }

    /// Its value of a transaction. Computed once, below the grouping: a database may take two for different that are
    /// written alike.
    fn value(self, is_embedded: bool) -> Expr {
        match self {
            Self::Day if is_embedded => Expr::cust("substr(\"transactions\".\"at\", 1, 10)"),
            Self::Day => Expr::cust("to_char(\"transactions\".\"at\" AT TIME ZONE 'UTC', 'YYYY-MM-DD')"),
            Self::Kind => Expr::col(("transactions", "kind")),
            Self::State => Expr::col(("transactions", "state")),
        }
    }
}

impl Reader {
    /// Transactions added up by these, and always by currency: `limit` rows at most.
    pub async fn finance_report(
        &self,
        filter: Filter<TransactionAttribute>,
        by: &[ReportBy],
        limit: u64,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let window = Window::Forward { first: 0, after: None };
        let query = ListQuery { filter, search: None, order: Vec::new(), window };
        let mut rows = self.list::<Transactions>(&query)?.rows().select();
        let amount = || Expr::col(("transactions", "amount_minor"));
        rows.column(("transactions", CURRENCY))
            .expr_as(amount().right_shift(HALF), HIGH)
            .expr_as(amount().bit_and(i64::from(u32::MAX)), LOW);
        let mut select = Query::select();
        select.expr_as(Expr::col(Asterisk).count(), TOTAL);
        for half in [HIGH, LOW] {
            let sum = Func::sum(Expr::col((FOUND, half)));
            select.expr_as(Expr::from(sum).cast_as("bigint"), half);
        }
        for by in by {
            rows.expr_as(by.value(database_is_embedded(self.db())), by.name());
        }
        for name in by.iter().map(|by| by.name()).chain([CURRENCY]) {
            select.column((FOUND, name)).group_by_col((FOUND, name)).order_by((FOUND, name), Order::Asc);
        }
        select.from_subquery(rows, Alias::new(FOUND)).limit(limit);
        let is_by = |wanted: ReportBy| by.contains(&wanted);
        let read = |row: &sea_orm::QueryResult| {
            let day = |text: String| text.parse().map_err(|_| StoreError::Internal);
            let (high, low) = (row.try_get::<i64>("", HIGH)?, row.try_get::<i64>("", LOW)?);
            Ok(ReportRow {
                currency: row.try_get("", CURRENCY)?,
                day: is_by(ReportBy::Day).then(|| day(row.try_get("", "day")?)).transpose()?,
                kind: is_by(ReportBy::Kind).then(|| row.try_get("", "kind")).transpose()?,
                state: is_by(ReportBy::State).then(|| row.try_get("", "state")).transpose()?,
                count: u64::try_from(row.try_get::<i64>("", TOTAL)?).unwrap_or_default(),
                sum: (i128::from(high) << HALF) + i128::from(low),
            })
        };
        self.db().query_all(&select).await?.iter().map(read).collect()
    }
}
