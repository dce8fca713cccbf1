//! How letters are sent: by which server, from whom, and how long it is waited for.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use percent_encoding::percent_decode_str;
use url::Url;
use zeroize::Zeroizing;

use super::{bounded::bounded, sources::Sources};
use crate::mail::Sender;

/// What a URL of a mail server looks like.
const FORM: &str = "must be smtps://USER:PASSWORD@HOST:PORT or smtp://USER:PASSWORD@HOST:PORT?tls=TLS, TLS being required (the \
     default), opportunistic or none";

/// How letters are sent.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// The server; none when letters wait until there is one.
    pub server: Option<MailServer>,
    /// How many at once, and how long they may take.
    pub limits: MailLimits,
}

/// A server that takes letters.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Where it is, and how it is spoken to.
    pub url: SmtpUrl,
    /// The certificates that it is believed by, instead of the system's.
    pub certificates: Option<PathBuf>,
    /// Whom letters come from.
    pub from: Sender,
}

/// The address of a server that speaks SMTP. Prints without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How conversations are kept from others.
    pub tls: Tls,
    /// Who we are there.
    pub credentials: Option<(String, Zeroizing<String>)>,
}

/// How a conversation is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From its first byte (RFC 8314).
    FromTheStart,
    /// From STARTTLS on (RFC 3207); a server that does not offer it gets no letter.
    Required,
    /// The same, but a server that does not offer it gets letters all the same. Whoever stands in between may say that it does not.
    Opportunistic,
    /// Not at all.
    None,
}

bounded! {
    /// How many letters at once, and how long they may take.
    MailLimits {
        /// Letters that an instance sends at the same time at most, each by a connection of its own.
        at_once: usize = "4", 1..=64, "limit_mails_at_once", "BACKDESK_LIMIT_MAILS_AT_ONCE";
        /// How long the mail server may take until it is ready for a letter: connection, TLS, password.
        connect: Duration = "10s", SHORTEST..=Duration::from_mins(5), "timeout_mail_connect", "BACKDESK_TIMEOUT_MAIL_CONNECT";
        /// How long the mail server may take to take over a letter. One that it took over behind that is sent again.
        hand_over: Duration = "2m", SHORTEST..=Duration::from_mins(10), "timeout_mail", "BACKDESK_TIMEOUT_MAIL";
    }
}

/// The shortest time that can be waited for a server.
const SHORTEST: Duration = Duration::from_millis(100);

impl Mail {
    /// As configured; none when something is missing or bad, which is noted.
    pub(super) fn read(sources: &mut Sources) -> Option<Self> {
        // each is judged before any is missed, so that all problems are told at once
        let limits = MailLimits::read(sources);
        let url = sources.value("smtp_url", |text| match text {
            "" => Ok(None),
            text => text.parse().map(Some),
        });
        let certificates = sources.value("smtp_ca_file", |text| match text {
            "" => Ok::<_, &str>(None),
            text => Ok(Some(PathBuf::from(text))),
        });
        let from = sources.value("mail_from", |text| match text {
            "" => Ok(None),
            text => text.parse().map(Some),
        });
        let (url, certificates, from) = (url?, certificates?, from?);
        let server = match (url, from) {
            (Some(url), Some(from)) => Some(MailServer { url, certificates, from }),
            (Some(_), None) => {
                sources.problems.push("BACKDESK_SMTP_URL needs BACKDESK_MAIL_FROM".to_owned());
                return None;
            }
            (None, _) => None,
        };
        Some(Self { server, limits: limits? })
    }
}

impl FromStr for SmtpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| FORM)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(FORM);
        }
        let (tls, usual_port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Tls::FromTheStart, 465),
            ("smtp", None | Some("tls=required")) => (Tls::Required, 587),
            ("smtp", Some("tls=opportunistic")) => (Tls::Opportunistic, 587),
            ("smtp", Some("tls=none")) => (Tls::None, 25),
            _ => return Err(FORM),
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None) => return Err(FORM),
            (user, Some(password)) => {
                let plain = |text| percent_decode_str(text).decode_utf8().map_err(|_| FORM);
                Some((plain(user)?.into_owned(), Zeroizing::new(plain(password)?.into_owned())))
            }
        };
        if credentials.is_some() && matches!(tls, Tls::Opportunistic | Tls::None) && !is_here(&host) {
            return Err("must not send a password without TLS: use smtps:// or tls=required");
        }
        Ok(Self { port: url.port().unwrap_or(usual_port), host, tls, credentials })
    }
}

/// Whether nobody stands between us and that host.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls == Tls::FromTheStart { "smtps" } else { "smtp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self}, {:?})", self.tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<SmtpUrl, &'static str> {
        text.parse()
    }

    #[test]
    fn a_server_is_spoken_to_as_its_address_says() {
        for (text, host, port, tls) in [
            ("smtps://mail.example", "mail.example", 465, Tls::FromTheStart),
            ("smtp://mail.example", "mail.example", 587, Tls::Required),
            ("smtp://mail.example:2525/?tls=required", "mail.example", 2525, Tls::Required),
            ("smtp://mail.example?tls=opportunistic", "mail.example", 587, Tls::Opportunistic),
            ("smtp://[::1]:1025?tls=none", "::1", 1025, Tls::None),
            ("smtp://10.0.0.7?tls=none", "10.0.0.7", 25, Tls::None),
        ] {
            let expected = SmtpUrl { host: host.to_owned(), port, tls, credentials: None };
            assert_eq!(url(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_mail_server_is_refused() {
        for text in [
            "mail.example",
            "smtp://",
            "https://mail.example",
            "smtps://mail.example?tls=none",
            "smtp://mail.example?tls=maybe",
            "smtp://mail.example?tls=none&tls=required",
            "smtp://mail.example/inbox",
            "smtp://ada@mail.example",
            "smtp://:hunter2@mail.example",
            "smtp://mail.example:99999",
        ] {
            assert_eq!(url(text), Err(FORM), "{text}");
        }
    }

    #[test]
    fn a_password_goes_over_tls_or_nowhere() {
        for text in ["smtps://ada:hunter2@mail.example", "smtp://ada:hunter2@localhost?tls=none"] {
            assert!(url(text).is_ok(), "{text}");
        }
        for text in
            ["smtp://ada:hunter2@mail.example?tls=none", "smtp://ada:hunter2@mail.example?tls=opportunistic"]
        {
            assert!(url(text).unwrap_err().contains("without TLS"), "{text}");
        }
    }

    #[test]
    fn a_password_is_read_and_never_printed() {
        let url = url("smtps://ada%40desk:hunter%2F2@mail.example").unwrap();
        let (user, password) = url.credentials.clone().unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("ada@desk", "hunter/2"));
        assert_eq!(url.to_string(), "smtps://mail.example:465");
        let debug = format!("{url:?}");
        assert!(!debug.contains("hunter") && !debug.contains("ada"), "{debug}");
    }
}
