//! Reading the attributes of one row: each is asked for by its name and type, and what nobody asked for is left over.
//! Numbers and flags may be written as text, and text as numbers. Messages never repeat a value, which may be personal.

use async_graphql::resolver_utils::EnumType;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};
use serde_json::{Map, Value};

use super::report::Reason;
use crate::domain::{mistake::Mistake, percent, user::Patch};

/// The databases keep microseconds: what came back would differ from the file otherwise, at every run.
const SUBSECOND_DIGITS: u16 = 6;

/// The attributes of a row that nobody asked for yet, and what is wrong with those that were.
#[derive(Debug)]
pub(super) struct Fields {
    left: Map<String, Value>,
    path: String,
    is_null: fn(&Value) -> bool,
    reasons: Vec<Reason>,
}

impl Fields {
    /// The attributes of a row; `is_null` knows what stands for "nothing" in its format.
    pub(super) fn of(row: Map<String, Value>, is_null: fn(&Value) -> bool) -> Self {
        Self { left: row, path: String::new(), is_null, reasons: Vec::new() }
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str) -> Patch<String> {
        self.take(name, text)
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, name: &str) -> Patch<bool> {
        self.take(name, |value| {
            let word = text_of(&value).map(str::to_ascii_lowercase);
            match (value, word.as_deref()) {
                (Value::Bool(flag), _) => Ok(flag),
                (_, Some("1" | "true")) => Ok(true),
                (_, Some("0" | "false")) => Ok(false),
                (Value::Number(number), _) if number.as_f64() == Some(1.0) => Ok(true),
                (Value::Number(number), _) if number.as_f64() == Some(0.0) => Ok(false),
                _ => Err(Mistake::new("Write true or false, or 1 or 0.")),
            }
        })
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &str) -> Patch<i32> {
        self.take(name, |value| {
            let number = match &value {
                Value::Number(number) => whole(number).and_then(|whole| i32::try_from(whole).ok()),
                _ => text_of(&value).and_then(|text| text.parse().ok()),
            };
            number.ok_or_else(|| Mistake::new("Write a whole number."))
        })
    }

    /// A word of a vocabulary of ours.
    pub(super) fn word<T: EnumType>(&mut self, name: &str) -> Patch<T> {
        self.take(name, |value| {
            let word = text_of(&value).unwrap_or_default();
            let known = T::items().iter().find(|item| item.name == word);
            known.map(|item| item.value).ok_or_else(|| {
                let names: Vec<_> = T::items().iter().map(|item| item.name).collect();
                one_of(&names)
            })
        })
    }

    /// A list of words of a vocabulary of ours.
    pub(super) fn words<T: EnumType>(&mut self, name: &str) -> Patch<Vec<T>> {
        let items = |value| match value {
            Value::Array(items) => Ok(items),
            _ => Err(Mistake::new("Write a list of words.")),
        };
        self.take(name, |value| {
            let known = |item: &Value| {
                let word = text_of(item).unwrap_or_default();
                T::items().iter().find(|known| known.name == word).map(|known| known.value)
            };
            let words: Option<Vec<T>> = items(value)?.iter().map(known).collect();
            words.ok_or_else(|| one_of(&T::items().iter().map(|item| item.name).collect::<Vec<_>>()))
        })
    }

    /// A part of a whole, in percent.
    pub(super) fn percent(&mut self, name: &str) -> Patch<i32> {
        self.take(name, |value| percent::parse(&text(value)?))
    }

    /// A word or number of another vocabulary, by what it means.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Patch<T> {
        self.take(name, |value| {
            let given = match &value {
                Value::Number(number) => whole(number).map(|whole| whole.to_string()),
                _ => text_of(&value).map(str::to_owned),
            };
            let known =
                given.and_then(|given| words.iter().find(|(word, _)| given.eq_ignore_ascii_case(word)));
            known.map(|(_, meaning)| *meaning).ok_or_else(|| {
                let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                one_of(&names)
            })
        })
    }

    /// An instant. What names no time zone is UTC.
    pub(super) fn instant(&mut self, name: &str) -> Patch<DateTime<Utc>> {
        self.take(name, |value| {
            text_of(&value).and_then(instant).ok_or_else(|| {
                Mistake::new("Write an instant such as 2023-10-23T12:28:00Z, or 2023-10-23 12:28:00 for UTC.")
            })
        })
    }

    /// A list of texts.
    pub(super) fn list(&mut self, name: &str) -> Patch<Vec<String>> {
        self.take(name, |value| match value {
            Value::Array(items) => items.into_iter().map(text).collect(),
            _ => Err(Mistake::new("Write a list of texts.")),
        })
    }

    /// A list of objects, each read by `read`. What it leaves over stays as left over.
    pub(super) fn objects<T>(&mut self, name: &str, mut read: impl FnMut(&mut Self) -> T) -> Patch<Vec<T>> {
        let items = self.take(name, |value| match value {
            Value::Array(items) => Ok(items),
            _ => Err(Mistake::new("Write a list of objects.")),
        });
        items.map(|items| {
            let items = items.into_iter().enumerate();
            items.filter_map(|(i, item)| self.within(&format!("{name}.{i}"), name, item, &mut read)).collect()
        })
    }

    /// An object, read by `read`. What it leaves over stays as left over.
    pub(super) fn object<T>(&mut self, name: &str, mut read: impl FnMut(&mut Self) -> T) -> Patch<T> {
        match self.take(name, Ok) {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(item) => Patch::of(self.within(name, name, item, &mut read)),
        }
    }

    /// Notes that an attribute is missing or does not fit.
    pub(super) fn refuse(&mut self, name: &str, message: &str) {
        self.reasons.push(Reason::of(format!("{}{name}", self.path), message));
    }

    /// What nobody asked for, and what is wrong with the rest.
    pub(super) fn finish(self) -> (Map<String, Value>, Vec<Reason>) {
        (self.left, self.reasons)
    }

    /// Reads an object at `path`; its leftovers are kept under `name`, the same for all items of a list.
    fn within<T>(
        &mut self,
        path: &str,
        name: &str,
        item: Value,
        read: &mut impl FnMut(&mut Self) -> T,
    ) -> Option<T> {
        let Value::Object(item) = item else {
            self.refuse(path, "Write an object.");
            return None;
        };
        let mut inner = Self { path: format!("{}{path}.", self.path), ..Self::of(item, self.is_null) };
        let result = read(&mut inner);
        let (left, reasons) = inner.finish();
        for (key, value) in left {
            let kept = self.left.entry(format!("{name}.{key}")).or_insert(Value::Null);
            // one item of a list that says something is enough
            if is_blank(kept) {
                *kept = value;
            }
        }
        self.reasons.extend(reasons);
        Some(result)
    }

    fn take<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Mistake>) -> Patch<T> {
        match self.left.remove(name) {
            None => Patch::Keep,
            Some(value) if (self.is_null)(&value) => Patch::Clear,
            Some(value) => match read(value) {
                Ok(value) => Patch::Set(value),
                Err(mistake) => {
                    self.refuse(name, &mistake.into_message());
                    Patch::Keep
                }
            },
        }
    }
}

/// Whether a value says nothing: null, an empty text, list or object.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn text(value: Value) -> Result<String, Mistake> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(Mistake::new("Write a text."))
        }
    }
}

fn text_of(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim)
}

/// A number without a fraction, however it is written.
fn whole(number: &serde_json::Number) -> Option<i64> {
    let written = number.as_i64().map(|whole| whole.to_string());
    let written = written.or_else(|| number.as_f64().map(|number| number.to_string()));
    written?.parse().ok()
}

fn one_of(names: &[&str]) -> Mistake {
    Mistake::new(format!("Use one of: {}.", names.join(", ")))
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    let without = |form: &str| NaiveDateTime::parse_from_str(text, form).ok().map(|at| at.and_utc());
    let day = || {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(day.and_time(NaiveTime::MIN).and_utc())
    };
    with_zone()
        .or_else(|| without("%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|| without("%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(day)
        .map(|at| at.trunc_subsecs(SUBSECOND_DIGITS))
}
