//! How much a field asks for by its arguments, as values or through variables: items of a page by `first`, `last` or
//! `page: {perPage}`, how many counts, and how many values.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
};

use async_graphql::{
    Name, Value, Variables,
    parser::types::{Field, OperationDefinition},
};

use crate::service::listing::{DEFAULT_PAGE, NESTED_PAGE};

/// Page sizes of one operation.
pub(super) struct Pages<'a> {
    variables: &'a Variables,
    most: u64,
    defaults: HashMap<&'a Name, &'a Value>,
    /// Values in each variable: counted once, however often it is used.
    values: HashMap<&'a Name, u32>,
}

impl<'a> Pages<'a> {
    /// Sizes of pages that have at most so many items.
    pub(super) fn new(variables: &'a Variables, most: u64) -> Self {
        let values = variables.iter().map(|(name, value)| (name, count(value))).collect();
        Self { variables, most, defaults: HashMap::new(), values }
    }

    /// From now on the operation is this one.
    pub(super) fn defaults_of(&mut self, operation: &'a OperationDefinition) {
        let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
        self.defaults = definitions
            .filter_map(|variable| Some((&variable.name.node, &variable.default_value.as_ref()?.node)))
            .collect();
    }

    /// The size when none is given.
    pub(super) fn default(at_the_top: bool) -> u32 {
        let size = if at_the_top { DEFAULT_PAGE } else { NESTED_PAGE };
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    /// The size that a field gives, if it does. More than a page may have counts as a full page: it will be refused
    /// with a better reason than its cost.
    pub(super) fn size(&self, field: &Field) -> Option<u32> {
        let sizes = field.arguments.iter().filter_map(|(name, _)| match name.node.as_str() {
            "first" | "last" => self.number(&self.argument(field, &name.node)?),
            "page" => match self.argument(field, "page")? {
                Value::Object(page) => {
                    let size = page.get("perPage").and_then(|size| self.number(size));
                    // of a page by its number, the size is the same wherever it is
                    Some(size.unwrap_or_else(|| Self::default(true)))
                }
                _ => None,
            },
            _ => None,
        });
        sizes.max()
    }

    /// How many different values a list has that a field is given; one where it is no list.
    pub(super) fn different(&self, field: &Field, argument: &str) -> u32 {
        match self.argument(field, argument) {
            Some(Value::List(values)) => {
                let different: HashSet<String> = values.iter().map(ToString::to_string).collect();
                u32::try_from(different.len()).unwrap_or(u32::MAX)
            }
            _ => 1,
        }
    }

    /// How many values a field is given in all its arguments.
    pub(super) fn values(&self, field: &Field) -> u32 {
        field.arguments.iter().map(|(_, value)| self.values_in(&value.node)).fold(0, u32::saturating_add)
    }

    fn values_in(&self, value: &async_graphql_value::Value) -> u32 {
        use async_graphql_value::Value;
        let all = |values: &mut dyn Iterator<Item = &Value>| {
            values.map(|value| self.values_in(value)).fold(0, u32::saturating_add)
        };
        match value {
            Value::Variable(name) => {
                let default = || self.defaults.get(name).map_or(0, |default| count(default));
                self.values.get(name).copied().unwrap_or_else(default)
            }
            Value::List(items) => all(&mut items.iter()),
            Value::Object(fields) => all(&mut fields.values()).saturating_add(1),
            _ => 1,
        }
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let (_, value) = field.arguments.iter().find(|(own, _)| own.node == name)?;
        // a variable that is not there hides nothing of what stands beside it
        let variable = |name: Name| Ok::<_, Infallible>(self.variable(&name).cloned().unwrap_or_default());
        value.node.clone().into_const_with(variable).ok()
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| self.defaults.get(name).copied())
    }

    fn number(&self, value: &Value) -> Option<u32> {
        let Value::Number(number) = value else { return None };
        u32::try_from(number.as_u64().unwrap_or_default().min(self.most)).ok()
    }
}

/// Values in a value; of a list, those within. An object is one beside those within: each becomes an input of a kilobyte,
/// also when it is empty.
fn count(value: &Value) -> u32 {
    match value {
        Value::List(items) => items.iter().map(count).fold(0, u32::saturating_add),
        Value::Object(fields) => fields.values().map(count).fold(1, u32::saturating_add),
        _ => 1,
    }
}
