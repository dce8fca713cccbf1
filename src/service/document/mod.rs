//! Documents of users: asked for, sent, judged, decided on and fetched. Bytes come and go by links; here is what may
//! happen to them.

mod acts;
mod announce;
mod bytes;
mod confirm;
mod list;
mod picture;
mod sweep;

pub use acts::{DecideDocument, RequestDocument};
pub use announce::{AnnounceFile, OfDocument, OfPicture, What};
pub use bytes::Fetched;
pub use confirm::ConfirmFile;
pub use list::{DocumentQuery, in_state};
pub(in crate::service) use picture::stored_picture;

pub use crate::{
    auth::link::{Link, LinkError, Purpose},
    domain::document::Decision,
    files::{ReceiveError, Signed},
    store::document::{Document, DocumentAttribute, DocumentOrderField, Documents, Upload},
};

use crate::service::user::Acted;

/// A file that may be sent.
#[derive(Debug, Clone)]
pub struct Announced {
    /// What came of the act; what it made is the document.
    pub acted: Acted,
    /// Where to send it; none of a preview, or when it has come meanwhile.
    pub link: Option<Signed>,
}
