//! What other systems record, put where a test needs it: through the side door, row by row.

use backdesk_entity::{enums::ListingState, listing};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{Desk, uuid};

impl Desk {
    /// Puts rows where they belong.
    pub(crate) async fn put<E, M>(&self, rows: Vec<M>)
    where
        E: EntityTrait<Model = M>,
        M: IntoActiveModel<E::ActiveModel> + Send,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(&self.side_door().await).await.expect("rows");
    }

    /// So many days before now.
    pub(crate) fn days_ago(&self, days: i64) -> DateTime<Utc> {
        self.clock.now() - Duration::days(days)
    }

    /// A listing of a user of the account FR.
    pub(crate) fn listing(&self, user: &str, title: &str, days: i64) -> listing::Model {
        let (id, external_id) = self.new_row();
        listing::Model {
            id,
            account: "FR".into(),
            system: "shop".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            user_id: uuid(user),
            title: title.into(),
            state: ListingState::Published,
            url: None,
            published_at: self.days_ago(days),
        }
    }

    fn new_row(&self) -> (Uuid, String) {
        let id = self.clock.new_id();
        (id, id.to_string())
    }
}
