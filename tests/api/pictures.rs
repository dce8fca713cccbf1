//! Pictures of users that are kept here.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Desk, Person,
    documents::{PDF, PNG},
};

async fn announce(person: &Person, user: &str, content_type: &str, bytes: &[u8]) -> (String, String) {
    let input = json!({ "name": "ada.png", "contentType": content_type, "size": bytes.len() });
    let answer = person.announce("userUploadPicture", user, input, Value::Null).await;
    assert_eq!(answer.problems("userUploadPicture"), [""; 0]);
    (answer.text("userUploadPicture.documentId"), answer.text("userUploadPicture.upload.url"))
}

#[tokio::test]
async fn a_picture_that_was_confirmed_is_shown_by_a_link_that_ends() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "picture": "https://example.com/ada.png" })).await;
    let (id, url) = announce(&desk.admin(), &user, "image/png", PNG).await;
    desk.stranger().put(&url, PNG).await;
    assert_eq!(desk.admin().open_user(&user).await["picture"], "https://example.com/ada.png");
    let answer = desk.admin().act("userConfirmPicture", &user, json!({ "documentId": id })).await;
    assert_eq!(answer.problems("userConfirmPicture"), [""; 0]);

    let (shown, entries) = desk.entries_of(desk.read_only().open_user(&user)).await;
    assert_eq!(entries, [], "a picture is nothing that is logged");
    let url = shown["picture"].as_str().expect("a link").to_owned();
    let fetched = desk.stranger().get(&url).await;
    assert_eq!(fetched.status, StatusCode::OK);
    assert_eq!(
        (fetched.headers["content-type"].as_bytes(), fetched.headers["content-disposition"].as_bytes()),
        (&b"image/png"[..], &b"inline"[..])
    );
    desk.hand.advance(Duration::from_mins(10));
    assert_eq!(desk.stranger().get(&url).await.code(), Some("LINK_EXPIRED"));

    let input = json!({ "picture": "https://example.com/eve.png" });
    assert_eq!(desk.admin().update(&user, input).await.problems("userUpdate"), [""; 0]);
    assert_eq!(desk.admin().open_user(&user).await["picture"], "https://example.com/eve.png");
    // nobody names a file that is kept here
    for picture in ["stored:a/b/1", url.as_str()] {
        let answer = desk.admin().update(&user, json!({ "picture": picture })).await;
        assert_eq!(answer.problems("userUpdate"), ["INVALID input.picture"]);
    }
}

#[tokio::test]
async fn a_picture_is_an_image_and_not_large() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    for (content_type, size, problem) in [
        ("application/pdf", 9, "INVALID input.contentType"),
        ("image/svg+xml", 9, "INVALID input.contentType"),
        ("image/png", 2_097_153, "INVALID input.size"),
    ] {
        let input = json!({ "name": "ada.png", "contentType": content_type, "size": size });
        let answer = desk.admin().announce("userUploadPicture", &user, input, Value::Null).await;
        assert_eq!(answer.problems("userUploadPicture"), [problem]);
    }
    let (id, url) = announce(&desk.admin(), &user, "image/png", PDF).await;
    desk.admin().put(&url, PDF).await;
    let answer = desk.admin().act("userConfirmPicture", &user, json!({ "documentId": id })).await;
    assert_eq!(answer.problems("userConfirmPicture"), ["INVALID input.documentId"]);
}

#[tokio::test]
async fn a_picture_is_no_document_and_a_document_no_picture() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let (picture, url) = announce(&desk.admin(), &user, "image/png", PNG).await;
    desk.admin().put(&url, PNG).await;
    let (document, url) = desk.admin().announce_pdf(&user, PDF).await;
    desk.admin().put(&url, PDF).await;
    assert_eq!(
        desk.admin().confirm(&user, &picture).await.problems("documentConfirm"),
        ["NOT_FOUND input.documentId"]
    );
    let answer = desk.admin().act("userConfirmPicture", &user, json!({ "documentId": document })).await;
    assert_eq!(answer.problems("userConfirmPicture"), ["NOT_FOUND input.documentId"]);
    // nor does compliance, who may share documents, change how users look
    let answer = desk.compliance().act("userConfirmPicture", &user, json!({ "documentId": picture })).await;
    assert_eq!(answer.code(), Some("FORBIDDEN"));
}
