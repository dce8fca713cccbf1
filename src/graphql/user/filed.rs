//! What staff file about a user, documents and comments, as fields of the user. Each is a list that is read for all users of
//! a page together.

use async_graphql::{Context, Object};

use super::User;
use crate::{
    auth::policy::Action,
    domain::list::ListQuery,
    graphql::{
        comment::{Comment, CommentWhere},
        connection::{Connection, Order, order_by},
        document::{Document, DocumentWhere},
        guard::services,
        nested::list_of,
    },
    service::{
        comment::CommentOrderField, document::DocumentOrderField, error::ApiError, listing::nested_window,
    },
};

/// What staff file about a user.
pub(super) struct Filed(pub(super) User);

/// What staff file about a user.
#[Object]
impl Filed {
    /// What the user shared or is asked for, newest first unless ordered otherwise.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which documents.")] filter: Option<DocumentWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<DocumentOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Connection<Document>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserDocuments)? else { return Ok(None) };
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter()?,
            search: None,
            order: self::order_by(order_by, DocumentOrderField::CreatedAt, limits)?,
            window: nested_window(first, after, limits)?,
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// What staff wrote about the user, newest first unless ordered otherwise.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which comments.")] filter: Option<CommentWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<CommentOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Connection<Comment>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserComments)? else { return Ok(None) };
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter()?,
            search: None,
            order: self::order_by(order_by, CommentOrderField::CreatedAt, limits)?,
            window: nested_window(first, after, limits)?,
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }
}
