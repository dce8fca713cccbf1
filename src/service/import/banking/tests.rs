//! What a user object says, before it is judged.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn rows(text: &[u8]) -> (Vec<Row>, Result<(), String>) {
    let mut rows = Vec::new();
    let end = read(text, &mut |row| {
        rows.push(row);
        true
    });
    (rows, end)
}

fn record(user: &Value) -> Record {
    let file = json!({"users": [user]}).to_string();
    let (mut rows, end) = rows(file.as_bytes());
    assert_eq!(end, Ok(()));
    let row = rows.pop().unwrap();
    assert_eq!(row.reasons, []);
    row.record.unwrap()
}

#[test]
fn nothing_has_many_spellings() {
    for nothing in [json!(null), json!(""), json!(" "), json!("0000-00-00"), json!("0000-00-00 00:00:00")] {
        let record =
            record(&json!({"userId": 1, "birthday": nothing, "createdDate": nothing, "kycLevel": nothing}));
        assert_eq!(record.profile.birth_date, Patch::Clear);
        assert_eq!((record.created_at, record.kyc_level), (None, None));
    }
    let record = record(&json!({"userId": 1}));
    assert_eq!(record.profile.birth_date, Patch::Keep);
}

#[test]
fn numbers_and_texts_stand_for_one_another() {
    for one in [json!(1), json!("1"), json!(1.0), json!(" 1 ")] {
        let record = record(
            &json!({"userId": 1, "kycLevel": one, "kycReview": one, "userTypeId": one, "isFrozen": one}),
        );
        assert_eq!(record.kyc_level, Some(KycLevel::Light));
        assert_eq!(record.kyc_status, Some(KycStatus::Pending));
        assert_eq!(record.profile.person_type, Patch::Set(NaturalPerson));
        assert_eq!(record.frozen, Some(true));
    }
}

#[test]
fn instants_are_utc() {
    let record = record(&json!({"userId": 1, "createdDate": "2023-10-23 12:28:00"}));
    let expected = "2023-10-23T12:28:00Z".parse().unwrap();
    assert_eq!(record.created_at, Some(expected));
}

#[test]
fn a_user_without_an_id_is_refused() {
    for id in [json!(null), json!(0), json!("0"), json!(""), json!([])] {
        let file = json!({"users": [{"userId": id}]}).to_string();
        let (rows, _) = rows(file.as_bytes());
        assert!(rows[0].reasons.iter().all(|reason| reason.field == "userId"));
        assert!(!rows[0].reasons.is_empty());
    }
}

#[test]
fn another_shape_is_refused_without_its_values() {
    for text in ["", "[]", "{}", "5", r#"{"users": "ada@example.com"}"#, r#"{"users": []} x"#] {
        let (rows, end) = rows(text.as_bytes());
        assert!(rows.is_empty());
        assert!(!end.unwrap_err().contains("ada"), "{text}");
    }
    let beside = r#"{"count": 1, "users": [], "page": {"next": null}}"#;
    assert_eq!(rows(beside.as_bytes()).1, Ok(()));
}

#[test]
fn reading_ends_when_no_more_is_wanted() {
    let file = json!({"users": [{"userId": 1}, {"userId": 2}]}).to_string();
    let mut seen = 0;
    let end = read(file.as_bytes(), &mut |_| {
        seen += 1;
        false
    });
    assert_eq!((seen, end), (1, Ok(())));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(rows(&bytes));
    }

    #[test]
    fn any_values_are_survived(name in 0..60_usize, value in r#"null|-?(0|[1-9][0-9]{0,24})(\.[0-9])?|"[^"\\\x00-\x1f]{0,20}"|\[\]|\{"a":1\}|true"#) {
        let example: Value = serde_json::from_str(include_str!("../../../../tests/fixtures/banking-user.json")).unwrap();
        let name = example["users"][0].as_object().unwrap().keys().nth(name).unwrap().clone();
        let text = format!(r#"{{"users": [{{"{name}": {value}}}]}}"#);
        let (rows, end) = rows(text.as_bytes());
        prop_assert_eq!(end, Ok(()));
        prop_assert_eq!(rows.len(), 1);
    }
}
