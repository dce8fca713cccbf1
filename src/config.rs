//! Configuration: `BACKDESK_*` variables and an optional TOML file, the environment winning over the file.
//!
//! Everything is judged once, at start, and all problems are told together: an unknown key or a bad value never
//! waits for the moment when it matters. The value of a secret key is in no error and in no `Debug`.
//!
//! A new key is a row in `config/keys.rs`, a field of [`Config`] and a line in [`Config::from_sources`]; one of a size,
//! a count or a time of the edge is a row in `config/http.rs` and nothing else.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use url::Url;

pub use self::database::Pool;
pub use self::http::{Files, Http, Limits, ProxyHeader, Rates, Timeouts};
pub use self::keys::KeyDoc;
pub use self::mail::{Mail, MailLimits, MailServer, SmtpUrl, Tls};
pub(crate) use self::sign_in::LONGEST_ACCESS_TOKEN;
pub use self::sign_in::{Lifetimes, SignIn};
use self::sources::Sources;
pub use self::storage::{S3, SecretKey, Storage};
pub use self::values::{DatabaseUrl, Environment, LogFormat, MasterKeySource};
use crate::auth::sealing::MasterKey;

mod bounded;
mod database;
mod http;
mod keys;
mod mail;
mod sign_in;
mod sources;
mod storage;
mod values;

/// The embedded database in the data folder.
const DATABASE_FILE: &str = "backdesk.db";

/// The master key that is made beside it.
const MASTER_KEY_FILE: &str = "master.key";

/// How old the key that signs may become: a year at most, which has 8,766 hours. With less than an hour, key sets would be full
/// of keys.
const KEY_AGES: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(8766);

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the program is run for.
    pub env: Environment,
    /// The address to serve on.
    pub listen: SocketAddr,
    /// The folder for what the program keeps itself; it need not exist yet.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: DatabaseUrl,
    /// The connections to the database.
    pub pool: Pool,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// Where the bytes of documents are kept.
    pub storage: Storage,
    /// The address at which clients reach the program, before the links to files.
    pub public_url: Option<Url>,
    /// The issuer of our access tokens.
    pub token_issuer: String,
    /// The audience of our access tokens.
    pub token_audience: String,
    /// How long a key signs access tokens until the next one is made.
    pub key_age: Duration,
    /// How the edge is set up.
    pub http: Http,
    /// How letters are sent.
    pub mail: Mail,
    /// How staff sign in.
    pub sign_in: SignIn,
    /// What is logged: a tracing filter, known to be one.
    pub log: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The collector that traces are sent to.
    pub otlp_endpoint: Option<Url>,
}

impl Config {
    /// Where people reach the pages of the server: its public address or, where none is named, the one it listens at, on their
    /// own machine.
    pub fn reached_at(&self) -> String {
        match &self.public_url {
            Some(url) => url.to_string(),
            None if self.listen.ip().is_unspecified() => format!("http://localhost:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }

    /// Reads the environment of the process and the file: the one that `BACKDESK_CONFIG` names, else
    /// `backdesk.toml` in the working folder if it is there.
    pub fn load() -> Result<Self, ConfigError> {
        let env: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let named = env.iter().find(|(name, _)| name == keys::FILE.env).map(|(_, value)| value.as_os_str());
        let file = read_file(named, Path::new(keys::FILE.default))?;
        Self::from_sources(env, file.as_ref().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The same from given variables and the name and text of a file: for tests, which share one environment.
    pub fn from_sources<N, V>(
        env: impl IntoIterator<Item = (N, V)>,
        file: Option<(&str, &str)>,
    ) -> Result<Self, ConfigError>
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let mut sources = Sources::default();
        if let Some((name, text)) = file {
            sources.read_toml(name, text);
        }
        // after the file: the environment wins
        sources.read_env(env.into_iter().map(|(name, value)| (name.into(), value.into())).collect());

        // each is judged before any is missed, so that all problems are told at once
        let data_dir: Option<PathBuf> = sources.value("data_dir", str::parse);
        let database_url = if sources.has("database_url") {
            sources.value("database_url", str::parse)
        } else {
            data_dir.as_deref().map(|folder| DatabaseUrl::embedded(folder, DATABASE_FILE))
        };
        let master_key = master_key(&mut sources, database_url.as_ref(), data_dir.as_deref());
        let storage = Storage::read(&mut sources, data_dir.as_deref());
        let public_url = sources.value("public_url", storage::public_url);
        let env = sources.value("env", str::parse);
        let listen = sources.value("listen", |text| {
            text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080")
        });
        let pool = Pool::read(&mut sources);
        let token_issuer = sources.value("token_issuer", str::parse);
        let token_audience = sources.value("token_audience", str::parse);
        let key_age = sources.value("key_age", |text| bounded::within(text, &KEY_AGES));
        let http = Http::read(&mut sources);
        let mail = Mail::read(&mut sources);
        let sign_in = SignIn::read(&mut sources);
        let log = sources.value("log", |text| match EnvFilter::builder().parse(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err("must be a tracing filter, such as warn or info,backdesk=debug"),
        });
        let log_format = sources.value("log_format", str::parse);
        let otlp_endpoint = sources.value("otlp_endpoint", |text| match text {
            "" => Ok(None),
            // TLS to the outside world is a collector's business, which stands beside the program
            text => Url::parse(text)
                .ok()
                .filter(|url| url.scheme() == "http" && url.has_host())
                .map(Some)
                .ok_or("must be an address such as http://127.0.0.1:4318"),
        });

        let config = || {
            Some(Self {
                env: env?,
                listen: listen?,
                data_dir: data_dir?,
                database_url: database_url?,
                pool: pool?,
                master_key: master_key?,
                storage: storage?,
                public_url: public_url?,
                token_issuer: token_issuer?,
                token_audience: token_audience?,
                key_age: key_age?,
                http: http?,
                mail: mail?,
                sign_in: sign_in?,
                log: log?,
                log_format: log_format?,
                otlp_endpoint: otlp_endpoint?,
            })
        };
        match config() {
            Some(config) if sources.problems.is_empty() => Ok(config),
            _ => Err(ConfigError { problems: sources.problems }),
        }
    }

    /// Every key, for documentation.
    pub fn keys() -> impl Iterator<Item = &'static KeyDoc> {
        keys::all()
    }
}

/// Why the program does not start: every problem with the configuration, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<String>,
}

impl ConfigError {
    /// The problems in the order in which they were found; never empty.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is refused:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

/// Where the master key comes from, by what is given and what the database demands.
fn master_key(
    sources: &mut Sources,
    database: Option<&DatabaseUrl>,
    folder: Option<&Path>,
) -> Option<MasterKeySource> {
    match (sources.has("master_key"), sources.has("master_key_file")) {
        (true, false) => sources.value("master_key", MasterKey::parse).map(MasterKeySource::Given),
        (false, true) => sources.value("master_key_file", str::parse).map(MasterKeySource::File),
        (true, true) => {
            sources.problems.push("master_key and master_key_file are both given: leave one out".to_owned());
            None
        }
        // several servers may share a database, and a key that each made for itself would open nothing of
        // the others'
        (false, false) if !database?.is_embedded() => {
            sources.problems.push(
                "PostgreSQL needs BACKDESK_MASTER_KEY or BACKDESK_MASTER_KEY_FILE; `openssl rand -base64 32` \
                 makes a key"
                    .to_owned(),
            );
            None
        }
        (false, false) => folder.map(|folder| MasterKeySource::OwnFile(folder.join(MASTER_KEY_FILE))),
    }
}

/// The name and text of the configuration file, if there is one.
fn read_file(named: Option<&OsStr>, default: &Path) -> Result<Option<(String, String)>, ConfigError> {
    let path = named.map_or(default, Path::new);
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((name, text))),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(ConfigError { problems: vec![format!("{name}: {error}")] }),
    }
}

#[cfg(test)]
mod tests;
