//! How long a request may take: its body to arrive, and all of it in the end.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep, timeout};

use super::graphql::too_late;
use crate::config::Timeouts;

const LATE_BODY: &str = "The body of the request did not arrive in time.";
const LATE_ANSWER: &str = "That took too long and was given up. A mutation may still take effect: send it again with its \
     idempotency key to learn what came of it.";

/// Answers what takes too long. A mutation runs on in its own task.
pub(super) async fn hurry(State(timeouts): State<Timeouts>, request: Request, next: Next) -> Response {
    let late = Arc::new(AtomicBool::new(false));
    let accept = request.headers().get_all(header::ACCEPT).iter();
    let accept: HeaderMap = accept.map(|value| (header::ACCEPT, value.clone())).collect();
    let request = request.map(|body| Body::new(Hurried::new(body, timeouts.body, Arc::clone(&late))));
    match timeout(timeouts.request, next.run(request)).await {
        Ok(_) if late.load(Ordering::Relaxed) => too_late(&accept, StatusCode::REQUEST_TIMEOUT, LATE_BODY),
        Ok(response) => response,
        Err(_) => too_late(&accept, StatusCode::GATEWAY_TIMEOUT, LATE_ANSWER),
    }
}

/// A body that fails when it has not arrived whole in time, and says so.
pub(super) struct Hurried {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
}

impl Hurried {
    pub(super) fn new(body: Body, limit: Duration, late: Arc<AtomicBool>) -> Self {
        Self { body, deadline: Box::pin(sleep(limit)), late }
    }
}

impl HttpBody for Hurried {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        // asked first: a body that drips in always has something to give
        if self.deadline.as_mut().poll(cx).is_ready() {
            self.late.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err("the body is late".into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
