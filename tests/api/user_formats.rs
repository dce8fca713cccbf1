//! The formats of a user's attributes: what is taken, what it is kept as, and what is refused.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::{Answer, Desk};

async fn create(desk: &Desk, profile: Value) -> Answer {
    let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile });
    desk.admin().create(input).await
}

async fn problems_of(desk: &Desk, profile: Value) -> Vec<String> {
    create(desk, profile).await.problems("userCreate")
}

#[tokio::test]
async fn the_formats_of_values() {
    let desk = Desk::open().await;
    let mut table = String::new();
    for (field, given) in [
        ("email", " Ada.L+x@Example.COM "),
        ("email", "ada@localhost"),
        ("email", "Ada <ada@example.com>"),
        ("email", "zoë@münchen.example"),
        ("email", "a@b.c, d@e.f"),
        ("phone", "+33 (0)6 12 34 56 78"),
        ("phone", "06 12 34 56 78"),
        ("phone", "+999 123456789"),
        ("mobile", "+39 06 1234 5678"),
        ("mobile", "+33612345678 ext 5"),
        ("birthDate", "1984-02-29"),
        ("birthDate", "1985-02-29"),
        ("birthDate", "02/05/1984"),
        ("birthDate", "2026-03-01"),
        ("birthDate", "2026-02-28"),
        ("birthDate", "0000-00-00"),
        ("nationality", "fr"),
        ("nationality", "UK"),
        ("nationality", "XK"),
        ("countryOfResidence", ""),
        ("motherTongue", "FRA"),
        ("preferredLanguage", "pt-br"),
        ("communicationLanguage", "und"),
        ("timeZone", "europe/paris"),
        ("timeZone", "+01:00"),
        ("timeZone", "CET"),
        ("picture", "HTTPS://Example.com/a b"),
        ("picture", "javascript:alert(1)"),
        ("picture", "https://u:p@e.com"),
        ("firstName", "  Zoe\u{308} "),
        ("firstName", "   "),
        ("tag", "{{7*7}}"),
    ] {
        let answer = create(&desk, json!({ field: given })).await;
        let problems = answer.problems("userCreate");
        let kept = if problems.is_empty() {
            let user = answer.data("userCreate.user");
            let kept = match field {
                "birthDate" => &user["birth"]["date"],
                "firstName" => &user["name"]["first"],
                _ => &user[field],
            };
            kept.to_string()
        } else {
            problems.join(", ")
        };
        writeln!(table, "{field} {given:?}: {kept}").expect("writing into a text");
    }
    insta::assert_snapshot!(table, @r#"
    email " Ada.L+x@Example.COM ": "Ada.L+x@example.com"
    email "ada@localhost": INVALID input.profile.email
    email "Ada <ada@example.com>": INVALID input.profile.email
    email "zoë@münchen.example": "zoë@münchen.example"
    email "a@b.c, d@e.f": INVALID input.profile.email
    phone "+33 (0)6 12 34 56 78": "+33612345678"
    phone "06 12 34 56 78": INVALID input.profile.phone
    phone "+999 123456789": INVALID input.profile.phone
    mobile "+39 06 1234 5678": "+390612345678"
    mobile "+33612345678 ext 5": INVALID input.profile.mobile
    birthDate "1984-02-29": "1984-02-29"
    birthDate "1985-02-29": INVALID input.profile.birthDate
    birthDate "02/05/1984": INVALID input.profile.birthDate
    birthDate "2026-03-01": INVALID input.profile.birthDate
    birthDate "2026-02-28": "2026-02-28"
    birthDate "0000-00-00": INVALID input.profile.birthDate
    nationality "fr": "FR"
    nationality "UK": INVALID input.profile.nationality
    nationality "XK": "XK"
    countryOfResidence "": INVALID input.profile.countryOfResidence
    motherTongue "FRA": "fr"
    preferredLanguage "pt-br": "pt-BR"
    communicationLanguage "und": INVALID input.profile.communicationLanguage
    timeZone "europe/paris": "Europe/Paris"
    timeZone "+01:00": INVALID input.profile.timeZone
    timeZone "CET": "CET"
    picture "HTTPS://Example.com/a b": "https://example.com/a%20b"
    picture "javascript:alert(1)": INVALID input.profile.picture
    picture "https://u:p@e.com": INVALID input.profile.picture
    firstName "  Zoe\u{308} ": "Zoë"
    firstName "   ": INVALID input.profile.firstName
    tag "{{7*7}}": "{{7*7}}"
    "#);
}

#[tokio::test]
async fn what_no_line_may_hold_is_refused_in_every_text() {
    let desk = Desk::open().await;
    for field in [
        "tag",
        "title",
        "firstName",
        "lastName",
        "middleNames",
        "birthPlace",
        "email",
        "phone",
        "picture",
        "motherTongue",
        "timeZone",
        "nationality",
        "birthDate",
    ] {
        for bad in ["a\u{0}b", "a\u{202e}b", "a\u{2066}b", "a\nb", "a\u{1b}[31mb", "\u{200b}"] {
            let problems = problems_of(&desk, json!({ field: bad })).await;
            assert_eq!(problems, [format!("INVALID input.profile.{field}")], "{bad:?}");
        }
    }
    for bad in ["a\u{0}@example.com", "a\u{202e}b@example.com", "a@exa\u{202e}mple.com", "a\nb@example.com"] {
        let problems = problems_of(&desk, json!({ "email": bad })).await;
        assert_eq!(problems, ["INVALID input.profile.email"], "{bad:?}");
    }
    for line in ["line1", "line2", "line3", "postcode", "city", "state", "country"] {
        let problems = problems_of(&desk, json!({ "locationAddress": { line: "a\u{0}" } })).await;
        assert_eq!(problems, [format!("INVALID input.profile.locationAddress.{line}")]);
    }
    let ids = json!([{ "system": "CRM", "value": "a\u{0}" }]);
    let problems = problems_of(&desk, json!({ "externalIds": ids })).await;
    assert_eq!(problems, ["INVALID input.profile.externalIds.0.value"]);
}

#[tokio::test]
async fn a_text_has_an_end() {
    let desk = Desk::open().await;
    for (field, limit) in [("tag", 100), ("firstName", 100), ("birthPlace", 100)] {
        assert_eq!(problems_of(&desk, json!({ field: "é".repeat(limit) })).await, [""; 0]);
        let problems = problems_of(&desk, json!({ field: "é".repeat(limit + 1) })).await;
        assert_eq!(problems, [format!("INVALID input.profile.{field}")]);
    }
    let very_long = "x".repeat(200_000);
    for field in ["tag", "lastName", "email", "phone", "picture", "timeZone", "motherTongue", "birthDate"] {
        let problems = problems_of(&desk, json!({ field: very_long })).await;
        assert_eq!(problems, [format!("INVALID input.profile.{field}")]);
    }
    let line = |length| json!({ "postalAddress": { "line1": "x".repeat(length) } });
    assert_eq!(problems_of(&desk, line(200)).await, [""; 0]);
    assert_eq!(problems_of(&desk, line(201)).await, ["INVALID input.profile.postalAddress.line1"]);
}

#[tokio::test]
async fn lists_have_an_end_too() {
    let desk = Desk::open().await;
    let languages = vec!["fr"; 51];
    let ids: Vec<Value> = (0..51).map(|i| json!({ "system": format!("S{i}"), "value": "1" })).collect();
    let problems = problems_of(&desk, json!({ "spokenLanguages": languages, "externalIds": ids })).await;
    assert_eq!(problems, ["INVALID input.profile.spokenLanguages", "INVALID input.profile.externalIds"]);
}
