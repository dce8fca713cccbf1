//! A fresh database for each test: a file of its own, or a copy of a migrated template.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use backdesk::{config::Pool, store::Database};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};

/// A database that nobody else uses; the file goes with it, the cluster with the test run.
pub(crate) struct Fresh {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

/// Whether the tests run on PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    match std::env::var("BACKDESK_TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("BACKDESK_TEST_DATABASE is sqlite or postgres, not {other}"),
    }
}

impl Fresh {
    /// A migrated database.
    pub(crate) async fn migrated() -> Self {
        if is_postgres() {
            return Self { url: copy_of_template().await, _folder: None };
        }
        Self::migrated_on_sqlite().await
    }

    /// A migrated database on SQLite, whatever the tests run on: to compare the two.
    pub(crate) async fn migrated_on_sqlite() -> Self {
        let fresh = Self::blank_on_sqlite();
        fresh.migrate().await;
        fresh
    }

    /// A database in which nothing is yet.
    pub(crate) async fn blank() -> Self {
        if is_postgres() {
            let name = new_name();
            server().await.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
            return Self { url: url_of(&name), _folder: None };
        }
        Self::blank_on_sqlite()
    }

    fn blank_on_sqlite() -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("backdesk.db").display());
        Self { url, _folder: Some(folder) }
    }

    /// Brings it up to date, as a start does.
    pub(crate) async fn migrate(&self) {
        let database = Database::open(&self.url, Pool::of(1)).await.expect("a database");
        database.migrate().await.expect("a database");
    }

    /// The same database, for as long as this is kept.
    pub(crate) fn again(&self) -> Self {
        Self { url: self.url.clone(), _folder: None }
    }

    /// The same database of PostgreSQL reached at another address.
    pub(crate) fn through(&self, address: SocketAddr) -> Self {
        let (_, database) = self.url.rsplit_once('/').expect("the URL ends with a database");
        Self { url: format!("postgres://postgres@{address}/{database}"), _folder: None }
    }

    /// The address of the server.
    pub(crate) fn address(&self) -> SocketAddr {
        let (_, rest) = self.url.split_once('@').expect("a user");
        rest.split('/').next().expect("a host").parse().expect("an address")
    }

    /// A connection beside the product's, to arrange or to look at what no client can.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.expect("a database")
    }
}

fn server_url() -> String {
    std::env::var("BACKDESK_TEST_POSTGRES").expect("run the tests under scripts/postgres")
}

fn url_of(database: &str) -> String {
    let url = server_url();
    let (server, _) = url.rsplit_once('/').expect("the URL ends with a database");
    format!("{server}/{database}")
}

fn new_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A connection of its own each time: a test's runtime ends with the test, and so would a shared one.
async fn server() -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(server_url());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("a database")
}

/// Migrating takes longer than copying. Copies are made one at a time: a template that is in use cannot be copied.
async fn copy_of_template() -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static TURN: Mutex<()> = Mutex::const_new(());
    let _turn = TURN.lock().await;
    let template = TEMPLATE
        .get_or_init(async || {
            let name = new_name();
            server().await.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
            let database = Database::open(&url_of(&name), Pool::of(1)).await.expect("a database");
            database.migrate().await.expect("a database");
            database.close().await;
            name
        })
        .await;
    let name = new_name();
    server()
        .await
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .await
        .expect("a database");
    url_of(&name)
}
