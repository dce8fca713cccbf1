//! What other systems recorded of users: what each kind is listed, filtered, sorted and counted by. One file a kind.

use sea_orm::{
    ExprTrait, IdenStatic,
    sea_query::{Cond, Condition, Expr},
};
use uuid::Uuid;

use super::{
    filter::{Target, TextForm},
    page::{Kind, SortColumn},
    slow::SearchedIn,
};

/// Declares a kind: its list, and what that is filtered, sorted and counted by. What a filter tells of beyond the list names
/// the part that shows it. Which rows the list has, and whose they are, each kind says itself.
macro_rules! kind {
    (
        $(#[$doc:meta])* $list:ident in $table:literal;
        $(#[$filter_doc:meta])* filter $attribute:ident { $($word:ident $(of $part:ident)? => $target:expr,)+ }
        $(#[$order_doc:meta])* order $order:ident { $($(#[$field_doc:meta])* $field:ident => $column:expr,)+ }
        $(#[$facet_doc:meta])* facet $facet:ident { $($(#[$by_doc:meta])* $by:ident => $buckets:expr,)+ }
        scoped $scoped:expr;
        search $search:expr;
    ) => {
        const TABLE: &str = $table;

        $(#[$doc])*
        #[derive(Debug)]
        pub enum $list {}

        $(#[$filter_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        #[expect(missing_docs, reason = "the entity documents each attribute")]
        pub enum $attribute { $($word),+ }

        $(#[$order_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum, serde::Serialize)]
        pub enum $order { $($(#[$field_doc])* $field),+ }

        $(#[$facet_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
        pub enum $facet { $($(#[$by_doc])* $by),+ }

        impl crate::store::filter::Attribute for $attribute {
            const ID: (&'static str, &'static str) = (TABLE, "id");

            fn target(self, _: &crate::store::filter::Frame<'_>) -> crate::store::filter::Target {
                match self { $(Self::$word => $target),+ }
            }

            fn part(self) -> Option<crate::auth::policy::Action> {
                match self { $(Self::$word => kind!(@part $($part)?)),+ }
            }
        }

        impl crate::store::facet::Facet<$attribute> for $facet {
            fn buckets(self) -> crate::store::facet::Buckets<$attribute> {
                match self { $(Self::$by => $buckets),+ }
            }
        }

        impl crate::store::list::Listed for $list {
            type Attribute = $attribute;
            type Order = $order;
            type Facet = $facet;
            const TABLE: &'static str = TABLE;
            const SEARCHED: Option<crate::store::slow::SearchedIn> = Some(crate::store::recorded::SEARCHED);

            fn columns(order: $order) -> &'static [crate::store::page::SortColumn] {
                match order { $($order::$field => const { &[$column] }),+ }
            }

            fn scoped(reader: &crate::store::session::Reader) -> sea_orm::sea_query::SelectStatement {
                let scoped: fn(&crate::store::session::Reader) -> _ = $scoped;
                scoped(reader)
            }

            fn search(words: &str) -> sea_orm::sea_query::Condition {
                let search: fn(&str) -> _ = $search;
                search(words)
            }
        }
    };
    (@part) => { None };
    (@part $part:ident) => { Some(crate::auth::policy::Action::$part) };
}

mod bank_accounts;
mod bookings;
mod listings;
mod psp_accounts;
mod report;
mod reviews;
mod transactions;
mod wallets;

pub use bank_accounts::{BankAccountAttribute, BankAccountFacet, BankAccountOrderField, BankAccounts};
pub use bookings::{BookingAttribute, BookingFacet, BookingOrderField, BookingSide, Bookings};
pub use listings::{ListingAttribute, ListingFacet, ListingOrderField, Listings};
pub use psp_accounts::{PspAccountAttribute, PspAccountFacet, PspAccountOrderField, PspAccounts};
pub use report::{ReportBy, ReportRow};
pub use reviews::{ReviewAttribute, ReviewDirection, ReviewFacet, ReviewOrderField, Reviews};
pub use transactions::{TransactionAttribute, TransactionFacet, TransactionOrderField, Transactions};
pub use wallets::{WalletAttribute, WalletFacet, WalletOrderField, Wallets};

/// The users whom rows of most kinds belong to.
const USER: &str = "user_id";

/// A column that is never empty.
fn filled(table: &'static str, column: impl IdenStatic) -> Target {
    Target::Column { column: (table, column.as_str()), nullable: false, text: TextForm::Exact }
}

/// A column that may be empty.
fn open(table: &'static str, column: impl IdenStatic) -> Target {
    Target::Column { column: (table, column.as_str()), nullable: true, text: TextForm::Exact }
}

/// A column of codes in upper case that is never empty.
fn code(table: &'static str, column: impl IdenStatic) -> Target {
    Target::Column { column: (table, column.as_str()), nullable: false, text: TextForm::Upper }
}

/// What a search looks into: see [`exactly`].
const SEARCHED: SearchedIn = SearchedIn::Whole(&["external_id", "id"]);

/// The rows that somebody names exactly: by our id, or by that of their system.
fn exactly(table: &'static str, words: &str) -> Condition {
    let words = words.trim();
    let named = Cond::any().add(Expr::col((table, "external_id")).eq(words));
    match Uuid::try_parse(words) {
        Ok(id) => named.add(Expr::col((table, "id")).eq(id)),
        Err(_) => named,
    }
}

/// An instant to sort by that is never empty.
const fn instant(name: &'static str) -> SortColumn {
    SortColumn { name, kind: Kind::Instant, nullable: false }
}
