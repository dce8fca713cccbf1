//! The scope of a permit as a condition of statements.

use backdesk_entity::{account, enums::KycStatus, user};
use sea_orm::{
    DbBackend, ExprTrait, IdenStatic,
    sea_query::{Cond, Condition, Expr, IntoColumnRef, Query},
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
        let all = self.users_of((TABLE, user::Column::Account.as_str()));
        match self.scope.leads_only {
            true => all.add(leads()),
            false => all,
        }
    }

    /// Which users it covers by their account alone, whatever a statement calls that.
    ///
    /// Where several accounts are all there are, as of most who see several, the database finds that out once, and looks at no
    /// account of a row: every user has one. That was a third of a count, and kept SQLite from the index of the order: it
    /// collected users by account, and sorted them.
    pub(super) fn users_of(self, account: impl IntoColumnRef + Copy) -> Condition {
        let within = self.within(account);
        match &self.scope.accounts {
            Accounts::Codes(codes) if codes.len() > 1 => {
                let code = Expr::col((account::Entity, account::Column::Code));
                let mut others = Query::select();
                others
                    .expr(Expr::val(1))
                    .from(account::Entity)
                    .and_where(is_one_of(code, codes.iter().cloned(), self.backend).not());
                // an "all" around it: what is added to it must narrow it, such as that only leads are covered
                Cond::all().add(Cond::any().add(Expr::exists(others).not()).add(within))
            }
            _ => within,
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

    pub(super) fn is_of_one_account(self) -> bool {
        matches!(&self.scope.accounts, Accounts::Codes(codes) if codes.len() == 1)
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

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Asterisk, PostgresQueryBuilder, SqliteQueryBuilder};

    use super::*;

    #[test]
    fn of_several_accounts_leads_alone_stay_leads_alone() {
        let accounts = Accounts::Codes(["DE".to_owned(), "FR".to_owned()].into());
        let scope = Scope { accounts, leads_only: true };
        for backend in [DbBackend::Postgres, DbBackend::Sqlite] {
            let covered = InScope::of(&scope, backend).users();
            let select = Query::select().column(Asterisk).from(user::Entity).cond_where(covered).take();
            let sql = match backend {
                DbBackend::Postgres => select.to_string(PostgresQueryBuilder),
                _ => select.to_string(SqliteQueryBuilder),
            };
            let (accounts, leads) = sql.rsplit_once(") AND ").expect("two conditions that both hold");
            assert!(accounts.contains("NOT EXISTS") && accounts.contains(" OR "), "{sql}");
            assert!(leads.contains("kyc_status") && !leads.contains(" OR "), "{sql}");
        }
    }
}
