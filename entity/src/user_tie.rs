//! `user_ties`: how a user is tied to their parent, such as a company that they own a part of; one row a user at most.

use sea_orm::entity::prelude::*;

use crate::enums::{ControllingPersonType, EmployeeType, TieKind};

/// The tie of one user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_ties")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The parent; none where only the tie is known.
    pub parent_id: Option<Uuid>,
    /// How they are tied.
    pub kind: Option<TieKind>,
    /// What the user holds of the parent, in ten-thousandths of the whole: 2500 is 25 %.
    pub share: Option<i32>,
    /// In which way the user controls the parent.
    pub controlling_person_type: Option<ControllingPersonType>,
    /// What the user is at the parent.
    pub employee_type: Option<EmployeeType>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
