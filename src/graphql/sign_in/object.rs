//! Sessions, challenges and tries as the API shows them.

use async_graphql::{Context, ID, Object, SimpleObject};
use backdesk_entity::enums::{DeviceType, SignInResult};
use chrono::{DateTime, Utc};

use crate::{
    graphql::guard::caller,
    service::{
        error::ApiError,
        sign_in::{Challenge, SessionSeen, SetUp, SignInSeen, SignedIn as Signed},
    },
};

/// A second factor is asked for.
#[derive(SimpleObject)]
pub(super) struct SecondFactorChallenge {
    /// What is sent back with the code.
    token: String,
    /// From when on it is good for nothing: then one begins anew.
    expires_at: DateTime<Utc>,
    /// What an authenticator app is set up by, shown until its first code was right; null where one is set up already.
    set_up: Option<AuthenticatorSetUp>,
}

/// What an authenticator app is set up by.
#[derive(SimpleObject)]
struct AuthenticatorSetUp {
    /// For people to type: 32 characters of base32.
    secret: String,
    /// For apps: an `otpauth` address, which holds the secret.
    uri: String,
    /// The same as a picture (SVG), for the camera of a phone.
    qr_svg: String,
}

impl From<Challenge> for SecondFactorChallenge {
    fn from(Challenge { token, expires_at, set_up }: Challenge) -> Self {
        let shown = |SetUp { secret, uri, qr_svg }: SetUp| AuthenticatorSetUp {
            secret: secret.to_string(),
            uri: uri.to_string(),
            qr_svg: qr_svg.to_string(),
        };
        Self { token: token.to_string(), expires_at, set_up: set_up.map(shown) }
    }
}

/// Somebody is in.
#[derive(SimpleObject)]
pub(super) struct SignedIn {
    /// What requests bring: `Authorization: Bearer <token>`. It says what its bearer held when it was issued.
    access_token: String,
    /// From when on it is good for nothing: ask for the next one by `refreshSession`.
    expires_at: DateTime<Utc>,
    /// What the next one is asked for with, once. Null for browsers, which have it as a cookie that no script reads, and where
    /// the one that was given before stays good.
    refresh_token: Option<String>,
    /// The session.
    session_id: ID,
    /// When it ends, however often it is used.
    session_expires_at: DateTime<Utc>,
}

impl SignedIn {
    pub(super) fn without_refresh_token(signed: &Signed) -> Self {
        Self {
            access_token: signed.access_token.to_string(),
            expires_at: signed.expires_at,
            refresh_token: None,
            session_id: signed.session.into(),
            session_expires_at: signed.session_expires_at,
        }
    }

    pub(super) fn with_refresh_token(signed: &Signed) -> Self {
        let refresh_token = signed.refresh_token.as_ref().map(|token| token.to_string());
        Self { refresh_token, ..Self::without_refresh_token(signed) }
    }
}

/// A session that is open.
pub(in crate::graphql) struct Session(SessionSeen);

impl From<SessionSeen> for Session {
    fn from(seen: SessionSeen) -> Self {
        Self(seen)
    }
}

/// A session that is open.
#[Object]
impl Session {
    /// What `sessionEnd` calls it.
    async fn id(&self) -> ID {
        self.0.session.id.into()
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.session.created_at
    }

    /// When an access token was last issued for it.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.0.session.last_used_at
    }

    /// When it ends, however often it is used.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.session.expires_at
    }

    /// When it ends if nobody uses it.
    async fn idle_until(&self) -> DateTime<Utc> {
        self.0.idle_until
    }

    /// The address that it began at.
    async fn ip(&self) -> Option<&str> {
        self.0.session.ip.as_deref()
    }

    /// What it began with, by what that says of itself.
    async fn device_type(&self) -> DeviceType {
        self.0.session.device_type
    }

    /// The same for people, such as `Firefox on Linux`.
    async fn device(&self) -> &str {
        &self.0.session.device
    }

    /// Where the address was, such as `Lyon, FR`; null where nothing is known.
    async fn place(&self) -> Option<&str> {
        self.0.session.place.as_deref()
    }

    /// Whether it is the one that you are in.
    async fn is_current(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(caller(ctx)?.session() == Some(self.0.session.id))
    }
}

/// A try to sign in.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SignIn {
    /// What the API calls it.
    id: ID,
    /// When it was.
    at: DateTime<Utc>,
    /// How it ended.
    result: SignInResult,
    /// The address that it came from.
    ip: Option<String>,
    /// What it came with, by what that says of itself.
    device_type: DeviceType,
    /// The same for people, such as `Firefox on Linux`.
    device: String,
    /// Where the address was, such as `Lyon, FR`; null where nothing is known.
    place: Option<String>,
}

impl From<SignInSeen> for SignIn {
    fn from(seen: SignInSeen) -> Self {
        let SignInSeen {
            id,
            at,
            staff_id: _,
            name_hash: _,
            result,
            network: _,
            ip,
            device_type,
            device,
            place,
        } = seen;
        Self { id: id.into(), at, result, ip, device_type, device, place }
    }
}
