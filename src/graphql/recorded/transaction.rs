//! Money that users moved.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use backdesk_entity::enums::{TransactionKind, TransactionState};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Source, Wallet, amount, source};
use crate::{
    auth::policy::Action,
    config::Limits,
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{AmountFilter, CodeFilter, DateTimeFilter, IdFilter, WordFilter, tested},
        guard::{caller, reads},
        money::Money,
        nested::{Item, Named},
        plain::Plain,
        user::User,
    },
    service::{
        error::ApiError,
        listing,
        nested::Row,
        recorded::{TransactionAttribute as A, Transactions},
    },
};

/// Money that a user moved. `FINANCE_READ` shows deposits, payouts, transfers and payments, `DEALING_READ` trade orders and
/// exchanges: lists and counts have what you may see.
#[derive(Clone)]
pub(in crate::graphql) struct Transaction {
    row: Arc<Row<Transactions>>,
    named: Arc<Named>,
}

impl Node for Transaction {
    type Listed = Transactions;
}

impl Plain for Transaction {}

impl Item for Transaction {
    fn users(row: &Row<Transactions>) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn others(row: &Row<Transactions>) -> Vec<Uuid> {
        row.wallet_id.into_iter().collect()
    }

    fn of(row: Row<Transactions>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// Money that a user moved. `FINANCE_READ` shows deposits, payouts, transfers and payments, `DEALING_READ` trade orders and
/// exchanges: lists and counts have what you may see.
#[Object]
impl Transaction {
    /// What the API calls the transaction.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Who moved it; null outside your accounts.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// The wallet that it went into or out of; null where that is not known.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let permit = reads(ctx)?.permit(caller(ctx)?, Action::UserTransactionWallets, self.row.user_id);
        let Some(permit) = permit else { return Ok(None) };
        self.named.item_at(ctx, &permit, self.row.wallet_id).await
    }

    /// What it does.
    async fn kind(&self) -> TransactionKind {
        self.row.kind
    }

    /// How far it is.
    async fn state(&self) -> TransactionState {
        self.row.state
    }

    /// How much.
    async fn amount(&self) -> Result<Money, ApiError> {
        amount(self.row.amount_minor, &self.row.currency)
    }

    /// What an exchange or an order gives for it.
    async fn counter_amount(&self) -> Result<Option<Money>, ApiError> {
        let counter = self.row.counter_amount_minor.zip(self.row.counter_currency.as_deref());
        counter.map(|(minor, currency)| amount(minor, currency)).transpose()
    }

    /// When it was begun.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }

    /// What its system says about it.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which transactions: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct TransactionWhere {
    /// All of these hold as well.
    and: Option<Vec<TransactionWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<TransactionWhere>>,
    /// This does not hold.
    not: Option<Box<TransactionWhere>>,
    /// What the API calls the transaction.
    id: Option<IdFilter>,
    /// Who moved it.
    user_id: Option<IdFilter>,
    /// The wallet that it went into or out of; needs `FINANCE_READ`, as seeing it does.
    wallet_id: Option<IdFilter>,
    /// The code of the account.
    account: Option<CodeFilter>,
    /// What it does.
    kind: Option<WordFilter<TransactionKind>>,
    /// How far it is.
    state: Option<WordFilter<TransactionState>>,
    /// How much of one currency.
    amount: Option<AmountFilter>,
    /// The code of the currency.
    currency: Option<CodeFilter>,
    /// When it was begun.
    at: Option<DateTimeFilter>,
}

impl TransactionWhere {
    /// The filter that is meant; `depth` counts the inputs around this one.
    pub(in crate::graphql) fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self { and, or, not, id, user_id, wallet_id, account, kind, state, amount, currency, at } = self;
        let all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.filter(limits, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter(limits, depth + 1)).transpose()?.map(Filter::negated),
            tested(id, A::Id)?,
            tested(user_id, A::UserId)?,
            tested(wallet_id, A::WalletId)?,
            tested(account, A::Account)?,
            tested(kind, A::Kind)?,
            tested(state, A::State)?,
            amount.map(|amount| amount.on(A::Amount, A::Currency)).transpose()?,
            tested(currency, A::Currency)?,
            tested(at, A::At)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
