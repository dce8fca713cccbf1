//! Wallets of users, and how they are connected to their networks.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, InputType, Object, SimpleObject, Value};
use backdesk_entity::enums::{NetworkStatus, WalletStatus};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Source, amount, source};
use crate::{
    auth::policy::Action,
    config::Limits,
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{CodeFilter, DateTimeFilter, IdFilter, WordFilter, tested},
        guard::{caller, reads, services},
        money::Money,
        nested::{Item, Named},
        plain::{Plain, Selected},
        scalars::CurrencyCode,
        user::User,
    },
    service::{
        error::ApiError,
        listing,
        nested::Row,
        recorded::{Network, WalletAttribute as A, Wallets},
    },
};

/// A wallet of a user.
#[derive(Clone)]
pub(in crate::graphql) struct Wallet {
    row: Arc<Row<Wallets>>,
    named: Arc<Named>,
}

impl Node for Wallet {
    type Listed = Wallets;
}

impl Plain for Wallet {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let row = &*self.row;
        match field.name() {
            "id" => Some(ID::from(row.id).to_value()),
            "status" => Some(row.status.to_value()),
            "provider" => Some(row.provider.to_value()),
            "currency" => Some(row.currency.to_value()),
            "openedAt" => Some(row.opened_at.to_value()),
            _ => None,
        }
    }
}

impl Item for Wallet {
    fn users(row: &Row<Wallets>) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn others(row: &Row<Wallets>) -> Vec<Uuid> {
        vec![row.id]
    }

    fn of(row: Row<Wallets>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// A wallet of a user.
#[Object]
impl Wallet {
    /// What the API calls the wallet.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Whose it is; null outside your accounts.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// How far it is ready.
    async fn status(&self) -> WalletStatus {
        self.row.status
    }

    /// The payment provider that keeps it.
    async fn provider(&self) -> &str {
        &self.row.provider
    }

    /// What is in it; null where the provider does not tell.
    async fn balance(&self) -> Result<Option<Money>, ApiError> {
        self.row.balance_minor.map(|minor| amount(minor, &self.row.currency)).transpose()
    }

    /// The currency of what is in it.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.row.currency.clone())
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.row.opened_at
    }

    /// How it is connected to its network; null where that is not known.
    async fn network(&self, ctx: &Context<'_>) -> Result<Option<WalletNetwork>, ApiError> {
        let permit = reads(ctx)?.permit(caller(ctx)?, Action::UserWalletNetworks, self.row.user_id);
        let Some(permit) = permit else { return Ok(None) };
        let all = services(ctx)?.wallet_networks(&permit, self.named.known(), self.named.others()).await?;
        Ok(all.get(&self.row.id).cloned().map(WalletNetwork::from))
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// How a wallet is connected to its network.
#[derive(SimpleObject)]
struct WalletNetwork {
    /// The network, such as `bitcoin` or `SEPA`.
    network: String,
    /// The wallet's address there.
    address: Option<String>,
    /// How the connection stands.
    status: NetworkStatus,
    /// After how many confirmations what comes in counts.
    confirmations_required: Option<i32>,
    /// The number of the last block that was seen.
    last_block: Option<i64>,
    /// When the network was last heard of.
    last_seen_at: Option<DateTime<Utc>>,
    /// What support wrote about it.
    note: Option<String>,
    /// The instant of which this is so.
    as_of: DateTime<Utc>,
}

impl From<Network> for WalletNetwork {
    fn from(row: Network) -> Self {
        let Network {
            wallet_id: _,
            network,
            address,
            status,
            confirmations_required,
            last_block,
            last_seen_at,
            note,
            as_of,
        } = row;
        Self { network, address, status, confirmations_required, last_block, last_seen_at, note, as_of }
    }
}

/// Which wallets: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct WalletWhere {
    /// All of these hold as well.
    and: Option<Vec<WalletWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<WalletWhere>>,
    /// This does not hold.
    not: Option<Box<WalletWhere>>,
    /// What the API calls the wallet.
    id: Option<IdFilter>,
    /// Whose it is.
    user_id: Option<IdFilter>,
    /// The code of the account.
    account: Option<CodeFilter>,
    /// How far it is ready.
    status: Option<WordFilter<WalletStatus>>,
    /// The payment provider that keeps it.
    provider: Option<CodeFilter>,
    /// The code of its currency.
    currency: Option<CodeFilter>,
    /// When it was opened.
    opened_at: Option<DateTimeFilter>,
}

impl WalletWhere {
    /// The filter that is meant; `depth` counts the inputs around this one.
    pub(in crate::graphql) fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self { and, or, not, id, user_id, account, status, provider, currency, opened_at } = self;
        let all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.filter(limits, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter(limits, depth + 1)).transpose()?.map(Filter::negated),
            tested(id, A::Id)?,
            tested(user_id, A::UserId)?,
            tested(account, A::Account)?,
            tested(status, A::Status)?,
            tested(provider, A::Provider)?,
            tested(currency, A::Currency)?,
            tested(opened_at, A::OpenedAt)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
