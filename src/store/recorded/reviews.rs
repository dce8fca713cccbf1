//! What users say of each other.

use async_graphql::Enum;
use backdesk_entity::review::{Column, Entity};
use sea_orm::IdenStatic;

use super::{filled, instant};
use crate::store::{
    facet::Buckets,
    filter,
    nested::Owned,
    page::{Kind, SortColumn},
};

/// Which side of reviews a user is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ReviewDirection {
    /// About the user.
    Received,
    /// By the user.
    Made,
}

kind! {
    /// The list of reviews.
    Reviews in "reviews";
    /// What reviews are filtered by.
    filter ReviewAttribute {
        Rating => filled(TABLE, Column::Rating),
        At => filled(TABLE, Column::At),
    }
    /// What reviews are sorted by.
    order ReviewOrderField {
        /// When it was written.
        At => instant("at"),
        /// From the worst to the best.
        Rating => SortColumn { name: "rating", kind: Kind::Number, nullable: false },
    }
    /// What reviews are counted by.
    facet ReviewFacet {
        /// From `1`, the worst, to `5`.
        Rating => Buckets::numbers((TABLE, Column::Rating.as_str()), ["1", "2", "3", "4", "5"]),
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |_| filter::constant(false);
}

impl Owned for Reviews {
    type Entity = Entity;
    type Owner = ReviewDirection;

    fn owner(direction: ReviewDirection) -> &'static str {
        match direction {
            ReviewDirection::Received => Column::SubjectId.as_str(),
            ReviewDirection::Made => Column::AuthorId.as_str(),
        }
    }
}
