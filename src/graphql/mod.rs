//! Names and shapes of the API: types, inputs, resolvers. No rule is decided here and no table is known.

use async_graphql::{EmptySubscription, MergedObject};

mod account;
mod audit;
mod connection;
mod error;
mod facets;
mod filter;
mod guard;
mod outline;
mod payload;
mod scalars;
mod user;
mod viewer;

use self::guard::Guarded;
pub use self::outline::Outline;
use crate::service::Services;

/// The fields that read.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryFields(viewer::ViewerQuery, user::UserQueries, account::AccountQueries, audit::AuditQueries);

/// The fields that change something. Each runs to its end, in the order of the document.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationFields(user::UserMutations);

/// The schema: every root field behind the guard.
pub type Schema = async_graphql::Schema<Guarded<QueryFields>, Guarded<MutationFields>, EmptySubscription>;

/// The schema over these services. How large a document may be is judged at the edge, before it comes here.
pub fn schema(services: Services) -> Schema {
    Schema::build(Guarded::<QueryFields>::default(), Guarded::<MutationFields>::default(), EmptySubscription)
        .data(services)
        .disable_suggestions()
        .finish()
}

/// The schema in GraphQL's own language, as schema.graphql has it.
pub fn sdl() -> String {
    // the text needs types alone: no services, no database
    Schema::build(Guarded::<QueryFields>::default(), Guarded::<MutationFields>::default(), EmptySubscription)
        .finish()
        .sdl()
}
