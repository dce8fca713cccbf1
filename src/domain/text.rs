//! Text that people write: the form it is kept in, and the form it is compared and searched by.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::mistake::Mistake;

/// The form in which names, e-mail addresses and search phrases are compared: case, accents, width,
/// typographic variants and spacing do not matter. It is computed here and stored, so that every
/// database finds the same rows and, comparing bytes, sorts them alike.
///
/// Latin letters become plain ones (`Łódź` is `lodz`, `Straße` is `strasse`); other scripts keep
/// their letters, never transliterated, and the signs that are vowels there. Compatibility
/// characters are written out (NFKD). Control characters count as spaces, so the result is one line
/// that any database stores. Folding twice is folding once.
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    // Invisible characters go first: between two marks they would keep these out of order.
    let bare = text.chars().filter(|c| !is_invisible(*c)).nfkd().filter(|c| !is_accent(*c));
    // Upper case, then lower case, joins what lower case alone leaves apart, such as the two small
    // sigmas of Greek.
    for c in bare.flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        match plain_latin(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    plain.make_ascii_lowercase();
    words_of(&plain).collect::<Vec<_>>().join(" ")
}

/// The folded words of a search phrase, in the order they were written.
pub fn words(search: &str) -> Vec<String> {
    words_of(&fold(search)).map(str::to_owned).collect()
}

/// One line of text as it is kept: trimmed, and composed (NFC), so that equal text has equal bytes.
///
/// # Errors
/// When nothing visible is left (a value is cleared with null), when it has more than `max_chars`
/// characters, or holds control characters or bidirectional overrides, which make text read
/// differently from what it is.
pub fn clean_line(text: &str, max_chars: usize) -> Result<String, Mistake> {
    let line: String = text.trim().nfc().collect();
    if line.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        return Err(Mistake::new("Write something, or use null to clear it."));
    }
    if line.chars().any(is_control) {
        return Err(Mistake::new("Write it on one line, without control characters."));
    }
    if line.chars().count() > max_chars {
        return Err(Mistake::new(format!("Use at most {max_chars} characters.")));
    }
    Ok(line)
}

/// Text of several lines as it is kept: trimmed, composed (NFC), its lines ended by line feeds alone.
///
/// # Errors
/// Those of [`clean_line`], but for line feeds and tabs.
pub fn clean_text(text: &str, max_chars: usize) -> Result<String, Mistake> {
    let text: String = text.trim().replace("\r\n", "\n").nfc().collect();
    if text.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        return Err(Mistake::new("Write something, or use null to clear it."));
    }
    if text.chars().any(|c| is_control(c) && !matches!(c, '\n' | '\t')) {
        return Err(Mistake::new("Write it without control characters; line breaks are fine."));
    }
    if text.chars().count() > max_chars {
        return Err(Mistake::new(format!("Use at most {max_chars} characters.")));
    }
    Ok(text)
}

/// What somebody wrote as a part of a line of ours, such as a name in a letter: without control characters and what is
/// invisible or turns the direction of the text around it, words apart by one space, cut behind `max_chars` characters.
pub fn inline(text: &str, max_chars: usize) -> String {
    let plain: String = text.nfc().filter(|c| c.is_whitespace() || !is_invisible(*c)).collect();
    let words = plain.split(|c: char| c.is_whitespace() || is_control(c)).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The form in which numbers of registers and offices are compared: their letters and digits alone, folded, Latin ones in
/// upper case. `hrb 1234-b` is `HRB1234B`.
pub fn squeeze(text: &str) -> String {
    let mut squeezed: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
    squeezed.make_ascii_uppercase();
    squeezed
}

/// A word as people read it: `IN_REVIEW` is "In review".
pub fn spoken(word: &str) -> String {
    let mut letters = word.chars().map(|c| if c == '_' { ' ' } else { c.to_ascii_lowercase() });
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The first letter of a name with the marks that belong to it, and a full stop.
pub fn initial(name: &str) -> Option<String> {
    let mut letters = name.trim().chars();
    let first = letters.next()?;
    let marks = letters.take_while(|c| canonical_combining_class(*c) != 0);
    Some(std::iter::once(first).chain(marks).chain(['.']).collect())
}

/// The name of a column as the API writes names: `first_name` is `firstName`.
pub fn camel_case(snake: &str) -> String {
    let mut upper = false;
    let mut camel = String::with_capacity(snake.len());
    for c in snake.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                camel.extend(c.to_uppercase());
                upper = false;
            }
            c => camel.push(c),
        }
    }
    camel
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty())
}

/// What breaks a line or turns the direction of the text around it.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Soft hyphens, joiners, direction marks, fillers (Unicode's `Default_Ignorable_Code_Point`): copied
/// along unseen, they would keep equal names apart.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Marks that readers pass over: accents of Latin, Greek and Cyrillic (overlaid, above, below) and
/// the points of Hebrew, Arabic and Syriac. The other classes (nukta, kana voicing, virama, vowels
/// of Thai and its neighbours) tell one letter from another.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 200..)
}

/// The plain letters for a small Latin letter that has no decomposition, and for the apostrophes
/// and hyphens that typography puts in names.
fn plain_latin(c: char) -> Option<&'static str> {
    match c {
        'ə' | 'ǝ' => Some("e"), // deunicode has "@"
        '\u{2bb}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' => Some("'"),
        '\u{2010}'..='\u{2015}' => Some("-"),
        // The blocks of the Latin script above ASCII. Where deunicode has no letters for a sound,
        // the sign stays.
        '\u{c0}'..='\u{2af}'
        | '\u{1d00}'..='\u{1d25}'
        | '\u{1d6b}'..='\u{1d9a}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2c60}'..='\u{2c7f}'
        | '\u{a722}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab64}' => deunicode::deunicode_char(c)
            .filter(|plain| !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_alphabetic())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_read_as_people_write_them() {
        assert_eq!(spoken("IN_REVIEW"), "In review");
        assert_eq!(spoken("LIVE"), "Live");
        assert_eq!(spoken(""), "");
    }

    #[test]
    fn an_initial_keeps_its_accents() {
        assert_eq!(initial(" Lovelace").as_deref(), Some("L."));
        assert_eq!(initial("E\u{301}mile").as_deref(), Some("E\u{301}."));
        assert_eq!(initial(" "), None);
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        for (text, folded) in [
            ("  Zoë \t LE  Bœuf ", "zoe le boeuf"),
            ("Łódź, Ørsted, Đorđe, Þór, Æsir", "lodz, orsted, dorde, thor, aesir"),
            ("STRASSE Straße STRAẞE", "strasse strasse strasse"),
            ("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul"),
            ("Əliyev Nguyễn", "eliyev nguyen"),
            ("O\u{2019}Brien\u{a0}Jean\u{2010}Paul", "o'brien jean-paul"),
            ("ＡＢＣ ﬁn Ⅳ", "abc fin iv"),
            ("soft\u{ad}hyphen", "softhyphen"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn other_scripts_are_never_transliterated() {
        assert_eq!(fold("Юрий ЁЛКИН"), "юрии елкин");
        assert_eq!(fold("ΟΔΥΣΣΕΎΣ"), fold("Οδυσσεύς"));
        assert_eq!(fold("山田 太郎"), "山田 太郎");
        assert_ne!(fold("が"), fold("か"));
        assert_ne!(fold("कि"), fold("की"));
        assert_eq!(fold("שָׁלוֹם"), "שלום");
    }

    #[test]
    fn a_search_phrase_is_its_folded_words() {
        assert_eq!(words(" Élodie\n de  LA\0Tour "), ["elodie", "de", "la", "tour"]);
        assert!(words(" \u{200b} ").is_empty());
    }

    #[test]
    fn a_line_is_trimmed_and_composed() {
        assert_eq!(clean_line("  Zoe\u{308} ", 3), Ok("Zoë".into()));
        assert!(clean_line("Zoés", 3).is_err());
    }

    #[test]
    fn a_line_shows_what_it_holds() {
        for text in
            ["", " \t ", "\u{200b} \u{3164}", "a\0b", "a\nb", "a\u{2028}b", "a\u{202e}b", "a\u{2066}b"]
        {
            assert!(clean_line(text, 10).is_err(), "{text:?}");
        }
        assert!(clean_line("می\u{200c}خواهم", 10).is_ok(), "a joiner is spelling in Persian");
    }

    #[test]
    fn what_stands_in_a_line_of_ours_neither_ends_nor_turns_it() {
        for (text, shown) in [
            (" Ada \r\n\tLovelace ", "Ada Lovelace"),
            ("Ada\u{202e}evol\u{2066}", "Adaevol"),
            ("A\u{200b}da\u{2028}Bcc: eve@example.com\0", "Ada Bcc: eve@example.com"),
            ("\u{feff} \u{3164}", ""),
        ] {
            assert_eq!(inline(text, 30), shown, "{text:?}");
        }
        for (most, shown) in [(15, "Ada Lovelace, C"), (14, "Ada Lovelace,…"), (3, "Ada…")] {
            assert_eq!(inline("Ada Lovelace, C", most), shown);
        }
    }

    #[test]
    fn a_text_keeps_its_lines_and_shows_what_it_holds() {
        assert_eq!(clean_text(" one\r\ntwo\n\n\tthree ", 20), Ok("one\ntwo\n\n\tthree".into()));
        assert_eq!(clean_text("Zoe\u{308}", 3), Ok("Zoë".into()));
        for text in ["", " \n ", "a\0b", "a\rb", "a\u{202e}b", "a\u{2028}b", "abcdefghijk"] {
            assert!(clean_text(text, 10).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_number_is_compared_without_what_people_put_between() {
        for text in ["HRB 1234-B", "hrb1234b", " hrb/1234.b"] {
            assert_eq!(squeeze(text), "HRB1234B");
        }
        assert_eq!(squeeze("..."), "");
    }

    #[test]
    fn every_single_character_folds_to_something_final() {
        for c in ('\0'..='\u{1ffff}').map(String::from) {
            let folded = fold(&c);
            assert_eq!(fold(&folded), folded, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "(?s).*|[a-zß\\p{M}\\p{Cf}\\p{Lo}\\p{Zs}]{0,12}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn squeezing_twice_is_squeezing_once(text in "(?s).*|[a-z0-9ß\\p{M}\\p{Lo}\\p{P}]{0,12}") {
            let squeezed = squeeze(&text);
            prop_assert_eq!(squeeze(&squeezed), squeezed);
        }

        #[test]
        fn a_text_stays_itself(text in "(?s).*|[a-z\r\n\t\\p{M}]{0,12}", max in 0..20_usize) {
            if let Ok(text) = clean_text(&text, max) {
                prop_assert_eq!(clean_text(&text, max), Ok(text));
            }
        }

        #[test]
        fn a_line_stays_itself(text in "(?s).*|[a-z\\p{M}\\p{Zs}]{0,12}", max in 0..20_usize) {
            if let Ok(line) = clean_line(&text, max) {
                prop_assert_eq!(clean_line(&line, max), Ok(line));
            }
        }
    }
}
