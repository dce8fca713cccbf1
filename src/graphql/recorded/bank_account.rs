//! Where users are paid out to.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::{Source, source};
use crate::{
    auth::policy::Action,
    domain::list::Filter,
    graphql::{
        connection::Node,
        filter::{CodeFilter, tested},
        guard::{caller, reads},
        nested::{Item, Named},
        plain::Plain,
        scalars::CurrencyCode,
        user::User,
    },
    service::{
        error::ApiError,
        nested::Row,
        recorded::{BankAccountAttribute as A, BankAccounts},
    },
};

/// A bank account that a user is paid out to.
#[derive(Clone)]
pub(in crate::graphql) struct BankAccount {
    row: Arc<Row<BankAccounts>>,
    named: Arc<Named>,
}

impl Node for BankAccount {
    type Listed = BankAccounts;
}

impl Plain for BankAccount {}

impl Item for BankAccount {
    fn users(row: &Row<BankAccounts>) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn of(row: Row<BankAccounts>, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

/// A bank account that a user is paid out to.
#[Object]
impl BankAccount {
    /// What the API calls the bank account.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Whose it is; null outside your accounts.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// The name on the account.
    async fn holder(&self) -> &str {
        &self.row.holder
    }

    /// The whole number (ISO 13616).
    async fn iban(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        let permit = reads(ctx)?.permit(caller(ctx)?, Action::UserIbans, self.row.user_id);
        Ok(permit.map(|_| self.row.iban.as_str()))
    }

    /// The number by its country and its last four characters.
    async fn masked_iban(&self) -> &str {
        &self.row.masked_iban
    }

    /// The bank (ISO 9362).
    async fn bic(&self) -> Option<&str> {
        self.row.bic.as_deref()
    }

    /// The currency of the account.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.row.currency.clone())
    }

    /// Which system says so, and as of when.
    async fn source(&self) -> Source {
        source!(self.row)
    }
}

/// Which bank accounts: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct BankAccountWhere {
    /// The code of the currency.
    currency: Option<CodeFilter>,
}

impl BankAccountWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { currency } = self;
        Ok(Filter::All(tested(currency, A::Currency)?.into_iter().collect()))
    }
}
