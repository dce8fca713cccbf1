//! What is said about users: which ones, and what of them changes.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use backdesk_entity::enums::{ClientType, MarketRole, NetworkStatus, PersonType, TaxPayer, VerificationKind};

use super::{
    circumstances::{FinancesInput, OccupationInput, SanctionsInput, TaxInput},
    company::CompanyInput,
};
use crate::{
    domain::user::{
        AddressChange, CompanyChange, ExternalId, FinancesChange, OccupationChange, Patch, SanctionsChange,
        TaxChange, UserChange,
    },
    graphql::scalars::{CountryCode, Date, Email, LanguageTag, Phone, TimeZone, Url},
    service::{
        parse_id,
        user::{NewUser, SetWalletNetwork, UserKey},
    },
};

/// One way to name a user.
#[derive(Debug, OneofObject)]
pub(super) enum UserBy {
    /// By id.
    Id(ID),
    /// By the public reference.
    Reference(String),
    /// By the name that another system has for the user.
    ExternalId(ExternalIdInput),
    /// By e-mail address.
    Email(Email),
}

impl UserBy {
    /// The key, or none when it can name nobody.
    pub(super) fn key(self) -> Option<UserKey> {
        Some(match self {
            Self::Id(id) => UserKey::Id(parse_id(&id)?),
            Self::Reference(reference) => UserKey::Reference(reference),
            Self::ExternalId(id) => UserKey::ExternalId(id.into()),
            Self::Email(email) => UserKey::Email(email.0),
        })
    }
}

/// How another system calls a user.
#[derive(Debug, InputObject)]
pub(super) struct ExternalIdInput {
    /// The name of the other system, such as `CRM`.
    system: String,
    /// Its name for the user.
    value: String,
}

impl From<ExternalIdInput> for ExternalId {
    fn from(input: ExternalIdInput) -> Self {
        let ExternalIdInput { system, value } = input;
        Self { system, value }
    }
}

/// A new user.
#[derive(Debug, InputObject)]
pub(super) struct UserCreateInput {
    /// The code of the account that the user will belong to, for good.
    account: String,
    /// Natural person or legal entity.
    person_type: PersonType,
    /// Everything else that is known.
    profile: Option<UserUpdateInput>,
}

impl From<UserCreateInput> for NewUser {
    fn from(input: UserCreateInput) -> Self {
        let UserCreateInput { account, person_type, profile } = input;
        Self { account, person_type, profile: profile.unwrap_or_default().into() }
    }
}

/// Changes to a user: what is absent stays, what is null becomes empty.
#[derive(Debug, Default, InputObject)]
pub(super) struct UserUpdateInput {
    /// The platform's own label.
    tag: MaybeUndefined<String>,
    /// Natural person or legal entity; cannot become empty.
    person_type: MaybeUndefined<PersonType>,
    /// Enterprise or merchant.
    client_type: MaybeUndefined<ClientType>,
    /// Vendor, customer or both.
    market_role: MaybeUndefined<MarketRole>,
    /// The form of address.
    title: MaybeUndefined<String>,
    /// The given name.
    first_name: MaybeUndefined<String>,
    /// The family name.
    last_name: MaybeUndefined<String>,
    /// Further given names, as papers have them.
    middle_names: MaybeUndefined<String>,
    /// The day of birth, in the past.
    birth_date: MaybeUndefined<Date>,
    /// The place of birth.
    birth_place: MaybeUndefined<String>,
    /// The country of birth.
    birth_country: MaybeUndefined<CountryCode>,
    /// The country whose citizen the user is.
    nationality: MaybeUndefined<CountryCode>,
    /// The other country whose citizen the user is, of those with two.
    second_nationality: MaybeUndefined<CountryCode>,
    /// Where the user lives, or the company sits.
    country_of_residence: MaybeUndefined<CountryCode>,
    /// The e-mail address, unique within the account. A new one is not verified yet.
    email: MaybeUndefined<Email>,
    /// The phone number. A new one is not verified yet.
    phone: MaybeUndefined<Phone>,
    /// The mobile phone number.
    mobile: MaybeUndefined<Phone>,
    /// Where a picture is found.
    picture: MaybeUndefined<Url>,
    /// The language that the user grew up with.
    mother_tongue: MaybeUndefined<LanguageTag>,
    /// The language of the interface.
    preferred_language: MaybeUndefined<LanguageTag>,
    /// The language of letters and calls.
    communication_language: MaybeUndefined<LanguageTag>,
    /// Where the user's clock stands.
    time_zone: MaybeUndefined<TimeZone>,
    /// All spoken languages, in place of those before.
    spoken_languages: MaybeUndefined<Vec<LanguageTag>>,
    /// All names of other systems, in place of those before.
    external_ids: MaybeUndefined<Vec<ExternalIdInput>>,
    /// The address for bills and KYC; null removes it.
    postal_address: MaybeUndefined<AddressInput>,
    /// A second address; null removes it.
    secondary_address: MaybeUndefined<AddressInput>,
    /// Where the user says publicly that they are; null removes it.
    location_address: MaybeUndefined<AddressInput>,
    /// Whether the user wants to be written to about offers.
    opt_in_mailing: MaybeUndefined<bool>,
    /// Who pays the taxes on the user's operations.
    tax_payer: MaybeUndefined<TaxPayer>,
    /// The company that the user is; null removes it, its address with it. Natural persons have none.
    company: MaybeUndefined<CompanyInput>,
    /// What the user does for a living; null removes it.
    occupation: MaybeUndefined<OccupationInput>,
    /// How the user stands financially; null removes it. Needs the permission to see it.
    finances: MaybeUndefined<FinancesInput>,
    /// Where and how the user is taxed; null removes it. Needs the permission to see it.
    tax: MaybeUndefined<TaxInput>,
    /// What the user answered about sanctions; null removes it. Needs the permission to see it.
    sanctions: MaybeUndefined<SanctionsInput>,
}

/// Changes to an address: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct AddressInput {
    /// First line.
    line1: MaybeUndefined<String>,
    /// Second line.
    line2: MaybeUndefined<String>,
    /// Third line.
    line3: MaybeUndefined<String>,
    /// Postal code.
    postcode: MaybeUndefined<String>,
    /// City or town.
    city: MaybeUndefined<String>,
    /// State, province or region.
    state: MaybeUndefined<String>,
    /// The country of the address.
    country: MaybeUndefined<CountryCode>,
}

/// What of a user is verified by hand, or not any more.
#[derive(Debug, InputObject)]
pub(super) struct UserVerificationInput {
    /// What.
    pub(super) kind: VerificationKind,
    /// Whether it is verified.
    pub(super) verified: bool,
}

/// Changes to how a wallet is connected to its network: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct WalletNetworkInput {
    /// The wallet, of this user.
    wallet_id: ID,
    /// The network, such as `bitcoin` or `SEPA`: needed where none is known yet.
    network: MaybeUndefined<String>,
    /// The wallet's address there.
    address: MaybeUndefined<String>,
    /// How the connection stands: `PENDING` where nothing is said of a new one.
    status: MaybeUndefined<NetworkStatus>,
    /// After how many confirmations what comes in counts: 0 to 10,000.
    confirmations_required: MaybeUndefined<i32>,
    /// What support has to say about it. Other systems never write it.
    note: MaybeUndefined<String>,
}

impl From<WalletNetworkInput> for SetWalletNetwork {
    fn from(input: WalletNetworkInput) -> Self {
        let WalletNetworkInput { wallet_id, network, address, status, confirmations_required, note } = input;
        Self {
            wallet_id: wallet_id.0,
            network: patch(network),
            address: patch(address),
            status: patch(status),
            confirmations_required: patch(confirmations_required),
            note: patch(note),
        }
    }
}

pub(super) fn patch<T>(given: MaybeUndefined<T>) -> Patch<T> {
    patch_by(given, |value| value)
}

pub(in crate::graphql) fn patch_by<T, U>(given: MaybeUndefined<T>, convert: impl FnOnce(T) -> U) -> Patch<U> {
    match given {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(convert(value)),
    }
}

impl From<UserUpdateInput> for UserChange {
    fn from(input: UserUpdateInput) -> Self {
        let UserUpdateInput {
            tag,
            person_type,
            client_type,
            market_role,
            title,
            first_name,
            last_name,
            middle_names,
            birth_date,
            birth_place,
            birth_country,
            nationality,
            second_nationality,
            country_of_residence,
            email,
            phone,
            mobile,
            picture,
            mother_tongue,
            preferred_language,
            communication_language,
            time_zone,
            spoken_languages,
            external_ids,
            postal_address,
            secondary_address,
            location_address,
            opt_in_mailing,
            tax_payer,
            company,
            occupation,
            finances,
            tax,
            sanctions,
        } = input;
        Self {
            tag: patch(tag),
            person_type: patch(person_type),
            client_type: patch(client_type),
            market_role: patch(market_role),
            title: patch(title),
            first_name: patch(first_name),
            last_name: patch(last_name),
            middle_names: patch(middle_names),
            birth_date: patch_by(birth_date, |date| date.0),
            birth_place: patch(birth_place),
            birth_country: patch_by(birth_country, |code| code.0),
            nationality: patch_by(nationality, |code| code.0),
            second_nationality: patch_by(second_nationality, |code| code.0),
            country: patch_by(country_of_residence, |code| code.0),
            email: patch_by(email, |email| email.0),
            phone: patch_by(phone, |phone| phone.0),
            mobile: patch_by(mobile, |phone| phone.0),
            picture: patch_by(picture, |url| url.0),
            mother_tongue: patch_by(mother_tongue, |tag| tag.0),
            preferred_language: patch_by(preferred_language, |tag| tag.0),
            communication_language: patch_by(communication_language, |tag| tag.0),
            time_zone: patch_by(time_zone, |zone| zone.0),
            spoken_languages: patch_by(spoken_languages, |tags| tags.into_iter().map(|tag| tag.0).collect()),
            external_ids: patch_by(external_ids, |ids| ids.into_iter().map(ExternalId::from).collect()),
            postal_address: patch_by(postal_address, AddressChange::from),
            secondary_address: patch_by(secondary_address, AddressChange::from),
            location_address: patch_by(location_address, AddressChange::from),
            opt_in_mailing: patch(opt_in_mailing),
            tax_payer: patch(tax_payer),
            company: patch_by(company, CompanyChange::from),
            occupation: patch_by(occupation, OccupationChange::from),
            finances: patch_by(finances, FinancesChange::from),
            tax: patch_by(tax, TaxChange::from),
            sanctions: patch_by(sanctions, SanctionsChange::from),
        }
    }
}

impl From<AddressInput> for AddressChange {
    fn from(input: AddressInput) -> Self {
        let AddressInput { line1, line2, line3, postcode, city, state, country } = input;
        Self {
            line1: patch(line1),
            line2: patch(line2),
            line3: patch(line3),
            postcode: patch(postcode),
            city: patch(city),
            state: patch(state),
            country: patch_by(country, |code| code.0),
        }
    }
}
