//! From the selection of a document to the columns and related rows that it needs. A field that is forgotten here answers
//! INTERNAL at its first use, and a test selects every field.

use async_graphql::{Lookahead, SelectionField};

use crate::service::user::{Columns, UserColumn as C, UserSelection};

/// What the selected fields of users need.
pub(in crate::graphql) fn selection_of(users: &[Lookahead<'_>]) -> UserSelection {
    let mut selection = UserSelection::default();
    for field in users
        .iter()
        .flat_map(Lookahead::selection_fields)
        .flat_map(|field| field.selection_set().collect::<Vec<_>>())
    {
        select(&mut selection, &field);
    }
    selection
}

fn select(selection: &mut UserSelection, field: &SelectionField<'_>) {
    match field.name() {
        "account" => selection.account = true,
        "groups" => selection.groups = true,
        "externalIds" => selection.external_ids = true,
        "spokenLanguages" => selection.spoken_languages = true,
        "publicProfile" => {
            selection.addresses = true;
            selection.spoken_languages = true;
            selection.columns = selection.columns.and(columns("publicProfile"));
        }
        "postalAddress" | "secondaryAddress" | "locationAddress" => selection.addresses = true,
        name => selection.columns = selection.columns.and(columns(name)),
    }
}

/// The columns that a field is made of.
fn columns(field: &str) -> Columns {
    match field {
        "reference" => C::Reference.into(),
        "tag" => C::Tag.into(),
        "version" => C::Version.into(),
        "createdAt" => C::CreatedAt.into(),
        "updatedAt" => C::UpdatedAt.into(),
        "lastSignInAt" => C::LastSignInAt.into(),
        "personType" => C::PersonType.into(),
        "clientType" => C::ClientType.into(),
        "marketRole" => C::MarketRole.into(),
        "name" => Columns::of(&[C::Title, C::FirstName, C::MiddleNames, C::LastName]),
        "birth" => Columns::of(&[C::BirthDate, C::BirthPlace, C::BirthCountry]),
        "nationality" => C::Nationality.into(),
        "secondNationality" => C::SecondNationality.into(),
        "countryOfResidence" => C::Country.into(),
        "email" => C::Email.into(),
        "phone" => C::Phone.into(),
        "mobile" => C::Mobile.into(),
        "picture" => C::Picture.into(),
        "motherTongue" => C::MotherTongue.into(),
        "preferredLanguage" => C::PreferredLanguage.into(),
        "communicationLanguage" => C::CommunicationLanguage.into(),
        "timeZone" => C::TimeZone.into(),
        "status" | "active" | "allowedStatuses" | "canSignIn" | "visible" | "canContact" => C::Status.into(),
        "canTransact" => Columns::of(&[C::Status, C::Frozen]),
        "canWithdraw" => Columns::of(&[C::Status, C::Frozen, C::KycStatus, C::KycLevel, C::ClientType]),
        "viewerActions" => Columns::of(&[C::Status, C::IdentityVerified, C::KycStatus]),
        "statusSince" => C::StatusSince.into(),
        "statusReason" => C::StatusReason.into(),
        "frozen" => C::Frozen.into(),
        "cancellation" => Columns::of(&[C::CancelOrigin, C::StatusSince, C::StatusReason]),
        "publicProfile" => Columns::of(&[
            C::Status,
            C::PersonType,
            C::FirstName,
            C::LastName,
            C::Picture,
            C::CreatedAt,
            C::IdentityVerified,
            C::EmailVerified,
            C::PhoneVerified,
            C::ListingCount,
            C::ReviewReceivedCount,
            C::ReviewMadeCount,
        ]),
        "verified" | "verifications" => {
            Columns::of(&[C::IdentityVerified, C::EmailVerified, C::PhoneVerified])
        }
        "kyc" => Columns::of(&[C::KycLevel, C::KycStatus, C::KycComment]),
        "taxPayer" => C::TaxPayer.into(),
        "optInMailing" => C::OptInMailing.into(),
        "walletStatus" => C::WalletStatus.into(),
        "fees" => C::OwnFees.into(),
        "counters" => Columns::of(&[
            C::ListingCount,
            C::AskerBookingCount,
            C::OffererBookingCount,
            C::ReviewReceivedCount,
            C::ReviewMadeCount,
            C::WalletCount,
            C::PayinCount,
        ]),
        // the id is always read, and `__typename` needs nothing
        _ => Columns::NONE,
    }
}
