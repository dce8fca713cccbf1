//! What is wrong with a request: said with its place, in few words, and with no more of the client's own than a short name.

use async_graphql::{Pos, ServerError};

/// The code of a request that breaks the specification.
const CODE: &str = "GRAPHQL_VALIDATION_FAILED";
/// As many as an answer has room for.
const MAX: usize = 10;
/// Letters that are shown of a name.
const SHOWN: usize = 40;

/// Everything that was found, once each.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<ServerError>);

impl Findings {
    pub(super) fn add(&mut self, places: &[Pos], message: String) {
        let known = |error: &ServerError| error.message == message && error.locations == places;
        if self.0.len() >= MAX || self.0.iter().any(known) {
            return;
        }
        let mut error = ServerError::new(message, None);
        error.locations = places.to_vec();
        error.extensions.get_or_insert_default().set("code", CODE);
        self.0.push(error);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_result(self) -> Result<(), Vec<ServerError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// A client's name as a message shows it.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}
