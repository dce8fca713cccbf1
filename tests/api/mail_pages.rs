//! The letters of a demo on a page: for whoever sits at the machine, and in a demo alone. And the program itself, which sends
//! them where a server is configured.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    response::Response,
};
use backdesk::{
    auth::{sealing::MasterKey, token::Tokens},
    clock::Clock,
    config::{Http, Pool},
    http,
    service::Services,
    store::{Database, Store},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::{
    outbox::{Outbox, to},
    program::{MASTER_KEY, Site},
    server::get,
    smtp::MailServer,
};

async fn desk(outbox: &Outbox, shows_mails: bool) -> Router {
    let ring = outbox.store.key_ring().await.expect("keys");
    let tokens = Tokens::new(ring, "backdesk".into(), "backdesk".into(), outbox.clock.clone());
    let services = Services::new(outbox.store.clone(), tokens);
    http::router(services, &Http { shows_mails, ..Http::default() })
}

async fn ask(router: &Router, peer: &str, host: &str, path: &str) -> (StatusCode, Response) {
    let mut request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.clone().oneshot(request).await.unwrap();
    (answer.status(), answer)
}

async fn text(answer: Response) -> String {
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

const HERE: &str = "127.0.0.1:50000";

#[tokio::test]
async fn a_demo_shows_its_letters_the_newest_first_and_opens_them_in_a_sandbox() {
    let outbox = Outbox::open().await;
    outbox.post(2).await;
    let router = desk(&outbox, true).await;
    let (status, list) = ask(&router, HERE, "localhost:8080", "/demo/mails").await;
    assert_eq!(status, StatusCode::OK);
    let list = text(list).await;
    let at = |address: &str| list.find(address).unwrap_or_else(|| panic!("no {address} in {list}"));
    assert!(at("ada1@example.com") < at("ada0@example.com"));
    let id = outbox.rows().await[1].id;
    let (_, page) = ask(&router, HERE, "127.0.0.1:8080", &format!("/demo/mails/{id}")).await;
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let page = text(page).await;
    assert!(page.contains("ada1@example.com"), "{page}");
    let frame =
        format!("sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/demo/mails/{id}/letter\"");
    assert!(page.contains(&frame), "{page}");
    let (_, letter) = ask(&router, HERE, "[::1]:8080", &format!("/demo/mails/{id}/letter")).await;
    let policy = letter.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("; sandbox allow-popups"), "{policy}");
    let letter = text(letter).await;
    assert!(
        letter.contains("href=\"https://desk.example/#invitation=s3cret\" target=\"_blank\""),
        "{letter}"
    );
    for path in ["/demo/mails/x", "/demo/mails/018f0000-0000-7000-8000-000000000000/letter"] {
        assert_eq!(ask(&router, HERE, "localhost", path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let outbox = Outbox::open().await;
    outbox.post(1).await;
    let id = outbox.rows().await[0].id;
    let (demo, real) = (desk(&outbox, true).await, desk(&outbox, false).await);
    for path in ["/demo/mails".to_owned(), format!("/demo/mails/{id}"), format!("/demo/mails/{id}/letter")] {
        for (router, peer, host) in [
            (&demo, "192.0.2.7:50000", "localhost:8080"),
            (&demo, "[2001:db8::7]:50000", "localhost:8080"),
            (&demo, HERE, "evil.example:8080"),
            (&real, HERE, "localhost:8080"),
        ] {
            let (status, answer) = ask(router, peer, host, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{peer} {host} {path}");
            assert!(!text(answer).await.contains("s3cret"));
        }
        let (status, _) = ask(&demo, HERE, "localhost:8080", &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_sends_what_anybody_posted_and_counts_it() {
    let server = MailServer::start().await;
    let url = format!("smtp://{}?tls=none", server.address);
    let site =
        Site::new(&[("BACKDESK_SMTP_URL", &url), ("BACKDESK_MAIL_FROM", "Backdesk <desk@backdesk.example>")])
            .await;
    let database = Database::open(&site.database.url, Pool::of(2)).await.expect("the database opens");
    let store = Store::new(database, MasterKey::parse(MASTER_KEY).expect("a key"), Clock::system());
    let mut program = site.serve();
    let address = program.address();
    // not by the program itself: it looks
    let permit = std::sync::Arc::new(backdesk::auth::caller::Caller::system("test"))
        .permit(backdesk::auth::policy::Action::PlatformFact)
        .expect("a permit");
    let writer = store.write(permit).await.expect("a transaction");
    writer.post(&to("ada@example.com")).await.expect("posted");
    writer.unchanged().await.expect("committed");
    let [letter] = &server.once_there_are(1).await[..] else { panic!("one letter") };
    assert_eq!(letter.to, ["ada@example.com"]);
    assert!(get(address, "/demo/mails").await.starts_with("HTTP/1.1 404"));
    program.terminate();
    let (status, log) = program.wait();
    assert!(status.success(), "{log}");
    assert!(log.contains("a letter was sent"), "{log}");
    assert!(!log.contains("ada@example") && !log.contains("s3cret") && !log.contains("Lovelace"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_says_once_that_letters_wait_where_no_server_is_configured() {
    let site = Site::new(&[]).await;
    let mut program = site.serve();
    program.address();
    program.terminate();
    let (_, log) = program.wait();
    assert_eq!(log.matches("BACKDESK_SMTP_URL").count(), 1, "{log}");
}
