//! Two desks that differ in their database alone: SQLite and whatever the tests run on.

use std::time::Duration;

use serde_json::Value;

use super::{Answer, Desk, Person, database::Fresh, population::Population};

/// What every act answers.
const PAYLOAD: &str = "user { id reference version updatedAt status statusSince statusReason active frozen tag email phone
    name { display } groups { key } externalIds { system value } spokenLanguages cancellation { origin at reason } }
    errors { code field message conflict { yours current changedFields by at } }
    validatedOnly preview { changes { field before after } }";

/// The same desk twice.
pub(crate) struct Twins {
    pub(crate) sqlite: Desk,
    postgres: Desk,
    /// How much was asked.
    pub(crate) asked: usize,
    /// How many acts took effect.
    pub(crate) done: usize,
}

impl Twins {
    /// Both with this population.
    pub(crate) async fn with(population: &Population) -> Self {
        let sqlite = Desk::open_on(Fresh::migrated_on_sqlite().await).await;
        let postgres = Desk::open_on(Fresh::migrated().await).await;
        population.moves_into(&sqlite).await;
        population.moves_into(&postgres).await;
        Self { sqlite, postgres, asked: 0, done: 0 }
    }

    /// Asks both, who must answer the same.
    pub(crate) async fn ask(&mut self, who: fn(&Desk) -> Person, document: &str, variables: Value) -> Answer {
        self.asked += 1;
        let one = on(&self.sqlite, who, document, &variables).await;
        let other = on(&self.postgres, who, document, &variables).await;
        let case = format!("{document}\n{variables}");
        assert_eq!(one.body, other.body, "SQLite on the left, PostgreSQL on the right: {case}");
        assert_eq!(one.status, other.status, "{case}");
        // a document that does not fit the schema would be refused alike, and compare nothing
        assert!(
            !matches!(one.code(), Some("INTERNAL" | "GRAPHQL_VALIDATION_FAILED")),
            "{case}: {}",
            one.body
        );
        one
    }

    /// An act, by its name and arguments.
    pub(crate) async fn act(&mut self, arguments: &str, act: &str, variables: Value) -> Answer {
        let document = format!("mutation ({arguments}) {{ {act} {{ {PAYLOAD} }} }}");
        let answer = self.ask(Desk::admin, &document, variables).await;
        let name = act.split_once('(').expect("arguments").0;
        self.done += usize::from(answer.body["data"][name]["user"].is_object());
        answer
    }

    /// Moves both clocks.
    pub(crate) fn advance(&self, by: Duration) {
        self.sqlite.hand.advance(by);
        self.postgres.hand.advance(by);
    }
}

async fn on(desk: &Desk, who: fn(&Desk) -> Person, document: &str, variables: &Value) -> Answer {
    let answer = who(desk).ask_with(document, variables.clone()).await;
    // what goes on behind an answer takes ids, which must not depend on who is quicker
    while !desk.services.tasks().is_empty() {
        tokio::task::yield_now().await;
    }
    answer
}
