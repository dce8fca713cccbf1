//! What async-graphql leaves open of the GraphQL specification (September 2025), around its executor: every document is
//! judged by all rules of section 5, variables are made what their types say (6.1.2), and answers have the order and the
//! nulls of section 6. Not one of the library's extensions: with any of them it takes a slower path for each field.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    Request, Response, SchemaEnv, ServerError,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextSubscribe},
    futures_util::stream::BoxStream,
    parser::types::{DocumentOperations, OperationDefinition, OperationType},
};

mod answer;
mod blank;
mod collect;
mod document;
mod finding;
mod literal;
mod merge;
mod parsed;
mod roots;
mod unshared_names;
mod value;
mod variables;

use self::answer::Plan;
pub use self::parsed::ParsedDocument;
use super::{Builder, Library};

/// The schema: what is asked is held to the specification, and so is what is answered.
#[derive(Clone)]
pub struct Schema {
    library: Library,
    types: SchemaEnv,
}

impl Schema {
    /// Around the library's schema; another one, of the same types, is only looked at.
    pub(super) fn new(library: Library, same: Builder) -> Self {
        let loan = Loan::default();
        // an extension learns of a stream before anything is read from it
        drop(same.extension(loan.clone()).finish().execute_stream("{ __typename }"));
        let types = loan.0.get().expect("the library calls its extensions").clone();
        Self { library, types }
    }

    /// Executes a request, which is about a document that was parsed.
    pub async fn execute(&self, mut request: Request, document: &ParsedDocument) -> Response {
        match self.prepare(&mut request, document) {
            Err(errors) => Response::from_errors(errors),
            // executing it will say which operation is missing
            Ok(None) => {
                request.set_parsed_query(document.executable().clone());
                self.library.execute(request).await
            }
            Ok(Some(plan)) => {
                let mut response = self.library.execute(request).await;
                plan.complete(&mut response);
                response
            }
        }
    }

    /// Judges document and variables, and leaves in the request what the library takes as the specification means it.
    fn prepare(
        &self,
        request: &mut Request,
        document: &ParsedDocument,
    ) -> Result<Option<Plan>, Vec<ServerError>> {
        let registry = &self.types.registry;
        document.judge(registry)?;
        let name = request.operation_name.as_deref();
        let Some(operation) = selected(&document.executable().operations, name) else {
            return Ok(None);
        };
        let absent = variables::coerce(registry, operation, &mut request.variables)?;
        let root = match operation.ty {
            OperationType::Mutation => registry.mutation_type.as_ref(),
            _ => Some(&registry.query_type),
        };
        let Some(root) = root.and_then(|root| registry.types.get(root)) else {
            return Ok(None);
        };
        let mut run = unshared_names::copy(document.executable());
        let Some(operation) = selected(&run.operations, name) else {
            return Ok(None);
        };
        // by the very names that the answer will have: these are told apart at a glance
        let plan = Plan::new(registry, &run, &operation.selection_set.node, root, &request.variables);
        if !absent.is_empty() {
            variables::leave_out(&mut run, &absent);
        }
        // without a directive nothing is left out
        if document.text().contains('@') {
            blank::fill(&mut run, &request.variables);
        }
        let merged = selected(&run.operations, name)
            .and_then(|operation| roots::merged(&run, &operation.selection_set.node, &request.variables));
        if let Some(merged) = merged
            && let Some(operation) = selected_mut(&mut run.operations, name)
        {
            operation.selection_set.node.items = merged;
        }
        request.set_parsed_query(run);
        Ok(Some(plan))
    }
}

/// The operation that a request is about.
fn selected<'a>(operations: &'a DocumentOperations, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let operation = match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next()
        }
        _ => None,
    };
    operation.map(|operation| &operation.node)
}

/// The same, to be changed.
fn selected_mut<'a>(
    operations: &'a mut DocumentOperations,
    name: Option<&str>,
) -> Option<&'a mut OperationDefinition> {
    let operation = match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get_mut(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values_mut().next()
        }
        _ => None,
    };
    operation.map(|operation| &mut operation.node)
}

/// Lends the types of a schema, which the library shows to extensions alone.
#[derive(Clone, Default)]
struct Loan(Arc<OnceLock<SchemaEnv>>);

impl ExtensionFactory for Loan {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

impl Extension for Loan {
    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        self.0.get_or_init(|| ctx.schema_env.clone());
        next.run(ctx, stream)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::{parser::parse_query, registry::MetaType};

    use super::{finding::Findings, *};
    use crate::{graphql::types, service::code::ErrorCode};

    fn findings(document: &str) -> Vec<String> {
        let schema = Schema::new(types().finish(), types());
        let mut findings = Findings::new(ErrorCode::ValidationFailed);
        document::judge(&schema.types.registry, &parse_query(document).unwrap(), &mut findings);
        let errors = findings.into_result().err().unwrap_or_default();
        errors.into_iter().map(|error| error.message).collect()
    }

    /// Fragments that each spread the next one twice, so many levels deep.
    fn doubling(levels: usize) -> String {
        (0..levels).fold(
            format!("fragment F{levels} on Query {{ viewer {{ name }} }}"),
            |mut document, level| {
                let next = level + 1;
                write!(document, " fragment F{level} on Query {{ ...F{next} ...F{next} }}").unwrap();
                document
            },
        )
    }

    /// Walked as often as they are spread, these would be walked for minutes.
    #[test]
    fn fragments_that_double_are_walked_once() {
        assert_eq!(findings(&format!("{{ ...F0 }} {}", doubling(29))), [""; 0]);
    }

    #[test]
    fn levels_count_with_the_fragments_written_out() {
        let too_deep = ["A document has at most 32 levels, fragments written out."];
        assert_eq!(findings(&format!("{{ ...F0 }} {}", doubling(30))), too_deep);
        // no walk is deep when those of the lower fragments come first
        assert_eq!(findings(&format!("{{ ...F20 ...F10 ...F0 }} {}", doubling(30))), too_deep);
    }

    /// The same through fields, where the groups that come together double.
    #[test]
    fn groups_of_fields_that_double_are_looked_at_once() {
        let mut document = "{ __schema { types { ...F0 } } }".to_owned();
        for level in 0..13 {
            let next = level + 1;
            let pair = format!("a: ofType {{ ...F{next} }} b: ofType {{ ...F{next} }}");
            write!(document, " fragment F{level} on __Type {{ {pair} }}").unwrap();
        }
        document.push_str(" fragment F13 on __Type { name name: kind }");
        assert_eq!(findings(&document), ["Two fields come under the name `name`: give one another name."]);
    }

    #[test]
    fn a_message_shows_little_of_what_was_sent() {
        let [message] = findings(&format!("{{ {} }}", "a".repeat(5000))).try_into().unwrap();
        assert_eq!(message.len(), "There is no field `…` in `Query`.".len() + 40);
    }

    /// Merging fields, and knowing an answer's fields before it is made, take it that every object has one type alone.
    #[test]
    fn there_is_no_type_of_many() {
        let schema = Schema::new(types().finish(), types());
        assert!(!schema.types.registry.types.values().any(MetaType::is_abstract));
    }
}
