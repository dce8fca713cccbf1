//! Documents, and the files that are on their way to become some.

use backdesk_entity::{discarded_picture, document, document_upload};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic,
    IntoActiveModel, Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Order},
};
use uuid::Uuid;

use super::{
    Store,
    audit::FieldChange,
    error::StoreError,
    session::{Reader, Writer},
    user::row_changes,
};
use crate::domain::file::STORED;

mod listed;

pub use backdesk_entity::{document::Model as Document, document_upload::Model as Upload};
pub(super) use listed::owners_of_documents;
pub use listed::{DocumentAttribute, DocumentFacet, DocumentOrderField, Documents};

const DOCUMENTS: &str = "documents";
const UPLOADS: &str = "document_uploads";

/// Uploads, and pictures, that are swept at once.
const SWEPT: u64 = 100;

impl Reader {
    /// A document of a user within the scope.
    pub async fn document(&self, user: Uuid, id: Uuid) -> Result<Option<Document>, StoreError> {
        let mut select = self.select(document::Entity, (DOCUMENTS, document::Column::Account.as_str()));
        select
            .columns(document::Column::iter().map(|column| (DOCUMENTS, column.as_str())))
            .and_where(Expr::col((DOCUMENTS, document::Column::Id.as_str())).eq(id))
            .and_where(Expr::col((DOCUMENTS, document::Column::UserId.as_str())).eq(user));
        let row = self.db().query_one(&select).await?;
        Ok(row.map(|row| Document::from_query_result(&row, "")).transpose()?)
    }

    /// An upload for a user within the scope.
    pub async fn upload(&self, user: Uuid, id: Uuid) -> Result<Option<Upload>, StoreError> {
        Ok(self.uploads_that(user, document_upload::Column::Id, id).await?.pop())
    }

    /// The uploads that were begun for a document of a user within the scope, the newest first.
    pub async fn uploads(&self, user: Uuid, document: Uuid) -> Result<Vec<Upload>, StoreError> {
        self.uploads_that(user, document_upload::Column::DocumentId, document).await
    }

    async fn uploads_that(
        &self,
        user: Uuid,
        column: document_upload::Column,
        id: Uuid,
    ) -> Result<Vec<Upload>, StoreError> {
        let mut select =
            self.select(document_upload::Entity, (UPLOADS, document_upload::Column::Account.as_str()));
        select
            .columns(document_upload::Column::iter().map(|column| (UPLOADS, column.as_str())))
            .and_where(Expr::col((UPLOADS, column.as_str())).eq(id))
            .and_where(Expr::col((UPLOADS, document_upload::Column::UserId.as_str())).eq(user))
            .order_by((UPLOADS, document_upload::Column::Id.as_str()), Order::Desc);
        let rows = self.db().query_all(&select).await?;
        Ok(rows.iter().map(|row| Upload::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// A document of the user who is being changed.
    pub async fn document(&self, user: Uuid, id: Uuid) -> Result<Option<Document>, StoreError> {
        let found = document::Entity::find_by_id(id).filter(document::Column::UserId.eq(user));
        Ok(found.one(&self.tx).await?)
    }

    /// Writes a new document: what the trail tells of it.
    pub async fn insert_document(&self, document: &Document) -> Result<Vec<FieldChange>, StoreError> {
        document::Entity::insert(document.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(told(None, document))
    }

    /// Writes many new documents, of which the entry says how many they are.
    pub async fn insert_documents(&self, documents: Vec<Document>) -> Result<(), StoreError> {
        let rows = documents.into_iter().map(|row| row.into_active_model().reset_all());
        self.insert_rows::<document::Entity>(rows.collect()).await
    }

    /// Writes a changed document: what the trail tells of it.
    pub async fn update_document(
        &self,
        before: &Document,
        after: &Document,
    ) -> Result<Vec<FieldChange>, StoreError> {
        document::Entity::update(after.clone().into_active_model().reset_all())
            .exec(self.tx_to_change())
            .await?;
        Ok(told(Some(before), after))
    }

    /// The uploads of the user who is being changed that were not swept yet.
    pub async fn count_uploads(&self, user: Uuid) -> Result<u64, StoreError> {
        let all = document_upload::Entity::find().filter(document_upload::Column::UserId.eq(user));
        Ok(all.count(&self.tx).await?)
    }

    /// An upload for the user who is being changed.
    pub async fn upload(&self, user: Uuid, id: Uuid) -> Result<Option<Upload>, StoreError> {
        let found = document_upload::Entity::find_by_id(id).filter(document_upload::Column::UserId.eq(user));
        Ok(found.one(&self.tx).await?)
    }

    /// Notes that no user has this picture any more, if it is one that is kept here: its bytes go when the change that took
    /// it away is durable, whichever that was.
    pub(in crate::store) async fn discard_picture(&self, picture: &str) -> Result<(), StoreError> {
        if !picture.starts_with(STORED) {
            return Ok(());
        }
        let row = discarded_picture::Model { picture: picture.to_owned(), discarded_at: self.clock().now() };
        discarded_picture::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(())
    }

    /// Notes that a file is on its way.
    pub async fn insert_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        document_upload::Entity::insert(upload.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(())
    }

    /// Notes that a file has come: it is an upload no more.
    pub async fn end_upload(&self, id: Uuid) -> Result<(), StoreError> {
        document_upload::Entity::delete_by_id(id).exec(self.tx_to_change()).await?;
        Ok(())
    }
}

/// The house of uploads, which no entry tells of: nobody's data change when one is awaited in vain.
impl Store {
    /// An upload that was begun after this instant.
    pub async fn open_upload(&self, id: Uuid, after: DateTime<Utc>) -> Result<Option<Upload>, StoreError> {
        let found = document_upload::Entity::find_by_id(id);
        Ok(found.filter(document_upload::Column::StartedAt.gt(after)).one(self.db()).await?)
    }

    /// Some of the uploads that were begun before this instant, by id, behind this one.
    pub async fn old_uploads(
        &self,
        before: DateTime<Utc>,
        behind: Option<Uuid>,
    ) -> Result<Vec<Upload>, StoreError> {
        let old = document_upload::Entity::find()
            .filter(document_upload::Column::StartedAt.lte(before))
            .filter(Condition::all().add_option(behind.map(|id| document_upload::Column::Id.gt(id))))
            .order_by_asc(document_upload::Column::Id)
            .limit(SWEPT);
        Ok(old.all(self.db()).await?)
    }

    /// Whether another upload was begun for the same document after this one.
    pub async fn has_later_upload(&self, upload: &Upload) -> Result<bool, StoreError> {
        let later = document_upload::Entity::find()
            .filter(document_upload::Column::UserId.eq(upload.user_id))
            .filter(document_upload::Column::DocumentId.eq(upload.document_id))
            .filter(document_upload::Column::Id.gt(upload.id));
        Ok(later.one(self.db()).await?.is_some())
    }

    /// The file that a document has.
    pub async fn file_of_document(&self, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let found = document::Entity::find_by_id(id).one(self.db()).await?;
        Ok(found.and_then(|document| document.file_id))
    }

    /// Some of the pictures that no user has any more, behind this one.
    pub async fn discarded_pictures(&self, behind: &str) -> Result<Vec<String>, StoreError> {
        let some = discarded_picture::Entity::find()
            .filter(discarded_picture::Column::Picture.gt(behind))
            .order_by_asc(discarded_picture::Column::Picture)
            .limit(SWEPT);
        Ok(some.all(self.db()).await?.into_iter().map(|row| row.picture).collect())
    }

    /// Forgets a picture whose bytes are gone.
    pub async fn drop_discarded_picture(&self, picture: &str) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        discarded_picture::Entity::delete_by_id(picture).exec(&tx).await?;
        tx.commit().await
    }

    /// Forgets an upload that comes to nothing.
    pub async fn drop_upload(&self, id: Uuid) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        document_upload::Entity::delete_by_id(id).exec(&tx).await?;
        tx.commit().await
    }
}

/// What the trail tells of a document: everything but where its bytes are.
fn told(before: Option<&Document>, after: &Document) -> Vec<FieldChange> {
    row_changes(&format!("documents.{}", after.id), before, after, &["file_id", "created_at"])
}
