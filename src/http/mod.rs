//! The edge: a bearer token in, JSON out. Which address answers what, and what every answer carries.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
mod answered;
mod bundle;
mod cors;
mod document;
mod door;
mod files;
mod graphiql;
mod graphql;
mod health;
mod mails;
mod metrics;
mod patience;
mod proxy;
mod rate;
mod server;
mod staff_pages;
mod stream;
mod tell;
mod work;

pub use self::{
    answered::Answered,
    server::{Listeners, serve},
};
use self::{document::KnownDocuments, metrics::Metrics, proxy::Proxies, rate::Rates, work::Work};
use crate::{
    auth::keys::LEAD,
    config::{Http, Limits},
    graphql::{Outline, Schema},
    service::Services,
};

/// The header that names a request, in its answer, in the log and in the audit trail.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long others may keep the key set.
const KEY_SET_KEPT: Duration = Duration::from_mins(5);
const _: () =
    assert!(KEY_SET_KEPT.as_secs() < LEAD.as_secs(), "a key that signs is in every key set that is kept");

/// Cost of all documents of strangers that are worked on at the same time: about ten each, of as many as wait to have a password
/// hashed.
const STRANGERS_POINTS: u32 = 2_000;

/// What the handlers need.
#[derive(Clone)]
struct Edge(Arc<Inner>);

struct Inner {
    schema: Schema,
    outline: Outline,
    documents: KnownDocuments,
    services: Services,
    limits: Limits,
    rates: Rates,
    work: Work,
    /// That of strangers who come in.
    strangers_work: Work,
    proxies: Proxies,
    metrics: Metrics,
    /// The origins whose pages may sign somebody in, beside the one that a request goes to.
    own_origins: Vec<String>,
    stopping: AtomicBool,
}

impl Edge {
    fn new(services: Services, setup: &Http) -> Self {
        let schema = crate::graphql::schema(services.clone());
        let proxies = Proxies::new(&setup.trusted_proxies, setup.proxy_header);
        let metrics = Metrics::new(&services);
        let rates = Rates::new(&setup.rates, services.store().clock());
        let services_origin = services.own_origin();
        Self(Arc::new(Inner {
            schema,
            outline: Outline::new(),
            documents: KnownDocuments::default(),
            services,
            limits: setup.limits,
            rates,
            work: Work::new(
                setup.limits.points_at_once,
                setup.limits.large_bodies_at_once,
                setup.timeouts.room,
            ),
            strangers_work: Work::new(STRANGERS_POINTS, 1, setup.timeouts.room),
            proxies,
            metrics,
            own_origins: setup.allowed_origins.iter().cloned().chain(services_origin).collect(),
            stopping: AtomicBool::new(false),
        }))
    }

    /// Says from now on that requests are better sent elsewhere.
    fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }
}

/// Everything that the server answers.
pub fn router(services: Services, setup: &Http) -> Router {
    routes(Edge::new(services, setup), setup)
}

fn routes(edge: Edge, setup: &Http) -> Router {
    // in a demo alone
    let mails = if setup.shows_mails { mails::routes() } else { Router::new() };
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/graphiql") }))
        .route("/graphql", axum::routing::any(graphql::serve))
        .route("/.well-known/jwks.json", get(key_set))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(graphiql::routes())
        .merge(staff_pages::routes())
        .merge(mails)
        .layer(DefaultBodyLimit::max(setup.limits.body_bytes))
        .layer(middleware::from_fn_with_state(setup.timeouts, patience::hurry))
        // bytes stream, and have limits of their own
        .merge(files::routes())
        .layer(cors::layer(&setup.allowed_origins))
        .layer(middleware::from_fn_with_state(edge.clone(), name_request))
        .with_state(edge)
}

/// The public halves of the signing keys (RFC 7517), for those who verify our tokens.
async fn key_set(State(edge): State<Edge>) -> Response {
    let kept = format!("public, max-age={}", KEY_SET_KEPT.as_secs());
    ([(header::CACHE_CONTROL, kept)], Json(edge.0.services.tokens().jwks())).into_response()
}

/// Gives every request an id of ours: what a caller sends as one is not to be trusted, and ends up in logs.
async fn name_request(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let id = edge.0.services.new_request_id();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let peer = peer.map(|peer| edge.0.proxies.client(peer, request.headers()));
    request.extensions_mut().insert(door::Named { request_id: id.clone(), peer });
    let mut response = tell::of(&edge.0.metrics, &id, request, next).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if edge.is_stopping() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}
