//! The policies of the platform: one row, which is read where an act or a field depends on it.

use backdesk_entity::{
    platform_policy::{ActiveModel, Entity},
    user_fees,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ExprTrait, LockType},
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
    /// The policies as they are, and as they stay until the end of the transaction: read once, whoever asks.
    pub async fn policies_that_stay(&self) -> Result<&Policies, StoreError> {
        let lock = self.store.has_row_locks().then_some(LockType::Share);
        let read = async || Ok(read(&self.tx, lock).await?.policies);
        self.policies.get_or_try_init(read).await
    }

    /// The same for whoever changes them: two changes take turns.
    pub async fn policies_to_change(&self) -> Result<PolicyRecord, StoreError> {
        read(&self.tx, self.store.has_row_locks().then_some(LockType::Update)).await
    }

    /// Writes the policies, and answers how they are kept and what changed.
    pub async fn update_policies(
        &self,
        before: &PolicyRecord,
        policies: Policies,
    ) -> Result<(PolicyRecord, Vec<FieldChange>), StoreError> {
        let (version, now) = (before.version + 1, self.clock().now());
        let kept = serde_json::to_string(&policies).map_err(|_| StoreError::Internal)?;
        let change =
            ActiveModel { id: Set(ONE), version: Set(version), updated_at: Set(now), policies: Set(kept) };
        let after = PolicyRecord { policies, version, updated_at: Some(now) };
        Entity::update(change).exec(self.tx_to_change()).await?;
        let changes = changes(&before.policies, &after.policies);
        Ok((after, changes))
    }

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
    let row = select.one(db).await?.ok_or(StoreError::Internal)?;
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

/// What changed, by the names that the API changes it by.
fn changes(before: &Policies, after: &Policies) -> Vec<FieldChange> {
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
        [("askerFee", policies.fees.asker), ("offererFee", policies.fees.offerer)]
    {
        facts.insert(format!("{side}.percent"), percent.map(percent::print).into());
        let fixed =
            fixed.map(|money| json!({ "amount": Money::amount(money), "currency": money.currency() }));
        facts.insert(format!("{side}.fixed"), fixed.into());
    }
    facts
}
