//! Time zones (the names of the IANA time zone database).

use chrono_tz::TZ_VARIANTS;

use super::mistake::Mistake;

/// The IANA name that `text` spells, in whatever case.
///
/// Older names that the database keeps as links, such as `Asia/Calcutta`, stay what they are:
/// browsers still report them.
///
/// # Errors
/// When the database has no such name; offsets such as `+01:00` and Windows names are none.
pub fn parse(text: &str) -> Result<String, Mistake> {
    match TZ_VARIANTS.iter().map(|zone| zone.name()).find(|name| name.eq_ignore_ascii_case(text)) {
        Some(name) => Ok(name.to_owned()),
        None => Err(Mistake::new("Use a time zone name of the IANA database, such as Europe/Paris.")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn a_name_is_taken_in_any_case_and_kept_as_the_database_spells_it() {
        assert_eq!(parsed("Europe/Paris"), Some("Europe/Paris".into()));
        assert_eq!(parsed("america/argentina/buenos_aires"), Some("America/Argentina/Buenos_Aires".into()));
        assert_eq!(parsed("utc"), Some("UTC".into()));
        assert_eq!(parsed("Asia/Calcutta"), Some("Asia/Calcutta".into()));
    }

    #[test]
    fn what_is_not_in_the_database_is_refused() {
        for text in ["", "Paris", "+01:00", "CEST", "Europe/Atlantis", "Romance Standard Time", " UTC"] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_name_stays_itself() {
        for zone in TZ_VARIANTS {
            assert_eq!(parsed(zone.name()), Some(zone.name().into()));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "(?s).*") {
            let _ = parse(&text);
        }
    }
}
