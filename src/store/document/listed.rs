//! What documents are listed, filtered, sorted and counted by.

use async_graphql::Enum;
use backdesk_entity::{
    document::{self, Column, Entity},
    enums::{DocumentKind, DocumentState},
};
use chrono::NaiveDate;
use sea_orm::{
    IdenStatic,
    sea_query::{Cond, Condition, Expr, ExprTrait, Query, SelectStatement},
};
use serde::Serialize;

use super::DOCUMENTS as TABLE;
use crate::{
    domain::list::ListQuery,
    store::{
        List, Lists, Page,
        error::StoreError,
        facet::{Buckets, Facet},
        filter::{self, Attribute, Frame, Target, TextForm},
        list::Listed,
        nested::Owned,
        page::{Kind, SortColumn},
        session::Reader,
    },
};

/// The list of documents.
#[derive(Debug)]
pub enum Documents {}

/// What documents are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum DocumentAttribute {
    Kind,
    /// Where it stands, its day apart.
    StoredState,
    ExpiresOn,
    CreatedAt,
    SharedAt,
    DecidedAt,
}

/// What documents are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum DocumentOrderField {
    /// The instant of the request, or of the file that came unasked.
    CreatedAt,
}

/// What documents are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DocumentFacet {
    /// What they prove.
    Kind,
}

impl Attribute for DocumentAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self, _: &Frame<'_>) -> Target {
        let column = |column: Column, nullable: bool| Target::Column {
            column: (TABLE, column.as_str()),
            nullable,
            text: TextForm::Exact,
        };
        match self {
            Self::Kind => column(Column::Kind, false),
            Self::StoredState => column(Column::State, false),
            Self::ExpiresOn => column(Column::ExpiresOn, true),
            Self::CreatedAt => column(Column::CreatedAt, false),
            Self::SharedAt => column(Column::SharedAt, true),
            Self::DecidedAt => column(Column::DecidedAt, true),
        }
    }
}

impl Facet<DocumentAttribute> for DocumentFacet {
    fn buckets(self) -> Buckets<DocumentAttribute> {
        match self {
            Self::Kind => Buckets::words::<DocumentKind>((TABLE, Column::Kind.as_str()), None),
        }
    }
}

impl Listed for Documents {
    type Attribute = DocumentAttribute;
    type Order = DocumentOrderField;
    type Facet = DocumentFacet;
    const TABLE: &'static str = TABLE;

    fn columns(order: DocumentOrderField) -> &'static [SortColumn] {
        match order {
            DocumentOrderField::CreatedAt => {
                const { &[SortColumn { name: "created_at", kind: Kind::Instant, nullable: false }] }
            }
        }
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        reader.select(Entity, (TABLE, Column::Account.as_str()))
    }

    fn search(_: &str) -> Condition {
        filter::constant(false)
    }
}

impl Owned for Documents {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        "user_id"
    }
}

impl Reader {
    /// The documents that `query` asks for, within the scope, with the page that it asks for where it is wanted.
    pub async fn documents(
        &self,
        query: &ListQuery<DocumentAttribute, DocumentOrderField>,
        with_page: bool,
    ) -> Result<(List<Documents>, Page<document::Model>), StoreError> {
        let list = self.list::<Documents>(query)?;
        if !with_page {
            return Ok((list, Page::unread()));
        }
        let page = Lists::of(vec![self.list::<Documents>(query)?]).pages().await?.pop();
        Ok((list, page.ok_or(StoreError::Internal)?))
    }
}

/// The users who have a document of this kind that is in this state on that day, as `domain::document` has it.
pub(in crate::store) fn owners_of_documents(
    kind: Option<DocumentKind>,
    state: Option<DocumentState>,
    today: NaiveDate,
) -> SelectStatement {
    let column = |column: Column| Expr::col((TABLE, column.as_str()));
    let stored = |state: DocumentState| column(Column::State).eq(state as i16);
    let mut users = Query::select();
    users.column((TABLE, Column::UserId.as_str())).from(Entity);
    if let Some(kind) = kind {
        users.and_where(column(Column::Kind).eq(kind as i16));
    }
    match state {
        None => {}
        Some(DocumentState::Refused) => {
            users.and_where(stored(DocumentState::Refused));
        }
        Some(DocumentState::Expired) => {
            users.and_where(column(Column::ExpiresOn).lt(today));
            users.and_where(stored(DocumentState::Refused).not());
        }
        Some(state) => {
            let holds = Cond::any()
                .add(column(Column::ExpiresOn).is_null())
                .add(column(Column::ExpiresOn).gte(today));
            users.and_where(stored(state)).cond_where(holds);
        }
    }
    users
}
