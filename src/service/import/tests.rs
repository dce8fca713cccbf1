//! Whole imports, through the services, on an embedded database.

use std::{io::Cursor, time::Duration};

use backdesk_entity::enums::{AddressKind, CancelOrigin, KycLevel, KycStatus, PersonType, UserStatus};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    auth::{caller::Permit, sealing::MasterKey, token::Tokens},
    clock::{Clock, Hand},
    config::Pool,
    domain::{
        list::{Filter, ListQuery, Window},
        user::ExternalId,
    },
    store::{
        Database, Store,
        user::{Address, Parts, UserFile, WidePart},
    },
};

mod parts;
mod rules;
mod runs;

const EXAMPLE: &str = include_str!("../../../tests/fixtures/banking-user.json");
const NOW: &str = "2026-03-01T12:00:00Z";

/// Services on a database of their own.
struct House {
    services: Services,
    hand: Hand,
    _folder: TempDir,
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn permit(action: Action) -> Permit {
    Arc::new(Caller::system("test")).permit(action).unwrap()
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let database = Database::open(&url, Pool::of(2)).await.unwrap();
        database.migrate().await.unwrap();
        let (clock, hand) = Clock::manual(instant(NOW));
        let store = Store::new(database, MasterKey::generate(), clock.clone());
        let ring = store.key_ring().await.unwrap();
        let tokens = Tokens::new(ring, "test".to_owned(), "test".to_owned(), clock);
        Self { services: Services::new(store, tokens), hand, _folder: folder }
    }

    async fn import(&self, format: Format, text: impl Into<String>) -> Report {
        self.import_with(format, text, false).await
    }

    async fn import_with(&self, format: Format, text: impl Into<String>, is_dry: bool) -> Report {
        let options =
            ImportOptions { format, account: "MAIN".to_owned(), source: Some("file".to_owned()), is_dry };
        let caller = Arc::new(Caller::system("import"));
        let source = Cursor::new(text.into().into_bytes());
        self.services.import_users(&caller, source, options, &|_| {}).await.unwrap()
    }

    async fn user(&self, system: &str, value: &str) -> UserFile {
        let writer = self.services.store().write(permit(Action::UserImport)).await.unwrap();
        let id = ExternalId { system: system.to_owned(), value: value.to_owned() };
        let id = writer.user_id_by_external_id("MAIN", &id).await.unwrap().unwrap();
        let file = writer.user(id, Parts::ALL).await.unwrap().unwrap();
        writer.discard().await.unwrap();
        file
    }

    async fn by_reference(&self, reference: &str) -> UserFile {
        let writer = self.services.store().write(permit(Action::UserImport)).await.unwrap();
        let id = writer.user_id_by_reference(reference).await.unwrap().unwrap();
        let file = writer.user(id, Parts::ALL).await.unwrap().unwrap();
        writer.discard().await.unwrap();
        file
    }

    /// Entries of the trail.
    async fn entries(&self) -> u64 {
        let query = ListQuery {
            filter: Filter::default(),
            search: None,
            order: Vec::new(),
            window: Window::Forward { first: 1, after: None },
        };
        let caller = Arc::new(Caller::system("test"));
        let (list, _) = self.services.audit_events(&caller, &query, false).await.unwrap();
        list.count(1000).await.unwrap().total
    }

    async fn is_empty(&self) -> bool {
        let reader = self.services.store().read(&permit(Action::Users));
        reader.is_empty().await.unwrap() && reader.accounts().await.unwrap().is_empty()
    }
}

/// The example of the banking API with other values in places; null stays null.
fn example(changes: &Value) -> String {
    let mut file: Value = serde_json::from_str(EXAMPLE).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        file["users"][0][name] = value.clone();
    }
    file.to_string()
}

/// The reasons of the only refused row.
fn refused(report: &Report) -> Vec<(&str, &str)> {
    assert_eq!(report.refused.len(), 1, "{report:?}");
    let reasons = report.refused[0].reasons.iter();
    reasons.map(|reason| (reason.field.as_str(), reason.message.as_str())).collect()
}

fn counts(report: &Report) -> [u64; 4] {
    let Report { created, changed, unchanged, refused, .. } = report;
    [*created, *changed, *unchanged, refused.len() as u64]
}

#[tokio::test]
async fn the_example_goes_in_once() {
    let house = House::new().await;
    let first = house.import(Format::BankingJson, EXAMPLE).await;
    assert_eq!(counts(&first), [1, 0, 0, 0], "{first:?}");
    assert!(first.is_complete());
    assert_eq!(first.accounts, BTreeSet::from(["MAIN".to_owned()]));
    let before = house.user("BANKING", "8327278").await;
    // one for the account, one for the user
    assert_eq!(house.entries().await, 2);

    house.hand.advance(Duration::from_hours(1));
    let second = house.import(Format::BankingJson, EXAMPLE).await;
    assert_eq!(counts(&second), [0, 0, 1, 0], "{second:?}");
    assert_eq!(second.accounts, BTreeSet::new());
    assert_eq!(house.user("BANKING", "8327278").await, before);
    assert_eq!(house.entries().await, 2);
}

#[tokio::test]
async fn the_example_is_mapped() {
    let house = House::new().await;
    house.import(Format::BankingJson, EXAMPLE).await;
    let file = house.user("BANKING", "8327278").await;
    let user = &file.user;

    let some = |text: &str| Some(text.to_owned());
    assert_eq!(user.account, "MAIN");
    assert_eq!(user.version, 1);
    assert_eq!(user.person_type, PersonType::NaturalPerson);
    assert_eq!(user.status, UserStatus::Canceled);
    assert_eq!(user.status_since, instant(NOW));
    assert_eq!(user.cancel_origin, Some(CancelOrigin::Operator));
    assert!(!user.frozen);
    assert_eq!(user.tag, None);
    assert_eq!(user.title, None);
    assert_eq!(user.first_name, some("Alex"));
    assert_eq!(user.last_name, some("Oak"));
    assert_eq!(user.middle_names, None);
    assert_eq!(user.birth_date, NaiveDate::from_ymd_opt(1982, 5, 31));
    assert_eq!(user.birth_place, some("Edgewood"));
    assert_eq!(user.birth_country, some("FR"));
    assert_eq!(user.nationality, some("FR"));
    assert_eq!(user.second_nationality, None);
    assert_eq!(user.country, some("FR"));
    assert_eq!(user.email, some("alex.oak@example.com"));
    assert_eq!(user.phone, some("+3311111111"));
    assert_eq!(user.mobile, None);
    assert_eq!(user.preferred_language, None);
    assert_eq!(user.time_zone, None);
    assert_eq!(user.kyc_level, KycLevel::Light);
    assert_eq!(user.kyc_status, KycStatus::None);
    assert_eq!(user.created_at, instant("2023-10-23T12:28:00Z"));
    assert_eq!(user.updated_at, instant("2023-10-23T12:28:00Z"));
    assert_eq!(user.last_sign_in_at, None);
    assert!(user.search_text.contains("alex"));

    let postal = Address {
        line1: some("33 rosewood road"),
        postcode: some("75017"),
        city: some("Paris"),
        country: some("FR"),
        ..Address::default()
    };
    let addresses: Vec<_> = file.addresses.unwrap().into_iter().collect();
    assert_eq!(addresses, [(AddressKind::Postal, postal)]);
    let ids: Vec<_> = file.external_ids.unwrap().into_iter().collect();
    let id = |system: &str, value: &str| (system.to_owned(), value.to_owned());
    assert_eq!(ids, [id("BANKING", "8327278"), id("CLIENT", "945198")]);

    // a person has no company, and a zero for "not on the stock exchange" makes none
    let wide = file.wide;
    assert!(wide.company.unwrap().is_blank() && wide.occupation.unwrap().is_blank());
    assert!(wide.finances.unwrap().is_blank() && wide.sanctions.unwrap().is_blank());
    assert_eq!(wide.tax.unwrap().specified_us_person, Some(false));
    let provider = wide.provider.unwrap();
    assert_eq!((provider.code_status, provider.information_status), (some("110009"), None));
    assert_eq!((provider.wallet_count, provider.payin_count), (Some(0), Some(0)));
}

#[tokio::test]
async fn every_attribute_of_the_example_goes_in_or_is_told_of() {
    let house = House::new().await;
    let report = house.import(Format::BankingJson, example(&json!({"shoeSize": 43}))).await;
    let left = |name: &str| {
        let left = &report.left[name];
        (left.why, left.rows)
    };
    assert_eq!(left("shoeSize"), (Why::Unknown, 1));
    assert!(matches!(left("countryName").0, Why::Needless(_)));
    assert!(matches!(left("totalRows").0, Why::Needless(_)));

    // every attribute of the example is either mapped, or told of
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    let unknown = report.left.iter().filter(|(_, left)| left.why == Why::Unknown);
    let unknown: Vec<_> = unknown.map(|(name, _)| name.as_str()).collect();
    assert_eq!(unknown, ["shoeSize"]);
    assert_eq!(example["users"][0].as_object().unwrap().len(), 81);
    // two that nobody misses, and the shoe size
    assert_eq!(report.left.len(), 2 + 1);
}

#[tokio::test]
async fn good_rows_go_in_past_bad_ones() {
    let house = House::new().await;
    let file = json!({"users": [
        {"userId": 1, "userTypeId": 1, "firstname": "Ada", "email": "ada@example.com"},
        {"userId": 2, "userTypeId": 1, "birthday": "2100-01-01", "email": "nonsense", "kycLevel": 9, "country": "UK"},
        {"userTypeId": 1},
        "what?",
        {"userId": 5, "userTypeId": 1, "email": "ADA@example.com"},
        {"userId": 6},
        {"userId": "1", "userTypeId": "1", "firstname": "Eve"},
        {"userId": "8", "userTypeId": "4", "isFrozen": "1", "postcode": 75017},
    ]});
    let report = house.import(Format::BankingJson, file.to_string()).await;
    assert_eq!(counts(&report), [2, 0, 0, 6]);
    let fields: Vec<(u64, Vec<&str>)> = report
        .refused
        .iter()
        .map(|row| (row.number, row.reasons.iter().map(|reason| reason.field.as_str()).collect()))
        .collect();
    let expected: [(u64, Vec<&str>); 6] = [
        (1, vec!["kycLevel", "birthday", "country", "email"]),
        (2, vec!["userId"]),
        (3, vec![""]),
        (4, vec!["email"]),
        (5, vec!["userTypeId"]),
        (6, vec!["userId"]),
    ];
    for (found, expected) in fields.iter().zip(expected) {
        assert_eq!(*found, expected);
    }
    let file = house.user("BANKING", "8").await;
    assert!(file.user.frozen);
    assert_eq!(file.user.person_type, PersonType::LegalEntity);
    let addresses = file.addresses.unwrap();
    assert_eq!(addresses[&AddressKind::Postal].postcode.as_deref(), Some("75017"));
    // an account and two users
    assert_eq!(house.entries().await, 3);
}
