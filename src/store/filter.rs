//! From a filter to SQL. Negation is pushed down to the single tests, each of which is made two-valued there: SQL's third
//! value would let a user with an empty field slip out of both a list and its complement.

use chrono::{DateTime, Utc};
use sea_orm::{
    ExprTrait, Value,
    sea_query::{Cond, Condition, Expr, Func, IntoColumnRef, LikeExpr, SelectStatement},
};
use uuid::Uuid;

use super::{membership::is_one_of, scope::InScope};
use crate::{
    auth::policy::Action,
    domain::{
        language,
        list::{Filter, Operand, Test},
        phone, text, time_zone,
    },
};

/// What a test may depend on beside its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Whom the reader reaches: others whom rows name are as good as not there.
    pub(crate) scope: InScope<'a>,
    /// The instant of the list: relative dates count from it, and its day is today.
    pub(crate) now: DateTime<Utc>,
}

/// Where the value that an attribute tests is found.
pub(crate) enum Target {
    /// In a column of the listed table.
    Column { column: (&'static str, &'static str), nullable: bool, text: TextForm },
    /// In rows of another table: `users` selects the ids of the listed rows, `column` is what is tested.
    Rows { users: Box<SelectStatement>, column: (&'static str, &'static str), text: TextForm },
}

/// How the texts of a column are written, and so how a text is written before it is compared with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// Folded: case and accents do not matter.
    Folded,
    /// Upper case, as references and country codes are.
    Upper,
    /// Letters and digits alone, as numbers of registers are compared.
    Squeezed,
    /// As it stands.
    Exact,
    /// Digits behind a plus sign.
    Phone,
    /// A BCP 47 tag in its canonical form.
    Language,
    /// The name of a time zone as the database of time zones spells it.
    TimeZone,
}

/// An attribute that can be filtered by.
pub(crate) trait Attribute: Copy {
    /// Where its value is found.
    fn target(self, frame: &Frame<'_>) -> Target;
    /// The part of the rows that it tells of, where seeing the list is not enough.
    fn part(self) -> Option<Action> {
        None
    }
    /// The listed table and its id.
    const ID: (&'static str, &'static str);
}

impl TextForm {
    fn write(self, given: &str) -> String {
        match self {
            Self::Folded => text::fold(given),
            Self::Upper => given.trim().to_uppercase(),
            Self::Squeezed => text::squeeze(given),
            Self::Exact => given.to_owned(),
            // a whole number as it is stored; of a part, the digits
            Self::Phone => phone::parse(given)
                .unwrap_or_else(|_| given.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()),
            Self::Language => language::parse(given).unwrap_or_else(|_| given.to_owned()),
            Self::TimeZone => time_zone::parse(given).unwrap_or_else(|_| given.to_owned()),
        }
    }
}

/// The condition for a filter.
pub(crate) fn condition<A: Attribute>(filter: &Filter<A>, frame: &Frame<'_>) -> Condition {
    build(filter, false, frame)
}

fn build<A: Attribute>(filter: &Filter<A>, negated: bool, frame: &Frame<'_>) -> Condition {
    match filter {
        Filter::Not(inner) => build(inner, !negated, frame),
        Filter::All(parts) => join(parts, negated, false, frame),
        Filter::Any(parts) => join(parts, negated, true, frame),
        Filter::Is(attribute, test) => leaf(attribute.target(frame), A::ID, test, negated, frame),
        Filter::ByOne(inner) => {
            let mut rows = None;
            let passes = of_row(inner, false, frame, &mut rows);
            // where nothing is tested, no row has to be there
            let Some(mut rows) = rows else { return constant(!negated) };
            rows.cond_where(passes);
            let id = Expr::col(A::ID);
            Cond::all().add(if negated { id.not_in_subquery(*rows) } else { id.in_subquery(*rows) })
        }
    }
}

/// The condition on a row of another table, whose columns are never empty; `rows` becomes the select of that.
fn of_row<A: Attribute>(
    filter: &Filter<A>,
    negated: bool,
    frame: &Frame<'_>,
    rows: &mut Option<Box<SelectStatement>>,
) -> Condition {
    match filter {
        Filter::Not(inner) => of_row(inner, !negated, frame, rows),
        Filter::All(parts) | Filter::Any(parts) => {
            let any = matches!(filter, Filter::Any(_));
            if parts.is_empty() {
                return constant(any == negated);
            }
            let start = if any == negated { Cond::all() } else { Cond::any() };
            parts.iter().fold(start, |joined, part| joined.add(of_row(part, negated, frame, rows)))
        }
        Filter::Is(attribute, test) => match attribute.target(frame) {
            Target::Rows { users, column, text } => {
                rows.get_or_insert(users);
                let holds = compare(column, test, text, frame);
                if negated { holds.not() } else { holds }
            }
            Target::Column { .. } => constant(false),
        },
        Filter::ByOne(_) => constant(false),
    }
}

fn join<A: Attribute>(parts: &[Filter<A>], negated: bool, any: bool, frame: &Frame<'_>) -> Condition {
    // an empty `any` is false and an empty `all` is true; sea-query would drop both
    if parts.is_empty() {
        return constant(any == negated);
    }
    let start = if any == negated { Cond::all() } else { Cond::any() };
    parts.iter().fold(start, |joined, part| joined.add(build(part, negated, frame)))
}

/// The rows of which every word is found inside the text of a column; an id pasted whole finds its row.
pub(crate) fn search(
    column: (&'static str, &'static str),
    id: (&'static str, &'static str),
    words: &str,
) -> Condition {
    let all = match text::words(words) {
        // signs of which nothing is left when they are folded are in no text, not in every one
        none if none.is_empty() => constant(false),
        some => some.iter().fold(Cond::all(), |all, word| all.add(contains(Expr::col(column), word))),
    };
    match Uuid::try_parse(words.trim()) {
        Ok(pasted) => Cond::any().add(Expr::col(id).eq(pasted)).add(all),
        Err(_) => all,
    }
}

pub(crate) fn constant(value: bool) -> Condition {
    Cond::all().add(Expr::val(1).eq(i32::from(value)))
}

fn leaf(
    target: Target,
    id: (&'static str, &'static str),
    test: &Test,
    negated: bool,
    frame: &Frame<'_>,
) -> Condition {
    match target {
        Target::Column { column, nullable, text } => {
            if *test == Test::IsNull {
                let column = Expr::col(column);
                return match (nullable, negated) {
                    (false, _) => constant(negated),
                    (true, false) => Cond::all().add(column.is_null()),
                    (true, true) => Cond::all().add(column.is_not_null()),
                };
            }
            let holds = compare(column, test, text, frame);
            match (negated, nullable) {
                (false, _) => holds,
                (true, false) => holds.not(),
                (true, true) => Cond::any().add(Expr::col(column).is_null()).add(holds.not()),
            }
        }
        Target::Rows { mut users, column, text } => {
            // "missing" means: no such row at all
            let negated = negated != (*test == Test::IsNull);
            if *test != Test::IsNull {
                users.cond_where(compare(column, test, text, frame));
            }
            let id = Expr::col(id);
            Cond::all().add(if negated { id.not_in_subquery(*users) } else { id.in_subquery(*users) })
        }
    }
}

fn compare(
    column: (&'static str, &'static str),
    test: &Test,
    form: TextForm,
    frame: &Frame<'_>,
) -> Condition {
    let col = || Expr::col(column.into_column_ref());
    let value = |operand: &Operand| -> Value {
        match operand {
            Operand::Text(given) => form.write(given).into(),
            Operand::Instant(instant) => (*instant).into(),
            Operand::Date(date) => (*date).into(),
            Operand::Today => frame.now.date_naive().into(),
            Operand::Number(number) => (*number).into(),
            Operand::Amount(amount) => (*amount).into(),
            Operand::Id(id) => (*id).into(),
            Operand::Flag(flag) => (*flag).into(),
        }
    };
    let one = |expr: Expr| Cond::all().add(expr);
    match test {
        Test::Eq(operand) => one(col().eq(value(operand))),
        Test::In(operands) if operands.is_empty() => constant(false),
        // an array is not known to have one value, so that an index could not give the order of the rows behind it
        Test::In(operands) if operands.len() == 1 => one(col().eq(value(&operands[0]))),
        Test::In(operands) => one(is_one_of(col(), operands.iter().map(value), frame.scope.backend())),
        Test::Gt(operand) => one(col().gt(value(operand))),
        Test::Gte(operand) => one(col().gte(value(operand))),
        Test::Lt(operand) => one(col().lt(value(operand))),
        Test::Lte(operand) => one(col().lte(value(operand))),
        Test::Contains(part) if form == TextForm::Exact => one(contains_as_it_stands(col(), part)),
        Test::Contains(part) => part_of(form, part, |part| one(contains(col(), &part))),
        Test::EndsWith(end) => part_of(form, end, |end| {
            one(col().like(LikeExpr::new(format!("%{}", escaped(&end))).escape('\\')))
        }),
        Test::StartsWith(start) => part_of(form, start, |start| {
            // a range, not LIKE: every text that starts so and no other, and an ordinary index serves it
            let end = format!("{start}\u{10FFFF}");
            Cond::all().add(col().gte(start)).add(col().lt(end))
        }),
        Test::Within(duration) => Cond::all().add(col().gte(frame.now - *duration)).add(col().lte(frame.now)),
        // handled by the caller, because a missing value has no column to compare
        Test::IsNull => one(col().is_null()),
    }
}

/// A test of a part of a text. One of which nothing is left when it is written as the column is (letters in a phone number,
/// signs in a name) is in no text: it must not be found in every one.
fn part_of(form: TextForm, given: &str, test: impl FnOnce(String) -> Condition) -> Condition {
    match form.write(given) {
        written if written.is_empty() && !given.is_empty() => constant(false),
        written => test(written),
    }
}

/// Whether a text contains another, which is matched literally.
pub(crate) fn contains(text: Expr, part: &str) -> Expr {
    text.like(LikeExpr::new(format!("%{}%", escaped(part))).escape('\\'))
}

/// Whether a text contains another as it stands. To LIKE, upper and lower case are one on SQLite and two on PostgreSQL.
fn contains_as_it_stands(text: Expr, part: &str) -> Expr {
    Expr::from(Func::cust("REPLACE").args([text.clone(), part.into(), "".into()])).ne(text)
}

/// A text for LIKE that stands for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
