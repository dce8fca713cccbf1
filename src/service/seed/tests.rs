//! The made-up users: always the same, of every kind, and once in a database.

use std::collections::{BTreeSet, HashMap, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use backdesk_entity::enums::{AddressKind, KycStatus, PersonType, UserStatus};
use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;
use crate::{
    app,
    clock::Clock,
    config::Config,
    domain::{
        list::{Filter, ListQuery, Window},
        status::is_active,
    },
    service::user::UserRecord,
    store::user::{Parts, UserFile, WidePart},
};

/// SHA-256 of the first thousand users, as JSON lines.
///
/// It changed? Then every database that was seeded before would get other users beside its old ones, and every test that
/// names one looks for somebody else. Without intention, mend the generator. On purpose, put the new sum here, and say in
/// the commit that demo and bench databases have to be made again.
const FIRST_THOUSAND: &str = "rY2zOdpcELJewQiaLqldWgcf6Xtx1fmPmMZkepPQMXk=";

fn groups() -> BTreeMap<String, Uuid> {
    let keys = [
        "API",
        "ENTERPRISE_OWNER",
        "ENTERPRISE_STAFF",
        "LEGAL_MERCHANT_OWNER",
        "LEGAL_MERCHANT_STAFF",
        "MERCHANT_OWNER",
        "MERCHANT_STAFF",
    ];
    let ids = (1..).map(Uuid::from_u128);
    keys.into_iter().map(str::to_owned).zip(ids).collect()
}

fn categories() -> BTreeMap<String, Uuid> {
    ties::CATEGORIES.map(|(key, _)| key.to_owned()).into_iter().zip((1..).map(Uuid::from_u128)).collect()
}

fn users(numbers: impl IntoIterator<Item = u64>) -> Vec<UserFile> {
    let groups = groups();
    let made = |number| {
        let mut file =
            people::user(number, &groups).unwrap_or_else(|found| panic!("user {number}: {found:?}"));
        ties::tie(number, &mut file, &categories());
        file
    };
    numbers.into_iter().map(made).collect()
}

fn records(numbers: impl IntoIterator<Item = u64>) -> Vec<UserRecord> {
    users(numbers).into_iter().map(|file| file.user).collect()
}

#[test]
fn users_are_the_same_byte_for_byte_as_ever() {
    let mut lines = String::new();
    for file in users(1..=1000) {
        let UserFile { user, addresses, external_ids, spoken_languages, groups, wide, ties, aside: _ } = file;
        let line =
            json!([user, addresses, external_ids, spoken_languages, groups, wide, format!("{ties:?}")]);
        lines += &line.to_string();
        lines.push('\n');
    }
    let sum = BASE64_STANDARD.encode(digest(&SHA256, lines.as_bytes()));
    assert_eq!(sum, FIRST_THOUSAND);
}

#[test]
fn no_user_is_refused_and_no_two_collide() {
    let made = records((1..=3000).chain((3001..3_000_000).step_by(997)));
    let distinct = |value: fn(&UserRecord) -> String| made.iter().map(value).collect::<HashSet<_>>().len();
    assert_eq!(distinct(|user| user.id.to_string()), made.len());
    assert_eq!(distinct(|user| user.reference.clone()), made.len());
    let emails: Vec<_> = made.iter().filter_map(|user| user.email_folded.as_ref()).collect();
    assert_eq!(emails.iter().collect::<HashSet<_>>().len(), emails.len());
}

#[test]
fn whoever_is_tied_is_tied_by_the_rules() {
    let files: HashMap<Uuid, UserFile> =
        users(1..=3000).into_iter().map(|file| (file.user.id, file)).collect();
    let mut held: HashMap<Uuid, i32> = HashMap::new();
    let (mut members, mut guests, mut parties, mut marks) = (0, 0, 0, 0);
    for file in files.values() {
        let ties = &file.ties;
        let other = |id: &Uuid| {
            let other = &files[id].user;
            assert_eq!(other.account, file.user.account);
            assert!(other.id != file.user.id);
            other
        };
        if let Some(parent) = &ties.parent {
            let id = parent.id.expect("a parent");
            other(&id);
            *held.entry(id).or_default() += parent.share.expect("a share");
        }
        if let Some(membership) = &ties.membership {
            assert_eq!(other(&membership.company).person_type, PersonType::LegalEntity);
            members += 1;
        }
        let in_api = file.groups.iter().flatten().any(|(_, key)| key == "API");
        assert!(!in_api || file.user.person_type == PersonType::LegalEntity);
        guests += ties.guests.len();
        for (_, id) in ties.parties.keys() {
            other(id);
            parties += 1;
        }
        marks += ties.marks.len();
        let user = &file.user;
        let flags = [user.identity_verified, user.email_verified, user.phone_verified];
        assert_eq!(ties.marks.len(), flags.into_iter().filter(|flag| *flag).count());
    }
    assert!(!held.is_empty() && held.values().all(|sum| *sum <= 10_000));
    assert!(
        members > 20 && guests > 50 && parties > 10 && marks > 1000,
        "{members} {guests} {parties} {marks}"
    );
}

#[test]
fn an_id_tells_instant_and_number() {
    for user in records([1, 42, 999_999]) {
        assert_eq!(user.id.get_version_num(), 7);
        let (seconds, nanos) = user.id.get_timestamp().unwrap().to_unix();
        let millis = i64::try_from(seconds * 1000).unwrap() + i64::from(nanos / 1_000_000);
        assert_eq!(millis, user.created_at.timestamp_millis());
    }
    assert!(people::id(42).to_string().ends_with("-00000000002a"));
}

/// What lists are filtered and sorted by shows its difficult sides: all values, ties, and none at all.
#[test]
fn a_thousand_users_are_of_every_kind() {
    let made = records(1..=1000);
    let count = |test: &dyn Fn(&UserRecord) -> bool| made.iter().filter(|user| test(user)).count();
    for (status, share) in [
        (UserStatus::Live, 760..840),
        (UserStatus::InReview, 80..120),
        (UserStatus::Invalidated, 50..90),
        (UserStatus::Canceled, 20..45),
    ] {
        let found = count(&|user| user.status == status);
        assert!(share.contains(&found), "{status:?}: {found}");
    }
    assert!((220..280).contains(&count(&|user| user.person_type == PersonType::LegalEntity)));
    assert!((260..340).contains(&count(&|user| user.country.as_deref() == Some("FR"))));

    let kinds = |value: &dyn Fn(&UserRecord) -> String| made.iter().map(value).collect::<BTreeSet<_>>().len();
    assert_eq!(kinds(&|user| user.account.clone()), 6);
    assert_eq!(kinds(&|user| format!("{:?}", user.country)), 16);
    assert_eq!(kinds(&|user| format!("{:?}", user.client_type)), 3);
    assert_eq!(kinds(&|user| format!("{:?}", user.market_role)), 4);
    assert_eq!(kinds(&|user| format!("{:?}", user.kyc_level)), 4);
    assert_eq!(kinds(&|user| format!("{:?}", user.kyc_status)), 4);
    assert_eq!(kinds(&|user| format!("{:?}", user.cancel_origin)), 3);
    assert!(kinds(&|user| format!("{:?}", user.tag)) > 5);

    for (name, has_none) in [
        ("email", count(&|user| user.email.is_none())),
        ("first name", count(&|user| user.first_name.is_none())),
        ("last name", count(&|user| user.last_name.is_none())),
        ("country", count(&|user| user.country.is_none())),
        ("sign-in", count(&|user| user.last_sign_in_at.is_none())),
    ] {
        assert!((5..250).contains(&has_none), "{has_none} without {name}");
    }
    let ties = |value: &dyn Fn(&UserRecord) -> Option<String>| {
        let mut times = HashMap::new();
        for value in made.iter().filter_map(value) {
            *times.entry(value).or_insert(0) += 1;
        }
        times.into_values().filter(|times| *times > 1).sum::<usize>()
    };
    assert!(ties(&|user| Some(user.created_at.to_string())) > 10);
    assert!(ties(&|user| user.last_sign_in_at.map(|at| at.to_string())) > 10);
    assert!(ties(&|user| user.last_name_folded.clone()) > 200);

    let any = |test: fn(char) -> bool| count(&|user| user.last_name.iter().any(|name| name.contains(test)));
    assert!(any(|c| ('\u{c0}'..'\u{250}').contains(&c)) > 50, "accents");
    assert!(any(|c| ('\u{370}'..'\u{400}').contains(&c)) > 5, "Greek");
    assert!(any(|c| ('\u{400}'..'\u{500}').contains(&c)) > 2, "Cyrillic");
    assert!(any(|c| c >= '\u{3000}') > 2, "Japanese");
}

#[test]
fn every_life_makes_sense() {
    for file in users(1..=3000) {
        let user = &file.user;
        let is_over = !is_active(user.status);
        assert!(user.created_at <= user.status_since && user.status_since <= user.updated_at);
        assert!(user.updated_at <= life::END);
        assert_eq!(user.updated_at == user.created_at, user.version == 1);
        assert_eq!(user.status == UserStatus::Canceled, user.cancel_origin.is_some());
        assert_eq!(is_over, user.status_reason.is_some());
        assert!(!(user.frozen && user.status == UserStatus::Canceled));
        if let Some(seen) = user.last_sign_in_at {
            assert!(user.created_at <= seen);
            assert!(seen <= if is_over { user.status_since } else { life::END });
        }
        if user.kyc_status == KycStatus::Validated {
            assert!(user.identity_verified && user.status != UserStatus::InReview);
        }
        assert!(user.email.is_some() || !user.email_verified);
        assert!(user.phone.is_some() || !user.phone_verified);
        let addresses = file.addresses.unwrap();
        let is_company = user.person_type == PersonType::LegalEntity;
        assert_eq!(addresses.contains_key(&AddressKind::Company), is_company);
        assert_eq!(!file.wide.company.unwrap().is_blank(), is_company);
        assert!((1..=2).contains(&(addresses.len() - usize::from(is_company))));
        let is_owner = file.groups.unwrap().into_values().any(|key| key.ends_with("_OWNER"));
        assert!(!is_owner || user.kyc_status == KycStatus::Validated);
    }
}

/// Services over an embedded database in a folder of its own.
async fn services(folder: &tempfile::TempDir) -> Services {
    let config = Config::from_sources([("BACKDESK_DATA_DIR", folder.path())], None).unwrap();
    let services = app::start(&config, Clock::system()).await;
    services.unwrap_or_else(|error| panic!("{error}"))
}

/// How many users there are, and how many entries in the audit trail.
async fn counts(services: &Services, caller: &Arc<Caller>) -> (u64, u64) {
    fn all<A, F>() -> ListQuery<A, F> {
        ListQuery {
            filter: Filter::default(),
            search: None,
            order: Vec::new(),
            window: Window::Forward { first: 1, after: None },
        }
    }
    let users = services.users(caller, &all()).await.unwrap();
    let events = services.audit_events(caller, &all()).await.unwrap();
    (users.count(10_000).await.unwrap().total, events.count(10_000).await.unwrap().total)
}

#[tokio::test]
async fn seeding_twice_adds_what_is_missing_once() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let caller = Arc::new(Caller::system("test"));
    let seed = async |users| services.seed_users(&caller, users, &|_| {}).await.unwrap();

    let (added, present) = (700, 0);
    assert_eq!(seed(700).await, Seeded { added, present });
    // the accounts, the categories, and one batch
    assert_eq!(counts(&services, &caller).await, (700, 3));
    let (added, present) = (0, 700);
    assert_eq!(seed(700).await, Seeded { added, present });
    assert_eq!(counts(&services, &caller).await, (700, 3));
    // one batch in part, and one whole
    let (added, present) = (4400, 700);
    assert_eq!(seed(5100).await, Seeded { added, present });
    assert_eq!(counts(&services, &caller).await, (5100, 5));

    let groups = services.groups(&caller).await.unwrap();
    let groups = groups.into_iter().map(|group| (group.key, group.id)).collect();
    let categories = services.categories(&caller).await.unwrap();
    let categories = categories.into_iter().map(|category| (category.key, category.id)).collect();
    let permit = caller.permit(Action::UserSeed).unwrap();
    let writer = services.store().write(permit).await.unwrap();
    for number in (1..=5100).step_by(37) {
        let stored = writer.user(people::id(number), Parts::ALL).await.unwrap();
        let made = people::user(number, &groups).map(|mut file| {
            ties::tie(number, &mut file, &categories);
            file
        });
        assert_eq!(stored, made.ok());
    }
}

#[tokio::test]
async fn an_interrupted_filling_is_finished_and_others_keep_their_database() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let caller = Arc::new(Caller::system("test"));
    services.seed_if_empty(&caller, 3).await.unwrap();
    services.seed_if_empty(&caller, 5).await.unwrap();
    assert_eq!(counts(&services, &caller).await.0, 5);

    let folder = tempfile::tempdir().unwrap();
    let services = self::services(&folder).await;
    let permit = caller.permit(Action::UserSeed).unwrap();
    services.seed_accounts(&permit).await.unwrap();
    let writer = services.store().write(permit).await.unwrap();
    let stranger = people::user(7, &BTreeMap::new()).unwrap();
    writer.insert_users(&[stranger]).await.unwrap();
    writer.commit(Change::default()).await.unwrap();
    services.seed_if_empty(&caller, 5).await.unwrap();
    assert_eq!(counts(&services, &caller).await.0, 1);
}
