//! Which users: every attribute with its operators.

use async_graphql::InputObject;
use backdesk_entity::enums::{
    CancelOrigin, ClientPermission, ClientType, CompanyRole, KycLevel, KycStatus, MarketRole, NetworkStatus,
    PersonType, TaxPayer, UserStatus, WalletStatus,
};

use crate::{
    config::Limits,
    domain::{
        list::{Filter, Operand, Test},
        status,
    },
    graphql::{
        document::UserDocuments,
        filter::{
            AnswerFilter, CodeFilter, DateFilter, DateTimeFilter, IdFilter, IntFilter, StringFilter,
            WordFilter, tested,
        },
    },
    service::{
        error::ApiError,
        listing,
        user::{UserAttribute as A, in_groups, in_no_group},
    },
};

/// Which users: everything that is given must hold. A null attribute is as good as none.
// boxed: filters nest, and each that is open lies on the stack with room for every attribute
#[derive(Debug, Default, InputObject)]
pub(super) struct UserWhere {
    /// All of these hold as well.
    and: Option<Vec<UserWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<UserWhere>>,
    /// This does not hold: the exact complement, missing values included.
    not: Option<Box<UserWhere>>,
    /// What the API calls the user.
    id: Option<Box<IdFilter>>,
    /// The code of the account.
    account: Option<Box<CodeFilter>>,
    /// The public reference.
    reference: Option<Box<StringFilter>>,
    /// The name that any other system has for the user.
    external_id: Option<Box<CodeFilter>>,
    /// The platform's own label.
    tag: Option<Box<StringFilter>>,
    /// The instant of registration.
    created_at: Option<Box<DateTimeFilter>>,
    /// The instant of the last change.
    updated_at: Option<Box<DateTimeFilter>>,
    /// The instant of the last sign-in; `isNull: true` finds those who never did.
    last_sign_in_at: Option<Box<DateTimeFilter>>,
    /// Natural persons or legal entities.
    person_type: Option<Box<WordFilter<PersonType>>>,
    /// Enterprise or merchant.
    client_type: Option<Box<WordFilter<ClientType>>>,
    /// Vendors, customers, both: all who sell are `in: [VENDOR, BOTH]`.
    market_role: Option<Box<WordFilter<MarketRole>>>,
    /// The given name.
    first_name: Option<Box<StringFilter>>,
    /// The family name.
    last_name: Option<Box<StringFilter>>,
    /// The day of birth.
    birth_date: Option<Box<DateFilter>>,
    /// The country whose citizen the user is.
    nationality: Option<Box<CodeFilter>>,
    /// The country of residence.
    country: Option<Box<CodeFilter>>,
    /// The e-mail address.
    email: Option<Box<StringFilter>>,
    /// The phone number; spaces and punctuation do not matter.
    phone: Option<Box<StringFilter>>,
    /// The mobile phone number; spaces and punctuation do not matter.
    mobile: Option<Box<StringFilter>>,
    /// The language that the user grew up with.
    mother_tongue: Option<Box<CodeFilter>>,
    /// A spoken language: `eq` finds those who speak it, `ne` those who do not.
    spoken_language: Option<Box<CodeFilter>>,
    /// The language of the interface.
    preferred_language: Option<Box<CodeFilter>>,
    /// The language of letters and calls.
    communication_language: Option<Box<CodeFilter>>,
    /// Where the user's clock stands.
    time_zone: Option<Box<CodeFilter>>,
    /// Where the user stands with the platform.
    status: Option<Box<WordFilter<UserStatus>>>,
    /// Users who may sign in, or who may not.
    active: Option<bool>,
    /// Frozen users, or the others.
    frozen: Option<bool>,
    /// Who wanted the user cancelled.
    cancel_origin: Option<Box<WordFilter<CancelOrigin>>>,
    /// The key of a group: `eq` finds its members, `ne` all others. Computed groups too.
    group: Option<Box<CodeFilter>>,
    /// The key of a category: `eq` finds those in it, `ne` all others.
    category: Option<Box<CodeFilter>>,
    /// What users may do beyond what their groups allow.
    extra_permission: Option<Box<WordFilter<ClientPermission>>>,
    /// The id of a parent: `eq` finds those below.
    parent: Option<Box<IdFilter>>,
    /// The id of a company: `eq` finds its members.
    company: Option<Box<IdFilter>>,
    /// Users who belong to a company, or to none.
    company_user: Option<bool>,
    /// Users who own the company that they belong to, or not.
    company_owner: Option<bool>,
    /// Users who are staff of a company, or not.
    company_staff: Option<bool>,
    /// The id of a partner or adviser: `eq` finds whose they are.
    partner: Option<Box<IdFilter>>,
    /// Users whose identity was verified, or not.
    identity_verified: Option<bool>,
    /// Users whose e-mail address was verified, or not.
    email_verified: Option<bool>,
    /// Users whose phone number was verified, or not.
    phone_verified: Option<bool>,
    /// How thoroughly the identity was checked.
    kyc_level: Option<Box<WordFilter<KycLevel>>>,
    /// Where KYC stands.
    kyc_status: Option<Box<WordFilter<KycStatus>>>,
    /// The legal or the business name of the company: `eq` finds those who have it, `ne` those who do not.
    company_name: Option<Box<StringFilter>>,
    /// The company's number in the register; spaces and punctuation do not matter.
    registration_number: Option<Box<StringFilter>>,
    /// The company's VAT number; spaces and punctuation do not matter.
    vat_number: Option<Box<StringFilter>>,
    /// The company's legal form, as it is written.
    legal_form: Option<Box<CodeFilter>>,
    /// Where the company was founded.
    country_of_incorporation: Option<Box<CodeFilter>>,
    /// Who pays the taxes on the user's operations.
    tax_payer: Option<Box<WordFilter<TaxPayer>>>,
    /// Whether the user wants to be written to about offers.
    opt_in_mailing: Option<Box<AnswerFilter>>,
    /// Users with fees of their own, or those with the platform's.
    fees_customized: Option<bool>,
    /// The best status of the user's wallets.
    wallet_status: Option<Box<WordFilter<WalletStatus>>>,
    /// Users with a listing, whatever its state, or those without.
    has_listing: Option<bool>,
    /// How many listings.
    listing_count: Option<Box<IntFilter>>,
    /// How many bookings made as a customer.
    asker_booking_count: Option<Box<IntFilter>>,
    /// How many bookings provided as a vendor.
    offerer_booking_count: Option<Box<IntFilter>>,
    /// The country where the user is taxed. Needs the permission to see it.
    tax_residence: Option<Box<CodeFilter>>,
    /// Whether the user is a specified US person. Needs the permission to see it.
    specified_us_person: Option<Box<AnswerFilter>>,
    /// Users who answered yes to one of the three questions about sanctions, or all others. Needs the permission to see the answers.
    sanctioned: Option<bool>,
    /// Whether the user is active outside the European Union. Needs the permission to see the answer.
    activity_outside_eu: Option<Box<AnswerFilter>>,
    /// Whether the user is under economic sanctions. Needs the permission to see the answer.
    economic_sanctions: Option<Box<AnswerFilter>>,
    /// Whether the user lives in a country under sanctions. Needs the permission to see the answer.
    resident_countries_sanctions: Option<Box<AnswerFilter>>,
    /// Whether the user is involved with somebody under sanctions. Needs the permission to see the answer.
    involved_sanctions: Option<Box<AnswerFilter>>,
    /// Users with such a document. Needs the permission to see documents.
    documents: Option<UserDocuments>,
    /// Users who have such a wallet; needs `FINANCE_READ`.
    wallet: Option<Box<UserWalletWhere>>,
    /// How a wallet of the user is connected to its network; needs `NETWORK_READ`.
    wallet_network_status: Option<Box<WordFilter<NetworkStatus>>>,
    /// Users who have a bank account, or none; needs `FINANCE_READ`.
    has_bank_account: Option<bool>,
    /// Users for whom the platform can receive funds by some payment provider, or by none; needs `FINANCE_READ`.
    can_be_paid: Option<bool>,
    /// Users whom some payment provider can pay out, or none can; needs `FINANCE_READ`.
    can_be_paid_out: Option<bool>,
}

/// Which wallet: one of which everything holds that is given.
#[derive(Debug, InputObject)]
pub(super) struct UserWalletWhere {
    /// How far it is ready.
    status: Option<WordFilter<WalletStatus>>,
    /// The payment provider that keeps it.
    provider: Option<CodeFilter>,
    /// The code of its currency.
    currency: Option<CodeFilter>,
}

impl UserWalletWhere {
    fn filter(self) -> Result<Filter<A>, ApiError> {
        let Self { status, provider, currency } = self;
        let tests = [
            tested(status, A::WalletsStatus)?,
            tested(provider, A::WalletsProvider)?,
            tested(currency, A::WalletsCurrency)?,
        ];
        let tests: Vec<_> = tests.into_iter().flatten().collect();
        if tests.is_empty() {
            let message = "`wallet` without an attribute tests nothing: say which wallet, or leave it out.";
            return Err(ApiError::bad_input(message));
        }
        Ok(Filter::ByOne(Box::new(Filter::All(tests))))
    }
}

impl UserWhere {
    #[expect(clippy::too_many_lines, reason = "a line for each attribute")]
    /// The filter that is meant; `depth` counts the inputs around this one.
    pub(super) fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self {
            and,
            or,
            not,
            id,
            account,
            reference,
            external_id,
            tag,
            created_at,
            updated_at,
            last_sign_in_at,
            person_type,
            client_type,
            market_role,
            first_name,
            last_name,
            birth_date,
            nationality,
            country,
            email,
            phone,
            mobile,
            mother_tongue,
            spoken_language,
            preferred_language,
            communication_language,
            time_zone,
            status,
            active,
            frozen,
            cancel_origin,
            group,
            category,
            extra_permission,
            parent,
            company,
            company_user,
            company_owner,
            company_staff,
            partner,
            identity_verified,
            email_verified,
            phone_verified,
            kyc_level,
            kyc_status,
            company_name,
            registration_number,
            vat_number,
            legal_form,
            country_of_incorporation,
            tax_payer,
            opt_in_mailing,
            fees_customized,
            wallet_status,
            has_listing,
            listing_count,
            asker_booking_count,
            offerer_booking_count,
            tax_residence,
            specified_us_person,
            sanctioned,
            activity_outside_eu,
            economic_sanctions,
            resident_countries_sanctions,
            involved_sanctions,
            documents,
            wallet,
            wallet_network_status,
            has_bank_account,
            can_be_paid,
            can_be_paid_out,
        } = self;
        let all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.filter(limits, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        let flag = |value: bool| Test::Eq(Operand::Flag(value));
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter(limits, depth + 1)).transpose()?.map(Filter::negated),
            tested(id, A::Id)?,
            tested(account, A::Account)?,
            tested(reference, A::Reference)?,
            tested(external_id, A::ExternalId)?,
            tested(tag, A::Tag)?,
            tested(created_at, A::CreatedAt)?,
            tested(updated_at, A::UpdatedAt)?,
            tested(last_sign_in_at, A::LastSignInAt)?,
            tested(person_type, A::PersonType)?,
            tested(client_type, A::ClientType)?,
            tested(market_role, A::MarketRole)?,
            tested(first_name, A::FirstName)?,
            tested(last_name, A::LastName)?,
            tested(birth_date, A::BirthDate)?,
            tested(nationality, A::Nationality)?,
            tested(country, A::Country)?,
            tested(email, A::Email)?,
            tested(phone, A::Phone)?,
            tested(mobile, A::Mobile)?,
            tested(mother_tongue, A::MotherTongue)?,
            tested(spoken_language, A::SpokenLanguage)?,
            tested(preferred_language, A::PreferredLanguage)?,
            tested(communication_language, A::CommunicationLanguage)?,
            tested(time_zone, A::TimeZone)?,
            tested(status, A::Status)?,
            active.map(activity),
            frozen.map(|value| Filter::Is(A::Frozen, flag(value))),
            tested(cancel_origin, A::CancelOrigin)?,
            group.map(|codes| codes.among(in_no_group, in_groups)).transpose()?,
            tested(category, A::Category)?,
            tested(extra_permission, A::ExtraPermission)?,
            tested(parent, A::Parent)?,
            tested(company, A::Company)?,
            company_user.map(|value| either(!value, Filter::Is(A::CompanyRole, Test::IsNull))),
            company_owner.map(|value| either(value, in_company_as(CompanyRole::Owner))),
            company_staff.map(|value| either(value, in_company_as(CompanyRole::Staff))),
            tested(partner, A::Party)?,
            identity_verified.map(|value| Filter::Is(A::IdentityVerified, flag(value))),
            email_verified.map(|value| Filter::Is(A::EmailVerified, flag(value))),
            phone_verified.map(|value| Filter::Is(A::PhoneVerified, flag(value))),
            tested(kyc_level, A::KycLevel)?,
            tested(kyc_status, A::KycStatus)?,
            tested(company_name, A::CompanyName)?,
            tested(registration_number, A::RegistrationNumber)?,
            tested(vat_number, A::VatNumber)?,
            tested(legal_form, A::LegalForm)?,
            tested(country_of_incorporation, A::CountryOfIncorporation)?,
            tested(tax_payer, A::TaxPayer)?,
            tested(opt_in_mailing, A::OptInMailing)?,
            fees_customized.map(|value| Filter::Is(A::OwnFees, flag(value))),
            tested(wallet_status, A::WalletStatus)?,
            has_listing.map(|value| either(value, listed())),
            tested(listing_count, A::ListingCount)?,
            tested(asker_booking_count, A::AskerBookingCount)?,
            tested(offerer_booking_count, A::OffererBookingCount)?,
            tested(tax_residence, A::TaxResidence)?,
            tested(specified_us_person, A::SpecifiedUsPerson)?,
            sanctioned.map(|value| either(value, under_sanctions())),
            tested(activity_outside_eu, A::ActivityOutsideEu)?,
            tested(economic_sanctions, A::EconomicSanctions)?,
            tested(resident_countries_sanctions, A::ResidentCountriesSanctions)?,
            tested(involved_sanctions, A::InvolvedSanctions)?,
            documents.map(having).transpose()?,
            wallet.map(|wallet| wallet.filter()).transpose()?,
            tested(wallet_network_status, A::WalletsNetworkStatus)?,
            has_bank_account.map(|has| either(!has, Filter::Is(A::BankAccount, Test::IsNull))),
            can_be_paid.map(|can| either(can, Filter::Is(A::CanBePaid, flag(true)))),
            can_be_paid_out.map(|can| either(can, Filter::Is(A::CanBePaidOut, flag(true)))),
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

/// A filter, or its complement.
fn either(holds: bool, filter: Filter<A>) -> Filter<A> {
    if holds { filter } else { filter.negated() }
}

fn listed() -> Filter<A> {
    Filter::Is(A::ListingCount, Test::Gt(Operand::Number(0)))
}

fn under_sanctions() -> Filter<A> {
    let yes = |answer| Filter::Is(answer, Test::Eq(Operand::Flag(true)));
    Filter::Any([A::EconomicSanctions, A::ResidentCountriesSanctions, A::InvolvedSanctions].map(yes).into())
}

/// Users who have such a document.
fn having(which: UserDocuments) -> Result<Filter<A>, ApiError> {
    let UserDocuments { kind, state } = which;
    if kind.is_none() && state.is_none() {
        return Err(ApiError::bad_input("`documents` needs a kind or a state."));
    }
    Ok(Filter::Is(A::Document { kind, state }, Test::IsNull).negated())
}

fn in_company_as(role: CompanyRole) -> Filter<A> {
    Filter::Is(A::CompanyRole, Test::Eq(Operand::Number(role as i32)))
}

/// Who is active is said by the status.
fn activity(active: bool) -> Filter<A> {
    use async_graphql::resolver_utils::EnumType;
    let words =
        UserStatus::items().iter().map(|item| item.value).filter(|word| status::is_active(*word) == active);
    Filter::Is(A::Status, Test::In(words.map(|word| Operand::Number(word as i32)).collect()))
}
