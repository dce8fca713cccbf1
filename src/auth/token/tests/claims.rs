//! Required claims, their types, and when a token is good.

use super::*;

#[test]
fn a_token_without_roles_and_accounts_gives_none() {
    let claims = Server::new().verify_changed(|_, _| ()).unwrap();
    assert_eq!((claims.roles, claims.accounts, claims.name), (vec![], AccountsClaim::Codes(vec![]), None));
}

#[test]
fn accounts_are_an_array_of_codes_or_a_star() {
    let server = Server::new();
    let accounts = |value| server.verify_claim("accounts", value).map(|claims| claims.accounts);
    assert_eq!(accounts(json!("*")), Ok(AccountsClaim::All));
    assert_eq!(accounts(json!(["A", "B"])), Ok(AccountsClaim::Codes(vec!["A".into(), "B".into()])));
    for value in [json!("A"), json!(["A", "*"]), json!(["**", 1]), json!(true), json!(null), json!({})] {
        assert_eq!(accounts(value.clone()), Err(TokenError::Claims), "{value}");
    }
}

#[test]
fn an_audience_among_others_is_taken() {
    let claims = Server::new().verify_claim("aud", json!(["other", "desk"])).unwrap();
    assert_eq!(claims.aud, ["other", "desk"]);
}

#[test]
fn a_token_expires_thirty_seconds_after_its_time_and_not_later() {
    let server = Server::new();
    let token = server.issue();
    server.hand.advance(Duration::from_secs(900 + 29));
    assert!(server.tokens.verify(&token).is_ok());
    server.hand.advance(Duration::from_secs(1));
    assert_eq!(server.tokens.verify(&token), Err(TokenError::Expired));
}

#[test]
fn a_token_is_good_thirty_seconds_before_its_time_and_not_earlier() {
    let server = Server::new();
    for claim in ["nbf", "iat"] {
        assert!(server.verify_claim(claim, json!(NOON + 30)).is_ok(), "{claim}");
        assert_eq!(server.verify_claim(claim, json!(NOON + 31)), Err(TokenError::NotYetValid), "{claim}");
    }
}

#[test]
fn times_at_the_end_of_the_numbers_are_judged_without_overflow() {
    let server = Server::new();
    assert!(server.verify_claim("exp", json!(i64::MAX)).is_ok());
    assert_eq!(server.verify_claim("nbf", json!(i64::MAX)), Err(TokenError::NotYetValid));
    assert!(server.verify_claim("iat", json!(i64::MIN)).is_ok());
}

#[test]
fn a_token_without_a_required_claim_is_refused() {
    let server = Server::new();
    for name in ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"] {
        let verified = server.verify_changed(|_, claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert_eq!(verified, Err(TokenError::Claims), "{name}");
        assert_eq!(server.verify_claim(name, json!(null)), Err(TokenError::Claims), "{name}: null");
    }
}

#[test]
fn a_token_with_a_claim_of_the_wrong_type_is_refused() {
    let server = Server::new();
    for (name, value) in [
        ("iss", json!(["backdesk"])),
        ("aud", json!(["desk", 1])),
        ("aud", json!({ "desk": true })),
        ("sub", json!(7)),
        ("sub", json!("")),
        ("jti", json!("")),
        ("jti", json!(1)),
        ("exp", json!("1772367300")),
        ("exp", json!(u64::MAX)),
        ("exp", json!(1e300)),
        ("exp", json!(1_772_367_300.5)),
        ("exp", json!(-1)),
        ("nbf", json!(true)),
        ("iat", json!("yesterday")),
        ("roles", json!("admin")),
        ("roles", json!([["admin"]])),
        ("roles", json!(null)),
        ("name", json!(["Alice"])),
        ("sid", json!(1)),
    ] {
        assert_eq!(server.verify_claim(name, value.clone()), Err(TokenError::Claims), "{name}: {value}");
    }
}

#[test]
fn a_token_of_another_issuer_is_refused() {
    let server = Server::new();
    for issuer in ["", "Backdesk", "backdesk ", "https://evil.example"] {
        assert_eq!(server.verify_claim("iss", json!(issuer)), Err(TokenError::Issuer), "{issuer:?}");
    }
}

#[test]
fn a_token_for_another_audience_is_refused() {
    let server = Server::new();
    for audience in [json!("front"), json!(""), json!("Desk"), json!([]), json!(["front", "desks"])] {
        assert_eq!(server.verify_claim("aud", audience.clone()), Err(TokenError::Audience), "{audience}");
    }
}

#[test]
fn a_signed_token_whose_claims_are_no_object_is_refused() {
    let server = Server::new();
    for claims in [json!(null), json!([]), json!("alice"), json!(1), json!([[[[]]]])] {
        let token = sign(&server.header(), &claims, &server.key);
        let refused = server.tokens.verify(&token).unwrap_err();
        assert!(matches!(refused, TokenError::Malformed | TokenError::Claims), "{claims}: {refused:?}");
    }
}

#[test]
fn a_subject_is_as_long_as_indexes_take_and_no_longer() {
    let server = Server::new();
    assert!(server.verify_claim("sub", json!("é".repeat(SUBJECT))).is_ok());
    assert_eq!(server.verify_claim("sub", json!("e".repeat(SUBJECT + 1))), Err(TokenError::Claims));
}
