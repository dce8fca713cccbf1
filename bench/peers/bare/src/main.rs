//! The measure of Backdesk's benchmark: what async-graphql costs over plain SQL with nothing else, no token, no permission,
//! no limit, no log. One fixed statement for each question, prepared once a connection; relations of a page are pipelined.
//!
//! Reads DATABASE_URL, POOL_SIZE and PORT.

use std::{env, error::Error, str::FromStr, sync::Arc};

use async_graphql::{EmptySubscription, Request, Response, Schema};
use axum::{Json, Router, extract::State, routing::post};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use mimalloc::MiMalloc;
use tokio::net::TcpListener;
use tokio_postgres::NoTls;

mod model;
mod query;

use query::{Mutation, Query};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Desk = Schema<Query, Mutation, EmptySubscription>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = tokio_postgres::Config::from_str(&env::var("DATABASE_URL")?)?;
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, NoTls, manager_config);
    let pool = Pool::builder(manager).max_size(env::var("POOL_SIZE")?.parse()?).build()?;
    let schema = Arc::new(Schema::build(Query, Mutation, EmptySubscription).data(pool).finish());
    let app = Router::new().route("/graphql", post(answer)).with_state(schema);
    let listener = TcpListener::bind(("127.0.0.1", env::var("PORT")?.parse()?)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn answer(State(schema): State<Arc<Desk>>, Json(request): Json<Request>) -> Json<Response> {
    Json(schema.execute(request).await)
}
