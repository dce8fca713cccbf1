//! What users say of each other.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Source, source};
use crate::{
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{DateTimeFilter, IntFilter, tested},
        nested::{Item, Named},
        plain::Plain,
        user::User,
    },
    service::{
        error::ApiError,
        nested::Row,
        recorded::{ReviewAttribute as A, Reviews},
    },
};

/// What a user says of another.
#[derive(Clone)]
pub(in crate::graphql) struct Review {
    row: Arc<Row<Reviews>>,
    named: Arc<Named>,
}

impl Node for Review {
    type Listed = Reviews;
}

impl Plain for Review {}

impl Item for Review {
    fn users(row: &Row<Reviews>) -> Vec<Uuid> {
        vec![row.author_id, row.subject_id]
    }

    fn of(row: Row<Reviews>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// What a user says of another.
#[Object]
impl Review {
    /// What the API calls the review.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Who wrote it; null outside your accounts.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.author_id).await
    }

    /// About whom; null outside your accounts.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.subject_id).await
    }

    /// From 1, the worst, to 5.
    async fn rating(&self) -> i16 {
        self.row.rating
    }

    /// What was written.
    async fn text(&self) -> Option<&str> {
        self.row.text.as_deref()
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which reviews: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct ReviewWhere {
    /// From 1, the worst, to 5.
    rating: Option<IntFilter>,
    /// When it was written.
    at: Option<DateTimeFilter>,
}

impl ReviewWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { rating, at } = self;
        let parts = [tested(rating, A::Rating)?, tested(at, A::At)?];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
