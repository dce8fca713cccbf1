//! What orchestrators and load balancers ask, without a token: whether the process lives, and whether it can serve.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Edge;
use crate::service::health::Health;

/// `GET /health/live`: the process answers. Restarting it would mend nothing that `/health/ready` complains of.
pub(super) async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// `GET /health/ready`: send requests here, or do not for now, and why.
pub(super) async fn ready(State(edge): State<Edge>) -> Response {
    let reason = match edge.is_stopping() {
        true => Some("stopping"),
        false => match edge.0.services.health().await {
            Health::Good => None,
            Health::DatabaseBehind => Some("migrations"),
            Health::DatabaseGone => Some("database"),
        },
    };
    match reason {
        None => Json(json!({ "status": "ready" })).into_response(),
        Some(reason) => {
            let body = Json(json!({ "status": "unavailable", "reason": reason }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}
