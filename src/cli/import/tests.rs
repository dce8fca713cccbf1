//! The report as it is printed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::service::import::{LeftOut, Reason, Refused};

#[test]
fn a_report_names_rows_and_fields() {
    let left = |why, rows| LeftOut { why, rows };
    let reason = |field: &str, message: &str| Reason { field: field.to_owned(), message: message.to_owned() };
    let report = Report {
        created: 10,
        changed: 1,
        unchanged: 0,
        refused: vec![Refused {
            number: 3,
            reasons: vec![reason("email", "Write one."), reason("", "No object.")],
        }],
        accounts: BTreeSet::from(["MAIN".to_owned()]),
        left: BTreeMap::from([
            ("beard".to_owned(), left(Why::Unknown, 0)),
            ("hat\u{1b}".to_owned(), left(Why::Unknown, 1)),
            ("totalRows".to_owned(), left(Why::Needless("paging"), 12)),
        ]),
        more_left: false,
        notes: BTreeMap::from([("a note", 2)]),
        stopped: None,
    };
    insta::assert_snapshot!(text(&report, Format::BankingJson, true), @r"
    Dry run: nothing was written. What would happen:
    12 rows: 10 created, 1 changed, 0 unchanged, 1 refused
    Accounts made: MAIN
    a note (2 rows)

    Refused:
      users[3]
        email: Write one.
        No object.

    Unknown: hat\u{1b} (1 row)

    Unknown, and empty in every row: beard

    Left out on purpose: totalRows (paging)
    ");
}

#[test]
fn formats_are_known_by_name_and_extension() {
    for known in Format::ALL {
        assert_eq!(format(known.name()), Ok(known));
    }
    assert!(format("xml").is_err());
    assert_eq!(Format::of_extension("JSON"), Some(Format::BankingJson));
    assert_eq!(Format::of_extension("ndjson"), Some(Format::JsonLines));
    assert_eq!(Format::of_extension("csv"), Some(Format::Csv));
    assert_eq!(Format::of_extension("xlsx"), None);
}
