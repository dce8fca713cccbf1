//! Asking for documents, and deciding on them. Their files come by `announce.rs` and `confirm.rs`.

use backdesk_entity::enums::{DocumentKind, DocumentState};
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{Decision, Document};
use crate::{
    auth::policy::Action,
    domain::{
        coming_day, document,
        problem::{ProblemCode, Problems},
        text,
    },
    service::{
        parse_id,
        user::{Moment, REASON, UserAct},
    },
    store::{Writer, error::StoreError, user::UserFile},
};

/// Characters of what is wanted at most.
const NOTE: usize = 1000;
/// Asks a user for a document.
#[derive(Debug, Serialize)]
pub struct RequestDocument {
    /// What it is to prove.
    pub kind: DocumentKind,
    /// What is wanted, in words.
    pub note: Option<String>,
    /// The last day on which it is taken.
    pub expires_on: Option<String>,
}

/// Accepts or refuses a document.
#[derive(Debug, Serialize)]
pub struct DecideDocument {
    /// Which.
    pub document_id: String,
    /// How.
    pub decision: Decision,
    /// Why; a refusal needs it.
    pub reason: Option<String>,
}

impl UserAct for RequestDocument {
    const ACTION: Action = Action::DocumentRequest;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let note = self.note.as_deref().and_then(|note| p.check("note", text::clean_text(note, NOTE)));
        let expires_on = last_day(self.expires_on.as_deref(), at, p);
        let asked = Document {
            note,
            expires_on,
            requested_at: Some(at.now()),
            requested_by: Some(writer.permit().caller().called().to_owned()),
            ..blank(writer.clock().new_id(), file, at, self.kind, DocumentState::Requested)
        };
        file.aside.made = Some(asked.id);
        file.aside.document = Some((asked.id, asked.state));
        file.aside.changes = writer.insert_document(&asked).await?;
        Ok(())
    }
}

impl UserAct for DecideDocument {
    const ACTION: Action = Action::DocumentDecide;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let reason = self.reason.as_deref().and_then(|why| p.check("reason", text::clean_line(why, REASON)));
        if self.decision == Decision::Refuse && self.reason.is_none() {
            p.add(
                ProblemCode::Required,
                "reason",
                "Say why the document is refused: the user is to do better.",
            );
        }
        let Some(before) = named(&self.document_id, file, writer, p).await? else { return Ok(()) };
        match document::decide(document::state(before.state, before.expires_on, at.today()), self.decision) {
            Ok(state) => {
                let after = Document {
                    state,
                    decided_at: Some(at.now()),
                    decided_by: Some(writer.permit().caller().called().to_owned()),
                    reason,
                    ..before.clone()
                };
                file.aside.changes = writer.update_document(&before, &after).await?;
                file.aside.made = Some(after.id);
                file.aside.document = Some((after.id, after.state));
            }
            Err(mistake) => p.add(ProblemCode::IllegalTransition, "decision", mistake.into_message()),
        }
        Ok(())
    }
}

/// The document of the user that an id names, or a note that there is none.
pub(super) async fn named(
    id: &str,
    file: &UserFile,
    writer: &Writer,
    p: &mut Problems,
) -> Result<Option<Document>, StoreError> {
    let found = match parse_id(id) {
        Some(id) => writer.document(file.user.id, id).await?,
        None => None,
    };
    if found.is_none() {
        p.add(
            ProblemCode::NotFound,
            "documentId",
            "This user has no such document: see the user's `documents`.",
        );
    }
    Ok(found)
}

/// A document of which nothing is known but whose and what it is.
pub(super) fn blank(
    id: Uuid,
    file: &UserFile,
    at: &Moment,
    kind: DocumentKind,
    state: DocumentState,
) -> Document {
    Document {
        id,
        user_id: file.user.id,
        account: file.user.account.clone(),
        kind,
        state,
        created_at: at.now(),
        note: None,
        expires_on: None,
        requested_at: None,
        requested_by: None,
        shared_at: None,
        shared_by: None,
        name: None,
        content_type: None,
        size: None,
        sha256: None,
        file_id: None,
        decided_at: None,
        decided_by: None,
        reason: None,
    }
}

/// A last day, which has not passed.
pub(super) fn last_day(given: Option<&str>, at: &Moment, p: &mut Problems) -> Option<NaiveDate> {
    given.and_then(|day| p.check("expiresOn", coming_day::parse(day, at.today())))
}
