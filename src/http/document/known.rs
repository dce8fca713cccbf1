//! Documents that were read before. A front end sends the same few again and again, with other variables: reading and
//! judging one costs more than answering a short one.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use quick_cache::{Weighter, sync::Cache};

use super::{Refusal, scan, unreadable};
use crate::{config::Limits, graphql::ParsedDocument};

/// Bytes of all texts that are kept. Read, each is some twenty times as large, of the shortest names a hundred times.
const KEPT: u64 = 256 * 1024;
/// Bytes of a text that is kept: documents of people are shorter, and one must not push out all others.
const LONGEST: usize = 16 * 1024;
/// How many that will be, more or less.
const DOCUMENTS: usize = 256;

/// Documents by their texts.
#[derive(Debug)]
pub(in crate::http) struct KnownDocuments(Cache<String, Arc<ParsedDocument>, Length>);

#[derive(Debug, Clone)]
struct Length;

impl Weighter<String, Arc<ParsedDocument>> for Length {
    fn weight(&self, text: &String, _: &Arc<ParsedDocument>) -> u64 {
        text.len() as u64
    }
}

impl Default for KnownDocuments {
    fn default() -> Self {
        Self(Cache::with_weighter(DOCUMENTS, KEPT, Length))
    }
}

impl KnownDocuments {
    /// The document of a text.
    pub(super) fn read(&self, text: &str, limits: &Limits) -> Result<Arc<ParsedDocument>, Refusal> {
        if let Some(known) = self.0.get(text) {
            return Ok(known);
        }
        scan::scan(text, limits)?;
        let parsed = parse_query(text).map_err(|error| unreadable(&error))?;
        Ok(Arc::new(ParsedDocument::new(text.to_owned(), parsed)))
    }

    #[cfg(test)]
    pub(super) fn is_kept(&self, text: &str) -> bool {
        self.0.get(text).is_some()
    }

    /// Keeps the document of a text.
    pub(super) fn keep(&self, text: &str, document: &Arc<ParsedDocument>) {
        if text.len() <= LONGEST {
            self.0.insert(text.to_owned(), Arc::clone(document));
        }
    }
}
