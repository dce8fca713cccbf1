//! What other systems say of KYC: their scales, and what it means for a review that is open here.

use backdesk::service::{dump, import::Format};
use serde_json::{Value, json};

use super::{
    dump::dump,
    import::{EXAMPLE, import},
};
use crate::support::Desk;

/// Imports what is said of a user whom another system calls 7.
async fn says(desk: &Desk, mut row: Value) {
    row["reference"] = json!("A-7");
    let report = import(desk, Format::JsonLines, &row.to_string(), false).await;
    assert!(report.is_complete() && report.changed == 1, "{report:?}");
}

/// A user whom another system knows, under a review here: ids of the user and of the review.
async fn known_user(desk: &Desk) -> (String, String) {
    let row = r#"{"reference": "A-7", "personType": "NATURAL_PERSON"}"#;
    assert_eq!(import(desk, Format::JsonLines, row, false).await.created, 1);
    let user = desk.admin().ask(r#"{ user(by: { reference: "A-7" }) { id } }"#).await.text("user.id");
    let review = desk.admin().request_review(&user).await;
    (user, review)
}

#[tokio::test]
async fn levels_and_statuses_are_the_numbers_of_the_banking_api_both_ways() {
    // the example of its documentation: level 1, no review
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!((&example["users"][0]["kycLevel"], &example["users"][0]["kycReview"]), (&json!(1), &json!(0)));
    let desk = Desk::open().await;
    let words = [("NONE", "NONE"), ("LIGHT", "PENDING"), ("REGULAR", "VALIDATED"), ("STRONG", "REFUSED")];
    for number in 0..4 {
        let mut file = example.clone();
        let user = &mut file["users"][0];
        user["userId"] = json!(100 + number);
        user["email"] = json!(format!("number{number}@example.com"));
        user["kycLevel"] = json!(number);
        // so that none stands for the other by its place
        user["kycReview"] = json!(3 - number);
        let report = import(&desk, Format::BankingJson, &file.to_string(), false).await;
        assert_eq!(report.created, 1, "{report:?}");
    }
    let answer = desk
        .admin()
        .ask("{ users(orderBy: [{ field: EMAIL, direction: ASC }]) { nodes { kyc { level status } } } }")
        .await;
    let shown: Vec<Value> = (0..4)
        .map(|number: usize| json!({ "level": words[number].0, "status": words[3 - number].1 }))
        .collect();
    assert_eq!(answer.column("users.nodes", "kyc"), shown);

    let dumped: Value = serde_json::from_str(&dump(&desk, dump::Format::BankingJson, &["FR"]).await).unwrap();
    let mut numbers: Vec<[&Value; 3]> = dumped["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| [&user["userId"], &user["kycLevel"], &user["kycReview"]])
        .collect();
    numbers.sort_by_key(|[id, ..]| id.as_i64());
    let expected: Vec<Value> = (0..4).map(|number| json!([100 + number, number, 3 - number])).collect();
    assert_eq!(json!(numbers), json!(expected));
}

#[tokio::test]
async fn a_review_ends_when_another_system_settles_or_cancels() {
    for (row, status) in [
        (json!({ "kycStatus": "VALIDATED", "kycLevel": "LIGHT" }), "VALIDATED"),
        (json!({ "kycStatus": "NONE" }), "NONE"),
        (json!({ "status": "CANCELED", "cancelOrigin": "USER" }), "PENDING"),
    ] {
        let desk = Desk::open().await;
        let (user, review) = known_user(&desk).await;
        let ((), entries) = Box::pin(desk.entries_of(says(&desk, row.clone()))).await;
        let name = format!("kyc.reviews.{review}.state");
        assert!(entries.iter().any(|entry| entry.changed_fields.contains(&name)), "the trail tells of it");
        let compliance = desk.compliance();
        assert_eq!(compliance.open_user(&user).await["kyc"]["status"], status);
        let queue = compliance.ask("{ kycReviews { nodes { id state decision closedAt } } }").await;
        let closed = json!([{
            "id": review, "state": "CLOSED", "decision": null, "closedAt": "2026-03-01T12:00:00+00:00",
        }]);
        assert_eq!(queue.data("kycReviews.nodes"), closed, "{row}");
    }
}

#[tokio::test]
async fn a_review_goes_on_while_another_system_says_that_it_is_under_way() {
    let desk = Desk::open().await;
    let (user, review) = known_user(&desk).await;
    says(&desk, json!({ "kycStatus": "PENDING", "lastName": "Byron" })).await;
    assert_eq!(desk.compliance().open_review(&user).await["id"], json!(review));
}

#[tokio::test]
async fn the_longest_comment_of_a_reviewer_goes_out_and_comes_in_again() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let compliance = desk.compliance();
    let review = compliance.request_review(&user).await;
    compliance.claim(&user, &review).await;
    let comment = "ö".repeat(5000);
    let decision = json!({ "decision": "REFUSE", "reasons": ["OTHER"], "comment": comment });
    assert_eq!(compliance.decide(&user, &review, decision).await.problems("kycDecide"), [""; 0]);
    let dumped = dump(&desk, dump::Format::JsonLines, &[]).await;
    assert!(dumped.contains(&comment));
    let report = import(&desk, Format::JsonLines, &dumped, false).await;
    assert_eq!((report.unchanged, report.rows()), (1, 1), "{report:?}");
}
