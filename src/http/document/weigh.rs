//! How heavy a document is when its fragments are written out. Twenty fragments that name each other twice are a
//! thousand bytes and a million fields: the scan sees the bytes, and what executes sees the fields. Each fragment is
//! weighed once, so weighing costs what reading costs.
//!
//! Cost counts what an answer may hold: a leaf nothing, an object 1, a page 1 and its size times each item; and what an
//! answer does not show: the counts of a whole list, and long lists of values. `@skip` and `@include` change nothing: what
//! a document costs is known from its text and its page sizes.

use std::collections::HashMap;

use async_graphql::{
    Name, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::{Refusal, pages};
use crate::{auth::policy::Action, graphql::Outline, service::code::ErrorCode};

/// Selection sets inside each other at most, those of fragments included: this walk and those of the library recurse.
const LEVELS: usize = 32;
/// Times that members of types are read inside members of types: each time multiplies what introspection answers by
/// some twenty.
pub(super) const MEMBER_LISTS: usize = 2;
/// What a list of the schema counts: our types have about that many fields, and fields fewer arguments.
const SCHEMA_LIST: u32 = 5;
/// What counting a whole list costs, by one of its attributes or up to a limit of the caller's own. The usual count of a
/// list stops early, is made once, and is part of its page.
const COUNT: u32 = 10;
/// What adding up whole lists costs: a year of them, and thousands of sums.
const REPORT: u32 = 500;
/// So many values of arguments, objects among them, make a point wherever they are used: each use becomes a statement with
/// all of them.
const VALUES: u32 = 10;

/// The parent of everything inside `__schema` and `__type`.
const INTROSPECTION: &str = "__Schema";

/// Fields at the top by which people come in or show who they are: what they bring is secret, and is guessed at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Entrances {
    /// Those that take a password, a code or a link.
    pub(in crate::http) sign_ins: u32,
    /// Those that have a letter sent.
    pub(in crate::http) recoveries: u32,
    /// Those that continue or end a session.
    pub(in crate::http) sessions: u32,
    /// Those that take a password of somebody who is in, and so need a token.
    pub(in crate::http) confirmations: u32,
}

impl Entrances {
    /// The field of that name, if it is one.
    fn of(name: &str) -> Self {
        let none = Self::default();
        match Action::of_field(name) {
            Some(Action::RequestPasswordReset) => Self { recoveries: 1, ..none },
            Some(Action::RefreshSession | Action::SignOut) => Self { sessions: 1, ..none },
            Some(Action::SessionConfirm | Action::PasswordChange) => Self { confirmations: 1, ..none },
            Some(action) if action.is_public() => Self { sign_ins: 1, ..none },
            Some(_) | None => none,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            sign_ins: self.sign_ins.saturating_add(other.sign_ins),
            recoveries: self.recoveries.saturating_add(other.recoveries),
            sessions: self.sessions.saturating_add(other.sessions),
            confirmations: self.confirmations.saturating_add(other.confirmations),
        }
    }

    /// How many need no token.
    pub(in crate::http) fn open(self) -> u32 {
        self.sign_ins.saturating_add(self.recoveries).saturating_add(self.sessions)
    }

    /// How many there are.
    pub(in crate::http) fn all(self) -> u32 {
        self.open().saturating_add(self.confirmations)
    }
}

/// What is counted of a selection. Sums never overflow: they stay at the largest number.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight {
    /// Fields at the top.
    pub(super) roots: usize,
    /// Those of them by which people come in or show who they are.
    pub(super) entrances: Entrances,
    /// Fields at every depth.
    pub(super) fields: usize,
    /// Fields with another name.
    pub(super) aliases: usize,
    /// Fields inside each other.
    pub(super) depth: usize,
    /// The same inside `__schema` and `__type`.
    pub(super) introspection_depth: usize,
    /// Lists of members of types inside each other.
    pub(super) member_lists: usize,
    /// Selection sets inside each other.
    levels: usize,
    /// Points.
    once: u32,
    /// Points for each item of the page whose selection this is.
    each: u32,
}

impl Weight {
    /// Both beside each other.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            roots: self.roots.saturating_add(other.roots),
            entrances: self.entrances.and(other.entrances),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            member_lists: self.member_lists.max(other.member_lists),
            levels: self.levels.max(other.levels),
            once: self.once.saturating_add(other.once),
            each: self.each.saturating_add(other.each),
        }
    }

    /// Points of an operation.
    pub(super) fn cost(&self) -> u32 {
        self.once.saturating_add(self.each)
    }
}

/// Weighs the operations of one document.
pub(super) struct Scale<'a> {
    document: &'a ExecutableDocument,
    outline: &'a Outline,
    pages: pages::Pages<'a>,
    /// The fragments that were weighed; of one that is being weighed, nothing.
    known: HashMap<&'a Name, Option<Weight>>,
}

impl<'a> Scale<'a> {
    pub(super) fn new(
        document: &'a ExecutableDocument,
        outline: &'a Outline,
        variables: &'a Variables,
        page: u64,
    ) -> Self {
        Self { document, outline, pages: pages::Pages::new(variables, page), known: HashMap::new() }
    }

    pub(super) fn weigh(&mut self, operation: &'a OperationDefinition) -> Result<Weight, Refusal> {
        // page sizes may come from defaults of this operation's variables
        self.pages.defaults_of(operation);
        self.known.clear();
        self.selection(&operation.selection_set.node, self.root(operation), 1)
    }

    /// The first field of the schema at the top of an operation.
    pub(super) fn first_field(&self, operation: &OperationDefinition) -> Option<String> {
        let root = self.root(operation);
        operation.selection_set.node.items.iter().find_map(|selection| match &selection.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let known = name.starts_with("__") || self.outline.target(root, name).is_some();
                known.then(|| name.to_owned())
            }
            _ => None,
        })
    }

    fn root(&self, operation: &OperationDefinition) -> &'a str {
        match operation.ty {
            OperationType::Query => self.outline.query(),
            OperationType::Mutation => self.outline.mutation(),
            OperationType::Subscription => "",
        }
    }

    fn selection(
        &mut self,
        selection: &'a SelectionSet,
        parent: &'a str,
        level: usize,
    ) -> Result<Weight, Refusal> {
        if level > LEVELS {
            return Err(too_many_levels());
        }
        let mut sum = Weight::default();
        for item in &selection.items {
            sum = sum.and(match &item.node {
                Selection::Field(field) => self.field(&field.node, parent, level)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.selection(&fragment.node.selection_set.node, parent, level + 1)?
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, level)?,
            });
        }
        sum.levels += usize::from(!selection.items.is_empty());
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Weight, Refusal> {
        if let Some(known) = self.known.get(name) {
            let circle = "A fragment contains itself.";
            let weight = known.ok_or_else(|| Refusal::new(ErrorCode::ValidationFailed, circle))?;
            return if level + weight.levels > LEVELS { Err(too_many_levels()) } else { Ok(weight) };
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            // validation says that there is none
            return Ok(Weight::default());
        };
        self.known.insert(name, None);
        let parent = fragment.node.type_condition.node.on.node.as_str();
        let weight = self.selection(&fragment.node.selection_set.node, parent, level + 1)?;
        self.known.insert(name, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, parent: &'a str, level: usize) -> Result<Weight, Refusal> {
        let name = field.name.node.as_str();
        let outside = !parent.starts_with("__");
        let target = match name {
            "__schema" | "__type" => INTROSPECTION,
            _ if outside => self.outline.target(parent, name).unwrap_or_default(),
            _ => INTROSPECTION,
        };
        let selection = &field.selection_set.node;
        let inner = self.selection(selection, target, level + usize::from(!selection.items.is_empty()))?;
        let is_leaf = selection.items.is_empty();
        let object = inner.cost().saturating_add(1);
        let points = match name {
            "totalCount" | "totalCountPrecision" if !field.arguments.is_empty() => COUNT,
            _ if is_leaf => 0,
            _ if !outside && is_schema_list(name) => object.saturating_mul(SCHEMA_LIST),
            "financeReport" => object.saturating_add(REPORT),
            "facets" => self.pages.different(field, "by").saturating_mul(COUNT).saturating_add(object),
            _ if target.ends_with("Connection") => {
                let size = self
                    .pages
                    .size(field)
                    .unwrap_or_else(|| pages::Pages::default(parent == self.outline.query()));
                inner.each.saturating_mul(size).saturating_add(inner.once).saturating_add(1)
            }
            // a list inside a user: each item costs as much again
            _ if self.outline.is_sized(parent, name) => {
                object.saturating_mul(self.pages.size(field).unwrap_or_else(|| pages::Pages::default(false)))
            }
            _ => object,
        };
        let points = points.saturating_add(self.pages.values(field) / VALUES);
        // the items of a page are counted as often as the page has room for
        let is_item = parent.ends_with("Connection") && matches!(name, "nodes" | "edges");
        let is_mutation = parent == self.outline.mutation();
        Ok(Weight {
            roots: 1,
            entrances: if is_mutation { Entrances::of(name) } else { Entrances::default() },
            fields: inner.fields.saturating_add(1),
            aliases: inner.aliases.saturating_add(usize::from(field.alias.is_some())),
            depth: if target == INTROSPECTION { 0 } else { inner.depth + 1 },
            introspection_depth: inner.introspection_depth + usize::from(target == INTROSPECTION),
            member_lists: inner.member_lists + usize::from(!outside && is_member_list(name)),
            levels: inner.levels,
            once: if is_item { 0 } else { points },
            each: if is_item { points } else { 0 },
        })
    }
}

fn is_member_list(field: &str) -> bool {
    matches!(field, "fields" | "inputFields" | "interfaces" | "possibleTypes")
}

fn is_schema_list(field: &str) -> bool {
    is_member_list(field) || matches!(field, "types" | "directives" | "enumValues" | "args")
}

fn too_many_levels() -> Refusal {
    Refusal::limit(ErrorCode::TooDeep, LEVELS, "Fields and fragments lie at most {} deep inside each other.")
}
