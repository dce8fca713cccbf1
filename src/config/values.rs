//! The types of configured values that the standard library does not have.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use crate::auth::sealing::{MasterKey, MasterKeyError};

/// What the program is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's machine, or in tests.
    Development,
    /// For real: conveniences that weaken it are off.
    Production,
}

impl FromStr for Environment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("must be development or production"),
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

/// The address of a database. Prints without user, password and parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The embedded database of this name in a folder.
    pub(super) fn embedded(folder: &Path, file: &str) -> Self {
        // in a URL "?" starts the parameters and "%" an escape
        let file = folder.join(file).to_string_lossy().replace('%', "%25").replace('?', "%3F");
        Self(format!("sqlite:{file}"))
    }

    /// The whole URL, password included: for the database library, never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the database is a file (or the memory) of this program instead of a server.
    pub fn is_embedded(&self) -> bool {
        !is_postgres(&self.0)
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names_file = text.strip_prefix("sqlite:").is_some_and(|file| !file.trim_matches('/').is_empty());
        if names_file || (is_postgres(text) && Url::parse(text).is_ok()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Url::parse(&self.0) {
            Ok(url) if !self.is_embedded() => {
                write!(f, "postgres://{}", url.host_str().unwrap_or_default())?;
                url.port().map_or(Ok(()), |port| write!(f, ":{port}"))?;
                f.write_str(url.path())
            }
            _ => f.write_str(self.0.split('?').next().unwrap_or_default()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// It was configured itself.
    Given(MasterKey),
    /// A file that somebody else provides, and that must be there.
    File(PathBuf),
    /// A file beside the embedded database, which the program makes at its first start.
    OwnFile(PathBuf),
}

impl MasterKeySource {
    /// The key; reads or makes its file.
    pub fn open(&self) -> Result<MasterKey, MasterKeyError> {
        match self {
            Self::Given(key) => Ok(key.clone()),
            Self::File(path) => MasterKey::load(path),
            Self::OwnFile(path) => MasterKey::load_or_create(path),
        }
    }
}
