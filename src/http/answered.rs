//! What became of a request, for the log and the metrics: `/graphql` puts it into the extensions of its answer.

use async_graphql::parser::types::OperationType;

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The first field of the schema that it asked for, which is one of few; none when it was not understood.
    pub field: Option<String>,
    /// Query or mutation, once that is known.
    pub kind: Option<OperationType>,
    /// `OK`, or the code of the first error.
    pub outcome: &'static str,
    /// Points that were charged.
    pub cost: u32,
}
