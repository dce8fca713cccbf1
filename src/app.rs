//! Putting the house together: the same build starts the program and the tests.

use crate::{
    auth::{link::Links, sealing::MasterKeyError, token::Tokens},
    clock::Clock,
    config::Config,
    files::{Files, StorageError},
    mail::{CertificatesError, Smtp},
    place::{Places, PlacesError},
    service::Services,
    store::{ConnectError, Database, Store, error::StoreError},
    workers::Workers,
};

/// Why the program does not start. For the person who starts it: never for a client.
#[derive(Debug)]
pub enum StartError {
    /// There is no master key to be had.
    MasterKey(MasterKeyError),
    /// The database cannot be used.
    Database(ConnectError),
    /// The signing keys cannot be used; the log knows more.
    Keys(StoreError),
    /// The storage of files cannot be used.
    Storage(StorageError),
    /// The mail server cannot be believed.
    Mail(CertificatesError),
    /// The file of places cannot be used.
    Places(PlacesError),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MasterKey(error) => write!(f, "{error}"),
            Self::Database(error) => write!(f, "{error}"),
            Self::Keys(_) => {
                f.write_str("the signing keys do not open: is this the master key of this database?")
            }
            Self::Storage(error) => write!(f, "{error}"),
            Self::Mail(error) => write!(f, "{error}"),
            Self::Places(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// Opens and migrates the database that the configuration names, and builds the services over it.
pub async fn start(config: &Config, clock: Clock) -> Result<Services, StartError> {
    let database = open(config).await?;
    database.migrate().await.map_err(StartError::Database)?;
    build(config, database, clock).await
}

/// The same for a server with these workers.
pub async fn start_for(workers: &Workers, config: &Config, clock: Clock) -> Result<Services, StartError> {
    let opened = Database::open_for(workers, config.database_url.as_str(), config.pool).await;
    let database = opened.map_err(StartError::Database)?;
    database.migrate().await.map_err(StartError::Database)?;
    build(config, database, clock).await
}

/// Opens the database that the configuration names, as it is.
pub async fn open(config: &Config) -> Result<Database, StartError> {
    Database::open(config.database_url.as_str(), config.pool).await.map_err(StartError::Database)
}

/// The mail server that the configuration names, if it names one. Nothing is asked of it.
pub fn mail_server(config: &Config) -> Result<Option<Smtp>, StartError> {
    let server = config.mail.server.as_ref();
    let smtp = server.map(|server| Smtp::new(server, config.mail.limits)).transpose();
    smtp.map_err(StartError::Mail)
}

/// The services over a migrated database.
pub async fn build(config: &Config, database: Database, clock: Clock) -> Result<Services, StartError> {
    let master = config.master_key.open().map_err(StartError::MasterKey)?;
    let links = Links::new(&master);
    let store = Store::new(database, master, clock.clone());
    let ring = store.key_ring().await.map_err(StartError::Keys)?;
    let tokens = Tokens::new(ring, config.token_issuer.clone(), config.token_audience.clone(), clock);
    let files = Files::open(&config.storage, config.public_url.as_ref(), links, config.http.files)
        .map_err(StartError::Storage)?;
    let places = config.sign_in.places_file.as_deref().map_or(Ok(Places::none()), Places::open);
    let places = places.map_err(StartError::Places)?;
    Ok(Services::new(store, tokens)
        .within(config.http.limits)
        .keeping(files)
        .reached_at(&config.reached_at())
        .entered_by(config.sign_in.lifetimes, places))
}
