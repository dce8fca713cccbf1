//! Coming in: an invitation, a password, a second factor, and links to set a new password.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use backdesk_entity::{enums::SignInResult, sign_in_attempt};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::{
    Desk,
    sign_in::{PASSWORD, inside, secret_in},
};

const USERS: &str = "{ users { totalCount } }";

#[tokio::test]
async fn an_invitation_leads_to_the_list_of_users() {
    let desk = Desk::open().await;
    desk.add_user(json!({})).await;
    let id = desk.add_staff("ada", &["support"], &["FR"]).await;
    let (stranger, link) = (desk.stranger(), desk.link().await);
    let accepted = stranger.use_link("acceptInvitation", &link, PASSWORD).await;
    let set_up = accepted.data("acceptInvitation.challenge.setUp");
    assert!(set_up["qrSvg"].as_str().unwrap().starts_with("<?xml"));
    let uri = set_up["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Backdesk:ada?secret="), "{uri}");
    assert_eq!(accepted.data("acceptInvitation.session"), Value::Null);

    let challenge = accepted.text("acceptInvitation.challenge.token");
    let code = desk.code(set_up["secret"].as_str().unwrap());
    let answer = stranger.verify(&challenge, "code", &code).await;
    let session = answer.data("verifySecondFactor.session");
    assert_eq!(session["expiresAt"], "2026-03-01T12:10:00+00:00");
    assert_eq!(session["sessionExpiresAt"], "2026-03-02T00:00:00+00:00");
    let ada = inside(&stranger, &session);
    assert_eq!(ada.person.ask(USERS).await.data("users.totalCount"), 1);
    let viewer = ada.person.ask("{ viewer { subject roles sessions { id isCurrent deviceType } } }").await;
    assert_eq!(viewer.data("viewer.subject"), json!(id));
    assert_eq!(viewer.data("viewer.roles"), json!(["SUPPORT"]));
    assert_eq!(
        viewer.data("viewer.sessions"),
        json!([{ "id": ada.session, "isCurrent": true, "deviceType": "UNKNOWN" }])
    );
    let document = "query ($by: StaffBy!) { staffMember(by: $by) {
        state emailVerified lastSignInAt sessions { id } signIns { result } newestLink { usedAt }
    } }";
    let seen = desk.admin().ask_with(document, json!({ "by": { "id": id } })).await.data("staffMember");
    assert_eq!((&seen["state"], &seen["emailVerified"]), (&json!("ACTIVE"), &json!(true)));
    assert_eq!(seen["lastSignInAt"], "2026-03-01T12:00:00+00:00");
    assert_eq!(seen["sessions"], json!([{ "id": ada.session }]));
    assert_eq!(seen["signIns"], json!([{ "result": "SIGNED_IN" }]));
    assert_eq!(seen["newestLink"]["usedAt"], "2026-03-01T12:00:00+00:00");
    let letters = desk.letters().await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text.contains("A second factor was set up"), "{}", letters[0].text);
    // each step stands in the trail, under the name of whoever took it, and no secret with it
    let trail = desk.trail().await;
    let acts: Vec<Value> = trail.column("auditEvents.nodes", "action").into_iter().take(2).collect();
    assert_eq!(acts, ["SESSION_BEGIN", "STAFF_ACCEPT_INVITATION"]);
    assert_eq!(trail.data("auditEvents.nodes.0.actor.subject"), json!(id));
    let begun = json!({ "field": "session", "before": null, "after": ada.session });
    assert!(trail.data("auditEvents.nodes.0.changes").as_array().unwrap().contains(&begun), "{}", trail.raw);
    for secret in [PASSWORD, set_up["secret"].as_str().unwrap(), &link, &ada.refresh] {
        assert!(!trail.raw.contains(secret));
    }
}

#[tokio::test]
async fn a_link_is_good_once_and_in_its_time() {
    let desk = Desk::open().await;
    let stranger = desk.stranger();
    desk.add_staff("ada", &["support"], &["FR"]).await;
    let link = desk.link().await;
    let invalid = ["LINK_INVALID input.token"];
    let wrong = stranger.use_link("acceptInvitation", &"A".repeat(43), PASSWORD).await;
    assert_eq!(wrong.problems("acceptInvitation"), invalid);
    for broken in ["", "x", &format!("{link}x"), "'; DROP TABLE sent_tokens; --"] {
        let answer = stranger.use_link("acceptInvitation", broken, PASSWORD).await;
        assert_eq!(answer.problems("acceptInvitation"), invalid, "{broken}");
    }
    let other = stranger.use_link("resetPassword", &link, PASSWORD).await;
    assert_eq!(other.problems("resetPassword"), invalid, "an invitation sets no new password");
    // a bad password costs nothing
    for bad in ["short", "password1234", "ada ada ada ada", &"a".repeat(129)] {
        let answer = stranger.use_link("acceptInvitation", &link, bad).await;
        assert_eq!(answer.problems("acceptInvitation"), ["INVALID input.password"], "{bad}");
    }
    let accepted = stranger.use_link("acceptInvitation", &link, PASSWORD).await;
    assert_eq!(accepted.problems("acceptInvitation"), [""; 0], "{}", accepted.body);
    let again = stranger.use_link("acceptInvitation", &link, PASSWORD).await;
    assert_eq!(again.problems("acceptInvitation"), invalid, "used");

    desk.add_staff("grace", &["support"], &["FR"]).await;
    let link = desk.link().await;
    desk.hand.advance(Duration::from_hours(14 * 24));
    let late = stranger.use_link("acceptInvitation", &link, PASSWORD).await;
    assert_eq!(late.problems("acceptInvitation"), invalid, "expired");

    let id = desk.add_staff("mary", &["support"], &["FR"]).await;
    let link = desk.link().await;
    desk.admin().act_on_staff("staffResendInvitation", &id, Value::Null, Value::Null).await;
    let killed = stranger.use_link("acceptInvitation", &link, PASSWORD).await;
    assert_eq!(killed.problems("acceptInvitation"), invalid, "another one was sent");
    let newer = stranger.use_link("acceptInvitation", &desk.link().await, PASSWORD).await;
    assert_eq!(newer.problems("acceptInvitation"), [""; 0], "{}", newer.body);
}

#[tokio::test]
async fn name_and_password_lead_to_the_second_factor_and_that_to_a_session() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    desk.hand.advance(Duration::from_secs(30));
    for name in ["ada", "ADA"] {
        let named = stranger.sign_in(name, PASSWORD).await;
        assert_eq!(named.problems("signIn"), [""; 0], "{}", named.body);
        assert_eq!(named.data("signIn.challenge.setUp"), Value::Null);
    }
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    let code = desk.code(&ada.secret);
    let both =
        "mutation ($c: String!) { verifySecondFactor(input: { challenge: $c }) { errors { code field } } }";
    let neither = stranger.ask_with(both, json!({ "c": challenge })).await;
    assert_eq!(neither.problems("verifySecondFactor"), ["REQUIRED input.code"]);
    let answer = stranger.verify(&challenge, "code", &code).await;
    assert_eq!(answer.problems("verifySecondFactor"), [""; 0], "{}", answer.body);
    assert_eq!(answer.data("verifySecondFactor.recoveryCodes"), json!([]));
    let again = stranger.verify(&challenge, "code", &code).await;
    assert_eq!(again.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"], "each code is good once");
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_once() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    let typed = ada.recovery_codes[3].replace('-', " ").to_lowercase();
    let answer = stranger.verify(&challenge, "recoveryCode", &typed).await;
    assert_eq!(answer.problems("verifySecondFactor"), [""; 0], "{}", answer.body);
    let again = stranger.verify(&challenge, "recoveryCode", &typed).await;
    assert_eq!(again.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
    // nobody else's
    let grace = desk.add_member("grace", &["support"], &["FR"]).await;
    desk.hand.advance(Duration::from_mins(1));
    let challenge = stranger.sign_in("grace", PASSWORD).await.text("signIn.challenge.token");
    let other = stranger.verify(&challenge, "recoveryCode", &ada.recovery_codes[4]).await;
    assert_eq!(other.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
    assert_ne!(grace.recovery_codes, ada.recovery_codes);
}

#[tokio::test]
async fn a_challenge_is_good_for_five_minutes_and_dies_with_the_password() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    desk.hand.advance(Duration::from_mins(5));
    let late = stranger.verify(&challenge, "code", &desk.code(&ada.secret)).await;
    assert_eq!(late.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    desk.admin().act_on_staff("staffSendPasswordReset", &ada.id, Value::Null, Value::Null).await;
    let set = stranger.use_link("resetPassword", &desk.link().await, "basalt otter cello").await;
    assert_eq!(set.problems("resetPassword"), [""; 0]);
    let dead = stranger.verify(&challenge, "code", &desk.code(&ada.secret)).await;
    assert_eq!(dead.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
    for forged in ["", "x", &"A".repeat(200), &"A".repeat(5000), &challenge[1..]] {
        let answer = stranger.verify(forged, "code", "123456").await;
        assert_eq!(answer.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"], "{forged}");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_letter_and_ends_all_sessions() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    let stranger = desk.stranger();
    let known = stranger.forgot("Ada").await;
    let unknown = stranger.forgot("nobody").await;
    assert_eq!(known.raw, unknown.raw, "nobody learns which names there are");
    let letters = desk.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, ["ada@staff.example"]);
    let link = secret_in(&letters[0].text).unwrap();
    let set = stranger.use_link("resetPassword", &link, "basalt otter cello").await;
    assert_eq!(set.data("resetPassword.done"), true);
    let again = stranger.use_link("resetPassword", &link, "basalt otter flute").await;
    assert_eq!(again.problems("resetPassword"), ["LINK_INVALID input.token"]);
    assert_eq!(session.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
    assert_eq!(
        stranger.refresh(&session.refresh).await.problems("refreshSession"),
        ["SESSION_ENDED refreshToken"]
    );
    assert!(desk.letters().await[0].text.contains("password"), "they are told");
    assert_eq!(stranger.sign_in("ada", PASSWORD).await.problems("signIn"), ["SIGN_IN_FAILED input"]);
    desk.hand.advance(Duration::from_mins(1));
    let fine = stranger.sign_in("ada", "basalt otter cello").await;
    assert_eq!(fine.problems("signIn"), [""; 0]);
    assert_eq!(fine.data("signIn.challenge.setUp"), Value::Null, "the second factor stays");
}

#[tokio::test]
async fn nobody_s_letter_box_is_filled_with_links() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    for _ in 0..5 {
        desk.stranger().forgot("ada").await;
        // one after the other: each link kills the former
        desk.letters().await;
    }
    let sent = "query { staff { nodes { newestLink { purpose sentAt } } } }";
    assert_eq!(desk.admin().ask(sent).await.data("staff.nodes.0.newestLink.purpose"), "STAFF_PASSWORD_RESET");
    let trail = desk.trail().await;
    let asked = trail.column("auditEvents.nodes", "action");
    assert_eq!(asked.iter().filter(|action| **action == "STAFF_REQUEST_PASSWORD_RESET").count(), 1);
    desk.hand.advance(Duration::from_hours(1));
    desk.stranger().forgot("ada").await;
    assert_eq!(desk.letters().await.len(), 1, "an hour later another one, if the first was lost");
}

#[tokio::test]
async fn who_lost_the_telephone_sets_up_another() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    let (reset, entries) = desk
        .entries_of(desk.admin().act_on_staff("staffResetSecondFactor", &ada.id, Value::Null, Value::Null))
        .await;
    assert_eq!(reset.problems("staffResetSecondFactor"), [""; 0], "{}", reset.body);
    assert_eq!(entries.len(), 1);
    assert_eq!(session.person.ask(USERS).await.code(), Some("UNAUTHENTICATED"));
    assert_eq!(desk.letters().await.len(), 1, "they are told");
    let named = desk.stranger().sign_in("ada", PASSWORD).await;
    assert_ne!(named.text("signIn.challenge.setUp.secret"), ada.secret);
    let challenge = named.text("signIn.challenge.token");
    let former = desk.stranger().verify(&challenge, "recoveryCode", &ada.recovery_codes[0]).await;
    assert_eq!(former.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
}

#[tokio::test]
async fn a_platform_may_do_without_a_second_factor_but_who_has_one_is_asked() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    desk.admin().update_policy(json!({ "staffSecondFactor": false }), Value::Null).await;
    assert_ne!(desk.stranger().sign_in("ada", PASSWORD).await.data("signIn.challenge"), Value::Null);
    desk.add_staff("grace", &["support"], &["FR"]).await;
    let accepted = desk.stranger().use_link("acceptInvitation", &desk.link().await, PASSWORD).await;
    let grace = inside(&desk.stranger(), &accepted.data("acceptInvitation.session"));
    assert_eq!(grace.person.ask(USERS).await.data("users.totalCount"), 0);
    assert_eq!(ada.name, "ada");
}

#[tokio::test]
async fn every_try_is_a_row_with_when_whence_and_how_it_ended() {
    use SignInResult::{CodeWrong, NameUnknown, PasswordRight, PasswordWrong, SignedIn, TooSoon};
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger().from("192.0.2.44");
    stranger.sign_in("nobody", "a secret in the wrong field").await;
    stranger.sign_in("ada", "wrong").await;
    stranger.sign_in("ada", PASSWORD).await;
    desk.hand.advance(Duration::from_secs(2));
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    stranger.verify(&challenge, "code", "000000").await;
    let rows = sign_in_attempt::Entity::find()
        .order_by_asc(sign_in_attempt::Column::Id)
        .all(&desk.side_door().await)
        .await
        .unwrap();
    let results: Vec<SignInResult> = rows.iter().map(|row| row.result).collect();
    assert_eq!(results, [SignedIn, NameUnknown, PasswordWrong, TooSoon, PasswordRight, CodeWrong]);
    let unknown = &rows[1];
    assert_eq!(unknown.staff_id, None);
    assert_eq!(unknown.name_hash.as_ref().map(Vec::len), Some(32), "never in clear: it may be a password");
    assert!(rows.iter().skip(2).all(|row| row.staff_id.map(|id| id.to_string()) == Some(ada.id.clone())));
    assert!(rows.iter().skip(1).all(|row| row.ip.as_deref() == Some("192.0.2.44")));
    let (before, after) = (rows[3].at, rows[4].at);
    assert_eq!((after - before).num_seconds(), 2);

    // as those see it who look after staff
    let input = json!({ "userName": "ada", "password": "wrong" });
    let document = "mutation ($i: SignInInput!) { signIn(input: $i) { errors { code } } }";
    let firefox = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .body(Body::from(json!({ "query": document, "variables": { "i": input } }).to_string()));
    desk.hand.advance(Duration::from_mins(1));
    stranger.send(firefox.expect("a request")).await;
    let seen =
        "query ($by: StaffBy!) { staffMember(by: $by) { signIns { at result ip deviceType device place } } }";
    let seen = desk.admin().ask_with(seen, json!({ "by": { "id": ada.id } })).await;
    assert_eq!(
        seen.data("staffMember.signIns.0"),
        json!({ "at": desk.clock.now().to_rfc3339(), "result": "PASSWORD_WRONG", "ip": "192.0.2.44",
            "deviceType": "DESKTOP", "device": "Firefox on Linux", "place": null })
    );
}

#[tokio::test]
async fn the_first_administrator_comes_in_by_a_link_that_is_printed() {
    let desk = Desk::open().await;
    let system = std::sync::Arc::new(backdesk::auth::caller::Caller::system("test"));
    let link = desk.services.first_admin(&system).await.unwrap().expect("a link");
    let second = desk.services.first_admin(&system).await.unwrap().expect("another one");
    let stranger = desk.stranger();
    let dead = stranger.use_link("acceptInvitation", &secret_in(&link).unwrap(), PASSWORD).await;
    assert_eq!(dead.problems("acceptInvitation"), ["LINK_INVALID input.token"], "another one was printed");
    let accepted = stranger.use_link("acceptInvitation", &secret_in(&second).unwrap(), PASSWORD).await;
    assert_eq!(accepted.problems("acceptInvitation"), [""; 0], "{}", accepted.body);
    assert!(desk.services.first_admin(&system).await.unwrap().is_none(), "there is one");
}
