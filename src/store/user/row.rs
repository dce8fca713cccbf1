//! A user as far as it was asked for: only the selected columns are read, and what was not read cannot be mistaken for
//! an empty field.

use backdesk_entity::{
    enums::{
        CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, TaxPayer, UserStatus,
        WalletStatus,
    },
    user::{Column, Model},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, Iterable, QueryResult, TryGetable};
use uuid::Uuid;

/// A set of columns of `users`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns(u128);

impl From<Column> for Columns {
    fn from(column: Column) -> Self {
        Self::NONE.with(column)
    }
}

impl Columns {
    /// No column.
    pub const NONE: Self = Self(0);

    /// These columns.
    pub fn of(columns: &[Column]) -> Self {
        columns.iter().fold(Self::NONE, |set, column| set.with(*column))
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, column: Column) -> Self {
        Self(self.0 | 1 << column as u64)
    }

    /// With all of another set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the column is in it.
    pub const fn contains(self, column: Column) -> bool {
        self.0 & 1 << column as u64 != 0
    }

    /// Where a column of it stands among them, and so in a row: by its name it would be looked up for each user again.
    const fn place(self, column: Column) -> usize {
        (self.0 & ((1 << column as u64) - 1)).count_ones() as usize
    }

    /// The columns, in declared order.
    pub fn iter(self) -> impl Iterator<Item = Column> {
        Column::iter().filter(move |column| self.contains(*column))
    }
}

/// A field of a row that may not have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<T>(Option<T>);

impl<T> Field<T> {
    /// The value, or none when its column was not selected: a fault of the selection, never an empty field.
    pub fn read(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

macro_rules! user_row {
    ($($field:ident: $type:ty = $column:ident,)+) => {
        /// The columns of a user that were selected. What `Model` has and lists show, field by field.
        #[derive(Debug, Clone)]
        #[expect(missing_docs, reason = "the entity documents each column")]
        pub struct UserRow { $(pub $field: Field<$type>,)+ }

        impl UserRow {
            /// Reads the selected columns of a result, which stand first in it, in declared order.
            pub(crate) fn read(row: &QueryResult, columns: Columns) -> Result<Self, DbErr> {
                Ok(Self { $($field: field(row, columns, Column::$column)?,)+ })
            }
        }

        impl From<Model> for UserRow {
            fn from(model: Model) -> Self {
                // what only the database compares and searches by is left behind
                let Model {
                    $($field,)+
                    status_before_inactive: _,
                    email_folded: _,
                    first_name_folded: _,
                    last_name_folded: _,
                    tag_folded: _,
                    search_text: _,
                } = model;
                Self { $($field: Field(Some($field)),)+ }
            }
        }
    };
}

fn field<T: TryGetable>(row: &QueryResult, columns: Columns, column: Column) -> Result<Field<T>, DbErr> {
    columns.contains(column).then(|| row.try_get_by(columns.place(column))).transpose().map(Field)
}

user_row! {
    id: Uuid = Id,
    account: String = Account,
    reference: String = Reference,
    tag: Option<String> = Tag,
    version: i32 = Version,
    created_at: DateTime<Utc> = CreatedAt,
    updated_at: DateTime<Utc> = UpdatedAt,
    last_sign_in_at: Option<DateTime<Utc>> = LastSignInAt,
    person_type: PersonType = PersonType,
    client_type: Option<ClientType> = ClientType,
    market_role: Option<MarketRole> = MarketRole,
    title: Option<String> = Title,
    first_name: Option<String> = FirstName,
    last_name: Option<String> = LastName,
    middle_names: Option<String> = MiddleNames,
    birth_date: Option<NaiveDate> = BirthDate,
    birth_place: Option<String> = BirthPlace,
    birth_country: Option<String> = BirthCountry,
    nationality: Option<String> = Nationality,
    second_nationality: Option<String> = SecondNationality,
    country: Option<String> = Country,
    email: Option<String> = Email,
    phone: Option<String> = Phone,
    mobile: Option<String> = Mobile,
    picture: Option<String> = Picture,
    mother_tongue: Option<String> = MotherTongue,
    preferred_language: Option<String> = PreferredLanguage,
    communication_language: Option<String> = CommunicationLanguage,
    time_zone: Option<String> = TimeZone,
    status: UserStatus = Status,
    status_since: DateTime<Utc> = StatusSince,
    status_reason: Option<String> = StatusReason,
    frozen: bool = Frozen,
    cancel_origin: Option<CancelOrigin> = CancelOrigin,
    identity_verified: bool = IdentityVerified,
    email_verified: bool = EmailVerified,
    phone_verified: bool = PhoneVerified,
    kyc_level: KycLevel = KycLevel,
    kyc_status: KycStatus = KycStatus,
    kyc_comment: Option<String> = KycComment,
    opt_in_mailing: Option<bool> = OptInMailing,
    tax_payer: Option<TaxPayer> = TaxPayer,
    own_fees: bool = OwnFees,
    wallet_status: WalletStatus = WalletStatus,
    wallet_count: i32 = WalletCount,
    payin_count: i32 = PayinCount,
    listing_count: i32 = ListingCount,
    asker_booking_count: i32 = AskerBookingCount,
    offerer_booking_count: i32 = OffererBookingCount,
    review_received_count: i32 = ReviewReceivedCount,
    review_made_count: i32 = ReviewMadeCount,
}
