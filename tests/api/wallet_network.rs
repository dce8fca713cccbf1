//! How wallets are connected to their networks, as support changes it.

use backdesk_entity::{wallet, wallet_network};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, uuid};

const SHOWN: &str = "query ($id: ID!) { user(by: { id: $id }) { version wallets { nodes { network {
    network address status confirmationsRequired lastBlock note asOf
} } } } }";

async fn shown(viewer: &Person, user: &str) -> Value {
    viewer.ask_with(SHOWN, json!({ "id": user })).await.data("user.wallets.nodes.0.network")
}

async fn set(person: &Person, user: &str, input: Value) -> Answer {
    person.act("walletSetNetwork", user, input).await
}

/// A user with a wallet, connected or not.
async fn user_with_wallet(desk: &Desk, connected: bool) -> (String, String) {
    let user = desk.add_user(json!({})).await;
    let wallet = desk.wallet(&user, 1);
    desk.put::<wallet::Entity, _>(vec![wallet.clone()]).await;
    if connected {
        desk.put::<wallet_network::Entity, _>(vec![desk.network(wallet.id)]).await;
    }
    (user, wallet.id.to_string())
}

#[tokio::test]
async fn what_is_given_changes_and_the_rest_stays() {
    let desk = Desk::open().await;
    let support = desk.person(&["support"]);
    let (user, wallet) = user_with_wallet(&desk, true).await;
    let input =
        json!({ "walletId": wallet, "status": "DISCONNECTED", "address": null, "note": " Lost  its node. " });
    assert_eq!(set(&support, &user, input.clone()).await.problems("walletSetNetwork"), [""; 0]);
    assert_eq!(
        shown(&support, &user).await,
        json!({
            "network": "bitcoin", "address": null, "status": "DISCONNECTED", "confirmationsRequired": 3,
            "lastBlock": 840_000, "note": "Lost  its node.", "asOf": desk.clock.now().to_rfc3339(),
        })
    );
    // the same again changes nothing and leaves no trace
    let (answer, entries) = desk.entries_of(set(&support, &user, input)).await;
    assert_eq!(answer.problems("walletSetNetwork"), [""; 0]);
    assert!(entries.is_empty());
}

#[tokio::test]
async fn a_wallet_that_was_not_connected_is() {
    let desk = Desk::open().await;
    let support = desk.person(&["support"]);
    let (user, wallet) = user_with_wallet(&desk, false).await;
    assert_eq!(shown(&support, &user).await, Value::Null);
    let nameless = set(&support, &user, json!({ "walletId": wallet, "note": "Soon." })).await;
    assert_eq!(nameless.problems("walletSetNetwork"), ["REQUIRED input.network"]);
    set(&support, &user, json!({ "walletId": wallet, "network": "SEPA" })).await;
    let network = shown(&support, &user).await;
    assert_eq!((&network["network"], &network["status"]), (&json!("SEPA"), &json!("PENDING")));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_and_nothing_is_written() {
    let desk = Desk::open().await;
    let support = desk.person(&["support"]);
    let (user, wallet) = user_with_wallet(&desk, true).await;
    let (other, _) = user_with_wallet(&desk, true).await;
    let before = shown(&support, &user).await;
    let wrong = json!({
        "walletId": wallet, "network": " ", "address": "a".repeat(201), "status": null,
        "confirmationsRequired": -1, "note": "n".repeat(1001),
    });
    let answer = set(&support, &user, wrong).await;
    assert_eq!(
        answer.problems("walletSetNetwork"),
        [
            "INVALID input.network",
            "REQUIRED input.status",
            "INVALID input.confirmationsRequired",
            "INVALID input.address",
            "INVALID input.note",
        ]
    );
    for (user, wallet) in [(&other, wallet.as_str()), (&user, "nonsense"), (&user, user.as_str())] {
        let answer = set(&support, user, json!({ "walletId": wallet, "network": "x" })).await;
        assert_eq!(answer.problems("walletSetNetwork"), ["NOT_FOUND input.walletId"]);
    }
    assert_eq!(shown(&support, &user).await, before);
    let rows = wallet_network::Entity::find_by_id(uuid(&wallet)).all(&desk.side_door().await).await.unwrap();
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn the_trail_tells_what_changed_to_those_who_see_networks() {
    let desk = Desk::open().await;
    let (user, wallet) = user_with_wallet(&desk, true).await;
    let asked = desk.person(&["support"]);
    let asked = set(&asked, &user, json!({ "walletId": wallet, "status": "SYNCING" }));
    let (_, entries) = desk.entries_of(asked).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].action, "WALLET_SET_NETWORK");
    assert_eq!(entries[0].changed_fields, "[\"wallets.network\"]");
    let told = "{ auditEvents(first: 1) { nodes { changes { field before after withheld } } } }";
    let change = desk.admin().ask(told).await.data("auditEvents.nodes.0.changes.0");
    assert_eq!(
        (&change["before"]["status"], &change["after"]["status"]),
        (&json!("CONNECTED"), &json!("SYNCING"))
    );
    assert_eq!(change["after"].get("address"), None, "what stays is not told");
    let hidden = desk.person(&["auditor-read-only"]).ask(told).await.data("auditEvents.nodes.0.changes.0");
    assert_eq!(
        hidden,
        json!({ "field": "wallets.network", "before": null, "after": null, "withheld": true })
    );
}
