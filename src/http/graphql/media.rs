//! The media types of requests and answers: what a client takes, and what it sent.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use headers_accept::Accept;
use mediatype::{MediaType, MediaTypeBuf, Name, ReadParams, names};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells how it went.
    GraphQl,
    /// The older `application/json`: 200 to whatever was a request of GraphQL.
    Json,
}

const JSON: MediaType<'static> = MediaType::new(names::APPLICATION, names::JSON);
const GRAPHQL: MediaType<'static> = MediaType::from_parts(
    names::APPLICATION,
    Name::new_unchecked("graphql-response"),
    Some(names::JSON),
    &[],
);

impl Media {
    /// What is offered, for those who accept none of it.
    pub(super) const OFFERED: &str = "application/graphql-response+json, application/json";

    /// The one that a client likes best; none when it takes neither. Who does not say, and who takes anything, gets the
    /// older one, which every client reads.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::ACCEPT).iter().filter(|value| !value.is_empty()).peekable();
        if values.peek().is_none() {
            return Some(Self::Json);
        }
        let accept = <Accept as headers_core::Header>::decode(&mut values).ok()?;
        // of the parameters only the weight counts: clients name the only charset that JSON has, and others
        let plain = |range: &MediaTypeBuf| {
            let weight = range.get_param(names::Q).map(|weight| format!("; q={weight}")).unwrap_or_default();
            format!("{}{weight}", range.essence()).parse::<MediaTypeBuf>().ok()
        };
        let accept: Accept = accept.media_types().filter_map(plain).collect();
        let offers = [JSON, GRAPHQL];
        let chosen = accept.negotiate(&offers)?;
        Some(if *chosen == GRAPHQL { Self::GraphQl } else { Self::Json })
    }

    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// Whether a body is what we read: JSON in UTF-8, not compressed. A form or plain text can be sent by any page that a
/// member of staff happens to have open, without their browser asking first.
pub(super) fn is_plain_json(headers: &HeaderMap) -> bool {
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        let first = values.next();
        if values.next().is_some() { None } else { Some(first.map(HeaderValue::to_str)) }
    };
    let is_json = match one(header::CONTENT_TYPE) {
        Some(Some(Ok(text))) => MediaType::parse(text).is_ok_and(|media| {
            let charset = media.get_param(names::CHARSET);
            media.essence() == JSON
                && charset.is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
        }),
        _ => false,
    };
    let is_plain = match one(header::CONTENT_ENCODING) {
        Some(None) => true,
        Some(Some(Ok(text))) => text.trim().eq_ignore_ascii_case("identity"),
        _ => false,
    };
    is_json && is_plain
}
