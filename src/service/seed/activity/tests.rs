//! What other systems know of made-up users: sums that come out, lives that make sense, and no row twice.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::RangeInclusive,
};

use backdesk_entity::enums::{
    BookingState, ListingState, MarketRole, NetworkStatus, TransactionKind, TransactionState, UserStatus,
    WalletStatus,
};
use chrono::TimeDelta;
use proptest::prelude::*;
use sea_orm::Iterable;

use super::{money::HISTORY, *};
use crate::{
    domain::{
        bank::{Iban, parse_bic},
        link,
        money::Money,
    },
    service::seed::{Keys, Made, make},
};

fn made(numbers: RangeInclusive<u64>) -> (HashMap<Uuid, UserFile>, Activity) {
    let Made { files, activity, .. } = make(&numbers.collect(), &Keys::default()).unwrap();
    (files.into_iter().map(|file| (file.user.id, file)).collect(), activity)
}

#[test]
fn balances_are_what_the_transactions_leave() {
    let (_, Activity { wallets, transactions, .. }) = made(1..=600);
    let mut balances: HashMap<(Uuid, &str), i64> = HashMap::new();
    for row in transactions.iter().filter(|row| row.state == TransactionState::Done) {
        let sign = if row.kind == TransactionKind::Deposit { 1 } else { -1 };
        *balances.entry((row.user_id, &row.currency)).or_default() += sign * row.amount_minor;
        if let (Some(amount), Some(currency)) = (row.counter_amount_minor, &row.counter_currency) {
            *balances.entry((row.user_id, currency)).or_default() += amount;
        }
    }
    assert!(wallets.len() > 200 && transactions.len() > 1000);
    for wallet in &wallets {
        let balance = balances.get(&(wallet.user_id, &wallet.currency)).copied().unwrap_or_default();
        assert_eq!(wallet.balance_minor, Some(balance));
        assert!(balance >= 0);
    }
}

#[test]
fn nothing_happens_before_somebody_came_or_after_they_went() {
    let (users, activity) = made(1..=1500);
    let here = |user: &Uuid, at: DateTime<Utc>| {
        let user = &users[user].user;
        assert!(user.created_at <= at && at <= END);
        assert!(is_active(user.status) || at <= user.status_since);
    };
    for row in &activity.transactions {
        here(&row.user_id, row.at);
        let went = users[&row.user_id].user.status_since;
        assert!(row.at >= went.min(END) - HISTORY);
    }
    for row in &activity.listings {
        here(&row.user_id, row.published_at);
        let sold = users[&row.user_id].user.market_role;
        assert!(matches!(sold, Some(MarketRole::Vendor | MarketRole::Both)));
    }
    for row in &activity.bookings {
        let (asker, offerer) = (row.asker_id.unwrap(), row.offerer_id.unwrap());
        here(&asker, row.at);
        here(&offerer, row.at);
        assert_ne!(asker, offerer);
        assert_eq!(users[&asker].user.account, users[&offerer].user.account);
        assert!(row.at < row.starts_at.unwrap() && row.starts_at < row.ends_at);
        assert!(row.state != BookingState::Completed || row.ends_at.unwrap() < END);
    }
    for row in &activity.reviews {
        assert!((1..=5).contains(&row.rating) && row.at <= END);
        let told = |booking: &booking::Model| {
            let sides = [booking.asker_id, booking.offerer_id];
            booking.state == BookingState::Completed
                && booking.ends_at <= Some(row.at)
                && sides.contains(&Some(row.author_id))
                && sides.contains(&Some(row.subject_id))
        };
        assert!(activity.bookings.iter().any(told), "a review of nothing");
    }
    assert!(activity.bookings.len() > 300 && activity.reviews.len() > 150);
}

/// What such systems may record, by the rules for whatever they send.
#[test]
fn every_value_is_one_that_would_be_taken() {
    let (users, activity) = made(1..=1500);
    let kept = |minor: Option<i64>, currency: &str| {
        assert!(minor.is_none_or(|minor| minor >= 0 && Money::kept(minor, currency).is_some()), "{currency}");
    };
    for row in &activity.wallets {
        kept(row.balance_minor, &row.currency);
    }
    for row in &activity.transactions {
        kept(Some(row.amount_minor), &row.currency);
        let exchanges = matches!(row.kind, TransactionKind::Exchange | TransactionKind::TradeOrder);
        assert_eq!(row.counter_amount_minor.is_some(), exchanges);
    }
    for row in &activity.bookings {
        kept(row.amount_minor, row.currency.as_deref().unwrap());
    }
    for row in &activity.bank_accounts {
        let iban = Iban::parse(&row.iban).unwrap();
        assert_eq!((iban.whole(), iban.masked()), (row.iban.as_str(), row.masked_iban.clone()));
        assert_eq!(parse_bic(row.bic.as_deref().unwrap()).as_ref(), Ok(row.bic.as_ref().unwrap()));
        assert!(!row.holder.trim().is_empty());
    }
    for row in &activity.listings {
        assert!(link::parse(row.url.as_deref().unwrap()).is_ok());
    }
    for file in users.values() {
        let reported = file.wide.provider.as_ref().unwrap();
        let wallets = activity.wallets.iter().filter(|row| row.user_id == file.user.id).count();
        assert!(reported.wallet_count.is_none_or(|reported| usize::try_from(reported) == Ok(wallets)));
    }
    // none was left out for its number; Japan has none
    let countries: HashSet<&str> = activity.bank_accounts.iter().map(|row| &row.iban[..2]).collect();
    assert_eq!(countries.len(), 14, "{countries:?}");
}

/// A thousand users are enough for lists by any word.
#[test]
fn every_word_of_a_vocabulary_is_used() {
    fn covers<T: Iterable + Ord + std::fmt::Debug>(used: impl Iterator<Item = T>) {
        let (used, all): (BTreeSet<T>, BTreeSet<T>) = (used.collect(), T::iter().collect());
        assert_eq!(used, all);
    }
    let (_, activity) = made(1..=1000);
    covers::<WalletStatus>(activity.wallets.iter().map(|row| row.status));
    covers::<NetworkStatus>(activity.networks.iter().map(|row| row.status));
    covers::<TransactionKind>(activity.transactions.iter().map(|row| row.kind));
    covers::<TransactionState>(activity.transactions.iter().map(|row| row.state));
    covers::<ListingState>(activity.listings.iter().map(|row| row.state));
    covers::<BookingState>(activity.bookings.iter().map(|row| row.state));
    let young = activity.transactions.iter().filter(|row| row.at > END - TimeDelta::days(30)).count();
    assert!(young > 50, "{young} of the last thirty days, which reports begin with");
}

#[test]
fn what_is_unique_is() {
    fn distinct<T: std::hash::Hash + Eq>(values: impl Iterator<Item = T>) {
        let mut seen = HashSet::new();
        assert!(values.into_iter().all(|value| seen.insert(value)));
    }
    macro_rules! keys {
        ($activity:ident: $($table:ident),+) => {$(
            distinct($activity.$table.iter().map(|row| row.id));
            distinct($activity.$table.iter().map(|row| &row.external_id));
        )+};
    }
    let (_, activity) = made(1..=1500);
    keys!(activity: wallets, transactions, psp_accounts, bank_accounts, listings, bookings, reviews);
    distinct(activity.bank_accounts.iter().map(|row| &row.iban));
    distinct(activity.networks.iter().map(|row| row.wallet_id));
}

#[test]
fn who_went_has_nothing_on_offer_and_no_working_wallet() {
    let (users, activity) = made(1..=1500);
    for row in &activity.listings {
        assert!(row.state == ListingState::Closed || users[&row.user_id].user.status == UserStatus::Live);
    }
    for row in &activity.wallets {
        let user = &users[&row.user_id].user;
        let works = row.status == WalletStatus::Activated;
        assert!(!works || (user.status == UserStatus::Live && !user.frozen));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever was asked for before, and wherever a batch begins.
    #[test]
    fn what_is_known_of_a_user_does_not_hang_on_the_batch(first in 1_u64..100_000, before in 0_u64..120) {
        let last = first + 60;
        let (_, all) = made(first.saturating_sub(before).max(1)..=last);
        let (_, some) = made(first..=last);
        // numbers stand behind the letter of a name
        let is_asked = |name: &str| {
            name.split('-').nth(1).and_then(|number| number.parse::<u64>().ok()).is_some_and(|it| it >= first)
        };
        macro_rules! same {
            ($($table:ident),+) => {$(
                let rows: Vec<_> = all.$table.iter().filter(|row| is_asked(&row.external_id)).collect();
                prop_assert_eq!(rows, some.$table.iter().collect::<Vec<_>>());
            )+};
        }
        same!(wallets, transactions, psp_accounts, bank_accounts, listings, bookings, reviews);
    }
}
