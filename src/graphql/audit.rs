//! The audit trail in the API.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{
    connection::{Connection, Node, Order, PageInput, order_by, reads_page},
    filter::{AttributeFilter, CodeFilter, DateTimeFilter, IdFilter, WordFilter},
    guard::{caller, is_hidden, reads, services},
    nested::{Item, Named, items},
    plain::{Filled, Plain},
};
use crate::{
    auth::policy::Action,
    config::Limits,
    domain::list::{Filter, ListQuery, Test},
    service::{
        audit::{
            AuditAttribute as A, AuditEntry as Entry, AuditOrderField, AuditOutcome, AuditQuery,
            AuditedUser as Audited, FieldChange as Change, Opened, PLATFORM, USERS_SHOWN, changed,
            sealed_for,
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
pub(super) struct AuditEvent {
    entry: Arc<Entry>,
    named: Arc<Named>,
}

impl Node for AuditEvent {
    type Listed = AuditEvents;
}

impl Plain for AuditEvent {}

impl Item for AuditEvent {
    /// Whose key seals the entry: the keys of all that were read together come with one statement.
    fn users(entry: &Entry) -> Vec<Uuid> {
        vec![sealed_for(entry)]
    }

    /// The entries themselves: whom they concern besides is read for all of them.
    fn others(entry: &Entry) -> Vec<Uuid> {
        vec![entry.id]
    }

    fn of(entry: Entry, named: &Arc<Named>) -> Self {
        Self { entry: Arc::new(entry), named: Arc::clone(named) }
    }
}

/// The kind of users as targets.
const USER: &str = "USER";

/// What an act concerned.
#[derive(SimpleObject)]
struct AuditTarget {
    /// What it is: `USER`, `STAFF`, `ROLE` or `PLATFORM`.
    kind: String,
    /// What the API calls it; null of the platform.
    id: Option<ID>,
}

impl AuditEvent {
    /// The user concerned, if it was one.
    fn user(&self) -> Option<Uuid> {
        let is_user = self.entry.target_type.as_deref().is_none_or(|kind| kind == USER);
        self.entry.target_id.filter(|id| is_user && *id != PLATFORM)
    }

    /// What is sealed of the entry.
    async fn opened(&self, ctx: &Context<'_>) -> Result<Opened, ApiError> {
        let read = async |subjects: &[Uuid]| services(ctx)?.audit_keys(caller(ctx)?, subjects).await;
        Ok(self.named.once("audit keys", read).await?.open(&self.entry))
    }
}

fn names(list: &str) -> Result<Vec<String>, ApiError> {
    serde_json::from_str(list).map_err(|_| ApiError::Internal)
}

/// One act, as the audit trail keeps it.
#[Object]
impl AuditEvent {
    /// What the API calls the event.
    async fn id(&self) -> ID {
        self.entry.id.into()
    }

    /// When it was done.
    async fn at(&self) -> DateTime<Utc> {
        self.entry.at
    }

    /// Who did it.
    async fn actor(&self) -> Result<AuditActor, ApiError> {
        let entry = &self.entry;
        Ok(AuditActor {
            issuer: entry.actor_issuer.clone(),
            subject: entry.actor_subject.clone(),
            name: entry.actor_name.clone(),
            roles: names(&entry.actor_roles)?,
        })
    }

    /// What was done, such as `USER_UPDATE`.
    async fn action(&self) -> &str {
        &self.entry.action
    }

    /// How it ended.
    async fn outcome(&self) -> AuditOutcome {
        self.entry.outcome
    }

    /// The code of the refusal, such as `FORBIDDEN`.
    async fn refusal(&self) -> Option<&str> {
        self.entry.refusal.as_deref()
    }

    /// The permission that was missing.
    async fn missing_permission(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.opened(ctx).await?.missing)
    }

    /// The account concerned; null for acts on the whole platform.
    async fn account(&self) -> Option<&str> {
        self.entry.account.as_deref()
    }

    /// The user concerned.
    async fn user_id(&self) -> Option<ID> {
        self.user().map(ID::from)
    }

    /// What the act concerned: a user, a staff member, a role or the platform; null where it concerned nothing in particular.
    async fn target(&self) -> Option<AuditTarget> {
        // the share of one user in an act on many has no kind of its own
        let kind = self.entry.target_type.clone().unwrap_or_else(|| USER.to_owned());
        let id = self.entry.target_id?;
        Some(AuditTarget { kind, id: (id != PLATFORM).then(|| id.into()) })
    }

    /// The version after the act: the user's, or that of the platform's policies.
    async fn user_version(&self) -> Option<i32> {
        self.entry.target_version
    }

    /// The names of the changed fields; of a `SENSITIVE_READ`, of the fields that lists were filtered or counted by.
    async fn changed_fields(&self) -> Result<Vec<String>, ApiError> {
        names(&self.entry.changed_fields)
    }

    /// Old and new values; null when the user's personal data were erased. What needs a permission to be seen of the user
    /// needs it here, and is logged alike.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<Vec<FieldChange>>, ApiError> {
        let Some(changes) = self.opened(ctx).await?.changes else { return Ok(None) };
        FieldChange::shown(ctx, self.user(), &changes).await.map(Some)
    }

    /// Users of your accounts whom the act concerns beside `userId`: those whose sensitive fields were read, or about whom
    /// something was recorded. The first 100 by id, as an act may concern a thousand, or those that are named.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, 100 at most.")] ids: Option<Vec<ID>>,
    ) -> Result<Vec<AuditedUser>, ApiError> {
        if ids.as_ref().is_some_and(|ids| ids.len() > USERS_SHOWN) {
            let message = format!("Name at most {USERS_SHOWN} users of an event.");
            return Err(ApiError::too_much(ErrorCode::TooManyValues, USERS_SHOWN, message));
        }
        let ids: Option<Vec<Uuid>> = ids.map(|ids| ids.iter().filter_map(|id| parse_id(id)).collect());
        let opened = ctx.look_ahead().field("changes").exists();
        let (events, key) = (self.named.others(), format!("audited users {ids:?} {opened}"));
        let read = async || services(ctx)?.audited_users(caller(ctx)?, events, ids.as_deref(), opened).await;
        let all = self.named.known().get(key, read).await?;
        Ok(all.get(&self.entry.id).into_iter().flatten().cloned().map(AuditedUser).collect())
    }

    /// Why, as the actor wrote.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.opened(ctx).await?.reason)
    }

    /// The id that the request was answered with.
    async fn request_id(&self) -> Option<&str> {
        self.entry.request_id.as_deref()
    }

    /// The address that the request came from.
    async fn ip(&self) -> Option<&str> {
        self.entry.ip.as_deref()
    }

    /// What the actor's program called itself.
    async fn user_agent(&self) -> Option<&str> {
        self.entry.user_agent.as_deref()
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
    /// Whether the values are hidden from you, for want of the permission to see the field, or from everybody by a policy.
    withheld: bool,
}

impl FieldChange {
    /// Changes as the caller may see them. What is sensitive and shown is noted as read of `user`.
    pub(super) async fn shown(
        ctx: &Context<'_>,
        user: Option<Uuid>,
        changes: &[Change],
    ) -> Result<Vec<Self>, ApiError> {
        let caller = caller(ctx)?;
        let mut shown = Vec::with_capacity(changes.len());
        for Change { field, before, after } in changes {
            let part = Action::of_user_field(field);
            let is_hidden = match part {
                Some(part) => is_hidden(ctx, part).await?,
                None => false,
            };
            let withheld = is_hidden || !caller.sees_all_of(field);
            if let (false, Some(part), Some(user)) = (withheld, part, user) {
                reads(ctx)?.permit(caller, part, user);
            }
            let json = |value: &Value| Some(value.clone()).filter(|value| !value.is_null() && !withheld);
            shown.push(Self { field: field.clone(), before: json(before), after: json(after), withheld });
        }
        Ok(shown)
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
        FieldChange::shown(ctx, Some(self.0.id), changes).await.map(Some)
    }
}

/// Which audit events: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(super) struct AuditEventWhere {
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
    /// A field that was changed, by its name in `changedFields`, such as `postalAddress.city`, or a part with such fields, such
    /// as `postalAddress`.
    field: Option<String>,
}

impl AuditEventWhere {
    fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self { and, or, not, at, actor, action, outcome, account, user_id, request_id, field } = self;
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
            user_id.map(|test| test.on(A::UserId)).transpose()?,
            request_id.map(|test| test.on(A::RequestId)).transpose()?,
            field.as_deref().map(changed),
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

/// Tests of an entry's target as tests of everybody whom it concerns.
fn concerning(filter: Filter<A>) -> Filter<A> {
    let both = |one: A, other: A, test: Test| {
        // nobody is concerned when neither has anybody
        let join = if test == Test::IsNull { Filter::All } else { Filter::Any };
        join([one, other].map(|attribute| Filter::Is(attribute, test.clone())).into())
    };
    match filter {
        Filter::Is(A::UserId, test) => both(A::UserId, A::AlsoUserId, test),
        Filter::Is(A::ChangedFields, test) => both(A::ChangedFields, A::AlsoChangedFields, test),
        Filter::All(parts) => Filter::All(parts.into_iter().map(concerning).collect()),
        Filter::Any(parts) => Filter::Any(parts.into_iter().map(concerning).collect()),
        Filter::Not(inner) => concerning(*inner).negated(),
        other @ (Filter::Is(..) | Filter::ByOne(_)) => other,
    }
}

/// What is asked for of one user's history.
pub(super) fn history(
    filter: Option<AuditEventWhere>,
    order_by: Option<Vec<Order<AuditOrderField>>>,
    window: PageArguments,
    limits: &Limits,
) -> Result<AuditQuery, ApiError> {
    let filter = filter.unwrap_or_default().filter(limits, 0)?;
    let order = self::order_by(order_by, AuditOrderField::At, limits)?;
    Ok(ListQuery { filter, search: None, order, window: window.nested(limits)? })
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
    ) -> Result<Filled<Connection<AuditEvent>>, ApiError> {
        let limits = services(ctx)?.limits();
        let query = ListQuery {
            filter: concerning(filter.unwrap_or_default().filter(limits, 0)?),
            search: search.filter(|words| !words.trim().is_empty()),
            order: self::order_by(order_by, AuditOrderField::At, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let with_page = reads_page(&ctx.look_ahead());
        let (list, page) = services(ctx)?.audit_events(caller(ctx)?, &query, with_page).await?;
        let page = items::<AuditEvent>(vec![page]).pop().unwrap_or_else(Page::unread);
        Ok(Filled(Connection::new(list, page)))
    }
}
