//! Configured values that have a range: sizes, counts and times. A group of them is declared once, as a table; struct,
//! defaults, keys and judging follow from it.

use std::{fmt::Display, ops::RangeInclusive, time::Duration};

/// A type of value that can have a range.
pub(super) trait Bounded: PartialOrd + Sized {
    /// The value that a text writes, if it does.
    fn read(text: &str) -> Option<Self>;

    /// The value as one would write it.
    fn write(&self) -> impl Display;
}

macro_rules! bounded_numbers {
    ($($number:ty),+) => {$(
        impl Bounded for $number {
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn write(&self) -> impl Display {
                self
            }
        }
    )+};
}

bounded_numbers!(u32, u64, usize);

impl Bounded for Duration {
    fn read(text: &str) -> Option<Self> {
        humantime::parse_duration(text).ok()
    }

    fn write(&self) -> impl Display {
        humantime::format_duration(*self)
    }
}

/// The value that a text writes, or what it must be.
pub(super) fn within<T: Bounded>(text: &str, range: &RangeInclusive<T>) -> Result<T, String> {
    let value = T::read(text).filter(|value| range.contains(value));
    value.ok_or_else(|| format!("must be {} to {}", range.start().write(), range.end().write()))
}

/// Declares a group of values: each with its key in the file, its key in the environment, its default as one would write
/// it, its range, and its meaning.
macro_rules! bounded {
    ($(#[$doc:meta])* $group:ident {
        $(#[doc = $meaning:literal] $field:ident: $kind:ty = $default:literal, $range:expr, $name:literal, $env:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $group {
            $(#[doc = $meaning] pub $field: $kind),+
        }

        impl $group {
            /// Their rows in the table of keys.
            pub(super) const KEYS: &'static [$crate::config::KeyDoc] = &[$($crate::config::KeyDoc {
                name: $name,
                env: $env,
                default: $default,
                description: $meaning.trim_ascii(),
                secret: false,
            }),+];

            /// As configured; none when one of them is bad, which is noted.
            pub(super) fn read(sources: &mut $crate::config::sources::Sources) -> Option<Self> {
                // each is judged before any is missed, so that all problems are told at once
                $(let $field = sources.value($name, |text| $crate::config::bounded::within::<$kind>(text, &$range));)+
                Some(Self { $($field: $field?),+ })
            }
        }

        impl Default for $group {
            /// As it is when nobody says anything.
            fn default() -> Self {
                Self::read(&mut $crate::config::sources::Sources::default()).expect("the defaults are within their ranges")
            }
        }
    };
}
pub(super) use bounded;
