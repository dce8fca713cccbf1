//! KYC reviews as a test arranges them, and acts on them.

use backdesk_entity::{
    enums::{KycLevel, KycReviewState, KycStatus, KycTrigger},
    kyc_review, user,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, sea_query::Expr,
};
use serde_json::{Value, json};

use super::{Answer, Desk, Person, uuid};

/// Stand in values for an open review of the user whom they are about, which nobody has or whoever asks: see [`Desk::fill`].
pub(crate) const OPEN_REVIEW: &str = "ID OF AN OPEN REVIEW";
pub(crate) const OWN_REVIEW: &str = "ID OF YOUR REVIEW";

impl Person {
    /// Issuer and subject of the token.
    pub(crate) fn identity(&self) -> Option<(String, String)> {
        let payload = self.token.as_ref()?.split('.').nth(1)?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        Some((claims["iss"].as_str()?.to_owned(), claims["sub"].as_str()?.to_owned()))
    }

    /// Has a user reviewed: the id of the review.
    pub(crate) async fn request_review(&self, user: &str) -> String {
        let answer = self.act("kycRequestReview", user, json!({})).await;
        assert_eq!(answer.problems("kycRequestReview"), [""; 0]);
        self.open_review(user).await["id"].as_str().expect("a review").to_owned()
    }

    /// The open review of a user, or null.
    pub(crate) async fn open_review(&self, user: &str) -> Value {
        let query = "query ($id: ID!) { user(by: { id: $id }) { kyc { current {
            id trigger state openedBy dueAt assignee { issuer subject name } claimedAt changedFields
            changes(first: 100) { by fields changes { field before after withheld } }
            allowedDecisions decision level reasons comment decidedAt decidedBy closedAt
        } } } }";
        self.ask_with(query, json!({ "id": user })).await.data("user.kyc.current")
    }

    /// Claims a review.
    pub(crate) async fn claim(&self, user: &str, review: &str) -> Answer {
        self.act("kycClaim", user, json!({ "reviewId": review })).await
    }

    /// Decides on a review, by `KycDecideInput` without the review.
    pub(crate) async fn decide(&self, user: &str, review: &str, mut decision: Value) -> Answer {
        decision["reviewId"] = json!(review);
        self.act("kycDecide", user, decision).await
    }
}

impl Desk {
    /// A user whose KYC is validated at this level, by whom nobody knows.
    pub(crate) async fn validated_user(&self, profile: Value, level: KycLevel) -> String {
        let id = self.add_user(profile).await;
        user::Entity::update_many()
            .col_expr(user::Column::KycStatus, Expr::val(KycStatus::Validated as i16))
            .col_expr(user::Column::KycLevel, Expr::val(level as i16))
            .col_expr(user::Column::IdentityVerified, Expr::val(true))
            .filter(user::Column::Id.eq(uuid(&id)))
            .exec(&self.side_door().await)
            .await
            .expect("a user");
        id
    }

    /// A value with the reviews that it names, arranged so that whoever asks has them, or nobody.
    pub(crate) async fn with_review(&self, person: &Person, user: &str, value: Value) -> Value {
        let text = value.to_string();
        let holder = match (text.contains(OPEN_REVIEW), text.contains(OWN_REVIEW)) {
            (true, _) => None,
            (_, true) => person.identity(),
            (false, false) => return value,
        };
        let Some(id) = self.has_review(user, holder).await else { return value };
        let text = text.replace(OPEN_REVIEW, &id).replace(OWN_REVIEW, &id);
        serde_json::from_str(&text).expect("a value")
    }

    /// An open review of a user, held by somebody or by nobody: its id. The user is not touched.
    async fn has_review(&self, user: &str, holder: Option<(String, String)>) -> Option<String> {
        let db = self.side_door().await;
        let user = user::Entity::find_by_id(uuid(user)).one(&db).await.expect("a query")?;
        let open = kyc_review::Entity::find()
            .filter(kyc_review::Column::UserId.eq(user.id))
            .filter(kyc_review::Column::ClosedAt.is_null());
        let (issuer, subject) = holder.unzip();
        let claimed_at = subject.as_ref().map(|_| self.clock.now());
        let id = if let Some(review) = open.one(&db).await.expect("a query") {
            let id = review.id;
            let mut row = review.into_active_model();
            row.assignee_issuer = Set(issuer);
            row.assignee_subject = Set(subject);
            row.claimed_at = Set(claimed_at);
            kyc_review::Entity::update(row).exec(&db).await.expect("a review");
            id
        } else {
            let review = kyc_review::Model {
                assignee_issuer: issuer,
                assignee_subject: subject,
                claimed_at,
                ..self.waiting_review(&user.id.to_string(), &user.account)
            };
            let id = review.id;
            let insert = kyc_review::Entity::insert(review.into_active_model().reset_all());
            insert.exec_without_returning(&db).await.expect("a review");
            id
        };
        Some(id.to_string())
    }

    /// An open review of a user that nobody has.
    pub(crate) fn waiting_review(&self, user: &str, account: &str) -> kyc_review::Model {
        kyc_review::Model {
            id: self.clock.new_id(),
            user_id: uuid(user),
            account: account.to_owned(),
            trigger: KycTrigger::Requested,
            opened_at: self.clock.now(),
            opened_by: "somebody".to_owned(),
            due_at: self.clock.now(),
            assignee_issuer: None,
            assignee_subject: None,
            assignee_name: None,
            claimed_at: None,
            state: KycReviewState::Waiting,
            decision: None,
            level: None,
            reasons: "[]".to_owned(),
            comment: None,
            decided_at: None,
            decided_by: None,
            closed_at: None,
        }
    }
}
