//! Browsers: the refresh token is a cookie that no script reads, and pages of others sign nobody in.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person,
    sign_in::{Member, PASSWORD},
};

const HOST: &str = "desk.example";

/// A request as the page of an origin sends it.
async fn send(person: &Person, origin: &str, cookie: Option<&str>, body: &Value) -> Answer {
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, HOST)
        .header(header::ORIGIN, origin);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    person.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn verified(desk: &Desk, member: &Member, origin: &str) -> Answer {
    desk.hand.advance(std::time::Duration::from_secs(30));
    let challenge = desk.stranger().sign_in(&member.name, PASSWORD).await.text("signIn.challenge.token");
    let document = "mutation ($input: SecondFactorInput!) {
        verifySecondFactor(input: $input) { session { accessToken refreshToken } errors { code field } }
    }";
    let input = json!({ "challenge": challenge, "code": desk.code(&member.secret) });
    let body = json!({ "query": document, "variables": { "input": input } });
    send(&desk.stranger(), origin, None, &body).await
}

fn cookie(answer: &Answer) -> String {
    answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned()
}

const REFRESH: &str =
    "mutation { refreshSession { session { accessToken refreshToken } errors { code field } } }";

#[tokio::test]
async fn a_browser_keeps_its_session_by_a_cookie_that_no_script_reads() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let ours = format!("https://{HOST}");
    let answer = verified(&desk, &ada, &ours).await;
    assert_eq!(answer.data("verifySecondFactor.session.refreshToken"), Value::Null);
    let set = cookie(&answer);
    assert!(set.ends_with("; Path=/graphql; HttpOnly; Secure; SameSite=Strict"), "{set}");
    let kept = set.split(';').next().unwrap();

    let body = json!({ "query": REFRESH });
    let next = send(&desk.stranger(), &ours, Some(kept), &body).await;
    assert_ne!(next.data("refreshSession.session.accessToken"), Value::Null, "{}", next.body);
    let second = cookie(&next);
    assert_ne!(second, set, "a new one each time");
    // brought by a program, a cookie is none of ours
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, second.split(';').next().unwrap());
    let program = desk.stranger().send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(program.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);

    let out = json!({ "query": "mutation { signOut { ended } }" });
    let gone = send(&desk.stranger(), &ours, second.split(';').next(), &out).await;
    assert_eq!(gone.data("signOut.ended"), true);
    assert!(cookie(&gone).starts_with("backdesk_refresh=; Max-Age=0;"));
    let after = send(&desk.stranger(), &ours, second.split(';').next(), &body).await;
    assert_eq!(after.problems("refreshSession"), ["SESSION_ENDED refreshToken"]);
}

#[tokio::test]
async fn a_page_of_somebody_else_signs_nobody_in_or_out() {
    let desk = Desk::open().await;
    let ada = desk.add_member("ada", &["support"], &["FR"]).await;
    let kept = cookie(&verified(&desk, &ada, &format!("http://{HOST}")).await);
    let kept = kept.split(';').next();
    for origin in
        ["https://evil.example", "null", "https://desk.example.evil.example", "https://desk.example:444"]
    {
        for body in [json!({ "query": REFRESH }), json!({ "query": "mutation { signOut { ended } }" })] {
            let answer = send(&desk.stranger(), origin, kept, &body).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (403, Some("FORBIDDEN")), "{origin}");
        }
    }
    // and changed nothing
    let body = json!({ "query": REFRESH });
    let next = send(&desk.stranger(), &format!("http://{HOST}"), kept, &body).await;
    assert_eq!(next.problems("refreshSession"), [""; 0]);
}
