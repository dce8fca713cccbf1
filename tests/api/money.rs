//! The money and the doings of users: what is shown of each kind, to whom, and how much of it.

use backdesk::auth::policy::Role;
use backdesk_entity::{
    bank_account, booking,
    enums::{BookingState, TransactionKind, TransactionState, WalletStatus},
    listing, psp_account, review, transaction, wallet, wallet_network,
};
use sea_orm::Iterable;
use serde_json::{Value, json};

use crate::support::Desk;

/// Everything that other systems record of users.
const ALL: &str = "fragment All on User {
    wallets { totalCount nodes { ...W user { id } } }
    transactions { totalCount facets(by: [KIND]) { buckets { key count } } nodes {
        id kind state amount { amount currency } counterAmount { amount currency } at description
        wallet { id provider } user { id } source { system externalId }
    } }
    pspAccounts { nodes { provider providerUserId canBePaid canBePaidOut details user { id } } }
    bankAccounts { nodes { holder iban maskedIban bic currency user { id } } }
    listings { nodes { title state url publishedAt user { id } } }
    asked: bookings(as: ASKER) { nodes { ...B } } offered: bookings(as: OFFERER) { nodes { ...B } }
    received: reviews(direction: RECEIVED) { nodes { ...R } } made: reviews(direction: MADE) { nodes { ...R } }
    withheldFields { path permission }
}
fragment W on Wallet { id status provider balance { amount currency } currency openedAt network {
    network address status confirmationsRequired lastBlock lastSeenAt note asOf
} }
fragment B on Booking { id state amount { amount currency } at startsAt endsAt asker { id } offerer { id } listing { title user { id } } }
fragment R on Review { rating text at author { id } subject { id } }";

/// Ada, who sold something to Bob and moved money of every kind.
async fn ada_and_bob(desk: &Desk) -> (String, String) {
    let ada = desk.add_user(json!({ "firstName": "Ada" })).await;
    let bob = desk.add_user(json!({ "firstName": "Bob" })).await;
    let wallet = desk.wallet(&ada, 5);
    desk.put::<wallet::Entity, _>(vec![wallet.clone()]).await;
    desk.put::<wallet_network::Entity, _>(vec![desk.network(wallet.id)]).await;
    let moved = TransactionKind::iter().map(|kind| transaction::Model {
        wallet_id: Some(wallet.id),
        ..desk.transaction(&ada, kind, 100 * (i64::from(kind as i16) + 1), i64::from(kind as i16))
    });
    desk.put::<transaction::Entity, _>(moved.collect()).await;
    desk.put::<psp_account::Entity, _>(vec![desk.psp_account(&ada)]).await;
    desk.put::<bank_account::Entity, _>(vec![desk.bank_account(&ada)]).await;
    let boat = desk.listing(&ada, "Boat", 9);
    desk.put::<listing::Entity, _>(vec![boat.clone()]).await;
    let sold = booking::Model { listing_id: Some(boat.id), ..desk.booking(Some(&bob), Some(&ada), 3) };
    desk.put::<booking::Entity, _>(vec![sold]).await;
    desk.put::<review::Entity, _>(vec![desk.review(&bob, &ada, 5, 1), desk.review(&ada, &bob, 2, 1)]).await;
    (ada, bob)
}

async fn whole(desk: &Desk, role: Role, user: &str) -> Value {
    let document = format!("query ($id: ID!) {{ user(by: {{ id: $id }}) {{ ...All }} }} {ALL}");
    desk.person(&[role.claim()]).ask_with(&document, json!({ "id": user })).await.data("user")
}

#[tokio::test]
async fn an_administrator_sees_what_was_recorded() {
    let desk = Desk::open().await;
    let (ada, bob) = ada_and_bob(&desk).await;
    let shown = whole(&desk, Role::Admin, &ada).await;
    let wallet = &shown["wallets"]["nodes"][0];
    assert_eq!(wallet["balance"], json!({ "amount": "12.50", "currency": "EUR" }));
    assert_eq!(wallet["status"], "ACTIVATED");
    assert_eq!(wallet["network"]["network"], "bitcoin");
    assert_eq!(wallet["network"]["lastBlock"], 840_000);
    assert_eq!(wallet["user"]["id"], ada);
    let transactions = shown["transactions"]["nodes"].as_array().unwrap();
    assert_eq!(transactions.len(), 6);
    assert_eq!(transactions[0]["kind"], "DEPOSIT");
    assert_eq!(transactions[0]["amount"], json!({ "amount": "1.00", "currency": "EUR" }));
    assert_eq!(transactions[0]["wallet"], json!({ "id": wallet["id"], "provider": "stripe" }));
    assert_eq!(shown["pspAccounts"]["nodes"][0]["details"], json!({ "tier": 2 }));
    assert_eq!(shown["bankAccounts"]["nodes"][0]["iban"], "DE89370400440532013000");
    assert_eq!(shown["asked"]["nodes"], json!([]));
    let sold = &shown["offered"]["nodes"][0];
    assert_eq!((&sold["asker"]["id"], &sold["offerer"]["id"]), (&json!(bob), &json!(ada)));
    assert_eq!(sold["listing"], json!({ "title": "Boat", "user": { "id": ada } }));
    assert_eq!(shown["received"]["nodes"][0]["rating"], 5);
    assert_eq!(shown["received"]["nodes"][0]["author"]["id"], bob);
    assert_eq!(shown["made"]["nodes"][0]["subject"]["id"], bob);
    assert_eq!(shown["withheldFields"], json!([]));
    // and the same booking is Bob's, on the other side
    let shown = whole(&desk, Role::Admin, &bob).await;
    assert_eq!(shown["asked"]["nodes"][0]["id"], sold["id"]);
    assert_eq!(shown["offered"]["nodes"], json!([]));
}

#[tokio::test]
async fn transactions_do_not_tell_by_a_filter_which_wallet_they_went_into() {
    let desk = Desk::open().await;
    let (ada, _) = ada_and_bob(&desk).await;
    let wallet = whole(&desk, Role::Admin, &ada).await["wallets"]["nodes"][0]["id"].clone();
    for test in [format!("{{ eq: {wallet} }}"), format!("{{ in: [{wallet}] }}")] {
        let filter = format!("where: {{ not: {{ walletId: {test} }} }}");
        for list in [
            format!("{{ transactions({filter}) {{ totalCount }} }}"),
            format!(r#"{{ user(by: {{ id: "{ada}" }}) {{ transactions({filter}) {{ totalCount }} }} }}"#),
        ] {
            let (answer, entries) = desk.entries_of(desk.person(&["dealing"]).ask(&list)).await;
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{list}");
            assert_eq!(answer.body["errors"][0]["extensions"]["permission"], "FINANCE_READ");
            assert_eq!(entries.len(), 1, "{list}");
            assert_eq!(desk.person(&["finance"]).ask(&list).await.code(), None, "{list}");
        }
    }
}

/// What each role sees: `yes`, `-` for what is withheld; of transactions, the kinds.
#[tokio::test]
async fn what_each_role_sees() {
    let desk = Desk::open().await;
    let (ada, _) = ada_and_bob(&desk).await;
    let mut table = Vec::new();
    for role in Role::ALL.iter().filter(|role| **role != Role::Machine) {
        let shown = whole(&desk, *role, &ada).await;
        let withheld: Vec<&str> = shown["withheldFields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["path"].as_str().unwrap())
            .collect();
        let cell = |path: &str, value: &Value| {
            let hidden = withheld.contains(&path)
                || path.split_once('.').is_some_and(|(above, _)| withheld.contains(&above));
            assert_eq!(value.is_null(), hidden, "{path} for {role:?}");
            if hidden { "-" } else { "yes" }
        };
        let wallet = &shown["wallets"]["nodes"][0];
        let account = &shown["bankAccounts"]["nodes"][0];
        let kinds = match shown["transactions"]["nodes"].as_array() {
            None => "-".to_owned(),
            Some(rows) => {
                let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
                assert_eq!(shown["transactions"]["totalCount"], kinds.len());
                let buckets = shown["transactions"]["facets"][0]["buckets"].as_array().unwrap();
                for bucket in buckets {
                    let is_shown = kinds.contains(&bucket["key"].as_str().unwrap());
                    assert_eq!(bucket["count"], i32::from(is_shown), "{role:?}: {bucket}");
                }
                assert!(
                    rows.iter()
                        .all(|row| row["wallet"].is_null() == withheld.contains(&"transactions.wallet"))
                );
                kinds.join("+")
            }
        };
        // who sees users sees what they do
        for list in ["listings", "offered", "received", "made"] {
            assert_eq!(shown[list]["nodes"].as_array().unwrap().len(), 1, "{list} for {role:?}");
        }
        table.push(format!(
            "{:18} wallets {:3} network {:3} psp {:3} bank {:3} iban {:3} transactions {kinds}",
            role.claim(),
            cell("wallets", &shown["wallets"]),
            cell("wallets.network", &wallet["network"]),
            cell("pspAccounts", &shown["pspAccounts"]),
            cell("bankAccounts", &shown["bankAccounts"]),
            cell("bankAccounts.iban", &account["iban"]),
        ));
        if !account.is_null() {
            assert_eq!(account["maskedIban"], "DE** **** **** **** **30 00");
        }
    }
    insta::assert_snapshot!(table.join("\n"), @"
    admin              wallets yes network yes psp yes bank yes iban yes transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT+TRADE_ORDER+EXCHANGE
    compliance         wallets yes network yes psp yes bank yes iban yes transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT+TRADE_ORDER+EXCHANGE
    read-only          wallets yes network yes psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT+TRADE_ORDER+EXCHANGE
    finance            wallets yes network -   psp yes bank yes iban yes transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT
    finance-read-only  wallets yes network -   psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT
    dealing            wallets -   network -   psp -   bank -   iban -   transactions TRADE_ORDER+EXCHANGE
    marketing          wallets -   network -   psp -   bank -   iban -   transactions -
    support            wallets yes network yes psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT
    support-l3         wallets yes network yes psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT
    support-read-only  wallets yes network yes psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT
    auditor-read-only  wallets yes network -   psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT+TRADE_ORDER+EXCHANGE
    view-only          wallets yes network yes psp yes bank yes iban -   transactions DEPOSIT+PAYOUT+TRANSFER+PAYMENT+TRADE_ORDER+EXCHANGE
    ");
}

#[tokio::test]
async fn reading_a_whole_bank_number_is_logged_and_the_masked_one_is_not() {
    let desk = Desk::open().await;
    let (ada, _) = ada_and_bob(&desk).await;
    let of = |field: &str| format!("{{ users {{ nodes {{ bankAccounts {{ nodes {{ {field} }} }} }} }} }}");
    let (answer, entries) = desk.entries_of(desk.compliance().ask(&of("maskedIban holder"))).await;
    assert!(answer.raw.contains("**") && entries.is_empty());
    let (answer, entries) = desk.entries_of(desk.read_only().ask(&of("iban"))).await;
    assert!(!answer.raw.contains("DE89") && entries.is_empty());
    let (answer, entries) = desk.entries_of(desk.compliance().ask(&of("iban"))).await;
    assert!(answer.raw.contains("DE89370400440532013000"));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].action, "SENSITIVE_READ");
    let read = desk.admin().ask("{ auditEvents(first: 1) { nodes { users { id fields } } } }").await;
    assert_eq!(
        read.data("auditEvents.nodes.0.users"),
        json!([{ "id": ada, "fields": ["bankAccounts.iban"] }])
    );
}

const TRANSACTIONS: &str = "query ($where: TransactionWhere, $search: String, $orderBy: [TransactionOrder!]) {
    transactions(where: $where, search: $search, orderBy: $orderBy, first: 100) {
        totalCount facets(by: [KIND, STATE, CURRENCY, ACCOUNT]) { buckets { key count } } nodes { id kind amount { amount } user { id } }
    }
}";

#[tokio::test]
async fn transactions_are_found_by_everything_that_tells_them_apart() {
    let desk = Desk::open().await;
    let (ada, bob) = ada_and_bob(&desk).await;
    let failed = transaction::Model {
        state: TransactionState::Failed,
        external_id: "TX 7".into(),
        ..desk.transaction(&bob, TransactionKind::Deposit, 100, 400)
    };
    let yen = transaction::Model {
        currency: "JPY".into(),
        ..desk.transaction(&bob, TransactionKind::Payout, 100, 1)
    };
    desk.put::<transaction::Entity, _>(vec![failed.clone(), yen]).await;
    let admin = desk.admin();
    for (filter, count) in [
        (json!({}), 8),
        (json!({ "kind": { "eq": "DEPOSIT" } }), 2),
        (json!({ "kind": { "notIn": ["DEPOSIT", "PAYOUT"] } }), 4),
        (json!({ "state": { "ne": "DONE" } }), 1),
        (json!({ "currency": { "eq": "jpy" } }), 1),
        (json!({ "userId": { "eq": ada } }), 6),
        (json!({ "walletId": { "eq": ada } }), 0),
        (json!({ "not": { "walletId": { "in": [] } } }), 8),
        (json!({ "account": { "eq": "DE" } }), 0),
        (json!({ "id": { "eq": failed.id } }), 1),
        (json!({ "at": { "within": { "last": 2, "unit": "DAYS" } } }), 4),
        (json!({ "amount": { "currency": "EUR", "eq": "1.00" } }), 2),
        (json!({ "amount": { "currency": "EUR", "gt": "1", "lte": "3.00" } }), 2),
        (json!({ "amount": { "currency": "JPY", "gte": "100" } }), 1),
        (json!({ "amount": { "currency": "JPY", "lt": "100" } }), 0),
        (json!({ "or": [{ "kind": { "eq": "EXCHANGE" } }, { "userId": { "eq": bob } }] }), 3),
    ] {
        let found = admin.ask_with(TRANSACTIONS, json!({ "where": filter })).await;
        assert_eq!(found.data("transactions.totalCount"), count, "{filter}");
        assert_eq!(found.data("transactions.nodes").as_array().unwrap().len(), count, "{filter}");
    }
    for (search, count) in
        [("TX 7", 1), (" TX 7 ", 1), (failed.id.to_string().as_str(), 1), ("TX", 0), ("%", 0)]
    {
        let found = admin.ask_with(TRANSACTIONS, json!({ "search": search })).await;
        assert_eq!(found.data("transactions.totalCount"), count, "{search}");
    }
    let dearest = json!({ "orderBy": [{ "field": "AMOUNT", "direction": "DESC" }] });
    let dearest = admin.ask_with(TRANSACTIONS, dearest).await;
    assert_eq!(dearest.data("transactions.nodes.0.amount.amount"), "6.00");
    for wrong in [
        json!({ "amount": { "currency": "EUR" } }),
        json!({ "amount": { "currency": "EUR", "eq": "1.001" } }),
        json!({ "amount": { "currency": "EUR", "eq": "a lot" } }),
        json!({ "amount": { "currency": "ZZZ", "eq": "1" } }),
        json!({ "amount": { "currency": "EUR", "eq": null } }),
    ] {
        let answer = admin.ask_with(TRANSACTIONS, json!({ "where": wrong })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{wrong}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_department_lists_its_own_kinds_of_its_own_accounts() {
    let desk = Desk::open().await;
    let (ada, _) = ada_and_bob(&desk).await;
    let german = desk.add_user_to("DE", json!({})).await;
    let foreign = transaction::Model {
        account: "DE".into(),
        ..desk.transaction(&german, TransactionKind::Payment, 1, 1)
    };
    desk.put::<transaction::Entity, _>(vec![foreign]).await;
    let purse =
        wallet::Model { account: "DE".into(), status: WalletStatus::Pending, ..desk.wallet(&german, 1) };
    desk.put::<wallet::Entity, _>(vec![purse]).await;
    for (viewer, transactions, wallets) in [
        (desk.admin(), Some(7), Some(2)),
        (desk.person(&["finance"]), Some(5), Some(2)),
        (desk.person(&["dealing"]), Some(2), None),
        (desk.person(&["dealing", "finance"]), Some(7), Some(2)),
        (desk.person_in(&["finance"], &["FR"]), Some(4), Some(1)),
        (desk.person_in(&["finance"], &["DE"]), Some(1), Some(1)),
        (desk.person_in(&["finance"], &[]), Some(0), Some(0)),
        (desk.person(&["marketing"]), None, None),
        (desk.person(&["machine"]), None, None),
    ] {
        for (field, count) in [("transactions", transactions), ("wallets", wallets)] {
            let answer =
                viewer.ask(&format!("{{ {field} {{ totalCount nodes {{ user {{ id }} }} }} }}")).await;
            match count {
                Some(count) => {
                    assert_eq!(answer.data(&format!("{field}.totalCount")), count);
                    assert_eq!(answer.data(&format!("{field}.nodes")).as_array().unwrap().len(), count);
                }
                None => assert_eq!(answer.code(), Some("FORBIDDEN"), "{field}"),
            }
        }
    }
    let asked =
        "{ wallets(where: { status: { eq: PENDING } }) { facets(by: [STATUS, PROVIDER, CURRENCY, ACCOUNT]) {
        buckets { key label count } } nodes { user { id } } } }";
    let answer = desk.person(&["finance"]).ask(asked).await;
    assert_eq!(answer.data("wallets.nodes"), json!([{ "user": { "id": german } }]));
    assert_eq!(
        answer.data("wallets.facets.0.buckets.1"),
        json!({ "key": "PENDING", "label": "Pending", "count": 1 })
    );
    assert_eq!(answer.data("wallets.facets.3.buckets.0.label"), "Germany");
    // whoever sees no Germans is not led to one
    let booked = booking::Model { account: "DE".into(), ..desk.booking(Some(&german), Some(&ada), 1) };
    desk.put::<booking::Entity, _>(vec![booked]).await;
    let document = "query ($id: ID!) { user(by: { id: $id }) { bookings(as: OFFERER, first: 1) { nodes { asker { id } offerer { id } } } } }";
    let french = desk.person_in(&["read-only"], &["FR"]).ask_with(document, json!({ "id": ada })).await;
    assert_eq!(french.data("user.bookings.nodes.0"), json!({ "asker": null, "offerer": { "id": ada } }));
}

#[tokio::test]
async fn the_whole_file_of_a_page_of_users_takes_as_many_statements_as_that_of_one() {
    let desk = Desk::open().await;
    for _ in 0..30 {
        ada_and_bob(&desk).await;
    }
    let admin = desk.admin();
    let few = "wallets(first: 2) { totalCount nodes { id network { network } user { id } } }
        transactions(first: 2) { nodes { id wallet { id user { id } } user { id } } }
        pspAccounts(first: 2) { nodes { provider } } bankAccounts(first: 2) { nodes { maskedIban } }
        listings(first: 2) { nodes { title user { id } } }
        asked: bookings(as: ASKER, first: 2) { nodes { asker { id } listing { title } } }
        offered: bookings(as: OFFERER, first: 2) { nodes { asker { id } } }
        received: reviews(direction: RECEIVED, first: 2) { nodes { author { id } } }";
    let document = format!("query ($first: Int) {{ users(first: $first) {{ nodes {{ id {few} }} }} }}");
    let mut counts = Vec::new();
    for first in [5, 50] {
        let asked = admin.ask_with(&document, json!({ "first": first }));
        let (answer, statements) = desk.statements_of(asked).await;
        assert_eq!(answer.data("users.nodes").as_array().unwrap().len(), first);
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1]);
}

/// The columns of the list of all users.
const COLUMNS: &str = "query ($first: Int) { users(first: $first) { nodes {
    picture name { display } email phone preferredLanguage spokenLanguages timeZone status personType clientType
    fees { usesPlatformDefault } walletStatus taxPayer counters { askerBookings offererBookings listings }
    groups { key name } createdAt lastSignInAt reference active account { name }
} } }";

#[tokio::test]
async fn the_list_of_all_users_shows_fifty_with_all_columns_at_once() {
    let desk = Desk::open().await;
    for _ in 0..60 {
        desk.add_user(json!({ "spokenLanguages": ["fr"] })).await;
    }
    let mut counts = Vec::new();
    for first in [5, 50] {
        let viewer = desk.read_only();
        let asked = viewer.ask_with(COLUMNS, json!({ "first": first }));
        let (answer, statements) = desk.statements_of(asked).await;
        assert_eq!(answer.data("users.nodes").as_array().unwrap().len(), first);
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn bookings_and_reviews_are_filtered_and_sorted() {
    let desk = Desk::open().await;
    let (ada, bob) = ada_and_bob(&desk).await;
    let declined = booking::Model {
        state: BookingState::Declined,
        starts_at: Some(desk.days_ago(-3)),
        ..desk.booking(None, Some(&ada), 30)
    };
    desk.put::<booking::Entity, _>(vec![declined.clone()]).await;
    desk.put::<review::Entity, _>(vec![desk.review(&bob, &ada, 1, 8)]).await;
    let document = "query ($id: ID!, $b: BookingWhere, $r: ReviewWhere) { user(by: { id: $id }) {
        bookings(as: OFFERER, where: $b, orderBy: [{ field: STARTS_AT, nulls: FIRST }]) { nodes { id asker { id } } }
        reviews(direction: RECEIVED, where: $r, orderBy: [{ field: RATING }]) { facets(by: [RATING]) { buckets { key count } } nodes { rating } }
    } }";
    let ask = async |b: Value, r: Value| {
        desk.read_only().ask_with(document, json!({ "id": ada, "b": b, "r": r })).await
    };
    let all = ask(json!({}), json!({})).await;
    assert_eq!(all.column("user.bookings.nodes", "id")[1], json!(declined.id));
    assert_eq!(all.data("user.bookings.nodes.1.asker"), Value::Null);
    assert_eq!(all.column("user.reviews.nodes", "rating"), [1, 5]);
    assert_eq!(all.data("user.reviews.facets.0.buckets.4"), json!({ "key": "5", "count": 1 }));
    let some = ask(json!({ "state": { "eq": "DECLINED" } }), json!({ "rating": { "gte": 4 } })).await;
    assert_eq!(some.column("user.bookings.nodes", "id"), [json!(declined.id)]);
    assert_eq!(some.column("user.reviews.nodes", "rating"), [5]);
}

#[tokio::test]
async fn users_are_found_by_their_wallets_and_accounts() {
    let desk = Desk::open().await;
    let (ada, bob) = ada_and_bob(&desk).await;
    let pending = wallet::Model {
        status: WalletStatus::Pending,
        currency: "USD".into(),
        provider: "adyen".into(),
        ..desk.wallet(&ada, 1)
    };
    let other = wallet::Model { status: WalletStatus::Pending, ..desk.wallet(&bob, 1) };
    desk.put::<wallet::Entity, _>(vec![pending, other]).await;
    let document = "query ($where: UserWhere) { users(where: $where, orderBy: [{ field: ID }]) { totalCount nodes { id } } }";
    let (a, b) = (ada.as_str(), bob.as_str());
    for (filter, found) in [
        (json!({ "wallet": { "status": { "eq": "ACTIVATED" } } }), vec![a]),
        (json!({ "wallet": { "status": { "eq": "PENDING" } } }), vec![a, b]),
        (json!({ "wallet": { "currency": { "eq": "eur" } } }), vec![a, b]),
        (json!({ "wallet": { "provider": { "in": ["adyen", "other"] } } }), vec![a]),
        // one wallet is all of it, not one wallet this and another that
        (json!({ "wallet": { "status": { "eq": "PENDING" }, "currency": { "eq": "EUR" } } }), vec![b]),
        (
            json!({ "not": { "wallet": { "status": { "eq": "PENDING" }, "currency": { "eq": "EUR" } } } }),
            vec![a],
        ),
        (json!({ "wallet": { "status": { "ne": "PENDING" }, "currency": { "ne": "USD" } } }), vec![a]),
        (json!({ "wallet": { "status": { "notIn": ["PENDING", "ACTIVATED"] } } }), vec![]),
        (json!({ "walletNetworkStatus": { "eq": "CONNECTED" } }), vec![a]),
        (json!({ "walletNetworkStatus": { "eq": "DISCONNECTED" } }), vec![]),
        (json!({ "hasBankAccount": true }), vec![a]),
        (json!({ "hasBankAccount": false }), vec![b]),
        (json!({ "canBePaid": true }), vec![a]),
        (json!({ "canBePaid": false }), vec![b]),
        (json!({ "canBePaidOut": true }), vec![]),
        (json!({ "canBePaidOut": false }), vec![a, b]),
    ] {
        let answer = desk.read_only().ask_with(document, json!({ "where": filter })).await;
        assert_eq!(answer.column("users.nodes", "id"), found, "{filter}");
        assert_eq!(answer.data("users.totalCount"), found.len(), "{filter}");
    }
    let nothing = desk.read_only().ask_with(document, json!({ "where": { "wallet": {} } })).await;
    assert_eq!(nothing.code(), Some("BAD_INPUT"));
    // who does not see it could guess it
    for (filter, refused) in [
        (json!({ "wallet": { "status": { "eq": "PENDING" } } }), "marketing"),
        (json!({ "not": { "wallet": { "currency": { "eq": "EUR" } } } }), "dealing"),
        (json!({ "walletNetworkStatus": { "eq": "CONNECTED" } }), "finance"),
        (json!({ "or": [{ "hasBankAccount": true }] }), "dealing"),
        (json!({ "canBePaid": true }), "marketing"),
        (json!({ "canBePaidOut": false }), "dealing"),
    ] {
        let asked = desk.person(&[refused]);
        let asked = asked.ask_with(document, json!({ "where": filter }));
        let (answer, entries) = desk.entries_of(asked).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{filter} as {refused}");
        assert_eq!(entries.len(), 1, "{filter} as {refused}");
    }
}
