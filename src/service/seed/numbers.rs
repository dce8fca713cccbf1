//! Numbers with check digits: of tax offices and of banks.

use super::countries::trade::{Check, Trade};

/// Weights that several countries use.
const FALLING: [u64; 7] = [8, 7, 6, 5, 4, 3, 2];

/// A VAT number of which the digits were drawn.
pub(super) fn vat(trade: &Trade, drawn: &str) -> String {
    let prefix = match trade.code {
        // as the tax offices write it, not the standard
        "GR" => "EL",
        "CH" => "CH",
        // the prefix is in the pattern
        "JP" => "",
        code => code,
    };
    let digits: Vec<u64> = digits(drawn).collect();
    let number = value(&digits);
    let weighted =
        |weights: &[u64]| -> u64 { digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum() };
    let check = match trade.vat.1 {
        Check::None => String::new(),
        Check::Front97 => return format!("{prefix}{:02}{drawn}", (12 + 3 * (number % 97)) % 97),
        Check::Rest97 => format!("{:02}", 97 - number % 97),
        Check::Weighted97 => format!("{:02}", 97 - weighted(&FALLING) % 97),
        Check::Iso97 => format!("{:02}", 98 - modulo_97(&format!("{prefix}{drawn}00"))),
        Check::Iso11And10 => {
            let rest = digits.iter().fold(10, |rest, digit| match (digit + rest) % 10 {
                0 => 20 % 11,
                sum => 2 * sum % 11,
            });
            ((11 - rest) % 10).to_string()
        }
        Check::Luhn => ((10 - luhn(&digits) % 10) % 10).to_string(),
        Check::Luhn4 => {
            // the other ones are doubled
            let shifted: Vec<u64> = digits.iter().copied().chain([0]).collect();
            ((10 - (luhn(&shifted) + 4) % 10) % 10).to_string()
        }
        Check::Mod11(weights) => (weighted(weights) % 11 % 10).to_string(),
        Check::Rest11(weights) => ((11 - weighted(weights) % 11) % 11 % 10).to_string(),
        Check::Letter23 => {
            let place = usize::try_from(weighted(&FALLING) % 23).unwrap_or_default();
            "WABCDEFGHIJKLMNOPQRSTUV"[place..=place].to_owned()
        }
    };
    format!("{prefix}{drawn}{check}")
}

/// The IBAN of an account (ISO 13616).
pub(super) fn iban(country: &str, account: &str) -> String {
    format!("{country}{:02}{account}", 98 - modulo_97(&format!("{account}{country}00")))
}

/// A SEPA creditor identifier (EPC262-08): its check leaves the business code out.
pub(super) fn creditor_identifier(country: &str, national: &str) -> String {
    format!("{country}{:02}ZZZ{national}", 98 - modulo_97(&format!("{national}{country}00")))
}

/// The code of a test bank.
pub(super) fn bic(country: &str, place: &str) -> String {
    format!("DEMO{country}{place}")
}

/// The sum of digits of which every other one is doubled, the last one first.
fn luhn(digits: &[u64]) -> u64 {
    let doubled = |digit: u64| digit * 2 / 10 + digit * 2 % 10;
    digits.iter().rev().enumerate().map(|(i, digit)| if i % 2 == 0 { doubled(*digit) } else { *digit }).sum()
}

/// What is left of the number that a text stands for, A being 10 and Z 35.
fn modulo_97(text: &str) -> u64 {
    text.chars().filter_map(|c| c.to_digit(36)).fold(0, |rest, digit| match digit {
        0..10 => (rest * 10 + u64::from(digit)) % 97,
        _ => (rest * 100 + u64::from(digit)) % 97,
    })
}

fn digits(text: &str) -> impl Iterator<Item = u64> {
    text.chars().filter_map(|c| c.to_digit(10)).map(u64::from)
}

fn value(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |value, digit| value * 10 + digit)
}

#[cfg(test)]
mod tests {
    use super::{super::countries::trade, *};

    /// Numbers that their tax offices publish as examples, or that everybody knows.
    #[test]
    fn check_digits_are_those_of_the_country() {
        for (country, drawn, whole) in [
            ("FR", "303265045", "FR40303265045"),
            ("DE", "13669597", "DE136695976"),
            ("IT", "0074311015", "IT00743110157"),
            ("NL", "002455799B", "NL002455799B11"),
            ("GB", "9807806", "GB980780684"),
            ("BE", "04030192", "BE0403019261"),
            ("ES", "B5837843", "ESB58378431"),
            ("AT", "U1358562", "ATU13585627"),
            ("PL", "856734621", "PL8567346215"),
            ("PT", "50196484", "PT501964843"),
            ("GR", "09425921", "EL094259216"),
            ("IE", "6433435", "IE6433435F"),
            ("CH", "E10015521", "CHE100155212"),
        ] {
            assert_eq!(vat(trade::of(country), drawn), whole);
        }
    }

    #[test]
    fn the_published_ibans_are_made_again() {
        for (country, account, whole) in [
            ("GB", "WEST12345698765432", "GB82WEST12345698765432"),
            ("DE", "370400440532013000", "DE89370400440532013000"),
            ("FR", "20041010050500013M02606", "FR1420041010050500013M02606"),
        ] {
            assert_eq!(iban(country, account), whole);
        }
        assert_eq!(creditor_identifier("DE", "09999999999"), "DE98ZZZ09999999999");
        assert_eq!(bic("FR", "P0"), "DEMOFRP0");
    }
}
