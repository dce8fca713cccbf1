//! What other systems record: rows that are found again by their ids there, and what a second word of the same thing does.

use backdesk_entity::{transaction, user, wallet, wallet_network};
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::{
    Desk,
    recording::{AS_OF, KINDS, LATER, NOBODY, but, one_of_each, row},
};

const EARLIER: &str = "2026-03-01T09:00:00Z";

#[tokio::test]
async fn every_kind_of_row_is_recorded_once() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    assert_eq!(machine.record(one_of_each(&ada, &eve)).await.outcomes(), ["CREATED"; 7]);
    let before = desk.everything().await;
    let again = machine.record(one_of_each(&ada, &eve)).await;
    assert_eq!(again.outcomes(), ["UNCHANGED"; 7]);
    assert_eq!(desk.everything().await, before, "not even an entry of the trail");
}

#[tokio::test]
async fn what_is_said_later_takes_the_place_of_what_was_known() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(one_of_each(&ada, &eve)).await;
    for kind in KINDS {
        let at = |as_of: &str| but(row(kind, &format!("{kind} 1"), &ada, &eve), json!({ "asOf": as_of }));
        let rows = json!([at(EARLIER)]);
        assert_eq!(machine.record(rows).await.outcomes(), ["STALE"], "{kind}");
        let rows = json!([at(LATER)]);
        assert_eq!(machine.record(rows.clone()).await.outcomes(), ["UPDATED"], "{kind}");
        assert_eq!(machine.record(rows).await.outcomes(), ["UNCHANGED"], "{kind}");
        assert_eq!(machine.record(json!([at(AS_OF)])).await.outcomes(), ["STALE"], "{kind}");
    }
}

#[tokio::test]
async fn other_content_of_the_same_instant_is_a_contradiction() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(one_of_each(&ada, &eve)).await;
    let before = desk.everything().await;
    for (kind, other) in [
        ("wallet", json!({ "balance": "10.01" })),
        ("wallet", json!({ "network": { "network": "bitcoin", "status": "DISCONNECTED" } })),
        ("transaction", json!({ "state": "FAILED" })),
        ("pspAccount", json!({ "details": { "tier": 3 } })),
        ("bankAccount", json!({ "holder": "A. Lovelace" })),
        ("listing", json!({ "title": "A ship" })),
        ("booking", json!({ "amount": "98" })),
        ("review", json!({ "rating": 4 })),
    ] {
        let rows = json!([but(row(kind, &format!("{kind} 1"), &ada, &eve), other)]);
        let expected = [format!("REFUSED CONFLICT {kind}.asOf")];
        assert_eq!(machine.record(rows).await.outcomes(), expected, "{kind}");
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn a_row_never_moves_to_another_user_kind_or_currency() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(one_of_each(&ada, &eve)).await;
    let before = desk.everything().await;
    let to_eve = json!({ "id": eve });
    for (kind, other, field) in [
        ("wallet", json!({ "user": to_eve }), "user"),
        ("wallet", json!({ "currency": "USD" }), "currency"),
        ("transaction", json!({ "user": to_eve }), "user"),
        ("transaction", json!({ "kind": "PAYOUT" }), "kind"),
        ("transaction", json!({ "currency": "USD" }), "currency"),
        ("pspAccount", json!({ "user": to_eve }), "user"),
        ("bankAccount", json!({ "user": to_eve }), "user"),
        ("bankAccount", json!({ "currency": "USD" }), "currency"),
        ("listing", json!({ "user": to_eve }), "user"),
        ("booking", json!({ "asker": to_eve }), "asker"),
        ("booking", json!({ "offerer": null }), "offerer"),
        ("booking", json!({ "currency": "USD" }), "currency"),
        ("review", json!({ "author": to_eve, "subject": { "id": ada } }), "author"),
    ] {
        let mut other = other;
        other["asOf"] = json!(LATER);
        let rows = json!([but(row(kind, &format!("{kind} 1"), &ada, &eve), other)]);
        let expected = [format!("REFUSED CONFLICT {kind}.{field}")];
        assert_eq!(machine.record(rows).await.outcomes(), expected);
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn a_booking_learns_who_its_other_side_is() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    let alone = but(row("booking", "1", &ada, &eve), json!({ "offerer": null }));
    assert_eq!(machine.record(json!([alone])).await.outcomes(), ["CREATED"]);
    let both = but(row("booking", "1", &ada, &eve), json!({ "asOf": LATER }));
    assert_eq!(machine.record(json!([both])).await.outcomes(), ["UPDATED"]);
    let counts = |user: user::Model| (user.asker_booking_count, user.offerer_booking_count);
    assert_eq!(counts(desk.user_row(&ada).await), (1, 0));
    assert_eq!(counts(desk.user_row(&eve).await), (0, 1));
}

#[tokio::test]
async fn a_batch_that_says_two_things_of_one_id_has_neither() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let deposit = |state: &str| but(row("transaction", "1", &ada, &eve), json!({ "state": state }));
    // the same words twice are one thing, and ids of different kinds have nothing to do with each other
    let rows = json!([deposit("DONE"), row("wallet", "1", &ada, &eve), deposit("DONE")]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED", "CREATED", "UNCHANGED"]);

    let other = |id: &str, state: &str| {
        but(row("transaction", id, &ada, &eve), json!({ "state": state, "asOf": LATER }))
    };
    let rows = json!([other("2", "DONE"), other(" 2 ", "FAILED"), other("3", "DONE")]);
    let contradiction = "REFUSED CONFLICT transaction.externalId";
    assert_eq!(desk.machine().record(rows).await.outcomes(), [contradiction, contradiction, "CREATED"]);
}

#[tokio::test]
async fn what_is_repeated_in_a_batch_is_refused_for_the_same_reason_in_its_place() {
    let desk = Desk::open().await;
    let (ada, _) = desk.two_users().await;
    let lost = row("listing", "1", NOBODY, NOBODY);
    let answer = desk.machine().record(json!([row("listing", "2", &ada, &ada), lost, lost])).await;
    let refused = "REFUSED NOT_FOUND listing.user";
    assert_eq!(answer.outcomes(), ["CREATED", refused, refused]);
    assert_eq!(answer.data("activityRecord.results.2.errors.0.field.2"), "2");
}

#[tokio::test]
async fn a_row_belongs_to_what_the_same_system_recorded_of_the_same_user() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(json!([row("wallet", "known", &ada, &eve), row("wallet", "of eve", &eve, &ada)])).await;
    let of = |id: &str, wallet: &str| but(row("transaction", id, &ada, &eve), json!({ "wallet": wallet }));
    let rows = json!([
        of("1", "known"),
        of("2", "new"),
        row("wallet", "new", &ada, &eve),
        of("3", "of eve"),
        of("4", "unheard of"),
        but(row("wallet", "refused", &ada, &eve), json!({ "currency": "ZZZ" })),
        of("5", "refused"),
    ]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "CREATED",
            "CREATED",
            "CREATED",
            "REFUSED INVALID transaction.wallet",
            "REFUSED NOT_FOUND transaction.wallet",
            "REFUSED INVALID wallet.currency",
            "REFUSED NOT_FOUND transaction.wallet",
        ]
    );
    let db = desk.side_door().await;
    let wallets = wallet::Entity::find().all(&db).await.expect("rows");
    let of_wallet = |id: &str| wallets.iter().find(|wallet| wallet.external_id == id).map(|wallet| wallet.id);
    for transaction in transaction::Entity::find().all(&db).await.expect("rows") {
        let wallet = if transaction.external_id == "1" { "known" } else { "new" };
        assert_eq!(transaction.wallet_id, of_wallet(wallet));
    }

    // what was booked is the offerer's
    let listing = |id: &str, user: &str| row("listing", id, user, user);
    let booked = |id: &str, what: &str| but(row("booking", id, &ada, &eve), json!({ "listing": what }));
    let rows =
        json!([listing("a", &eve), listing("b", &ada), booked("1", "a"), booked("2", "b"), booked("3", "c")]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "CREATED",
            "CREATED",
            "CREATED",
            "REFUSED INVALID booking.listing",
            "REFUSED NOT_FOUND booking.listing",
        ]
    );
}

#[tokio::test]
async fn what_support_changed_of_a_network_since_stays() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(json!([row("wallet", "1", &ada, &eve)])).await;
    let by_hand =
        "UPDATE wallet_networks SET address = 'by hand', note = 'moved', as_of = '2026-03-01 10:30:00+00:00'";
    desk.sabotage(by_hand).await.expect("an update");
    let network = async || {
        let row = wallet_network::Entity::find().one(&desk.side_door().await).await;
        let row = row.expect("rows").expect("a network");
        (row.address.expect("an address"), row.note.expect("a note"))
    };
    let of = |as_of: &str| json!([but(row("wallet", "1", &ada, &eve), json!({ "asOf": as_of }))]);
    // the system repeats itself, and says something of before the change
    assert_eq!(machine.record(of(AS_OF)).await.outcomes(), ["UNCHANGED"]);
    assert_eq!(machine.record(of("2026-03-01T10:20:00Z")).await.outcomes(), ["UPDATED"]);
    assert_eq!(network().await, ("by hand".to_owned(), "moved".to_owned()));
    // what it says of later counts again, and the note stays
    assert_eq!(machine.record(of(LATER)).await.outcomes(), ["UPDATED"]);
    assert_eq!(network().await, ("bc1q".to_owned(), "moved".to_owned()));
}
