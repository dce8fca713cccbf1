//! A bell that PostgreSQL rings on every instance when access ended on one. It only hastens: a ring is missed while a connection
//! is down, where a pooler between does not carry it, and on SQLite, which has none. Reading by time finds what ended all the
//! same.

use std::{str::FromStr, time::Duration};

use sea_orm::sqlx::{
    self, ConnectOptions,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgListener},
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

/// Rings it with the commit of the transaction; whoever reads then finds what was committed.
pub(super) const RING: &str = "NOTIFY backdesk_access";
const CHANNEL: &str = "backdesk_access";
/// For how long one connection is listened to: another one finds the server that took over, or a network that came back.
const STAY: Duration = Duration::from_mins(5);
/// Between two tries to listen.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Bell {
    /// None on SQLite.
    options: Option<PgConnectOptions>,
    rang: Notify,
}

impl Bell {
    /// That of the database at this URL, which was opened already.
    pub(super) fn new(url: &str) -> Result<Self, sqlx::Error> {
        let rang = Notify::new();
        if url.starts_with("sqlite:") {
            return Ok(Self { options: None, rang });
        }
        let options = PgConnectOptions::from_str(url)?.application_name("backdesk bell");
        Ok(Self { options: Some(options.disable_statement_logging()), rang })
    }

    /// Until it rings; however often it rang before anybody waited, that is once.
    pub(super) async fn rang(&self) {
        self.rang.notified().await;
    }

    /// Listens on a connection of its own, for as long as it is waited for.
    pub(super) async fn listen(&self) {
        let Some(options) = &self.options else { return };
        loop {
            if let Ok(Err(error)) = timeout(STAY, self.hear(options)).await {
                tracing::debug!(%error, "nobody tells at once whose access ended elsewhere");
                sleep(PAUSE).await;
            }
        }
    }

    /// Until the connection is of no use.
    async fn hear(&self, options: &PgConnectOptions) -> Result<(), sqlx::Error> {
        let pool = PoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            // nothing was told where the connection was made anew: something may have been missed
            listener.try_recv().await?;
            self.rang.notify_one();
        }
    }
}
