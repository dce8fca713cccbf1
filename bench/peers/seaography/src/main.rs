//! The peer of Backdesk's benchmark from its own family: Seaography over entities of Backdesk's tables, with its defaults.
//!
//! Reads DATABASE_URL, POOL_SIZE and PORT.

use std::{env, error::Error, sync::LazyLock, time::Duration};

use async_graphql::{Request, Response, dynamic::Schema};
use axum::{Json, Router, extract::State, routing::post};
use sea_orm::{ConnectOptions, Database};
use seaography::{Builder, BuilderContext};
use tokio::net::TcpListener;

mod entities;

use entities::register_entity_modules;

static CONTEXT: LazyLock<BuilderContext> = LazyLock::new(BuilderContext::default);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let size = env::var("POOL_SIZE")?.parse()?;
    let mut options = ConnectOptions::new(env::var("DATABASE_URL")?);
    options.min_connections(size).max_connections(size).sqlx_logging(false);
    // its deep pages take seconds: with the default, those who wait for a connection are refused, and nothing is measured
    options.acquire_timeout(Duration::from_secs(120));
    let database = Database::connect(options).await?;
    let builder = register_entity_modules(Builder::new(&CONTEXT, database.clone()));
    let schema = builder.schema_builder().data(database).finish()?;
    let app = Router::new().route("/graphql", post(answer)).with_state(schema);
    let listener = TcpListener::bind(("127.0.0.1", env::var("PORT")?.parse()?)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn answer(State(schema): State<Schema>, Json(request): Json<Request>) -> Json<Response> {
    Json(schema.execute(request).await)
}
