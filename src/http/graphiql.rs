//! GraphiQL, the page for trying queries: what `build.rs` made of web/, carried inside the program and served
//! with headers that allow it nothing but this server. Whatever else a browser is shown as a file belongs
//! here too; answers with data do not.
//!
//! The page itself needs no token: it is the same for everybody and holds no data. It asks `/graphql`, which does.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

/// The bundle; empty when the program was built without Node.js.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Bundle;

/// Monaco, the editor in the page, sets inline styles and starts workers; scripts come from this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For names that stay while their content changes.
const REVALIDATED: &str = "no-cache";
/// For names that carry a hash of their content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

const NOT_BUILT: &str =
    "GraphiQL is not part of this build: install Node.js 20.19 or newer and run cargo build again.\n";

/// Routes of the page and its files, all below `/graphiql`.
pub(super) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route("/graphiql", get(page))
        .route("/graphiql/", get(page))
        .route("/graphiql/assets/{*path}", get(asset))
        .route("/graphiql/licenses.md", get(licenses))
}

async fn page() -> Response {
    embedded("index.html", REVALIDATED).unwrap_or_else(|| plain(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT))
}

async fn asset(Path(path): Path<String>) -> Response {
    embedded(&format!("assets/{path}"), IMMUTABLE).unwrap_or_else(not_found)
}

/// The notices of the packages inside the bundle.
async fn licenses() -> Response {
    embedded("licenses.md", REVALIDATED).unwrap_or_else(not_found)
}

fn embedded(path: &str, caching: &'static str) -> Option<Response> {
    let file = Bundle::get(path)?;
    let kind = file.metadata.mimetype();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    let kind = HeaderValue::from_str(&kind).ok()?;
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, HeaderValue::from_static(caching))];
    Some((guarded(headers), Body::from(file.data)).into_response())
}

fn not_found() -> Response {
    plain(StatusCode::NOT_FOUND, "There is no such file.\n")
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, guarded(headers), text).into_response()
}

/// The headers given, and those that everything served from here carries: a worker's own answer sets its policy.
fn guarded(headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> HeaderMap {
    let mut all: HeaderMap = headers.into_iter().collect();
    all.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    all.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    all.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    all
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn fetch(path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (head, body) = routes::<()>().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn the_page_and_all_it_names_come_from_here() {
        let (status, headers, page) = fetch("/graphiql").await;
        assert_eq!(headers[CONTENT_SECURITY_POLICY], POLICY);
        if Bundle::get("index.html").is_none() {
            assert_eq!((status, page.as_str()), (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT));
            return;
        }
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[CACHE_CONTROL], REVALIDATED);

        let named: Vec<&str> =
            page.split(['"']).filter(|part| part.starts_with('/') || part.contains("://")).collect();
        assert!(named.len() >= 2, "a script and a style sheet: {named:?}");
        for path in named {
            let (status, headers, _) = fetch(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }

    #[tokio::test]
    async fn each_file_has_its_content_type_and_is_kept() {
        for path in Bundle::iter().filter(|path| path.starts_with("assets/")) {
            let (status, headers, _) = fetch(&format!("/graphiql/{path}")).await;
            let kind = match path.rsplit('.').next() {
                Some("js") => "text/javascript; charset=utf-8",
                Some("css") => "text/css; charset=utf-8",
                Some("ttf") => "font/ttf",
                _ => panic!("what is {path}?"),
            };
            assert_eq!((status, headers[CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, kind), "{path}");
            assert_eq!(headers[CACHE_CONTROL], IMMUTABLE, "{path}");
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_bundle_is_served() {
        for path in [
            "/graphiql/assets/none.js",
            "/graphiql/assets/../index.html",
            "/graphiql/assets/%2e%2e/index.html",
        ] {
            assert_eq!(fetch(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
