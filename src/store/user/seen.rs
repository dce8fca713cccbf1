//! The proof that users were read within a scope: what belongs to them is read by it, without asking again.

use std::sync::Arc;

use uuid::Uuid;

use super::related::UserView;

/// Users that a reader showed. Only rows make it, and only the store makes rows.
#[derive(Debug, Clone)]
pub struct Seen(Arc<[Uuid]>);

impl Seen {
    /// The users of these views.
    pub fn of<'a>(views: impl IntoIterator<Item = &'a UserView>) -> Self {
        Self(views.into_iter().filter_map(|view| view.row.id.read().copied()).collect())
    }

    /// Their ids.
    pub(in crate::store) fn ids(&self) -> impl Iterator<Item = Uuid> + Clone + '_ {
        self.0.iter().copied()
    }
}
