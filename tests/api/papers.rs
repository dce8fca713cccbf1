//! The papers say what the program does: the tables of the README are those of the code.

use std::fmt::Write;

use backdesk::{
    auth::policy::{Permission, Role},
    config::Config,
    service::code::ErrorCode,
};

const README: &str = include_str!("../../README.md");

#[track_caller]
fn assert_in_readme(table: &str) {
    assert!(
        README.contains(table),
        "README.md does not have this table; replace the old one by it:\n\n{table}"
    );
}

#[test]
fn the_readme_has_the_table_of_who_may_do_what() {
    let mut table = String::from("| permission |");
    for role in Role::ALL {
        write!(table, " {} |", role.claim()).unwrap();
    }
    table.push_str("\n| --- |");
    table.push_str(&" --- |".repeat(Role::ALL.len()));
    for permission in Permission::ALL {
        write!(table, "\n| {} |", permission.name()).unwrap();
        for role in Role::ALL {
            table.push_str(if permission.holders().contains(role) { " yes |" } else { " – |" });
        }
    }
    assert_in_readme(&table);
}

#[test]
fn the_readme_has_every_configuration_key_with_its_default() {
    let mut table = String::from("| environment | file | default | meaning |\n| --- | --- | --- | --- |");
    for key in Config::keys() {
        let file = if key.name == "config" { "–".to_owned() } else { format!("`{}`", key.name) };
        let default = if key.default.is_empty() { "–".to_owned() } else { format!("`{}`", key.default) };
        write!(table, "\n| `{}` | {file} | {default} | {} |", key.env, key.description).unwrap();
    }
    assert_in_readme(&table);
}

#[test]
fn the_readme_has_every_code_of_an_error() {
    let mut table = String::from("| code | when, and what to do |\n| --- | --- |");
    for code in ErrorCode::ALL {
        write!(table, "\n| `{}` | {} |", code.name(), code.meaning()).unwrap();
    }
    assert_in_readme(&table);
}

/// A code that no test waits for may have stopped being answered.
#[test]
fn every_code_is_in_a_test() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let rust = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let tests: String = rust.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for code in ErrorCode::ALL {
        assert!(tests.contains(&format!("\"{}\"", code.name())), "{}", code.name());
    }
}
