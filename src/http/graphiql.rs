//! GraphiQL, the page for trying queries, and the files of the web build.
//!
//! The page itself needs no token: it is the same for everybody and holds no data. It asks `/graphql`, which does.

use axum::{Router, extract::Path, response::Response, routing::get};

use super::bundle::{self, IMMUTABLE, REVALIDATED};

/// Monaco, the editor in the page, sets inline styles and starts workers; scripts come from this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
    bundle::page("index.html", REVALIDATED, POLICY)
}

async fn asset(Path(path): Path<String>) -> Response {
    bundle::file(&format!("assets/{path}"), IMMUTABLE, POLICY)
}

/// The notices of the packages inside the bundle.
async fn licenses() -> Response {
    bundle::file("licenses.md", REVALIDATED, POLICY)
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{
            HeaderMap, Request, StatusCode,
            header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
        },
    };
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::http::bundle::{Bundle, NOT_BUILT};

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
