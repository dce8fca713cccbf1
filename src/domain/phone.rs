//! Telephone numbers (ITU-T E.164), written as `+` and digits.
//!
//! A number is accepted when it is well formed: a country calling code that is in use, and seven to
//! fifteen digits in all. It need not exist in that country's numbering plan. Plans change faster
//! than a server is updated, and the records of other systems hold numbers that no plan knows
//! (`+3311111111` is one digit short for France); refusing them would stop an import for nothing,
//! since only a message that arrives shows that a number is somebody's.

use super::mistake::Mistake;

/// The calling codes in use, in order, and whether a zero is dialled in front of their numbers at home. The build takes them
/// from the library: to read its data here would hold up whoever writes the first number, for the sake of patterns that
/// nothing asks.
const CALLING_CODES: &[(u16, bool)] = include!(concat!(env!("OUT_DIR"), "/calling_codes.rs"));

/// The shortest numbers in use (Niue, Saint Helena) have seven digits; E.164 allows fifteen.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The number that `text` holds, as `+` and digits.
///
/// Spaces, hyphens, dots and round brackets are dropped. So are zeros in front of the national
/// number where the country dials one only at home: `+33 (0)6 12 34 56 78` and `+33 06 12 34 56 78`
/// are `+33612345678`, while in Italy the zero belongs to the number and stays.
///
/// # Errors
/// When it does not start with `+` and a calling code in use, holds anything but digits and those
/// separators (an extension, say), or has fewer than seven or more than fifteen digits.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let international = text.trim().strip_prefix('+');
    let written = international.ok_or_else(|| {
        Mistake::new("Start with + and the country calling code, such as +33 6 12 34 56 78.")
    })?;
    let digits: String = written.chars().filter(|c| !is_separator(*c)).collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Mistake::new(
            "Write one number with digits only, without an extension, such as +33 6 12 34 56 78.",
        ));
    }
    let split = split_calling_code(&digits);
    let (code, national) =
        split.ok_or_else(|| Mistake::new("Use a country calling code that exists, such as +33."))?;
    if !DIGITS.contains(&(code.len() + national.len())) {
        return Err(Mistake::new(format!(
            "Write {} to {} digits, country calling code included.",
            DIGITS.start(),
            DIGITS.end()
        )));
    }
    Ok(format!("+{code}{national}"))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}' | '.' | '(' | ')')
}

/// Calling code and national number. No code is the beginning of another, so the first one known is
/// the right one.
fn split_calling_code(digits: &str) -> Option<(&str, &str)> {
    // No code starts with a zero, but "033" would be read as the number 33.
    let digits = Some(digits).filter(|digits| !digits.starts_with('0'))?;
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let number: u16 = code.parse().ok()?;
        let place = CALLING_CODES.binary_search_by_key(&number, |(code, _)| *code).ok()?;
        let (_, trunk_zero) = CALLING_CODES[place];
        Some((code, if trunk_zero { national.trim_start_matches('0') } else { national }))
    })
}

#[cfg(test)]
mod tests {
    use phonenumber::metadata::DATABASE;
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn separators_are_dropped() {
        for text in ["+33612345678", " +33 6 12 34 56 78", "+33-6.12.34.56.78", "+33\u{a0}6\u{202f}12345678"]
        {
            assert_eq!(parsed(text), Some("+33612345678".into()), "{text:?}");
        }
    }

    #[test]
    fn a_zero_dialled_only_at_home_is_dropped() {
        assert_eq!(parsed("+33 (0)6 12 34 56 78"), Some("+33612345678".into()));
        assert_eq!(parsed("+44 020 7946 0018"), Some("+442079460018".into()));
        assert_eq!(parsed("+39 06 1234 5678"), Some("+390612345678".into()));
    }

    #[test]
    fn a_number_outside_its_numbering_plan_is_accepted_as_it_is() {
        let foreign = "+3311111111";
        assert!(!phonenumber::parse(None, foreign).is_ok_and(|number| number.is_valid()));
        assert_eq!(parsed(foreign), Some(foreign.into()));
    }

    #[test]
    fn what_is_not_one_international_number_is_refused() {
        for text in [
            "",
            "+",
            "0612345678",
            "0033612345678",
            "+033612345678",
            "+999123456789",
            "+33 123",
            "+33 6123456789012345",
            "+1 800 FLOWERS",
            "+33 6 12 34 56 78 ext. 5",
            "+33 6 12 34 56 78 / +33 6 12 34 56 79",
            "tel:+33612345678",
            "+٣٣٦١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_library_knows_no_example_number_that_is_refused_or_changed() {
        for region in DATABASE.iter() {
            let kinds = region.descriptors();
            for kind in [kinds.fixed_line(), kinds.mobile(), kinds.voip(), kinds.toll_free()] {
                let Some(example) = kind.and_then(|kind| kind.example()) else {
                    continue;
                };
                let number = format!("+{}{example}", region.country_code());
                assert_eq!(parsed(&number), Some(number), "{}", region.id());
            }
        }
    }

    proptest! {
        #[test]
        fn a_number_stays_itself(text in "(?s).*|\\+[1-9][0-9 ().-]{3,18}") {
            if let Some(number) = parsed(&text) {
                prop_assert_eq!(parsed(&number), Some(number));
            }
        }
    }
}
