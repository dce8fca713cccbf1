//! What new users carry of all that: counted before they are written, because counting in the database would write each of
//! them, and their place in every index, a second time. A test compares it with what the database counts.

use std::collections::HashMap;

use backdesk_entity::enums::{TransactionKind, TransactionState};
use uuid::Uuid;

use super::Activity;
use crate::{service::user::UserRecord, store::user::UserFile};

impl Activity {
    /// Counts for these users.
    pub(in crate::service::seed) fn count(&self, files: &mut [UserFile]) {
        let mut users: HashMap<Uuid, &mut UserRecord> = HashMap::new();
        let mut reported = Vec::new();
        for UserFile { user, wide, .. } in files {
            reported.extend(&wide.provider);
            users.insert(user.id, user);
        }
        let mut count = |user: Option<Uuid>, add: &dyn Fn(&mut UserRecord)| {
            // others were there before
            if let Some(user) = user.and_then(|id| users.get_mut(&id)) {
                add(user);
            }
        };
        for row in &self.wallets {
            count(Some(row.user_id), &|user| {
                user.wallet_count += 1;
                user.wallet_status = user.wallet_status.max(row.status);
            });
        }
        for row in &self.transactions {
            if (row.kind, row.state) == (TransactionKind::Deposit, TransactionState::Done) {
                count(Some(row.user_id), &|user| user.payin_count += 1);
            }
        }
        for row in &self.listings {
            count(Some(row.user_id), &|user| user.listing_count += 1);
        }
        for row in &self.bookings {
            count(row.asker_id, &|user| user.asker_booking_count += 1);
            count(row.offerer_id, &|user| user.offerer_booking_count += 1);
        }
        for row in &self.reviews {
            count(Some(row.subject_id), &|user| user.review_received_count += 1);
            count(Some(row.author_id), &|user| user.review_made_count += 1);
        }
        // what is recorded here, or what the provider reports in all, whichever is more
        for row in reported {
            count(Some(row.user_id), &|user| {
                user.wallet_count = user.wallet_count.max(row.wallet_count.unwrap_or_default());
                user.payin_count = user.payin_count.max(row.payin_count.unwrap_or_default());
            });
        }
    }
}
