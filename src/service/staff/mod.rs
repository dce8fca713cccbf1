//! Staff members: who they are, what they hold, and who decides about that. Users are never among them, nor they among users.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    Services,
    error::ApiError,
    listing::{self, List, Page},
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::list::ListQuery,
};

mod act;
mod acts;
mod create;
mod ended;
mod links;
mod notices;
mod reach;
mod viewer;

pub(in crate::service) use act::taken;
pub use act::{StaffAct, StaffActed};
pub(in crate::service) use acts::describe;
pub use acts::{
    DeactivateStaff, EndSessions, ReactivateStaff, ResendInvitation, ResetSecondFactor, SendPasswordReset,
    SetGrants, UpdateStaff,
};
pub(in crate::service) use create::blank;
pub use create::{DuplicateStaff, NewStaff};
pub(in crate::service) use links::send_link;
pub use links::{Link, called};
pub(in crate::service) use notices::{Notice, notify};
pub(in crate::service) use reach::Actor;
pub use reach::may_hand_on;
pub use viewer::{StaffAction, StaffDenial, staff_actions};

pub use crate::store::staff::{
    ALL_ACCOUNTS, Grant, Grants, StaffAttribute, StaffFacet, StaffFile, StaffKey, StaffMember, StaffMembers,
    StaffOrderField,
};

/// A request for staff members.
pub type StaffQuery = ListQuery<StaffAttribute, StaffOrderField>;

impl Services {
    /// The staff members that `query` asks for, whom the caller sees.
    pub async fn staff(
        &self,
        caller: &Arc<Caller>,
        query: &StaffQuery,
        with_page: bool,
    ) -> Result<(List<StaffMembers>, Page<StaffMember>), ApiError> {
        let permit = self.permit(caller, Action::Staff).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        query.search.as_deref().map_or(Ok(()), listing::judge_search)?;
        let found = self.store().read(&permit).staff(query, with_page).await;
        self.shown(caller, Action::Staff, found).await
    }

    /// One staff member, whom the caller sees.
    pub async fn staff_member(
        &self,
        caller: &Arc<Caller>,
        key: &StaffKey,
    ) -> Result<Option<StaffMember>, ApiError> {
        let permit = self.permit(caller, Action::StaffMember).await?;
        let found = self.store().read(&permit).staff_member(key).await?;
        if let (None, StaffKey::Id(id)) = (&found, key) {
            self.record_out_of_scope(&permit, super::Miss::Staff(*id));
        }
        Ok(found)
    }

    /// What staff members hold whom the caller was shown.
    pub async fn staff_grants(
        &self,
        caller: &Arc<Caller>,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Grants>, ApiError> {
        let permit = self.permit(caller, Action::Staff).await?;
        Ok(self.store().read(&permit).staff_grants(ids).await?.into_iter().collect())
    }

    /// The newest link that each of these staff members was sent whom the caller was shown.
    pub async fn staff_links(
        &self,
        caller: &Arc<Caller>,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Link>, ApiError> {
        let permit = self.permit(caller, Action::Staff).await?;
        let tokens = self.store().read(&permit).newest_tokens(ids).await?;
        Ok(tokens.into_iter().filter_map(|token| Some((token.staff_id?, token.into()))).collect())
    }
}
