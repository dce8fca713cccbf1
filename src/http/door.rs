//! Who asks: the bearer token of a request, and where it came from.

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, header};

use crate::{
    auth::{
        caller::Origin,
        token::{Claims, TokenError},
    },
    service::Services,
};

/// Characters of a user agent that are kept.
const USER_AGENT: usize = 200;

/// A request as it was named at the edge.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) request_id: String,
    pub(super) peer: Option<IpAddr>,
}

/// Why nobody was let in: the reason of RFC 6750, section 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    /// No token at all.
    NoToken,
    /// A token that does not hold, and why.
    BadToken(&'static str),
}

impl Stranger {
    /// Of a token whose session has ended, or what it says that its bearer holds.
    pub(super) const ENDED: Self = Self::BadToken("session_ended");

    /// Whether the token was good and is no longer.
    pub(super) fn is_late(self) -> bool {
        self == Self::ENDED
            || matches!(self, Self::BadToken(reason) if reason == TokenError::Expired.reason())
    }

    /// The challenge of the `WWW-Authenticate` header.
    pub(super) fn challenge(self) -> String {
        match self {
            Self::NoToken => r#"Bearer realm="backdesk""#.to_owned(),
            Self::BadToken(reason) => {
                format!(r#"Bearer realm="backdesk", error="invalid_token", error_description="{reason}""#)
            }
        }
    }
}

/// What the token says, by the `Authorization` header alone: tokens in addresses end up in logs.
pub(super) async fn claims(
    services: &Services,
    headers: &HeaderMap,
    named: &Named,
) -> Result<Arc<Claims>, Stranger> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else {
        return Err(Stranger::NoToken);
    };
    if given.next().is_some() {
        return Err(Stranger::BadToken("more_than_one"));
    }
    let text = value.to_str().map_err(|_| Stranger::BadToken("malformed"))?;
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => return Err(Stranger::NoToken),
    };
    services.verify(token).await.map_err(|error| {
        tracing::info!(request_id = %named.request_id, reason = error.reason(), "a token was refused");
        Stranger::BadToken(error.reason())
    })
}

/// Where a request came from.
pub(super) fn origin(headers: &HeaderMap, named: &Named) -> Origin {
    let user_agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Origin {
        request_id: Some(named.request_id.clone()),
        ip: named.peer,
        user_agent: user_agent.map(|agent| agent.chars().take(USER_AGENT).collect()),
    }
}
