//! Answers as section 6 has them. The library writes the fields of an object in the order in which they were ready, and
//! leaves out what failed; here they stand in the order of the document (6.3), and what failed is null, as is whatever may
//! not be without it (6.4.4).

use async_graphql::{
    Name, PathSegment, Response, ServerError, Value, Variables,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, SelectionSet},
    registry::{MetaType, MetaTypeName, Registry},
};

use super::collect;

/// What an answer will hold, known before it is made.
#[derive(Debug)]
pub(super) struct Plan(Vec<Planned>);

/// A field of an answer.
#[derive(Debug)]
struct Planned {
    name: Name,
    ty: Type,
    /// Of an object, or a list of them; perhaps nothing.
    below: Option<Vec<Planned>>,
}

/// What a type says of nulls: read once, and not again for each item of a page.
#[derive(Debug)]
enum Type {
    Named,
    List(Box<Type>),
    NonNull(Box<Type>),
}

impl Type {
    fn of(written: &str) -> Self {
        match MetaTypeName::create(written) {
            MetaTypeName::Named(_) => Self::Named,
            MetaTypeName::List(inner) => Self::List(Box::new(Self::of(inner))),
            MetaTypeName::NonNull(inner) => Self::NonNull(Box::new(Self::of(inner))),
        }
    }
}

/// The way from the root to a value.
type Way<'a> = Vec<Step<'a>>;

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl Plan {
    pub(super) fn new(
        registry: &Registry,
        document: &ExecutableDocument,
        selections: &SelectionSet,
        root: &MetaType,
        variables: &Variables,
    ) -> Self {
        Self(plan(registry, document, &[selections], root, variables))
    }

    /// Brings an answer into its form. One of a request that was refused as a whole stays as it is; one that asked for
    /// nothing is empty.
    pub(super) fn complete(&self, response: &mut Response) {
        let errors = &response.errors;
        if response.data == Value::Null && errors.iter().all(|error| error.path.is_empty()) {
            if errors.is_empty() {
                response.data = Value::Object(IndexMap::new());
            }
            return;
        }
        Answer { errors }.value(&mut response.data, Some(&self.0), &mut Way::new());
    }
}

fn plan(
    registry: &Registry,
    document: &ExecutableDocument,
    selections: &[&SelectionSet],
    parent: &MetaType,
    variables: &Variables,
) -> Vec<Planned> {
    let fields = collect::chosen(document, selections, variables);
    let planned = fields.into_iter().map(|(name, group)| {
        let known = group.first().and_then(|field| parent.field_by_name(&field.node.name.node));
        let below: Vec<_> = group.iter().map(|field| &field.node.selection_set.node).collect();
        let below = known
            .and_then(|known| registry.concrete_type_by_name(&known.ty))
            .filter(|ty| ty.is_composite())
            .map(|ty| plan(registry, document, &below, ty, variables));
        // only `__typename` is no field of its type
        let ty = Type::of(known.map_or("String!", |known| known.ty.as_str()));
        Planned { name: name.clone(), ty, below }
    });
    planned.collect()
}

struct Answer<'e> {
    errors: &'e [ServerError],
}

impl Answer<'_> {
    /// A value of this type; false where it may not be null and is.
    fn typed<'p>(
        &self,
        value: &mut Value,
        ty: &Type,
        below: Option<&'p [Planned]>,
        way: &mut Way<'p>,
    ) -> bool {
        match ty {
            Type::NonNull(ty) => self.typed(value, ty, below, way) && *value != Value::Null,
            Type::List(ty) => {
                if below.is_some()
                    && let Value::List(items) = value
                    && !items.iter_mut().enumerate().all(|(index, item)| {
                        way.push(Step::Index(index));
                        let stands = self.typed(item, ty, below, way);
                        way.pop();
                        stands
                    })
                {
                    *value = Value::Null;
                }
                true
            }
            Type::Named => {
                self.value(value, below, way);
                true
            }
        }
    }

    /// A value of a type without "!" or brackets.
    fn value<'p>(&self, value: &mut Value, below: Option<&'p [Planned]>, way: &mut Way<'p>) {
        let Some(below) = below else { return };
        // of an object of which everything failed the library leaves null
        if *value == Value::Null && self.failed_within(way) {
            *value = Value::Object(IndexMap::new());
        }
        if let Value::Object(fields) = value
            && !self.object(fields, below, way)
        {
            *value = Value::Null;
        }
    }

    /// False where a field that may not be null is.
    fn object<'p>(
        &self,
        fields: &mut IndexMap<Name, Value>,
        planned: &'p [Planned],
        way: &mut Way<'p>,
    ) -> bool {
        if !fields.keys().eq(planned.iter().map(|planned| &planned.name)) {
            let mut given = std::mem::take(fields);
            *fields = planned
                .iter()
                .map(|planned| (planned.name.clone(), given.swap_remove(&planned.name).unwrap_or_default()))
                .collect();
        }
        fields.values_mut().zip(planned).all(|(value, planned)| {
            let Some(below) = &planned.below else {
                return *value != Value::Null || !matches!(planned.ty, Type::NonNull(_));
            };
            way.push(Step::Field(&planned.name));
            let stands = self.typed(value, &planned.ty, Some(below), way);
            way.pop();
            stands
        })
    }

    /// Whether an error lies below this place.
    fn failed_within(&self, way: &Way<'_>) -> bool {
        self.errors.iter().any(|error| {
            error.path.len() > way.len()
                && error.path.iter().zip(way).all(|(segment, step)| match (segment, step) {
                    (PathSegment::Field(name), Step::Field(field)) => name == field,
                    (PathSegment::Index(at), Step::Index(index)) => at == index,
                    _ => false,
                })
        })
    }
}
