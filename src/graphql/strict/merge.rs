//! 5.3.2: fields under one name in an answer must be one field. Looked at once for each group of fields that come together,
//! so that fragments which several fields share cost no more than one.

use std::collections::HashSet;

use async_graphql::{
    Positioned,
    parser::types::{ExecutableDocument, Field, SelectionSet},
};

use super::{
    collect,
    finding::{Findings, shown},
};

/// Notes fields that cannot be merged. There is neither interface nor union (a test says when that changes), so fields
/// that come together are always of one type, and their answers have one shape when they are one field.
pub(super) fn judge(document: &ExecutableDocument, selections: &SelectionSet, findings: &mut Findings) {
    let mut walk = Walk { document, findings, seen: HashSet::new() };
    walk.together(&[selections]);
}

struct Walk<'a, 'f> {
    document: &'a ExecutableDocument,
    findings: &'f mut Findings,
    /// The groups that were looked at, by the addresses of their fields.
    seen: HashSet<Vec<*const Field>>,
}

impl<'a> Walk<'a, '_> {
    fn together(&mut self, selections: &[&'a SelectionSet]) {
        for (name, group) in collect::all(self.document, selections) {
            if !self.seen.insert(group.iter().map(|field| &raw const field.node).collect()) {
                continue;
            }
            let [first, others @ ..] = group.as_slice() else { continue };
            for other in others {
                if !is_same(first, other) {
                    let message =
                        format!("Two fields come under the name {}: give one another name.", shown(name));
                    self.findings.add(&[first.pos, other.pos], message);
                }
            }
            let below: Vec<_> = group.iter().map(|field| &field.node.selection_set.node).collect();
            self.together(&below);
        }
    }
}

fn is_same(one: &Positioned<Field>, other: &Positioned<Field>) -> bool {
    let (one, other) = (&one.node, &other.node);
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|other| other.node == value.node))
}
