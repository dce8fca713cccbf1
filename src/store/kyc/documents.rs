//! The documents that reviews rest on.

use std::collections::{BTreeSet, HashMap};

use backdesk_entity::{document, kyc_review_document};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic,
    IntoActiveModel, Iterable, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::{
    audit::FieldChange,
    document::Document,
    error::StoreError,
    session::{Reader, Writer},
};

const DOCUMENTS: &str = "documents";

impl Reader {
    /// The documents within the scope that these reviews rest on, by review, in the order in which they came to be.
    pub async fn kyc_documents(&self, reviews: &[Uuid]) -> Result<HashMap<Uuid, Vec<Document>>, StoreError> {
        let links = kyc_review_document::Entity::find()
            .filter(kyc_review_document::Column::ReviewId.is_in(reviews.iter().copied()))
            // ids rise with time
            .order_by_asc(kyc_review_document::Column::DocumentId)
            .all(self.db())
            .await?;
        let mut select = self.select(document::Entity, (DOCUMENTS, document::Column::Account.as_str()));
        select.columns(document::Column::iter().map(|column| (DOCUMENTS, column.as_str()))).and_where(
            Expr::col((DOCUMENTS, document::Column::Id.as_str()))
                .is_in(links.iter().map(|link| link.document_id)),
        );
        let rows = self.db().query_all(&select).await?;
        let rows = rows.iter().map(|row| Document::from_query_result(row, "").map(|row| (row.id, row)));
        let shown: HashMap<Uuid, Document> = rows.collect::<Result<_, _>>()?;
        let mut all: HashMap<Uuid, Vec<Document>> = HashMap::new();
        for link in links {
            all.entry(link.review_id).or_default().extend(shown.get(&link.document_id).cloned());
        }
        Ok(all)
    }
}

impl Writer {
    /// Notes that a review of the user who is being changed rests on these documents of theirs as well: what the trail
    /// tells of it, where it is new.
    pub async fn attach_to_kyc_review(
        &self,
        review: Uuid,
        documents: &BTreeSet<Uuid>,
    ) -> Result<Option<FieldChange>, StoreError> {
        let known = kyc_review_document::Entity::find()
            .filter(kyc_review_document::Column::ReviewId.eq(review))
            .select_only()
            .column(kyc_review_document::Column::DocumentId)
            .into_tuple::<Uuid>()
            .all(&self.tx)
            .await?;
        let before: BTreeSet<Uuid> = known.into_iter().collect();
        let new = documents.difference(&before).map(|document| {
            kyc_review_document::Model { review_id: review, document_id: *document }
                .into_active_model()
                .reset_all()
        });
        let new: Vec<_> = new.collect();
        if new.is_empty() {
            return Ok(None);
        }
        self.insert_rows::<kyc_review_document::Entity>(new).await?;
        let list = |ids: &BTreeSet<Uuid>| if ids.is_empty() { Value::Null } else { json!(ids) };
        let after = before.union(documents).copied().collect();
        let field = format!("kyc.reviews.{review}.documents");
        Ok(Some(FieldChange { field, before: list(&before), after: list(&after) }))
    }
}
