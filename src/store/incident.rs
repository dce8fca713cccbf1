//! What is wrong with the platform, in one row a kind that all instances share: whichever of them tells of it first, the others
//! do not within the hour.

use backdesk_entity::{
    enums::IncidentKind,
    incident::{ActiveModel, Column, Entity, Model},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, ExprTrait, Func, OnConflict},
};

use super::{Store, error::StoreError, mail::NewMail};

/// Between two times that people are told of one kind.
const TOLD_EVERY: TimeDelta = TimeDelta::hours(1);

/// Something that is wrong, and that nobody was told of yet.
#[derive(Debug, Clone)]
pub(crate) struct Incident {
    pub(crate) kind: IncidentKind,
    /// What is known of it, in words of ours.
    pub(crate) what: String,
    pub(crate) since: DateTime<Utc>,
}

/// The house of incidents, which no entry tells of: they are about the program, not about data.
impl Store {
    /// Notes that something is wrong since then. What is known already stays as old as it is.
    pub async fn note_incident(
        &self,
        kind: IncidentKind,
        what: &str,
        since: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            kind: Set(kind),
            what: Set(what.to_owned()),
            since: Set(Some(since)),
            last_told_at: Set(None),
        };
        let new = |column: Column| Expr::col(("excluded", column));
        let old = Expr::col((Entity, Column::Since));
        let known = OnConflict::column(Column::Kind)
            .value(Column::What, new(Column::What))
            .value(Column::Since, Func::coalesce([old, new(Column::Since)]))
            .to_owned();
        let (_turn, tx) = self.begin().await?;
        Entity::insert(row).on_conflict(known).exec_without_returning(&tx).await?;
        tx.commit().await
    }

    /// Notes that it is well again, if it was wrong before this instant.
    pub(crate) async fn end_incident(
        &self,
        kind: IncidentKind,
        before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        Entity::update_many()
            .col_expr(Column::Since, Expr::val(None::<DateTime<Utc>>))
            .filter(Column::Kind.eq(kind))
            .filter(Column::Since.lt(before))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    /// What is wrong, whether or not it was told.
    pub(crate) async fn incident(&self, kind: IncidentKind) -> Result<Option<Incident>, StoreError> {
        let open = Entity::find_by_id(kind).one(self.db()).await?;
        Ok(open.and_then(Incident::of))
    }

    /// What is wrong, was not told, and may be told by now.
    pub(crate) async fn untold_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        let open = Entity::find().filter(self.may_be_told()).order_by_asc(Column::Kind);
        Ok(open.all(self.db()).await?.into_iter().filter_map(Incident::of).collect())
    }

    /// Posts what tells of an incident, unless somebody else did in this hour.
    pub(crate) async fn tell_incident(
        &self,
        incident: &Incident,
        mails: &[NewMail],
    ) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        let mut told = Entity::update_many()
            .col_expr(Column::LastToldAt, Expr::val(self.clock().now()))
            .filter(Column::Kind.eq(incident.kind))
            .filter(self.may_be_told());
        if !lasts(incident.kind) {
            told = told.col_expr(Column::Since, Expr::val(None::<DateTime<Utc>>));
        }
        if told.exec(&tx).await?.rows_affected == 0 {
            return Ok(tx.rollback().await?);
        }
        for mail in mails {
            self.insert_mail(&tx, mail).await?;
        }
        tx.commit().await?;
        self.outgoing().wake();
        Ok(())
    }

    /// Each is told once, and each kind once an hour at most.
    fn may_be_told(&self) -> Condition {
        let long_ago = Condition::all()
            .add(Expr::col(Column::LastToldAt).lt(Expr::col(Column::Since)))
            .add(Column::LastToldAt.lte(self.clock().now() - TOLD_EVERY));
        Condition::all()
            .add(Column::Since.is_not_null())
            .add(Condition::any().add(Column::LastToldAt.is_null()).add(long_ago))
    }
}

/// Whether it goes on until something ends it. The others are over when they are told.
fn lasts(kind: IncidentKind) -> bool {
    match kind {
        IncidentKind::MailServerDead => true,
        IncidentKind::JobFailed => false,
    }
}

impl Incident {
    fn of(Model { kind, what, since, .. }: Model) -> Option<Self> {
        Some(Self { kind, what, since: since? })
    }
}
