//! Rows under a header, good and bad.

use proptest::prelude::*;

use super::*;
use crate::{domain::user::Patch, service::import::record::ExternalIdChange};

fn rows(text: &[u8]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    read(text, &mut |row| {
        rows.push(row);
        true
    })?;
    Ok(rows)
}

#[test]
fn dotted_names_nest_and_empty_cells_are_null() {
    let text = "\u{feff}firstName , externalId.CRM,externalId.ERP,postalAddress.city,groups,lastName\n\
                Ada,1,,Paris, API ;; MERCHANT_OWNER ,\n";
    let rows = rows(text.as_bytes()).unwrap();
    assert_eq!(rows[0].reasons, []);
    assert_eq!(rows[0].left, []);
    let record = rows[0].record.as_ref().unwrap();
    assert_eq!(record.profile.first_name, Patch::Set("Ada".to_owned()));
    assert_eq!(record.profile.last_name, Patch::Clear);
    assert_eq!(record.profile.middle_names, Patch::Keep);
    let Patch::Set(address) = &record.profile.postal_address else {
        panic!("no address");
    };
    assert_eq!(address.city, Patch::Set("Paris".to_owned()));
    assert_eq!(address.line1, Patch::Keep);
    assert_eq!(record.groups, Patch::Set(vec!["API".to_owned(), "MERCHANT_OWNER".to_owned()]));
    let id = |system: &str, value: Option<&str>| ExternalIdChange {
        system: system.to_owned(),
        value: value.map(str::to_owned),
    };
    assert_eq!(record.external_ids, Patch::Set(vec![id("CRM", Some("1")), id("ERP", None)]));
}

#[test]
fn rows_are_numbered_by_the_line_they_start_at() {
    let text = b"firstName,lastName\nAda,L\n\"two\nlines\",x\n\nEve\nBob,\xff";
    let with_returns = text.iter().flat_map(|byte| match byte {
        b'\n' => b"\r\n".to_vec(),
        byte => vec![*byte],
    });
    for text in [text.to_vec(), with_returns.collect()] {
        let rows = rows(&text).unwrap();
        let seen: Vec<(u64, bool)> = rows.iter().map(|row| (row.number, row.record.is_some())).collect();
        assert_eq!(seen, [(2, true), (3, true), (6, false), (7, false)]);
    }
}

#[test]
fn a_header_that_could_be_misunderstood_is_refused() {
    for header in ["a,,b", "email,email", "postalAddress", "externalIds,email"] {
        assert!(rows(header.as_bytes()).is_err(), "{header}");
    }
    assert!(rows(b"").unwrap().is_empty());
    assert!(rows(b"email\n").unwrap().is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        drop(rows(&bytes));
    }

    #[test]
    fn any_cells_are_survived(cells in "[ -~\u{e9}\n]{0,100}") {
        let text = format!("externalId.A,email,postalAddress.city,groups,status\n{cells}");
        drop(rows(text.as_bytes()));
    }
}
