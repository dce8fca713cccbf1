//! What payment service providers know of users.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use serde_json::Value;
use uuid::Uuid;

use super::{Source, source};
use crate::{
    domain::list::{Filter, Operand, Test},
    graphql::{
        connection::Node,
        filter::{CodeFilter, tested},
        nested::{Item, Named},
        plain::Plain,
        user::User,
    },
    service::{
        error::ApiError,
        nested::Row,
        recorded::{PspAccountAttribute as A, PspAccounts},
    },
};

/// What a payment service provider knows of a user.
#[derive(Clone)]
pub(in crate::graphql) struct PspAccount {
    row: Arc<Row<PspAccounts>>,
    named: Arc<Named>,
}

impl Node for PspAccount {
    type Listed = PspAccounts;
}

impl Plain for PspAccount {}

impl Item for PspAccount {
    fn users(row: &Row<PspAccounts>) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn of(row: Row<PspAccounts>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// What a payment service provider knows of a user.
#[Object]
impl PspAccount {
    /// What the API calls the record.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// The user; null outside your accounts.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// The payment service provider.
    async fn provider(&self) -> &str {
        &self.row.provider
    }

    /// What the provider calls the user.
    async fn provider_user_id(&self) -> &str {
        &self.row.provider_user_id
    }

    /// Whether the platform can receive funds for the user.
    async fn can_be_paid(&self) -> bool {
        self.row.can_be_paid
    }

    /// Whether the provider knows enough to pay the user out.
    async fn can_be_paid_out(&self) -> bool {
        self.row.can_be_paid_out
    }

    /// What else the provider says: an object.
    async fn details(&self) -> Option<Value> {
        serde_json::from_str(self.row.details.as_deref()?).ok()
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which records: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct PspAccountWhere {
    /// The payment service provider.
    provider: Option<CodeFilter>,
    /// Whether the platform can receive funds for the user.
    can_be_paid: Option<bool>,
    /// Whether the provider knows enough to pay the user out.
    can_be_paid_out: Option<bool>,
}

impl PspAccountWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { provider, can_be_paid, can_be_paid_out } = self;
        let flag = |attribute: A, value: bool| Filter::Is(attribute, Test::Eq(Operand::Flag(value)));
        let parts = [
            tested(provider, A::Provider)?,
            can_be_paid.map(|value| flag(A::CanBePaid, value)),
            can_be_paid_out.map(|value| flag(A::CanBePaidOut, value)),
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
