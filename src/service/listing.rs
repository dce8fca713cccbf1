//! What every list asks of its arguments.

use super::{code::ErrorCode, error::ApiError};
use crate::{
    config::Limits,
    domain::{
        list::{Filter, ListQuery, Operand, Test, Window},
        text,
    },
};

pub(crate) use crate::store::Listed;
pub use crate::store::{Bucket, Count, List, Lists, Page};

/// A request for a list of `L`.
pub(crate) type QueryOf<L> = ListQuery<<L as Listed>::Attribute, <L as Listed>::Order>;

/// Rows of a page when nothing is said.
pub const DEFAULT_PAGE: u64 = 25;
/// Rows of a page of what belongs to another object, when nothing is said.
pub const NESTED_PAGE: u64 = 10;
/// How far page numbers reach, in rows: the database reads and drops every row before a numbered page.
const MAX_NUMBERED: u64 = 10_000;
/// Parts of a filter at most, empty ones included: each is a condition of the statement, and the database recurses.
const MAX_PARTS: usize = 500;
/// Characters of a search or a tested text at most.
const MAX_TEXT: usize = 500;
/// Words of a search at most.
const MAX_WORDS: usize = 20;

/// The arguments of a page, as the API has them.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "Relay's names")]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
    pub page: Option<PageNumber>,
}

/// A page by its number.
#[derive(Debug, Clone, Copy)]
pub struct PageNumber {
    /// Which one, from 1.
    pub page: i32,
    /// How many rows a page has.
    pub per_page: i32,
}

impl PageArguments {
    /// The window that they ask for of a list of what belongs to another object.
    pub fn nested(self, limits: &Limits) -> Result<Window, ApiError> {
        self.sized(NESTED_PAGE, limits)
    }

    /// The window that they ask for.
    pub fn window(self, limits: &Limits) -> Result<Window, ApiError> {
        self.sized(DEFAULT_PAGE, limits)
    }

    /// The same with so many rows when nothing is said: the cost of a document counts on it.
    fn sized(self, default: u64, limits: &Limits) -> Result<Window, ApiError> {
        match self {
            Self { first: None, after: None, last: None, before: None, page: Some(number) } => {
                number.window(limits)
            }
            Self { page: Some(_), .. } => Err(ApiError::bad_input(
                "`page` goes alone: leave out `first`, `after`, `last` and `before`, or read by them without `page`.",
            )),
            Self { first: Some(_), last: Some(_), .. } => {
                Err(ApiError::bad_input("Give `first` to read forward or `last` to read backward, not both."))
            }
            Self { first, after, last: None, before: None, page: None } => {
                Ok(Window::Forward { first: size("first", first, default, limits)?, after })
            }
            Self { first: None, after: None, last, before, page: None } => {
                Ok(Window::Backward { last: size("last", last, default, limits)?, before })
            }
            _ => Err(ApiError::bad_input("`after` goes with `first`, and `before` with `last`.")),
        }
    }
}

impl PageNumber {
    fn window(self, limits: &Limits) -> Result<Window, ApiError> {
        let Ok(page @ 1..) = u64::try_from(self.page) else {
            return Err(ApiError::bad_input("`page.page` counts from 1."));
        };
        let per_page = size("page.perPage", Some(self.per_page), DEFAULT_PAGE, limits)?;
        if per_page == 0 {
            return Err(ApiError::bad_input("A page by its number has one item at least."));
        }
        if page * per_page > MAX_NUMBERED {
            return Err(ApiError::too_much(
                ErrorCode::PageTooDeep,
                MAX_NUMBERED,
                format!(
                    "Page numbers reach {MAX_NUMBERED} rows far: narrow the list, or read on by cursors, \
                     `after: pageInfo.endCursor` of the page before."
                ),
            ));
        }
        Ok(Window::Numbered { page, per_page })
    }
}

/// Items of a list inside another at most.
const MAX_INNER: u64 = 100;

/// How many items of a list inside another are wanted.
pub fn first_of(first: i32) -> Result<u64, ApiError> {
    match u64::try_from(first) {
        Ok(first) if first <= MAX_INNER => Ok(first),
        Ok(_) => Err(ApiError::too_much(
            ErrorCode::PageTooLarge,
            MAX_INNER,
            format!("`first` is at most {MAX_INNER} here: list users by a filter to read more."),
        )),
        Err(_) => Err(ApiError::bad_input(format!("`first` lies between 0 and {MAX_INNER}."))),
    }
}

/// The window of a list of what belongs to another object.
pub fn nested_window(first: Option<i32>, after: Option<String>, limits: &Limits) -> Result<Window, ApiError> {
    Ok(Window::Forward { first: size("first", first, NESTED_PAGE, limits)?, after })
}

fn size(argument: &str, given: Option<i32>, default: u64, limits: &Limits) -> Result<u64, ApiError> {
    let most = limits.page;
    match given.map(u64::try_from) {
        None => Ok(default.min(most)),
        Some(Ok(size)) if size <= most => Ok(size),
        Some(Ok(_)) => Err(ApiError::too_much(
            ErrorCode::PageTooLarge,
            most,
            format!("`{argument}` is at most {most}: read more pages instead."),
        )),
        Some(Err(_)) => Err(ApiError::bad_input(format!("`{argument}` lies between 0 and {most}."))),
    }
}

/// Refuses a filter that nests too deep; `depth` counts the filters around it.
pub fn judge_depth(depth: usize, limits: &Limits) -> Result<(), ApiError> {
    let most = limits.filter_depth;
    match depth < most {
        true => Ok(()),
        false => Err(ApiError::too_much(
            ErrorCode::FilterTooDeep,
            most,
            format!("A filter nests at most {most} deep: write `not: {{not: …}}` and lists of one out."),
        )),
    }
}

/// Refuses filters that are too large to be run.
pub fn judge_filter<A>(filter: &Filter<A>, limits: &Limits) -> Result<(), ApiError> {
    walk(filter, &mut Size::default(), limits)
}

#[derive(Default)]
struct Size {
    parts: usize,
    tests: usize,
}

fn walk<A>(filter: &Filter<A>, size: &mut Size, limits: &Limits) -> Result<(), ApiError> {
    size.parts += 1;
    if size.parts > MAX_PARTS {
        return Err(ApiError::too_much(
            ErrorCode::FilterTooLarge,
            MAX_PARTS,
            format!("A filter has at most {MAX_PARTS} parts, empty ones included."),
        ));
    }
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().try_for_each(|part| walk(part, size, limits)),
        Filter::Not(inner) | Filter::ByOne(inner) => walk(inner, size, limits),
        Filter::Is(_, test) => {
            size.tests += 1;
            let most = limits.filter_conditions;
            if size.tests > most {
                return Err(ApiError::too_much(
                    ErrorCode::FilterTooLarge,
                    most,
                    format!("A filter has at most {most} conditions: `in` tests many values as one."),
                ));
            }
            judge_test(test, limits)
        }
    }
}

fn judge_test(test: &Test, limits: &Limits) -> Result<(), ApiError> {
    let most = limits.filter_values;
    match test {
        Test::In(values) if values.len() > most => Err(ApiError::too_much(
            ErrorCode::TooManyValues,
            most,
            format!("`in` and `notIn` take at most {most} values: ask in several requests."),
        )),
        Test::In(values) => values.iter().try_for_each(judge_operand),
        Test::Eq(value) | Test::Gt(value) | Test::Gte(value) | Test::Lt(value) | Test::Lte(value) => {
            judge_operand(value)
        }
        Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) => judge_text(text),
        Test::IsNull | Test::Within(_) => Ok(()),
    }
}

fn judge_operand(operand: &Operand) -> Result<(), ApiError> {
    use chrono::Datelike;
    // beyond these years texts of instants no longer sort as instants do
    let year_is_fine = |year: i32| match year {
        0..=9999 => Ok(()),
        _ => Err(ApiError::bad_input("Dates lie between the years 0 and 9999.")),
    };
    match operand {
        Operand::Text(text) => judge_text(text),
        Operand::Instant(instant) => year_is_fine(instant.year()),
        Operand::Date(date) => year_is_fine(date.year()),
        Operand::Today | Operand::Number(_) | Operand::Amount(_) | Operand::Id(_) | Operand::Flag(_) => {
            Ok(())
        }
    }
}

/// Refuses a search that cannot be run: each of its words is a condition of the statement.
pub fn judge_search(search: &str) -> Result<(), ApiError> {
    judge_text(search)?;
    let words = text::words(search);
    if words.len() > MAX_WORDS || words.iter().map(String::len).sum::<usize>() > MAX_TEXT * 4 {
        return Err(ApiError::bad_input(format!(
            "A search has at most {MAX_WORDS} words, none of them very long."
        )));
    }
    Ok(())
}

/// Refuses texts that cannot be searched for.
pub fn judge_text(text: &str) -> Result<(), ApiError> {
    if text.chars().count() > MAX_TEXT {
        return Err(ApiError::bad_input(format!("A text to look for has at most {MAX_TEXT} characters.")));
    }
    if text.contains('\0') {
        return Err(ApiError::bad_input("A text to look for cannot contain the character NUL."));
    }
    Ok(())
}
