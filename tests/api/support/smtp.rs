//! A mail server: mailin speaks SMTP, here is its socket, and how well it is today.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use rcgen::CertifiedKey;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

/// A letter that the server has.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

/// A server that is up until it goes down.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
    /// The certificate that it shows, where it speaks TLS.
    pub(crate) certificate: Option<String>,
}

/// How it is set up.
#[derive(Default)]
pub(crate) struct Setup {
    /// It speaks TLS, from STARTTLS or even from the start.
    pub(crate) tls: Option<Tls>,
    /// It takes letters from whoever knows this.
    pub(crate) password: Option<&'static str>,
}

/// When TLS begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    FromTheStart,
    Offered,
}

struct State {
    password: Option<&'static str>,
    acceptor: Option<(Tls, TlsAcceptor)>,
    letters: watch::Sender<Vec<Received>>,
    /// What receivers are answered; they are welcome without.
    refusal: Mutex<Option<u16>>,
    /// Whether it says anything to whoever connects.
    greets: watch::Sender<bool>,
    /// Whether it says that it has a letter.
    acknowledges: watch::Sender<bool>,
}

impl MailServer {
    pub(crate) async fn start() -> Self {
        Self::start_as(Setup::default()).await
    }

    pub(crate) async fn start_as(Setup { tls, password }: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (certificate, acceptor) = match tls {
            Some(tls) => {
                let (certificate, acceptor) = certified();
                (Some(certificate), Some((tls, acceptor)))
            }
            None => (None, None),
        };
        let state = Arc::new(State {
            password,
            acceptor,
            letters: watch::Sender::new(Vec::new()),
            refusal: Mutex::default(),
            greets: watch::Sender::new(true),
            acknowledges: watch::Sender::new(true),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Self { address, state, listening, certificate }
    }

    /// From now on nobody is there.
    pub(crate) async fn go_down(&mut self) {
        self.listening.abort();
        let _ = (&mut self.listening).await;
    }

    /// And here it is again.
    pub(crate) async fn come_up(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the same port");
        self.listening = tokio::spawn(listen(listener, Arc::clone(&self.state)));
    }

    /// Whether it greets those who connect, or lets them wait.
    pub(crate) fn greet(&self, greets: bool) {
        self.state.greets.send_replace(greets);
    }

    /// Whether it tells whom it has a letter from that it has it, or lets them wait.
    pub(crate) fn acknowledge(&self, acknowledges: bool) {
        self.state.acknowledges.send_replace(acknowledges);
    }

    /// What it says to receivers; without a code they are welcome.
    pub(crate) fn refuse(&self, code: Option<u16>) {
        *self.state.refusal.lock().expect("no panic") = code;
    }

    /// What it has.
    pub(crate) fn letters(&self) -> Vec<Received> {
        self.state.letters.borrow().clone()
    }

    /// What it has, once it has so many.
    pub(crate) async fn once_there_are(&self, many: usize) -> Vec<Received> {
        let mut letters = self.state.letters.subscribe();
        let there = letters.wait_for(|letters| letters.len() >= many);
        let there = tokio::time::timeout(Duration::from_secs(30), there).await.expect("letters in time");
        there.expect("a server").clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Received {
    /// What stands in a line of its head.
    pub(crate) fn header(&self, name: &str) -> &str {
        let line = self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.text))
    }
}

fn certified() -> (String, TlsAcceptor) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a certificate and its key");
    (cert.pem(), TlsAcceptor::from(Arc::new(config)))
}

/// Takes connections; they end with it.
async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut conversations = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        conversations.spawn(converse(stream, Arc::clone(&state)));
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn converse(stream: TcpStream, state: Arc<State>) -> io::Result<()> {
    let until = async |word: &watch::Sender<bool>| {
        // the server is there as long as its state
        let _ = word.subscribe().wait_for(|yes| *yes).await;
    };
    let peer = stream.peer_addr()?.ip();
    until(&state.greets).await;
    let mut stream: Box<dyn Stream> = Box::new(stream);
    let mut builder = SessionBuilder::new("mail.example");
    if state.password.is_some() {
        builder.enable_auth(AuthMechanism::Plain).insecure_enable_plaintext_auth();
    }
    match &state.acceptor {
        Some((Tls::FromTheStart, acceptor)) => stream = Box::new(acceptor.accept(stream).await?),
        Some((Tls::Offered, _)) => drop(builder.enable_start_tls()),
        None => {}
    }
    let clerk =
        Clerk { state: Arc::clone(&state), is_let_in: state.password.is_none(), to: vec![], text: vec![] };
    let mut session: Session<Clerk> = builder.build(peer, clerk);
    let mut stream = BufReader::new(stream);
    say(&mut stream, &session.greeting()).await?;
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let reply = session.process(&line);
        let ends_letter = line == b".\r\n";
        if ends_letter {
            until(&state.acknowledges).await;
        }
        match reply.action {
            Action::NoReply => {}
            Action::Reply => say(&mut stream, &reply).await?,
            Action::Close => return say(&mut stream, &reply).await,
            Action::UpgradeTls => {
                say(&mut stream, &reply).await?;
                let Some((_, acceptor)) = &state.acceptor else { return Ok(()) };
                let plain = stream.into_inner();
                stream = BufReader::new(Box::new(acceptor.accept(plain).await?) as Box<dyn Stream>);
                session.tls_active();
            }
        }
    }
}

async fn say(stream: &mut BufReader<Box<dyn Stream>>, reply: &Response) -> io::Result<()> {
    stream.write_all(&reply.buffer()?).await?;
    stream.flush().await
}

/// Decides in one conversation.
struct Clerk {
    state: Arc<State>,
    is_let_in: bool,
    to: Vec<String>,
    text: Vec<u8>,
}

impl Handler for Clerk {
    fn auth_plain(&mut self, _: &str, _: &str, password: &str) -> Response {
        self.is_let_in = self.state.password == Some(password);
        if self.is_let_in { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn mail(&mut self, _: std::net::IpAddr, _: &str, _: &str) -> Response {
        if self.is_let_in { response::OK } else { response::AUTHENTICATION_REQUIRED }
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match *self.state.refusal.lock().expect("no panic") {
            Some(code) => Response::custom(code, format!("{to} is not welcome")),
            None => response::OK,
        }
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, to: &[String]) -> Response {
        self.to = to.to_vec();
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.text)).into_owned();
        let letter = Received { to: std::mem::take(&mut self.to), text };
        self.state.letters.send_modify(|letters| letters.push(letter));
        response::OK
    }
}
