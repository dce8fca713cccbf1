//! `/demo/mails`: the letters of a demo, which has nobody to send them. Letters hold links that let people in, so these pages
//! exist in a demo alone, and for whoever sits at this machine alone.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    Router,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};

use super::Edge;
use crate::{mail::Shown, service::parse_id};

/// Letters of the list at most.
const MOST: u64 = 100;
/// A page runs nothing, and frames a letter.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);
/// A letter reaches nothing: neither this page nor, by pictures, anybody else. Its links open pages of their own.
const LETTER: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-popups allow-popups-to-escape-sandbox",
);
/// Where proxies say whom they speak for.
const FORWARDED: [HeaderName; 2] = [HeaderName::from_static("x-forwarded-for"), header::FORWARDED];

#[derive(Template)]
#[template(path = "mails.html")]
struct Mails {
    most: u64,
    mails: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Mail {
    mail: Shown,
}

pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/demo/mails", get(list))
        .route("/demo/mails/{id}", get(open))
        .route("/demo/mails/{id}/letter", get(letter))
        .layer(middleware::from_fn(only_from_here))
}

async fn list(State(edge): State<Edge>) -> Response {
    match edge.0.services.newest_mails(MOST).await {
        Ok(mails) => page(PAGE, Mails { most: MOST, mails }.render()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn open(State(edge): State<Edge>, Path(id): Path<String>) -> Response {
    match find(&edge, &id).await {
        Ok(mail) => page(PAGE, Mail { mail }.render()),
        Err(status) => status.into_response(),
    }
}

async fn letter(State(edge): State<Edge>, Path(id): Path<String>) -> Response {
    match find(&edge, &id).await {
        Ok(mail) => page(LETTER, Ok(mail.written.html.to_string())),
        Err(status) => status.into_response(),
    }
}

async fn find(edge: &Edge, id: &str) -> Result<Shown, StatusCode> {
    let id = parse_id(id).ok_or(StatusCode::NOT_FOUND)?;
    let found = edge.0.services.mail(id).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    found.ok_or(StatusCode::NOT_FOUND)
}

fn page(policy: HeaderValue, text: Result<String, askama::Error>) -> Response {
    let Ok(text) = text else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, text).into_response()
}

/// Everybody else finds nothing here: who comes over a network, by a proxy, or by a page that gave this machine a name of its
/// own (DNS rebinding).
async fn only_from_here(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_here = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    if is_here && is_asked_here(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Whether a request names this machine, and nobody speaks for somebody else.
fn is_asked_here(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let is_ours = host.is_some_and(|host| matches!(host.host(), "localhost" | "127.0.0.1" | "[::1]"));
    is_ours && FORWARDED.iter().all(|name| !headers.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(HeaderName, &str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        is_asked_here(&headers.collect())
    }

    #[test]
    fn only_this_machine_is_asked_and_nobody_in_between() {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            assert!(asked(&[(header::HOST, host)]), "{host}");
            for name in FORWARDED {
                assert!(!asked(&[(header::HOST, host), (name, "127.0.0.1")]), "{host}");
            }
        }
        for host in
            ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "desk", "10.0.0.7"]
        {
            assert!(!asked(&[(header::HOST, host)]), "{host}");
        }
        assert!(!asked(&[]));
    }
}
