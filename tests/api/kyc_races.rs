//! KYC reviews that many act on at once: one claims, one decides, one opens, and status and review never contradict each other.

use backdesk::service::import::Format;
use backdesk_entity::enums::KycLevel;
use serde_json::{Value, json};

use super::import::import;
use crate::support::{Answer, Desk, Person, fifty};

/// Somebody else who may decide.
fn colleague(desk: &Desk) -> Person {
    desk.person(&["compliance", "support"])
}

async fn status(desk: &Desk, user: &str) -> Value {
    desk.compliance().open_user(user).await["kyc"]["status"].clone()
}

fn count(answers: &[Answer], mutation: &str) -> (usize, usize) {
    let problems: Vec<String> = answers.iter().map(|answer| answer.problems(mutation).join(" ")).collect();
    let won = problems.iter().filter(|problem| problem.is_empty()).count();
    let lost = problems.iter().filter(|problem| *problem == "ILLEGAL_TRANSITION input.reviewId").count();
    assert_eq!(won + lost, answers.len(), "{problems:?}");
    (won, lost)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_claim_at_once_one_has_the_review() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let review = desk.admin().request_review(&user).await;
    // two people, each with many hands: whoever of them was first has it, and the other gets nothing
    let (one, other) = (desk.compliance(), colleague(&desk));
    let answers = fifty(|number| {
        let person = if number % 2 == 0 { one.clone() } else { other.clone() };
        let (user, review) = (user.clone(), review.clone());
        async move { person.claim(&user, &review).await }
    })
    .await;
    assert_eq!(count(&answers, "kycClaim"), (25, 25));
    let won = (0..50).filter(|number| answers[*number].problems("kycClaim").is_empty());
    let won: Vec<usize> = won.map(|number| number % 2).collect();
    assert!(won.iter().all(|who| *who == won[0]), "two have claimed it");
    let claims = desk.entries().await.into_iter().filter(|entry| entry.action == "KYC_CLAIM");
    assert_eq!(claims.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_decisions_at_once_one_holds() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let review = desk.admin().request_review(&user).await;
    desk.compliance().claim(&user, &review).await;
    let reviewer = desk.compliance();
    let answers = fifty(|number| {
        let decision = match number % 2 {
            0 => json!({ "decision": "VALIDATE", "level": "LIGHT" }),
            _ => json!({ "decision": "REFUSE", "reasons": ["DOCUMENT_FORGED"] }),
        };
        let (reviewer, user, review) = (reviewer.clone(), user.clone(), review.clone());
        async move { reviewer.decide(&user, &review, decision).await }
    })
    .await;
    assert_eq!(count(&answers, "kycDecide"), (1, 49));
    let winner = answers.iter().position(|answer| answer.problems("kycDecide").is_empty()).unwrap();
    let expected = if winner % 2 == 0 { "VALIDATED" } else { "REFUSED" };
    assert_eq!(status(&desk, &user).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_changes_at_once_one_opens_the_review_and_the_others_add_to_it() {
    let desk = Desk::open().await;
    let user = desk.validated_user(json!({}), KycLevel::Light).await;
    let admin = desk.admin();
    let answers = fifty(|number| {
        let (admin, user) = (admin.clone(), user.clone());
        async move { admin.update(&user, json!({ "lastName": format!("Byron {number}") })).await }
    })
    .await;
    assert!(answers.iter().all(|answer| answer.problems("userUpdate").is_empty()));
    let list = desk.compliance().ask("{ kycReviews { totalCount } }").await;
    assert_eq!(list.data("kycReviews.totalCount"), 1);
    let review = desk.compliance().open_review(&user).await;
    assert_eq!(review["changes"].as_array().unwrap().len(), 50);
}

/// Claims what is open and validates it, if somebody else does not.
async fn validates(person: &Person, user: &str) -> Answer {
    let review = person.open_review(user).await["id"].as_str().unwrap_or_default().to_owned();
    person.claim(user, &review).await;
    person.decide(user, &review, json!({ "decision": "VALIDATE", "level": "LIGHT" })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kyc_is_pending_exactly_while_a_review_is_open_whatever_happens_at_once() {
    let desk = Desk::open().await;
    let user = desk.validated_user(json!({}), KycLevel::Light).await;
    let (admin, one, other) = (desk.admin(), desk.compliance(), colleague(&desk));
    let query = "query ($id: ID!) { user(by: { id: $id }) { reference } }";
    let reference = admin.ask_with(query, json!({ "id": user })).await.text("user.reference");
    let settled = json!({ "reference": reference, "kycStatus": "VALIDATED" }).to_string();
    for round in 0..4 {
        let acting = fifty(|number| {
            let (admin, one, other, user) = (admin.clone(), one.clone(), other.clone(), user.clone());
            async move {
                match number % 5 {
                    0 | 1 => {
                        admin.update(&user, json!({ "lastName": format!("Byron {round} {number}") })).await
                    }
                    2 => one.act("kycRequestReview", &user, json!({})).await,
                    3 => validates(&one, &user).await,
                    _ => validates(&other, &user).await,
                }
            }
        });
        let importing = async {
            for _ in 0..5 {
                let report = import(&desk, Format::JsonLines, &settled, false).await;
                assert!(report.refused.is_empty(), "{report:?}");
            }
        };
        let (answers, ()) = tokio::join!(acting, importing);
        assert!(answers.iter().all(|answer| answer.code().is_none()), "nobody ran into another");
        let is_open = !desk.compliance().open_review(&user).await.is_null();
        assert_eq!(status(&desk, &user).await == "PENDING", is_open);
        let query = "{ kycReviews(where: { open: true }) { totalCount } }";
        assert_eq!(one.ask(query).await.data("kycReviews.totalCount"), i32::from(is_open));
    }
}
