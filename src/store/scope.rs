//! The scope of a permit as a condition of statements.

use backdesk_entity::{enums::KycStatus, user};
use sea_orm::{
    ExprTrait, IdenStatic,
    sea_query::{Cond, Condition, Expr, IntoColumnRef},
};

use super::{filter, user::TABLE};
use crate::auth::caller::{Accounts, Scope};

/// Which rows of `users` the scope covers.
pub(super) fn of_users(scope: &Scope) -> Condition {
    let column = |column: user::Column| Expr::col((TABLE, column.as_str()));
    let all = within(&scope.accounts, (TABLE, user::Column::Account.as_str()));
    match scope.leads_only {
        // as `domain::lead` has it
        true => all
            .add(column(user::Column::IdentityVerified).eq(false))
            .add(column(user::Column::KycStatus).ne(KycStatus::Validated as i16)),
        false => all,
    }
}

/// Which rows of another table with an account the scope covers. Such a row does not tell whether it is about a lead:
/// who reaches leads alone sees none.
pub(super) fn of_rows(scope: &Scope, account: impl IntoColumnRef) -> Condition {
    match scope.leads_only {
        true => filter::constant(false),
        false => within(&scope.accounts, account),
    }
}

fn within(accounts: &Accounts, account: impl IntoColumnRef) -> Condition {
    match accounts {
        Accounts::All => Cond::all(),
        // no account at all is a condition that nothing meets, never a missing one
        Accounts::Codes(codes) => Cond::all().add(Expr::col(account).is_in(codes.iter().cloned())),
    }
}
