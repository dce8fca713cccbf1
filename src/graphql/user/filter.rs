//! Which users: every attribute with its operators.

use async_graphql::InputObject;
use backdesk_entity::enums::{
    CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, UserStatus,
};

use crate::{
    config::Limits,
    domain::{
        list::{Filter, Operand, Test},
        status,
    },
    graphql::filter::{CodeFilter, DateFilter, DateTimeFilter, IdFilter, StringFilter, WordFilter, tested},
    service::{
        error::ApiError,
        listing,
        user::{UserAttribute as A, in_groups, in_no_group},
    },
};

/// Which users: everything that is given must hold. A null attribute is as good as none.
#[derive(Debug, Default, InputObject)]
pub(super) struct UserWhere {
    /// All of these hold as well.
    and: Option<Vec<UserWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<UserWhere>>,
    /// This does not hold: the exact complement, missing values included.
    not: Option<Box<UserWhere>>,
    /// What the API calls the user.
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
    /// The given name.
    first_name: Option<StringFilter>,
    /// The family name.
    last_name: Option<StringFilter>,
    /// The day of birth.
    birth_date: Option<DateFilter>,
    /// The country whose citizen the user is.
    nationality: Option<CodeFilter>,
    /// The country of residence.
    country: Option<CodeFilter>,
    /// The e-mail address.
    email: Option<StringFilter>,
    /// The phone number; spaces and punctuation do not matter.
    phone: Option<StringFilter>,
    /// The mobile phone number; spaces and punctuation do not matter.
    mobile: Option<StringFilter>,
    /// The language that the user grew up with.
    mother_tongue: Option<CodeFilter>,
    /// A spoken language: `eq` finds those who speak it, `ne` those who do not.
    spoken_language: Option<CodeFilter>,
    /// The language of the interface.
    preferred_language: Option<CodeFilter>,
    /// The language of letters and calls.
    communication_language: Option<CodeFilter>,
    /// Where the user's clock stands.
    time_zone: Option<CodeFilter>,
    /// Where the user stands with the platform.
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
    /// How thoroughly the identity was checked.
    kyc_level: Option<WordFilter<KycLevel>>,
    /// Where KYC stands.
    kyc_status: Option<WordFilter<KycStatus>>,
}

impl UserWhere {
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
            identity_verified,
            email_verified,
            phone_verified,
            kyc_level,
            kyc_status,
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
            identity_verified.map(|value| Filter::Is(A::IdentityVerified, flag(value))),
            email_verified.map(|value| Filter::Is(A::EmailVerified, flag(value))),
            phone_verified.map(|value| Filter::Is(A::PhoneVerified, flag(value))),
            tested(kyc_level, A::KycLevel)?,
            tested(kyc_status, A::KycStatus)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}

/// Who is active is said by the status.
fn activity(active: bool) -> Filter<A> {
    use async_graphql::resolver_utils::EnumType;
    let words =
        UserStatus::items().iter().map(|item| item.value).filter(|word| status::is_active(*word) == active);
    Filter::Is(A::Status, Test::In(words.map(|word| Operand::Number(word as i16)).collect()))
}
