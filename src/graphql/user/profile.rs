//! The public profile: what other users of the platform see of a user. A type of its own, so that nothing else of a user
//! can get into it.

use async_graphql::{Context, SimpleObject};
use backdesk_entity::enums::{AddressKind, PersonType};
use chrono::{DateTime, Utc};

use super::view::{User, copied, selected};
use crate::{
    domain::{country, status, text},
    graphql::scalars::{CountryCode, LanguageTag, Url},
    service::{
        error::ApiError,
        user::{self, Field},
    },
};

/// What other users of the platform see of a user.
#[derive(SimpleObject)]
pub(super) struct PublicProfile {
    /// A business by its name; a person by the first name with the initial of the last. Empty when nothing is known.
    display_name: String,
    /// Where a picture is found.
    picture: Option<Url>,
    /// The town of the public location.
    city: Option<String>,
    /// The country of the public location.
    country: Option<CountryCode>,
    /// That country's name in English.
    country_name: Option<&'static str>,
    /// The languages that the user speaks.
    spoken_languages: Vec<LanguageTag>,
    /// Since when the user is registered.
    member_since: DateTime<Utc>,
    /// What was verified.
    verified: PublicVerified,
    /// How many listings the user has.
    listing_count: i32,
    /// How many reviews the user received.
    review_received_count: i32,
    /// How many reviews the user made.
    review_made_count: i32,
}

/// What of a user is verified, as other users may know.
// no `Verified`, which may come to tell staff more
#[derive(SimpleObject)]
struct PublicVerified {
    /// Whether the identity was.
    identity: bool,
    /// The e-mail address.
    email: bool,
    /// The phone number.
    phone: bool,
}

impl User {
    /// The profile; none while other users do not see the user.
    pub(super) async fn public_profile(&self, ctx: &Context<'_>) -> Result<Option<PublicProfile>, ApiError> {
        let (row, related) = (self.row(), self.related());
        if !status::is_visible(copied(&row.status)?) {
            return Ok(None);
        }
        let part = |part: &Field<Option<String>>| Ok::<_, ApiError>(selected(part.read())?.clone());
        let (first, last) = (part(&row.first_name)?, part(&row.last_name)?);
        let person_type = copied(&row.person_type)?;
        let company = match person_type {
            PersonType::LegalEntity => self.part::<user::CompanyRow>(ctx).await?,
            PersonType::NaturalPerson => None,
        };
        let business = company.and_then(|company| company.business_name.or(company.legal_name));
        let location = selected(related.addresses.as_ref())?.get(&AddressKind::Location);
        let country = location.and_then(|location| location.country.clone());
        let languages = selected(related.spoken_languages.as_ref())?;
        Ok(Some(PublicProfile {
            display_name: display_name(business.as_deref(), first.as_deref(), last.as_deref()),
            picture: self.picture_url(ctx).await?,
            city: location.and_then(|location| location.city.clone()),
            country_name: country.as_deref().and_then(country::name),
            country: country.map(CountryCode),
            spoken_languages: languages.iter().cloned().map(LanguageTag).collect(),
            member_since: copied(&row.created_at)?,
            verified: PublicVerified {
                identity: copied(&row.identity_verified)?,
                email: copied(&row.email_verified)?,
                phone: copied(&row.phone_verified)?,
            },
            listing_count: copied(&row.listing_count)?,
            review_received_count: copied(&row.review_received_count)?,
            review_made_count: copied(&row.review_made_count)?,
        }))
    }
}

/// What others call the user: a business by its name, a person by the first name and an initial.
fn display_name(business: Option<&str>, first: Option<&str>, last: Option<&str>) -> String {
    if let Some(business) = business {
        return business.to_owned();
    }
    let initial = last.and_then(text::initial);
    let parts: Vec<String> = first.map(str::to_owned).into_iter().chain(initial).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_shows_an_initial_and_a_business_its_name() {
        assert_eq!(display_name(Some("Engines"), Some("Ada"), Some("Lovelace")), "Engines");
        assert_eq!(display_name(None, Some("Ada"), Some("Lovelace")), "Ada L.");
        assert_eq!(display_name(None, None, Some("Łódź")), "Ł.");
        assert_eq!(display_name(None, None, None), "");
    }
}
