//! What other systems record: rows that are found again by their ids there, judged one by one, written together. Counts
//! are in activity_counts.rs.

use axum::http::StatusCode;
use backdesk::config::Http;
use backdesk_entity::{transaction, user, wallet, wallet_network};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{
    Desk,
    recording::{AS_OF, KINDS, but, row},
    uuid,
};

const LATER: &str = "2026-03-01T11:00:00Z";
const EARLIER: &str = "2026-03-01T09:00:00Z";
const NOBODY: &str = "00000000-0000-7000-8000-00000000ffff";

async fn two_users(desk: &Desk) -> (String, String) {
    let ada = desk.add_user(json!({ "firstName": "Ada" })).await;
    let eve = desk.add_user(json!({ "firstName": "Eve" })).await;
    (ada, eve)
}

async fn user_row(desk: &Desk, id: &str) -> user::Model {
    user::Entity::find_by_id(uuid(id)).one(&desk.side_door().await).await.expect("rows").expect("a user")
}

/// One row of each kind, of different external ids.
fn one_of_each(ada: &str, eve: &str) -> Value {
    KINDS.iter().map(|kind| row(kind, &format!("{kind} 1"), ada, eve)).collect()
}

#[tokio::test]
async fn every_kind_of_row_is_recorded_once() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, eve) = two_users(&desk).await;
    let machine = desk.machine();
    let alone = but(row("booking", "1", &ada, &eve), json!({ "offerer": null }));
    assert_eq!(machine.record(json!([alone])).await.outcomes(), ["CREATED"]);
    let both = but(row("booking", "1", &ada, &eve), json!({ "asOf": LATER }));
    assert_eq!(machine.record(json!([both])).await.outcomes(), ["UPDATED"]);
    let counts = |user: user::Model| (user.asker_booking_count, user.offerer_booking_count);
    assert_eq!(counts(user_row(&desk, &ada).await), (1, 0));
    assert_eq!(counts(user_row(&desk, &eve).await), (0, 1));
}

#[tokio::test]
async fn a_batch_that_says_two_things_of_one_id_has_neither() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, _) = two_users(&desk).await;
    let lost = row("listing", "1", NOBODY, NOBODY);
    let answer = desk.machine().record(json!([row("listing", "2", &ada, &ada), lost, lost])).await;
    let refused = "REFUSED NOT_FOUND listing.user";
    assert_eq!(answer.outcomes(), ["CREATED", refused, refused]);
    assert_eq!(answer.data("activityRecord.results.2.errors.0.field.2"), "2");
}

#[tokio::test]
async fn five_hundred_rows_go_in_and_one_more_does_not() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    // the edge as it is by default
    let desk = desk.behind(&Http::default());
    let machine = desk.machine();
    let rows = |many: usize, round: usize| -> Value {
        (0..many).map(|number| row(KINDS[number % 7], &format!("{round}.{number}"), &ada, &eve)).collect()
    };
    let before = desk.everything().await;
    let answer = machine.record(rows(501, 0)).await;
    assert_eq!(answer.problems("activityRecord"), ["INVALID input.rows"]);
    assert_eq!(machine.record(json!([])).await.problems("activityRecord"), ["INVALID input.rows"]);
    assert_eq!(desk.everything().await, before);
    // one after the other, at a time that stands still
    for round in 0..20 {
        let answer = machine.record(rows(500, round)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.outcomes(), ["CREATED"; 500]);
    }
}

#[tokio::test]
async fn rows_with_all_that_they_may_hold_pass_the_limits_of_the_edge() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let desk = desk.behind(&Http::default());
    let full = |number: usize| match number % 2 {
        0 => row("wallet", &format!("a wallet with a rather long id {number}"), &ada, &eve),
        _ => but(
            row("booking", &format!("a booking with a rather long id {number}"), &ada, &eve),
            json!({ "at": "2026-02-01T08:00:00.123456+02:00" }),
        ),
    };
    let rows = (0..500).map(full).collect();
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 500]);
}

#[tokio::test]
async fn bad_rows_are_refused_one_by_one_unless_all_or_nothing_is_asked_for() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let machine = desk.machine();
    machine.record(json!([row("listing", "known", &ada, &eve)])).await;
    let rows = json!([
        row("listing", "new", &ada, &eve),
        but(row("listing", "bad", &ada, &eve), json!({ "title": "", "url": "ftp://x" })),
        row("listing", "known", &ada, &eve),
        row("listing", "of nobody", NOBODY, &eve),
    ]);
    let bad = "REFUSED INVALID listing.title INVALID listing.url";
    let nobody = "REFUSED NOT_FOUND listing.user";
    let before = desk.everything().await;
    let everything = json!({ "errorPolicy": "REJECT_EVERYTHING" });
    let answer = machine.record_with(rows.clone(), everything.clone(), Value::Null).await;
    assert_eq!(answer.outcomes(), ["SKIPPED", bad, "UNCHANGED", nobody]);
    assert_eq!(desk.everything().await, before);

    assert_eq!(machine.record(rows).await.outcomes(), ["CREATED", bad, "UNCHANGED", nobody]);
    assert_eq!(user_row(&desk, &ada).await.listing_count, 2);
    let good = json!([row("listing", "another", &ada, &eve)]);
    assert_eq!(machine.record_with(good, everything, Value::Null).await.outcomes(), ["CREATED"]);
}

#[tokio::test]
async fn users_are_named_by_id_by_reference_or_as_the_system_calls_them() {
    let desk = Desk::open().await;
    let ids = |value: &str| json!({ "externalIds": [{ "system": "PSP", "value": value }, { "system": "CLIENT", "value": "7" }] });
    let ada = desk.add_user(ids("ada")).await;
    let eve = desk.add_user(ids("eve")).await;
    let reference = user_row(&desk, &ada).await.reference.to_lowercase();
    let machine = desk.machine();
    let named = |id: &str, name: Value| but(row("listing", id, &ada, &eve), json!({ "user": name }));
    let rows = json!([
        named("1", json!({ "id": ada })),
        named("2", json!({ "reference": reference })),
        named("3", json!({ "externalId": "ada" })),
        named("4", json!({ "externalId": "eve" })),
        named("5", json!({ "externalId": "7" })),
        named("6", json!({ "id": "nonsense" })),
        named("7", json!({ "reference": "a\u{0}b" })),
    ]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "CREATED",
            "CREATED",
            "CREATED",
            "CREATED",
            "REFUSED NOT_FOUND listing.user",
            "REFUSED NOT_FOUND listing.user",
            "REFUSED INVALID listing.user.reference",
        ]
    );
    assert_eq!(user_row(&desk, &ada).await.listing_count, 3);
    // by the ids of another system, which calls both the same
    let rows = json!([named("8", json!({ "externalId": "7" })), named("9", json!({ "externalId": "ada" }))]);
    let answer = machine.record_with(rows, json!({ "userSystem": "CLIENT" }), Value::Null).await;
    assert_eq!(answer.outcomes(), ["REFUSED INVALID listing.user", "REFUSED NOT_FOUND listing.user"]);
}

#[tokio::test]
async fn a_row_belongs_to_what_the_same_system_recorded_of_the_same_user() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
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
    let (ada, eve) = two_users(&desk).await;
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

#[tokio::test]
async fn nothing_is_recorded_of_a_cancelled_user() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let machine = desk.machine();
    machine.record(one_of_each(&ada, &eve)).await;
    desk.admin().act("userCancel", &eve, json!("USER")).await;
    let before = desk.dump().await;
    let later = json!({ "asOf": LATER });
    let rows: Vec<Value> =
        KINDS.iter().map(|kind| but(row(kind, &format!("{kind} 1"), &eve, &ada), later.clone())).collect();
    for outcome in machine.record(json!(rows)).await.outcomes() {
        assert!(outcome.contains("USER_CANCELED"), "{outcome}");
    }
    // on the other side neither
    let rows =
        json!([but(row("booking", "booking 1", &ada, &eve), later.clone()), row("review", "2", &ada, &eve)]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        ["REFUSED USER_CANCELED booking.offerer", "REFUSED USER_CANCELED review.subject",]
    );
    assert_eq!(desk.dump().await, before);
    // whoever else is in the batch is not kept from it
    let rows = json!([row("listing", "a", &eve, &ada), row("listing", "b", &ada, &eve)]);
    let outcomes = machine.record(rows).await.outcomes();
    assert_eq!(outcomes, ["REFUSED USER_CANCELED listing.user", "CREATED"]);
}

#[tokio::test]
async fn whoever_is_not_in_the_account_is_nobody_and_the_attempt_is_recorded() {
    let desk = Desk::open().await;
    let ids = json!({ "externalIds": [{ "system": "PSP", "value": "german" }] });
    let german = desk.add_user_to("DE", ids).await;
    let reference = user_row(&desk, &german).await.reference;
    let french = desk.person_in(&["machine"], &["FR"]);
    for (foreign, unknown) in [
        (json!({ "id": german }), json!({ "id": NOBODY })),
        (json!({ "reference": reference }), json!({ "reference": "UNOBODY" })),
        (json!({ "externalId": "german" }), json!({ "externalId": "nobody" })),
    ] {
        let ask = |name: &Value| json!([but(row("listing", "1", "", ""), json!({ "user": name }))]);
        let (answer, entries) = desk.entries_of(french.record(ask(&foreign))).await;
        let (other, none) = desk.entries_of(french.record(ask(&unknown))).await;
        assert_eq!(answer.outcomes(), ["REFUSED NOT_FOUND listing.user"]);
        assert_eq!(answer.body, other.body);
        assert_eq!((entries.len(), none.len()), (1, 0), "{foreign}");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(entries[0].target_id, Some(uuid(&german)));
        // who sees both accounts names the right one all the same, and that is no attempt at anything
        let (answer, entries) = desk.entries_of(desk.machine().record(ask(&foreign))).await;
        assert_eq!(answer.outcomes(), ["REFUSED NOT_FOUND listing.user"]);
        assert_eq!(entries, []);
    }
    // an account of others, one that does not exist, and what is no account at all
    let rows = json!([row("listing", "1", &german, &german)]);
    for (account, recorded) in [("DE", 1), ("XX", 0), ("no code", 0)] {
        let asking = french.record_with(rows.clone(), json!({ "account": account }), Value::Null);
        let (answer, entries) = desk.entries_of(asking).await;
        assert_eq!(answer.problems("activityRecord"), ["NOT_FOUND input.account"], "{account}");
        assert_eq!(entries.len(), recorded, "{account}");
    }
}

#[tokio::test]
async fn every_field_has_its_limits() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let machine = desk.machine();
    let long = "x".repeat(201);
    let deep = json!({ "text": "x".repeat(10_000) });
    let cases = [
        ("wallet", "externalId", json!("")),
        ("wallet", "externalId", json!(long)),
        ("wallet", "externalId", json!("a\u{0}b")),
        ("wallet", "asOf", json!("2026-03-01T12:06:00Z")),
        ("wallet", "asOf", json!("1969-12-31T23:59:59Z")),
        ("wallet", "provider", json!(" ")),
        ("wallet", "provider", json!(long)),
        ("wallet", "balance", json!("ten")),
        ("wallet", "balance", json!("0.001")),
        ("wallet", "balance", json!("92233720368547758.08")),
        ("wallet", "currency", json!("ZZZ")),
        ("wallet", "openedAt", json!("2200-01-01T00:00:00Z")),
        ("transaction", "amount", json!("-1")),
        ("transaction", "amount", json!("")),
        ("transaction", "currency", json!("")),
        ("transaction", "at", json!("0001-01-01T00:00:00Z")),
        ("transaction", "description", json!(long)),
        ("transaction", "wallet", json!("")),
        ("transaction", "counterAmount", json!("1")),
        ("pspAccount", "provider", json!("")),
        ("pspAccount", "providerUserId", json!(long)),
        ("pspAccount", "details", json!([1])),
        ("pspAccount", "details", deep),
        ("bankAccount", "holder", json!("\u{202e}x")),
        ("bankAccount", "iban", json!("FR1420041010050500013M02607")),
        ("bankAccount", "iban", json!("")),
        ("bankAccount", "bic", json!("BNPA")),
        ("bankAccount", "currency", json!("XAU")),
        ("listing", "title", json!(long)),
        ("listing", "url", json!("http://example.com")),
        ("listing", "publishedAt", json!("3000-01-01T00:00:00Z")),
        ("booking", "amount", json!("-1")),
        ("booking", "currency", json!("EURO")),
        ("booking", "startsAt", json!("1900-01-01T00:00:00Z")),
        ("booking", "endsAt", json!("2026-05-01T00:00:00Z")),
        ("booking", "at", json!("1900-01-01T00:00:00Z")),
        ("booking", "listing", json!(long)),
        ("review", "rating", json!(0)),
        ("review", "rating", json!(6)),
        ("review", "text", json!("x".repeat(5001))),
        ("review", "text", json!("a\u{0}b")),
        ("review", "at", json!("1900-01-01T00:00:00Z")),
    ];
    let before = desk.everything().await;
    let rows: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(number, (kind, field, bad))| {
            but(row(kind, &format!("row {number}"), &ada, &eve), json!({ *field: bad }))
        })
        .collect();
    let outcomes = machine.record(json!(rows)).await.outcomes();
    for ((kind, field, bad), outcome) in cases.iter().zip(outcomes) {
        let expected = format!("{kind}.{field}");
        let first = outcome.strip_prefix("REFUSED INVALID ").unwrap_or_else(|| panic!("{bad}: {outcome}"));
        assert_eq!(first.split(' ').next(), Some(expected.as_str()), "{bad}");
    }
    // what belongs together is missed together, and networks are judged as well
    let network = |id: &str, bad: Value| {
        let mut network = json!({ "network": "bitcoin", "status": "PENDING" });
        network.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        but(row("wallet", id, &ada, &eve), json!({ "network": network }))
    };
    let rows = json!([
        but(row("booking", "1", &ada, &eve), json!({ "currency": null })),
        but(row("booking", "2", &ada, &eve), json!({ "amount": null })),
        but(row("booking", "3", &ada, &eve), json!({ "asker": null, "offerer": null })),
        but(row("transaction", "4", &ada, &eve), json!({ "kind": "EXCHANGE", "counterAmount": "1" })),
        row("review", "5", &ada, &ada),
        network("6", json!({ "network": "" })),
        network("7", json!({ "address": long })),
        network("8", json!({ "confirmationsRequired": -1 })),
        network("9", json!({ "lastBlock": -1 })),
        network("10", json!({ "lastSeenAt": "1900-01-01T00:00:00Z" })),
    ]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "REFUSED REQUIRED booking.currency",
            "REFUSED REQUIRED booking.amount",
            "REFUSED REQUIRED booking.asker",
            "REFUSED REQUIRED transaction.counterCurrency",
            "REFUSED INVALID review.subject",
            "REFUSED INVALID wallet.network.network",
            "REFUSED INVALID wallet.network.address",
            "REFUSED INVALID wallet.network.confirmationsRequired",
            "REFUSED INVALID wallet.network.lastBlock",
            "REFUSED INVALID wallet.network.lastSeenAt",
        ]
    );
    for (more, path) in [
        (json!({ "system": "a system" }), "INVALID input.system"),
        (json!({ "userSystem": "" }), "INVALID input.userSystem"),
    ] {
        let answer = machine.record_with(one_of_each(&ada, &eve), more, Value::Null).await;
        assert_eq!(answer.problems("activityRecord"), [path]);
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn the_longest_values_that_are_taken_are_kept() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let longest = "x".repeat(200);
    let rows = json!([
        but(
            row("wallet", &longest, &ada, &eve),
            json!({ "provider": longest, "balance": "-92233720368547758.08" })
        ),
        but(row("review", "1", &ada, &eve), json!({ "text": "é".repeat(5000) })),
        but(
            row("transaction", "1", &ada, &eve),
            json!({ "kind": "EXCHANGE", "counterAmount": "0.000000001", "counterCurrency": "eth" })
        ),
        but(row("listing", "1", &ada, &eve), json!({ "asOf": "2026-03-01T12:05:00Z" })),
    ]);
    assert_eq!(desk.machine().record(rows.clone()).await.outcomes(), ["CREATED"; 4]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["UNCHANGED"; 4]);
}

#[tokio::test]
async fn a_batch_takes_a_fixed_number_of_statements() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for number in 0..50 {
        users.push(
            desk.add_user(json!({ "externalIds": [{ "system": "PSP", "value": format!("u{number}") }] }))
                .await,
        );
    }
    let machine = desk.machine();
    let batch = |many: usize, round: usize| -> Value {
        (0..many)
            .map(|number| {
                let (user, other) = (&users[number % 50], &users[(number + 1) % 50]);
                let row = row(KINDS[number % 7], &format!("{round}.{number}"), user, other);
                match number % 7 {
                    // of the user of the row before
                    1 => but(row, json!({
                        "wallet": format!("{round}.{}", number - 1), "user": { "id": users[(number - 1) % 50] },
                    })),
                    4 => but(row, json!({ "user": { "externalId": format!("u{}", number % 50) } })),
                    _ => row,
                }
            })
            .collect()
    };
    let mut numbers = Vec::new();
    for (round, many) in [7, 70, 490].into_iter().enumerate() {
        for _ in 0..2 {
            let (answer, statements) = desk.statements_of(machine.record(batch(many, round))).await;
            assert!(answer.outcomes().iter().all(|outcome| outcome == "CREATED" || outcome == "UNCHANGED"));
            numbers.push(statements.len());
        }
    }
    // of new rows, and of known ones
    assert!(numbers[0] <= 45 && numbers[0].abs_diff(numbers[4]) <= 4, "{numbers:?}");
    assert!(numbers[1] <= 20 && numbers[1] == numbers[5], "{numbers:?}");
}

#[tokio::test]
async fn a_machine_records_and_sees_nothing() {
    let desk = Desk::open().await;
    let (ada, eve) = two_users(&desk).await;
    let machine = desk.machine();
    for document in [
        "{ users { totalCount } }",
        "{ accounts { code } }",
        "{ groups { key } }",
        "{ auditEvents { totalCount } }",
    ] {
        assert_eq!(machine.ask(document).await.code(), Some("FORBIDDEN"), "{document}");
    }
    let look = format!("{{ user(by: {{ id: \"{ada}\" }}) {{ id }} }}");
    assert_eq!(machine.ask(&look).await.code(), Some("FORBIDDEN"));
    assert_eq!(machine.update(&ada, json!({ "tag": "x" })).await.code(), Some("FORBIDDEN"));
    assert_eq!(
        machine.ask("{ viewer { permissions } }").await.data("viewer.permissions"),
        json!(["ACTIVITY_RECORD"])
    );
    assert_eq!(machine.record(one_of_each(&ada, &eve)).await.outcomes(), ["CREATED"; 7]);
}
