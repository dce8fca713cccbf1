//! Money that users moved. Who sees finances and who sees dealing see different kinds of it.

use backdesk_entity::{
    enums::{TransactionKind, TransactionState},
    transaction::{Column, Entity},
};
use sea_orm::{
    IdenStatic, Iterable,
    sea_query::{Cond, Condition, Expr, ExprTrait},
};

use super::{USER, code, exactly, filled, instant, open};
use crate::{
    auth::policy::Permission,
    store::{
        facet::{Buckets, Names},
        filter,
        nested::Owned,
        page::{Kind, SortColumn},
        session::Reader,
    },
};

kind! {
    /// The list of transactions.
    Transactions in "transactions";
    /// What transactions are filtered by.
    filter TransactionAttribute {
        Id => filled(TABLE, Column::Id),
        UserId => filled(TABLE, Column::UserId),
        WalletId of UserTransactionWallets => open(TABLE, Column::WalletId),
        Account => filled(TABLE, Column::Account),
        Kind => filled(TABLE, Column::Kind),
        State => filled(TABLE, Column::State),
        Amount => filled(TABLE, Column::AmountMinor),
        Currency => code(TABLE, Column::Currency),
        At => filled(TABLE, Column::At),
    }
    /// What transactions are sorted by.
    order TransactionOrderField {
        /// When it was begun.
        At => instant("at"),
        /// How much, in the smallest unit of each currency: filter by one to compare.
        Amount => SortColumn { name: "amount_minor", kind: Kind::Amount, nullable: false },
    }
    /// What transactions are counted by.
    facet TransactionFacet {
        /// What they do. Kinds that you may not see have none.
        Kind => Buckets::words::<TransactionKind>((TABLE, Column::Kind.as_str()), None),
        /// How far they are.
        State => Buckets::words::<TransactionState>((TABLE, Column::State.as_str()), None),
        /// The codes of the currencies that occur, the most frequent first.
        Currency => Buckets::codes((TABLE, Column::Currency.as_str()), Names::Known(str::to_owned), None),
        /// The codes of the accounts that occur, the one with most transactions first.
        Account => {
            Buckets::codes((TABLE, Column::Account.as_str()), Names::Table("accounts", "code", "name"), None)
        },
    }
    scoped |reader| {
        let mut select = reader.select(Entity, (TABLE, Column::Account.as_str()));
        select.cond_where(Transactions::shown(reader)).take()
    };
    search |words| exactly(TABLE, words);
}

impl Owned for Transactions {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }

    /// The kinds that the caller may see.
    fn shown(reader: &Reader) -> Condition {
        let caller = reader.permit().caller();
        let mut kinds = TransactionKind::iter().filter(|kind| caller.holds(permission(*kind))).peekable();
        match kinds.peek() {
            // no kind at all is a condition that nothing meets, never a missing one
            None => filter::constant(false),
            Some(_) => Cond::all().add(Expr::col((TABLE, Column::Kind.as_str())).is_in(kinds)),
        }
    }
}

/// What a caller must hold to see transactions of a kind.
const fn permission(kind: TransactionKind) -> Permission {
    match kind {
        TransactionKind::Deposit
        | TransactionKind::Payout
        | TransactionKind::Transfer
        | TransactionKind::Payment => Permission::FinanceRead,
        TransactionKind::TradeOrder | TransactionKind::Exchange => Permission::DealingRead,
    }
}
