//! Fees: the platform's standard and users' own, which of them apply, and how a price is split by them.

use backdesk::auth::policy::Role;
use serde_json::{Value, json};

use crate::support::{
    Desk, fifty, is_postgres,
    policies::{fee, money},
};

/// The fees of the worked example of the marketplace's source.
fn example() -> Value {
    json!({ "asker": fee("20", "50", "EUR"), "offerer": fee("5", "10", "EUR") })
}

/// N11: "The customer will pay 100$ + 20$ (20% fee) + 50$ (fixed fee) = 170$ … The vendor receives 100$ (sales price) - 5$
/// (5% fee) - 10$ (fixed fee) = 85$ … The platform earns 70$ in customer fees and 15$ in vendor fees = 85$".
#[tokio::test]
async fn the_worked_example_holds_with_own_and_with_standard_fees() {
    let desk = Desk::open().await;
    let (own, standard) = desk.two_users().await;
    desk.admin().act("userSetFees", &own, example()).await;
    assert_eq!(desk.read_only().split(&own, "100").await, ["170.00", "85.00", "85.00"]);
    assert_eq!(desk.read_only().split(&standard, "100").await, ["100.00", "100.00", "0.00"]);

    desk.decide(json!({ "askerFee": fee("20", "50", "EUR"), "offererFee": fee("5", "10", "EUR") })).await;
    let answer = desk.read_only().fees(&standard, "100").await;
    assert_eq!(
        answer.data("user.fees.quote"),
        json!({
            "price": { "amount": "100.00" }, "askerFee": { "amount": "70.00" }, "offererFee": { "amount": "15.00" },
            "askerPays": money("170.00", "EUR"), "offererReceives": money("85.00", "EUR"),
            "platformEarns": money("85.00", "EUR"),
        })
    );
    assert_eq!(answer.data("user.fees.usesPlatformDefault"), true);
}

/// N10: empty and 0 differ.
#[tokio::test]
async fn empty_is_the_standard_zero_is_none_and_absent_stays() {
    let desk = Desk::open().await;
    desk.decide(json!({ "askerFee": fee("20", "50", "EUR"), "offererFee": fee("5", "10", "EUR") })).await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    let standard = json!({ "asker": fee("20", "50.00", "EUR"), "offerer": fee("5", "10.00", "EUR") });
    for (side, part, own, zero, none) in [
        ("asker", "percent", json!("7.25"), json!("0"), json!("0")),
        ("asker", "fixed", money("3.00", "EUR"), money("0", "EUR"), money("0.00", "EUR")),
        ("offerer", "percent", json!("7.25"), json!("0"), json!("0")),
        ("offerer", "fixed", money("3.00", "EUR"), money("0", "EUR"), money("0.00", "EUR")),
    ] {
        let set = async |value: Value| {
            let answer = admin.act("userSetFees", &id, json!({ side: { part: value } })).await;
            assert_eq!(answer.problems("userSetFees"), [""; 0]);
            admin.fees(&id, "100").await.data("user.fees")
        };
        let fees = set(own.clone()).await;
        assert_eq!((&fees[side][part], &fees["effective"][side][part]), (&own, &own));
        // absent, as a part and as a side
        for absent in [json!({ side: {} }), json!({})] {
            admin.act("userSetFees", &id, absent).await;
            assert_eq!(admin.fees(&id, "100").await.data("user.fees"), fees);
        }
        let fees = set(zero).await;
        assert_eq!((&fees[side][part], &fees["effective"][side][part]), (&none, &none));
        assert_eq!(fees["usesPlatformDefault"], false, "none is no standard");
        let fees = set(Value::Null).await;
        assert_eq!(
            (&fees[side][part], &fees["effective"][side][part]),
            (&Value::Null, &standard[side][part])
        );
        assert_eq!(fees["effective"], standard);
        assert_eq!(fees["usesPlatformDefault"], true);
    }
}

#[tokio::test]
async fn null_for_a_side_gives_the_whole_side_up() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let admin = desk.admin();
    admin.act("userSetFees", &id, example()).await;
    admin.act("userSetFees", &id, json!({ "asker": null })).await;
    let fees = admin.fees(&id, "100").await.data("user.fees");
    assert_eq!(fees["asker"], json!({ "percent": null, "fixed": null }));
    assert_eq!(fees["offerer"], json!({ "percent": "5", "fixed": money("10.00", "EUR") }));
    assert_eq!(fees["usesPlatformDefault"], false);
    admin.act("userSetFees", &id, json!({ "asker": null, "offerer": null })).await;
    assert_eq!(admin.fees(&id, "100").await.data("user.fees.usesPlatformDefault"), true);
}

/// B16, C: a user set back to the standard leaves the filter and the count.
#[tokio::test]
async fn who_has_own_fees_is_found_and_counted() {
    let desk = Desk::open().await;
    let (ada, _) = desk.two_users().await;
    let found = async || {
        let own = "{ users(where: { feesCustomized: true }) { totalCount nodes { id }
            facets(by: [FEES_CUSTOMIZED]) { buckets { key count } } }
            standard: users(where: { feesCustomized: false }) { totalCount }
            all: users { facets(by: [FEES_CUSTOMIZED]) { buckets { key count } } } }";
        let answer = desk.read_only().ask(own).await;
        let buckets = answer.data("all.facets.0.buckets");
        let count = |key: &str| {
            let bucket = buckets.as_array().unwrap().iter().find(|bucket| bucket["key"] == key);
            bucket.map_or(0, |bucket| bucket["count"].as_i64().unwrap())
        };
        let ids = answer.column("users.nodes", "id");
        assert_eq!(count("true"), answer.data("users.totalCount").as_i64().unwrap());
        assert_eq!(count("false"), answer.data("standard.totalCount").as_i64().unwrap());
        (ids, count("true"), count("false"))
    };
    assert_eq!(found().await, (vec![], 0, 2));
    for (input, is_own) in [
        (json!({ "asker": { "percent": "0" } }), true),
        (json!({ "asker": { "percent": null } }), false),
        (example(), true),
        (json!({ "asker": { "percent": null, "fixed": null } }), true),
        (json!({ "offerer": { "percent": null, "fixed": null } }), false),
    ] {
        desk.admin().act("userSetFees", &ada, input.clone()).await;
        let expected = if is_own { (vec![json!(ada)], 1, 1) } else { (vec![], 0, 2) };
        assert_eq!(found().await, expected, "{input}");
    }
}

#[tokio::test]
async fn each_fee_is_rounded_half_up_to_the_smallest_unit_of_the_currency() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    for (currency, percent, price, fee) in [
        ("JPY", "0.15", "333", "0"),  // 0.4995
        ("JPY", "50", "1", "1"),      // 0.5
        ("JPY", "0.05", "1000", "1"), // 0.5
        ("EUR", "50", "0.01", "0.01"),
        ("EUR", "49.99", "0.01", "0.00"),
        ("EUR", "33.33", "10.05", "3.35"), // 3.349665
        ("KWD", "0.05", "1.000", "0.001"), // 0.0005
        ("KWD", "0.04", "1.000", "0.000"), // 0.0004
        ("KWD", "12.5", "0.100", "0.013"), // 0.0125
        ("EUR", "0.01", "50.00", "0.01"),  // 0.005
        ("EUR", "0.01", "49.99", "0.00"),  // 0.004999
        ("EUR", "100", "12.34", "12.34"),
    ] {
        let standard = json!({ "percent": percent, "fixed": money("0", currency) });
        desk.decide(json!({ "currency": currency, "askerFee": standard, "offererFee": standard })).await;
        let quote = desk.admin().fees(&id, price).await.data("user.fees.quote");
        assert_eq!(quote["askerFee"]["amount"], fee, "{percent} % of {price} {currency}");
        assert_eq!(quote["offererFee"]["amount"], fee);
        assert_eq!(quote["askerPays"]["currency"], currency);
    }
}

#[tokio::test]
async fn prices_go_as_far_as_amounts_do() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let most = "92233720368547758.07";
    assert_eq!(desk.admin().split(&id, most).await, [most, most, "0.00"]);
    assert_eq!(desk.admin().split(&id, "0").await, ["0.00", "0.00", "0.00"]);
    // owed, where the fee is more than the price
    desk.admin().act("userSetFees", &id, json!({ "offerer": fee("0", "10", "EUR") })).await;
    assert_eq!(desk.admin().split(&id, "3").await, ["3.00", "-7.00", "10.00"]);

    desk.admin().act("userSetFees", &id, json!({ "asker": fee("100", most, "EUR"), "offerer": null })).await;
    assert_eq!(desk.admin().split(&id, "0").await[0], most);
    for (price, says) in [
        ("0.01", "larger than what can be kept"),
        (most, "larger than what can be kept"),
        ("92233720368547758.08", "larger than what can be kept"),
        ("1000000000000000000000000000000000000000", "larger than what can be kept"),
        ("-1", "not negative"),
        ("1.005", "at most 2 digits"),
        ("abc", "decimal number"),
        ("", "decimal number"),
        ("1e3", "decimal number"),
    ] {
        let answer = desk.admin().fees(&id, price).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{price}: {}", answer.body);
        // whatever else was asked for is answered
        assert_eq!(answer.body.pointer("/data/user/fees/usesPlatformDefault"), Some(&json!(false)));
        assert_eq!(answer.body.pointer("/data/user/fees/quote"), Some(&Value::Null));
        let message = answer.body.pointer("/errors/0/message").unwrap().as_str().unwrap();
        assert!(message.contains(says), "{price}: {message}");
    }
}

#[tokio::test]
async fn what_is_no_fee_is_told_all_at_once_and_nothing_is_written() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.admin().act("userSetFees", &id, example()).await;
    let before = desk.everything().await;
    for percent in ["101", "100.01", "-1", "12.345", "abc", "", "1e1", "20%", "+5", "٣"] {
        let input = json!({ "asker": { "percent": percent }, "offerer": { "percent": "1" } });
        let answer = desk.admin().act("userSetFees", &id, input).await;
        assert_eq!(answer.problems("userSetFees"), ["INVALID input.asker.percent"], "{percent}");
    }
    for (fixed, problem) in [
        (money("-1", "EUR"), "INVALID input.offerer.fixed.amount"),
        (money("1.005", "EUR"), "INVALID input.offerer.fixed.amount"),
        (money("92233720368547758.08", "EUR"), "INVALID input.offerer.fixed.amount"),
        (money("x", "EUR"), "INVALID input.offerer.fixed.amount"),
        (money("1", "USD"), "INVALID input.offerer.fixed.currency"),
        (money("0", "USD"), "INVALID input.offerer.fixed.currency"),
        (money("1", "XXX"), "INVALID input.offerer.fixed.currency"),
    ] {
        let input = json!({ "offerer": { "fixed": fixed }, "asker": { "percent": "1" } });
        let answer = desk.admin().act("userSetFees", &id, input).await;
        assert_eq!(answer.problems("userSetFees"), [problem], "{fixed}");
    }
    let all = json!({
        "asker": fee("101", "-1", "EUR"), "offerer": fee("abc", "1", "USD"),
    });
    let answer = desk.admin().act("userSetFees", &id, all).await;
    assert_eq!(
        answer.problems("userSetFees"),
        [
            "INVALID input.asker.percent",
            "INVALID input.asker.fixed.amount",
            "INVALID input.offerer.percent",
            "INVALID input.offerer.fixed.currency",
        ]
    );
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn a_preview_shows_what_the_trail_will_tell_and_changes_nothing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let before = desk.everything().await;
    let options = json!({ "validateOnly": true });
    let preview = desk.admin().act_with("userSetFees", &id, example(), options).await;
    assert_eq!(desk.everything().await, before);
    desk.admin().act("userSetFees", &id, example()).await;
    let told = desk.trail().await.data("auditEvents.nodes.0.changes");
    assert_eq!(preview.data("userSetFees.preview.changes"), told);
    let fields = desk.trail().await.data("auditEvents.nodes.0.changedFields");
    assert_eq!(
        fields,
        json!(["fees.asker.fixed", "fees.asker.percent", "fees.offerer.fixed", "fees.offerer.percent"])
    );
}

#[tokio::test]
async fn fees_follow_versions_and_keys_as_every_act() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let stale = desk.admin().act_with("userSetFees", &id, example(), json!({ "ifVersion": 7 })).await;
    assert_eq!(stale.problems("userSetFees"), ["VERSION_CONFLICT options.ifVersion"]);
    let options = json!({ "ifVersion": 1, "idempotencyKey": "0190b000-0000-7000-8000-000000000001" });
    let first = desk.admin().act_with("userSetFees", &id, example(), options.clone()).await;
    let again = desk.admin().act_with("userSetFees", &id, example(), options.clone()).await;
    assert_eq!(first.data("userSetFees.user.version"), 2);
    assert_eq!(first.body, again.body);
    let other = desk.admin().act_with("userSetFees", &id, json!({ "asker": null }), options).await;
    assert_eq!(other.problems("userSetFees"), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
}

#[tokio::test]
async fn administrators_alone_set_fees_and_everybody_who_sees_a_user_sees_them() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    for role in Role::ALL {
        let person = desk.person(&[role.claim()]);
        let answer = person.act("userSetFees", &id, example()).await;
        if *role == Role::Admin {
            assert_eq!(answer.problems("userSetFees"), [""; 0]);
            continue;
        }
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{}", role.claim());
        assert_eq!(answer.body.pointer("/errors/0/extensions/permission"), Some(&json!("USER_FEES")));
    }
    let stranger = desk.person_in(&["admin"], &["DE"]).act("userSetFees", &id, example()).await;
    assert_eq!(stranger.code(), Some("NOT_FOUND"));
    for role in ["read-only", "compliance", "finance", "support"] {
        let person = desk.person(&[role]);
        assert_eq!(person.split(&id, "100").await, ["170.00", "85.00", "85.00"], "{role}");
    }
}

#[tokio::test]
async fn the_fees_that_apply_to_a_page_cost_no_statement_a_user() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        let id = desk.add_user(json!({})).await;
        desk.admin().act("userSetFees", &id, example()).await;
    }
    let list = |first: u8| {
        format!(
            "{{ users(first: {first}) {{ nodes {{ fees {{ effective {{ asker {{ percent }} }}
                quote(price: \"1\") {{ askerPays {{ amount }} }} }} }} }} }}"
        )
    };
    let (_, one) = desk.statements_of(desk.read_only().ask(&list(1))).await;
    let (_, three) = desk.statements_of(desk.read_only().ask(&list(3))).await;
    assert_eq!(one.len(), three.len());
}

/// However a change of the currency and changes of own fees meet: nobody has fees in another currency than the platform's.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn own_fees_are_in_the_currency_of_the_platform_whatever_happens_at_once() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for _ in 0..5 {
        users.push(desk.add_user(json!({})).await);
    }
    for round in 0..if is_postgres() { 6 } else { 3 } {
        let admin = desk.admin();
        let people = users.clone();
        fifty(move |number| {
            let (admin, user) = (admin.clone(), people[number % 5].clone());
            async move {
                let currency = ["EUR", "USD"][(number / 5 + round) % 2];
                match number % 3 {
                    0 => admin.update_policy(json!({ "currency": currency }), Value::Null).await,
                    1 => admin.act("userSetFees", &user, json!({ "asker": { "fixed": null } })).await,
                    _ => {
                        let fixed = json!({ "asker": { "fixed": money("1", currency) } });
                        admin.act("userSetFees", &user, fixed).await
                    }
                }
            }
        })
        .await;
        let platform = desk.admin().platform().await;
        for user in &users {
            let fees = desk.admin().fees(user, "1").await.data("user.fees");
            let fixed = &fees["asker"]["fixed"];
            assert!(fixed.is_null() || fixed["currency"] == platform["currency"], "{fixed} under {platform}");
        }
    }
}
