//! What a header may say, and every refusal for what it says.

use super::*;

#[test]
fn the_type_ignores_case_and_may_be_written_in_full() {
    let server = Server::new();
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(server.verify_header("typ", json!(typ)).is_ok(), "{typ}");
    }
}

#[test]
fn a_token_without_algorithm_is_refused() {
    let server = Server::new();
    for alg in ["none", "None", "nOnE", ""] {
        let mut header = server.header();
        header["alg"] = json!(alg);
        let token = format!("{}.{}.", encode(&header), encode(&claims()));
        assert_eq!(server.tokens.verify(&token), Err(TokenError::Algorithm), "{alg:?}");
    }
    assert_eq!(
        server.verify_changed(|header, _| drop(header.as_object_mut().unwrap().remove("alg"))),
        Err(TokenError::Algorithm)
    );
}

#[test]
fn a_token_signed_with_the_public_key_as_secret_is_refused() {
    let server = Server::new();
    let x = server.tokens.jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    for secret in [URL_SAFE_NO_PAD.decode(&x).unwrap(), x.into_bytes()] {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.into());
        header.kid = Some(server.key.kid().into());
        let token = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(server.tokens.verify(&token), Err(TokenError::Algorithm));
    }
}

#[test]
fn a_token_that_names_another_algorithm_is_refused() {
    let server = Server::new();
    for alg in ["RS256", "ES256", "PS512", "eddsa", "Ed448"] {
        assert_eq!(server.verify_header("alg", json!(alg)), Err(TokenError::Algorithm), "{alg}");
    }
    assert_eq!(server.verify_header("alg", json!(["EdDSA"])), Err(TokenError::Algorithm));
}

#[test]
fn a_token_that_names_no_key_of_ours_is_refused() {
    let server = Server::new();
    for kid in [json!("another"), json!(""), json!(null), json!(7), json!("../../keys"), json!("' OR ''='")] {
        assert_eq!(server.verify_header("kid", kid.clone()), Err(TokenError::NoKey), "{kid}");
    }
    let foreign = json!(SigningKey::generate().kid());
    assert_eq!(server.verify_header("kid", foreign), Err(TokenError::UnknownKey));
}

#[test]
fn a_token_signed_by_a_stranger_in_our_name_is_refused() {
    let server = Server::new();
    let token = sign(&server.header(), &claims(), &SigningKey::generate());
    assert_eq!(server.tokens.verify(&token), Err(TokenError::Signature));
}

#[test]
fn a_token_that_names_the_other_key_of_ours_is_refused() {
    let (old, new) = (SigningKey::generate(), SigningKey::generate());
    let server = Server::with_keys(new, std::slice::from_ref(&old));
    let token = sign(&server.header(), &claims(), &old);
    assert_eq!(server.tokens.verify(&token), Err(TokenError::Signature));
}

#[test]
fn a_jwt_that_is_no_access_token_is_refused() {
    let server = Server::new();
    for typ in
        [json!("JWT"), json!("id+jwt"), json!("text/at+jwt"), json!(""), json!(null), json!(["at+jwt"])]
    {
        assert_eq!(server.verify_header("typ", typ.clone()), Err(TokenError::Type), "{typ}");
    }
}

#[test]
fn a_token_with_a_critical_header_is_refused() {
    let server = Server::new();
    for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!(null), json!("exp")] {
        assert_eq!(server.verify_header("crit", crit.clone()), Err(TokenError::Critical), "{crit}");
    }
}

#[test]
fn a_token_that_brings_or_points_to_a_key_is_refused() {
    let server = Server::new();
    let jwk = server.tokens.jwks()["keys"][0].clone();
    let url = json!("http://127.0.0.1:9/keys");
    for (name, value) in [("jku", url.clone()), ("x5u", url), ("x5c", json!(["MIIB"])), ("jwk", jwk)] {
        assert_eq!(server.verify_header(name, value), Err(TokenError::ForeignKey), "{name}");
        assert_eq!(server.verify_header(name, json!(null)), Err(TokenError::ForeignKey), "{name}: null");
    }
}
