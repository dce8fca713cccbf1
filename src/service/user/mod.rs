//! Users: finding them, and every act on them.

mod act;
mod acts;
mod allowed;
mod apply;
mod belonging;
mod create;
mod fees;
mod find;
mod links;
mod options;
mod parts;
mod siblings;
mod tie_acts;
mod ties;
mod verify;
mod viewer;
mod wallet;

pub use act::UserAct;
pub use acts::{CancelUser, FreezeUser, SetActive, SetStatus, UpdateContact, UpdateUser};
pub(in crate::service) use apply::{NAME, apply_change, apply_fees, apply_provider, drop_marks};
pub use belonging::{SetCategories, SetGroups};
pub use create::NewUser;
pub(in crate::service) use create::blank;
pub use fees::SetFees;
pub(in crate::service) use fees::judge_currency;
pub use find::UserQuery;
pub(in crate::service) use links::{Link, judge_links};
pub use options::{Acted, Moment, MutationOptions};
pub(in crate::service) use options::{REASON, all_taken, changed_meanwhile, finish, moment, replay, taken};
pub use parts::{Company, CompanyRow, FeesRow, Finances, Occupation, Provider, Sanctions, Tax};
pub use siblings::{ByUser, Siblings};
pub use tie_acts::{LinkParty, SetCompany, SetParent, UnlinkParty, UpdateGuest};
pub(in crate::service) use tie_acts::{NO_COMPANY, NOT_ITS_OWN, NOT_ONESELF, judge_parent};
pub use ties::{Category, Tied, VerificationMark};
pub use verify::SetVerification;
pub use viewer::{Actionable, Denial, ViewerAction, Withheld, viewer_actions, withheld_fields};
pub use wallet::SetWalletNetwork;

pub use crate::store::user::{
    Address, Columns, Field, Guest, Mark, Membership, Parent, Related, Reviewed, Ties, UserAttribute,
    UserColumn, UserFacet, UserKey, UserOrderField, UserRecord, UserRow, UserSelection, UserView, Users,
    WidePart, WrittenUser, in_groups, in_no_group,
};
