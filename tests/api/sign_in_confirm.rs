//! Showing again who one is, in a session that goes on: before acts that hand on access.

use std::time::Duration;

use backdesk::{
    auth::{
        caller::{NoPermit, Origin},
        policy::Action,
        token::Claims,
    },
    config::{Http, Lifetimes, Rates},
    http,
    place::Places,
    service::{
        error::{ApiError, Outcome},
        sign_in::SecondFactorGiven,
    },
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person, fifty,
    sign_in::{Inside, Member, PASSWORD, inside},
};

impl Person {
    /// Shows again who they are: by the password, and `code` or `recoveryCode` if they give one.
    async fn show_again(&self, password: &str, factor: Option<(&str, &str)>) -> Answer {
        let document = "mutation ($input: SessionConfirmInput!) { sessionConfirm(input: $input) {
            session { accessToken expiresAt refreshToken sessionId sessionExpiresAt } recoveryCodes
            errors { code field message }
        } }";
        let mut input = json!({ "password": password });
        if let Some((kind, code)) = factor {
            input[kind] = json!(code);
        }
        self.ask_with(document, json!({ "input": input })).await
    }
}

impl Desk {
    /// An administrator who signed in eleven minutes ago, and whose session went on.
    async fn long_in(&self) -> (Member, Inside) {
        let ada = self.add_member("ada", &["admin"], &["*"]).await;
        let here = self.gone_on(&self.sign_in(&ada).await).await;
        (ada, here)
    }

    /// The same person with the token of another answer.
    fn bearer_of(&self, answer: &Answer) -> Person {
        let token = answer.text("sessionConfirm.session.accessToken");
        Person { token: Some(token), ..self.stranger() }
    }
}

/// Whether somebody is let to invite somebody: the code of what stops them.
async fn invites(person: &Person, name: &str) -> Option<String> {
    let answer = person.invite(name, &["support"], &["FR"]).await;
    assert!(answer.code().is_some() || answer.problems("staffCreate").is_empty(), "{}", answer.body);
    answer.code().map(str::to_owned)
}

#[tokio::test]
async fn who_showed_ten_minutes_ago_who_they_are_is_asked_again() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["admin"], &["*"]).await;
    let first = desk.sign_in(&ada).await;
    desk.hand.advance(Duration::from_mins(9));
    let next = desk.stranger().refresh(&first.refresh).await.data("refreshSession.session");
    let here = inside(&desk.stranger(), &next);
    desk.hand.advance(Duration::from_secs(59));
    assert_eq!(invites(&here.person, "grace").await, None, "nine minutes and 59 seconds");
    desk.hand.advance(Duration::from_secs(1));
    let (asked, entries) = desk.entries_of(here.person.invite("hedy", &["support"], &["FR"])).await;
    assert_eq!(asked.code(), Some("STEP_UP_REQUIRED"));
    assert_eq!(asked.body["errors"][0]["extensions"]["maxAge"], 600);
    assert_eq!((&asked.body["data"]["staffCreate"], asked.status.as_u16()), (&Value::Null, 200));
    let told: Vec<_> = entries.iter().map(|entry| entry.refusal.as_deref()).collect();
    assert_eq!(told, [Some("STEP_UP_REQUIRED")], "whoever has a token that is not theirs tries just this");
    assert_eq!(here.person.ask("{ users { totalCount } staff { totalCount } }").await.code(), None);
    // to end somebody's access waits for nothing
    let grace = desk.add_active_staff("joan", &["support"], &["FR"]).await;
    for act in ["staffEndSessions", "staffDeactivate"] {
        let ended = here.person.act_on_staff(act, &grace, Value::Null, Value::Null).await;
        assert_eq!((ended.code(), ended.problems(act)), (None, vec![]), "{act}");
    }
}

#[tokio::test]
async fn who_shows_again_who_they_are_goes_on_for_ten_minutes() {
    let desk = Desk::open().await;
    let (ada, here) = desk.long_in().await;
    assert_eq!(invites(&here.person, "grace").await.as_deref(), Some("STEP_UP_REQUIRED"));
    let code = desk.code(&ada.secret);
    let (answer, entries) = desk.entries_of(here.person.show_again(PASSWORD, Some(("code", &code)))).await;
    let session = answer.data("sessionConfirm.session");
    assert_eq!((&session["sessionId"], &session["refreshToken"]), (&json!(here.session), &Value::Null));
    assert_eq!(answer.data("sessionConfirm.recoveryCodes"), json!([]));
    let told: Vec<_> =
        entries.iter().map(|entry| (entry.action.as_str(), entry.actor_subject.as_str())).collect();
    assert_eq!(told, [("SESSION_CONFIRM", ada.id.as_str())]);
    let confirmed = desk.bearer_of(&answer);
    assert_eq!(invites(&confirmed, "grace").await, None);
    assert_eq!(invites(&here.person, "hedy").await.as_deref(), Some("STEP_UP_REQUIRED"), "the former token");

    // the refresh token was not used up; whoever stole it showed nothing
    let next = desk.stranger().refresh(&here.refresh).await.data("refreshSession.session");
    let next = inside(&desk.stranger(), &next).person;
    assert_eq!(invites(&next, "hedy").await.as_deref(), Some("STEP_UP_REQUIRED"));
    desk.hand.advance(Duration::from_secs(599));
    assert_eq!(invites(&confirmed, "hedy").await, None);
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(
        confirmed.ask("{ viewer { name } }").await.code(),
        Some("UNAUTHENTICATED"),
        "it is no longer good at all"
    );
}

#[tokio::test]
async fn how_long_it_holds_is_configured() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["admin"], &["*"]).await;
    let lifetimes = Lifetimes { confirmation: Duration::from_mins(1), ..Lifetimes::default() };
    let router = http::router(desk.services.entered_by(lifetimes, Places::none()), &Http::default());
    let here = desk.sign_in(&ada).await.person.at(router);
    desk.hand.advance(Duration::from_secs(59));
    assert_eq!(invites(&here, "grace").await, None);
    desk.hand.advance(Duration::from_secs(1));
    let asked = here.invite("hedy", &["support"], &["FR"]).await;
    assert_eq!(asked.body["errors"][0]["extensions"]["maxAge"], 60);
}

#[tokio::test]
async fn buttons_say_that_they_ask_who_one_is() {
    let desk = Desk::open().await;
    let (ada, here) = desk.long_in().await;
    let grace = desk.add_active_staff("grace", &["support"], &["FR"]).await;
    let document = "query ($by: StaffBy!) { staffMember(by: $by) {
        viewerActions { action allowed requiresStepUp }
    } }";
    let asking = async |person: &Person| {
        let answer = person.ask_with(document, json!({ "by": { "id": grace } })).await;
        let actions = answer.data("staffMember.viewerActions");
        let actions = actions.as_array().expect("actions").clone();
        let asks = actions.iter().filter(|action| action["requiresStepUp"] == true);
        asks.map(|action| action["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        asking(&here.person).await,
        [
            "staffDuplicate",
            "staffUpdate",
            "staffSetGrants",
            "staffResendInvitation",
            "staffSendPasswordReset",
            "staffReactivate",
            "staffResetSecondFactor"
        ]
    );
    let code = desk.code(&ada.secret);
    let confirmed = desk.bearer_of(&here.person.show_again(PASSWORD, Some(("code", &code))).await);
    assert_eq!(asking(&confirmed).await, [""; 0]);
    assert_eq!(asking(&desk.admin()).await, [""; 0]);
    // who may not act is told that, and nothing else
    let joan = desk.add_member("joan", &["read-only"], &["*"]).await;
    let hers = desk.gone_on(&desk.sign_in(&joan).await).await;
    assert_eq!(asking(&hers.person).await, [""; 0]);
}

#[tokio::test]
async fn it_takes_the_password_and_the_second_factor_and_guessing_is_slow() {
    let desk = Desk::open().await;
    let (ada, here) = desk.long_in().await;
    let wrong = ["SIGN_IN_FAILED input"];
    let right = desk.code(&ada.secret);
    let confirm = async |password: &str, factor: Option<(&str, &str)>| {
        desk.hand.advance(Duration::from_secs(4));
        here.person.show_again(password, factor).await.problems("sessionConfirm")
    };
    let entries = desk.entries().await.len();
    assert_eq!(confirm(PASSWORD, None).await, ["REQUIRED input.code"]);
    assert_eq!(confirm("a wrong otter", Some(("code", &right))).await, wrong);
    let soon = here.person.show_again(PASSWORD, Some(("code", &right))).await;
    assert_eq!(soon.problems("sessionConfirm"), wrong, "too soon");
    desk.hand.advance(Duration::from_secs(10));
    assert_eq!(confirm(PASSWORD, Some(("code", "000000"))).await, wrong);
    assert_eq!(confirm(PASSWORD, Some(("recoveryCode", "AAAAA-AAAAA"))).await, wrong);
    assert_eq!(desk.entries().await.len(), entries, "tries have rows of their own");
    assert_eq!(invites(&here.person, "grace").await.as_deref(), Some("STEP_UP_REQUIRED"));
    desk.hand.advance(Duration::from_mins(1));
    let right = desk.code(&ada.secret);
    assert_eq!(confirm(PASSWORD, Some(("code", &right))).await, [""; 0]);
    assert_eq!(confirm(PASSWORD, Some(("code", &right))).await, wrong, "a code is good once");
    desk.hand.advance(Duration::from_secs(10));
    let recovery = Some(("recoveryCode", ada.recovery_codes[3].as_str()));
    let (confirmed, entries) = desk.entries_of(confirm(PASSWORD, recovery)).await;
    assert_eq!((confirmed, entries.len()), (vec![], 1));
    assert_eq!(entries[0].changed_fields, r#"["session","recoveryCode"]"#);
    assert_eq!(confirm(PASSWORD, recovery).await, wrong, "so is a recovery code");
    let both = here.person.ask_with(
        "mutation ($input: SessionConfirmInput!) { sessionConfirm(input: $input) { errors { code field } } }",
        json!({ "input": { "password": PASSWORD, "code": right, "recoveryCode": ada.recovery_codes[4] } }),
    );
    assert_eq!(both.await.problems("sessionConfirm"), ["REQUIRED input.code"]);

    let tries = "query ($by: StaffBy!) { staffMember(by: $by) { signIns { result } } }";
    let tries = desk.admin().ask_with(tries, json!({ "by": { "id": ada.id } })).await;
    let seen = tries.column("staffMember.signIns", "result");
    for result in ["PASSWORD_WRONG", "TOO_SOON", "CODE_WRONG"] {
        assert!(seen.contains(&json!(result)), "{result}: {seen:?}");
    }
}

#[tokio::test]
async fn where_no_second_factor_is_asked_for_the_password_is_enough() {
    let desk = Desk::open().await;
    desk.admin().update_policy(json!({ "staffSecondFactor": false }), Value::Null).await;
    desk.add_staff("ada", &["admin"], &["*"]).await;
    let link = desk.link().await;
    let accepted = desk.stranger().use_link("acceptInvitation", &link, PASSWORD).await;
    let first = inside(&desk.stranger(), &accepted.data("acceptInvitation.session"));
    let here = desk.gone_on(&first).await;
    assert_eq!(invites(&here.person, "grace").await.as_deref(), Some("STEP_UP_REQUIRED"));
    let wrong = here.person.show_again("a wrong otter", None).await;
    assert_eq!(wrong.problems("sessionConfirm"), ["SIGN_IN_FAILED input"]);
    desk.hand.advance(Duration::from_secs(4));
    let confirmed = desk.bearer_of(&here.person.show_again(PASSWORD, None).await);
    assert_eq!(invites(&confirmed, "grace").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_confirm_by_one_code_one_does() {
    let desk = Desk::open().await;
    let (ada, here) = desk.long_in().await;
    let code = ada.recovery_codes[0].clone();
    let answers = fifty(|_| {
        let (person, code) = (here.person.clone(), code.clone());
        async move { person.show_again(PASSWORD, Some(("recoveryCode", &code))).await }
    })
    .await;
    assert!(answers.iter().all(|answer| answer.status.is_success()));
    let confirmed = answers.iter().filter(|answer| answer.data("sessionConfirm.session") != Value::Null);
    assert_eq!(confirmed.count(), 1);
    let trail = desk.trail().await;
    let acts = trail.column("auditEvents.nodes", "action");
    assert_eq!(acts.iter().filter(|act| **act == "SESSION_CONFIRM").count(), 1);
}

/// Whose access ended behind the door gets no token and leaves no entry; who only holds less, goes on with less.
#[tokio::test]
async fn what_ended_meanwhile_is_not_confirmed() {
    let desk = Desk::open().await;
    desk.add_active_staff("boss", &["admin"], &["*"]).await;
    for way in ["staffEndSessions", "staffSetGrants", "staffDeactivate", "staffResetSecondFactor"] {
        let name = way.to_lowercase();
        let ada = desk.add_member(&name, &["support", "finance"], &["FR"]).await;
        let here = desk.sign_in(&ada).await;
        let claims = desk.services.tokens().verify(here.person.token.as_deref().unwrap()).unwrap();
        let caller = desk.services.caller(&claims, Origin::default()).await.unwrap();
        let less = match way {
            "staffSetGrants" => json!({ "roles": [{ "role": "support" }] }),
            _ => Value::Null,
        };
        let ended = desk.admin().act_on_staff(way, &ada.id, less, Value::Null).await;
        assert_eq!(ended.problems(way), [""; 0]);
        let code = SecondFactorGiven::RecoveryCode(ada.recovery_codes[0].clone().into());
        let confirm = desk.services.confirm_session(&caller, PASSWORD, Some(&code));
        let (late, entries) = Box::pin(desk.entries_of(confirm)).await;
        if way == "staffSetGrants" {
            assert!(matches!(late, Ok(Outcome::Done(_))), "{late:?}");
        } else {
            assert!(matches!(late, Err(ApiError::Unauthenticated)), "{way}: {late:?}");
            assert_eq!(entries, [], "{way}");
        }
    }
}

/// An administrator's session ends after eight hours, also that of somebody who was none when it began.
#[tokio::test]
async fn a_session_that_is_too_old_for_an_administrator_is_not_confirmed() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["*"]).await;
    let mut here = desk.sign_in(&ada).await;
    for _ in 0..35 {
        desk.hand.advance(Duration::from_mins(15));
        let next = desk.stranger().refresh(&here.refresh).await.data("refreshSession.session");
        here = inside(&desk.stranger(), &next);
    }
    let more = json!({ "roles": [{ "role": "support" }, { "role": "admin" }] });
    desk.admin().act_on_staff("staffSetGrants", &ada.id, more, Value::Null).await;
    let recovery = Some(("recoveryCode", ada.recovery_codes[0].as_str()));
    let (late, entries) = desk.entries_of(here.person.show_again(PASSWORD, recovery)).await;
    assert_eq!((late.code(), entries.len()), (Some("UNAUTHENTICATED"), 0), "{}", late.body);
    desk.hand.advance(Duration::from_mins(1));
    let named = desk.stranger().sign_in("ada", PASSWORD).await;
    let challenge = named.text("signIn.challenge.token");
    let anew = desk.stranger().verify(&challenge, "recoveryCode", &ada.recovery_codes[0]).await;
    assert_eq!(anew.problems("verifySecondFactor"), [""; 0], "the code was not used up");
}

#[tokio::test]
async fn a_confirmation_is_of_one_session_and_one_address_tries_so_often() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["admin"], &["*"]).await;
    let (one, other) = (desk.sign_in(&ada).await, desk.sign_in(&ada).await);
    let here = desk.gone_on(&one).await.person;
    let next = desk.stranger().refresh(&other.refresh).await.data("refreshSession.session");
    let there = inside(&desk.stranger(), &next).person;
    let code = desk.code(&ada.secret);
    let confirmed = desk.bearer_of(&here.show_again(PASSWORD, Some(("code", &code))).await);
    assert_eq!(invites(&confirmed, "grace").await, None);
    assert_eq!(invites(&there, "hedy").await.as_deref(), Some("STEP_UP_REQUIRED"));

    let setup = Http { rates: Rates { sign_ins: 2, ..Rates::default() }, ..Http::default() };
    let router = http::router(desk.services.clone(), &setup);
    let one = "sessionConfirm(input: { password: \"otter\" }) { errors { code } }";
    let three = format!("mutation {{ a: {one} b: {one} c: {one} }}");
    let limited = confirmed.clone().at(router.clone()).ask(&three).await;
    assert_eq!((limited.status.as_u16(), limited.code()), (429, Some("RATE_LIMITED")));
    assert_eq!(confirmed.at(router).ask("{ viewer { name } }").await.code(), None);
}

#[tokio::test]
async fn nobody_confirms_without_a_session() {
    let desk = Desk::open().await;
    let stranger = desk.stranger().show_again(PASSWORD, None).await;
    assert_eq!((stranger.status.as_u16(), stranger.code()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(desk.person(&[]).show_again(PASSWORD, None).await.code(), Some("FORBIDDEN"));
    // a program that was given a token cannot show who it is: nothing asks it
    assert_eq!(desk.admin().show_again(PASSWORD, None).await.problems("sessionConfirm"), ["NOT_FOUND "]);
    assert_eq!(invites(&desk.admin(), "grace").await, None);
    // a token of a former version does not say when its bearer showed who they are
    let (_, here) = desk.long_in().await;
    let claims = desk.services.tokens().verify(here.person.token.as_deref().unwrap()).unwrap();
    assert_eq!(claims.auth_time, Some(desk.clock.now().timestamp() - 11 * 60));
    let fresh = Claims { auth_time: Some(desk.clock.now().timestamp()), ..Claims::clone(&claims) };
    for (claims, asks) in [(Claims { auth_time: None, ..fresh.clone() }, true), (fresh, false)] {
        let caller = desk.services.caller(&claims, Origin::default()).await.unwrap();
        assert_eq!(matches!(caller.permit(Action::StaffCreate), Err(NoPermit::Unconfirmed)), asks);
    }
}
