//! Operators on instants and days.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::{DateTime, Duration, Utc};

use super::{AttributeFilter, Operators, given};
use crate::{
    domain::list::{Filter, Operand, Test},
    graphql::scalars::Date,
    service::error::ApiError,
};

/// Tests an instant.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct DateTimeFilter {
    /// Equal, to the microsecond.
    eq: MaybeUndefined<DateTime<Utc>>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<DateTime<Utc>>,
    /// Later.
    gt: MaybeUndefined<DateTime<Utc>>,
    /// Later or equal.
    gte: MaybeUndefined<DateTime<Utc>>,
    /// Earlier.
    lt: MaybeUndefined<DateTime<Utc>>,
    /// Earlier or equal.
    lte: MaybeUndefined<DateTime<Utc>>,
    /// From one instant to another, both included.
    between: MaybeUndefined<DateTimeRange>,
    /// Within the last days, hours …, counted back from now.
    within: MaybeUndefined<RelativeRange>,
    /// Missing, or not: "never".
    is_null: MaybeUndefined<bool>,
}

/// A stretch of time, both ends included.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct DateTimeRange {
    /// The earliest instant.
    from: DateTime<Utc>,
    /// The latest instant.
    to: DateTime<Utc>,
}

/// A stretch of time that ends now.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct RelativeRange {
    /// How many units, at least 1.
    last: i32,
    /// What is counted.
    unit: TimeUnit,
}

/// Units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub(in crate::graphql) enum TimeUnit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// 24 hours.
    Days,
    /// 7 days.
    Weeks,
}

impl RelativeRange {
    fn test(self) -> Result<Test, ApiError> {
        // a century back is as good as forever, and no arithmetic on dates overflows
        const MAX_DAYS: i64 = 36_525;
        let last = i64::from(self.last);
        let duration = match self.unit {
            TimeUnit::Minutes => Duration::minutes(last),
            TimeUnit::Hours => Duration::hours(last),
            TimeUnit::Days => Duration::days(last),
            TimeUnit::Weeks => Duration::weeks(last),
        };
        if last < 1 || duration > Duration::days(MAX_DAYS) {
            return Err(ApiError::bad_input(
                "`within` reaches back at least one unit and at most a hundred years.",
            ));
        }
        Ok(Test::Within(duration))
    }
}

impl AttributeFilter for DateTimeFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        use chrono::SubsecRound;
        // what is stored has microseconds. Between two of them, "from here on" starts at the next one
        let at = |instant: DateTime<Utc>| Operand::Instant(instant.trunc_subsecs(6));
        let next = |instant: DateTime<Utc>| {
            let before = instant.trunc_subsecs(6);
            let after = before.checked_add_signed(Duration::microseconds(1));
            Operand::Instant(after.filter(|_| before < instant).unwrap_or(before))
        };
        let Self { eq, ne, gt, gte, lt, lte, between, within, is_null } = self;
        let between = given("between", between)?;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(|value| Test::Eq(at(value))))
            .and_not(given("ne", ne)?.map(|value| Test::Eq(at(value))))
            .and(given("gt", gt)?.map(|value| Test::Gt(at(value))))
            .and(given("gte", gte)?.map(|value| Test::Gte(next(value))))
            .and(given("lt", lt)?.map(|value| Test::Lt(next(value))))
            .and(given("lte", lte)?.map(|value| Test::Lte(at(value))))
            .and(between.as_ref().map(|range| Test::Gte(next(range.from))))
            .and(between.as_ref().map(|range| Test::Lte(at(range.to))))
            .and(given("within", within)?.map(RelativeRange::test).transpose()?)
            .and_is_null(given("isNull", is_null)?)
            .done()
    }
}

/// Tests a day.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct DateFilter {
    /// Equal.
    eq: MaybeUndefined<Date>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<Date>,
    /// Later.
    gt: MaybeUndefined<Date>,
    /// Later or equal.
    gte: MaybeUndefined<Date>,
    /// Earlier.
    lt: MaybeUndefined<Date>,
    /// Earlier or equal.
    lte: MaybeUndefined<Date>,
    /// From one day to another, both included.
    between: MaybeUndefined<DateRange>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

/// A stretch of days, both ends included.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct DateRange {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
}

impl AttributeFilter for DateFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let Self { eq, ne, gt, gte, lt, lte, between, is_null } = self;
        let between = given("between", between)?;
        let test = |operator: &str, value: MaybeUndefined<Date>, make: fn(Operand) -> Test| {
            given(operator, value)?.map(|date| day(&date).map(make)).transpose()
        };
        Operators::of(attribute)
            .and(test("eq", eq, Test::Eq)?)
            .and_not(test("ne", ne, Test::Eq)?)
            .and(test("gt", gt, Test::Gt)?)
            .and(test("gte", gte, Test::Gte)?)
            .and(test("lt", lt, Test::Lt)?)
            .and(test("lte", lte, Test::Lte)?)
            .and(between.as_ref().map(|range| day(&range.from).map(Test::Gte)).transpose()?)
            .and(between.as_ref().map(|range| day(&range.to).map(Test::Lte)).transpose()?)
            .and_is_null(given("isNull", is_null)?)
            .done()
    }
}

fn day(date: &Date) -> Result<Operand, ApiError> {
    date.0.parse().map(Operand::Date).map_err(|_| ApiError::bad_input("A day is written as YYYY-MM-DD."))
}
