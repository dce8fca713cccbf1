//! Pictures of users that are kept here. A user's `picture` is an address that somebody typed, or names such a file; no
//! address begins as those names do.

use backdesk_entity::enums::FileType;
use uuid::Uuid;

use crate::{
    auth::link::Purpose,
    domain::file::{self, STORED},
    files::FileKey,
    service::{Services, error::ApiError},
};

/// How a user's record names a picture that is kept here.
pub(super) fn kept(key: FileKey, file_type: FileType) -> String {
    format!("{STORED}{}/{}/{}", key.document, key.file, file_type as i16)
}

/// The picture that a user's record names; none when it is an address.
pub(in crate::service) fn stored_picture(picture: &str) -> Option<(FileKey, FileType)> {
    let mut parts = picture.strip_prefix(STORED)?.split('/');
    let key = FileKey {
        document: Uuid::try_parse(parts.next()?).ok()?,
        file: Uuid::try_parse(parts.next()?).ok()?,
    };
    Some((key, file::of_number(parts.next()?.parse().ok()?)?))
}

impl Services {
    /// An address at which a user's picture is found: the one that was typed, or a link that holds for a short time.
    pub async fn picture_url(&self, picture: String) -> Result<String, ApiError> {
        let Some((key, file_type)) = stored_picture(&picture) else { return Ok(picture) };
        let link = self.files().download_link(key, file_type, Purpose::Show, self.store().clock().now());
        link.await.map(|link| link.url).map_err(|_| ApiError::Unavailable)
    }
}
