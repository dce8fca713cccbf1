//! SEPA creditor identifiers (EPC262-08): who collects direct debits.

use iban::BaseIban;

use super::{mistake::Mistake, text};

/// Country, check digits, business code, and at least one character of what the country gave.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=35;

/// The identifier as it is kept: letters and digits alone, in upper case.
///
/// # Errors
/// When it is not built as one, or its check digits do not fit: it was mistyped.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let identifier = text::squeeze(text);
    match identifier.is_ascii() && LENGTHS.contains(&identifier.len()) && holds(&identifier) {
        true => Ok(identifier),
        false => Err(Mistake::new("Write the SEPA creditor identifier, such as DE98ZZZ09999999999.")),
    }
}

/// The check is that of an IBAN, without the three characters of the creditor's own behind the check digits.
fn holds(identifier: &str) -> bool {
    let (checked, rest) = identifier.split_at(4);
    format!("{checked}{}", &rest[3..]).parse::<BaseIban>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_examples_are_taken_however_they_are_spaced() {
        for text in ["DE98ZZZ09999999999", "de98 zzz 0999 9999 999", "FR72ZZZ123456", "NL08ZZZ502057730000"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        assert_eq!(parse("de98 zzz 0999 9999 999"), Ok("DE98ZZZ09999999999".into()));
        // the business code is the creditor's to choose
        assert!(parse("DE98ABC09999999999").is_ok());
    }

    #[test]
    fn a_slip_of_a_digit_shows() {
        for text in ["", "DE98", "DE98ZZZ", "DE98ZZZ09999999998", "DE89ZZZ09999999999", "98DEZZZ09999999999"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_an_identifier_stays_itself(text in "(?s).*|[A-Z]{2}[0-9]{2}[0-9A-Z]{3,32}") {
            if let Ok(identifier) = parse(&text) {
                prop_assert_eq!(parse(&identifier), Ok(identifier));
            }
        }
    }
}
