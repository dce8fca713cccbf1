//! Users: what is read of them, one by one and in lists, and how a change of them is written.

mod attributes;
mod bulk;
mod facets;
mod file;
mod newest;
mod order;
mod read;
mod related;
mod row;
mod seen;
mod ties;
mod whole;
mod wide;
mod write;

pub(super) use attributes::TABLE;
pub use attributes::{UserAttribute, in_groups, in_no_group};
pub use backdesk_entity::user::{Column as UserColumn, Model as UserRecord};
pub(super) use bulk::VALUES;
pub use facets::UserFacet;
pub(super) use file::row_changes;
pub use file::{Address, Aside, Parts, Reviewed, UserFile};
pub use order::UserOrderField;
pub use read::{UserKey, UserSelection, Users};
pub use related::{Related, UserView, WrittenUser};
pub use row::{Columns, Field, UserRow};
pub use seen::Seen;
pub use ties::{Guest, Mark, Membership, Other, Parent, TieParts, Ties};
pub use whole::{Batch, Whom};
pub use wide::{Wide, WidePart, WideParts};
