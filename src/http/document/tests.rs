//! What documents cost and weigh, and which are refused.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::hostile::hostile_text;

fn admitted(text: &str, variables: Value) -> Result<Admitted, Refusal> {
    admit(
        &KnownDocuments::default(),
        text,
        None,
        &Variables::from_json(variables),
        &Limits::default(),
        &Outline::new(),
    )
}

#[track_caller]
fn cost(text: &str) -> u32 {
    admitted(text, json!({})).unwrap().cost.requested
}

fn code(text: &str) -> Option<ErrorCode> {
    admitted(text, json!({})).err().map(|refusal| refusal.code)
}

#[test]
fn an_object_costs_one_and_a_page_its_size_times_each_item() {
    assert_eq!(cost("{ viewer { subject } }"), 1);
    assert_eq!(cost("{ viewer { subject accounts { code } } }"), 2);
    assert_eq!(cost("{ users(first: 2) { nodes { id } } }"), 3, "the page and two users");
    assert_eq!(cost("{ users { nodes { id name { last } kyc { level } } } }"), 76, "25 when nothing is said");
    assert_eq!(cost("{ users(first: 3) { totalCount pageInfo { endCursor } nodes { id } } }"), 5);
    assert_eq!(cost("{ users(first: 3) { edges { cursor node { name { last } } } } }"), 10);
    assert_eq!(cost("{ users(last: 4) { nodes { id } edges { cursor } } }"), 9);
    assert_eq!(cost("{ users { totalCount } }"), 1, "a list that is only counted");
    assert_eq!(
        cost("{ users { facets(by: [STATUS, COUNTRY, STATUS]) { by } } }"),
        22,
        "each facet is a count of everything"
    );
    assert_eq!(
        cost(
            "{ users { totalCount(limit: 4000000000) a: totalCount(limit: 1) totalCountPrecision(limit: 1) } }"
        ),
        31,
        "and so is each count with a limit of its own"
    );
    assert_eq!(
        cost("{ financeReport(from: \"2026-01-01\", to: \"2026-12-31\") { rows { sum } } }"),
        502,
        "a report adds up a year"
    );
    assert_eq!(cost("mutation { userFreeze(id: 1) { user { id } } }"), 10, "a mutation at least");
    // however it is written
    assert_eq!(
        cost(
            "{ ...Q } fragment Q on Query { users(first: 2) { ...C } } fragment C on UserConnection { nodes { id } }"
        ),
        3
    );
    assert_eq!(cost("{ users(first: 2) { ... on UserConnection { nodes { ... { id } } } } }"), 3);
}

#[test]
fn a_list_below_a_page_costs_its_size_for_each_item_of_the_page() {
    assert_eq!(cost("{ user(by: { id: 1 }) { listings { nodes { id } } } }"), 12, "the user, the page, ten");
    assert_eq!(
        cost("{ user(by: { id: 1 }) { history(before: \"x\") { nodes { id } } } }"),
        12,
        "the same from its end"
    );
    let numbered = "{ user(by: { id: 1 }) { history(page: { page: 2 }) { nodes { id } } } }";
    assert_eq!(cost(numbered), 27, "a page by its number has 25, wherever it is");
    assert_eq!(cost("{ users(first: 5) { nodes { listings(first: 3) { nodes { id user { id } } } } } }"), 41);
    assert_eq!(cost("{ users(first: 5) { nodes { listings { totalCount } } } }"), 11);
    assert_eq!(cost("{ users(first: 5) { nodes { listings { facets(by: [STATE]) { by } } } } }"), 66);
    let lists = |users: u32, lists: usize, size: u32| {
        let list = format!("listings(first: {size}) {{ nodes {{ id }} }} ").repeat(lists);
        code(&format!("{{ users(first: {users}) {{ nodes {{ id {list} }} }} }}"))
    };
    assert_eq!(lists(50, 3, 10), None);
    assert_eq!(lists(100, 4, 10), None);
    assert_eq!(lists(100, 1, 100), Some(ErrorCode::TooCostly));
    let deeper = "{ users(first: 10) { nodes { listings { nodes { user { listings { nodes { user {
        listings { nodes { id } } } } } } } } } } }";
    assert_eq!(code(deeper), Some(ErrorCode::TooCostly));
}

#[test]
fn a_page_size_may_come_from_anywhere() {
    let cost = |text: &str, variables| admitted(text, variables).unwrap().cost.requested;
    let by = "query ($n: Int) { users(first: $n) { nodes { id } } }";
    assert_eq!(cost(by, json!({ "n": 7 })), 8);
    assert_eq!(cost(by, json!({})), 26);
    assert_eq!(cost("query ($n: Int = 9) { users(first: $n) { nodes { id } } }", json!({})), 10);
    assert_eq!(cost("query ($n: Int = 9) { users(first: $n) { nodes { id } } }", json!({ "n": 2 })), 3);
    assert_eq!(cost("{ users(page: { perPage: 7 }) { nodes { id } } }", json!({})), 8);
    assert_eq!(
        cost("query ($n: Int) { users(page: { perPage: $n }) { nodes { id } } }", json!({ "n": 7 })),
        8
    );
    let page = "query ($p: PageInput) { users(page: $p) { nodes { id } } }";
    assert_eq!(cost(page, json!({ "p": { "page": 2, "perPage": 7 } })), 8);
    assert_eq!(cost(page, json!({ "p": { "page": 2 } })), 26);
    // and counts whatever of the rest is not there
    let absent = "query ($p: Int) { users(page: { page: $p, perPage: 100 }) { nodes { id } } }";
    assert_eq!(cost(absent, json!({})), 101);
    // what is no size is refused later, with its own reason
    assert_eq!(cost(by, json!({ "n": 1_000_000 })), 101);
    assert_eq!(cost(by, json!({ "n": -1 })), 1);
    assert_eq!(cost(by, json!({ "n": "all" })), 26);
}

#[test]
fn many_values_cost_wherever_they_are_used() {
    let cost = |text: &str, variables| admitted(text, variables).map(|admitted| admitted.cost.requested);
    let one = "query ($w: UserWhere) { users(where: $w) { totalCount } }";
    let tags = |count: usize| json!({ "w": { "tag": { "in": vec!["x"; count] } } });
    // an object is a value, too, also when it is empty
    assert_eq!(cost(one, tags(7)), Ok(1));
    assert_eq!(cost(one, tags(8)), Ok(2));
    assert_eq!(cost(one, json!({ "w": { "or": vec![json!({}); 2000] } })), Ok(201));
    assert_eq!(cost(one, tags(500)), Ok(51));
    assert_eq!(
        cost(
            "query ($v: [String!]) { users(where: { tag: { in: $v } }) { totalCount } }",
            json!({ "v": vec!["x"; 500] })
        ),
        Ok(51)
    );
    let literal = format!("{{ users(where: {{ tag: {{ in: [{}] }} }}) {{ totalCount }} }}", "1 ".repeat(200));
    assert_eq!(cost(&literal, json!({})), Ok(21));
    let default = format!(
        "query ($v: [Int] = [{}]) {{ users(where: {{ tag: {{ in: $v }} }}) {{ totalCount }} }}",
        "1 ".repeat(200)
    );
    assert_eq!(cost(&default, json!({})), Ok(21));
    let often = |times: usize| {
        let root = |at: usize| format!("a{at}: users(where: $w) {{ totalCount }} ");
        let roots: String = (0..times).map(root).collect();
        format!("query ($w: UserWhere) {{ {roots} }}")
    };
    assert_eq!(cost(&often(1), tags(25_000)), Ok(2501));
    assert_eq!(cost(&often(2), tags(25_000)).map_err(|refusal| refusal.code), Err(ErrorCode::TooCostly));
}

#[test]
fn only_the_operation_that_runs_is_charged() {
    let text = "query A { viewer { subject } } query B { users { nodes { id } } }";
    let cost = |name| {
        let admitted = admit(
            &KnownDocuments::default(),
            text,
            Some(name),
            &Variables::default(),
            &Limits::default(),
            &Outline::new(),
        )
        .unwrap();
        (admitted.cost.requested, admitted.field.unwrap())
    };
    assert_eq!(cost("A"), (1, "viewer".into()));
    assert_eq!(cost("B"), (26, "users".into()));
}

/// Passwords may stand in a document, where somebody did not give them as variables.
#[test]
fn documents_that_may_hold_a_password_are_not_kept() {
    let (known, outline) = (KnownDocuments::default(), Outline::new());
    let is_kept = |text: &str| {
        let _ = admit(&known, text, None, &Variables::default(), &Limits::default(), &outline);
        known.is_kept(text)
    };
    assert!(is_kept("{ viewer { subject } }"));
    for secret in [
        "mutation { signIn(input: { userName: \"ada\", password: \"otter\" }) { errors { code } } }",
        "mutation { sessionConfirm(input: { password: \"otter\" }) { errors { code } } }",
        "mutation { passwordChange(input: { currentPassword: \"otter\", newPassword: \"cello\" }) { done } }",
        "mutation { ...F } fragment F on Mutation { sessionConfirm(input: { password: \"otter\" }) { errors { code } } }",
        // refused
        "mutation A { signIn(input: { userName: \"ada\", password: \"otter\" }) { errors { code } } } query B { viewer { name } }",
    ] {
        assert!(!is_kept(secret), "{secret}");
    }
}

#[test]
fn the_operation_has_to_be_clear() {
    let two = "query A { viewer { subject } } query B { viewer { subject } }";
    assert_eq!(code(two), Some(ErrorCode::OperationNameRequired));
    let named = |text, name| {
        let name = Some(name);
        admit(
            &KnownDocuments::default(),
            text,
            name,
            &Variables::default(),
            &Limits::default(),
            &Outline::new(),
        )
        .err()
        .map(|refusal| refusal.code)
    };
    assert_eq!(named(two, "B"), None);
    assert_eq!(named(two, "C"), Some(ErrorCode::OperationNotFound));
    assert_eq!(named("{ viewer { subject } }", "A"), Some(ErrorCode::OperationNotFound));
}

#[test]
fn what_the_parser_refuses_is_not_quoted() {
    for (text, code) in [
        ("{ secret", ErrorCode::SyntaxError),
        ("", ErrorCode::SyntaxError),
        ("fragment Secret on User { id }", ErrorCode::SyntaxError),
        ("{ secret(a: \"\\ud800\") }", ErrorCode::SyntaxError),
        ("{ viewer { subject } } query Secret { viewer { subject } }", ErrorCode::ValidationFailed),
        ("query Secret { a } query Secret { a }", ErrorCode::ValidationFailed),
        ("{ a } fragment Secret on User { id } fragment Secret on User { id }", ErrorCode::ValidationFailed),
        ("{ ...Secret } fragment Secret on Query { ...Secret ...Secret }", ErrorCode::ValidationFailed),
    ] {
        let refusal = admitted(text, json!({})).unwrap_err();
        assert_eq!(refusal.code, code, "{text}");
        assert!(!refusal.message.to_lowercase().contains("secret"), "{}", refusal.message);
    }
    let refusal = admitted("{\n  viewer {{ }", json!({})).unwrap_err();
    assert_eq!(refusal.locations, [Pos { line: 2, column: 11 }]);
}

/// Fragments of which each spreads the next one twice, down to one with a field.
fn doubling(levels: usize) -> String {
    let spread = |level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1);
    let fragments: String = (0..levels).map(spread).collect();
    format!("{{ ...F0 }} {fragments} fragment F{levels} on Query {{ viewer {{ name }} }}")
}

#[test]
fn fragments_count_wherever_they_are_spread() {
    assert_eq!(code(&doubling(4)), None, "sixteen at the top");
    assert_eq!(code(&doubling(5)), Some(ErrorCode::TooManyRootFields));
    assert_eq!(code(&doubling(9)), Some(ErrorCode::TooManyRootFields), "1024 fields");
    assert_eq!(code(&doubling(10)), Some(ErrorCode::TooManyFields), "2048 fields");
    assert_eq!(code(&doubling(19)), Some(ErrorCode::TooManyFields), "a million fields");
    assert_eq!(code(&doubling(20)), Some(ErrorCode::TooManyFragmentSpreads));
    let chain = |length: usize| {
        let fragment = |at: usize| format!("fragment F{at} on Query {{ ...F{} }} ", at + 1);
        let fragments: String = (0..length).map(fragment).collect();
        format!("{{ ...F0 }} {fragments} fragment F{length} on Query {{ viewer {{ name }} }}")
    };
    assert_eq!(code(&chain(29)), None);
    assert_eq!(code(&chain(30)), Some(ErrorCode::TooDeep), "the library recurses");
    // and no walk is deep when the lower fragments are weighed first
    let upwards = chain(30).replacen("...F0", "...F20 ...F10 ...F0", 1);
    assert_eq!(code(&upwards), Some(ErrorCode::TooDeep));
}

#[test]
fn every_limit_of_a_document_has_its_code() {
    let operation = |at: usize| format!("query Q{at} {{ viewer {{ subject }} }} ");
    let operations: String = (0..11).map(operation).collect();
    assert_eq!(code(&operations), Some(ErrorCode::TooManyOperations));
    let aliases = |count: usize| (0..count).fold(String::new(), |all, at| format!("{all} a{at}: subject"));
    assert_eq!(code(&format!("{{ viewer {{ {} }} }}", aliases(30))), None);
    assert_eq!(code(&format!("{{ viewer {{ {} }} }}", aliases(31))), Some(ErrorCode::TooManyAliases));
    let spread_aliases =
        format!("{{ a: viewer {{ ...F }} b: viewer {{ ...F }} }} fragment F on Viewer {{ {} }}", aliases(15));
    assert_eq!(code(&spread_aliases), Some(ErrorCode::TooManyAliases), "32 once written out");
    let roots = |count: usize| format!("{{ {} }}", "viewer { subject } ".repeat(count));
    assert_eq!(code(&roots(20)), None);
    assert_eq!(code(&roots(21)), Some(ErrorCode::TooManyRootFields));
    let deep =
        |depth: usize| format!("{}subject{}", "{ viewer ".repeat(depth - 1) + "{ ", " }".repeat(depth));
    assert_eq!(code(&deep(12)), None);
    assert_eq!(code(&deep(13)), Some(ErrorCode::TooDeep));
    let expensive = "{ a: users(first: 100) { ...P } b: users(first: 100) { ...P } } fragment P on UserConnection { nodes { ...U } }
        fragment U on User { ";
    let objects = |count: usize| format!("{expensive} {} }}", "name { last } ".repeat(count));
    assert_eq!(code(&objects(23)), None, "2 and 200 times 24");
    assert_eq!(code(&objects(25)), Some(ErrorCode::TooCostly), "2 and 200 times 26");
    let refusal = admitted(&objects(25), json!({})).unwrap_err();
    assert_eq!(refusal.cost, Some(Cost { requested: 5202, limit: 5000 }));
}

#[test]
fn the_schema_is_read_but_not_over_and_over() {
    let members = |times: usize| {
        format!(
            "{{ __schema {{ types {}name{} }} }}",
            "{ fields { type ".repeat(times) + "{ ",
            " }".repeat(2 * times + 1)
        )
    };
    assert_eq!(code(&members(1)), None);
    assert_eq!(code(&members(2)), None);
    assert_eq!(code(&members(3)), Some(ErrorCode::TooDeep));
    let members = "fields { name args { name } type { fields { name args { name } } } }";
    let types = (0..20).map(|at| format!("t{at}: __schema {{ types {{ {members} }} }} "));
    assert_eq!(code(&format!("{{ {} }}", types.collect::<String>())), Some(ErrorCode::TooCostly));
    let of_type = |depth: usize| {
        format!(
            "{{ __type(name: \"User\") {}name{} }}",
            "{ ofType ".repeat(depth - 2) + "{ ",
            " }".repeat(depth - 1)
        )
    };
    assert_eq!(code(&of_type(20)), None);
    assert_eq!(code(&of_type(21)), Some(ErrorCode::TooDeep));
}

/// Selections of users, of any shape.
fn selections() -> impl Strategy<Value = String> {
    let leaf = prop_oneof!["id|reference|tag|version".prop_map(|name| name)].boxed();
    leaf.prop_recursive(3, 12, 4, |inner| {
        proptest::collection::vec(inner, 1..4)
            .prop_map(|parts| format!("name {{ last }} ... on User {{ {} }}", parts.join(" ")))
    })
}

proptest! {
    #[test]
    fn more_never_costs_less(one in selections(), other in selections(), size in 0_u32..100) {
        let text = |selection: &str| format!("{{ users(first: {size}) {{ nodes {{ {selection} }} }} }}");
        let both = text(&format!("{one} {other}"));
        prop_assert!(cost(&both) >= cost(&text(&one)).max(cost(&text(&other))));
    }

    #[test]
    fn any_text_is_judged(text in hostile_text()) {
        let _ = admitted(&text, json!({}));
    }

    #[test]
    fn what_passes_the_scan_is_parsed_within_a_small_stack(
        text in proptest::collection::vec(
            prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just("("), Just(")"), Just("a"), Just(":"), Just("..."),
                Just("{a"), Just("{a(b:"), Just("on A"), Just("$v"), Just("@d"), Just("\""), Just("\"\"\""), Just("\\"),
                Just("#"), Just("\n"), Just("1e400"), Just("-0"), Just("99999999999999999999"), Just("query"), Just("!"),
                Just("fragment F on User"), Just("\u{feff}"), Just("\0"), Just("é"), Just("=[[["), Just("{a:{a:{a:"),
            ],
            0..300,
        ).prop_map(|parts| parts.join(" "))
    ) {
        // threads of the server have two megabytes, and no build of it less than a debug build needs
        let _ = admitted(&text, json!({}));
    }
}
