//! Sums of the money that users moved.

use async_graphql::SimpleObject;
use backdesk_entity::enums::{TransactionKind, TransactionState};

use crate::{
    domain::money::Currency,
    graphql::scalars::{CurrencyCode, Date, Decimal},
    service::recorded::ReportRow as Row,
};

/// The money that users moved, added up.
#[derive(SimpleObject)]
pub(super) struct FinanceReport {
    /// The first day, from its beginning in UTC.
    pub(super) from: Date,
    /// The last day, to its end in UTC.
    pub(super) to: Date,
    /// The sums: by day where that was asked for, the first day first.
    pub(super) rows: Vec<FinanceReportRow>,
}

/// Transactions that have the day, the kind, the state and the currency in common, as far as they were added up by these.
#[derive(SimpleObject)]
pub(super) struct FinanceReportRow {
    /// The day on which they were begun, in UTC.
    day: Option<Date>,
    /// What they do.
    kind: Option<TransactionKind>,
    /// How far they are.
    state: Option<TransactionState>,
    /// Of which currency they are.
    currency: CurrencyCode,
    /// How many they are.
    count: u64,
    /// How much they are together, exactly.
    sum: Option<Decimal>,
    /// The same in the smallest unit of the currency: a whole number.
    sum_minor: Decimal,
}

impl From<Row> for FinanceReportRow {
    fn from(row: Row) -> Self {
        let Row { currency, day, kind, state, count, sum } = row;
        Self {
            day: day.map(|day| Date(day.to_string())),
            kind,
            state,
            count,
            sum: Currency::parse(&currency).ok().map(|currency| Decimal(currency.decimal(sum))),
            sum_minor: Decimal(sum.to_string()),
            currency: CurrencyCode(currency),
        }
    }
}
