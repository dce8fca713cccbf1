//! A document as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use backdesk_entity::enums::{DocumentKind, DocumentState};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    domain::{
        file,
        list::{Filter, Operand, Test},
    },
    graphql::{
        connection::Node,
        filter::{AttributeFilter, DateFilter, DateTimeFilter, WordFilter, tested},
        guard::services,
        nested::{Item, Named},
        plain::Plain,
        scalars::Date,
        user::User,
    },
    service::{
        document::{Document as Row, DocumentAttribute as A, Documents, in_state},
        error::ApiError,
    },
};

/// Every state, in the order of the vocabulary.
const STATES: [DocumentState; 5] = [
    DocumentState::Requested,
    DocumentState::Shared,
    DocumentState::Accepted,
    DocumentState::Refused,
    DocumentState::Expired,
];

/// What a user shared, or is asked for.
#[derive(Clone)]
pub(in crate::graphql) struct Document {
    row: Arc<Row>,
    named: Arc<Named>,
}

impl Node for Document {
    type Listed = Documents;
}

impl Plain for Document {}

impl Item for Document {
    fn users(row: &Row) -> Vec<Uuid> {
        vec![row.user_id]
    }

    fn of(row: Row, named: &Arc<Named>) -> Self {
        Self { row: Arc::new(row), named: Arc::clone(named) }
    }
}

fn day(day: Option<NaiveDate>) -> Option<Date> {
    day.map(|day| Date(day.to_string()))
}

/// What a user shared, or is asked for. Its file is fetched by `documentDownload`.
#[Object]
impl Document {
    /// What the API calls the document.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// Whose it is.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>, ApiError> {
        self.named.user(ctx, self.row.user_id).await
    }

    /// What it proves.
    async fn kind(&self) -> DocumentKind {
        self.row.kind
    }

    /// Where it stands today.
    async fn state(&self, ctx: &Context<'_>) -> Result<DocumentState, ApiError> {
        Ok(services(ctx)?.document_state(&self.row))
    }

    /// What is wanted, as whoever asked for it wrote.
    async fn note(&self) -> Option<&str> {
        self.row.note.as_deref()
    }

    /// The last day of the request, then of the document; in UTC.
    async fn expires_on(&self) -> Option<Date> {
        day(self.row.expires_on)
    }

    /// When it was asked for; null where it came unasked.
    async fn requested_at(&self) -> Option<DateTime<Utc>> {
        self.row.requested_at
    }

    /// Who asked for it.
    async fn requested_by(&self) -> Option<&str> {
        self.row.requested_by.as_deref()
    }

    /// When it was shared; null while it is awaited, and what follows with it.
    async fn shared_at(&self) -> Option<DateTime<Utc>> {
        self.row.shared_at
    }

    /// Who shared it.
    async fn shared_by(&self) -> Option<&str> {
        self.row.shared_by.as_deref()
    }

    /// What the file is called.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// What the file is, by its content, such as `application/pdf`.
    async fn content_type(&self) -> Option<&'static str> {
        self.row.content_type.map(file::media_type)
    }

    /// Bytes of the file.
    async fn size(&self) -> Option<i64> {
        self.row.size
    }

    /// SHA-256 of the file, in hexadecimal.
    async fn sha256(&self) -> Option<&str> {
        self.row.sha256.as_deref()
    }

    /// When it was last accepted or refused.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }

    /// Who decided.
    async fn decided_by(&self) -> Option<&str> {
        self.row.decided_by.as_deref()
    }

    /// Why, as they wrote.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }
}

/// Which documents: everything that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(in crate::graphql) struct DocumentWhere {
    /// What they prove.
    kind: Option<WordFilter<DocumentKind>>,
    /// Where they stand today.
    state: Option<WordFilter<DocumentState>>,
    /// Their last day.
    expires_on: Option<DateFilter>,
    /// The instant of the request, or of the file that came unasked.
    created_at: Option<DateTimeFilter>,
    /// The instant at which they were shared.
    shared_at: Option<DateTimeFilter>,
    /// The instant of the last decision.
    decided_at: Option<DateTimeFilter>,
}

impl DocumentWhere {
    /// The filter that is meant.
    pub(in crate::graphql) fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { kind, state, expires_on, created_at, shared_at, decided_at } = self;
        let parts = [
            tested(kind, A::Kind)?,
            state.map(|test| test.on(A::StoredState)).transpose()?.map(on_states),
            tested(expires_on, A::ExpiresOn)?,
            tested(created_at, A::CreatedAt)?,
            tested(shared_at, A::SharedAt)?,
            tested(decided_at, A::DecidedAt)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

/// A test of the state that is stored as one of the state that is shown.
fn on_states(filter: Filter<A>) -> Filter<A> {
    let all = |parts: Vec<Filter<A>>| parts.into_iter().map(on_states).collect();
    match filter {
        Filter::All(parts) => Filter::All(all(parts)),
        Filter::Any(parts) => Filter::Any(all(parts)),
        Filter::Not(inner) => on_states(*inner).negated(),
        Filter::ByOne(inner) => Filter::ByOne(Box::new(on_states(*inner))),
        Filter::Is(_, test) => {
            let is_meant = |state: &DocumentState| {
                let number = Operand::Number(*state as i32);
                match &test {
                    Test::Eq(operand) => *operand == number,
                    Test::In(operands) => operands.contains(&number),
                    // a state is never missing, and words have no other tests
                    _ => false,
                }
            };
            Filter::Any(STATES.into_iter().filter(is_meant).map(in_state).collect())
        }
    }
}

/// Users who have a document of which all of this holds. Give one of them at least; `not` around it finds the others.
#[derive(Debug, Clone, Copy, InputObject)]
#[graphql(name = "UserDocumentsFilter")]
pub(in crate::graphql) struct UserDocuments {
    /// What it proves.
    pub(in crate::graphql) kind: Option<DocumentKind>,
    /// Where it stands today.
    pub(in crate::graphql) state: Option<DocumentState>,
}
