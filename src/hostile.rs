//! For tests of whatever reads what strangers write: hostile inputs, and a measure of what reading them takes.

use proptest::prelude::*;

/// What may be allocated besides ten times the input: fixed costs, such as a first buffer.
const FIXED: usize = 32 * 1024;

/// Does the work, and fails when it held more than ten times the input at once.
pub(crate) fn measured<T>(input: usize, work: impl FnOnce() -> T) -> T {
    let mut result = None;
    let used = allocation_counter::measure(|| result = Some(work()));
    let allowed = 10 * input + FIXED;
    assert!(used.bytes_max <= allowed as u64, "{} bytes for {input} bytes of input", used.bytes_max);
    result.expect("the work was done")
}

/// Texts of every kind: noise, what looks like JSON, GraphQL or a token, and much of one thing.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "\"",
        "\"\"\"",
        "\\",
        "#",
        "\n",
        "\r",
        "...",
        "@",
        "$",
        ":",
        ",",
        "!",
        "|",
        "&",
        "=",
        ".",
        "-",
        "0",
        "1e999",
        "99999999999999999999",
        "null",
        "true",
        "query",
        "fragment",
        "on",
        "a",
        "\u{0}",
        "\u{feff}",
        "\u{1F600}",
        "\u{202e}",
        "e30",
        "eyJ",
        " ",
    ]);
    let soup = prop::collection::vec(pieces.clone(), 0..400).prop_map(|pieces| pieces.concat());
    let flood = (pieces, 1_usize..4000).prop_map(|(piece, times)| piece.repeat(times));
    prop_oneof!["\\PC{0,200}", any::<String>(), soup, flood]
}

/// Something done to a good input.
#[derive(Debug, Clone)]
pub(crate) enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, String),
    Double(prop::sample::Index, usize),
}

/// Any damage.
pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        place().prop_map(Damage::Cut),
        (place(), 0_u8..8).prop_map(|(place, bit)| Damage::Flip(place, bit)),
        (place(), hostile_text()).prop_map(|(place, text)| Damage::Insert(place, text)),
        (place(), 2_usize..200).prop_map(|(place, times)| Damage::Double(place, times)),
    ]
}

impl Damage {
    /// The input with the damage done to it.
    pub(crate) fn done_to(&self, good: &str) -> String {
        let bytes = good.as_bytes();
        let damaged = match self {
            Self::Cut(place) => bytes[..place.index(bytes.len())].to_vec(),
            Self::Flip(place, bit) => {
                let mut bytes = bytes.to_vec();
                let place = place.index(bytes.len());
                bytes[place] ^= 1 << bit;
                bytes
            }
            Self::Insert(place, text) => {
                let (before, after) = bytes.split_at(place.index(bytes.len()));
                [before, text.as_bytes(), after].concat()
            }
            Self::Double(place, times) => {
                let (before, after) = bytes.split_at(place.index(bytes.len()));
                [before, &after.repeat(*times)].concat()
            }
        };
        String::from_utf8_lossy(&damaged).into_owned()
    }
}
