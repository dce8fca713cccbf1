//! `CollectFields` of 6.3: what a selection comes to, by the names of the answer, fragments written out.

use std::collections::HashSet;

use async_graphql::{
    InputType, Name, Positioned, Variables,
    indexmap::IndexMap,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};

/// Fields by the name that they have in the answer, in the order of the document.
pub(super) type Collected<'a> = IndexMap<&'a Name, Vec<&'a Positioned<Field>>>;

/// All fields of selections that come together, left out or not.
pub(super) fn all<'a>(document: &'a ExecutableDocument, selections: &[&'a SelectionSet]) -> Collected<'a> {
    collect(document, selections, |_| true)
}

/// The fields that these variables leave: what `@skip` and `@include` take out is not there.
pub(super) fn chosen<'a>(
    document: &'a ExecutableDocument,
    selections: &[&'a SelectionSet],
    variables: &Variables,
) -> Collected<'a> {
    collect(document, selections, |directives| is_chosen(directives, variables))
}

fn collect<'a>(
    document: &'a ExecutableDocument,
    selections: &[&'a SelectionSet],
    chosen: impl Fn(&[Positioned<Directive>]) -> bool,
) -> Collected<'a> {
    let mut collected = Collected::new();
    let mut spread = HashSet::new();
    for selections in selections {
        into(&mut collected, document, selections, &chosen, &mut spread);
    }
    collected
}

fn into<'a>(
    collected: &mut Collected<'a>,
    document: &'a ExecutableDocument,
    selections: &'a SelectionSet,
    chosen: &impl Fn(&[Positioned<Directive>]) -> bool,
    spread: &mut HashSet<&'a Name>,
) {
    for selection in &selections.items {
        if !chosen(selection.node.directives()) {
            continue;
        }
        let below = match &selection.node {
            Selection::Field(field) => {
                collected.entry(&field.node.response_key().node).or_default().push(field);
                continue;
            }
            Selection::InlineFragment(fragment) => &fragment.node.selection_set.node,
            Selection::FragmentSpread(fragment) => {
                let name = &fragment.node.fragment_name.node;
                match document.fragments.get(name) {
                    Some(fragment) if spread.insert(name) => &fragment.node.selection_set.node,
                    _ => continue,
                }
            }
        };
        into(collected, document, below, chosen, spread);
    }
}

fn is_chosen(directives: &[Positioned<Directive>], variables: &Variables) -> bool {
    directives.iter().all(|directive| {
        let wanted = match directive.node.name.node.as_str() {
            "include" => true,
            "skip" => false,
            _ => return true,
        };
        let Some(condition) = directive.node.get_argument("if") else { return true };
        let value = condition.node.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(()));
        bool::parse(value.ok()).is_ok_and(|value| value == wanted)
    })
}
