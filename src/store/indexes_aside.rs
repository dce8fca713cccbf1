//! Indexes of users that are set aside while a whole database of them is written, and built once all are in: to sort a million
//! rows at once takes a tenth of the time that it takes to find each its place. Which they were is noted in the transaction
//! that drops them. Whoever migrates next builds them, if the program that set them aside was ended before it did.

use backdesk_entity::platform_fact;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement};
use serde::{Deserialize, Serialize};

use super::{Store, error::StoreError, facts};

/// The fact that holds them.
const FACT: &str = "indexes-set-aside";
/// Those of the tables of users that are not unique: what is unique refuses rows, and stays.
const OF_POSTGRES: &str = "SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS statement
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND NOT i.indisunique
    AND (t.relname IN ('users', 'kyc_reviews') OR t.relname LIKE 'user\\_%')
    ORDER BY 1";
const OF_SQLITE: &str = "SELECT name, sql AS statement FROM sqlite_master
    WHERE type = 'index' AND sql LIKE 'CREATE INDEX %'
    AND (tbl_name IN ('users', 'kyc_reviews') OR tbl_name LIKE 'user\\_%' ESCAPE '\\')
    ORDER BY 1";
/// Two that seed one database take turns: the second would note that there are none to set aside.
const LOCK: &str = "LOCK TABLE platform_facts IN EXCLUSIVE MODE";
/// The embedded database keeps 2 MB of what it works on in memory, and new rows fall anywhere into the indexes that stay: it
/// would write most pages once for each of them.
const LARGE_CACHE: &str = "PRAGMA cache_size = -262144";
const USUAL_CACHE: &str = "PRAGMA cache_size = -2000";
/// PostgreSQL sorts in the memory that it is given, which is little unless somebody says otherwise.
const MEMORY: &str = "SET LOCAL maintenance_work_mem = '256MB'";

/// An index, and the statement that makes it.
#[derive(Serialize, Deserialize)]
struct Index {
    name: String,
    statement: String,
}

impl Store {
    /// Sets the indexes aside. Lists are slow until [`Self::build_indexes`].
    pub async fn set_indexes_aside(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        let is_postgres = tx.get_database_backend() == DbBackend::Postgres;
        tx.execute_unprepared(if is_postgres { LOCK } else { LARGE_CACHE }).await?;
        // another program has done it already
        if facts::of(&tx, FACT).await?.is_some() {
            return Ok(tx.rollback().await?);
        }
        let indexes = indexes(&tx).await?;
        for Index { name, .. } in &indexes {
            tx.execute_unprepared(&format!("DROP INDEX IF EXISTS \"{name}\"")).await?;
        }
        let noted = serde_json::to_string(&indexes).map_err(|_| StoreError::Internal)?;
        facts::note(&tx, FACT, &noted).await?;
        tx.commit().await
    }

    /// Builds what was set aside.
    pub async fn build_indexes(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        build(&tx).await?;
        if tx.get_database_backend() == DbBackend::Sqlite {
            tx.execute_unprepared(USUAL_CACHE).await?;
        }
        tx.commit().await
    }
}

/// Builds what was set aside; mostly nothing.
pub(super) async fn build(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    let Some(noted) = facts::of(tx, FACT).await? else { return Ok(()) };
    let indexes: Vec<Index> =
        serde_json::from_str(&noted).map_err(|error| DbErr::Custom(format!("{FACT}: {error}")))?;
    tracing::info!(indexes = indexes.len(), "building the indexes that were set aside");
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(MEMORY).await?;
    }
    for Index { statement, .. } in indexes {
        let statement = statement.replacen("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1);
        tx.execute_unprepared(&statement).await?;
    }
    platform_fact::Entity::delete_by_id(FACT).exec(tx).await?;
    Ok(())
}

async fn indexes(tx: &impl ConnectionTrait) -> Result<Vec<Index>, DbErr> {
    let backend = tx.get_database_backend();
    let text = if backend == DbBackend::Postgres { OF_POSTGRES } else { OF_SQLITE };
    let rows = tx.query_all_raw(Statement::from_string(backend, text.to_owned())).await?;
    rows.iter()
        .map(|row| Ok(Index { name: row.try_get("", "name")?, statement: row.try_get("", "statement")? }))
        .collect()
}
