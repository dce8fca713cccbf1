//! What people wrote and letters repeat: names. They stand inside a line of ours, and mail programs make no link of them.

use std::fmt;

use crate::domain::text;

/// Characters of a name at most; the rest is cut.
const MAX_CHARS: usize = 100;

/// What somebody is called. Whoever names themselves `Your account is locked, open https://example.com` ends up with a strange
/// name and no link: mail programs make links of texts that look like one, in HTML and outside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// What somebody signs in with. It is shown letter for letter where it has nothing but letters, digits, `.`, `_` and `-`, because
/// it has to be typed, and otherwise as a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(unlinked(&text::inline(text, MAX_CHARS)))
    }
}

impl From<&str> for UserName {
    fn from(text: &str) -> Self {
        let line = text::inline(text, MAX_CHARS);
        let is_plain = line.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        Self(if is_plain { line } else { unlinked(&line) })
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for UserName {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text with a space behind what makes a link: dots inside words, colons and slashes in front of slashes.
fn unlinked(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        plain.push(c);
        let next = letters.peek();
        let makes_link = match c {
            // what looks like a full stop, IDNA reads as one
            '.' | '。' | '．' | '｡' => next.is_some_and(|next| !next.is_whitespace()),
            ':' | '/' => matches!(next, Some('/' | ':')),
            _ => false,
        };
        if makes_link {
            plain.push(' ');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_what_they_are() {
        for name in ["Ada Lovelace", "J. R. R. Tolkien", "Maersk A/S", "O’Brien-Łódź", "山田 太郎"] {
            assert_eq!(Name::from(name).to_string(), name);
        }
    }

    #[test]
    fn a_name_is_no_link() {
        for (name, shown) in [
            ("https://evil.example/x", "https: / /evil. example/x"),
            ("www.evil.example", "www. evil. example"),
            ("evil。example", "evil。 example"),
            ("ada@evil.example", "ada@evil. example"),
            ("mailto:eve@evil.example", "mailto:eve@evil. example"),
            ("a\r\n\r\nhttp://evil", "a http: / /evil"),
        ] {
            assert_eq!(Name::from(name).to_string(), shown);
            assert_eq!(Name::from(shown).to_string(), shown, "once is enough");
        }
    }

    #[test]
    fn a_user_name_can_be_typed_as_it_is_shown() {
        for name in ["ada.lovelace", "ada_l-1", "zoë"] {
            assert_eq!(UserName::from(name).to_string(), name);
        }
        assert_eq!(UserName::from("http://evil.example").to_string(), "http: / /evil. example");
        assert_eq!(UserName::from("ada@desk.example").to_string(), "ada@desk. example");
    }
}
