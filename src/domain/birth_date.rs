//! Dates of birth (ISO 8601 calendar dates).

use chrono::{Months, NaiveDate};

use super::mistake::Mistake;

/// Nobody is known to have grown older than 122. A bound that moves with the calendar stays right,
/// and catches the placeholders of other systems (1753-01-01, 0001-01-01) and slips of a century;
/// 1900-01-01, the most common of them, falls out in 2030.
const MAX_AGE_YEARS: u32 = 130;

/// The day that `text` names as `YYYY-MM-DD`, seen from `today`.
///
/// # Errors
/// When it is not a day of the calendar in exactly that form, lies on or after `today`, or more
/// than 130 years before it.
pub fn parse(text: &str, today: NaiveDate) -> Result<NaiveDate, Mistake> {
    // The parser is lenient ("+1984-5-2"); only the one form it prints itself is accepted.
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text);
    let date =
        date.ok_or_else(|| Mistake::new("Write the date of birth as YYYY-MM-DD, such as 1984-05-02."))?;

    let earliest = today.checked_sub_months(Months::new(12 * MAX_AGE_YEARS));
    if date >= today {
        return Err(Mistake::new("A date of birth lies in the past."));
    }
    if earliest.is_some_and(|earliest| date < earliest) {
        return Err(Mistake::new(format!("A date of birth lies at most {MAX_AGE_YEARS} years back.")));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<NaiveDate> {
        parse(text, day(2026, 3, 1)).ok()
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("the test names a day that exists")
    }

    #[test]
    fn a_day_is_written_in_one_way_only() {
        assert_eq!(parsed("1984-05-02"), Some(day(1984, 5, 2)));
        assert_eq!(parsed("2000-02-29"), Some(day(2000, 2, 29)));
        for text in [
            "",
            "1984-5-2",
            "+1984-05-02",
            " 1984-05-02",
            "84-05-02",
            "02/05/1984",
            "1984-05-02T00:00:00Z",
            "1985-02-29",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn people_are_born_before_today() {
        assert_eq!(parsed("2026-02-28"), Some(day(2026, 2, 28)));
        assert_eq!(parsed("2026-03-01"), None);
        assert_eq!(parsed("2062-05-02"), None);
    }

    #[test]
    fn people_are_at_most_130_years_old() {
        assert_eq!(parsed("1896-03-01"), Some(day(1896, 3, 1)));
        assert_eq!(parsed("1896-02-29"), None);
        assert_eq!(parsed("0001-01-01"), None);
    }

    proptest! {
        #[test]
        fn a_date_stays_itself(text in "(?s).*|(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]") {
            if let Some(date) = parsed(&text) {
                prop_assert_eq!(date.to_string(), text);
            }
        }
    }
}
