//! Listings of those who sell, bookings of those who buy, and what both say of each other.

use backdesk_entity::{
    booking,
    enums::{BookingState, ListingState, MarketRole, UserStatus},
    listing, review,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Activity, EARLY, MARKET, Somebody};
use crate::service::seed::{draw::Draw, life::END};

/// How many numbers before a user others are looked for: so many are made again where a batch begins.
pub(in crate::service::seed) const WINDOW: u64 = 50;
/// What is offered.
const LISTINGS: &str = "Workshop by the hour, Delivery van with driver, Flat in the old town, Catering for fifty, \
                        Photographs of your products, Cargo bike, Meeting room, Stand at the market, Garden tools";
/// What is said by those who are content, and by the others.
const PRAISE: &str =
    "Everything as agreed., Friendly and on time., Good value., Would book again., Très bien., Gerne wieder.";
const BLAME: &str = "Answers could come faster., Not as described., Came an hour late.";

/// Somebody whom a later user may book from.
#[derive(Debug, Clone)]
pub(in crate::service::seed) struct Offerer {
    pub(super) id: Uuid,
    pub(super) account: String,
    pub(super) listing: Uuid,
    pub(super) listing_name: String,
    since: DateTime<Utc>,
    number: u64,
}

impl Activity {
    /// What vendors offer.
    pub(super) fn offer(&mut self, who: &Somebody<'_>) -> Option<Offerer> {
        let user = &who.file.user;
        let sells = matches!(user.market_role, Some(MarketRole::Vendor | MarketRole::Both));
        let draw = &mut Draw::of(who.number, "listings");
        if !sells || user.status == UserStatus::InReview || !draw.percent(70) {
            return None;
        }
        let mut offered = None;
        for place in 0..=draw.below(3) {
            let published_at = draw.instant(who.from, who.to);
            let state = match user.status == UserStatus::Live {
                false => ListingState::Closed,
                true => draw.weighted(&[
                    (ListingState::Published, 80),
                    (ListingState::InReview, 8),
                    (ListingState::Suspended, 4),
                    (ListingState::Closed, 8),
                ]),
            };
            let id = who.row_id("listing", place, published_at);
            let external_id = who.name('L', place);
            if state == ListingState::Published && offered.is_none() {
                offered = Some(Offerer {
                    id: user.id,
                    account: user.account.clone(),
                    listing: id,
                    listing_name: external_id.clone(),
                    since: published_at,
                    number: who.number,
                });
            }
            self.listings.push(listing::Model {
                id,
                account: user.account.clone(),
                system: MARKET.to_owned(),
                url: Some(format!("https://market.example/listings/{external_id}")),
                external_id,
                as_of: published_at,
                recorded_at: published_at,
                user_id: user.id,
                title: draw.word(LISTINGS).to_owned(),
                state,
                published_at,
            });
        }
        offered
    }

    /// What customers book, and from whom.
    pub(super) fn book(&mut self, who: &Somebody<'_>, offerers: &[Offerer]) {
        let user = &who.file.user;
        let buys = matches!(user.market_role, Some(MarketRole::Customer | MarketRole::Both));
        let draw = &mut Draw::of(who.number, "bookings");
        if !buys || user.status == UserStatus::InReview || !draw.percent(60) {
            return;
        }
        let near: Vec<_> = offerers
            .iter()
            .rev()
            .take_while(|other| other.number + WINDOW >= who.number)
            .filter(|other| other.account == user.account && other.since < who.to)
            .take(4)
            .collect();
        for place in 0..=draw.below(if who.number <= EARLY { 5 } else { 2 }) {
            let Some(other) = usize::try_from(draw.below(near.len() as u64)).ok().and_then(|i| near.get(i))
            else {
                return;
            };
            let at = draw.instant(other.since.max(who.from), who.to);
            let starts_at = at + TimeDelta::days(1 + i64::try_from(draw.below(60)).unwrap_or_default());
            let ends_at = starts_at + TimeDelta::hours(24);
            let state = match ends_at < END {
                true => draw.weighted(&[
                    (BookingState::Completed, 75),
                    (BookingState::Canceled, 10),
                    (BookingState::Declined, 8),
                    (BookingState::Expired, 7),
                ]),
                // whoever went takes their bookings with them
                false if who.to < END => BookingState::Canceled,
                false => draw.weighted(&[(BookingState::Accepted, 60), (BookingState::Requested, 40)]),
            };
            self.bookings.push(booking::Model {
                id: who.row_id("booking", place, at),
                account: user.account.clone(),
                system: MARKET.to_owned(),
                external_id: who.name('K', place),
                as_of: at,
                recorded_at: at,
                asker_id: Some(user.id),
                offerer_id: Some(other.id),
                listing_id: Some(other.listing),
                state,
                amount_minor: i64::try_from(2_000 + 500 * draw.below(100)).ok(),
                currency: Some(who.trade.currency.to_owned()),
                starts_at: Some(starts_at),
                ends_at: Some(ends_at),
                at,
            });
            let (says, answers) = (draw.percent(60), draw.percent(35));
            if state == BookingState::Completed {
                let mut say = |place, author_id, subject_id| {
                    let review = review(draw, who, place, (author_id, subject_id), ends_at);
                    self.reviews.push(review);
                };
                if says {
                    say(2 * place, user.id, other.id);
                }
                if answers {
                    say(2 * place + 1, other.id, user.id);
                }
            }
        }
    }
}

/// What one side says of the other, once what was booked took place.
fn review(
    draw: &mut Draw,
    who: &Somebody<'_>,
    place: u64,
    (author_id, subject_id): (Uuid, Uuid),
    from: DateTime<Utc>,
) -> review::Model {
    let at = draw.instant(from, END);
    let rating = draw.weighted(&[(5, 55), (4, 25), (3, 10), (2, 5), (1, 5)]);
    let words = if rating > 3 { PRAISE } else { BLAME };
    review::Model {
        id: who.row_id("review", place, at),
        account: who.file.user.account.clone(),
        system: MARKET.to_owned(),
        external_id: who.name('R', place),
        as_of: at,
        recorded_at: at,
        author_id,
        subject_id,
        rating,
        text: draw.maybe(60, words).map(|words| draw.word(words).to_owned()),
        at,
    }
}
