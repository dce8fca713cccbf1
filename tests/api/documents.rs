//! The life of a document: asked for, announced, sent, judged, decided on, fetched; and what is refused on the way.

use std::time::Duration;

use axum::http::StatusCode;
use backdesk_entity::document;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person,
    documents::{PDF, PNG},
    fifty,
};

/// A document as its table has it.
async fn row(desk: &Desk, id: &str) -> Option<document::Model> {
    let found = document::Entity::find_by_id(uuid::Uuid::try_parse(id).unwrap());
    found.one(&desk.side_door().await).await.expect("a table")
}

/// The documents, as their table has them.
async fn rows(desk: &Desk) -> Vec<document::Model> {
    document::Entity::find().all(&desk.side_door().await).await.expect("a table")
}

async fn request(desk: &Desk, user: &str, input: Value) -> String {
    let answer = desk.compliance().act("documentRequest", user, input).await;
    assert_eq!(answer.problems("documentRequest"), [""; 0], "{}", answer.body);
    rows(desk).await.pop().expect("a request").id.to_string()
}

fn file(document: &str, bytes: &[u8]) -> Value {
    let size = bytes.len();
    json!({ "documentId": document, "name": "bill.pdf", "contentType": "application/pdf", "size": size })
}

async fn decide(person: &Person, user: &str, document: &str, decision: &str, reason: Value) -> Answer {
    let input = json!({ "documentId": document, "decision": decision, "reason": reason });
    person.act("documentDecide", user, input).await
}

#[tokio::test]
async fn a_document_is_asked_for_sent_shared_accepted_and_fetched() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let user = desk.add_user(json!({})).await;
    let id = request(&desk, &user, json!({ "kind": "ADDRESS", "note": "A bill." })).await;
    let asked = row(&desk, &id).await.unwrap();
    assert_eq!((asked.state as i16, asked.note.as_deref()), (0, Some("A bill.")));
    assert_eq!(asked.requested_by.as_deref(), Some("A person who is compliance"));

    let announced = compliance.announce("documentUpload", &user, file(&id, PDF), Value::Null).await;
    assert_eq!(announced.problems("documentUpload"), [""; 0]);
    assert_eq!(announced.text("documentUpload.documentId"), id);
    assert_eq!(row(&desk, &id).await.unwrap(), asked, "nothing is shared yet");
    let url = announced.text("documentUpload.upload.url");
    assert_eq!(desk.stranger().put(&url, PDF).await.status, StatusCode::NO_CONTENT);
    assert_eq!(row(&desk, &id).await.unwrap(), asked, "nor now");

    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(compliance.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    let shared = row(&desk, &id).await.unwrap();
    assert_eq!((shared.state as i16, shared.size, shared.name.as_deref()), (1, Some(15), Some("bill.pdf")));
    let sum = "68b10dde8acb3712f11be7e85fbcd0dabe649d62c81855b82412a92e72103462";
    assert_eq!(shared.sha256.as_deref(), Some(sum));
    assert!(shared.shared_at > shared.requested_at);

    assert_eq!(
        decide(&compliance, &user, &id, "ACCEPT", Value::Null).await.problems("documentDecide"),
        [""; 0]
    );
    let accepted = row(&desk, &id).await.unwrap();
    assert_eq!((accepted.state as i16, accepted.decided_by), (2, Some("A person who is compliance".into())));

    let (download, entries) = desk.entries_of(compliance.download(&user, &id)).await;
    assert_eq!(download.text("documentDownload.name"), "bill.pdf");
    assert_eq!(download.data("documentDownload.sha256"), json!(shared.sha256));
    assert_eq!(entries.len(), 1, "a read is logged");
    assert_eq!(entries[0].action, "SENSITIVE_READ");
    let fetched = desk.stranger().get(&download.text("documentDownload.url")).await;
    assert_eq!((fetched.status, fetched.raw.as_bytes()), (StatusCode::OK, PDF));
}

#[tokio::test]
async fn a_document_is_shared_unasked() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().share_pdf(&user).await;
    let shared = row(&desk, &id).await.unwrap();
    assert_eq!((shared.state as i16, shared.requested_at), (1, None));
}

#[tokio::test]
async fn a_decision_that_is_no_step_of_its_life_is_refused() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let asked = request(&desk, &user, json!({ "kind": "TAX" })).await;
    let problems = async |id: &str, decision: &str| {
        let answer = decide(&admin, &user, id, decision, json!("Unreadable.")).await;
        answer.problems("documentDecide")
    };
    let illegal = ["ILLEGAL_TRANSITION input.decision"];
    assert_eq!(problems(&asked, "ACCEPT").await, illegal);
    let id = admin.share_pdf(&user).await;
    let without_reason = decide(&admin, &user, &id, "REFUSE", Value::Null).await;
    assert_eq!(without_reason.problems("documentDecide"), ["REQUIRED input.reason"]);
    assert_eq!(problems(&id, "ACCEPT").await, [""; 0]);
    assert_eq!(problems(&id, "ACCEPT").await, illegal);
    assert_eq!(problems(&id, "REFUSE").await, [""; 0], "it turned out to be wrong");
    let refused = row(&desk, &id).await.unwrap();
    assert_eq!((refused.state as i16, refused.reason.as_deref()), (3, Some("Unreadable.")));
    assert_eq!(problems(&id, "ACCEPT").await, illegal);
    assert_eq!(problems(&id, "REFUSE").await, illegal);
    assert_eq!(problems("nothing", "ACCEPT").await, ["NOT_FOUND input.documentId"]);
}

#[tokio::test]
async fn its_last_day_ends_a_request_and_a_document() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = request(&desk, &user, json!({ "kind": "TAX", "expiresOn": "2026-03-01" })).await;
    let shared = desk.admin().share_pdf(&user).await;
    let late = request(&desk, &user, json!({ "kind": "TAX", "expiresOn": "2026-03-02" })).await;
    let announce = async |document: &str| {
        let answer = desk.admin().announce("documentUpload", &user, file(document, PDF), Value::Null).await;
        answer.problems("documentUpload")
    };
    assert_eq!(announce(&id).await, [""; 0], "today is its last day");
    desk.hand.advance(Duration::from_hours(24));
    assert_eq!(announce(&id).await, ["ILLEGAL_TRANSITION input.documentId"]);
    assert_eq!(announce(&late).await, [""; 0]);
    assert_eq!(announce(&shared).await, ["ILLEGAL_TRANSITION input.documentId"]);
    for day in ["2026-03-01", "tomorrow", "2026-02-30", "10000-01-01"] {
        let input = json!({ "kind": "TAX", "expiresOn": day });
        let answer = desk.admin().act("documentRequest", &user, input).await;
        assert_eq!(answer.problems("documentRequest"), ["INVALID input.expiresOn"], "{day}");
    }
}

#[tokio::test]
async fn the_last_day_of_a_request_is_none_of_the_document() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    for (given, kept) in [(Value::Null, None), (json!("2030-01-31"), Some("2030-01-31"))] {
        let id = request(&desk, &user, json!({ "kind": "TAX", "expiresOn": "2026-03-02" })).await;
        let mut input = file(&id, PDF);
        input["expiresOn"] = given;
        let answer = admin.announce("documentUpload", &user, input, Value::Null).await;
        admin.put(&answer.text("documentUpload.upload.url"), PDF).await;
        assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
        let shared = row(&desk, &id).await.unwrap();
        assert_eq!(shared.expires_on.map(|day| day.to_string()).as_deref(), kept);
    }
}

#[tokio::test]
async fn what_is_announced_is_judged_all_at_once() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    let input = json!({
        "name": "../passport.pdf", "contentType": "image/svg+xml", "size": 10_485_761, "sha256": "abc",
        "expiresOn": "2020-01-01",
    });
    let answer = desk.admin().announce("documentUpload", &user, input, Value::Null).await;
    assert_eq!(
        answer.problems("documentUpload"),
        [
            "REQUIRED input.kind",
            "INVALID input.contentType",
            "INVALID input.name",
            "INVALID input.sha256",
            "INVALID input.size",
            "INVALID input.expiresOn",
        ]
    );
    assert_eq!(answer.data("documentUpload.upload"), Value::Null);
    for name in ["a/b.pdf", "..\\b.pdf", "C:b.pdf", ".htaccess", "", "a\u{0}.pdf", "a\u{202e}fdp.exe"] {
        let input = json!({ "kind": "TAX", "name": name, "contentType": "application/pdf", "size": 1 });
        let answer = desk.admin().announce("documentUpload", &user, input, Value::Null).await;
        assert_eq!(answer.problems("documentUpload"), ["INVALID input.name"], "{name:?}");
    }
    for size in [0, -1, i32::MAX] {
        let input = json!({ "kind": "TAX", "name": "a", "contentType": "application/pdf", "size": size });
        let answer = desk.admin().announce("documentUpload", &user, input, Value::Null).await;
        assert_eq!(answer.problems("documentUpload"), ["INVALID input.size"], "{size}");
    }
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn what_lies_or_was_damaged_is_thrown_away() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let other = "0".repeat(64);
    let with_zip = [PDF, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"].concat();
    for (announced, confirmed, bytes, field) in [
        // a picture, a page, and a file that is two things at once, announced as a PDF
        (Value::Null, Value::Null, PNG, "documentId"),
        (Value::Null, Value::Null, b"<html><script>alert(1)</script>", "documentId"),
        (Value::Null, Value::Null, b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "documentId"),
        (Value::Null, Value::Null, with_zip.as_slice(), "documentId"),
        (json!(other), Value::Null, PDF, "documentId"),
        (Value::Null, json!(other), PDF, "sha256"),
    ] {
        let before = desk.dump().await;
        let mut input = json!({
            "kind": "TAX", "name": "a.pdf", "contentType": "application/pdf", "size": bytes.len(),
        });
        input["sha256"] = announced;
        let answer = admin.announce("documentUpload", &user, input, Value::Null).await;
        let (id, url) = (answer.text("documentUpload.documentId"), answer.text("documentUpload.upload.url"));
        assert_eq!(admin.put(&url, bytes.to_vec()).await.status, StatusCode::NO_CONTENT);
        let confirming = json!({ "documentId": id, "sha256": confirmed });
        let preview = json!({ "validateOnly": true });
        let foreseen = admin.act_with("documentConfirm", &user, confirming.clone(), preview).await;
        let done = admin.act("documentConfirm", &user, confirming).await;
        assert_eq!(done.problems("documentConfirm"), [format!("INVALID input.{field}")]);
        assert_eq!(foreseen.problems("documentConfirm"), done.problems("documentConfirm"));
        // nothing is left of it, and its link opens nothing any more
        assert!(rows(&desk).await.is_empty());
        assert_eq!(admin.put(&url, bytes.to_vec()).await.code(), Some("LINK_EXPIRED"));
        assert_eq!(
            admin.confirm(&user, &id).await.problems("documentConfirm"),
            ["NOT_FOUND input.documentId"]
        );
        assert_ne!(desk.dump().await, before, "the announcement stays in the version alone");
    }
}

#[tokio::test]
async fn what_was_not_sent_is_not_shared() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let (id, url) = desk.admin().announce_pdf(&user, PDF).await;
    let early = desk.admin().confirm(&user, &id).await;
    assert_eq!(early.problems("documentConfirm"), ["INVALID input.documentId"]);
    assert_eq!(desk.admin().put(&url, PDF).await.status, StatusCode::NO_CONTENT, "the link still holds");
    assert_eq!(desk.admin().confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    let again = desk.admin().confirm(&user, &id).await;
    assert_eq!(again.problems("documentConfirm"), ["ILLEGAL_TRANSITION input.documentId"]);
}

#[tokio::test]
async fn nobody_reaches_the_document_of_another_user_or_account() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user_to("DE", json!({})).await);
    let id = desk.admin().share_pdf(&ada).await;
    let (sent, url) = desk.admin().announce_pdf(&ada, PDF).await;
    desk.admin().put(&url, PDF).await;
    let before = desk.dump().await;
    let german = desk.person_in(&["admin"], &["DE"]);
    for person in [&german, &desk.admin()] {
        assert_eq!(person.download(&eve, &id).await.data("documentDownload"), Value::Null);
        let missing = ["NOT_FOUND input.documentId"];
        assert_eq!(
            decide(person, &eve, &id, "ACCEPT", Value::Null).await.problems("documentDecide"),
            missing
        );
        assert_eq!(person.confirm(&eve, &sent).await.problems("documentConfirm"), missing);
        let answer = person.announce("documentUpload", &eve, file(&id, PDF), Value::Null).await;
        assert_eq!(answer.problems("documentUpload"), missing);
    }
    let (answer, entries) = desk.entries_of(german.download(&ada, &id)).await;
    assert_eq!(answer.data("documentDownload"), Value::Null);
    assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
    assert_eq!(german.confirm(&ada, &sent).await.code(), Some("NOT_FOUND"));
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn documents_need_their_own_permissions() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().share_pdf(&user).await;
    for role in ["read-only", "finance", "support", "auditor-read-only", "view-only", "marketing"] {
        let answer = desk.person(&[role]).download(&user, &id).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_confirm_at_once_one_shares() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let (id, url) = admin.announce_pdf(&user, PDF).await;
    admin.put(&url, PDF).await;
    let answers = fifty(|_| {
        let (admin, user, id) = (admin.clone(), user.clone(), id.clone());
        async move { admin.confirm(&user, &id).await }
    });
    let problems: Vec<_> =
        answers.await.iter().map(|answer| answer.problems("documentConfirm").join(" ")).collect();
    let shared = problems.iter().filter(|problem| problem.is_empty()).count();
    let late = problems.iter().filter(|problem| *problem == "ILLEGAL_TRANSITION input.documentId").count();
    assert_eq!((shared, late), (1, 49), "{problems:?}");
    let url = admin.download(&user, &id).await.text("documentDownload.url");
    assert_eq!(admin.get(&url).await.raw.as_bytes(), PDF, "the losers took nothing away");
}

#[tokio::test]
async fn a_preview_hands_out_no_link_and_a_retry_a_new_one() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let input =
        json!({ "kind": "TAX", "name": "a.pdf", "contentType": "application/pdf", "size": PDF.len() });
    let announce =
        async |options: Value| admin.announce("documentUpload", &user, input.clone(), options).await;
    let preview = announce(json!({ "validateOnly": true })).await;
    assert_eq!(preview.data("documentUpload.upload"), Value::Null);
    assert_eq!(preview.data("documentUpload.documentId"), Value::Null);

    let key = json!({ "idempotencyKey": "0190a1b2-0000-7000-8000-000000000001" });
    let first = announce(key.clone()).await;
    desk.hand.advance(Duration::from_mins(11));
    let url = first.text("documentUpload.upload.url");
    assert_eq!(admin.put(&url, PDF).await.code(), Some("LINK_EXPIRED"));
    let (second, entries) = desk.entries_of(announce(key.clone())).await;
    assert_eq!(entries, [], "it has no second effect");
    let id = second.text("documentUpload.documentId");
    assert_eq!(first.text("documentUpload.documentId"), id);
    assert_eq!(
        admin.put(&second.text("documentUpload.upload.url"), PDF).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    let third = announce(key).await;
    assert_eq!(third.text("documentUpload.documentId"), id);
    assert_eq!(third.data("documentUpload.upload"), Value::Null, "it is awaited no more");
}

#[tokio::test]
async fn of_two_who_answer_one_request_each_sends_by_a_link_of_their_own() {
    const OTHER: &[u8] = b"%PDF-1.7 another bill";
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let announced = async |id: &str, bytes: &[u8], key: u8| {
        let options = json!({ "idempotencyKey": format!("0190a1b2-0000-7000-8000-0000000000{key:02}") });
        let answer = admin.announce("documentUpload", &user, file(id, bytes), options).await;
        answer.text("documentUpload.upload.url")
    };
    let id = request(&desk, &user, json!({ "kind": "TAX" })).await;
    let (_, second) = (announced(&id, PDF, 1).await, announced(&id, OTHER, 2).await);
    // asked again after the second came, the first one has its own link still
    let first = announced(&id, PDF, 1).await;
    assert_eq!(admin.put(&second, PDF).await.code(), Some("FILE_INCOMPLETE"));
    assert_eq!(admin.put(&first, OTHER).await.code(), Some("FILE_TOO_LARGE"));
    // and is shared though the other one never sent anything
    assert_eq!(admin.put(&first, PDF).await.status, StatusCode::NO_CONTENT);
    assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    assert_eq!(row(&desk, &id).await.unwrap().size, i64::try_from(PDF.len()).ok());
    // who comes second finds the request answered, and takes nothing away
    assert_eq!(admin.put(&second, OTHER).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        admin.confirm(&user, &id).await.problems("documentConfirm"),
        ["ILLEGAL_TRANSITION input.documentId"]
    );
    let url = admin.download(&user, &id).await.text("documentDownload.url");
    assert_eq!(admin.get(&url).await.raw.as_bytes(), PDF);

    // of two that have come, the newer one
    let id = request(&desk, &user, json!({ "kind": "TAX" })).await;
    for (bytes, key) in [(PDF, 3), (OTHER, 4)] {
        admin.put(&announced(&id, bytes, key).await, bytes).await;
    }
    assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    assert_eq!(row(&desk, &id).await.unwrap().size, i64::try_from(OTHER.len()).ok());
}

#[tokio::test]
async fn what_nobody_confirmed_is_swept_and_the_request_still_waits() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = request(&desk, &user, json!({ "kind": "TAX" })).await;
    let asked = row(&desk, &id).await;
    let announce = async || desk.admin().announce("documentUpload", &user, file(&id, PDF), Value::Null).await;
    let announced = announce().await;
    desk.admin().put(&announced.text("documentUpload.upload.url"), PDF).await;
    desk.hand.advance(Duration::from_mins(59));
    desk.services.sweep().await;
    let young = announce().await;
    desk.hand.advance(Duration::from_mins(11));
    desk.services.sweep().await;
    assert_eq!(row(&desk, &id).await, asked);
    // the link has ended, the hour has not
    assert_eq!(
        desk.admin().put(&young.text("documentUpload.upload.url"), PDF).await.code(),
        Some("LINK_EXPIRED")
    );
    let last = announce().await;
    desk.admin().put(&last.text("documentUpload.upload.url"), PDF).await;
    assert_eq!(desk.admin().confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    desk.hand.advance(Duration::from_mins(70));
    desk.services.sweep().await;
    let url = desk.admin().download(&user, &id).await.text("documentDownload.url");
    assert_eq!(desk.admin().get(&url).await.raw.as_bytes(), PDF, "what was shared stays");
}

#[tokio::test]
async fn a_cancelled_user_takes_no_file_and_still_shows_theirs() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().share_pdf(&user).await;
    let (sent, url) = desk.admin().announce_pdf(&user, PDF).await;
    desk.admin().put(&url, PDF).await;
    desk.admin().act("userCancel", &user, json!("USER")).await;
    assert_eq!(desk.admin().confirm(&user, &sent).await.problems("documentConfirm"), ["USER_CANCELED id"]);
    let url = desk.admin().download(&user, &id).await.text("documentDownload.url");
    assert_eq!(desk.admin().get(&url).await.status, StatusCode::OK);
}

#[tokio::test]
async fn so_many_files_of_a_user_are_on_their_way_and_no_more() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    for _ in 0..20 {
        desk.admin().announce_pdf(&user, PDF).await;
    }
    let input = json!({ "kind": "TAX", "name": "a", "contentType": "application/pdf", "size": 1 });
    let answer = desk.admin().announce("documentUpload", &user, input, Value::Null).await;
    assert_eq!(answer.problems("documentUpload"), ["INVALID input"]);
}

#[tokio::test]
async fn what_comes_too_late_is_not_shared_whether_or_not_it_was_swept() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let (id, url) = desk.admin().announce_pdf(&user, PDF).await;
    desk.admin().put(&url, PDF).await;
    // tokens last an hour as well
    desk.hand.advance(Duration::from_hours(1) - Duration::from_micros(1));
    let preview = json!({ "validateOnly": true });
    let input = json!({ "documentId": id });
    let answer = desk.admin().act_with("documentConfirm", &user, input, preview).await;
    assert_eq!(answer.problems("documentConfirm"), [""; 0]);
    desk.hand.advance(Duration::from_micros(1));
    assert_eq!(
        desk.admin().confirm(&user, &id).await.problems("documentConfirm"),
        ["NOT_FOUND input.documentId"]
    );
}
