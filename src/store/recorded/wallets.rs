//! Wallets of users, and how they are connected to their networks.

use std::collections::HashMap;

use backdesk_entity::{
    enums::WalletStatus,
    wallet::{Column, Entity},
    wallet_network,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable, QueryFilter,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{USER, code, exactly, filled, instant};
use crate::store::{
    error::StoreError,
    facet::{Buckets, Names},
    membership::is_one_of,
    nested::Owned,
    session::{Reader, Writer},
};

kind! {
    /// The list of wallets.
    Wallets in "wallets";
    /// What wallets are filtered by.
    filter WalletAttribute {
        Id => filled(TABLE, Column::Id),
        UserId => filled(TABLE, Column::UserId),
        Account => filled(TABLE, Column::Account),
        Status => filled(TABLE, Column::Status),
        Provider => filled(TABLE, Column::Provider),
        Currency => code(TABLE, Column::Currency),
        OpenedAt => filled(TABLE, Column::OpenedAt),
    }
    /// What wallets are sorted by.
    order WalletOrderField {
        /// When it was opened.
        OpenedAt => instant("opened_at"),
    }
    /// What wallets are counted by.
    facet WalletFacet {
        /// How far they are ready.
        Status => Buckets::words::<WalletStatus>((TABLE, Column::Status.as_str()), None),
        /// The names of the providers that occur, the most frequent first.
        Provider => Buckets::codes((TABLE, Column::Provider.as_str()), Names::Known(str::to_owned), None),
        /// The codes of the currencies that occur, the most frequent first.
        Currency => Buckets::codes((TABLE, Column::Currency.as_str()), Names::Known(str::to_owned), None),
        /// The codes of the accounts that occur, the one with most wallets first.
        Account => {
            Buckets::codes((TABLE, Column::Account.as_str()), Names::Table("accounts", "code", "name"), None)
        },
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |words| exactly(TABLE, words);
}

impl Owned for Wallets {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }
}

impl Reader {
    /// How these wallets are connected to their networks: for wallets that the reader showed.
    pub async fn wallet_networks(
        &self,
        wallets: &[Uuid],
    ) -> Result<HashMap<Uuid, wallet_network::Model>, StoreError> {
        let rows = wallet_network::Entity::find()
            .filter(is_one_of(
                wallet_network::Column::WalletId.into_expr(),
                wallets.iter().copied(),
                self.store().backend(),
            ))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.wallet_id, row)).collect())
    }
}

impl Writer {
    /// What the system that keeps this wallet of the user calls it, and how it is connected to its network.
    pub async fn wallet_network(
        &self,
        user: Uuid,
        wallet: Uuid,
    ) -> Result<Option<(String, Option<wallet_network::Model>)>, StoreError> {
        let found = Entity::find_by_id(wallet).filter(Column::UserId.eq(user)).one(&self.tx).await?;
        let Some(found) = found else { return Ok(None) };
        let network = wallet_network::Entity::find_by_id(wallet).one(&self.tx).await?;
        Ok(Some((found.external_id, network)))
    }

    /// Writes how a wallet is connected, in place of what is kept. Nothing is durable before [`Self::commit`].
    pub async fn put_wallet_network(&self, row: wallet_network::Model) -> Result<(), StoreError> {
        let others = wallet_network::Column::iter()
            .filter(|column| !matches!(column, wallet_network::Column::WalletId));
        let replace = OnConflict::column(wallet_network::Column::WalletId).update_columns(others).to_owned();
        wallet_network::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(replace)
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(())
    }
}
