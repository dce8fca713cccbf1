//! The documents that KYC reviews rest on: those that came or were decided on meanwhile, and those that somebody names.

use serde_json::{Value, json};

use crate::support::{Desk, Person};

const DOCUMENTS: &str = "query ($id: ID!) { user(by: { id: $id }) {
    kyc { reviews { nodes { documents { id kind state user { id } } } } } withheldFields { path permission }
} }";

/// The ids of the documents of all reviews of a user, the oldest review first.
async fn documents(person: &Person, user: &str) -> Vec<Value> {
    let answer = person.ask_with(DOCUMENTS, json!({ "id": user })).await;
    let reviews = answer.column("user.kyc.reviews.nodes", "documents");
    let ids = |list: Value| list.as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    reviews.into_iter().map(ids).collect()
}

#[tokio::test]
async fn what_is_asked_for_shared_and_decided_on_meanwhile_belongs_to_the_review() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let user = desk.add_user(json!({})).await;
    let before = compliance.share_pdf(&user).await;
    let decided_on = compliance.share_pdf(&user).await;
    let review = compliance.request_review(&user).await;
    assert_eq!(documents(&compliance, &user).await, [json!([])], "what was there is named where it matters");

    let (answer, entries) =
        desk.entries_of(compliance.act("documentRequest", &user, json!({ "kind": "ADDRESS" }))).await;
    assert_eq!(answer.problems("documentRequest"), [""; 0]);
    assert_eq!(entries.len(), 1);
    let name = format!("kyc.reviews.{review}.documents");
    assert!(entries[0].changed_fields.contains(&name), "the trail tells of it");
    let shared = compliance.share_pdf(&user).await;
    let refusal = json!({ "documentId": decided_on, "decision": "REFUSE", "reason": "Too dark." });
    compliance.act("documentDecide", &user, refusal).await;
    let all = documents(&compliance, &user).await;
    let ids = all[0].as_array().unwrap();
    assert_eq!((ids.len(), &ids[0], &ids[2]), (3, &json!(decided_on), &json!(shared)));

    compliance.claim(&user, &review).await;
    let decision =
        json!({ "decision": "VALIDATE", "level": "LIGHT", "documentIds": [before, shared, before] });
    assert_eq!(compliance.decide(&user, &review, decision).await.problems("kycDecide"), [""; 0]);
    let all = documents(&compliance, &user).await;
    assert_eq!(all[0].as_array().unwrap().len(), 4);
    assert_eq!(all[0][0], json!(before));

    compliance.share_pdf(&user).await;
    assert_eq!(documents(&compliance, &user).await, all, "what comes later was not looked at");
}

#[tokio::test]
async fn a_review_that_waits_for_a_document_goes_on_when_one_is_shared() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let user = desk.add_user(json!({})).await;
    let review = compliance.request_review(&user).await;
    compliance.claim(&user, &review).await;
    let ask = json!({ "decision": "REQUEST_INFORMATION", "reasons": ["DOCUMENT_MISSING"] });
    compliance.decide(&user, &review, ask.clone()).await;
    let state = async || compliance.open_review(&user).await["state"].clone();
    compliance.act("documentRequest", &user, json!({ "kind": "ADDRESS" })).await;
    compliance.announce_pdf(&user, b"%PDF-1.4").await;
    assert_eq!(state().await, "INFORMATION_REQUESTED", "nothing has come yet");
    let shared = compliance.share_pdf(&user).await;
    assert_eq!(state().await, "WAITING");
    compliance.decide(&user, &review, ask).await;
    let refusal = json!({ "documentId": shared, "decision": "REFUSE", "reason": "Too dark." });
    compliance.act("documentDecide", &user, refusal).await;
    assert_eq!(state().await, "INFORMATION_REQUESTED", "the reviewer's own word brings nothing");
}

#[tokio::test]
async fn a_review_is_asked_for_because_of_a_document() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let user = desk.add_user(json!({})).await;
    let expired = compliance.share_pdf(&user).await;
    let input = json!({ "trigger": "DOCUMENT_EXPIRED", "documentIds": [expired] });
    let answer = compliance.act("kycRequestReview", &user, input.clone()).await;
    assert_eq!(answer.problems("kycRequestReview"), [""; 0]);
    assert_eq!(documents(&compliance, &user).await, [json!([expired])]);
    let (answer, entries) = desk.entries_of(compliance.act("kycRequestReview", &user, input)).await;
    assert_eq!(answer.problems("kycRequestReview"), [""; 0]);
    assert_eq!(entries, [], "it is attached already");
}

#[tokio::test]
async fn documents_of_others_and_too_many_are_refused_and_nothing_is_written() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let (user, other) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let (own, foreign) = (compliance.share_pdf(&user).await, compliance.share_pdf(&other).await);
    let before = desk.dump().await;
    let many: Vec<&str> = vec![&own; 21];
    for (ids, problem) in [
        (json!([own, foreign]), "NOT_FOUND input.documentIds.1"),
        (json!(["nothing"]), "NOT_FOUND input.documentIds.0"),
        (json!(many), "INVALID input.documentIds"),
    ] {
        let answer = compliance.act("kycRequestReview", &user, json!({ "documentIds": ids })).await;
        assert_eq!(answer.problems("kycRequestReview"), [problem]);
    }
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn documents_of_reviews_are_withheld_with_the_documents_and_seeing_them_is_logged() {
    let desk = Desk::open().await;
    let (compliance, read_only) = (desk.compliance(), desk.read_only());
    let user = desk.add_user(json!({})).await;
    compliance.request_review(&user).await;
    compliance.share_pdf(&user).await;
    let seen = compliance.ask_with(DOCUMENTS, json!({ "id": user }));
    let (answer, entries) = desk.entries_of(seen).await;
    assert_eq!(answer.data("user.kyc.reviews.nodes.0.documents.0.user.id"), json!(user));
    assert_eq!(entries.iter().filter(|entry| entry.action == "SENSITIVE_READ").count(), 1);
    let (answer, entries) = desk.entries_of(read_only.ask_with(DOCUMENTS, json!({ "id": user }))).await;
    assert_eq!(answer.data("user.kyc.reviews.nodes.0.documents"), Value::Null);
    assert_eq!(entries, []);
    let withheld = json!({ "path": "kyc.reviews.documents", "permission": "DOCUMENT_READ" });
    assert!(answer.data("user.withheldFields").as_array().unwrap().contains(&withheld));
}

#[tokio::test]
async fn documents_below_many_reviews_cost_as_many_statements_as_those_of_one() {
    const BELOW: &str = "query ($first: Int) { kycReviews(first: $first) { nodes {
        documents { id user { id } }
    } } }";
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    for _ in 0..6 {
        let user = desk.add_user(json!({})).await;
        compliance.request_review(&user).await;
        compliance.share_pdf(&user).await;
    }
    let mut counts = Vec::new();
    // the first one opens the key that the log of reads is sealed with
    for first in [1, 1, 6] {
        let (answer, statements) =
            desk.statements_of(compliance.ask_with(BELOW, json!({ "first": first }))).await;
        assert_eq!(answer.column("kycReviews.nodes", "documents.0.id").len(), first);
        assert!(answer.column("kycReviews.nodes", "documents.0.id").iter().all(Value::is_string));
        counts.push(statements.len());
    }
    assert_eq!(counts[1], counts[2]);
}
