//! What staff wrote about users, and what it said before it was corrected.

use std::collections::HashMap;

use backdesk_entity::{comment, comment_version};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    audit::FieldChange,
    error::StoreError,
    session::{Reader, Writer},
    user::row_changes,
};

mod listed;

pub use backdesk_entity::{comment::Model as Comment, comment_version::Model as CommentVersion};
pub use listed::{CommentAttribute, CommentFacet, CommentOrderField, Comments};

const TABLE: &str = "comments";

impl Reader {
    /// What the comments on these users within the scope said before they were corrected, oldest first, by comment.
    pub async fn comment_versions(
        &self,
        users: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<CommentVersion>>, StoreError> {
        let column = |column: comment::Column| (TABLE, column.as_str());
        let mut comments = self.select(comment::Entity, column(comment::Column::Account));
        comments
            .column(column(comment::Column::Id))
            .and_where(Expr::col(column(comment::Column::UserId)).is_in(users.iter().copied()))
            .and_where(Expr::col(column(comment::Column::EditedAt)).is_not_null());
        let rows = comment_version::Entity::find()
            .filter(comment_version::Column::CommentId.in_subquery(comments))
            .order_by_asc(comment_version::Column::Version)
            .all(self.db())
            .await?;
        let mut all: HashMap<Uuid, Vec<CommentVersion>> = HashMap::new();
        for row in rows {
            all.entry(row.comment_id).or_default().push(row);
        }
        Ok(all)
    }
}

impl Writer {
    /// A comment on the user who is being changed.
    pub async fn comment(&self, user: Uuid, id: Uuid) -> Result<Option<Comment>, StoreError> {
        let found = comment::Entity::find_by_id(id).filter(comment::Column::UserId.eq(user));
        Ok(found.one(&self.tx).await?)
    }

    /// Writes a new comment: what the trail tells of it.
    pub async fn insert_comment(&self, comment: &Comment) -> Result<Vec<FieldChange>, StoreError> {
        comment::Entity::insert(comment.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(told(None, comment))
    }

    /// Writes many new comments with what they said before, of which the entry says how many they are.
    pub async fn insert_comments(
        &self,
        comments: Vec<Comment>,
        versions: Vec<CommentVersion>,
    ) -> Result<(), StoreError> {
        let rows = comments.into_iter().map(|row| row.into_active_model().reset_all());
        self.insert_rows::<comment::Entity>(rows.collect()).await?;
        let rows = versions.into_iter().map(|row| row.into_active_model().reset_all());
        self.insert_rows::<comment_version::Entity>(rows.collect()).await
    }

    /// Writes a corrected comment, and keeps what it said: what the trail tells of it.
    pub async fn correct_comment(
        &self,
        before: &Comment,
        after: &Comment,
    ) -> Result<Vec<FieldChange>, StoreError> {
        let tx = self.tx_to_change();
        let former = comment_version::Entity::find()
            .filter(comment_version::Column::CommentId.eq(before.id))
            .count(tx)
            .await?;
        let version = CommentVersion {
            comment_id: before.id,
            version: i32::try_from(former + 1).map_err(|_| StoreError::Internal)?,
            body: before.body.clone(),
            written_at: before.edited_at.unwrap_or(before.created_at),
        };
        comment_version::Entity::insert(version.into_active_model().reset_all())
            .exec_without_returning(tx)
            .await?;
        comment::Entity::update(after.clone().into_active_model().reset_all()).exec(tx).await?;
        Ok(told(Some(before), after))
    }
}

/// What the trail tells of a comment, which has its author and instants already.
fn told(before: Option<&Comment>, after: &Comment) -> Vec<FieldChange> {
    let silent = ["created_at", "author_issuer", "author_subject", "author_name", "edited_at"];
    row_changes(&format!("comments.{}", after.id), before, after, &silent)
}
