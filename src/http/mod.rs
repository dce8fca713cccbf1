//! The edge: a bearer token in, JSON out. Which address answers what, and what every answer carries.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
mod document;
mod door;
mod graphiql;
mod graphql;
mod rate;
mod server;

pub use self::{graphql::Answered, server::serve};
use crate::{
    config::{Http, Limits},
    graphql::{Outline, Schema},
    service::Services,
};

/// The header that names a request, in its answer, in the log and in the audit trail.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the handlers need.
#[derive(Clone)]
struct Edge(Arc<Inner>);

struct Inner {
    schema: Schema,
    outline: Outline,
    services: Services,
    limits: Limits,
    rates: rate::Rates,
}

/// Everything that the server answers.
pub fn router(services: Services, setup: &Http) -> Router {
    let schema = crate::graphql::schema(services.clone());
    let rates = rate::Rates::new(&setup.rates, services.store().clock());
    let edge =
        Edge(Arc::new(Inner { schema, outline: Outline::new(), services, limits: setup.limits, rates }));
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/graphiql") }))
        .route("/graphql", axum::routing::any(graphql::serve))
        .route("/.well-known/jwks.json", get(key_set))
        .merge(graphiql::routes())
        .layer(DefaultBodyLimit::max(setup.limits.body_bytes))
        .layer(middleware::from_fn_with_state(edge.clone(), name_request))
        .with_state(edge)
}

/// The public halves of the signing keys (RFC 7517), for those who verify our tokens.
async fn key_set(State(edge): State<Edge>) -> Response {
    let keys = Json(edge.0.services.tokens().ring().jwks());
    ([(header::CACHE_CONTROL, "public, max-age=300")], keys).into_response()
}

/// Gives every request an id of ours: what a caller sends as one is not to be trusted, and ends up in logs.
async fn name_request(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let id = edge.0.services.new_request_id();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    request.extensions_mut().insert(door::Named { request_id: id.clone(), peer });
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}
