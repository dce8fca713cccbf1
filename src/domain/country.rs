//! Countries and territories (ISO 3166-1 alpha-2), and `XK`, which the standard leaves to its users
//! and everyone uses for Kosovo.

use celes::Country;

use super::mistake::Mistake;

/// The upper-case code of the country that `text` names by its two letters, in either case.
///
/// # Errors
/// When no country has that code. `UK` is none: the United Kingdom is `GB`.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let country = find(text).ok_or_else(|| {
        Mistake::new("Use a country code of two letters, such as FR, or GB for the United Kingdom.")
    })?;
    Ok(country.alpha2.to_owned())
}

/// The English name of the country with this code, for people to read; nothing may depend on its
/// spelling.
pub fn name(code: &str) -> Option<&'static str> {
    find(code).map(|country| country.long_name)
}

fn find(code: &str) -> Option<Country> {
    // Only ASCII: the library lowers any letter, and U+212A, the Kelvin sign, would become a k.
    Country::from_alpha2(code).ok().filter(|_| code.is_ascii())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn a_code_is_taken_in_either_case_and_kept_in_upper_case() {
        assert_eq!(parsed("FR"), Some("FR".into()));
        assert_eq!(parsed("gb"), Some("GB".into()));
        assert_eq!(parsed("Xk"), Some("XK".into()));
    }

    #[test]
    fn other_codes_and_names_are_refused() {
        for text in ["", "F", "FRA", "250", "UK", "EU", "ZZ", "France", " FR", "\u{212a}R"] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_country_has_an_english_name() {
        assert_eq!(name("CZ"), Some("Czechia"));
        assert_eq!(name("ZZ"), None);
    }

    proptest! {
        #[test]
        fn a_code_stays_itself(text in "(?s).*|[a-zA-Z]{2}") {
            if let Some(code) = parsed(&text) {
                prop_assert_eq!(parsed(&code), Some(code));
            }
        }
    }
}
