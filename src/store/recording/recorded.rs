//! What the rows of other systems have in common, whatever they are about.

use backdesk_entity::{bank_account, booking, listing, psp_account, review, transaction, wallet};
use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, FromQueryResult, IntoActiveModel};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::activity::Kind;

/// A row of another system.
pub trait Recorded: Clone + PartialEq + Serialize + FromQueryResult + Send + Sync + 'static {
    /// Its table.
    type Table: EntityTrait<Model = Self, ActiveModel: Send>;
    /// What it is about.
    const KIND: Kind;

    /// Its id here.
    fn id(&self) -> Uuid;
    /// Its id there.
    fn external_id(&self) -> &str;
    /// The instant of which it is said.
    fn as_of(&self) -> DateTime<Utc>;
    /// Makes it the same row as one that is recorded already.
    fn be(&mut self, recorded: &Self);
    /// The users it is about, each by the field that names it.
    fn owners(&self) -> Vec<(&'static str, Option<Uuid>)>;
    /// Says whom it is about, in the same order.
    fn give_to(&mut self, owners: &[Option<Uuid>]);
    /// Ties it to the thing of another kind that it belongs to.
    fn tie(&mut self, to: Uuid);
    /// The field that must never change once it is known, and would by this row.
    fn moved_from(&self, recorded: &Self) -> Option<&'static str>;
    /// The row as the database takes it.
    fn into_row(self) -> <Self::Table as EntityTrait>::ActiveModel;
}

/// Whether a value that was known becomes another one, or unknown.
fn is_moved<T: PartialEq>(recorded: Option<&T>, now: Option<&T>) -> bool {
    recorded.is_some() && recorded != now
}

macro_rules! recorded {
    ($($kind:ident: $table:ident, [$($owner:literal = $slot:ident),+], $tie:ident,
        |$new:ident, $old:ident| $moved:expr;)+) => {$(
        impl Recorded for $table::Model {
            type Table = $table::Entity;
            const KIND: Kind = Kind::$kind;

            fn id(&self) -> Uuid {
                self.id
            }

            fn external_id(&self) -> &str {
                &self.external_id
            }

            fn as_of(&self) -> DateTime<Utc> {
                self.as_of
            }

            fn be(&mut self, recorded: &Self) {
                self.id = recorded.id;
                self.recorded_at = recorded.recorded_at;
            }

            fn owners(&self) -> Vec<(&'static str, Option<Uuid>)> {
                vec![$(($owner, Owner::id(&self.$slot))),+]
            }

            fn give_to(&mut self, owners: &[Option<Uuid>]) {
                let mut owners = owners.iter().copied();
                $(Owner::set(&mut self.$slot, owners.next().flatten());)+
            }

            fn tie(&mut self, to: Uuid) {
                recorded!(@tie self, to, $tie);
            }

            fn moved_from(&self, recorded: &Self) -> Option<&'static str> {
                let owner = self.owners().into_iter().zip(recorded.owners());
                let mut moved = owner.filter(|((_, now), (_, before))| is_moved(before.as_ref(), now.as_ref()));
                if let Some(((field, _), _)) = moved.next() {
                    return Some(field);
                }
                let ($new, $old) = (self, recorded);
                $moved
            }

            fn into_row(self) -> $table::ActiveModel {
                self.into_active_model()
            }
        }
    )+};
    (@tie $row:ident, $to:ident, none) => { let _ = ($row, $to); };
    (@tie $row:ident, $to:ident, $slot:ident) => { $row.$slot = Some($to); };
}

recorded! {
    Wallet: wallet, ["user" = user_id], none,
        |new, old| (new.currency != old.currency).then_some("currency");
    Transaction: transaction, ["user" = user_id], wallet_id, |new, old| {
        let kind = (new.kind != old.kind).then_some("kind");
        kind.or((new.currency != old.currency).then_some("currency"))
    };
    PspAccount: psp_account, ["user" = user_id], none, |_new, _old| None;
    BankAccount: bank_account, ["user" = user_id], none,
        |new, old| (new.currency != old.currency).then_some("currency");
    Listing: listing, ["user" = user_id], none, |_new, _old| None;
    Booking: booking, ["asker" = asker_id, "offerer" = offerer_id], listing_id,
        |new, old| is_moved(old.currency.as_ref(), new.currency.as_ref()).then_some("currency");
    Review: review, ["author" = author_id, "subject" = subject_id], none, |_new, _old| None;
}

/// A column that names a user: always, or where one is known.
trait Owner {
    fn id(&self) -> Option<Uuid>;
    fn set(&mut self, id: Option<Uuid>);
}

impl Owner for Uuid {
    fn id(&self) -> Option<Uuid> {
        Some(*self)
    }

    fn set(&mut self, id: Option<Uuid>) {
        *self = id.unwrap_or_default();
    }
}

impl Owner for Option<Uuid> {
    fn id(&self) -> Option<Uuid> {
        *self
    }

    fn set(&mut self, id: Option<Uuid>) {
        *self = id;
    }
}
