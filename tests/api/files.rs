//! Links to files: what they take and give, once, for a time, and nothing else. On a folder and in memory alike.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use backdesk::{
    auth::{link::Links, sealing::MasterKey},
    config::{self, Http, Rates, Storage},
    files::{FileKey, Files, FilesError},
};
use backdesk_entity::{document, document_upload};
use futures_util::{StreamExt, stream};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Desk, documents::PDF, is_postgres, program::Site, server};

/// A desk that keeps its files in a folder.
async fn with_folder() -> (Desk, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let storage = Storage::Folder(folder.path().join("files"));
    let links = Links::new(&MasterKey::generate());
    let files = Files::open(&storage, None, links, config::Files::default()).expect("a storage");
    (Desk::open().await.keeping(files), folder)
}

/// The id of the upload that was announced last.
async fn last_upload(desk: &Desk) -> uuid::Uuid {
    let uploads = document_upload::Entity::find().order_by_desc(document_upload::Column::Id);
    uploads.one(&desk.side_door().await).await.expect("a table").expect("an upload").id
}

/// The names of everything in a folder, and below.
fn everything_in(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(everything_in(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn a_folder_keeps_what_was_shared_and_nothing_else() {
    let (desk, folder) = with_folder().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let id = admin.share_pdf(&user).await;
    let (_, forgotten) = admin.announce_pdf(&user, PDF).await;
    assert_eq!(admin.put(&forgotten, PDF).await.status, StatusCode::NO_CONTENT);
    let (bad, url) = admin.announce_pdf(&user, b"no pdf").await;
    assert_eq!(admin.put(&url, &b"no pdf"[..]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(admin.confirm(&user, &bad).await.problems("documentConfirm"), ["INVALID input.documentId"]);
    let (_, broken) = admin.announce_pdf(&user, PDF).await;
    assert_eq!(admin.put(&broken, &PDF[1..]).await.code(), Some("FILE_INCOMPLETE"));
    // a program that ends in the middle leaves a draft, which the library hides from its own lists
    let draft = folder.path().join(format!("files/uploads/{}", last_upload(&desk).await));
    std::fs::create_dir_all(&draft).expect("a folder");
    std::fs::write(draft.join("0190a1b2-0000-7000-8000-000000000001#1"), PDF).expect("a draft");

    desk.hand.advance(Duration::from_mins(70));
    desk.services.sweep().await;
    let left = everything_in(folder.path());
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains(&format!("files/files/{id}/")), "{left:?}");
    assert_eq!(std::fs::read(&left[0]).expect("a file"), PDF);
    let mode = std::fs::metadata(folder.path().join("files")).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn bytes_that_nothing_is_known_of_are_swept_in_the_end() {
    let (desk, folder) = with_folder().await;
    let user = desk.add_user(json!({})).await;
    let (_, url) = desk.admin().announce_pdf(&user, PDF).await;
    desk.admin().put(&url, PDF).await;
    desk.sabotage("DELETE FROM document_uploads").await.expect("a row");
    desk.services.sweep().await;
    assert_eq!(everything_in(folder.path()).len(), 1);
    // files are dated by the system, which is some months ahead of the desk
    desk.hand.advance(Duration::from_hours(24 * 365 * 20));
    desk.services.sweep().await;
    assert_eq!(everything_in(folder.path()), [""; 0]);
}

#[tokio::test]
async fn a_sweep_leaves_alone_what_is_judged_for_a_later_upload() {
    let files = Files::in_memory(Links::new(&MasterKey::generate()), config::Files::default());
    let desk = Desk::open().await.keeping(files.clone());
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    admin.act("documentRequest", &user, json!({ "kind": "TAX" })).await;
    let document = document::Entity::find().one(&desk.side_door().await).await.expect("a table");
    let document = document.expect("a request").id;
    let announce = async || {
        let input = json!({
            "documentId": document, "name": "a.pdf", "contentType": "application/pdf", "size": PDF.len(),
        });
        admin.announce("documentUpload", &user, input, Value::Null).await.text("documentUpload.upload.url")
    };
    // nobody comes for the first one
    announce().await;
    desk.hand.advance(Duration::from_mins(30));
    admin.put(&announce().await, PDF).await;
    desk.hand.advance(Duration::from_mins(45));
    // a confirmation does this before its transaction
    let upload = last_upload(&desk).await;
    let copy = FileKey { document, file: uuid::Uuid::from_u128(7) };
    files.keep(upload, copy).await.expect("a copy");
    desk.services.sweep().await;
    assert_eq!(files.fetch(copy).await.err(), None);
    // it came to nothing
    desk.hand.advance(Duration::from_mins(70));
    desk.services.sweep().await;
    assert_eq!(files.fetch(copy).await.err(), Some(FilesError::Missing));
}

#[tokio::test]
async fn what_cannot_be_swept_stops_nobody_else_and_is_tried_again() {
    let (desk, folder) = with_folder().await;
    let user = desk.add_user(json!({})).await;
    for _ in 0..3 {
        let (_, url) = desk.admin().announce_pdf(&user, PDF).await;
        desk.admin().put(&url, PDF).await;
    }
    let uploads =
        async || document_upload::Entity::find().count(&desk.side_door().await).await.expect("a table");
    // the database refuses to let the first one go
    let (refuse, allow) = match is_postgres() {
        true => (
            "CREATE FUNCTION stays() RETURNS trigger AS $$ BEGIN
                 IF OLD.id = (SELECT id FROM document_uploads ORDER BY id LIMIT 1) THEN RAISE 'stays'; END IF;
                 RETURN OLD;
             END $$ LANGUAGE plpgsql;
             CREATE TRIGGER stays BEFORE DELETE ON document_uploads FOR EACH ROW EXECUTE FUNCTION stays()",
            "DROP TRIGGER stays ON document_uploads",
        ),
        false => (
            "CREATE TRIGGER stays BEFORE DELETE ON document_uploads
             WHEN OLD.id = (SELECT MIN(id) FROM document_uploads) BEGIN SELECT RAISE(ABORT, 'stays'); END",
            "DROP TRIGGER stays",
        ),
    };
    desk.sabotage(refuse).await.expect("a trigger");
    desk.hand.advance(Duration::from_mins(70));
    desk.services.sweep().await;
    assert_eq!((uploads().await, everything_in(folder.path()).len()), (1, 0));
    desk.sabotage(allow).await.expect("no trigger");
    desk.services.sweep().await;
    assert_eq!(uploads().await, 0);
}

#[tokio::test]
async fn a_folder_that_others_may_use_is_refused() {
    let folder = TempDir::new().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let storage = Storage::Folder(folder.path().to_owned());
    let links = Links::new(&MasterKey::generate());
    let error = Files::open(&storage, None, links, config::Files::default()).expect_err("a refusal");
    assert!(error.to_string().contains("chmod go="), "{error}");
}

#[tokio::test]
async fn a_link_takes_one_file() {
    for desk in [Desk::open().await, with_folder().await.0] {
        let user = desk.add_user(json!({})).await;
        let (id, url) = desk.admin().announce_pdf(&user, PDF).await;
        let stranger = desk.stranger();
        let (one, two) = tokio::join!(stranger.put(&url, PDF), stranger.put(&url, PDF));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::NO_CONTENT, StatusCode::GONE]);
        let other = b"%PDF-1.7 a lie!";
        assert_eq!(desk.stranger().put(&url, &other[..]).await.code(), Some("LINK_EXPIRED"));
        assert_eq!(desk.admin().confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
        assert_eq!(desk.stranger().put(&url, PDF).await.code(), Some("LINK_EXPIRED"));
        let link = desk.admin().download(&user, &id).await.text("documentDownload.url");
        assert_eq!(desk.stranger().get(&link).await.raw.as_bytes(), PDF);
    }
}

#[tokio::test]
async fn what_breaks_off_can_be_sent_again_and_what_is_too_much_is_refused() {
    for desk in [Desk::open().await, with_folder().await.0] {
        let user = desk.add_user(json!({})).await;
        let (_, url) = desk.admin().announce_pdf(&user, PDF).await;
        let more = [PDF, b"!"].concat();
        let dripping = |bytes: &[u8], breaks: bool| {
            let mut parts: Vec<Result<Vec<u8>, std::io::Error>> =
                bytes.chunks(4).map(|part| Ok(part.to_vec())).collect();
            if breaks {
                parts.push(Err(std::io::ErrorKind::ConnectionReset.into()));
            }
            Body::from_stream(stream::iter(parts))
        };
        for (body, status, code) in [
            (Body::from(more.clone()), StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE"),
            (dripping(&more, false), StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE"),
            (dripping(&PDF[..7], false), StatusCode::BAD_REQUEST, "FILE_INCOMPLETE"),
            (dripping(PDF, true), StatusCode::BAD_REQUEST, "FILE_INCOMPLETE"),
            (Body::empty(), StatusCode::BAD_REQUEST, "FILE_INCOMPLETE"),
        ] {
            let answer = desk.stranger().put(&url, body).await;
            assert_eq!((answer.status, answer.code()), (status, Some(code)));
        }
        assert_eq!(desk.stranger().put(&url, dripping(PDF, false)).await.status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn a_link_is_good_for_one_thing_and_a_short_time() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().share_pdf(&user).await;
    let (_, upload) = desk.admin().announce_pdf(&user, PDF).await;
    let download = desk.admin().download(&user, &id).await.text("documentDownload.url");
    let stranger = desk.stranger();
    let refused = |answer: &crate::support::Answer| (answer.status, answer.code().map(str::to_owned));
    let invalid = (StatusCode::FORBIDDEN, Some("LINK_INVALID".to_owned()));
    assert_eq!(refused(&stranger.get(&upload).await), invalid);
    assert_eq!(refused(&stranger.put(&download, PDF).await), invalid);
    let (head, last) = download.split_at(download.len() - 1);
    let changed = format!("{head}{}", if last == "A" { "E" } else { "A" });
    for url in [changed.as_str(), "/files/x", "/files/..%2f..%2fetc%2fpasswd", "/files/%00"] {
        assert_eq!(refused(&stranger.get(url).await), invalid, "{url}");
    }
    let request =
        Request::builder().method(Method::POST).uri(&upload).body(Body::empty()).expect("a request");
    let answer = stranger.send(request).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::METHOD_NOT_ALLOWED, Some("METHOD_NOT_ALLOWED")));

    desk.hand.advance(Duration::from_mins(10));
    let expired = (StatusCode::GONE, Some("LINK_EXPIRED".to_owned()));
    assert_eq!(refused(&stranger.get(&download).await), expired);
    assert_eq!(refused(&stranger.put(&upload, PDF).await), expired);
}

#[tokio::test]
async fn what_is_fetched_runs_nowhere_and_is_kept_nowhere() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "lastName": "Lovelace" })).await;
    let id = desk.admin().share_pdf(&user).await;
    let url = desk.admin().download(&user, &id).await.text("documentDownload.url");
    for personal in ["passport", "Lovelace", &user, &id] {
        assert!(!url.contains(personal), "{url}");
    }
    let answer = desk.stranger().get(&url).await;
    let header = |name: &str| answer.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("content-length"), "15");
    assert_eq!(header("content-disposition"), format!("attachment; filename=\"document-{id}.pdf\""));
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(
        (header("x-content-type-options"), header("cache-control")),
        ("nosniff".into(), "no-store".into())
    );
}

#[tokio::test]
async fn whoever_guesses_links_is_slowed_down() {
    let rates = Rates { strangers_burst: 3, ..Rates::default() };
    let desk = Desk::open().await.behind(&Http { rates, ..Http::default() });
    for code in ["LINK_INVALID", "LINK_INVALID", "LINK_INVALID", "RATE_LIMITED"] {
        let answer = desk.stranger().get("/files/guess").await;
        assert_eq!(answer.code(), Some(code));
        assert_eq!(answer.headers.contains_key("retry-after"), code == "RATE_LIMITED");
    }
}

#[tokio::test]
async fn a_file_that_does_not_arrive_in_time_is_given_up() {
    let limits = config::Files { arrival: Duration::from_millis(100), ..config::Files::default() };
    let files = Files::in_memory(Links::new(&MasterKey::generate()), limits);
    let desk = Desk::open().await.keeping(files);
    let user = desk.add_user(json!({})).await;
    let (_, url) = desk.admin().announce_pdf(&user, PDF).await;
    let stalled = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answer = desk.stranger().put(&url, stalled).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::REQUEST_TIMEOUT, Some("TIMEOUT")));
    assert_eq!(desk.stranger().put(&url, PDF).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nobody_takes_the_room_of_everybody_with_one_link() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let (_, slow) = desk.admin().announce_pdf(&user, PDF).await;
    let (_, other) = desk.admin().announce_pdf(&user, PDF).await;
    let hanging: Vec<_> = (0..2)
        .map(|_| {
            let (stranger, slow) = (desk.stranger(), slow.clone());
            let stalled = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
            tokio::spawn(async move { stranger.put(&slow, stalled).await })
        })
        .collect();
    // until both of them hang, this one is asked for its bytes
    let mut answer = desk.stranger().put(&slow, Body::empty()).await;
    for _ in 0..1_000 {
        if answer.code() != Some("FILE_INCOMPLETE") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        answer = desk.stranger().put(&slow, Body::empty()).await;
    }
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, Some("UNAVAILABLE")));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(desk.stranger().put(&other, PDF).await.status, StatusCode::NO_CONTENT);
    // whose connection is gone may send again
    for one in hanging {
        one.abort();
        assert!(one.await.is_err());
    }
    assert_eq!(desk.stranger().put(&slow, PDF).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_arrives_when_it_is_awaited_no_more_is_thrown_away() {
    let files = Files::in_memory(Links::new(&MasterKey::generate()), config::Files::default());
    let desk = Desk::open().await.keeping(files.clone());
    let user = desk.add_user(json!({})).await;
    let (_, url) = desk.admin().announce_pdf(&user, PDF).await;
    let upload = last_upload(&desk).await;
    // the last bytes come when the upload is gone
    let (database, services) = (desk.side_door().await, desk.services.clone());
    let late = async move {
        document_upload::Entity::delete_many().exec(&database).await.expect("a table");
        services.sweep().await;
        Ok::<_, std::io::Error>(PDF[7..].to_vec())
    };
    let body = stream::iter([Ok(PDF[..7].to_vec())]).chain(stream::once(Box::pin(late)));
    let answer = desk.stranger().put(&url, Body::from_stream(body)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::GONE, Some("LINK_EXPIRED")));
    assert_eq!(files.sent(upload).await, Ok(None));
}

#[tokio::test]
async fn a_file_whose_commit_is_in_doubt_stays() {
    if !is_postgres() {
        // SQLite answers every commit
        return;
    }
    let files = Files::in_memory(Links::new(&MasterKey::generate()), config::Files::default());
    let desk = Desk::open().await.keeping(files.clone());
    let user = desk.add_user(json!({})).await;
    let (id, url) = desk.admin().announce_pdf(&user, PDF).await;
    desk.admin().put(&url, PDF).await;
    // the commit ends as if the server had gone down with it
    let doubt = "CREATE FUNCTION doubt() RETURNS trigger AS $$ BEGIN
                     RAISE 'doubt' USING ERRCODE = '57P01';
                 END $$ LANGUAGE plpgsql;
                 CREATE CONSTRAINT TRIGGER doubt AFTER INSERT ON documents DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION doubt()";
    desk.sabotage(doubt).await.expect("a trigger");
    let answer = desk.admin().confirm(&user, &id).await;
    assert!(answer.raw.contains("lost while it committed"), "{}", answer.raw);
    assert_eq!(files.of_document(crate::support::uuid(&id)).await.map(|files| files.len()), Ok(1));
}

#[tokio::test]
async fn limits_of_files_are_configured() {
    let limits = config::Files { bytes: 1024, picture_bytes: 1024, at_once: 1, ..config::Files::default() };
    let desk = Desk::open().await.keeping(Files::in_memory(Links::new(&MasterKey::generate()), limits));
    let user = desk.add_user(json!({})).await;
    for (mutation, content_type) in
        [("documentUpload", "application/pdf"), ("userUploadPicture", "image/png")]
    {
        let mut input = json!({ "name": "a", "contentType": content_type, "size": 1025 });
        if mutation == "documentUpload" {
            input["kind"] = json!("OTHER");
        }
        let answer = desk.admin().announce(mutation, &user, input, Value::Null).await;
        assert_eq!(answer.problems(mutation), ["INVALID input.size"]);
    }
    // one file is handled at a time: the next is asked to come again
    let (_, slow) = desk.admin().announce_pdf(&user, PDF).await;
    let (_, next) = desk.admin().announce_pdf(&user, PDF).await;
    let stranger = desk.stranger();
    let holding = tokio::spawn(async move {
        let stalled = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
        stranger.put(&slow, stalled).await
    });
    while desk.services.file_room(Duration::ZERO).await.is_some() {
        tokio::task::yield_now().await;
    }
    let answer = desk.stranger().put(&next, PDF).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, Some("UNAVAILABLE")));
    holding.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_takes_and_hands_out_a_file() {
    let site = Site::new(&[]).await;
    site.run(&["seed", "--users", "1"]);
    let token = site.token("admin");
    let mut program = site.serve();
    let address = program.address();
    let ask = async |query: String| {
        let request = server::request_with(&token, &json!({ "query": query }));
        let answer = server::whole_conversation(address, &request).await;
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str::<Value>(body).unwrap_or_else(|_| panic!("{answer}"))
    };
    let users = ask("{ users(first: 1) { nodes { id } } }".into()).await;
    let user = users["data"]["users"]["nodes"][0]["id"].as_str().expect("a user").to_owned();
    let announced = ask(format!(
        "mutation {{ documentUpload(id: \"{user}\", input: {{ kind: TAX, name: \"a.pdf\", contentType: \
         \"application/pdf\", size: {} }}) {{ documentId upload {{ url }} }} }}",
        PDF.len()
    ))
    .await;
    let part = &announced["data"]["documentUpload"];
    let url = part["upload"]["url"].as_str().expect("a link").to_owned();
    let id = part["documentId"].as_str().expect("an id").to_owned();
    let bytes = String::from_utf8_lossy(PDF);
    let put = format!(
        "PUT {url} HTTP/1.1\r\nHost: desk\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{bytes}",
        PDF.len()
    );
    let sent = server::whole_conversation(address, &put).await;
    assert!(sent.starts_with("HTTP/1.1 204"), "{sent}");
    let confirmed = ask(format!(
        "mutation {{ documentConfirm(id: \"{user}\", input: {{ documentId: \"{id}\" }}) {{ errors {{ code message }} }} }}"
    ))
    .await;
    assert_eq!(confirmed["data"]["documentConfirm"]["errors"], json!([]));
    let link = ask(format!("{{ documentDownload(id: \"{user}\", documentId: \"{id}\") {{ url }} }}")).await;
    let url = link["data"]["documentDownload"]["url"].as_str().expect("a link").to_owned();
    let fetched = server::get(address, &url).await;
    assert!(fetched.starts_with("HTTP/1.1 200") && fetched.ends_with(&*bytes), "{fetched}");
    // links stand in no log
    let log = program.log();
    assert!(log.contains("/files/{token}") && !log.contains(url.trim_start_matches("/files/")), "{log}");
}
