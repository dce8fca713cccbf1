//! Codes that people and programs name things by: accounts, and the other systems whose ids a
//! record carries.

use super::mistake::Mistake;

const MAX_CHARS: usize = 40;

/// The code that `text` is, unchanged. It can stand in a path, a file name and a spreadsheet
/// without being escaped.
///
/// # Errors
/// When it is empty, longer than 40 characters, or holds anything but the letters A to Z in either
/// case, digits, `_`, `-` and `.`.
pub fn parse(text: &str) -> Result<String, Mistake> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(Mistake::new(format!(
            "Use 1 to {MAX_CHARS} of the characters A to Z, a to z, 0 to 9, _, - and ."
        )))
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
    fn a_code_is_kept_as_written() {
        for text in ["a", "Main", "crm-2.eu_west", &"x".repeat(MAX_CHARS)] {
            assert_eq!(parsed(text), Some(text.into()));
        }
    }

    #[test]
    fn other_characters_and_lengths_are_refused() {
        for text in ["", " a", "a b", "a/b", "é", "a\0", &"x".repeat(MAX_CHARS + 1)] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_code_stays_itself(text in "(?s).*|[A-Za-z0-9_.-]{1,44}") {
            if let Some(code) = parsed(&text) {
                prop_assert_eq!(code, text);
            }
        }
    }
}
