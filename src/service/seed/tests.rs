//! The made-up users: always the same, and of every kind. How they get into a database stands in `tests/database.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use backdesk_entity::enums::{AddressKind, DocumentState, KycLevel, KycStatus, PersonType, UserStatus};
use base64::prelude::{BASE64_STANDARD, Engine};

use super::*;
use crate::{
    domain::{kyc, status::is_active, text},
    service::user::UserRecord,
    store::user::{UserFile, WidePart},
};

mod database;

/// SHA-256 of the first thousand users and of what is known of them elsewhere, as lines.
///
/// It changed? Then every database that was seeded before would get other users beside its old ones, and every test that
/// names one looks for somebody else. Without intention, mend the generator. On purpose, put the new sum here, and say in
/// the commit that demo and bench databases have to be made again.
const FIRST_THOUSAND: &str = "B0OyFdjSJAINNIvu3YOWIi2PgF+1uYzdGHNeF9Xedig=";

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

fn keys() -> Keys {
    Keys { groups: groups(), categories: categories() }
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
    let Made { files, activity, papers, reviews, others } = make(&(1..=1000).collect(), &keys()).unwrap();
    assert!(others.is_empty());
    let mut lines = String::new();
    for file in files {
        let UserFile { user, addresses, external_ids, spoken_languages, groups, wide, ties, aside: _ } = file;
        let line =
            json!([user, addresses, external_ids, spoken_languages, groups, wide, format!("{ties:?}")]);
        lines += &line.to_string();
        lines.push('\n');
    }
    lines.extend([format!("{activity:?}\n"), format!("{papers:?}\n"), format!("{reviews:?}\n")]);
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
            // nobody is above themselves, whoever is above whom
            assert!(number_of(other(&id).id) < number_of(file.user.id));
            *held.entry(id).or_default() += parent.share.unwrap_or_default();
        }
        if let Some(membership) = &ties.membership {
            assert_eq!(other(&membership.company).person_type, PersonType::LegalEntity);
            members += 1;
        }
        let in_api = file.groups.iter().flatten().any(|(_, key)| key == "API");
        assert!(!in_api || file.user.person_type == PersonType::LegalEntity);
        guests += ties.guests.len();
        ties.guests.values().filter_map(|guest| guest.user.as_ref()).for_each(|id| _ = other(id));
        for (_, id) in ties.parties.keys() {
            other(id);
            parties += 1;
        }
        marks += ties.marks.len();
        let user = &file.user;
        let flags = [user.identity_verified, user.email_verified, user.phone_verified];
        assert_eq!(ties.marks.len(), flags.into_iter().filter(|flag| *flag).count());
    }
    assert!(held.len() > 40 && held.values().all(|sum| *sum <= 10_000));
    assert!(held.values().filter(|sum| **sum > 2_500).count() > 10, "beneficial owners");
    assert!(
        members > 20 && guests > 50 && parties > 10 && marks > 1000,
        "{members} {guests} {parties} {marks}"
    );
}

/// The number that an id ends with.
fn number_of(id: Uuid) -> u128 {
    id.as_u128() & 0xffff_ffff_ffff
}

#[test]
fn companies_and_circumstances_are_plausible() {
    let made = users(1..=1000);
    let mut legal = 0;
    for file in &made {
        let wide = &file.wide;
        let company = wide.company.as_ref().filter(|company| !company.is_blank());
        assert_eq!(company.is_some(), file.user.person_type == PersonType::LegalEntity);
        assert_eq!(file.user.own_fees, is_known(wide.fees.as_ref()));
        assert!(!is_known(wide.occupation.as_ref()) || company.is_none());
        let refused = file.user.kyc_status == KycStatus::Refused;
        assert!(!refused || file.user.kyc_comment.is_some());
        let Some(company) = company else { continue };
        legal += 1;
        let name = company.legal_name.as_deref().unwrap();
        assert!(name.ends_with(company.legal_form.as_deref().unwrap()), "{name}");
        assert!(file.user.search_text.contains(&text::fold(name)));
        for text in [&company.legal_name, &company.vat_number, &company.registration_number] {
            let text = text.as_deref().unwrap_or_default();
            assert!(!text.contains(['{', '}', '#']), "{text}");
        }
    }
    assert!((220..280).contains(&legal));
    let count = |test: &dyn Fn(&UserFile) -> bool| made.iter().filter(|file| test(file)).count();
    for (part, found, plausible) in [
        ("occupation", count(&|file| is_known(file.wide.occupation.as_ref())), 350..600),
        ("finances", count(&|file| is_known(file.wide.finances.as_ref())), 400..600),
        ("tax", count(&|file| is_known(file.wide.tax.as_ref())), 450..650),
        ("sanctions", count(&|file| is_known(file.wide.sanctions.as_ref())), 300..500),
        ("fees", count(&|file| is_known(file.wide.fees.as_ref())), 10..60),
        ("mailing", count(&|file| file.user.opt_in_mailing.is_some()), 500..700),
        ("taxes", count(&|file| file.user.tax_payer.is_some()), 200..400),
        (
            "reviewed by staff",
            count(&|file| file.ties.marks.values().any(|mark| mark.by.is_some())),
            100..300,
        ),
    ] {
        assert!(plausible.contains(&found), "{part}: {found}");
    }
}

fn is_known<P: WidePart>(part: Option<&P>) -> bool {
    part.is_some_and(|part| !part.is_blank())
}

#[test]
fn papers_are_written_while_somebody_is_here() {
    let Made { files, papers, .. } = make(&(1..=1000).collect(), &keys()).unwrap();
    let files: HashMap<Uuid, UserFile> = files.into_iter().map(|file| (file.user.id, file)).collect();
    for row in &papers.documents {
        let user = &files[&row.user_id].user;
        assert!(user.status != UserStatus::Canceled && user.created_at <= row.created_at);
        assert_eq!(row.state, DocumentState::Requested, "a file needs bytes");
    }
    for row in &papers.comments {
        let user = &files[&row.user_id].user;
        assert!(user.created_at <= row.created_at);
        assert!(user.status != UserStatus::Canceled || row.created_at <= user.status_since);
        let former = papers.versions.iter().filter(|version| version.comment_id == row.id).count();
        assert_eq!(former, usize::from(row.edited_at.is_some()));
        assert!(row.edited_at.is_none_or(|edited_at| row.created_at <= edited_at));
    }
    assert!((50..400).contains(&papers.documents.len()), "{}", papers.documents.len());
    assert!((50..400).contains(&papers.comments.len()), "{}", papers.comments.len());
    assert!(papers.comments.iter().any(|row| row.visible_to_user) && !papers.versions.is_empty());
}

/// Whoever is shown in a demo has been through everything; those alone who came first have nobody before them.
#[test]
fn nothing_is_missing_in_the_files_of_whom_a_demo_shows() {
    let Made { files, activity, papers, .. } = make(&(1..=1000).collect(), &keys()).unwrap();
    for number in shown::SHOWN {
        let id = people::id(number);
        let file = files.iter().find(|file| file.user.id == id).unwrap();
        let UserFile { user, wide, ties, .. } = file;
        assert_eq!((user.status, user.kyc_status), (UserStatus::Live, KycStatus::Validated), "{number}");
        assert!(is_known(wide.company.as_ref()) != is_known(wide.occupation.as_ref()), "{number}");
        assert!(is_known(wide.finances.as_ref()) && is_known(wide.tax.as_ref()), "{number}");
        assert!(is_known(wide.sanctions.as_ref()) && is_known(wide.fees.as_ref()), "{number}");
        assert!(is_known(wide.provider.as_ref()), "{number}");
        assert!(!ties.guests.is_empty() && !ties.categories.is_empty() && !ties.marks.is_empty(), "{number}");
        assert!(!ties.parties.is_empty() || number < 50, "{number}");
        assert_eq!(activity.wallets.iter().filter(|row| row.user_id == id).count(), 2, "{number}");
        assert!(activity.transactions.iter().any(|row| row.user_id == id), "{number}");
        assert_eq!(papers.documents.iter().filter(|row| row.user_id == id).count(), 4, "{number}");
        assert!(papers.comments.iter().any(|row| row.user_id == id), "{number}");
    }
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

/// Each is a step from where the one before left the user, and the newest one leads to where the user is.
#[test]
fn reviews_lead_step_by_step_to_where_a_user_stands() {
    let Made { files, reviews, .. } = make(&(1..=3000).collect(), &keys()).unwrap();
    let mut all: HashMap<Uuid, Vec<KycReview>> = HashMap::new();
    for review in reviews {
        all.entry(review.user_id).or_default().push(review);
    }
    let mut many = [0; 3];
    for UserFile { user, .. } in &files {
        let Some(reviews) = all.get_mut(&user.id) else {
            assert!(user.kyc_status != KycStatus::Refused);
            continue;
        };
        many[reviews.len() - 1] += 1;
        reviews.sort_by_key(|review| review.opened_at);
        let (mut level, mut free_since) = (KycLevel::None, user.created_at);
        let (mut status, newest) = (KycStatus::None, reviews.len() - 1);
        for (place, review) in reviews.iter().enumerate() {
            assert!(free_since <= review.opened_at && review.opened_at <= life::END);
            assert_eq!(review.closed_at.is_none(), kyc::is_open(review.state));
            assert!(place == newest || review.closed_at.is_some(), "{}", review.id);
            match review.decision {
                Some(decision) => {
                    let decided = kyc::decide(level, decision, review.level).unwrap();
                    assert_eq!(decided.state, review.state);
                    (level, status) = (decided.level, decided.status);
                }
                None => status = KycStatus::Pending,
            }
            assert!(review.decided_at.is_none_or(|at| review.opened_at <= at));
            free_since = review.decided_at.unwrap_or(review.opened_at);
        }
        assert!(user.status != UserStatus::Canceled || free_since <= user.status_since);
        assert_eq!((status, level), (user.kyc_status, user.kyc_level), "{}", user.id);
        assert_eq!(user.kyc_comment, reviews[newest].comment);
    }
    assert!(many.iter().all(|users| *users > 200), "{many:?}");
}
