//! What KYC reviews are listed, filtered, sorted and counted by.

use async_graphql::Enum;
use backdesk_entity::{
    enums::{KycLevel, KycReviewState, KycTrigger},
    kyc_review::{Column, Entity, Model},
};
use sea_orm::{
    IdenStatic,
    sea_query::{Condition, SelectStatement},
};
use serde::Serialize;

use super::TABLE;
use crate::{
    domain::list::ListQuery,
    store::{
        List, Lists, Page,
        error::StoreError,
        facet::{Buckets, Facet, Names},
        filter::{self, Attribute, Frame, Target, TextForm},
        list::Listed,
        nested::Owned,
        page::{Kind, SortColumn},
        session::Reader,
    },
};

/// The list of reviews.
#[derive(Debug)]
pub enum KycReviews {}

/// What reviews are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum KycAttribute {
    Account,
    UserId,
    Trigger,
    State,
    /// The subject of the reviewer.
    Assignee,
    Level,
    OpenedAt,
    DueAt,
    ClaimedAt,
    DecidedAt,
    ClosedAt,
}

/// What reviews are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "KycReviewOrderField")]
pub enum KycOrderField {
    /// When they were opened.
    OpenedAt,
    /// Until when they should be decided.
    DueAt,
    /// When they were last decided on.
    DecidedAt,
}

/// What reviews are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "KycReviewFacet")]
pub enum KycFacet {
    /// Where they stand.
    State,
    /// Why they were opened.
    Trigger,
    /// The level that the user has by the decision.
    Level,
    /// The subjects of the reviewers who have them, whoever has most first.
    Assignee,
}

impl Attribute for KycAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self, _: &Frame<'_>) -> Target {
        let (column, nullable) = match self {
            Self::Account => (Column::Account, false),
            Self::UserId => (Column::UserId, false),
            Self::Trigger => (Column::Trigger, false),
            Self::State => (Column::State, false),
            Self::Assignee => (Column::AssigneeSubject, true),
            Self::Level => (Column::Level, true),
            Self::OpenedAt => (Column::OpenedAt, false),
            Self::DueAt => (Column::DueAt, false),
            Self::ClaimedAt => (Column::ClaimedAt, true),
            Self::DecidedAt => (Column::DecidedAt, true),
            Self::ClosedAt => (Column::ClosedAt, true),
        };
        Target::Column { column: (TABLE, column.as_str()), nullable, text: TextForm::Exact }
    }
}

impl Facet<KycAttribute> for KycFacet {
    fn buckets(self) -> Buckets<KycAttribute> {
        let at = |column: Column| (TABLE, column.as_str());
        match self {
            Self::State => Buckets::words::<KycReviewState>(at(Column::State), None),
            Self::Trigger => Buckets::words::<KycTrigger>(at(Column::Trigger), None),
            Self::Level => Buckets::words::<KycLevel>(at(Column::Level), Some("Not decided")),
            Self::Assignee => {
                Buckets::codes(at(Column::AssigneeSubject), Names::Known(str::to_owned), Some("Nobody"))
            }
        }
    }
}

impl Listed for KycReviews {
    type Attribute = KycAttribute;
    type Order = KycOrderField;
    type Facet = KycFacet;
    const TABLE: &'static str = TABLE;

    fn columns(order: KycOrderField) -> &'static [SortColumn] {
        const fn instant(name: &'static str, nullable: bool) -> SortColumn {
            SortColumn { name, kind: Kind::Instant, nullable }
        }
        match order {
            KycOrderField::OpenedAt => const { &[instant("opened_at", false)] },
            KycOrderField::DueAt => const { &[instant("due_at", false)] },
            KycOrderField::DecidedAt => const { &[instant("decided_at", true)] },
        }
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        reader.select(Entity, (TABLE, Column::Account.as_str()))
    }

    fn search(_: &str) -> Condition {
        filter::constant(false)
    }
}

impl Owned for KycReviews {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        "user_id"
    }
}

impl Reader {
    /// The reviews that `query` asks for, within the scope, with the page that it asks for where it is wanted.
    pub async fn kyc_reviews(
        &self,
        query: &ListQuery<KycAttribute, KycOrderField>,
        with_page: bool,
    ) -> Result<(List<KycReviews>, Page<Model>), StoreError> {
        let list = self.list::<KycReviews>(query)?;
        if !with_page {
            return Ok((list, Page::unread()));
        }
        let page = Lists::of(vec![self.list::<KycReviews>(query)?]).pages().await?.pop();
        Ok((list, page.ok_or(StoreError::Internal)?))
    }
}
