//! Rows that need each other: whatever their order, all of them go in, or none of those that wait for somebody who is wrong.

use std::{pin::pin, time::Duration};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    import::import,
    import_ties::{lines, look},
};
use crate::support::{Desk, is_postgres};
use backdesk::service::import::Format::JsonLines;

fn person(reference: &str, more: &Value) -> Value {
    let mut row = json!({ "reference": reference, "personType": "NATURAL_PERSON" });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// Every order of some rows.
fn orders(rows: &[Value]) -> Vec<Vec<Value>> {
    if rows.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let mut rest = rows.to_vec();
        let first = rest.remove(at);
        orders(&rest).into_iter().map(move |rest| [vec![first.clone()], rest].concat())
    };
    (0..rows.len()).flat_map(first).collect()
}

#[tokio::test]
async fn rows_that_need_each_other_go_in_together_in_any_order() {
    let partners = [
        person("ADA", &json!({ "parties": [{ "reference": "BOB", "kind": "PARTNER" }], "version": 4 })),
        person("BOB", &json!({ "parties": [{ "reference": "ADA", "kind": "PARTNER" }], "account": "NEW" })),
    ];
    let mut partners = partners.to_vec();
    partners[0]["account"] = json!("NEW");
    let firm = vec![
        json!({
            "reference": "FIRM", "personType": "LEGAL_ENTITY",
            "parties": [{ "reference": "CAI", "kind": "ADVISER", "since": "2025-01-01T00:00:00Z" }],
            "guests": [{ "email": "dee@example.com", "roles": ["VIEWER"], "reference": "DEE" }],
        }),
        person(
            "CAI",
            &json!({
                "companyMembership": { "reference": "FIRM", "role": "STAFF" }, "groups": ["API"],
                "parent": { "reference": "DEE", "sharePercent": "60" },
            }),
        ),
        person("DEE", &json!({ "parent": { "reference": "FIRM", "sharePercent": "100" } })),
    ];
    for rows in [partners, firm] {
        let mut seen = Vec::new();
        for order in orders(&rows) {
            let desk = Desk::open().await;
            let before = desk.dump().await;
            let dry = import(&desk, JsonLines, &lines(&order), true).await;
            assert_eq!((dry.created, dry.rows()), (rows.len() as u64, rows.len() as u64), "{dry:?}");
            assert_eq!(desk.dump().await, before);
            let report = import(&desk, JsonLines, &lines(&order), false).await;
            assert_eq!((report.created, report.rows()), (rows.len() as u64, rows.len() as u64), "{report:?}");
            let again = import(&desk, JsonLines, &lines(&order), false).await;
            assert_eq!((again.unchanged, again.rows()), (rows.len() as u64, rows.len() as u64), "{again:?}");
            let mut all = Vec::new();
            for row in &rows {
                all.push(look(&desk, row["reference"].as_str().unwrap()).await);
            }
            seen.push(all);
            // each row has an entry of its own, as every other one; so has an account
            let trail = desk.trail().await;
            let made = report.accounts.len() + rows.len();
            assert_eq!(trail.data("auditEvents.totalCount"), json!(made), "{trail:?}");
        }
        assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:#?}");
        assert_ne!(seen[0][0]["parties"], json!([]));
    }
}

#[tokio::test]
async fn whoever_needs_somebody_who_is_wrong_stays_outside() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "taken@example.com" })).await;
    let before = desk.dump().await;
    let tied = |to: &str| json!([{ "reference": to, "kind": "PARTNER" }]);
    let rows = [
        person("A", &json!({ "parties": tied("B") })),
        person("B", &json!({ "parties": tied("A"), "email": "taken@example.com" })),
        person("C", &json!({ "parties": tied("A") })),
        person("D", &json!({ "parties": tied("E") })),
        person("E", &json!({ "parties": tied("D"), "parent": { "reference": "NOBODY" } })),
    ];
    for order in [rows.to_vec(), rows.iter().rev().cloned().collect()] {
        let report = import(&desk, JsonLines, &lines(&order), false).await;
        assert_eq!((report.created, report.refused.len()), (0, 5), "{report:?}");
        let numbers: Vec<u64> = report.refused.iter().map(|refused| refused.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        let of = |reference: &str| {
            let at = order.iter().position(|row| row["reference"] == reference).unwrap();
            report.refused[at].reasons.iter().map(|reason| reason.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            (of("A"), of("B"), of("C")),
            (vec!["parties.0".into()], vec!["email".into(), "parties.0".into()], vec!["parties.0".into()])
        );
        assert_eq!((of("D"), of("E")), (vec!["parties.0".into()], vec!["parent".into()]));
        assert_eq!(desk.dump().await, before);
    }
    // the same user twice is told, also where rows wait for each other
    let twice = [rows[0].clone(), person("B", &json!({ "parties": tied("A") })), rows[0].clone()];
    let report = import(&desk, JsonLines, &lines(&twice), false).await;
    assert_eq!((report.created, report.refused.len()), (2, 1), "{report:?}");
    assert_eq!(report.refused[0].reasons[0].field, "reference");
}

#[tokio::test]
async fn shares_and_parents_change_places_in_any_order() {
    let held = |reference: &str, parent: &str, share: u8| {
        let share = share.to_string();
        person(
            reference,
            &json!({ "parent": { "reference": parent, "kind": "SHAREHOLDER", "sharePercent": share } }),
        )
    };
    let top = |reference: &str| person(reference, &json!({ "parent": null }));
    let cases = [
        // of one parent
        (vec![held("A", "P", 60), held("B", "P", 40)], vec![held("A", "P", 40), held("B", "P", 60)]),
        // of two
        (vec![held("A", "P", 100), held("B", "Q", 100)], vec![held("A", "Q", 100), held("B", "P", 100)]),
        // upside down
        (
            vec![held("A", "B", 10), held("B", "C", 10), top("C")],
            vec![top("A"), held("B", "A", 10), held("C", "B", 10)],
        ),
        // with somebody new who takes over
        (vec![held("A", "P", 100)], vec![held("A", "N", 100), held("N", "P", 100)]),
    ];
    for (first, then) in cases {
        for order in orders(&then) {
            let desk = Desk::open().await;
            let people = ["P", "Q", "A", "B", "C"].map(|reference| person(reference, &json!({})));
            import(&desk, JsonLines, &lines(&people), false).await;
            let report = import(&desk, JsonLines, &lines(&first), false).await;
            assert!(report.is_complete(), "{report:?}");
            let report = import(&desk, JsonLines, &lines(&order), false).await;
            assert!(report.is_complete() && report.unchanged == 0, "{order:?}: {report:?}");
            for row in &then {
                let seen = look(&desk, row["reference"].as_str().unwrap()).await;
                let parent = &row["parent"];
                assert_eq!(seen["parent"]["user"]["reference"], parent["reference"]);
                assert_eq!(seen["parent"]["sharePercent"], parent["sharePercent"]);
            }
            let again = import(&desk, JsonLines, &lines(&order), false).await;
            assert_eq!(again.unchanged, then.len() as u64, "{again:?}");
        }
    }
}

#[tokio::test]
async fn a_change_made_together_with_others_is_told_as_any_other() {
    let desk = Desk::open().await;
    let people = ["P", "Q", "A", "B"].map(|reference| person(reference, &json!({})));
    import(&desk, JsonLines, &lines(&people), false).await;
    let held = |reference: &str, parent: &str| {
        person(reference, &json!({ "parent": { "reference": parent, "sharePercent": "100" } }))
    };
    import(&desk, JsonLines, &lines(&[held("A", "P"), held("B", "Q")]), false).await;
    import(&desk, JsonLines, &lines(&[held("A", "Q"), held("B", "P")]), false).await;
    let events = "{ auditEvents(first: 2) { nodes {
        action reason changes { field before after } } } }";
    let answer = desk.admin().ask(events).await;
    for (place, line) in [(0, 2), (1, 1)] {
        let event = answer.data(&format!("auditEvents.nodes.{place}"));
        assert_eq!(event["reason"], format!("import of users, line {line}"), "{event}");
        assert_eq!(event["changes"].as_array().unwrap().len(), 1, "{event}");
        assert_eq!(event["changes"][0]["field"], "parent.user", "{event}");
    }
    assert_eq!(look(&desk, "A").await["version"], 3);
}

#[tokio::test]
async fn a_value_that_somebody_takes_meanwhile_stops_no_import() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "before@example.com" })).await;
    let tied = |to: &str| json!([{ "reference": to, "kind": "PARTNER" }]);
    let rows = [
        person("A", &json!({ "parties": tied("B"), "email": "after@example.com" })),
        person("B", &json!({ "parties": tied("A") })),
        person("C", &json!({})),
    ];
    let meanwhile = desk.side_door().await;
    let begin = if is_postgres() { "BEGIN" } else { "BEGIN IMMEDIATE" };
    let take = "UPDATE users SET email = 'after@example.com', email_folded = 'after@example.com'
        WHERE email_folded = 'before@example.com'";
    meanwhile.execute_unprepared(begin).await.unwrap();
    meanwhile.execute_unprepared(take).await.unwrap();
    let file = lines(&rows);
    let (report, ()) = tokio::join!(import(&desk, JsonLines, &file, false), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        meanwhile.execute_unprepared("COMMIT").await.unwrap();
    });
    assert_eq!((report.created, report.refused.len(), report.stopped.as_ref()), (1, 2, None), "{report:?}");
    assert_eq!(report.refused[0].reasons[0].field, "email");
    assert_eq!(report.refused[1].reasons[0].field, "parties.0");
}

#[tokio::test]
async fn rows_with_guests_take_turns_with_other_changes_of_ties() {
    let desk = Desk::open().await;
    import(&desk, JsonLines, &lines(&["A", "B"].map(|reference| person(reference, &json!({})))), false).await;
    // whoever changes ties has the turn first, and then users: an import that had a user first could wait for it in a circle
    let other = desk.side_door().await;
    let turn = if is_postgres() {
        "BEGIN; SELECT code FROM accounts WHERE code = 'FR' FOR NO KEY UPDATE"
    } else {
        "BEGIN IMMEDIATE"
    };
    other.execute_unprepared(turn).await.unwrap();
    let guests = json!([{ "email": "b@example.com", "roles": ["VIEWER"], "reference": "B" }]);
    let file = lines(&[person("A", &json!({ "guests": guests }))]);
    let mut taking = pin!(import(&desk, JsonLines, &file, false));
    assert!(timeout(Duration::from_millis(500), &mut taking).await.is_err(), "it did not wait");
    let lock = if is_postgres() { "SELECT id FROM users FOR UPDATE NOWAIT" } else { "SELECT id FROM users" };
    other.execute_unprepared(lock).await.unwrap();
    other.execute_unprepared("COMMIT").await.unwrap();
    let report = taking.await;
    assert_eq!((report.changed, report.rows()), (1, 1), "{report:?}");
}

#[tokio::test]
async fn a_parent_who_stays_is_not_judged_again() {
    let desk = Desk::open().await;
    let name = |number: u32| format!("R{number:02}");
    let alone: Vec<Value> = (0..60).map(|number| person(&name(number), &json!({}))).collect();
    import(&desk, JsonLines, &lines(&alone), false).await;
    // from below, each parent has nobody above yet
    let below = |number| person(&name(number), &json!({ "parent": { "reference": name(number + 1) } }));
    let chain: Vec<Value> = (0..59).map(below).collect();
    let report = import(&desk, JsonLines, &lines(&chain), false).await;
    assert_eq!((report.changed, report.rows()), (59, 59), "{report:?}");
    let again = import(&desk, JsonLines, &lines(&chain), false).await;
    assert_eq!((again.unchanged, again.rows()), (59, 59), "{again:?}");
}
