//! 6.1.2, `CoerceVariableValues`: each variable is of its type, has its default where it is missing, or is not there at
//! all. The library takes one that is missing for null, and would empty a field that nobody named.

use async_graphql::{
    Name, Positioned, ServerError, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
    registry::Registry,
};
use async_graphql_value::Value;

use super::{
    finding::{Findings, shown},
    value::{self, Misfit, Origin, Position},
};
use crate::service::code::ErrorCode;

/// Judges the variables of an operation and fills in their defaults; the names of those that are not there.
pub(super) fn coerce(
    registry: &Registry,
    operation: &OperationDefinition,
    variables: &mut Variables,
) -> Result<Vec<Name>, Vec<ServerError>> {
    let mut findings = Findings::new(ErrorCode::BadVariables);
    let mut absent = Vec::new();
    for Positioned { pos, node: definition } in &operation.variable_definitions {
        let (name, ty) = (&definition.name.node, definition.var_type.to_string());
        match (variables.get(name), &definition.default_value) {
            (Some(value), _) => {
                let position = Position { ty: &ty, has_default: false, is_only_one: false };
                if let Err(misfit) = value::judge(registry, &value.clone().into_value(), position, &mut Json)
                {
                    findings.add(&[*pos], misfit.of(name));
                }
            }
            (None, Some(default)) => drop(variables.insert(name.clone(), default.node.clone())),
            (None, None) if definition.var_type.node.nullable => absent.push(name.clone()),
            (None, None) => findings.add(&[*pos], format!("The variable {} is required.", shown(name))),
        }
    }
    findings.into_result().map(|()| absent)
}

/// A value of a variable, which came as JSON.
struct Json;

impl Origin for Json {
    const JSON: bool = true;

    fn variable(&mut self, _: &Name, _: Position<'_>) -> Result<(), Misfit> {
        Err(Misfit::new("must be a value"))
    }
}

/// Takes arguments and fields of inputs out of a document whose variable is not there (6.4.1): as if they were not named.
pub(super) fn leave_out(document: &mut ExecutableDocument, absent: &[Name]) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => {
            from_selections(&mut operation.node.selection_set.node, absent);
        }
        DocumentOperations::Multiple(operations) => operations
            .values_mut()
            .for_each(|operation| from_selections(&mut operation.node.selection_set.node, absent)),
    }
    for fragment in document.fragments.values_mut() {
        from_selections(&mut fragment.node.selection_set.node, absent);
    }
}

fn from_selections(selections: &mut SelectionSet, absent: &[Name]) {
    for selection in &mut selections.items {
        match &mut selection.node {
            Selection::Field(field) => {
                field.node.arguments.retain(|(_, value)| !is_absent(&value.node, absent));
                for (_, value) in &mut field.node.arguments {
                    from_value(&mut value.node, absent);
                }
                from_selections(&mut field.node.selection_set.node, absent);
            }
            Selection::InlineFragment(fragment) => {
                from_selections(&mut fragment.node.selection_set.node, absent);
            }
            // the fragments themselves come in their turn
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn from_value(value: &mut Value, absent: &[Name]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_absent(value, absent));
            fields.values_mut().for_each(|value| from_value(value, absent));
        }
        // in a list it is null: lists have no gaps
        Value::List(items) => {
            for item in items {
                if is_absent(item, absent) {
                    *item = Value::Null;
                }
                from_value(item, absent);
            }
        }
        _ => {}
    }
}

fn is_absent(value: &Value, absent: &[Name]) -> bool {
    matches!(value, Value::Variable(name) if absent.contains(name))
}
