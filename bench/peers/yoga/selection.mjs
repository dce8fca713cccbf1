// Which fields a query asks for.

/** The names of the fields that are selected below a resolver's own. */
export function selected(info) {
  return new Set(info.fieldNodes.flatMap((node) => namesIn(node, info)));
}

function namesIn(node, info) {
  return node.selectionSet.selections.flatMap((selection) => {
    if (selection.kind === "Field") return [selection.name.value];
    return namesIn(selection.kind === "FragmentSpread" ? info.fragments[selection.name.value] : selection, info);
  });
}
