//! Where what users are tied to is found, for filters.

use backdesk_entity::{category, user, user_category};
use sea_orm::sea_query::{Expr, ExprTrait, IntoTableRef, Query};

use crate::store::{
    filter::{Target, TextForm},
    scope,
    user::TABLE,
};

/// A column of a table with a column for the user.
pub(in crate::store::user) fn rows(
    table: impl IntoTableRef,
    name: &'static str,
    column: &'static str,
    text: TextForm,
) -> Target {
    let mut users = Query::select();
    users.column((name, "user_id")).from(table);
    Target::Rows { users: Box::new(users), column: (name, column), text }
}

/// The same rows without those that name somebody who is no lead.
pub(in crate::store::user) fn leads(named: Target) -> Target {
    let leads = scope::leads();
    match named {
        Target::Rows { mut users, column, text } => {
            let mut ids = Query::select();
            ids.column((TABLE, "id")).from(user::Entity).cond_where(leads);
            users.and_where(Expr::col(column).in_subquery(ids));
            Target::Rows { users, column, text }
        }
        other @ Target::Column { .. } => other,
    }
}

/// Categories, by key.
pub(in crate::store::user) fn categories() -> Target {
    let mut users = Query::select();
    users
        .column((user_category::Entity, user_category::Column::UserId))
        .from(user_category::Entity)
        .inner_join(
            category::Entity,
            Expr::col((category::Entity, category::Column::Id))
                .equals((user_category::Entity, user_category::Column::CategoryId)),
        );
    Target::Rows { users: Box::new(users), column: ("categories", "key"), text: TextForm::Upper }
}
