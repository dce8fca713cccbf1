//! `kyc_reviews`. Sorted by `opened_at` before `id`, as users.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kyc_reviews")]
pub struct Model {
    pub opened_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub account: String,
    pub trigger: i16,
    pub opened_by: String,
    pub due_at: DateTimeUtc,
    pub assignee_issuer: Option<String>,
    pub assignee_subject: Option<String>,
    pub assignee_name: Option<String>,
    pub claimed_at: Option<DateTimeUtc>,
    pub state: i16,
    pub decision: Option<i16>,
    pub level: Option<i16>,
    pub reasons: String,
    pub comment: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::users::Entity", from = "Column::UserId", to = "super::users::Column::Id")]
    Users,
}

impl Related<super::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Users.def()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::users::Entity")]
    Users,
}

impl ActiveModelBehavior for ActiveModel {}
