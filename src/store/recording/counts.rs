//! The counts that users carry of what is recorded elsewhere: for lists, which cannot count for each user. They follow
//! from the rows, are counted anew in the transaction that changes any, and are no change of the user.

use backdesk_entity::{
    booking,
    enums::{TransactionKind, TransactionState, WalletStatus},
    listing, review, transaction,
    user::{self, Column},
    user_provider, wallet,
};
use sea_orm::{
    ConnectionTrait, ExprTrait, Iden, IdenStatic, QueryResult,
    sea_query::{Alias, Asterisk, Expr, Func, Order, Query, SelectStatement},
};
use uuid::Uuid;

use crate::store::{
    error::StoreError,
    session::{Reader, Writer},
    user::TABLE,
};

/// A count, and the column of users that carries it.
#[derive(Debug)]
pub struct Counter {
    /// Its name in the API.
    pub field: &'static str,
    column: Column,
    /// What it must be, for the user of the row around.
    actual: fn() -> Expr,
}

/// What the counts of a user are, and what they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The user.
    pub user: Uuid,
    /// Their account.
    pub account: String,
    /// As the user carries them, in the order of [`COUNTERS`].
    pub carried: Vec<i64>,
    /// As the rows have it.
    pub actual: Vec<i64>,
}

/// Every counter.
pub const COUNTERS: [Counter; 8] = [
    Counter { field: "walletStatus", column: Column::WalletStatus, actual: best_wallet },
    Counter {
        field: "counters.wallets",
        column: Column::WalletCount,
        actual: || {
            at_least(rows_of(wallet::Entity, wallet::Column::UserId), user_provider::Column::WalletCount)
        },
    },
    Counter { field: "counters.payins", column: Column::PayinCount, actual: payins },
    Counter {
        field: "counters.listings",
        column: Column::ListingCount,
        actual: || rows_of(listing::Entity, listing::Column::UserId),
    },
    Counter {
        field: "counters.askerBookings",
        column: Column::AskerBookingCount,
        actual: || rows_of(booking::Entity, booking::Column::AskerId),
    },
    Counter {
        field: "counters.offererBookings",
        column: Column::OffererBookingCount,
        actual: || rows_of(booking::Entity, booking::Column::OffererId),
    },
    Counter {
        field: "counters.reviewsReceived",
        column: Column::ReviewReceivedCount,
        actual: || rows_of(review::Entity, review::Column::SubjectId),
    },
    Counter {
        field: "counters.reviewsMade",
        column: Column::ReviewMadeCount,
        actual: || rows_of(review::Entity, review::Column::AuthorId),
    },
];

/// The best status of the user's wallets: the vocabulary is in that order.
fn best_wallet() -> Expr {
    let mut best = Query::select();
    best.expr(Func::max(Expr::col(wallet::Column::Status)))
        .from(wallet::Entity)
        .and_where(Expr::col((wallet::Entity, wallet::Column::UserId)).equals((TABLE, "id")));
    Func::coalesce([scalar(best), Expr::val(WalletStatus::NotConnected as i16)]).into()
}

fn payins() -> Expr {
    let mut rows = counted(transaction::Entity, transaction::Column::UserId);
    rows.and_where(Expr::col(transaction::Column::Kind).eq(TransactionKind::Deposit as i16))
        .and_where(Expr::col(transaction::Column::State).eq(TransactionState::Done as i16));
    at_least(scalar(rows), user_provider::Column::PayinCount)
}

/// What is recorded here, or what the payment provider reports of the user in all, whichever is more.
fn at_least(recorded: Expr, reported: user_provider::Column) -> Expr {
    let mut provider = Query::select();
    provider
        .column(reported)
        .from(user_provider::Entity)
        .and_where(Expr::col((user_provider::Entity, user_provider::Column::UserId)).equals((TABLE, "id")));
    Func::greatest([recorded, Func::coalesce([scalar(provider), Expr::val(0)]).into()]).into()
}

fn rows_of(table: impl Iden + Copy, owner: impl Iden) -> Expr {
    scalar(counted(table, owner))
}

/// How many rows have the user of the row around in this column.
fn counted(table: impl Iden + Copy, owner: impl Iden) -> SelectStatement {
    let mut rows = Query::select();
    rows.expr(Func::count(Expr::col(Asterisk)))
        .from(table)
        .and_where(Expr::col((table, owner)).equals((TABLE, "id")));
    rows
}

fn scalar(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// A select of users with their counts and what these should be.
fn compared() -> SelectStatement {
    let mut select = Query::select();
    select
        .column((TABLE, "id"))
        .column((TABLE, "account"))
        .from(user::Entity)
        .order_by((TABLE, "id"), Order::Asc);
    for (place, counter) in COUNTERS.iter().enumerate() {
        let carried = Expr::col((TABLE, counter.column.as_str())).cast_as(Alias::new("bigint"));
        let actual = (counter.actual)().cast_as(Alias::new("bigint"));
        select.expr_as(carried, Alias::new(format!("carried_{place}")));
        select.expr_as(actual, Alias::new(format!("actual_{place}")));
    }
    select
}

impl Counts {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let all = |name: &str| -> Result<Vec<i64>, StoreError> {
            let values = (0..COUNTERS.len()).map(|place| row.try_get("", &format!("{name}_{place}")));
            Ok(values.collect::<Result<_, _>>()?)
        };
        Ok(Self {
            user: row.try_get("", "id")?,
            account: row.try_get("", "account")?,
            carried: all("carried")?,
            actual: all("actual")?,
        })
    }

    /// Whether the user carries what the rows have.
    pub fn is_right(&self) -> bool {
        self.carried == self.actual
    }
}

impl Reader {
    /// The counts of so many users after this one, in the order of ids.
    pub async fn counts_after(&self, last: Option<Uuid>, many: u64) -> Result<Vec<Counts>, StoreError> {
        let mut select = compared();
        select.cond_where(self.in_scope().users()).limit(many);
        if let Some(last) = last {
            select.and_where(Expr::col((TABLE, "id")).gt(last));
        }
        self.db().query_all(&select).await?.iter().map(Counts::read).collect()
    }
}

impl Writer {
    /// The users among these whose counts are not what the rows have. Lock them first, in a statement of its own: one
    /// that waits for a user would go on to count what was there before it waited.
    pub async fn wrong_counts(&self, users: &[Uuid]) -> Result<Vec<Counts>, StoreError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = compared();
        select
            .cond_where(self.in_scope().users())
            .and_where(Expr::col((TABLE, "id")).is_in(users.iter().copied()));
        let rows = self.tx.query_all(&select).await?;
        let all = rows.iter().map(Counts::read).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|counts| !counts.is_right()).collect())
    }

    /// Counts anew for these users.
    pub async fn recount(&self, users: &[Uuid]) -> Result<(), StoreError> {
        if users.is_empty() {
            return Ok(());
        }
        let mut update = Query::update();
        update.table(user::Entity).and_where(Expr::col((TABLE, "id")).is_in(users.iter().copied()));
        for counter in &COUNTERS {
            update.value(counter.column, (counter.actual)());
        }
        self.tx_to_change().execute(&update).await?;
        Ok(())
    }
}
