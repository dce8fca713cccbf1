//! How large a document becomes when its fragments are written out. Twenty fragments that name each other twice are a
//! thousand bytes and a million fields: the scan sees the bytes, and what executes sees the fields. Each fragment is
//! counted once, so counting costs what reading costs.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// Fields of a document at most, with every fragment written out wherever it is spread.
pub(super) const MAX_FIELDS: usize = 2000;

/// Whether a document stays within the limit when its fragments are written out.
pub(super) fn is_small(document: &ExecutableDocument) -> bool {
    let mut counter = Counter { document, known: HashMap::new() };
    let operations = document.operations.iter();
    let fields = operations.map(|(_, operation)| counter.count(&operation.node.selection_set.node));
    fields.fold(0, usize::saturating_add) <= MAX_FIELDS
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    /// Fields of the fragments that were counted; of one that is being counted, none: that it contains itself is refused
    /// elsewhere.
    known: HashMap<&'a Name, usize>,
}

impl<'a> Counter<'a> {
    fn count(&mut self, selections: &'a SelectionSet) -> usize {
        let fields = selections.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => self.count(&field.node.selection_set.node).saturating_add(1),
            Selection::InlineFragment(fragment) => self.count(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        });
        fields.fold(0, usize::saturating_add)
    }

    fn fragment(&mut self, name: &'a Name) -> usize {
        if let Some(fields) = self.known.get(name) {
            return *fields;
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return 0;
        };
        self.known.insert(name, 0);
        let fields = self.count(&fragment.node.selection_set.node);
        self.known.insert(name, fields);
        fields
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// Fragments of which each spreads the next one twice, down to one with a field.
    fn doubling(levels: usize) -> ExecutableDocument {
        let spread = |level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1);
        let fragments: String = (0..levels).map(spread).collect();
        parse_query(format!("{{ ...F0 }} {fragments} fragment F{levels} on Query {{ viewer {{ name }} }}"))
            .unwrap()
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        assert!(is_small(&doubling(9)), "1024 fields");
        assert!(!is_small(&doubling(10)), "2048 fields");
        assert!(!is_small(&doubling(200)), "more than can be counted");
    }

    #[test]
    fn a_fragment_that_contains_itself_ends() {
        let circle =
            "{ ...A } fragment A on Query { viewer { name } ...B } fragment B on Query { ...A ...A }";
        assert!(is_small(&parse_query(circle).unwrap()));
    }
}
