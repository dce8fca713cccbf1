//! Objects whose plain fields are written without a future each. The library makes a future of every field, keeps it in a
//! set and wakes it, and of a page of fifty users with fifteen fields that is most of what an answer costs. Here the fields
//! that are values already are written in one pass over the selection; whatever has to wait, may be refused or takes
//! arguments is left to the library's own resolver, field by field.
//!
//! A field may be plain ([`Plain::plain`]) if whoever gets the object gets it too: nothing here asks for a permit. A test
//! answers every field both ways.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, OutputType, Pos, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::resolve_container,
};
use futures_util::{
    future::try_join_all,
    stream::{FuturesUnordered, StreamExt},
};

/// An object of whose fields some are values already.
pub(super) trait Plain: ContainerType + Send + Sync {
    /// The value of a field; none of one that the library's resolver is to answer, or to say what is wrong with it. What one
    /// object of a list waited for may be a value of the others.
    fn plain(&self, _: &Selected<'_>) -> Option<Value> {
        None
    }
}

impl<T: Plain> Plain for &T {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        T::plain(self, field)
    }
}

/// A field as it was selected.
pub(super) struct Selected<'a> {
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<Field>,
}

impl Selected<'_> {
    /// Its name in the schema.
    pub(super) fn name(&self) -> &str {
        &self.field.node.name.node
    }

    /// Where it stands in the document.
    pub(super) fn place(&self) -> Pos {
        self.field.pos
    }

    /// What its resolver is given.
    pub(super) fn context(&self) -> Context<'_> {
        self.ctx.with_field(self.field)
    }

    /// The value of an object that the field answers with, of which `plain` tells the fields; none where not all that is
    /// selected of it is plain.
    pub(super) fn object<T: OutputType>(
        &self,
        plain: impl Fn(&Selected<'_>) -> Option<Value>,
    ) -> Option<Value> {
        let fields = written_out::<T>(self.ctx, &self.field.node.selection_set.node)?;
        self.filled::<T>(&fields, plain)
    }

    /// The same of a list of them.
    pub(super) fn objects<T: OutputType, I>(
        &self,
        items: impl IntoIterator<Item = I>,
        plain: impl Fn(&I, &Selected<'_>) -> Option<Value>,
    ) -> Option<Value> {
        let fields = written_out::<T>(self.ctx, &self.field.node.selection_set.node)?;
        let items = items.into_iter().map(|item| self.filled::<T>(&fields, |field| plain(&item, field)));
        items.collect::<Option<Vec<_>>>().map(Value::List)
    }

    fn filled<T: OutputType>(
        &self,
        fields: &[&Positioned<Field>],
        plain: impl Fn(&Selected<'_>) -> Option<Value>,
    ) -> Option<Value> {
        let mut filled = IndexMap::with_capacity(fields.len());
        for field in fields {
            let value = value::<T>(&Selected { ctx: self.ctx, field }, &plain)?;
            if filled.insert(key(field), value).is_some() {
                return None;
            }
        }
        Some(Value::Object(filled))
    }
}

/// An object that is answered in this way.
pub(super) struct Filled<T>(pub(super) T);

impl<T: Plain> OutputType for Filled<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let Self(object) = self;
        let Some(fields) = written_out::<T>(ctx, &ctx.item.node) else {
            return resolve_container(ctx, object).await;
        };
        let mut filled = IndexMap::with_capacity(fields.len());
        let mut waiting = Vec::new();
        for field in fields {
            let value = value::<T>(&Selected { ctx, field }, |field| object.plain(field));
            if value.is_none() {
                // boxed: the future of any field of a user takes some 7 KB, which are moved from hand to hand
                waiting.push(Box::pin(async move {
                    let of_field = ctx.with_field(field);
                    (key(field), object.resolve_field(&of_field).await)
                }));
            }
            // each has its place from the start, so that none has to be put in order
            if filled.insert(key(field), value.unwrap_or_default()).is_some() {
                return resolve_container(ctx, object).await;
            }
        }
        if !waiting.is_empty() {
            let mut waiting = FuturesUnordered::from_iter(waiting);
            while let Some((key, answered)) = waiting.next().await {
                match answered {
                    Ok(value) => drop(filled.insert(key, value.unwrap_or_default())),
                    Err(error) => ctx.add_error(error),
                }
            }
        }
        Ok(Value::Object(filled))
    }
}

/// A list of objects that are answered in this way. What the first of them waits for is read for all, where there is a way:
/// the others are written in one pass behind it.
pub(super) struct FilledAll<T>(pub(super) Vec<T>);

impl<T: Plain> OutputType for FilledAll<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<Filled<T>>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<Filled<T>>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<Filled<T>>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Self(objects) = self;
        let answer = async |at: usize| {
            let ctx = ctx.with_index(at);
            Filled(&objects[at]).resolve(&ctx, field).await.map_err(|error| ctx.set_error_path(error))
        };
        let mut values = Vec::with_capacity(objects.len());
        if !objects.is_empty() {
            values.push(answer(0).await?);
        }
        if let Some(fields) = written_out::<T>(ctx, &ctx.item.node) {
            let of_list = Selected { ctx, field };
            let others = objects.iter().skip(1);
            values
                .extend(others.map_while(|object| of_list.filled::<T>(&fields, |field| object.plain(field))));
        }
        values.extend(try_join_all((values.len()..objects.len()).map(answer)).await?);
        Ok(Value::List(values))
    }
}

/// The value of a field, whose object says only what is its own.
fn value<T: OutputType>(
    field: &Selected<'_>,
    plain: impl Fn(&Selected<'_>) -> Option<Value>,
) -> Option<Value> {
    match field.name() {
        "__typename" => Some(Value::String(T::type_name().into_owned())),
        _ => plain(field),
    }
}

fn key(field: &Positioned<Field>) -> Name {
    field.node.response_key().node.clone()
}

/// The fields of a selection, those of its fragments among them; none where the library has to choose: a fragment on
/// something else, a directive. Of two fields of one name it has to merge what they select.
fn written_out<'a, T: OutputType>(
    ctx: &ContextSelectionSet<'a>,
    selections: &'a SelectionSet,
) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::with_capacity(selections.items.len());
    add::<T>(ctx, selections, &mut fields)?;
    Some(fields)
}

fn add<'a, T: OutputType>(
    ctx: &ContextSelectionSet<'a>,
    selections: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> Option<()> {
    for selection in &selections.items {
        let (condition, inside) = match &selection.node {
            Selection::Field(field) if field.node.directives.is_empty() => {
                fields.push(field);
                continue;
            }
            Selection::Field(_) => return None,
            Selection::FragmentSpread(spread) => {
                let fragment = &ctx.query_env.fragments.get(&spread.node.fragment_name.node)?.node;
                (Some(&fragment.type_condition), &fragment.selection_set)
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
        };
        if condition.is_some_and(|condition| condition.node.on.node != T::type_name().as_ref()) {
            return None;
        }
        add::<T>(ctx, &inside.node, fields)?;
    }
    Some(())
}
