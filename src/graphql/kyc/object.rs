//! A KYC review as the API shows it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, InputType, Object, SimpleObject, Value};
use backdesk_entity::enums::{KycDecision, KycLevel, KycReason, KycReviewState, KycTrigger};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    auth::policy::Action,
    domain::{
        kyc,
        list::{Filter, Test},
    },
    graphql::{
        audit::FieldChange,
        connection::Node,
        document::Document,
        filter::{CodeFilter, DateTimeFilter, IdFilter, WordFilter, tested},
        guard::{caller, reads, services},
        nested::{Item, Named, together},
        plain::{Plain, Selected},
        user::User,
    },
    service::{
        audit::FieldChange as Change,
        error::ApiError,
        kyc::{KycAttribute as A, KycReview as Row, KycReviews, ReviewedChange, ReviewedChanges},
        listing::first_of,
    },
};

/// What is to be found out about a user, by whom, and what came of it.
#[derive(Clone)]
pub(in crate::graphql) struct KycReview {
    row: Arc<Row>,
    named: Arc<Named>,
}

impl Node for KycReview {
    type Listed = KycReviews;
}

impl Plain for KycReview {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let row = &*self.row;
        match field.name() {
            "id" => Some(ID::from(row.id).to_value()),
            "trigger" => Some(row.trigger.to_value()),
            "state" => Some(row.state.to_value()),
            "openedAt" => Some(row.opened_at.to_value()),
            "dueAt" => Some(row.due_at.to_value()),
            "decision" => Some(row.decision.to_value()),
            "decidedAt" => Some(row.decided_at.to_value()),
            _ => None,
        }
    }
}

impl Item for KycReview {
    fn users(row: &Row) -> Vec<Uuid> {
        vec![row.user_id]
    }

    /// The reviews themselves: what they look at is read for all of them.
    fn others(row: &Row) -> Vec<Uuid> {
        vec![row.id]
    }

    fn of(row: Row, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

impl KycReview {
    /// What the review looks at, with so many changes opened.
    async fn looked_at(&self, ctx: &Context<'_>, first: usize) -> Result<ReviewedChanges, ApiError> {
        let read = async || services(ctx)?.kyc_changes(caller(ctx)?, self.named.others(), first).await;
        let all = self.named.known().get(format!("KYC changes {first}"), read).await?;
        Ok(all.get(&self.row.id).cloned().unwrap_or_default())
    }
}

/// Somebody of the staff, as their token has it.
#[derive(SimpleObject)]
struct KycReviewer {
    /// Who issues the token.
    issuer: Option<String>,
    /// Whom it is issued to.
    subject: String,
    /// What people call them, where it is known.
    name: Option<String>,
}

/// A change that a review looks at.
#[derive(SimpleObject)]
#[graphql(complex)]
struct KycReviewChange {
    /// When it was made.
    at: DateTime<Utc>,
    /// By whom: the name of their token, or its subject.
    by: String,
    /// The fields that matter.
    fields: Vec<String>,
    #[graphql(skip)]
    user: Uuid,
    #[graphql(skip)]
    values: Option<Vec<Change>>,
}

impl KycReviewChange {
    fn of(user: Uuid, change: ReviewedChange) -> Self {
        let ReviewedChange { entry: _, at, by, fields, changes } = change;
        Self { at, by, fields, user, values: changes }
    }
}

/// A change that a review looks at.
#[ComplexObject]
impl KycReviewChange {
    /// The old and new values of these fields; null when the user's personal data were erased. What needs a permission to be
    /// seen of the user needs it here, and is logged alike.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<Vec<FieldChange>>, ApiError> {
        let Some(values) = &self.values else { return Ok(None) };
        FieldChange::shown(ctx, Some(self.user), values).await.map(Some)
    }
}

/// What is to be found out about a user, by whom, and what came of it. A user has one review that is open at most.
#[Object]
impl KycReview {
    /// What the API calls the review.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Who is reviewed.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// Why it was opened.
    async fn trigger(&self) -> KycTrigger {
        self.row.trigger
    }

    /// Where it stands.
    async fn state(&self) -> KycReviewState {
        self.row.state
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.row.opened_at
    }

    /// By whose act.
    async fn opened_by(&self) -> &str {
        &self.row.opened_by
    }

    /// Until when it should be decided.
    async fn due_at(&self) -> DateTime<Utc> {
        self.row.due_at
    }

    /// The reviewer who has it; null while nobody has.
    async fn assignee(&self) -> Option<KycReviewer> {
        let Row { assignee_issuer, assignee_subject, assignee_name, .. } = &*self.row;
        let (issuer, name) = (assignee_issuer.clone(), assignee_name.clone());
        assignee_subject.clone().map(|subject| KycReviewer { issuer, subject, name })
    }

    /// Since when they have it.
    async fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.row.claimed_at
    }

    /// The fields whose changes it looks at, as the audit trail names them; none where no change opened it.
    async fn changed_fields(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        Ok(self.looked_at(ctx, 0).await?.fields.into_iter().collect())
    }

    /// These changes with old and new values, newest first.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 10)] first: i32,
    ) -> Result<Vec<KycReviewChange>, ApiError> {
        let first = usize::try_from(first_of(first)?).unwrap_or_default();
        let newest = self.looked_at(ctx, first).await?.newest.into_iter();
        Ok(newest.map(|change| KycReviewChange::of(self.row.user_id, change)).collect())
    }

    /// The documents that it rests on: those that it was opened for, those that were asked for, shared or decided on while it
    /// was open, and those that the decision names.
    async fn documents(&self, ctx: &Context<'_>) -> Result<Option<Vec<Document>>, ApiError> {
        let part = Action::UserKycDocuments;
        let Some(permit) = reads(ctx)?.permit(caller(ctx)?, part, self.row.user_id) else { return Ok(None) };
        let read = async || {
            let found = services(ctx)?.kyc_documents(&permit, self.named.others()).await?;
            Ok(together::<Uuid, Document>(found))
        };
        let all = self.named.known().get("KYC documents", read).await?;
        Ok(Some(all.get(&self.row.id).cloned().unwrap_or_default()))
    }

    /// The decisions that `kycDecide` takes on it now, from whoever has claimed it; none when it has ended.
    async fn allowed_decisions(&self) -> Vec<KycDecision> {
        kyc::decisions(self.row.state).collect()
    }

    /// The last decision.
    async fn decision(&self) -> Option<KycDecision> {
        self.row.decision
    }

    /// The level that the user has by it; null while the review is open.
    async fn level(&self) -> Option<KycLevel> {
        self.row.level
    }

    /// Why, by codes.
    async fn reasons(&self) -> Result<Vec<KycReason>, ApiError> {
        serde_json::from_str(&self.row.reasons).map_err(|_| ApiError::Internal)
    }

    /// Why, as the reviewer wrote.
    async fn comment(&self) -> Option<&str> {
        self.row.comment.as_deref()
    }

    /// When it was last decided on.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }

    /// Who decided.
    async fn decided_by(&self) -> Option<&str> {
        self.row.decided_by.as_deref()
    }

    /// When it ended; null while it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
}

/// Which reviews: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct KycReviewWhere {
    /// Those that wait for a decision, or the others.
    open: Option<bool>,
    /// Where they stand.
    state: Option<WordFilter<KycReviewState>>,
    /// Why they were opened.
    trigger: Option<WordFilter<KycTrigger>>,
    /// The level that the user has by the decision; missing while there is none.
    level: Option<WordFilter<KycLevel>>,
    /// The subject of the reviewer; missing while nobody has it.
    assignee: Option<CodeFilter>,
    /// The code of the user's account.
    account: Option<CodeFilter>,
    /// The user.
    user_id: Option<IdFilter>,
    /// When they were opened.
    opened_at: Option<DateTimeFilter>,
    /// Until when they should be decided.
    due_at: Option<DateTimeFilter>,
    /// When the reviewer claimed them.
    claimed_at: Option<DateTimeFilter>,
    /// When they were last decided on.
    decided_at: Option<DateTimeFilter>,
}

impl KycReviewWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self {
            open,
            state,
            trigger,
            level,
            assignee,
            account,
            user_id,
            opened_at,
            due_at,
            claimed_at,
            decided_at,
        } = self;
        let is_open = || Filter::Is(A::ClosedAt, Test::IsNull);
        let parts = [
            open.map(|open| if open { is_open() } else { is_open().negated() }),
            tested(state, A::State)?,
            tested(trigger, A::Trigger)?,
            tested(level, A::Level)?,
            tested(assignee, A::Assignee)?,
            tested(account, A::Account)?,
            tested(user_id, A::UserId)?,
            tested(opened_at, A::OpenedAt)?,
            tested(due_at, A::DueAt)?,
            tested(claimed_at, A::ClaimedAt)?,
            tested(decided_at, A::DecidedAt)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
