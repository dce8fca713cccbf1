//! How banks name accounts and themselves: IBAN (ISO 13616) and BIC (ISO 9362).

use std::str::FromStr;

use iban::{Iban as Number, IbanLike, ParseIbanError};

use super::{country, mistake::Mistake};

/// The number of a bank account, in its electronic form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iban(String);

impl Iban {
    /// The number that `text` holds, in either case and with or without spaces.
    ///
    /// # Errors
    /// When its check digits are wrong, or its country has no such numbers.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let bare: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        match Number::from_str(&bare) {
            Ok(number) => Ok(Self(number.electronic_str().to_owned())),
            Err(ParseIbanError::UnknownCountry(_)) => Err(Mistake::new(
                "The IBAN begins with a country that has none: look at its first two letters.",
            )),
            Err(ParseIbanError::InvalidBaseIban { .. } | ParseIbanError::InvalidBban(_)) => {
                Err(Mistake::new("This is no IBAN: its form or its check digits are wrong."))
            }
        }
    }

    /// The whole number.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// Its country and last four characters: enough to tell one's own from another, too little to pay with.
    pub fn masked(&self) -> String {
        let country: String = self.0.chars().take(2).collect();
        let last: String = self.0.chars().skip(self.0.chars().count().saturating_sub(4)).collect();
        format!("{country}•• •••• {last}")
    }
}

/// The code of a bank that `text` holds, in either case. No library that is kept judges these: the form is the
/// standard's, and which banks exist is known to SWIFT alone.
///
/// # Errors
/// When it has not 8 or 11 letters and digits, of which the fifth and sixth name a country.
pub fn parse_bic(text: &str) -> Result<String, Mistake> {
    let code = text.trim().to_ascii_uppercase();
    let is_code = matches!(code.len(), 8 | 11) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code && country::parse(&code[4..6]).is_ok() {
        Ok(code)
    } else {
        Err(Mistake::new("Use a BIC of 8 or 11 characters with its country in the middle, such as BNPAFRPP."))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_kept_in_its_electronic_form() {
        let number = Iban::parse("fr14 2004 1010 0505 0001 3m02 606").unwrap();
        assert_eq!(number.whole(), "FR1420041010050500013M02606");
        assert_eq!(number.masked(), "FR•• •••• 2606");
    }

    #[test]
    fn wrong_check_digits_countries_and_forms_are_refused() {
        for text in [
            "",
            "FR",
            "FR1420041010050500013M02607",
            "US12345",
            "XX1420041010050500013M02606",
            "DE8937040044",
            "ſ",
        ] {
            assert_eq!(Iban::parse(text).ok(), None, "{text:?}");
        }
    }

    #[test]
    fn a_bank_is_named_by_8_or_11_characters() {
        assert_eq!(parse_bic(" bnpafrpp "), Ok("BNPAFRPP".into()));
        assert_eq!(parse_bic("BNPAFRPPXXX"), Ok("BNPAFRPPXXX".into()));
        for text in ["", "BNPAFRP", "BNPAFRPPX", "BNPAZZPP", "BNPAFR-P", "BNPAFRPPXXXX", "BNPAé2PP"] {
            assert_eq!(parse_bic(text).ok(), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(text in "(?s).*|[A-Z]{2}[0-9]{2}[A-Z0-9 ]{0,30}") {
            if let Ok(number) = Iban::parse(&text) {
                prop_assert_eq!(Iban::parse(number.whole()), Ok(number.clone()));
                prop_assert!(!number.masked().contains(number.whole()));
            }
            if let Ok(code) = parse_bic(&text) {
                prop_assert_eq!(parse_bic(&code), Ok(code));
            }
        }
    }
}
