//! Facets as the API shows them: what was counted by, and a bucket for each value.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};

use crate::service::listing::Bucket;

/// How many items have each value of a facet.
pub(super) struct FacetCounts<F> {
    pub(super) by: F,
    pub(super) buckets: Vec<Bucket>,
}

impl<F: OutputType> TypeName for FacetCounts<F> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Counts", F::type_name()).into()
    }
}

/// How many items have each value of a facet.
#[Object(name_type)]
impl<F: OutputType + Copy> FacetCounts<F> {
    /// What was counted by.
    async fn by(&self) -> F {
        self.by
    }

    /// The values. A vocabulary has a bucket for each of its words, in its order, also for those that no item has; codes
    /// have one for each that occurs, the most frequent first, at most 300. The items without a value come last.
    async fn buckets(&self) -> Vec<FacetBucket> {
        self.buckets.iter().cloned().map(FacetBucket::from).collect()
    }
}

/// The items that have a value in common.
#[derive(SimpleObject)]
struct FacetBucket {
    /// The value, as filters take it; null for the items that have none.
    key: Option<String>,
    /// What people call it, in English.
    label: String,
    /// How many items, exactly.
    count: u64,
}

impl From<Bucket> for FacetBucket {
    fn from(bucket: Bucket) -> Self {
        let Bucket { key, label, count } = bucket;
        Self { key, label, count }
    }
}
