//! A look at a document before anybody parses it. The parser recurses: three kilobytes of brackets overflow its stack and
//! abort the process, and its checks walk doubling fragments exponentially. This scan does not recurse, reads each byte
//! once, and refuses what is too large to be an honest question.

use serde_json::Value;

use super::Refusal;
use crate::{config::Limits, service::code::ErrorCode};

/// Refuses a document that is too large.
pub(super) fn scan(document: &str, limits: &Limits) -> Result<(), Refusal> {
    if document.len() > limits.document_bytes {
        return Err(Refusal::limit(
            ErrorCode::DocumentTooLarge,
            limits.document_bytes,
            "A document has at most {} bytes: give long values as variables.",
        ));
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
        let exceeded = if tokens > limits.tokens {
            (
                ErrorCode::TooManyTokens,
                limits.tokens,
                "A document has at most {} tokens: ask for less at once.",
            )
        } else if open > limits.nesting {
            let message =
                "A document nests at most {} brackets: give deep values as variables, ask for less at once.";
            (ErrorCode::TooDeeplyNested, limits.nesting, message)
        } else if spreads > limits.spreads {
            let message = "A document has at most {} fragment spreads: write fields out.";
            (ErrorCode::TooManyFragmentSpreads, limits.spreads, message)
        } else if directives > limits.directives {
            let message = "A document has at most {} directives: send another document instead.";
            (ErrorCode::TooManyDirectives, limits.directives, message)
        } else {
            continue;
        };
        let (code, limit, message) = exceeded;
        return Err(Refusal::limit(code, limit, message));
    }
    Ok(())
}

/// Refuses variables that nest deeper than a document may, because inputs that contain themselves, such as filters, are
/// read by recursion as well; and those with too many values, because each object becomes an input of a kilobyte.
pub(in crate::http) fn scan_variables(
    variables: &serde_json::Map<String, Value>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let mut found = Found { objects: 0, values: 0 };
    variables.values().try_for_each(|value| found.add(value, limits.nesting, limits))
}

/// Values of variables so far.
struct Found {
    objects: usize,
    values: usize,
}

impl Found {
    /// Counts a value in which so many brackets may be open at the same time. Recurses no deeper than that.
    fn add(&mut self, value: &Value, levels: usize, limits: &Limits) -> Result<(), Refusal> {
        self.values += 1;
        self.objects += usize::from(value.is_object());
        if self.objects > limits.variable_objects {
            let message = "Variables have at most {} objects: send less at once.";
            return Err(Refusal::limit(ErrorCode::TooManyValues, limits.variable_objects, message));
        }
        if self.values > limits.variable_values {
            let message = "Variables have at most {} values: send less at once.";
            return Err(Refusal::limit(ErrorCode::TooManyValues, limits.variable_values, message));
        }
        if levels == 0 && (value.is_array() || value.is_object()) {
            let message = "Values of variables nest at most {} brackets.";
            return Err(Refusal::limit(ErrorCode::TooDeeplyNested, limits.nesting, message));
        }
        match value {
            Value::Array(values) => values.iter().try_for_each(|value| self.add(value, levels - 1, limits)),
            Value::Object(members) => {
                members.values().try_for_each(|value| self.add(value, levels - 1, limits))
            }
            _ => Ok(()),
        }
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
    use crate::hostile::hostile_text;

    /// The code and the limit of the refusal, if it is one.
    fn scanned(document: &str) -> Option<(ErrorCode, usize)> {
        let refusal = scan(document, &Limits::default()).err()?;
        Some((refusal.code, refusal.limit.unwrap()))
    }

    #[test]
    fn an_honest_question_passes() {
        let document = r#"query Q($a: [Int!]) { users(where: {and: [{email: {contains: "{[("}}]}) { nodes { ...F } } } # {{{
            fragment F on User @include(if: true) { name { display } note: id(x: """ a " block { string """) }"#;
        assert_eq!(scanned(document), None);
    }

    #[test]
    fn nested_brackets_are_refused_whatever_their_kind() {
        for (open, close) in [("[", "]"), ("{a:", "}"), ("{a", "}")] {
            let document = format!("{{a(b:{}{})}}", open.repeat(1300), close.repeat(1300));
            assert_eq!(scanned(&document), Some((ErrorCode::TooDeeplyNested, 25)), "{open}");
        }
        // brackets inside an unclosed string of one line do not hide those on the next
        let document = format!("{{a(b:\"\n{}", "[".repeat(100));
        assert_eq!(scanned(&document), Some((ErrorCode::TooDeeplyNested, 25)));
    }

    #[test]
    fn every_limit_is_its_own_refusal() {
        let limits = Limits::default();
        for (part, limit, code) in [
            (" ", limits.document_bytes, ErrorCode::DocumentTooLarge),
            ("a ", limits.tokens, ErrorCode::TooManyTokens),
            ("[", limits.nesting, ErrorCode::TooDeeplyNested),
            ("...F ", limits.spreads, ErrorCode::TooManyFragmentSpreads),
            ("@a ", limits.directives, ErrorCode::TooManyDirectives),
        ] {
            assert_eq!(scanned(&part.repeat(limit)), None, "{part}");
            assert_eq!(scanned(&part.repeat(limit + 1)), Some((code, limit)), "{part}");
        }
    }

    #[test]
    fn variables_nest_as_deep_as_a_document_may() {
        let nested = |depth| {
            let value = (0..depth).fold(Value::Null, |inside, _| serde_json::json!([inside]));
            let variables = serde_json::Map::from_iter([("a".to_owned(), value)]);
            scan_variables(&variables, &Limits::default()).map_err(|refusal| refusal.code)
        };
        assert_eq!(nested(25), Ok(()));
        assert_eq!(nested(26), Err(ErrorCode::TooDeeplyNested));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_without_panic_and_without_room(text in hostile_text()) {
            let used = allocation_counter::measure(|| drop(scan(&text, &Limits::default())));
            // a refusal has a message, and the sentence that it is made of
            prop_assert!(used.bytes_total < 1024, "{} bytes", used.bytes_total);
        }
    }
}
