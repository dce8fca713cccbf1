//! Who is let in: the token at the door, and what strangers learn.

use axum::http::StatusCode;

use crate::support::Desk;

#[tokio::test]
async fn a_stranger_is_told_to_bring_a_token() {
    let desk = Desk::open().await;
    let answer = desk.stranger().ask("{ viewer { name } }").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.code(), Some("UNAUTHENTICATED"));
    assert_eq!(answer.headers["www-authenticate"], r#"Bearer realm="backdesk""#);
}

#[tokio::test]
async fn a_viewer_learns_who_they_are() {
    let desk = Desk::open().await;
    let answer = desk
        .read_only()
        .ask("{ viewer { name roles permissions accounts { code } } }")
        .await;
    insta::assert_json_snapshot!(answer.body, @"");
}
