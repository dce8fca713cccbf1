//! What staff write about users: added, corrected by its author for a short time, and never taken away.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use super::{
    Services,
    error::ApiError,
    parse_id,
    user::{Moment, UserAct},
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        problem::{ProblemCode, Problems},
        text,
    },
    store::{Writer, error::StoreError, user::UserFile},
};

pub use crate::store::comment::{Comment, CommentAttribute, CommentOrderField, CommentVersion, Comments};

/// Characters of a comment at most.
const BODY: usize = 5000;
/// How long its author may correct it.
const CORRECTED_WITHIN: Duration = Duration::from_mins(15);

/// Comments on a user.
#[derive(Debug, Serialize)]
pub struct AddComment {
    /// What is written.
    pub body: String,
    /// Whether the user may read it too.
    pub visible_to_user: bool,
}

/// Corrects a comment.
#[derive(Debug, Serialize)]
pub struct CorrectComment {
    /// Which.
    pub comment_id: String,
    /// What it says from now on.
    pub body: String,
}

impl UserAct for AddComment {
    const ACTION: Action = Action::UserAddComment;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Some(body) = p.check("body", text::clean_text(&self.body, BODY)) else { return Ok(()) };
        let author = writer.permit().caller();
        let comment = Comment {
            id: writer.clock().new_id(),
            user_id: file.user.id,
            account: file.user.account.clone(),
            created_at: at.now(),
            author_issuer: author.issuer().to_owned(),
            author_subject: author.subject().to_owned(),
            author_name: author.name().map(str::to_owned),
            body,
            visible_to_user: self.visible_to_user,
            edited_at: None,
        };
        file.aside.made = Some(comment.id);
        file.aside.changes = writer.insert_comment(&comment).await?;
        Ok(())
    }
}

impl UserAct for CorrectComment {
    const ACTION: Action = Action::UserCorrectComment;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let body = p.check("body", text::clean_text(&self.body, BODY));
        let found = match parse_id(&self.comment_id) {
            Some(id) => writer.comment(file.user.id, id).await?,
            None => None,
        };
        let Some(before) = found else {
            let message = "There is no such comment on this user: see the user's `comments`.";
            p.add(ProblemCode::NotFound, "commentId", message);
            return Ok(());
        };
        if !wrote(writer.permit().caller(), &before) {
            p.add(
                ProblemCode::Invalid,
                "commentId",
                "Only who wrote a comment corrects it: add one of yours.",
            );
        } else if at.now() - before.created_at
            > chrono::Duration::from_std(CORRECTED_WITHIN).unwrap_or_default()
        {
            let message = "A comment can be corrected for fifteen minutes: add another one.";
            p.add(ProblemCode::IllegalTransition, "commentId", message);
        } else if let Some(body) = body.filter(|body| *body != before.body) {
            let after = Comment { body, edited_at: Some(at.now()), ..before.clone() };
            file.aside.changes = writer.correct_comment(&before, &after).await?;
        }
        file.aside.made = Some(before.id);
        Ok(())
    }
}

/// Whether somebody wrote a comment: by issuer and subject, for names are no proof.
fn wrote(caller: &Caller, comment: &Comment) -> bool {
    caller.issuer() == comment.author_issuer && caller.subject() == comment.author_subject
}

impl Services {
    /// What the comments on users said before they were corrected, by comment.
    pub async fn comment_versions(
        &self,
        caller: &Arc<Caller>,
        users: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<CommentVersion>>, ApiError> {
        let permit = self.permit(caller, Action::UserComments).await?;
        Ok(self.store().read(&permit).comment_versions(users).await?)
    }
}
