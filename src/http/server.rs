//! The server itself: it listens, serves, and stops without losing what runs.

use std::{future::Future, net::SocketAddr};

use tokio::net::TcpListener;

use super::router;
use crate::{config::Http, service::Services};

/// Serves until `stop` completes; then lets running requests and mutations finish.
pub async fn serve(
    listener: TcpListener,
    services: Services,
    setup: &Http,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let stop_timeout = setup.timeouts.stop;
    let app = router(services.clone(), setup).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    services.tasks().close();
    if tokio::time::timeout(stop_timeout, services.tasks().wait()).await.is_err() {
        tracing::warn!("stopped while work was still running");
    }
    Ok(())
}
