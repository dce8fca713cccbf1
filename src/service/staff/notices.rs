//! What somebody on the staff is told by letter: what became of their way in, so that they notice what they did not do
//! themselves.

use crate::{
    mail::{Addressed, Letter},
    store::{Writer, error::StoreError, staff::StaffMember},
};

use super::called;

/// What became of somebody's way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum Notice<'a> {
    /// Their password was changed.
    PasswordChanged,
    /// They set up a second factor.
    SecondFactorSetUp,
    /// Somebody took it away.
    SecondFactorReset {
        /// Who.
        by: &'a str,
    },
    /// A session was ended whose refresh token came a second time.
    SessionEnded,
    /// Somebody gave them another e-mail address.
    AddressChanged {
        /// Who.
        by: &'a str,
    },
}

/// Has somebody told, where they are reached as they are here, with the commit of the transaction.
pub(in crate::service) async fn notify(
    writer: &Writer,
    member: &StaffMember,
    notice: Notice<'_>,
) -> Result<(), StoreError> {
    let (name, user_name, at) =
        (called(member).into(), member.user_name.as_str().into(), writer.clock().now());
    let letter = match notice {
        Notice::PasswordChanged => Letter::PasswordChanged { name, user_name, at },
        Notice::SecondFactorSetUp => Letter::SecondFactorSetUp { name, user_name, at },
        Notice::SecondFactorReset { by } => {
            Letter::SecondFactorReset { name, user_name, at, reset_by: by.to_owned().into() }
        }
        Notice::SessionEnded => Letter::SessionEnded { name, user_name, at },
        Notice::AddressChanged { by } => {
            Letter::AddressChanged { name, user_name, at, changed_by: by.to_owned().into() }
        }
    };
    let (to, language) = (member.email.clone(), member.language.clone());
    writer.post(&Addressed { to, language, letter, sent_token: None }).await
}
