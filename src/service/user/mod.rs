//! Users: finding them, and every act on them.

mod act;
mod apply;
mod create;
mod find;

pub use act::{
    CancelUser, FreezeUser, MutationOptions, SetActive, SetGroups, SetStatus, UpdateUser, UserAct,
};
pub(in crate::service) use act::{REASON, taken};
pub(in crate::service) use apply::{NAME, apply_change};
pub use create::NewUser;
pub(in crate::service) use create::blank;
pub use find::UserQuery;

pub use crate::store::user::{
    Address, Columns, Field, UserAttribute, UserColumn, UserKey, UserOrderField, UserRecord, UserRow,
    UserSelection, UserView, Users, in_groups, in_no_group,
};
