//! Codes of authenticator apps: TOTP (RFC 6238) with what all apps know, which is SHA-1, six digits and thirty seconds.
//! SHA-1's collisions do not concern HMAC (RFC 6238 itself, and NIST SP 800-107, 5.3.4).
//!
//! It is AWS-LC's HMAC and the four lines of RFC 4226, 5.3, rather than a crate: those that there are bring a second HMAC and
//! SHA-1, and answer whether a code is right but not of which step, without which no code can be good for one use alone.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac, rand};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::{EcLevel, QrCode, render::svg};
use zeroize::Zeroizing;

/// Bytes of a secret: as many as SHA-1 gives, which RFC 4226 recommends (4, R6).
const SECRET: usize = 20;
/// Seconds of a step.
const PERIOD: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// Steps before and after the present one whose codes are taken: clocks of phones differ, and people type (RFC 6238, 5.2 and
/// 6).
const DRIFT: i64 = 1;
/// Pixels of a picture at least, each way.
const PICTURE: u32 = 240;
/// What stands for itself in an address (RFC 3986, 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A step of thirty seconds, counted from 1970. The service keeps the last one whose code was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub i64);

impl Step {
    /// The step of an instant.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(now.timestamp().div_euclid(PERIOD))
    }
}

/// Why a code is not taken. Whoever guesses must not learn which: both are answered alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeError {
    /// It is no code of these steps.
    Wrong,
    /// It was right, but it, or one that came after it, was used already: somebody looked over a shoulder, or sent it twice.
    Used,
}

/// What the app and the server both know. Never store it unsealed.
pub struct TotpSecret(Zeroizing<[u8; SECRET]>);

impl TotpSecret {
    /// A new secret of 160 bits, always random.
    ///
    /// # Panics
    /// When the system has no random numbers; nothing could go on without.
    pub fn generate() -> Self {
        let mut secret = Zeroizing::new([0; SECRET]);
        // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
        rand::fill(&mut *secret).expect("the system has random numbers");
        Self(secret)
    }

    /// The secret back from its bytes; none of another number of them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|secret| Self(Zeroizing::new(secret)))
    }

    /// Its bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The secret as people type it into an app that cannot read a picture: base32 (RFC 4648, 6) in 32 characters.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// What an app is told, in the address that all of them read (Google Authenticator's "Key Uri Format"): who asks for
    /// codes, whose they are, and the secret.
    pub fn otpauth_uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (utf8_percent_encode(issuer, ESCAPED), utf8_percent_encode(account, ESCAPED));
        let secret = self.text();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}",
            *secret
        ))
    }

    /// The step whose code this is: the present one, the one before or the one after it. Spaces between the digits, as apps
    /// show them, do not matter.
    ///
    /// Each code is good for one use (RFC 6238, 5.2): none of `last_used` or an earlier step is taken. Whoever takes a code
    /// must store its step in the transaction that the sign-in is in, and only where the step stored is still `last_used`.
    pub fn verify(&self, code: &str, now: DateTime<Utc>, last_used: Option<Step>) -> Result<Step, CodeError> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
        let Step(present) = Step::at(now);
        let mut verdict = Err(CodeError::Wrong);
        // all of them, in a time that does not tell which was right; the oldest last, so that it has the last word: a code of
        // two steps, which is one in a million, should use up no more than it must
        for step in (present - DRIFT..=present + DRIFT).rev().map(Step) {
            let is_right = verify_slices_are_equal(self.code(step).as_bytes(), digits.as_bytes()).is_ok();
            let is_used = last_used.is_some_and(|last| step <= last);
            verdict = match (is_right, is_used, verdict) {
                (true, false, _) => Ok(step),
                (true, true, Err(_)) => Err(CodeError::Used),
                (_, _, verdict) => verdict,
            };
        }
        verdict
    }

    /// The code of a step: RFC 4226, 5.3.
    fn code(&self, Step(step): Step) -> Zeroizing<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0xf);
        let number =
            tag[offset..offset + 4].iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
        let number = (number & 0x7fff_ffff) % 1_000_000;
        Zeroizing::new(format!("{number:0DIGITS$}"))
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(secret)")
    }
}

/// The address as a picture (SVG) for the camera of a phone. It holds the secret as the address does. None of an address of
/// more than two kilobytes, which no picture holds.
pub fn qr_svg(uri: &str) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M).ok()?;
    Some(Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(PICTURE, PICTURE).build()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hostile::hostile_text;

    /// The secret of RFC 6238, appendix B.
    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // appendix B, the last six of its eight digits
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*rfc().code(Step::at(at(second))), code);
            assert_eq!(rfc().verify(code, at(second), None), Ok(Step(second / 30)));
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        // appendix D
        for (step, code) in [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ]
        .iter()
        .enumerate()
        {
            assert_eq!(*rfc().code(Step(i64::try_from(step).unwrap())), *code);
        }
    }

    #[test]
    fn a_step_lasts_thirty_seconds() {
        assert_eq!([0, 29, 30, 59, 60].map(|second| Step::at(at(second)).0), [0, 0, 1, 1, 2]);
        assert_eq!([-1, -30, -31].map(|second| Step::at(at(second)).0), [-1, -1, -2]);
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let code = rfc().code(Step(1000));
        for (second, expected) in [
            (998 * 30 + 29, Err(CodeError::Wrong)),
            (999 * 30, Ok(Step(1000))),
            (1000 * 30, Ok(Step(1000))),
            (1001 * 30 + 29, Ok(Step(1000))),
            (1002 * 30, Err(CodeError::Wrong)),
        ] {
            assert_eq!(rfc().verify(&code, at(second), None), expected, "{second}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_takes_the_earlier_ones_with_it() {
        let code = |step| rfc().code(Step(step)).to_string();
        let now = at(1000 * 30);
        let tried = |code: &str, last| rfc().verify(code, now, Some(Step(last)));
        assert_eq!(tried(&code(1000), 999), Ok(Step(1000)));
        assert_eq!(tried(&code(1000), 1000), Err(CodeError::Used));
        assert_eq!(tried(&code(999), 1000), Err(CodeError::Used));
        assert_eq!(tried(&code(1001), 1000), Ok(Step(1001)));
        assert_eq!(tried(&code(1001), 1001), Err(CodeError::Used));
        // a clock that was set back: nothing is taken before it is where it was
        assert_eq!(tried(&code(1001), i64::MAX), Err(CodeError::Used));
        assert_eq!(tried("123456", 1001), Err(CodeError::Wrong));
    }

    #[test]
    fn a_code_is_six_digits() {
        let now = at(59);
        for code in ["287082", " 287 082 ", "287\u{a0}082"] {
            assert!(rfc().verify(code, now, None).is_ok(), "{code:?}");
        }
        for code in ["", "28708", "2870820", "94287082", "٢٨٧٠٨٢", "287-082", "287082\0"] {
            assert_eq!(rfc().verify(code, now, None), Err(CodeError::Wrong), "{code:?}");
        }
    }

    #[test]
    fn an_app_is_told_all_that_it_needs() {
        assert_eq!(
            *rfc().otpauth_uri("Backdesk", "ada"),
            "otpauth://totp/Backdesk:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Backdesk&algorithm=SHA1&digits=6&period=30"
        );
        let uri = rfc().otpauth_uri("Zoë & Söhne: Kasse", "ada@example.com?secret=A#/");
        let parsed = url::Url::parse(&uri).unwrap();
        assert_eq!(
            parsed.path(),
            "/Zo%C3%AB%20%26%20S%C3%B6hne%3A%20Kasse:ada%40example.com%3Fsecret%3DA%23%2F"
        );
        let pairs: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
        assert_eq!(pairs[0], ("secret".into(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into()));
        assert_eq!(pairs[1], ("issuer".into(), "Zoë & Söhne: Kasse".into()));
    }

    #[test]
    fn the_picture_is_an_svg_that_asks_nobody() {
        let svg = qr_svg(&rfc().otpauth_uri("Backdesk", "ada@example.com")).unwrap();
        assert!(svg.starts_with("<?xml") && svg.ends_with("</svg>"));
        assert_eq!(svg.matches("<path").count(), 1);
        assert!(!svg.contains("href") && !svg.contains("script"));
        assert!(qr_svg(&"a".repeat(2331)).is_some());
        assert!(qr_svg(&"a".repeat(2332)).is_none());
    }

    #[test]
    fn a_secret_comes_back_from_its_bytes() {
        let secret = TotpSecret::generate();
        let again = TotpSecret::from_bytes(secret.as_bytes()).unwrap();
        assert_eq!(again.text(), secret.text());
        assert_eq!(secret.text().len(), 32);
        assert_ne!(TotpSecret::generate().text(), secret.text());
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none() && TotpSecret::from_bytes(&[0; 21]).is_none());
        assert_eq!(format!("{secret:?}"), "TotpSecret(secret)");
    }

    proptest! {
        #[test]
        fn every_code_of_every_step_is_six_digits_and_taken(step in 0..1_i64 << 37, secret: [u8; 20]) {
            let secret = TotpSecret::from_bytes(&secret).unwrap();
            let code = secret.code(Step(step));
            prop_assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
            let taken = secret.verify(&code, at(step * PERIOD), None).unwrap();
            prop_assert!((step - 1..=step + 1).contains(&taken.0));
            let again = secret.verify(&code, at(step * PERIOD), Some(Step(step + 1)));
            prop_assert_eq!(again, Err(CodeError::Used));
        }

        #[test]
        fn whatever_is_typed_is_looked_at(code in hostile_text()) {
            prop_assert_eq!(rfc().verify(&code, at(1_000_000_000), None), Err(CodeError::Wrong));
        }
    }
}
