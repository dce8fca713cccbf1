//! Whoever tries to come in who should not: guessing, telling names apart, asking for more than the way in.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use backdesk_entity::staff_credential;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use crate::support::{Desk, Person, sign_in::PASSWORD, uuid};

#[tokio::test]
async fn whatever_is_wrong_is_answered_alike() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    desk.add_staff("invited", &["support"], &["FR"]).await;
    let gone = desk.add_member("gone", &["support"], &["FR"]).await;
    desk.admin().act_on_staff("staffDeactivate", &gone.id, Value::Null, Value::Null).await;
    let stranger = desk.stranger();
    let mut answers = Vec::new();
    for (name, password) in [
        ("nobody", PASSWORD),
        ("ada", "wrong"),
        // too soon after that one
        ("ada", PASSWORD),
        ("invited", PASSWORD),
        ("gone", PASSWORD),
        ("", ""),
        ("ada\0", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ] {
        let answer = stranger.sign_in(name, password).await;
        assert_eq!(answer.problems("signIn"), ["SIGN_IN_FAILED input"], "{name}");
        answers.push((answer.status, answer.raw));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn each_failure_makes_the_next_try_wait_longer_and_no_try_locks_the_account() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    // however the name is written
    let padded = format!("{}\u{200b}ADA\u{200b}{}", " ".repeat(253), "\u{200b}".repeat(300));
    assert_eq!(stranger.sign_in(&padded, "wrong").await.problems("signIn").len(), 1);
    let soon = stranger.sign_in("ada", PASSWORD).await;
    assert_eq!(soon.problems("signIn"), ["SIGN_IN_FAILED input"]);
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(stranger.sign_in("ada", PASSWORD).await.problems("signIn"), [""; 0]);
    for seconds in [1, 3, 5, 10, 20] {
        assert_eq!(stranger.sign_in("ada", "wrong").await.problems("signIn").len(), 1);
        desk.hand.advance(Duration::from_millis(seconds * 1000 - 1));
        let soon = stranger.sign_in("ada", PASSWORD).await;
        assert_eq!(soon.problems("signIn"), ["SIGN_IN_FAILED input"], "{seconds} s are not over");
        desk.hand.advance(Duration::from_millis(1));
    }
    let fine = stranger.sign_in("ada", PASSWORD).await;
    assert_eq!(fine.problems("signIn"), [""; 0], "what came too soon did not lengthen the wait");
    assert_eq!(stranger.sign_in("ada", PASSWORD).await.problems("signIn"), [""; 0], "and all is forgotten");
}

#[tokio::test]
async fn a_name_that_nobody_has_slows_down_as_well() {
    let desk = Desk::open().await;
    let stranger = desk.stranger();
    let statements = |answered: (crate::support::Answer, Vec<String>)| {
        answered
            .1
            .iter()
            .map(|sql| sql.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    desk.add_member("ada", &["support"], &["FR"]).await;
    let unknown = statements(desk.statements_of(stranger.sign_in("nobody", "wrong")).await);
    let known = statements(desk.statements_of(stranger.sign_in("ada", "wrong")).await);
    // one row more is read of whom there is: the password
    assert_eq!(known.len(), unknown.len() + 1, "{known:?} {unknown:?}");
    let soon = statements(desk.statements_of(stranger.sign_in("nobody", "wrong")).await);
    assert!(soon.len() < unknown.len(), "it was not counted again");
}

#[tokio::test]
async fn an_owner_is_not_kept_out_by_a_stranger_who_guesses() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let home = desk.stranger().from("192.0.2.1");
    desk.sign_in_at(&home, &ada).await;
    let thief = desk.stranger().from("198.51.100.7");
    for _ in 0..8 {
        thief.sign_in("ada", "wrong").await;
        desk.hand.advance(Duration::from_secs(200));
    }
    thief.sign_in("ada", "wrong").await;
    let elsewhere = thief.sign_in("ada", PASSWORD).await;
    assert_eq!(elsewhere.problems("signIn"), ["SIGN_IN_FAILED input"], "strangers wait");
    assert_eq!(home.sign_in("ada", PASSWORD).await.problems("signIn"), [""; 0]);
}

#[tokio::test]
async fn codes_are_guessed_as_slowly_as_passwords() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    desk.hand.advance(Duration::from_secs(30));
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    let wrong = stranger.verify(&challenge, "code", "000000").await;
    assert_eq!(wrong.problems("verifySecondFactor"), ["SIGN_IN_FAILED input"]);
    let soon = stranger.verify(&challenge, "code", &desk.code(&ada.secret)).await;
    assert_eq!(soon.raw, wrong.raw, "too soon, whatever it is");
    desk.hand.advance(Duration::from_secs(1));
    let fine = stranger.verify(&challenge, "code", &desk.code(&ada.secret)).await;
    assert_eq!(fine.problems("verifySecondFactor"), [""; 0]);
}

/// The second factor keeps out who reads somebody's letters: a link in one must not give them more tries.
#[tokio::test]
async fn a_new_password_gives_no_more_tries_of_the_second_factor() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    let stranger = desk.stranger();
    desk.hand.advance(Duration::from_mins(1));
    let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
    for seconds in [1, 3, 5] {
        stranger.verify(&challenge, "code", "000000").await;
        desk.hand.advance(Duration::from_secs(seconds));
    }
    stranger.verify(&challenge, "code", "000000").await;
    stranger.forgot("ada").await;
    let set = stranger.use_link("resetPassword", &desk.link().await, "basalt otter cello").await;
    assert_eq!(set.data("resetPassword.done"), true);
    let tries = backdesk_entity::guess::Entity::find().all(&desk.side_door().await).await.unwrap();
    let of_factor = tries.iter().find(|tries| tries.at_what.starts_with("factor:")).unwrap();
    assert_eq!(of_factor.failures, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_tries_at_once_one_is_looked_at() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    let answers = crate::support::fifty(|number| {
        let stranger = desk.stranger();
        async move { stranger.sign_in("ada", &format!("guess number {number}")).await }
    })
    .await;
    // some may find the queue of hashes full
    assert!(answers.iter().all(|answer| answer.status.is_success() || answer.status == 503));
    let wrong = backdesk_entity::sign_in_attempt::Column::Result
        .eq(backdesk_entity::enums::SignInResult::PasswordWrong);
    let looked_at = backdesk_entity::sign_in_attempt::Entity::find()
        .filter(wrong)
        .all(&desk.side_door().await)
        .await
        .unwrap();
    assert!(looked_at.len() <= 1, "{} were looked at", looked_at.len());
}

#[tokio::test]
async fn whoever_comes_to_a_crowd_is_sent_away_at_once_and_nothing_is_counted() {
    let desk = Desk::open().await;
    desk.add_member("ada", &["support"], &["FR"]).await;
    let processors = std::thread::available_parallelism().unwrap().get();
    let (open, door) = tokio::sync::watch::channel(false);
    let crowd: Vec<_> = (0..processors + 64)
        .map(|_| {
            let (hashing, door) = (desk.services.hashing().clone(), door.clone());
            tokio::spawn(async move {
                hashing
                    .run(move || {
                        while !*door.borrow() {
                            std::thread::sleep(Duration::from_millis(5));
                        }
                    })
                    .await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    let stranger = desk.stranger();
    let away = stranger.sign_in("ada", PASSWORD).await;
    assert_eq!((away.status, away.code()), (StatusCode::SERVICE_UNAVAILABLE, Some("UNAVAILABLE")));
    assert!(away.headers.contains_key(header::RETRY_AFTER));
    assert!(away.raw.contains("Too many ask for this at once"), "{}", away.raw);
    open.send_replace(true);
    for one in crowd {
        assert_eq!(one.await.unwrap(), Ok(()));
    }
    assert_eq!(stranger.sign_in("ada", PASSWORD).await.problems("signIn"), [""; 0]);
}

/// What was enough once may be too little today.
#[tokio::test]
async fn a_hash_that_is_too_weak_today_is_made_anew_by_the_next_sign_in() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let db = desk.side_door().await;
    let stored = async || {
        let row = staff_credential::Entity::find_by_id(uuid(&ada.id)).one(&db).await.unwrap();
        row.unwrap().password_hash
    };
    // of PASSWORD, with eight mebibytes
    let weak =
        "$argon2id$v=19$m=8192,t=2,p=1$nRAB3LtKGZzIAsJvZWTXJw$xGlb+5UAmGv640RQ5NypjrjyaaH62UnKHob2uT2KEBI";
    staff_credential::Entity::update_many()
        .col_expr(staff_credential::Column::PasswordHash, Expr::val(weak))
        .filter(staff_credential::Column::StaffId.eq(uuid(&ada.id)))
        .exec(&db)
        .await
        .unwrap();
    desk.stranger().sign_in("ada", "wrong").await;
    assert_eq!(stored().await, weak, "whoever does not have the password changes nothing");
    desk.hand.advance(Duration::from_secs(1));
    desk.sign_in(&ada).await;
    let strong = stored().await;
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    desk.sign_in(&ada).await;
    assert_eq!(stored().await, strong, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_uses_of_a_link_or_a_code_one_counts() {
    let desk = Desk::open().await;
    desk.add_staff("ada", &["support"], &["FR"]).await;
    let (stranger, link) = (desk.stranger(), desk.link().await);
    let answers = crate::support::fifty(|_| {
        let (stranger, link) = (stranger.clone(), link.clone());
        async move { stranger.use_link("acceptInvitation", &link, PASSWORD).await }
    })
    .await;
    let accepted: Vec<_> =
        answers.iter().filter(|answer| answer.data("acceptInvitation.challenge") != Value::Null).collect();
    assert_eq!(accepted.len(), 1);
    let set_up = accepted[0].data("acceptInvitation.challenge");
    let (challenge, secret) =
        (set_up["token"].as_str().unwrap(), set_up["setUp"]["secret"].as_str().unwrap());
    let first = stranger.verify(challenge, "code", &desk.code(secret)).await;
    let codes = first.data("verifySecondFactor.recoveryCodes");
    desk.hand.advance(Duration::from_secs(30));
    for (kind, code) in [("code", desk.code(secret)), ("recoveryCode", codes[0].as_str().unwrap().to_owned())]
    {
        let challenge = stranger.sign_in("ada", PASSWORD).await.text("signIn.challenge.token");
        let answers = crate::support::fifty(|_| {
            let (stranger, challenge, code) = (stranger.clone(), challenge.clone(), code.clone());
            async move { stranger.verify(&challenge, kind, &code).await }
        })
        .await;
        let let_in =
            |answer: &&crate::support::Answer| answer.data("verifySecondFactor.session") != Value::Null;
        assert_eq!(answers.iter().filter(let_in).count(), 1, "{kind}");
        desk.hand.advance(Duration::from_mins(15));
    }
}

/// A row that somebody wrote into the database must not take the machine with it.
#[tokio::test]
async fn a_stored_hash_that_asks_for_eight_gigabytes_is_refused() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let greedy = format!("$argon2id$v=19$m=8388608,t=2,p=1${}${}", "A".repeat(22), "A".repeat(43));
    for stored in [greedy.as_str(), "", "plain", "$argon2id$v=19$m=19456,t=4000000000,p=1$AAAA$AAAA"] {
        staff_credential::Entity::update_many()
            .col_expr(staff_credential::Column::PasswordHash, Expr::val(stored))
            .filter(staff_credential::Column::StaffId.eq(uuid(&ada.id)))
            .exec(&desk.side_door().await)
            .await
            .unwrap();
        desk.hand.advance(Duration::from_hours(1));
        let answer = desk.stranger().sign_in("ada", PASSWORD).await;
        assert_eq!(answer.problems("signIn"), ["SIGN_IN_FAILED input"], "{stored}");
    }
}

/// Without a token there is the way in and nothing else, however it is asked for.
#[tokio::test]
async fn a_stranger_is_answered_nothing_but_the_way_in() {
    let desk = Desk::open().await;
    let stranger = desk.stranger();
    let way_in = "requestPasswordReset(userName: \"x\") { accepted }";
    for document in [
        "{ users { totalCount } }".to_owned(),
        "{ __schema { types { name } } }".to_owned(),
        "{ __typename }".to_owned(),
        "mutation { __typename }".to_owned(),
        format!("mutation {{ {way_in} __typename }}"),
        format!("mutation {{ {way_in} sessionEndOthers {{ ended }} }}"),
        format!("mutation {{ {way_in} ... on Mutation {{ sessionEndOthers {{ ended }} }} }}"),
        format!("mutation {{ ...F }} fragment F on Mutation {{ {way_in} sessionEndOthers {{ ended }} }}"),
        format!("query {{ {way_in} }}"),
        "mutation { nothing }".to_owned(),
        "mutation {".to_owned(),
        String::new(),
    ] {
        let answer = stranger.ask(&document).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{document}");
        assert_eq!(answer.code(), Some("UNAUTHENTICATED"), "{document}");
    }
    let both = "mutation A { a: ".to_owned() + way_in + " } query B { users { totalCount } }";
    let named = |name: &str| json!({ "query": both, "operationName": name });
    assert_eq!(stranger.post(&named("B")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        stranger.post(&named("A")).await.status,
        StatusCode::UNAUTHORIZED,
        "what stands beside is judged"
    );
    // what is dear is none of theirs either
    let dear = "mutation { signIn(input: { userName: \"x\", password: \"y\" }) { ".to_owned()
        + &"errors { code } ".repeat(250)
        + "} }";
    assert_eq!(stranger.ask(&dear).await.status, StatusCode::UNAUTHORIZED);
    let typo = "mutation { requestPasswordReset(userName: \"x\") { accepted guess } }";
    assert_eq!(stranger.ask(typo).await.status, StatusCode::UNAUTHORIZED, "so is what is no field");
    let fragment = format!("mutation {{ ...F }} fragment F on Mutation {{ {way_in} }}");
    assert_eq!(stranger.ask(&fragment).await.data("requestPasswordReset.accepted"), true);
    // what is wrong with a document is told of the way in alone
    let large = json!({ "query": format!("mutation {{ {way_in} }}"), "x": "a".repeat(20_000) });
    assert_eq!(stranger.post(&large).await.status, StatusCode::UNAUTHORIZED);
    let get =
        Request::get("/graphql?query=mutation%7BrequestPasswordReset(userName%3A%22x%22)%7Baccepted%7D%7D");
    assert_eq!(stranger.send(get.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn each_way_in_counts_under_whatever_name_and_with_whatever_token() {
    use backdesk::config::{Http, Rates};
    let desk = Desk::open()
        .await
        .behind(&Http { rates: Rates { sign_ins: 5, recoveries: 2, ..Rates::default() }, ..Http::default() });
    let field = |name: &str| {
        format!("{name}: signIn(input: {{ userName: \"x\", password: \"y\" }}) {{ errors {{ code }} }}")
    };
    let many = |count: usize| {
        format!(
            "mutation {{ {} }}",
            (0..count).map(|i| field(&format!("a{i}"))).collect::<Vec<_>>().join(" ")
        )
    };
    let (stranger, admin) = (desk.stranger(), desk.admin());
    assert_eq!(stranger.ask(&many(3)).await.status, 200);
    assert_eq!(admin.ask(&many(3)).await.status, 429, "three of five are spent, whoever asks");
    assert_eq!(stranger.ask(&many(2)).await.status, 200);
    assert_eq!(stranger.ask(&many(1)).await.code(), Some("RATE_LIMITED"));
    let other = stranger.clone().from("203.0.113.9");
    assert_eq!(other.ask(&many(5)).await.status, 200, "each address has its own");
    desk.hand.advance(Duration::from_secs(12));
    assert_eq!(stranger.ask(&many(1)).await.status, 200, "five a minute");
    let forgot = async |person: &Person| person.forgot("x").await.status.as_u16();
    assert_eq!([forgot(&other).await, forgot(&other).await, forgot(&other).await], [200, 200, 429]);
}

#[tokio::test]
async fn the_way_in_is_open_to_who_is_in() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let session = desk.sign_in(&ada).await;
    let document = "mutation ($name: String!) {
        requestPasswordReset(userName: $name) { accepted }
        sessionEndOthers { ended }
    }";
    let both = session.person.ask_with(document, json!({ "name": "nobody" })).await;
    assert_eq!(both.data("sessionEndOthers.ended"), 1);
    let header = Request::post("/graphql").header(header::AUTHORIZATION, "Basic YTpi");
    let body = json!({ "query": "mutation { requestPasswordReset(userName: \"x\") { accepted } }" });
    let request =
        header.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap();
    // another scheme is no token
    assert_eq!(desk.stranger().send(request).await.status, 200);
}
