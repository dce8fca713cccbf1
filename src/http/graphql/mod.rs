//! GraphQL over HTTP (its edition of September 2026), by our own handler: the library's extractors take any content type
//! and answer 200 to everything. In this order: who asks (`door.rs`, `rate.rs`), which media types (`media.rs`), what is
//! asked (`asked.rs`), whether that may be run (`http/document`), and how the answer looks (`answer.rs`).
//!
//! A mutation runs to its end in a task of its own, whatever its client does: one that went away in the middle would
//! leave an open transaction in the pool.

mod answer;
mod asked;
mod failure;
mod media;

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
};

use async_graphql::{
    Error, Pos, Request as GraphQLRequest, Response as GraphQLResponse, parser::types::OperationType,
};
use axum::{
    Extension,
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::Response,
};
use futures_util::FutureExt;
use tokio::task::JoinError;
use tracing::Instrument;

use self::{answer::Answer, asked::Asked, failure::Failure, media::Media};
use super::{
    Answered, Edge,
    document::{self, Admitted, Cost},
    door, rate,
};
use crate::{
    auth::caller::Caller,
    service::{code::ErrorCode, error::ApiError, once::Once, reads::SensitiveReads},
};

/// What everybody who may be somebody pays before anything is read.
const ENTRANCE: u32 = 1;

/// What becomes known of a request while it is answered.
#[derive(Debug, Default)]
struct Known {
    field: Option<String>,
    kind: Option<OperationType>,
    charged: u32,
}

/// `/graphql`, by every method.
pub(super) async fn serve(
    State(edge): State<Edge>,
    Extension(named): Extension<door::Named>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let accepted = Media::accepted(&parts.headers);
    let media = accepted.unwrap_or(Media::Json);
    let mut known = Known::default();
    let running = async {
        let caller = enter(&edge, &named, &parts).await?;
        known.charged = ENTRANCE;
        if accepted.is_none() {
            let message = format!("Accept one of these: {}.", Media::OFFERED);
            return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::NotAcceptable, message));
        }
        run(&edge, caller, parts, body, &mut known).await
    };
    let result = AssertUnwindSafe(running).catch_unwind().await.unwrap_or_else(|panic| {
        // what it said may be about people: the panic hook has told where, and that is enough
        drop(panic);
        tracing::error!(request_id = %named.request_id, "a request panicked");
        Err(Failure::internal())
    });
    let answer = match result {
        Ok((response, cost)) => {
            Answer { media, status: None, headers: Vec::new(), response, cost: Some(cost) }
        }
        Err(failure) => failure.into_answer(media),
    };
    let (mut response, code) = answer.write(&named.request_id);
    let Known { field, kind, charged } = known;
    let outcome = code.map_or("OK", ErrorCode::name);
    response.extensions_mut().insert(Answered { field, kind, outcome, cost: charged });
    response
}

/// What is said in place of [`serve`] to whoever sent these headers, when it took too long.
pub(super) fn too_late(headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let media = Media::accepted(headers).unwrap_or(Media::Json);
    Failure::new(status, ErrorCode::Timeout, message).into_answer(media).write("").0
}

/// Lets somebody in who has a valid token and points to spend.
async fn enter(edge: &Edge, named: &door::Named, parts: &Parts) -> Result<Arc<Caller>, Failure> {
    let (rates, services) = (&edge.0.rates, &edge.0.services);
    let claims = door::claims(services, &parts.headers, named).await.map_err(|stranger| {
        // whose token has run out was let in before, and must learn of it: their address may be that of many
        let refused = if stranger.is_late() { Ok(()) } else { rates.refuse(named.peer) };
        match refused {
            Ok(()) => {
                let message = "Send a valid access token: `Authorization: Bearer <token>`.";
                Failure::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message)
                    .with(header::WWW_AUTHENTICATE, &stranger.challenge())
            }
            Err(refused) => too_often(&refused),
        }
    })?;
    let caller =
        services.caller(&claims, door::origin(&parts.headers, named)).await.map_err(|error| match error {
            ApiError::Unavailable => Failure::crowded(),
            _ => Failure::internal(),
        })?;
    rates.spend(&caller, ENTRANCE).map_err(|refused| too_often(&refused))?;
    Ok(caller)
}

/// Reads, judges, charges and executes.
async fn run(
    edge: &Edge,
    caller: Arc<Caller>,
    parts: Parts,
    body: Body,
    known: &mut Known,
) -> Result<(GraphQLResponse, Cost), Failure> {
    let limits = &edge.0.limits;
    let is_get = parts.method == Method::GET;
    let length = if is_get { Some(0) } else { body.size_hint().exact() };
    let _reading = edge.0.work.room_to_read(length).await.ok_or_else(Failure::crowded)?;
    let asked = match parts.method {
        Method::GET => asked::in_address(parts.uri.query().unwrap_or_default(), limits)?,
        Method::POST => asked::in_body(parts, body, limits).await?,
        _ => return Err(method_not_allowed("GET, POST", "Ask by POST, or queries by GET.")),
    };
    let Asked { query, operation_name, variables } = asked;
    let admitted = document::admit(
        &edge.0.documents,
        &query,
        operation_name.as_deref(),
        &variables,
        limits,
        &edge.0.outline,
    )?;
    let Admitted { document, kind, cost, field } = admitted;
    (known.field, known.kind) = (field, Some(kind));
    if is_get && kind == OperationType::Mutation {
        return Err(method_not_allowed(
            "POST",
            "A mutation is sent by POST: whoever follows a link changes nothing.",
        ));
    }
    charge(edge, &caller, cost, known)?;
    let room = edge.0.work.room(cost.requested).await.ok_or_else(Failure::crowded)?;

    // the text stays here: the schema is given the document that was parsed of it
    let mut request = GraphQLRequest::new("").variables(variables);
    request.operation_name = operation_name;
    let who = Arc::clone(&caller);
    // the schema is for those who may do something
    let request = match caller.roles().is_empty() {
        true => request.disable_introspection().data(caller),
        false => request.data(caller),
    };
    let (schema, services, is_mutation) =
        (edge.0.schema.clone(), edge.0.services.clone(), kind == OperationType::Mutation);
    let running = async move {
        let reads = Arc::new(SensitiveReads::default());
        let request = request.data(Arc::clone(&reads)).data(Arc::<Once>::default());
        let response = schema.execute(request, &document).await;
        // what cannot be logged is not shown
        let response = match services.record_reads(&who, &reads).await {
            Ok(()) => response,
            Err(ApiError::Unavailable) if is_mutation => unlogged(ApiError::InDoubt),
            Err(error) => unlogged(error),
        };
        drop(room);
        response
    };
    if !is_mutation {
        return Ok((running.instrument(tracing::debug_span!("operation")).await, cost));
    }
    let running = edge.0.services.tasks().spawn(running.instrument(tracing::debug_span!("operation")));
    match running.await.map_err(JoinError::try_into_panic) {
        Ok(response) => Ok((response, cost)),
        // told and answered where those of queries are
        Err(Ok(panic)) => resume_unwind(panic),
        Err(Err(_)) => Err(Failure::internal()),
    }
}

/// The answer in place of one whose sensitive reads could not be logged.
fn unlogged(error: ApiError) -> GraphQLResponse {
    GraphQLResponse::from_errors(vec![Error::from(error).into_server_error(Pos::default())])
}

/// Takes the points of an operation from who runs it.
fn charge(edge: &Edge, caller: &Caller, cost: Cost, known: &mut Known) -> Result<(), Failure> {
    let rest = cost.requested.saturating_sub(ENTRANCE);
    match edge.0.rates.spend(caller, rest) {
        Ok(()) => {
            known.charged = ENTRANCE + rest;
            Ok(())
        }
        // the next one pays the entrance again
        Err(rate::Refused::For(wait)) => {
            let failure = Failure::rate_limited(wait + edge.0.rates.point());
            Err(Failure { cost: Some(cost), ..failure })
        }
        Err(rate::Refused::Forever) => {
            let message = "This costs more than anybody may spend at once: ask for smaller pages.";
            Err(Failure { cost: Some(cost), ..Failure::refused(ErrorCode::TooCostly, message) })
        }
    }
}

fn too_often(refused: &rate::Refused) -> Failure {
    match refused {
        rate::Refused::For(wait) => Failure::rate_limited(*wait),
        // one point is more than no budget has
        rate::Refused::Forever => Failure::internal(),
    }
}

fn method_not_allowed(allowed: &str, message: &str) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed, message)
        .with(header::ALLOW, allowed)
}
