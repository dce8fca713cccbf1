//! What is sensitive of a user: withheld from those who may not see it, in words; shown to the others, and each look at it
//! in the audit trail before the answer goes out.

use std::sync::Arc;

use backdesk::{
    auth::caller::Caller,
    service::{import::Format, reads::SensitiveReads},
};
use backdesk_entity::{audit_entry_user, user};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{import::import, user_create::full_profile};
use crate::support::{Answer, Desk, Person};

const FILE: &str = "query ($id: ID!) { user(by: { id: $id }) {
    tax { taxNumber taxResidence specifiedUsPerson }
    finances { incomeRange personalAssets sourceOfFunds sepaCreditorIdentifier }
    sanctions { activityOutsideEu economic residentCountries involved questionnaireOn }
    kyc { level comment } withheldFields { path permission }
} }";

/// What the last update changed.
const UPDATES: &str = r#"{ auditEvents(first: 1, where: { action: { eq: "USER_UPDATE" } }) { nodes {
    changedFields changes { field before after withheld }
} } }"#;

/// What imports changed.
const IMPORTS: &str = r#"{ auditEvents(where: { action: { eq: "USER_IMPORT" } }) { nodes {
    changes { field before after withheld }
} } }"#;

/// Somebody of whom everything is known.
async fn known(desk: &Desk) -> String {
    let id = desk.add_user(full_profile()).await;
    desk.sabotage("UPDATE users SET kyc_comment = 'Passport blurred.'").await.expect("a comment");
    id
}

async fn file(person: &Person, id: &str) -> Answer {
    person.ask_with(FILE, json!({ "id": id })).await
}

/// Which of the four a role sees, and what it is told to lack.
async fn sight(desk: &Desk, role: &str, id: &str) -> String {
    let answer = file(&desk.person(&[role]), id).await;
    let user = answer.data("user");
    let shown = [
        ("tax", "/tax"),
        ("finances", "/finances"),
        ("sanctions", "/sanctions"),
        ("kyc.comment", "/kyc/comment"),
    ];
    let withheld = user["withheldFields"].as_array().expect("a list");
    let words = shown.map(|(path, place)| {
        let is_shown = !user.pointer(place).expect("a place").is_null();
        let missing = withheld.iter().find(|field| field["path"] == path).map(|field| &field["permission"]);
        match (is_shown, missing) {
            (true, None) => format!("{path} shown"),
            (false, Some(permission)) => format!("{path} {}", permission.as_str().expect("a permission")),
            (is_shown, missing) => panic!("{role}: {path} is shown: {is_shown}, missing: {missing:?}"),
        }
    });
    format!("{role}: {}", words.join(", "))
}

#[tokio::test]
async fn each_role_sees_what_it_may_and_is_told_what_it_lacks() {
    let desk = Desk::open().await;
    let id = known(&desk).await;
    let mut lines = Vec::new();
    for role in [
        "admin",
        "compliance",
        "read-only",
        "marketing",
        "support",
        "view-only",
        "auditor-read-only",
        "finance",
        "dealing",
    ] {
        lines.push(sight(&desk, role, &id).await);
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    admin: tax shown, finances shown, sanctions shown, kyc.comment shown
    compliance: tax shown, finances shown, sanctions shown, kyc.comment shown
    read-only: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment shown
    marketing: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment COMMENT_READ
    support: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment shown
    view-only: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment shown
    auditor-read-only: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment COMMENT_READ
    finance: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment COMMENT_READ
    dealing: tax USER_READ_SENSITIVE, finances USER_READ_SENSITIVE, sanctions USER_READ_SENSITIVE, kyc.comment COMMENT_READ
    ");
}

/// The entries of sensitive reads, newest first: who, and of whom which fields.
async fn looks(desk: &Desk) -> Vec<Value> {
    const READS: &str = r#"{ auditEvents(first: 100, where: { action: { eq: "SENSITIVE_READ" } }) { nodes {
        actor { roles } users { id fields }
    } } }"#;
    desk.settle().await;
    desk.admin().ask(READS).await.data("auditEvents.nodes").as_array().expect("events").clone()
}

#[tokio::test]
async fn each_look_at_what_is_sensitive_leaves_one_entry_that_names_users_and_fields() {
    let desk = Desk::open().await;
    let one = known(&desk).await;
    let other = desk.add_user(json!({})).await;
    let compliance = desk.compliance();

    // nothing sensitive, or nothing that is shown
    compliance.ask("{ users { nodes { company { legalName } occupation { title } kyc { comment } provider { codeStatus } } } }").await;
    file(&desk.read_only(), &one).await;
    assert_eq!(looks(&desk).await, [] as [Value; 0]);

    file(&compliance, &one).await;
    let entry = json!({
        "actor": { "roles": ["compliance"] },
        "users": [{ "id": one, "fields": ["finances", "sanctions", "tax"] }],
    });
    assert_eq!(looks(&desk).await, [entry]);

    // a list names all of them, those of whom nothing is known too: that was learnt
    let list = "{ users { nodes { tax { taxNumber } } } again: users { nodes { tax { taxResidence } } } }";
    compliance.ask(list).await.data("users");
    let looks = looks(&desk).await;
    assert_eq!(looks.len(), 2);
    let mut users: Vec<&Value> = looks[0]["users"].as_array().unwrap().iter().collect();
    users.sort_by_key(|user| user["id"].as_str().unwrap().to_owned());
    let mut expected = [json!({ "id": one, "fields": ["tax"] }), json!({ "id": other, "fields": ["tax"] })];
    expected.sort_by_key(|user| user["id"].as_str().unwrap().to_owned());
    assert_eq!(users, expected.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn lists_of_a_page_that_are_sensitive_name_all_users_of_it() {
    let desk = Desk::open().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(desk.add_user(json!({})).await);
    }
    ids.sort();
    for list in ["nodes { documents { nodes { id } } }", "edges { node { documents { totalCount } } }"] {
        desk.admin().ask(&format!("{{ users {{ {list} }} }}")).await.data("users");
        let look = looks(&desk).await.remove(0);
        let mut looked: Vec<&str> = Vec::new();
        for user in look["users"].as_array().unwrap() {
            assert_eq!(user["fields"], json!(["documents"]));
            looked.push(user["id"].as_str().unwrap());
        }
        looked.sort_unstable();
        assert_eq!(looked, ids);
    }
}

#[tokio::test]
async fn a_list_that_tells_of_what_is_sensitive_by_whom_it_finds_is_logged_as_well() {
    const READS: &str = r#"{ auditEvents(where: { action: { eq: "SENSITIVE_READ" } }) { nodes {
        changedFields users { id fields }
    } } }"#;
    let desk = Desk::open().await;
    let id = known(&desk).await;
    desk.add_user(json!({})).await;
    let asked = async |list: &str| {
        let before = looks(&desk).await.len();
        assert_eq!(desk.compliance().ask(list).await.code(), None, "{list}");
        let after = looks(&desk).await.len();
        match after - before {
            0 => Value::Null,
            1 => desk.admin().ask(READS).await.data("auditEvents.nodes.0"),
            many => panic!("{many} entries of {list}"),
        }
    };
    // whoever is shown has the answer that was asked for
    let found = "{ users(where: { not: { or: [{ economicSanctions: { isNull: true } }] } }) { nodes { reference } } }";
    assert_eq!(
        asked(found).await,
        json!({ "changedFields": ["sanctions"], "users": [{ "id": id, "fields": ["sanctions"] }] })
    );
    // a number tells as much, of the one who is named beside
    let counted = format!(
        r#"{{ users(where: {{ id: {{ eq: "{id}" }}, taxResidence: {{ eq: "FR" }} }}) {{ totalCount }} }}"#
    );
    assert_eq!(asked(&counted).await, json!({ "changedFields": ["tax"], "users": [] }));
    let facet = "{ users { facets(by: [STATUS, SANCTIONED]) { buckets { count } } } }";
    assert_eq!(asked(facet).await, json!({ "changedFields": ["sanctions"], "users": [] }));
    // what everybody sees is not
    let open =
        "{ users(where: { taxPayer: { isNull: true } }) { nodes { id } facets(by: [STATUS]) { by } } }";
    assert_eq!(asked(open).await, Value::Null);
}

#[tokio::test]
async fn a_look_that_shows_nobody_is_seen_by_those_who_see_an_account_of_whoever_looked() {
    const COUNT: &str = r#"{ users(where: { taxResidence: { eq: "FR" } }) { totalCount } }"#;
    let desk = Desk::open().await;
    known(&desk).await;
    let seen = async |accounts: &[&str]| {
        desk.settle().await;
        let auditor = desk.person_in(&["auditor-read-only"], accounts);
        let query = r#"{ auditEvents(where: { action: { eq: "SENSITIVE_READ" } }) {
            totalCount nodes { account changedFields users { id } }
        } }"#;
        let seen = auditor.ask(query).await.data("auditEvents");
        for event in seen["nodes"].as_array().expect("events") {
            assert_eq!(event, &json!({ "account": null, "changedFields": ["tax"], "users": [] }));
        }
        seen["totalCount"].clone()
    };
    for (accounts, french, german) in
        [(&["FR", "XX"][..], 1, 0), (&["FR", "DE"], 2, 1), (&["DE"], 2, 2), (&["XX"], 2, 2)]
    {
        assert_eq!(desk.person_in(&["compliance"], accounts).ask(COUNT).await.code(), None);
        assert_eq!(
            (seen(&["FR"]).await, seen(&["DE"]).await),
            (json!(french), json!(german)),
            "{accounts:?}"
        );
    }
    // a look at all accounts is one at the platform
    desk.compliance().ask(COUNT).await;
    assert_eq!((seen(&["FR"]).await, seen(&["DE"]).await), (json!(2), json!(2)));
    assert_eq!(looks(&desk).await.len(), 5);
    // nor is it taken back
    let refused = desk.sabotage("DELETE FROM audit_entry_accounts").await.expect_err("a refusal");
    assert!(refused.contains("append-only"), "{refused}");
}

#[tokio::test]
async fn a_look_at_many_thousands_is_logged_as_well() {
    const USERS: usize = 14_000;
    let desk = Desk::open().await;
    let one = desk.user_row(&desk.add_user(json!({})).await).await;
    let db = desk.side_door().await;
    let mut users = Vec::new();
    for number in 1..USERS {
        let id = Uuid::from_u128(number as u128);
        users.push(user::Model { id, reference: format!("MANY-{number}"), ..one.clone() });
    }
    for some in users.chunks(400) {
        let rows = some.iter().map(|user| user.clone().into_active_model().reset_all());
        user::Entity::insert_many(rows).exec_without_returning(&db).await.expect("users");
    }
    let reads = SensitiveReads::default();
    for user in &users {
        reads.note(user.id, "tax");
    }
    let caller = Arc::new(Caller::system("test"));
    assert!(desk.services.record_reads(&caller, &reads).await.is_ok());
    let noted = audit_entry_user::Entity::find().count(&db).await.expect("a count");
    assert_eq!(noted, USERS as u64 - 1);
}

#[tokio::test]
async fn what_cannot_be_logged_is_not_shown() {
    let desk = Desk::open().await;
    let id = known(&desk).await;
    desk.sabotage("ALTER TABLE audit_entry_users RENAME TO away").await.expect("renamed");
    let answer = file(&desk.compliance(), &id).await;
    assert_eq!(answer.code(), Some("INTERNAL"));
    assert!(!answer.raw.contains("12 345") && !answer.raw.contains("19-23"), "{}", answer.raw);
    // who sees nothing sensitive is not concerned
    assert_eq!(file(&desk.read_only(), &id).await.data("user.tax"), Value::Null);
}

#[tokio::test]
async fn lists_do_not_tell_what_is_hidden() {
    let desk = Desk::open().await;
    known(&desk).await;
    let filters = [
        r#"{taxResidence: {eq: "FR"}}"#,
        r"{specifiedUsPerson: {eq: false}}",
        r"{sanctioned: true}",
        r"{activityOutsideEu: {eq: true}}",
        r"{economicSanctions: {isNull: true}}",
        r"{residentCountriesSanctions: {ne: true}}",
        r"{not: {or: [{involvedSanctions: {eq: true}}]}}",
    ];
    let lists = filters.map(|filter| format!("{{ users(where: {filter}) {{ totalCount }} }}"));
    let facet = "{ users { facets(by: [SANCTIONED]) { buckets { count } } } }".to_owned();
    for list in lists.into_iter().chain([facet]) {
        assert_eq!(desk.compliance().ask(&list).await.code(), None, "{list}");
        for role in ["read-only", "marketing", "support"] {
            let (answer, entries) = desk.entries_of(desk.person(&[role]).ask(&list)).await;
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{role}: {list}");
            assert_eq!(answer.body["errors"][0]["extensions"]["permission"], "USER_READ_SENSITIVE");
            assert_eq!(entries.len(), 1, "{role}: {list}");
            assert_eq!(entries[0].refusal.as_deref(), Some("FORBIDDEN"));
        }
    }
}

#[tokio::test]
async fn what_is_sensitive_is_set_and_cleared_by_itself_and_the_trail_hides_it() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = known(&desk).await;
    for (part, change, field) in [
        ("tax", json!({ "taxNumber": "98 765" }), "tax.taxNumber"),
        ("finances", json!({ "incomeRange": "24-99" }), "finances.incomeRange"),
        ("sanctions", json!({ "economic": true }), "sanctions.economic"),
    ] {
        let answer = admin.update(&id, json!({ part: change })).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0], "{part}");
        let after = file(&admin, &id).await.data(&format!("user.{part}"));
        for (name, value) in full_profile()[part].as_object().unwrap() {
            assert_eq!(after[name], change.get(name).unwrap_or(value).clone(), "{part}.{name}");
        }

        let seen = admin.ask(UPDATES).await;
        assert_eq!(seen.data("auditEvents.nodes.0.changedFields"), json!([field]));
        assert_eq!(seen.data("auditEvents.nodes.0.changes.0.withheld"), false);
        assert!(!seen.data("auditEvents.nodes.0.changes.0.after").is_null());
        let hidden = desk.read_only().ask(UPDATES).await;
        let expected = json!([{ "field": field, "before": null, "after": null, "withheld": true }]);
        assert_eq!(hidden.data("auditEvents.nodes.0.changes"), expected);

        admin.update(&id, json!({ part: null })).await;
        assert_eq!(file(&admin, &id).await.data(&format!("user.{part}")), Value::Null);
    }
}

#[tokio::test]
async fn what_reviewers_and_the_bank_said_is_hidden_in_the_trail_as_in_the_file() {
    let desk = Desk::open().await;
    let row = json!({
        "reference": "A-1", "personType": "NATURAL_PERSON", "kycComment": "Passport blurred.",
        "tax": { "taxNumber": "12 345" }, "fees": { "asker": { "percent": "20" } },
    });
    import(&desk, Format::JsonLines, &row.to_string(), false).await;
    let hidden = async |role: &str| {
        let changes = desk.person(&[role]).ask(IMPORTS).await.data("auditEvents.nodes.0.changes");
        let all = changes.as_array().expect("changes").clone();
        let hidden = all.iter().filter(|change| change["withheld"] == true);
        let hidden: Vec<String> =
            hidden.map(|change| format!("{} {}", change["field"], change["after"])).collect();
        hidden.join(", ")
    };
    assert_eq!(hidden("admin").await, "");
    assert_eq!(hidden("read-only").await, r#""tax.taxNumber" null"#);
    assert_eq!(hidden("auditor-read-only").await, r#""kyc.comment" null, "tax.taxNumber" null"#);
    let told = desk.admin().ask(IMPORTS).await.data("auditEvents.nodes.0.changes");
    let fee = told.as_array().expect("changes").iter().find(|change| change["field"] == "fees.asker.percent");
    assert_eq!(fee.expect("the fee")["after"], "20");
}
