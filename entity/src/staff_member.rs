//! `staff_members`: who signs in to the back office. Never among users.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::enums::StaffState;

/// One staff member.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "staff_members")]
pub struct Model {
    /// What the API calls them, and the subject of their tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What they sign in with.
    pub user_name: String,
    /// The same folded: what is unique.
    pub user_name_folded: String,
    /// Where links and notices are sent.
    pub email: String,
    /// The same folded: what is unique.
    pub email_folded: String,
    /// First name.
    pub first_name: Option<String>,
    /// The same folded.
    pub first_name_folded: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The same folded.
    pub last_name_folded: Option<String>,
    /// The language that letters are written in (BCP 47).
    pub language: String,
    /// Whether they may sign in.
    pub state: StaffState,
    /// Rises with every change.
    pub version: i32,
    /// Rises whenever something they may do is taken away: tokens that were issued before hold no longer.
    pub rights_version: i32,
    /// When they were created.
    pub created_at: DateTimeUtc,
    /// When they changed last.
    pub updated_at: DateTimeUtc,
    /// When they proved that the e-mail address is theirs.
    pub email_verified_at: Option<DateTimeUtc>,
    /// When they signed in last.
    pub last_sign_in_at: Option<DateTimeUtc>,
    /// Folded user name, e-mail address and names: what is searched.
    pub search_text: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
