//! Rows of other systems: those that are known are read at once, those that are new or changed are written at once.

use std::collections::HashMap;

use backdesk_entity::wallet_network;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IdenStatic, IntoActiveModel, Iterable,
    QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::Recorded;
use crate::store::{error::StoreError, session::Writer, user::VALUES};

/// What a row is found again by.
const KEY: [&str; 3] = ["account", "system", "external_id"];
/// What a row keeps from when it was first recorded.
const KEPT: [&str; 2] = ["id", "recorded_at"];

impl Writer {
    /// Rows that a system recorded in an account before, by its ids for them.
    pub async fn recorded<R: Recorded>(
        &self,
        account: &str,
        system: &str,
        external_ids: Vec<String>,
    ) -> Result<HashMap<String, R>, StoreError> {
        if external_ids.is_empty() {
            return Ok(HashMap::new());
        }
        let [in_account, of_system, named] = KEY.map(Expr::col);
        let rows = R::Table::find()
            .filter(in_account.eq(account))
            .filter(of_system.eq(system))
            .filter(named.is_in(external_ids))
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().map(|row| (row.external_id().to_owned(), row)).collect())
    }

    /// Writes rows: new ones as they are, known ones in place of what was known.
    pub async fn record<R: Recorded>(&self, rows: Vec<R>) -> Result<(), StoreError> {
        let columns: Vec<_> = <R::Table as EntityTrait>::Column::iter().collect();
        let replaced = columns.iter().filter(|column| {
            let name = column.as_str();
            !KEY.contains(&name) && !KEPT.contains(&name)
        });
        let replace = OnConflict::columns(KEY).update_columns(replaced.map(IdenStatic::as_str)).to_owned();
        let mut rows = rows.into_iter().map(|row| row.into_row().reset_all()).peekable();
        while rows.peek().is_some() {
            R::Table::insert_many(rows.by_ref().take(VALUES / columns.len()))
                .on_conflict(replace.clone())
                .exec_without_returning(self.tx_to_change())
                .await?;
        }
        Ok(())
    }

    /// How wallets are connected to their networks.
    pub async fn networks(
        &self,
        wallets: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, wallet_network::Model>, StoreError> {
        if wallets.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = wallet_network::Entity::find()
            .filter(wallet_network::Column::WalletId.is_in(wallets))
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().map(|row| (row.wallet_id, row)).collect())
    }

    /// Writes how wallets are connected to their networks, in place of what was known.
    pub async fn record_networks(&self, rows: Vec<wallet_network::Model>) -> Result<(), StoreError> {
        use wallet_network::Column;
        if rows.is_empty() {
            return Ok(());
        }
        // the note is support's own
        let replaced = Column::iter().filter(|column| !matches!(column, Column::WalletId | Column::Note));
        let replace = OnConflict::column(Column::WalletId).update_columns(replaced).to_owned();
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        wallet_network::Entity::insert_many(rows)
            .on_conflict(replace)
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(())
    }
}
