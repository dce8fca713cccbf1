//! The audit trail in the API.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Lookahead, Object, SimpleObject, Value as ConstValue};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{
    connection::{Connection, Node, Order, PageInput, order_by, reads_page},
    filter::{AttributeFilter, CodeFilter, DateTimeFilter, IdFilter, WordFilter},
    guard::{caller, reads, services},
};
use crate::{
    auth::policy::Action,
    config::Limits,
    domain::list::{Filter, ListQuery, Test},
    service::{
        audit::{
            AuditAttribute as A, AuditEvent as Event, AuditOrderField, AuditOutcome, AuditedUser as Audited,
            FieldChange as Change, USERS_SHOWN, UsersWanted,
        },
        code::ErrorCode,
        error::ApiError,
        listing::{self, Page, PageArguments},
        parse_id,
    },
    store::audit::AuditEvents,
};

/// One act, as the audit trail keeps it.
#[derive(Debug, Clone)]
pub(super) struct AuditEvent(Arc<Event>);

impl Node for AuditEvent {
    type Listed = AuditEvents;
}

/// One act, as the audit trail keeps it.
#[Object]
impl AuditEvent {
    /// What the API calls the event.
    async fn id(&self) -> ID {
        self.0.entry.id.into()
    }

    /// When it was done.
    async fn at(&self) -> DateTime<Utc> {
        self.0.entry.at
    }

    /// Who did it.
    async fn actor(&self) -> AuditActor {
        let entry = &self.0.entry;
        AuditActor {
            issuer: entry.actor_issuer.clone(),
            subject: entry.actor_subject.clone(),
            name: entry.actor_name.clone(),
            roles: self.0.actor_roles.clone(),
        }
    }

    /// What was done, such as `USER_UPDATE`.
    async fn action(&self) -> &str {
        &self.0.entry.action
    }

    /// How it ended.
    async fn outcome(&self) -> AuditOutcome {
        self.0.entry.outcome
    }

    /// The code of the refusal, such as `FORBIDDEN`.
    async fn refusal(&self) -> Option<&str> {
        self.0.entry.refusal.as_deref()
    }

    /// The permission that was missing.
    async fn missing_permission(&self) -> Option<&str> {
        self.0.missing.as_deref()
    }

    /// The account concerned; null for acts on the whole platform.
    async fn account(&self) -> Option<&str> {
        self.0.entry.account.as_deref()
    }

    /// The user concerned.
    async fn user_id(&self) -> Option<ID> {
        self.0.entry.target_id.map(ID::from)
    }

    /// The user's version after the act.
    async fn user_version(&self) -> Option<i32> {
        self.0.entry.target_version
    }

    /// The names of the changed fields; of a `SENSITIVE_READ`, of the fields that lists were filtered or counted by.
    async fn changed_fields(&self) -> &[String] {
        &self.0.changed_fields
    }

    /// Old and new values; null when the user's personal data were erased. What needs a permission to be seen of the user
    /// needs it here, and is logged alike.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<Vec<FieldChange>>, ApiError> {
        let Some(changes) = &self.0.changes else { return Ok(None) };
        changes
            .iter()
            .map(|change| FieldChange::shown(ctx, self.0.entry.target_id, change))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Users of your accounts whom the act concerns beside `userId`: those whose sensitive fields were read, or about whom
    /// something was recorded. The first 100 by id, as an act may concern a thousand, or those that are named.
    async fn users(
        &self,
        #[graphql(desc = "Only these, 100 at most.")] ids: Option<Vec<ID>>,
    ) -> Vec<AuditedUser> {
        let users = self.0.users.iter().cloned().map(AuditedUser);
        match ids {
            None => users.take(USERS_SHOWN).collect(),
            Some(ids) => {
                let ids: Vec<Uuid> = ids.iter().filter_map(|id| parse_id(id)).collect();
                users.filter(|user| ids.contains(&user.0.id)).collect()
            }
        }
    }

    /// Why, as the actor wrote.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The id that the request was answered with.
    async fn request_id(&self) -> Option<&str> {
        self.0.entry.request_id.as_deref()
    }

    /// The address that the request came from.
    async fn ip(&self) -> Option<&str> {
        self.0.entry.ip.as_deref()
    }

    /// What the actor's program called itself.
    async fn user_agent(&self) -> Option<&str> {
        self.0.entry.user_agent.as_deref()
    }
}

/// Who did something.
#[derive(SimpleObject)]
struct AuditActor {
    /// Who issued the token.
    issuer: String,
    /// The token's subject; `system:…` for the program itself.
    subject: String,
    /// The token's name.
    name: Option<String>,
    /// The roles of the token, by their names in it.
    roles: Vec<String>,
}

/// One changed field: in the trail, or in the preview of an act.
#[derive(SimpleObject)]
pub(super) struct FieldChange {
    /// Its name.
    field: String,
    /// The value before, as JSON.
    before: Option<Value>,
    /// The value after, as JSON.
    after: Option<Value>,
    /// Whether the values are hidden from you, for want of the permission to see the field.
    withheld: bool,
}

impl FieldChange {
    /// A change as the caller may see it. What is sensitive and shown is noted as read of `user`.
    pub(super) fn shown(ctx: &Context<'_>, user: Option<Uuid>, change: &Change) -> Result<Self, ApiError> {
        let caller = caller(ctx)?;
        let withheld = !caller.sees_all_of(&change.field);
        if let (false, Some(action), Some(user)) = (withheld, Action::of_user_field(&change.field), user) {
            reads(ctx)?.permit(caller, action, user);
        }
        let json = |value: &Value| Some(value.clone()).filter(|value| !value.is_null() && !withheld);
        let (before, after) = (json(&change.before), json(&change.after));
        Ok(Self { field: change.field.clone(), before, after, withheld })
    }
}

/// A user whom an act concerns beside its target.
struct AuditedUser(Audited);

/// A user whom an act concerns beside its target.
#[Object]
impl AuditedUser {
    /// The user.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The names of the fields that it is about.
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }

    /// Old and new values, where the act changed something; null where it did not, or the user's personal data were erased.
    /// What needs a permission to be seen of the user needs it here, and is logged alike.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<Vec<FieldChange>>, ApiError> {
        let Some(changes) = &self.0.changes else { return Ok(None) };
        let shown = changes.iter().map(|change| FieldChange::shown(ctx, Some(self.0.id), change));
        shown.collect::<Result<_, _>>().map(Some)
    }
}

/// Which audit events: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
struct AuditEventWhere {
    /// All of these hold as well.
    and: Option<Vec<AuditEventWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<AuditEventWhere>>,
    /// This does not hold.
    not: Option<Box<AuditEventWhere>>,
    /// The instant of the act.
    at: Option<DateTimeFilter>,
    /// The subject of the actor's token.
    actor: Option<CodeFilter>,
    /// The name of the action.
    action: Option<CodeFilter>,
    /// How it ended.
    outcome: Option<WordFilter<AuditOutcome>>,
    /// The account concerned.
    account: Option<CodeFilter>,
    /// The user concerned.
    user_id: Option<IdFilter>,
    /// The id that the request was answered with.
    request_id: Option<CodeFilter>,
}

impl AuditEventWhere {
    fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self { and, or, not, at, actor, action, outcome, account, user_id, request_id } = self;
        let all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.filter(limits, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter(limits, depth + 1)).transpose()?.map(Filter::negated),
            at.map(|test| test.on(A::At)).transpose()?,
            actor.map(|test| test.on(A::Actor)).transpose()?,
            action.map(|test| test.on(A::Action)).transpose()?,
            outcome.map(|test| test.on(A::Outcome)).transpose()?,
            account.map(|test| test.on(A::Account)).transpose()?,
            user_id.map(|test| test.on(A::UserId)).transpose()?.map(concerning),
            request_id.map(|test| test.on(A::RequestId)).transpose()?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

/// What all selections of events want of further users.
fn users_wanted(nodes: &[Lookahead<'_>]) -> Result<UsersWanted, ApiError> {
    let mut wanted = UsersWanted::default();
    for users in nodes.iter().flat_map(|node| node.field("users").selection_fields()) {
        let arguments = users.arguments().map_err(|_| ApiError::Internal)?;
        let id = |id: &ConstValue| match id {
            ConstValue::String(id) => parse_id(id),
            _ => None,
        };
        match arguments.iter().find(|(name, _)| name == "ids") {
            Some((_, ConstValue::List(ids))) => wanted.ids.extend(ids.iter().filter_map(id)),
            Some((_, one @ ConstValue::String(_))) => wanted.ids.extend(id(one)),
            _ => wanted.first = true,
        }
        wanted.opened |= users.selection_set().any(|field| field.name() == "changes");
    }
    if wanted.ids.len() > USERS_SHOWN {
        let message = format!("Name at most {USERS_SHOWN} users of an event.");
        return Err(ApiError::too_much(ErrorCode::TooManyValues, USERS_SHOWN, message));
    }
    Ok(wanted)
}

/// A test of the target as one of everybody whom an entry concerns.
fn concerning(filter: Filter<A>) -> Filter<A> {
    match filter {
        Filter::Is(A::UserId, test) => {
            let both = [A::UserId, A::AlsoUserId].map(|attribute| Filter::Is(attribute, test.clone()));
            // nobody is concerned when neither has anybody
            if test == Test::IsNull { Filter::All(both.into()) } else { Filter::Any(both.into()) }
        }
        Filter::All(parts) => Filter::All(parts.into_iter().map(concerning).collect()),
        Filter::Any(parts) => Filter::Any(parts.into_iter().map(concerning).collect()),
        Filter::Not(inner) => concerning(*inner).negated(),
        other @ (Filter::Is(..) | Filter::ByOne(_)) => other,
    }
}

/// Queries on the audit trail.
#[derive(Debug, Default)]
pub(super) struct AuditQueries;

/// Queries on the audit trail.
#[Object]
impl AuditQueries {
    /// The audit trail of your accounts, newest first unless ordered otherwise. Acts that concern no account show to those
    /// who see all accounts.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which events.")] filter: Option<AuditEventWhere>,
        #[graphql(desc = "An actor, an action or a request id, whole.")] search: Option<String>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<AuditOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Connection<AuditEvent>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter(limits, 0)?,
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, AuditOrderField::At, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let list = services(ctx)?.audit_events(caller(ctx)?, &query).await?;
        let look = ctx.look_ahead();
        let nodes = [look.field("nodes"), look.field("edges").field("node")];
        let sealed = ["changes", "reason", "missingPermission"];
        let opened = sealed.iter().any(|field| nodes.iter().any(|node| node.field(field).exists()));
        let users = users_wanted(&nodes)?;
        let page = if reads_page(&look) { list.events(opened, &users).await? } else { Page::unread() };
        Ok(Connection::new(list, page.with(|event| AuditEvent(Arc::new(event)))))
    }
}
