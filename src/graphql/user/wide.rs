//! The parts of a user that have tables of their own, as fields of the user. Each is read when it is selected, for all
//! users of a page together.

use async_graphql::{Context, Object};

use super::{
    User,
    circumstances::{Finances, Occupation, Sanctions, Tax},
    company::Company,
    figures::{Fees, Provider},
    view::copied,
};
use crate::{
    auth::policy::Action,
    graphql::guard::services,
    service::{error::ApiError, user},
};

/// The parts of a user that have tables of their own.
pub(super) struct Wide(pub(super) User);

/// The parts of a user that have tables of their own.
#[Object]
impl Wide {
    /// The company that the user is; natural persons have none.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
        let permit = Box::pin(self.0.seen(ctx)).await?;
        let all = Box::pin(services(ctx)?.companies(&permit, self.0.siblings())).await?;
        Ok(all.get(&self.0.key()).cloned().map(Company))
    }

    /// What the user does for a living.
    async fn occupation(&self, ctx: &Context<'_>) -> Result<Option<Occupation>, ApiError> {
        Ok(self.0.part::<user::Occupation>(ctx).await?.map(Occupation::from))
    }

    /// How the user stands financially.
    async fn finances(&self, ctx: &Context<'_>) -> Result<Option<Finances>, ApiError> {
        Ok(self.0.guarded_part::<user::Finances>(ctx, Action::UserFinances).await?.map(Finances::from))
    }

    /// Where and how the user is taxed.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Option<Tax>, ApiError> {
        Ok(self.0.guarded_part::<user::Tax>(ctx, Action::UserTax).await?.map(Tax::from))
    }

    /// What the user answered about sanctions.
    async fn sanctions(&self, ctx: &Context<'_>) -> Result<Option<Sanctions>, ApiError> {
        Ok(self.0.guarded_part::<user::Sanctions>(ctx, Action::UserSanctions).await?.map(Sanctions::from))
    }

    /// What the user pays the platform.
    async fn fees(&self, ctx: &Context<'_>) -> Result<Fees, ApiError> {
        // lists ask whether there are any: who has none has no row to look for
        let own = match copied(&self.0.row().own_fees)? && Fees::are_selected(ctx) {
            true => self.0.part(ctx).await?,
            false => None,
        };
        Ok(Fees { are_own: copied(&self.0.row().own_fees)?, own: own.unwrap_or_default() })
    }

    /// What the payment provider says of the user, in its own codes; null where it said nothing.
    async fn provider(&self, ctx: &Context<'_>) -> Result<Option<Provider>, ApiError> {
        Ok(self.0.part::<user::Provider>(ctx).await?.map(Provider::from))
    }
}
