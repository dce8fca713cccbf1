//! Acts on documents and pictures. Bytes never pass through here: links are handed out, and what came by them is
//! confirmed.

use std::marker::PhantomData;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use backdesk_entity::enums::DocumentKind;
use chrono::{DateTime, Utc};

use crate::{
    graphql::{
        guard::{caller, services},
        payload::{ChangePreview, MutationError, MutationOptions},
        scalars::Date,
        user::{User, UserPayload, act, asked},
    },
    service::{
        document::{
            AnnounceFile, Announced, ConfirmFile, DecideDocument, Decision, OfDocument, OfPicture,
            RequestDocument, Signed, What,
        },
        error::{ApiError, Outcome},
    },
};

/// What is asked of a user.
#[derive(Debug, InputObject)]
struct DocumentRequestInput {
    /// What the document is to prove.
    kind: DocumentKind,
    /// What is wanted, in words that the user understands. 1000 characters at most.
    note: Option<String>,
    /// The last day on which it is taken; then the request is `EXPIRED`.
    expires_on: Option<Date>,
}

/// The file of a document, before it is sent.
#[derive(Debug, InputObject)]
struct DocumentUploadInput {
    /// The request that it answers. Without it, give the kind.
    document_id: Option<ID>,
    /// What the document proves, shared unasked. Without it, give the request.
    kind: Option<DocumentKind>,
    /// What the file is called, without folders.
    name: String,
    /// What it is: `application/pdf`, `image/png`, `image/jpeg`, `image/webp` or `image/heic`.
    content_type: String,
    /// Its bytes.
    size: i32,
    /// Its SHA-256 in hexadecimal: what arrives otherwise is refused.
    sha256: Option<String>,
    /// The last day on which the document holds, such as that of a passport; then it is `EXPIRED`.
    expires_on: Option<Date>,
}

/// The file of a picture, before it is sent.
#[derive(Debug, InputObject)]
struct PictureUploadInput {
    /// What the file is called, without folders.
    name: String,
    /// What it is: `image/png`, `image/jpeg` or `image/webp`.
    content_type: String,
    /// Its bytes.
    size: i32,
    /// Its SHA-256 in hexadecimal: what arrives otherwise is refused.
    sha256: Option<String>,
}

/// A file that was sent.
#[derive(Debug, InputObject)]
struct FileConfirmInput {
    /// The id that its announcement answered.
    document_id: ID,
    /// Its SHA-256 in hexadecimal: what arrived otherwise is refused.
    sha256: Option<String>,
}

/// What somebody who looked at a document says.
#[derive(Debug, InputObject)]
struct DocumentDecideInput {
    /// The document.
    document_id: ID,
    /// Whether it is good.
    decision: Decision,
    /// Why; a refusal needs it.
    reason: Option<String>,
}

/// Where to send a file.
#[derive(Debug, SimpleObject)]
struct FileUpload {
    /// Send the bytes here by PUT. Relative to the address of the API where it begins with a slash. It takes one file.
    url: String,
    /// Headers to send with them, exactly.
    headers: Vec<FileHeader>,
    /// When the link ends.
    expires_at: DateTime<Utc>,
}

/// A header of a request.
#[derive(Debug, SimpleObject)]
struct FileHeader {
    /// What stands before the colon, such as `content-type`.
    name: String,
    /// What stands behind it.
    value: String,
}

/// What the announcement of a file answers.
#[derive(SimpleObject)]
struct FileUploadPayload {
    /// The user as it is now; with `validateOnly` untouched. Null when there are errors.
    user: Option<User>,
    /// What to confirm the file by once it was sent; null with `validateOnly`.
    document_id: Option<ID>,
    /// Where to send the file; null with `validateOnly`. Where the idempotency key was used already it is a new link, and
    /// null when the file is awaited no more.
    upload: Option<FileUpload>,
    /// Everything that is wrong with the input; empty when the act took effect, or would.
    errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    preview: Option<ChangePreview>,
}

/// Acts on documents.
#[derive(Debug, Default)]
pub(in crate::graphql) struct DocumentMutations;

/// Acts on documents.
#[Object]
impl DocumentMutations {
    /// Asks a user for a document.
    async fn document_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "What is wanted.")] input: DocumentRequestInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let DocumentRequestInput { kind, note, expires_on } = input;
        act(ctx, &id, RequestDocument { kind, note, expires_on: expires_on.map(|day| day.0) }, options).await
    }

    /// Announces the file of a document, and answers where to send it. It counts once `documentConfirm` found it good; what
    /// is not confirmed within an hour is forgotten.
    async fn document_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The file.")] input: DocumentUploadInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<FileUploadPayload, ApiError> {
        let DocumentUploadInput { document_id, kind, name, content_type, size, sha256, expires_on } = input;
        let file = AnnounceFile::<OfDocument> {
            document_id: document_id.map(|id| id.0),
            kind,
            name,
            content_type,
            size,
            sha256,
            expires_on: expires_on.map(|day| day.0),
            limits: services(ctx)?.file_limits(),
            what: PhantomData,
        };
        announce(ctx, &id, &file, options).await
    }

    /// Has a file judged that was sent, by its content, and shares the document. A file that is not what it was announced as
    /// is thrown away: announce it anew.
    async fn document_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The file.")] input: FileConfirmInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        confirm::<OfDocument>(ctx, &id, input, options).await
    }

    /// Accepts or refuses a document that was shared. What was accepted can still be refused; a refusal stays.
    async fn document_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The decision.")] input: DocumentDecideInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let DocumentDecideInput { document_id, decision, reason } = input;
        act(ctx, &id, DecideDocument { document_id: document_id.0, decision, reason }, options).await
    }
}

/// Acts on pictures of users.
#[derive(Debug, Default)]
pub(in crate::graphql) struct PictureMutations;

/// Acts on pictures of users.
#[Object]
impl PictureMutations {
    /// Announces a picture of a user, and answers where to send it. It shows once `userConfirmPicture` found it good.
    async fn user_upload_picture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The file.")] input: PictureUploadInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<FileUploadPayload, ApiError> {
        let PictureUploadInput { name, content_type, size, sha256 } = input;
        let file = AnnounceFile::<OfPicture> {
            document_id: None,
            kind: None,
            name,
            content_type,
            size,
            sha256,
            expires_on: None,
            limits: services(ctx)?.file_limits(),
            what: PhantomData,
        };
        announce(ctx, &id, &file, options).await
    }

    /// Has a picture judged that was sent, by its content, and shows it as the user's `picture`.
    async fn user_confirm_picture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The file.")] input: FileConfirmInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        confirm::<OfPicture>(ctx, &id, input, options).await
    }
}

async fn announce<W: What>(
    ctx: &Context<'_>,
    id: &ID,
    file: &AnnounceFile<W>,
    options: Option<MutationOptions>,
) -> Result<FileUploadPayload, ApiError> {
    let (options, selection) = asked(ctx, options);
    let outcome = services(ctx)?.announce_file(caller(ctx)?, id, file, &options, &selection);
    let (acted, document_id, link) = match Box::pin(outcome).await? {
        Outcome::Done(Announced { acted, link }) => {
            let made = acted.made.filter(|_| !options.validate_only);
            (Outcome::Done(acted), made.map(ID::from), link)
        }
        Outcome::Problems(problems) => (Outcome::Problems(problems), None, None),
    };
    let UserPayload { user, errors, validated_only, preview } = UserPayload::of(acted, &options);
    let upload = link.map(|Signed { url, headers, until }| FileUpload {
        url,
        headers: headers.into_iter().map(|(name, value)| FileHeader { name, value }).collect(),
        expires_at: until,
    });
    Ok(FileUploadPayload { user, document_id, upload, errors, validated_only, preview })
}

async fn confirm<W: What>(
    ctx: &Context<'_>,
    id: &ID,
    input: FileConfirmInput,
    options: Option<MutationOptions>,
) -> Result<UserPayload, ApiError> {
    let (options, selection) = asked(ctx, options);
    let file = ConfirmFile::<W>::new(input.document_id.0, input.sha256);
    let outcome = services(ctx)?.confirm_file(caller(ctx)?, id, file, &options, &selection);
    Ok(UserPayload::of(Box::pin(outcome).await?, &options))
}
