//! One line in the log, one span in a trace and one count in the metrics for each request. Addresses are told by their
//! pattern and operations by a field of the schema: whatever else a client wrote could be a secret in the wrong place.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span, field};

use super::{answered::Answered, metrics::Metrics};
use crate::telemetry::{self, meters::Held};

/// Answers, and tells of it under this id.
pub(super) async fn of(metrics: &Metrics, id: &str, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    // at the highest level, so that every line of the request has its id, whichever lines are wanted
    let span = tracing::error_span!(
        "request",
        request_id = id,
        method,
        path,
        otel.kind = "server",
        http.response.status_code = field::Empty,
    );
    telemetry::join(&span, request.headers());
    let in_flight = Held::one(metrics.in_flight());
    let mut waiting = Waiting { span: span.clone(), is_over: false };
    let response = next.run(request).instrument(span.clone()).await;
    waiting.is_over = true;
    drop(in_flight);
    let took = began.elapsed();
    let answered = response.extensions().get::<Answered>();
    metrics.count(response.status(), answered, took);
    span.in_scope(|| line(&span, &path, &response, answered, took.as_millis()));
    response
}

/// A client who waits for an answer, and may go before it comes.
struct Waiting {
    span: Span,
    is_over: bool,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_over {
            self.span.in_scope(|| tracing::info!("the client went away"));
        }
    }
}

fn line(span: &Span, path: &str, response: &Response, answered: Option<&Answered>, ms: u128) {
    let status = response.status().as_u16();
    span.record("http.response.status_code", status);
    match answered {
        Some(Answered { outcome, cost, .. }) => {
            tracing::info!(
                status,
                ms,
                operation = Metrics::operation(answered),
                outcome = *outcome,
                cost,
                "answered"
            );
        }
        // asked every second by machines
        None if path.starts_with("/health/") => tracing::debug!(status, ms, "answered"),
        None => tracing::info!(status, ms, "answered"),
    }
}

/// The method, if it is one that anybody uses.
fn method(method: &Method) -> &'static str {
    [Method::GET, Method::POST, Method::OPTIONS, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE]
        .iter()
        .zip(["GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE"])
        .find(|(known, _)| *known == method)
        .map_or("-", |(_, name)| name)
}
