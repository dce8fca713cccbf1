//! Who asks, and what they may do: the only maker of permits.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    policy::{Access, Action, Permission, Role},
    roles::{DefinedRoles, HeldRole},
    token::{AccountsClaim, Claims},
};

/// The accounts whose users a caller sees and acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// Every account, those to come included.
    All,
    /// These alone; possibly none.
    Codes(BTreeSet<String>),
}

impl Accounts {
    /// Whether the account is among them.
    pub fn covers(&self, account: &str) -> bool {
        match self {
            Self::All => true,
            Self::Codes(codes) => codes.contains(account),
        }
    }
}

/// Whom a permit reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Users of these accounts.
    pub accounts: Accounts,
    /// Leads alone: see [`lead`](crate::domain::lead).
    pub leads_only: bool,
}

impl Scope {
    /// Whether it covers whatever there is.
    pub fn is_everything(&self) -> bool {
        self.accounts == Accounts::All && !self.leads_only
    }
}

/// Where a request came from; goes into audit entries and logs.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The id that the request is answered with.
    pub request_id: Option<String>,
    /// The peer's address.
    pub ip: Option<IpAddr>,
    /// What the peer calls its program, cut to a sensible length.
    pub user_agent: Option<String>,
}

/// Somebody with a valid token, or the program itself.
#[derive(Debug, Clone)]
pub struct Caller {
    issuer: String,
    subject: String,
    name: Option<String>,
    roles: Vec<HeldRole>,
    accounts: Accounts,
    expires_at: Option<DateTime<Utc>>,
    session: Option<Uuid>,
    has_to_confirm: bool,
    origin: Origin,
    is_system: bool,
}

/// That roles or accounts do not allow an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// What would have been needed; none when no permission would do.
    pub missing: Option<Permission>,
}

/// Why a permit was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPermit {
    /// The roles or accounts do not allow it.
    Refused(Refused),
    /// They do, to somebody who showed of late who they are.
    Unconfirmed,
}

impl From<Refused> for NoPermit {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// The proof that a caller may perform one action. [`Caller::permit`] alone makes it, and the store opens for nothing else.
#[derive(Debug, Clone)]
pub struct Permit {
    caller: Arc<Caller>,
    action: Action,
    scope: Scope,
}

impl Caller {
    /// The bearer of a verified token, where these roles are defined. Roles that nobody knows are dropped.
    pub fn from_claims(claims: &Claims, defined: &DefinedRoles, origin: Origin) -> Self {
        let keys: BTreeSet<&String> = claims.roles.iter().collect();
        // in the order of the table, whatever that of the token
        let mut roles: Vec<HeldRole> = keys.into_iter().filter_map(|key| defined.role(key)).collect();
        roles.sort_by_key(|role| match role {
            HeldRole::BuiltIn(role) => (0, Some(*role)),
            HeldRole::Defined(_) => (1, None),
        });
        Self {
            issuer: claims.iss.clone(),
            subject: claims.sub.clone(),
            name: claims.name.clone(),
            roles,
            accounts: match &claims.accounts {
                AccountsClaim::All => Accounts::All,
                AccountsClaim::Codes(codes) => Accounts::Codes(codes.iter().cloned().collect()),
            },
            expires_at: DateTime::from_timestamp(claims.exp, 0),
            session: claims.sid.as_deref().and_then(|id| Uuid::try_parse(id).ok()),
            has_to_confirm: false,
            origin,
            is_system: false,
        }
    }

    /// The same, who showed too long ago who they are for [acts that hand on access](Action::asks_to_confirm).
    pub fn who_has_to_confirm(self) -> Self {
        Self { has_to_confirm: true, ..self }
    }

    /// Somebody without a token, who may do what is open to everybody.
    pub fn stranger(origin: Origin) -> Self {
        Self::without_rights("stranger", "stranger".to_owned(), None, origin)
    }

    /// A staff member who has just shown that it is them, and has no token yet: what they do on the way in stands under their
    /// name in the audit trail.
    pub fn on_the_way_in(issuer: &str, id: Uuid, name: String, origin: Origin) -> Self {
        Self::without_rights(issuer, id.to_string(), Some(name), origin)
    }

    fn without_rights(issuer: &str, subject: String, name: Option<String>, origin: Origin) -> Self {
        Self {
            issuer: issuer.to_owned(),
            subject,
            name,
            roles: Vec::new(),
            accounts: Accounts::Codes(BTreeSet::new()),
            expires_at: None,
            session: None,
            has_to_confirm: false,
            origin,
            is_system: false,
        }
    }

    /// The program itself, doing the job of that name: goes through the same door, and into the audit trail.
    pub fn system(job: &str) -> Self {
        Self {
            issuer: "backdesk".into(),
            subject: format!("system:{job}"),
            name: None,
            roles: Vec::new(),
            accounts: Accounts::All,
            expires_at: None,
            session: None,
            has_to_confirm: false,
            origin: Origin::default(),
            is_system: true,
        }
    }

    /// The same at the request of somebody else.
    pub fn at_the_request_of(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// A permit for the action, or why there is none.
    pub fn permit(self: &Arc<Self>, action: Action) -> Result<Permit, NoPermit> {
        self.may(action)?;
        if self.has_to_confirm && action.asks_to_confirm() {
            return Err(NoPermit::Unconfirmed);
        }
        Ok(Permit { caller: Arc::clone(self), action, scope: self.scope_of(action) })
    }

    /// Whether the roles and accounts allow the action.
    pub fn may(&self, action: Action) -> Result<(), Refused> {
        match action.access() {
            _ if self.is_system => Ok(()),
            Access::Public => Ok(()),
            Access::SignedIn if !self.roles.is_empty() => Ok(()),
            Access::Needs(permission) | Access::NeedsEverywhere(permission) if !self.holds(permission) => {
                Err(Refused { missing: Some(permission) })
            }
            Access::NeedsEverywhere(_) if self.accounts != Accounts::All => Err(Refused { missing: None }),
            Access::Needs(_) | Access::NeedsEverywhere(_) => Ok(()),
            Access::NeedsAny(all) if all.iter().any(|permission| self.holds(*permission)) => Ok(()),
            Access::NeedsAny(all) => Err(Refused { missing: all.first().copied() }),
            Access::SignedIn | Access::SystemOnly => Err(Refused { missing: None }),
        }
    }

    /// Whom an action reaches that the caller [may](Self::may) do: leads alone when no role allows it that reaches further.
    pub fn scope_of(&self, action: Action) -> Scope {
        let allows = |role: &&HeldRole| match action.access() {
            Access::Public | Access::SignedIn | Access::SystemOnly => true,
            Access::Needs(permission) | Access::NeedsEverywhere(permission) => role.allows(permission),
            Access::NeedsAny(all) => all.iter().any(|permission| role.allows(*permission)),
        };
        let leads_only = !self.is_system && self.roles.iter().filter(allows).all(HeldRole::is_for_leads);
        Scope { accounts: self.accounts.clone(), leads_only }
    }

    /// Whether one of the roles allows it, or it is the program itself.
    pub fn holds(&self, permission: Permission) -> bool {
        self.is_system || self.roles.iter().any(|role| role.allows(permission))
    }

    /// Whether the roles allow to see whatever a field of users of that path may tell. Where each of several permissions
    /// shows a part, it takes all of them: what is told of the field does not say of which part it is.
    pub fn sees_all_of(&self, field: &str) -> bool {
        Action::of_user_field(field).is_none_or(|action| match action.access() {
            Access::Needs(permission) | Access::NeedsEverywhere(permission) => self.holds(permission),
            Access::NeedsAny(all) => all.iter().all(|permission| self.holds(*permission)),
            Access::Public | Access::SignedIn | Access::SystemOnly => self.is_system,
        })
    }

    /// Everything that the roles allow.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.holds(*permission))
    }

    /// Who issued the token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The token's subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The token's name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What people call them: the token's name, or its subject where it has none.
    pub fn called(&self) -> &str {
        self.name().unwrap_or(&self.subject)
    }

    /// The roles that are known.
    pub fn roles(&self) -> &[HeldRole] {
        &self.roles
    }

    /// Those of them that are built in.
    pub fn built_in_roles(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().filter_map(|role| match role {
            HeldRole::BuiltIn(role) => Some(*role),
            HeldRole::Defined(_) => None,
        })
    }

    /// The keys of those that administrators defined.
    pub fn defined_roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().filter(|role| matches!(role, HeldRole::Defined(_))).map(HeldRole::key)
    }

    /// The names of the roles as the audit trail keeps them.
    pub fn role_names(&self) -> Vec<&str> {
        if self.is_system { vec!["system"] } else { self.roles.iter().map(HeldRole::key).collect() }
    }

    /// The accounts whose users they see.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Whether it is the program itself.
    pub fn is_system(&self) -> bool {
        self.is_system
    }

    /// When the token ends; the program's own callers have none.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// The session that the token belongs to.
    pub fn session(&self) -> Option<Uuid> {
        self.session
    }

    /// Where the request came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Permit {
    /// Whose permit it is.
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// What for.
    pub fn action(&self) -> Action {
        self.action
    }

    /// How far it reaches.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(roles: &[Role]) -> Caller {
        let roles = roles.iter().copied().map(HeldRole::BuiltIn).collect();
        Caller { roles, is_system: false, ..Caller::system("test") }
    }

    /// An entry of the trail tells of transactions without their kind.
    #[test]
    fn who_sees_some_kinds_of_transactions_is_told_of_none() {
        for (roles, sees) in [
            (&[Role::Finance][..], false),
            (&[Role::Dealing], false),
            (&[Role::Finance, Role::Dealing], true),
            (&[Role::ReadOnly], true),
            (&[], false),
        ] {
            assert_eq!(holding(roles).sees_all_of("transactions"), sees, "{roles:?}");
        }
        assert!(holding(&[Role::Marketing]).sees_all_of("mobile"));
        assert!(!holding(&[Role::Marketing]).sees_all_of("tax.taxNumber"));
        assert!(Caller::system("test").sees_all_of("tax.taxNumber"));
    }
}
