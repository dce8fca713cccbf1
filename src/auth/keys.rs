//! The keys that sign our access tokens: Ed25519, as JSON Web Keys (RFC 8037), named by thumbprint (RFC 7638).
//!
//! Pure values: `store` keeps the private halves, sealed by `auth::sealing`, and says which key is the newest.
//! A [`KeyRing`] signs with that one and verifies with former ones too, until their last tokens have expired.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A key pair that signs tokens. What holds the private half is zeroed when dropped.
#[derive(Clone)]
pub struct SigningKey {
    pkcs8: Zeroizing<Vec<u8>>,
    encoding: EncodingKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// A new key, always random: see `auth::sealing::MasterKey::generate`.
    ///
    /// # Panics
    /// When the system has no random numbers; nothing could go on without.
    pub fn generate() -> Self {
        let pair = Ed25519KeyPair::generate().expect("the system has random numbers");
        // version 1 of PKCS #8, which OpenSSL reads as well; jsonwebtoken takes either
        let pkcs8 = pair.to_pkcs8v1().expect("a key that was just made can be written");
        Self::new(&pair, pkcs8.as_ref())
    }

    /// The key back from what was stored: its id and its private half as PKCS #8.
    pub fn from_stored(kid: &str, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Malformed)?;
        let key = Self::new(&pair, pkcs8);
        if key.kid() == kid { Ok(key) } else { Err(KeyError::AnotherKey) }
    }

    fn new(pair: &Ed25519KeyPair, pkcs8: &[u8]) -> Self {
        Self {
            pkcs8: Zeroizing::new(pkcs8.to_vec()),
            encoding: EncodingKey::from_ed_der(pkcs8),
            public: VerifyingKey::new(pair.public_key().as_ref()),
        }
    }

    /// The id of the key: the thumbprint of its public half.
    pub fn kid(&self) -> &str {
        &self.public.kid
    }

    /// The private half as PKCS #8 (RFC 8410). Never store it unsealed.
    pub fn private_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half, all that is needed of a former key.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    pub(super) fn encoding_key(&self) -> &EncodingKey {
        &self.encoding
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SigningKey").field(&self.kid()).finish()
    }
}

/// The public half of a [`SigningKey`].
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    /// The 32 bytes of the public key in base64url: member `x` of the JWK.
    x: String,
    decoding: DecodingKey,
}

impl VerifyingKey {
    fn new(public: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(public);
        // RFC 7638: the required members alone, in the order of their names, without white space
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        Self { kid, x, decoding: DecodingKey::from_ed_der(public) }
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    fn jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": self.x, "kid": self.kid, "use": "sig", "alg": "EdDSA" })
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("VerifyingKey").field(&self.kid).finish()
    }
}

/// Why a stored key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// It is not an Ed25519 key in PKCS #8.
    Malformed,
    /// It is a key, but not the one that its id names.
    AnotherKey,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the stored signing key is not an Ed25519 key in PKCS #8",
            Self::AnotherKey => "the stored signing key is not the one that its id names",
        })
    }
}

impl std::error::Error for KeyError {}

/// The key that signs, and those that signed tokens which are still good.
#[derive(Debug, Clone)]
pub struct KeyRing {
    signing: SigningKey,
    former: Vec<VerifyingKey>,
}

impl KeyRing {
    /// A ring that signs with `signing` and verifies with `former` as well.
    pub fn new(signing: SigningKey, former: Vec<VerifyingKey>) -> Self {
        Self { signing, former }
    }

    /// The key that new tokens are signed with.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The public halves as a JSON Web Key Set (RFC 7517, section 5), newest first.
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.verifying().map(VerifyingKey::jwk).collect::<Vec<_>>() })
    }

    /// The key that a token names, when it is one of ours.
    pub(super) fn decoding_key(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying().find(|key| key.kid == kid).map(|key| &key.decoding)
    }

    fn verifying(&self) -> impl Iterator<Item = &VerifyingKey> {
        std::iter::once(self.signing.verifying_key()).chain(&self.former)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.1: public half and seed.
    const RFC_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const RFC_D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const RFC_KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    fn rfc_pkcs8() -> Vec<u8> {
        let seed = URL_SAFE_NO_PAD.decode(RFC_D).unwrap();
        Ed25519KeyPair::from_seed_unchecked(&seed).unwrap().to_pkcs8v1().unwrap().as_ref().to_vec()
    }

    #[test]
    fn the_key_of_rfc_8037_has_its_thumbprint_as_id() {
        let key = SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap();
        assert_eq!((key.kid(), key.public.x.as_str()), (RFC_KID, RFC_X));
    }

    #[test]
    fn the_key_of_rfc_8037_signs_its_example() {
        let key = SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap();
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            jsonwebtoken::crypto::sign(message, key.encoding_key(), jsonwebtoken::Algorithm::EdDSA).unwrap();
        assert_eq!(
            signature,
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn a_stored_key_comes_back_as_itself() {
        let key = SigningKey::generate();
        let again = SigningKey::from_stored(key.kid(), key.private_pkcs8()).unwrap();
        assert_eq!((again.kid(), again.private_pkcs8()), (key.kid(), key.private_pkcs8()));
    }

    #[test]
    fn a_stored_key_under_the_id_of_another_is_refused() {
        let (key, other) = (SigningKey::generate(), SigningKey::generate());
        let error = SigningKey::from_stored(other.kid(), key.private_pkcs8()).unwrap_err();
        assert_eq!(error, KeyError::AnotherKey);
    }

    #[test]
    fn a_stored_key_that_is_no_key_is_refused() {
        let key = SigningKey::generate();
        for bytes in [&b""[..], b"not a key", &key.private_pkcs8()[1..], &[0; 48]] {
            assert_eq!(SigningKey::from_stored(key.kid(), bytes).unwrap_err(), KeyError::Malformed);
        }
    }

    #[test]
    fn the_key_set_has_the_public_half_of_every_key_and_nothing_private() {
        let (new, old) = (SigningKey::generate(), SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap());
        let jwks = KeyRing::new(new.clone(), vec![old.verifying_key().clone()]).jwks();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
        assert_eq!(jwks["keys"][0]["kid"], new.kid());
        assert_eq!(
            jwks["keys"][1],
            json!({ "kty": "OKP", "crv": "Ed25519", "x": RFC_X, "kid": RFC_KID, "use": "sig", "alg": "EdDSA" })
        );
        assert!(jwks["keys"][0].get("d").is_none());
        assert!(!jwks.to_string().contains(RFC_D));
    }

    #[test]
    fn the_key_set_is_one_that_jsonwebtoken_reads() {
        let key = SigningKey::generate();
        let jwks = KeyRing::new(key.clone(), vec![]).jwks();
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks).unwrap();
        let jwk = set.find(key.kid()).unwrap();
        assert_eq!(jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), key.kid());
        assert!(DecodingKey::from_jwk(jwk).is_ok());
    }

    #[test]
    fn a_key_prints_its_id_alone() {
        let key = SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap();
        let ring = KeyRing::new(key.clone(), vec![key.verifying_key().clone()]);
        assert_eq!(
            format!("{ring:?}"),
            format!(r#"KeyRing {{ signing: SigningKey("{RFC_KID}"), former: [VerifyingKey("{RFC_KID}")] }}"#)
        );
    }
}
