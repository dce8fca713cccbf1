//! A user as the API shows it. Fields read what was selected and nothing else.

use async_graphql::{Context, ID, Object};
use backdesk_entity::enums::{
    AddressKind, ClientType, MarketRole, PersonType, TaxPayer, UserStatus, WalletStatus,
};
use chrono::{DateTime, Utc};

use super::{
    effects::Effects,
    figures::UserCounters,
    filed::Filed,
    kyc::Kyc,
    parts::{Address, Birth, Cancellation, ExternalId, PersonName, UserAccount, Verified},
    profile::PublicProfile,
    recorded::Recorded,
    tied::Tied,
    view::{User, copied, scalar, selected, text},
    viewer::{ViewerAction, WithheldField},
    wide::Wide,
};
use crate::{
    domain::{
        lead,
        status::{self, Standing},
    },
    graphql::{
        account::Group,
        guard::{caller, policies},
        plain::Filled,
        scalars::{CountryCode, Date, Email, LanguageTag, Phone, TimeZone, Url},
    },
    service::{
        error::ApiError,
        user::{Actionable, Field, viewer_actions, withheld_fields},
    },
};

/// A person or company on the platform: a customer, vendor or client. Never staff.
#[Object]
impl User {
    /// What the API calls the user: never changes, never comes again.
    async fn id(&self) -> ID {
        self.key().into()
    }

    /// The public identifier, by which every client system finds the user. Never changes.
    async fn reference(&self) -> Result<&str, ApiError> {
        Ok(selected(self.row().reference.read())?)
    }

    /// How other systems call the user.
    async fn external_ids(&self) -> Result<Vec<ExternalId>, ApiError> {
        let ids = selected(self.related().external_ids.as_ref())?;
        Ok(ids.iter().map(|id| ExternalId { system: id.system.clone(), value: id.value.clone() }).collect())
    }

    /// The platform's own label.
    async fn tag(&self) -> Result<Option<&str>, ApiError> {
        text(&self.row().tag)
    }

    /// The account that the user belongs to.
    async fn account(&self) -> Result<UserAccount, ApiError> {
        let code = selected(self.row().account.read())?.clone();
        Ok(UserAccount { name: selected(self.related().account_name.clone())?, code })
    }

    /// Rises by one with every change: give it as `ifVersion` to change what you saw.
    async fn version(&self) -> Result<i32, ApiError> {
        copied(&self.row().version)
    }

    /// When the record was made.
    async fn created_at(&self) -> Result<DateTime<Utc>, ApiError> {
        copied(&self.row().created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Result<DateTime<Utc>, ApiError> {
        copied(&self.row().updated_at)
    }

    /// When the user last signed in; null is never.
    async fn last_sign_in_at(&self) -> Result<Option<DateTime<Utc>>, ApiError> {
        copied(&self.row().last_sign_in_at)
    }

    /// Natural person or legal entity.
    async fn person_type(&self) -> Result<PersonType, ApiError> {
        copied(&self.row().person_type)
    }

    /// Enterprise or merchant, for a payment processor's clients.
    async fn client_type(&self) -> Result<Option<ClientType>, ApiError> {
        copied(&self.row().client_type)
    }

    /// Vendor, customer or both.
    async fn market_role(&self) -> Result<Option<MarketRole>, ApiError> {
        copied(&self.row().market_role)
    }

    /// What the user is called, whole and in parts.
    async fn name(&self) -> Result<PersonName, ApiError> {
        let row = self.row();
        let part = |field: &Field<Option<String>>| Ok::<_, ApiError>(selected(field.read())?.clone());
        Ok(PersonName {
            title: part(&row.title)?,
            first: part(&row.first_name)?,
            middle: part(&row.middle_names)?,
            last: part(&row.last_name)?,
        })
    }

    /// Day and place of birth.
    async fn birth(&self) -> Result<Birth, ApiError> {
        let row = self.row();
        Ok(Birth {
            date: selected(row.birth_date.read())?.map(|date| Date(date.to_string())),
            place: selected(row.birth_place.read())?.clone(),
            country: scalar(&row.birth_country, CountryCode)?,
        })
    }

    /// The country whose citizen the user is.
    async fn nationality(&self) -> Result<Option<CountryCode>, ApiError> {
        scalar(&self.row().nationality, CountryCode)
    }

    /// The other country whose citizen the user is, of those with two.
    async fn second_nationality(&self) -> Result<Option<CountryCode>, ApiError> {
        scalar(&self.row().second_nationality, CountryCode)
    }

    /// Where the user lives, or the company sits.
    async fn country_of_residence(&self) -> Result<Option<CountryCode>, ApiError> {
        scalar(&self.row().country, CountryCode)
    }

    /// The e-mail address, unique within the account.
    async fn email(&self) -> Result<Option<Email>, ApiError> {
        scalar(&self.row().email, Email)
    }

    /// The phone number.
    async fn phone(&self) -> Result<Option<Phone>, ApiError> {
        scalar(&self.row().phone, Phone)
    }

    /// The mobile phone number.
    async fn mobile(&self) -> Result<Option<Phone>, ApiError> {
        scalar(&self.row().mobile, Phone)
    }

    /// Where a picture is found. Of one that was uploaded, a link that holds for some minutes.
    async fn picture(&self, ctx: &Context<'_>) -> Result<Option<Url>, ApiError> {
        self.picture_url(ctx).await
    }

    /// The language that the user grew up with.
    async fn mother_tongue(&self) -> Result<Option<LanguageTag>, ApiError> {
        scalar(&self.row().mother_tongue, LanguageTag)
    }

    /// The languages that the user speaks besides.
    async fn spoken_languages(&self) -> Result<Vec<LanguageTag>, ApiError> {
        Ok(selected(self.related().spoken_languages.as_ref())?.iter().cloned().map(LanguageTag).collect())
    }

    /// The language of the user's interface.
    async fn preferred_language(&self) -> Result<Option<LanguageTag>, ApiError> {
        scalar(&self.row().preferred_language, LanguageTag)
    }

    /// The language to write and speak to the user in.
    async fn communication_language(&self) -> Result<Option<LanguageTag>, ApiError> {
        scalar(&self.row().communication_language, LanguageTag)
    }

    /// Where the user's clock stands.
    async fn time_zone(&self) -> Result<Option<TimeZone>, ApiError> {
        scalar(&self.row().time_zone, TimeZone)
    }

    /// The address for bills and KYC.
    async fn postal_address(&self) -> Result<Option<Address>, ApiError> {
        self.address(AddressKind::Postal)
    }

    /// A second address.
    async fn secondary_address(&self) -> Result<Option<Address>, ApiError> {
        self.address(AddressKind::Secondary)
    }

    /// Where the user says publicly that they are.
    async fn location_address(&self) -> Result<Option<Address>, ApiError> {
        self.address(AddressKind::Location)
    }

    /// Where the user stands in the life cycle.
    async fn status(&self) -> Result<UserStatus, ApiError> {
        copied(&self.row().status)
    }

    /// Whether the user may sign in: the status is `LIVE` or `IN_REVIEW`.
    async fn active(&self) -> Result<bool, ApiError> {
        copied(&self.row().status).map(status::is_active)
    }

    /// The statuses that `userSetStatus` can change the user to now, whoever asks; none when the user is cancelled.
    async fn allowed_statuses(&self) -> Result<Vec<UserStatus>, ApiError> {
        let status = copied(&self.row().status)?;
        Ok(Standing { status, before_inactive: None }.steps().collect())
    }

    /// Since when the status holds.
    async fn status_since(&self) -> Result<DateTime<Utc>, ApiError> {
        copied(&self.row().status_since)
    }

    /// Why the status was set, as staff wrote.
    async fn status_reason(&self) -> Result<Option<&str>, ApiError> {
        text(&self.row().status_reason)
    }

    /// Whether the user, who may sign in, moves no money.
    async fn frozen(&self) -> Result<bool, ApiError> {
        copied(&self.row().frozen)
    }

    /// How the user was cancelled, which is final.
    async fn cancellation(&self) -> Result<Option<Cancellation>, ApiError> {
        let row = self.row();
        let Some(origin) = copied(&row.cancel_origin)? else {
            return Ok(None);
        };
        let reason = selected(row.status_reason.read())?.clone();
        Ok(Some(Cancellation { origin, at: copied(&row.status_since)?, reason }))
    }

    /// The groups that the user is in, by key; computed ones included.
    async fn groups(&self) -> Result<Vec<Group>, ApiError> {
        Ok(selected(self.related().groups.as_ref())?.iter().cloned().map(Group::from).collect())
    }

    /// What was verified.
    async fn verified(&self) -> Result<Verified, ApiError> {
        let row = self.row();
        Ok(Verified {
            identity: copied(&row.identity_verified)?,
            email: copied(&row.email_verified)?,
            phone: copied(&row.phone_verified)?,
        })
    }

    /// What other users of the platform see of the user; null while they see nothing, as `visible` says.
    #[graphql(name = "publicProfile")]
    async fn profile(&self, ctx: &Context<'_>) -> Result<Option<PublicProfile>, ApiError> {
        Box::pin(self.public_profile(ctx)).await
    }

    /// How thoroughly the identity was checked, and where the check stands.
    async fn kyc(&self) -> Filled<Kyc> {
        Filled(Kyc(self.clone()))
    }

    /// Who pays the taxes on the user's operations; null where that was not settled.
    async fn tax_payer(&self) -> Result<Option<TaxPayer>, ApiError> {
        copied(&self.row().tax_payer)
    }

    /// Whether the user wants to be written to about offers; null where they were not asked.
    async fn opt_in_mailing(&self) -> Result<Option<bool>, ApiError> {
        copied(&self.row().opt_in_mailing)
    }

    /// The best status of the user's wallets.
    async fn wallet_status(&self) -> Result<WalletStatus, ApiError> {
        copied(&self.row().wallet_status)
    }

    /// How much there is of what the platform's other systems know of the user.
    async fn counters(&self) -> Result<UserCounters, ApiError> {
        let row = self.row();
        Ok(UserCounters {
            listings: copied(&row.listing_count)?,
            asker_bookings: copied(&row.asker_booking_count)?,
            offerer_bookings: copied(&row.offerer_booking_count)?,
            reviews_received: copied(&row.review_received_count)?,
            reviews_made: copied(&row.review_made_count)?,
            wallets: copied(&row.wallet_count)?,
            payins: copied(&row.payin_count)?,
        })
    }

    /// The fields that are null because you may not see them, whatever is in them, each with a permission that would show
    /// it, or the policy that hides it from everybody: so that empty and hidden differ.
    async fn withheld_fields(&self, ctx: &Context<'_>) -> Result<Vec<WithheldField>, ApiError> {
        let policies = policies(ctx).await?;
        Ok(withheld_fields(caller(ctx)?, &policies).map(WithheldField::from).collect())
    }

    /// Every act on the user, and whether you may do it as they are now. Asking is no attempt: it leaves no audit event.
    async fn viewer_actions(&self, ctx: &Context<'_>) -> Result<Vec<ViewerAction>, ApiError> {
        let row = self.row();
        let is_lead = lead::is_lead(copied(&row.identity_verified)?, copied(&row.kyc_status)?);
        let user = Actionable { status: copied(&row.status)?, is_lead };
        let policies = policies(ctx).await?;
        Ok(viewer_actions(caller(ctx)?, user, &policies).map(ViewerAction::from).collect())
    }

    /// What the platform lets the user do.
    #[graphql(flatten)]
    async fn effects(&self) -> Effects {
        Effects(self.clone())
    }

    /// Those whom the user is tied to, and what the user was given.
    #[graphql(flatten)]
    async fn tied(&self) -> Tied {
        Tied(self.clone())
    }

    /// The parts that have tables of their own.
    #[graphql(flatten)]
    async fn wide(&self) -> Wide {
        Wide(self.clone())
    }

    /// What other systems recorded of the user.
    #[graphql(flatten)]
    async fn recorded(&self) -> Recorded {
        Recorded(self.clone())
    }

    /// What staff file about the user.
    #[graphql(flatten)]
    async fn filed(&self) -> Filed {
        Filed(self.clone())
    }
}
