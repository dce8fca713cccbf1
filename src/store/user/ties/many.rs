//! The ties of many users at once, whole, and what those whom they name are called: one statement a table.

use std::collections::{BTreeSet, HashMap};

use backdesk_entity::{
    category, guest, guest_role, user, user_category, user_client_permission, user_external_id, user_mark,
    user_membership, user_party, user_tie,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Guest, Ties};
use crate::store::error::StoreError;

impl Ties {
    /// Those of each of these users.
    pub(in crate::store::user) async fn read_all(
        db: &impl ConnectionTrait,
        users: &[Uuid],
    ) -> Result<HashMap<Uuid, Self>, StoreError> {
        let mut all: HashMap<Uuid, Self> = users.iter().map(|user| (*user, Self::default())).collect();
        macro_rules! each {
            ($entity:ident, |$ties:ident, $row:ident| $note:expr) => {
                let rows =
                    $entity::Entity::find().filter($entity::Column::UserId.is_in(users.iter().copied()));
                for $row in rows.all(db).await? {
                    if let Some($ties) = all.get_mut(&$row.user_id) {
                        $note;
                    }
                }
            };
        }
        each!(user_tie, |ties, row| ties.parent = Some(row.into()));
        each!(user_membership, |ties, row| ties.membership = Some(row.into()));
        each!(user_party, |ties, row| ties.parties.insert((row.kind, row.party_id), row.since));
        each!(user_mark, |ties, row| ties.marks.insert(row.kind, row.into()));
        each!(user_client_permission, |ties, row| ties.client_permissions.insert(row.permission));

        let keys: HashMap<Uuid, String> =
            category::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row.key)).collect();
        each!(user_category, |ties, row| if let Some(key) = keys.get(&row.category_id) {
            ties.categories.insert(row.category_id, key.clone());
        });

        let invited = guest::Entity::find()
            .filter(guest::Column::UserId.is_in(users.iter().copied()))
            .select_only()
            .column(guest::Column::Id);
        let of_guests = guest_role::Entity::find()
            .filter(guest_role::Column::GuestId.in_subquery(sea_orm::QueryTrait::into_query(invited)));
        let mut roles: HashMap<Uuid, BTreeSet<_>> = HashMap::new();
        for row in of_guests.all(db).await? {
            roles.entry(row.guest_id).or_default().insert(row.role);
        }
        each!(guest, |ties, row| {
            let id = row.id;
            let roles = roles.remove(&id).unwrap_or_default();
            ties.guests.insert(id, Guest { roles, ..row.into() })
        });
        Ok(all)
    }

    /// Everybody whom they name.
    fn named(&self) -> impl Iterator<Item = Uuid> + '_ {
        let Self { parent, membership, guests, parties, categories: _, marks: _, client_permissions: _ } =
            self;
        let parent = parent.iter().filter_map(|parent| parent.id);
        let company = membership.iter().map(|membership| membership.company);
        let guests = guests.values().filter_map(|guest| guest.user);
        parent.chain(company).chain(guests).chain(parties.keys().map(|(_, party)| *party))
    }
}

/// The references of all whom these ties name; or, where a system is given, its ids for those whom it knows.
pub(in crate::store::user) async fn names(
    db: &impl ConnectionTrait,
    ties: &HashMap<Uuid, Ties>,
    system: Option<&str>,
) -> Result<HashMap<Uuid, String>, StoreError> {
    let named: BTreeSet<Uuid> = ties.values().flat_map(Ties::named).collect();
    let named: Vec<Uuid> = named.into_iter().collect();
    let mut names = HashMap::new();
    // each of a thousand users may have a hundred partners: a statement takes so many values
    for some in named.chunks(crate::store::user::VALUES) {
        let ids = some.iter().copied();
        let rows: Vec<(Uuid, String)> = match system {
            None => {
                use user::Column as C;
                let select = user::Entity::find().filter(C::Id.is_in(ids)).select_only();
                select.columns([C::Id, C::Reference]).into_tuple().all(db).await?
            }
            Some(system) => {
                use user_external_id::Column as C;
                let select = user_external_id::Entity::find();
                let select = select.filter(C::UserId.is_in(ids)).filter(C::System.eq(system)).select_only();
                select.columns([C::UserId, C::Value]).into_tuple().all(db).await?
            }
        };
        names.extend(rows);
    }
    Ok(names)
}
