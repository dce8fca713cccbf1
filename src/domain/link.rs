//! Links that are shown and followed: absolute `https` URLs (the WHATWG URL standard). Whether it
//! is safe to fetch one from the server is for whoever does that to decide.

use url::Url;

use super::mistake::Mistake;

/// What browsers and mail programs are sure to handle.
const MAX_CHARS: usize = 2000;

/// The URL that `text` holds, as a browser would write it: host in lower case or Punycode, path
/// escaped.
///
/// # Errors
/// When it is not an absolute `https` URL, carries a user name or a password (which would be shown
/// to everyone, and can make one host look like another), or is longer than 2000 characters once
/// escaped.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "https");
    let url = url.ok_or_else(|| Mistake::new("Write an absolute link, such as https://example.com/page."))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Mistake::new("Leave user name and password out of the link."));
    }
    if url.as_str().len() > MAX_CHARS {
        return Err(Mistake::new(format!("A link has at most {MAX_CHARS} characters.")));
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).ok()
    }

    #[test]
    fn a_link_is_kept_as_a_browser_would_write_it() {
        assert_eq!(parsed(" HTTPS://Example.com "), Some("https://example.com/".into()));
        assert_eq!(
            parsed("https://münchen.example/ä b?q=1#top"),
            Some("https://xn--mnchen-3ya.example/%C3%A4%20b?q=1#top".into())
        );
    }

    #[test]
    fn only_absolute_https_links_are_accepted() {
        for text in [
            "",
            "example.com",
            "/page",
            "//example.com",
            "http://example.com",
            "javascript:alert(1)",
            "data:,x",
            "https://",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn credentials_are_refused() {
        assert_eq!(parsed("https://bank.example@evil.example/"), None);
        assert_eq!(parsed("https://:secret@example.com/"), None);
    }

    #[test]
    fn a_link_has_at_most_2000_characters() {
        let longest = format!("https://example.com/{}", "a".repeat(MAX_CHARS - 20));
        assert_eq!(parsed(&longest), Some(longest.clone()));
        assert_eq!(parsed(&format!("{longest}a")), None);
    }

    proptest! {
        #[test]
        fn a_link_stays_itself(text in "(?s).*|https://\\PC{1,8}\\.com(/\\PC{0,8}){0,3}") {
            if let Some(link) = parsed(&text) {
                prop_assert_eq!(parsed(&link), Some(link));
            }
        }
    }
}
