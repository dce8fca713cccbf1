//! What users offer on the platform.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use backdesk_entity::enums::ListingState;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Source, source};
use crate::{
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{DateTimeFilter, WordFilter, tested},
        nested::{Item, Named},
        plain::Plain,
        scalars::Url,
        user::User,
    },
    service::{
        error::ApiError,
        nested::Row,
        recorded::{ListingAttribute as A, Listings},
    },
};

/// What a user offers on the platform.
#[derive(Clone)]
pub(in crate::graphql) struct Listing {
    row: Arc<Row<Listings>>,
    named: Arc<Named>,
}

impl Node for Listing {
    type Listed = Listings;
}

impl Plain for Listing {}

impl Item for Listing {
    fn users(row: &Row<Listings>) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn of(row: Row<Listings>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// What a user offers on the platform.
#[Object]
impl Listing {
    /// What the API calls the listing.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Whose it is; null outside your accounts.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Where it stands.
    async fn state(&self) -> ListingState {
        self.row.state
    }

    /// Where its page is found.
    async fn url(&self) -> Option<Url> {
        self.row.url.clone().map(Url)
    }

    /// When its user published it.
    async fn published_at(&self) -> DateTime<Utc> {
        self.row.published_at
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which listings: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct ListingWhere {
    /// Where they stand.
    state: Option<WordFilter<ListingState>>,
    /// The instant of publication.
    published_at: Option<DateTimeFilter>,
}

impl ListingWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { state, published_at } = self;
        let parts = [tested(state, A::State)?, tested(published_at, A::PublishedAt)?];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
