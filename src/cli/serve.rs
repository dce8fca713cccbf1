//! `backdesk serve`: the API, until it is told to stop.

use std::time::Duration;

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{Failure, services};
use crate::{config::Config, http, service::Services};

/// How often answers of idempotency keys that outlived their day are removed.
const SWEEP: Duration = Duration::from_hours(1);

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let listener = listen(config).await?;
    let services = services(config).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    serve(listener, services, config).await
}

/// A listener on the configured address.
pub(super) async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let in_use =
        |error| Failure::Refused(format!("cannot listen on {}: {error}; set BACKDESK_LISTEN", config.listen));
    TcpListener::bind(config.listen).await.map_err(in_use)
}

/// Serves until SIGTERM or Ctrl-C; running requests finish.
pub(super) async fn serve(listener: TcpListener, services: Services, config: &Config) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
    };
    let sweeper = tokio::spawn(sweep(services.clone()));
    let served = http::serve(listener, services, &config.http, stop).await;
    sweeper.abort();
    Ok(served?)
}

async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        services.sweep().await;
    }
}
