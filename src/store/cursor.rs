//! Cursors: where a page ended, as an opaque text. A cursor carries its list's fingerprint, so that one of another
//! filter, search or order is refused, and the instant that relative dates were resolved with, so that a walk of many
//! pages sees one list.

use std::fmt::Formatter;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, SeqAccess, Visitor},
};
use uuid::Uuid;

use super::error::CursorError;

/// Longer texts were never ours: ten sort values of a hundred characters fit in, each folded to eighteen of four bytes.
const MAX_LENGTH: usize = 128 * 1024;
/// Sort values at most: five keys of an order, of two columns each.
const MAX_VALUES: usize = 10;
const VERSION: u8 = 1;

/// A value that a row was sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SortValue {
    /// Missing.
    #[serde(rename = "0")]
    Null,
    /// A text.
    #[serde(rename = "t")]
    Text(String),
    /// An instant, in microseconds since 1970.
    #[serde(rename = "i")]
    Instant(i64),
    /// A vocabulary's number, or a count.
    #[serde(rename = "n")]
    Number(i32),
    /// An amount of money, in the smallest unit.
    #[serde(rename = "a")]
    Amount(i64),
    /// An id.
    #[serde(rename = "u")]
    Id(Uuid),
}

/// Which list a cursor belongs to: a hash of order, filter and search as written, and of whose rows are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of whatever describes the list.
    pub(crate) fn of(list: &impl Serialize) -> Self {
        let text = serde_json::to_vec(list).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(&digest(&SHA256, &text).as_ref()[..12]))
    }

    /// That of the same list of one user.
    pub(crate) fn of_user(&self, user: Uuid) -> Self {
        Self::of(&(&self.0, user))
    }
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The values of the row, one for each key of the order.
    pub(crate) values: Vec<SortValue>,
    /// The row.
    pub(crate) id: Uuid,
    /// The "now" of relative dates.
    pub(crate) now: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Wire(u8, String, #[serde(deserialize_with = "few")] Vec<SortValue>, Uuid, i64);

/// The values of a cursor. A list of many small ones takes far more room in memory than as text: those behind the last that
/// a cursor of ours can have are not read.
fn few<'de, D: Deserializer<'de>>(values: D) -> Result<Vec<SortValue>, D::Error> {
    struct Few;

    impl<'de> Visitor<'de> for Few {
        type Value = Vec<SortValue>;

        fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
            write!(f, "at most {MAX_VALUES} values")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut given: A) -> Result<Self::Value, A::Error> {
            let mut values = Vec::new();
            while let Some(value) = given.next_element()? {
                if values.len() == MAX_VALUES {
                    return Err(A::Error::invalid_length(values.len() + 1, &self));
                }
                values.push(value);
            }
            Ok(values)
        }
    }

    values.deserialize_seq(Few)
}

impl Cursor {
    /// The opaque text.
    pub(crate) fn encode(&self, list: &Fingerprint) -> String {
        let wire = Wire(VERSION, list.0.clone(), self.values.clone(), self.id, self.now.timestamp_micros());
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap_or_default())
    }
}

/// A cursor as it came: of whichever list.
#[derive(Debug)]
pub(crate) struct GivenCursor {
    list: Option<Fingerprint>,
    cursor: Cursor,
}

impl GivenCursor {
    /// The cursor of a text.
    pub(crate) fn decode(text: &str) -> Result<Self, CursorError> {
        if text.len() > MAX_LENGTH {
            return Err(CursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        let Wire(version, fingerprint, values, id, now) =
            serde_json::from_slice(&bytes).map_err(|_| CursorError::Malformed)?;
        let list = (version == VERSION).then_some(Fingerprint(fingerprint));
        // a forged instant must not overflow the arithmetic of relative dates
        let now = instant(now).ok_or(CursorError::Malformed)?;
        Ok(Self { list, cursor: Cursor { values, id, now } })
    }

    /// The cursor, if it is one of this list.
    pub(crate) fn of(&self, list: &Fingerprint) -> Result<Cursor, CursorError> {
        match &self.list {
            Some(own) if own == list => Ok(self.cursor.clone()),
            Some(_) | None => Err(CursorError::Mismatch),
        }
    }
}

/// An instant in microseconds since 1970, of a year that both databases can hold.
pub(crate) fn instant(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).filter(|instant| (0..=9999).contains(&instant.year()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hostile::{damage, hostile_text, measured};

    fn decode(text: &str, list: &Fingerprint) -> Result<Cursor, CursorError> {
        GivenCursor::decode(text)?.of(list)
    }

    fn sample() -> Cursor {
        Cursor {
            values: vec![SortValue::Text("müller".into()), SortValue::Null, SortValue::Number(3)],
            id: Uuid::from_u128(7),
            now: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let list = Fingerprint::of(&"list");
        assert_eq!(decode(&sample().encode(&list), &list), Ok(sample()));
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let text = sample().encode(&Fingerprint::of(&"list"));
        assert_eq!(decode(&text, &Fingerprint::of(&"another")), Err(CursorError::Mismatch));
    }

    proptest! {
        #[test]
        fn any_other_text_is_malformed(text in hostile_text()) {
            let list = Fingerprint::of(&"list");
            let decoded = measured(text.len(), || decode(&text, &list));
            prop_assert!(decoded.is_err());
        }

        /// What a cursor carries inside may be anything, and the fingerprint is no secret.
        #[test]
        fn any_content_is_survived(inside in hostile_text()) {
            let list = Fingerprint::of(&"list");
            let wire = format!("[1,\"{}\",[{inside}],\"{}\",0]", list.0, Uuid::nil());
            let text = URL_SAFE_NO_PAD.encode(wire);
            let _ = measured(text.len(), || decode(&text, &list));
        }

        #[test]
        fn a_damaged_cursor_is_survived(damage in damage()) {
            let list = Fingerprint::of(&"list");
            let text = damage.done_to(&sample().encode(&list));
            let _ = measured(text.len(), || decode(&text, &list));
        }
    }

    #[test]
    fn many_values_take_no_more_room_than_their_text() {
        let list = Fingerprint::of(&"list");
        for value in ["\"0\"", "{\"n\":1}", "{\"t\":\"\"}"] {
            let values = vec![value; 20_000 / value.len()].join(",");
            let text = URL_SAFE_NO_PAD.encode(format!("[1,\"{}\",[{values}],\"{}\",0]", list.0, Uuid::nil()));
            let decoded = measured(text.len(), || decode(&text, &list));
            assert_eq!(decoded, Err(CursorError::Malformed), "{value}");
        }
    }
}
