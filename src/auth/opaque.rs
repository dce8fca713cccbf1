//! Secrets that somebody else keeps and brings back: refresh tokens, links in mails. Random, of no meaning, and kept as a
//! hash alone, keyed with a key that is derived from the master key: whoever reads the database can bring none of them, and
//! cannot try out which text a hash is of either, which matters where people choose the text (see
//! [`OpaqueTokens::hash_name`]).
//!
//! A plain hash by a key is enough: 256 random bits need no slow one (NIST SP 800-63B, 5.1.2.2).

use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::sealing::MasterKey;
use crate::domain::text::fold;

/// Bytes of a token.
const TOKEN: usize = 32;
/// Characters of its text: base64url without padding.
const TEXT: usize = 43;
/// Characters from the beginning that are kept in clear, for people to tell tokens apart: 24 bits of 256.
const PREFIX: usize = 4;
/// Characters of a name that are looked at.
const NAME: usize = 256;

/// What a token is good for. Its hash is another one for each: no token passes for another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Gets the next access token.
    Refresh = 1,
    /// Makes somebody a member of staff: the link in an invitation.
    StaffInvitation = 2,
    /// Lets a member of staff choose a new password: the link in a mail.
    StaffPasswordReset = 3,
}

/// What else is hashed with the key, numbered beside the purposes of tokens.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept {
    /// A recovery code: see [`second_factor`](super::second_factor).
    RecoveryCode = 128,
    /// A user name that nobody has.
    UnknownName = 129,
}

/// A token that was just made.
pub struct OpaqueToken {
    /// What its owner is given, once: 43 characters of base64url.
    pub text: Zeroizing<String>,
    /// What is kept: see [`OpaqueTokens::hash`].
    pub hash: Vec<u8>,
    /// Its first four characters, for people to tell tokens apart.
    pub prefix: String,
}

impl std::fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpaqueToken").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Makes tokens and knows them again.
#[derive(Clone)]
pub struct OpaqueTokens(hmac::Key);

impl OpaqueTokens {
    /// Tokens of everybody who has this master key.
    pub fn new(master: &MasterKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &*master.opaque_key()))
    }

    /// A new token, always random.
    ///
    /// # Panics
    /// When the system has no random numbers; nothing could go on without.
    pub fn generate(&self, purpose: Purpose) -> OpaqueToken {
        let mut bytes = Zeroizing::new([0; TOKEN]);
        // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
        rand::fill(&mut *bytes).expect("the system has random numbers");
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
        let prefix = text.chars().take(PREFIX).collect();
        OpaqueToken { hash: self.tag(purpose as u8, &*bytes), text, prefix }
    }

    /// What is kept of the token that `text` is: HMAC-SHA-256, 32 bytes, to be looked up by. None of what cannot be one, so
    /// that the database is not asked.
    pub fn hash(&self, purpose: Purpose, text: &str) -> Option<Vec<u8>> {
        if text.len() != TEXT {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(self.tag(purpose as u8, &bytes))
    }

    /// What is kept of a user name that nobody has, to count tries by and to tell whether two were the same, case and accents
    /// aside. People type passwords into the wrong field: such names are never kept in clear.
    pub fn hash_name(&self, name: &str) -> Vec<u8> {
        // cut behind folding: signs that count for nothing must not make it another name
        let folded = Zeroizing::new(fold(name));
        let looked_at = Zeroizing::new(folded.chars().take(NAME).collect::<String>());
        self.tag_of(Kept::UnknownName, looked_at.as_bytes())
    }

    pub(super) fn tag_of(&self, kept: Kept, bytes: &[u8]) -> Vec<u8> {
        self.tag(kept as u8, bytes)
    }

    fn tag(&self, number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut signing = hmac::Context::with_key(&self.0);
        signing.update(&[number]);
        signing.update(bytes);
        signing.sign().as_ref().to_vec()
    }
}

impl std::fmt::Debug for OpaqueTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpaqueTokens(secret)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const PURPOSES: [Purpose; 3] = [Purpose::Refresh, Purpose::StaffInvitation, Purpose::StaffPasswordReset];

    fn tokens() -> OpaqueTokens {
        OpaqueTokens::new(&MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap())
    }

    #[test]
    fn a_token_is_known_again_by_its_hash() {
        let token = tokens().generate(Purpose::Refresh);
        assert_eq!((token.text.len(), token.hash.len()), (43, 32));
        assert_eq!(token.prefix, token.text[..4]);
        assert_eq!(tokens().hash(Purpose::Refresh, &token.text), Some(token.hash));
    }

    #[test]
    fn no_token_passes_for_one_of_another_purpose_or_key() {
        let text = "A".repeat(43);
        let hashes: HashSet<_> = PURPOSES.map(|purpose| tokens().hash(purpose, &text).unwrap()).into();
        assert_eq!(hashes.len(), PURPOSES.len());
        let bytes = [0; TOKEN];
        assert!(!hashes.contains(&tokens().tag_of(Kept::RecoveryCode, &bytes)));
        assert!(!hashes.contains(&tokens().tag_of(Kept::UnknownName, &bytes)));
        let others = OpaqueTokens::new(&MasterKey::generate());
        assert_ne!(others.hash(Purpose::Refresh, &text), tokens().hash(Purpose::Refresh, &text));
    }

    #[test]
    fn a_hash_stays_what_it_is() {
        // a change would sign everybody out, and end every link
        let hash = tokens().hash(Purpose::Refresh, &"A".repeat(43)).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(hash), "TdRlsZfQYHcFpoORQ8zDPH-c1-mQFqx8-R2DozEljFk");
        let hash = tokens().hash_name("ada");
        assert_eq!(URL_SAFE_NO_PAD.encode(hash), "tdkXBO0m77c_7LIyCVhav_P7FobyGg-rgDlIRuVd0z0");
    }

    #[test]
    fn what_cannot_be_a_token_has_no_hash() {
        let good = "A".repeat(43);
        assert!(tokens().hash(Purpose::Refresh, &good).is_some());
        // the last character holds four bits: the others that it could hold would be the same token
        for text in [
            "",
            &good[1..],
            &format!("{good}="),
            &format!("{good}A"),
            &format!("{}+", &good[1..]),
            &format!("{}B", &good[1..]),
        ] {
            assert_eq!(tokens().hash(Purpose::Refresh, text), None, "{text:?}");
        }
    }

    #[test]
    fn tokens_differ() {
        let made: HashSet<String> =
            (0..100).map(|_| tokens().generate(Purpose::StaffInvitation).text.to_string()).collect();
        assert_eq!(made.len(), 100);
    }

    #[test]
    fn the_same_unknown_name_is_known_again() {
        let hash = |name: &str| tokens().hash_name(name);
        assert_eq!(hash("Zoë"), hash(" zoe"));
        assert_ne!(hash("zoe"), hash("zoey"));
        assert_eq!(hash("").len(), 32);
        assert_eq!(hash(&"a".repeat(1_000_000)), hash(&"a".repeat(NAME)));
    }

    #[test]
    fn nothing_shows_a_token() {
        let token = tokens().generate(Purpose::Refresh);
        let shown = format!("{:?} {token:?}", tokens());
        assert_eq!(
            shown,
            format!(r#"OpaqueTokens(secret) OpaqueToken {{ prefix: "{}", .. }}"#, token.prefix)
        );
    }

    proptest! {
        #[test]
        fn another_text_is_another_token(text in "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", place in 0..42_usize, to in "[A-Za-z0-9_-]") {
            let changed = format!("{}{to}{}", &text[..place], &text[place + 1..]);
            let hash = |text: &str| tokens().hash(Purpose::Refresh, text).unwrap();
            prop_assert_eq!(hash(&text) == hash(&changed), text == changed);
        }

        #[test]
        fn whatever_is_no_token_has_no_hash(text in ".{0,42}|.{44,200}") {
            prop_assume!(text.len() != TEXT);
            prop_assert_eq!(tokens().hash(Purpose::Refresh, &text), None);
        }
    }
}
