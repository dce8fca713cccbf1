//! Many new users at once: few statements with many rows. Nobody is read or locked, nothing is compared.

use std::collections::HashSet;

use backdesk_entity::{
    guest, guest_role, user, user_address, user_category, user_client_permission, user_external_id,
    user_group, user_language, user_mark, user_membership, user_party, user_tie,
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, IntoActiveModel, Iterable,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    attributes::TABLE,
    file::UserFile,
    ties::saved,
    write::{address_row, external_id_row, group_row, language_row},
};
use crate::store::{
    error::StoreError,
    session::{Reader, Writer},
};

/// Values of one statement at most. SQLite takes 32,766 and PostgreSQL 65,535, but a few thousand are as fast as that
/// (measured on SQLite from 3,000 to 32,000), and a statement takes less memory.
pub(in crate::store) const VALUES: usize = 5_000;

impl Reader {
    /// Those of these ids that users within the scope have: for whoever brings ids of their own. Give some thousands at most.
    pub async fn known_users(&self, ids: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
        let id = (TABLE, user::Column::Id.as_str());
        let mut select = self.select_users();
        select.column(id).and_where(Expr::col(id).is_in(ids.iter().copied()));
        let rows = self.db().query_all(&select).await?;
        Ok(rows.iter().map(|row| row.try_get("", id.1)).collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Writes new users whole. Nothing is durable before [`Self::commit`], whose entry says how many they are.
    pub async fn insert_users(&self, files: &[UserFile]) -> Result<(), StoreError> {
        let rows = files.iter().map(|file| file.user.clone().into_active_model().reset_all());
        self.insert_rows::<user::Entity>(rows.collect()).await?;

        let rows = files.iter().flat_map(|file| {
            let addresses = file.addresses.iter().flatten();
            addresses.map(|(kind, address)| address_row(file.user.id, *kind, address.clone()))
        });
        self.insert_rows::<user_address::Entity>(rows.collect()).await?;

        let rows = files.iter().flat_map(|file| {
            let ids = file.external_ids.iter().flatten();
            ids.map(|(system, value)| external_id_row(&file.user, system, value))
        });
        self.insert_rows::<user_external_id::Entity>(rows.collect()).await?;

        let rows = files.iter().flat_map(|file| {
            let languages = file.spoken_languages.iter().flatten();
            languages.map(|language| language_row(file.user.id, language))
        });
        self.insert_rows::<user_language::Entity>(rows.collect()).await?;

        let rows = files.iter().flat_map(|file| {
            let groups = file.groups.iter().flatten();
            groups.map(|(group, _)| group_row(file.user.id, *group))
        });
        self.insert_rows::<user_group::Entity>(rows.collect()).await?;
        self.insert_wide(files).await?;

        macro_rules! insert_ties {
            ($($part:ident: $entity:ident),+) => {$(
                let rows = files.iter().flat_map(|file| saved::$part(file.user.id, &file.ties));
                self.insert_rows::<$entity::Entity>(rows.collect()).await?;
            )+};
        }
        insert_ties!(
            parent: user_tie, membership: user_membership, guests: guest, parties: user_party,
            categories: user_category, marks: user_mark, client_permissions: user_client_permission
        );
        let rows = files.iter().flat_map(|file| saved::guest_roles(&file.ties));
        self.insert_rows::<guest_role::Entity>(rows.collect()).await
    }

    pub(in crate::store) async fn insert_rows<E: EntityTrait>(
        &self,
        rows: Vec<E::ActiveModel>,
    ) -> Result<(), StoreError> {
        let columns = E::Column::iter().count();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            E::insert_many(rows.by_ref().take(VALUES / columns))
                .exec_without_returning(self.tx_to_change())
                .await?;
        }
        Ok(())
    }
}
