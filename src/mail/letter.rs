//! The letters, and what they become: a subject, a text, and the same in HTML. Both are made of one template, so that they
//! cannot differ.

use std::fmt;

use askama::Template;
use backdesk_entity::enums::{IncidentKind, MailKind};
use chrono::{DateTime, Utc};
use url::Url;
use zeroize::Zeroizing;

use super::{
    language::Language,
    words::{Name, UserName},
};

/// What is written to somebody. Instants are shown in UTC.
#[derive(Debug, Clone)]
pub enum Letter {
    /// Somebody is invited to the staff.
    StaffInvitation {
        /// Whom it goes to.
        name: Name,
        /// What they will sign in with.
        user_name: UserName,
        /// Where they accept.
        link: Link,
        /// From when on the link is good for nothing.
        expires_at: DateTime<Utc>,
        /// Who invites.
        invited_by: Name,
    },
    /// A staff member may set a new password.
    StaffPasswordReset {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// Where they set it.
        link: Link,
        /// From when on the link is good for nothing.
        expires_at: DateTime<Utc>,
        /// Who asked for it; none when nobody was signed in.
        asked_by: Option<Name>,
    },
    /// A password was changed.
    PasswordChanged {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// When.
        at: DateTime<Utc>,
    },
    /// A second factor was set up.
    SecondFactorSetUp {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody has another e-mail address; it goes to the former one.
    AddressChanged {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// When.
        at: DateTime<Utc>,
        /// Who did it.
        changed_by: Name,
    },
    /// A second factor was taken away, to be set up anew.
    SecondFactorReset {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// When.
        at: DateTime<Utc>,
        /// Who did it.
        reset_by: Name,
    },
    /// A session was ended, because a refresh token of it came a second time.
    SessionEnded {
        /// Whom it goes to.
        name: Name,
        /// What they sign in with.
        user_name: UserName,
        /// When.
        at: DateTime<Utc>,
    },
    /// Something is wrong with the platform.
    Incident {
        /// What kind of thing.
        kind: IncidentKind,
        /// What is known of it, in words of ours.
        what: String,
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// A link of ours, which lets in whoever has it: it is neither logged nor left in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(Zeroizing<String>);

impl Link {
    /// The link that a text is: an address of the web, without spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_plain && matches!(url.scheme(), "http" | "https") && url.has_host())
            .then(|| Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(secret)")
    }
}

/// A letter in one language.
#[derive(Clone)]
pub struct Written {
    /// One line, in words of ours alone.
    pub subject: String,
    /// What those read who read no HTML.
    pub text: Zeroizing<String>,
    /// The same with links to click on.
    pub html: Zeroizing<String>,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The page that every letter is.
#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    tag: &'static str,
    subject: &'a str,
    paragraphs: Vec<Paragraph<'a>>,
}

enum Paragraph<'a> {
    /// Cut behind dots, where the page has a sign that shows nothing: mail programs make links of words with dots in between.
    Text(Vec<&'a str>),
    Link(&'a Link),
}

impl Letter {
    /// What it is about.
    pub fn kind(&self) -> MailKind {
        match self {
            Self::StaffInvitation { .. } => MailKind::StaffInvitation,
            Self::StaffPasswordReset { .. } => MailKind::StaffPasswordReset,
            Self::PasswordChanged { .. } => MailKind::PasswordChanged,
            Self::SecondFactorReset { .. } => MailKind::SecondFactorReset,
            Self::SessionEnded { .. } => MailKind::SessionEnded,
            Self::SecondFactorSetUp { .. } => MailKind::SecondFactorSetUp,
            Self::AddressChanged { .. } => MailKind::AddressChanged,
            Self::Incident { .. } => MailKind::Incident,
        }
    }

    /// The letter in a language.
    ///
    /// # Panics
    /// When a template has no text below its subject, which a test asks of each.
    pub fn write(&self, language: Language) -> Written {
        let page = Zeroizing::new(language.write(self));
        let (subject, text) = page.split_once('\n').expect("a subject, and a text below it");
        let text = text.trim();
        let html = Page {
            tag: language.tag(),
            subject,
            paragraphs: text.split("\n\n").map(|paragraph| self.paragraph(paragraph)).collect(),
        };
        Written {
            subject: subject.to_owned(),
            html: Zeroizing::new(html.render().expect("texts can be written")),
            text: Zeroizing::new(format!("{text}\n")),
        }
    }

    /// A paragraph is a link when it is the link of the letter, and nothing else is: names are never a paragraph like that.
    fn paragraph<'a>(&'a self, text: &'a str) -> Paragraph<'a> {
        match self.link() {
            Some(link) if *link.0 == text => Paragraph::Link(link),
            _ => Paragraph::Text(text.split_inclusive('.').collect()),
        }
    }

    fn link(&self) -> Option<&Link> {
        match self {
            Self::StaffInvitation { link, .. } | Self::StaffPasswordReset { link, .. } => Some(link),
            Self::PasswordChanged { .. }
            | Self::SecondFactorReset { .. }
            | Self::SessionEnded { .. }
            | Self::SecondFactorSetUp { .. }
            | Self::AddressChanged { .. }
            | Self::Incident { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
