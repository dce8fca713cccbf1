//! Money: whole numbers of the smallest unit that a currency is kept in, never floats. Currencies are those of ISO 4217,
//! and the few others that payment processors move.

use iso_currency::Currency as Iso;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::mistake::Mistake;

/// Currencies beyond ISO 4217, with the digits behind the point that are kept. Some networks count 18 digits; a 64-bit
/// number of those would end at nine units, so what is finer than nine digits is not kept.
const OTHERS: [(&str, u32); 13] = [
    ("ADA", 6),
    ("BCH", 8),
    ("BNB", 9),
    ("BTC", 8),
    ("DAI", 9),
    ("DOGE", 8),
    ("ETH", 9),
    ("LTC", 8),
    ("SOL", 9),
    ("TRX", 6),
    ("USDC", 6),
    ("USDT", 6),
    ("XRP", 6),
];

/// Characters of an amount at most: room for any number that is kept, and for zeros around it.
const MAX_CHARS: usize = 40;

/// A currency. Written as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u32,
}

/// An amount of a currency, exact to its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Currency {
    /// What a platform counts in unless it says otherwise.
    pub const EUR: Self = Self { code: "EUR", digits: 2 };

    /// The currency that `text` names by its code, in either case.
    ///
    /// # Errors
    /// When no currency has that code, or it has no unit of account, as gold by the ounce.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        Self::find(text).ok_or_else(|| {
            Mistake::new("Use a currency code, such as EUR (ISO 4217), or BTC, ETH, USDT and the like.")
        })
    }

    fn find(text: &str) -> Option<Self> {
        let code = text.to_ascii_uppercase();
        if let Some((code, digits)) = OTHERS.iter().find(|(other, _)| *other == code) {
            return Some(Self { code, digits: *digits });
        }
        let iso = Iso::from_code(&code)?;
        Some(Self { code: iso.code(), digits: u32::from(iso.exponent()?) })
    }

    /// Its code, such as `EUR`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Digits behind the point.
    pub fn digits(self) -> u32 {
        self.digits
    }

    /// So many of the smallest unit as a decimal number, with all digits behind the point.
    pub fn decimal(self, minor: i128) -> String {
        let digits = usize::try_from(self.digits).unwrap_or_default();
        let sign = if minor < 0 { "-" } else { "" };
        let all = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
        match all.split_at(all.len() - digits) {
            (whole, "") => format!("{sign}{whole}"),
            (whole, behind) => format!("{sign}{whole}.{behind}"),
        }
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::find(&code).ok_or_else(|| D::Error::custom("no currency has that code"))
    }
}

impl Money {
    /// So many of the smallest unit.
    pub fn of(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// What is kept as so many of the smallest unit, under the code of its currency. None when no currency has that code
    /// any more: nobody knows then where the point belongs.
    pub fn kept(minor: i64, code: &str) -> Option<Self> {
        Some(Self::of(minor, Currency::find(code)?))
    }

    /// The amount that `text` holds as a decimal number, such as `12.50` or `-3`.
    ///
    /// # Errors
    /// When it is no plain decimal number, is finer than the smallest unit of the currency, or larger than what is kept.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, Mistake> {
        let wrong = || Mistake::new("Write the amount as a decimal number, such as 12.50.");
        let (negative, number) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, behind) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > MAX_CHARS || !is_number(whole) || !is_number(behind) {
            return Err(wrong());
        }
        // zeros behind the last digit that is kept lose nothing
        let behind = behind.trim_end_matches('0');
        let digits = usize::try_from(currency.digits).unwrap_or_default();
        if behind.len() > digits {
            return Err(Mistake::new(format!(
                "An amount in {} has at most {} digits behind the point.",
                currency.code, currency.digits
            )));
        }
        let all = format!("{whole}{behind:0<digits$}");
        let minor = all.trim_start_matches('0').parse::<i128>().or_else(|_| match all.trim_matches('0') {
            "" => Ok(0),
            _ => Err(()),
        });
        let signed = minor.map(|minor| if negative { -minor } else { minor });
        let minor = signed.ok().and_then(|minor| i64::try_from(minor).ok());
        minor
            .map(|minor| Self::of(minor, currency))
            .ok_or_else(|| Mistake::new("The amount is larger than what can be kept."))
    }

    /// The amount as a decimal number, with all digits behind the point that the currency has.
    pub fn amount(self) -> String {
        self.currency.decimal(self.minor.into())
    }

    /// The amount, unless it is less than nothing.
    ///
    /// # Errors
    /// When it is.
    pub fn not_negative(self) -> Result<Self, Mistake> {
        match self.minor {
            ..0 => Err(Mistake::new("Write an amount that is not negative.")),
            _ => Ok(self),
        }
    }

    /// How many of the smallest unit.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// Of which currency.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn minor(text: &str, code: &str) -> Option<i64> {
        Money::parse(text, currency(code)).ok().map(Money::minor)
    }

    #[test]
    fn a_currency_is_named_by_its_code() {
        assert_eq!(currency("eur"), Currency::EUR);
        for (code, digits) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("HRK", 2), ("BTC", 8), ("USDT", 6)] {
            assert_eq!(currency(code).digits(), digits, "{code}");
        }
        for none in ["", "E", "EURO", "XAU", "XTS", "XXX", "ZZZ", "€", "eur ", "978", "ſol"] {
            assert_eq!(Currency::parse(none).ok(), None, "{none:?}");
        }
    }

    #[test]
    fn currencies_beyond_the_standard_have_codes_of_their_own_and_fit() {
        for (code, digits) in OTHERS {
            assert_eq!(Iso::from_code(code), None, "{code}");
            // a thousand million units
            assert!(minor("1000000000", code).is_some() && digits <= 9, "{code}");
        }
    }

    #[test]
    fn an_amount_is_kept_in_the_smallest_unit() {
        assert_eq!(minor("12.50", "EUR"), Some(1250));
        assert_eq!(minor("12.5", "EUR"), Some(1250));
        assert_eq!(minor("-12", "EUR"), Some(-1200));
        assert_eq!(minor("0.01", "EUR"), Some(1));
        assert_eq!(minor("-0", "EUR"), Some(0));
        assert_eq!(minor("007.1000", "EUR"), Some(710));
        assert_eq!(minor("12", "JPY"), Some(12));
        assert_eq!(minor("0.000000001", "ETH"), Some(1));
    }

    #[test]
    fn what_is_no_amount_or_is_too_fine_is_refused() {
        for text in
            ["", "-", ".", ".5", "5.", "+5", "1e3", "1,5", "1 000", " 1", "--1", "1.2.3", "٣", "NaN", "0x1"]
        {
            assert_eq!(minor(text, "EUR"), None, "{text:?}");
        }
        assert_eq!(minor("0.001", "EUR"), None);
        assert_eq!(minor("0.5", "JPY"), None);
        assert_eq!(minor("0.0000000001", "ETH"), None);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        assert_eq!(minor("92233720368547758.07", "EUR"), Some(i64::MAX));
        assert_eq!(minor("-92233720368547758.08", "EUR"), Some(i64::MIN));
        assert_eq!(minor("92233720368547758.08", "EUR"), None);
        assert_eq!(minor("-92233720368547758.09", "EUR"), None);
        assert_eq!(minor(&"9".repeat(40), "EUR"), None);
        assert_eq!(minor(&"0".repeat(41), "EUR"), None);
    }

    #[test]
    fn an_amount_shows_all_digits_of_its_currency() {
        let shown = |minor, code| Money::of(minor, currency(code)).amount();
        assert_eq!(shown(5, "EUR"), "0.05");
        assert_eq!(shown(-1250, "EUR"), "-12.50");
        assert_eq!(shown(1250, "JPY"), "1250");
        assert_eq!(shown(0, "KWD"), "0.000");
    }

    #[test]
    fn a_code_that_is_gone_shows_nothing() {
        assert_eq!(Money::kept(1, "ZZZ"), None);
        assert_eq!(Money::kept(1, "EUR"), Some(Money::of(1, currency("EUR"))));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_was_kept(
            minor in any::<i64>(),
            code in prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF", "BTC", "ETH"]),
        ) {
            let money = Money::of(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.amount(), money.currency()), Ok(money));
        }

        #[test]
        fn any_text_is_judged_without_panic(text in "(?s).*|-?[0-9.]{0,42}", code in "(?s).*|[A-Z]{3,4}") {
            if let Ok(currency) = Currency::parse(&code) {
                let _ = Money::parse(&text, currency);
            }
        }
    }
}
