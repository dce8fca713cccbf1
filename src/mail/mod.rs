//! Mail: what letters say, in the language of whom they go to, and who takes them from the outbox to a server. The only room
//! that speaks SMTP, and the only one with templates.
//!
//! ```text
//! Letter --Writer::post--> mails (the outbox, in the act's own transaction) --Postman--> SMTP server
//! ```

mod compose;
mod language;
mod letter;
mod outbox;
mod pace;
mod postman;
mod receivers;
mod sender;
mod smtp;
mod watch;
mod words;

pub use self::{
    language::Language,
    letter::{Letter, Link, Written},
    outbox::{Addressed, Shown},
    postman::Postman,
    receivers::{Nobody, Receiver, Receivers},
    sender::Sender,
    smtp::{CertificatesError, Smtp},
    words::{Name, UserName},
};
