//! GraphQL over HTTP, by our own handler: the library's extractors take any content type and answer 200 to everything.
//! A mutation runs to its end in a task of its own, whatever its client does: one that went away in the middle would
//! leave an open transaction in the pool.

use std::panic::AssertUnwindSafe;

use async_graphql::{
    Request as GraphQLRequest, Response as GraphQLResponse, ServerError, Value, Variables,
    parser::types::{OperationType, Selection},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use serde::Deserialize;
use tracing::Instrument;

use super::{
    Edge,
    answered::Answered,
    door,
    expand::is_small,
    scan::{TooLarge, scan, scan_variables},
};

/// The media type of the GraphQL-over-HTTP specification, whose status codes tell how it went.
const GRAPHQL: &str = "application/graphql-response+json";
/// The older media type: 200 whenever there is an answer of GraphQL.
const JSON: &str = "application/json";
/// What a client learns of our own failures.
const OUR_FAULT: &str = "Something went wrong on our side. Support finds it by the request id.";
/// Errors of one answer at most.
const MAX_ERRORS: usize = 10;

/// The body of a request, as the specification has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "named so that a wrong type is refused")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A request that never became GraphQL.
struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

/// `POST /graphql`.
pub(super) async fn post(
    State(edge): State<Edge>,
    Extension(named): Extension<door::Named>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let media = accepted(&headers);
    let caller = match door::caller(edge.0.services.tokens(), &headers, &named) {
        Ok(caller) => caller,
        Err(stranger) => return unauthenticated(media, stranger),
    };
    let request = match read(&headers, body) {
        // the schema is for those who may do something
        Ok(request) if caller.roles().is_empty() => request.disable_introspection().data(caller),
        Ok(request) => request.data(caller),
        Err(Refused { status, code, message }) => return answer(media, status, failed(code, message)),
    };
    let (response, mut answered) =
        execute(&edge, request, &named).instrument(tracing::info_span!("operation")).await;
    if let Some(code) = response.errors.first().and_then(code_of) {
        answered.outcome = code;
    }
    // the older media type leaves the status to the transport: an answer of GraphQL is a 200
    let status = if media == GRAPHQL && is_request_error(&response) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut answer = answer(media, status, response);
    answer.extensions_mut().insert(answered);
    answer
}

fn code_of(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        _ => None,
    }
}

async fn execute(
    edge: &Edge,
    mut request: GraphQLRequest,
    named: &door::Named,
) -> (GraphQLResponse, Answered) {
    let name = request.operation_name.clone();
    let mut answered = Answered { field: None, kind: None, outcome: "OK".to_owned(), cost: 0 };
    let is_mutation = match request.parsed_query() {
        Ok(document) if !is_small(document) => {
            return (failed("DOCUMENT_TOO_LARGE", TooLarge::Fields.message()), answered);
        }
        Ok(document) => document.operations.iter().any(|(operation, definition)| {
            definition.node.ty == OperationType::Mutation
                && name.as_deref().is_none_or(|name| operation.is_none_or(|operation| operation == name))
        }),
        // executing it will say what is wrong
        Err(_) => false,
    };
    if let Ok(document) = request.parsed_query() {
        let mut operations = document.operations.iter();
        let chosen = operations.find(|(operation, _)| {
            name.as_deref().is_none_or(|name| operation.is_none_or(|operation| operation == name))
        });
        if let Some((_, definition)) = chosen {
            answered.kind = Some(definition.node.ty);
            let first = definition.node.selection_set.node.items.first();
            answered.field = first.and_then(|item| match &item.node {
                Selection::Field(field) => Some(field.node.name.node.to_string()),
                _ => None,
            });
        }
    }
    let mut response = if is_mutation {
        let schema = edge.0.schema.clone();
        let running =
            edge.0.services.tasks().spawn(async move { schema.execute(request).await }.in_current_span());
        running.await.unwrap_or_else(|panic| {
            // what it said may be about people: the panic hook has told where, and that is enough
            drop(panic);
            tracing::error!(request_id = %named.request_id, "a mutation panicked");
            failed("INTERNAL", OUR_FAULT)
        })
    } else {
        AssertUnwindSafe(edge.0.schema.execute(request)).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(request_id = %named.request_id, "a query panicked");
            failed("INTERNAL", OUR_FAULT)
        })
    };
    response.errors.truncate(MAX_ERRORS);
    for error in &mut response.errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", "BAD_REQUEST");
        }
        if extensions.get("code") == Some(&Value::from("INTERNAL")) {
            extensions.set("requestId", named.request_id.clone());
        }
    }
    (response, answered)
}

/// Whether the document itself was refused, before anything was executed: errors of fields have a path.
fn is_request_error(response: &GraphQLResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn read(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<GraphQLRequest, Refused> {
    let refused = |status, code, message: &str| Refused { status, code, message: message.to_owned() };
    // a form or plain text can be sent by any page that a member of staff happens to have open
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().map(str::trim).is_none_or(|media| !media.eq_ignore_ascii_case(JSON)) {
        let message = "Send JSON, with `Content-Type: application/json`.";
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let body = body.map_err(|_| {
        refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            "The body has at most 1 MB, and must arrive whole.",
        )
    })?;
    let Body { query, operation_name, variables, .. } = serde_json::from_slice(&body).map_err(|_| {
        let message = r#"Send an object {"query": "…", "variables": {…}, "operationName": "…"}; batches are not taken."#;
        refused(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    })?;
    scan(&query).and_then(|()| variables.as_ref().map_or(Ok(()), scan_variables)).map_err(|exceeded| {
        Refused { status: StatusCode::BAD_REQUEST, code: "DOCUMENT_TOO_LARGE", message: exceeded.message() }
    })?;
    let mut request = GraphQLRequest::new(query);
    request.operation_name = operation_name;
    if let Some(variables) = variables {
        request.variables = Variables::from_json(serde_json::Value::Object(variables));
    }
    Ok(request)
}

/// The media type to answer with: the newer one where it is accepted by name.
fn accepted(headers: &HeaderMap) -> &'static str {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let named = accept
        .flat_map(|value| value.split(','))
        .any(|media| media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(GRAPHQL)));
    if named { GRAPHQL } else { JSON }
}

fn unauthenticated(media: &'static str, stranger: door::Stranger) -> Response {
    let body = failed("UNAUTHENTICATED", "Send a valid access token: `Authorization: Bearer <token>`.");
    let mut response = answer(media, StatusCode::UNAUTHORIZED, body);
    if let Ok(challenge) = HeaderValue::from_str(&stranger.challenge()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn failed(code: &'static str, message: impl Into<String>) -> GraphQLResponse {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    GraphQLResponse::from_errors(vec![error])
}

fn answer(media: &'static str, status: StatusCode, response: GraphQLResponse) -> Response {
    let mut answer = async_graphql_axum::GraphQLResponse::from(response).into_response();
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    answer
}
