//! Staff members: invited, changed, ended and found again.

use std::time::Duration;

use backdesk_entity::{enums::StaffState, sent_token};
use chrono::TimeDelta;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::{
    Desk,
    outbox::{never, smtp},
    smtp::{MailServer, Received},
    staff::new_staff,
};

#[tokio::test]
async fn an_invitation_is_good_for_two_weeks_and_the_same_sent_again_for_a_day() {
    let desk = Desk::open().await;
    let invited = desk.admin().invite("ada", &["support"], &["FR"]).await;
    assert_eq!(invited.problems("staffCreate"), [""; 0], "{}", invited.body);
    let link = invited.data("staffCreate.link");
    assert_eq!(link["purpose"], "STAFF_INVITATION");
    assert_eq!(link["destination"], "ada@staff.example");
    assert_eq!(link["sentAt"], "2026-03-01T12:00:00+00:00");
    assert_eq!(link["expiresAt"], "2026-03-15T12:00:00+00:00");
    assert_eq!(invited.data("staffCreate.staffMember.state"), "INVITED");

    let id = invited.text("staffCreate.staffMember.id");
    desk.hand.advance(Duration::from_hours(1));
    let again = desk.admin().act_on_staff("staffResendInvitation", &id, Value::Null, Value::Null).await;
    assert_eq!(again.data("staffResendInvitation.link.expiresAt"), "2026-03-02T13:00:00+00:00");
    // the former link is dead, and nothing but its hash was ever kept
    let tokens = sent_token::Entity::find()
        .order_by_asc(sent_token::Column::SentAt)
        .all(&desk.side_door().await)
        .await;
    let tokens = tokens.expect("tokens");
    assert_eq!(tokens.len(), 2);
    assert_eq!(tokens[0].ended_at, Some(desk.clock.now()));
    assert_eq!((tokens[1].ended_at, tokens[1].used_at), (None, None));
    assert!(tokens.iter().all(|token| token.hash.len() == 32 && token.prefix.len() == 4));
}

#[tokio::test]
async fn the_platform_decides_how_long_links_are_good() {
    let desk = Desk::open().await;
    let decided = json!({ "staffInvitationHours": 5, "staffResendHours": 2, "passwordResetHours": 1 });
    desk.admin().update_policy(decided, Value::Null).await;
    let hours = |answer: &crate::support::Answer, mutation: &str| {
        let expires: chrono::DateTime<chrono::Utc> =
            answer.text(&format!("{mutation}.link.expiresAt")).parse().expect("an instant");
        expires - desk.clock.now()
    };
    let invited = desk.admin().invite("ada", &["support"], &["FR"]).await;
    assert_eq!(hours(&invited, "staffCreate"), TimeDelta::hours(5));
    let id = invited.text("staffCreate.staffMember.id");
    let again = desk.admin().act_on_staff("staffResendInvitation", &id, Value::Null, Value::Null).await;
    assert_eq!(hours(&again, "staffResendInvitation"), TimeDelta::hours(2));
    desk.put_staff(&id, StaffState::Active).await;
    let reset = desk.admin().act_on_staff("staffSendPasswordReset", &id, Value::Null, Value::Null).await;
    assert_eq!(hours(&reset, "staffSendPasswordReset"), TimeDelta::hours(1));
    for (input, field) in [
        (json!({ "staffInvitationHours": 0 }), "INVALID input.staffInvitationHours"),
        (json!({ "passwordResetHours": 745 }), "INVALID input.passwordResetHours"),
    ] {
        let answer = desk.admin().update_policy(input, Value::Null).await;
        assert_eq!(answer.problems("platformUpdatePolicy"), [field]);
    }
}

#[tokio::test]
async fn user_name_and_e_mail_address_are_one_s_own_whatever_their_case() {
    let desk = Desk::open().await;
    desk.add_staff("ada", &["support"], &["FR"]).await;
    let mut same = new_staff("ADA", &["support"], &["DE"]);
    let both = desk.admin().act_on_staff("staffCreate", "", same.clone(), Value::Null).await;
    assert_eq!(both.problems("staffCreate"), ["UNIQUE input.userName", "UNIQUE input.email"]);
    same["userName"] = json!("ada.two");
    let address = desk.admin().act_on_staff("staffCreate", "", same, Value::Null).await;
    assert_eq!(address.problems("staffCreate"), ["UNIQUE input.email"]);
    let other = desk.add_staff("grace", &["support"], &["FR"]).await;
    let renamed =
        desk.admin().act_on_staff("staffUpdate", &other, json!({ "userName": "Ada" }), Value::Null).await;
    assert_eq!(renamed.problems("staffUpdate"), ["UNIQUE input.userName"]);
    // one's own is no other's
    let own = json!({ "userName": "Grace", "email": "grace@staff.example" });
    let kept = desk.admin().act_on_staff("staffUpdate", &other, own, Value::Null).await;
    assert_eq!(kept.problems("staffUpdate"), [""; 0]);
}

#[tokio::test]
async fn everything_wrong_with_an_invitation_is_told_at_once_and_leaves_nothing() {
    let desk = Desk::open().await;
    let before = desk.dump().await;
    let input = json!({
        "userName": "a b", "email": "nowhere", "firstName": "\u{7}", "language": "klingon-",
        "roles": [{ "role": "support" }, { "role": "support" }, { "role": "pilot" }],
        "accounts": [{ "account": "FR", "until": "2020-01-01T00:00:00Z" }, { "account": "XX" }],
    });
    let answer = desk.admin().act_on_staff("staffCreate", "", input, Value::Null).await;
    assert_eq!(
        answer.problems("staffCreate"),
        [
            "INVALID input.userName",
            "INVALID input.email",
            "INVALID input.firstName",
            "INVALID input.language",
            "INVALID input.roles.1",
            "INVALID input.accounts.0.until",
            "NOT_FOUND input.roles",
            "NOT_FOUND input.accounts",
        ]
    );
    let values = |i: usize| answer.data(&format!("staffCreate.errors.{i}.values"));
    assert_eq!((values(6), values(7)), (json!(["pilot"]), json!(["XX"])));
    let nothing = desk.admin().invite("ada", &[], &[]).await;
    assert_eq!(nothing.problems("staffCreate"), ["REQUIRED input.roles", "REQUIRED input.accounts"]);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn each_step_has_the_states_that_it_is_for() {
    let desk = Desk::open().await;
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    for (state, refused) in [
        (StaffState::Invited, &["staffSendPasswordReset", "staffReactivate"][..]),
        (StaffState::Active, &["staffResendInvitation", "staffReactivate"]),
        (StaffState::Deactivated, &["staffResendInvitation", "staffSendPasswordReset", "staffDeactivate"]),
    ] {
        for mutation in
            ["staffResendInvitation", "staffSendPasswordReset", "staffDeactivate", "staffReactivate"]
        {
            desk.put_staff(&id, state).await;
            let preview = json!({ "validateOnly": true });
            let answer = desk.admin().act_on_staff(mutation, &id, Value::Null, preview).await;
            let problems = answer.problems(mutation);
            match refused.contains(&mutation) {
                true => assert_eq!(problems, ["ILLEGAL_TRANSITION id"], "{state:?} {mutation}"),
                false => assert_eq!(problems, [""; 0], "{state:?} {mutation}"),
            }
        }
    }
}

/// A front end shows the buttons that would work, and says of the others why not.
#[tokio::test]
async fn what_is_told_of_an_act_beforehand_is_what_the_act_answers() {
    let desk = Desk::open().await;
    desk.add_active_staff("boss", &["admin"], &["*"]).await;
    desk.add_role("team-lead", &["STAFF_READ", "STAFF_MANAGE", "USER_READ"]).await;
    let lead = desk.add_active_staff("lead", &["team-lead"], &["FR"]).await;
    let ada = desk.add_staff("ada", &["team-lead"], &["FR"]).await;
    let more = desk.add_staff("grace", &["support", "team-lead"], &["FR"]).await;
    let told = "query ($by: StaffBy!) { staffMember(by: $by) { viewerActions { action allowed code } } }";
    let mut seen = std::collections::BTreeSet::new();
    for asker in [desk.admin(), desk.read_only(), desk.staff_token(&lead, &["team-lead"], "FR")] {
        for (id, states) in [
            (&ada, &[StaffState::Invited, StaffState::Active, StaffState::Deactivated][..]),
            (&more, &[StaffState::Active]),
            (&lead, &[StaffState::Active]),
        ] {
            for state in states {
                desk.put_staff(id, *state).await;
                let actions = asker.ask_with(told, json!({ "by": { "id": id } })).await;
                for action in
                    actions.data("staffMember.viewerActions").as_array().cloned().unwrap_or_default()
                {
                    let mutation = action["action"].as_str().expect("an act");
                    let input = match mutation {
                        "staffUpdate" => json!({ "firstName": "Ada" }),
                        "staffSetGrants" => json!({ "accounts": [{ "account": "FR" }] }),
                        "staffDuplicate" => json!({ "userName": "joan", "email": "joan@staff.example" }),
                        _ => Value::Null,
                    };
                    let preview = json!({ "validateOnly": true });
                    let answer = asker.act_on_staff(mutation, id, input, preview).await;
                    let code = match answer.code() {
                        Some(code) => Some(code.to_owned()),
                        None => answer
                            .problems(mutation)
                            .first()
                            .and_then(|it| it.split(' ').next())
                            .map(str::to_owned),
                    };
                    assert_eq!(
                        action["allowed"],
                        json!(code.is_none()),
                        "{action} {state:?}: {}",
                        answer.body
                    );
                    assert_eq!(action["code"], json!(code), "{state:?}: {}", answer.body);
                    seen.extend(code);
                }
            }
        }
    }
    let all = ["FORBIDDEN", "ILLEGAL_TRANSITION", "OUT_OF_SCOPE_PERMISSION", "SELF_ACTION_FORBIDDEN"];
    assert_eq!(seen, all.map(str::to_owned).into());
}

#[tokio::test]
async fn who_is_deactivated_comes_back_as_they_were() {
    let desk = Desk::open().await;
    for (name, state, back) in
        [("ada", StaffState::Active, "ACTIVE"), ("grace", StaffState::Invited, "INVITED")]
    {
        let id = desk.add_staff(name, &["support"], &["FR"]).await;
        desk.put_staff(&id, state).await;
        let ended = desk.admin().act_on_staff("staffDeactivate", &id, Value::Null, Value::Null).await;
        assert_eq!(ended.data("staffDeactivate.staffMember.state"), "DEACTIVATED");
        let again = desk.admin().act_on_staff("staffReactivate", &id, Value::Null, Value::Null).await;
        assert_eq!(again.data("staffReactivate.staffMember.state"), back);
        let held = desk.admin().grants_of(&id).await;
        assert_eq!(held, (vec!["support".to_owned()], vec!["FR".to_owned()]));
    }
}

#[tokio::test]
async fn a_link_dies_with_the_address_that_it_was_sent_to() {
    let desk = Desk::open().await;
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    let moved = json!({ "email": "ada@elsewhere.example" });
    desk.admin().act_on_staff("staffUpdate", &id, moved, Value::Null).await;
    let newest = "query ($by: StaffBy!) { staffMember(by: $by) { newestLink { destination endedAt } } }";
    let newest = desk.admin().ask_with(newest, json!({ "by": { "id": id } })).await;
    assert_eq!(
        newest.data("staffMember.newestLink"),
        json!({ "destination": "ada@staff.example", "endedAt": "2026-03-01T12:00:00+00:00" })
    );
    assert_eq!(desk.letters().await.len(), 0, "nothing shows that the former address was theirs");

    desk.put_staff(&id, StaffState::Active).await;
    let back = json!({ "email": "ada@staff.example" });
    desk.admin().act_on_staff("staffUpdate", &id, back, Value::Null).await;
    let letters = desk.letters().await;
    let [told] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert_eq!(told.to, ["ada@elsewhere.example"], "who reads there learns of it");
    assert!(!told.text.contains("ada@staff.example"), "and not where letters go now");
}

#[tokio::test]
async fn every_act_on_staff_leaves_one_entry_and_a_preview_none() {
    let desk = Desk::open().await;
    let mut lines = Vec::new();
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    for (mutation, input, state) in [
        ("staffCreate", new_staff("grace", &["support"], &["FR"]), StaffState::Active),
        ("staffDuplicate", json!({ "userName": "hedy", "email": "hedy@staff.example" }), StaffState::Active),
        ("staffUpdate", json!({ "firstName": "Ada" }), StaffState::Active),
        ("staffSetGrants", json!({ "roles": [{ "role": "finance" }] }), StaffState::Active),
        ("staffResendInvitation", Value::Null, StaffState::Invited),
        ("staffSendPasswordReset", Value::Null, StaffState::Active),
        ("staffDeactivate", Value::Null, StaffState::Active),
        ("staffReactivate", Value::Null, StaffState::Deactivated),
    ] {
        desk.put_staff(&id, state).await;
        let options = json!({ "validateOnly": true, "reason": "Because." });
        let admin = desk.admin();
        let act = admin.act_on_staff(mutation, &id, input.clone(), options);
        let (preview, none) = desk.entries_of(Box::pin(act)).await;
        assert_eq!(preview.problems(mutation), [""; 0], "{mutation}");
        assert!(none.is_empty(), "{mutation}");
        let act = admin.act_on_staff(mutation, &id, input, json!({ "reason": "Because." }));
        let (done, entries) = desk.entries_of(Box::pin(act)).await;
        assert_eq!(done.problems(mutation), [""; 0], "{mutation}");
        let [entry] = &entries[..] else { panic!("{mutation} left {} entries", entries.len()) };
        let told: Vec<String> = serde_json::from_str(&entry.changed_fields).expect("names");
        let shown = preview.data(&format!("{mutation}.preview.changes"));
        let shown: Vec<&str> =
            shown.as_array().expect("changes").iter().filter_map(|change| change["field"].as_str()).collect();
        assert_eq!(told, shown, "{mutation}");
        let target = entry.target_type.as_deref().unwrap_or_default();
        lines.push(format!("{} {target} {:?} {}", entry.action, entry.account, told.join(" ")));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    STAFF_CREATE STAFF Some("FR") email language state userName roles accounts link
    STAFF_DUPLICATE STAFF Some("FR") email language state userName roles accounts link
    STAFF_UPDATE STAFF Some("FR") firstName
    STAFF_SET_GRANTS STAFF Some("FR") roles
    STAFF_RESEND_INVITATION STAFF Some("FR") link
    STAFF_SEND_PASSWORD_RESET STAFF Some("FR") link
    STAFF_DEACTIVATE STAFF Some("FR") state
    STAFF_REACTIVATE STAFF Some("FR") state
    "#);
}

#[tokio::test]
async fn staff_are_found_by_what_is_known_of_them() {
    let desk = Desk::open().await;
    for (name, roles, accounts) in [
        ("ada", &["admin"][..], &["*"][..]),
        ("grace", &["support", "finance"], &["FR"]),
        ("hedy", &["support"], &["FR", "DE"]),
    ] {
        desk.add_staff(name, roles, accounts).await;
        desk.hand.advance(Duration::from_secs(1));
    }
    let found = async |filter: Value, search: Value| {
        let document = "query ($where: StaffWhere, $search: String) {
            staff(where: $where, search: $search, orderBy: [{ field: USER_NAME, direction: ASC }]) {
                totalCount nodes { userName }
            }
        }";
        let answer = desk.admin().ask_with(document, json!({ "where": filter, "search": search })).await;
        let nodes = answer.data("staff.nodes").as_array().cloned().unwrap_or_default();
        assert_eq!(answer.data("staff.totalCount"), json!(nodes.len()));
        nodes.iter().filter_map(|node| node["userName"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let all = ["ada", "grace", "hedy"];
    assert_eq!(found(json!({}), Value::Null).await, all);
    assert_eq!(found(json!({ "role": { "eq": "support" } }), Value::Null).await, ["grace", "hedy"]);
    assert_eq!(found(json!({ "role": { "ne": "support" } }), Value::Null).await, ["ada"]);
    assert_eq!(found(json!({ "account": { "eq": "DE" } }), Value::Null).await, ["hedy"]);
    assert_eq!(found(json!({ "account": { "eq": "*" } }), Value::Null).await, ["ada"]);
    assert_eq!(found(json!({ "state": { "eq": "ACTIVE" } }), Value::Null).await, [""; 0]);
    assert_eq!(found(json!({ "userName": { "contains": "ED" } }), Value::Null).await, ["hedy"]);
    assert_eq!(found(json!({ "lastSignInAt": { "isNull": true } }), Value::Null).await, all);
    assert_eq!(found(Value::Null, json!("GRACE staff.example")).await, ["grace"]);
    assert_eq!(found(Value::Null, json!("nobody")).await, [""; 0]);

    let facets = "{ staff { facets(by: [STATE, ROLE, ACCOUNT]) { buckets { key count } } } }";
    let facets = desk.admin().ask(facets).await.data("staff.facets");
    assert_eq!(
        facets,
        json!([
            { "buckets": [
                { "key": "INVITED", "count": 3 }, { "key": "ACTIVE", "count": 0 }, { "key": "DEACTIVATED", "count": 0 },
            ] },
            { "buckets": [
                { "key": "admin", "count": 1 }, { "key": "finance", "count": 1 }, { "key": "support", "count": 2 },
                { "key": null, "count": 0 },
            ] },
            { "buckets": [
                { "key": "*", "count": 1 }, { "key": "DE", "count": 1 }, { "key": "FR", "count": 2 },
                { "key": null, "count": 0 },
            ] },
        ])
    );
}

#[tokio::test]
async fn staff_come_in_every_order_and_in_pages_both_ways() {
    let desk = Desk::open().await;
    // in none of the orders that are asked for, and each order another one
    let people = [
        ("mary", "Astell", "b@staff.example", StaffState::Deactivated),
        ("ada", "Lovelace", "c@staff.example", StaffState::Invited),
        ("joan", "Clarke", "e@staff.example", StaffState::Active),
        ("grace", "Hopper", "a@staff.example", StaffState::Active),
        ("hedy", "Lamarr", "d@staff.example", StaffState::Invited),
    ];
    let mut ids = Vec::new();
    for (name, last, email, state) in people {
        let input = json!({ "userName": name, "email": email, "firstName": name, "lastName": last,
            "roles": [{ "role": "support" }], "accounts": [{ "account": "FR" }] });
        let made = desk.admin().act_on_staff("staffCreate", "", input, Value::Null).await;
        let id = made.text("staffCreate.staffMember.id");
        desk.put_staff(&id, state).await;
        ids.push(id);
        desk.hand.advance(Duration::from_secs(1));
    }
    for id in [&ids[2], &ids[0]] {
        desk.admin().act_on_staff("staffUpdate", id, json!({ "firstName": "Changed" }), Value::Null).await;
        desk.hand.advance(Duration::from_secs(1));
    }
    for (field, order) in [
        ("USER_NAME", ["ada", "grace", "hedy", "joan", "mary"]),
        ("EMAIL", ["grace", "mary", "ada", "hedy", "joan"]),
        ("CREATED_AT", ["mary", "ada", "joan", "grace", "hedy"]),
        ("UPDATED_AT", ["ada", "grace", "hedy", "joan", "mary"]),
    ] {
        assert_eq!(walk(&desk, field, "ASC", true).await, order, "{field}");
        assert_eq!(walk(&desk, field, "ASC", false).await, order, "{field}, from its end");
        let back: Vec<&str> = order.into_iter().rev().collect();
        assert_eq!(walk(&desk, field, "DESC", true).await, back, "{field}");
    }
    // what many have alike keeps an order of its own, the same both ways
    for field in ["STATE", "LAST_SIGN_IN_AT", "NAME"] {
        for direction in ["ASC", "DESC"] {
            let seen = walk(&desk, field, direction, true).await;
            assert_eq!(walk(&desk, field, direction, false).await, seen, "{field} {direction}");
            assert_eq!(
                seen.iter().collect::<std::collections::BTreeSet<_>>().len(),
                5,
                "{field} {direction}"
            );
        }
    }
    let by_state = "{ staff(orderBy: [{ field: STATE, direction: ASC }]) { nodes { state } } }";
    let answer = desk.admin().ask(by_state).await;
    let states = answer.column("staff.nodes", "state");
    assert_eq!(states, ["INVITED", "INVITED", "ACTIVE", "ACTIVE", "DEACTIVATED"]);
}

/// The names of all staff, two at a time: forward, or from the end backward.
async fn walk(desk: &Desk, field: &str, direction: &str, forward: bool) -> Vec<String> {
    let (count, at) = if forward { ("first", "after") } else { ("last", "before") };
    let page = format!(
        "query ($at: String) {{
            staff({count}: 2, {at}: $at, orderBy: [{{ field: {field}, direction: {direction} }}]) {{
                nodes {{ userName }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            }}
        }}"
    );
    let (mut seen, mut at) = (Vec::new(), Value::Null);
    loop {
        let page = desk.admin().ask_with(&page, json!({ "at": at })).await;
        let names = page.column("staff.nodes", "userName");
        let names = names.iter().filter_map(Value::as_str).map(str::to_owned);
        let (more, cursor) = if forward {
            seen.extend(names);
            ("hasNextPage", "endCursor")
        } else {
            seen.splice(0..0, names);
            ("hasPreviousPage", "startCursor")
        };
        if page.data(&format!("staff.pageInfo.{more}")) != true {
            return seen;
        }
        at = page.data(&format!("staff.pageInfo.{cursor}"));
    }
}

#[tokio::test]
async fn a_page_of_staff_takes_as_many_statements_as_one_of_them() {
    let desk = Desk::open().await;
    desk.add_staff("ada", &["support"], &["FR"]).await;
    let document = "{ staff { nodes {
        userName roles { role { key } } accounts { account } effectivePermissions newestLink { sentAt }
        viewerActions { action allowed }
    } } }";
    let (_, alone) = desk.statements_of(desk.admin().ask(document)).await;
    for name in ["grace", "hedy", "joan"] {
        desk.add_staff(name, &["support", "finance"], &["FR", "DE"]).await;
    }
    let (answer, together) = desk.statements_of(desk.admin().ask(document)).await;
    assert_eq!(answer.data("staff.nodes").as_array().map(Vec::len), Some(4));
    assert_eq!(together.len(), alone.len(), "{together:#?}");
}

#[tokio::test]
async fn users_are_no_staff_and_staff_are_no_users() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "firstName": "Ada", "email": "ada@example.com" })).await;
    let member = desk.add_staff("ada", &["support"], &["FR"]).await;
    let admin = desk.admin();
    assert_eq!(admin.ask("{ users { totalCount } }").await.data("users.totalCount"), 1);
    assert_eq!(admin.ask("{ staff { totalCount } }").await.data("staff.totalCount"), 1);
    let by = |id: &str| json!({ "by": { "id": id } });
    let one = "query ($by: StaffBy!) { staffMember(by: $by) { id } }";
    assert_eq!(admin.ask_with(one, by(&user)).await.data("staffMember"), Value::Null);
    let one = "query ($by: UserBy!) { user(by: $by) { id } }";
    assert_eq!(admin.ask_with(one, by(&member)).await.data("user"), Value::Null);
}

#[tokio::test]
async fn the_same_key_invites_once() {
    let desk = Desk::open().await;
    let options = json!({ "idempotencyKey": "019ca945-0a00-7000-8000-000000000003" });
    let input = new_staff("ada", &["support"], &["FR"]);
    let first = desk.admin().act_on_staff("staffCreate", "", input.clone(), options.clone()).await;
    let again = desk.admin().act_on_staff("staffCreate", "", input, options.clone()).await;
    assert_eq!(first.problems("staffCreate"), [""; 0], "{}", first.body);
    assert_eq!(first.data("staffCreate"), again.data("staffCreate"));
    assert_eq!(desk.admin().sees_staff().await, ["ada"]);
    let other = new_staff("grace", &["support"], &["FR"]);
    let other = desk.admin().act_on_staff("staffCreate", "", other, options).await;
    assert_eq!(other.problems("staffCreate"), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
}

#[tokio::test]
async fn a_former_version_is_refused_with_what_changed_since() {
    let desk = Desk::open().await;
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    desk.admin().act_on_staff("staffUpdate", &id, json!({ "firstName": "Ada" }), Value::Null).await;
    let late = json!({ "roles": [{ "role": "finance" }] });
    let late = desk.admin().act_on_staff("staffSetGrants", &id, late, json!({ "ifVersion": 1 })).await;
    assert_eq!(late.problems("staffSetGrants"), ["VERSION_CONFLICT options.ifVersion"]);
    assert_eq!(desk.admin().grants_of(&id).await.0, ["support"]);
}

/// The link that a letter brings. Accents have long lines broken, each break marked by a sign of equality (RFC 2045, 6.7).
fn link_in(text: &str) -> Option<String> {
    let whole = text.replace('\r', "").replace("=\n", "");
    whole.lines().map(str::trim).find(|line| line.starts_with("http")).map(str::to_owned)
}

#[tokio::test]
async fn the_invited_get_a_letter_in_their_language_with_a_link_that_is_kept_nowhere() {
    let (desk, server) = (Desk::open().await, MailServer::start().await);
    let postman = desk.services.postman(Some(smtp(&server)));
    let mut input = new_staff("ada", &["support"], &["FR"]);
    input["language"] = json!("fr-CA");
    let invited = desk.admin().act_on_staff("staffCreate", "", input, Value::Null).await;
    let id = invited.text("staffCreate.staffMember.id");
    // a preview and a refusal write to nobody
    let preview = json!({ "validateOnly": true });
    desk.admin().act_on_staff("staffResendInvitation", &id, Value::Null, preview).await;
    desk.read_only().act_on_staff("staffResendInvitation", &id, Value::Null, Value::Null).await;
    postman.send_due(&never()).await;
    let [letter] = &server.letters()[..] else { panic!("{} letters", server.letters().len()) };
    assert_eq!(letter.to, ["ada@staff.example"]);
    assert!(letter.text.contains("A person who is admin"), "who invited: {}", letter.text);
    let link = link_in(&letter.text).expect("a link");
    let (page, secret) = link.split_once('#').expect("a secret that browsers keep to themselves");
    assert_eq!((page, secret.len()), ("http://localhost:8080/staff/invitation", 43));
    assert!(!invited.raw.contains(secret) && !desk.trail().await.raw.contains(secret));
    let token =
        sent_token::Entity::find().one(&desk.side_door().await).await.expect("a table").expect("a token");
    assert!(secret.starts_with(&token.prefix) && token.prefix.len() == 4);
}

#[tokio::test]
async fn a_letter_whose_link_was_replaced_is_not_sent_any_more() {
    let (desk, server) = (Desk::open().await, MailServer::start().await);
    let postman = desk.services.postman(Some(smtp(&server)));
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    desk.admin().act_on_staff("staffResendInvitation", &id, Value::Null, Value::Null).await;
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
    let left = desk.add_staff("grace", &["support"], &["FR"]).await;
    desk.admin().act_on_staff("staffDeactivate", &left, Value::Null, Value::Null).await;
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 1, "who was deactivated is not invited");
}

#[tokio::test]
async fn active_members_of_support_are_told_of_incidents() {
    let (desk, mut server) = (Desk::open().await, MailServer::start().await);
    let postman = desk.services.postman(Some(smtp(&server)));
    desk.add_active_staff("grace", &["support"], &["FR"]).await;
    desk.add_active_staff("mary", &["finance"], &["FR"]).await;
    server.go_down().await;
    desk.add_staff("hedy", &["support"], &["FR"]).await;
    for minutes in [0, 14, 15] {
        desk.hand.advance(Duration::from_mins(minutes));
        postman.send_due(&never()).await;
        postman.watch().await;
    }
    server.come_up().await;
    desk.hand.advance(Duration::from_hours(2));
    postman.send_due(&never()).await;
    let about_mail = |letter: &&Received| letter.header("Subject").contains("no mail could be sent");
    let told: Vec<Received> = server.letters().iter().filter(about_mail).cloned().collect();
    let to: Vec<&str> = told.iter().flat_map(|letter| letter.to.iter().map(String::as_str)).collect();
    assert_eq!(to, ["grace@staff.example"]);
}
