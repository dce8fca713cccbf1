//! Section 5 of the specification in one walk: operations (5.2), fields (5.3), arguments (5.4), fragments (5.5), values
//! (5.6), directives (5.7), variables (5.8). A fragment is walked once for each operation, however often it is spread.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned,
    indexmap::IndexMap,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        VariableDefinition,
    },
    registry::{__DirectiveLocation as Location, MetaInputValue, MetaType, Registry},
};
use async_graphql_value::{ConstValue, Value};

use super::{
    finding::{Findings, shown},
    merge,
    value::{self, Constant, Position, Uses, Variable},
};

/// Levels of selections at most, fragments written out: as deep as the library executes.
const MAX_LEVELS: usize = 32;

type Arguments = [(Positioned<Name>, Positioned<Value>)];

/// Notes everything that is wrong with a document.
pub(super) fn judge(registry: &Registry, document: &ExecutableDocument, findings: &mut Findings) {
    let mut spread = HashSet::new();
    for (_, operation) in document.operations.iter() {
        let mut walk = Walk {
            registry,
            document,
            findings: &mut *findings,
            variables: HashMap::new(),
            seen: HashMap::new(),
            open: Vec::new(),
            levels: 0,
            deepest: 0,
            is_too_deep: false,
        };
        walk.operation(operation);
        spread.extend(walk.seen.into_keys());
    }
    // 5.5.1.4, fragments must be used
    for (name, fragment) in &document.fragments {
        if !spread.contains(name) {
            findings.add(&[fragment.pos], format!("The fragment {} is not used.", shown(name)));
        }
    }
    // merging takes for granted that everything exists and that nothing goes in circles
    if findings.is_empty() {
        for (_, operation) in document.operations.iter() {
            merge::judge(document, &operation.node.selection_set.node, findings);
        }
    }
}

struct Walk<'a, 'f> {
    registry: &'a Registry,
    document: &'a ExecutableDocument,
    findings: &'f mut Findings,
    variables: HashMap<&'a Name, Variable>,
    /// The fragments that were walked, with the levels that they have.
    seen: HashMap<&'a Name, usize>,
    /// The fragments that the walk is in.
    open: Vec<&'a Name>,
    /// The levels that the walk is in, and the most that it was in.
    levels: usize,
    deepest: usize,
    is_too_deep: bool,
}

impl<'a> Walk<'a, '_> {
    fn add(&mut self, at: Pos, message: String) {
        self.findings.add(&[at], message);
    }

    /// 5.2.1.1, operation type existence, and everything in the operation. That names are unique and that a nameless
    /// operation is alone (5.2.2.1, 5.2.3.1) is the parser's; subscriptions (5.2.4.1) there are none.
    fn operation(&mut self, operation: &'a Positioned<OperationDefinition>) {
        let Positioned { pos, node: operation } = operation;
        let (root, location) = match operation.ty {
            OperationType::Query => (Some(&self.registry.query_type), Location::QUERY),
            OperationType::Mutation => (self.registry.mutation_type.as_ref(), Location::MUTATION),
            OperationType::Subscription => (self.registry.subscription_type.as_ref(), Location::SUBSCRIPTION),
        };
        let Some(root) = root.and_then(|root| self.registry.types.get(root)) else {
            return self.add(*pos, format!("There is no {} here.", operation.ty));
        };
        for variable in &operation.variable_definitions {
            self.variable_definition(variable);
        }
        self.directives(&operation.directives, location);
        self.selections(&operation.selection_set.node, root);
        // 5.8.4, all variables used
        for variable in &operation.variable_definitions {
            let name = &variable.node.name.node;
            if self.variables.get(name).is_some_and(|variable| !variable.is_used) {
                self.add(variable.pos, format!("The variable {} is not used.", shown(name)));
            }
        }
    }

    /// 5.8.1 (variables are unique), 5.8.2 (of input types), 5.6.1 (their defaults are of these types).
    fn variable_definition(&mut self, definition: &'a Positioned<VariableDefinition>) {
        let Positioned { pos, node: definition } = definition;
        let name = &definition.name.node;
        self.directives(&definition.directives, Location::VARIABLE_DEFINITION);
        let ty = definition.var_type.to_string();
        let default = definition.default_value.as_ref();
        match self.registry.concrete_type_by_parsed_type(&definition.var_type.node) {
            Some(kind) if kind.is_input() => {
                let position = Position { ty: &ty, has_default: false, is_only_one: false };
                if let Some(default) = default
                    && let Err(misfit) = value::judge(
                        self.registry,
                        &default.node.clone().into_value(),
                        position,
                        &mut Constant,
                    )
                {
                    self.add(default.pos, misfit.of(name));
                }
            }
            Some(_) => self.add(*pos, format!("The variable {} is not of an input type.", shown(name))),
            None => self.add(*pos, format!("The type of the variable {} does not exist.", shown(name))),
        }
        let has_default = default.is_some_and(|default| default.node != ConstValue::Null);
        if self.variables.insert(name, Variable { ty, has_default, is_used: false }).is_some() {
            self.add(*pos, format!("The variable {} is defined twice.", shown(name)));
        }
    }

    fn selections(&mut self, selections: &'a SelectionSet, parent: &'a MetaType) {
        self.levels += 1;
        self.deepest = self.deepest.max(self.levels);
        for selection in &selections.items {
            if self.levels > MAX_LEVELS {
                self.too_deep(selection.pos);
                break;
            }
            self.selection(selection, parent);
        }
        self.levels -= 1;
    }

    /// Said once: every level above would say it again.
    fn too_deep(&mut self, pos: Pos) {
        if std::mem::replace(&mut self.is_too_deep, true) {
            return;
        }
        self.add(pos, format!("A document has at most {MAX_LEVELS} levels, fragments written out."));
    }

    fn selection(&mut self, selection: &'a Positioned<Selection>, parent: &'a MetaType) {
        let pos = selection.pos;
        match &selection.node {
            Selection::Field(field) => {
                self.directives(&field.node.directives, Location::FIELD);
                self.field(&field.node, pos, parent);
            }
            Selection::InlineFragment(fragment) => {
                self.directives(&fragment.node.directives, Location::INLINE_FRAGMENT);
                let condition = fragment.node.type_condition.as_ref();
                let ty = match condition.map(|condition| &condition.node.on.node) {
                    Some(on) => self.condition(on, pos, parent),
                    None => Some(parent),
                };
                if let Some(ty) = ty {
                    self.selections(&fragment.node.selection_set.node, ty);
                }
            }
            Selection::FragmentSpread(spread) => {
                self.directives(&spread.node.directives, Location::FRAGMENT_SPREAD);
                self.spread(&spread.node.fragment_name.node, pos, parent);
            }
        }
    }

    /// 5.3.1 (fields exist), 5.3.3 (a selection where the type has fields, and only there).
    fn field(&mut self, field: &'a Field, pos: Pos, parent: &'a MetaType) {
        let name = &field.name.node;
        let (arguments, ty) = if name == "__typename" {
            (None, None)
        } else if let Some(known) = parent.field_by_name(name) {
            (Some(&known.args), self.registry.concrete_type_by_name(&known.ty).filter(|ty| ty.is_composite()))
        } else {
            return self.add(pos, format!("There is no field {} in `{}`.", shown(name), parent.name()));
        };
        self.arguments(&field.arguments, arguments, pos, name);
        let selections = &field.selection_set.node;
        match ty {
            Some(_) if selections.items.is_empty() => {
                self.add(pos, format!("Select fields of {}.", shown(name)));
            }
            Some(ty) => self.selections(selections, ty),
            None if selections.items.is_empty() => {}
            None => self.add(pos, format!("{} has no fields to select.", shown(name))),
        }
    }

    /// 5.5.2.1 (the fragment exists), 5.5.2.2 (no circles), and the fragment itself, once.
    fn spread(&mut self, name: &'a Name, pos: Pos, parent: &'a MetaType) {
        let Some(fragment) = self.document.fragments.get(name) else {
            return self.add(pos, format!("There is no fragment {}.", shown(name)));
        };
        if self.open.contains(&name) {
            return self.add(pos, format!("The fragment {} contains itself.", shown(name)));
        }
        let ty = self.condition(&fragment.node.type_condition.node.on.node, pos, parent);
        if let Some(levels) = self.seen.get(name) {
            self.deepest = self.deepest.max(self.levels + levels);
            if self.levels + levels > MAX_LEVELS {
                self.too_deep(pos);
            }
            return;
        }
        self.directives(&fragment.node.directives, Location::FRAGMENT_DEFINITION);
        let deepest = std::mem::replace(&mut self.deepest, self.levels);
        if let Some(ty) = ty {
            self.open.push(name);
            self.selections(&fragment.node.selection_set.node, ty);
            self.open.pop();
        }
        self.seen.insert(name, self.deepest - self.levels);
        self.deepest = self.deepest.max(deepest);
    }

    /// 5.5.1.2 (the type of a fragment exists), 5.5.1.3 (and has fields), 5.5.2.3 (and can be met here).
    fn condition(&mut self, on: &Name, pos: Pos, parent: &'a MetaType) -> Option<&'a MetaType> {
        let refused = match self.registry.types.get(on.as_str()) {
            None => format!("There is no type {}.", shown(on)),
            Some(ty) if !ty.is_composite() => format!("{} has no fields to select.", shown(on)),
            Some(ty) if !parent.type_overlap(ty) => {
                format!("Here stands a `{}`, which is never a {}.", parent.name(), shown(on))
            }
            Some(ty) => return Some(ty),
        };
        self.add(pos, refused);
        None
    }

    /// 5.7.1 (directives are defined), 5.7.2 (stand where they may), 5.7.3 (once).
    fn directives(&mut self, directives: &'a [Positioned<Directive>], location: Location) {
        let mut names = HashSet::new();
        for Positioned { pos, node: directive } in directives {
            let name = &directive.name.node;
            let known = self.registry.directives.get(name.as_str());
            match known {
                None => self.add(*pos, format!("There is no directive {}.", shown(name))),
                Some(known) if !known.locations.contains(&location) => {
                    self.add(*pos, format!("The directive {} has no place here.", shown(name)));
                }
                Some(known) if !names.insert(name) && !known.is_repeatable => {
                    self.add(*pos, format!("The directive {} stands twice.", shown(name)));
                }
                Some(known) => self.arguments(&directive.arguments, Some(&known.args), *pos, name),
            }
        }
    }

    /// 5.4.1 (arguments exist), 5.4.2 (once), 5.4.3 (and where they are required), with their values.
    fn arguments(
        &mut self,
        given: &'a Arguments,
        known: Option<&'a IndexMap<String, MetaInputValue>>,
        pos: Pos,
        of: &Name,
    ) {
        let mut names = HashSet::new();
        for (name, value) in given {
            let Some(argument) = known.and_then(|known| known.get(name.node.as_str())) else {
                self.add(name.pos, format!("There is no argument {} of {}.", shown(&name.node), shown(of)));
                continue;
            };
            if !names.insert(&name.node) {
                self.add(name.pos, format!("The argument {} is given twice.", shown(&name.node)));
            }
            let position = Position {
                ty: &argument.ty,
                has_default: argument.default_value.is_some(),
                is_only_one: false,
            };
            if let Err(misfit) =
                value::judge(self.registry, &value.node, position, &mut Uses(&mut self.variables))
            {
                self.findings.add(&[value.pos], misfit.of(&name.node));
            }
        }
        for argument in
            known.into_iter().flat_map(IndexMap::values).filter(|argument| value::is_required(argument))
        {
            if !names.iter().any(|name| name.as_str() == argument.name) {
                self.add(pos, format!("The argument `{}` of {} is required.", argument.name, shown(of)));
            }
        }
    }
}
