//! What staff file about a user, documents and comments, and what was done to the user, as fields of the user. Each is a list
//! that is read for all users of a page together.

use async_graphql::{Context, Object};

use super::User;
use crate::{
    auth::policy::Action,
    domain::list::ListQuery,
    graphql::{
        audit::{self, AuditEvent, AuditEventWhere},
        comment::{Comment, CommentWhere},
        connection::{Connection, Order, PageInput, order_by},
        document::{Document, DocumentWhere},
        guard::services,
        nested::list_of,
        plain::Filled,
    },
    service::{
        audit::AuditOrderField,
        comment::CommentOrderField,
        document::DocumentOrderField,
        error::ApiError,
        listing::{PageArguments, nested_window},
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
    ) -> Result<Option<Filled<Connection<Document>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserDocuments)? else { return Ok(None) };
        let limits = services(ctx)?.limits();
        let query = || {
            Ok(ListQuery {
                filter: filter.unwrap_or_default().filter()?,
                search: None,
                order: self::order_by(order_by, DocumentOrderField::CreatedAt, limits)?,
                window: nested_window(first, after, limits)?,
            })
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
    ) -> Result<Option<Filled<Connection<Comment>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserComments)? else { return Ok(None) };
        let limits = services(ctx)?.limits();
        let query = || {
            Ok(ListQuery {
                filter: filter.unwrap_or_default().filter()?,
                search: None,
                order: self::order_by(order_by, CommentOrderField::CreatedAt, limits)?,
                window: nested_window(first, after, limits)?,
            })
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// What was done to the user, or refused, newest first unless ordered otherwise: the audit trail of this one. Of an act on
    /// many, what it did to this user; its reason stands in `auditEvents`, as does who looked at what is sensitive. Old and
    /// new values of a part with a permission of its own need that permission.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which events.")] filter: Option<AuditEventWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<AuditOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward: 10 unless said otherwise.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward: 10 unless said otherwise.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Option<Filled<Connection<AuditEvent>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserHistory)? else { return Ok(None) };
        let window = PageArguments { first, after, last, before, page: page.map(Into::into) };
        let query = || audit::history(filter, order_by, window, services(ctx)?.limits());
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }
}
