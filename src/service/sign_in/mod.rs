//! The way in, for staff: user name and password, then a second factor, then a session with tokens. Whoever fails is told one
//! thing, whatever it was, after the same work: which names there are leaks from nowhere.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::{Caller, Origin},
        password::{Hashing, Password, PasswordHash},
        policy::Action,
    },
    config::Lifetimes,
    domain::{
        device::Device,
        guessing::{Bucket, network},
        problem::{Problem, ProblemCode},
        text,
    },
    place::Places,
    service::{error::Outcome, staff::called},
    store::{
        Writer,
        sign_in::{Attempt, Credential, SignInResult, Try},
        staff::{StaffFile, StaffMember},
    },
};

mod challenge;
mod confirm;
mod first_admin;
mod links;
mod own;
mod second_factor;
mod session;

pub use challenge::{Challenge, SetUp};
pub use own::{SessionSeen, SignInSeen};
pub use second_factor::SecondFactorGiven;
pub use session::SignedIn;

/// What the way in needs besides the store.
#[derive(Debug)]
pub(super) struct Entrance {
    pub(super) hashing: Hashing,
    pub(super) lifetimes: Lifetimes,
    pub(super) places: Places,
}

/// How far somebody came by their password.
#[derive(Debug)]
pub enum Entered {
    /// A second factor is asked for, or to be set up.
    Challenged(Challenge),
    /// In, where none is asked for.
    SignedIn(SignedIn),
}

/// Who stands at the door, as far as a request tells.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    ip: Option<std::net::IpAddr>,
    /// What their tries are counted by.
    network: String,
    device: Device,
    place: Option<String>,
}

/// The one sentence for whoever fails.
const FAILED: &str =
    "That is not right, or too many tries failed of late: check what you typed, wait a little and try again.";

/// The problem that every failure is, of the argument at that path.
fn failed(path: &str) -> Problem {
    Problem::new(ProblemCode::SignInFailed, path, FAILED)
}

impl Services {
    /// Judges a user name and a password.
    pub async fn sign_in(
        &self,
        caller: &Arc<Caller>,
        user_name: &str,
        password: &str,
    ) -> Result<Outcome<Entered>, ApiError> {
        self.permit(caller, Action::SignIn).await?;
        let (visitor, folded) = (self.visitor(caller.origin()), text::fold(user_name));
        let name_hash = self.store().opaque().hash_name(user_name);
        let found = self.store().staff_called(&folded).await?;
        let (member, credential) = match found {
            Some((member, credential)) => (Some(member), credential),
            None => (None, None),
        };
        let at_what = at_name(&name_hash);
        // of a name that nobody has it is looked up as well: what is not done takes less time
        let bucket = self.bucket(member.as_ref().map_or(Uuid::nil(), |member| member.id), &visitor).await?;
        let taken = self.store().take_try(&at_what, &bucket).await?;
        let stored = credential.as_ref().and_then(|it| PasswordHash::from_stored(&it.password_hash).ok());
        let (stored, before) = match (taken, stored) {
            (Try::LookedAt { before }, Some(stored)) => (stored, Some(before)),
            (Try::LookedAt { before }, None) => (PasswordHash::decoy(), Some(before)),
            (Try::TooSoon, _) => (PasswordHash::decoy(), None),
        };
        let Ok(verified) = self.hashing().verify(stored, Password::typed(password)).await else {
            // what was not looked at is no failure
            if let Some(before) = before {
                self.store().count_tries(&at_what, &bucket, before).await?;
            }
            return Err(ApiError::Crowded);
        };
        let is_active = |member: &StaffMember| member.state == backdesk_entity::enums::StaffState::Active;
        let result = match (&member, before, &verified) {
            (_, None, _) => SignInResult::TooSoon,
            (None, ..) => SignInResult::NameUnknown,
            (Some(_), _, Err(_)) => SignInResult::PasswordWrong,
            (Some(member), _, Ok(_)) if !is_active(member) => SignInResult::NotActive,
            (Some(_), _, Ok(_)) => SignInResult::PasswordRight,
        };
        let staff = member.as_ref().map(|member| member.id);
        let attempt = Attempt {
            name_hash: staff.is_none().then_some(name_hash),
            ..self.attempt(staff, result, &visitor)
        };
        self.store().record_attempt(attempt).await?;
        let (Some(member), Some(credential), SignInResult::PasswordRight) = (member, credential, result)
        else {
            return Ok(Outcome::Problems(vec![failed("input")]));
        };
        self.begin_anew(&at_what, &bucket).await;
        if verified.is_ok_and(|verified| verified.needs_rehash) {
            self.rehash(&credential, password).await?;
        }
        self.enter(caller, &member, &credential, &visitor).await
    }

    /// What comes behind a right password, as it was when the member was read: a challenge or, where no second factor is asked
    /// for, a session.
    async fn enter(
        &self,
        caller: &Arc<Caller>,
        member: &StaffMember,
        credential: &Credential,
        visitor: &Visitor,
    ) -> Result<Outcome<Entered>, ApiError> {
        let permit = self.permit(caller, Action::SignIn).await?;
        let has_factor = credential.totp_secret.is_some();
        let is_asked = || async { Ok::<_, ApiError>(self.store().read(&permit).policies().await?) };
        if !has_factor && !is_asked().await?.policies.staff_second_factor {
            return Ok(match self.begin_without_factor(caller, member, visitor).await? {
                Some(signed_in) => Outcome::Done(Entered::SignedIn(signed_in)),
                None => Outcome::Problems(vec![failed("input")]),
            });
        }
        Ok(Outcome::Done(Entered::Challenged(self.challenge(member, !has_factor)?)))
    }

    /// Keeps a stronger hash, if there is room to make one now; the next time comes.
    async fn rehash(&self, credential: &Credential, password: &str) -> Result<(), ApiError> {
        if let Ok(hash) = self.hashing().rehash(Password::typed(password)).await {
            let (staff, before) = (credential.staff_id, &credential.password_hash);
            self.store().rehash_password(staff, before, hash.as_str()).await?;
        }
        Ok(())
    }

    /// Counts tries anew after a success, which stands whether or not that works.
    async fn begin_anew(&self, at_what: &str, bucket: &str) {
        if self.store().forget_tries(at_what, bucket).await.is_err() {
            tracing::warn!("tries could not be counted anew");
        }
    }

    /// Where passwords are hashed.
    pub fn hashing(&self) -> &Hashing {
        &self.0.entrance.hashing
    }

    fn lifetimes(&self) -> &Lifetimes {
        &self.0.entrance.lifetimes
    }

    /// How long it holds that somebody showed who they are.
    pub(super) fn confirmed_for(&self) -> TimeDelta {
        session::delta(self.lifetimes().confirmation)
    }

    fn visitor(&self, origin: &Origin) -> Visitor {
        Visitor {
            ip: origin.ip,
            network: origin.ip.map(|ip| network(ip).to_string()).unwrap_or_default(),
            device: Device::of(origin.user_agent.as_deref()),
            place: origin.ip.and_then(|ip| self.0.entrance.places.place_of(ip)),
        }
    }

    /// The name of the count that a try is among: a network that the account signed in from lately has its own.
    async fn bucket(&self, staff: Uuid, visitor: &Visitor) -> Result<String, ApiError> {
        let last = self.store().last_signed_in_from(staff, &visitor.network).await?;
        Ok(match Bucket::of(visitor.ip, last, self.now()) {
            Bucket::Known(network) => network.to_string(),
            Bucket::Strangers => String::new(),
        })
    }

    fn attempt(&self, staff: Option<Uuid>, result: SignInResult, visitor: &Visitor) -> Attempt {
        let Visitor { ip, network, device, place } = visitor.clone();
        Attempt {
            id: self.store().clock().new_id(),
            at: self.now(),
            staff_id: staff,
            name_hash: None,
            result,
            network: (!network.is_empty()).then_some(network),
            ip: ip.map(|ip| ip.to_string()),
            device_type: device.device_type,
            device: device.label,
            place,
        }
    }

    /// A transaction of whoever is on the way in, or out: what they do there stands under their name in the audit trail.
    async fn write_as(&self, caller: &Arc<Caller>, staff: Uuid, action: Action) -> Result<Writer, ApiError> {
        let member = self.store().staff_file(staff).await?.ok_or(ApiError::Internal)?.member;
        let (issuer, name) = (self.tokens().issuer(), called(&member));
        let member = Caller::on_the_way_in(issuer, member.id, name, caller.origin().clone());
        let permit = self.permit(&Arc::new(member), action).await?;
        Ok(self.store().write(permit).await?)
    }
}

/// What tries at a user name are counted by, whether or not somebody has it.
fn at_name(name_hash: &[u8]) -> String {
    format!("name:{}", URL_SAFE_NO_PAD.encode(name_hash))
}

/// What tries at the password of a staff member who is in are counted by.
fn at_own_password(staff: Uuid) -> String {
    format!("password:{staff}")
}

/// What tries at the second factor of a staff member are counted by.
fn at_second_factor(staff: Uuid) -> String {
    format!("factor:{staff}")
}

/// The first instant at which something that they hold now ends.
fn first_end(file: &StaffFile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let grants = file.grants.roles.iter().chain(&file.grants.accounts);
    grants.filter(|grant| grant.holds_at(now)).filter_map(|grant| grant.until).min()
}
