//! Made-up users, as `backdesk seed` fills a database with them: every list has something to show by whatever it is
//! filtered, counts are what the rows have, and a second time changes nothing.

use std::sync::Arc;

use backdesk::{auth::caller::Caller, service::seed::Seeded};
use serde_json::{Value, json};

use crate::support::Desk;

/// What users are looked for by that other systems, staff and other users know. Each finds some, and not all.
const FILTERS: [&str; 34] = [
    "active: false",
    "frozen: true",
    "cancelOrigin: { eq: USER }",
    "group: { eq: \"API\" }",
    "category: { eq: \"CRAFT\" }",
    "extraPermission: { eq: BANK_WITHDRAWAL }",
    "companyUser: true",
    "companyOwner: true",
    "companyStaff: true",
    "identityVerified: true",
    "kycStatus: { eq: REFUSED }",
    "companyName: { contains: \"Studio\" }",
    "vatNumber: { startsWith: \"FR\" }",
    "registrationNumber: { startsWith: \"HRB\" }",
    "legalForm: { eq: \"GmbH\" }",
    "countryOfIncorporation: { eq: \"PL\" }",
    "taxPayer: { eq: PLATFORM }",
    "optInMailing: { eq: true }",
    "feesCustomized: true",
    "walletStatus: { eq: ACTIVATED }",
    "walletStatus: { eq: BLOCKED }",
    "hasListing: true",
    "listingCount: { gt: 1 }",
    "askerBookingCount: { gt: 2 }",
    "offererBookingCount: { gt: 2 }",
    "taxResidence: { eq: \"DE\" }",
    "specifiedUsPerson: { eq: true }",
    "sanctioned: true",
    "activityOutsideEu: { eq: true }",
    "documents: { state: REQUESTED }",
    "walletNetworkStatus: { eq: SYNCING }",
    "hasBankAccount: true",
    "canBePaid: true",
    "canBePaidOut: true",
];

async fn seed(desk: &Desk, users: u64) -> Seeded {
    let caller = Arc::new(Caller::system("seed"));
    desk.services.seed_users(&caller, users, &|_| {}).await.expect("made-up users")
}

#[tokio::test]
async fn every_filter_finds_some_and_every_count_is_right() {
    let desk = Desk::open().await;
    assert_eq!(seed(&desk, 700).await, Seeded { added: 700, present: 0 });
    // those book from users of the first run
    assert_eq!(seed(&desk, 1_200).await, Seeded { added: 500, present: 700 });

    let mut differences = Vec::new();
    let caller = Arc::new(Caller::system("counters"));
    let tell = &mut |difference| differences.push(difference);
    assert_eq!(desk.services.compare_counters(&caller, false, tell).await.expect("a comparison"), 1_200);
    assert_eq!(differences, []);

    let admin = desk.admin();
    let count = async |query: String| {
        let answer = admin.ask(&query).await;
        answer.data("list.totalCount").as_u64().unwrap_or_else(|| panic!("{query}: {}", answer.body))
    };
    for filter in FILTERS {
        let found =
            count(format!("{{ list: users(first: 1, where: {{ {filter} }}) {{ totalCount }} }}")).await;
        assert!((3..1_150).contains(&found), "{filter}: {found}");
    }
    for (list, few) in [("documents", 100), ("wallets", 500), ("transactions", 2_000)] {
        assert!(count(format!("{{ list: {list}(first: 1) {{ totalCount }} }}")).await > few, "{list}");
    }
    let report =
        "{ financeReport(from: \"2025-11-01\", to: \"2026-10-31\") { rows { currency kind state count } } }";
    let rows = admin.ask(report).await.data("financeReport.rows");
    assert!(rows.as_array().is_some_and(|rows| rows.len() > 30), "{rows}");

    let trail = desk.trail().await;
    assert_eq!(seed(&desk, 1_200).await, Seeded { added: 0, present: 1_200 });
    assert_eq!(desk.trail().await.body, trail.body);
}

/// One page with everything that other systems know of its users.
#[tokio::test]
async fn somebody_has_everything_to_show() {
    let desk = Desk::open().await;
    seed(&desk, 300).await;
    let page = "{ users(first: 40, where: { hasBankAccount: true, hasListing: true }) { nodes {
        wallets { nodes { balance { amount } network { status } } } transactions { totalCount }
        pspAccounts { nodes { provider } } bankAccounts { nodes { iban bic } } listings { totalCount }
        bookings(as: ASKER) { nodes { asker { id } offerer { id } listing { title } } } reviews(direction: RECEIVED) { totalCount }
        documents { totalCount } comments { totalCount } verifications { source by at }
    } } }";
    let answer = desk.admin().ask(page).await;
    let users = answer.data("users.nodes");
    let has = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(users.as_array().expect("users").iter().any(test), "{what}: {}", answer.body);
    };
    for list in ["transactions", "listings", "reviews", "documents", "comments"] {
        has(list, &|user| user[list]["totalCount"].as_u64() > Some(0));
    }
    has("a connected wallet", &|user| !user["wallets"]["nodes"][0]["balance"].is_null());
    has("a bank account", &|user| user["bankAccounts"]["nodes"][0]["bic"].is_string());
    has("a booking", &|user| user["bookings"]["nodes"][0]["listing"]["title"].is_string());
    has("staff who verified something", &|user| {
        user["verifications"].to_string().contains("demo-compliance")
    });
    assert_ne!(users, json!([]));
}
