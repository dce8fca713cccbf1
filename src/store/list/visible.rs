//! Who may see what a list tells of by what was asked, whatever is selected of it: by a filter, an order or a facet, values
//! could be guessed.

use std::{cell::RefCell, collections::BTreeSet};

use super::{List, Listed};
use crate::{
    auth::policy::Action,
    domain::list::{Filter, ListQuery},
    store::{error::StoreError, facet::Facet, filter::Attribute, session::Reader},
};

impl Reader {
    /// Refuses what would tell of a part that the caller may not see.
    pub(super) fn may_see(&self, part: Option<Action>) -> Result<(), StoreError> {
        part.map_or(Ok(()), |part| self.permit().caller().may(part).map_err(StoreError::Hidden))
    }

    /// Refuses a query that would tell of parts that the caller may not see.
    pub(in crate::store) fn judge<L: Listed>(
        &self,
        query: &ListQuery<L::Attribute, L::Order>,
    ) -> Result<(), StoreError> {
        judge(&query.filter, &|attribute: &L::Attribute| self.may_see(attribute.part()))?;
        query.order.iter().try_for_each(|by| self.may_see(L::part_of_order(by.field)))
    }
}

#[expect(private_bounds, reason = "as with the list itself")]
impl<L: Listed> List<L> {
    /// The parts that a list tells of by its filter or its order, whatever is selected of it.
    pub(crate) fn parts_of(query: &ListQuery<L::Attribute, L::Order>) -> Vec<Action> {
        let parts = RefCell::new(Vec::new());
        let note = |part: Option<Action>| {
            parts.borrow_mut().extend(part);
            Ok(())
        };
        // `judge` ends early where somebody is refused: nobody is here
        let _ = judge(&query.filter, &|attribute: &L::Attribute| note(attribute.part()));
        let _ = query.order.iter().try_for_each(|by| note(L::part_of_order(by.field)));
        parts.into_inner()
    }

    /// The sensitive fields that a list tells of by its filter or its order, whatever is selected of it.
    pub(crate) fn told_by(query: &ListQuery<L::Attribute, L::Order>) -> BTreeSet<&'static str> {
        Self::parts_of(query).into_iter().filter_map(sensitive_path).collect()
    }

    /// The sensitive field that a facet tells of.
    pub(crate) fn told_by_facet(by: L::Facet) -> Option<&'static str> {
        by.part().and_then(sensitive_path)
    }
}

/// The path of a part whose reads are logged.
fn sensitive_path(part: Action) -> Option<&'static str> {
    part.user_part().filter(|_| part.is_sensitive())
}

/// Judges every attribute of a filter.
fn judge<A>(filter: &Filter<A>, show: &impl Fn(&A) -> Result<(), StoreError>) -> Result<(), StoreError> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().try_for_each(|part| judge(part, show)),
        Filter::Not(inner) | Filter::ByOne(inner) => judge(inner, show),
        Filter::Is(attribute, _) => show(attribute),
    }
}
