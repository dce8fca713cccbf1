//! What is said about users: which ones, and what of them changes.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use backdesk_entity::enums::{
    CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, UserStatus,
};

use crate::{
    domain::{
        list::{Filter, Operand, Test},
        status,
        user::{AddressChange, ExternalId, Patch, UserChange},
    },
    graphql::{
        filter::{
            AttributeFilter, CodeFilter, DateFilter, DateTimeFilter, IdFilter, StringFilter, WordFilter,
        },
        scalars::{CountryCode, Date, Email, LanguageTag, Phone, TimeZone, Url},
    },
    service::{
        error::ApiError,
        parse_id,
        user::{NewUser, UserAttribute as A, UserKey, in_groups, in_no_group},
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
    /// The system.
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

/// Which users: everything that is given must hold. A null attribute is as good as none.
#[derive(Debug, Default, InputObject)]
pub(super) struct UserWhere {
    /// All of these hold as well.
    and: Option<Vec<UserWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<UserWhere>>,
    /// This does not hold: the exact complement, missing values included.
    not: Option<Box<UserWhere>>,
    /// The id.
    id: Option<IdFilter>,
    /// The code of the account.
    account: Option<CodeFilter>,
    /// The public reference.
    reference: Option<StringFilter>,
    /// The name that any other system has for the user.
    external_id: Option<CodeFilter>,
    /// The platform's own label.
    tag: Option<StringFilter>,
    /// The instant of registration.
    created_at: Option<DateTimeFilter>,
    /// The instant of the last change.
    updated_at: Option<DateTimeFilter>,
    /// The instant of the last sign-in; `isNull: true` finds those who never did.
    last_sign_in_at: Option<DateTimeFilter>,
    /// Natural persons or legal entities.
    person_type: Option<WordFilter<PersonType>>,
    /// Enterprise or merchant.
    client_type: Option<WordFilter<ClientType>>,
    /// Vendors, customers, both: all who sell are `in: [VENDOR, BOTH]`.
    market_role: Option<WordFilter<MarketRole>>,
    /// The first name.
    first_name: Option<StringFilter>,
    /// The last name.
    last_name: Option<StringFilter>,
    /// The day of birth.
    birth_date: Option<DateFilter>,
    /// The nationality.
    nationality: Option<CodeFilter>,
    /// The country of residence.
    country: Option<CodeFilter>,
    /// The e-mail address.
    email: Option<StringFilter>,
    /// The phone number; spaces and punctuation do not matter.
    phone: Option<StringFilter>,
    /// The mobile phone number; spaces and punctuation do not matter.
    mobile: Option<StringFilter>,
    /// The mother tongue.
    mother_tongue: Option<CodeFilter>,
    /// A spoken language: `eq` finds those who speak it, `ne` those who do not.
    spoken_language: Option<CodeFilter>,
    /// The language of the interface.
    preferred_language: Option<CodeFilter>,
    /// The language of letters and calls.
    communication_language: Option<CodeFilter>,
    /// The time zone.
    time_zone: Option<CodeFilter>,
    /// The status.
    status: Option<WordFilter<UserStatus>>,
    /// Users who may sign in, or who may not.
    active: Option<bool>,
    /// Frozen users, or the others.
    frozen: Option<bool>,
    /// Who wanted the user cancelled.
    cancel_origin: Option<WordFilter<CancelOrigin>>,
    /// The key of a group: `eq` finds its members, `ne` all others. Computed groups too.
    group: Option<CodeFilter>,
    /// Users whose identity was verified, or not.
    identity_verified: Option<bool>,
    /// Users whose e-mail address was verified, or not.
    email_verified: Option<bool>,
    /// Users whose phone number was verified, or not.
    phone_verified: Option<bool>,
    /// The KYC level.
    kyc_level: Option<WordFilter<KycLevel>>,
    /// Where KYC stands.
    kyc_status: Option<WordFilter<KycStatus>>,
}

impl UserWhere {
    /// The filter that is meant.
    pub(super) fn filter(self) -> Result<Filter<A>, ApiError> {
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
            identity_verified,
            email_verified,
            phone_verified,
            kyc_level,
            kyc_status,
        } = self;
        let all = |parts: Vec<Self>| parts.into_iter().map(Self::filter).collect::<Result<Vec<_>, _>>();
        let flag = |value: bool| Test::Eq(Operand::Flag(value));
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter()).transpose()?.map(Filter::negated),
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
            identity_verified.map(|value| Filter::Is(A::IdentityVerified, flag(value))),
            email_verified.map(|value| Filter::Is(A::EmailVerified, flag(value))),
            phone_verified.map(|value| Filter::Is(A::PhoneVerified, flag(value))),
            tested(kyc_level, A::KycLevel)?,
            tested(kyc_status, A::KycStatus)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

fn tested(given: Option<impl AttributeFilter>, attribute: A) -> Result<Option<Filter<A>>, ApiError> {
    given.map(|filter| filter.on(attribute)).transpose()
}

/// Who is active is said by the status.
fn activity(active: bool) -> Filter<A> {
    use async_graphql::resolver_utils::EnumType;
    let words =
        UserStatus::items().iter().map(|item| item.value).filter(|word| status::is_active(*word) == active);
    Filter::Is(A::Status, Test::In(words.map(|word| Operand::Number(word as i16)).collect()))
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
    /// The first name.
    first_name: MaybeUndefined<String>,
    /// The last name.
    last_name: MaybeUndefined<String>,
    /// Middle names.
    middle_names: MaybeUndefined<String>,
    /// The day of birth, in the past.
    birth_date: MaybeUndefined<Date>,
    /// The place of birth.
    birth_place: MaybeUndefined<String>,
    /// The country of birth.
    birth_country: MaybeUndefined<CountryCode>,
    /// The nationality.
    nationality: MaybeUndefined<CountryCode>,
    /// A second nationality.
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
    /// The mother tongue.
    mother_tongue: MaybeUndefined<LanguageTag>,
    /// The language of the interface.
    preferred_language: MaybeUndefined<LanguageTag>,
    /// The language of letters and calls.
    communication_language: MaybeUndefined<LanguageTag>,
    /// The time zone.
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
    /// City.
    city: MaybeUndefined<String>,
    /// State, province or region.
    state: MaybeUndefined<String>,
    /// The country.
    country: MaybeUndefined<CountryCode>,
}

fn patch<T>(given: MaybeUndefined<T>) -> Patch<T> {
    patch_by(given, |value| value)
}

fn patch_by<T, U>(given: MaybeUndefined<T>, convert: impl FnOnce(T) -> U) -> Patch<U> {
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
