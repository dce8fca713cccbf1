//! Lists below users: pages, counts and the way back, for one user and for a whole page of them at the same number of
//! statements.

use backdesk_entity::{
    enums::ListingState,
    listing::{Entity as Listings, Model as Listing},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, is_postgres, uuid};

const LISTINGS: &str =
    "query ($id: ID!, $where: ListingWhere, $orderBy: [ListingOrder!], $first: Int, $after: String) {
    user(by: { id: $id }) { listings(where: $where, orderBy: $orderBy, first: $first, after: $after) {
        totalCount totalCountPrecision
        edges { cursor node { title } } nodes { id title state url publishedAt source { system externalId asOf recordedAt } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }
}";

async fn listings(viewer: &Person, user: &str, arguments: Value) -> Answer {
    let mut variables = arguments;
    variables["id"] = json!(user);
    viewer.ask_with(LISTINGS, variables).await
}

/// A desk with users who have so many listings each.
async fn desk_of(counts: &[usize]) -> (Desk, Vec<String>) {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        let user = desk.add_user(json!({ "firstName": format!("User {at}") })).await;
        let rows: Vec<Listing> = (0..*count)
            .map(|day| desk.listing(&user, &format!("{at}/{day}"), i64::try_from(day).unwrap()))
            .collect();
        if !rows.is_empty() {
            desk.put::<Listings, _>(rows).await;
        }
        users.push(user);
    }
    (desk, users)
}

#[tokio::test]
async fn a_page_has_ten_newest_first_unless_told_otherwise() {
    let (desk, users) = desk_of(&[12, 1]).await;
    let viewer = desk.read_only();
    let page = listings(&viewer, &users[0], json!({})).await;
    let titles: Vec<String> = (0..10).map(|day| format!("0/{day}")).collect();
    assert_eq!(page.column("user.listings.nodes", "title"), titles);
    assert_eq!(page.data("user.listings.totalCount"), 12);
    assert_eq!(page.data("user.listings.totalCountPrecision"), "EXACT");
    assert_eq!(page.data("user.listings.pageInfo.hasNextPage"), true);
    assert_eq!(page.data("user.listings.pageInfo.hasPreviousPage"), false);
    let rest = json!({ "after": page.text("user.listings.pageInfo.endCursor") });
    let rest = listings(&viewer, &users[0], rest).await;
    assert_eq!(rest.column("user.listings.nodes", "title"), ["0/10", "0/11"]);
    assert_eq!(rest.data("user.listings.pageInfo.hasNextPage"), false);
    assert_eq!(rest.data("user.listings.pageInfo.hasPreviousPage"), true);
    let oldest = json!({ "first": 2, "orderBy": [{ "field": "PUBLISHED_AT" }] });
    let oldest = listings(&viewer, &users[0], oldest).await;
    assert_eq!(oldest.column("user.listings.nodes", "title"), ["0/11", "0/10"]);
    let none = listings(&viewer, &users[0], json!({ "first": 0 })).await;
    assert_eq!(none.data("user.listings.nodes"), json!([]));
    assert_eq!(none.data("user.listings.totalCount"), 12);
}

#[tokio::test]
async fn a_filter_is_judged_and_counted_with() {
    let (desk, users) = desk_of(&[3]).await;
    let closed = Listing { state: ListingState::Closed, ..desk.listing(&users[0], "closed", 40) };
    desk.put::<Listings, _>(vec![closed]).await;
    let viewer = desk.read_only();
    for (filter, titles) in [
        (json!({ "state": { "eq": "CLOSED" } }), vec!["closed"]),
        (json!({ "state": { "ne": "CLOSED" } }), vec!["0/0", "0/1", "0/2"]),
        (json!({ "publishedAt": { "within": { "last": 1, "unit": "DAYS" } } }), vec!["0/0", "0/1"]),
        (json!({ "state": { "eq": "SUSPENDED" } }), vec![]),
    ] {
        let found = listings(&viewer, &users[0], json!({ "where": filter })).await;
        assert_eq!(found.column("user.listings.nodes", "title"), titles, "{filter}");
        assert_eq!(found.data("user.listings.totalCount"), titles.len(), "{filter}");
    }
    for (wrong, code) in [
        (json!({ "first": 101 }), "PAGE_TOO_LARGE"),
        (json!({ "first": -1 }), "BAD_INPUT"),
        (json!({ "after": "nonsense" }), "BAD_INPUT"),
        (json!({ "where": { "state": {} } }), "BAD_INPUT"),
        (json!({ "orderBy": vec![json!({ "field": "PUBLISHED_AT" }); 6] }), "TOO_MANY_ORDERS"),
    ] {
        let answer = listings(&viewer, &users[0], wrong.clone()).await;
        assert_eq!(answer.code(), Some(code), "{wrong}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_cursor_goes_on_in_the_list_that_it_comes_from_and_in_no_other() {
    let (desk, users) = desk_of(&[3, 3]).await;
    let viewer = desk.read_only();
    let cursor = listings(&viewer, &users[0], json!({ "first": 1 })).await;
    let cursor = cursor.text("user.listings.pageInfo.endCursor");
    let own = listings(&viewer, &users[0], json!({ "after": cursor })).await;
    assert_eq!(own.column("user.listings.nodes", "title"), ["0/1", "0/2"]);
    for (user, arguments) in [
        (&users[1], json!({ "after": cursor })),
        (&users[0], json!({ "after": cursor, "orderBy": [{ "field": "PUBLISHED_AT" }] })),
        (&users[0], json!({ "after": cursor, "where": { "state": { "eq": "PUBLISHED" } } })),
    ] {
        let answer = listings(&viewer, user, arguments.clone()).await;
        assert_eq!(answer.code(), Some("CURSOR_MISMATCH"), "{arguments}");
    }
    let top = viewer.ask("{ users { pageInfo { endCursor } } }").await.text("users.pageInfo.endCursor");
    assert_eq!(listings(&viewer, &users[0], json!({ "after": top })).await.code(), Some("CURSOR_MISMATCH"));
    // on a page of users, each of the others is told so, and the one whose it is has the rest
    let page = viewer
        .ask_with(
            "query ($after: String) { users(orderBy: [{ field: ID }]) { nodes { listings(after: $after) { nodes { title } } } } }",
            json!({ "after": cursor }),
        )
        .await;
    assert_eq!(page.code(), Some("CURSOR_MISMATCH"));
    assert_eq!(page.body["errors"].as_array().unwrap().len(), 1, "{}", page.body);
}

/// Everything about the listings of a page of users.
const PAGE: &str =
    "query ($first: Int) { users(first: $first, orderBy: [{ field: ID }]) { nodes { id listings(first: 3) {
    totalCount few: totalCount(limit: 2) pageInfo { hasNextPage hasPreviousPage }
    facets(by: [STATE]) { buckets { key count } }
    nodes { title user { id name { first } listings(first: 1) { totalCount nodes { title } } } }
} } } }";

#[tokio::test]
async fn a_page_of_users_takes_as_many_statements_as_one() {
    let counts: Vec<usize> = (0..60).map(|at| at % 6).collect();
    let (desk, users) = desk_of(&counts).await;
    let viewer = desk.read_only();
    let mut taken = Vec::new();
    for first in [2, 5, 50] {
        let asked = viewer.ask_with(PAGE, json!({ "first": first }));
        let (answer, statements) = desk.statements_of(asked).await;
        let shown = answer.data("users.nodes");
        for (at, user) in shown.as_array().unwrap().iter().enumerate() {
            assert_eq!(user["id"], users[at]);
            let list = &user["listings"];
            assert_eq!(list["totalCount"], counts[at]);
            assert_eq!(list["few"], counts[at].min(2));
            assert_eq!(list["pageInfo"]["hasNextPage"], counts[at] > 3);
            assert_eq!(list["facets"][0]["buckets"][1], json!({ "key": "PUBLISHED", "count": counts[at] }));
            let titles: Vec<String> = (0..counts[at].min(3)).map(|day| format!("{at}/{day}")).collect();
            let nodes = list["nodes"].as_array().unwrap();
            assert_eq!(nodes.iter().map(|node| node["title"].as_str().unwrap()).collect::<Vec<_>>(), titles);
            for node in nodes {
                assert_eq!(node["user"]["id"], users[at]);
                assert_eq!(node["user"]["listings"]["totalCount"], counts[at]);
                assert_eq!(node["user"]["listings"]["nodes"][0]["title"], format!("{at}/0"));
            }
        }
        taken.push(statements.len());
    }
    // users, their listings, two counts, one facet, users of listings, their listings, their counts
    assert_eq!(taken, [8, 8, 8]);
}

#[tokio::test]
async fn long_filters_find_the_same_however_many_statements_they_take() {
    let (desk, users) = desk_of(&[2; 30]).await;
    let viewer = desk.read_only();
    let words = vec!["PUBLISHED"; 450];
    let document = "query ($w: ListingWhere) { users(first: 30, orderBy: [{ field: ID }]) { nodes { id listings(where: $w) {
        totalCount nodes { title } } } } }";
    let asked = viewer.ask_with(document, json!({ "w": { "state": { "in": words } } }));
    let (answer, statements) = desk.statements_of(asked).await;
    let ids = answer.column("users.nodes", "id");
    assert_eq!(ids, users);
    assert_eq!(answer.column("users.nodes", "listings.totalCount"), vec![json!(2); 30]);
    for (at, first) in answer.column("users.nodes", "listings.nodes.0.title").iter().enumerate() {
        assert_eq!(first, &json!(format!("{at}/0")));
    }
    // PostgreSQL takes the filter once, however many users it is for
    let parts = if is_postgres() { 1 } else { 2 };
    assert_eq!(statements.len(), 1 + parts + parts, "{}", statements.len());
}

#[tokio::test]
async fn who_only_counts_reads_no_rows() {
    let (desk, users) = desk_of(&[3]).await;
    let document = "query ($id: ID!) { user(by: { id: $id }) { listings { totalCount } } }";
    let viewer = desk.read_only();
    let (_, statements) = desk.statements_of(viewer.ask_with(document, json!({ "id": users[0] }))).await;
    assert_eq!(statements.len(), 2, "{statements:?}");
}

#[tokio::test]
async fn what_belongs_to_users_out_of_scope_is_not_shown() {
    let desk = Desk::open().await;
    let german = desk.add_user_to("DE", json!({})).await;
    let lead = desk.add_user(json!({})).await;
    let verified = desk.add_user(json!({})).await;
    desk.verify(&verified).await;
    desk.put::<Listings, _>(vec![
        Listing { account: "DE".into(), ..desk.listing(&german, "german", 1) },
        desk.listing(&lead, "lead", 1),
        desk.listing(&verified, "verified", 1),
    ])
    .await;
    let titles = "{ users(orderBy: [{ field: ID }]) { nodes { listings { nodes { title user { id } } } } } }";
    for (viewer, expected) in [
        (desk.read_only(), vec!["german", "lead", "verified"]),
        (desk.person_in(&["read-only"], &["FR"]), vec!["lead", "verified"]),
        (desk.person_in(&["read-only"], &[]), vec![]),
        (desk.person(&["marketing"]), vec!["german", "lead"]),
    ] {
        let answer = viewer.ask(titles).await;
        assert_eq!(answer.column("users.nodes", "listings.nodes.0.title"), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// However many there are of one instant, a walk shows each row once, in the order that it was asked for.
    #[test]
    fn a_walk_shows_each_row_once(
        days in prop::collection::vec(0_i64..4, 0..25),
        size in 1_usize..7,
        descending in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (desk, users) = desk_of(&[0, 4]).await;
            let mut rows: Vec<Listing> =
                days.iter().enumerate().map(|(at, day)| desk.listing(&users[0], &at.to_string(), *day)).collect();
            if !rows.is_empty() {
                desk.put::<Listings, _>(rows.clone()).await;
            }
            rows.sort_by_key(|row| (row.published_at, row.id));
            if descending {
                rows.reverse();
            }
            let direction = if descending { "DESC" } else { "ASC" };
            let viewer = desk.read_only();
            let (mut walked, mut after) = (Vec::new(), Value::Null);
            loop {
                let order = json!([{ "field": "PUBLISHED_AT", "direction": direction }]);
                let page = json!({ "first": size, "after": after, "orderBy": order });
                let page = listings(&viewer, &users[0], page).await;
                let ids = page.column("user.listings.nodes", "id");
                assert!(ids.len() <= size && walked.len() <= rows.len());
                walked.extend(ids.iter().map(|id| uuid(id.as_str().unwrap())));
                if page.data("user.listings.pageInfo.hasNextPage") == false {
                    break;
                }
                after = page.data("user.listings.pageInfo.endCursor");
            }
            assert_eq!(walked, rows.iter().map(|row| row.id).collect::<Vec<_>>());
        });
    }
}

/// What belongs to a page of users is read at once, and most of it written at once: to each it is what it is to one alone.
#[tokio::test]
async fn users_of_a_page_have_the_lists_that_they_have_alone() {
    // what is written at once; what the library has to merge or to choose, and with it all of its user
    const LIBRARY: [&str; 3] = [
        "",
        "... on User { listings(first: 2) { nodes { state } } }",
        "wallets @include(if: true) { nodes { id } }",
    ];
    let lists = |more: &str| {
        format!(
            "fragment Lists on User {{
                reference
                listings(first: 2) {{ nodes {{ id title }} edges {{ cursor }} }}
                oldest: listings(orderBy: [{{ field: PUBLISHED_AT }}], first: 1) {{ edges {{ cursor node {{ title }} }} }}
                recent: listings(where: {{ publishedAt: {{ within: {{ last: 1, unit: DAYS }} }} }}) {{ nodes {{ title }} }}
                counted: listings(first: 1) {{ totalCount nodes {{ title }} pageInfo {{ endCursor hasNextPage }} }}
                kyc {{ status reviews {{ nodes {{ id }} }} }}
                bankAccounts {{ nodes {{ id }} }}
                documents {{ nodes {{ id }} }}
                {more}
            }}"
        )
    };
    let (desk, users) = desk_of(&[3, 0, 1, 2]).await;
    for viewer in [desk.admin(), desk.compliance(), desk.read_only(), desk.person_in(&["marketing"], &["FR"])]
    {
        for (list, lists) in ["nodes { id ...Lists }", "edges { node { id ...Lists } }"]
            .into_iter()
            .flat_map(|list| LIBRARY.map(|more| (list, lists(more))))
        {
            let page = viewer.ask(&format!("{{ users {{ {list} }} }} {lists}")).await;
            let page: Vec<Value> = if list.starts_with("nodes") {
                page.data("users.nodes").as_array().expect("users").clone()
            } else {
                let edges = page.data("users.edges");
                edges.as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
            };
            assert_eq!(page.len(), users.len());
            for user in page {
                let alone =
                    format!("query ($id: ID!) {{ user(by: {{ id: $id }}) {{ id ...Lists }} }} {lists}");
                let alone = viewer.ask_with(&alone, json!({ "id": user["id"] })).await;
                assert_eq!(user, alone.data("user"));
            }
        }
    }
    // a cursor is one user's: the others are told so, wherever that one stands
    let ends =
        desk.admin().ask("{ users { nodes { id listings(first: 1) { pageInfo { endCursor } } } } }").await;
    for (place, user) in ends.data("users.nodes").as_array().expect("users").iter().enumerate() {
        let Some(cursor) = user["listings"]["pageInfo"]["endCursor"].as_str() else { continue };
        let after =
            "query ($after: String) { users { nodes { id listings(after: $after) { nodes { title } } } } }";
        let answer = desk.admin().ask_with(after, json!({ "after": cursor })).await;
        let failed: Vec<u64> = answer.body["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| error["path"][2].as_u64().expect("an index"))
            .collect();
        assert!(!failed.contains(&(place as u64)), "{}", answer.body);
        assert_eq!(failed.len(), users.len() - 1, "{}", answer.body);
    }
}
