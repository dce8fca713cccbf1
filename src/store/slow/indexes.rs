//! The indexes that there are, as the database knows them: those of an operator beside our own.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::store::error::StoreError;

/// All indexes of a database.
#[derive(Debug, Clone)]
pub(super) struct Indexes {
    pub(super) dialect: Dialect,
    pub(super) all: Vec<Index>,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

/// An index over columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) is_unique: bool,
    /// Over the trigrams of its columns: it finds substrings, and no order.
    pub(super) finds_substrings: bool,
    /// It has the rows alone in which this column is empty.
    pub(super) where_null: Option<String>,
    pub(super) keys: Vec<IndexKey>,
}

/// A column of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexKey {
    pub(super) column: String,
    pub(super) descends: bool,
    pub(super) nulls_first: bool,
}

/// One row for each column of each index; `option` has 1 for descending and 2 for nulls first.
const OF_POSTGRES: &str = r#"SELECT t.relname::text AS "table", i.relname::text AS name, x.indisunique AS is_unique,
        m.amname = 'gin' AND o.opcname = 'gin_trgm_ops' AS finds_substrings, m.amname = 'btree' AS is_ordered,
        pg_get_expr(x.indpred, x.indrelid) AS only, a.attname::text AS "column", x.indoption[k.n]::integer AS option
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_am m ON m.oid = i.relam
    CROSS JOIN LATERAL generate_series(0, x.indnkeyatts - 1) AS k(n)
    JOIN pg_opclass o ON o.oid = x.indclass[k.n]
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[k.n] AND a.attnum > 0
    JOIN pg_namespace s ON s.oid = t.relnamespace
    WHERE s.nspname = current_schema() AND x.indisvalid
    ORDER BY t.relname, i.relname, k.n"#;

/// The same; a descending column of SQLite has its NULLs last, as they are its smallest values.
const OF_SQLITE: &str = r#"SELECT t.name AS "table", l.name AS name, l."unique" = 1 AS is_unique, 0 AS finds_substrings,
        1 AS is_ordered, CASE WHEN l.partial THEN substr(i.sql, instr(upper(i.sql), ' WHERE ') + 7) END AS only,
        x.name AS "column", CASE WHEN x."desc" THEN 1 ELSE 2 END AS option
    FROM sqlite_schema t
    JOIN pragma_index_list(t.name) l
    JOIN pragma_index_xinfo(l.name) x
    LEFT JOIN sqlite_schema i ON i.type = 'index' AND i.name = l.name
    WHERE t.type = 'table' AND x.key = 1
    ORDER BY t.name, l.name, x.seqno"#;

impl Indexes {
    /// Those of the connected database.
    pub(super) async fn of(db: &impl ConnectionTrait) -> Result<Self, StoreError> {
        let (dialect, query) = match db.get_database_backend() {
            DbBackend::Postgres => (Dialect::Postgres, OF_POSTGRES),
            _ => (Dialect::Sqlite, OF_SQLITE),
        };
        let statement = Statement::from_string(db.get_database_backend(), query.to_owned());
        let mut all: Vec<Index> = Vec::new();
        // of these nothing is known that would help
        let mut skipped: Vec<String> = Vec::new();
        for row in db.query_all_raw(statement).await? {
            let text = |column: &str| row.try_get::<String>("", column);
            let (table, name) = (text("table")?, text("name")?);
            let only: Option<String> = row.try_get("", "only")?;
            let where_null = only.as_deref().map(column_that_is_null);
            let column: Option<String> = row.try_get("", "column")?;
            let (is_ordered, finds_substrings): (bool, bool) =
                (row.try_get("", "is_ordered")?, row.try_get("", "finds_substrings")?);
            let option: i32 = row.try_get("", "option")?;
            let (Some(column), true, false) =
                (column, is_ordered || finds_substrings, where_null == Some(None))
            else {
                skipped.push(name);
                continue;
            };
            let key = IndexKey { column, descends: option & 1 != 0, nulls_first: option & 2 != 0 };
            match all.last_mut().filter(|index| index.name == name) {
                Some(index) => index.keys.push(key),
                None => all.push(Index {
                    table,
                    name,
                    is_unique: row.try_get("", "is_unique")?,
                    finds_substrings,
                    where_null: where_null.flatten(),
                    keys: vec![key],
                }),
            }
        }
        all.retain(|index| !skipped.contains(&index.name));
        Ok(Self { dialect, all })
    }

    /// Those of a table.
    pub(super) fn on(&self, table: &str) -> impl Iterator<Item = &Index> {
        self.all.iter().filter(move |index| index.table == table)
    }
}

/// The column of a condition that says no more than that it is empty.
fn column_that_is_null(condition: &str) -> Option<String> {
    let words: Vec<&str> = condition
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
        .filter(|word| !word.is_empty())
        .collect();
    match words.as_slice() {
        [column, is, null] if is.eq_ignore_ascii_case("is") && null.eq_ignore_ascii_case("null") => {
            Some((*column).to_owned())
        }
        _ => None,
    }
}
