//! The network between the product and its database, as a test wants it to be.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// It carries what it is given.
    Fair,
    /// It holds everything back until it is fair again: a server that was stopped in its tracks.
    Frozen,
    /// It takes everything and delivers nothing, and connections that met it never speak again.
    Swallowing,
    /// Connections break, and new ones are refused: a server that is gone.
    Cut,
}

/// A wire between an address of its own and a server.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    weather: watch::Sender<Weather>,
    questions: Arc<AtomicUsize>,
}

impl Wire {
    /// A wire to a server.
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let weather = watch::Sender::new(Weather::Fair);
        let sky = weather.subscribe();
        let questions = Arc::<AtomicUsize>::default();
        let asked = Arc::clone(&questions);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *sky.borrow() != Weather::Cut
                    && let Ok(server) = TcpStream::connect(server).await
                {
                    tokio::spawn(carry(client, server, sky.clone(), Arc::clone(&asked)));
                }
            }
        });
        Self { address, weather, questions }
    }

    /// How often the product sent something: whoever waits for an answer sends nothing, so each is a round trip.
    pub(crate) fn questions(&self) -> usize {
        self.questions.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn carry(client: TcpStream, server: TcpStream, sky: watch::Receiver<Weather>, asked: Arc<AtomicUsize>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let answered = AtomicUsize::new(0);
    tokio::select! {
        () = one_way(from_client, to_server, sky.clone(), &asked) => {}
        () = one_way(from_server, to_client, sky, &answered) => {}
    }
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut sky: watch::Receiver<Weather>,
    carried: &AtomicUsize,
) {
    let mut buffer = [0; 4096];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            changed = sky.changed() => match changed.map(|()| *sky.borrow_and_update()) {
                Ok(Weather::Cut) | Err(_) => return,
                Ok(_) => continue,
            },
        };
        let Ok(read @ 1..) = read else { return };
        carried.fetch_add(1, Ordering::Relaxed);
        loop {
            let now = *sky.borrow_and_update();
            match now {
                Weather::Fair => break,
                Weather::Frozen => {
                    if sky.changed().await.is_err() {
                        return;
                    }
                }
                Weather::Swallowing => std::future::pending().await,
                Weather::Cut => return,
            }
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
