//! What users are filtered by, and where each attribute is found: one line each.

use backdesk_entity::{
    enums::{DocumentKind, DocumentState, KycStatus},
    group, user, user_client_permission, user_company,
    user_company::Column as Company,
    user_external_id, user_group, user_language, user_membership, user_party, user_sanctions,
    user_sanctions::Column as Sanctions,
    user_tax, user_tie,
};
use sea_orm::{
    ColumnTrait, EntityName, IdenStatic,
    sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use serde::Serialize;

use super::ties;
use crate::{
    auth::policy::Action,
    domain::{
        group::ComputedGroup,
        list::{Filter, Operand, Test},
    },
    store::{
        document::owners_of_documents,
        filter::{Attribute, Frame, Target, TextForm},
    },
};

pub(crate) const TABLE: &str = "users";

/// The names of companies, where a statement makes a table of them.
const COMPANY_NAMES: &str = "company_names";

/// What users are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum UserAttribute {
    Id,
    Account,
    Reference,
    ExternalId,
    Tag,
    CreatedAt,
    UpdatedAt,
    LastSignInAt,
    PersonType,
    ClientType,
    MarketRole,
    FirstName,
    LastName,
    BirthDate,
    Nationality,
    Country,
    Email,
    Phone,
    Mobile,
    MotherTongue,
    SpokenLanguage,
    PreferredLanguage,
    CommunicationLanguage,
    TimeZone,
    Status,
    Frozen,
    CancelOrigin,
    Group,
    IdentityVerified,
    EmailVerified,
    PhoneVerified,
    KycLevel,
    KycStatus,
    CompanyName,
    RegistrationNumber,
    VatNumber,
    LegalForm,
    CountryOfIncorporation,
    TaxPayer,
    OptInMailing,
    OwnFees,
    WalletStatus,
    ListingCount,
    AskerBookingCount,
    OffererBookingCount,
    TaxResidence,
    SpecifiedUsPerson,
    ActivityOutsideEu,
    EconomicSanctions,
    ResidentCountriesSanctions,
    InvolvedSanctions,
    /// A document of this kind in this state on the day of the list: asked by whether there is none.
    Document {
        kind: Option<DocumentKind>,
        state: Option<DocumentState>,
    },
    Parent,
    Company,
    CompanyRole,
    Party,
    Category,
    ExtraPermission,
    WalletsStatus,
    WalletsProvider,
    WalletsCurrency,
    WalletsNetworkStatus,
    BankAccount,
    CanBePaid,
    CanBePaidOut,
}

impl Attribute for UserAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    #[expect(clippy::too_many_lines, reason = "a table: a line for each attribute")]
    fn target(self, frame: &Frame<'_>) -> Target {
        use TextForm::{Exact, Folded, Language, Phone, Squeezed, TimeZone, Upper};
        use user::Column as C;
        let column = |column: C, nullable: bool, text: TextForm| Target::Column {
            column: (TABLE, column.as_str()),
            nullable,
            text,
        };
        let others = |rows: Target| if frame.scope.is_of_leads() { ties::leads(rows) } else { rows };
        match self {
            Self::Id => column(C::Id, false, Exact),
            Self::Account => column(C::Account, false, Exact),
            Self::Reference => column(C::Reference, false, Upper),
            Self::ExternalId => {
                let mut users = Query::select();
                users.column(user_external_id::Column::UserId).from(user_external_id::Entity);
                Target::Rows { users: Box::new(users), column: ("user_external_ids", "value"), text: Exact }
            }
            Self::Tag => column(C::TagFolded, true, Folded),
            Self::CreatedAt => column(C::CreatedAt, false, Exact),
            Self::UpdatedAt => column(C::UpdatedAt, false, Exact),
            Self::LastSignInAt => column(C::LastSignInAt, true, Exact),
            Self::PersonType => column(C::PersonType, false, Exact),
            Self::ClientType => column(C::ClientType, true, Exact),
            Self::MarketRole => column(C::MarketRole, true, Exact),
            Self::FirstName => column(C::FirstNameFolded, true, Folded),
            Self::LastName => column(C::LastNameFolded, true, Folded),
            Self::BirthDate => column(C::BirthDate, true, Exact),
            Self::Nationality => column(C::Nationality, true, Upper),
            Self::Country => column(C::Country, true, Upper),
            Self::Email => column(C::EmailFolded, true, Folded),
            Self::Phone => column(C::Phone, true, Phone),
            Self::Mobile => column(C::Mobile, true, Phone),
            Self::MotherTongue => column(C::MotherTongue, true, Language),
            Self::SpokenLanguage => {
                let mut users = Query::select();
                users.column(user_language::Column::UserId).from(user_language::Entity);
                Target::Rows {
                    users: Box::new(users),
                    column: ("user_languages", "language"),
                    text: Language,
                }
            }
            Self::PreferredLanguage => column(C::PreferredLanguage, true, Language),
            Self::CommunicationLanguage => column(C::CommunicationLanguage, true, Language),
            Self::TimeZone => column(C::TimeZone, true, TimeZone),
            Self::Status => column(C::Status, false, Exact),
            Self::Frozen => column(C::Frozen, false, Exact),
            Self::CancelOrigin => column(C::CancelOrigin, true, Exact),
            Self::Group => groups(),
            Self::IdentityVerified => column(C::IdentityVerified, false, Exact),
            Self::EmailVerified => column(C::EmailVerified, false, Exact),
            Self::PhoneVerified => column(C::PhoneVerified, false, Exact),
            Self::KycLevel => column(C::KycLevel, false, Exact),
            Self::KycStatus => column(C::KycStatus, false, Exact),
            Self::CompanyName => Target::Rows {
                users: Box::new(company_names()),
                column: (COMPANY_NAMES, "name"),
                text: Folded,
            },
            Self::RegistrationNumber => wide(Company::RegistrationNumberSqueezed, Squeezed),
            Self::VatNumber => wide(Company::VatNumber, Squeezed),
            Self::LegalForm => wide(Company::LegalForm, Exact),
            Self::CountryOfIncorporation => wide(Company::CountryOfIncorporation, Upper),
            Self::TaxPayer => column(C::TaxPayer, true, Exact),
            Self::OptInMailing => column(C::OptInMailing, true, Exact),
            Self::OwnFees => column(C::OwnFees, false, Exact),
            Self::WalletStatus => column(C::WalletStatus, false, Exact),
            Self::ListingCount => column(C::ListingCount, false, Exact),
            Self::AskerBookingCount => column(C::AskerBookingCount, false, Exact),
            Self::OffererBookingCount => column(C::OffererBookingCount, false, Exact),
            Self::TaxResidence => wide(user_tax::Column::TaxResidence, Upper),
            Self::SpecifiedUsPerson => wide(user_tax::Column::SpecifiedUsPerson, Exact),
            Self::ActivityOutsideEu => wide(Sanctions::ActivityOutsideEu, Exact),
            Self::EconomicSanctions => wide(Sanctions::Economic, Exact),
            Self::ResidentCountriesSanctions => wide(Sanctions::ResidentCountries, Exact),
            Self::InvolvedSanctions => wide(Sanctions::Involved, Exact),
            Self::Document { kind, state } => Target::Rows {
                users: Box::new(owners_of_documents(kind, state, frame.now.date_naive())),
                column: ("documents", "kind"),
                text: Exact,
            },
            Self::Parent => others(ties::rows(user_tie::Entity, "user_ties", "parent_id", Exact)),
            Self::Company => {
                others(ties::rows(user_membership::Entity, "user_memberships", "company_id", Exact))
            }
            Self::CompanyRole => ties::rows(user_membership::Entity, "user_memberships", "role", Exact),
            Self::Party => others(ties::rows(user_party::Entity, "user_parties", "party_id", Exact)),
            Self::Category => ties::categories(),
            Self::ExtraPermission => {
                ties::rows(user_client_permission::Entity, "user_client_permissions", "permission", Exact)
            }
            Self::WalletsStatus => rows_of("wallets", "status", Exact),
            Self::WalletsProvider => rows_of("wallets", "provider", Exact),
            Self::WalletsCurrency => rows_of("wallets", "currency", Upper),
            Self::WalletsNetworkStatus => {
                let mut users = Query::select();
                let network = Expr::col(("wallet_networks", "wallet_id")).equals(("wallets", "id"));
                users.column(("wallets", "user_id")).from("wallets").inner_join("wallet_networks", network);
                Target::Rows { users: Box::new(users), column: ("wallet_networks", "status"), text: Exact }
            }
            Self::BankAccount => rows_of("bank_accounts", "id", Exact),
            Self::CanBePaid => rows_of("psp_accounts", "can_be_paid", Exact),
            Self::CanBePaidOut => rows_of("psp_accounts", "can_be_paid_out", Exact),
        }
    }

    fn part(self) -> Option<Action> {
        match self {
            Self::Document { .. } => Some(Action::UserDocuments),
            Self::TaxResidence | Self::SpecifiedUsPerson => Some(Action::UserTax),
            Self::ActivityOutsideEu
            | Self::EconomicSanctions
            | Self::ResidentCountriesSanctions
            | Self::InvolvedSanctions => Some(Action::UserSanctions),
            Self::WalletsStatus | Self::WalletsProvider | Self::WalletsCurrency => Some(Action::UserWallets),
            Self::WalletsNetworkStatus => Some(Action::UserWalletNetworks),
            Self::BankAccount => Some(Action::UserBankAccounts),
            Self::CanBePaid | Self::CanBePaidOut => Some(Action::UserPspAccounts),
            _ => None,
        }
    }
}

/// A column of a wide part. Users without a row there have no value, as those whose row has none.
fn wide<C: ColumnTrait>(column: C, text: TextForm) -> Target {
    let table = C::EntityName::default();
    let mut users = Query::select();
    users.column("user_id").from(table.table_name()).and_where(column.into_expr().is_not_null());
    Target::Rows { users: Box::new(users), column: (table.table_name(), column.as_str()), text }
}

/// The legal and the business names of companies, as rows of one table.
fn company_names() -> SelectStatement {
    let names = |column: user_company::Column| {
        let mut names = Query::select();
        names
            .column(user_company::Column::UserId)
            .expr_as(Expr::col(column), "name")
            .from(user_company::Entity)
            .and_where(Expr::col(column).is_not_null());
        names
    };
    let mut both = names(Company::LegalNameFolded);
    both.union(UnionType::All, names(Company::BusinessNameFolded));
    let mut users = Query::select();
    users.column((COMPANY_NAMES, "user_id")).from_subquery(both, COMPANY_NAMES);
    users
}

/// The users of whom one of the answers about sanctions is yes.
pub(super) fn sanctioned() -> SelectStatement {
    let yes = |column: Sanctions| Expr::col(column).eq(true);
    let mut users = Query::select();
    users.column(Sanctions::UserId).from(user_sanctions::Entity).cond_where(
        Cond::any()
            .add(yes(Sanctions::Economic))
            .add(yes(Sanctions::ResidentCountries))
            .add(yes(Sanctions::Involved)),
    );
    users
}

/// Assigned groups, by key.
fn groups() -> Target {
    let mut users = Query::select();
    users.column((user_group::Entity, user_group::Column::UserId)).from(user_group::Entity).inner_join(
        group::Entity,
        Expr::col((group::Entity, group::Column::Id))
            .equals((user_group::Entity, user_group::Column::GroupId)),
    );
    Target::Rows { users: Box::new(users), column: ("groups", "key"), text: TextForm::Upper }
}

/// A column of rows that belong to users.
fn rows_of(table: &'static str, column: &'static str, text: TextForm) -> Target {
    let mut users = Query::select();
    users.column((table, "user_id")).from(table);
    Target::Rows { users: Box::new(users), column: (table, column), text }
}

/// The users in at least one of these groups. Groups that are states have no rows: they are what they are computed from.
pub fn in_groups(keys: &[String]) -> Filter<UserAttribute> {
    let flag = |value| Test::Eq(Operand::Flag(value));
    let mut parts = Vec::new();
    let mut assigned = Vec::new();
    for key in keys {
        match ComputedGroup::from_key(&key.to_uppercase()) {
            Some(ComputedGroup::EmailNotVerified) => {
                parts.push(Filter::Is(UserAttribute::EmailVerified, flag(false)));
            }
            Some(ComputedGroup::PhoneNotVerified) => {
                parts.push(Filter::Is(UserAttribute::PhoneVerified, flag(false)));
            }
            Some(ComputedGroup::KycNotVerified) => {
                let validated = Test::Eq(Operand::Number(KycStatus::Validated as i32));
                parts.push(Filter::Is(UserAttribute::KycStatus, validated).negated());
            }
            None => assigned.push(Operand::Text(key.clone())),
        }
    }
    // one test however many they are: the limits count tests
    if !assigned.is_empty() {
        parts.push(Filter::Is(UserAttribute::Group, Test::In(assigned)));
    }
    Filter::Any(parts)
}

/// The users in no group at all, neither assigned nor computed.
pub fn in_no_group() -> Filter<UserAttribute> {
    let states = ComputedGroup::ALL.map(|group| group.key().to_owned());
    Filter::All(vec![Filter::Is(UserAttribute::Group, Test::IsNull), in_groups(&states).negated()])
}
