//! Shares of a whole, exact: percent with two decimals, kept in ten-thousandths. 20 % is 2,000.

use super::mistake::Mistake;

/// The whole.
pub const WHOLE: i32 = 10_000;

/// The ten-thousandths of a percentage, such as `20` or `12.5`.
///
/// # Errors
/// When it is not a plain number from 0 to 100 with two decimals at most.
pub fn parse(text: &str) -> Result<i32, Mistake> {
    let mistake = || Mistake::new("Write percent from 0 to 100 with two decimals at most, such as 12.5.");
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 3) || !digits(decimals, 2) {
        return Err(mistake());
    }
    let number = format!("{whole}{decimals:0<2}").parse().map_err(|_| mistake())?;
    if number > WHOLE { Err(mistake()) } else { Ok(number) }
}

/// The percentage of ten-thousandths, without needless zeros.
pub fn print(number: i32) -> String {
    let text = format!("{}.{:02}", number / 100, number % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_decimals_are_exact() {
        for (text, number, printed) in [
            ("20", 2000, "20"),
            ("12.5", 1250, "12.5"),
            (" 0.01 ", 1, "0.01"),
            ("100.00", 10_000, "100"),
            ("0", 0, "0"),
        ] {
            assert_eq!(parse(text), Ok(number), "{text}");
            assert_eq!(print(number), printed);
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["", "-1", "+1", "100.01", "101", "1e2", "12.345", ".5", "5.", "1,5", "20%", "٣"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(number in 0..=WHOLE) {
            prop_assert_eq!(parse(&print(number)), Ok(number));
        }
    }
}
