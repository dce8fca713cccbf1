//! The integration tests: see CONTRIBUTING.md.

fn main() {}
