//! An answer as it goes out: its errors made fit to be seen, its status by what happened and by the media type.

use async_graphql::{Response as GraphQLResponse, ServerError, Value};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

use super::media::Media;
use crate::{http::document::Cost, service::code::ErrorCode};

/// What a client learns of our own failures.
pub(super) const OUR_FAULT: &str = "Something went wrong on our side. Support finds it by the request id.";

/// Errors of one answer at most.
const MAX_ERRORS: usize = 10;
/// Bytes of all errors of an answer at most; the first is always told.
const MAX_BYTES: usize = 15 * 1024;
/// Characters of a message at most: those of the library contain names of the document.
const MAX_MESSAGE: usize = 300;
/// What GraphQL over HTTP answers instead of 200 where data come with errors.
const PARTIAL: u16 = 294;
/// When to try again while the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// An answer before it is written.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) media: Media,
    /// The status, where it is the same in both media types.
    pub(super) status: Option<StatusCode>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) response: GraphQLResponse,
    pub(super) cost: Option<Cost>,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions>,
}

#[derive(Serialize)]
struct Extensions {
    cost: Points,
}

#[derive(Serialize)]
struct Points {
    requested: u32,
    limit: u32,
}

impl Answer {
    /// The answer of HTTP, and the code of its first error.
    pub(super) fn write(mut self, request_id: &str) -> (Response, Option<ErrorCode>) {
        self.tidy(request_id);
        let (status, has_data) = self.judge();
        let errors = &self.response.errors;
        let first = errors.first().and_then(code_of);
        let cost = self.cost.map(|cost| Points { requested: cost.requested, limit: cost.limit });
        let written = Written {
            errors,
            data: has_data.then_some(&self.response.data),
            extensions: cost.map(|cost| Extensions { cost }),
        };
        let (status, body) = match serde_json::to_vec(&written) {
            Ok(body) => (status, body),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.media.header());
        headers.append(header::VARY, HeaderValue::from_static("accept"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        headers.extend(self.headers);
        (response, first)
    }

    /// Every error has a code, ours name the request, and none is long.
    fn tidy(&mut self, request_id: &str) {
        let errors = &mut self.response.errors;
        errors.truncate(MAX_ERRORS);
        let mut bytes = 0;
        let mut kept = 0;
        for error in errors.iter_mut() {
            if code_of(error).is_none() {
                translate(error);
            }
            if code_of(error) == Some(ErrorCode::Internal) {
                error.extensions.get_or_insert_default().set("requestId", request_id);
            }
            bytes += serde_json::to_vec(&error).map_or(0, |written| written.len());
            if bytes > MAX_BYTES && kept == 0 {
                // names of a path that long say nothing
                error.path.clear();
            }
            if bytes <= MAX_BYTES || kept == 0 {
                kept += 1;
            }
        }
        errors.truncate(kept);
    }

    /// The status, and whether there are data to send.
    fn judge(&self) -> (StatusCode, bool) {
        let errors = &self.response.errors;
        if let Some(status) = self.status {
            return (status, false);
        }
        if errors.is_empty() {
            return (StatusCode::OK, true);
        }
        if is_nothing(&self.response.data) {
            let all = |code| errors.iter().all(|error| code_of(error) == Some(code));
            if all(ErrorCode::Unavailable) {
                return (StatusCode::SERVICE_UNAVAILABLE, false);
            }
            if all(ErrorCode::Internal) {
                return (StatusCode::INTERNAL_SERVER_ERROR, false);
            }
        }
        // errors of fields have a path, and what they are a part of was executed
        let was_executed =
            self.response.data != Value::Null || errors.iter().any(|error| !error.path.is_empty());
        let status = match (self.media, errors.first().and_then(code_of)) {
            (Media::GraphQl, _) if was_executed => StatusCode::from_u16(PARTIAL).unwrap_or(StatusCode::OK),
            (Media::GraphQl, Some(ErrorCode::SyntaxError)) => StatusCode::BAD_REQUEST,
            (Media::GraphQl, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (Media::Json, Some(ErrorCode::BadRequest | ErrorCode::BatchNotAllowed)) => {
                StatusCode::BAD_REQUEST
            }
            (Media::Json, _) => StatusCode::OK,
        };
        (status, was_executed)
    }
}

/// Whether nothing was found out: every field failed.
fn is_nothing(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        _ => false,
    }
}

fn code_of(error: &ServerError) -> Option<ErrorCode> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(name) => ErrorCode::ALL.iter().copied().find(|code| code.name() == name),
        _ => None,
    }
}

/// An error of the library: a field's are about values, all others about the document.
fn translate(error: &mut ServerError) {
    let code = if error.path.is_empty() { ErrorCode::ValidationFailed } else { ErrorCode::BadInput };
    error.extensions.get_or_insert_default().set("code", code.name());
    // what was found instead is the caller's own text, of any length
    for before in [", found ", " found ", " does not contain the value "] {
        if let Some((wanted, _)) = error.message.split_once(before) {
            error.message = format!("{wanted}.");
        }
    }
    if let Some((at, _)) = error.message.char_indices().nth(MAX_MESSAGE) {
        error.message.truncate(at);
        error.message.push('…');
    }
}
