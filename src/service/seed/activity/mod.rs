//! What other systems know of a made-up user, as they would have recorded it: wallets and what moved in them, accounts at a
//! payment provider and a bank (`money.rs`), listings, bookings and reviews (`market.rs`). Nothing happens before somebody
//! came or after they went, and who books, books from somebody of the same account.

use std::collections::{BTreeMap, BTreeSet};

use backdesk_entity::{
    bank_account, booking, listing, psp_account, review, transaction, wallet, wallet_network,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    countries::trade::{self, Trade},
    draw::Draw,
    life::END,
};
use crate::{
    domain::status::is_active,
    store::{Writer, error::StoreError, user::UserFile},
};

mod counts;
mod market;
mod money;

pub(super) use market::{Offerer, WINDOW};

/// What the systems are called.
const PAYMENTS: &str = "PAYMENTS";
const MARKET: &str = "MARKET";
/// Users with a long history: as many as a demo has. The others have as much as lists need.
const EARLY: u64 = 1_000;

/// Rows by table.
#[derive(Debug, Default)]
pub(super) struct Activity {
    pub(super) wallets: Vec<wallet::Model>,
    pub(super) networks: Vec<wallet_network::Model>,
    pub(super) transactions: Vec<transaction::Model>,
    pub(super) psp_accounts: Vec<psp_account::Model>,
    pub(super) bank_accounts: Vec<bank_account::Model>,
    pub(super) listings: Vec<listing::Model>,
    pub(super) bookings: Vec<booking::Model>,
    pub(super) reviews: Vec<review::Model>,
}

/// One user of whom rows are told.
struct Somebody<'a> {
    number: u64,
    file: &'a UserFile,
    trade: &'static Trade,
    /// When they are here.
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Activity {
    /// Adds what is known of a user, and to the user what the payment provider reports; `offerers` are users of smaller
    /// numbers. Says what later ones may book.
    pub(super) fn add(&mut self, number: u64, file: &mut UserFile, offerers: &[Offerer]) -> Option<Offerer> {
        let user = &file.user;
        let to = if is_active(user.status) { END } else { user.status_since };
        let home = user.country.as_deref().unwrap_or("FR");
        let somebody = Somebody { number, file, trade: trade::of(home), from: user.created_at, to };
        self.pay(&somebody);
        let offered = self.offer(&somebody);
        self.book(&somebody, offerers);
        file.wide.provider = Some(self.reported(number, file.user.id));
        offered
    }

    /// Writes all of it, and counts anew for those of `others`, who were there already, whom it tells of.
    pub(super) async fn write(mut self, writer: &Writer, others: &[Offerer]) -> Result<(), StoreError> {
        self.forget_unknown_listings(writer, others).await?;
        let booked: BTreeSet<Uuid> = self.bookings.iter().filter_map(|row| row.offerer_id).collect();
        let others = others.iter().filter(|other| booked.contains(&other.id));
        let mut known: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for other in others {
            known.entry(&other.account).or_default().push(other.id);
        }
        // in the order in which everybody locks them: something else may be recorded of those who were there already
        for (account, users) in &known {
            writer.take_turn_in(account).await?;
            writer.lock_users(account, users.clone()).await?;
        }
        writer.record(self.wallets).await?;
        writer.record_networks(self.networks).await?;
        writer.record(self.transactions).await?;
        writer.record(self.psp_accounts).await?;
        writer.record(self.bank_accounts).await?;
        writer.record(self.listings).await?;
        writer.record(self.bookings).await?;
        writer.record(self.reviews).await?;
        // those who are new came with their counts
        writer.recount(&known.into_values().flatten().collect::<Vec<_>>()).await
    }

    /// Users whom an older version made have no listings: what was booked from them is unknown then.
    async fn forget_unknown_listings(
        &mut self,
        writer: &Writer,
        others: &[Offerer],
    ) -> Result<(), StoreError> {
        let booked: BTreeSet<Uuid> = self.bookings.iter().filter_map(|row| row.listing_id).collect();
        let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for other in others.iter().filter(|other| booked.contains(&other.listing)) {
            names.entry(&other.account).or_default().push(other.listing_name.clone());
        }
        let mut known: BTreeSet<Uuid> = self.listings.iter().map(|row| row.id).collect();
        for (account, names) in names {
            let found = writer.recorded::<listing::Model>(account, MARKET, names).await?;
            known.extend(found.into_values().map(|row| row.id));
        }
        for booking in &mut self.bookings {
            booking.listing_id = booking.listing_id.filter(|id| known.contains(id));
        }
        Ok(())
    }
}

impl Somebody<'_> {
    /// What a system calls a row of the user.
    fn name(&self, kind: char, place: u64) -> String {
        format!("{kind}-{}-{place}", self.number)
    }

    /// The id of a row: shaped like every other id, by its instant, but computed, as the user's own.
    fn row_id(&self, table: &str, place: u64, at: DateTime<Utc>) -> Uuid {
        row_id(self.number, table, place, at)
    }
}

/// The id of the row of that place that a table has of the user of that number.
pub(super) fn row_id(number: u64, table: &str, place: u64, at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let mut tail = [0; 10];
    tail[..3].copy_from_slice(&Draw::of(number, table).bits().to_be_bytes()[..3]);
    tail[3] = u8::try_from(place).unwrap_or(u8::MAX);
    tail[4..].copy_from_slice(&number.to_be_bytes()[2..]);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

#[cfg(test)]
mod tests;
