//! Which fields a type has, and where they lead: what the edge has to know of the schema to weigh a document before it
//! is run.

use std::collections::HashMap;

use async_graphql::{
    OutputType,
    registry::{MetaField, MetaType, MetaTypeName, Registry},
};

use super::{Guarded, MutationFields, QueryFields};

/// The types of the schema that have fields, introspection left out.
#[derive(Debug)]
pub struct Outline {
    query: String,
    mutation: String,
    fields: HashMap<String, HashMap<String, Field>>,
}

/// One field.
#[derive(Debug)]
struct Field {
    /// The type that it leads to.
    target: String,
    /// Whether its caller says how many items it has.
    is_sized: bool,
}

impl Outline {
    /// The outline of our schema.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let root = |name: String| MetaTypeName::concrete_typename(&name).to_owned();
        let query = root(Guarded::<QueryFields>::create_type_info(&mut registry));
        let mutation = root(Guarded::<MutationFields>::create_type_info(&mut registry));
        let fields = registry.types.into_iter().filter_map(|(name, kind)| match kind {
            MetaType::Object { fields, .. } | MetaType::Interface { fields, .. } => {
                let target = |kind: &str| MetaTypeName::concrete_typename(kind).to_owned();
                let field = |(name, meta): (String, MetaField)| {
                    let is_sized = meta.args.contains_key("first");
                    (name, Field { target: target(&meta.ty), is_sized })
                };
                Some((name, fields.into_iter().map(field).collect()))
            }
            _ => None,
        });
        Self { query, mutation, fields: fields.collect() }
    }

    /// The type of the fields that read.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The type of the fields that change something.
    pub fn mutation(&self) -> &str {
        &self.mutation
    }

    /// The type that a field leads to, lists and nulls aside; none where there is no such field.
    pub fn target(&self, parent: &str, field: &str) -> Option<&str> {
        Some(self.fields.get(parent)?.get(field)?.target.as_str())
    }

    /// Whether a field has as many items as its argument `first` says.
    pub fn is_sized(&self, parent: &str, field: &str) -> bool {
        self.fields.get(parent).and_then(|fields| fields.get(field)).is_some_and(|field| field.is_sized)
    }
}

impl Default for Outline {
    fn default() -> Self {
        Self::new()
    }
}
