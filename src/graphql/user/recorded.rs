//! What other systems recorded of a user, as fields of the user. Each is a list that is read for all users of a page together.

use async_graphql::{Context, Object};

use super::User;
use crate::{
    auth::policy::Action,
    domain::list::{Filter, ListQuery},
    graphql::{
        connection::{Connection, Order, order_by},
        guard::{is_hidden, services},
        nested::list_of,
        plain::Filled,
        recorded::{
            BankAccount, BankAccountWhere, Booking, BookingWhere, Listing, ListingWhere, PspAccount,
            PspAccountWhere, Review, ReviewWhere, Transaction, TransactionWhere, Wallet, WalletWhere,
        },
    },
    service::{
        error::ApiError,
        listing::nested_window,
        recorded::{
            BankAccountOrderField, BookingOrderField, BookingSide, ListingOrderField, PspAccountOrderField,
            ReviewDirection, ReviewOrderField, TransactionOrderField, WalletOrderField,
        },
    },
};

/// What other systems recorded of a user.
pub(super) struct Recorded(pub(super) User);

/// What other systems recorded of a user.
#[Object]
impl Recorded {
    /// The user's wallets, newest first unless ordered otherwise.
    async fn wallets(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which wallets.")] filter: Option<WalletWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<WalletOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Filled<Connection<Wallet>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserWallets)? else { return Ok(None) };
        let query = || {
            query(
                ctx,
                filter.unwrap_or_default().filter(services(ctx)?.limits(), 0)?,
                order_by,
                WalletOrderField::OpenedAt,
                first,
                after,
            )
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// The money that the user moved, newest first unless ordered otherwise: of the kinds that you may see.
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which transactions.")] filter: Option<TransactionWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<TransactionOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Filled<Connection<Transaction>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserTransactions)? else { return Ok(None) };
        let query = || {
            query(
                ctx,
                filter.unwrap_or_default().filter(services(ctx)?.limits(), 0)?,
                order_by,
                TransactionOrderField::At,
                first,
                after,
            )
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// What payment service providers know of the user, newest first unless ordered otherwise.
    async fn psp_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which records.")] filter: Option<PspAccountWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<PspAccountOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Filled<Connection<PspAccount>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserPspAccounts)? else { return Ok(None) };
        let query = || {
            query(
                ctx,
                filter.unwrap_or_default().filter()?,
                order_by,
                PspAccountOrderField::RecordedAt,
                first,
                after,
            )
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// Where the user is paid out to, newest first unless ordered otherwise. Null, and listed in `withheldFields`, where the
    /// policy `showBankAccounts` hides it.
    async fn bank_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which bank accounts.")] filter: Option<BankAccountWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<BankAccountOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Filled<Connection<BankAccount>>>, ApiError> {
        if is_hidden(ctx, Action::UserBankAccounts).await? {
            return Ok(None);
        }
        let Some(permit) = self.0.permit(ctx, Action::UserBankAccounts)? else { return Ok(None) };
        let query = || {
            query(
                ctx,
                filter.unwrap_or_default().filter()?,
                order_by,
                BankAccountOrderField::RecordedAt,
                first,
                after,
            )
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }

    /// What the user offers on the platform, newest first unless ordered otherwise.
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which listings.")] filter: Option<ListingWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<ListingOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Filled<Connection<Listing>>, ApiError> {
        let permit = self.0.seen(ctx).await?;
        let query = || {
            query(
                ctx,
                filter.unwrap_or_default().filter()?,
                order_by,
                ListingOrderField::PublishedAt,
                first,
                after,
            )
        };
        list_of(ctx, &permit, self.0.among(), (), query).await
    }

    /// The bookings of the user on one side, newest first unless ordered otherwise.
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "On which side the user is.")] side: BookingSide,
        #[graphql(name = "where", desc = "Which bookings.")] filter: Option<BookingWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<BookingOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Filled<Connection<Booking>>, ApiError> {
        let permit = self.0.seen(ctx).await?;
        let query = || {
            query(ctx, filter.unwrap_or_default().filter()?, order_by, BookingOrderField::At, first, after)
        };
        list_of(ctx, &permit, self.0.among(), side, query).await
    }

    /// The reviews about the user, or by the user, newest first unless ordered otherwise.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About the user, or by the user.")] direction: ReviewDirection,
        #[graphql(name = "where", desc = "Which reviews.")] filter: Option<ReviewWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<ReviewOrderField>>,
        >,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Filled<Connection<Review>>, ApiError> {
        let permit = self.0.seen(ctx).await?;
        let query =
            || query(ctx, filter.unwrap_or_default().filter()?, order_by, ReviewOrderField::At, first, after);
        list_of(ctx, &permit, self.0.among(), direction, query).await
    }
}

/// What the arguments of such a list ask for.
fn query<A, F: async_graphql::InputType>(
    ctx: &Context<'_>,
    filter: Filter<A>,
    order: Option<Vec<Order<F>>>,
    newest: F,
    first: Option<i32>,
    after: Option<String>,
) -> Result<ListQuery<A, F>, ApiError> {
    let limits = services(ctx)?.limits();
    let order = order_by(order, newest, limits)?;
    Ok(ListQuery { filter, search: None, order, window: nested_window(first, after, limits)? })
}
