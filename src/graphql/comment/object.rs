//! A comment as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    domain::list::{Filter, Operand, Test},
    graphql::{
        connection::Node,
        filter::{DateTimeFilter, tested},
        guard::{caller, services},
        nested::{Item, Named},
        plain::Plain,
    },
    service::{
        comment::{Comment as Row, CommentAttribute as A, Comments},
        error::ApiError,
    },
};

/// What somebody of the staff wrote about a user.
#[derive(Clone)]
pub(in crate::graphql) struct Comment {
    row: Arc<Row>,
    named: Arc<Named>,
}

impl Node for Comment {
    type Listed = Comments;
}

impl Plain for Comment {}

impl Item for Comment {
    fn users(row: &Row) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn of(row: Row, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// What a comment said before it was corrected.
#[derive(SimpleObject)]
struct CommentVersion {
    /// What it said.
    body: String,
    /// When that was written.
    at: DateTime<Utc>,
}

/// What somebody of the staff wrote about a user.
#[Object]
impl Comment {
    /// What the API calls the comment.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Who wrote it: the name of their token, or its subject.
    async fn author(&self) -> &str {
        self.row.author_name.as_deref().unwrap_or(&self.row.author_subject)
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When its author last corrected it.
    async fn edited_at(&self) -> Option<DateTime<Utc>> {
        self.row.edited_at
    }

    /// What is written, on several lines perhaps. Plain text: show it as such.
    async fn body(&self) -> &str {
        &self.row.body
    }

    /// Whether the user may read it too.
    async fn visible_to_user(&self) -> bool {
        self.row.visible_to_user
    }

    /// What it said before it was corrected, oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<CommentVersion>, ApiError> {
        if self.row.edited_at.is_none() {
            return Ok(Vec::new());
        }
        let read = async |users: &[Uuid]| services(ctx)?.comment_versions(caller(ctx)?, users).await;
        let all = self.named.once("comment versions", read).await?;
        let own = all.get(&self.row.id).into_iter().flatten();
        Ok(own.map(|one| CommentVersion { body: one.body.clone(), at: one.written_at }).collect())
    }
}

/// Which comments: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct CommentWhere {
    /// Those that the user may read too, or the others.
    visible_to_user: Option<bool>,
    /// The instant at which they were written.
    at: Option<DateTimeFilter>,
}

impl CommentWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { visible_to_user, at } = self;
        let visible = |value| Filter::Is(A::VisibleToUser, Test::Eq(Operand::Flag(value)));
        let parts = [visible_to_user.map(visible), tested(at, A::CreatedAt)?];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
