//! Shapes of queries, and what is advised on them.

use std::collections::BTreeSet;

use super::{
    advice::{Advice, Why},
    indexes::{Dialect, Index, IndexKey, Indexes},
    shape::{Asked, Shape, Shaped, Work},
};
use crate::{
    auth::{
        caller::{Accounts, Scope},
        policy::Action,
    },
    domain::list::{Direction, Filter, ListQuery, Nulls, Operand, OrderBy, Test, Window},
    store::{
        audit::{AuditAttribute, AuditEvents, AuditOrderField},
        user::{UserAttribute as A, UserOrderField as By, Users},
    },
};

type UserFilter = Filter<A>;

fn is(attribute: A, test: Test) -> UserFilter {
    Filter::Is(attribute, test)
}

fn eq(attribute: A) -> UserFilter {
    is(attribute, Test::Eq(Operand::Text("geheim".to_owned())))
}

fn contains(attribute: A) -> UserFilter {
    is(attribute, Test::Contains("geheim".to_owned()))
}

fn before(attribute: A) -> UserFilter {
    is(attribute, Test::Lt(Operand::Number(7)))
}

fn by(field: By, direction: Direction) -> OrderBy<By> {
    OrderBy { field, direction, nulls: Nulls::Last }
}

fn of_accounts(accounts: &[&str]) -> Scope {
    let codes: BTreeSet<String> = accounts.iter().map(|&code| code.to_owned()).collect();
    Scope {
        accounts: if codes.is_empty() { Accounts::All } else { Accounts::Codes(codes) },
        leads_only: false,
    }
}

fn query(filter: UserFilter, order: Vec<OrderBy<By>>) -> ListQuery<A, By> {
    ListQuery { filter, search: None, order, window: Window::Forward { first: 25, after: None } }
}

fn shape_of(query: &ListQuery<A, By>, accounts: &[&str], work: Work) -> Shape {
    Asked::<Users>::new(Action::Users, &of_accounts(accounts), None, query).shape(work)
}

/// The page of a list, newest first.
fn newest(filter: UserFilter) -> Shape {
    shape_of(&query(filter, vec![by(By::CreatedAt, Direction::Desc)]), &[], Work::Page)
}

fn sorted(order: Vec<OrderBy<By>>) -> Shape {
    shape_of(&query(Filter::default(), order), &[], Work::Page)
}

/// An index over columns, each as `CREATE INDEX` has it on PostgreSQL.
fn index(table: &str, name: &str, columns: &[&str]) -> Index {
    let key = |column: &&str| {
        let descends = column.contains(" DESC");
        let nulls_first = if column.contains(" NULLS") { column.ends_with("FIRST") } else { descends };
        let column = column.split(' ').next().unwrap().to_owned();
        IndexKey { column, descends, nulls_first }
    };
    Index {
        table: table.to_owned(),
        name: name.to_owned(),
        is_unique: false,
        finds_substrings: false,
        where_null: None,
        keys: columns.iter().map(key).collect(),
    }
}

fn unique(table: &str, name: &str, columns: &[&str]) -> Index {
    Index { is_unique: true, ..index(table, name, columns) }
}

fn trigrams(table: &str, name: &str, column: &str) -> Index {
    Index { finds_substrings: true, ..index(table, name, &[column]) }
}

/// Some of the indexes that there are.
fn indexes(dialect: Dialect) -> Indexes {
    let mut all = vec![
        unique("users", "users_pkey", &["id"]),
        unique("users", "users_account_email_unique", &["account", "email_folded"]),
        index("users", "users_by_created_at", &["created_at", "id"]),
        index("users", "users_by_account_created_at", &["account", "created_at", "id"]),
        index("users", "users_by_status_created_at", &["status", "created_at", "id"]),
        index("users", "users_by_email_folded", &["email_folded", "id"]),
        unique("user_languages", "user_languages_pkey", &["user_id", "language"]),
        unique("wallets", "wallets_pkey", &["id"]),
        index("wallets", "wallets_by_status", &["status"]),
    ];
    if dialect == Dialect::Postgres {
        all.push(trigrams("users", "users_search", "search_text"));
    }
    Indexes { dialect, all }
}

fn on_postgres(shape: &Shape) -> Advice {
    Advice::on(shape, &indexes(Dialect::Postgres))
}

fn on_sqlite(shape: &Shape) -> Advice {
    Advice::on(shape, &indexes(Dialect::Sqlite))
}

fn create(statement: &str) -> Advice {
    Advice::Create { statement: statement.to_owned() }
}

fn served(index: &str) -> Advice {
    Advice::Served { index: index.to_owned() }
}

#[test]
fn a_shape_names_attributes_operators_and_orders_and_no_value() {
    let filter = Filter::All(vec![
        contains(A::LastName),
        Filter::Any(vec![eq(A::Country), is(A::Tag, Test::IsNull)]),
        eq(A::Status).negated(),
        Filter::Not(Box::new(Filter::All(vec![before(A::BirthDate), eq(A::Frozen)]))),
    ]);
    let mut asked = query(filter, vec![by(By::Name, Direction::Asc), by(By::CreatedAt, Direction::Desc)]);
    asked.search = Some("geheim".to_owned());
    let shape = shape_of(&asked, &["FR"], Work::Page);
    assert_eq!(
        format!("{}: {shape}", shape.list),
        "users: page of one account where (not birthDate lt or not frozen eq) and (country eq or tag isNull) and \
         lastName contains and not status eq search order by name, createdAt desc"
    );
    let count = shape_of(&asked, &["FR", "DE"], Work::Count);
    assert!(count.to_string().starts_with("count of some accounts where (not"), "{count}");
    assert!(!count.to_string().contains("order"), "{count}");
    let kept = serde_json::to_string(&shape).unwrap();
    assert!(!kept.contains("geheim") && !kept.contains("FR") && !kept.contains('7'), "{kept}");
    assert_eq!(serde_json::from_str::<Shape>(&kept).unwrap(), shape);
}

#[test]
fn what_differs_in_values_alone_has_one_shape() {
    let many = |values: usize| is(A::Tag, Test::In(vec![Operand::Text("x".to_owned()); values]));
    assert_eq!(newest(many(2)), newest(many(500)));
    assert_eq!(newest(many(1)), newest(eq(A::Tag)));
    let either = |emails: usize| newest(Filter::Any(vec![eq(A::Email); emails]));
    assert_eq!(either(1), either(40));
    let both = |parts: Vec<UserFilter>| newest(Filter::All(parts));
    assert_eq!(both(vec![eq(A::Tag), eq(A::Status)]), both(vec![eq(A::Status), eq(A::Tag)]));
    assert_ne!(both(vec![eq(A::Tag)]), both(vec![eq(A::Tag), eq(A::Status)]));
    assert_ne!(newest(eq(A::Tag)), newest(eq(A::Tag).negated()));
}

#[test]
fn columns_with_one_value_come_first_and_then_the_order_and_the_id() {
    let filter = Filter::All(vec![eq(A::Country), eq(A::Frozen)]);
    let order = vec![by(By::CreatedAt, Direction::Desc)];
    let of_france = shape_of(&query(filter, order), &["FR"], Work::Page);
    assert_eq!(
        on_postgres(&of_france),
        create(
            "CREATE INDEX CONCURRENTLY users_advised_account_country_frozen_created_at_id ON users \
             (account, country, frozen, created_at, id)"
        )
    );
    assert_eq!(
        on_sqlite(&newest(eq(A::Country))),
        create("CREATE INDEX users_advised_country_created_at_id ON users (country, created_at, id)")
    );
}

#[test]
fn an_order_that_no_index_has_gets_one_that_has_it_in_its_directions() {
    let on = |order: Vec<OrderBy<By>>| match on_postgres(&sorted(order)) {
        Advice::Create { statement } => statement.split_once(" ON users ").unwrap().1.to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(on(vec![by(By::UpdatedAt, Direction::Desc)]), "(updated_at, id)");
    // an ascending index read backward has the missing values first
    assert_eq!(on(vec![by(By::Country, Direction::Asc)]), "(country, id)");
    assert_eq!(on(vec![by(By::Country, Direction::Desc)]), "(country DESC NULLS LAST, id DESC)");
    let first = OrderBy { nulls: Nulls::First, ..by(By::Country, Direction::Desc) };
    assert_eq!(on(vec![first]), "(country, id)");
    assert_eq!(
        on(vec![by(By::Name, Direction::Asc), by(By::CreatedAt, Direction::Desc)]),
        "(last_name_folded, first_name_folded, created_at DESC, id DESC)"
    );
    // SQLite reads any of them either way
    assert_eq!(
        on_sqlite(&sorted(vec![by(By::Country, Direction::Desc)])),
        create("CREATE INDEX users_advised_country_id ON users (country, id)")
    );
    assert_eq!(on_sqlite(&sorted(vec![by(By::Email, Direction::Desc)])), served("users_by_email_folded"));
    assert_ne!(on_postgres(&sorted(vec![by(By::Email, Direction::Desc)])), served("users_by_email_folded"));
    assert_eq!(on_postgres(&sorted(vec![by(By::Email, Direction::Asc)])), served("users_by_email_folded"));
}

#[test]
fn what_an_index_serves_already_is_slow_for_another_reason() {
    assert_eq!(on_postgres(&newest(Filter::default())), served("users_by_created_at"));
    assert_eq!(on_postgres(&newest(eq(A::Status))), served("users_by_status_created_at"));
    assert_eq!(on_postgres(&newest(eq(A::Id))), served("users_pkey"));
    let one = Filter::All(vec![eq(A::Email), eq(A::Account), eq(A::Country)]);
    assert_eq!(on_postgres(&newest(one)), served("users_account_email_unique"));
    // the walk is served, and yet it may drop most of what it meets: the range is looked up instead
    let born = Filter::All(vec![eq(A::Status), before(A::BirthDate)]);
    assert_eq!(
        on_postgres(&newest(born)),
        create("CREATE INDEX CONCURRENTLY users_advised_status_birth_date ON users (status, birth_date)")
    );
}

#[test]
fn parts_of_texts_are_found_by_trigrams_on_postgresql_alone() {
    assert_eq!(
        on_postgres(&newest(contains(A::LastName))),
        create(
            "CREATE INDEX CONCURRENTLY users_advised_last_name_folded_gin_trgm_ops ON users \
             USING gin (last_name_folded gin_trgm_ops)"
        )
    );
    assert_eq!(on_sqlite(&newest(contains(A::LastName))), Advice::Nothing(Why::Substring));
    let start = is(A::LastName, Test::StartsWith("geheim".to_owned()));
    assert_eq!(
        on_sqlite(&newest(start)),
        create("CREATE INDEX users_advised_last_name_folded ON users (last_name_folded)")
    );
    let mut search = query(Filter::default(), vec![by(By::CreatedAt, Direction::Desc)]);
    search.search = Some("geheim".to_owned());
    let search = shape_of(&search, &[], Work::Page);
    assert_eq!(on_postgres(&search), served("users_search"));
    assert_eq!(on_sqlite(&search), Advice::Nothing(Why::Substring));
    // what narrows it down does on either
    assert_eq!(
        on_sqlite(&newest(Filter::All(vec![contains(A::LastName), eq(A::Status)]))),
        served("users_by_status_created_at")
    );
}

#[test]
fn what_no_index_finds_says_so() {
    let count = |filter: UserFilter| shape_of(&query(filter, Vec::new()), &[], Work::Count);
    assert_eq!(on_postgres(&count(Filter::default())), Advice::Nothing(Why::Everything));
    assert_eq!(on_postgres(&count(eq(A::Status).negated())), Advice::Nothing(Why::Negated));
    let some = Filter::Any(vec![eq(A::Email), eq(A::Status).negated()]);
    assert_eq!(on_postgres(&count(some)), Advice::Nothing(Why::Alternatives));
    let some = Filter::Any(vec![contains(A::Email), contains(A::Phone)]);
    assert_eq!(on_sqlite(&count(some)), Advice::Nothing(Why::Substring));
    assert_eq!(on_postgres(&count(contains(A::LegalForm))), Advice::Nothing(Why::Letters));
}

#[test]
fn each_alternative_needs_an_index_of_its_own() {
    let either = |other: UserFilter| {
        let filter = Filter::Any(vec![eq(A::Email), other]);
        on_postgres(&shape_of(&query(filter, Vec::new()), &[], Work::Count))
    };
    assert_eq!(either(eq(A::Id)), served("users_by_email_folded"));
    assert_eq!(
        either(eq(A::Phone)),
        create("CREATE INDEX CONCURRENTLY users_advised_phone ON users (phone)")
    );
    let search = ListQuery {
        filter: Filter::<AuditAttribute>::default(),
        search: Some("geheim".to_owned()),
        order: vec![OrderBy { field: AuditOrderField::At, direction: Direction::Desc, nulls: Nulls::Last }],
        window: Window::Forward { first: 25, after: None },
    };
    let shape = Asked::<AuditEvents>::new(Action::AuditEvents, &of_accounts(&["FR"]), None, &search);
    let trail = Indexes {
        dialect: Dialect::Postgres,
        all: vec![
            unique("audit_entries", "audit_entries_pkey", &["id"]),
            index("audit_entries", "by_actor", &["actor_subject", "at", "id"]),
            index("audit_entries", "by_action", &["action", "at", "id"]),
        ],
    };
    assert_eq!(
        Advice::on(&shape.shape(Work::Page), &trail),
        create("CREATE INDEX CONCURRENTLY audit_entries_advised_request_id ON audit_entries (request_id)")
    );
}

#[test]
fn what_is_tested_in_another_table_is_indexed_there() {
    assert_eq!(on_postgres(&newest(eq(A::WalletsStatus))), served("wallets_by_status"));
    assert_eq!(
        on_postgres(&newest(eq(A::SpokenLanguage))),
        create("CREATE INDEX CONCURRENTLY user_languages_advised_language ON user_languages (language)")
    );
    // names of companies are a table that the statement makes
    let named = shape_of(&query(contains(A::CompanyName), Vec::new()), &[], Work::Count);
    assert_eq!(on_postgres(&named), Advice::Nothing(Why::Everything));
}

#[test]
fn an_index_of_some_rows_serves_who_asks_for_these() {
    let waiting = Index {
        where_null: Some("tag_folded".to_owned()),
        ..index("users", "users_waiting", &["created_at", "id"])
    };
    let all = Indexes { dialect: Dialect::Postgres, all: vec![waiting] };
    assert_eq!(Advice::on(&newest(is(A::Tag, Test::IsNull)), &all), served("users_waiting"));
    assert!(matches!(Advice::on(&newest(Filter::default()), &all), Advice::Create { .. }));
    // that column is asked for, and not that it is empty
    assert!(matches!(Advice::on(&newest(eq(A::Tag)), &all), Advice::Create { .. }));
}

#[test]
fn rows_without_a_value_are_many_in_an_index_of_one_each() {
    let without = Filter::All(vec![eq(A::Account), is(A::Email, Test::IsNull)]);
    assert_eq!(
        on_postgres(&newest(without)),
        create(
            "CREATE INDEX CONCURRENTLY users_advised_account_email_folded_created_at_id ON users \
             (account, email_folded, created_at, id)"
        )
    );
}

#[test]
fn lists_of_users_are_of_their_owner_first() {
    let order = vec![OrderBy { field: AuditOrderField::At, direction: Direction::Desc, nulls: Nulls::Last }];
    let window = Window::Forward { first: 10, after: None };
    let query = ListQuery {
        filter: Filter::Is(AuditAttribute::Action, Test::Eq(Operand::Text("X".to_owned()))),
        search: None,
        order,
        window,
    };
    let asked =
        Asked::<AuditEvents>::new(Action::UserHistory, &of_accounts(&["FR"]), Some("target_id"), &query);
    let shape = asked.shape(Work::Page);
    assert_eq!(format!("{}: {shape}", shape.list), "User.history: page where action eq order by at desc");
    let none = Indexes { dialect: Dialect::Sqlite, all: Vec::new() };
    assert_eq!(
        Advice::on(&shape, &none),
        create(
            "CREATE INDEX audit_entries_advised_action_target_id_at_id ON audit_entries (action, target_id, at, id)"
        )
    );
}
