//! Made-up users in a database: once, however often they are asked for, and beside whatever is there.

use tokio::sync::Notify;

use super::*;
use crate::{
    app,
    clock::Clock,
    config::Config,
    domain::list::{Filter, ListQuery, Test, Window},
    files::FileKey,
    service::{kyc::KycAttribute, policy::PolicyChange, user::MutationOptions},
    store::{recording::Counts, user::Parts},
};

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
    let (events, _) = services.audit_events(caller, &all(), false).await.unwrap();
    (users.count(10_000).await.unwrap().total, events.count(10_000).await.unwrap().total)
}

#[tokio::test]
async fn a_large_database_is_without_indexes_until_its_seed_has_ended_or_the_program_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let caller = Arc::new(Caller::system("test"));
    let are_aside =
        async |services: &Services| services.fact(&caller, "indexes-set-aside").await.unwrap().is_some();
    {
        let services = services(&folder).await;
        let is_written = Notify::new();
        let progress = |_| is_written.notify_one();
        tokio::select! {
            biased;
            () = is_written.notified() => {}
            seeded = services.seed(&caller, 5, 5, &progress) => panic!("it is not interrupted: {seeded:?}"),
        }
        assert!(are_aside(&services).await);
    }
    let services = services(&folder).await;
    assert!(!are_aside(&services).await);
    assert_eq!(counts(&services, &caller).await.0, 5);
}

#[tokio::test]
async fn seeding_twice_adds_what_is_missing_once() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let caller = Arc::new(Caller::system("test"));
    let progress = &|_| {};
    // so many are a large database here
    let seed = async |users| services.seed(&caller, users, 600, progress).await.unwrap();

    let (added, present) = (700, 0);
    assert_eq!(seed(700).await, Seeded { added, present });
    assert_eq!(services.fact(&caller, "indexes-set-aside").await.unwrap(), None, "they are built again");
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
    for file in make(&(2300..2500).collect(), &Keys { groups, categories }).unwrap().files {
        let stored = writer.user(file.user.id, Parts::ALL).await.unwrap().unwrap();
        // what was counted is told by the rows
        let user = UserRecord {
            wallet_status: stored.user.wallet_status,
            wallet_count: stored.user.wallet_count,
            payin_count: stored.user.payin_count,
            listing_count: stored.user.listing_count,
            asker_booking_count: stored.user.asker_booking_count,
            offerer_booking_count: stored.user.offerer_booking_count,
            review_received_count: stored.user.review_received_count,
            review_made_count: stored.user.review_made_count,
            ..file.user
        };
        assert_eq!(stored, UserFile { user, ..file });
    }
    writer.discard().await.unwrap();
    let permit = caller.permit(Action::UserSeed).unwrap();
    let counted = services.store().read(&permit).counts_after(None, 10_000).await.unwrap();
    assert_eq!(counted.len(), 5100);
    assert_eq!(counted.iter().find(|counts| !counts.is_right()), None);
    for place in 0..counted[0].actual.len() {
        assert!(counted.iter().filter(|counts| counts.actual[place] > 0).count() > 200, "{place}");
    }
}

/// Of a user with a fixed fee in another currency no price could be split.
#[tokio::test]
async fn fixed_fees_are_in_the_currency_of_the_platform() {
    let (euro, yen) = (Currency::EUR, Currency::parse("JPY").unwrap());
    for (decided, other) in [(None, yen), (Some("JPY"), euro)] {
        let folder = tempfile::tempdir().unwrap();
        let services = services(&folder).await;
        let caller = Arc::new(Caller::system("test"));
        let change = PolicyChange { currency: decided.map(str::to_owned), ..PolicyChange::default() };
        services.update_policies(&caller, &change, &MutationOptions::default()).await.unwrap();
        services.seed_users(&caller, 300, &|_| {}).await.unwrap();
        let writer = services.store().write(caller.permit(Action::UserSeed).unwrap()).await.unwrap();
        let currency = writer.policies_that_stay().await.unwrap().currency;
        assert!(!writer.has_fees_but_in(currency).await.unwrap(), "{currency:?}");
        assert!(writer.has_fees_but_in(other).await.unwrap(), "some have fixed fees");
        writer.discard().await.unwrap();
    }
}

/// An older version knew nothing of listings: users whom it made have none that later ones could have booked.
#[tokio::test]
async fn a_database_of_an_older_version_keeps_its_users_and_takes_later_ones() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let caller = Arc::new(Caller::system("test"));
    let permit = caller.permit(Action::UserSeed).unwrap();
    services.seed_accounts(&permit).await.unwrap();
    let writer = services.store().write(permit.clone()).await.unwrap();
    let no_keys = BTreeMap::new();
    let made: Result<Vec<_>, _> = (1..=100).map(|number| people::user(number, &no_keys)).collect();
    writer.insert_users(&made.unwrap()).await.unwrap();
    writer.commit(Change::default()).await.unwrap();
    let seed = async |users| services.seed_users(&caller, users, &|_| {}).await.unwrap();

    assert_eq!(seed(100).await, Seeded { added: 0, present: 100 });
    let wallets = async || {
        let counted = services.store().read(&permit).counts_after(None, 1000).await.unwrap();
        assert!(counted.iter().all(Counts::is_right));
        let early = counted.iter().filter(|counts| number_of(counts.user) <= 100);
        early.map(|counts| counts.actual[1]).sum::<i64>()
    };
    assert_eq!(wallets().await, 0);
    assert_eq!(seed(200).await, Seeded { added: 100, present: 100 });
    assert_eq!(wallets().await, 0, "who was there stays as they were");
}

#[tokio::test]
async fn documents_of_a_demo_are_in_every_state_and_shared_once() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let caller = Arc::new(Caller::system("test"));
    services.seed_users(&caller, 120, &|_| {}).await.unwrap();
    let documents = async || {
        let permit = caller.permit(Action::Documents).unwrap();
        let reader = services.store().read(&permit);
        let mut found = Vec::new();
        for number in shown::SHOWN.into_iter().filter(|number| *number <= 120) {
            for asked in papers::requests(number, &people::user(number, &groups()).unwrap()) {
                found.push(reader.document(asked.user_id, asked.id).await.unwrap().unwrap());
            }
        }
        found
    };
    let (_, seeded) = counts(&services, &caller).await;
    services.show_documents(&caller).await.unwrap();
    let shown = documents().await;
    let states: BTreeSet<DocumentState> = shown.iter().map(|row| row.state).collect();
    let all =
        [DocumentState::Requested, DocumentState::Shared, DocumentState::Accepted, DocumentState::Refused];
    assert_eq!(states, BTreeSet::from(all));
    for row in shown.iter().filter(|row| row.state != DocumentState::Requested) {
        let key = FileKey { document: row.id, file: row.file_id.unwrap() };
        let (size, _) = services.files().fetch(key).await.unwrap();
        assert_eq!(Some(size), row.size.and_then(|size| u64::try_from(size).ok()));
    }
    let review = async || {
        let permit = caller.permit(Action::KycReviews).unwrap();
        let reader = services.store().read(&permit);
        let query = ListQuery {
            filter: Filter::Is(KycAttribute::ClosedAt, Test::IsNull),
            search: None,
            order: Vec::new(),
            window: Window::Forward { first: 100, after: None },
        };
        let (_, page) = reader.kyc_reviews(&query, true).await.unwrap();
        let open = page.items.into_iter().find(|review| review.user_id == people::id(119)).unwrap();
        reader.kyc_documents(&[open.id]).await.unwrap().remove(&open.id).unwrap_or_default()
    };
    assert!(review().await.len() > 1, "reviews rest on what came meanwhile");
    let (_, acted) = counts(&services, &caller).await;
    assert!(acted > seeded + 30, "each is an act with its entry");
    services.show_documents(&caller).await.unwrap();
    assert_eq!(documents().await, shown);
    assert_eq!(counts(&services, &caller).await.1, acted);
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
