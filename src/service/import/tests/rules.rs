//! What a second file changes, and what it cannot.

use super::*;

#[tokio::test]
async fn frozen_is_read_in_both_spellings() {
    let house = House::new().await;
    let rows = [
        (json!({"isFreezed": 1}), true),
        (json!({"isFreezed": "1"}), true),
        (json!({"isFreezed": true, "isFrozen": null}), true),
        (json!({"isFrozen": 1}), true),
        (json!({"isFrozen": "1", "isFreezed": ""}), true),
        (json!({"isFrozen": 1, "isFreezed": 0}), true),
        (json!({"isFrozen": "0", "isFreezed": 0}), false),
        (json!({"isFrozen": false}), false),
        (json!({"isFrozen": null, "isFreezed": null}), false),
    ];
    let users = rows.iter().enumerate().map(|(i, (row, _))| {
        let mut user = row.clone();
        user["userId"] = json!(i + 1);
        user["userTypeId"] = json!(1);
        user
    });
    let file = json!({"users": users.collect::<Vec<_>>()});
    let report = house.import(Format::BankingJson, file.to_string()).await;
    assert_eq!(counts(&report), [rows.len() as u64, 0, 0, 0]);
    assert_eq!(report.notes.values().collect::<Vec<_>>(), [&1]);
    for (i, (row, frozen)) in rows.iter().enumerate() {
        let user = house.user("BANKING", &(i + 1).to_string()).await.user;
        assert_eq!(user.frozen, *frozen, "{row}");
    }
}

#[tokio::test]
async fn statuses_are_translated() {
    let house = House::new().await;
    let file = json!({"users": [
        {"userId": 1, "userTypeId": 1, "userStatus": "VALIDATED"},
        {"userId": 2, "userTypeId": 1, "userStatus": "PENDING"},
        {"userId": 3, "userTypeId": 1, "userStatus": "GONE"},
    ]});
    let report = house.import(Format::BankingJson, file.to_string()).await;
    assert_eq!(refused(&report)[0].0, "userStatus");
    assert_eq!(house.user("BANKING", "1").await.user.status, UserStatus::Live);
    assert_eq!(house.user("BANKING", "2").await.user.status, UserStatus::InReview);
}

#[tokio::test]
async fn a_later_file_is_a_change() {
    let house = House::new().await;
    let open = json!({"userStatus": "VALIDATED", "userTag": "vip", "modifiedDate": "2024-01-01 00:00:00"});
    house.import(Format::BankingJson, example(&open)).await;
    let user = house.user("BANKING", "8327278").await.user;
    assert_eq!(user.updated_at, instant("2024-01-01T00:00:00Z"));

    // another instant of change alone is none of ours
    let touched = json!({"userStatus": "VALIDATED", "userTag": "vip", "modifiedDate": "2025-01-01 00:00:00"});
    let report = house.import(Format::BankingJson, example(&touched)).await;
    assert_eq!(counts(&report), [0, 0, 1, 0]);

    house.hand.advance(Duration::from_mins(1));
    let moved = json!({"userStatus": "VALIDATED", "city": "Lyon", "userTag": ""});
    let report = house.import(Format::BankingJson, example(&moved)).await;
    assert_eq!(counts(&report), [0, 1, 0, 0]);
    let file = house.user("BANKING", "8327278").await;
    assert_eq!((file.user.version, file.user.tag), (2, None));
    assert_eq!(file.user.updated_at, instant("2026-03-01T12:01:00Z"));
    assert_eq!(file.addresses.unwrap()[&AddressKind::Postal].city.as_deref(), Some("Lyon"));

    // absent stays
    let short = json!({"users": [{"userId": 8_327_278}]});
    let report = house.import(Format::BankingJson, short.to_string()).await;
    assert_eq!(counts(&report), [0, 0, 1, 0]);

    // cancelled by the file, with the origin that is assumed
    let report = house.import(Format::BankingJson, EXAMPLE).await;
    assert_eq!(counts(&report), [0, 1, 0, 0]);
    let user = house.user("BANKING", "8327278").await.user;
    assert_eq!(user.cancel_origin, Some(CancelOrigin::Operator));
}

#[tokio::test]
async fn a_cancelled_user_refuses_changes() {
    let house = House::new().await;
    house.import(Format::BankingJson, EXAMPLE).await;
    let before = house.user("BANKING", "8327278").await;
    for (change, field) in [(json!({"city": "Lyon"}), ""), (json!({"userStatus": "VALIDATED"}), "userStatus")]
    {
        let report = house.import(Format::BankingJson, example(&change)).await;
        let reasons = refused(&report);
        assert_eq!(reasons[0].0, field);
        assert!(reasons[0].1.contains("cancelled"));
    }
    assert_eq!(house.user("BANKING", "8327278").await, before);
    assert_eq!(house.entries().await, 2);
}

#[tokio::test]
async fn our_own_words_say_everything_that_we_hold() {
    let house = House::new().await;
    let row = json!({
        "account": "NORTH", "reference": "cust-1", "personType": "LEGAL_ENTITY", "clientType": "MERCHANT",
        "externalIds": [{"system": "CRM", "value": "7"}, {"system": "CLIENT", "value": "1"}],
        "status": "INVALIDATED", "statusReason": "asked to", "frozen": true, "createdAt": "2020-05-01T10:00:00+02:00",
        "updatedAt": "2020-06-01T00:00:00.1234567Z", "lastSignInAt": "2021-01-01T00:00:00Z", "kycLevel": "STRONG",
        "kycStatus": "VALIDATED", "identityVerified": true, "emailVerified": true, "phoneVerified": false,
        "groups": ["MERCHANT_OWNER", "API"], "email": "ada@example.com", "spokenLanguages": ["fr", "de"],
        "countryOfResidence": "fr", "secondaryAddress": {"city": "Lyon", "moon": "full"}, "hat": 1,
    });
    let report = house.import(Format::JsonLines, row.to_string()).await;
    assert_eq!(counts(&report), [1, 0, 0, 0], "{report:?}");
    let left: Vec<_> = report.left.keys().map(String::as_str).collect();
    assert_eq!(left, ["hat", "secondaryAddress.moon"]);
    assert_eq!(report.accounts, BTreeSet::from(["NORTH".to_owned()]));
    let report = house.import(Format::JsonLines, row.to_string()).await;
    assert_eq!(counts(&report), [0, 0, 1, 0], "{report:?}");

    let writer = house.services.store().write(permit(Action::UserImport)).await.unwrap();
    let id = writer.user_id_by_reference("CUST-1").await.unwrap().unwrap();
    let file = writer.user(id, Parts::ALL).await.unwrap().unwrap();
    writer.discard().await.unwrap();
    let user = file.user;
    assert_eq!((user.account.as_str(), user.status), ("NORTH", UserStatus::Invalidated));
    assert_eq!(user.status_before_inactive, None);
    assert_eq!(user.status_reason.as_deref(), Some("asked to"));
    assert!(user.frozen && user.identity_verified && user.email_verified && !user.phone_verified);
    assert_eq!(user.created_at, instant("2020-05-01T08:00:00Z"));
    assert_eq!(user.updated_at, instant("2020-06-01T00:00:00.123456Z"));
    assert_eq!(user.last_sign_in_at, Some(instant("2021-01-01T00:00:00Z")));
    assert_eq!((user.kyc_level, user.kyc_status), (KycLevel::Strong, KycStatus::Validated));
    assert_eq!(file.groups.unwrap().len(), 2);
    assert_eq!(file.spoken_languages.unwrap().len(), 2);
}

#[tokio::test]
async fn rows_of_our_own_words_are_found_again_or_refused() {
    let house = House::new().await;
    let lines = [
        json!({"reference": "A-1", "personType": "NATURAL_PERSON", "externalIds": [{"system": "CRM", "value": "1"}]}),
        json!({"personType": "NATURAL_PERSON", "externalIds": [{"system": "CLIENT", "value": "1"}]}),
        json!({"reference": "A-3", "personType": "NATURAL_PERSON", "status": "CANCELED"}),
        json!({"reference": "A-4", "personType": "NATURAL_PERSON", "cancelOrigin": "USER", "groups": ["MERCHANT_OWNER", "KYC_NOT_VERIFIED", "X"]}),
        json!({"reference": "A-5", "personType": "NATURAL_PERSON", "createdAt": "2099-01-01T00:00:00Z", "email": ""}),
    ];
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let report = house.import(Format::JsonLines, lines.join("\n")).await;
    let fields: Vec<(u64, Vec<&str>)> = report
        .refused
        .iter()
        .map(|row| (row.number, row.reasons.iter().map(|reason| reason.field.as_str()).collect()))
        .collect();
    assert_eq!(
        fields,
        [
            (2, vec!["reference"]),
            (3, vec!["cancelOrigin"]),
            (4, vec!["groups.1", "groups.2", "cancelOrigin"]),
            (5, vec!["email", "createdAt"]),
        ]
    );

    for (row, field) in [
        (json!({"reference": "B-1", "externalIds": [{"system": "CRM", "value": "1"}]}), "reference"),
        (json!({"reference": "A-1", "account": "NORTH"}), "account"),
    ] {
        let report = house.import(Format::JsonLines, row.to_string()).await;
        assert_eq!(refused(&report)[0].0, field);
    }

    // other systems' ids stay, until they are taken away by name
    let more = json!({"reference": "A-1", "externalIds": [{"system": "ERP", "value": "9"}]});
    house.import(Format::JsonLines, more.to_string()).await;
    assert_eq!(house.user("ERP", "9").await, house.user("CRM", "1").await);
    let less = json!({"reference": "A-1", "externalIds": [{"system": "ERP", "value": null}]});
    house.import(Format::JsonLines, less.to_string()).await;
    assert_eq!(house.user("CRM", "1").await.external_ids.unwrap().len(), 1);
}

#[tokio::test]
async fn csv_goes_the_same_way() {
    let house = House::new().await;
    let text = "externalId.CRM,personType,firstName,postalAddress.city,spokenLanguages,emailVerified,shoe\n\
                1,NATURAL_PERSON,\"Ada, dear\",Paris,fr; en,true,\n\
                2,NATURAL_PERSON,Bob,,,,44\n\
                3,NATURAL_PERSON\n\
                bad,ROBOT,,,,,\n";
    let report = house.import(Format::Csv, text).await;
    assert_eq!(counts(&report), [2, 0, 0, 2], "{report:?}");
    assert_eq!(report.refused[0].number, 4);
    assert_eq!(report.refused[1].reasons[0].field, "personType");
    assert_eq!(report.left["shoe"].rows, 1);
    let ada = house.user("CRM", "1").await;
    assert_eq!(ada.user.first_name.as_deref(), Some("Ada, dear"));
    assert_eq!(ada.spoken_languages.unwrap().len(), 2);
    assert!(ada.user.email_verified);
    let again = house.import(Format::Csv, text).await;
    assert_eq!(counts(&again), [0, 0, 2, 2]);
}

#[tokio::test]
async fn how_something_was_verified_goes_in_as_far_as_it_is_known() {
    use backdesk_entity::enums::{VerificationKind::Email, VerificationSource};

    let house = House::new().await;
    let put = async |verified: Option<bool>, marks: Value| {
        let mut row = json!({"reference": "A", "personType": "NATURAL_PERSON", "verifications": marks});
        if let Some(verified) = verified {
            row["emailVerified"] = json!(verified);
        }
        house.import(Format::JsonLines, row.to_string()).await
    };
    let mark = async || {
        let mark = house.by_reference("A").await.ties.marks.get(&Email).cloned();
        mark.map(|mark| (mark.source, mark.by, mark.at))
    };
    let known = json!({"email": {"source": "OPERATOR", "by": " ada ", "at": "2025-01-02T03:04:05Z"}});
    let at = instant("2025-01-02T03:04:05Z");

    // no mark without what it is of
    let report = put(None, known.clone()).await;
    assert_eq!(refused(&report), [("verifications.email", "Leave it out: this is not verified.")]);
    assert_eq!(counts(&put(Some(true), known.clone()).await), [1, 0, 0, 0]);
    assert_eq!(mark().await, Some((VerificationSource::Operator, Some("ada".to_owned()), at)));
    assert_eq!(counts(&put(Some(true), known).await), [0, 0, 1, 0]);
    // absent stays, inside too
    assert_eq!(counts(&put(None, json!({"email": {"source": "LINK"}})).await), [0, 1, 0, 0]);
    assert_eq!(mark().await, Some((VerificationSource::Link, Some("ada".to_owned()), at)));
    assert_eq!(counts(&put(None, json!({})).await), [0, 0, 1, 0]);
    // null: nobody knows; and the flag takes its mark with it
    assert_eq!(counts(&put(None, json!({"email": null})).await), [0, 1, 0, 0]);
    assert_eq!(mark().await, None);
    assert!(house.by_reference("A").await.user.email_verified);
    let report = put(Some(false), json!({"email": null})).await;
    assert_eq!(counts(&report), [0, 1, 0, 0]);

    for (marks, field) in [
        (json!({"email": {"source": "PIGEON"}}), "verifications.email.source"),
        (json!({"email": {"at": "2099-01-01T00:00:00Z"}}), "verifications.email.at"),
        (json!({"email": {"by": "a".repeat(256)}}), "verifications.email.by"),
        (json!({"email": true}), "verifications.email"),
    ] {
        let report = put(Some(true), marks).await;
        assert_eq!(refused(&report)[0].0, field);
    }

    // cells lead inside, and empty ones say nothing
    let text = "reference,personType,emailVerified,verifications.email.source,verifications.email.by,verifications.email.at\n\
                B,NATURAL_PERSON,1,SMS,,2025-01-02\nC,NATURAL_PERSON,1,,,\n";
    assert_eq!(counts(&house.import(Format::Csv, text).await), [2, 0, 0, 0]);
    assert_eq!(house.by_reference("B").await.ties.marks[&Email].source, VerificationSource::Sms);
    assert_eq!(house.by_reference("C").await.ties.marks.get(&Email), None);
}
