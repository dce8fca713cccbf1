//! What the audit trail says of a row: its facts by the names of the API, as far as they changed.

use backdesk_entity::wallet_network;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    domain::{activity::Kind, money::Money, text::camel_case},
    store::{audit::FieldChange, recording::Recorded},
};

/// Columns that are ours, not what the other system says.
const OURS: [&str; 5] = ["id", "account", "system", "recorded_at", "note"];
/// What has a permission of its own: changes of it are told apart.
const WHOLE_NUMBER: &str = "iban";

/// What a row changes of its users, under the name of the field that shows such rows. Each value names the row by its
/// external id.
pub(super) fn changes_of<R: Recorded>(recorded: Option<&R>, row: &R) -> Vec<FieldChange> {
    let before = recorded.map(facts);
    let after = facts(row);
    let many = R::KIND.many();
    let mut changes = Vec::new();
    let apart = |name: &str| R::KIND == Kind::BankAccount && name == WHOLE_NUMBER;
    changes.push(change(many, row.external_id(), before.as_ref(), &after, |name| !apart(name)));
    if after.keys().any(|name| apart(name) && differs(name, before.as_ref(), &after)) {
        let field = format!("{many}.{WHOLE_NUMBER}");
        changes.push(change(&field, row.external_id(), before.as_ref(), &after, apart));
    }
    changes
}

/// What a wallet's connection changes of its user.
pub(super) fn network_change(
    wallet: &str,
    recorded: Option<&wallet_network::Model>,
    row: &wallet_network::Model,
) -> FieldChange {
    let field = format!("{}.network", Kind::Wallet.many());
    change(&field, wallet, recorded.map(facts).as_ref(), &facts(row), |_| true)
}

fn change(
    field: &str,
    external_id: &str,
    before: Option<&Map<String, Value>>,
    after: &Map<String, Value>,
    belongs: impl Fn(&str) -> bool,
) -> FieldChange {
    let part = |facts: &Map<String, Value>| {
        let changed = facts.iter().filter(|(name, _)| belongs(name) && differs(name, before, after));
        let mut part: Map<String, Value> =
            changed.map(|(name, value)| (name.clone(), value.clone())).collect();
        part.insert("externalId".into(), json!(external_id));
        Value::Object(part)
    };
    FieldChange { field: field.to_owned(), before: before.map_or(Value::Null, part), after: part(after) }
}

fn differs(name: &str, before: Option<&Map<String, Value>>, after: &Map<String, Value>) -> bool {
    before.is_none_or(|before| before.get(name) != after.get(name))
}

/// What a row says, amounts as decimal numbers.
fn facts(row: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(columns)) = serde_json::to_value(row) else { return Map::new() };
    let mut facts = Map::new();
    for (name, value) in &columns {
        if OURS.contains(&name.as_str()) {
            continue;
        }
        let (name, value) = match name.strip_suffix("_minor") {
            Some(amount) => {
                let currency = if amount.starts_with("counter_") { "counter_currency" } else { "currency" };
                let code = columns.get(currency).and_then(Value::as_str).unwrap_or_default();
                let money = value.as_i64().and_then(|minor| Money::kept(minor, code));
                (amount, json!(money.map(Money::amount)))
            }
            None => (name.as_str(), value.clone()),
        };
        facts.insert(camel_case(name), value);
    }
    facts
}

#[cfg(test)]
mod tests {
    use backdesk_entity::enums::{TransactionKind, TransactionState};
    use backdesk_entity::{bank_account, transaction};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_trail_tells_what_changed_and_of_which_row() {
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        let pending = transaction::Model {
            id: Uuid::nil(),
            account: "FR".into(),
            system: "PSP".into(),
            external_id: "T1".into(),
            as_of: at,
            recorded_at: at,
            user_id: Uuid::nil(),
            wallet_id: None,
            kind: TransactionKind::Deposit,
            state: TransactionState::Pending,
            amount_minor: 1250,
            currency: "EUR".into(),
            counter_amount_minor: None,
            counter_currency: None,
            at,
            description: None,
        };
        let done =
            transaction::Model { state: TransactionState::Done, amount_minor: 1300, ..pending.clone() };
        let change = FieldChange {
            field: "transactions".into(),
            before: json!({ "externalId": "T1", "state": "PENDING", "amount": "12.50" }),
            after: json!({ "externalId": "T1", "state": "DONE", "amount": "13.00" }),
        };
        assert_eq!(changes_of(Some(&pending), &done), [change]);
    }

    #[test]
    fn the_whole_number_of_a_bank_account_is_told_apart() {
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        let account = bank_account::Model {
            id: Uuid::nil(),
            account: "FR".into(),
            system: "PSP".into(),
            external_id: "B1".into(),
            as_of: at,
            recorded_at: at,
            user_id: Uuid::nil(),
            holder: "Ada".into(),
            iban: "FR1420041010050500013M02606".into(),
            masked_iban: "FR•• •••• 2606".into(),
            bic: None,
            currency: "EUR".into(),
        };
        let changes = changes_of(None, &account);
        assert_eq!(changes.len(), 2);
        assert!(!changes[0].after.to_string().contains(&account.iban));
        assert_eq!(changes[1].field, "bankAccounts.iban");
        assert_eq!(changes[1].after, json!({ "externalId": "B1", "iban": account.iban }));
        // what stays is not told again
        let renamed = bank_account::Model { holder: "Ada Lovelace".into(), ..account.clone() };
        assert_eq!(changes_of(Some(&account), &renamed).len(), 1);
    }
}
