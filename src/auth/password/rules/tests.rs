//! Tests of `rules`: which passwords may be chosen.

use proptest::prelude::*;

use super::*;
use crate::hostile::hostile_text;

const ADA: [&str; 3] = ["Ada Lovelace", "ada.lovelace@analytical.example", "alovelace"];

fn judged(text: &str) -> Result<(), String> {
    NewPassword::judge(text, &ADA).map(|_| ()).map_err(Mistake::into_message)
}

#[test]
fn pass_phrases_of_any_language_pass() {
    for text in [
        "otter violin basalt",
        "correct horse battery staple",
        "Der Kater frisst nachts Erdbeeren",
        "quatre loutres sous la pluie",
        "tres tristes tigres tragaban trigo",
        "żółta łódka płynie cicho",
        "синий кит читает газету",
        "η γάτα κοιμάται στο βιβλίο",
        "кішка спить на теплій печі",
        "القط ينام فوق الكتاب",
        "החתול ישן על הספר הישן",
        "बिल्ली किताब पर सो रही है",
        "猫は本の上でぐっすり眠っている",
        "고양이가 책 위에서 자고 있다",
        "那只猫在旧书上安静地睡着了",
        "แมวนอนหลับอยู่บนหนังสือ",
        "🦦🎻🪨🌧️📚🚲🧀🕯️🦉🪁🧭🥁",
    ] {
        assert_eq!(judged(text), Ok(()), "{text:?}");
    }
}

#[test]
fn what_programs_draw_passes() {
    for text in
        ["v7#Kq9!zLw2@", "xk4vq9wz2mp7", "hT3-rmQ-9Lx-Wz2", "pLq8ZxW3mNv6", "4@8({[<369!|170$5+7%2aqZ9"]
    {
        assert_eq!(judged(text), Ok(()), "{text:?}");
    }
}

#[test]
fn what_everybody_tries_is_refused() {
    let passing: Vec<&str> = [
        "password1234",
        "Password1234!",
        "P@ssw0rd2026!",
        "passwordpassword",
        "qwertyuiopas",
        "1qaz2wsx3edc",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "abcdefghijkl",
        "administrator1",
        "Administrator2026",
        "iloveyouforever",
        "letmein123456",
        "Welcome2026!!",
        "Summer2026!!!",
        "Passwort1234",
        "motdepasse12",
        "contrasena123",
        "backdesk2026",
        "Backdesk-2026!",
        "drowssap4321",
        "password1234password1234password1234password1234password1234",
    ]
    .into_iter()
    .filter(|text| !judged(text).is_err_and(|why| why.starts_with("This password is easy to guess")))
    .collect();
    assert!(passing.is_empty(), "{passing:?}");
}

#[test]
fn what_others_know_of_the_person_is_refused() {
    for text in [
        "ada.lovelace@analytical.example",
        "Ada.Lovelace@Analytical.example!1",
        "AdaLovelace2026",
        "lovelace-analytical",
        "alovelace1234",
        "ecalevolada12",
    ] {
        assert!(judged(text).is_err(), "{text:?}");
    }
    let zoe = |text: &str| NewPassword::judge(text, &["Zoë Mühlenbrink"]).map(|_| ());
    assert!(zoe("zoemuhlenbrink").is_err());
    assert!(zoe("ZoëMühlenbrink").is_err());
}

#[test]
fn it_has_twelve_to_128_characters_after_normalisation() {
    let too_short = judged("v7#Kq9!zLw2").unwrap_err();
    assert_eq!(
        too_short,
        "Use at least 12 characters. Several words are easy to remember and hard to guess."
    );
    // eleven letters, written as letters and marks
    assert_eq!(judged(&"e\u{301}".repeat(11)).unwrap_err(), too_short);
    assert_ne!(judged(&"e\u{301}".repeat(12)).unwrap_err(), too_short);
    let words = "otter violin basalt ".repeat(7);
    assert_eq!(judged(&words[..128]), Ok(()));
    assert_eq!(judged(&words[..129]).unwrap_err(), "Use at most 128 characters.");
    assert_eq!(judged(&"a".repeat(100_000)).unwrap_err(), "Use at most 128 characters.");
    // one character becomes eighteen
    assert_eq!(judged(&"\u{fdfa}".repeat(8)).unwrap_err(), "Use at most 128 characters.");
}

#[test]
fn it_can_be_typed_tomorrow_and_elsewhere() {
    for text in [
        "otter violin\tbasalt",
        "otter violin\nbasalt",
        "otter violin\0basalt",
        "otter violin \u{378} basalt",
    ] {
        assert!(judged(text).unwrap_err().starts_with("Use letters, digits"), "{text:?}");
    }
    assert_eq!(judged("  otter violin basalt  "), Ok(()));
}

#[test]
fn what_says_the_same_again_is_worth_one_of_them() {
    let period_of = |text: &str| period(&text.chars().collect::<Vec<_>>());
    for (text, expected) in
        [("", 0), ("a", 1), ("aaaa", 1), ("abab", 2), ("ababa", 2), ("abca", 4), ("abcabd", 6)]
    {
        assert_eq!(period_of(text), expected, "{text}");
    }
}

#[test]
fn many_signs_are_read_in_a_few_ways() {
    let read = |text: &str| readable(&text.chars().collect::<Vec<_>>()).to_string();
    assert_eq!(read("p@ssw0rd!"), "p@ssw0rd!");
    assert_eq!(read("4@([{<1!|"), "44((((111");
    assert_eq!(read("1234567890!@#$%^&*()"), "1234567890!@#$%^&*()");
}

#[test]
fn words_about_the_person_are_found_as_they_may_be_typed() {
    let words = words(&["Zoë de Mühlen", "z.m@analytical.example"]);
    for word in ["backdesk", "zoë", "zoe", "mühlen", "muhlen", "analytical", "example", "zoe de muhlen"] {
        assert!(words.iter().any(|known| known == word), "{word} of {words:?}");
    }
    assert!(!words.iter().any(|word| word == "de"));
    let many: Vec<String> = (0..1000).map(|number| format!("word{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(super::words(&many).len(), WORDS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_typed_is_judged(text in hostile_text(), about in hostile_text()) {
        let _ = NewPassword::judge(&text, &[&about]);
    }

    #[test]
    fn patterns_of_any_length_are_judged(piece in "[a-f0-9@$!({]{1,6}|[4-5]{2}|[qwertasdfg]{3}", times in 1..128_usize) {
        let text: String = piece.chars().cycle().take(times).collect();
        let _ = NewPassword::judge(&text, &[]);
    }

    #[test]
    fn what_was_chosen_is_right_afterwards(text in "\\PC{12,40}") {
        if let Ok(new) = NewPassword::judge(&text, &[]) {
            let typed = super::super::Password::typed(&text);
            prop_assert!(!typed.too_long);
            prop_assert_eq!(new.as_str(), typed.text.as_str());
        }
    }
}
