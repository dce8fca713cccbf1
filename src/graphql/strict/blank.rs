//! An object of which `@skip` and `@include` leave no field is there all the same, and empty (6.3). The library would answer
//! null, as if there were none: it is given a field to answer, which the plan of the answer does not have.

use async_graphql::{
    Name, Pos, Positioned, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet},
};

use super::collect;

/// Adds `__typename` to every selection of fields that these variables leave blank.
pub(super) fn fill(document: &mut ExecutableDocument, variables: &Variables) {
    let given = document.clone();
    let operations = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        below(&mut operation.node.selection_set.node, &given, variables);
    }
    for fragment in document.fragments.values_mut() {
        below(&mut fragment.node.selection_set.node, &given, variables);
    }
}

fn below(selections: &mut SelectionSet, given: &ExecutableDocument, variables: &Variables) {
    for selection in &mut selections.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let Positioned { pos, node: selections } = &mut field.node.selection_set;
                below(selections, given, variables);
                let is_leaf = selections.items.is_empty();
                if !is_leaf && collect::chosen(given, &[&*selections], variables).is_empty() {
                    selections.items.push(typename(*pos));
                }
            }
            Selection::InlineFragment(fragment) => {
                below(&mut fragment.node.selection_set.node, given, variables);
            }
            // the fragments themselves come in their turn
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn typename(pos: Pos) -> Positioned<Selection> {
    let field = Field {
        alias: None,
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}
