//! Rotation of the keys that sign access tokens: published first, used later, kept until the last token has run out; and what
//! several instances know of it.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use backdesk::{
    auth::{
        caller::{Caller, Origin},
        keys::{KeyState, LEAD, SigningKey},
        token::LONGEST,
    },
    service::{error::ApiError, keys::Rotation},
};
use backdesk_entity::signing_key;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk,
    program::Site,
    server::{get, request_with, whole_conversation},
};

/// The age at which keys are replaced.
const AGE: Duration = Duration::from_hours(90 * 24);

/// The shortest time there is.
const MOMENT: Duration = Duration::from_micros(1);

/// The answer to whoever brings this token.
async fn ask(desk: &Desk, token: &str) -> Answer {
    let mut person = desk.stranger();
    person.token = Some(token.to_owned());
    person.ask("{ viewer { subject } }").await
}

async fn assert_good(desk: &Desk, token: &str) {
    let answer = ask(desk, token).await;
    assert_eq!(answer.text("viewer.subject"), "admin@desk.example");
}

async fn assert_refused(desk: &Desk, token: &str, reason: &str) {
    let answer = ask(desk, token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{reason}");
    let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().expect("text");
    assert!(challenge.contains(&format!(r#"error_description="{reason}""#)), "{challenge}");
}

/// A new token of an administrator.
fn token(desk: &Desk) -> String {
    desk.admin().token.expect("a token")
}

/// The key that a token names.
fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a key").to_owned()
}

/// The keys that are published, newest first.
async fn published(desk: &Desk) -> Vec<String> {
    let request = Request::get("/.well-known/jwks.json").body(Body::empty()).expect("a request");
    let answer = desk.stranger().send(request).await;
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=300");
    let keys = answer.body["keys"].as_array().expect("keys");
    keys.iter().map(|key| key["kid"].as_str().expect("a key").to_owned()).collect()
}

fn program() -> Arc<Caller> {
    Arc::new(Caller::system("keys"))
}

/// Makes the next key, as the command does; its id. Nothing else is told of it.
async fn rotate(desk: &Desk, rotation: Rotation) -> String {
    desk.services.rotate_keys(&program(), rotation).await.expect("rotated").expect("a key").kid
}

/// What an instance does every few seconds.
async fn keep(desk: &Desk) {
    desk.services.keep_keys(AGE).await.expect("keys");
}

/// The states of the keys, newest first.
async fn states(desk: &Desk) -> Vec<KeyState> {
    let keys = desk.services.keys(&program()).await.expect("keys");
    keys.into_iter().map(|key| key.state).collect()
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_verifies_until_its_last_token_has_run_out() {
    let desk = Desk::open().await;
    let before = token(&desk);
    let next = rotate(&desk, Rotation::Announced).await;
    keep(&desk).await;
    assert_eq!(published(&desk).await, [next.clone(), kid(&before)]);
    assert_eq!(states(&desk).await, [KeyState::Published, KeyState::Signing]);

    desk.hand.advance(LEAD.saturating_sub(MOMENT));
    let last = token(&desk);
    assert_eq!(kid(&last), kid(&before));
    desk.hand.advance(MOMENT);
    let first = token(&desk);
    assert_eq!(kid(&first), next, "nobody had to be told");
    assert_eq!(states(&desk).await, [KeyState::Signing, KeyState::Former]);
    assert_eq!(published(&desk).await, [next.clone(), kid(&before)]);
    for token in [&before, &last, &first] {
        assert_good(&desk, token).await;
    }

    desk.hand.advance(LONGEST);
    assert_refused(&desk, &last, "expired").await;
    desk.services.sweep().await;
    keep(&desk).await;
    assert_eq!(published(&desk).await.len(), 2, "clocks may disagree");
    desk.hand.advance(Duration::from_hours(24));
    assert_eq!(states(&desk).await, [KeyState::Signing, KeyState::Gone]);
    assert_eq!(published(&desk).await, std::slice::from_ref(&next), "before anybody swept");
    assert_refused(&desk, &last, "unknown_key").await;
    desk.services.sweep().await;
    let rows = signing_key::Entity::find().all(&desk.side_door().await).await.expect("keys");
    assert_eq!(rows.into_iter().map(|row| row.kid).collect::<Vec<_>>(), [next]);
}

/// Two instances that read the keys at different times, and clients that never stop asking either of them.
#[tokio::test]
async fn no_request_fails_while_a_key_follows_another() {
    let one = Desk::open().await;
    let two = one.another().await;
    let start = token(&one);
    let mut next = None;
    for step in 0..60 {
        let (of_one, of_two) = (token(&one), token(&two));
        let asking = async {
            for token in [&start, &of_one, &of_two] {
                assert_good(&one, token).await;
                assert_good(&two, token).await;
            }
        };
        let changing = async {
            if step == 5 {
                next = Some(rotate(&one, Rotation::Announced).await);
            }
            keep(&one).await;
            if step % 4 == 3 {
                keep(&two).await;
            }
        };
        tokio::join!(asking, changing);
        one.hand.advance(Duration::from_secs(30));
    }
    let next = next.expect("a key");
    assert_ne!(kid(&start), next);
    assert_eq!([kid(&token(&one)), kid(&token(&two))], [next.clone(), next]);
}

#[tokio::test]
async fn an_instance_takes_a_token_of_a_key_that_it_has_not_read_yet() {
    let one = Desk::open().await;
    let two = one.another().await;
    let former = token(&two);
    assert_good(&two, &former).await;
    let next = rotate(&one, Rotation::AtOnce).await;
    keep(&one).await;
    let token = token(&one);
    assert_eq!(kid(&token), next);
    assert_good(&two, &token).await;
    assert_eq!(published(&two).await, [next]);
    assert_refused(&two, &former, "unknown_key").await;
}

#[tokio::test]
async fn of_a_key_that_leaked_nothing_is_good_any_more() {
    let one = Desk::open().await;
    let two = one.another().await;
    // one that signs later may be known as well
    rotate(&one, Rotation::Announced).await;
    let tokens = [token(&one), token(&two)];
    for token in &tokens {
        assert_good(&one, token).await;
        assert_good(&two, token).await;
    }
    let next = rotate(&one, Rotation::AtOnce).await;
    for desk in [&one, &two] {
        keep(desk).await;
        assert_eq!(published(desk).await, std::slice::from_ref(&next));
        for token in &tokens {
            assert_refused(desk, token, "unknown_key").await;
        }
        let new = token(desk);
        assert_eq!(kid(&new), next);
        assert_good(&one, &new).await;
        assert_good(&two, &new).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_all_instances_that_find_a_key_too_old_one_makes_the_next() {
    let desk = Desk::open().await;
    let (two, three) = (desk.another().await, desk.another().await);
    let desks = [&desk, &two, &three];
    desk.hand.advance(AGE.saturating_sub(MOMENT));
    join_all(desks.map(keep)).await;
    assert_eq!(states(&desk).await, [KeyState::Signing]);

    desk.hand.advance(MOMENT);
    join_all(desks.map(keep)).await;
    assert_eq!(states(&desk).await, [KeyState::Published, KeyState::Signing]);
    for instance in desks {
        assert_eq!(published(instance).await, published(&desk).await);
    }
    let entries = desk.entries().await;
    let made: Vec<_> = entries.iter().map(|entry| (&*entry.action, &*entry.actor_subject)).collect();
    assert_eq!(made, [("KEYS_ROTATE", "system:serve")]);

    // the age of a key begins with its first signature
    desk.hand.advance(AGE);
    join_all(desks.map(keep)).await;
    assert_eq!(states(&desk).await, [KeyState::Signing, KeyState::Gone]);
    desk.hand.advance(LEAD);
    join_all(desks.map(keep)).await;
    assert_eq!(states(&desk).await, [KeyState::Published, KeyState::Signing, KeyState::Gone]);
}

/// A token that names this key, in a shape that is fine.
fn naming(kid: &str) -> String {
    let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid }).to_string();
    format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header))
}

#[tokio::test]
async fn names_of_keys_that_strangers_make_up_do_not_reach_the_database() {
    let desk = Desk::open().await;
    let asked = async || {
        let ((), statements) = desk
            .statements_of(async {
                let tokens: Vec<String> = (0..50).map(|_| naming(SigningKey::generate().kid())).collect();
                join_all(tokens.iter().map(|token| assert_refused(&desk, token, "unknown_key"))).await;
            })
            .await;
        assert!(statements.iter().all(|sql| sql.contains("signing_keys")), "{statements:?}");
        statements.len()
    };
    assert_eq!(asked().await, 1, "whoever comes meanwhile waits for the same answer");
    assert_eq!(asked().await, 0);
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(asked().await, 1);

    desk.hand.advance(Duration::from_secs(1));
    let hostile = [
        "",
        "../../../etc/passwd",
        "' OR 1=1; DROP TABLE signing_keys; --",
        "https://evil.example/jwks",
        "\0",
    ];
    let ((), statements) = desk
        .statements_of(async {
            for kid in hostile {
                assert_refused(&desk, &naming(kid), "no_key").await;
            }
        })
        .await;
    assert_eq!(statements, [""; 0]);
    assert_good(&desk, &token(&desk)).await;
}

#[tokio::test]
async fn keys_that_are_known_hold_on_while_they_cannot_be_read() {
    let desk = Desk::open().await;
    let token = token(&desk);
    let db = desk.side_door().await;
    db.execute_unprepared("ALTER TABLE signing_keys RENAME TO elsewhere").await.expect("moved");
    assert!(desk.services.keep_keys(AGE).await.is_err());
    assert_refused(&desk, &naming(SigningKey::generate().kid()), "unknown_key").await;
    assert_good(&desk, &token).await;
    db.execute_unprepared("ALTER TABLE elsewhere RENAME TO signing_keys").await.expect("back");
    keep(&desk).await;
    assert_good(&desk, &token).await;
}

#[tokio::test]
async fn a_rotation_leaves_an_entry_that_says_which_keys() {
    let desk = Desk::open().await;
    let first = kid(&token(&desk));
    let second = rotate(&desk, Rotation::Announced).await;
    let third = rotate(&desk, Rotation::AtOnce).await;
    // who reads it needs a token of a key that is held
    keep(&desk).await;
    let trail = desk.trail().await;
    let changes = |number: usize| trail.data(&format!("auditEvents.nodes.{number}.changes"));
    assert_eq!(trail.column("auditEvents.nodes", "action"), ["KEYS_ROTATE", "KEYS_ROTATE"]);
    let signs_from = |lead| json!(desk.clock.now() + lead);
    assert_eq!(
        changes(1),
        json!([
            { "field": "kid", "before": first, "after": second },
            { "field": "signsFrom", "before": null, "after": signs_from(LEAD) },
        ])
    );
    assert_eq!(
        changes(0),
        json!([
            { "field": "kid", "before": first, "after": third },
            { "field": "signsFrom", "before": null, "after": signs_from(Duration::ZERO) },
            { "field": "dropped", "before": [second, first], "after": null },
        ])
    );
}

#[tokio::test]
async fn nobody_but_the_program_rotates_keys_or_lists_them() {
    let desk = Desk::open().await;
    let claims = desk.services.tokens().verify(&token(&desk)).expect("claims");
    let admin = desk.services.caller(&claims, Origin::default()).await.expect("a caller");
    for refused in [
        desk.services.rotate_keys(&admin, Rotation::AtOnce).await.map(drop),
        desk.services.keys(&admin).await.map(drop),
    ] {
        assert!(matches!(refused, Err(ApiError::Forbidden { .. })), "{refused:?}");
    }
    assert_eq!(states(&desk).await, [KeyState::Signing]);
}

#[tokio::test]
async fn a_key_of_an_older_version_goes_on_signing() {
    let desk = Desk::open().await;
    let token = token(&desk);
    let db = desk.side_door().await;
    for statement in [
        "ALTER TABLE signing_keys DROP COLUMN signs_from",
        "DELETE FROM seaql_migrations WHERE version LIKE '%signing_keys_rotate'",
    ] {
        db.execute_unprepared(statement).await.expect(statement);
    }
    desk.database.migrate().await;
    let row = signing_key::Entity::find().one(&db).await.expect("keys").expect("a key");
    assert_eq!((row.created_at, row.signs_from), (desk.clock.now(), desk.clock.now()));
    let newer = desk.another().await;
    assert_good(&newer, &token).await;
    assert_eq!(kid(&self::token(&newer)), kid(&token));
}

/// The program itself, which reads the keys by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_runs_learns_what_a_command_did() {
    let site = Site::new(&[]).await;
    let mut program = site.serve();
    let address = program.address();
    let before = site.token("admin");
    let is_good = async |token: &str| {
        let question = request_with(token, &json!({ "query": "{ viewer { subject } }" }));
        whole_conversation(address, &question).await.starts_with("HTTP/1.1 200")
    };
    assert!(is_good(&before).await);
    let list = || {
        let (listed, log) = site.run(&["keys", "list"]);
        let rows: Vec<Vec<String>> =
            listed.lines().skip(1).map(|row| row.split_whitespace().map(str::to_owned).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 4), "{listed}{log}");
        rows.into_iter().map(|mut row| (row.remove(0), row.remove(0))).collect::<Vec<_>>()
    };
    let first = kid(&before);
    assert_eq!(list(), [(first.clone(), "SIGNING".to_owned())]);

    let (made, log) = site.run(&["keys", "rotate"]);
    let next = made.split(' ').next().expect("a key").to_owned();
    assert!(made.contains(" signs from 2"), "{made}{log}");
    assert_eq!(list(), [(next.clone(), "PUBLISHED".to_owned()), (first, "SIGNING".to_owned())]);
    while !get(address, "/.well-known/jwks.json").await.contains(&next) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_good(&before).await);

    let (made, _) = site.run(&["keys", "rotate", "--now"]);
    let last = made.split(' ').next().expect("a key").to_owned();
    assert_eq!(list(), [(last.clone(), "SIGNING".to_owned())]);
    let after = site.token("admin");
    assert_eq!(kid(&after), last);
    assert!(is_good(&after).await, "without waiting");
    while is_good(&before).await {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let keys = get(address, "/.well-known/jwks.json").await;
    assert!(keys.contains(&last) && !keys.contains(&next), "{keys}");
}
