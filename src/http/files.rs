//! `/files/{token}`: bytes of documents and pictures that are kept in a folder. The link is the permit, so no token is
//! asked for; whoever tries links that are none is slowed down like any stranger. Bytes stream, within limits of their
//! own in size, time and number.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Extension, Json, Router,
    body::{Body, HttpBody},
    extract::{Path, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{Edge, door::Named, patience::Hurried, rate};
use crate::service::{
    code::ErrorCode,
    document::{Fetched, Link, LinkError, Purpose, ReceiveError},
    error::ApiError,
};

/// Nothing that a file holds runs, or reaches anything, in a browser that opens it all the same.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// When to try again while the storage or the database is away, or too much is handled.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// Why a link did not do what was asked of it.
struct Refusal {
    status: StatusCode,
    code: ErrorCode,
    message: &'static str,
    wait: Option<HeaderValue>,
}

pub(super) fn routes() -> Router<Edge> {
    Router::new().route("/files/{token}", get(fetch).put(receive).fallback(wrong_method))
}

/// `GET`: the bytes of a file.
async fn fetch(
    State(edge): State<Edge>,
    Extension(named): Extension<Named>,
    Path(token): Path<String>,
    method: Method,
) -> Result<Response, Refusal> {
    let link = open(&edge, &named, &token)?;
    if link.purpose == Purpose::Upload {
        return Err(wrong_use(&edge, &named));
    }
    let services = &edge.0.services;
    let _room = services.file_room(edge.0.work.patience()).await.ok_or_else(crowded)?;
    let file = services.fetch(&link).await.map_err(|_: ApiError| unavailable())?;
    let Fetched { media_type, disposition, size, bytes } = file.ok_or_else(over)?;
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(bytes) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, size.into());
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// `PUT`: takes the bytes that were announced, once.
async fn receive(
    State(edge): State<Edge>,
    Extension(named): Extension<Named>,
    Path(token): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    let link = open(&edge, &named, &token)?;
    if link.purpose != Purpose::Upload {
        return Err(wrong_use(&edge, &named));
    }
    let services = &edge.0.services;
    let awaited = services.awaited(&link).await.map_err(|_| unavailable())?.ok_or_else(over)?;
    if body.size_hint().lower() > awaited {
        return Err(too_large());
    }
    let _sending = services.sending(&link).ok_or_else(sent_already)?;
    let _room = services.file_room(edge.0.work.patience()).await.ok_or_else(crowded)?;
    let late = Arc::new(AtomicBool::new(false));
    let body = Body::new(Hurried::new(body, services.file_arrival(), Arc::clone(&late)));
    match services.receive(&link, awaited, body.into_data_stream()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(_) if late.load(Ordering::Relaxed) => Err(Refusal {
            status: StatusCode::REQUEST_TIMEOUT,
            code: ErrorCode::Timeout,
            message: "The file did not arrive in time: send it again, by the same link.",
            wait: None,
        }),
        Err(ReceiveError::TooMany) => Err(too_large()),
        Err(ReceiveError::TooFew) => Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: ErrorCode::FileIncomplete,
            message: "Fewer bytes came than were announced: send the file again, by the same link.",
            wait: None,
        }),
        Err(ReceiveError::Used) => Err(over()),
        Err(ReceiveError::Storage(_)) => Err(unavailable()),
    }
}

async fn wrong_method() -> Response {
    let refusal = Refusal {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: ErrorCode::MethodNotAllowed,
        message: "A file is fetched by GET, and sent by PUT.",
        wait: None,
    };
    ([(header::ALLOW, "GET, HEAD, PUT")], refusal).into_response()
}

/// What a link says. Whoever brings none of ours is a stranger.
fn open(edge: &Edge, named: &Named, token: &str) -> Result<Link, Refusal> {
    edge.0.services.verify_link(token).map_err(|error| match error {
        LinkError::Expired => over(),
        LinkError::Forged => wrong_use(edge, named),
    })
}

fn wrong_use(edge: &Edge, named: &Named) -> Refusal {
    match edge.0.rates.refuse(named.peer) {
        Ok(()) => Refusal {
            status: StatusCode::FORBIDDEN,
            code: ErrorCode::LinkInvalid,
            message: "This is no link to a file that could be used so: ask for one by the API.",
            wait: None,
        },
        Err(refused) => {
            let seconds = match refused {
                rate::Refused::For(wait) => wait.as_secs() + 1,
                rate::Refused::Forever => 1,
            };
            Refusal {
                status: StatusCode::TOO_MANY_REQUESTS,
                code: ErrorCode::RateLimited,
                message: "Too many links that are none: wait as many seconds as `Retry-After` says.",
                wait: Some(seconds.into()),
            }
        }
    }
}

fn over() -> Refusal {
    Refusal {
        status: StatusCode::GONE,
        code: ErrorCode::LinkExpired,
        message: "This link was used, or its time is over: ask for a new one by the API.",
        wait: None,
    }
}

fn too_large() -> Refusal {
    Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: ErrorCode::FileTooLarge,
        message: "The file has more bytes than were announced: announce it anew with its whole size.",
        wait: None,
    }
}

fn unavailable() -> Refusal {
    Refusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: ErrorCode::Unavailable,
        message: "The file cannot be reached: try again in a moment.",
        wait: Some(RETRY_AFTER),
    }
}

fn crowded() -> Refusal {
    let message =
        "Too many files are handled already: try again after as many seconds as `Retry-After` says.";
    Refusal { message, ..unavailable() }
}

fn sent_already() -> Refusal {
    let message = "This file is being sent by this link already: try again when that is over.";
    Refusal { message, ..unavailable() }
}

impl IntoResponse for Refusal {
    /// An error as `/graphql` has them.
    fn into_response(self) -> Response {
        let Self { status, code, message, wait } = self;
        let error = json!({ "message": message, "extensions": { "code": code.name() } });
        let mut response = (status, Json(json!({ "errors": [error] }))).into_response();
        response.headers_mut().extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
        response
    }
}
