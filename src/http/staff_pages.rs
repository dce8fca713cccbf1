//! The pages that letters to staff link to: `/staff/invitation` and `/staff/password`. Both are one file of the web build, which
//! finds the secret of its letter behind the `#` of its address: that part is never sent, and so in no log of anybody.

use axum::{Router, response::Response, routing::get};

use super::bundle::{self, NOT_KEPT};

/// Nothing but this server, and the picture of the second factor, which comes in an answer. No text becomes markup or script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

pub(super) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new().route("/staff/invitation", get(page)).route("/staff/password", get(page))
}

async fn page() -> Response {
    bundle::page("staff.html", NOT_KEPT, POLICY)
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{
            Request, StatusCode,
            header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY},
        },
    };
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::http::bundle::Bundle;

    #[tokio::test]
    async fn both_pages_are_small_and_kept_by_nobody() {
        for path in ["/staff/invitation", "/staff/password"] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let (head, body) = routes::<()>().oneshot(request).await.unwrap().into_parts();
            assert_eq!(head.headers[CONTENT_SECURITY_POLICY], POLICY, "{path}");
            assert_eq!(head.headers[REFERRER_POLICY], "no-referrer", "{path}");
            assert_eq!(head.headers[CACHE_CONTROL], "no-store", "{path}");
            if Bundle::get("staff.html").is_none() {
                assert_eq!(head.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
                continue;
            }
            assert_eq!(head.status, StatusCode::OK, "{path}");
            let page = body.collect().await.unwrap().to_bytes();
            let page = String::from_utf8_lossy(&page);
            let named = page.split('"').filter_map(|part| part.strip_prefix("/graphiql/"));
            let bytes: usize = named.map(|file| Bundle::get(file).unwrap().data.len()).sum();
            assert!((1..500_000).contains(&bytes), "without GraphiQL and its editors: {bytes}");
        }
    }
}
