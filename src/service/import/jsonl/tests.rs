//! Lines, good and bad.

use proptest::prelude::*;

use super::*;
use crate::domain::user::Patch;

fn rows(text: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    read(text, &mut |row| {
        rows.push(row);
        true
    })
    .unwrap();
    rows
}

#[test]
fn every_line_is_a_row_of_its_own() {
    let text = "\u{feff}{\"firstName\": \"Ada\"}\r\n\n[1]\n{\"firstName\": }\n\u{0}\n{\"firstName\": null}";
    let rows = rows(text.as_bytes());
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 3, 4, 5, 6]);
    let readable: Vec<bool> = rows.iter().map(|row| row.record.is_some()).collect();
    assert_eq!(readable, [true, false, false, false, true]);
    let name = |row: &Row| row.record.as_ref().unwrap().profile.first_name.clone();
    assert_eq!(name(&rows[0]), Patch::Set("Ada".to_owned()));
    assert_eq!(name(&rows[4]), Patch::Clear);
}

#[test]
fn a_line_that_is_too_long_is_passed_over() {
    let mut text = vec![b'x'; 3 * LINE];
    text.extend(b"\n{}\n");
    let rows = rows(&text);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].reasons[0].message, "The line is longer than 1 MiB.");
    assert_eq!(rows[1].number, 2);
}

#[test]
fn what_does_not_fit_is_named() {
    let text = r#"{"externalIds": [{"value": "1"}, 5], "kycLevel": "HIGH", "frozen": "maybe", "groups": "API",
        "createdAt": "yesterday", "postalAddress": "Paris", "title": ["Dr"], "secondaryAddress": {"city": {}}}"#;
    let text = text.replace('\n', " ");
    let rows = rows(text.as_bytes());
    let mut fields: Vec<&str> = rows[0].reasons.iter().map(|reason| reason.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "createdAt",
            "externalIds.0.system",
            "externalIds.1",
            "frozen",
            "groups",
            "kycLevel",
            "postalAddress",
            "secondaryAddress.city",
            "title",
        ]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        rows(&bytes);
    }
}
