//! Search: words are found inside words, in any field and order, whatever their case and accents; and what is pasted
//! whole finds its user.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::support::{Desk, property::World};

/// A desk with a few users, by their tags.
async fn desk() -> Desk {
    let desk = Desk::open().await;
    for profile in [
        json!({ "tag": "mueller", "firstName": "Jörg", "middleNames": "Maria", "lastName": "Müller",
            "email": "Joerg.M@Example.org", "phone": "+33612345678",
            "externalIds": [{ "system": "core", "value": "Core-00 42/A" }] }),
        json!({ "tag": "lukasz", "firstName": "Łukasz", "lastName": "Nowak-Müller", "mobile": "+48601234567" }),
        json!({ "tag": "percent", "firstName": "100%", "lastName": "a_b" }),
        json!({ "tag": "plain", "firstName": "1000", "lastName": "axb" }),
        json!({ "tag": "елкин", "firstName": "Юрий", "lastName": "Ёлкин" }),
        json!({ "tag": "yamada", "firstName": "太郎", "lastName": "山田" }),
        json!({ "tag": "brien", "firstName": "Seán", "lastName": "O\u{2019}Brien" }),
    ] {
        desk.add_user(profile).await;
    }
    desk
}

/// The tags of those whom a search finds, oldest first.
async fn found(desk: &Desk, search: &str) -> Vec<Value> {
    let document =
        "query ($search: String) { users(search: $search, orderBy: [{field: ID}]) { nodes { tag } } }";
    let answer = desk.read_only().ask_with(document, json!({ "search": search })).await;
    answer.column("users.nodes", "tag")
}

#[tokio::test]
async fn words_are_found_inside_words_whatever_their_case_and_accents() {
    let desk = desk().await;
    for (search, tags) in [
        ("müller", vec!["mueller", "lukasz"]),
        ("MULLER", vec!["mueller", "lukasz"]),
        ("ülle", vec!["mueller", "lukasz"]),
        ("lukasz", vec!["lukasz"]),
        ("ŁUKASZ", vec!["lukasz"]),
        ("owak-mu", vec!["lukasz"]),
        ("jorg", vec!["mueller"]),
        ("maria", vec!["mueller"]),
        ("елкин", vec!["елкин"]),
        ("ЮРИЙ", vec!["елкин"]),
        ("田", vec!["yamada"]),
        ("o'brien", vec!["brien"]),
        ("sean", vec!["brien"]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(&desk, search).await, tags, "{search}");
    }
}

#[tokio::test]
async fn every_word_must_be_found_but_in_any_order_and_field() {
    let desk = desk().await;
    for (search, tags) in [
        ("müller jörg", vec!["mueller"]),
        ("jörg müller", vec!["mueller"]),
        ("  mül \t jö\n", vec!["mueller"]),
        ("nowak 4860", vec!["lukasz"]),
        ("example müll maria 612", vec!["mueller"]),
        ("jörg nowak", vec![]),
        ("jörgmüller", vec![]),
    ] {
        assert_eq!(found(&desk, search).await, tags, "{search}");
    }
}

#[tokio::test]
async fn digits_of_a_phone_number_are_found_in_pieces() {
    let desk = desk().await;
    for search in ["+33612345678", "33612345678", "612345", "+33 6 12 34 56 78", "345 678", "5678"] {
        assert_eq!(found(&desk, search).await, ["mueller"], "{search}");
    }
    assert_eq!(found(&desk, "601 234 567").await, ["lukasz"]);
}

#[tokio::test]
async fn what_is_pasted_whole_finds_its_user() {
    let desk = desk().await;
    let document = "{ users(search: \"mueller\") { nodes { id reference email externalIds { value } } } }";
    let user = desk.read_only().ask(document).await.data("users.nodes.0");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for whole in [
        text(&user["id"]),
        text(&user["id"]).to_uppercase(),
        text(&user["id"]).replace('-', ""),
        text(&user["reference"]),
        text(&user["reference"]).to_lowercase(),
        text(&user["email"]),
        text(&user["email"]).to_uppercase(),
        text(&user["externalIds"][0]["value"]),
    ] {
        assert_eq!(found(&desk, &whole).await, ["mueller"], "{whole}");
        assert_eq!(found(&desk, &format!("  {whole}\n")).await, ["mueller"], "{whole} and spaces");
    }
}

#[tokio::test]
async fn wildcards_stand_for_themselves() {
    let desk = desk().await;
    for (search, tags) in [
        ("100%", vec!["percent"]),
        ("%", vec!["percent"]),
        ("a_b", vec!["percent"]),
        ("_", vec!["percent"]),
        ("axb", vec!["plain"]),
        ("\\", vec![]),
        ("' OR 1=1 --", vec![]),
    ] {
        assert_eq!(found(&desk, search).await, tags, "{search}");
    }
}

#[tokio::test]
async fn a_blank_search_is_none() {
    let desk = desk().await;
    for search in ["", "   ", "\t\n", "\u{a0}"] {
        assert_eq!(found(&desk, search).await.len(), 7, "{search:?}");
    }
    // one of which nothing is left to look for finds nobody, not everybody
    for search in ["\u{200b}", "\u{301}", "\u{ad}"] {
        assert_eq!(found(&desk, search).await.len(), 0, "{search:?}");
    }
}

#[tokio::test]
async fn a_search_that_cannot_be_run_is_refused() {
    let desk = Desk::open().await;
    let document = "query ($search: String) { users(search: $search) { nodes { id } } }";
    for search in ["a\0b".to_owned(), "\0".to_owned(), "x".repeat(501)] {
        let answer = desk.read_only().ask_with(document, json!({ "search": search })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{search:?}: {}", answer.body);
    }
    // one character that is eighteen letters and three spaces when it is folded
    for search in ["\u{fdfa}".repeat(500), ["x"; 21].join(" ")] {
        let answer = desk.read_only().ask_with(document, json!({ "search": search })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{search:?}: {}", answer.body);
    }
    let longest = ["x"; 20].join(" ");
    let answer = desk.read_only().ask_with(document, json!({ "search": longest })).await;
    assert_eq!(answer.data("users.nodes"), json!([]));
}

#[tokio::test]
async fn a_search_keeps_up_with_changes() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "tag": "one", "lastName": "Before" })).await;
    let update = "mutation ($id: ID!) {
        userUpdate(id: $id, input: {lastName: \"After\", externalIds: [{system: \"crm\", value: \"N-1\"}]}) {
            errors { code field }
        }
    }";
    let updated = desk.admin().ask_with(update, json!({ "id": id })).await;
    assert_eq!(updated.problems("userUpdate"), [""; 0]);
    assert_eq!(found(&desk, "before").await, [""; 0]);
    assert_eq!(found(&desk, "after n-1").await, ["one"]);
}

/// An index that has the search texts has no room for the longest: these are looked up.
#[tokio::test]
async fn long_texts_are_found_in_their_place() {
    let desk = Desk::open().await;
    for number in 0..9 {
        // of every third, more is known than an index takes
        let ids = if number % 3 == 1 { 20 } else { 1 };
        let ids = (0..ids)
            .map(|id| json!({ "system": format!("s{id}"), "value": format!("{number}{}", "x".repeat(90)) }));
        let profile =
            json!({ "tag": format!("{number}"), "lastName": "Long", "externalIds": ids.collect::<Vec<_>>() });
        desk.add_user(profile).await;
        desk.add_user(json!({ "tag": "other", "lastName": "Short" })).await;
    }
    let page = "query ($after: String) {
        users(search: \"long\", first: 4, after: $after) { nodes { tag } pageInfo { endCursor } }
    }";
    let newest = desk.read_only().ask(page).await;
    assert_eq!(newest.column("users.nodes", "tag"), ["8", "7", "6", "5"]);
    let after = newest.text("users.pageInfo.endCursor");
    let next = desk.read_only().ask_with(page, json!({ "after": after })).await;
    assert_eq!(next.column("users.nodes", "tag"), ["4", "3", "2", "1"]);
    let rest = json!({ "after": next.text("users.pageInfo.endCursor") });
    assert_eq!(desk.read_only().ask_with(page, rest).await.column("users.nodes", "tag"), ["0"]);
}

#[test]
fn any_pieces_of_what_is_written_of_somebody_find_them() {
    let world = World::of(40, 80);
    let piece = (any::<Index>(), 0..3_usize, 1..6_usize, any::<bool>());
    let case = (any::<Index>(), prop::collection::vec(piece, 1..4));
    world.holds(60, &case, async |(who, pieces)| {
        let somebody = who.get(&world.population.people);
        let words: Vec<&str> = somebody.user.search_text.split(' ').collect();
        let cut = |(word, from, length, shout): &(Index, usize, usize, bool)| {
            let piece: String = word.get(&words).chars().skip(*from).take(*length).collect();
            if *shout { piece.to_uppercase() } else { piece }
        };
        let pieces: Vec<String> = pieces.iter().map(cut).filter(|piece| !piece.is_empty()).collect();
        let folded: Vec<String> = pieces.iter().map(|piece| backdesk::domain::text::fold(piece)).collect();
        let search = pieces.join("  ");
        let expected: std::collections::BTreeSet<String> = world
            .population
            .people
            .iter()
            .filter(|one| folded.iter().all(|word| one.user.search_text.contains(word)))
            .map(|one| one.user.id.to_string())
            .collect();
        assert!(expected.contains(&somebody.user.id.to_string()));
        let answer = world.users(json!({ "search": search, "first": 100 })).await;
        assert_eq!(crate::support::property::ids(&answer), expected, "{search}");
    });
}
