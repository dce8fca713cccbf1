//! One method per operation: ask for the permit, apply the rules, store, audit. The lock of the house; the guards of the
//! API are only its signpost.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    auth::{
        caller::{Caller, NoPermit, Permit, Refused},
        link::Links,
        password::Hashing,
        policy::Action,
        sealing::MasterKey,
        token::Tokens,
    },
    config::{self, Lifetimes, Limits},
    files::Files,
    place::Places,
    store::{
        Store,
        audit::{Aim, Refusal},
        error::StoreError,
    },
};

pub mod advise;
pub mod audit;
pub mod code;
pub mod comment;
pub mod counters;
pub mod document;
pub mod dump;
pub mod error;
pub mod health;
pub mod import;
pub mod keys;
pub mod kyc;
pub mod listing;
mod mail;
mod miss;
pub mod nested;
pub mod once;
pub mod policy;
pub mod reads;
pub mod recorded;
pub mod recording;
pub mod role;
mod roles_known;
pub mod seed;
pub mod setup;
pub mod sign_in;
pub mod staff;
pub mod token;
pub mod user;

use code::ErrorCode;
use error::ApiError;
use keys::KeysRead;
pub(crate) use miss::Miss;
use miss::Misses;
use roles_known::RolesKnown;
use sign_in::Entrance;

/// Everything that can be done, behind the door.
#[derive(Debug, Clone)]
pub struct Services(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    tokens: Tokens,
    /// Work that outlives its request: mutations whose client went away, and entries of refusals.
    tasks: TaskTracker,
    misses: Misses,
    limits: Limits,
    files: Files,
    roles_known: RolesKnown,
    keys: KeysRead,
    /// Where people reach the pages of the server, without a slash at the end.
    reached_at: Arc<str>,
    entrance: Arc<Entrance>,
}

/// Where people reach the pages of a server on their own machine.
const REACHED_AT: &str = "http://localhost:8080";

impl Services {
    /// Services over a store, with tokens of its keys. Files are kept in memory until another place is named.
    pub fn new(store: Store, tokens: Tokens) -> Self {
        Self(Arc::new(Inner {
            store,
            tokens,
            tasks: TaskTracker::new(),
            misses: Misses::default(),
            limits: Limits::default(),
            files: Files::in_memory(Links::new(&MasterKey::generate()), config::Files::default()),
            roles_known: RolesKnown::default(),
            keys: KeysRead::default(),
            reached_at: REACHED_AT.into(),
            entrance: Arc::new(Entrance {
                hashing: Hashing::new(),
                lifetimes: Lifetimes::default(),
                places: Places::none(),
            }),
        }))
    }

    /// The same within other limits.
    pub fn within(&self, limits: Limits) -> Self {
        Self(Arc::new(Inner { limits, ..self.anew() }))
    }

    /// The same, whose pages people reach at this address.
    pub fn reached_at(&self, address: &str) -> Self {
        Self(Arc::new(Inner { reached_at: address.trim_end_matches('/').into(), ..self.anew() }))
    }

    /// The same with files elsewhere.
    pub fn keeping(&self, files: Files) -> Self {
        Self(Arc::new(Inner { files, ..self.anew() }))
    }

    /// The same with tokens and sessions that last so long, and these places.
    pub fn entered_by(&self, lifetimes: Lifetimes, places: Places) -> Self {
        let entrance = Entrance { hashing: self.0.entrance.hashing.clone(), lifetimes, places };
        Self(Arc::new(Inner { entrance: Arc::new(entrance), ..self.anew() }))
    }

    fn anew(&self) -> Inner {
        let Inner { store, tokens, tasks, limits, files, reached_at, entrance, .. } = &*self.0;
        Inner {
            store: store.clone(),
            tokens: tokens.clone(),
            tasks: tasks.clone(),
            misses: Misses::default(),
            limits: *limits,
            files: files.clone(),
            roles_known: RolesKnown::default(),
            keys: KeysRead::default(),
            reached_at: Arc::clone(reached_at),
            entrance: Arc::clone(entrance),
        }
    }

    /// Where the bytes of files are.
    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }

    /// What lists may ask for at most.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.store().clock().now()
    }

    /// Where a link to one of our pages leads. What it brings stands behind the `#`, which browsers keep to themselves: it ends
    /// up in no log.
    pub(crate) fn page(&self, page: &str, secret: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("{}/{page}#{secret}", self.0.reached_at))
    }

    /// The origin of our pages, as browsers write it.
    pub(crate) fn own_origin(&self) -> Option<String> {
        Some(url::Url::parse(&self.0.reached_at).ok()?.origin().ascii_serialization())
    }

    /// The tokens that callers come with.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Work that must end before the program does.
    pub fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    /// A new id for a request.
    pub fn new_request_id(&self) -> String {
        self.store().clock().new_id().to_string()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// The permit for an action. A refusal is recorded, and names the permission that is missing. Recording runs to its
    /// end in a task of its own: a client that goes away must neither leave its transaction open nor escape the trail.
    pub async fn permit(&self, caller: &Arc<Caller>, action: Action) -> Result<Permit, ApiError> {
        self.permit_on(caller, action, None).await
    }

    /// The permit for an action on one user, whom the record of a refusal names.
    pub async fn permit_on(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        user: Option<Uuid>,
    ) -> Result<Permit, ApiError> {
        self.permit_aimed(caller, action, user.map(Aim::User)).await
    }

    /// The same on whomever it is, or nobody.
    pub async fn permit_aimed(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        on: Option<Aim>,
    ) -> Result<Permit, ApiError> {
        match caller.permit(action) {
            Ok(permit) => Ok(permit),
            Err(NoPermit::Refused(refused)) => Err(self.refuse(caller, action, refused, on).await?),
            Err(NoPermit::Unconfirmed) => {
                // whoever has a token that is not theirs tries just this
                let (at, code) = (self.now(), ErrorCode::StepUpRequired.name());
                let refusal = Refusal { at, action, code, missing: None, on, account: None };
                self.record_refusal(caller, refusal).await?;
                Err(ApiError::Unconfirmed { max_age: self.confirmed_for() })
            }
        }
    }

    /// Refuses an act that says something of parts of a user which its caller may not see. The refusal is recorded as one of
    /// the act, with the permission that is missing.
    pub(crate) async fn permit_parts(
        &self,
        permit: &Permit,
        parts: &[Action],
        user: Option<Uuid>,
    ) -> Result<(), ApiError> {
        let caller = permit.caller();
        match parts.iter().find_map(|part| caller.may(*part).err()) {
            None => Ok(()),
            Some(refused) => Err(self.refuse(caller, permit.action(), refused, user.map(Aim::User)).await?),
        }
    }

    /// What a list answers, unless it would tell by its filter, order or counts of fields that the caller may not see.
    pub(crate) async fn shown<T>(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        list: Result<T, StoreError>,
    ) -> Result<T, ApiError> {
        match list {
            Err(StoreError::Hidden(refused)) => Err(self.refuse(caller, action, refused, None).await?),
            other => Ok(other?),
        }
    }

    /// Records a refusal, and says what to answer.
    async fn refuse(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        Refused { missing }: Refused,
        on: Option<Aim>,
    ) -> Result<ApiError, ApiError> {
        let at = self.store().clock().now();
        let refusal = Refusal { at, action, code: "FORBIDDEN", missing, on, account: None };
        self.record_refusal(caller, refusal).await?;
        Ok(ApiError::Forbidden { missing })
    }

    /// Writes the entry of a refusal, whether or not somebody waits for it.
    async fn record_refusal(&self, caller: &Arc<Caller>, refusal: Refusal) -> Result<(), ApiError> {
        let (store, caller) = (self.store().clone(), Arc::clone(caller));
        let recording = async move { store.record_refusals(vec![(caller, refusal)]).await };
        Ok(self.tasks().spawn(recording.in_current_span()).await.map_err(|_| ApiError::Internal)??)
    }
}

/// An id as the API takes it. What is none of ours names nothing.
pub fn parse_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}
