//! Links by which clients send and fetch bytes: of the storage itself where it signs some, else of ours.

use axum::http::{HeaderName, HeaderValue, Method, header};
use backdesk_entity::enums::FileType;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use object_store::signer::SignedUrlOptions;
use uuid::Uuid;

use super::{FileKey, Files, FilesError, download_name, upload_body};
use crate::{
    auth::link::{Link, LinkError, Purpose},
    domain::file,
};

/// How S3 is told what the bytes must add up to.
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");

/// A link, good for a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Where to send the bytes to, or fetch them from.
    pub url: String,
    /// Headers to send with them, exactly.
    pub headers: Vec<(String, String)>,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// A file that somebody will send.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// Where it is sent to.
    pub id: Uuid,
    /// What it is said to be.
    pub file_type: FileType,
    /// The SHA-256 that it is said to have, in hexadecimal.
    pub sha256: Option<&'a str>,
    /// Until when it is taken.
    pub until: DateTime<Utc>,
}

impl Files {
    /// A link to send a file by.
    pub async fn upload_link(&self, upload: Upload<'_>, now: DateTime<Utc>) -> Result<Signed, FilesError> {
        let media_type = file::media_type(upload.file_type);
        let mut headers = vec![(header::CONTENT_TYPE, media_type.to_owned())];
        let url = match &self.0.signer {
            None => self.own(Purpose::Upload, upload.file_type, [upload.id, Uuid::nil()], upload.until),
            Some(signer) => {
                headers.extend(upload.sha256.and_then(base64_of).map(|sum| (CHECKSUM, sum)));
                let options = headers.iter().try_fold(SignedUrlOptions::new(), |options, (name, value)| {
                    Some(options.with_signed_header(name.clone(), HeaderValue::from_str(value).ok()?))
                });
                let lasts = (upload.until - now).to_std().unwrap_or_default();
                let (path, options) = (upload_body(upload.id), options.unwrap_or_default());
                signer.signed_url_opts(Method::PUT, &path, lasts, &options).await?.into()
            }
        };
        let headers = headers.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Ok(Signed { url, headers, until: upload.until })
    }

    /// A link to fetch a file by, as a download, or to show as a picture.
    pub async fn download_link(
        &self,
        key: FileKey,
        file_type: FileType,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Signed, FilesError> {
        let until = now + self.limits().link;
        let url = match &self.0.signer {
            None => self.own(purpose, file_type, [key.document, key.file], until),
            Some(signer) => {
                let disposition = disposition(key, file_type, purpose);
                let options = SignedUrlOptions::new().with_query([
                    ("response-content-type", file::media_type(file_type)),
                    ("response-content-disposition", disposition.as_str()),
                    ("response-cache-control", "no-store"),
                ]);
                let lasts = self.limits().link;
                signer.signed_url_opts(Method::GET, &key.path(), lasts, &options).await?.into()
            }
        };
        Ok(Signed { url, headers: Vec::new(), until })
    }

    /// What a token of ours says.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Link, LinkError> {
        match self.serves_itself() {
            true => self.0.links.verify(token, now),
            false => Err(LinkError::Forged),
        }
    }

    fn own(&self, purpose: Purpose, file_type: FileType, ids: [Uuid; 2], until: DateTime<Utc>) -> String {
        let link = Link { purpose, file_type: file_type as u8, ids, until };
        format!("{}/files/{}", self.0.base, self.0.links.sign(&link))
    }
}

/// How a browser is told what to do with a file.
pub(crate) fn disposition(key: FileKey, file_type: FileType, purpose: Purpose) -> String {
    match purpose {
        Purpose::Show => "inline".to_owned(),
        Purpose::Upload | Purpose::Download => {
            format!("attachment; filename=\"{}\"", download_name(key, file_type))
        }
    }
}

/// The bytes of a hexadecimal text as base64.
fn base64_of(hex: &str) -> Option<String> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    bytes.map(|bytes| STANDARD.encode(bytes))
}
