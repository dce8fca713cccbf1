//! Days on which something happened (ISO 8601 calendar dates), such as a registration.

use chrono::{Datelike, NaiveDate};

use super::mistake::Mistake;

/// No register, and no company that is still in one, is older. Earlier days are placeholders of other systems.
const FIRST_YEAR: i32 = 1000;

/// The day that `text` names as `YYYY-MM-DD`, seen from `today`.
///
/// # Errors
/// When it is not a day of the calendar in exactly that form, or lies after `today` or before the year 1000.
pub fn parse(text: &str, today: NaiveDate) -> Result<NaiveDate, Mistake> {
    // the parser is lenient ("+1984-5-2"): only the one form that it prints itself is taken
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
    let day = day.ok_or_else(|| Mistake::new("Write the day as YYYY-MM-DD, such as 2019-05-02."))?;
    if day > today {
        return Err(Mistake::new("Write a day that is not in the future."));
    }
    if day.year() < FIRST_YEAR {
        return Err(Mistake::new(format!("Write a day since the year {FIRST_YEAR}.")));
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(text: &str) -> bool {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        parse(text, today).is_ok()
    }

    #[test]
    fn a_day_of_the_past_is_taken_in_one_form() {
        for text in ["2026-03-01", "2019-02-28", "1288-06-16"] {
            assert!(is_taken(text), "{text}");
        }
        for text in ["", "2026-03-02", "2019-02-29", "0999-12-31", "2019-5-2", "02/05/2019", "0000-00-00"] {
            assert!(!is_taken(text), "{text}");
        }
    }
}
