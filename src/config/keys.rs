//! The table of configuration keys: names, defaults, meanings. The README's table is held against it by a test.

use super::database::Pool;
use super::http::{Files, Limits, Rates, Timeouts};
use super::mail::MailLimits;
use super::sign_in::Lifetimes;

/// What a key is called, what it means and what it is when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDoc {
    /// Its name in the file; `config` names the file itself and is known to the environment alone.
    pub name: &'static str,
    /// Its name in the environment.
    pub env: &'static str,
    /// Its default as one would write it; empty when it has none.
    pub default: &'static str,
    /// What it does and what is allowed, in a sentence or two.
    pub description: &'static str,
    /// Whether its value stays out of errors and logs.
    pub secret: bool,
}

/// Every key there is. The defaults are read from here, so they cannot differ from what is documented.
pub(super) fn all() -> impl Iterator<Item = &'static KeyDoc> {
    [
        std::slice::from_ref(&FILE),
        KEYS,
        Pool::KEYS,
        Limits::KEYS,
        Rates::KEYS,
        Timeouts::KEYS,
        Files::KEYS,
        MailLimits::KEYS,
        Lifetimes::KEYS,
    ]
    .into_iter()
    .flatten()
}

/// The key that names the file, and so cannot stand in it.
pub(super) const FILE: KeyDoc = key(
    "config",
    "BACKDESK_CONFIG",
    "backdesk.toml",
    "The configuration file, known to the environment alone. The default may be missing, a file that is named may \
     not.",
);

/// The keys that belong to no group.
const KEYS: &[KeyDoc] = &[
    key(
        "env",
        "BACKDESK_ENV",
        "development",
        "`development` or `production`. In production no development tokens are issued.",
    ),
    key("listen", "BACKDESK_LISTEN", "127.0.0.1:8080", "Address and port to serve on."),
    key("data_dir", "BACKDESK_DATA_DIR", "backdesk-data", "Folder for what the program keeps itself."),
    secret(
        "database_url",
        "BACKDESK_DATABASE_URL",
        "sqlite:backdesk-data/backdesk.db",
        "`sqlite:FILE` (embedded; the default lies in `data_dir`) or `postgres://USER:PASSWORD@HOST/NAME`.",
    ),
    secret(
        "master_key",
        "BACKDESK_MASTER_KEY",
        "",
        "Base64 of the 32 bytes that protect every other secret. With PostgreSQL this or `master_key_file` is \
         required.",
    ),
    key(
        "master_key_file",
        "BACKDESK_MASTER_KEY_FILE",
        "",
        "File with the master key, for its owner alone. With an embedded database and neither key, `master.key` \
         is made in `data_dir`.",
    ),
    key(
        "storage",
        "BACKDESK_STORAGE",
        "folder",
        "Where documents and pictures are kept: `folder` or `s3`. Several instances need S3, or a folder that all share.",
    ),
    key(
        "storage_folder",
        "BACKDESK_STORAGE_FOLDER",
        "backdesk-data/files",
        "The folder; the default lies in `data_dir`.",
    ),
    key("s3_bucket", "BACKDESK_S3_BUCKET", "", "The bucket, of a service that speaks S3."),
    key("s3_region", "BACKDESK_S3_REGION", "us-east-1", "The region that requests to it are signed for."),
    key(
        "s3_endpoint",
        "BACKDESK_S3_ENDPOINT",
        "",
        "The service, such as `https://s3.example`, as clients reach it too; that of AWS by default.",
    ),
    key("s3_access_key", "BACKDESK_S3_ACCESS_KEY", "", "The name of the key to the bucket."),
    secret(
        "s3_secret_key",
        "BACKDESK_S3_SECRET_KEY",
        "",
        "The key to the bucket: to read, write, list and delete. This or `s3_secret_key_file` is required.",
    ),
    key(
        "s3_secret_key_file",
        "BACKDESK_S3_SECRET_KEY_FILE",
        "",
        "File with the key to the bucket, for its owner alone.",
    ),
    key(
        "public_url",
        "BACKDESK_PUBLIC_URL",
        "",
        "Address at which clients reach the program, such as `https://desk.example`, before links to files in a folder; \
         without it they begin with `/files/`.",
    ),
    secret(
        "smtp_url",
        "BACKDESK_SMTP_URL",
        "",
        "Mail server: `smtps://USER:PASSWORD@HOST:PORT` (TLS from the start), or `smtp://…?tls=TLS`, TLS being `required` \
         (STARTTLS, the default), `opportunistic` or `none`. Without it letters wait.",
    ),
    key(
        "smtp_ca_file",
        "BACKDESK_SMTP_CA_FILE",
        "",
        "File with the certificates (PEM) of those who vouch for the mail server, instead of the system's.",
    ),
    key(
        "mail_from",
        "BACKDESK_MAIL_FROM",
        "",
        "Whom letters come from, such as `Backdesk <desk@example.com>`. Required with a mail server.",
    ),
    key(
        "places_file",
        "BACKDESK_PLACES_FILE",
        "",
        "File that knows where addresses are: a MaxMind database of cities or countries. Without it, where somebody signed in \
         from is told by the address alone.",
    ),
    key("token_issuer", "BACKDESK_TOKEN_ISSUER", "backdesk", "Issuer (`iss`) of access tokens."),
    key("token_audience", "BACKDESK_TOKEN_AUDIENCE", "backdesk", "Audience (`aud`) that access tokens name."),
    key(
        "key_age",
        "BACKDESK_KEY_AGE",
        "90d",
        "How long a key signs access tokens until the next one is made, `1h` to `1y`.",
    ),
    key(
        "log",
        "BACKDESK_LOG",
        "info,sea_orm_migration=warn,sqlx=warn",
        "What is logged: a tracing filter, such as `warn` or `info,backdesk=debug`.",
    ),
    key("log_format", "BACKDESK_LOG_FORMAT", "text", "`text` or `json`."),
    key(
        "allowed_origins",
        "BACKDESK_ALLOWED_ORIGINS",
        "",
        "Origins whose pages may read answers (CORS), such as `https://desk.example`, separated by commas.",
    ),
    key(
        "trusted_proxies",
        "BACKDESK_TRUSTED_PROXIES",
        "",
        "Networks of proxies, such as `10.0.0.0/8`, separated by commas: they alone tell the client's address.",
    ),
    key(
        "proxy_header",
        "BACKDESK_PROXY_HEADER",
        "x-forwarded-for",
        "The header in which they tell it, `x-forwarded-for` or `forwarded`; the other one is not read.",
    ),
    key(
        "metrics_listen",
        "BACKDESK_METRICS_LISTEN",
        "",
        "Address and port to serve metrics for Prometheus on, such as `127.0.0.1:9464`; nowhere by default.",
    ),
    key(
        "otlp_endpoint",
        "BACKDESK_OTLP_ENDPOINT",
        "",
        "OpenTelemetry collector to send traces to (OTLP over HTTP), such as `http://127.0.0.1:4318`.",
    ),
];

const fn key(
    name: &'static str,
    env: &'static str,
    default: &'static str,
    description: &'static str,
) -> KeyDoc {
    KeyDoc { name, env, default, description, secret: false }
}

const fn secret(
    name: &'static str,
    env: &'static str,
    default: &'static str,
    description: &'static str,
) -> KeyDoc {
    KeyDoc { name, env, default, description, secret: true }
}
