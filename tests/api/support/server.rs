//! The product behind a real socket, for what only shows there.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use backdesk::{
    config::Http,
    http::{self, Listeners},
    workers::Workers,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use super::{Desk, Person};

/// A server on a socket of its own, until it is stopped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    metrics: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

/// The edge as it is by default, but for the time after a stop in which it would still take connections.
pub(crate) fn setup() -> Http {
    let mut setup = Http::default();
    setup.timeouts.drain = Duration::ZERO;
    setup
}

impl Server {
    pub(crate) async fn start(desk: &Desk) -> Self {
        Self::start_with(desk, setup()).await
    }

    pub(crate) async fn start_with(desk: &Desk, setup: Http) -> Self {
        Self::start_for(desk, setup, Workers::of(2).expect("threads")).await
    }

    pub(crate) async fn start_for(desk: &Desk, setup: Http, workers: Workers) -> Self {
        let api = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = api.local_addr().expect("an address");
        let metrics = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let listeners = Listeners { api, metrics: Some(metrics) };
        let metrics = listeners.metrics.as_ref().expect("metrics").local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let services = desk.services.clone();
        let running = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            http::serve(listeners, services, &setup, Arc::new(workers), stop).await
        });
        Self { address, metrics, stop, running }
    }

    /// Asks it to stop; what is left to wait for.
    pub(crate) fn ask_to_stop(self) -> JoinHandle<std::io::Result<()>> {
        self.stop.send(()).expect("a server to stop");
        self.running
    }

    /// Takes in everybody who waits at the door, finishes what was begun, and ends.
    pub(crate) async fn stop(self, person: &Person) {
        // connections are taken in the order in which they came: behind this one, nobody waits
        let question = request(person, &json!({ "query": "{ viewer { name } }" }));
        let answer = whole_conversation(self.address, &question).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        self.ask_to_stop().await.expect("no panic").expect("served");
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// What it answers to a path.
    pub(crate) async fn get(&self, path: &str) -> String {
        get(self.address, path).await
    }

    /// What it tells those who collect metrics.
    pub(crate) async fn metrics(&self) -> String {
        get(self.metrics, "/metrics").await
    }
}

/// What a server answers to a path.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n");
    whole_conversation(address, &request).await
}

/// A request as it goes over the wire.
pub(crate) fn request(person: &Person, body: &Value) -> String {
    request_with(person.token.as_deref().unwrap_or_default(), body)
}

/// A request with this token.
pub(crate) fn request_with(token: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Sends it all, and reads until the server hangs up.
pub(crate) async fn whole_conversation(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    read_to_end(&mut stream).await
}

/// What still comes until the server hangs up, however it does so.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}
