//! The same documents in a bucket: bytes go between client and storage, by links that the storage knows, past us.

use std::{fmt::Write, time::Duration};

use axum::http::StatusCode;
use backdesk::{
    auth::{link::Links, sealing::MasterKey},
    config::{self, S3, SecretKey, Storage},
    files::Files,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::support::{Desk, documents::PDF, server::read_to_end};

/// A service that speaks S3, with a bucket, until the test ends.
struct Service {
    folder: TempDir,
    endpoint: String,
}

impl Service {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        std::fs::create_dir(folder.path().join("desk")).expect("a bucket");
        let mut builder =
            S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).expect("a file system"));
        builder.set_auth(SimpleAuth::from_single("ada", "lovelace"));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { folder, endpoint }
    }

    fn files(&self, secret: &str, limits: config::Files) -> Files {
        let s3 = S3 {
            bucket: "desk".into(),
            region: "us-east-1".into(),
            endpoint: Some(self.endpoint.parse().expect("an address")),
            access_key: "ada".into(),
            secret_key: SecretKey::Given(secret.to_owned().into()),
        };
        let links = Links::new(&MasterKey::generate());
        Files::open(&Storage::S3(Box::new(s3)), None, links, limits).expect("a storage")
    }

    /// What lies in the bucket, without what the service notes beside it.
    fn objects(&self) -> Vec<String> {
        fn below(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() { below(&path, found) } else { found.push(path.display().to_string()) }
            }
        }
        let mut found = Vec::new();
        below(&self.folder.path().join("desk"), &mut found);
        found
    }
}

/// Sends a request to a link of the storage, as any client does: status line and body of the answer.
async fn speak(method: &str, url: &str, headers: &Value, bytes: &[u8]) -> (String, String) {
    let url: url::Url = url.parse().expect("an address");
    let host = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
    let mut head =
        format!("{method} {}?{} HTTP/1.1\r\nHost: {host}\r\n", url.path(), url.query().expect("a query"));
    for header in headers.as_array().into_iter().flatten() {
        let part = |name: &str| header[name].as_str().expect("text").to_owned();
        write!(head, "{}: {}\r\n", part("name"), part("value")).expect("a text");
    }
    write!(head, "Content-Length: {}\r\nConnection: close\r\n\r\n", bytes.len()).expect("a text");
    let mut stream = TcpStream::connect(&host).await.expect("a connection");
    stream.write_all(&[head.as_bytes(), bytes].concat()).await.expect("sent");
    let answer = read_to_end(&mut stream).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    (head.to_owned(), body.to_owned())
}

fn input(bytes: &[u8]) -> Value {
    json!({ "kind": "TAX", "name": "a.pdf", "contentType": "application/pdf", "size": bytes.len() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_goes_to_a_bucket_and_comes_back() {
    let service = Service::start().await;
    let desk = Desk::open().await.keeping(service.files("lovelace", config::Files::default()));
    let admin = desk.admin();
    let user = desk.add_user(json!({ "lastName": "Lovelace" })).await;
    let announced = admin.announce("documentUpload", &user, input(PDF), Value::Null).await;
    let (url, id) =
        (announced.text("documentUpload.upload.url"), announced.text("documentUpload.documentId"));
    assert!(url.starts_with(&service.endpoint), "{url}");
    assert!(!url.contains(&user) && !url.contains("a.pdf"), "{url}");
    let early = admin.confirm(&user, &id).await;
    assert_eq!(early.problems("documentConfirm"), ["INVALID input.documentId"]);
    let headers = announced.data("documentUpload.upload.headers");
    assert_eq!(headers, json!([{ "name": "content-type", "value": "application/pdf" }]));
    let (head, body) = speak("PUT", &url, &headers, PDF).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
    assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    // whoever still has the link writes where nobody looks
    let (head, _) = speak("PUT", &url, &headers, b"%PDF-1.7 a lie!").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");

    let link = admin.download(&user, &id).await;
    assert_eq!(link.data("documentDownload.size"), 15);
    let url = link.text("documentDownload.url");
    assert!(!url.contains("a.pdf"), "{url}");
    let (head, body) = speak("GET", &url, &Value::Null, b"").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
    assert_eq!(body.as_bytes(), PDF);
    let lower = head.to_lowercase();
    assert!(lower.contains("content-disposition: attachment"), "{head}");
    // our own address has nothing to do with it
    assert_eq!(desk.stranger().get("/files/x").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_nothing_that_was_refused_or_forgotten() {
    let service = Service::start().await;
    let desk = Desk::open().await.keeping(service.files("lovelace", config::Files::default()));
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let send = async |announced: &[u8], bytes: &[u8]| {
        let answer = admin.announce("documentUpload", &user, input(announced), Value::Null).await;
        let headers = answer.data("documentUpload.upload.headers");
        let (head, _) = speak("PUT", &answer.text("documentUpload.upload.url"), &headers, bytes).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        answer.text("documentUpload.documentId")
    };
    for (announced, bytes) in
        [(&b"hello, I lie"[..], &b"hello, I lie"[..]), (PDF, &PDF[1..]), (&PDF[1..], PDF)]
    {
        let id = send(announced, bytes).await;
        let answer = admin.confirm(&user, &id).await;
        assert_eq!(answer.problems("documentConfirm"), ["INVALID input.documentId"]);
    }
    send(PDF, PDF).await;
    assert_eq!(service.objects().len(), 1, "{:?}", service.objects());
    desk.hand.advance(Duration::from_mins(70));
    desk.services.sweep().await;
    assert_eq!(service.objects(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_a_bucket_ends_and_takes_what_it_was_made_for() {
    let service = Service::start().await;
    let desk = Desk::open().await.keeping(service.files("lovelace", config::Files::default()));
    let user = desk.add_user(json!({})).await;
    let announced = desk.admin().announce("documentUpload", &user, input(PDF), Value::Null).await;
    let url = announced.text("documentUpload.upload.url");
    // another type, and another object
    let headers = json!([{ "name": "content-type", "value": "text/html" }]);
    let (head, _) = speak("PUT", &url, &headers, PDF).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    let headers = announced.data("documentUpload.upload.headers");
    let (head, _) = speak("PUT", &url.replace("/body", "/other"), &headers, PDF).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");

    // the storage has a clock of its own
    let limits = config::Files { link: Duration::from_secs(1), ..config::Files::default() };
    let desk = Desk::open().await.keeping(service.files("lovelace", limits));
    let user = desk.add_user(json!({})).await;
    let announced = desk.admin().announce("documentUpload", &user, input(PDF), Value::Null).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let (head, _) = speak("PUT", &announced.text("documentUpload.upload.url"), &headers, PDF).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_refuses_us_is_unavailable() {
    let service = Service::start().await;
    let desk = Desk::open().await.keeping(service.files("another key", config::Files::default()));
    let user = desk.add_user(json!({})).await;
    let (id, _) = desk.admin().announce_pdf(&user, PDF).await;
    let answer = desk.admin().confirm(&user, &id).await;
    assert_eq!(answer.code(), Some("UNAVAILABLE"), "{}", answer.body);
}
