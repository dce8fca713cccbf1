//! A staff member as the API shows them.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use backdesk_entity::enums::{StaffState, TokenPurpose};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    auth::{policy::Permission, roles::DefinedRoles},
    graphql::{
        connection::Node,
        guard::{caller, services},
        plain::Plain,
        role::StaffRole,
        sign_in::{Session, SignIn},
    },
    service::{
        error::ApiError,
        once::Once,
        role::RoleInfo,
        sign_in::{SessionSeen, SignInSeen},
        staff::{
            Grant, Grants, Link, StaffAction, StaffDenial, StaffMember as Row, StaffMembers, called,
            staff_actions,
        },
    },
};

/// Somebody who signs in to the back office. Never among users.
#[derive(Clone)]
pub(in crate::graphql) struct StaffMember {
    row: Arc<Row>,
    among: Arc<Among>,
}

/// Staff members who were read together: what they hold is read for all of them.
struct Among {
    ids: Vec<Uuid>,
    known: Once,
}

impl StaffMember {
    /// Staff members who were read together.
    pub(super) fn all(rows: Vec<Row>) -> Vec<Self> {
        let among = Arc::new(Among { ids: rows.iter().map(|row| row.id).collect(), known: Once::default() });
        rows.into_iter().map(|row| Self { row: Arc::new(row), among: Arc::clone(&among) }).collect()
    }

    /// One alone.
    pub(super) fn alone(row: Row) -> Self {
        let among = Among { ids: vec![row.id], known: Once::default() };
        Self { row: Arc::new(row), among: Arc::new(among) }
    }

    async fn grants(&self, ctx: &Context<'_>) -> Result<Grants, ApiError> {
        let read = async || services(ctx)?.staff_grants(caller(ctx)?, &self.among.ids).await;
        let all: Arc<HashMap<Uuid, Grants>> = self.among.known.get("grants", read).await?;
        Ok(all.get(&self.row.id).cloned().unwrap_or_default())
    }

    /// The roles that there are, for those who were read together.
    async fn known_roles(&self, ctx: &Context<'_>) -> Result<Arc<Vec<RoleInfo>>, ApiError> {
        self.among.known.get("roles", async || services(ctx)?.roles(caller(ctx)?).await).await
    }
}

impl Node for StaffMember {
    type Listed = StaffMembers;
}

impl Plain for StaffMember {}

/// Somebody who signs in to the back office. Never among users.
#[Object]
impl StaffMember {
    /// What the API calls them, and the subject of their tokens.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// What they sign in with.
    async fn user_name(&self) -> &str {
        &self.row.user_name
    }

    /// Where links and notices are sent.
    async fn email(&self) -> &str {
        &self.row.email
    }

    /// Whether they proved that the address is theirs: by the link of their invitation.
    async fn email_verified(&self) -> bool {
        self.row.email_verified_at.is_some()
    }

    /// The given name.
    async fn first_name(&self) -> Option<&str> {
        self.row.first_name.as_deref()
    }

    /// The family name.
    async fn last_name(&self) -> Option<&str> {
        self.row.last_name.as_deref()
    }

    /// What people call them: their names, or their user name.
    async fn display_name(&self) -> String {
        called(&self.row)
    }

    /// The language that letters to them are written in.
    async fn language(&self) -> &str {
        &self.row.language
    }

    /// Whether they may sign in.
    async fn state(&self) -> StaffState {
        self.row.state
    }

    /// Rises with every change.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When they were created.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When they changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// When they signed in last; null while they never did.
    async fn last_sign_in_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_sign_in_at
    }

    /// The roles that they hold, by key.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<StaffRoleGrant>, ApiError> {
        let known = self.known_roles(ctx).await?;
        let role = |key: &str| known.iter().find(|role| role.key == key).cloned();
        let grant = |grant: Grant| {
            let Grant { key, until, granted_at, granted_by } = grant;
            // one that was deleted meanwhile gives nothing
            Some(StaffRoleGrant { role: role(&key)?.into(), until, granted_at, granted_by })
        };
        Ok(self.grants(ctx).await?.roles.into_iter().filter_map(grant).collect())
    }

    /// The accounts whose users they see and act on, by code.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<StaffAccountGrant>, ApiError> {
        let grant = |Grant { key, until, granted_at, granted_by }| StaffAccountGrant {
            account: key,
            until,
            granted_at,
            granted_by,
        };
        Ok(self.grants(ctx).await?.accounts.into_iter().map(grant).collect())
    }

    /// Everything that their roles allow now.
    async fn effective_permissions(&self, ctx: &Context<'_>) -> Result<Vec<Permission>, ApiError> {
        let (known, now) = (self.known_roles(ctx).await?, services(ctx)?.now());
        let grants = self.grants(ctx).await?;
        let held = grants.roles.iter().filter(|grant| grant.holds_at(now));
        let roles = held.filter_map(|grant| known.iter().find(|role| role.key == grant.key));
        let permissions: BTreeSet<Permission> =
            roles.flat_map(|role| role.held().permissions().collect::<Vec<_>>()).collect();
        Ok(permissions.into_iter().collect())
    }

    /// The newest link that they were sent: never the secret itself.
    async fn newest_link(&self, ctx: &Context<'_>) -> Result<Option<SecurityLink>, ApiError> {
        let read = async || services(ctx)?.staff_links(caller(ctx)?, &self.among.ids).await;
        let all: Arc<HashMap<Uuid, Link>> = self.among.known.get("links", read).await?;
        Ok(all.get(&self.row.id).cloned().map(SecurityLink::from))
    }

    /// Their open sessions, newest first.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let read = async || services(ctx)?.staff_sessions(caller(ctx)?, &self.among.ids).await;
        let all: Arc<Vec<SessionSeen>> = self.among.known.get("sessions", read).await?;
        let theirs = all.iter().filter(|seen| seen.session.staff_id == self.row.id);
        Ok(theirs.cloned().map(Session::from).collect())
    }

    /// The newest 20 tries to sign in as them, right or wrong, newest first.
    async fn sign_ins(&self, ctx: &Context<'_>) -> Result<Vec<SignIn>, ApiError> {
        let read = async || services(ctx)?.staff_sign_ins(caller(ctx)?, &self.among.ids).await;
        let all: Arc<Vec<SignInSeen>> = self.among.known.get("signIns", read).await?;
        let theirs = all.iter().filter(|seen| seen.staff_id == Some(self.row.id));
        Ok(theirs.cloned().map(SignIn::from).collect())
    }

    /// Every act on staff members, and whether you may do it to this one as they are now.
    async fn viewer_actions(&self, ctx: &Context<'_>) -> Result<Vec<StaffViewerAction>, ApiError> {
        let (known, grants) = (self.known_roles(ctx).await?, self.grants(ctx).await?);
        let defined: DefinedRoles = known.iter().filter_map(RoleInfo::defined).collect();
        let issuer = services(ctx)?.tokens().issuer();
        let actions = staff_actions(caller(ctx)?, issuer, &self.row, &grants, &defined);
        Ok(actions.map(StaffViewerAction::from).collect())
    }
}

/// A role that a staff member holds.
#[derive(SimpleObject)]
struct StaffRoleGrant {
    /// What they hold, with everything that it allows.
    role: StaffRole,
    /// From when on it holds no longer; null for good.
    until: Option<DateTime<Utc>>,
    /// Since when.
    granted_at: DateTime<Utc>,
    /// By whom.
    granted_by: String,
}

/// An account that a staff member sees and acts in.
#[derive(SimpleObject)]
struct StaffAccountGrant {
    /// The code of the account; `*` for all, those to come included.
    account: String,
    /// From when on it holds no longer; null for good.
    until: Option<DateTime<Utc>>,
    /// Since when.
    granted_at: DateTime<Utc>,
    /// By whom.
    granted_by: String,
}

/// A link that was sent to somebody: never the secret itself.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SecurityLink {
    /// What it is good for.
    purpose: TokenPurpose,
    /// The address.
    destination: String,
    /// When it was sent.
    sent_at: DateTime<Utc>,
    /// From when on it is good for nothing.
    expires_at: DateTime<Utc>,
    /// When it was used.
    used_at: Option<DateTime<Utc>>,
    /// When it was ended without use: another one was sent, or its purpose was gone.
    ended_at: Option<DateTime<Utc>>,
}

impl From<Link> for SecurityLink {
    fn from(Link { purpose, destination, sent_at, expires_at, used_at, ended_at }: Link) -> Self {
        Self { purpose, destination, sent_at, expires_at, used_at, ended_at }
    }
}

/// An act on a staff member, and whether you may do it to this one as they are now.
#[derive(SimpleObject)]
struct StaffViewerAction {
    /// The name of the mutation, such as `staffDeactivate`.
    action: &'static str,
    /// Whether the mutation would accept some input.
    allowed: bool,
    /// The code that the mutation would answer; null when it is allowed.
    code: Option<&'static str>,
    /// The sentence that it would answer.
    message: Option<String>,
    /// The permission that none of your roles has; with `FORBIDDEN`.
    missing_permission: Option<Permission>,
    /// Whether you show again who you are first, by `sessionConfirm`: you did so too long ago, and are told this before whatever
    /// else speaks against it, but `FORBIDDEN`.
    requires_step_up: bool,
}

impl From<StaffAction> for StaffViewerAction {
    fn from(StaffAction { action, denial, is_to_confirm }: StaffAction) -> Self {
        let action = action.field().unwrap_or_default();
        let allowed = Self {
            action,
            allowed: denial.is_none(),
            code: None,
            message: None,
            missing_permission: None,
            requires_step_up: is_to_confirm,
        };
        match denial {
            None => allowed,
            Some(StaffDenial::Forbidden { missing }) => Self {
                code: Some("FORBIDDEN"),
                message: Some(Error::from(ApiError::Forbidden { missing }).message),
                missing_permission: missing,
                ..allowed
            },
            Some(StaffDenial::Problem(code, mistake)) => {
                Self { code: Some(code.name()), message: Some(mistake.into_message()), ..allowed }
            }
        }
    }
}
