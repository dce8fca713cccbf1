//! Pictures of users that are kept here.

use std::time::Duration;

use axum::http::StatusCode;
use backdesk::{
    auth::{link::Links, sealing::MasterKey},
    config,
    files::Files,
};
use backdesk_entity::discarded_picture;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{
    Desk, Person,
    documents::{PDF, PNG},
    fifty, uuid,
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
    assert_eq!(shown["publicProfile"]["picture"], shown["picture"], "others see it as well");
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
async fn the_bytes_of_a_picture_that_nobody_has_any_more_are_swept() {
    let files = Files::in_memory(Links::new(&MasterKey::generate()), config::Files::default());
    let desk = Desk::open().await.keeping(files.clone());
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let show = async || {
        let (id, url) = announce(&admin, &user, "image/png", PNG).await;
        admin.put(&url, PNG).await;
        let answer = admin.act("userConfirmPicture", &user, json!({ "documentId": id })).await;
        assert_eq!(answer.problems("userConfirmPicture"), [""; 0]);
        id
    };
    let left = async |id: &str| files.of_document(uuid(id)).await.expect("a storage").len();
    let discarded =
        async || discarded_picture::Entity::find().count(&desk.side_door().await).await.expect("a table");
    let (first, second) = (show().await, show().await);
    // a preview takes nothing away, nor an act that leaves the picture as it is
    let preview = json!({ "validateOnly": true });
    admin.act_with("userUpdate", &user, json!({ "picture": null }), preview).await;
    admin.update(&user, json!({ "firstName": "Ada" })).await;
    desk.services.sweep().await;
    assert_eq!((left(&first).await, left(&second).await, discarded().await), (0, 1, 0));
    for gone in [json!(null), json!("https://example.com/ada.png")] {
        let last = show().await;
        let answer = admin.update(&user, json!({ "picture": gone })).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0]);
        // what the program does not live to throw away is known to the next one
        assert_eq!(left(&last).await, 1);
        desk.services.sweep().await;
        assert_eq!((left(&second).await, left(&last).await, discarded().await), (0, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_confirm_a_picture_at_once_one_shows_it() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let user = desk.add_user(json!({})).await;
    let (id, url) = announce(&admin, &user, "image/png", PNG).await;
    admin.put(&url, PNG).await;
    let answers = fifty(|_| {
        let (admin, user, id) = (admin.clone(), user.clone(), id.clone());
        async move { admin.act("userConfirmPicture", &user, json!({ "documentId": id })).await }
    });
    let problems: Vec<_> =
        answers.await.iter().map(|answer| answer.problems("userConfirmPicture").join(" ")).collect();
    let shown = problems.iter().filter(|problem| problem.is_empty()).count();
    let late = problems.iter().filter(|problem| *problem == "NOT_FOUND input.documentId").count();
    assert_eq!((shown, late), (1, 49), "{problems:?}");
    let url = admin.open_user(&user).await["picture"].as_str().expect("a link").to_owned();
    assert_eq!(admin.get(&url).await.raw.as_bytes(), String::from_utf8_lossy(PNG).as_bytes());
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
