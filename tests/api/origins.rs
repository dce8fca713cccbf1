//! Where requests come from: pages of other origins, and proxies in between.

use serde_json::json;

use crate::support::{
    Desk,
    server::{Server, request, setup, whole_conversation},
};

const DESK: &str = "https://desk.example";

/// The head of the answer to a request of a page: a preflight, or the question itself.
async fn head(server: &Server, desk: &Desk, origin: &str, is_preflight: bool) -> String {
    let asked = if is_preflight {
        format!(
            "OPTIONS /graphql HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: authorization,content-type\r\n\r\n"
        )
    } else {
        let question = request(&desk.read_only(), &json!({ "query": "{ viewer { subject } }" }));
        question.replacen("\r\n", &format!("\r\nOrigin: {origin}\r\n"), 1)
    };
    let answer = whole_conversation(server.address, &asked).await;
    answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase()
}

#[tokio::test]
async fn no_page_elsewhere_may_read_answers_by_default() {
    let desk = Desk::open().await;
    let server = Server::start(&desk).await;
    for is_preflight in [true, false] {
        let head = head(&server, &desk, DESK, is_preflight).await;
        assert!(!head.contains("access-control-"), "{head}");
    }
}

#[tokio::test]
async fn pages_of_the_named_origins_may_and_no_others() {
    let desk = Desk::open().await;
    let mut setup = setup();
    setup.allowed_origins = vec![DESK.to_owned(), "http://localhost:5173".to_owned()];
    let server = Server::start_with(&desk, setup).await;
    for origin in [DESK, "http://localhost:5173"] {
        let preflight = head(&server, &desk, origin, true).await;
        assert!(preflight.starts_with("http/1.1 200"), "{preflight}");
        for line in [
            "access-control-allow-methods: get,post",
            "access-control-allow-headers: authorization,content-type,accept",
        ] {
            assert!(preflight.contains(line), "no {line} in {preflight}");
        }
        for is_preflight in [true, false] {
            let head = head(&server, &desk, origin, is_preflight).await;
            assert!(head.contains(&format!("access-control-allow-origin: {origin}\r\n")), "{head}");
            assert!(head.contains("access-control-allow-credentials: true\r\n"), "the cookie: {head}");
        }
        let answer = head(&server, &desk, origin, false).await;
        assert!(answer.contains("access-control-expose-headers: x-request-id,retry-after"), "{answer}");
        assert!(answer.contains("vary: ") && answer.contains("origin"), "{answer}");
    }
    for origin in [
        "null",
        "https://desk.example.evil.example",
        "http://desk.example",
        "https://desk.example:8443",
        "https://sub.desk.example",
    ] {
        for is_preflight in [true, false] {
            let head = head(&server, &desk, origin, is_preflight).await;
            assert!(!head.contains("allow-origin"), "{origin}: {head}");
        }
    }
}

#[tokio::test]
async fn the_trail_has_the_address_that_a_trusted_proxy_tells() {
    let desk = Desk::open().await;
    let mut behind = setup();
    behind.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let act = json!({ "query": "mutation { userFreeze(id: \"1\", frozen: true) { user { id } } }" });
    for (setup, told, kept) in [
        (behind.clone(), "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (behind, "nonsense", "127.0.0.1"),
        (setup(), "203.0.113.7", "127.0.0.1"),
    ] {
        let server = Server::start_with(&desk, setup).await;
        let asked =
            request(&desk.read_only(), &act).replacen("\r\n", &format!("\r\nX-Forwarded-For: {told}\r\n"), 1);
        let (answer, entries) = Box::pin(desk.entries_of(whole_conversation(server.address, &asked))).await;
        assert!(answer.contains("FORBIDDEN"), "{answer}");
        assert_eq!(entries[0].ip.as_deref(), Some(kept));
    }
}
