//! What a new password must be: long enough, and none that somebody else would try early. No rules on what it is made of:
//! they make passwords harder to remember and no harder to guess (NIST SP 800-63B, 5.1.1.2; OWASP ASVS 5, 6.2).
//!
//! Common ones are refused by the lists of zxcvbn (30,000 passwords, English words, names; rows of keys, dates, repeats),
//! which also finds them inside a longer text and written with signs for letters: a plain list of passwords holds few of
//! twelve characters and more, and misses `password2026` next to `password1234`. What it does not know, such as words of
//! another language, counts ten guesses a character.

use unicode_normalization::char::is_public_assigned;
use zeroize::Zeroizing;
use zxcvbn::{feedback::Feedback, zxcvbn};

use super::{LOOKED_AT, normal};
use crate::domain::{mistake::Mistake, text::fold};

/// Characters of a password at least.
const SHORTEST: usize = 12;
/// Characters at most. Every one counts: nothing is cut off.
const LONGEST: usize = 128;

/// Powers of ten of guesses that a password must be worth: zxcvbn's best mark, against somebody who has the hash at hand.
const WORTH: f64 = 10.0;
/// Characters that are estimated at a time. What zxcvbn takes grows with a power of the length, and its figures run over with
/// long patterns; a text is worth at least what one of its parts is.
const PART: usize = 28;
/// Signs that people write for the same letter. zxcvbn tries all ways to read them, and all ways times those of the others.
const SAME_LETTER: [&str; 6] = ["4@", "([{<", "69", "1!|", "5$", "7+"];
/// How many ways are worth the time.
const READINGS: usize = 16;

/// Words that everybody tries who guesses at a back office of ours.
const OUR_WORDS: [&str; 2] = ["backdesk", "backoffice"];
/// Words about the person that are looked for, and characters of each.
const WORDS: usize = 50;
const WORD: usize = 64;
/// Shorter words are in every other text.
const SHORTEST_WORD: usize = 3;
/// Characters that a password has beside such words.
const BESIDE_WORDS: usize = 6;

/// A password that may be somebody's from now on.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Judges what was typed. `about` is what others know of the person (names, user name, e-mail address …): a password made
    /// of that is theirs to guess.
    ///
    /// It takes milliseconds, so call it where you hash: see [`Hashing::run`](super::Hashing::run).
    ///
    /// # Errors
    /// When it is too short or too long, holds characters that cannot be typed everywhere, or is easy to guess.
    pub fn judge(text: &str, about: &[&str]) -> Result<Self, Mistake> {
        let too_long = || Mistake::new(format!("Use at most {LONGEST} characters."));
        if text.len() > LOOKED_AT {
            return Err(too_long());
        }
        // what Unicode gives a meaning later may then have another normal form: the password would be wrong one day
        // (Unicode Standard Annex #15, 12.1: stabilized strings)
        if text.chars().any(|c| c.is_control() || !is_public_assigned(c)) {
            return Err(Mistake::new(
                "Use letters, digits, signs and spaces: no control characters, and none unknown to Unicode.",
            ));
        }
        let text = normal(text);
        let characters = text.chars().count();
        if characters < SHORTEST {
            return Err(Mistake::new(format!(
                "Use at least {SHORTEST} characters. Several words are easy to remember and hard to guess."
            )));
        }
        if characters > LONGEST {
            return Err(too_long());
        }
        match weakness(&text, about) {
            Some(mistake) => Err(mistake),
            None => Ok(Self(text)),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(secret)")
    }
}

/// Why a password is easy to guess, if it is.
fn weakness(text: &str, about: &[&str]) -> Option<Mistake> {
    let words = words(about);
    if beside(text, &words) < BESIDE_WORDS {
        return Some(Mistake::new(
            "This password is easy to guess: it says what others know of you. Use several words that have nothing to do with \
             each other or with you.",
        ));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
    let mut warning = None;
    for part in characters[..period(&characters)].chunks(PART) {
        let estimate = zxcvbn(&readable(part), &words);
        if estimate.guesses_log10() >= WORTH {
            return None;
        }
        warning = warning.or_else(|| estimate.feedback().and_then(Feedback::warning));
    }
    let why = warning.map(|warning| format!("{warning} ")).unwrap_or_default();
    Some(Mistake::new(format!(
        "This password is easy to guess. {why}Use several words that have nothing to do with each other or with you."
    )))
}

/// How many characters there are besides those words, the longest of which come first, and besides what stands between words.
fn beside(text: &str, words: &[String]) -> usize {
    let mut longest_first: Vec<&String> = words.iter().collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let text = Zeroizing::new(text.to_lowercase());
    let rest = longest_first.iter().fold(text, |rest, word| Zeroizing::new(rest.replace(word.as_str(), " ")));
    rest.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation()).count()
}

/// How many characters it takes until a text says the same again, to its end: all of them where it never does.
fn period(text: &[char]) -> usize {
    let again = |period: &usize| text[*period..] == text[..text.len() - period];
    (1..=text.len() / 2).find(again).unwrap_or(text.len())
}

/// The part, with one sign for each letter that signs stand for where there would be too many ways to read them all.
fn readable(part: &[char]) -> Zeroizing<String> {
    let readings: usize = SAME_LETTER
        .iter()
        .map(|signs| signs.chars().filter(|sign| part.contains(sign)).count().max(1))
        .product();
    let one_for_all = |c: &char| match SAME_LETTER.iter().find(|signs| signs.contains(*c)) {
        Some(signs) if readings > READINGS => signs.chars().next().unwrap_or(*c),
        _ => *c,
    };
    Zeroizing::new(part.iter().map(one_for_all).collect())
}

/// The words that `about` holds, as written and without accents.
fn words(about: &[&str]) -> Vec<String> {
    let whole = about.iter().flat_map(|text| [text.to_lowercase(), fold(text)]);
    let split = |text: String| -> Vec<String> {
        let pieces = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
        std::iter::once(text).chain(pieces).collect()
    };
    let mut words: Vec<String> = OUR_WORDS.map(str::to_owned).into();
    for word in whole.flat_map(split) {
        let characters = word.chars().count();
        if (SHORTEST_WORD..=WORD).contains(&characters) && !words.contains(&word) && words.len() < WORDS {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests;
