//! Who booked what from whom.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use backdesk_entity::enums::BookingState;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Listing, Source, amount, source};
use crate::{
    auth::policy::Action,
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{CodeFilter, DateTimeFilter, WordFilter, tested},
        guard::caller,
        money::Money,
        nested::{Item, Named},
        plain::Plain,
        user::User,
    },
    service::{
        error::ApiError,
        nested::Row,
        recorded::{BookingAttribute as A, Bookings},
    },
};

/// Who booked what from whom.
#[derive(Clone)]
pub(in crate::graphql) struct Booking {
    row: Arc<Row<Bookings>>,
    named: Arc<Named>,
}

impl Node for Booking {
    type Listed = Bookings;
}

impl Plain for Booking {}

impl Item for Booking {
    fn users(row: &Row<Bookings>) -> Vec<Uuid> {
        [row.asker_id, row.offerer_id].into_iter().flatten().collect()
    }

    fn others(row: &Row<Bookings>) -> Vec<Uuid> {
        row.listing_id.into_iter().collect()
    }

    fn of(row: Row<Bookings>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// Who booked what from whom.
#[Object]
impl Booking {
    /// What the API calls the booking.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Who booked, as a customer; null when they are not known, or outside your accounts.
    async fn asker(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user_at(ctx, self.row.asker_id).await
    }

    /// Who provides it, as a vendor; null when they are not known, or outside your accounts.
    async fn offerer(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user_at(ctx, self.row.offerer_id).await
    }

    /// What was booked; null when it is not known, or outside your accounts.
    async fn listing(&self, ctx: &Context<'_>) -> Result<Option<Listing>, ApiError> {
        let Ok(permit) = caller(ctx)?.permit(Action::User) else { return Ok(None) };
        self.named.item_at(ctx, &permit, self.row.listing_id).await
    }

    /// How far it is.
    async fn state(&self) -> BookingState {
        self.row.state
    }

    /// The price.
    async fn amount(&self) -> Result<Option<Money>, ApiError> {
        let price = self.row.amount_minor.zip(self.row.currency.as_deref());
        price.map(|(minor, currency)| amount(minor, currency)).transpose()
    }

    /// When what was booked begins.
    async fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.row.starts_at
    }

    /// When it ends.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.row.ends_at
    }

    /// When it was booked.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which bookings: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct BookingWhere {
    /// How far they are.
    state: Option<WordFilter<BookingState>>,
    /// The code of the currency of the price.
    currency: Option<CodeFilter>,
    /// When it was booked.
    at: Option<DateTimeFilter>,
    /// When what was booked begins.
    starts_at: Option<DateTimeFilter>,
    /// When it ends.
    ends_at: Option<DateTimeFilter>,
}

impl BookingWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { state, currency, at, starts_at, ends_at } = self;
        let parts = [
            tested(state, A::State)?,
            tested(currency, A::Currency)?,
            tested(at, A::At)?,
            tested(starts_at, A::StartsAt)?,
            tested(ends_at, A::EndsAt)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
