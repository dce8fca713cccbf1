//! `users`: the person or company being managed. What every list shows; wide parts get tables of their own.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::enums::{
    CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, TaxPayer, UserStatus, WalletStatus,
};

/// One user.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the record, none a state machine in disguise"
)]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// `UUIDv7`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The code of the account that the user belongs to.
    pub account: String,
    /// The stable public identifier, unique over all accounts: the server makes it, or an import brings it.
    pub reference: String,
    /// The platform's own label.
    pub tag: Option<String>,
    /// Rises by one with every change.
    pub version: i32,
    /// When the record was made.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// When the user last signed in.
    pub last_sign_in_at: Option<DateTimeUtc>,

    /// Natural person or legal entity.
    pub person_type: PersonType,
    /// Enterprise or merchant.
    pub client_type: Option<ClientType>,
    /// Vendor, customer or both.
    pub market_role: Option<MarketRole>,

    /// Form of address.
    pub title: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Middle names.
    pub middle_names: Option<String>,
    /// Day of birth.
    pub birth_date: Option<Date>,
    /// Place of birth.
    pub birth_place: Option<String>,
    /// Country of birth, ISO 3166-1 alpha-2.
    pub birth_country: Option<String>,
    /// Nationality, ISO 3166-1 alpha-2.
    pub nationality: Option<String>,
    /// Second nationality, ISO 3166-1 alpha-2.
    pub second_nationality: Option<String>,
    /// Country of residence, ISO 3166-1 alpha-2.
    pub country: Option<String>,

    /// E-mail address, unique within the account in its folded form.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// E.164.
    pub mobile: Option<String>,
    /// An https address of a picture.
    pub picture: Option<String>,
    /// BCP 47.
    pub mother_tongue: Option<String>,
    /// BCP 47: the language of the interface.
    pub preferred_language: Option<String>,
    /// BCP 47: the language of letters and calls.
    pub communication_language: Option<String>,
    /// IANA time zone.
    pub time_zone: Option<String>,

    /// Where the user stands in the life cycle.
    pub status: UserStatus,
    /// Since when.
    pub status_since: DateTimeUtc,
    /// Why, as staff wrote.
    pub status_reason: Option<String>,
    /// What switching the user active again brings back.
    pub status_before_inactive: Option<UserStatus>,
    /// Signs in but moves no money.
    pub frozen: bool,
    /// Who wanted the user cancelled.
    pub cancel_origin: Option<CancelOrigin>,

    /// The identity was verified.
    pub identity_verified: bool,
    /// The e-mail address was verified.
    pub email_verified: bool,
    /// The phone number was verified.
    pub phone_verified: bool,
    /// How thoroughly the identity was checked.
    pub kyc_level: KycLevel,
    /// Where KYC stands.
    pub kyc_status: KycStatus,
    /// What the last reviewer wrote.
    pub kyc_comment: Option<String>,

    /// Wants to be written to about offers; none where they were never asked.
    pub opt_in_mailing: Option<bool>,
    /// Who pays the taxes on the user's operations.
    pub tax_payer: Option<TaxPayer>,
    /// Pays fees of their own, not those of the platform.
    pub own_fees: bool,

    /// The best status of the user's wallets.
    pub wallet_status: WalletStatus,
    /// Wallets.
    pub wallet_count: i32,
    /// Payments in.
    pub payin_count: i32,
    /// Listings.
    pub listing_count: i32,
    /// Bookings that the user made as a customer.
    pub asker_booking_count: i32,
    /// Bookings that the user provides as a vendor.
    pub offerer_booking_count: i32,
    /// Reviews about the user.
    pub review_received_count: i32,
    /// Reviews by the user.
    pub review_made_count: i32,

    /// `email`, folded: unique within the account, compared and sorted by.
    pub email_folded: Option<String>,
    /// `first_name`, folded.
    pub first_name_folded: Option<String>,
    /// `last_name`, folded.
    pub last_name_folded: Option<String>,
    /// `tag`, folded.
    pub tag_folded: Option<String>,
    /// Everything that a keyword search looks at, folded, in one text.
    pub search_text: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
