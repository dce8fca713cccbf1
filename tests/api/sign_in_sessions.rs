//! Sessions: how they go on and how they end, here and on other instances.

use std::time::Duration;

use backdesk::{
    config::{Http, Rates},
    http,
};
use backdesk_entity::access_change;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

use crate::support::{
    Desk, fifty, is_postgres,
    sign_in::{Member, PASSWORD, inside},
    uuid,
};

const USERS: &str = "{ users { totalCount } }";

#[tokio::test]
async fn a_session_goes_on_by_tokens_that_are_good_once() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let first = desk.sign_in(&ada).await;
    desk.hand.advance(Duration::from_mins(9));
    let second = inside(
        &desk.stranger(),
        &desk.stranger().refresh(&first.refresh).await.data("refreshSession.session"),
    );
    assert_eq!(second.session, first.session);
    assert_ne!((&second.refresh, &second.person.token), (&first.refresh, &first.person.token));
    desk.hand.advance(Duration::from_mins(2));
    assert_eq!(first.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"), "ten minutes are over");
    assert_eq!(second.person.ask(USERS).await.code(), None);

    // somebody has the first one who should not: nobody has a session any more
    let stolen = desk.stranger().refresh(&first.refresh).await;
    assert_eq!(stolen.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);
    assert_eq!(second.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
    let after = desk.stranger().refresh(&second.refresh).await;
    assert_eq!(after.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);
    let letters = desk.letters().await;
    assert_eq!(letters.len(), 1, "the owner is told");
    assert_eq!(letters[0].to, ["ada@staff.example"]);
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.nodes.0.action"), "SESSION_END_STOLEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_uses_of_one_refresh_token_one_counts_and_the_session_ends() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    let answers = fifty(|_| {
        let (stranger, refresh) = (desk.stranger(), session.refresh.clone());
        async move { stranger.refresh(&refresh).await }
    })
    .await;
    let continued = answers.iter().filter(|answer| answer.problems("refreshSession").is_empty()).count();
    assert_eq!(continued, 1);
    assert!(answers.iter().all(|answer| answer.status.is_success()));
    let (trail, open) = (desk.trail().await, "{ staff { nodes { sessions { id } } } }");
    let ended = trail.column("auditEvents.nodes", "action");
    assert_eq!(ended.iter().filter(|action| **action == "SESSION_END_STOLEN").count(), 1);
    let sessions = desk.admin().ask(open).await.data("staff.nodes.0.sessions");
    assert!(sessions.as_array().unwrap().iter().all(|open| open["id"] != json!(session.session)));
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_in_any_case_in_the_evening() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    desk.hand.advance(Duration::from_mins(30));
    let idle = desk.stranger().refresh(&session.refresh).await;
    assert_eq!(idle.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);

    let admin = desk.add_member("grace", &["admin"], &["*"]).await;
    for (member, hours) in [(&ada, 12), (&admin, 8)] {
        let mut session = desk.sign_in(member).await;
        let mut quarters = 0;
        loop {
            desk.hand.advance(Duration::from_mins(15));
            let next = desk.stranger().refresh(&session.refresh).await.data("refreshSession.session");
            if next == Value::Null {
                break;
            }
            quarters += 1;
            session = inside(&desk.stranger(), &next);
        }
        assert_eq!(quarters, hours * 4 - 1, "{}", member.name);
    }
}

/// Every way that access ends: the next request with a token that is good by itself is refused, here at once, and elsewhere
/// within a second.
#[tokio::test]
async fn access_that_ends_ends_at_once_here_and_within_a_second_elsewhere() {
    let desk = Desk::open().await;
    desk.add_active_staff("boss", &["admin"], &["*"]).await;
    let another = desk.another().await;
    let elsewhere = another.stranger();
    for way in ["deactivate", "grants", "reset", "sign out", "end sessions", "session end"] {
        let name = way.replace(' ', "-");
        let member = desk.add_member(&name, &["support", "finance"], &["FR"]).await;
        let here = desk.sign_in(&member).await;
        let there = crate::support::Person { token: here.person.token.clone(), ..elsewhere.clone() };
        assert_eq!(there.ask(USERS).await.code(), None, "{way}: as of now");
        end_access(&desk, &member, &here, way).await;
        assert_eq!(here.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"), "{way}: here");
        desk.hand.advance(Duration::from_secs(1));
        let refused = there.ask(USERS).await;
        assert_eq!(refused.code(), Some("UNAUTHENTICATED"), "{way}: elsewhere");
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("session_ended"), "{challenge}");
        let next = elsewhere.refresh(&here.refresh).await;
        match way {
            // they hold less, and go on
            "grants" => {
                let less = inside(&elsewhere, &next.data("refreshSession.session"));
                let viewer = less.person.ask("{ viewer { roles } }").await;
                assert_eq!(viewer.data("viewer.roles"), json!(["SUPPORT"]));
            }
            _ => assert_eq!(next.problems("refreshSession"), ["SESSION_ENDED refreshToken"], "{way}"),
        }
    }
}

async fn end_access(desk: &Desk, member: &Member, here: &crate::support::sign_in::Inside, way: &str) {
    let (admin, id) = (desk.admin(), &member.id);
    let ended = match way {
        "deactivate" => admin.act_on_staff("staffDeactivate", id, Value::Null, Value::Null).await,
        "end sessions" => admin.act_on_staff("staffEndSessions", id, Value::Null, Value::Null).await,
        "grants" => {
            let less = json!({ "roles": [{ "role": "support" }] });
            admin.act_on_staff("staffSetGrants", id, less, Value::Null).await
        }
        "reset" => {
            admin.act_on_staff("staffSendPasswordReset", id, Value::Null, Value::Null).await;
            let letters = desk.letters().await;
            let link =
                letters.iter().rev().find_map(|letter| crate::support::sign_in::secret_in(&letter.text));
            desk.stranger().use_link("resetPassword", &link.unwrap(), "basalt otter cello").await
        }
        "sign out" => here.person.ask("mutation { signOut { ended } }").await,
        _ => {
            let document = "mutation ($id: ID!) { sessionEnd(id: $id) { ended } }";
            here.person.ask_with(document, json!({ "id": here.session })).await
        }
    };
    assert_eq!(ended.code(), None, "{way}: {}", ended.body);
}

#[tokio::test]
async fn what_was_granted_until_a_time_ends_with_its_token() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let until = desk.clock.now() + chrono::TimeDelta::minutes(5);
    let more = json!({ "roles": [{ "role": "support" }, { "role": "finance", "until": until }] });
    desk.admin().act_on_staff("staffSetGrants", &ada.id, more, Value::Null).await;
    let session = desk.sign_in(&ada).await;
    let viewer = "{ viewer { roles tokenExpiresAt } }";
    let now = session.person.ask(viewer).await;
    assert_eq!(now.data("viewer.roles"), json!(["FINANCE", "SUPPORT"]));
    assert_eq!(
        now.data("viewer.tokenExpiresAt"),
        json!(until.to_rfc3339()),
        "no token outlives what it says"
    );
    desk.hand.advance(Duration::from_mins(6));
    let next = desk.stranger().refresh(&session.refresh).await.data("refreshSession.session");
    let later = inside(&desk.stranger(), &next).person.ask(viewer).await;
    assert_eq!(later.data("viewer.roles"), json!(["SUPPORT"]));
}

#[tokio::test]
async fn somebody_has_fifty_sessions_at_most() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let first = desk.sign_in(&ada).await;
    let mut last = first.clone();
    for _ in 0..50 {
        last = desk.sign_in(&ada).await;
    }
    let ended = desk.stranger().refresh(&first.refresh).await;
    assert_eq!(ended.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);
    let sessions = last.person.ask("{ viewer { sessions { id } } }").await;
    let sessions = sessions.data("viewer.sessions");
    assert_eq!(sessions.as_array().map(Vec::len), Some(50));
    let trail = desk.trail().await;
    let told = trail.data("auditEvents.nodes.0.changes");
    assert_eq!(
        (&told[1]["field"], &told[1]["after"]),
        (&json!("sessions"), &json!([first.session])),
        "{told}"
    );
}

#[tokio::test]
async fn who_becomes_an_administrator_has_the_session_of_one() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["*"]).await;
    let mut session = desk.sign_in(&ada).await;
    let more = json!({ "roles": [{ "role": "admin" }] });
    desk.admin().act_on_staff("staffSetGrants", &ada.id, more, Value::Null).await;
    let mut quarters = 0;
    loop {
        desk.hand.advance(Duration::from_mins(15));
        let next = desk.stranger().refresh(&session.refresh).await.data("refreshSession.session");
        if next == Value::Null {
            break;
        }
        quarters += 1;
        session = inside(&desk.stranger(), &next);
    }
    assert_eq!(quarters, 8 * 4 - 1);
}

#[tokio::test]
async fn a_token_of_a_session_ends_to_the_second() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    desk.hand.advance(Duration::from_secs(599));
    assert_eq!(session.person.ask(USERS).await.code(), None);
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(session.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_and_nobody_else_s() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let grace = desk.add_member("grace", &["support"], &["FR"]).await;
    let (one, two, hers) = (desk.sign_in(&ada).await, desk.sign_in(&ada).await, desk.sign_in(&grace).await);
    let seen = one.person.ask("{ viewer { sessions { id isCurrent } } }").await;
    let current: Vec<bool> =
        seen.column("viewer.sessions", "isCurrent").iter().filter_map(Value::as_bool).collect();
    assert_eq!(
        current,
        [false, true, false],
        "the newest first; the first one is of when the app was set up"
    );
    let end = "mutation ($id: ID!) { sessionEnd(id: $id) { ended } }";
    let other = one.person.ask_with(end, json!({ "id": hers.session })).await;
    assert_eq!(other.code(), Some("NOT_FOUND"));
    assert_eq!(hers.person.ask(USERS).await.code(), None);
    let rest = one.person.ask("mutation { sessionEndOthers { ended } }").await;
    assert_eq!(rest.data("sessionEndOthers.ended"), 2);
    let trail = desk.trail().await;
    let told = trail.data("auditEvents.nodes.0.changes.0");
    assert_eq!(told["field"], "sessions");
    let ended = told["after"].as_array().expect("ids");
    assert!(ended.len() == 2 && ended.contains(&json!(two.session)), "{told}");
    assert_eq!(two.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
    assert_eq!(one.person.ask(USERS).await.code(), None);
    // tokens of programs have no sessions
    let token = desk.admin().ask("{ viewer { sessions { id } } }").await;
    assert_eq!(token.data("viewer.sessions"), json!([]));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_other_sessions() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let (here, there) = (desk.sign_in(&ada).await, desk.sign_in(&ada).await);
    let document = "mutation ($input: PasswordChangeInput!) {
        passwordChange(input: $input) { done errors { code field } }
    }";
    let change = async |current: &str, new: &str| {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let answer = here.person.ask_with(document, json!({ "input": input })).await;
        (answer.data("passwordChange.done"), answer.problems("passwordChange"))
    };
    let wrong = change("wrong", "basalt otter cello").await;
    assert_eq!(wrong, (json!(false), vec!["SIGN_IN_FAILED input.currentPassword".to_owned()]));
    let soon = change(PASSWORD, "basalt otter cello").await;
    assert_eq!(soon.1, ["SIGN_IN_FAILED input.currentPassword"], "guessing is slow here as well");
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(change(PASSWORD, "short").await.1, ["INVALID input.newPassword"]);
    assert_eq!(change(PASSWORD, "basalt otter cello").await.0, true);
    assert_eq!(there.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
    let gone = desk.stranger().refresh(&there.refresh).await;
    assert_eq!(gone.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);
    let next = desk.stranger().refresh(&here.refresh).await;
    assert_eq!(next.problems("refreshSession"), [""; 0], "the one that it was changed in goes on");
}

#[tokio::test]
async fn while_somebody_reads_often_enough_no_request_asks_whose_access_ended() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    desk.services.watch_access().await;
    let (_, statements) = desk.statements_of(session.person.ask(USERS)).await;
    assert!(!statements.iter().any(|sql| sql.contains("access_changes")), "{statements:?}");
    desk.hand.advance(Duration::from_secs(1));
    let (_, statements) = desk.statements_of(session.person.ask(USERS)).await;
    let asked = statements.iter().filter(|sql| sql.contains("access_changes")).count();
    assert_eq!(asked, 1, "nobody reads: the request asks for itself");
}

/// Rows become visible in another order than they are dated: a transaction that takes long shows its row late.
#[tokio::test]
async fn an_end_that_shows_late_is_found_all_the_same() {
    let desk = Desk::open().await;
    let other = desk.another().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let here = desk.sign_in(&ada).await;
    let there = crate::support::Person { token: here.person.token.clone(), ..other.stranger() };
    other.services.watch_access().await;
    let dated = desk.clock.now();
    desk.hand.advance(Duration::from_secs(90));
    other.services.watch_access().await;
    assert_eq!(there.ask(USERS).await.code(), None);
    let late = access_change::ActiveModel {
        id: Set(desk.clock.new_id()),
        at: Set(dated),
        staff_id: Set(None),
        rights_version: Set(None),
        session_id: Set(Some(uuid(&here.session))),
    };
    access_change::Entity::insert(late).exec_without_returning(&desk.side_door().await).await.unwrap();
    other.services.watch_access().await;
    assert_eq!(there.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
}

#[tokio::test]
async fn postgresql_tells_other_instances_at_once() {
    if !is_postgres() {
        return;
    }
    let desk = Desk::open().await;
    let other = desk.another().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let told = tokio::spawn({
        let services = other.services.clone();
        async move {
            tokio::select! {
                () = services.listen_for_ended_access() => panic!("it listens on"),
                () = services.access_changed() => {}
            }
        }
    });
    // as soon as it listens, the next end is heard
    while !told.is_finished() {
        let session = desk.sign_in(&ada).await;
        let ended = session.person.ask("mutation { signOut { ended } }").await;
        assert_eq!(ended.data("signOut.ended"), json!(true));
        desk.hand.advance(Duration::from_mins(1));
    }
    told.await.expect("it was told");
}

#[tokio::test]
async fn an_answer_that_cannot_be_had_ends_nobody_s_session() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    // the address may try no more for now; who is in is not concerned
    let setup = Http { rates: Rates { sign_ins: 1, ..Rates::default() }, ..Http::default() };
    let router = http::router(desk.services.clone(), &setup);
    let stranger = crate::support::Person { token: None, ..session.person.clone() }.at(router.clone());
    assert_eq!(stranger.sign_in("ada", "wrong").await.status, 200);
    let limited = stranger.sign_in("ada", "wrong").await;
    assert_eq!((limited.status.as_u16(), limited.code()), (429, Some("RATE_LIMITED")));
    assert!(limited.headers.contains_key("retry-after"));
    assert_eq!(session.person.clone().at(router).ask(USERS).await.code(), None);
    assert_eq!(stranger.refresh(&session.refresh).await.problems("refreshSession"), [""; 0]);
}
