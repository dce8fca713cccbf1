//! What staff sign in with, and how often they try. Tries are told by rows of their own, not by audit entries: a stranger makes
//! them, and changes nothing by one.

use backdesk_entity::{guess, sign_in_attempt, staff_credential, staff_member, staff_recovery_code};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, Order,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType, OnConflict, Query, UnionType},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Store, error::StoreError, session::Reader, session::Writer, staff::StaffMember};
use crate::domain::guessing::Failures;

mod session;

pub use backdesk_entity::{
    enums::SignInResult, sign_in_attempt::Model as Attempt, staff_credential::Model as Credential,
    staff_session::Model as Session,
};
pub use session::Rotation;

/// Tries that are forgotten in one transaction.
const SWEPT_AT_ONCE: u64 = 5_000;
/// How long it is kept who signed in, and who only tried: strangers make as many of those as they like.
const SUCCESSES_KEPT: TimeDelta = TimeDelta::days(400);
const FAILURES_KEPT: TimeDelta = TimeDelta::days(30);
/// How long failures are counted that nobody added to.
const GUESSES_KEPT: TimeDelta = TimeDelta::days(2);

/// What becomes of a try, by those that failed before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// It is looked at. It counts as a failure until it is known to be none: others that come meanwhile wait.
    LookedAt {
        /// The failures before it.
        before: Failures,
    },
    /// It comes too soon, and counts for nothing.
    TooSoon,
}

impl Store {
    /// The staff member of that name, folded, and what they sign in with.
    pub async fn staff_called(
        &self,
        folded: &str,
    ) -> Result<Option<(StaffMember, Option<Credential>)>, StoreError> {
        // PostgreSQL takes no text with a zero in it; nobody is called so
        let folded = if folded.contains('\0') { "" } else { folded };
        let named = staff_member::Entity::find().filter(staff_member::Column::UserNameFolded.eq(folded));
        let Some(member) = named.one(self.db()).await? else { return Ok(None) };
        let credential = staff_credential::Entity::find_by_id(member.id).one(self.db()).await?;
        Ok(Some((member, credential)))
    }

    /// What a staff member signs in with.
    pub async fn credential_of(&self, staff: Uuid) -> Result<Option<Credential>, StoreError> {
        Ok(staff_credential::Entity::find_by_id(staff).one(self.db()).await?)
    }

    /// When a staff member last signed in from a network; none when they never did.
    pub async fn last_signed_in_from(
        &self,
        staff: Uuid,
        network: &str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        use sign_in_attempt::Column;
        let found = sign_in_attempt::Entity::find()
            .filter(Column::StaffId.eq(staff))
            .filter(Column::Network.eq(network))
            .filter(Column::Result.eq(SignInResult::SignedIn))
            .order_by_desc(Column::At)
            .limit(1);
        Ok(found.one(self.db()).await?.map(|attempt| attempt.at))
    }

    /// Takes a try at something, in a network that is counted apart or (empty) anywhere. Of tries at the same time one is
    /// looked at.
    pub async fn take_try(&self, at_what: &str, network: &str) -> Result<Try, StoreError> {
        let now = self.clock().now();
        let (_turn, tx) = self.begin().await?;
        let row = guess::Model {
            at_what: at_what.to_owned(),
            network: network.to_owned(),
            failures: 0,
            last_at: DateTime::UNIX_EPOCH,
        };
        guess::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(
                // a change that changes nothing keeps whoever sweeps from taking the row away meanwhile
                OnConflict::columns([guess::Column::AtWhat, guess::Column::Network])
                    .value(guess::Column::Failures, Expr::col((guess::Entity, guess::Column::Failures)))
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        let mut counted = guess::Entity::find_by_id((at_what.to_owned(), network.to_owned()));
        if self.has_row_locks() {
            counted = counted.lock(LockType::Update);
        }
        let counted = counted.one(&tx).await?.ok_or(StoreError::Internal)?;
        let before =
            Failures { in_a_row: u32::try_from(counted.failures).unwrap_or(0), last: Some(counted.last_at) };
        if before.wait(now).is_some() {
            tx.rollback().await?;
            return Ok(Try::TooSoon);
        }
        set_failures(&tx, at_what, network, before.and_one(now)).await?;
        tx.commit().await?;
        Ok(Try::LookedAt { before })
    }

    /// Begins the count anew after a success.
    pub async fn forget_tries(&self, at_what: &str, network: &str) -> Result<(), StoreError> {
        self.count_tries(at_what, network, Failures::default()).await
    }

    /// Takes a try back that could not be looked at.
    pub async fn count_tries(
        &self,
        at_what: &str,
        network: &str,
        failures: Failures,
    ) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        set_failures(&tx, at_what, network, failures).await?;
        tx.commit().await
    }

    /// Writes how a try ended.
    pub async fn record_attempt(&self, attempt: Attempt) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        insert_attempt(&tx, attempt).await?;
        tx.commit().await
    }

    /// Keeps a stronger hash of the same password, unless another was set meanwhile.
    pub async fn rehash_password(&self, staff: Uuid, before: &str, after: &str) -> Result<(), StoreError> {
        use staff_credential::Column;
        let (_turn, tx) = self.begin().await?;
        staff_credential::Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::val(after))
            .filter(Column::StaffId.eq(staff))
            .filter(Column::PasswordHash.eq(before))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    /// Seals a secret that only its context opens again: what whoever signs in carries from one step to the next, and the
    /// secrets of authenticator apps.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.master().sealing_key().seal(context, plain)
    }

    /// The secret again; none of what was sealed elsewhere, or altered.
    pub fn unseal(&self, context: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.master().sealing_key().open(context, sealed).ok().map(Zeroizing::new)
    }

    /// Forgets tries of long ago; run from time to time.
    pub async fn sweep_attempts(&self) -> Result<(), StoreError> {
        use sign_in_attempt::{Column, Entity};
        let now = self.clock().now();
        for result in SignInResult::iter() {
            let kept = if result == SignInResult::SignedIn { SUCCESSES_KEPT } else { FAILURES_KEPT };
            let old = Query::select()
                .column(Column::Id)
                .from(Entity)
                .and_where(Column::Result.eq(result))
                .and_where(Column::At.lt(now - kept))
                .limit(SWEPT_AT_ONCE)
                .take();
            // strangers decide how many there are: a part at a time, so that each ends in time and others write in between
            loop {
                let (_turn, tx) = self.begin().await?;
                let some =
                    Entity::delete_many().filter(Column::Id.in_subquery(old.clone())).exec(&tx).await?;
                tx.commit().await?;
                if some.rows_affected < SWEPT_AT_ONCE {
                    break;
                }
            }
        }
        let (_turn, tx) = self.begin().await?;
        guess::Entity::delete_many().filter(guess::Column::LastAt.lt(now - GUESSES_KEPT)).exec(&tx).await?;
        tx.commit().await
    }
}

impl Reader {
    /// So many of the newest tries to sign in as each of these staff members, whom the reader has seen.
    pub async fn sign_ins(&self, staff: &[Uuid], first: u64) -> Result<Vec<Attempt>, StoreError> {
        use sign_in_attempt::{Column, Entity};
        let of_one = |staff: &Uuid| {
            let own = Query::select()
                .column(Column::Id)
                .from(Entity)
                .and_where(Column::StaffId.eq(*staff))
                .order_by(Column::At, Order::Desc)
                .order_by(Column::Id, Order::Desc)
                .limit(first)
                .take();
            Query::select().column(Column::Id).from_subquery(own, "own").take()
        };
        // each by the index: of somebody whom strangers guess at there are very many
        let Some((one, others)) = staff.split_first() else { return Ok(Vec::new()) };
        let mut newest = of_one(one);
        for other in others {
            newest.union(UnionType::All, of_one(other));
        }
        let found = Entity::find()
            .filter(Column::Id.in_subquery(newest))
            .order_by_desc(Column::At)
            .order_by_desc(Column::Id);
        Ok(found.all(self.db()).await?)
    }
}

impl Writer {
    /// What a staff member signs in with, kept from others until the end of the transaction.
    pub async fn credential(&self, staff: Uuid) -> Result<Option<Credential>, StoreError> {
        let mut found = staff_credential::Entity::find_by_id(staff);
        if self.store.has_row_locks() {
            found = found.lock(LockType::Update);
        }
        Ok(found.one(&self.tx).await?)
    }

    /// Sets the password of a staff member.
    pub async fn set_password(&self, staff: Uuid, hash: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        use staff_credential::Column;
        let row = staff_credential::Model {
            staff_id: staff,
            password_hash: hash.to_owned(),
            password_set_at: at,
            totp_secret: None,
            totp_last_step: None,
            totp_set_up_at: None,
        };
        // the second factor outlives a password
        let known = OnConflict::column(Column::StaffId)
            .update_columns([Column::PasswordHash, Column::PasswordSetAt])
            .to_owned();
        staff_credential::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(known)
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(())
    }

    /// Keeps what a staff member signs in with as it is now.
    pub async fn keep_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        let row = credential.clone().into_active_model().reset_all();
        staff_credential::Entity::update(row).exec(self.tx_to_change()).await?;
        Ok(())
    }

    /// Takes the second factor of a staff member away, with the recovery codes.
    pub async fn remove_second_factor(&self, staff: Uuid) -> Result<(), StoreError> {
        use staff_credential::Column;
        let none = || Expr::val(None::<i64>);
        staff_credential::Entity::update_many()
            .col_expr(Column::TotpSecret, Expr::val(None::<Vec<u8>>))
            .col_expr(Column::TotpLastStep, none())
            .col_expr(Column::TotpSetUpAt, Expr::val(None::<DateTime<Utc>>))
            .filter(Column::StaffId.eq(staff))
            .exec(self.tx_to_change())
            .await?;
        self.replace_recovery_codes(staff, Vec::new()).await
    }

    /// Replaces the recovery codes of a staff member by these, as hashes.
    pub async fn replace_recovery_codes(&self, staff: Uuid, hashes: Vec<Vec<u8>>) -> Result<(), StoreError> {
        staff_recovery_code::Entity::delete_many()
            .filter(staff_recovery_code::Column::StaffId.eq(staff))
            .exec(self.tx_to_change())
            .await?;
        if hashes.is_empty() {
            return Ok(());
        }
        let rows = hashes.into_iter().map(|hash| {
            staff_recovery_code::Model { hash, staff_id: staff, used_at: None }
                .into_active_model()
                .reset_all()
        });
        staff_recovery_code::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Uses a recovery code up: whether it was one that is good, of uses at the same time once.
    pub async fn use_recovery_code(&self, staff: Uuid, hash: Vec<u8>) -> Result<bool, StoreError> {
        use staff_recovery_code::Column;
        let used = staff_recovery_code::Entity::update_many()
            .col_expr(Column::UsedAt, Expr::val(self.clock().now()))
            .filter(Column::Hash.eq(hash))
            .filter(Column::StaffId.eq(staff))
            .filter(Column::UsedAt.is_null())
            .exec(self.tx_to_change())
            .await?;
        Ok(used.rows_affected == 1)
    }

    /// Writes how a try ended, in the transaction of what it led to.
    pub async fn record_attempt(&self, attempt: Attempt) -> Result<(), StoreError> {
        insert_attempt(self.tx_to_change(), attempt).await
    }

    /// Begins all counts of tries at something anew, wherever they came from.
    pub async fn forget_tries(&self, at_what: &str) -> Result<(), StoreError> {
        guess::Entity::delete_many()
            .filter(guess::Column::AtWhat.eq(at_what))
            .exec(self.tx_to_change())
            .await?;
        Ok(())
    }
}

async fn set_failures(
    db: &impl ConnectionTrait,
    at_what: &str,
    network: &str,
    failures: Failures,
) -> Result<(), StoreError> {
    use guess::Column;
    guess::Entity::update_many()
        .col_expr(Column::Failures, Expr::val(i32::try_from(failures.in_a_row).unwrap_or(i32::MAX)))
        .col_expr(Column::LastAt, Expr::val(failures.last.unwrap_or(DateTime::UNIX_EPOCH)))
        .filter(Column::AtWhat.eq(at_what))
        .filter(Column::Network.eq(network))
        .exec(db)
        .await?;
    Ok(())
}

async fn insert_attempt(db: &impl ConnectionTrait, attempt: Attempt) -> Result<(), StoreError> {
    sign_in_attempt::Entity::insert(attempt.into_active_model().reset_all())
        .exec_without_returning(db)
        .await?;
    Ok(())
}
