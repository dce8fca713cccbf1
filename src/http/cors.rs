//! Pages of other origins (CORS): those that are configured may read answers, and nobody else. Access tokens travel in a header
//! that a page sets itself; the cookie with the refresh token is a credential of the browser, which comes along from pages of our
//! own site alone (`SameSite=Strict`).

use std::time::Duration;

use axum::http::{HeaderValue, Method, header};
use tower::{layer::util::Identity, util::Either};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::REQUEST_ID;

/// How long a browser may keep what it was told.
const KEPT: Duration = Duration::from_hours(1);

/// Answers preflights and marks answers, for these origins exactly; without any there is no CORS at all.
pub(super) fn layer(origins: &[String]) -> Either<CorsLayer, Identity> {
    if origins.is_empty() {
        return Either::Right(Identity::new());
    }
    let origins: Vec<HeaderValue> =
        origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_credentials(true)
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER])
        .max_age(KEPT);
    Either::Left(layer)
}
