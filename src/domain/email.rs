//! E-mail addresses (RFC 5321, with the letters of RFC 6531). How two addresses are compared is
//! [`fold`](super::text::fold)'s affair.

use email_address::{EmailAddress, Options};

use super::mistake::Mistake;

/// RFC 5321, 4.5.3.1.3: a path has 256 octets, two of which are its angle brackets.
const MAX_OCTETS: usize = 254;

/// The address that `text` holds: as written before the `@`, where only the receiving host knows
/// what case means, and in lower case after it.
///
/// # Errors
/// When it is not one bare `name@host.domain`: a display name, an address in brackets
/// (`ada@[192.0.2.1]`), a host without a dot and anything above 254 octets are refused.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let refused = || Mistake::new("Write one e-mail address, such as ada@example.com.");

    let (local, domain) = text.trim().rsplit_once('@').ok_or_else(refused)?;
    // Lower case comes first, so that what is judged is what is returned: a few letters are longer
    // in lower case.
    let domain = domain.to_lowercase();
    let address = format!("{local}@{domain}");
    if address.len() > MAX_OCTETS {
        return Err(Mistake::new(format!("An e-mail address has at most {MAX_OCTETS} characters.")));
    }
    // The library lets through signs such as `!` and `_` in a host name, which RFC 5321 (4.1.2)
    // does not know.
    let named = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    if !named || EmailAddress::parse_with_options(&address, options).is_err() {
        return Err(refused());
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn the_domain_is_lowered_and_the_name_is_left_alone() {
        assert_eq!(parsed("  Ada.Lovelace+test@Example.COM "), Some("Ada.Lovelace+test@example.com".into()));
        assert_eq!(parsed("zoë@MÜNCHEN.example"), Some("zoë@münchen.example".into()));
    }

    #[test]
    fn what_is_not_a_bare_address_is_refused() {
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@[192.0.2.1]",
            "ada@example..com",
            "ada@exa_mple.com",
            "a b@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com, eve@example.com",
            "Ada <ada@example.com>",
            "<ada@example.com>",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_address_has_at_most_254_octets() {
        let host = format!("{}.com", ["d".repeat(61), "d".repeat(61), "d".repeat(61)].join("."));
        let longest = format!("{}@{host}", "a".repeat(MAX_OCTETS - host.len() - 1));
        assert_eq!(parsed(&longest), Some(longest.clone()));
        assert_eq!(parsed(&format!("a{longest}")), None);
    }

    proptest! {
        #[test]
        fn an_address_stays_itself(text in "(?s).*|\\PC{1,9}@[\\pL\\pN.-]{1,12}\\.[A-Za-z]{2}") {
            if let Some(address) = parsed(&text) {
                prop_assert_eq!(parsed(&address), Some(address));
            }
        }
    }
}
