//! Tokens that were altered, cut, made up or never were any.

use super::*;
use crate::hostile::{damage, hostile_text, measured};

#[test]
fn a_token_with_changed_claims_is_refused() {
    let server = Server::new();
    let token = server.issue();
    let parts: Vec<&str> = token.split('.').collect();
    let mut forged = claims();
    forged["roles"] = json!(["admin"]);
    let token = format!("{}.{}.{}", parts[0], encode(&forged), parts[2]);
    assert_eq!(server.tokens.verify(&token), Err(TokenError::Signature));
}

#[test]
fn a_token_whose_signature_was_cut_off_is_refused() {
    let server = Server::new();
    let token = server.issue();
    let message = &token[..=token.rfind('.').unwrap()];
    assert_eq!(server.tokens.verify(message), Err(TokenError::Signature));
}

#[test]
fn a_token_over_eight_kilobytes_is_refused_unread() {
    let server = Server::new();
    let long = "x".repeat(MAX_TOKEN_BYTES);
    assert_eq!(server.verify_claim("name", json!(long)), Err(TokenError::TooLarge));
    assert_eq!(server.tokens.verify(&long), Err(TokenError::Malformed));
    assert_eq!(server.tokens.verify(&(long + "x")), Err(TokenError::TooLarge));
}

#[test]
fn a_token_of_other_than_three_parts_is_refused() {
    let server = Server::new();
    let token = server.issue();
    for text in [
        String::new(),
        ".".into(),
        "..".into(),
        "a.b".into(),
        format!("{token}."),
        format!("{token}.."),
        format!(".{token}"),
        token.rsplit_once('.').unwrap().0.into(),
        // five parts: an encrypted token (JWE)
        format!("{token}.a.b"),
    ] {
        assert_eq!(server.tokens.verify(&text), Err(TokenError::Malformed), "{text:?}");
    }
}

#[test]
fn a_token_that_is_not_base64url_of_json_is_refused() {
    let server = Server::new();
    let token = server.issue();
    let parts: Vec<&str> = token.split('.').collect();
    for header in ["%%%", "e30=", "eyJ+", "bm90IGpzb24", "W10", "bnVsbA", "_w", " "] {
        let text = format!("{header}.{}.{}", parts[1], parts[2]);
        assert_eq!(server.tokens.verify(&text), Err(TokenError::Malformed), "{header:?}");
    }
    for signature in ["%%%", "a", &format!("{}=", parts[2])] {
        let text = format!("{}.{}.{signature}", parts[0], parts[1]);
        assert_eq!(server.tokens.verify(&text), Err(TokenError::Malformed), "{signature:?}");
    }
}

#[test]
fn deeply_nested_json_is_refused_and_does_not_overflow_the_stack() {
    let server = Server::new();
    let header = URL_SAFE_NO_PAD.encode("[".repeat(370));
    assert_eq!(server.tokens.verify(&format!("{header}.e30.AA")), Err(TokenError::Malformed));
    let header = URL_SAFE_NO_PAD.encode(format!("{{\"a\":{}", "[".repeat(370)));
    assert_eq!(server.tokens.verify(&format!("{header}.e30.AA")), Err(TokenError::Malformed));
    let header = URL_SAFE_NO_PAD.encode("[".repeat(400));
    assert_eq!(server.tokens.verify(&format!("{header}.e30.AA")), Err(TokenError::TooLarge));
}

#[test]
fn a_header_takes_no_more_room_than_its_text() {
    let server = Server::new();
    let kid = server.key.kid();
    for filling in ["0,", "[],", "{},", "\"\","] {
        for length in [280, 6000] {
            let many = filling.repeat(length / filling.len());
            let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","x":[{many}0]}}"#);
            let token = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
            assert!(measured(token.len(), || server.tokens.verify(&token)).is_err());
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_text_is_never_a_token(text in hostile_text()) {
        let server = Server::new();
        prop_assert!(measured(text.len(), || server.tokens.verify(&text)).is_err());
    }

    #[test]
    fn text_that_looks_like_a_token_is_never_one(text in "[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_=-]{0,80}){1,3}") {
        prop_assert!(Server::new().tokens.verify(&text).is_err());
    }

    #[test]
    fn any_text_in_the_parts_is_survived(header in hostile_text(), claims in hostile_text(), signature in hostile_text()) {
        let parts = [header, claims, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        let (server, text) = (Server::new(), parts.join("."));
        prop_assert!(measured(text.len(), || server.tokens.verify(&text)).is_err());
    }

    #[test]
    fn any_json_in_the_header_is_survived(alg: String, typ: String, kid: String, extra: String) {
        let header = json!({ "alg": alg, "typ": typ, "kid": kid, extra: 1 });
        let server = Server::new();
        prop_assert!(server.tokens.verify(&sign(&header, &claims(), &server.key)).is_err());
    }

    #[test]
    fn a_damaged_token_is_refused(damage in damage()) {
        let server = Server::new();
        let good = server.issue();
        let text = damage.done_to(&good);
        prop_assert!(text == good || measured(text.len(), || server.tokens.verify(&text)).is_err());
    }
}
