//! VAT numbers, by their form alone: each country has rules of its own for the digits, changes them, and says by its own
//! service which numbers there are.

use super::{mistake::Mistake, text};

/// Letters and digits, the prefix of the country included.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=20;

/// The number as it is kept: letters and digits alone, in upper case.
///
/// # Errors
/// When what is left without spaces and punctuation has fewer than 4 or more than 20 letters and digits, no digit at all,
/// or letters of another script.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let number = text::squeeze(text);
    let fits = LENGTHS.contains(&number.len())
        && number.chars().all(|c| c.is_ascii_alphanumeric())
        && number.chars().any(|c| c.is_ascii_digit());
    match fits {
        true => Ok(number),
        false => Err(Mistake::new("Write the VAT number with its country prefix, such as FR40303265045.")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_kept_without_what_people_put_between() {
        for text in ["FR40303265045", "fr 40 303 265 045", " FR-40.303.265.045 "] {
            assert_eq!(parse(text), Ok("FR40303265045".into()), "{text}");
        }
        assert_eq!(parse("CHE-123.456.789 MWST"), Ok("CHE123456789MWST".into()));
    }

    #[test]
    fn what_is_too_short_too_long_or_without_digits_is_none() {
        for text in ["", "FR1", "ABCDEF", "FR4030326504512345678", "ФР40303265045", "123%"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_stays_itself(text in "(?s).*|[A-Za-z]{2}[-. 0-9A-Z]{0,24}") {
            if let Ok(number) = parse(&text) {
                prop_assert_eq!(parse(&number), Ok(number));
            }
        }
    }
}
