//! KYC reviews, and the changes that they look at. What changed is told by the audit trail alone: here are the names of the
//! fields, and which entry has their values.

use std::collections::{BTreeSet, HashMap};

use backdesk_entity::{kyc_review, kyc_review_change};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    audit::FieldChange,
    error::StoreError,
    membership::is_one_of,
    session::{Reader, Writer},
    user::{Seen, row_changes},
};

mod documents;
mod listed;

pub use backdesk_entity::kyc_review::Model as KycReview;
pub use listed::{KycAttribute, KycFacet, KycOrderField, KycReviews};

const TABLE: &str = "kyc_reviews";

/// What a review looks at.
#[derive(Debug, Clone, Default)]
pub struct ReviewedChanges {
    /// Every field that matters and changed.
    pub fields: BTreeSet<String>,
    /// The newest changes, newest first, as many as were to be opened.
    pub newest: Vec<ReviewedChange>,
}

/// A change that a review looks at.
#[derive(Debug, Clone)]
pub struct ReviewedChange {
    /// The entry that tells of it.
    pub entry: Uuid,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// By whom: the name of their token, or its subject.
    pub by: String,
    /// The fields that matter.
    pub fields: Vec<String>,
    /// Their old and new values. None when the key of the user was destroyed.
    pub changes: Option<Vec<FieldChange>>,
}

impl Reader {
    /// The open reviews of these users.
    pub async fn open_kyc_reviews(&self, users: &Seen) -> Result<Vec<KycReview>, StoreError> {
        let open = kyc_review::Entity::find()
            .filter(is_one_of(kyc_review::Column::UserId.into_expr(), users.ids(), self.store().backend()))
            .filter(kyc_review::Column::ClosedAt.is_null());
        Ok(open.all(self.db()).await?)
    }

    /// What these reviews within the scope look at, by review: the names of all fields, and so many of the newest changes.
    pub async fn kyc_changes(
        &self,
        reviews: &[Uuid],
        opened: usize,
    ) -> Result<HashMap<Uuid, ReviewedChanges>, StoreError> {
        let column = |column: kyc_review::Column| (TABLE, column.as_str());
        let mut shown = self.select(kyc_review::Entity, column(kyc_review::Column::Account));
        shown
            .column(column(kyc_review::Column::Id))
            .and_where(Expr::col(column(kyc_review::Column::Id)).is_in(reviews.iter().copied()));
        let links = kyc_review_change::Entity::find()
            .filter(kyc_review_change::Column::ReviewId.in_subquery(shown))
            // ids rise with time
            .order_by_desc(kyc_review_change::Column::EntryId)
            .all(self.db())
            .await?;
        let mut all: HashMap<Uuid, Links> = HashMap::new();
        for kyc_review_change::Model { review_id, entry_id, fields } in links {
            let fields: Vec<String> = serde_json::from_str(&fields).unwrap_or_default();
            let links = all.entry(review_id).or_default();
            links.fields.extend(fields.iter().cloned());
            if links.newest.len() < opened {
                links.newest.push((entry_id, fields));
            }
        }
        let newest = all.values().flat_map(|links| links.newest.iter().map(|(entry, _)| *entry));
        let mut entries = self.audit_entries(newest.collect()).await?;
        let mut change = |(entry, fields): (Uuid, Vec<String>)| {
            let (told, opened) = entries.remove(&entry)?;
            let changes = opened.changes.map(|mut changes| {
                changes.retain(|change| fields.contains(&change.field));
                changes
            });
            let by = told.actor_name.unwrap_or(told.actor_subject);
            Some(ReviewedChange { entry, at: told.at, by, fields, changes })
        };
        let all = all.into_iter().map(|(review, Links { fields, newest })| {
            let newest = newest.into_iter().filter_map(&mut change).collect();
            (review, ReviewedChanges { fields, newest })
        });
        Ok(all.collect())
    }
}

/// Which entries tell what a review looks at.
#[derive(Default)]
struct Links {
    fields: BTreeSet<String>,
    /// The newest entries, each with the names of its fields that matter.
    newest: Vec<(Uuid, Vec<String>)>,
}

impl Writer {
    /// A review of the user who is being changed.
    pub async fn kyc_review(&self, user: Uuid, id: Uuid) -> Result<Option<KycReview>, StoreError> {
        let found = kyc_review::Entity::find_by_id(id).filter(kyc_review::Column::UserId.eq(user));
        Ok(found.one(&self.tx).await?)
    }

    /// The open review of the user who is being changed.
    pub async fn open_kyc_review(&self, user: Uuid) -> Result<Option<KycReview>, StoreError> {
        let open = kyc_review::Entity::find()
            .filter(kyc_review::Column::UserId.eq(user))
            .filter(kyc_review::Column::ClosedAt.is_null());
        Ok(open.one(&self.tx).await?)
    }

    /// Writes a new review: what the trail tells of it.
    pub async fn insert_kyc_review(&self, review: &KycReview) -> Result<Vec<FieldChange>, StoreError> {
        kyc_review::Entity::insert(review.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(told(None, review))
    }

    /// Writes new reviews of new users. Nothing is durable before [`Self::commit`], whose entry says how many these are.
    pub async fn insert_kyc_reviews(&self, reviews: Vec<KycReview>) -> Result<(), StoreError> {
        let rows = reviews.into_iter().map(|review| review.into_active_model().reset_all());
        self.insert_rows::<kyc_review::Entity>(rows.collect()).await
    }

    /// Writes a changed review, where it did change: what the trail tells of it.
    pub async fn update_kyc_review(
        &self,
        before: &KycReview,
        after: &KycReview,
    ) -> Result<Vec<FieldChange>, StoreError> {
        if before == after {
            return Ok(Vec::new());
        }
        kyc_review::Entity::update(after.clone().into_active_model().reset_all())
            .exec(self.tx_to_change())
            .await?;
        Ok(told(Some(before), after))
    }

    /// Notes that a review looks at what an entry tells.
    pub(super) async fn link_kyc_review(
        &self,
        review: Uuid,
        entry: Uuid,
        fields: &[String],
    ) -> Result<(), StoreError> {
        let link = kyc_review_change::Model {
            review_id: review,
            entry_id: entry,
            fields: serde_json::json!(fields).to_string(),
        };
        kyc_review_change::Entity::insert(link.into_active_model().reset_all())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

/// What the trail tells of a review, which has its instants and names already.
fn told(before: Option<&KycReview>, after: &KycReview) -> Vec<FieldChange> {
    let silent =
        ["opened_at", "opened_by", "assignee_issuer", "claimed_at", "decided_at", "decided_by", "closed_at"];
    let mut changes = row_changes(&format!("kyc.reviews.{}", after.id), before, after, &silent);
    for change in changes.iter_mut().filter(|change| change.field.ends_with(".reasons")) {
        for value in [&mut change.before, &mut change.after] {
            *value = value.as_str().and_then(|list| serde_json::from_str(list).ok()).unwrap_or(Value::Null);
        }
    }
    // that there are none is nothing to tell of a new review
    changes.retain(|change| change.before != Value::Null || change.after != Value::Array(Vec::new()));
    changes
}
