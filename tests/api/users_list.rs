//! What a list costs and shows: counts only when they are asked for, a fixed number of statements however long the page
//! is, only the columns that were selected, and every way that GraphQL has to ask for the same thing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Desk, population::Population};

/// A desk with so many users, who have everything that belongs to users.
async fn desk_of(size: usize) -> Desk {
    let desk = Desk::open().await;
    Population::drawn(50, size).moves_into(&desk).await;
    desk
}

/// The statements that a question takes; it is answered without errors.
async fn statements(desk: &Desk, document: &str) -> Vec<String> {
    let viewer = desk.read_only();
    let (answer, statements) = desk.statements_of(viewer.ask(document)).await;
    assert_eq!(answer.body.get("errors"), None, "{document}");
    statements
}

/// The columns of `users` that a statement selects.
fn columns(statement: &str) -> BTreeSet<&str> {
    let (selected, _) = statement.split_once(" FROM ").expect("a select");
    selected.split(r#""users".""#).skip(1).map(|part| part.split('"').next().expect("a name")).collect()
}

#[tokio::test]
async fn a_list_is_counted_up_to_a_limit() {
    let desk = desk_of(30).await;
    let document = "{ users(first: 3) {
        all: totalCount allPrecision: totalCountPrecision
        exact: totalCount(limit: 30) exactPrecision: totalCountPrecision(limit: 30)
        less: totalCount(limit: 29) lessPrecision: totalCountPrecision(limit: 29)
        none: totalCount(limit: 0) nonePrecision: totalCountPrecision(limit: 0)
    } }";
    let answer = desk.read_only().ask(document).await;
    let counts = json!({
        "all": 30, "allPrecision": "EXACT",
        "exact": 30, "exactPrecision": "EXACT",
        "less": 29, "lessPrecision": "AT_LEAST",
        "none": 0, "nonePrecision": "AT_LEAST",
    });
    assert_eq!(answer.data("users"), counts);
    let document =
        "{ users(where: {lastName: {in: []}}) { totalCount(limit: 0) totalCountPrecision(limit: 0) } }";
    let nobody = desk.read_only().ask(document).await.data("users");
    assert_eq!(nobody, json!({ "totalCount": 0, "totalCountPrecision": "EXACT" }));
}

#[tokio::test]
async fn the_count_is_of_the_filter_and_the_search_and_never_of_the_page() {
    let desk = desk_of(40).await;
    let document = "query ($after: String) {
        users(where: {account: {eq: \"FR\"}}, search: \"ann\", first: 1, after: $after) {
            totalCount nodes { id } pageInfo { endCursor hasNextPage }
        }
    }";
    let viewer = desk.read_only();
    let first = viewer.ask(document).await;
    let total = first.data("users.totalCount").as_u64().unwrap();
    assert!(total > 1);
    let mut seen = 1;
    let mut page = first;
    while page.data("users.pageInfo.hasNextPage") == true {
        page = viewer.ask_with(document, json!({ "after": page.data("users.pageInfo.endCursor") })).await;
        assert_eq!(page.data("users.totalCount"), total);
        seen += 1;
    }
    assert_eq!(seen, total);
}

#[tokio::test]
async fn a_plain_page_takes_one_statement_and_each_extra_one_more() {
    let desk = desk_of(30).await;
    let cursor = desk.read_only().ask("{ users(first: 3) { pageInfo { endCursor } } }").await;
    let cursor = cursor.text("users.pageInfo.endCursor");
    for (selection, count) in [
        ("nodes { id }", 1),
        ("edges { cursor node { id email name { display } active } } pageInfo { endCursor hasNextPage }", 1),
        ("nodes { id } totalCount", 2),
        ("nodes { id } totalCount totalCountPrecision", 2),
        ("nodes { id } pageInfo { hasNextPage endCursor }", 1),
        ("nodes { id } pageInfo { hasPreviousPage }", 2),
        ("nodes { id } pageInfo { ...on PageInfo { back: hasPreviousPage } }", 2),
    ] {
        let document = format!(r#"{{ users(first: 5, after: "{cursor}") {{ {selection} }} }}"#);
        assert_eq!(statements(&desk, &document).await.len(), count, "{selection}");
    }
    let counted = statements(&desk, "{ users { nodes { id } totalCount } }").await;
    assert!(counted.iter().any(|sql| sql.contains("COUNT(")), "{counted:?}");
    let plain =
        statements(&desk, "{ users { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }").await;
    assert!(!plain.iter().any(|sql| sql.contains("COUNT(")), "{plain:?}");
}

#[tokio::test]
async fn a_long_page_takes_as_many_statements_as_a_short_one() {
    let desk = desk_of(60).await;
    let document = |size: usize| {
        format!(
            "{{ users(first: {size}) {{ nodes {{
                account {{ code name }} groups {{ key }} externalIds {{ system value }} spokenLanguages
                postalAddress {{ city }} secondaryAddress {{ city countryName }} locationAddress {{ country }}
            }} }} }}"
        )
    };
    // the page, accounts, groups, members, external ids, languages, and addresses of all kinds at once
    for size in [1, 5, 50] {
        assert_eq!(statements(&desk, &document(size)).await.len(), 7, "{size}");
    }
    for (relation, count) in [
        ("account { name }", 2),
        ("groups { key }", 3),
        ("externalIds { value }", 2),
        ("spokenLanguages", 2),
        ("postalAddress { city } locationAddress { city }", 2),
    ] {
        let document = format!("{{ users(first: 50) {{ nodes {{ {relation} }} }} }}");
        assert_eq!(statements(&desk, &document).await.len(), count, "{relation}");
    }
}

#[tokio::test]
async fn only_what_is_selected_is_read() {
    let desk = desk_of(10).await;
    let read = async |document: &str| {
        let statements = statements(&desk, document).await;
        columns(&statements[0]).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    // the id always, and what the list is sorted by
    for (selection, expected) in [
        ("nodes { id }", vec!["created_at", "id"]),
        ("nodes { __typename }", vec!["created_at", "id"]),
        ("nodes { email }", vec!["created_at", "email", "id"]),
        ("edges { node { email } }", vec!["created_at", "email", "id"]),
        ("nodes { email } edges { node { phone } }", vec!["created_at", "email", "id", "phone"]),
        ("a: nodes { email } b: nodes { phone }", vec!["created_at", "email", "id", "phone"]),
        ("nodes { active mail: email }", vec!["created_at", "email", "id", "status"]),
        ("nodes { birth { date } }", vec!["birth_country", "birth_date", "birth_place", "created_at", "id"]),
        ("nodes { account { code } }", vec!["account", "created_at", "id"]),
        (
            "nodes { groups { key } }",
            vec!["created_at", "email_verified", "id", "kyc_status", "phone_verified"],
        ),
        ("nodes { email @skip(if: true) tag }", vec!["created_at", "id", "tag"]),
        ("nodes { ... @include(if: false) { email } tag }", vec!["created_at", "id", "tag"]),
    ] {
        assert_eq!(read(&format!("{{ users {{ {selection} }} }}")).await, expected, "{selection}");
    }
    let (_, counting) = desk.statements_of(desk.read_only().ask("{ users { totalCount } }")).await;
    assert_eq!(counting.len(), 1, "a list that is only counted is not read: {counting:?}");
    let sorted = "{ users(orderBy: [{field: NAME}, {field: COUNTRY}]) { nodes { id } } }";
    assert_eq!(read(sorted).await, ["country", "first_name_folded", "id", "last_name_folded"]);
    let filtered = "{ users(where: {email: {contains: \"a\"}}, search: \"b\") { nodes { id } } }";
    assert_eq!(read(filtered).await, ["created_at", "id"]);
}

#[tokio::test]
async fn nodes_and_edges_show_the_same_users() {
    let desk = desk_of(12).await;
    let document = "{ users(orderBy: [{field: NAME}]) {
        nodes { id name { first last } groups { key } }
        edges { cursor node { id name { first last } groups { key } } }
        pageInfo { startCursor endCursor }
    } }";
    let answer = desk.read_only().ask(document).await;
    assert_eq!(answer.data("users.nodes"), Value::Array(answer.column("users.edges", "node")));
    let cursors = answer.column("users.edges", "cursor");
    assert_eq!(cursors.first(), Some(&answer.data("users.pageInfo.startCursor")));
    assert_eq!(cursors.last(), Some(&answer.data("users.pageInfo.endCursor")));
    let unique: BTreeSet<_> = cursors.iter().map(ToString::to_string).collect();
    assert_eq!(unique.len(), 12);
}

#[tokio::test]
async fn fragments_aliases_and_directives_ask_for_the_same() {
    let desk = desk_of(12).await;
    let viewer = desk.read_only();
    let plain = "{ users(first: 4) { nodes { id email name { display } account { name } groups { key } } } }";
    let plain = viewer.ask(plain).await.data("users.nodes");

    let fragments = "query ($yes: Boolean!) {
        users(first: 4) { ...Page }
    }
    fragment Page on UserConnection { nodes { id ...Contact ...on User { account { name } } ...Groups @include(if: $yes) } }
    fragment Contact on User { email name { ...Name } }
    fragment Name on PersonName { display }
    fragment Groups on User { groups @skip(if: false) { key } }";
    let shown = viewer.ask_with(fragments, json!({ "yes": true })).await;
    assert_eq!(shown.data("users.nodes"), plain);
    let shown = viewer.ask_with(fragments, json!({ "yes": false })).await;
    assert_eq!(shown.data("users.nodes.0").get("groups"), None);
    assert_eq!(shown.data("users.nodes.0.email"), plain[0]["email"]);

    let aliases = "{
        page: users(first: 4) { rows: nodes { key: id mail: email called: name { full: display } } }
        last: users(last: 2) { nodes { phone } }
        none: users(where: {or: []}) { nodes { mobile } }
    }";
    let shown = viewer.ask(aliases).await;
    let row = json!({
        "key": plain[1]["id"], "mail": plain[1]["email"], "called": { "full": plain[1]["name"]["display"] },
    });
    assert_eq!(shown.data("page.rows.1"), row);
    assert_eq!(shown.column("last.nodes", "phone").len(), 2);
    assert_eq!(shown.data("none.nodes"), json!([]));

    // one response key, selected in two places
    let merged =
        "{ users(first: 4) { nodes { id } nodes { email } } users(first: 4) { nodes { name { display } } } }";
    let shown = viewer.ask(merged).await;
    for field in ["id", "email", "name.display"] {
        let pointer = field.replace('.', "/");
        assert_eq!(
            shown.data(&format!("users.nodes.2.{field}")),
            *plain[2].pointer(&format!("/{pointer}")).unwrap()
        );
    }
}

#[tokio::test]
async fn a_list_and_its_count_stay_within_the_accounts_of_the_caller() {
    let desk = desk_of(21).await;
    let document = "{ users(first: 100) { totalCount nodes { account { code } } } }";
    for (accounts, count) in
        [(vec!["FR"], 11), (vec!["DE"], 10), (vec!["FR", "DE"], 21), (vec!["XX"], 0), (vec![], 0)]
    {
        let answer = desk.person_in(&["read-only"], &accounts).ask(document).await;
        assert_eq!(answer.data("users.totalCount"), count, "{accounts:?}");
        let codes = answer.column("users.nodes", "account.code");
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| accounts.contains(&code.as_str().unwrap())));
    }
}
