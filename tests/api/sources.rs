//! docs/sources.md promises each row of the sources' back offices. Here the promise is kept to the letter: no row is left
//! out, every coordinate of the schema that it names exists, and so does every test.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::RangeInclusive,
};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SOURCES: &str = include_str!("../../docs/sources.md");

/// Which rows of each group are here.
const ROWS: [(char, RangeInclusive<usize>); 15] = [
    ('A', 1..=14),
    ('B', 1..=31),
    ('C', 1..=15),
    ('D', 1..=5),
    ('F', 1..=20),
    ('G', 1..=21),
    ('H', 1..=25),
    ('I', 1..=81),
    ('J', 1..=26),
    ('K', 1..=28),
    ('L', 1..=26),
    ('M', 1..=11),
    ('N', 1..=11),
    ('O', 1..=22),
    ('P', 13..=15),
];
/// What comes with staff and their sign-in, as the text above the tables says.
const LATER: [&str; 8] = ["H2", "H5", "J14", "J15", "J16", "J19", "J20", "J21"];

/// The rows of the tables: an id, and what is named between backticks.
fn rows() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut rows = BTreeMap::new();
    for line in SOURCES.lines().filter(|line| line.starts_with("| ")) {
        let id = line.trim_start_matches("| ").split(' ').next().expect("an id");
        if id.len() < 2 || !id[1..].chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        let named = line.split('`').skip(1).step_by(2).collect();
        assert!(rows.insert(id, named).is_none(), "{id} stands there twice");
    }
    rows
}

/// Every coordinate of the schema: `Type.field`, `Type.field(argument:)`, `Enum.VALUE`.
fn coordinates() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for definition in parse_schema(backdesk::graphql::sdl()).expect("the schema is well formed").definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node;
        match definition.node.kind {
            TypeKind::Object(object) => {
                for field in object.fields {
                    let field = field.node;
                    all.insert(format!("{name}.{}", field.name.node));
                    for argument in field.arguments {
                        all.insert(format!("{name}.{}({}:)", field.name.node, argument.node.name.node));
                    }
                }
            }
            TypeKind::InputObject(input) => {
                all.extend(input.fields.iter().map(|field| format!("{name}.{}", field.node.name.node)));
            }
            TypeKind::Enum(words) => {
                all.extend(words.values.iter().map(|word| format!("{name}.{}", word.node.value.node)));
            }
            TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) => {}
        }
    }
    all
}

/// Whether `file.rs` of these tests has a test of that name: `file::name`.
fn is_test(named: &str) -> bool {
    let Some((file, name)) = named.split_once("::") else { return false };
    let text = fs::read_to_string(format!("{ROOT}/tests/api/{file}.rs")).unwrap_or_default();
    text.contains(&format!("fn {name}("))
}

#[test]
fn no_row_of_the_sources_is_left_out() {
    let rows = rows();
    let expected: BTreeSet<String> =
        ROWS.iter().flat_map(|(group, rows)| rows.clone().map(move |n| format!("{group}{n}"))).collect();
    let found: BTreeSet<String> = rows.keys().map(|id| (*id).to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_the_rows_name_is_there() {
    let coordinates = coordinates();
    for (id, named) in rows() {
        for name in &named {
            assert!(coordinates.contains(*name) || is_test(name), "{id}: there is no {name}");
        }
        assert_eq!(named.is_empty(), LATER.contains(&id), "{id} names nothing, or is not later at all");
    }
}
