//! The ties of users who were read together: others whom they are tied to come with them, as far as the permit reaches.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use backdesk_entity::{enums::ClientPermission, user_membership, user_party, user_tie};
use uuid::Uuid;

use super::{ByUser, Guest, Siblings, UserSelection, UserView};
use crate::{
    auth::caller::Permit,
    service::{Services, error::ApiError},
    store::{Reader, user::Seen},
};

pub use backdesk_entity::{category::Model as Category, user_mark::Model as VerificationMark};

/// A tie, and who is at its other end.
#[derive(Debug, Clone)]
pub struct Tied<T> {
    /// The tie.
    pub tie: T,
    /// The other; none where there is none within reach.
    pub user: Option<(Arc<UserView>, Arc<Siblings>)>,
}

/// The ties of each user.
pub(super) type TiesOf<T> = ByUser<Vec<Tied<T>>>;

impl Services {
    /// How users are tied to their parents: at most one tie each.
    pub async fn parents(
        &self,
        permit: &Permit,
        users: &Siblings,
        wanted: &UserSelection,
    ) -> Result<TiesOf<user_tie::Model>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.parents(&seen).await?;
            tied(&reader, ties, |tie| tie.parent_id, wanted).await
        };
        users.once(format!("parents {wanted:?}"), read).await
    }

    /// How others are tied to these users as their parents.
    pub async fn beneficiaries(
        &self,
        permit: &Permit,
        users: &Siblings,
        first: u64,
        wanted: &UserSelection,
    ) -> Result<TiesOf<user_tie::Model>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.beneficiaries(&seen, first).await?;
            tied(&reader, ties, |tie| Some(tie.user_id), wanted).await
        };
        users.once(format!("beneficiaries {first} {wanted:?}"), read).await
    }

    /// The companies that users belong to: at most one each.
    pub async fn memberships(
        &self,
        permit: &Permit,
        users: &Siblings,
        wanted: &UserSelection,
    ) -> Result<TiesOf<user_membership::Model>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.memberships(&seen).await?;
            tied(&reader, ties, |tie| Some(tie.company_id), wanted).await
        };
        users.once(format!("memberships {wanted:?}"), read).await
    }

    /// Who belongs to these companies.
    pub async fn members(
        &self,
        permit: &Permit,
        users: &Siblings,
        first: u64,
        wanted: &UserSelection,
    ) -> Result<TiesOf<user_membership::Model>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.members(&seen, first).await?;
            tied(&reader, ties, |tie| Some(tie.user_id), wanted).await
        };
        users.once(format!("members {first} {wanted:?}"), read).await
    }

    /// Whom users invited, by the ids of the invitations.
    pub async fn guests(
        &self,
        permit: &Permit,
        users: &Siblings,
        wanted: &UserSelection,
    ) -> Result<TiesOf<(Uuid, Guest)>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.guests(&seen).await?;
            tied(&reader, ties, |(_, guest)| guest.user, wanted).await
        };
        users.once(format!("guests {wanted:?}"), read).await
    }

    /// Partners and advisers of users.
    pub async fn parties(
        &self,
        permit: &Permit,
        users: &Siblings,
        wanted: &UserSelection,
    ) -> Result<TiesOf<user_party::Model>, ApiError> {
        let reader = self.store().read(permit);
        let read = async |seen: Seen| {
            let ties = reader.parties(&seen).await?;
            tied(&reader, ties, |tie| Some(tie.party_id), wanted).await
        };
        users.once(format!("parties {wanted:?}"), read).await
    }

    /// The categories that users are in.
    pub async fn categories_of(
        &self,
        permit: &Permit,
        users: &Siblings,
    ) -> Result<ByUser<Vec<Category>>, ApiError> {
        let reader = self.store().read(permit);
        users.once("categories", async move |seen| Ok(reader.categories_of(&seen).await?)).await
    }

    /// By what, by whom and when things of users were verified.
    pub async fn marks(
        &self,
        permit: &Permit,
        users: &Siblings,
    ) -> Result<ByUser<Vec<VerificationMark>>, ApiError> {
        let reader = self.store().read(permit);
        users.once("marks", async move |seen| Ok(reader.marks(&seen).await?)).await
    }

    /// What users may do as clients beyond what their groups allow.
    pub async fn client_permissions(
        &self,
        permit: &Permit,
        users: &Siblings,
    ) -> Result<ByUser<BTreeSet<ClientPermission>>, ApiError> {
        let reader = self.store().read(permit);
        users.once("client permissions", async move |seen| Ok(reader.client_permissions(&seen).await?)).await
    }
}

/// The ties with those at their other ends, who are siblings in turn.
async fn tied<T>(
    reader: &Reader,
    ties: HashMap<Uuid, Vec<T>>,
    other: impl Fn(&T) -> Option<Uuid>,
    wanted: &UserSelection,
) -> Result<HashMap<Uuid, Vec<Tied<T>>>, ApiError> {
    let ids: BTreeSet<Uuid> = ties.values().flatten().filter_map(&other).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let views = reader.users_of(&ids, wanted).await?;
    let siblings = Siblings::of(&views);
    let views: HashMap<Uuid, Arc<UserView>> =
        views.into_iter().map(|view| (view.id, Arc::new(view))).collect();
    let with_user = |tie: T| {
        let user = other(&tie).and_then(|id| views.get(&id));
        Tied { user: user.map(|view| (Arc::clone(view), Arc::clone(&siblings))), tie }
    };
    Ok(ties.into_iter().map(|(id, ties)| (id, ties.into_iter().map(with_user).collect())).collect())
}
