//! Documents, pictures and comments as a test sends and prepares them.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::{Answer, Desk, Person};

/// Stand in values for what has to be prepared first: see [`Desk::fill`].
pub(crate) const SENT_FILE: &str = "ID OF A SENT FILE";
pub(crate) const SENT_PICTURE: &str = "ID OF A SENT PICTURE";
pub(crate) const SHARED_DOCUMENT: &str = "ID OF A SHARED DOCUMENT";
pub(crate) const OWN_COMMENT: &str = "ID OF YOUR COMMENT";

/// Files that are what they begin as.
pub(crate) const PDF: &[u8] = b"%PDF-1.7 a bill";
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a face";

const ANNOUNCED: &str = "{ user { id version } documentId upload { url expiresAt headers { name value } }
    errors { code field message } validatedOnly preview { changes { field before after } } }";

impl Person {
    /// Announces a file by `documentUpload` or `userUploadPicture`.
    pub(crate) async fn announce(&self, mutation: &str, user: &str, input: Value, options: Value) -> Answer {
        let kind = if mutation == "documentUpload" { "DocumentUploadInput" } else { "PictureUploadInput" };
        let document = format!(
            "mutation ($id: ID!, $input: {kind}!, $options: MutationOptions) {{
                {mutation}(id: $id, input: $input, options: $options) {ANNOUNCED}
            }}"
        );
        self.ask_with(&document, json!({ "id": user, "input": input, "options": options })).await
    }

    /// Announces a PDF of these bytes as a document, unasked: its id, and where to send it.
    pub(crate) async fn announce_pdf(&self, user: &str, bytes: &[u8]) -> (String, String) {
        let input = json!({
            "kind": "IDENTITY", "name": "passport.pdf", "contentType": "application/pdf", "size": bytes.len(),
        });
        let answer = self.announce("documentUpload", user, input, Value::Null).await;
        assert_eq!(answer.problems("documentUpload"), [""; 0], "{}", answer.body);
        (answer.text("documentUpload.documentId"), answer.text("documentUpload.upload.url"))
    }

    /// Sends bytes to a link.
    pub(crate) async fn put(&self, url: &str, bytes: impl Into<Body>) -> Answer {
        self.send(Request::put(url).body(bytes.into()).expect("a request")).await
    }

    /// Fetches a link.
    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send(Request::get(url).body(Body::empty()).expect("a request")).await
    }

    /// Confirms a file.
    pub(crate) async fn confirm(&self, user: &str, document: &str) -> Answer {
        self.act("documentConfirm", user, json!({ "documentId": document })).await
    }

    /// Shares a PDF of a user: its id.
    pub(crate) async fn share_pdf(&self, user: &str) -> String {
        let (id, url) = self.announce_pdf(user, PDF).await;
        assert_eq!(self.put(&url, PDF).await.status, StatusCode::NO_CONTENT);
        assert_eq!(self.confirm(user, &id).await.problems("documentConfirm"), [""; 0]);
        id
    }

    /// A link to fetch a document by.
    pub(crate) async fn download(&self, user: &str, document: &str) -> Answer {
        let query = "query ($id: ID!, $document: ID!) { documentDownload(id: $id, documentId: $document) {
            url expiresAt name contentType size sha256
        } }";
        self.ask_with(query, json!({ "id": user, "document": document })).await
    }

    /// Whether the first of the people who may comment is this one.
    async fn comments(&self, user: &str) -> bool {
        let answer = self.act("userAddComment", user, json!({ "body": "Called." })).await;
        answer.code().is_none() && answer.problems("userAddComment").is_empty()
    }
}

impl Desk {
    /// A value with what it names, made for this user: files that were sent, a document that was shared, a comment of the
    /// person's own where they may write one. Of a cancelled user nothing can be made: then it names nothing.
    pub(crate) async fn fill(&self, person: &Person, user: &str, value: Value) -> Value {
        let value = self.with_review(person, user, value).await;
        let mut text = self.with_wallet(user, value).await.to_string();
        if ![SENT_FILE, SHARED_DOCUMENT, SENT_PICTURE, OWN_COMMENT].iter().any(|sign| text.contains(sign)) {
            return serde_json::from_str(&text).expect("a value");
        }
        let admin = self.admin();
        let open = admin.open_user(user).await["status"] != "CANCELED";
        for (sign, mutation, content_type, bytes) in [
            (SENT_FILE, "documentUpload", "application/pdf", PDF),
            (SHARED_DOCUMENT, "documentUpload", "application/pdf", PDF),
            (SENT_PICTURE, "userUploadPicture", "image/png", PNG),
        ] {
            if open && text.contains(sign) {
                let mut input = json!({ "name": "a", "contentType": content_type, "size": bytes.len() });
                if mutation == "documentUpload" {
                    input["kind"] = json!("OTHER");
                }
                let announced = admin.announce(mutation, user, input, Value::Null).await;
                let id = announced.text(&format!("{mutation}.documentId"));
                let url = announced.text(&format!("{mutation}.upload.url"));
                assert_eq!(admin.put(&url, bytes).await.status, StatusCode::NO_CONTENT);
                if sign == SHARED_DOCUMENT {
                    assert_eq!(admin.confirm(user, &id).await.problems("documentConfirm"), [""; 0]);
                }
                text = text.replace(sign, &id);
            }
        }
        if open && text.contains(OWN_COMMENT) {
            assert!(person.comments(user).await || admin.comments(user).await);
            text = text.replace(OWN_COMMENT, &self.last_comment(user).await);
        }
        serde_json::from_str(&text).expect("a value")
    }

    /// The id of the comment on a user that was written last.
    pub(crate) async fn last_comment(&self, user: &str) -> String {
        use backdesk_entity::comment::{Column, Entity};
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
        let of_user = Entity::find().filter(Column::UserId.eq(super::uuid(user)));
        let newest = of_user.order_by_desc(Column::Id).one(&self.side_door().await).await;
        newest.expect("comments").expect("a comment").id.to_string()
    }
}

/// A text with each id in it written as `ID`.
pub(crate) fn without_ids(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.get(..36) {
            Some(id) if uuid::Uuid::try_parse(id).is_ok() => {
                plain.push_str("ID");
                rest = &rest[36..];
            }
            _ => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    plain
}
