//! The web build: what `build.rs` made of web/, carried inside the program. What a browser is shown as a file of it is
//! answered here, with headers that say what it may do; which addresses there are is the matter of those who serve them.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// The files; none when the program was built without Node.js.
#[derive(RustEmbed)]
#[folder = "web/dist"]
pub(super) struct Bundle;

/// For names that carry a hash of their content.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For names that stay while their content changes.
pub(super) const REVALIDATED: &str = "no-cache";
/// For what is nobody's to keep.
pub(super) const NOT_KEPT: &str = "no-store";

pub(super) const NOT_BUILT: &str =
    "This page is not part of this build: install Node.js 20.19 or newer and run cargo build again.\n";

/// A page, and what to do where there are none.
pub(super) fn page(path: &str, caching: &'static str, policy: &'static str) -> Response {
    embedded(path, caching, policy)
        .unwrap_or_else(|| plain(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT, policy))
}

/// What a page fetches.
pub(super) fn file(path: &str, caching: &'static str, policy: &'static str) -> Response {
    embedded(path, caching, policy)
        .unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "There is no such file.\n", policy))
}

fn embedded(path: &str, caching: &'static str, policy: &'static str) -> Option<Response> {
    let file = Bundle::get(path)?;
    let kind = file.metadata.mimetype();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    let kind = HeaderValue::from_str(&kind).ok()?;
    Some((headers(kind, caching, policy), Body::from(file.data)).into_response())
}

fn plain(status: StatusCode, text: &'static str, policy: &'static str) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    (status, headers(kind, NOT_KEPT, policy), text).into_response()
}

/// What every file carries, scripts too: a worker's own answer sets its policy.
fn headers(kind: HeaderValue, caching: &'static str, policy: &'static str) -> HeaderMap {
    let all: [(HeaderName, HeaderValue); 5] = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, HeaderValue::from_static(caching)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    all.into_iter().collect()
}
