//! Tests for being one of several values.
//!
//! PostgreSQL takes them as one array: a statement is the same however many there are, so that it is planned once and kept.
//! As a list of parameters, a kept plan would put them together anew for each row that it looks at.

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait, Func, Value},
};

/// Whether `tested` is one of these values, which are of one kind.
pub(super) fn is_one_of<V: Into<Value>>(
    tested: Expr,
    values: impl IntoIterator<Item = V>,
    backend: DbBackend,
) -> Expr {
    if backend != DbBackend::Postgres {
        return tested.is_in(values);
    }
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    match values.first().map(Value::array_type) {
        Some(kind) => {
            let values = Expr::val(Value::Array(kind, Some(Box::new(values))));
            tested.eq(Func::cust("ANY").arg(values))
        }
        None => tested.is_in(values),
    }
}
