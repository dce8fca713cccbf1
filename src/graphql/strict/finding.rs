//! What is wrong with a request: said with its place, in few words, and with no more of the client's own than a short name.

use async_graphql::{Pos, ServerError};

use crate::service::code::ErrorCode;

/// As many as an answer has room for.
const MAX: usize = 10;
/// Letters that are shown of a name.
const SHOWN: usize = 40;

/// Everything that was found, once each.
#[derive(Debug)]
pub(super) struct Findings {
    code: ErrorCode,
    errors: Vec<ServerError>,
}

impl Findings {
    /// Nothing yet; what is found will have this code.
    pub(super) fn new(code: ErrorCode) -> Self {
        Self { code, errors: Vec::new() }
    }

    pub(super) fn add(&mut self, places: &[Pos], message: String) {
        let known = |error: &ServerError| error.message == message && error.locations == places;
        if self.errors.len() >= MAX || self.errors.iter().any(known) {
            return;
        }
        let mut error = ServerError::new(message, None);
        error.locations = places.to_vec();
        error.extensions.get_or_insert_default().set("code", self.code.name());
        self.errors.push(error);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn into_result(self) -> Result<(), Vec<ServerError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// A client's name as a message shows it.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}
