//! Days that have not passed (ISO 8601 calendar dates), such as the last one on which something is due.

use chrono::NaiveDate;

use super::mistake::Mistake;

/// Beyond this day texts of days, and of the instants at their ends, no longer sort as these do.
const LAST: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 30) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The day that `text` names as `YYYY-MM-DD`, seen from `today`.
///
/// # Errors
/// When it is not a day of the calendar in exactly that form, or lies before `today` or in the last days of the year 9999.
pub fn parse(text: &str, today: NaiveDate) -> Result<NaiveDate, Mistake> {
    // the parser is lenient ("+1984-5-2"): only the one form that it prints itself is taken
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
    day.filter(|day| (today..=LAST).contains(day))
        .ok_or_else(|| Mistake::new("Write a day from today on, as YYYY-MM-DD."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_from_today_on_is_taken_in_one_form() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        for text in ["2026-03-01", "2028-02-29", "9999-12-30"] {
            assert!(parse(text, today).is_ok(), "{text}");
        }
        for text in
            ["2026-02-28", "2027-02-29", "2026-3-2", "+2026-03-02", " 2026-03-02", "9999-12-31", "soon", ""]
        {
            assert!(parse(text, today).is_err(), "{text}");
        }
    }
}
