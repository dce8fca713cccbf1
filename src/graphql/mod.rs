//! Names and shapes of the API: types, inputs, resolvers. No rule is decided here and no table is known.

use async_graphql::{EmptySubscription, MergedObject, SchemaBuilder, ValidationMode};

mod account;
mod audit;
mod comment;
mod connection;
mod document;
mod error;
mod facets;
mod fees;
mod filter;
mod guard;
mod kyc;
mod money;
mod nested;
mod outline;
mod payload;
mod plain;
mod platform;
mod recorded;
mod recording;
mod requires;
mod role;
mod scalars;
mod sign_in;
mod staff;
mod strict;
mod user;
mod viewer;

pub use self::strict::{ParsedDocument, Schema};

use self::guard::Guarded;
pub use self::outline::Outline;
pub use self::sign_in::{Browser, Cookie};
use crate::service::Services;

/// The fields that read.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryFields(
    viewer::ViewerQuery,
    user::UserQueries,
    document::DocumentQueries,
    kyc::KycQueries,
    account::AccountQueries,
    recorded::RecordedQueries,
    staff::StaffQueries,
    role::RoleQueries,
    platform::PlatformQuery,
    audit::AuditQueries,
);

/// The fields that change something. Each runs to its end, in the order of the document.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationFields(
    sign_in::SignInMutations,
    user::UserMutations,
    user::TieMutations,
    document::DocumentMutations,
    document::PictureMutations,
    comment::CommentMutations,
    kyc::KycMutations,
    recording::ActivityMutations,
    staff::StaffMutations,
    role::RoleMutations,
    platform::PlatformMutation,
);

/// The library's schema: every root field behind the guard.
type Library = async_graphql::Schema<Guarded<QueryFields>, Guarded<MutationFields>, EmptySubscription>;
type Builder = SchemaBuilder<Guarded<QueryFields>, Guarded<MutationFields>, EmptySubscription>;

/// The schema over these services. How large a document may be is judged at the edge, before it comes here.
pub fn schema(services: Services) -> Schema {
    // every rule of the specification is judged in `strict` already
    let library = types().data(services).validation_mode(ValidationMode::Fast).finish();
    Schema::new(library, types())
}

/// The schema in GraphQL's own language, as schema.graphql has it.
pub fn sdl() -> String {
    // the text needs types alone: no services, no database
    types().finish().sdl()
}

fn types() -> Builder {
    Library::build(Guarded::default(), Guarded::default(), EmptySubscription).disable_suggestions()
}
