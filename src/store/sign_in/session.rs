//! Sessions of staff, and the refresh tokens that continue them.

use backdesk_entity::{refresh_token, staff_member, staff_session};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::Session;
use crate::store::{
    Store,
    error::StoreError,
    session::{Reader, Writer},
    staff::{StaffFile, staff_file},
};

/// How long ended sessions are kept: for those who look after something that happened.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Sessions that somebody has at most: another one ends the oldest, and all can be ended at once.
const MOST: u64 = 50;

/// What becomes of a refresh token that somebody brought.
#[derive(Debug)]
pub enum Rotation {
    /// The session goes on, with the new token.
    Continued(Box<(Session, StaffFile)>),
    /// It was used before: somebody has it who should not.
    Reused(Session),
    /// There is no such token, or its session is over.
    Over,
}

impl Store {
    /// Uses a refresh token up, and gives its session the new one. A session that nobody used for so long is over, and so is
    /// that of somebody who may no longer sign in.
    pub async fn rotate(&self, hash: Vec<u8>, new: Vec<u8>, idle: TimeDelta) -> Result<Rotation, StoreError> {
        let now = self.clock().now();
        // whoever brings what is none takes no turn of a writer
        let Some(token) = refresh_token::Entity::find_by_id(hash.clone()).one(self.db()).await? else {
            return Ok(Rotation::Over);
        };
        let (_turn, tx) = self.begin().await?;
        // those who bring tokens of one session take turns
        let mut session = staff_session::Entity::find_by_id(token.session_id);
        if self.has_row_locks() {
            session = session.lock(LockType::Update);
        }
        let mut session = session.one(&tx).await?.ok_or(StoreError::Internal)?;
        if !is_open(&session, now, idle) {
            tx.rollback().await?;
            return Ok(Rotation::Over);
        }
        let used = refresh_token::Entity::update_many()
            .col_expr(refresh_token::Column::UsedAt, Expr::val(now))
            .filter(refresh_token::Column::Hash.eq(hash))
            .filter(refresh_token::Column::UsedAt.is_null())
            .exec(&tx)
            .await?;
        if used.rows_affected != 1 {
            tx.rollback().await?;
            return Ok(Rotation::Reused(session));
        }
        let file = staff_file(&tx, session.staff_id).await?.ok_or(StoreError::Internal)?;
        if file.member.state != backdesk_entity::enums::StaffState::Active {
            tx.rollback().await?;
            return Ok(Rotation::Over);
        }
        session.last_used_at = now;
        staff_session::Entity::update(session.clone().into_active_model().reset_all()).exec(&tx).await?;
        let token =
            refresh_token::Model { hash: new, session_id: session.id, created_at: now, used_at: None };
        refresh_token::Entity::insert(token.into_active_model().reset_all())
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
        Ok(Rotation::Continued(Box::new((session, file))))
    }

    /// The session that a refresh token continues, used or not.
    pub async fn session_of(&self, hash: Vec<u8>) -> Result<Option<Session>, StoreError> {
        let Some(token) = refresh_token::Entity::find_by_id(hash).one(self.db()).await? else {
            return Ok(None);
        };
        Ok(staff_session::Entity::find_by_id(token.session_id).one(self.db()).await?)
    }

    /// Forgets sessions that ended long ago, with their tokens; run from time to time.
    pub async fn sweep_sessions(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        let old = staff_session::Column::ExpiresAt.lt(self.clock().now() - KEPT);
        staff_session::Entity::delete_many().filter(old).exec(&tx).await?;
        tx.commit().await
    }
}

fn is_open(session: &Session, now: DateTime<Utc>, idle: TimeDelta) -> bool {
    session.ended_at.is_none() && now < session.expires_at && now - session.last_used_at < idle
}

/// Sessions of somebody that neither ended nor are over, used of late or not.
fn not_over(staff: Uuid, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(staff_session::Column::StaffId.eq(staff))
        .add(staff_session::Column::EndedAt.is_null())
        .add(staff_session::Column::ExpiresAt.gt(now))
}

impl Reader {
    /// The open sessions of these staff members, whom the reader has seen or is, newest first.
    pub async fn open_sessions(&self, staff: &[Uuid], idle: TimeDelta) -> Result<Vec<Session>, StoreError> {
        let now = self.store().clock().now();
        let open = staff_session::Entity::find()
            .filter(staff_session::Column::StaffId.is_in(staff.iter().copied()))
            .filter(staff_session::Column::EndedAt.is_null())
            .filter(staff_session::Column::ExpiresAt.gt(now))
            .filter(staff_session::Column::LastUsedAt.gt(now - idle))
            .order_by_desc(staff_session::Column::CreatedAt)
            .order_by_desc(staff_session::Column::Id);
        Ok(open.all(self.db()).await?)
    }
}

impl Writer {
    /// Begins a session, with its first refresh token, as a keyed hash. Of somebody who has very many the oldest end: their ids.
    pub async fn insert_session(&self, session: &Session, hash: Vec<u8>) -> Result<Vec<Uuid>, StoreError> {
        let row = session.clone().into_active_model().reset_all();
        staff_session::Entity::insert(row).exec_without_returning(self.tx_to_change()).await?;
        let token = refresh_token::Model {
            hash,
            session_id: session.id,
            created_at: session.created_at,
            used_at: None,
        };
        refresh_token::Entity::insert(token.into_active_model().reset_all())
            .exec_without_returning(&self.tx)
            .await?;
        // when somebody was last here is no change of who they are: their version stays
        staff_member::Entity::update_many()
            .col_expr(staff_member::Column::LastSignInAt, Expr::val(session.created_at))
            .filter(staff_member::Column::Id.eq(session.staff_id))
            .exec(&self.tx)
            .await?;
        let oldest = staff_session::Entity::find()
            .filter(not_over(session.staff_id, session.created_at))
            .order_by_desc(staff_session::Column::CreatedAt)
            .order_by_desc(staff_session::Column::Id)
            .offset(MOST)
            .limit(MOST);
        let oldest = oldest.all(&self.tx).await?.into_iter().map(|session| session.id);
        let oldest = Condition::all().add(staff_session::Column::Id.is_in(oldest));
        self.end_sessions_where(session.staff_id, oldest).await
    }

    /// Notes that a session is used now, if it is open still: the session.
    pub async fn use_session(&self, staff: Uuid, session: Uuid) -> Result<Option<Session>, StoreError> {
        let now = self.clock().now();
        let mut open = staff_session::Entity::find_by_id(session).filter(not_over(staff, now));
        if self.store.has_row_locks() {
            open = open.lock(LockType::Update);
        }
        let Some(mut session) = open.one(&self.tx).await? else { return Ok(None) };
        session.last_used_at = now;
        staff_session::Entity::update(session.clone().into_active_model().reset_all())
            .exec(self.tx_to_change())
            .await?;
        Ok(Some(session))
    }

    /// Ends a session of a staff member: its id, if it was open still. Its tokens hold no longer from the commit on.
    pub async fn end_session(&self, staff: Uuid, session: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let one = Condition::all().add(staff_session::Column::Id.eq(session));
        self.end_sessions_where(staff, one).await
    }

    /// Ends all sessions of a staff member, but for one if it is named: the ids of those that were open.
    pub async fn end_sessions(&self, staff: Uuid, but: Option<Uuid>) -> Result<Vec<Uuid>, StoreError> {
        let others = Condition::all().add_option(but.map(|but| staff_session::Column::Id.ne(but)));
        self.end_sessions_where(staff, others).await
    }

    async fn end_sessions_where(&self, staff: Uuid, which: Condition) -> Result<Vec<Uuid>, StoreError> {
        let now = self.clock().now();
        let open = Condition::all().add(which).add(not_over(staff, now));
        let mut open = staff_session::Entity::find().filter(open);
        if self.store.has_row_locks() {
            open = open.lock(LockType::Update);
        }
        let ids: Vec<Uuid> = open.all(&self.tx).await?.into_iter().map(|session| session.id).collect();
        if ids.is_empty() {
            return Ok(ids);
        }
        staff_session::Entity::update_many()
            .col_expr(staff_session::Column::EndedAt, Expr::val(now))
            .filter(staff_session::Column::Id.is_in(ids.iter().copied()))
            .exec(self.tx_to_change())
            .await?;
        for id in &ids {
            self.end_tokens_of_session(*id).await?;
        }
        Ok(ids)
    }
}
