//! Batches of other systems as calls, and rows of each kind that are good as they are.

use std::fmt::Write;

use backdesk::auth::policy::Role;
use backdesk_entity::user;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Answer, Desk, Person, uuid};

const RECORD: &str = "mutation ($input: ActivityRecordInput!, $options: MutationOptions) {
    activityRecord(input: $input, options: $options) {
        results { index externalId outcome errors { code field message } }
        errors { code field message } validatedOnly preview { changes { field before after } }
    }
}";

/// The instant of which rows are, unless they say otherwise.
pub(crate) const AS_OF: &str = "2026-03-01T10:00:00Z";

/// Every kind of row.
pub(crate) const KINDS: [&str; 7] =
    ["wallet", "transaction", "pspAccount", "bankAccount", "listing", "booking", "review"];

impl Desk {
    /// Two users to record something of.
    pub(crate) async fn two_users(&self) -> (String, String) {
        (self.add_user(json!({})).await, self.add_user(json!({})).await)
    }

    /// A user as they lie in the table.
    pub(crate) async fn user_row(&self, id: &str) -> user::Model {
        let row = user::Entity::find_by_id(uuid(id)).one(&self.side_door().await).await;
        row.expect("rows").expect("a user")
    }

    /// A program that records what other systems know, for all accounts.
    pub(crate) fn machine(&self) -> Person {
        self.person(&[Role::Machine.claim()])
    }
}

impl Person {
    /// Records rows of the system PSP in the account FR.
    pub(crate) async fn record(&self, rows: Value) -> Answer {
        self.record_with(rows, json!({}), Value::Null).await
    }

    /// The same with more of the input, and options.
    pub(crate) async fn record_with(&self, rows: Value, more: Value, options: Value) -> Answer {
        self.ask_with(RECORD, variables(&rows, more, &options)).await
    }
}

/// The body of a request that records rows.
pub(crate) fn batch(rows: &Value) -> Value {
    json!({ "query": RECORD, "variables": variables(rows, json!({}), &Value::Null) })
}

fn variables(rows: &Value, more: Value, options: &Value) -> Value {
    let mut input = json!({ "account": "FR", "system": "PSP", "rows": rows });
    merge(&mut input, more);
    json!({ "input": input, "options": options })
}

impl Answer {
    /// What became of each row, as `OUTCOME CODE at.the.field`.
    #[track_caller]
    pub(crate) fn outcomes(&self) -> Vec<String> {
        assert_eq!(self.problems("activityRecord"), [""; 0]);
        let results = self.data("activityRecord.results");
        let told = |result: &Value| {
            let mut told = result["outcome"].as_str().expect("an outcome").to_owned();
            for problem in result["errors"].as_array().expect("errors") {
                let steps: Vec<&str> = problem["field"]
                    .as_array()
                    .expect("steps")
                    .iter()
                    .skip(3)
                    .filter_map(Value::as_str)
                    .collect();
                let code = problem["code"].as_str().expect("a code");
                write!(told, " {code} {}", steps.join(".")).expect("writing into a text");
            }
            told
        };
        results.as_array().expect("results").iter().map(told).collect()
    }
}

/// One good row of each kind.
pub(crate) fn one_of_each(user: &str, other: &str) -> Value {
    KINDS.iter().map(|kind| row(kind, &format!("{kind} 1"), user, other)).collect()
}

/// A good row of this kind about a user; a booking and a review are with another one.
pub(crate) fn row(kind: &str, external_id: &str, user: &str, other: &str) -> Value {
    let (user, other) = (json!({ "id": user }), json!({ "id": other }));
    let mut row = match kind {
        "wallet" => json!({
            "user": user, "status": "ACTIVATED", "provider": "Example Pay", "balance": "10.00", "currency": "EUR",
            "openedAt": "2026-01-15T09:30:00Z",
            "network": { "network": "bitcoin", "address": "bc1q", "status": "CONNECTED",
                "confirmationsRequired": 6, "lastBlock": 880_000, "lastSeenAt": AS_OF },
        }),
        "transaction" => json!({
            "user": user, "kind": "DEPOSIT", "state": "DONE", "amount": "12.50", "currency": "EUR",
            "at": "2026-02-01T08:00:00Z", "description": "A first one",
        }),
        "pspAccount" => json!({
            "user": user, "provider": "Example Pay", "providerUserId": "ep_1", "canBePaid": true,
            "canBePaidOut": false, "details": { "tier": 2, "missing": ["address"] },
        }),
        "bankAccount" => json!({
            "user": user, "holder": "Ada Lovelace", "iban": "FR14 2004 1010 0505 0001 3M02 606",
            "bic": "BNPAFRPP", "currency": "EUR",
        }),
        "listing" => json!({
            "user": user, "title": "A boat", "state": "PUBLISHED", "url": "https://example.com/boat",
            "publishedAt": "2026-02-01T08:00:00Z",
        }),
        "booking" => json!({
            "asker": user, "offerer": other, "state": "ACCEPTED", "amount": "99", "currency": "EUR",
            "startsAt": "2026-06-01T08:00:00Z", "endsAt": "2026-06-02T08:00:00Z", "at": "2026-02-01T08:00:00Z",
        }),
        "review" => json!({
            "author": user, "subject": other, "rating": 5, "text": "Kind\nand quick", "at": "2026-02-01T08:00:00Z",
        }),
        other => panic!("a row of {other}"),
    };
    merge(&mut row, json!({ "externalId": external_id, "asOf": AS_OF }));
    json!({ kind: row })
}

/// The row with other values in some of its fields; a null that was none takes the value away.
pub(crate) fn but(mut row: Value, other: Value) -> Value {
    let inner = row.as_object_mut().and_then(|row| row.values_mut().next()).expect("a kind");
    merge(inner, other);
    row
}

fn merge(into: &mut Value, more: Value) {
    let (Value::Object(into), Value::Object(more)) = (into, more) else { panic!("two objects") };
    into.extend(more);
}

/// Of a later instant than rows are, unless they say otherwise.
pub(crate) const LATER: &str = "2026-03-01T11:00:00Z";
/// The id of nobody.
pub(crate) const NOBODY: &str = "00000000-0000-7000-8000-00000000ffff";
