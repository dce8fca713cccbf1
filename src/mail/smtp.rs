//! The conversation with a mail server (RFC 5321), one for each letter. Every step is taken here, because what a refusal means
//! depends on where it comes: of the receiver or the letter it is for good, of us or of the server it is not.

use std::{fmt, fs, io, path::PathBuf, sync::Arc, time::Duration};

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Severity,
    },
};
use tokio::time::timeout;

use super::sender::Sender;
use crate::config::{MailLimits, MailServer, SmtpUrl, Tls};

/// How long a server may take to say good-bye, when it has the letter already.
const GOODBYE: Duration = Duration::from_secs(5);
/// Replies about who we are (RFC 4954): other letters would get them too, and somebody can put that right.
const ABOUT_US: [&str; 4] = ["530", "534", "535", "538"];

/// A server that takes letters. Cheap to clone.
#[derive(Clone)]
pub struct Smtp(Arc<Inner>);

struct Inner {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    from: Sender,
    limits: MailLimits,
}

enum Security {
    FromTheStart(TlsParameters),
    Required(TlsParameters),
    Opportunistic(TlsParameters),
    None,
}

/// Why a letter was not sent, in words of ours: what the server said may name people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// It may be tried again.
    Later(String),
    /// It may not.
    Never(String),
}

/// What a reply is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    StartTls,
    Authenticate,
    Sender,
    Receiver,
    Letter,
}

/// Why the certificates that a mail server is believed by cannot be used. For the person who starts the program.
#[derive(Debug)]
pub enum CertificatesError {
    /// The file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There are none, or they are none.
    Unusable,
}

impl fmt::Display for CertificatesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, error } => write!(f, "the certificates in {}: {error}", path.display()),
            Self::Unusable => f.write_str(
                "there are no certificates to believe a mail server by: install the system's, or set BACKDESK_SMTP_CA_FILE",
            ),
        }
    }
}

impl std::error::Error for CertificatesError {}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.0.host, self.0.port)
    }
}

impl Smtp {
    /// The server that was configured; nothing is asked of it yet.
    pub fn new(server: &MailServer, limits: MailLimits) -> Result<Self, CertificatesError> {
        let SmtpUrl { host, port, tls, credentials } = &server.url;
        let parameters = || tls_parameters(server);
        let security = match tls {
            Tls::FromTheStart => Security::FromTheStart(parameters()?),
            Tls::Required => Security::Required(parameters()?),
            Tls::Opportunistic => Security::Opportunistic(parameters()?),
            Tls::None => Security::None,
        };
        let credentials = credentials
            .as_ref()
            .map(|(user, password)| Credentials::new(user.clone(), password.as_str().to_owned()));
        let (host, port, from) = (host.clone(), *port, server.from.clone());
        Ok(Self(Arc::new(Inner { host, port, security, credentials, from, limits })))
    }

    /// Whom letters come from.
    pub(super) fn sender(&self) -> &Sender {
        &self.0.from
    }

    /// How many letters it is given at the same time at most.
    pub(super) fn at_once(&self) -> usize {
        self.0.limits.at_once
    }

    /// How long a letter takes at most.
    pub(super) fn longest(&self) -> Duration {
        self.0.limits.connect + self.0.limits.hand_over
    }

    /// Has the server take a letter over: it has, when this ends well.
    ///
    /// A connection whose letter was given up is dropped where it stands. In a pool, whoever came next would take the reply to the
    /// former letter for one to the own.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Failure> {
        let MailLimits { connect, hand_over, .. } = self.0.limits;
        let too_late = |_| Failure::Later("no answer in time".to_owned());
        let mut connection = timeout(connect, self.connect()).await.map_err(too_late)??;
        timeout(hand_over, give(&mut connection, message)).await.map_err(too_late)??;
        // it has the letter: how it takes leave changes nothing
        tokio::spawn(async move {
            let _ = timeout(GOODBYE, connection.quit()).await;
        });
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let Inner { host, port, security, credentials, from, limits } = &*self.0;
        let hello = ClientId::Domain(from.domain().to_owned());
        let tls = match security {
            Security::FromTheStart(tls) => Some(tls.clone()),
            Security::Required(_) | Security::Opportunistic(_) | Security::None => None,
        };
        let server = (host.as_str(), *port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, Some(limits.connect), &hello, tls, None).await;
        let mut connection = connected.map_err(|error| Failure::of(&error, Step::Connect))?;
        match security {
            Security::Required(_) if !connection.can_starttls() => {
                return Err(Failure::Later("the server offers no TLS".to_owned()));
            }
            Security::Required(tls) | Security::Opportunistic(tls) if connection.can_starttls() => {
                let started = connection.starttls(tls.clone(), &hello).await;
                started.map_err(|error| Failure::of(&error, Step::StartTls))?;
            }
            _ => {}
        }
        if let Some(credentials) = credentials {
            let let_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await;
            let_in.map_err(|error| Failure::of(&error, Step::Authenticate))?;
        }
        Ok(connection)
    }
}

/// Gives a letter to a server that is ready for it.
async fn give(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Failure> {
    let (envelope, bytes) = (message.envelope(), message.formatted());
    let parameters = parameters(connection, message, &bytes)?;
    let failed = |step| move |error: Error| Failure::of(&error, step);
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await
        .map_err(failed(Step::Sender))?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(failed(Step::Receiver))?;
    }
    let ready = connection.command(Data).await.map_err(failed(Step::Letter))?;
    if ready.code().severity != Severity::PositiveIntermediate {
        return Err(nonsense());
    }
    let taken = connection.message(&bytes).await.map_err(failed(Step::Letter))?;
    // "go on" is no word for "I have it"
    match taken.code().severity {
        Severity::PositiveCompletion => Ok(()),
        _ => Err(nonsense()),
    }
}

/// What is said beforehand of an address with other letters than ASCII's (RFC 6531). Everything else of ours is ASCII.
fn parameters(
    connection: &AsyncSmtpConnection,
    message: &Message,
    bytes: &[u8],
) -> Result<Vec<MailParameter>, Failure> {
    let is_ascii = message.envelope().to().iter().all(|to| AsRef::<str>::as_ref(to).is_ascii());
    if is_ascii && bytes.is_ascii() {
        return Ok(Vec::new());
    }
    let takes = |extension| connection.server_info().supports_feature(extension);
    if !takes(Extension::SmtpUtfEight) || !takes(Extension::EightBitMime) {
        return Err(Failure::Never("the server takes addresses in ASCII alone".to_owned()));
    }
    Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)])
}

fn tls_parameters(server: &MailServer) -> Result<TlsParameters, CertificatesError> {
    let mut builder = TlsParametersBuilder::new(server.url.host.clone());
    if let Some(path) = &server.certificates {
        let pem = fs::read(path).map_err(|error| CertificatesError::File { path: path.clone(), error })?;
        let certificates = Certificate::from_pem(&pem).map_err(|_| CertificatesError::Unusable)?;
        // a file without any is read as well as one with some
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(CertificatesError::Unusable);
        }
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates);
    }
    builder.build().map_err(|_| CertificatesError::Unusable)
}

fn nonsense() -> Failure {
    Failure::Later("an answer that is none of SMTP's".to_owned())
}

impl Failure {
    /// What an error means at that step.
    fn of(error: &Error, step: Step) -> Self {
        let Some(code) = error.status() else {
            return Self::Later(without_reply(error, step).to_owned());
        };
        let code = code.to_string();
        let is_about_us = ABOUT_US.contains(&code.as_str());
        if error.is_permanent() && !is_about_us && matches!(step, Step::Receiver | Step::Letter) {
            return Self::Never(format!("rejected {code}"));
        }
        let what = match step {
            Step::Connect => "not let in",
            Step::StartTls => "no TLS",
            Step::Authenticate => "password refused",
            Step::Sender => "sender refused",
            Step::Receiver | Step::Letter => "refused for now",
        };
        Self::Later(format!("{what} {code}"))
    }
}

/// What went wrong where the server said nothing, or nothing that makes sense.
fn without_reply(error: &Error, step: Step) -> &'static str {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            return match error.kind() {
                io::ErrorKind::ConnectionRefused => "connection refused",
                io::ErrorKind::TimedOut => "no answer in time",
                // the TLS library speaks like this of what it does not believe
                io::ErrorKind::InvalidData => "no TLS that can be trusted",
                _ if step == Step::Connect => "connection failed",
                _ => "connection lost",
            };
        }
        cause = inner.source();
    }
    match step {
        Step::StartTls => "no TLS that can be trusted",
        Step::Authenticate => "no way to sign in that both know",
        _ if error.is_response() => "connection lost",
        _ => "connection failed",
    }
}
