//! The scope of a permit as a condition of statements.

use backdesk_entity::{enums::KycStatus, user};
use sea_orm::{
    DbBackend, ExprTrait, IdenStatic,
    sea_query::{Cond, Condition, Expr, IntoColumnRef},
};

use super::{filter, membership::is_one_of, user::TABLE};
use crate::auth::caller::{Accounts, Scope};

/// The rows that a scope covers, as one kind of database is asked for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InScope<'a> {
    scope: &'a Scope,
    backend: DbBackend,
}

impl<'a> InScope<'a> {
    pub(super) fn of(scope: &'a Scope, backend: DbBackend) -> Self {
        Self { scope, backend }
    }

    /// Which rows of `users` it covers.
    pub(super) fn users(self) -> Condition {
        let all = self.within((TABLE, user::Column::Account.as_str()));
        match self.scope.leads_only {
            true => all.add(leads()),
            false => all,
        }
    }

    /// Which rows of another table with an account it covers. Such a row does not tell whether it is about a lead: who
    /// reaches leads alone sees none.
    pub(super) fn rows(self, account: impl IntoColumnRef) -> Condition {
        match self.scope.leads_only {
            true => filter::constant(false),
            false => self.within(account),
        }
    }

    pub(super) fn is_everything(self) -> bool {
        self.scope.is_everything()
    }

    pub(super) fn is_of_leads(self) -> bool {
        self.scope.leads_only
    }

    pub(super) fn backend(self) -> DbBackend {
        self.backend
    }

    fn within(self, account: impl IntoColumnRef) -> Condition {
        let account = Expr::col(account);
        match &self.scope.accounts {
            Accounts::All => Cond::all(),
            Accounts::Codes(codes) if codes.len() > 1 => {
                let account = match self.backend {
                    // several accounts hold most rows: SQLite must not collect them by account, and sort them then
                    DbBackend::Sqlite => Expr::cust_with_expr("+?", account),
                    _ => account,
                };
                Cond::all().add(is_one_of(account, codes.iter().cloned(), self.backend))
            }
            // no account at all is a condition that nothing meets, never a missing one
            Accounts::Codes(codes) => Cond::all().add(account.is_in(codes.iter().cloned())),
        }
    }
}

/// Which rows of `users` are leads, as `domain::lead` has it.
pub(super) fn leads() -> Condition {
    let column = |column: user::Column| Expr::col((TABLE, column.as_str()));
    Cond::all()
        .add(column(user::Column::IdentityVerified).eq(false))
        .add(column(user::Column::KycStatus).ne(KycStatus::Validated as i16))
}
