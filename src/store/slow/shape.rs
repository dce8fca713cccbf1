//! The shape of a query: which list was asked for, by which attributes and operators, in which order. It has no value in it:
//! it may stand in the log, and is kept.

use std::{collections::BTreeSet, fmt::Debug, sync::LazyLock};

use chrono::DateTime;
use sea_orm::DbBackend;
use serde::{Deserialize, Serialize};

use crate::{
    auth::caller::{Accounts, Scope},
    auth::policy::{Action, Place},
    domain::list::{Direction, Filter, ListQuery, Nulls, Operator, OrderBy, Window},
    store::{
        filter::{Attribute, Frame, Target, TextForm},
        list::Listed,
        page::Kind,
        scope::InScope,
    },
};

/// What a statement of a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Work {
    /// To read a page.
    Page,
    /// To read a page by its number: the rows before it are read and dropped.
    NumberedPage,
    /// To look whether there is something behind a page.
    Beyond,
    /// To count the rows.
    Count,
    /// To count them by a facet.
    Facet,
}

/// The shape of a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// Where the list stands in the API.
    pub(crate) list: String,
    /// The table that it is made of.
    pub(crate) table: String,
    pub(crate) work: Work,
    pub(crate) reach: Reach,
    /// The column that says whose the rows are, where they are not everybody's.
    pub(crate) owner: Option<String>,
    pub(crate) filter: Part,
    pub(crate) search: Option<Searched>,
    /// None where it is only counted.
    pub(crate) order: Vec<Sort>,
}

/// Which rows the reader reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reach {
    Everything,
    /// Those of one account, which this column names where it is that simple.
    Account(Option<String>),
    Accounts,
    Leads,
}

/// A part of a filter. However often a filter says the same of other values, it is the same part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Part {
    /// Every one of these.
    All(BTreeSet<Part>),
    /// At least one of these.
    Any(BTreeSet<Part>),
    /// A test.
    Is(Tested),
}

/// A test of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Tested {
    /// The attribute, as the store names it.
    pub(crate) attribute: String,
    pub(crate) operator: Operator,
    pub(crate) negated: bool,
    /// Where its value is found.
    pub(crate) table: String,
    pub(crate) column: String,
    /// Whether it is a substring that only LIKE can find: an index of trigrams serves no other way.
    pub(crate) by_like: bool,
}

/// What a search looks into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchedIn {
    /// Words inside the texts of this column.
    Words(&'static str),
    /// One of these columns, whole.
    Whole(&'static [&'static str]),
}

/// The same, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Searched {
    Words(String),
    Whole(Vec<String>),
}

/// A key of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Sort {
    /// The field, as the store names it.
    pub(crate) field: String,
    /// Its columns, and whether they may be empty.
    pub(crate) columns: Vec<(String, bool)>,
    pub(crate) descends: bool,
    pub(crate) nulls_first: bool,
}

/// What a list was asked for, as far as its shape goes. Made for every list, and so no more than a copy: words are found for
/// it when somebody has to know.
#[derive(Debug)]
pub(crate) struct Asked<L: Listed> {
    action: Action,
    reach: Reach,
    owner: Option<&'static str>,
    filter: Filter<L::Attribute, Operator>,
    is_searched: bool,
    order: Vec<OrderBy<L::Order>>,
    is_numbered: bool,
}

/// What has a shape.
pub(crate) trait Shaped: Send + Sync {
    fn shape(&self, work: Work) -> Shape;
}

impl<L: Listed> Asked<L> {
    /// What `query` asks for, of rows that `owner` says whose they are.
    pub(crate) fn new(
        action: Action,
        scope: &Scope,
        owner: Option<&'static str>,
        query: &ListQuery<L::Attribute, L::Order>,
    ) -> Self {
        let reach = match &scope.accounts {
            // whoever sees the user sees what belongs to the user
            _ if owner.is_some() => Reach::Everything,
            _ if scope.leads_only => Reach::Leads,
            Accounts::All => Reach::Everything,
            Accounts::Codes(codes) if codes.len() == 1 => Reach::Account(L::ACCOUNT.map(str::to_owned)),
            Accounts::Codes(_) => Reach::Accounts,
        };
        Self {
            action,
            reach,
            owner,
            filter: query.filter.without_values(),
            is_searched: query.search.is_some(),
            order: query.order.clone(),
            is_numbered: matches!(query.window, Window::Numbered { .. }),
        }
    }
}

impl<L: Listed> Shaped for Asked<L> {
    fn shape(&self, work: Work) -> Shape {
        let list = match self.action.place() {
            Place::Field(name) | Place::UserAct(name) | Place::StaffAct(name) => name.to_owned(),
            Place::UserPart(path) => format!("User.{path}"),
            Place::Nowhere => L::TABLE.to_owned(),
        };
        let is_counted = matches!(work, Work::Count | Work::Facet);
        Shape {
            list,
            table: L::TABLE.to_owned(),
            work: if work == Work::Page && self.is_numbered { Work::NumberedPage } else { work },
            reach: self.reach.clone(),
            owner: self.owner.map(str::to_owned),
            filter: part(&self.filter, false),
            search: self.is_searched.then_some(L::SEARCHED).flatten().map(Into::into),
            order: if is_counted { Vec::new() } else { self.order.iter().map(sort::<L>).collect() },
        }
    }
}

/// A part of a filter, its negation pushed down to the tests, as the statement has it.
fn part<A: Attribute + Debug>(filter: &Filter<A, Operator>, negated: bool) -> Part {
    let join = |parts: &[Filter<A, Operator>], is_any: bool| {
        let parts = parts.iter().map(|inner| part(inner, negated));
        if is_any == negated { Part::all(parts) } else { Part::any(parts) }
    };
    match filter {
        Filter::All(parts) => join(parts, false),
        Filter::Any(parts) => join(parts, true),
        Filter::Not(inner) => part(inner, !negated),
        Filter::ByOne(inner) => part(inner, negated),
        Filter::Is(attribute, operator) => Part::Is(tested(*attribute, *operator, negated)),
    }
}

fn tested<A: Attribute + Debug>(attribute: A, operator: Operator, negated: bool) -> Tested {
    /// Where an attribute is found depends neither on who asks nor on when.
    static ANYBODY: LazyLock<Scope> = LazyLock::new(|| Scope { accounts: Accounts::All, leads_only: false });
    let frame = Frame { scope: InScope::of(&ANYBODY, DbBackend::Postgres), now: DateTime::UNIX_EPOCH };
    let ((table, column), text) = match attribute.target(&frame) {
        Target::Column { column, text, .. } | Target::Rows { column, text, .. } => (column, text),
    };
    let is_substring = matches!(operator, Operator::Contains | Operator::EndsWith);
    let as_it_stands = operator == Operator::Contains && text == TextForm::Exact;
    Tested {
        attribute: word(&attribute),
        operator,
        negated,
        table: table.to_owned(),
        column: column.to_owned(),
        by_like: is_substring && !as_it_stands,
    }
}

fn sort<L: Listed>(by: &OrderBy<L::Order>) -> Sort {
    let columns = L::columns(by.field).iter();
    Sort {
        field: word(&by.field),
        // an id is one of a kind, and never sorted by anything behind it
        columns: columns
            .map(|column| (column.name.to_owned(), column.nullable && column.kind != Kind::Id))
            .collect(),
        descends: by.direction == Direction::Desc,
        nulls_first: by.nulls == Nulls::First,
    }
}

/// The word of an enum as the API writes fields and operators: its name, without what it holds.
pub(super) fn word(value: &impl Debug) -> String {
    let written = format!("{value:?}");
    let name = written.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

impl Part {
    /// Every one of these, written as briefly as can be.
    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let mut all = BTreeSet::new();
        for part in parts {
            match part {
                Self::All(inner) => all.extend(inner),
                other => _ = all.insert(other),
            }
        }
        if all.len() == 1 { all.pop_first().unwrap_or(Self::All(all)) } else { Self::All(all) }
    }

    /// The same of at least one.
    fn any(parts: impl Iterator<Item = Self>) -> Self {
        let mut any = BTreeSet::new();
        for part in parts {
            match part {
                Self::Any(inner) => any.extend(inner),
                other => _ = any.insert(other),
            }
        }
        if any.len() == 1 { any.pop_first().unwrap_or(Self::Any(any)) } else { Self::Any(any) }
    }

    /// Every test in it.
    pub(super) fn tests(&self) -> Vec<&Tested> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Is(test) => vec![test],
        }
    }

    pub(super) fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}

impl Tested {
    /// Whether it looks for a substring that may stand anywhere in a text.
    pub(super) fn is_substring(&self) -> bool {
        matches!(self.operator, Operator::Contains | Operator::EndsWith)
    }
}

impl From<SearchedIn> for Searched {
    fn from(searched: SearchedIn) -> Self {
        match searched {
            SearchedIn::Words(column) => Self::Words(column.to_owned()),
            SearchedIn::Whole(columns) => {
                Self::Whole(columns.iter().map(|&column| column.to_owned()).collect())
            }
        }
    }
}
