//! What acts need besides their user, arranged through the side door: it leaves no entry, and changes nobody.

use backdesk_entity::{
    category,
    enums::{GuestRole, PartyKind, PersonType, UserStatus},
    guest, guest_role, user, user_party,
};
use sea_orm::{ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel, sea_query::OnConflict};
use uuid::Uuid;

use super::Desk;

impl Desk {
    /// The id of a company in the account of a user; of somebody who is not there, of one that is not there either.
    pub(crate) async fn company_beside(&self, id: &str) -> String {
        let db = self.side_door().await;
        let known = Uuid::try_parse(id).ok();
        let user = match known {
            Some(id) => user::Entity::find_by_id(id).one(&db).await.expect("a query"),
            None => None,
        };
        let Some(user) = user else { return Uuid::from_u128(0xc0).to_string() };
        let number = user.account.bytes().fold(0, |number, byte| (number << 8) | u128::from(byte));
        let id = Uuid::from_u128(0x0000_0000_0000_7000_8000_c000_0000_0000 | number);
        let company = user::Model {
            id,
            reference: format!("COMPANY-{}", user.account),
            person_type: PersonType::LegalEntity,
            status: UserStatus::Live,
            cancel_origin: None,
            email: None,
            email_folded: None,
            ..user
        };
        insert::<user::Entity>(company, &db).await;
        id.to_string()
    }

    /// Somebody whom the user invited. The invitation has the id of the user.
    pub(crate) async fn has_guest(&self, id: &str) {
        let Some(user) = self.present(id).await else { return };
        let db = self.side_door().await;
        let guest = guest::Model {
            id: user,
            user_id: user,
            email: "Guest@example.com".to_owned(),
            email_folded: "guest@example.com".to_owned(),
            invited_at: self.clock.now(),
            accepted_at: None,
            guest_user_id: None,
        };
        insert::<guest::Entity>(guest, &db).await;
        let role = guest_role::Model { guest_id: user, role: GuestRole::Viewer };
        insert::<guest_role::Entity>(role, &db).await;
    }

    /// The company beside the user is a partner.
    pub(crate) async fn has_partner(&self, id: &str) {
        let Some(user_id) = self.present(id).await else { return };
        let party_id = super::uuid(&self.company_beside(id).await);
        let since = self.clock.now();
        let party = user_party::Model { user_id, party_id, kind: PartyKind::Partner, since };
        insert::<user_party::Entity>(party, &self.side_door().await).await;
    }

    /// The id of a category.
    pub(crate) async fn category(&self) -> String {
        let id = Uuid::from_u128(0xca);
        let category = category::Model { id, key: "PHOTO".to_owned(), name: "Photographers".to_owned() };
        insert::<category::Entity>(category, &self.side_door().await).await;
        id.to_string()
    }

    /// All of it, so that later arrangements change nothing.
    pub(crate) async fn is_ready_for_all(&self, id: &str) {
        self.category().await;
        self.company_beside(id).await;
        self.has_guest(id).await;
        self.has_partner(id).await;
    }

    async fn present(&self, id: &str) -> Option<Uuid> {
        let id = Uuid::try_parse(id).ok()?;
        let user = user::Entity::find_by_id(id).one(&self.side_door().await).await.expect("a query");
        user.map(|user| user.id)
    }
}

/// Inserts a row, unless it is there.
async fn insert<E: EntityTrait>(row: E::Model, db: &DatabaseConnection)
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let keep = OnConflict::new().do_nothing().to_owned();
    let insert = E::insert(row.into_active_model().reset_all()).on_conflict(keep);
    insert.exec_without_returning(db).await.expect("a row that fits");
}
