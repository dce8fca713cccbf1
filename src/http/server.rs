//! The server itself: it listens, takes so many connections and no more, and stops without losing what runs.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1, service::Service, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tokio_util::task::TaskTracker;

use super::{
    Edge, routes,
    stream::{Talk, Watched},
};
use crate::{config::Http, service::Services, telemetry::meters::Held, workers::Workers};

/// After an error that is none of a client's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// For a request that was on its way when the server stopped listening.
const GRACE: Duration = Duration::from_millis(250);

/// What the connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Stay,
    /// There is no place for one more: whoever holds one without asking anything leaves.
    Crowded,
    /// The server stops.
    Stop,
}

/// Where the server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For clients.
    pub api: TcpListener,
    /// For those who collect metrics.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(api: TcpListener) -> Self {
        Self { api, metrics: None }
    }
}

/// Serves until `stop` completes; then lets running requests and mutations finish.
pub async fn serve(
    listeners: impl Into<Listeners>,
    services: Services,
    setup: &Http,
    workers: Arc<Workers>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Listeners { api: listener, metrics } = listeners.into();
    let edge = Edge::new(services.clone(), setup);
    let open = edge.0.metrics.connections().clone();
    let server = Server::new(routes(edge.clone(), setup), setup, Some(workers), open);
    // beside them: whoever watches sees that all are busy
    let for_metrics = Server::new(edge.0.metrics.routes(services.clone()), setup, None, Gauge::default());
    let measured = async {
        match metrics {
            Some(listener) => for_metrics.accept(&listener).await,
            None => std::future::pending().await,
        }
    };
    let drained = async {
        tokio::select! {
            () = server.accept(&listener) => {}
            () = stop => {}
        }
        // readiness says so at once, and answers ask their clients to connect elsewhere
        edge.stop();
        let _ = tokio::time::timeout(setup.timeouts.drain, server.accept(&listener)).await;
    };
    tokio::select! {
        () = measured => {}
        () = drained => {}
    }
    // who is connected already, as far as the system knows, is served
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
        server.take(stream, peer, None);
    }
    drop(listener);
    server.word.send_replace(Word::Stop);
    server.connections.close();
    services.tasks().close();
    let finished = async {
        server.connections.wait().await;
        services.tasks().wait().await;
    };
    if tokio::time::timeout(setup.timeouts.stop, finished).await.is_err() {
        tracing::warn!("stopped while work was still running");
    }
    Ok(())
}

struct Server {
    app: Router,
    setup: Http,
    places: Arc<Semaphore>,
    /// Who has the conversations; none where they are had here.
    workers: Option<Arc<Workers>>,
    connections: TaskTracker,
    word: watch::Sender<Word>,
    open: Gauge,
}

impl Server {
    fn new(app: Router, setup: &Http, workers: Option<Arc<Workers>>, open: Gauge) -> Self {
        Self {
            app,
            setup: setup.clone(),
            places: Arc::new(Semaphore::new(setup.limits.connections)),
            workers,
            connections: TaskTracker::new(),
            word: watch::Sender::new(Word::Stay),
            open,
        }
    }

    async fn accept(&self, listener: &TcpListener) {
        loop {
            let place = self.place().await;
            match listener.accept().await {
                Ok((stream, peer)) => self.take(stream, peer, Some(place)),
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "a connection could not be taken");
                    // with too many files open there are fewer places than configured
                    self.word.send_replace(Word::Crowded);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// A place for one more connection. When there is none, those who wait on theirs for nothing leave; others are done
    /// within their time limits, and the system keeps who comes meanwhile waiting.
    async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            tracing::warn!(connections = self.setup.limits.connections, "every connection is taken");
            self.word.send_replace(Word::Crowded);
            let place = Arc::clone(&self.places).acquire_owned();
            // one that was busy then may be idle now
            if let Ok(Ok(place)) = tokio::time::timeout(Duration::from_secs(1), place).await {
                return place;
            }
        }
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr, place: Option<OwnedSemaphorePermit>) {
        // an answer is written whole: there is nothing to wait for
        let _ = stream.set_nodelay(true);
        let (app, setup, word) = (self.app.clone(), self.setup.clone(), self.word.subscribe());
        let open = Held::one(&self.open);
        let Some(workers) = &self.workers else {
            self.connections.spawn(async move {
                converse(stream, peer, app, setup, word).await;
                drop((place, open));
            });
            return;
        };
        let Ok(stream) = stream.into_std() else { return };
        workers.converse(self.connections.track_future(async move {
            // it is woken where it is worked on
            if let Ok(stream) = TcpStream::from_std(stream) {
                converse(stream, peer, app, setup, word).await;
            }
            drop((place, open));
        }));
    }
}

/// Serves one connection until its client or the server ends it.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    setup: Http,
    mut word: watch::Receiver<Word>,
) {
    let talk = Talk::default();
    let service = {
        let (app, talk) = (TowerToHyperService::new(app), talk.clone());
        service_fn(move |mut request: Request<Incoming>| {
            talk.begin();
            request.extensions_mut().insert(ConnectInfo(peer));
            let (answer, talk) = (app.call(request), talk.clone());
            async move {
                let answer = answer.await;
                talk.end();
                Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
            }
        })
    };
    let io = TokioIo::new(Watched::new(stream, talk.clone(), &setup.timeouts));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper's clock for a head runs while none has begun: it is the limit of idleness, `Watched` has that of the head
        .header_read_timeout(setup.timeouts.idle)
        .max_header_size(setup.limits.header_bytes)
        .max_buf_size(setup.limits.header_bytes)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    loop {
        tokio::select! {
            // how a connection ends is its client's affair
            _ = connection.as_mut() => return,
            Ok(()) = word.changed() => {}
        }
        let said = *word.borrow_and_update();
        match said {
            Word::Stay => {}
            Word::Crowded if !talk.has_begun() => {}
            Word::Crowded => connection.as_mut().graceful_shutdown(),
            Word::Stop => break,
        }
    }
    if tokio::time::timeout(GRACE, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
