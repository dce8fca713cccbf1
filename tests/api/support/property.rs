//! Properties over a population: random filters and orders, and a world in which many cases share one desk.

use std::{collections::BTreeSet, sync::Arc};

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::{
    Answer, Desk, Person,
    population::Population,
    reference::{ATTRIBUTES, Cell, Filter, Shape, Test},
    sorted::{Key, ORDER_FIELDS},
};

/// The list with whatever a test may want of it.
pub(crate) const USERS: &str = "query ($where: UserWhere, $search: String, $orderBy: [UserOrder!],
        $first: Int, $after: String, $last: Int, $before: String, $page: PageInput) {
    users(where: $where, search: $search, orderBy: $orderBy,
            first: $first, after: $after, last: $last, before: $before, page: $page) {
        totalCount
        edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

/// A desk with a population, and somebody who looks at it.
pub(crate) struct World {
    runtime: Runtime,
    pub(crate) desk: Desk,
    pub(crate) population: Population,
    pub(crate) viewer: Person,
}

impl World {
    /// A world of so many users, drawn by the seed.
    pub(crate) fn of(seed: u64, size: usize) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let population = Population::drawn(seed, size);
        let desk = runtime.block_on(async {
            let desk = Desk::open().await;
            population.moves_into(&desk).await;
            desk
        });
        // somebody who may filter by everything, and change nothing of it
        Self { runtime, viewer: desk.compliance(), desk, population }
    }

    /// Holds the property in so many cases.
    pub(crate) fn holds<S: Strategy>(&self, cases: u32, strategy: &S, property: impl AsyncFn(S::Value)) {
        let config = Config { cases, max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(strategy, |case| {
            self.runtime.block_on(property(case));
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }

    /// Runs a test in this world.
    pub(crate) fn run<T>(&self, test: impl Future<Output = T>) -> T {
        self.runtime.block_on(test)
    }

    /// The list that these arguments ask for.
    pub(crate) async fn users(&self, arguments: Value) -> Answer {
        self.viewer.ask_with(USERS, arguments).await
    }

    /// The ids of everybody whom a `where` finds, in the order of ids. Not more than a page.
    pub(crate) async fn found(&self, filter: Value) -> BTreeSet<String> {
        let answer = self.users(json!({ "where": filter, "first": 100 })).await;
        ids(&answer)
    }

    /// The same from the reference.
    pub(crate) fn expected(&self, filter: &Filter) -> BTreeSet<String> {
        let found = self.population.found_by(filter);
        found.iter().map(ToString::to_string).collect()
    }
}

/// The ids of a page.
#[track_caller]
pub(crate) fn ids(answer: &Answer) -> BTreeSet<String> {
    let ids = answer.column("users.edges", "node.id");
    ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
}

/// One to three keys, any field, any way.
pub(crate) fn orders() -> impl Strategy<Value = Vec<Key>> {
    let key = (0..ORDER_FIELDS.len(), any::<bool>(), any::<bool>());
    let key = key.prop_map(|(field, descending, nulls_first)| Key {
        field: ORDER_FIELDS[field],
        descending,
        nulls_first,
    });
    prop::collection::vec(key, 1..=3)
}

/// An order as the API takes it.
pub(crate) fn order_json(order: &[Key]) -> Value {
    order.iter().map(Key::json).collect()
}

/// Filters about values that somebody of the population has, and some that nobody has.
pub(crate) fn filters(population: &Population, desk: &Desk) -> impl Strategy<Value = Filter> + use<> {
    tests(population, desk).prop_recursive(3, 12, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            parts.clone().prop_map(Filter::And),
            parts.prop_map(Filter::Or),
            inner.prop_map(|filter| filter.negated()),
        ]
    })
}

/// Tests of single attributes.
pub(crate) fn tests(population: &Population, desk: &Desk) -> impl Strategy<Value = Filter> + use<> {
    let pools: Arc<Vec<Vec<Cell>>> = Arc::new((0..ATTRIBUTES.len()).map(|at| pool(population, at)).collect());
    let now = desk.clock.now();
    let choice = (0..ATTRIBUTES.len(), any::<[Index; 4]>(), any::<Index>(), any::<bool>());
    choice.prop_map(move |(at, picks, operator, shout)| {
        let attribute = &ATTRIBUTES[at];
        let cells: Vec<Cell> = picks.iter().map(|pick| spoken(pick.get(&pools[at]), shout)).collect();
        let part = || part(&cells[0], &picks);
        let few = || cells[..picks[1].index(4)].to_vec();
        let null = picks[2].index(2) == 0;
        let cell = || cells[0].clone();
        let mut tests = vec![Test::Eq(cell()), Test::Ne(cell()), Test::In(few()), Test::NotIn(few())];
        match attribute.shape {
            Shape::Text => tests.extend([
                Test::Contains(part()),
                Test::StartsWith(part()),
                Test::EndsWith(part()),
                Test::IsNull(null),
            ]),
            Shape::Code | Shape::Word => tests.push(Test::IsNull(null)),
            Shape::At | Shape::Day => {
                tests = vec![
                    Test::Eq(cell()),
                    Test::Ne(cell()),
                    Test::Gt(cell()),
                    Test::Gte(cell()),
                    Test::Lt(cell()),
                    Test::Lte(cell()),
                    Test::Between(cell(), cells[1].clone()),
                    Test::IsNull(null),
                ];
                if attribute.shape == Shape::At {
                    tests.push(Test::Within(1 + i64::try_from(picks[1].index(2000)).expect("small"), now));
                }
            }
            Shape::Number => {
                tests.extend([Test::Gt(cell()), Test::Gte(cell()), Test::Lt(cell()), Test::Lte(cell())]);
            }
            Shape::Answer => tests = vec![Test::Eq(cell()), Test::Ne(cell()), Test::IsNull(null)],
            Shape::Id => {}
            Shape::Flag => tests = vec![Test::Is(null)],
        }
        Filter::On(at, operator.get(&tests).clone())
    })
}

/// Everything that the population has of an attribute, and something that it has not.
pub(crate) fn pool(population: &Population, attribute: usize) -> Vec<Cell> {
    let attribute = &ATTRIBUTES[attribute];
    let mut all: Vec<Cell> = population.people.iter().flat_map(attribute.read).collect();
    all.sort();
    all.dedup();
    match attribute.shape {
        Shape::Text => all.extend(["nobody", "%", "_", "\\", "'"].map(|text| Cell::Text(text.to_owned()))),
        Shape::Code => all.push(Cell::Text("XX".to_owned())),
        Shape::Id => all.push(Cell::Id(uuid::Uuid::from_u128(1))),
        Shape::Number => all.extend([3, -1, i32::MAX].map(Cell::Number)),
        Shape::Word | Shape::At | Shape::Day | Shape::Flag | Shape::Answer => {}
    }
    all
}

/// The value as it stands, or its text in upper case.
fn spoken(cell: &Cell, shout: bool) -> Cell {
    match cell {
        Cell::Text(text) if shout => Cell::Text(text.to_uppercase()),
        other => other.clone(),
    }
}

/// A part of a text.
fn part(cell: &Cell, picks: &[Index; 4]) -> String {
    let Cell::Text(text) = cell else {
        return String::new();
    };
    let all: Vec<char> = text.chars().collect();
    let from = picks[1].index(all.len() + 1);
    let length = picks[2].index(4);
    all[from..].iter().take(length).collect()
}
