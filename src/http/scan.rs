//! A look at a document before anybody parses it. The parser recurses: three kilobytes of brackets overflow its stack and
//! abort the process, and its checks walk doubling fragments exponentially. This scan does not recurse, reads each byte
//! once, and refuses what is too large to be an honest question.

use serde_json::Value;

use super::expand::MAX_FIELDS;

/// Bytes of a document at most.
const MAX_BYTES: usize = 16 * 1024;
/// Tokens at most.
const MAX_TOKENS: usize = 2000;
/// Brackets of any kind, open at the same time.
const MAX_NESTING: usize = 25;
/// Fragment spreads at most: each may double what the checks walk.
const MAX_SPREADS: usize = 40;
/// Directives at most.
const MAX_DIRECTIVES: usize = 20;

/// Which limit a document exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooLarge {
    Bytes,
    Tokens,
    Nesting,
    Spreads,
    Directives,
    Variables,
    Fields,
}

impl TooLarge {
    /// What to do about it.
    pub(super) fn message(self) -> String {
        let (what, limit) = match self {
            Self::Bytes => ("bytes", MAX_BYTES),
            Self::Tokens => ("tokens", MAX_TOKENS),
            Self::Nesting => ("nested brackets", MAX_NESTING),
            Self::Spreads => ("fragment spreads", MAX_SPREADS),
            Self::Directives => ("directives", MAX_DIRECTIVES),
            Self::Variables => ("nested brackets in its variables", MAX_NESTING),
            Self::Fields => ("fields once its fragments are written out", MAX_FIELDS),
        };
        format!(
            "A document has at most {limit} {what}: ask for less at once, and give long values as variables."
        )
    }
}

/// Refuses a document that is too large.
pub(super) fn scan(document: &str) -> Result<(), TooLarge> {
    if document.len() > MAX_BYTES {
        return Err(TooLarge::Bytes);
    }
    let bytes = document.as_bytes();
    let (mut tokens, mut open, mut spreads, mut directives) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'#' => skip_while(bytes, at, |byte| byte != b'\n' && byte != b'\r'),
            b'"' => skip_string(bytes, at),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                skip_while(bytes, at, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
            }
            b'-' | b'0'..=b'9' => skip_while(bytes, at + 1, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')
            }),
            _ => at + 1,
        };
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b'#' => continue,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b'@' => directives += 1,
            b'.' if bytes[start..].starts_with(b"...") => {
                at = start + 3;
                spreads += 1;
            }
            _ => {}
        }
        tokens += 1;
        let limits = [
            (tokens > MAX_TOKENS, TooLarge::Tokens),
            (open > MAX_NESTING, TooLarge::Nesting),
            (spreads > MAX_SPREADS, TooLarge::Spreads),
            (directives > MAX_DIRECTIVES, TooLarge::Directives),
        ];
        if let Some((_, exceeded)) = limits.into_iter().find(|(exceeded, _)| *exceeded) {
            return Err(exceeded);
        }
    }
    Ok(())
}

/// Refuses values of variables that nest deeper than a document may: inputs that contain themselves, such as filters,
/// are read by recursion as well.
pub(super) fn scan_variables(variables: &serde_json::Map<String, Value>) -> Result<(), TooLarge> {
    let shallow = variables.values().all(|value| nests_within(value, MAX_NESTING));
    if shallow { Ok(()) } else { Err(TooLarge::Variables) }
}

/// Whether at most that many brackets are open at the same time. Recurses no deeper than that.
fn nests_within(value: &Value, levels: usize) -> bool {
    let inside = |value: &Value| nests_within(value, levels - 1);
    match value {
        Value::Array(values) => levels > 0 && values.iter().all(inside),
        Value::Object(members) => levels > 0 && members.values().all(inside),
        _ => true,
    }
}

fn skip_while(bytes: &[u8], from: usize, part: impl Fn(u8) -> bool) -> usize {
    from + bytes[from..].iter().take_while(|byte| part(**byte)).count()
}

/// Behind a string, or the end of the document where it is not closed: the parser will say so.
fn skip_string(bytes: &[u8], at: usize) -> usize {
    let block = bytes[at..].starts_with(br#"""""#);
    let mut at = at + if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        match byte {
            b'\\' if block && rest.starts_with(br#"\""""#) => at += 4,
            b'\\' if !block => at += 2,
            b'"' if block && rest.starts_with(br#"""""#) => return at + 3,
            b'"' if !block => return at + 1,
            // a line end closes nothing, but the parser refuses the string here and reads what follows as tokens
            b'\n' | b'\r' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_honest_question_passes() {
        let document = r#"query Q($a: [Int!]) { users(where: {and: [{email: {contains: "{[("}}]}) { nodes { ...F } } } # {{{
            fragment F on User @include(if: true) { name { display } note: id(x: """ a " block { string """) }"#;
        assert_eq!(scan(document), Ok(()));
    }

    #[test]
    fn nested_brackets_are_refused_whatever_their_kind() {
        for (open, close) in [("[", "]"), ("{a:", "}"), ("{a", "}")] {
            let document = format!("{{a(b:{}{})}}", open.repeat(1300), close.repeat(1300));
            assert_eq!(scan(&document), Err(TooLarge::Nesting), "{open}");
        }
        // brackets inside an unclosed string of one line do not hide those on the next
        assert_eq!(scan(&format!("{{a(b:\"\n{}", "[".repeat(100))), Err(TooLarge::Nesting));
    }

    #[test]
    fn every_limit_is_its_own_refusal() {
        assert_eq!(scan(&" ".repeat(MAX_BYTES + 1)), Err(TooLarge::Bytes));
        assert_eq!(scan(&"a ".repeat(MAX_TOKENS + 1)), Err(TooLarge::Tokens));
        assert_eq!(scan(&"...F ".repeat(MAX_SPREADS + 1)), Err(TooLarge::Spreads));
        assert_eq!(scan(&"@a ".repeat(MAX_DIRECTIVES + 1)), Err(TooLarge::Directives));
    }

    #[test]
    fn variables_nest_as_deep_as_a_document_may() {
        let nested = |depth| {
            let value = (0..depth).fold(Value::Null, |inside, _| serde_json::json!([inside]));
            scan_variables(&serde_json::Map::from_iter([("a".to_owned(), value)]))
        };
        assert_eq!(nested(MAX_NESTING), Ok(()));
        assert_eq!(nested(MAX_NESTING + 1), Err(TooLarge::Variables));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_without_panic(text in "\\PC*") {
            let _ = scan(&text);
        }
    }
}
