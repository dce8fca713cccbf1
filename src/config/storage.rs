//! Where the bytes of documents and pictures are kept, and how they are reached.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use url::Url;
use zeroize::Zeroizing;

use super::sources::Sources;

/// The folder of files in the data folder.
const FOLDER: &str = "files";

/// Where files are kept.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In a folder of this machine, or one that several share.
    Folder(PathBuf),
    /// In a bucket of a service that speaks S3.
    S3(Box<S3>),
}

/// A bucket, and the key to it.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The service; none for that of AWS.
    pub endpoint: Option<Url>,
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: SecretKey,
}

/// The secret half of a key to a bucket, or the file that has it.
#[derive(Clone)]
pub enum SecretKey {
    /// It was configured itself.
    Given(Zeroizing<String>),
    /// A file with it, for its owner alone.
    File(PathBuf),
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(secret)")
    }
}

impl Storage {
    /// As configured; none when something is missing or bad, which is noted.
    pub(super) fn read(sources: &mut Sources, data_dir: Option<&Path>) -> Option<Self> {
        let is_folder = sources.value("storage", |text| match text {
            "folder" => Ok(true),
            "s3" => Ok(false),
            _ => Err("must be folder or s3"),
        });
        let folder: Option<PathBuf> = sources.value("storage_folder", str::parse);
        let endpoint = sources.value("s3_endpoint", |text| match text {
            "" => Ok(None),
            text => service(text).map(Some),
        });
        let region = sources.value("s3_region", str::parse);
        let (bucket, access_key) = (given(sources, "s3_bucket"), given(sources, "s3_access_key"));
        let secret_key = secret_key(sources);
        match is_folder? {
            true if sources.has("storage_folder") => folder.map(Self::Folder),
            true => data_dir.map(|folder| Self::Folder(folder.join(FOLDER))),
            false => {
                let missing = [
                    ("BACKDESK_S3_BUCKET", bucket.is_none()),
                    ("BACKDESK_S3_ACCESS_KEY", access_key.is_none()),
                    ("BACKDESK_S3_SECRET_KEY or BACKDESK_S3_SECRET_KEY_FILE", secret_key.is_none()),
                ];
                for (key, _) in missing.into_iter().filter(|(_, is_missing)| *is_missing) {
                    sources.problems.push(format!("files kept in S3 need {key}"));
                }
                Some(Self::S3(Box::new(S3 {
                    bucket: bucket?,
                    region: region?,
                    endpoint: endpoint?,
                    access_key: access_key?,
                    secret_key: secret_key?,
                })))
            }
        }
    }
}

/// What was given, if it was.
fn given(sources: &mut Sources, name: &str) -> Option<String> {
    sources.has(name).then(|| sources.value(name, str::parse)).flatten()
}

fn secret_key(sources: &mut Sources) -> Option<SecretKey> {
    match (sources.has("s3_secret_key"), sources.has("s3_secret_key_file")) {
        (true, true) => {
            let message = "s3_secret_key and s3_secret_key_file are both given: leave one out";
            sources.problems.push(message.to_owned());
            None
        }
        (true, false) => given(sources, "s3_secret_key").map(|key| SecretKey::Given(Zeroizing::new(key))),
        (false, true) => given(sources, "s3_secret_key_file").map(|file| SecretKey::File(file.into())),
        (false, false) => None,
    }
}

fn service(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.query().is_none()
    });
    url.ok_or("must be an address such as https://s3.example")
}

/// The address at which clients reach the program; none when links are to be relative to the API's.
pub(super) fn public_url(text: &str) -> Result<Option<Url>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    service(text).map_err(|_| "must be an address such as https://desk.example").map(Some)
}
