//! How PostgreSQL plans what it was sent before. Left alone it plans most pages anew each time, which costs more than to read
//! them: it believes a plan for the values at hand to be a little better. Where one index serves a list whatever the values
//! are, its plan is kept. Elsewhere the values decide, and must be looked at: of whom a filter finds few, an index of that
//! filter is asked, and not that of the order.

use super::filter::{Attribute, Frame, Target};
use crate::domain::list::{Filter, Operator};

/// How a statement is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planning {
    /// Once, whatever its values are.
    Kept,
    /// By its values, where the database believes that this pays.
    ByValues,
}

/// Lists that one index each serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served {
    /// The column of the order.
    pub(crate) order: &'static str,
    /// For each index, the columns before that of the order, by the alphabet: a list is served that asks each of them for one
    /// value, and nothing of another column.
    pub(crate) behind: &'static [&'static [&'static str]],
}

impl Planning {
    /// The statement that has a connection plan so.
    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::Kept => "SET plan_cache_mode = force_generic_plan",
            Self::ByValues => "SET plan_cache_mode = auto",
        }
    }

    /// That of a list that is served so, in the order of the column that [`Served`] names.
    pub(super) fn of<A: Attribute>(served: Served, filter: &Filter<A>, frame: &Frame<'_>) -> Self {
        let mut equal = Vec::new();
        if !collect(filter, served.order, frame, &mut equal) {
            return Self::ByValues;
        }
        // of a small account and a frequent country, the one has few rows and the other many
        if frame.scope.is_of_one_account() && !equal.is_empty() {
            return Self::ByValues;
        }
        equal.sort_unstable();
        match served.behind.iter().any(|columns| *columns == equal) {
            true => Self::Kept,
            false => Self::ByValues,
        }
    }
}

/// Collects the columns that a filter asks for one value; false if it asks for more than that and a part of the order.
fn collect<A: Attribute>(
    filter: &Filter<A>,
    order: &str,
    frame: &Frame<'_>,
    equal: &mut Vec<&'static str>,
) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| collect(part, order, frame, equal)),
        Filter::Any(_) | Filter::Not(_) | Filter::ByOne(_) => false,
        Filter::Is(attribute, test) => match (attribute.target(frame), test.operator()) {
            (Target::Column { column: (_, column), .. }, Operator::Eq | Operator::IsNull) => {
                equal.push(column);
                true
            }
            (
                Target::Column { column: (_, column), .. },
                Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte | Operator::Within,
            ) => column == order,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;
    use crate::{
        auth::caller::{Accounts, Scope},
        config::Pool,
        domain::list::{Operand, Test},
        store::{
            Database,
            list::Listed,
            scope::InScope,
            user::{UserAttribute, Users},
        },
    };

    type UserFilter = Filter<UserAttribute>;

    fn within(accounts: Accounts, filter: &UserFilter) -> Planning {
        let scope = Scope { accounts, leads_only: false };
        let scope = InScope::of(&scope, DbBackend::Postgres);
        Planning::of(Users::SERVED.unwrap(), filter, &Frame { scope, now: DateTime::UNIX_EPOCH })
    }

    fn of(filter: &UserFilter) -> Planning {
        within(Accounts::All, filter)
    }

    fn text() -> Operand {
        Operand::Text("FR".to_owned())
    }

    fn is(attribute: UserAttribute) -> UserFilter {
        Filter::Is(attribute, Test::Eq(text()))
    }

    fn since() -> UserFilter {
        Filter::Is(UserAttribute::CreatedAt, Test::Gte(Operand::Instant(DateTime::UNIX_EPOCH)))
    }

    #[test]
    fn plans_are_kept_of_lists_that_one_index_serves() {
        use UserAttribute::{Country, KycStatus, Status};
        for filter in [
            Filter::All(vec![]),
            since(),
            is(Country),
            Filter::Is(Country, Test::In(vec![text()])),
            Filter::Is(Country, Test::IsNull),
            Filter::All(vec![is(KycStatus), since(), since()]),
            Filter::All(vec![is(Status), Filter::All(vec![is(Country), since()])]),
        ] {
            assert_eq!(of(&filter), Planning::Kept, "{filter:?}");
        }
    }

    #[test]
    fn values_decide_where_there_is_a_choice_of_indexes() {
        use UserAttribute::{Country, KycStatus, LastName, Nationality, Phone, Status, Tag, UpdatedAt};
        for filter in [
            is(Tag),
            is(Phone),
            is(Nationality),
            Filter::Is(LastName, Test::Contains("x".to_owned())),
            Filter::Is(Country, Test::In(vec![text(), text()])),
            Filter::Is(UpdatedAt, Test::Gte(Operand::Today)),
            Filter::Any(vec![is(Country)]),
            Filter::Not(Box::new(is(Country))),
            Filter::All(vec![is(Country), is(KycStatus)]),
            Filter::All(vec![is(Country), is(Country)]),
            Filter::All(vec![is(Country), is(Status), is(Tag)]),
        ] {
            assert_eq!(of(&filter), Planning::ByValues, "{filter:?}");
        }
    }

    #[test]
    fn an_account_is_a_choice_as_well() {
        let one = || Accounts::Codes(["FR".to_owned()].into());
        let many = || Accounts::Codes(["DE".to_owned(), "FR".to_owned()].into());
        let country = is(UserAttribute::Country);
        assert_eq!(within(one(), &since()), Planning::Kept);
        assert_eq!(within(one(), &country), Planning::ByValues);
        // no index is asked for several
        assert_eq!(within(many(), &country), Planning::Kept);
    }

    #[tokio::test]
    async fn the_indexes_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/backdesk.db", folder.path().display());
        let database = Database::open(&url, Pool::of(1)).await.unwrap();
        database.migrate().await.unwrap();
        let db = database.into_connections();
        let sql = "SELECT group_concat(name) AS columns FROM (SELECT indexes.name AS of_index, columns.name
            FROM pragma_index_list('users') AS indexes, pragma_index_info(indexes.name) AS columns
            ORDER BY of_index, seqno) GROUP BY of_index";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        let indexes: Vec<String> = rows.iter().map(|row| row.try_get("", "columns").unwrap()).collect();
        let Served { order, behind } = Users::SERVED.unwrap();
        for columns in behind.iter().copied().chain([&["account"][..]]) {
            assert!(columns.is_sorted(), "{columns:?} are compared in the order of the alphabet");
            let start = [columns, &[order, "id"]].concat().join(",");
            assert!(indexes.iter().any(|index| index.starts_with(&start)), "{start} in {indexes:#?}");
        }
    }
}
