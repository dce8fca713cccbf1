//! Users: finding them, and every act on them.

mod act;
mod acts;
mod apply;
mod create;
mod find;
mod options;
mod parts;
mod siblings;
mod viewer;

pub use act::UserAct;
pub use acts::{CancelUser, FreezeUser, SetActive, SetGroups, SetStatus, UpdateUser};
pub(in crate::service) use apply::{NAME, apply_change, apply_fees, apply_provider};
pub use create::NewUser;
pub(in crate::service) use create::blank;
pub use find::UserQuery;
pub use options::{Acted, Moment, MutationOptions};
pub(in crate::service) use options::{REASON, all_taken, taken};
pub use parts::{Company, CompanyRow, FeesRow, Finances, Occupation, Provider, Sanctions, Tax};
pub use siblings::{ByUser, Siblings};
pub use viewer::{Actionable, Denial, ViewerAction, Withheld, viewer_actions, withheld_fields};

pub use crate::store::user::{
    Address, Columns, Field, UserAttribute, UserColumn, UserFacet, UserKey, UserOrderField, UserRecord,
    UserRow, UserSelection, UserView, Users, WidePart, WrittenUser, in_groups, in_no_group,
};
