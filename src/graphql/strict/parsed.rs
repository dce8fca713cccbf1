//! A document that was parsed, which may be executed many times.

use std::sync::OnceLock;

use async_graphql::{ServerError, parser::types::ExecutableDocument, registry::Registry};

use super::{document, finding::Findings, literal};
use crate::service::code::ErrorCode;

/// A document that was parsed. What the specification has against it is found out once, however often it is executed.
#[derive(Debug)]
pub struct ParsedDocument {
    text: String,
    executable: ExecutableDocument,
    judged: OnceLock<Result<(), Vec<ServerError>>>,
}

impl ParsedDocument {
    /// The document of a text, and what was parsed of it.
    pub fn new(text: String, executable: ExecutableDocument) -> Self {
        Self { text, executable, judged: OnceLock::new() }
    }

    /// What was parsed.
    pub fn executable(&self) -> &ExecutableDocument {
        &self.executable
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn judge(&self, registry: &Registry) -> Result<(), Vec<ServerError>> {
        let judge = || {
            let mut findings = Findings::new(ErrorCode::ValidationFailed);
            literal::judge(&self.text, &mut findings);
            document::judge(registry, &self.executable, &mut findings);
            findings.into_result()
        };
        self.judged.get_or_init(judge).clone()
    }
}
