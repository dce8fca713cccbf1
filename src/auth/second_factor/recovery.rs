//! Recovery codes: ten of them, shown once, each good for one sign-in without the app. 80 random bits each, kept as a keyed
//! hash (NIST SP 800-63B, 5.1.2, look-up secrets, asks for 20 bits and a slowed-down guesser, or 112 bits and neither).

use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::{
    auth::opaque::{Kept, OpaqueTokens},
    clock::CROCKFORD,
};

/// How many somebody has.
pub const CODES: usize = 10;
/// Characters of a code, five bits each, and of a group of them.
const CHARACTERS: usize = 16;
const GROUP: usize = 4;

/// A code that was just made.
pub struct RecoveryCode {
    /// What its owner is shown, once, such as `7K3M-9QX2-TB4H-V8RP`.
    pub text: Zeroizing<String>,
    /// What is kept: see [`hash`].
    pub hash: Vec<u8>,
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(secret)")
    }
}

/// New codes, always random.
///
/// # Panics
/// When the system has no random numbers; nothing could go on without.
pub fn generate(tokens: &OpaqueTokens) -> [RecoveryCode; CODES] {
    std::array::from_fn(|_| {
        let mut bytes = Zeroizing::new([0; CHARACTERS]);
        // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
        rand::fill(&mut *bytes).expect("the system has random numbers");
        // 256 is a multiple of 32: every character is as likely as the others
        let code = Zeroizing::new(bytes.map(|byte| CROCKFORD[usize::from(byte % 32)]));
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (place, character) in code.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*character));
        }
        RecoveryCode { text, hash: tokens.tag_of(Kept::RecoveryCode, &*code) }
    })
}

/// What is kept of the code that somebody typed: HMAC-SHA-256, 32 bytes. Case, hyphens and spaces do not matter, nor whether
/// an O is a zero, an I or an L a one. None of what cannot be a code.
pub fn hash(tokens: &OpaqueTokens, typed: &str) -> Option<Vec<u8>> {
    let mut code = Zeroizing::new([0; CHARACTERS]);
    let mut places = code.iter_mut();
    for character in typed.chars().filter(|c| !c.is_whitespace() && !is_hyphen(*c)) {
        *places.next()? = read(character)?;
    }
    places.next().is_none().then(|| tokens.tag_of(Kept::RecoveryCode, &*code))
}

/// The character of the alphabet that somebody meant.
fn read(character: char) -> Option<u8> {
    let meant = match u8::try_from(character).ok()?.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        meant => meant,
    };
    CROCKFORD.contains(&meant).then_some(meant)
}

/// The one on keyboards, and those that typography makes of it.
fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{auth::sealing::MasterKey, hostile::hostile_text};

    fn tokens() -> OpaqueTokens {
        OpaqueTokens::new(&MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap())
    }

    #[test]
    fn codes_are_groups_that_survive_being_read_out() {
        let mut seen = HashSet::new();
        for code in (0..100).flat_map(|_| generate(&tokens())) {
            let groups: Vec<&str> = code.text.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4; 4]);
            assert!(groups.concat().bytes().all(|byte| CROCKFORD.contains(&byte)), "{}", *code.text);
            assert_eq!(code.text.capacity(), 20, "it grew, and left a copy behind");
            seen.insert(code.text.to_string());
        }
        assert_eq!(seen.len(), 1000);
        let characters: HashSet<char> = seen.iter().flat_map(|text| text.chars()).collect();
        assert_eq!(characters.len(), 33, "the whole alphabet, and the hyphen");
    }

    #[test]
    fn a_code_is_known_again_however_it_is_typed() {
        for code in generate(&tokens()) {
            let text = code.text.as_str();
            for typed in [
                text.to_owned(),
                text.to_lowercase(),
                text.replace('-', ""),
                text.replace('-', " "),
                text.replace('-', "\u{2013}"),
                format!("  {text}\n"),
                text.replace('0', "o").replace('1', "l"),
                text.replace('0', "O").replace('1', "I"),
            ] {
                assert_eq!(hash(&tokens(), &typed).as_ref(), Some(&code.hash), "{typed}");
            }
            assert_ne!(hash(&OpaqueTokens::new(&MasterKey::generate()), text), Some(code.hash));
        }
    }

    #[test]
    fn what_cannot_be_a_code_has_no_hash() {
        assert!(hash(&tokens(), "7K3M-9QX2-TB4H-V8RP").is_some());
        for typed in [
            "",
            "-",
            "7K3M-9QX2-TB4H-V8R",
            "7K3M-9QX2-TB4H-V8RPP",
            "7K3M-9QX2-TB4H-V8RU",
            "7K3M.9QX2.TB4H.V8RP",
            "７K3M-9QX2-TB4H-V8RP",
        ] {
            assert_eq!(hash(&tokens(), typed), None, "{typed:?}");
        }
    }

    #[test]
    fn nothing_shows_a_code() {
        assert_eq!(format!("{:?}", generate(&tokens())[0]), "RecoveryCode(secret)");
    }

    proptest! {
        #[test]
        fn another_code_is_another(one in "[0-9A-HJKMNP-TV-Z]{16}", two in "[0-9A-HJKMNP-TV-Z]{16}") {
            prop_assert_eq!(hash(&tokens(), &one) == hash(&tokens(), &two), one == two);
        }

        #[test]
        fn whatever_is_typed_is_looked_at(typed in hostile_text()) {
            let _ = hash(&tokens(), &typed);
        }
    }
}
