//! Operators on the words of a vocabulary.

use async_graphql::{InputObject, InputType, MaybeUndefined};
use backdesk_entity::enums::{
    BookingState, CancelOrigin, ClientPermission, ClientType, DocumentKind, DocumentState, KycLevel,
    KycReviewState, KycStatus, KycTrigger, ListingState, MarketRole, NetworkStatus, PersonType, StaffState,
    TaxPayer, TransactionKind, TransactionState, UserStatus, WalletStatus,
};

use super::{AttributeFilter, Operators, given};
use crate::{
    domain::list::{Filter, Operand, Test},
    service::{audit::AuditOutcome, error::ApiError},
};

/// A word of a vocabulary, as the database numbers it.
pub(in crate::graphql) trait Word: InputType {
    /// Its number.
    fn number(&self) -> i16;
}

macro_rules! words {
    ($($word:ty),+ $(,)?) => {$(
        impl Word for $word {
            fn number(&self) -> i16 {
                *self as i16
            }
        }
    )+};
}

words!(
    UserStatus,
    PersonType,
    ClientType,
    MarketRole,
    CancelOrigin,
    KycLevel,
    KycStatus,
    ListingState,
    TaxPayer,
    WalletStatus,
    DocumentKind,
    DocumentState,
    KycReviewState,
    KycTrigger,
    ClientPermission,
    BookingState,
    NetworkStatus,
    TransactionKind,
    TransactionState,
    AuditOutcome,
    StaffState
);

/// Tests a word of a vocabulary.
#[derive(Debug, InputObject)]
#[graphql(
    concrete(name = "UserStatusFilter", params(UserStatus)),
    concrete(name = "PersonTypeFilter", params(PersonType)),
    concrete(name = "ClientTypeFilter", params(ClientType)),
    concrete(name = "MarketRoleFilter", params(MarketRole)),
    concrete(name = "CancelOriginFilter", params(CancelOrigin)),
    concrete(name = "KycLevelFilter", params(KycLevel)),
    concrete(name = "KycStatusFilter", params(KycStatus)),
    concrete(name = "ListingStateFilter", params(ListingState)),
    concrete(name = "TaxPayerFilter", params(TaxPayer)),
    concrete(name = "WalletStatusFilter", params(WalletStatus)),
    concrete(name = "DocumentKindFilter", params(DocumentKind)),
    concrete(name = "DocumentStateFilter", params(DocumentState)),
    concrete(name = "KycReviewStateFilter", params(KycReviewState)),
    concrete(name = "KycTriggerFilter", params(KycTrigger)),
    concrete(name = "ClientPermissionFilter", params(ClientPermission)),
    concrete(name = "BookingStateFilter", params(BookingState)),
    concrete(name = "NetworkStatusFilter", params(NetworkStatus)),
    concrete(name = "TransactionKindFilter", params(TransactionKind)),
    concrete(name = "TransactionStateFilter", params(TransactionState)),
    concrete(name = "AuditOutcomeFilter", params(AuditOutcome)),
    concrete(name = "StaffStateFilter", params(StaffState))
)]
pub(in crate::graphql) struct WordFilter<W: Word> {
    /// Equal.
    eq: MaybeUndefined<W>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<W>,
    /// One of these.
    r#in: MaybeUndefined<Vec<W>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<W>>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl<W: Word> AttributeFilter for WordFilter<W> {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let one = |word: W| Test::Eq(Operand::Number(word.number().into()));
        let any = |words: Vec<W>| {
            Test::In(words.iter().map(|word| Operand::Number(word.number().into())).collect())
        };
        let Self { eq, ne, r#in, not_in, is_null } = self;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(one))
            .and_not(given("ne", ne)?.map(one))
            .and(given("in", r#in)?.map(any))
            .and_not(given("notIn", not_in)?.map(any))
            .and_is_null(given("isNull", is_null)?)
            .done()
    }
}
