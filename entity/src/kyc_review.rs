//! `kyc_reviews`: what is to be found out about users, by whom, and what came of it. A user has one that is open at most.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::{KycDecision, KycLevel, KycReviewState, KycTrigger};

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "kyc_reviews")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user.
    pub user_id: Uuid,
    /// The user's account.
    pub account: String,
    /// Why it was opened.
    pub trigger: KycTrigger,
    /// When.
    pub opened_at: DateTimeUtc,
    /// By whose act.
    pub opened_by: String,
    /// Until when it should be decided.
    pub due_at: DateTimeUtc,
    /// Who issues the tokens of the reviewer who has claimed it.
    pub assignee_issuer: Option<String>,
    /// The subject of these tokens.
    pub assignee_subject: Option<String>,
    /// Their name.
    pub assignee_name: Option<String>,
    /// Since when they have it.
    pub claimed_at: Option<DateTimeUtc>,
    /// Where it stands.
    pub state: KycReviewState,
    /// The last decision.
    pub decision: Option<KycDecision>,
    /// The level that the user has by it.
    pub level: Option<KycLevel>,
    /// Why, as a JSON list of words.
    pub reasons: String,
    /// What the reviewer wrote.
    pub comment: Option<String>,
    /// When it was last decided on.
    pub decided_at: Option<DateTimeUtc>,
    /// By whom.
    pub decided_by: Option<String>,
    /// When it ended; none while it is open.
    pub closed_at: Option<DateTimeUtc>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
