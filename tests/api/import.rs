//! Imports on either database, and what they look like to the desk. The rules of each format are tested beside them.

use std::{io::Cursor, sync::Arc};

use backdesk::{
    auth::caller::Caller,
    service::import::{Format, ImportOptions, Report},
};
use serde_json::json;

use crate::support::Desk;

pub(crate) const EXAMPLE: &str = include_str!("../fixtures/banking-user.json");

/// Imports a text into the account FR.
pub(crate) async fn import(desk: &Desk, format: Format, text: &str, is_dry: bool) -> Report {
    let options =
        ImportOptions { format, account: "FR".to_owned(), source: Some("users".to_owned()), is_dry };
    let caller = Arc::new(Caller::system("import"));
    let source = Cursor::new(text.to_owned());
    desk.services.import_users(&caller, source, options, &|_| {}).await.unwrap()
}

#[tokio::test]
async fn the_example_of_the_banking_api_goes_in_once() {
    let desk = Desk::open().await;
    let dry = import(&desk, Format::BankingJson, EXAMPLE, true).await;
    let first = import(&desk, Format::BankingJson, EXAMPLE, false).await;
    assert_eq!((first.created, first.is_complete()), (1, true), "{first:?}");
    assert_eq!(dry, first);
    let second = import(&desk, Format::BankingJson, EXAMPLE, false).await;
    assert_eq!((second.unchanged, second.rows()), (1, 1), "{second:?}");

    let answer = desk
        .admin()
        .ask(
            r#"{ user(by: { externalId: { system: "BANKING", value: "8327278" } }) {
                version name { first } email status cancellation { origin } frozen createdAt updatedAt kyc { level }
            } }"#,
        )
        .await;
    let expected = json!({
        "version": 1, "name": { "first": "Alex" }, "email": "alex.oak@example.com", "status": "CANCELED",
        "cancellation": { "origin": "OPERATOR" }, "frozen": false, "createdAt": "2023-10-23T12:28:00+00:00",
        "updatedAt": "2023-10-23T12:28:00+00:00", "kyc": { "level": "LIGHT" },
    });
    assert_eq!(answer.data("user"), expected);

    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.totalCount"), 1);
    assert_eq!(trail.text("auditEvents.nodes.0.action"), "USER_IMPORT");
    assert_eq!(trail.text("auditEvents.nodes.0.actor.subject"), "system:import");
    assert_eq!(trail.text("auditEvents.nodes.0.reason"), "import of users, users[0]");
}

#[tokio::test]
async fn a_value_of_another_user_refuses_the_row_alone() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "ada@example.com" })).await;
    let text = "reference,personType,email,groups\n\
                A-1,NATURAL_PERSON,Ada@example.com,MERCHANT_OWNER\n\
                A-2,NATURAL_PERSON,bob@example.com,MERCHANT_OWNER;MERCHANT_STAFF\n";
    for created in [1, 0] {
        let report = import(&desk, Format::Csv, text, false).await;
        assert_eq!((report.created, report.changed), (created, 0), "{report:?}");
        assert_eq!(report.refused.len(), 1);
        assert_eq!(report.refused[0].number, 2);
        assert_eq!(report.refused[0].reasons[0].field, "email");
    }
}

#[tokio::test]
async fn all_values_of_other_users_are_told_at_once() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "ada@example.com" })).await;
    desk.add_user(json!({ "externalIds": [{ "system": "CRM", "value": "7" }] })).await;
    let text = "reference,personType\nA-1,NATURAL_PERSON\n";
    assert_eq!(import(&desk, Format::Csv, text, false).await.created, 1);
    let text = "reference,email,externalId.CRM\nA-1,ada@example.com,7\n";
    for is_dry in [true, false] {
        let report = import(&desk, Format::Csv, text, is_dry).await;
        let fields: Vec<&str> =
            report.refused[0].reasons.iter().map(|reason| reason.field.as_str()).collect();
        assert_eq!(fields, ["email", "externalIds"], "{report:?}");
    }
}
