//! Ties in files: by reference and external id, whoever comes first, and as the banking API has them.

use serde_json::{Value, json};

use super::import::{EXAMPLE, import};
use crate::support::Desk;
use backdesk::service::import::Format::{BankingJson, Csv, JsonLines};

const LOOK: &str = "query ($id: String!) { user(by: { reference: $id }) {
    version
    parent { user { reference } kind sharePercent controllingPersonType employeeType }
    companyMembership { company { reference } role since }
    guests { email roles invitedAt acceptedAt user { reference } } parties { user { reference } kind since }
    categories { key name } extraPermissions groups { key }
    verifications { kind verified source at }
} }";

/// What ties a user.
pub(crate) async fn look(desk: &Desk, reference: &str) -> Value {
    desk.admin().ask_with(LOOK, json!({ "id": reference })).await.data("user")
}

/// Rows as a file.
pub(crate) fn lines(rows: &[Value]) -> String {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn ada() -> Value {
    json!({
        "reference": "ADA", "personType": "NATURAL_PERSON", "email": "ada@example.com", "emailVerified": true,
        "parent": {
            "reference": "works", "kind": "SHAREHOLDER", "sharePercent": "25.5", "controllingPersonType": "DIRECTOR",
            "employeeType": "LEADER",
        },
        "companyMembership": { "system": "CRM", "value": "w", "role": "OWNER", "since": "2025-01-01T00:00:00Z" },
        "guests": [{
            "email": "desk@example.com", "roles": ["VIEWER"], "invitedAt": "2025-01-02T00:00:00Z",
            "acceptedAt": "2025-01-03T00:00:00Z", "reference": "BOB",
        }],
        "parties": [{ "reference": "BOB", "kind": "ADVISER", "since": "2025-01-04T00:00:00Z" }],
        "categories": ["craft", "GLASS_ART"], "extraPermissions": ["MASS_PAYOUT"], "groups": ["API"],
    })
}

fn works() -> Value {
    json!({ "reference": "WORKS", "personType": "LEGAL_ENTITY", "externalIds": [{ "system": "CRM", "value": "w" }] })
}

fn bob() -> Value {
    json!({ "reference": "BOB", "personType": "NATURAL_PERSON" })
}

#[tokio::test]
async fn ties_go_in_whoever_comes_first_and_change_nothing_the_second_time() {
    let desk = Desk::open().await;
    // Ada is tied to two who come later
    let file = lines(&[ada(), works(), bob()]);
    let dry = import(&desk, JsonLines, &file, true).await;
    assert_eq!((dry.created, dry.refused.len()), (3, 0), "{dry:?}");
    let first = import(&desk, JsonLines, &file, false).await;
    assert_eq!((first.created, first.refused.len()), (3, 0), "{first:?}");
    let seen = look(&desk, "ADA").await;
    assert_eq!(
        seen,
        json!({
            "version": 1,
            "parent": {
                "user": { "reference": "WORKS" }, "kind": "SHAREHOLDER", "sharePercent": "25.5",
                "controllingPersonType": "DIRECTOR", "employeeType": "LEADER",
            },
            "companyMembership": {
                "company": { "reference": "WORKS" }, "role": "OWNER", "since": "2025-01-01T00:00:00+00:00",
            },
            "guests": [{
                "email": "desk@example.com", "roles": ["VIEWER"], "invitedAt": "2025-01-02T00:00:00+00:00",
                "acceptedAt": "2025-01-03T00:00:00+00:00", "user": { "reference": "BOB" },
            }],
            "parties": [{ "user": { "reference": "BOB" }, "kind": "ADVISER", "since": "2025-01-04T00:00:00+00:00" }],
            "categories": [{ "key": "CRAFT", "name": "Craft" }, { "key": "GLASS_ART", "name": "Glass art" }],
            "extraPermissions": ["MASS_PAYOUT"],
            "groups": [{ "key": "API" }, { "key": "KYC_NOT_VERIFIED" }, { "key": "PHONE_NOT_VERIFIED" }],
            "verifications": [
                { "kind": "IDENTITY", "verified": false, "source": null, "at": null },
                { "kind": "EMAIL", "verified": true, "source": "IMPORT", "at": "2026-03-01T12:00:00+00:00" },
                { "kind": "PHONE", "verified": false, "source": null, "at": null },
            ],
        })
    );
    let second = import(&desk, JsonLines, &file, false).await;
    assert_eq!((second.unchanged, second.rows()), (3, 3), "{second:?}");
    assert_eq!(look(&desk, "ADA").await, seen);

    // a list is all there is, and null takes away
    let less = json!({
        "reference": "ADA", "parent": null, "guests": [], "parties": [], "categories": ["CRAFT"], "extraPermissions": null,
        "emailVerified": false,
    });
    let third = import(&desk, JsonLines, &lines(&[less]), false).await;
    assert_eq!(third.changed, 1, "{third:?}");
    let seen = look(&desk, "ADA").await;
    assert_eq!(seen["parent"], Value::Null);
    assert_eq!(
        (&seen["guests"], &seen["parties"], &seen["extraPermissions"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(seen["categories"], json!([{ "key": "CRAFT", "name": "Craft" }]));
    assert_eq!(
        seen["verifications"][1],
        json!({ "kind": "EMAIL", "verified": false, "source": null, "at": null })
    );
    assert_eq!(seen["companyMembership"]["role"], "OWNER", "what is absent stays");
}

#[tokio::test]
async fn cells_have_dotted_names_and_lists() {
    let desk = Desk::open().await;
    let text = "reference,personType,parent.reference,parent.sharePercent,companyMembership.reference,companyMembership.role,categories,extraPermissions\n\
                works,LEGAL_ENTITY,,,,,,\n\
                ada,NATURAL_PERSON,works,1,works,STAFF,craft; glass,API_ACCESS;MASS_PAYOUT\n";
    let report = import(&desk, Csv, text, false).await;
    assert_eq!((report.created, report.refused.len()), (2, 0), "{report:?}");
    let seen = look(&desk, "ADA").await;
    assert_eq!(
        (&seen["parent"]["user"]["reference"], &seen["parent"]["sharePercent"]),
        (&json!("WORKS"), &json!("1"))
    );
    assert_eq!(seen["companyMembership"]["role"], "STAFF");
    assert_eq!(seen["categories"].as_array().unwrap().len(), 2);
    assert_eq!(seen["extraPermissions"], json!(["API_ACCESS", "MASS_PAYOUT"]));
    assert_eq!(look(&desk, "WORKS").await["parent"], Value::Null);
}

#[tokio::test]
async fn a_tie_that_breaks_a_rule_refuses_its_row_with_everything_that_is_wrong() {
    let desk = Desk::open().await;
    import(&desk, JsonLines, &lines(&[works(), bob()]), false).await;
    let before = desk.dump().await;
    let cases = [
        (json!({ "parent": { "reference": "NOBODY" } }), vec!["parent"]),
        (json!({ "parent": { "reference": "C" } }), vec!["parent"]),
        (json!({ "parent": { "reference": "WORKS", "sharePercent": 100.01 } }), vec!["parent.sharePercent"]),
        (
            json!({ "companyMembership": { "reference": "BOB" } }),
            vec!["companyMembership", "companyMembership.role"],
        ),
        (json!({ "companyMembership": { "role": "OWNER" } }), vec!["companyMembership"]),
        (
            json!({ "guests": [{ "email": "x", "roles": ["VIEWER"] }, { "email": "a@example.com" }] }),
            vec!["guests.0.email", "guests.1.roles"],
        ),
        (json!({ "parties": [{ "reference": "BOB" }] }), vec!["parties.0.kind"]),
        (json!({ "categories": ["a b"] }), vec!["categories.0"]),
        (json!({ "extraPermissions": ["USER_READ"] }), vec!["extraPermissions"]),
        (json!({ "groups": ["API"] }), vec!["groups"]),
    ];
    for (tie, fields) in cases {
        let mut row = json!({ "reference": "C", "personType": "NATURAL_PERSON" });
        row.as_object_mut().unwrap().extend(tie.as_object().unwrap().clone());
        let report = import(&desk, JsonLines, &lines(&[row]), false).await;
        assert_eq!(report.refused.len(), 1, "{tie}");
        let named: Vec<&str> = report.refused[0].reasons.iter().map(|reason| reason.field.as_str()).collect();
        assert_eq!(named, fields, "{tie}");
    }
    assert_eq!(desk.dump().await, before);
    // nobody is their own: the row is tied to itself once it is there
    let works = works();
    import(&desk, JsonLines, &works.to_string(), false).await;
    let before = desk.dump().await;
    for (tie, field) in [
        (json!({ "parent": { "reference": "WORKS" } }), "parent"),
        (json!({ "companyMembership": { "reference": "WORKS", "role": "OWNER" } }), "companyMembership"),
        (
            json!({ "guests": [{ "email": "a@b.example", "roles": ["VIEWER"], "reference": "WORKS" }] }),
            "guests.0",
        ),
        (json!({ "parties": [{ "reference": "WORKS", "kind": "PARTNER" }] }), "parties.0"),
    ] {
        let mut row = works.clone();
        row.as_object_mut().unwrap().extend(tie.as_object().unwrap().clone());
        let report = import(&desk, JsonLines, &row.to_string(), false).await;
        assert_eq!(report.refused.len(), 1, "{tie}");
        assert_eq!(report.refused[0].reasons[0].field, field, "{tie}");
    }
    assert_eq!(desk.dump().await, before);
    // two who are each other's parents
    let circle = [("C", "D"), ("D", "C")].map(|(one, other)| {
        json!({ "reference": one, "personType": "NATURAL_PERSON", "parent": { "reference": other } })
    });
    let report = import(&desk, JsonLines, &lines(&circle), false).await;
    assert_eq!((report.created, report.refused.len()), (0, 2), "{report:?}");
}

/// The example of the banking API with another id, and these values.
fn banking(users: &[(u64, Value)]) -> String {
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    let all = users.iter().map(|(id, changes)| {
        let mut user = example["users"][0].clone();
        user["userId"] = json!(id);
        user["email"] = json!(format!("user{id}@example.com"));
        user["userStatus"] = json!("VALIDATED");
        user.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        user
    });
    json!({ "users": all.collect::<Vec<_>>() }).to_string()
}

#[tokio::test]
async fn the_five_attributes_of_the_banking_api_become_the_parent() {
    let desk = Desk::open().await;
    let child = json!({
        "parentUserId": 7, "parentType": "shareholder", "controllingPersonType": 3, "employeeType": "1",
        "effectiveBeneficiary": "25.5",
    });
    let alone = json!({ "parentUserId": 0, "parentType": "", "controllingPersonType": 4, "employeeType": 0 });
    let file = banking(&[(8, child), (7, json!({})), (9, alone)]);
    let report = import(&desk, BankingJson, &file, false).await;
    assert_eq!((report.created, report.refused.len()), (3, 0), "{report:?}");
    let parent = async |id: &str| {
        let look = "query ($id: String!) { user(by: { externalId: { system: \"BANKING\", value: $id } }) {
            parent { user { externalIds { value } } kind sharePercent controllingPersonType employeeType }
        } }";
        let mut parent = desk.admin().ask_with(look, json!({ "id": id })).await.data("user.parent");
        if let Some(user) = parent.get_mut("user").filter(|user| user.is_object()) {
            *user = user["externalIds"][0]["value"].clone();
        }
        parent
    };
    assert_eq!(
        parent("8").await,
        json!({ "user": "7", "kind": "SHAREHOLDER", "sharePercent": "25.5", "controllingPersonType": "DIRECTOR",
            "employeeType": "LEADER" })
    );
    assert_eq!(parent("7").await, Value::Null);
    // of some, the file knows the tie and not to whom
    assert_eq!(
        parent("9").await,
        json!({ "user": null, "kind": null, "sharePercent": null, "controllingPersonType": "NONE", "employeeType": null })
    );
    let bad = json!({ "effectiveBeneficiary": 100.01, "parentType": "cousin", "employeeType": 9 });
    let report = import(&desk, BankingJson, &banking(&[(10, bad)]), false).await;
    let mut fields: Vec<_> = report.refused[0].reasons.iter().map(|reason| reason.field.clone()).collect();
    fields.sort();
    assert_eq!(fields, ["effectiveBeneficiary", "employeeType", "parentType"]);
    let again = import(&desk, BankingJson, &file, false).await;
    assert_eq!((again.unchanged, again.rows()), (3, 3), "{again:?}");
}
