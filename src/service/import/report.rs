//! What an import tells when it is done. Rows and fields are named, values never: a report may be kept and passed on.

use std::collections::{BTreeMap, BTreeSet};

/// Names of attributes that are kept apart; a file of random names must not fill the memory.
const NAMES: usize = 500;

/// What an import did, or, in a dry run, what it would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// New users.
    pub created: u64,
    /// Users of whom something changed.
    pub changed: u64,
    /// Users who were as the file has them.
    pub unchanged: u64,
    /// Rows that did not go in, in the order of the file.
    pub refused: Vec<Refused>,
    /// Accounts that were made.
    pub accounts: BTreeSet<String>,
    /// Attributes that went nowhere, by name.
    pub left: BTreeMap<String, LeftOut>,
    /// Further names of such attributes than are told apart.
    pub more_left: bool,
    /// What was decided where rows left a choice, with the number of rows.
    pub notes: BTreeMap<&'static str, u64>,
    /// Why the file was not read to its end, if it was not. Rows before that went in, or were refused.
    pub stopped: Option<String>,
}

/// A row that did not go in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands: see [`super::Format::place`].
    pub number: u64,
    /// Everything that is wrong with it.
    pub reasons: Vec<Reason>,
}

/// Something that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The attribute, by its name in the file; empty when it is the row as a whole.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

/// An attribute that goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Why.
    pub why: Why,
    /// How many rows had a value there that says something.
    pub rows: u64,
}

/// Why an attribute goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// On purpose.
    Needless(&'static str),
    /// The format does not have it.
    Unknown,
}

/// An attribute of one row that goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    /// Its name.
    pub(super) name: String,
    /// Why.
    pub(super) why: Why,
    /// Whether its value says something.
    pub(super) says: bool,
}

impl Reason {
    /// Something wrong with a row as a whole.
    pub(super) fn of_row(message: impl Into<String>) -> Self {
        Self::of(String::new(), message)
    }

    /// Something wrong with an attribute.
    pub(super) fn of(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Report {
    /// How many rows there were.
    pub fn rows(&self) -> u64 {
        self.created + self.changed + self.unchanged + self.refused.len() as u64
    }

    /// Whether every row went in, and the file was read to its end.
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty() && self.stopped.is_none()
    }

    /// Counts attributes of a row that go nowhere.
    pub(super) fn leave(&mut self, left: Vec<Left>) {
        for Left { name, why, says } in left {
            if self.left.len() >= NAMES && !self.left.contains_key(&name) {
                self.more_left = true;
                continue;
            }
            let entry = self.left.entry(name).or_insert(LeftOut { why, rows: 0 });
            entry.rows += u64::from(says);
        }
    }

    /// Counts what was decided for a row.
    pub(super) fn note(&mut self, notes: Vec<&'static str>) {
        for note in notes {
            *self.notes.entry(note).or_default() += 1;
        }
    }
}
