//! A document of a request's own. Names are counted references, and an answer counts the name of a field once for each
//! object: with the names of a kept document all threads would count in the same places, and wait for each other.

use async_graphql::{
    Name, Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet},
};

/// A copy whose fields have names of their own.
pub(super) fn copy(document: &ExecutableDocument) -> ExecutableDocument {
    let mut document = document.clone();
    match &mut document.operations {
        DocumentOperations::Single(operation) => rename(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                rename(&mut operation.node.selection_set.node);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        rename(&mut fragment.node.selection_set.node);
    }
    document
}

fn rename(selections: &mut SelectionSet) {
    for selection in &mut selections.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                std::iter::once(&mut field.name).chain(&mut field.alias).for_each(own);
                rename(&mut field.selection_set.node);
            }
            Selection::InlineFragment(fragment) => rename(&mut fragment.node.selection_set.node),
            // the fragments themselves come in their turn
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn own(name: &mut Positioned<Name>) {
    name.node = Name::new(&name.node);
}
