//! Whether a value is one of a type, where it stands in a document or comes as a variable: 5.6 (values), 5.8.5 (variables
//! in their positions), 6.1.2 (values of variables).

use std::collections::HashMap;

use async_graphql::{
    Name,
    indexmap::IndexMap,
    registry::{MetaInputValue, MetaType, MetaTypeName, Registry},
};
use async_graphql_value::{ConstValue, Value};

use super::finding::shown;

/// Where a value comes from.
pub(super) trait Origin {
    /// Whether words of enums are texts: JSON has no words.
    const JSON: bool;

    /// What is wrong with a variable that is used in this position.
    fn variable(&mut self, name: &Name, position: Position<'_>) -> Result<(), Misfit>;
}

/// A place that takes a value.
#[derive(Clone, Copy)]
pub(super) struct Position<'a> {
    /// The type that is taken.
    pub(super) ty: &'a str,
    /// Whether a value that is missing has a default here.
    pub(super) has_default: bool,
    /// Whether this is the one field of a oneOf, which is never null.
    pub(super) is_only_one: bool,
}

/// What is wrong with a value, and where within it.
#[derive(Debug)]
pub(super) struct Misfit {
    /// The way to it, innermost first.
    way: Vec<String>,
    what: String,
}

impl Misfit {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { way: Vec::new(), what: what.into() }
    }

    fn within(mut self, step: &impl ToString) -> Self {
        self.way.push(step.to_string());
        self
    }

    /// The whole sentence, of the value of this name.
    pub(super) fn of(self, name: &str) -> String {
        let way = self.way.iter().rev().fold(name.to_owned(), |way, step| way + "." + step);
        format!("{} {}.", shown(&way), self.what)
    }
}

/// Judges a value in a position.
pub(super) fn judge<O: Origin>(
    registry: &Registry,
    value: &Value,
    position: Position<'_>,
    origin: &mut O,
) -> Result<(), Misfit> {
    match (MetaTypeName::create(position.ty), value) {
        (_, Value::Variable(name)) => origin.variable(name, position),
        (MetaTypeName::NonNull(_), Value::Null) => Err(Misfit::new("must not be null")),
        (_, Value::Null) if position.is_only_one => Err(Misfit::new("must not be null")),
        (_, Value::Null) => Ok(()),
        (MetaTypeName::NonNull(ty), value) => judge(registry, value, Position { ty, ..position }, origin),
        (MetaTypeName::List(ty), Value::List(items)) => {
            let position = Position { ty, has_default: false, is_only_one: false };
            items.iter().enumerate().try_for_each(|(index, item)| {
                judge(registry, item, position, origin).map_err(|misfit| misfit.within(&index))
            })
        }
        // one value is a list of one
        (MetaTypeName::List(ty), value) => judge(registry, value, Position { ty, ..position }, origin),
        (MetaTypeName::Named(ty), value) => named(registry, value, ty, origin),
    }
}

fn named<O: Origin>(registry: &Registry, value: &Value, ty: &str, origin: &mut O) -> Result<(), Misfit> {
    let fits = match (registry.types.get(ty), value) {
        (Some(MetaType::InputObject { input_fields, oneof, .. }), Value::Object(given)) => {
            return object(registry, given, input_fields, *oneof, origin);
        }
        (Some(MetaType::Enum { enum_values, .. }), Value::Enum(word)) => {
            enum_values.contains_key(word.as_str())
        }
        (Some(MetaType::Enum { enum_values, .. }), Value::String(word)) => {
            O::JSON && enum_values.contains_key(word.as_str())
        }
        (Some(MetaType::Scalar { is_valid, .. }), value) => scalar(ty, value, is_valid.as_deref()),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Misfit::new(format!("must be a value of the type `{ty}`"))) }
}

/// The scalars of the specification by its rules (3.5), ours by their own.
fn scalar(ty: &str, value: &Value, is_valid: Option<&(dyn Fn(&ConstValue) -> bool + Send + Sync)>) -> bool {
    match (ty, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("Float", Value::Number(_))
        | ("Boolean", Value::Boolean(_))
        | ("String" | "ID", Value::String(_)) => true,
        ("Int" | "Float" | "Boolean" | "String" | "ID", _) => false,
        // a variable within a scalar of ours: what it holds is judged when it is read
        (_, value) => {
            value.clone().into_const().is_none_or(|value| is_valid.is_none_or(|is_valid| is_valid(&value)))
        }
    }
}

/// 5.6.2 (names), 5.6.4 (required fields), 3.10.1 (exactly one field of a oneOf).
fn object<O: Origin>(
    registry: &Registry,
    given: &IndexMap<Name, Value>,
    fields: &IndexMap<String, MetaInputValue>,
    is_one_of: bool,
    origin: &mut O,
) -> Result<(), Misfit> {
    for (name, value) in given {
        let Some(field) = fields.get(name.as_str()) else {
            return Err(Misfit::new("is no field of this input").within(name));
        };
        let position =
            Position { ty: &field.ty, has_default: field.default_value.is_some(), is_only_one: is_one_of };
        judge(registry, value, position, origin).map_err(|misfit| misfit.within(name))?;
    }
    if let Some(missing) =
        fields.values().find(|field| is_required(field) && !given.contains_key(field.name.as_str()))
    {
        return Err(Misfit::new("is required").within(&missing.name));
    }
    if is_one_of && given.len() != 1 {
        return Err(Misfit::new("must have exactly one field"));
    }
    Ok(())
}

/// Whether an argument or a field of an input must be given.
pub(super) fn is_required(input: &MetaInputValue) -> bool {
    input.ty.ends_with('!') && input.default_value.is_none()
}

/// 5.8.5, `IsVariableUsageAllowed`: whether a variable of this type may stand in a position. With a default, a variable
/// that may be left out is as good as one that is never null.
pub(super) fn may_stand(variable: &str, has_default: bool, position: Position<'_>) -> bool {
    match MetaTypeName::create(position.ty) {
        _ if position.is_only_one && !variable.ends_with('!') => false,
        MetaTypeName::NonNull(ty) if !variable.ends_with('!') => {
            (has_default || position.has_default) && is_within(variable, ty)
        }
        _ => is_within(variable, position.ty),
    }
}

/// `AreTypesCompatible`.
fn is_within(variable: &str, ty: &str) -> bool {
    match (MetaTypeName::create(variable), MetaTypeName::create(ty)) {
        (MetaTypeName::NonNull(variable), MetaTypeName::NonNull(ty))
        | (MetaTypeName::List(variable), MetaTypeName::List(ty)) => is_within(variable, ty),
        (MetaTypeName::NonNull(variable), _) => is_within(variable, ty),
        (MetaTypeName::Named(variable), MetaTypeName::Named(ty)) => variable == ty,
        _ => false,
    }
}

/// A variable of an operation.
pub(super) struct Variable {
    pub(super) ty: String,
    pub(super) has_default: bool,
    pub(super) is_used: bool,
}

/// A value of the document, in which variables may stand: 5.8.3 (they are defined), 5.8.5 (and may stand there).
pub(super) struct Uses<'w, 'a>(pub(super) &'w mut HashMap<&'a Name, Variable>);

impl Origin for Uses<'_, '_> {
    const JSON: bool = false;

    fn variable(&mut self, name: &Name, position: Position<'_>) -> Result<(), Misfit> {
        let Some(variable) = self.0.get_mut(name) else {
            return Err(Misfit::new(format!("has the variable {}, which is not defined", shown(name))));
        };
        variable.is_used = true;
        if may_stand(&variable.ty, variable.has_default, position) {
            return Ok(());
        }
        let null = if position.is_only_one { ", never null" } else { "" };
        let ty = position.ty;
        Err(Misfit::new(format!("takes `{ty}`{null}, which the variable {} is not", shown(name))))
    }
}

/// A value without variables.
pub(super) struct Constant;

impl Origin for Constant {
    const JSON: bool = false;

    fn variable(&mut self, name: &Name, _: Position<'_>) -> Result<(), Misfit> {
        Err(Misfit::new(format!("has the variable {}, which has no place here", shown(name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_stands_where_its_type_is_as_strict() {
        for (variable, has_default, ty, position_has_default, may) in [
            ("Int", false, "Int", false, true),
            ("Int!", false, "Int", false, true),
            ("Int", false, "Int!", false, false),
            ("Int", true, "Int!", false, true),
            ("Int", false, "Int!", true, true),
            ("Int", false, "Float", false, false),
            ("[Int]", false, "[Int]", false, true),
            ("[Int!]!", false, "[Int]", false, true),
            ("[Int]", true, "[Int!]", false, false),
            ("[Int!]", true, "[Int!]!", false, true),
            ("Int", false, "[Int]", false, false),
            ("[Int]", false, "Int", false, false),
            ("[[Int!]]", false, "[[Int]]", false, true),
            ("[[Int]]", false, "[[Int!]]", false, false),
        ] {
            let position = Position { ty, has_default: position_has_default, is_only_one: false };
            assert_eq!(may_stand(variable, has_default, position), may, "{variable} for {ty}");
        }
        let only_one = Position { ty: "ID", has_default: false, is_only_one: true };
        assert!(may_stand("ID!", false, only_one));
        assert!(!may_stand("ID", true, only_one));
    }
}
