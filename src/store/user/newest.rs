//! Searching among the newest. Trigrams find every user with a word before the newest twenty of them are known: of a name
//! that thousands have, all are read. So the newest users are walked first, in an index that has their search texts, and
//! where they fill the page nothing else is read. One letter, which trigrams cannot find at all, fills it at once.
//!
//! Of a rare word the walk is in vain, and costs what finding a thousand users by trigrams costs. It tells that trigrams find
//! few, so that the database need not plan anew how to ask them.

use backdesk_entity::user::Column;
use sea_orm::{
    ConnectionTrait, DbBackend, ExprTrait, IdenStatic, QueryResult,
    sea_query::{Asterisk, Cond, Expr, JoinType, Query, SelectStatement},
};

use uuid::Uuid;

use super::{attributes::TABLE, read::Users};
use crate::{
    domain::text,
    store::{error::StoreError, filter, list::List, planning::Planning, slow::Work},
};

/// How many users are walked: some two milliseconds, and the page is full if one in five hundred has the word.
const WALKED: u64 = 10_000;

/// Letters of a word that trigrams find.
const TRIGRAM: usize = 3;

/// The search text, unless it is too long to stand in an index: see the migration that adds it.
const HEAD: &str = "search_head";

const NEWEST: &str = "newest";
const FOUND: &str = "found";
const OWN: &str = "own";

/// What a walk finds.
pub(super) enum Walked {
    /// The rows of the page.
    Full(Vec<QueryResult>),
    /// Too few of them; the page of all users is to be planned so.
    InVain(Planning),
    /// It is no search for words alone among the newest, or the database has no index for it.
    Not,
}

impl List<Users> {
    /// The rows of the page, with these columns, if it is a search that the newest users fill.
    pub(super) async fn among_newest(&self, columns: &[&'static str]) -> Result<Walked, StoreError> {
        let db = self.reader().db();
        let (scope, by) = (self.reader().scope(), Column::CreatedAt.as_str());
        // the index does not tell who is a lead, and SQLite walks the list anyway
        if scope.leads_only || db.get_database_backend() != DbBackend::Postgres {
            return Ok(Walked::Not);
        }
        let Some(words) = self.words_alone(by) else { return Ok(Walked::Not) };
        // an id that was pasted is in no text, and signs alone are in none
        let found = text::words(words);
        if Uuid::try_parse(words.trim()).is_ok() || found.is_empty() {
            return Ok(Walked::Not);
        }
        let rows =
            self.query_so(Work::Page, Planning::Kept, &self.page_among_newest(words, columns)?).await?;
        Ok(match self.is_filled_by(rows.len()) {
            true => Walked::Full(rows),
            // a shorter word has no trigram: all of them would be read
            false if found.iter().all(|word| word.chars().count() >= TRIGRAM) => {
                Walked::InVain(Planning::Kept)
            }
            false => Walked::InVain(Planning::ByValues),
        })
    }

    fn page_among_newest(
        &self,
        words: &str,
        columns: &[&'static str],
    ) -> Result<SelectStatement, StoreError> {
        let known = [Column::Id.as_str(), Column::Account.as_str(), HEAD];
        let all = Query::select().from(TABLE).take();
        let newest = self.walk(all, &known)?.limit(WALKED).take();

        let head = || Expr::col((NEWEST, HEAD));
        let has_words =
            text::words(words).iter().fold(Cond::all(), |all, word| all.add(filter::contains(head(), word)));
        let mut found = Query::select();
        found
            .column((NEWEST, Asterisk))
            .from_subquery(newest, NEWEST)
            .cond_where(self.reader().in_scope().users_of((NEWEST, Column::Account.as_str())))
            .cond_where(Cond::any().add(head().is_null()).add(has_words));

        // what the index says is judged again by the row itself; the limit keeps the database from starting there
        let mut own = self.rows().select();
        self.select_columns(columns, &mut own);
        own.and_where(Expr::col((TABLE, Column::Id)).equals((FOUND, Column::Id))).limit(1);
        let mut page = Query::select();
        page.column((OWN, Asterisk)).from_subquery(found, FOUND).join_lateral(
            JoinType::InnerJoin,
            own,
            OWN,
            Expr::val(true),
        );
        self.cut(FOUND, &mut page);
        Ok(page)
    }
}
