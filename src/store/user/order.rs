//! What users are sorted by, and the columns that each order stands for: one line each.

use async_graphql::Enum;
use serde::Serialize;

use crate::store::page::{Kind, SortColumn};

/// What users are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum UserOrderField {
    /// The id, which rises with time.
    Id,
    /// The public reference.
    Reference,
    /// The last name, then the first name.
    Name,
    /// The given name.
    FirstName,
    /// The family name.
    LastName,
    /// The e-mail address.
    Email,
    /// The instant of registration.
    CreatedAt,
    /// The instant of the last change.
    UpdatedAt,
    /// The instant of the last sign-in.
    LastSignInAt,
    /// The status, in the order of the vocabulary.
    Status,
    /// Natural persons, then legal entities.
    PersonType,
    /// The code of the country of residence.
    Country,
    /// The KYC level, lowest first.
    KycLevel,
    /// The best status of the wallets: not connected, pending, blocked, activated.
    WalletStatus,
    /// How many listings.
    ListingCount,
    /// How many bookings made as a customer.
    AskerBookingCount,
    /// How many bookings provided as a vendor.
    OffererBookingCount,
}

impl UserOrderField {
    /// The columns that it stands for.
    pub(crate) fn columns(self) -> &'static [SortColumn] {
        const fn text(name: &'static str) -> SortColumn {
            SortColumn { name, kind: Kind::Text, nullable: true }
        }
        const fn instant(name: &'static str, nullable: bool) -> SortColumn {
            SortColumn { name, kind: Kind::Instant, nullable }
        }
        const fn number(name: &'static str) -> SortColumn {
            SortColumn { name, kind: Kind::Number, nullable: false }
        }
        const fn count(name: &'static str) -> SortColumn {
            SortColumn { name, kind: Kind::Count, nullable: false }
        }
        match self {
            Self::Id => &[SortColumn { name: "id", kind: Kind::Id, nullable: false }],
            Self::Reference => &[SortColumn { name: "reference", kind: Kind::Text, nullable: false }],
            Self::Name => const { &[text("last_name_folded"), text("first_name_folded")] },
            Self::FirstName => const { &[text("first_name_folded")] },
            Self::LastName => const { &[text("last_name_folded")] },
            Self::Email => const { &[text("email_folded")] },
            Self::CreatedAt => const { &[instant("created_at", false)] },
            Self::UpdatedAt => const { &[instant("updated_at", false)] },
            Self::LastSignInAt => const { &[instant("last_sign_in_at", true)] },
            Self::Status => const { &[number("status")] },
            Self::PersonType => const { &[number("person_type")] },
            Self::Country => const { &[text("country")] },
            Self::KycLevel => const { &[number("kyc_level")] },
            Self::WalletStatus => const { &[number("wallet_status")] },
            Self::ListingCount => const { &[count("listing_count")] },
            Self::AskerBookingCount => const { &[count("asker_booking_count")] },
            Self::OffererBookingCount => const { &[count("offerer_booking_count")] },
        }
    }
}
