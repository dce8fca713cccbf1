//! A user as it was read for the API: what was selected, and those who were read together, so that what belongs to them is
//! read together too. What the API says of it is in `object.rs` and beside it.

use std::sync::Arc;

use async_graphql::Context;
use backdesk_entity::enums::AddressKind;
use uuid::Uuid;

use super::parts::Address;
use crate::{
    auth::{caller::Permit, policy::Action},
    graphql::{
        connection::Node,
        guard::{caller, reads, services},
        scalars::Url,
    },
    service::{
        error::ApiError,
        listing::Page,
        user::{Field, Related, Siblings, UserRow, UserView, Users, WidePart},
    },
};

/// A person or company on the platform: a customer, vendor or client. Never staff.
#[derive(Debug, Clone)]
pub(in crate::graphql) struct User {
    view: Arc<UserView>,
    /// Those who were read with them.
    siblings: Arc<Siblings>,
}

impl Node for User {
    type Listed = Users;
}

impl User {
    /// A user who was read alone.
    pub(in crate::graphql) fn alone(view: UserView) -> Self {
        let siblings = Siblings::of([&view]);
        Self { view: Arc::new(view), siblings }
    }

    /// The users of a page.
    pub(in crate::graphql) fn page(page: Page<UserView>) -> Page<Self> {
        let siblings = Siblings::of(&page.items);
        page.with(|view| Self { view: Arc::new(view), siblings: Arc::clone(&siblings) })
    }

    /// Users who were read together.
    pub(in crate::graphql) fn all(views: Vec<UserView>) -> impl Iterator<Item = Self> {
        let siblings = Siblings::of(&views);
        views.into_iter().map(move |view| Self { view: Arc::new(view), siblings: Arc::clone(&siblings) })
    }

    /// The id.
    pub(in crate::graphql) fn key(&self) -> Uuid {
        self.view.id
    }

    /// Those who were read with the user, and which of them the user is.
    pub(in crate::graphql) fn among(&self) -> (&Siblings, Uuid) {
        (&self.siblings, self.view.id)
    }

    /// The permit to show a part of the user; none where it is withheld. What is sensitive is noted as read.
    pub(in crate::graphql) fn permit(
        &self,
        ctx: &Context<'_>,
        part: Action,
    ) -> Result<Option<Permit>, ApiError> {
        Ok(reads(ctx)?.permit(caller(ctx)?, part, self.view.id))
    }

    /// The permit for what everybody sees of a user who sees the user.
    pub(super) async fn seen(&self, ctx: &Context<'_>) -> Result<Permit, ApiError> {
        services(ctx)?.permit_on(caller(ctx)?, Action::User, Some(self.view.id)).await
    }

    /// Where a picture is found: one that is kept here, by a link that ends.
    pub(super) async fn picture_url(&self, ctx: &Context<'_>) -> Result<Option<Url>, ApiError> {
        match selected(self.row().picture.read())?.clone() {
            Some(picture) => services(ctx)?.picture_url(picture).await.map(Url).map(Some),
            None => Ok(None),
        }
    }

    /// A part that whoever sees the user sees.
    pub(super) async fn part<P: WidePart>(&self, ctx: &Context<'_>) -> Result<Option<P>, ApiError> {
        let permit = Box::pin(self.seen(ctx)).await?;
        // boxed, as those below: the library makes one future of all fields, which is as large as the largest
        let all = Box::pin(services(ctx)?.part(&permit, &self.siblings)).await?;
        Ok(all.get(&self.view.id).cloned())
    }

    /// A part with a permission of its own; none where it is withheld.
    pub(super) async fn guarded_part<P: WidePart>(
        &self,
        ctx: &Context<'_>,
        part: Action,
    ) -> Result<Option<P>, ApiError> {
        let Some(permit) = self.permit(ctx, part)? else { return Ok(None) };
        let all = Box::pin(services(ctx)?.part(&permit, &self.siblings)).await?;
        Ok(all.get(&self.view.id).cloned())
    }

    /// A user who was read together with these.
    pub(super) fn beside(view: Arc<UserView>, siblings: Arc<Siblings>) -> Self {
        Self { view, siblings }
    }

    pub(super) fn siblings(&self) -> &Siblings {
        &self.siblings
    }

    pub(super) fn row(&self) -> &UserRow {
        &self.view.row
    }

    pub(super) fn related(&self) -> &Related {
        &self.view.related
    }

    pub(super) fn address(&self, kind: AddressKind) -> Result<Option<Address>, ApiError> {
        let addresses = selected(self.view.related.addresses.as_ref())?;
        Ok(addresses.get(&kind).cloned().map(Address::from))
    }
}

/// What was selected. That it was not read although a resolver asks for it is a fault of `select.rs`.
pub(super) fn selected<T>(read: Option<T>) -> Result<T, ApiError> {
    read.ok_or_else(|| {
        tracing::error!("a field was resolved whose columns were not selected");
        ApiError::Internal
    })
}

pub(super) fn copied<T: Copy>(field: &Field<T>) -> Result<T, ApiError> {
    selected(field.read()).copied()
}

pub(super) fn scalar<T>(
    field: &Field<Option<String>>,
    scalar: fn(String) -> T,
) -> Result<Option<T>, ApiError> {
    Ok(selected(field.read())?.clone().map(scalar))
}

pub(super) fn text(field: &Field<Option<String>>) -> Result<Option<&str>, ApiError> {
    Ok(selected(field.read())?.as_deref())
}
