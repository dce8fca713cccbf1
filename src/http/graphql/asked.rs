//! A request as GraphQL over HTTP has it: from a body of JSON, or for queries from the address.

use async_graphql::Variables;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::Deserialize;
use serde_json::Map;

use super::{failure::Failure, media};
use crate::{config::Limits, http::document::scan_variables, service::code::ErrorCode};

/// What somebody asks.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

/// The parameters, by their names in the specification. Others are ignored, as it wants.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "named so that a wrong type is refused")]
    extensions: Option<Map<String, serde_json::Value>>,
}

/// From the body of a POST.
pub(super) async fn in_body(parts: Parts, body: Body, limits: &Limits) -> Result<Asked, Failure> {
    if !media::is_plain_json(&parts.headers) {
        let message = "Send JSON in UTF-8, not compressed, with `Content-Type: application/json`.";
        let failure =
            Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::UnsupportedMediaType, message);
        return Err(failure.with(header::ACCEPT_ENCODING, "identity"));
    }
    // who announces too much is not read at all
    if announced(&parts.headers).is_some_and(|length| length > limits.body_bytes) {
        return Err(too_large(limits));
    }
    let body =
        Bytes::from_request(Request::from_parts(parts, body), &()).await.map_err(
            |rejection| match rejection {
                BytesRejection::FailedToBufferBody(error)
                    if error.status() == StatusCode::PAYLOAD_TOO_LARGE =>
                {
                    too_large(limits)
                }
                _ => bad_json("The body did not arrive whole."),
            },
        )?;
    if body.trim_ascii_start().starts_with(b"[") {
        let message = "Several requests in one are not taken: send them one by one.";
        return Err(Failure::malformed(ErrorCode::BatchNotAllowed, message));
    }
    let parameters = serde_json::from_slice(&body).map_err(|error: serde_json::Error| {
        if error.is_data() {
            let message =
                r#"Send an object {"query": "…", "variables": {…}, "operationName": "…"}, each name once."#;
            return Failure::malformed(ErrorCode::BadRequest, message);
        }
        bad_json("This is no JSON in UTF-8, a number in it is out of range, or it nests too deep.")
    })?;
    asked(parameters, limits)
}

/// From the address of a GET.
pub(super) fn in_address(query: &str, limits: &Limits) -> Result<Asked, Failure> {
    let bad = |message: &str| Failure::malformed(ErrorCode::BadRequest, message);
    if percent_encoding::percent_decode_str(query).decode_utf8().is_err() {
        return Err(bad("The address is not UTF-8."));
    }
    let (mut document, mut operation_name, mut variables, mut extensions) = (None, None, None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = match name.as_ref() {
            "query" => &mut document,
            "operationName" => &mut operation_name,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(bad("Give each parameter once."));
        }
    }
    let object = |text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| serde_json::from_str::<Option<Map<_, _>>>(&text))
            .transpose()
            .map(Option::flatten)
            .map_err(|error| {
                if error.is_data() {
                    return bad("`variables` and `extensions` are objects in JSON.");
                }
                bad_json("`variables` or `extensions` is no JSON, a number in it is out of range, or it nests too deep.")
            })
    };
    let query = document.ok_or_else(|| bad("The parameter `query` is missing."))?;
    let (variables, extensions) = (object(variables)?, object(extensions)?);
    asked(Parameters { query, operation_name, variables, extensions }, limits)
}

fn asked(parameters: Parameters, limits: &Limits) -> Result<Asked, Failure> {
    let Parameters { query, operation_name, variables, .. } = parameters;
    let variables = variables.unwrap_or_default();
    scan_variables(&variables, limits)?;
    Ok(Asked {
        query,
        operation_name: operation_name.filter(|name| !name.is_empty()),
        variables: Variables::from_json(serde_json::Value::Object(variables)),
    })
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limits: &Limits) -> Failure {
    let message = format!("A body has at most {} bytes.", limits.body_bytes);
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BodyTooLarge, message).limit(limits.body_bytes)
}

fn bad_json(message: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, ErrorCode::BadJson, message)
}
