//! A letter as it goes over the wire: one message (RFC 5322), as text and as HTML.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{letter::Written, sender::Sender};
use crate::store::mail::{Mail, Opened};

/// No program answers for people who are away (RFC 3834, section 5).
const AUTOMATIC: (&str, &str) = ("Auto-Submitted", "auto-generated");

/// A letter that cannot be sent to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsendable(pub(super) &'static str);

/// The message of a row. It has the same name and date at every attempt, so that a server that took it over already, and was
/// cut off before it could say so, can tell.
pub(super) fn message(mail: &Mail, from: &Sender) -> Result<Message, Unsendable> {
    let opened = mail.opened.as_ref().ok_or(Unsendable("it does not open: was the master key replaced?"))?;
    let Opened { to, body } = opened;
    let written = Written::read(body).ok_or(Unsendable("it is no letter that this version can read"))?;
    let to = address(to).ok_or(Unsendable("its address cannot be used"))?;
    build(mail.id, mail.created_at, from, to, written).ok_or(Unsendable("it cannot be written"))
}

fn build(id: Uuid, at: DateTime<Utc>, from: &Sender, to: Address, written: Written) -> Option<Message> {
    let (name, value) = AUTOMATIC;
    let automatic = HeaderValue::new(HeaderName::new_from_ascii(name.to_owned()).ok()?, value.to_owned());
    let Written { subject, text, html } = written;
    let built = Message::builder()
        .from(from.mailbox().clone())
        .to(Mailbox::new(None, to))
        .date(SystemTime::from(at))
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .subject(subject)
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(text.to_string(), html.to_string()));
    built.ok()
}

/// The address as servers take it: a host of other letters than ASCII's has a name for them (IDNA), which servers need not know
/// more for. What stands before the `@` has none.
fn address(text: &str) -> Option<Address> {
    let (local, host) = text.rsplit_once('@')?;
    let host = match host.is_ascii() {
        true => host.to_owned(),
        false => url::Host::parse(host).ok()?.to_string(),
    };
    Address::new(local, host).ok()
}

#[cfg(test)]
mod tests {
    use backdesk_entity::enums::MailKind;
    use zeroize::Zeroizing;

    use super::*;

    const BODY: &str = r#"{"subject":"Réinitialisé","text":"Bonjour\n","html":"<p>Bonjour</p>"}"#;

    fn mail(to: &str, body: &str) -> Mail {
        let opened = Opened { to: to.to_owned(), body: Zeroizing::new(body.as_bytes().to_vec()) };
        Mail {
            id: "019ca8f5-6a00-7000-8000-000000000001".parse().unwrap(),
            created_at: "2026-03-01T12:00:00.5Z".parse().unwrap(),
            kind: MailKind::PasswordChanged,
            attempts: 1,
            opened: Some(opened),
        }
    }

    fn head(to: &str) -> String {
        let from: Sender = "Büro <desk@backdesk.example>".parse().unwrap();
        let message = message(&mail(to, BODY), &from).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(text.is_ascii(), "any server takes it");
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    #[test]
    fn a_letter_is_named_and_dated_by_its_row() {
        let head = head("ada@example.com");
        for line in [
            "Message-ID: <019ca8f5-6a00-7000-8000-000000000001@backdesk.example>",
            "Date: Sun, 01 Mar 2026 12:00:00 +0000",
            "To: ada@example.com",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(head.lines().any(|found| found.starts_with(line)), "{line} in {head}");
        }
    }

    #[test]
    fn hosts_of_other_letters_have_their_names_in_ascii() {
        assert!(head("zoe@münchen.example").contains("To: zoe@xn--mnchen-3ya.example"));
    }

    #[test]
    fn an_address_ends_where_it_ends() {
        for to in [
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com, eve@example.com",
            "ada@example.com>\r\nRCPT TO:<eve@example.com",
            "Ada <ada@example.com>",
            "ada",
            "",
        ] {
            let from: Sender = "desk@backdesk.example".parse().unwrap();
            let refused = message(&mail(to, BODY), &from).unwrap_err();
            assert_eq!(refused, Unsendable("its address cannot be used"), "{to:?}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_says_so() {
        let from: Sender = "desk@backdesk.example".parse().unwrap();
        assert!(message(&mail("ada@example.com", "{}"), &from).is_err());
        let closed = Mail { opened: None, ..mail("ada@example.com", BODY) };
        assert!(message(&closed, &from).is_err());
    }
}
