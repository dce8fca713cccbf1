//! 5.6.3: no field twice in one input object. The parser keeps the last one and forgets the others, so this is seen in the
//! text alone. Reads each byte once; what is no document at all is left to the parser.

use std::collections::HashSet;

use async_graphql::Pos;

use super::finding::{Findings, shown};

/// What a bracket opened.
enum Open<'a> {
    /// A selection, whose words may repeat.
    Selection,
    /// Arguments or a list.
    Values,
    /// An input object, with its fields so far.
    Object(HashSet<&'a str>),
}

/// Notes the first field that an input object has twice.
pub(super) fn judge(document: &str, findings: &mut Findings) {
    if let Some((at, name)) = repeated(document) {
        let before = &document[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
        findings.add(&[Pos { line, column }], format!("{} is given twice.", shown(name)));
    }
}

fn repeated(document: &str) -> Option<(usize, &str)> {
    let bytes = document.as_bytes();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut word: Option<(usize, &str)> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => continue,
            b'#' => {
                at = run(bytes, at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                at = run(bytes, at, |byte| byte == b'_' || byte.is_ascii_alphanumeric());
                word = Some((start, &document[start..at]));
                continue;
            }
            b'"' => at = behind_text(bytes, start),
            b'(' | b'[' => open.push(Open::Values),
            b'{' if matches!(open.last(), Some(Open::Values | Open::Object(_))) => {
                open.push(Open::Object(HashSet::new()));
            }
            b'{' => open.push(Open::Selection),
            b')' | b']' | b'}' => drop(open.pop()),
            b':' => {
                if let (Some(Open::Object(fields)), Some((at, name))) = (open.last_mut(), word)
                    && !fields.insert(name)
                {
                    return Some((at, name));
                }
            }
            _ => {}
        }
        word = None;
    }
    None
}

/// Behind all bytes that are part of a run.
fn run(bytes: &[u8], from: usize, part: impl Fn(u8) -> bool) -> usize {
    from + bytes[from..].iter().take_while(|byte| part(**byte)).count()
}

/// Behind a text, or the end of the document where it is not closed.
fn behind_text(bytes: &[u8], start: usize) -> usize {
    let quotes: &[u8] = if bytes[start..].starts_with(br#"""""#) { br#"""""# } else { b"\"" };
    let mut at = start + quotes.len();
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(quotes) {
            return at + quotes.len();
        }
        at += match rest {
            // in a block only the quotes themselves are escaped
            [b'\\', b'"', b'"', b'"', ..] if quotes.len() == 3 => 4,
            [b'\\', _, ..] if quotes.len() == 1 => 2,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_given_once_for_each_object() {
        for (document, found) in [
            ("{ a(b: {c: 1, c: 2}) }", Some("c")),
            ("{ a(b: {c: 1 d: {c: 1}}) c: a c: a }", None),
            ("{ a(b: [{c: 1} {c: 1}]) }", None),
            ("{ a(b: [{c: 1}, {c: {d: [1] c: 1 d: 2}}]) }", Some("d")),
            ("query ($v: T = {c: 1, d: 2, c: 3}) { a(b: $v) }", Some("c")),
            ("{ a @b(c: {d: c, c: $c, e: d}) }", None),
            (r#"{ a(b: {c: "c: c: \" c:", d: 1}) }"#, None),
            (r#"{ a(b: {c: """ " c: \""" c: """, c: 1}) }"#, Some("c")),
            ("{ a(b: {c: 1 # c:\n d: 2 # c\n : 3}) }", None),
            ("{ a(b: {c # d\n : 1 c: 2}) }", Some("c")),
            ("{ a(b: {é: 1, é: 1, \"", None),
            ("}}])", None),
            ("{ a(b: \"\\", None),
        ] {
            assert_eq!(repeated(document).map(|(_, name)| name), found, "{document}");
        }
    }
}
