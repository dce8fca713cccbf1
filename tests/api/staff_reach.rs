//! Nobody hands on what they do not hold, acts on somebody who holds more, or leaves the platform without an administrator.

use backdesk_entity::enums::StaffState;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, staff::new_staff};

/// Somebody who manages the staff of these accounts, and may else see users and support.
async fn manager(desk: &Desk, accounts: &[&str]) -> Person {
    desk.add_role("team-lead", &["STAFF_READ", "STAFF_MANAGE", "USER_READ", "FINANCE_READ"]).await;
    desk.person_in(&["team-lead", "support"], accounts)
}

fn values(answer: &Answer, mutation: &str) -> Vec<Value> {
    let errors = answer.data(&format!("{mutation}.errors"));
    errors.as_array().expect("errors").iter().map(|error| error["values"].clone()).collect()
}

#[tokio::test]
async fn a_role_or_account_that_one_does_not_hold_is_not_handed_on() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let fine = lead.invite("ada", &["support", "support-read-only", "team-lead"], &["FR"]).await;
    assert_eq!(fine.problems("staffCreate"), [""; 0], "{}", fine.body);

    let beyond = lead.invite("grace", &["support", "admin", "compliance"], &["FR", "DE", "*", "XX"]).await;
    assert_eq!(
        beyond.problems("staffCreate"),
        ["OUT_OF_SCOPE_ACCOUNT input.accounts", "OUT_OF_SCOPE_PERMISSION input.roles"]
    );
    // an account that is none is told like one that they do not see
    assert_eq!(values(&beyond, "staffCreate"), [json!(["*", "DE", "XX"]), json!(["admin", "compliance"])]);

    let id = fine.text("staffCreate.staffMember.id");
    let more = json!({ "roles": [{ "role": "support" }, { "role": "finance" }] });
    let more = lead.act_on_staff("staffSetGrants", &id, more, Value::Null).await;
    assert_eq!(more.problems("staffSetGrants"), ["OUT_OF_SCOPE_PERMISSION input.roles"]);
    let roles = lead.grants_of(&id).await.0;
    assert_eq!(roles, ["support", "support-read-only", "team-lead"]);
}

#[tokio::test]
async fn who_holds_more_is_not_acted_on() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let above = desk.add_active_staff("ada", &["admin"], &["FR"]).await;
    for (mutation, input) in [
        ("staffUpdate", json!({ "email": "mine@elsewhere.example" })),
        ("staffSetGrants", json!({ "roles": [{ "role": "support" }] })),
        ("staffSendPasswordReset", Value::Null),
        ("staffDeactivate", Value::Null),
    ] {
        let answer = lead.act_on_staff(mutation, &above, input, Value::Null).await;
        assert_eq!(answer.problems(mutation), ["OUT_OF_SCOPE_PERMISSION id"], "{mutation}");
        assert_eq!(values(&answer, mutation), [json!(["admin"])], "{mutation}");
    }
    let actions = "query ($by: StaffBy!) { staffMember(by: $by) { viewerActions { action allowed code } } }";
    let actions =
        lead.ask_with(actions, json!({ "by": { "id": above } })).await.data("staffMember.viewerActions");
    for action in actions.as_array().expect("actions") {
        let duplicates = action["action"] == "staffDuplicate";
        assert_eq!(action["allowed"], json!(duplicates), "{action}");
    }
}

#[tokio::test]
async fn a_duplicate_holds_what_the_one_who_makes_it_holds_and_is_told_what_not() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let source = desk.add_staff("ada", &["support", "finance", "compliance"], &["FR"]).await;
    let copy = json!({ "userName": "grace", "email": "grace@staff.example" });
    let answer = lead.act_on_staff("staffDuplicate", &source, copy, Value::Null).await;
    assert_eq!(answer.problems("staffDuplicate"), [""; 0], "{}", answer.body);
    assert_eq!(answer.data("staffDuplicate.droppedRoles"), json!(["compliance", "finance"]));
    assert_eq!(answer.data("staffDuplicate.droppedAccounts"), json!([]));
    assert_eq!(answer.data("staffDuplicate.link.expiresAt"), "2026-03-15T12:00:00+00:00");
    let id = answer.text("staffDuplicate.staffMember.id");
    assert_eq!(lead.grants_of(&id).await, (vec!["support".to_owned()], vec!["FR".to_owned()]));
}

/// A token is as old as its session; what counts is what is held now.
#[tokio::test]
async fn who_lost_a_role_meanwhile_does_not_hand_it_on() {
    let desk = Desk::open().await;
    desk.add_role("team-lead", &["STAFF_READ", "STAFF_MANAGE"]).await;
    let lead = desk.add_active_staff("lead", &["admin", "team-lead"], &["*"]).await;
    desk.add_active_staff("another", &["admin"], &["*"]).await;
    let token = desk.staff_token(&lead, &["admin", "team-lead"], "*");
    assert_eq!(token.invite("ada", &["admin"], &["*"]).await.problems("staffCreate"), [""; 0]);
    let less = json!({ "roles": [{ "role": "team-lead" }] });
    let taken = desk.admin().act_on_staff("staffSetGrants", &lead, less, Value::Null).await;
    assert_eq!(taken.problems("staffSetGrants"), [""; 0]);
    let late = token.invite("grace", &["admin"], &["*"]).await;
    assert_eq!(late.problems("staffCreate"), ["OUT_OF_SCOPE_PERMISSION input.roles"]);
}

/// Whoever lacks a permission stands in the trail; so does whoever tries to hand on, or to reach, what is not theirs.
#[tokio::test]
async fn who_tries_to_go_beyond_what_they_hold_stands_in_the_trail() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let admin = desk.add_active_staff("ada", &["admin"], &["FR"]).await;
    let ours = desk.add_staff("grace", &["support"], &["FR"]).await;
    let own = desk.add_active_staff("hedy", &["team-lead"], &["FR"]).await;
    let oneself = desk.staff_token(&own, &["team-lead"], "FR");
    let finance = json!({ "roles": [{ "role": "finance" }] });
    let preview = json!({ "validateOnly": true });
    let shown = desk.entries_of(lead.act_on_staff("staffSetGrants", &ours, finance.clone(), preview)).await;
    assert_eq!(shown.1, [], "who looks beforehand tries nothing");
    for (person, mutation, id, input, code) in [
        (&lead, "staffSetGrants", &ours, finance, "OUT_OF_SCOPE_PERMISSION"),
        (
            &lead,
            "staffCreate",
            &String::new(),
            new_staff("eve", &["support"], &["DE"]),
            "OUT_OF_SCOPE_ACCOUNT",
        ),
        (&lead, "staffDeactivate", &admin, Value::Null, "OUT_OF_SCOPE_PERMISSION"),
        (&oneself, "staffDeactivate", &own, Value::Null, "SELF_ACTION_FORBIDDEN"),
    ] {
        let (answer, entries) = desk.entries_of(person.act_on_staff(mutation, id, input, Value::Null)).await;
        assert!(answer.problems(mutation)[0].starts_with(code), "{}", answer.body);
        let told: Vec<_> = entries.iter().map(|entry| entry.refusal.as_deref()).collect();
        assert_eq!(told, [Some(code)], "{mutation}");
    }
}

#[tokio::test]
async fn nobody_is_given_more_than_a_token_holds() {
    let desk = Desk::open().await;
    let mut codes = Vec::new();
    for number in 0..120 {
        let code = format!("ACCOUNT-OF-A-RATHER-LONG-NAME-{number}");
        desk.add_account(&code, "A platform").await;
        codes.push(code);
    }
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let set = async |codes: &[String]| {
        let accounts: Vec<_> = codes.iter().map(|code| json!({ "account": code })).collect();
        let given = json!({ "accounts": accounts });
        desk.admin()
            .act_on_staff("staffSetGrants", &ada.id, given, Value::Null)
            .await
            .problems("staffSetGrants")
    };
    assert_eq!(set(&codes).await, [""; 0]);
    desk.sign_in(&ada).await;
    for number in 120..200 {
        let code = format!("ACCOUNT-OF-A-RATHER-LONG-NAME-{number}");
        desk.add_account(&code, "A platform").await;
        codes.push(code);
    }
    assert_eq!(set(&codes).await, ["INVALID input.accounts"]);
}

/// What is handed on and taken away at once is as if one had come after the other: who no longer held it handed nothing on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_hands_on_by_race_what_they_are_losing() {
    let desk = Desk::open().await;
    desk.add_role("team-lead", &["STAFF_READ", "STAFF_MANAGE"]).await;
    desk.add_active_staff("another", &["admin"], &["*"]).await;
    let ada = desk.add_staff("ada", &["support"], &["FR"]).await;
    for round in 0..30 {
        let lead = desk
            .add_active_staff(&format!("lead{round}"), &["finance", "support", "team-lead"], &["FR"])
            .await;
        let (token, admin) =
            (desk.staff_token(&lead, &["finance", "support", "team-lead"], "FR"), desk.admin());
        let (handed, taken) = tokio::join!(
            token.act_on_staff(
                "staffSetGrants",
                &ada,
                json!({ "roles": [{ "role": "support" }, { "role": "finance" }] }),
                Value::Null
            ),
            admin.act_on_staff(
                "staffSetGrants",
                &lead,
                json!({ "roles": [{ "role": "support" }, { "role": "team-lead" }] }),
                Value::Null
            ),
        );
        assert_eq!(taken.problems("staffSetGrants"), [""; 0]);
        // newest first
        let trail = admin.ask("{ auditEvents(first: 2, where: { action: { eq: \"STAFF_SET_GRANTS\" } }) { nodes { target { id } } } }");
        let order = trail.await.column("auditEvents.nodes", "target");
        let holds = admin.grants_of(&ada).await.0.contains(&"finance".to_owned());
        let refused = handed.code().is_some() || !handed.problems("staffSetGrants").is_empty();
        assert_ne!(holds, refused, "round {round}: {}", handed.body);
        if holds {
            assert_eq!((&order[0]["id"], &order[1]["id"]), (&json!(lead), &json!(ada)), "round {round}");
        }
        let less = json!({ "roles": [{ "role": "support" }] });
        admin.act_on_staff("staffSetGrants", &ada, less, Value::Null).await;
    }
}

#[tokio::test]
async fn nobody_changes_what_they_hold_or_ends_their_own_access() {
    let desk = Desk::open().await;
    let own = desk.add_active_staff("ada", &["admin"], &["*"]).await;
    desk.add_active_staff("grace", &["admin"], &["*"]).await;
    let oneself = desk.staff_token(&own, &["admin"], "*");
    for (mutation, input) in
        [("staffSetGrants", json!({ "roles": [{ "role": "support" }] })), ("staffDeactivate", Value::Null)]
    {
        let answer = oneself.act_on_staff(mutation, &own, input, Value::Null).await;
        assert_eq!(answer.problems(mutation), ["SELF_ACTION_FORBIDDEN id"], "{mutation}");
    }
    let named = oneself.act_on_staff("staffUpdate", &own, json!({ "firstName": "Ada" }), Value::Null).await;
    assert_eq!(named.problems("staffUpdate"), [""; 0]);
}

#[tokio::test]
async fn the_last_administrator_of_everything_stays() {
    let desk = Desk::open().await;
    let last = desk.add_active_staff("ada", &["admin"], &["*"]).await;
    // none of these stands in: invited only, of one account, for a time
    desk.add_staff("grace", &["admin"], &["*"]).await;
    desk.add_active_staff("hedy", &["admin"], &["FR"]).await;
    let mut joan = new_staff("joan", &["support"], &["*"]);
    joan["roles"] = json!([{ "role": "admin", "until": "2027-01-01T00:00:00Z" }]);
    let joan = desk.admin().act_on_staff("staffCreate", "", joan, Value::Null).await;
    desk.put_staff(&joan.text("staffCreate.staffMember.id"), StaffState::Active).await;
    for (mutation, input) in [
        ("staffDeactivate", Value::Null),
        ("staffSetGrants", json!({ "roles": [{ "role": "support" }] })),
        ("staffSetGrants", json!({ "accounts": [{ "account": "FR" }] })),
        ("staffSetGrants", json!({ "roles": [{ "role": "admin", "until": "2027-01-01T00:00:00Z" }] })),
    ] {
        let answer = desk.admin().act_on_staff(mutation, &last, input, Value::Null).await;
        assert_eq!(answer.problems(mutation), ["LAST_ADMIN id"], "{mutation}");
    }
    desk.add_active_staff("mary", &["admin"], &["*"]).await;
    let ended = desk.admin().act_on_staff("staffDeactivate", &last, Value::Null, Value::Null).await;
    assert_eq!(ended.problems("staffDeactivate"), [""; 0]);
}

#[tokio::test]
async fn of_two_administrators_who_deactivate_each_other_one_stays() {
    let desk = Desk::open().await;
    for round in 0..100 {
        let one = desk.add_active_staff(&format!("one{round}"), &["admin"], &["*"]).await;
        let other = desk.add_active_staff(&format!("other{round}"), &["admin"], &["*"]).await;
        let (as_one, as_other) =
            (desk.staff_token(&one, &["admin"], "*"), desk.staff_token(&other, &["admin"], "*"));
        let (first, second) = tokio::join!(
            as_one.act_on_staff("staffDeactivate", &other, Value::Null, Value::Null),
            as_other.act_on_staff("staffDeactivate", &one, Value::Null, Value::Null),
        );
        let mut codes = [first.code(), second.code()];
        codes.sort_unstable();
        assert_eq!(codes, [None, Some("FORBIDDEN")], "round {round}");
        let active = "{ staff(where: { state: { eq: ACTIVE } }) { nodes { id } } }";
        let active = desk.admin().ask(active).await.data("staff.nodes");
        assert_eq!(active.as_array().map(Vec::len), Some(1), "round {round}");
        // out of the way of the next round
        let last = active[0]["id"].as_str().expect("an id").to_owned();
        desk.put_staff(&last, StaffState::Invited).await;
    }
}

/// The roles that are listed say which ones somebody may hand on, and handing them on agrees.
#[tokio::test]
async fn what_may_be_assigned_is_told_beforehand() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let roles = lead.ask("{ roles { key viewerCanAssign } }").await.data("roles");
    for (i, role) in roles.as_array().expect("roles").iter().enumerate() {
        let key = role["key"].as_str().expect("a key");
        let answer = lead.invite(&format!("member{i}"), &[key], &["FR"]).await;
        let fine = answer.problems("staffCreate").is_empty();
        assert_eq!(role["viewerCanAssign"], json!(fine), "{key}");
    }
}

/// A token is as old as its session: whoever was cut down or ended meanwhile manages nobody and defines nothing any more.
#[tokio::test]
async fn who_may_no_longer_manage_staff_does_not_by_an_old_token() {
    let desk = Desk::open().await;
    desk.add_active_staff("another", &["admin"], &["*"]).await;
    let colleague = desk.add_active_staff("colleague", &["read-only"], &["*"]).await;
    let role = desk.add_role("lookers", &["USER_READ"]).await;
    for (name, mutation, input) in [
        ("cut", "staffSetGrants", json!({ "roles": [{ "role": "read-only" }] })),
        ("ended", "staffDeactivate", Value::Null),
    ] {
        let id = desk.add_active_staff(name, &["admin"], &["*"]).await;
        let old = desk.staff_token(&id, &["admin"], "*");
        let taken = desk.admin().act_on_staff(mutation, &id, input, Value::Null).await;
        assert_eq!(taken.problems(mutation), [""; 0]);
        let by = format!("by-{name}");
        let (invited, entries) = desk.entries_of(old.invite(&by, &["read-only"], &["*"])).await;
        assert_eq!(invited.code(), Some("FORBIDDEN"), "{name}");
        assert_eq!(entries.len(), 1, "it is recorded");
        let moved = json!({ "email": "mine@elsewhere.example" });
        let moved = old.act_on_staff("staffUpdate", &colleague, moved, Value::Null).await;
        assert_eq!(moved.code(), Some("FORBIDDEN"), "{name}");
        let wider = "mutation ($id: ID!) { roleUpdate(id: $id, input: { permissions: [USER_CANCEL] }) { errors { code } } }";
        assert_eq!(old.ask_with(wider, json!({ "id": role })).await.code(), Some("FORBIDDEN"), "{name}");
    }
}

#[tokio::test]
async fn a_kept_answer_does_not_show_who_is_out_of_reach_since() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let options = json!({ "idempotencyKey": "019ca945-0a00-7000-8000-000000000003" });
    let input = new_staff("ada", &["support"], &["FR"]);
    let first = lead.act_on_staff("staffCreate", "", input.clone(), options.clone()).await;
    let id = first.text("staffCreate.staffMember.id");
    let more = json!({ "roles": [{ "role": "admin" }], "accounts": [{ "account": "*" }] });
    desk.admin().act_on_staff("staffSetGrants", &id, more, Value::Null).await;
    let again = lead.act_on_staff("staffCreate", "", input, options).await;
    assert_eq!(again.code(), Some("NOT_FOUND"), "{}", again.body);
}

#[tokio::test]
async fn a_duplicate_of_whom_nothing_would_be_left_is_not_made() {
    let desk = Desk::open().await;
    let lead = manager(&desk, &["FR"]).await;
    let above = desk.add_staff("ada", &["admin"], &["FR"]).await;
    let copy = json!({ "userName": "grace", "email": "grace@staff.example" });
    let answer = lead.act_on_staff("staffDuplicate", &above, copy, Value::Null).await;
    assert_eq!(answer.problems("staffDuplicate"), ["REQUIRED id"]);
}

#[tokio::test]
async fn the_trail_tells_of_staff_to_those_who_see_staff() {
    let desk = Desk::open().await;
    desk.add_staff("ada", &["support"], &["FR"]).await;
    let count = "{ auditEvents(where: { action: { eq: \"STAFF_CREATE\" } }) { totalCount } }";
    for (role, told) in [("admin", 1), ("auditor-read-only", 1), ("read-only", 1), ("compliance", 0)] {
        let answer = desk.person(&[role]).ask(count).await;
        assert_eq!(answer.data("auditEvents.totalCount"), told, "{role}");
    }
}

#[tokio::test]
async fn nobody_hands_on_for_longer_than_they_hold() {
    let desk = Desk::open().await;
    let until = desk.clock.now() + chrono::TimeDelta::days(1);
    desk.add_active_staff("another", &["admin"], &["*"]).await;
    let id = desk.add_active_staff("lead", &["admin"], &["*"]).await;
    let lent = json!({ "roles": [{ "role": "admin", "until": until }, { "role": "support" }] });
    let lent = desk.admin().act_on_staff("staffSetGrants", &id, lent, Value::Null).await;
    assert_eq!(lent.problems("staffSetGrants"), [""; 0], "{}", lent.body);
    let lead = desk.staff_token(&id, &["admin", "support"], "*");
    let longer = lead.invite("ada", &["admin"], &["*"]).await;
    assert_eq!(longer.problems("staffCreate"), ["OUT_OF_SCOPE_PERMISSION input.roles"]);
    let mut as_long = new_staff("ada", &[], &["*"]);
    as_long["roles"] = json!([{ "role": "admin", "until": until }]);
    let as_long = lead.act_on_staff("staffCreate", "", as_long, Value::Null).await;
    assert_eq!(as_long.problems("staffCreate"), [""; 0], "{}", as_long.body);
    let role =
        "mutation { roleCreate(input: { key: \"k\", name: \"K\", permissions: [USER_READ, USER_CANCEL] }) {
        errors { code field values }
    } }";
    assert_eq!(lead.ask(role).await.problems("roleCreate"), ["OUT_OF_SCOPE_PERMISSION input.permissions"]);
}

#[tokio::test]
async fn what_was_granted_until_a_time_is_taken_away_with_an_entry() {
    let desk = Desk::open().await;
    let id = desk.add_active_staff("ada", &["support"], &["FR"]).await;
    let until = desk.clock.now() + chrono::TimeDelta::minutes(5);
    let lent = json!({
        "roles": [{ "role": "support" }, { "role": "finance", "until": until }],
        "accounts": [{ "account": "FR" }, { "account": "DE", "until": until }],
    });
    desk.admin().act_on_staff("staffSetGrants", &id, lent, Value::Null).await;
    let system = std::sync::Arc::new(backdesk::auth::caller::Caller::system("test"));
    assert_eq!(desk.services.end_grants(&system).await.unwrap(), 0, "not yet");
    desk.hand.advance(std::time::Duration::from_mins(5));
    let (ended, entries) = desk.entries_of(Box::pin(desk.services.end_grants(&system))).await;
    assert_eq!((ended.unwrap(), entries.len()), (1, 1));
    assert_eq!(entries[0].action, "STAFF_END_GRANTS");
    let held = desk.admin().grants_of(&id).await;
    assert_eq!(held, (vec!["support".to_owned()], vec!["FR".to_owned()]));
    let (again, entries) = desk.entries_of(Box::pin(desk.services.end_grants(&system))).await;
    assert_eq!((again.unwrap(), entries.len()), (0, 0));
}

#[tokio::test]
async fn a_role_that_manages_staff_sees_them() {
    let desk = Desk::open().await;
    let blind = "mutation { roleCreate(input: { key: \"k\", name: \"K\", permissions: [STAFF_MANAGE] }) {
        errors { code field }
    } }";
    assert_eq!(desk.admin().ask(blind).await.problems("roleCreate"), ["INVALID input.permissions"]);
}

#[tokio::test]
async fn an_account_with_a_zero_in_its_code_is_none() {
    let desk = Desk::open().await;
    let answer = desk.admin().invite("ada", &["support", "a\0b"], &["F\0R"]).await;
    assert_eq!(answer.problems("staffCreate"), ["NOT_FOUND input.roles", "NOT_FOUND input.accounts"]);
}
