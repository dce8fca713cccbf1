//! Wallets whose balances are what their transactions left, and the accounts that money comes from and goes to.

use backdesk_entity::{
    bank_account,
    enums::{KycStatus, NetworkStatus, TransactionKind, TransactionState, UserStatus, WalletStatus},
    psp_account, transaction, user_provider, wallet, wallet_network,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Activity, EARLY, PAYMENTS, Somebody};
use crate::{
    domain::bank::Iban,
    service::{
        seed::{draw::Draw, life::END, numbers, shown::is_shown},
        user::WidePart,
    },
};

/// The payment providers of the made-up world.
const PROVIDERS: &str = "demo-pay, example-bank";
/// How far back transactions reach.
pub(super) const HISTORY: TimeDelta = TimeDelta::days(730);
/// How long a transaction is under way at most.
const UNDER_WAY: TimeDelta = TimeDelta::days(10);
/// The smallest units of a coin for one of other money, whatever the day: a coin is worth forty thousand.
const COINS: i64 = 25;
const COIN: &str = "BTC";

impl Activity {
    /// Wallets, with their history and where the money comes from and goes to.
    pub(super) fn pay(&mut self, who: &Somebody<'_>) {
        let user = &who.file.user;
        let draw = &mut Draw::of(who.number, "wallets");
        let is_known = user.kyc_status == KycStatus::Validated;
        if !draw.percent(if is_known { 80 } else { 15 }) {
            return;
        }
        let status = match (user.status, is_known) {
            (UserStatus::Live, true) if !user.frozen => draw.weighted(&[
                (WalletStatus::Activated, 92),
                (WalletStatus::Pending, 5),
                (WalletStatus::Blocked, 3),
            ]),
            (UserStatus::Live | UserStatus::InReview, false) => {
                draw.weighted(&[(WalletStatus::Pending, 75), (WalletStatus::NotConnected, 25)])
            }
            _ => WalletStatus::Blocked,
        };
        let opened_at = draw.instant(who.from, who.to);
        let provider = draw.common(PROVIDERS);
        let coins = draw.maybe(if is_shown(who.number) { 100 } else { 8 }, COIN);
        let first = self.wallets.len();
        for (place, currency) in (0..).zip([Some(who.trade.currency), coins].into_iter().flatten()) {
            let id = who.row_id("wallet", place, opened_at);
            self.wallets.push(wallet::Model {
                id,
                account: user.account.clone(),
                system: PAYMENTS.to_owned(),
                external_id: who.name('W', place),
                as_of: opened_at,
                recorded_at: opened_at,
                user_id: user.id,
                status,
                provider: provider.to_owned(),
                balance_minor: Some(0),
                currency: currency.to_owned(),
                opened_at,
            });
            if currency == COIN {
                self.networks.push(network(who, id, status, opened_at));
            }
        }
        if matches!(status, WalletStatus::Activated | WalletStatus::Blocked) {
            self.move_money(who, first, opened_at);
        }

        if status == WalletStatus::NotConnected {
            return;
        }
        let draw = &mut Draw::of(who.number, "provider");
        let is_active = status == WalletStatus::Activated;
        let details = json!({ "contract": "2026-1", "riskClass": draw.word("A, A, A, B, C") }).to_string();
        let details = draw.maybe(30, details);
        self.psp_accounts.push(psp_account::Model {
            id: who.row_id("psp", 0, opened_at),
            account: user.account.clone(),
            system: PAYMENTS.to_owned(),
            external_id: who.name('P', 0),
            as_of: opened_at,
            recorded_at: opened_at,
            user_id: user.id,
            provider: provider.to_owned(),
            provider_user_id: draw.digits("usr_########"),
            can_be_paid: is_active,
            can_be_paid_out: is_active && draw.percent(90),
            details,
        });
        self.bank(who, opened_at);
    }

    /// Where money is paid out to. The holder is the user; the number is nobody's.
    fn bank(&mut self, who: &Somebody<'_>, opened_at: DateTime<Utc>) {
        let draw = &mut Draw::of(who.number, "bank");
        // some countries have no such numbers
        if who.trade.account.is_empty() || !draw.percent(70) {
            return;
        }
        let user = &who.file.user;
        let company = who.file.wide.company.as_ref().and_then(|company| company.legal_name.clone());
        let names = [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str);
        let holder = company.unwrap_or_else(|| names.collect::<Vec<_>>().join(" "));
        let iban = Iban::parse(&numbers::iban(who.trade.code, &draw.digits(who.trade.account)));
        let (Ok(iban), false) = (iban, holder.is_empty()) else { return };
        self.bank_accounts.push(bank_account::Model {
            id: who.row_id("bank", 0, opened_at),
            account: user.account.clone(),
            system: PAYMENTS.to_owned(),
            external_id: who.name('B', 0),
            as_of: opened_at,
            recorded_at: opened_at,
            user_id: user.id,
            holder,
            masked_iban: iban.masked(),
            iban: iban.whole().to_owned(),
            bic: Some(numbers::bic(who.trade.code, who.trade.place)),
            currency: who.trade.currency.to_owned(),
        });
    }

    /// Fills the wallets from `first` on and empties them again.
    fn move_money(&mut self, who: &Somebody<'_>, first: usize, opened_at: DateTime<Utc>) {
        let draw = &mut Draw::of(who.number, "transactions");
        let count = draw.below(if who.number <= EARLY { 25 } else { 5 });
        let from = opened_at.max(who.to - HISTORY);
        let mut instants: Vec<_> = (0..count).map(|_| draw.instant(from, who.to)).collect();
        instants.sort_unstable();
        let has_coins = self.wallets.len() - first > 1;
        for (place, at) in (0..).zip(instants) {
            let balance = self.wallets[first].balance_minor.unwrap_or_default();
            let kind = kind(draw, balance, has_coins);
            let state = match at + UNDER_WAY > END {
                true => draw.weighted(&[(TransactionState::Pending, 50), (TransactionState::Done, 50)]),
                false => draw.weighted(&[
                    (TransactionState::Done, 90),
                    (TransactionState::Failed, 4),
                    (TransactionState::Canceled, 3),
                    (TransactionState::Reversed, 3),
                ]),
            };
            let amount = match kind {
                TransactionKind::Deposit => 1_000 + draw.below(200_000),
                _ => 1 + draw.below(u64::try_from(balance).unwrap_or(1)),
            };
            let amount = i64::try_from(amount).unwrap_or_default();
            let coins = matches!(kind, TransactionKind::Exchange | TransactionKind::TradeOrder)
                .then_some(amount * COINS);
            if state == TransactionState::Done {
                let sign = if kind == TransactionKind::Deposit { 1 } else { -1 };
                self.settle(first, sign * amount, at);
                if let Some(coins) = coins {
                    self.settle(first + 1, coins, at);
                }
            }
            let wallet = &self.wallets[first];
            self.transactions.push(transaction::Model {
                id: who.row_id("transaction", place, at),
                account: wallet.account.clone(),
                system: PAYMENTS.to_owned(),
                external_id: who.name('T', place),
                as_of: at,
                recorded_at: at,
                user_id: wallet.user_id,
                wallet_id: Some(wallet.id),
                kind,
                state,
                amount_minor: amount,
                currency: wallet.currency.clone(),
                counter_amount_minor: coins,
                counter_currency: coins.map(|_| COIN.to_owned()),
                at,
                description: draw.maybe(25, words(kind)).map(|words| draw.word(words).to_owned()),
            });
        }
    }

    /// What the provider reports of a user whose rows were added last: payments in of older days beside those recorded here.
    pub(super) fn reported(&self, number: u64, user_id: Uuid) -> user_provider::Model {
        let draw = &mut Draw::of(number, "reported");
        let wallets = self.wallets.iter().rev().take_while(|row| row.user_id == user_id);
        let (wallets, best) = (wallets.clone().count(), wallets.map(|row| row.status).max());
        if !(is_shown(number) || draw.percent(70)) || best.is_none_or(|best| best < WalletStatus::Pending) {
            return WidePart::blank(user_id);
        }
        let rows = self.transactions.iter().rev().take_while(|row| row.user_id == user_id);
        let is_payin = |row: &&transaction::Model| {
            row.kind == TransactionKind::Deposit && row.state == TransactionState::Done
        };
        let payins = rows.filter(is_payin).count() as u64 + if draw.percent(25) { draw.below(6) } else { 0 };
        user_provider::Model {
            user_id,
            code_status: Some(
                if best == Some(WalletStatus::Activated) { "110009" } else { "110001" }.to_owned(),
            ),
            information_status: Some(draw.word("COMPLETE, COMPLETE, INCOMPLETE").to_owned()),
            wallet_count: i32::try_from(wallets).ok(),
            payin_count: i32::try_from(payins).ok(),
        }
    }

    fn settle(&mut self, wallet: usize, amount: i64, at: DateTime<Utc>) {
        let wallet = &mut self.wallets[wallet];
        wallet.balance_minor = wallet.balance_minor.map(|balance| balance + amount);
        wallet.as_of = at;
    }
}

/// What happens next to a wallet: nothing goes out of what is empty.
fn kind(draw: &mut Draw, balance: i64, has_coins: bool) -> TransactionKind {
    use TransactionKind::{Deposit, Exchange, Payment, Payout, TradeOrder, Transfer};
    match balance {
        ..100 => Deposit,
        _ if has_coins => draw.weighted(&[(Deposit, 35), (Payment, 20), (Exchange, 25), (TradeOrder, 20)]),
        _ => draw.weighted(&[(Deposit, 40), (Payment, 35), (Payout, 15), (Transfer, 10)]),
    }
}

/// What systems write beside a transaction.
fn words(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Deposit => "By card, Bank transfer received, Direct debit",
        TransactionKind::Payout => "Weekly payout, Payout on request",
        TransactionKind::Transfer => "To a partner, Between own wallets",
        TransactionKind::Payment => "Booking, Platform fee, Invoice",
        TransactionKind::TradeOrder => "Market order, Limit order",
        TransactionKind::Exchange => "At the rate of the day",
    }
}

/// How a wallet of coins is connected.
fn network(
    who: &Somebody<'_>,
    wallet_id: Uuid,
    status: WalletStatus,
    opened_at: DateTime<Utc>,
) -> wallet_network::Model {
    let draw = &mut Draw::of(who.number, "network");
    let status = match status {
        WalletStatus::NotConnected | WalletStatus::Pending => NetworkStatus::Pending,
        WalletStatus::Blocked => NetworkStatus::Disconnected,
        WalletStatus::Activated => draw.weighted(&[
            (NetworkStatus::Connected, 80),
            (NetworkStatus::Syncing, 10),
            (NetworkStatus::Disconnected, 10),
        ]),
    };
    let is_seen = status != NetworkStatus::Pending;
    let block = i64::try_from(850_000 + draw.below(50_000)).ok();
    let seen_at = draw.instant(opened_at, who.to);
    let is_lost = is_seen && status == NetworkStatus::Disconnected;
    wallet_network::Model {
        wallet_id,
        network: "bitcoin".to_owned(),
        // its checksum is wrong: nobody can send anything there
        address: Some(draw.digits("bc1qdemo################")),
        status,
        confirmations_required: Some(3),
        last_block: block.filter(|_| is_seen),
        last_seen_at: is_seen.then_some(seen_at),
        note: is_lost.then(|| "The provider was told.".to_owned()),
        as_of: opened_at,
    }
}
