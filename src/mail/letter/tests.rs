//! Tests of letters: every one in every language, and what somebody's name cannot do to them.

use proptest::prelude::*;
use sea_orm::Iterable;

use super::*;

const LINK: &str = "https://desk.example/invitation#token=s3cret&x=1";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn link() -> Link {
    Link::parse(LINK).unwrap()
}

/// Every letter, about somebody who is called like this.
fn letters(called: &str) -> Vec<Letter> {
    let (name, user_name) = (Name::from(called), UserName::from("ada.lovelace"));
    let at = instant("2026-03-01T12:34:56.789Z");
    let expires_at = instant("2026-03-15T12:34:56Z");
    let (who, reset_by, changed_by) = (name.clone(), name.clone(), name.clone());
    let mut all = vec![
        Letter::StaffInvitation {
            name: name.clone(),
            user_name: user_name.clone(),
            link: link(),
            expires_at,
            invited_by: who.clone(),
        },
        Letter::PasswordChanged { name: name.clone(), user_name: user_name.clone(), at },
        Letter::SecondFactorReset { name: name.clone(), user_name: user_name.clone(), at, reset_by },
        Letter::SessionEnded { name: name.clone(), user_name: user_name.clone(), at },
        Letter::SecondFactorSetUp { name: name.clone(), user_name: user_name.clone(), at },
        Letter::AddressChanged { name: name.clone(), user_name: user_name.clone(), at, changed_by },
    ];
    all.extend([None, Some(who)].map(|asked_by| Letter::StaffPasswordReset {
        name: name.clone(),
        user_name: user_name.clone(),
        link: link(),
        expires_at,
        asked_by,
    }));
    all.extend(IncidentKind::iter().map(|kind| Letter::Incident {
        kind,
        what: "connection refused".to_owned(),
        since: at,
    }));
    all
}

/// Every letter in every language.
fn written(called: &str) -> Vec<(Letter, Language, Written)> {
    let in_all = |letter: Letter| Language::ALL.iter().map(move |language| (letter.clone(), *language));
    letters(called)
        .into_iter()
        .flat_map(in_all)
        .map(|(letter, language)| {
            let written = letter.write(language);
            (letter, language, written)
        })
        .collect()
}

#[test]
fn every_letter_is_there_in_every_language() {
    for kind in MailKind::iter() {
        assert!(letters("Ada").iter().any(|letter| letter.kind() == kind), "{kind:?}");
    }
    for (letter, language, written) in written("Ada Lovelace") {
        let place = format!("{letter:?} in {language:?}");
        let Written { subject, text, html } = &written;
        let (text, html) = (text.as_str(), html.as_str());
        assert!((10..80).contains(&subject.chars().count()), "{place}: {subject}");
        assert!(text.ends_with(".\n") && text.lines().count() >= 3, "{place}: {text}");
        assert!(!text.contains("\n\n\n") && !text.contains("  "), "{place}: {text}");
        for part in [subject.as_str(), text, html] {
            assert!(!part.contains("{{") && !part.contains("{%") && !part.contains("{#"), "{place}: {part}");
        }
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{place}");
        match letter.link() {
            Some(_) => {
                assert_eq!(text.lines().filter(|line| *line == LINK).count(), 1, "{place}: {text}");
                assert!(text.contains("2026-03-15 12:34 UTC"), "{place}: {text}");
            }
            None => assert!(text.contains("2026-03-01 12:34 UTC"), "{place}: {text}"),
        }
        if letter.kind() == MailKind::Incident {
            assert!(text.contains("connection refused"), "{place}: {text}");
        } else {
            assert!(text.contains("Ada Lovelace,\n"), "{place}: {text}");
            assert!(text.lines().any(|line| line == "ada.lovelace"), "{place}: {text}");
        }
    }
}

#[test]
fn no_language_repeats_another() {
    for letter in letters("Ada") {
        let lines = |language: Language| -> Vec<String> {
            let Written { subject, text, .. } = letter.write(language);
            let same = |line: &str| line.is_empty() || line == LINK || line == "ada.lovelace";
            text.lines().chain([subject.as_str()]).filter(|line| !same(line)).map(str::to_owned).collect()
        };
        let english = lines(Language::English);
        for line in lines(Language::French) {
            assert!(!english.contains(&line), "{line}");
        }
        assert_eq!(lines(Language::French).len(), english.len(), "{letter:?}");
    }
}

#[test]
fn text_and_html_say_the_same() {
    for (_, _, written) in written("Ada Lovelace") {
        let body = written.html.split_once("<body").unwrap().1.split_once('>').unwrap().1;
        let mut shown = String::new();
        for part in body.replace("<wbr>", "").split('<') {
            shown.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        }
        let shown = shown.replace("&#38;", "&").replace("&#39;", "'");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&shown), words(&format!("{} {}", written.subject, written.text.as_str())));
    }
}

/// What an address in HTML leads to.
fn leads_to(html: &str) -> Vec<&str> {
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_letter_leads_nowhere_but_to_its_link_and_fetches_nothing() {
    for (letter, _, written) in written("Ada Lovelace") {
        let expected = letter.link().map(|link| link.to_string().replace('&', "&#38;"));
        assert_eq!(leads_to(&written.html), expected.iter().map(String::as_str).collect::<Vec<_>>());
        for word in ["<img", "<script", "<link", "src=", "url(", "@import", "<form", "<iframe"] {
            assert!(!written.html.contains(word), "{word}");
        }
    }
}

#[test]
fn whoever_is_called_like_html_is_called_so_in_the_letter() {
    let called = "<script>alert(1)</script> \"&amp;' <a href=\"https://evil.example\">x</a>";
    for (letter, _, written) in written(called) {
        assert!(!written.html.contains("<script"), "{}", *written.html);
        assert_eq!(leads_to(&written.html).len(), usize::from(letter.link().is_some()), "{}", *written.html);
        if letter.kind() != MailKind::Incident {
            assert!(written.html.contains("&#60;script&#62;alert(1)"), "{}", *written.html);
        }
    }
}

#[test]
fn a_name_that_is_a_link_becomes_none() {
    for called in [LINK, "https://evil.example", "\n\nhttps://evil.example\n\n", "www.evil.example"] {
        for (letter, _, written) in written(called) {
            let links = usize::from(letter.link().is_some());
            assert_eq!(leads_to(&written.html).len(), links, "{called}: {}", *written.html);
            assert_eq!(written.text.matches("://").count(), links, "{called}: {}", *written.text);
            assert!(!written.text.contains("evil.example"), "{called}: {}", *written.text);
        }
    }
}

#[test]
fn a_link_is_an_address_of_the_web_and_is_not_printed() {
    for text in ["javascript:alert(1)", "ftp://desk.example", "desk.example", "https://desk.example/a b", ""]
    {
        assert_eq!(Link::parse(text), None, "{text}");
    }
    let letters = format!("{:?}", written("Ada"));
    assert!(!letters.contains("s3cret"), "{letters}");
}

proptest! {
    #[test]
    fn whatever_somebody_is_called_the_letter_is_the_same(called in "(?s).{0,40}|[\r\n<>&\"'./:a-z\u{2028}\u{202e}]{0,40}") {
        for ((_, _, named), (_, _, plain)) in written(&called).into_iter().zip(written("Ada")) {
            prop_assert_eq!(&named.subject, &plain.subject);
            prop_assert_eq!(named.text.lines().count(), plain.text.lines().count());
            let tags = |html: &str| html.matches('<').count() - html.matches("<wbr>").count();
            prop_assert_eq!(tags(&named.html), tags(&plain.html));
        }
    }
}
