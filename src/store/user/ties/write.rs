//! Ties as they are read under lock and written as a difference. They are few and short: what differs is replaced whole.

use std::collections::{BTreeMap, BTreeSet};

use backdesk_entity::{
    category, guest, guest_role, user_category, user_client_permission, user_mark, user_membership,
    user_party, user_tie,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Guest, Mark, Membership, Parent, TieParts, Ties};
use crate::{
    domain::text,
    store::{error::StoreError, session::Writer},
};

impl Writer {
    /// These ties of a user.
    pub(in crate::store::user) async fn ties(&self, id: Uuid, parts: TieParts) -> Result<Ties, StoreError> {
        let mut ties = Ties::default();
        let TieParts { parent, membership, guests, parties, categories, marks, client_permissions } = parts;
        if parent {
            ties.parent = user_tie::Entity::find_by_id(id).one(&self.tx).await?.map(Parent::from);
        }
        if membership {
            let row = user_membership::Entity::find_by_id(id).one(&self.tx).await?;
            ties.membership = row.map(Membership::from);
        }
        if guests {
            ties.guests = self.guests(id).await?;
        }
        if parties {
            let rows = user_party::Entity::find().filter(user_party::Column::UserId.eq(id));
            let rows = rows.all(&self.tx).await?.into_iter();
            ties.parties = rows.map(|row| ((row.kind, row.party_id), row.since)).collect();
        }
        if categories {
            let rows = user_category::Entity::find().filter(user_category::Column::UserId.eq(id));
            let ids: Vec<Uuid> = rows.all(&self.tx).await?.into_iter().map(|row| row.category_id).collect();
            let rows = self.categories(&ids).await?.into_iter();
            ties.categories = rows.map(|row| (row.id, row.key)).collect();
        }
        if marks {
            let rows = user_mark::Entity::find().filter(user_mark::Column::UserId.eq(id));
            let rows = rows.all(&self.tx).await?.into_iter();
            ties.marks = rows.map(|row| (row.kind, row.into())).collect();
        }
        if client_permissions {
            let rows =
                user_client_permission::Entity::find().filter(user_client_permission::Column::UserId.eq(id));
            ties.client_permissions =
                rows.all(&self.tx).await?.into_iter().map(|row| row.permission).collect();
        }
        Ok(ties)
    }

    /// The categories of these ids; those that do not exist are left out.
    pub async fn categories(&self, ids: &[Uuid]) -> Result<Vec<category::Model>, StoreError> {
        let named = category::Entity::find().filter(category::Column::Id.is_in(ids.iter().copied()));
        Ok(named.all(&self.tx).await?)
    }

    async fn guests(&self, id: Uuid) -> Result<BTreeMap<Uuid, Guest>, StoreError> {
        let rows = guest::Entity::find().filter(guest::Column::UserId.eq(id)).all(&self.tx).await?;
        let ids = rows.iter().map(|row| row.id);
        let roles = guest_role::Entity::find().filter(guest_role::Column::GuestId.is_in(ids));
        let mut guests: BTreeMap<Uuid, Guest> = rows.into_iter().map(|row| (row.id, row.into())).collect();
        for guest_role::Model { guest_id, role } in roles.all(&self.tx).await? {
            if let Some(guest) = guests.get_mut(&guest_id) {
                guest.roles.insert(role);
            }
        }
        Ok(guests)
    }

    /// Makes room for others: the user has no parent until the ties are written, in this very transaction.
    pub async fn leave_parent(&self, id: Uuid) -> Result<(), StoreError> {
        user_tie::Entity::delete_by_id(id).exec(self.tx_to_change()).await?;
        Ok(())
    }

    /// Replaces the ties that differ.
    pub(in crate::store::user) async fn save_ties(
        &self,
        id: Uuid,
        before: &Ties,
        after: &Ties,
    ) -> Result<(), StoreError> {
        let tx = self.tx_to_change();
        macro_rules! replace {
            ($part:ident, $entity:ident) => {
                if before.$part != after.$part {
                    let old = $entity::Entity::delete_many().filter($entity::Column::UserId.eq(id));
                    old.exec(tx).await?;
                    let rows = rows::$part(id, after);
                    $entity::Entity::insert_many(rows).exec_without_returning(tx).await?;
                }
            };
        }
        replace!(parent, user_tie);
        replace!(membership, user_membership);
        if before.guests != after.guests {
            let roles = guest_role::Entity::delete_many();
            let old = before.guests.keys().copied();
            roles.filter(guest_role::Column::GuestId.is_in(old)).exec(tx).await?;
        }
        replace!(guests, guest);
        if before.guests != after.guests {
            guest_role::Entity::insert_many(rows::guest_roles(after)).exec_without_returning(tx).await?;
        }
        replace!(parties, user_party);
        replace!(categories, user_category);
        replace!(marks, user_mark);
        replace!(client_permissions, user_client_permission);
        Ok(())
    }
}

impl From<user_tie::Model> for Parent {
    fn from(row: user_tie::Model) -> Self {
        let user_tie::Model {
            user_id: _,
            parent_id: id,
            kind,
            share,
            controlling_person_type,
            employee_type,
        } = row;
        Self { id, kind, share, controlling_person_type, employee_type }
    }
}

impl From<user_membership::Model> for Membership {
    fn from(row: user_membership::Model) -> Self {
        let user_membership::Model { user_id: _, company_id: company, role, since } = row;
        Self { company, role, since }
    }
}

impl From<guest::Model> for Guest {
    fn from(row: guest::Model) -> Self {
        let guest::Model {
            id: _,
            user_id: _,
            email,
            email_folded: _,
            invited_at,
            accepted_at,
            guest_user_id,
        } = row;
        Self { email, roles: BTreeSet::new(), invited_at, accepted_at, user: guest_user_id }
    }
}

impl From<user_mark::Model> for Mark {
    fn from(row: user_mark::Model) -> Self {
        let user_mark::Model { user_id: _, kind: _, source, by, at } = row;
        Self { source, by, at }
    }
}

/// The rows that ties are kept in.
pub(in crate::store::user) mod rows {
    use super::{
        Guest, Mark, Membership, Parent, Set, Ties, Uuid, guest, guest_role, text, user_category,
        user_client_permission, user_mark, user_membership, user_party, user_tie,
    };

    pub(in crate::store::user) fn parent(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_tie::ActiveModel> + '_ {
        ties.parent.iter().map(move |parent| {
            let Parent { id: parent_id, kind, share, controlling_person_type, employee_type } = *parent;
            user_tie::ActiveModel {
                user_id: Set(id),
                parent_id: Set(parent_id),
                kind: Set(kind),
                share: Set(share),
                controlling_person_type: Set(controlling_person_type),
                employee_type: Set(employee_type),
            }
        })
    }

    pub(in crate::store::user) fn membership(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_membership::ActiveModel> + '_ {
        ties.membership.iter().map(move |Membership { company, role, since }| user_membership::ActiveModel {
            user_id: Set(id),
            company_id: Set(*company),
            role: Set(*role),
            since: Set(*since),
        })
    }

    pub(in crate::store::user) fn guests(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = guest::ActiveModel> + '_ {
        ties.guests.iter().map(move |(guest_id, guest)| {
            let Guest { email, roles: _, invited_at, accepted_at, user } = guest;
            guest::ActiveModel {
                id: Set(*guest_id),
                user_id: Set(id),
                email: Set(email.clone()),
                email_folded: Set(text::fold(email)),
                invited_at: Set(*invited_at),
                accepted_at: Set(*accepted_at),
                guest_user_id: Set(*user),
            }
        })
    }

    pub(in crate::store::user) fn guest_roles(
        ties: &Ties,
    ) -> impl Iterator<Item = guest_role::ActiveModel> + '_ {
        ties.guests.iter().flat_map(|(id, guest)| {
            let row = |role| guest_role::ActiveModel { guest_id: Set(*id), role: Set(role) };
            guest.roles.iter().copied().map(row)
        })
    }

    pub(in crate::store::user) fn parties(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_party::ActiveModel> + '_ {
        ties.parties.iter().map(move |((kind, party), since)| user_party::ActiveModel {
            user_id: Set(id),
            party_id: Set(*party),
            kind: Set(*kind),
            since: Set(*since),
        })
    }

    pub(in crate::store::user) fn categories(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_category::ActiveModel> + '_ {
        let row = move |category: &Uuid| user_category::ActiveModel {
            user_id: Set(id),
            category_id: Set(*category),
        };
        ties.categories.keys().map(row)
    }

    pub(in crate::store::user) fn marks(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_mark::ActiveModel> + '_ {
        ties.marks.iter().map(move |(kind, Mark { source, by, at })| user_mark::ActiveModel {
            user_id: Set(id),
            kind: Set(*kind),
            source: Set(*source),
            by: Set(by.clone()),
            at: Set(*at),
        })
    }

    pub(in crate::store::user) fn client_permissions(
        id: Uuid,
        ties: &Ties,
    ) -> impl Iterator<Item = user_client_permission::ActiveModel> + '_ {
        ties.client_permissions.iter().map(move |permission| user_client_permission::ActiveModel {
            user_id: Set(id),
            permission: Set(*permission),
        })
    }
}
