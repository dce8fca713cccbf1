//! Whom letters come from.

use std::str::FromStr;

use lettre::message::Mailbox;

/// The address of the platform, with a name before it or bare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.0
    }

    /// The host behind the `@`, which letters are named by.
    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for Sender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mailbox: Option<Mailbox> = text.parse().ok();
        // names of letters are made of the host, and need no translation then
        let mailbox = mailbox.filter(|mailbox| AsRef::<str>::as_ref(&mailbox.email).is_ascii());
        mailbox.map(Self).ok_or("must be an address such as desk@example.com or Backdesk <desk@example.com>")
    }
}
