//! A root field that is named twice is one field (6.3). The library would execute it twice: a mutation would act twice.

use async_graphql::{
    Positioned, Variables,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::collect;

/// The root fields, each once with all that is selected of it; none when they stand there like that anyway. A fragment that
/// is spread twice brings each of its fields once, and the library would execute it twice as well.
pub(super) fn merged(
    document: &ExecutableDocument,
    selections: &SelectionSet,
    variables: &Variables,
) -> Option<Vec<Positioned<Selection>>> {
    let fields = collect::chosen(document, &[selections], variables);
    let has_fragments = selections.items.iter().any(|item| !matches!(item.node, Selection::Field(_)));
    if !has_fragments && fields.values().all(|group| group.len() == 1) {
        return None;
    }
    let one = fields.into_values().filter_map(|group| {
        let (first, others) = group.split_first()?;
        let mut field = (*first).clone();
        let items = &mut field.node.selection_set.node.items;
        items.extend(others.iter().flat_map(|other| other.node.selection_set.node.items.iter().cloned()));
        Some(Positioned::new(Selection::Field(field), first.pos))
    });
    Some(one.collect())
}
