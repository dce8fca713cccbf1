//! The typed operators of every `where`. Operators of one input are combined by "and". A null operator is refused rather
//! than ignored: a variable that happens to be empty must not widen a list.

use async_graphql::{ID, InputObject, InputType, MaybeUndefined};
use backdesk_entity::enums::{
    CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, UserStatus,
};
use chrono::{DateTime, Duration, Utc};

use super::scalars::Date;
use crate::{
    domain::list::{Filter, Operand, Test},
    service::{audit::AuditOutcome, error::ApiError, parse_id},
};

/// Something that tests one attribute.
pub(super) trait AttributeFilter {
    /// The filter on that attribute.
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError>;
}

/// Collects the operators that were given.
struct Operators<A> {
    attribute: A,
    parts: Vec<Filter<A>>,
}

impl<A: Copy> Operators<A> {
    fn of(attribute: A) -> Self {
        Self { attribute, parts: Vec::new() }
    }

    fn and(mut self, test: Option<Test>) -> Self {
        self.parts.extend(test.map(|test| Filter::Is(self.attribute, test)));
        self
    }

    fn and_not(mut self, test: Option<Test>) -> Self {
        self.parts.extend(test.map(|test| Filter::Is(self.attribute, test).negated()));
        self
    }

    fn and_is_null(self, is_null: Option<bool>) -> Self {
        match is_null {
            Some(true) => self.and(Some(Test::IsNull)),
            Some(false) => self.and_not(Some(Test::IsNull)),
            None => self,
        }
    }

    fn done(self) -> Filter<A> {
        Filter::All(self.parts)
    }
}

fn given<T>(operator: &str, value: MaybeUndefined<T>) -> Result<Option<T>, ApiError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Value(value) => Ok(Some(value)),
        MaybeUndefined::Null => Err(ApiError::bad_input(format!(
            "`{operator}: null` tests nothing: leave it out, or use `isNull`."
        ))),
    }
}

fn text(given: String) -> Operand {
    Operand::Text(given)
}

fn texts(given: Vec<String>) -> Test {
    Test::In(given.into_iter().map(Operand::Text).collect())
}

/// Tests a text. Case and accents of names, e-mail addresses and tags do not matter.
#[derive(Debug, InputObject)]
pub(super) struct StringFilter {
    /// Equal.
    eq: MaybeUndefined<String>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<String>,
    /// One of these.
    r#in: MaybeUndefined<Vec<String>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<String>>,
    /// Contains this.
    contains: MaybeUndefined<String>,
    /// Starts with this.
    starts_with: MaybeUndefined<String>,
    /// Ends with this.
    ends_with: MaybeUndefined<String>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl AttributeFilter for StringFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let Self { eq, ne, r#in, not_in, contains, starts_with, ends_with, is_null } = self;
        Ok(Operators::of(attribute)
            .and(given("eq", eq)?.map(|value| Test::Eq(text(value))))
            .and_not(given("ne", ne)?.map(|value| Test::Eq(text(value))))
            .and(given("in", r#in)?.map(texts))
            .and_not(given("notIn", not_in)?.map(texts))
            .and(given("contains", contains)?.map(Test::Contains))
            .and(given("startsWith", starts_with)?.map(Test::StartsWith))
            .and(given("endsWith", ends_with)?.map(Test::EndsWith))
            .and_is_null(given("isNull", is_null)?)
            .done())
    }
}

/// Tests a code, such as a country, a language, a group or an account: whole, never in part.
#[derive(Debug, InputObject)]
pub(super) struct CodeFilter {
    /// Equal.
    eq: MaybeUndefined<String>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<String>,
    /// One of these.
    r#in: MaybeUndefined<Vec<String>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<String>>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl CodeFilter {
    /// The filter by an attribute that is told by whole codes, however it is stored.
    pub(super) fn among<A>(
        self,
        is_null: impl Fn() -> Filter<A>,
        any_of: impl Fn(&[String]) -> Filter<A>,
    ) -> Result<Filter<A>, ApiError> {
        let Self { eq, ne, r#in, not_in, is_null: missing } = self;
        let mut parts = Vec::new();
        parts.extend(given("eq", eq)?.map(|code| any_of(&[code])));
        parts.extend(given("ne", ne)?.map(|code| any_of(&[code]).negated()));
        parts.extend(given("in", r#in)?.map(|codes| any_of(&codes)));
        parts.extend(given("notIn", not_in)?.map(|codes| any_of(&codes).negated()));
        parts.extend(
            given("isNull", missing)?.map(|missing| if missing { is_null() } else { is_null().negated() }),
        );
        Ok(Filter::All(parts))
    }
}

impl AttributeFilter for CodeFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        self.among(
            || Filter::Is(attribute, Test::IsNull),
            |codes| Filter::Is(attribute, texts(codes.to_vec())),
        )
    }
}

/// Tests an id.
#[derive(Debug, InputObject)]
pub(super) struct IdFilter {
    /// Equal.
    eq: MaybeUndefined<ID>,
    /// Not equal.
    ne: MaybeUndefined<ID>,
    /// One of these.
    r#in: MaybeUndefined<Vec<ID>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<ID>>,
}

impl AttributeFilter for IdFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        // what is no id of ours names nothing
        let ids =
            |ids: Vec<ID>| Test::In(ids.iter().filter_map(|id| parse_id(id)).map(Operand::Id).collect());
        let Self { eq, ne, r#in, not_in } = self;
        Ok(Operators::of(attribute)
            .and(given("eq", eq)?.map(|id| ids(vec![id])))
            .and_not(given("ne", ne)?.map(|id| ids(vec![id])))
            .and(given("in", r#in)?.map(ids))
            .and_not(given("notIn", not_in)?.map(ids))
            .done())
    }
}

/// A word of a vocabulary, as the database numbers it.
pub(super) trait Word: InputType {
    /// Its number.
    fn number(&self) -> i16;
}

macro_rules! words {
    ($($word:ty),+ $(,)?) => {$(
        impl Word for $word {
            fn number(&self) -> i16 {
                *self as i16
            }
        }
    )+};
}

words!(UserStatus, PersonType, ClientType, MarketRole, CancelOrigin, KycLevel, KycStatus, AuditOutcome);

/// Tests a word of a vocabulary.
#[derive(Debug, InputObject)]
#[graphql(
    concrete(name = "UserStatusFilter", params(UserStatus)),
    concrete(name = "PersonTypeFilter", params(PersonType)),
    concrete(name = "ClientTypeFilter", params(ClientType)),
    concrete(name = "MarketRoleFilter", params(MarketRole)),
    concrete(name = "CancelOriginFilter", params(CancelOrigin)),
    concrete(name = "KycLevelFilter", params(KycLevel)),
    concrete(name = "KycStatusFilter", params(KycStatus)),
    concrete(name = "AuditOutcomeFilter", params(AuditOutcome))
)]
pub(super) struct WordFilter<W: Word> {
    /// Equal.
    eq: MaybeUndefined<W>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<W>,
    /// One of these.
    r#in: MaybeUndefined<Vec<W>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<W>>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl<W: Word> AttributeFilter for WordFilter<W> {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let one = |word: W| Test::Eq(Operand::Number(word.number()));
        let any = |words: Vec<W>| Test::In(words.iter().map(|word| Operand::Number(word.number())).collect());
        let Self { eq, ne, r#in, not_in, is_null } = self;
        Ok(Operators::of(attribute)
            .and(given("eq", eq)?.map(one))
            .and_not(given("ne", ne)?.map(one))
            .and(given("in", r#in)?.map(any))
            .and_not(given("notIn", not_in)?.map(any))
            .and_is_null(given("isNull", is_null)?)
            .done())
    }
}

/// Tests an instant.
#[derive(Debug, InputObject)]
pub(super) struct DateTimeFilter {
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
pub(super) struct DateTimeRange {
    /// The earliest instant.
    from: DateTime<Utc>,
    /// The latest instant.
    to: DateTime<Utc>,
}

/// A stretch of time that ends now.
#[derive(Debug, InputObject)]
pub(super) struct RelativeRange {
    /// How many units, at least 1.
    last: i32,
    /// The unit.
    unit: TimeUnit,
}

/// Units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub(super) enum TimeUnit {
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
        Ok(Operators::of(attribute)
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
            .done())
    }
}

/// Tests a day.
#[derive(Debug, InputObject)]
pub(super) struct DateFilter {
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
pub(super) struct DateRange {
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
        Ok(Operators::of(attribute)
            .and(test("eq", eq, Test::Eq)?)
            .and_not(test("ne", ne, Test::Eq)?)
            .and(test("gt", gt, Test::Gt)?)
            .and(test("gte", gte, Test::Gte)?)
            .and(test("lt", lt, Test::Lt)?)
            .and(test("lte", lte, Test::Lte)?)
            .and(between.as_ref().map(|range| day(&range.from).map(Test::Gte)).transpose()?)
            .and(between.as_ref().map(|range| day(&range.to).map(Test::Lte)).transpose()?)
            .and_is_null(given("isNull", is_null)?)
            .done())
    }
}

fn day(date: &Date) -> Result<Operand, ApiError> {
    date.0.parse().map(Operand::Date).map_err(|_| ApiError::bad_input("A day is written as YYYY-MM-DD."))
}
