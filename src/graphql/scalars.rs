//! Texts with a format, as GraphQL sees them. Inputs take any text: the service judges it, after the permit, with a code
//! and a path, so that a stranger learns nothing and a caller learns all problems at once.

use async_graphql::{
    InputValueError, InputValueResult, Scalar, ScalarType, Value,
    registry::{MetaType, Registry},
};

macro_rules! text_scalars {
    ($($(#[doc = $doc:literal])+ $name:ident)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(super) struct $name(pub(super) String);

        $(#[doc = $doc])+
        #[Scalar]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn is_valid(value: &Value) -> bool {
                matches!(value, Value::String(_))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    )+};
}

text_scalars! {
    /// An e-mail address (RFC 5321), such as `ada@example.com`.
    Email
    /// A phone number in international form (E.164), such as `+33612345678`.
    Phone
    /// A country by its two letters (ISO 3166-1 alpha-2), such as `FR`.
    CountryCode
    /// A language (BCP 47), such as `fr` or `pt-BR`.
    LanguageTag
    /// A time zone by its IANA name, such as `Europe/Paris`.
    TimeZone
    /// An absolute https address, such as `https://example.com/ada.png`.
    Url
    /// A decimal number as a text, such as `12.50` or `-3`: exact, which a number of JSON is not in every program.
    Decimal
    /// A currency by its code: of ISO 4217, such as `EUR`, or `ADA`, `BCH`, `BNB`, `BTC`, `DAI`, `DOGE`, `ETH`, `LTC`,
    /// `SOL`, `TRX`, `USDC`, `USDT`, `XRP`.
    CurrencyCode
    /// A day as `YYYY-MM-DD` (ISO 8601), such as `1985-12-10`.
    Date
}

/// Describes the scalars of the library, whose own words are about Rust.
pub(super) fn describe(registry: &mut Registry) {
    for (scalar, words) in [
        (
            "DateTime",
            "An instant (RFC 3339), such as `2026-03-01T12:00:00+00:00`: taken with any offset, answered in UTC.",
        ),
        ("JSON", "Any JSON value, such as `\"a\"`, `1` or `null`."),
        (
            "UUID",
            "A universally unique identifier (RFC 9562), such as `019ca945-0a00-7000-8000-000000000003`.",
        ),
    ] {
        if let Some(MetaType::Scalar { description, .. }) = registry.types.get_mut(scalar) {
            *description = Some(words.into());
        }
    }
}
