//! What other systems record, put where a test needs it: through the side door, row by row.

use backdesk_entity::{
    bank_account, booking,
    enums::{BookingState, ListingState, NetworkStatus, TransactionKind, TransactionState, WalletStatus},
    listing, psp_account, review, transaction, wallet, wallet_network,
};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use serde_json::Value;

use super::{Desk, uuid};

/// Stands in values for a wallet of the user whom they are about: see [`Desk::fill`].
pub(crate) const WALLET: &str = "ID OF A WALLET";

impl Desk {
    /// A value that names a wallet, with one that is made for this user; any other as it is.
    pub(crate) async fn with_wallet(&self, user: &str, value: Value) -> Value {
        let text = value.to_string();
        if !text.contains(WALLET) {
            return value;
        }
        let wallet = self.wallet(user, 1);
        let id = wallet.id.to_string();
        self.put::<wallet::Entity, _>(vec![wallet]).await;
        serde_json::from_str(&text.replace(WALLET, &id)).expect("a value")
    }

    /// Puts rows where they belong.
    pub(crate) async fn put<E, M>(&self, rows: Vec<M>)
    where
        E: EntityTrait<Model = M>,
        M: IntoActiveModel<E::ActiveModel> + Send,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let db = self.side_door().await;
        let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
        while rows.peek().is_some() {
            E::insert_many(rows.by_ref().take(1000)).exec_without_returning(&db).await.expect("rows");
        }
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

    /// A wallet of a user of the account FR, in use, with twelve euros and a half.
    pub(crate) fn wallet(&self, user: &str, days: i64) -> wallet::Model {
        let (id, external_id) = self.new_row();
        wallet::Model {
            id,
            account: "FR".into(),
            system: "psp".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            user_id: uuid(user),
            status: WalletStatus::Activated,
            provider: "stripe".into(),
            balance_minor: Some(1250),
            currency: "EUR".into(),
            opened_at: self.days_ago(days),
        }
    }

    /// How a wallet is connected.
    pub(crate) fn network(&self, wallet: Uuid) -> wallet_network::Model {
        wallet_network::Model {
            wallet_id: wallet,
            network: "bitcoin".into(),
            address: Some("bc1qexample".into()),
            status: NetworkStatus::Connected,
            confirmations_required: Some(3),
            last_block: Some(840_000),
            last_seen_at: Some(self.days_ago(0)),
            note: None,
            as_of: self.days_ago(1),
        }
    }

    /// A transaction of a user of the account FR that took effect, of so many cents.
    pub(crate) fn transaction(
        &self,
        user: &str,
        kind: TransactionKind,
        cents: i64,
        days: i64,
    ) -> transaction::Model {
        let (id, external_id) = self.new_row();
        transaction::Model {
            id,
            account: "FR".into(),
            system: "psp".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            user_id: uuid(user),
            wallet_id: None,
            kind,
            state: TransactionState::Done,
            amount_minor: cents,
            currency: "EUR".into(),
            counter_amount_minor: None,
            counter_currency: None,
            at: self.days_ago(days),
            description: None,
        }
    }

    /// What a provider knows of a user of the account FR: can be paid, and not be paid out.
    pub(crate) fn psp_account(&self, user: &str) -> psp_account::Model {
        let (id, external_id) = self.new_row();
        psp_account::Model {
            id,
            account: "FR".into(),
            system: "psp".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            user_id: uuid(user),
            provider: "stripe".into(),
            provider_user_id: "acct_1".into(),
            can_be_paid: true,
            can_be_paid_out: false,
            details: Some("{\"tier\":2}".into()),
        }
    }

    /// A bank account of a user of the account FR.
    pub(crate) fn bank_account(&self, user: &str) -> bank_account::Model {
        let (id, external_id) = self.new_row();
        bank_account::Model {
            id,
            account: "FR".into(),
            system: "psp".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            user_id: uuid(user),
            holder: "Ada Lovelace".into(),
            iban: "DE89370400440532013000".into(),
            masked_iban: "DE** **** **** **** **30 00".into(),
            bic: Some("COBADEFFXXX".into()),
            currency: "EUR".into(),
        }
    }

    /// A booking between users of the account FR, of whom one may be unknown.
    pub(crate) fn booking(&self, asker: Option<&str>, offerer: Option<&str>, days: i64) -> booking::Model {
        let (id, external_id) = self.new_row();
        booking::Model {
            id,
            account: "FR".into(),
            system: "shop".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            asker_id: asker.map(uuid),
            offerer_id: offerer.map(uuid),
            listing_id: None,
            state: BookingState::Accepted,
            amount_minor: Some(10_000),
            currency: Some("EUR".into()),
            starts_at: None,
            ends_at: None,
            at: self.days_ago(days),
        }
    }

    /// A review between users of the account FR.
    pub(crate) fn review(&self, author: &str, subject: &str, rating: i16, days: i64) -> review::Model {
        let (id, external_id) = self.new_row();
        review::Model {
            id,
            account: "FR".into(),
            system: "shop".into(),
            external_id,
            as_of: self.clock.now(),
            recorded_at: self.clock.now(),
            author_id: uuid(author),
            subject_id: uuid(subject),
            rating,
            text: Some("Fine".into()),
            at: self.days_ago(days),
        }
    }

    fn new_row(&self) -> (Uuid, String) {
        let id = self.clock.new_id();
        (id, id.to_string())
    }
}
