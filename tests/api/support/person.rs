//! Somebody who asks the desk: roles are values, and a question is a call.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Answer;

/// Somebody with a token, or a stranger.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) router: Router,
    pub(crate) token: Option<String>,
    /// The address that they ask from; none where it does not matter.
    pub(crate) address: Option<IpAddr>,
}

impl Person {
    /// The same from this address.
    pub(crate) fn from(self, address: &str) -> Self {
        Self { address: Some(address.parse().expect("an address")), ..self }
    }

    /// The same at another door.
    pub(crate) fn at(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// Asks, without variables.
    pub(crate) async fn ask(&self, document: &str) -> Answer {
        self.ask_with(document, json!({})).await
    }

    /// Asks, with variables.
    pub(crate) async fn ask_with(&self, document: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": document, "variables": variables })).await
    }

    /// Sends a body as JSON.
    pub(crate) async fn post(&self, body: &Value) -> Answer {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        self.send(request).await
    }

    /// Sends any request, with the token where there is one.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().expect("a header");
            request.headers_mut().entry(header::AUTHORIZATION).or_insert(value);
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 40_000)));
        }
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let raw = String::from_utf8_lossy(&bytes).into_owned();
        let mut body = serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(raw.clone()));
        let extensions = body.as_object_mut().and_then(|body| body.remove("extensions")).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body, extensions, raw }
    }
}
