//! Creating users: every attribute comes back as it was given, and what is not acceptable is named all at once.

use serde_json::{Value, json};

use crate::support::{Answer, Desk};

/// A profile with every attribute.
pub(crate) fn full_profile() -> Value {
    json!({
        "tag": "vip", "personType": "NATURAL_PERSON", "clientType": "MERCHANT", "marketRole": "BOTH",
        "title": "Dr", "firstName": "Zoë", "lastName": "Le Bœuf", "middleNames": "Anne Marie",
        "birthDate": "1984-05-02", "birthPlace": "Lyon", "birthCountry": "FR",
        "nationality": "FR", "secondNationality": "DE", "countryOfResidence": "BE",
        "email": "zoe@example.com", "phone": "+33612345678", "mobile": "+4915112345678",
        "picture": "https://example.com/zoe.png",
        "motherTongue": "fr", "preferredLanguage": "nl", "communicationLanguage": "pt-BR",
        "timeZone": "Europe/Paris", "spokenLanguages": ["de", "en"],
        "externalIds": [{ "system": "CRM", "value": "42" }, { "system": "erp", "value": "x/7" }],
        "postalAddress": address("1 rue A", "FR"), "secondaryAddress": address("2 rue B", "BE"),
        "locationAddress": address("3 rue C", "LU"),
    })
}

fn address(line1: &str, country: &str) -> Value {
    json!({
        "line1": line1, "line2": "2nd floor", "line3": "left", "postcode": "69001", "city": "Lyon",
        "state": "Rhône", "country": country,
    })
}

async fn create(desk: &Desk, account: &str, profile: Value) -> Answer {
    let input = json!({ "account": account, "personType": "NATURAL_PERSON", "profile": profile });
    desk.admin().create(input).await
}

async fn problems_of(desk: &Desk, profile: Value) -> Vec<String> {
    create(desk, "FR", profile).await.problems("userCreate")
}

#[tokio::test]
async fn every_attribute_comes_back() {
    let desk = Desk::open().await;
    let created = create(&desk, "FR", full_profile()).await;
    assert_eq!(created.problems("userCreate"), [""; 0]);
    let user = created.data("userCreate.user");
    let id = user["id"].as_str().expect("an id");
    assert_eq!(
        desk.admin().open_user(id).await,
        user,
        "the answer is what is stored"
    );
    insta::assert_json_snapshot!(user, @r#"
    {
      "account": {
        "code": "FR",
        "name": "France"
      },
      "active": true,
      "birth": {
        "country": "FR",
        "date": "1984-05-02",
        "place": "Lyon"
      },
      "cancellation": null,
      "clientType": "MERCHANT",
      "communicationLanguage": "pt-BR",
      "countryOfResidence": "BE",
      "createdAt": "2026-03-01T12:00:00+00:00",
      "email": "zoe@example.com",
      "externalIds": [
        {
          "system": "CRM",
          "value": "42"
        },
        {
          "system": "erp",
          "value": "x/7"
        }
      ],
      "frozen": false,
      "groups": [
        {
          "key": "EMAIL_NOT_VERIFIED"
        },
        {
          "key": "KYC_NOT_VERIFIED"
        },
        {
          "key": "PHONE_NOT_VERIFIED"
        }
      ],
      "id": "019ca945-0a00-7000-8000-000000000003",
      "kyc": {
        "level": "NONE",
        "status": "NONE"
      },
      "lastSignInAt": null,
      "locationAddress": {
        "city": "Lyon",
        "country": "LU",
        "line1": "3 rue C",
        "line2": "2nd floor",
        "line3": "left",
        "postcode": "69001",
        "state": "Rhône"
      },
      "marketRole": "BOTH",
      "mobile": "+4915112345678",
      "motherTongue": "fr",
      "name": {
        "display": "Zoë Le Bœuf",
        "first": "Zoë",
        "last": "Le Bœuf",
        "middle": "Anne Marie",
        "title": "Dr"
      },
      "nationality": "FR",
      "personType": "NATURAL_PERSON",
      "phone": "+33612345678",
      "picture": "https://example.com/zoe.png",
      "postalAddress": {
        "city": "Lyon",
        "country": "FR",
        "line1": "1 rue A",
        "line2": "2nd floor",
        "line3": "left",
        "postcode": "69001",
        "state": "Rhône"
      },
      "preferredLanguage": "nl",
      "reference": "U0000000001",
      "secondNationality": "DE",
      "secondaryAddress": {
        "city": "Lyon",
        "country": "BE",
        "line1": "2 rue B",
        "line2": "2nd floor",
        "line3": "left",
        "postcode": "69001",
        "state": "Rhône"
      },
      "spokenLanguages": [
        "de",
        "en"
      ],
      "status": "LIVE",
      "statusReason": null,
      "statusSince": "2026-03-01T12:00:00+00:00",
      "tag": "vip",
      "timeZone": "Europe/Paris",
      "updatedAt": "2026-03-01T12:00:00+00:00",
      "verified": {
        "email": false,
        "identity": false,
        "phone": false
      },
      "version": 1
    }
    "#);
}

#[tokio::test]
async fn a_user_of_whom_nothing_is_known_is_created_too() {
    let desk = Desk::open().await;
    let input = json!({ "account": "DE", "personType": "LEGAL_ENTITY" });
    let created = desk.admin().create(input).await;
    let user = created.data("userCreate.user");
    let id = user["id"].as_str().expect("an id");
    assert_eq!(desk.admin().open_user(id).await, user);
    insta::assert_json_snapshot!(user, @r#"
    {
      "account": {
        "code": "DE",
        "name": "Germany"
      },
      "active": true,
      "birth": {
        "country": null,
        "date": null,
        "place": null
      },
      "cancellation": null,
      "clientType": null,
      "communicationLanguage": null,
      "countryOfResidence": null,
      "createdAt": "2026-03-01T12:00:00+00:00",
      "email": null,
      "externalIds": [],
      "frozen": false,
      "groups": [
        {
          "key": "EMAIL_NOT_VERIFIED"
        },
        {
          "key": "KYC_NOT_VERIFIED"
        },
        {
          "key": "PHONE_NOT_VERIFIED"
        }
      ],
      "id": "019ca945-0a00-7000-8000-000000000003",
      "kyc": {
        "level": "NONE",
        "status": "NONE"
      },
      "lastSignInAt": null,
      "locationAddress": null,
      "marketRole": null,
      "mobile": null,
      "motherTongue": null,
      "name": {
        "display": "",
        "first": null,
        "last": null,
        "middle": null,
        "title": null
      },
      "nationality": null,
      "personType": "LEGAL_ENTITY",
      "phone": null,
      "picture": null,
      "postalAddress": null,
      "preferredLanguage": null,
      "reference": "U0000000001",
      "secondNationality": null,
      "secondaryAddress": null,
      "spokenLanguages": [],
      "status": "LIVE",
      "statusReason": null,
      "statusSince": "2026-03-01T12:00:00+00:00",
      "tag": null,
      "timeZone": null,
      "updatedAt": "2026-03-01T12:00:00+00:00",
      "verified": {
        "email": false,
        "identity": false,
        "phone": false
      },
      "version": 1
    }
    "#);
}

#[tokio::test]
async fn all_problems_are_named_at_once() {
    let desk = Desk::open().await;
    let before = desk.dump().await;
    let profile = json!({
        "firstName": " ", "birthDate": "2999-01-01", "birthCountry": "ZZ", "nationality": "FRA",
        "email": "ada@", "phone": "0612345678", "mobile": "+331", "picture": "http://example.com",
        "motherTongue": "xx-", "spokenLanguages": ["fr", "klingon!"], "timeZone": "Paris",
        "externalIds": [{ "system": "a b", "value": "1" }, { "system": "CRM", "value": "" }],
        "postalAddress": { "line1": "a\nb", "country": "UK" },
        "personType": null,
    });
    let input = json!({ "account": "XX", "personType": "NATURAL_PERSON", "profile": profile });
    let answer = desk
        .admin()
        .create_with(input, json!({ "ifVersion": 1, "reason": "" }))
        .await;
    assert_eq!(answer.data("userCreate.user"), Value::Null);
    insta::assert_snapshot!(answer.problems("userCreate").join("\n"), @"
    INVALID options.ifVersion
    NOT_FOUND input.account
    INVALID options.reason
    REQUIRED input.profile.personType
    INVALID input.profile.firstName
    INVALID input.profile.birthDate
    INVALID input.profile.birthCountry
    INVALID input.profile.nationality
    INVALID input.profile.email
    INVALID input.profile.phone
    INVALID input.profile.mobile
    INVALID input.profile.picture
    INVALID input.profile.motherTongue
    INVALID input.profile.timeZone
    INVALID input.profile.spokenLanguages.1
    INVALID input.profile.externalIds.0.system
    INVALID input.profile.externalIds.1.value
    INVALID input.profile.postalAddress.line1
    INVALID input.profile.postalAddress.country
    ");
    assert_eq!(desk.dump().await, before);
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
        let answer = create(&desk, "FR", json!({ field: given })).await;
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
        table += &format!("{field} {given:?}: {kept}\n");
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
        for bad in [
            "a\u{0}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\nb",
            "a\u{1b}[31mb",
            "\u{200b}",
        ] {
            let problems = problems_of(&desk, json!({ field: bad })).await;
            assert_eq!(problems, [format!("INVALID input.profile.{field}")], "{bad:?}");
        }
    }
    for bad in [
        "a\u{0}@example.com",
        "a\u{202e}b@example.com",
        "a@exa\u{202e}mple.com",
        "a\nb@example.com",
    ] {
        let problems = problems_of(&desk, json!({ "email": bad })).await;
        assert_eq!(problems, ["INVALID input.profile.email"], "{bad:?}");
    }
    for line in ["line1", "line2", "line3", "postcode", "city", "state", "country"] {
        let problems = problems_of(&desk, json!({ "locationAddress": { line: "a\u{0}" } })).await;
        assert_eq!(
            problems,
            [format!("INVALID input.profile.locationAddress.{line}")]
        );
    }
    let ids = json!([{ "system": "CRM", "value": "a\u{0}" }]);
    let problems = problems_of(&desk, json!({ "externalIds": ids })).await;
    assert_eq!(problems, ["INVALID input.profile.externalIds.0.value"]);
}

#[tokio::test]
async fn a_text_has_an_end() {
    let desk = Desk::open().await;
    for (field, limit) in [("tag", 100), ("firstName", 100), ("birthPlace", 100)] {
        assert_eq!(
            problems_of(&desk, json!({ field: "é".repeat(limit) })).await,
            [""; 0]
        );
        let problems = problems_of(&desk, json!({ field: "é".repeat(limit + 1) })).await;
        assert_eq!(problems, [format!("INVALID input.profile.{field}")]);
    }
    let very_long = "x".repeat(200_000);
    for field in [
        "tag",
        "lastName",
        "email",
        "phone",
        "picture",
        "timeZone",
        "motherTongue",
        "birthDate",
    ] {
        let problems = problems_of(&desk, json!({ field: very_long })).await;
        assert_eq!(problems, [format!("INVALID input.profile.{field}")]);
    }
    let line = |length| json!({ "postalAddress": { "line1": "x".repeat(length) } });
    assert_eq!(problems_of(&desk, line(200)).await, [""; 0]);
    assert_eq!(
        problems_of(&desk, line(201)).await,
        ["INVALID input.profile.postalAddress.line1"]
    );
}

#[tokio::test]
async fn lists_have_an_end_too() {
    let desk = Desk::open().await;
    let languages = vec!["fr"; 51];
    let ids: Vec<Value> = (0..51)
        .map(|i| json!({ "system": format!("S{i}"), "value": "1" }))
        .collect();
    let problems = problems_of(&desk, json!({ "spokenLanguages": languages, "externalIds": ids })).await;
    assert_eq!(
        problems,
        [
            "INVALID input.profile.spokenLanguages",
            "INVALID input.profile.externalIds"
        ]
    );
}

#[tokio::test]
async fn an_email_is_given_once_within_an_account_whatever_its_case() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "Ada@example.com" })).await;
    for same in ["Ada@example.com", "ada@EXAMPLE.com", "ÀDA@example.com"] {
        let problems = problems_of(&desk, json!({ "email": same })).await;
        assert_eq!(problems, ["UNIQUE input.profile.email"], "{same}");
    }
    // another account must not learn that this one knows somebody
    let elsewhere = create(&desk, "DE", json!({ "email": "ada@example.com" })).await;
    assert_eq!(elsewhere.problems("userCreate"), [""; 0]);
    // and any number of users have none
    assert_eq!(problems_of(&desk, json!({})).await, [""; 0]);
    assert_eq!(problems_of(&desk, json!({})).await, [""; 0]);
}

#[tokio::test]
async fn an_external_id_names_one_user_of_an_account_save_the_platforms_own_number() {
    let desk = Desk::open().await;
    let known_as =
        |system: &str, value: &str| json!({ "externalIds": [{ "system": system, "value": value }] });
    desk.add_user(known_as("CRM", "42")).await;
    assert_eq!(
        problems_of(&desk, known_as("CRM", "42")).await,
        ["UNIQUE input.profile.externalIds"]
    );
    assert_eq!(problems_of(&desk, known_as("CRM", "43")).await, [""; 0]);
    assert_eq!(problems_of(&desk, known_as("ERP", "42")).await, [""; 0]);
    let elsewhere = create(&desk, "DE", known_as("CRM", "42")).await;
    assert_eq!(elsewhere.problems("userCreate"), [""; 0]);

    assert_eq!(problems_of(&desk, known_as("CLIENT", "7")).await, [""; 0]);
    assert_eq!(problems_of(&desk, known_as("CLIENT", "7")).await, [""; 0]);

    let twice = json!({ "externalIds": [{ "system": "A", "value": "1" }, { "system": "A", "value": "2" }] });
    assert_eq!(
        problems_of(&desk, twice).await,
        ["INVALID input.profile.externalIds.1.system"]
    );
}

#[tokio::test]
async fn an_account_that_is_foreign_or_unknown_does_not_exist() {
    let desk = Desk::open().await;
    let german = desk.person_in(&["admin"], &["DE"]);
    let mut answers = Vec::new();
    for account in ["FR", "XX", "", "de"] {
        let input = json!({ "account": account, "personType": "NATURAL_PERSON" });
        let answer = german.create(input).await;
        assert_eq!(
            answer.problems("userCreate"),
            ["NOT_FOUND input.account"],
            "{account}"
        );
        answers.push(answer.body);
    }
    assert!(
        answers.windows(2).all(|two| two[0] == two[1]),
        "the answers tell them apart"
    );
    assert_eq!(desk.entries().await, []);
}
