//! What other systems recorded of users: lists of it for the departments. The lists of one user are read by `nested`.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    Services,
    error::ApiError,
    listing::{self, List, QueryOf},
    nested::Owned,
    once::Once,
};
use crate::auth::{
    caller::{Caller, Permit},
    policy::Action,
};

pub use backdesk_entity::wallet_network::Model as Network;

pub use crate::store::recorded::{
    BankAccountAttribute, BankAccountFacet, BankAccountOrderField, BankAccounts, BookingAttribute,
    BookingFacet, BookingOrderField, BookingSide, Bookings, ListingAttribute, ListingFacet,
    ListingOrderField, Listings, PspAccountAttribute, PspAccountFacet, PspAccountOrderField, PspAccounts,
    ReviewAttribute, ReviewDirection, ReviewFacet, ReviewOrderField, Reviews, TransactionAttribute,
    TransactionFacet, TransactionOrderField, Transactions, WalletAttribute, WalletFacet, WalletOrderField,
    Wallets,
};

impl Services {
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
