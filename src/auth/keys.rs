//! The keys that sign our access tokens: Ed25519, as JSON Web Keys (RFC 8037), named by thumbprint (RFC 7638).
//!
//! Pure values: `store` keeps the private halves, sealed by `auth::sealing`, with the instants from which they sign. A
//! [`KeyRing`] says by these which key is for what.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub use self::ring::{DatedKey, KeyRing, KeyState, KeyStatus, LEAD};

mod ring;

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
struct VerifyingKey {
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

    fn jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": self.x, "kid": self.kid, "use": "sig", "alg": "EdDSA" })
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

/// Whether a text could be the id of a key of ours: a thumbprint.
pub(super) fn is_kid(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == SHA256.output_len)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    /// The key of RFC 8037, appendix A.1: public half and seed.
    const RFC_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const RFC_D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const RFC_KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    fn ring(key: &SigningKey) -> KeyRing {
        let start = DateTime::UNIX_EPOCH;
        KeyRing::of(DatedKey { key: key.clone(), created_at: start, signs_from: start })
    }

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
    fn the_key_set_has_the_public_half_of_a_key_and_nothing_private() {
        let key = SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap();
        let jwks = ring(&key).jwks(DateTime::UNIX_EPOCH);
        assert_eq!(
            jwks,
            json!({ "keys": [
                { "kty": "OKP", "crv": "Ed25519", "x": RFC_X, "kid": RFC_KID, "use": "sig", "alg": "EdDSA" }
            ] })
        );
        assert!(!jwks.to_string().contains(RFC_D));
    }

    #[test]
    fn the_key_set_is_one_that_jsonwebtoken_reads() {
        let key = SigningKey::generate();
        let jwks = ring(&key).jwks(DateTime::UNIX_EPOCH);
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks).unwrap();
        let jwk = set.find(key.kid()).unwrap();
        assert_eq!(jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), key.kid());
        assert!(DecodingKey::from_jwk(jwk).is_ok());
    }

    #[test]
    fn the_id_of_a_key_is_told_from_other_texts() {
        assert!(is_kid(RFC_KID));
        let hostile = ["", "another", "../../keys", "' OR 1=1 --", &RFC_KID[1..], &format!("{RFC_KID}A")];
        for text in
            hostile.into_iter().chain([&RFC_KID.replace('_', "/"), &"é".repeat(43)].map(String::as_str))
        {
            assert!(!is_kid(text), "{text:?}");
        }
    }

    #[test]
    fn a_key_prints_its_id_alone() {
        let key = SigningKey::from_stored(RFC_KID, &rfc_pkcs8()).unwrap();
        let shown = format!(r#"SigningKey("{RFC_KID}")"#);
        assert_eq!(format!("{key:?}"), shown);
        let ring = format!("{:?}", ring(&key));
        assert!(ring.contains(&shown) && ring.len() < shown.len() + 150, "{ring}");
    }
}
