//! Queries on documents.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::object::{Document, DocumentWhere};
use crate::{
    domain::{file, list::ListQuery},
    graphql::{
        connection::{Connection, Order, PageInput, order_by, reads_page},
        guard::{caller, reads, services},
        nested::items,
        plain::Filled,
    },
    service::{
        document::{DocumentOrderField, Signed},
        error::ApiError,
        listing::{Page, PageArguments},
    },
};

/// Where to fetch a file.
#[derive(Debug, SimpleObject)]
struct DocumentDownload {
    /// Fetch the bytes here by GET. Relative to the address of the API where it begins with a slash.
    url: String,
    /// When the link ends.
    expires_at: DateTime<Utc>,
    /// What the file is called; the link calls it otherwise.
    name: Option<String>,
    /// What it is, by its content.
    content_type: Option<&'static str>,
    /// Its bytes.
    size: Option<i64>,
    /// Its SHA-256 in hexadecimal.
    sha256: Option<String>,
}

/// Queries on documents.
#[derive(Debug, Default)]
pub(in crate::graphql) struct DocumentQueries;

/// Queries on documents.
#[Object]
impl DocumentQueries {
    /// The documents of the users of your accounts, newest first unless ordered otherwise: what waits to be looked at is
    /// `where: { state: { eq: SHARED } }`. Each user of whom one is shown is logged as read.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which documents.")] filter: Option<DocumentWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<
            Vec<Order<DocumentOrderField>>,
        >,
        #[graphql(desc = "How many, reading forward.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read forward from.")] after: Option<String>,
        #[graphql(desc = "How many, reading backward.")] last: Option<i32>,
        #[graphql(desc = "The cursor to read backward from.")] before: Option<String>,
        #[graphql(desc = "A page by its number, instead of the four arguments before.")] page: Option<
            PageInput,
        >,
    ) -> Result<Filled<Connection<Document>>, ApiError> {
        let (services, reads) = (services(ctx)?, reads(ctx)?);
        let limits = services.limits();
        let query = ListQuery {
            filter: filter.unwrap_or_default().filter()?,
            search: None,
            order: self::order_by(order_by, DocumentOrderField::CreatedAt, limits)?,
            window: PageArguments { first, after, last, before, page: page.map(Into::into) }
                .window(limits)?,
        };
        let (list, page) = services.documents(caller(ctx)?, &query, reads_page(&ctx.look_ahead())).await?;
        page.items.iter().for_each(|document| reads.note(document.user_id, "documents"));
        let page = items::<Document>(vec![page]).pop().unwrap_or_else(Page::unread);
        Ok(Filled(Connection::new(list, page)))
    }

    /// A link to fetch the file of a document by, which holds for some minutes; null when there is no such document within
    /// your accounts, or no file yet. Each is logged as a read of the document.
    async fn document_download(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The document.")] document_id: ID,
    ) -> Result<Option<DocumentDownload>, ApiError> {
        let found = services(ctx)?.document_download(caller(ctx)?, &id, &document_id, reads(ctx)?).await?;
        Ok(found.map(|(document, Signed { url, until, .. })| DocumentDownload {
            url,
            expires_at: until,
            name: document.name,
            content_type: document.content_type.map(file::media_type),
            size: document.size,
            sha256: document.sha256,
        }))
    }
}
