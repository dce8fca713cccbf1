//! A request that was not run, and what is said to it.

use std::time::Duration;

use async_graphql::{Response as GraphQLResponse, ServerError, Value};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::{
    answer::{Answer, OUR_FAULT},
    media::Media,
};
use crate::{
    http::document::{Cost, Refusal},
    service::code::ErrorCode,
};

/// Why a request was not run.
#[derive(Debug)]
pub(super) struct Failure {
    /// The status, where it is the same in both media types: the request never was one of GraphQL.
    pub(super) status: Option<StatusCode>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) error: Box<ServerError>,
    pub(super) cost: Option<Cost>,
}

impl Failure {
    /// Refused by HTTP.
    pub(super) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status: Some(status), ..Self::refused(code, message) }
    }

    /// No request of GraphQL.
    pub(super) fn malformed(code: ErrorCode, message: &str) -> Self {
        Self::refused(code, message)
    }

    /// A request of GraphQL that is not run.
    pub(super) fn refused(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut error = ServerError::new(message, None);
        error.extensions.get_or_insert_default().set("code", code.name());
        Self { status: None, headers: Vec::new(), error: Box::new(error), cost: None }
    }

    /// Too much, too often.
    pub(super) fn rate_limited(wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let message = "Too many requests, or too costly ones: wait as many seconds as `Retry-After` says.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message)
            .with(header::RETRY_AFTER, &seconds.max(1).to_string())
    }

    /// Too much is worked on already.
    pub(super) fn crowded() -> Self {
        let message = "The server is busy: try again after as many seconds as `Retry-After` says.";
        Self::refused(ErrorCode::Unavailable, message)
    }

    /// Our own fault.
    pub(super) fn internal() -> Self {
        Self::refused(ErrorCode::Internal, OUR_FAULT)
    }

    pub(super) fn limit(mut self, limit: usize) -> Self {
        self.error.extensions.get_or_insert_default().set("limit", Value::from(limit));
        self
    }

    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    pub(super) fn into_answer(self, media: Media) -> Answer {
        let Self { status, headers, error, cost } = self;
        Answer { media, status, headers, response: GraphQLResponse::from_errors(vec![*error]), cost }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let cost = refusal.cost;
        Self { status: None, headers: Vec::new(), error: Box::new(refusal.into()), cost }
    }
}
