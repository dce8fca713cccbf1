//! The act on how a wallet of a user is connected to its network.

use backdesk_entity::{enums::NetworkStatus, wallet_network};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{act::UserAct, options::Moment};
use crate::{
    auth::policy::Action,
    domain::{
        problem::{ProblemCode, Problems},
        text,
        user::Patch,
    },
    service::parse_id,
    store::{Writer, audit::FieldChange, error::StoreError, user::UserFile},
};

/// Characters of the name of a network at most.
const NETWORK: usize = 50;
/// Characters of an address at most.
const ADDRESS: usize = 200;
/// Characters of a note at most.
const NOTE: usize = 1000;
/// Confirmations at most.
const CONFIRMATIONS: i32 = 10_000;

/// Changes how a wallet is connected to its network. What systems tell of it alone, as the last block, stays.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct SetWalletNetwork {
    pub wallet_id: String,
    pub network: Patch<String>,
    pub address: Patch<String>,
    pub status: Patch<NetworkStatus>,
    pub confirmations_required: Patch<i32>,
    pub note: Patch<String>,
}

impl UserAct for SetWalletNetwork {
    const ACTION: Action = Action::WalletSetNetwork;
    const ARGUMENT: &'static str = "input";

    fn shown_parts(&self) -> Vec<Action> {
        vec![Action::UserWalletNetworks]
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let wallet = match parse_id(&self.wallet_id) {
            Some(id) => writer.wallet_network(file.user.id, id).await?.map(|found| (id, found)),
            None => None,
        };
        let Some((wallet_id, (external_id, before))) = wallet else {
            p.add(ProblemCode::NotFound, "walletId", "The user has no such wallet: take one from `wallets`.");
            return Ok(());
        };
        let connected = before.clone().unwrap_or_else(|| wallet_network::Model {
            wallet_id,
            network: String::new(),
            address: None,
            status: NetworkStatus::Pending,
            confirmations_required: None,
            last_block: None,
            last_seen_at: None,
            note: None,
            as_of: at.now(),
        });
        let after = self.applied(connected, p);
        if before.as_ref() != Some(&after) && p.is_empty() {
            let after = wallet_network::Model { as_of: at.now(), ..after };
            file.aside.changes.push(change(&external_id, before.as_ref(), &after));
            writer.put_wallet_network(after).await?;
        }
        Ok(())
    }
}

impl SetWalletNetwork {
    /// The connection as it becomes; what is wrong is noted.
    fn applied(&self, mut row: wallet_network::Model, p: &mut Problems) -> wallet_network::Model {
        match &self.network {
            Patch::Set(name) => match text::clean_line(name, NETWORK) {
                Ok(name) if !name.is_empty() => row.network = name,
                Ok(_) => p.add(ProblemCode::Required, "network", "Name the network, such as `bitcoin`."),
                Err(mistake) => p.add(ProblemCode::Invalid, "network", mistake.into_message()),
            },
            Patch::Keep if !row.network.is_empty() => {}
            Patch::Keep | Patch::Clear => {
                p.add(ProblemCode::Required, "network", "Name the network, such as `bitcoin`.");
            }
        }
        match self.status {
            Patch::Set(status) => row.status = status,
            Patch::Keep => {}
            Patch::Clear => p.add(ProblemCode::Required, "status", "A connection has a status: give one."),
        }
        match self.confirmations_required {
            Patch::Set(count) if (0..=CONFIRMATIONS).contains(&count) => {
                row.confirmations_required = Some(count);
            }
            Patch::Set(_) => p.add(
                ProblemCode::Invalid,
                "confirmationsRequired",
                format!("Give a number from 0 to {CONFIRMATIONS}."),
            ),
            Patch::Keep => {}
            Patch::Clear => row.confirmations_required = None,
        }
        line(&mut row.address, &self.address, ADDRESS, "address", p);
        line(&mut row.note, &self.note, NOTE, "note", p);
        row
    }
}

fn line(field: &mut Option<String>, given: &Patch<String>, most: usize, name: &str, p: &mut Problems) {
    match given {
        Patch::Keep => {}
        Patch::Clear => *field = None,
        Patch::Set(text) => match text::clean_line(text, most) {
            Ok(text) => *field = Some(text).filter(|text| !text.is_empty()),
            Err(mistake) => p.add(ProblemCode::Invalid, name, mistake.into_message()),
        },
    }
}

/// What the trail tells of it: what changed, and of which wallet, by what its system calls it.
fn change(
    external_id: &str,
    before: Option<&wallet_network::Model>,
    after: &wallet_network::Model,
) -> FieldChange {
    let (old, new) = (before.map(facts), facts(after));
    let part = |facts: &Map<String, Value>| {
        let differs = |name: &str| old.as_ref().is_none_or(|old| old.get(name) != new.get(name));
        let mut part: Map<String, Value> =
            facts.clone().into_iter().filter(|(name, _)| differs(name)).collect();
        part.insert("externalId".into(), json!(external_id));
        Value::Object(part)
    };
    FieldChange {
        field: "wallets.network".into(),
        before: old.as_ref().map_or(Value::Null, part),
        after: part(&new),
    }
}

fn facts(row: &wallet_network::Model) -> Map<String, Value> {
    let wallet_network::Model {
        wallet_id: _,
        network,
        address,
        status,
        confirmations_required,
        // only systems say these, and this comes of every change
        last_block: _,
        last_seen_at: _,
        as_of: _,
        note,
    } = row;
    let facts = json!({
        "network": network, "address": address, "status": status,
        "confirmationsRequired": confirmations_required, "note": note,
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}
