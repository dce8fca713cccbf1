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
mod origin;

use std::{
    net::IpAddr,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    time::Duration,
};

use async_graphql::{
    Error, Pos, Request as GraphQLRequest, Response as GraphQLResponse, Variables,
    parser::types::OperationType,
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
    graphql::Browser,
    service::{code::ErrorCode, error::ApiError, once::Once, reads::SensitiveReads},
};

/// What everybody who may be somebody pays before anything is read.
const ENTRANCE: u32 = 1;

/// Bytes of a body at most that a stranger sends: names, passwords and tokens are short.
const STRANGERS_BYTES: u64 = 16 * 1024;

/// What a stranger's document costs at most: all that the ways in answer costs about a hundred.
const STRANGERS_COST: u32 = 200;

/// What becomes known of a request while it is answered.
#[derive(Default)]
struct Known {
    field: Option<String>,
    kind: Option<OperationType>,
    charged: u32,
    /// Whose cookie may change.
    browser: Option<Arc<Browser>>,
}

/// Who asks.
struct Who {
    caller: Arc<Caller>,
    /// Why it is nobody in particular: what they are told who ask for what needs a token.
    stranger: Option<door::Stranger>,
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
        let who = enter(&edge, &named, &parts).await?;
        known.charged = ENTRANCE;
        if accepted.is_none() && who.stranger.is_none() {
            let message = format!("Accept one of these: {}.", Media::OFFERED);
            return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::NotAcceptable, message));
        }
        run(&edge, who, named.peer, parts, body, &mut known).await
    };
    let result = AssertUnwindSafe(running).catch_unwind().await.unwrap_or_else(|panic| {
        // what it said may be about people: the panic hook has told where, and that is enough
        drop(panic);
        tracing::error!(request_id = %named.request_id, "a request panicked");
        Err(Failure::internal())
    });
    let answer = match result {
        Ok((response, cost)) => {
            let headers = known.browser.as_deref().and_then(origin::set_cookie).into_iter().collect();
            Answer { media, status: None, headers, response, cost: Some(cost) }
        }
        Err(failure) => failure.into_answer(media),
    };
    let (mut response, code) = answer.write(&named.request_id);
    let Known { field, kind, charged, browser: _ } = known;
    let outcome = code.map_or("OK", ErrorCode::name);
    response.extensions_mut().insert(Answered { field, kind, outcome, cost: charged });
    response
}

/// What is said in place of [`serve`] to whoever sent these headers, when it took too long.
pub(super) fn too_late(headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let media = Media::accepted(headers).unwrap_or(Media::Json);
    Failure::new(status, ErrorCode::Timeout, message).into_answer(media).write("").0
}

/// Lets somebody in who has a valid token and points to spend; and, as a stranger, whoever brings none and may want to sign in.
async fn enter(edge: &Edge, named: &door::Named, parts: &Parts) -> Result<Who, Failure> {
    let (rates, services) = (&edge.0.rates, &edge.0.services);
    let origin = door::origin(&parts.headers, named);
    let claims = match door::claims(services, &parts.headers, named).await {
        Ok(claims) => claims,
        Err(stranger @ door::Stranger::NoToken) if parts.method == Method::POST => {
            rates.visit(named.peer).map_err(|refused| too_often(&refused))?;
            return Ok(Who { caller: Arc::new(Caller::stranger(origin)), stranger: Some(stranger) });
        }
        Err(stranger) => return Err(refused(edge, named.peer, stranger)),
    };
    let caller = services.caller(&claims, origin).await.map_err(|error| match error {
        ApiError::Unauthenticated => refused(edge, named.peer, door::Stranger::ENDED),
        ApiError::Unavailable => Failure::crowded(),
        _ => Failure::internal(),
    })?;
    rates.spend(&caller, ENTRANCE).map_err(|refused| too_often(&refused))?;
    Ok(Who { caller, stranger: None })
}

/// What is said to whoever has no valid token, and asks for what needs one.
fn refused(edge: &Edge, peer: Option<IpAddr>, stranger: door::Stranger) -> Failure {
    // whose token has run out was let in before, and must learn of it beside strangers on the same address
    let rates = &edge.0.rates;
    let refused = if stranger.is_late() { rates.visit(peer) } else { rates.refuse(peer) };
    if let Err(refused) = refused {
        return too_often(&refused);
    }
    let message = "Send a valid access token: `Authorization: Bearer <token>`.";
    Failure::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message)
        .with(header::WWW_AUTHENTICATE, &stranger.challenge())
}

/// What is asked, if it may be run.
async fn read(
    edge: &Edge,
    parts: Parts,
    body: Body,
) -> Result<(Admitted, Option<String>, Variables), Failure> {
    let (limits, is_get) = (&edge.0.limits, parts.method == Method::GET);
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
    if is_get && admitted.kind == OperationType::Mutation {
        return Err(method_not_allowed(
            "POST",
            "A mutation is sent by POST: whoever follows a link changes nothing.",
        ));
    }
    Ok((admitted, operation_name, variables))
}

/// Reads, judges, charges and executes.
async fn run(
    edge: &Edge,
    Who { caller, stranger }: Who,
    peer: Option<IpAddr>,
    parts: Parts,
    body: Body,
    known: &mut Known,
) -> Result<(GraphQLResponse, Cost), Failure> {
    let length = if parts.method == Method::GET { Some(0) } else { body.size_hint().exact() };
    if let Some(stranger) = stranger
        && length.is_none_or(|bytes| bytes > STRANGERS_BYTES)
    {
        return Err(refused(edge, peer, stranger));
    }
    let headers = match parts.headers.contains_key(header::ORIGIN) {
        true => parts.headers.clone(),
        false => HeaderMap::new(),
    };
    let _reading = edge.0.work.room_to_read(length).await.ok_or_else(Failure::crowded)?;
    let (admitted, operation_name, variables) = match stranger {
        None => read(edge, parts, body).await?,
        // whatever is no way in is answered alike: nobody without a token learns anything of it
        Some(stranger) => {
            let read = read(edge, parts, body).await.ok();
            let read = read.filter(|(it, ..)| it.is_open_to_all && it.cost.requested <= STRANGERS_COST);
            read.ok_or_else(|| refused(edge, peer, stranger))?
        }
    };
    let Admitted { document, kind, cost, field, entrances, is_open_to_all: _ } = admitted;
    (known.field, known.kind) = (field, Some(kind));
    if entrances.open() > 0 {
        known.browser = origin::judge(&headers, &edge.0.own_origins)?.map(Arc::new);
    }
    edge.0.rates.come_in(peer, entrances).map_err(|refused| too_often(&refused))?;
    // of strangers, the address pays
    if stranger.is_none() {
        charge(edge, &caller, cost, known)?;
    }
    // who wants to come in waits long for a place to hash: that takes no room from those who are in
    let work = if stranger.is_none() { &edge.0.work } else { &edge.0.strangers_work };
    let room = work.room(cost.requested).await.ok_or_else(Failure::crowded)?;

    // the text stays here: the schema is given the document that was parsed of it
    let mut request = GraphQLRequest::new("").variables(variables);
    request.operation_name = operation_name;
    let who = Arc::clone(&caller);
    // the schema is for those who may do something
    let request = match caller.roles().is_empty() {
        true => request.disable_introspection().data(caller),
        false => request.data(caller),
    };
    let browser = known.browser.clone();
    let (schema, services, is_mutation) =
        (edge.0.schema.clone(), edge.0.services.clone(), kind == OperationType::Mutation);
    let running = async move {
        let reads = Arc::new(SensitiveReads::default());
        let request = request.data(Arc::clone(&reads)).data(Arc::<Once>::default());
        let request = match browser {
            Some(browser) => request.data(browser),
            None => request,
        };
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
        // what is wrong with a document tells of the schema
        Ok(response) if is_of_no_field(&response) && stranger.is_some() => {
            Err(refused(edge, peer, stranger.unwrap_or(door::Stranger::NoToken)))
        }
        Ok(response) => Ok((response, cost)),
        // told and answered where those of queries are
        Err(Ok(panic)) => resume_unwind(panic),
        Err(Err(_)) => Err(Failure::internal()),
    }
}

/// Whether nothing was executed: the document, or its variables, are wrong.
fn is_of_no_field(response: &GraphQLResponse) -> bool {
    !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty())
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
        // of fields by which people come in, more than an address ever has: fewer at a time, then
        rate::Refused::Forever => Failure::rate_limited(Duration::from_mins(1)),
    }
}

fn method_not_allowed(allowed: &str, message: &str) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed, message)
        .with(header::ALLOW, allowed)
}
