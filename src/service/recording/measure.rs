//! What a single value of a row may be. A value that is refused leaves a problem behind, and something in its place: the
//! row goes nowhere then.

use chrono::{DateTime, Datelike, Duration, SubsecRound, Utc};
use serde_json::Value;

use crate::domain::{
    activity::{Kind, UserName},
    bank::{self, Iban},
    link,
    mistake::Mistake,
    money::{Currency, Money},
    problem::{ProblemCode, Problems},
    text,
};

/// Characters of a line at most: ids, names, addresses, titles.
pub(super) const LINE: usize = 200;
/// Characters of a text at most.
const TEXT: usize = 5_000;
/// Characters of further details at most, as JSON.
const DETAILS: usize = 10_000;
/// How far ahead of ours the clock of another system may be. What is said of a later instant would keep everything out
/// until then.
const AHEAD: Duration = Duration::minutes(5);
/// Years that things happen in; others are placeholders and slips.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// Judges the values of one row.
#[derive(Debug)]
pub(super) struct Measure {
    pub(super) problems: Problems,
    now: DateTime<Utc>,
}

impl Measure {
    /// Judges the row at this place of a batch.
    pub(super) fn of(index: usize, kind: Kind, now: DateTime<Utc>) -> Self {
        Self { problems: Problems::under(&format!("input.rows.{index}.{}", kind.one())), now }
    }

    pub(super) fn line(&mut self, field: &str, given: &str) -> String {
        self.problems.check(field, text::clean_line(given, LINE)).unwrap_or_default()
    }

    pub(super) fn maybe_line(&mut self, field: &str, given: Option<&str>) -> Option<String> {
        self.problems.check(field, text::clean_line(given?, LINE))
    }

    pub(super) fn maybe_text(&mut self, field: &str, given: Option<&str>) -> Option<String> {
        self.problems.check(field, text::clean_text(given?, TEXT))
    }

    /// A name of a user, in the form in which it is looked up.
    pub(super) fn user(&mut self, field: &str, given: &UserName) -> Option<UserName> {
        let mut line = |step: &str, text: &str| {
            self.problems.check(&format!("{field}.{step}"), text::clean_line(text, LINE))
        };
        Some(match given {
            UserName::Id(id) => UserName::Id(line("id", id)?),
            UserName::Reference(reference) => {
                UserName::Reference(line("reference", reference)?.to_uppercase())
            }
            UserName::ExternalId(id) => UserName::ExternalId(line("externalId", id)?),
        })
    }

    pub(super) fn as_of(&mut self, given: DateTime<Utc>) -> DateTime<Utc> {
        if given > self.now + AHEAD {
            let message = "This lies in the future: say of when it is, by a clock that is right.";
            self.problems.add(ProblemCode::Invalid, "asOf", message);
        }
        self.instant("asOf", given)
    }

    pub(super) fn instant(&mut self, field: &str, given: DateTime<Utc>) -> DateTime<Utc> {
        if !YEARS.contains(&given.year()) {
            let message = format!("Give an instant of the years {} to {}.", YEARS.start(), YEARS.end());
            self.problems.add(ProblemCode::Invalid, field, message);
        }
        // both databases keep microseconds
        given.trunc_subsecs(6)
    }

    pub(super) fn maybe_instant(
        &mut self,
        field: &str,
        given: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        given.map(|given| self.instant(field, given))
    }

    pub(super) fn currency(&mut self, field: &str, given: &str) -> Option<Currency> {
        self.problems.check(field, Currency::parse(given))
    }

    /// An amount, unless its currency was refused already.
    pub(super) fn maybe_amount(
        &mut self,
        field: &str,
        given: Option<&str>,
        currency: Option<Currency>,
    ) -> Option<i64> {
        self.problems.check(field, Money::parse(given?, currency?)).map(Money::minor)
    }

    /// An amount that is moved: which way, the kind says.
    pub(super) fn positive(&mut self, field: &str, given: &str, currency: Option<Currency>) -> Option<i64> {
        let minor = self.maybe_amount(field, Some(given), currency)?;
        if minor < 0 {
            self.problems.add(ProblemCode::Invalid, field, "Give it without a sign.");
        }
        Some(minor)
    }

    /// An amount with its currency: both or none.
    pub(super) fn price(
        &mut self,
        amount_field: &str,
        amount: Option<&str>,
        currency_field: &str,
        currency: Option<&str>,
    ) -> (Option<i64>, Option<String>) {
        match (amount, currency) {
            (None, None) => (None, None),
            (Some(_), None) => {
                self.problems.add(ProblemCode::Required, currency_field, "An amount has a currency.");
                (None, None)
            }
            (None, Some(_)) => {
                self.problems.add(ProblemCode::Required, amount_field, "Give the amount as well.");
                (None, None)
            }
            (Some(amount), Some(code)) => {
                let currency = self.currency(currency_field, code);
                let minor = self.positive(amount_field, amount, currency);
                (minor, currency.map(|currency| currency.code().to_owned()))
            }
        }
    }

    /// The whole number of a bank account, and the masked one.
    pub(super) fn iban(&mut self, field: &str, given: &str) -> (String, String) {
        let number = self.problems.check(field, Iban::parse(given));
        number.map(|number| (number.whole().to_owned(), number.masked())).unwrap_or_default()
    }

    pub(super) fn bic(&mut self, field: &str, given: Option<&str>) -> Option<String> {
        self.problems.check(field, bank::parse_bic(given?))
    }

    pub(super) fn link(&mut self, field: &str, given: Option<&str>) -> Option<String> {
        self.problems.check(field, link::parse(given?))
    }

    pub(super) fn count(&mut self, field: &str, given: Option<i32>) -> Option<i32> {
        let judged = if given? < 0 { Err(Mistake::new("Give zero or more.")) } else { Ok(given?) };
        self.problems.check(field, judged)
    }

    pub(super) fn rating(&mut self, field: &str, given: i32) -> i16 {
        let rating = i16::try_from(given).ok().filter(|rating| (1..=5).contains(rating));
        let judged = rating.ok_or_else(|| Mistake::new("A rating goes from 1 to 5."));
        self.problems.check(field, judged).unwrap_or_default()
    }

    /// Whatever else a provider says: a JSON object, not read here.
    pub(super) fn details(&mut self, field: &str, given: Option<&Value>) -> Option<String> {
        let written = given?.to_string();
        let judged = if !given?.is_object() {
            Err(Mistake::new("Give a JSON object."))
        } else if written.chars().count() > DETAILS {
            Err(Mistake::new(format!("Give at most {DETAILS} characters of JSON.")))
        } else {
            Ok(written)
        };
        self.problems.check(field, judged)
    }
}
