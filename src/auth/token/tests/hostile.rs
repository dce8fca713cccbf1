//! Tokens that were altered, cut, made up or never were any.

use super::*;

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
    let header = URL_SAFE_NO_PAD.encode("[".repeat(6000));
    assert_eq!(server.tokens.verify(&format!("{header}.e30.AA")), Err(TokenError::Malformed));
    let header = URL_SAFE_NO_PAD.encode(format!("{{\"a\":{}", "[".repeat(6000)));
    assert_eq!(server.tokens.verify(&format!("{header}.e30.AA")), Err(TokenError::Malformed));
}

proptest! {
    #[test]
    fn arbitrary_text_is_never_a_token(text: String) {
        prop_assert!(Server::new().tokens.verify(&text).is_err());
    }

    #[test]
    fn text_that_looks_like_a_token_is_never_one(text in "[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_=-]{0,80}){1,3}") {
        prop_assert!(Server::new().tokens.verify(&text).is_err());
    }

    #[test]
    fn any_json_in_the_header_is_survived(alg: String, typ: String, kid: String, extra: String) {
        let header = json!({ "alg": alg, "typ": typ, "kid": kid, extra: 1 });
        let server = Server::new();
        prop_assert!(server.tokens.verify(&sign(&header, &claims(), &server.key)).is_err());
    }

    #[test]
    fn a_token_with_any_bit_flipped_is_refused(bit: prop::sample::Index) {
        let server = Server::new();
        let mut bytes = server.issue().into_bytes();
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(server.tokens.verify(&text).is_err());
    }

    #[test]
    fn a_token_cut_anywhere_is_refused(end: prop::sample::Index) {
        let server = Server::new();
        let token = server.issue();
        prop_assert!(server.tokens.verify(&token[..end.index(token.len())]).is_err());
    }
}
