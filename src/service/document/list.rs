//! Lists of documents, by the state that they are in today.

use std::sync::Arc;

use backdesk_entity::enums::DocumentState;
use chrono::NaiveDate;

use super::{Document, DocumentAttribute as A, DocumentOrderField, Documents};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        document,
        list::{Filter, ListQuery, Operand, Test},
    },
    service::{
        Services,
        error::ApiError,
        listing::{self, List, Page},
    },
};

/// A request for documents.
pub type DocumentQuery = ListQuery<A, DocumentOrderField>;

/// The documents that are in this state on the day of the list.
pub fn in_state(state: DocumentState) -> Filter<A> {
    let stored = |state: DocumentState| Filter::Is(A::StoredState, Test::Eq(Operand::Number(state as i32)));
    let is_over = Filter::Is(A::ExpiresOn, Test::Lt(Operand::Today));
    match state {
        DocumentState::Refused => stored(state),
        DocumentState::Expired => Filter::All(vec![is_over, stored(DocumentState::Refused).negated()]),
        other => Filter::All(vec![stored(other), is_over.negated()]),
    }
}

impl Services {
    /// The present day.
    pub fn today(&self) -> NaiveDate {
        self.store().clock().today()
    }

    /// Where a document stands today.
    pub fn document_state(&self, document: &Document) -> DocumentState {
        document::state(document.state, document.expires_on, self.today())
    }

    /// The documents that `query` asks for, of the accounts that the caller sees.
    pub async fn documents(
        &self,
        caller: &Arc<Caller>,
        query: &DocumentQuery,
        with_page: bool,
    ) -> Result<(List<Documents>, Page<Document>), ApiError> {
        let permit = self.permit(caller, Action::Documents).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        let found = self.store().read(&permit).documents(query, with_page).await;
        self.shown(caller, Action::Documents, found).await
    }
}
