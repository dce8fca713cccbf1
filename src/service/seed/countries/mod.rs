//! What a life in a country looks like: names, addresses, telephone numbers, languages. Lists are single texts with
//! commas, so that a country fits on a screen.
//!
//! Curated here instead of taken from a crate: the crates know names by locale but neither the postcodes nor the
//! telephone numbers that go with them, lack half of these countries, and change their lists with their versions.

mod home;
mod neighbors;
pub(super) mod trade;

/// One country.
#[derive(Debug)]
pub(super) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(super) code: &'static str,
    /// The account that most of its people belong to.
    pub(super) account: &'static str,
    /// How many of a thousand users live there.
    pub(super) weight: u64,
    /// BCP 47, the most common first.
    pub(super) languages: &'static str,
    /// IANA time zone.
    pub(super) time_zone: &'static str,
    /// Forms of address, for women and men.
    pub(super) titles: [&'static str; 2],
    /// Given names of women. A name in another script has its Latin spelling after a bar, for e-mail addresses.
    pub(super) women: &'static str,
    /// Given names of men.
    pub(super) men: &'static str,
    /// Family names, the common ones first. A woman's form, where it differs, stands after a slash.
    pub(super) family: &'static str,
    /// What joins a double family name, and how many of a hundred have one.
    pub(super) double: (&'static str, u64),
    /// `City|postcode` or `City|postcode|state`.
    pub(super) cities: &'static str,
    /// First lines of an address; the house number stands at `{}`.
    pub(super) streets: &'static str,
    /// Second line of an address.
    pub(super) unit: &'static str,
    /// E.164, `#` for any digit. A range reserved for fiction where the country has one: it rings nobody.
    pub(super) phone: &'static str,
    /// The same for mobile telephones.
    pub(super) mobile: &'static str,
    /// A host below `.example`, which belongs to nobody (RFC 2606).
    pub(super) mail: &'static str,
}

/// The accounts, by code and name.
pub(super) const ACCOUNTS: [(&str, &str); 6] = [
    ("FR", "France"),
    ("DE", "Germany"),
    ("ES", "Spain"),
    ("IT", "Italy"),
    ("NL", "Netherlands"),
    ("UK", "United Kingdom"),
];

/// All countries; their weights are a thousand together. A new one makes other users of all: see the checksum in the
/// tests.
pub(super) const COUNTRIES: [&Country; 15] = [
    &home::FR,
    &home::DE,
    &home::ES,
    &home::IT,
    &home::NL,
    &home::GB,
    &neighbors::BE,
    &neighbors::CH,
    &neighbors::AT,
    &neighbors::PL,
    &neighbors::PT,
    &neighbors::GR,
    &neighbors::IE,
    &neighbors::UA,
    &neighbors::JP,
];

#[cfg(test)]
mod tests {
    use phonenumber::metadata::DATABASE;

    use super::*;
    use crate::{
        domain::{country, language, phone, time_zone},
        service::seed::draw::entries,
    };

    #[test]
    fn every_country_is_complete() {
        assert_eq!(COUNTRIES.iter().map(|country| country.weight).sum::<u64>(), 1000);
        for land in COUNTRIES {
            let code = land.code;
            assert_eq!(country::parse(code), Ok(code.into()));
            assert_eq!(time_zone::parse(land.time_zone), Ok(land.time_zone.into()), "{code}");
            assert!(ACCOUNTS.iter().any(|(account, _)| *account == land.account), "{code}");
            for tag in entries(land.languages) {
                assert_eq!(language::parse(tag), Ok(tag.into()), "{code}");
            }
            for list in [land.women, land.men, land.family, land.cities, land.streets] {
                assert!(entries(list).count() >= 6, "{code}: {list}");
                assert!(
                    entries(list).all(|entry| !entry.is_empty() && entry.trim() == entry),
                    "{code}: {list}"
                );
            }
            assert!(entries(land.cities).all(|city| city.split('|').count() >= 2), "{code}");
            assert!(entries(land.streets).all(|street| street.matches("{}").count() == 1), "{code}");
            assert_eq!(land.unit.matches("{}").count(), 1, "{code}");
        }
    }

    #[test]
    fn telephone_numbers_are_of_their_country() {
        for land in COUNTRIES {
            let calling = DATABASE.by_id(land.code).unwrap().country_code();
            for pattern in [land.phone, land.mobile] {
                let number = pattern.replace('#', "5");
                assert!(pattern.starts_with(&format!("+{calling}")), "{pattern}");
                assert_eq!(phone::parse(&number), Ok(number.clone()), "{}", land.code);
            }
        }
    }
}
