//! What comments are listed, filtered, sorted and counted by.

use async_graphql::Enum;
use backdesk_entity::comment::{Column, Entity};
use sea_orm::{
    IdenStatic,
    sea_query::{Condition, Expr, SelectStatement},
};
use serde::Serialize;

use super::TABLE;
use crate::store::{
    facet::{Buckets, Facet},
    filter::{self, Attribute, Frame, Target, TextForm},
    list::Listed,
    nested::Owned,
    page::{Kind, SortColumn},
    session::Reader,
};

/// The list of comments.
#[derive(Debug)]
pub enum Comments {}

/// What comments are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum CommentAttribute {
    VisibleToUser,
    CreatedAt,
}

/// What comments are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum CommentOrderField {
    /// The instant at which they were written.
    CreatedAt,
}

/// What comments are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CommentFacet {
    /// Whether the user may read them: `true` or `false`.
    VisibleToUser,
}

impl Attribute for CommentAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self, _: &Frame<'_>) -> Target {
        let column = match self {
            Self::VisibleToUser => Column::VisibleToUser,
            Self::CreatedAt => Column::CreatedAt,
        };
        Target::Column { column: (TABLE, column.as_str()), nullable: false, text: TextForm::Exact }
    }
}

impl Facet<CommentAttribute> for CommentFacet {
    fn buckets(self) -> Buckets<CommentAttribute> {
        match self {
            Self::VisibleToUser => {
                let visible = Expr::col((TABLE, Column::VisibleToUser.as_str()));
                Buckets::flag(visible, "Visible to the user", "For staff alone")
            }
        }
    }
}

impl Listed for Comments {
    type Attribute = CommentAttribute;
    type Order = CommentOrderField;
    type Facet = CommentFacet;
    const TABLE: &'static str = TABLE;

    fn columns(order: CommentOrderField) -> &'static [SortColumn] {
        match order {
            CommentOrderField::CreatedAt => {
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

impl Owned for Comments {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        "user_id"
    }
}
