//! What other systems recorded of users: lists of it for the departments. The lists of one user are read by `nested`.

use std::{collections::HashMap, sync::Arc};

use chrono::{Datelike, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::{
    Services,
    code::ErrorCode,
    error::ApiError,
    listing::{self, List, QueryOf},
    nested::Owned,
    once::Once,
};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::list::{Filter, Operand, Test},
};

pub use backdesk_entity::wallet_network::Model as Network;

pub use crate::store::recorded::{
    BankAccountAttribute, BankAccountFacet, BankAccountOrderField, BankAccounts, BookingAttribute,
    BookingFacet, BookingOrderField, BookingSide, Bookings, ListingAttribute, ListingFacet,
    ListingOrderField, Listings, PspAccountAttribute, PspAccountFacet, PspAccountOrderField, PspAccounts,
    ReportBy, ReportRow, ReviewAttribute, ReviewDirection, ReviewFacet, ReviewOrderField, Reviews,
    TransactionAttribute, TransactionFacet, TransactionOrderField, Transactions, WalletAttribute,
    WalletFacet, WalletOrderField, Wallets,
};

/// Days of a report at most.
const DAYS: i64 = 366;
/// Rows of a report at most.
const ROWS: u64 = 5_000;

impl Services {
    /// Transactions of these days, both included and in UTC, added up by currency and by whatever is asked for.
    pub(crate) async fn finance_report(
        &self,
        caller: &Arc<Caller>,
        (from, to): (NaiveDate, NaiveDate),
        filter: Filter<TransactionAttribute>,
        by: &[ReportBy],
    ) -> Result<Vec<ReportRow>, ApiError> {
        let permit = self.permit(caller, Action::FinanceReport).await?;
        listing::judge_filter(&filter, self.limits())?;
        let days = (to - from).num_days() + 1;
        if !(1..=DAYS).contains(&days) {
            return Err(ApiError::bad_input(format!(
                "A report is about 1 to {DAYS} days, `from` and `to` included: ask for other days."
            )));
        }
        let end = to.succ_opt().filter(|end| end.year() <= 9999);
        let end = end.ok_or_else(|| ApiError::bad_input("Dates lie between the years 0 and 9999."))?;
        let at = |day: NaiveDate| Operand::Instant(day.and_time(NaiveTime::MIN).and_utc());
        let filter = Filter::All(vec![
            filter,
            Filter::Is(TransactionAttribute::At, Test::Gte(at(from))),
            Filter::Is(TransactionAttribute::At, Test::Lt(at(end))),
        ]);
        let mut by = by.to_vec();
        by.sort_unstable();
        by.dedup();
        let report = self.store().read(&permit).finance_report(filter, &by, ROWS + 1).await;
        let report = self.shown(caller, Action::FinanceReport, report).await?;
        if report.len() as u64 > ROWS {
            return Err(ApiError::too_much(
                ErrorCode::ReportTooLarge,
                ROWS,
                format!(
                    "A report has at most {ROWS} rows: add up by less, or ask for fewer days or transactions."
                ),
            ));
        }
        Ok(report)
    }

    /// What `query` asks for of the accounts that the caller sees.
    pub(crate) async fn recorded<L: Owned>(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        query: &QueryOf<L>,
    ) -> Result<List<L>, ApiError> {
        let permit = self.permit(caller, action).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        query.search.as_deref().map_or(Ok(()), listing::judge_text)?;
        self.shown(caller, action, self.store().read(&permit).list_all::<L>(query)).await
    }

    /// How wallets that were read together are connected to their networks.
    pub(crate) async fn wallet_networks(
        &self,
        permit: &Permit,
        known: &Once,
        wallets: &[Uuid],
    ) -> Result<Arc<HashMap<Uuid, Network>>, ApiError> {
        let reader = self.store().read(permit);
        known.get("networks", async || Ok(reader.wallet_networks(wallets).await?)).await
    }
}
