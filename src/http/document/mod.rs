//! What a document may be. A text becomes an operation that is worth running, or a refusal that says which limit stands
//! in the way: first by a scan of the text ([`scan`]), which nothing recursive may come before, then by the weight of
//! what was parsed ([`weigh`]). A new limit has its row in `config/http.rs`, its code in `service/code.rs`, and its
//! comparison here or in the scan.

mod known;
mod pages;
mod scan;
mod weigh;

use std::sync::Arc;

use async_graphql::{
    Pos, ServerError, Variables,
    parser::{
        self,
        types::{DocumentOperations, OperationDefinition, OperationType},
    },
};

use self::weigh::{Scale, Weight};
pub(super) use self::{known::KnownDocuments, scan::scan_variables, weigh::Entrances};
use crate::{
    config::Limits,
    graphql::{Outline, ParsedDocument},
    service::code::ErrorCode,
};

/// What every request costs at least.
const LEAST_COST: u32 = 1;
/// What a mutation costs at least: it locks, writes and is recorded.
const LEAST_COST_OF_MUTATION: u32 = 10;

/// Points of an operation: one for each object that it may answer with, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) requested: u32,
    pub(super) limit: u32,
}

/// An operation that may be run.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) document: Arc<ParsedDocument>,
    pub(super) kind: OperationType,
    pub(super) cost: Cost,
    /// The first field of the schema that it asks for, which says what it is about.
    pub(super) field: Option<String>,
    /// The fields by which people come in.
    pub(super) entrances: Entrances,
    /// Whether it asks for nothing else.
    pub(super) is_open_to_all: bool,
}

/// Why a document is not run.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) limit: Option<usize>,
    pub(super) message: String,
    pub(super) locations: Vec<Pos>,
    /// What it would have cost, where that is known.
    pub(super) cost: Option<Cost>,
}

impl Refusal {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, limit: None, message: message.into(), locations: Vec::new(), cost: None }
    }

    /// A limit is exceeded; the message has it in place of `{}`.
    fn limit(code: ErrorCode, limit: usize, message: &str) -> Self {
        Self { limit: Some(limit), ..Self::new(code, message.replace("{}", &limit.to_string())) }
    }

    fn at(mut self, positions: impl IntoIterator<Item = Pos>) -> Self {
        self.locations.extend(positions);
        self
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.message, None);
        error.locations = refusal.locations;
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", refusal.code.name());
        if let Some(limit) = refusal.limit {
            extensions.set("limit", limit);
        }
        error
    }
}

/// The operation that is meant, if it and its document are within the limits.
pub(super) fn admit(
    known: &KnownDocuments,
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
    outline: &Outline,
) -> Result<Admitted, Refusal> {
    let read = known.read(text, limits)?;
    let document = read.executable();
    let count = document.operations.iter().count();
    if count > limits.operations {
        let message = "A document has at most {} operations: send only the one that is to be run.";
        return Err(Refusal::limit(ErrorCode::TooManyOperations, limits.operations, message));
    }
    let operation = choose(&document.operations, operation_name)?;

    let mut scale = Scale::new(document, outline, variables, limits.page);
    // all are validated, whichever of them runs
    let mut all = Weight::default();
    for (_, definition) in document.operations.iter() {
        all = all.and(scale.weigh(&definition.node)?);
    }
    judge(&all, limits)?;
    let weight = scale.weigh(operation)?;
    let least = match operation.ty {
        OperationType::Mutation => LEAST_COST_OF_MUTATION,
        OperationType::Query | OperationType::Subscription => LEAST_COST,
    };
    let cost = Cost { requested: weight.cost().max(least), limit: limits.cost };
    if weight.roots > limits.root_fields {
        let message = "An operation has at most {} fields at its top: send several requests.";
        return Err(Refusal::limit(ErrorCode::TooManyRootFields, limits.root_fields, message));
    }
    if cost.requested > cost.limit {
        let message = format!(
            "This costs {} points, and an operation at most {}: ask for smaller pages, or less of each item.",
            cost.requested, cost.limit
        );
        let refusal = Refusal { cost: Some(cost), ..Refusal::new(ErrorCode::TooCostly, message) };
        return Err(Refusal { limit: usize::try_from(cost.limit).ok(), ..refusal });
    }
    let (kind, field) = (operation.ty, scale.first_field(operation));
    let entrances = all.entrances;
    // whoever comes in, or shows who they are, may have written a password into it; what was refused may as well
    if entrances.all() == 0 {
        known.keep(text, &read);
    }
    // alone in its document: what stands beside it is judged as well, and answered
    let is_alone = count == 1 && operation.ty == OperationType::Mutation && weight.roots > 0;
    let is_open_to_all = is_alone && usize::try_from(entrances.open()).is_ok_and(|open| open == weight.roots);
    Ok(Admitted { document: read, kind, cost, field, entrances, is_open_to_all })
}

fn judge(weight: &Weight, limits: &Limits) -> Result<(), Refusal> {
    for (actual, limit, code, message) in [
        (
            weight.fields,
            limits.fields,
            ErrorCode::TooManyFields,
            "A document has at most {} fields once its fragments are written out: ask for less at once.",
        ),
        (
            weight.aliases,
            limits.aliases,
            ErrorCode::TooManyAliases,
            "A document has at most {} aliases once its fragments are written out: send several requests.",
        ),
        (
            weight.depth,
            limits.depth,
            ErrorCode::TooDeep,
            "Fields lie at most {} deep inside each other: ask for the inner ones on their own.",
        ),
        (
            weight.introspection_depth,
            limits.introspection_depth,
            ErrorCode::TooDeep,
            "Fields of the schema lie at most {} deep inside each other.",
        ),
        (
            weight.member_lists,
            weigh::MEMBER_LISTS,
            ErrorCode::TooDeep,
            "The members of a type are read at most {} times inside each other.",
        ),
    ] {
        if actual > limit {
            return Err(Refusal::limit(code, limit, message));
        }
    }
    Ok(())
}

/// What the parser has against a document. Its own words quote the document.
fn unreadable(error: &parser::Error) -> Refusal {
    let (code, message) = match error {
        parser::Error::MultipleOperations { .. } => (
            ErrorCode::ValidationFailed,
            "An operation without a name stands alone in its document: give each a name.",
        ),
        parser::Error::OperationDuplicated { .. } => {
            (ErrorCode::ValidationFailed, "Two operations have the same name.")
        }
        parser::Error::FragmentDuplicated { .. } => {
            (ErrorCode::ValidationFailed, "Two fragments have the same name.")
        }
        parser::Error::MissingOperation => {
            (ErrorCode::SyntaxError, "The document has no operation: write `{ … }` or `mutation { … }`.")
        }
        _ => (ErrorCode::SyntaxError, "This is no GraphQL: look at the position in `locations`."),
    };
    Refusal::new(code, message).at(error.positions())
}

fn choose<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    let mut all = operations.iter();
    let chosen = if let Some(name) = name {
        all.find(|(own, _)| own.is_some_and(|own| own == name))
    } else {
        let only = all.next();
        if all.next().is_some() {
            return Err(Refusal::new(
                ErrorCode::OperationNameRequired,
                "The document has several operations: say by `operationName` which one to run.",
            ));
        }
        only
    };
    chosen.map(|(_, definition)| &definition.node).ok_or_else(|| {
        Refusal::new(ErrorCode::OperationNotFound, "The document has no operation of that name.")
    })
}

#[cfg(test)]
mod tests;
