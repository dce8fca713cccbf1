//! `backdesk serve`: the API, until it is told to stop.

use std::time::Duration;

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
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

/// Serves until SIGTERM or Ctrl-C; running requests finish. A second one ends the program where it stands.
pub(super) async fn serve(listener: TcpListener, services: Services, config: &Config) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stop = async move {
        signals.next().await;
        tracing::info!("stopping; once more ends it at once");
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(1);
        });
    };
    let sweeper = tokio::spawn(sweep(services.clone()));
    let served = http::serve(listener, services, &config.http, stop).await;
    sweeper.abort();
    Ok(served?)
}

/// What asks the program to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        services.sweep().await;
    }
}
