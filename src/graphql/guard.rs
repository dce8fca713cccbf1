//! The guard of every root field. One wrapper around the root objects, not an attribute on each field that somebody could
//! forget: a field that the policy does not know is refused.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Error, ObjectType, OutputType, Positioned, ServerResult,
    Value,
    parser::types::Field,
    registry::{MetaField, MetaType, Registry},
    resolver_utils::resolve_container,
};

use tracing::Instrument;
use uuid::Uuid;

use super::requires;
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission},
    },
    domain::policy::{self, Policies},
    service::{Services, audit::Aim, error::ApiError, once::Once, parse_id, reads::SensitiveReads},
};

/// A root object whose fields are refused unless the policy allows them to the caller.
#[derive(Debug, Default)]
pub(super) struct Guarded<T>(T);

/// Who asks, from the request.
pub(super) fn caller<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Caller>, ApiError> {
    ctx.data_opt::<Arc<Caller>>().ok_or(ApiError::Unauthenticated)
}

/// What can be done.
pub(super) fn services<'a>(ctx: &Context<'a>) -> Result<&'a Services, ApiError> {
    ctx.data_opt::<Services>().ok_or(ApiError::Internal)
}

/// What of the answer is sensitive, and is to be logged.
pub(super) fn reads<'a>(ctx: &Context<'a>) -> Result<&'a Arc<SensitiveReads>, ApiError> {
    ctx.data_opt::<Arc<SensitiveReads>>().ok_or(ApiError::Internal)
}

/// The policies of the platform, read once a request.
pub(super) async fn policies(ctx: &Context<'_>) -> Result<Arc<Policies>, ApiError> {
    let read = ctx.data_opt::<Arc<Once>>().ok_or(ApiError::Internal)?;
    let (services, caller) = (services(ctx)?, caller(ctx)?);
    read.get("policies", async || Ok(services.policies(caller).await?.policies)).await
}

/// What was read of the policies in this request holds no longer.
pub(super) fn policies_changed(ctx: &Context<'_>) -> Result<(), ApiError> {
    ctx.data_opt::<Arc<Once>>().ok_or(ApiError::Internal)?.forget("policies");
    Ok(())
}

/// Whether a policy hides this part of users from everybody. Of a part that none can hide, nothing is read.
pub(super) async fn is_hidden(ctx: &Context<'_>, part: Action) -> Result<bool, ApiError> {
    match part.user_part().filter(|path| policy::may_be_hidden(path)) {
        Some(path) => Ok(policies(ctx).await?.that_hides(path).is_some()),
        None => Ok(false),
    }
}

async fn admit(ctx: &Context<'_>, field: &str) -> Result<(), ApiError> {
    let caller = caller(ctx)?;
    let action = Action::of_field(field).ok_or(ApiError::Forbidden { missing: None })?;
    let on = id_named(ctx).and_then(|id| match action {
        Action::RoleUpdate | Action::RoleDelete => None,
        action if action.is_staff_act() => Some(Aim::Staff(id)),
        _ => Some(Aim::User(id)),
    });
    services(ctx)?.permit_aimed(caller, action, on).await.map(drop)
}

/// Whom an act names as `id`, for the record of a refusal.
fn id_named(ctx: &Context<'_>) -> Option<Uuid> {
    let arguments = ctx.field().arguments().ok()?;
    match arguments.into_iter().find(|(name, _)| name == "id")? {
        (_, Value::String(id)) => parse_id(&id),
        _ => None,
    }
}

impl<T: ObjectType> ContainerType for Guarded<T> {
    /// Asks before the arguments are looked at: a stranger learns nothing from how they are judged.
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if let Err(refused) = admit(ctx, &ctx.item.node.name.node).await {
            return Err(ctx.set_error_path(Error::from(refused).into_server_error(ctx.item.pos)));
        }
        let span = tracing::debug_span!("field", otel.name = %ctx.item.node.name.node);
        self.0.resolve_field(ctx).instrument(span).await
    }
}

impl<T: ObjectType> OutputType for Guarded<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = T::create_type_info(registry);
        <Permission as OutputType>::create_type_info(registry);
        super::scalars::describe(registry);
        requires::describe_roots(registry, &T::type_name());
        requires::describe_users(registry);
        requires::describe_exempt(registry);
        if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(T::type_name().as_ref()) {
            fields.values_mut().for_each(may_be_refused);
        }
        name
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<T: ObjectType> ObjectType for Guarded<T> {}

/// Whatever the guard may refuse is null when it was refused: were it never null, the specification (6.4.4) would have the
/// answers of all other root fields go with it, those of mutations that took effect among them.
fn may_be_refused(field: &mut MetaField) {
    field.ty.truncate(field.ty.trim_end_matches('!').len());
}
