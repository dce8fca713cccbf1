//! The policies of the platform: one row, which is read where an act or a field depends on it.

use backdesk_entity::{
    platform_policy::{ActiveModel, Column, Entity, Model},
    user_fees,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{ExprTrait, LockType, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    audit::FieldChange,
    error::StoreError,
    session::{Reader, Writer},
};
use crate::domain::{
    fees::FeeRule,
    money::{Currency, Money},
    percent,
    policy::Policies,
};

/// The id of the only row.
const ONE: i16 = 1;

/// The policies as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PolicyRecord {
    /// What was decided.
    pub policies: Policies,
    /// Rises with every change; 0 as long as nobody decided anything.
    pub version: i32,
    /// When they changed last.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Reader {
    /// The policies as they are.
    pub async fn policies(&self) -> Result<PolicyRecord, StoreError> {
        read(self.db(), None).await
    }
}

impl Writer {
    /// The policies as they are.
    pub async fn policies(&self) -> Result<PolicyRecord, StoreError> {
        read(&self.tx, None).await
    }

    /// The same for whoever changes them: two changes take turns.
    pub async fn policies_to_change(&self) -> Result<PolicyRecord, StoreError> {
        // there is a row to lock from now on; with a rollback it is gone again
        let first = row(&PolicyRecord::default(), self.clock().now())?.into_active_model().reset_all();
        let keep = OnConflict::column(Column::Id).do_nothing().to_owned();
        Entity::insert(first).on_conflict(keep).exec_without_returning(&self.tx).await?;
        read(&self.tx, self.store.has_row_locks().then_some(LockType::Update)).await
    }

    /// Writes the policies, and answers how they are kept and what changed.
    pub async fn update_policies(
        &self,
        before: &PolicyRecord,
        policies: Policies,
    ) -> Result<(PolicyRecord, Vec<FieldChange>), StoreError> {
        let now = self.clock().now();
        let after = PolicyRecord { policies, version: before.version + 1, updated_at: Some(now) };
        let Model { id: _, version, updated_at, policies } = row(&after, now)?;
        let change = ActiveModel {
            id: Set(ONE),
            version: Set(version),
            updated_at: Set(updated_at),
            policies: Set(policies),
        };
        Entity::update(change).exec(self.tx_to_change()).await?;
        let changes = changes(&before.policies, &after.policies);
        Ok((after, changes))
    }
}

impl Writer {
    /// Whether some user has a fixed fee of their own in another currency.
    pub async fn has_fees_but_in(&self, currency: Currency) -> Result<bool, StoreError> {
        let other = |column: user_fees::Column| column.ne(currency.code());
        let some = user_fees::Entity::find()
            .filter(
                other(user_fees::Column::AskerFixedCurrency)
                    .or(other(user_fees::Column::OffererFixedCurrency)),
            )
            .limit(1);
        Ok(some.one(&self.tx).await?.is_some())
    }
}

async fn read(db: &impl ConnectionTrait, lock: Option<LockType>) -> Result<PolicyRecord, StoreError> {
    let mut select = Entity::find_by_id(ONE);
    if let Some(lock) = lock {
        select = select.lock(lock);
    }
    let Some(row) = select.one(db).await? else { return Ok(PolicyRecord::default()) };
    // no guess: what was decided may have been to refuse
    let policies = serde_json::from_str(&row.policies).map_err(|error| {
        tracing::error!(line = error.line(), column = error.column(), "the policies cannot be read");
        StoreError::Internal
    })?;
    Ok(PolicyRecord {
        policies,
        version: row.version,
        updated_at: (row.version > 0).then_some(row.updated_at),
    })
}

fn row(record: &PolicyRecord, now: DateTime<Utc>) -> Result<Model, StoreError> {
    let policies = serde_json::to_string(&record.policies).map_err(|_| StoreError::Internal)?;
    Ok(Model { id: ONE, version: record.version, updated_at: record.updated_at.unwrap_or(now), policies })
}

/// What changed, by the names of the API.
pub fn changes(before: &Policies, after: &Policies) -> Vec<FieldChange> {
    let (mut before, after) = (facts(before), facts(after));
    after
        .into_iter()
        .filter_map(|(field, after)| {
            let before = before.remove(&field).unwrap_or_default();
            (before != after).then_some(FieldChange { field, before, after })
        })
        .collect()
}

fn facts(policies: &Policies) -> Map<String, Value> {
    let Ok(Value::Object(mut facts)) = serde_json::to_value(policies) else { return Map::new() };
    facts.remove("fees");
    for (side, FeeRule { percent, fixed }) in
        [("asker", policies.fees.asker), ("offerer", policies.fees.offerer)]
    {
        facts.insert(format!("fees.{side}.percent"), percent.map(percent::print).into());
        let fixed =
            fixed.map(|money| json!({ "amount": Money::amount(money), "currency": money.currency() }));
        facts.insert(format!("fees.{side}.fixed"), fixed.into());
    }
    facts
}
