//! What became of a made-up user: when they came, where they stand, how far they were checked. Only what the
//! program itself writes, in the combinations that it would write.

use backdesk_entity::enums::{
    CancelOrigin,
    KycLevel::{self, Light, Regular, Strong},
    KycStatus::{self, Pending, Refused, Validated},
    UserStatus::{self, Canceled, InReview, Invalidated, Live},
};
use chrono::{DateTime, Datelike, NaiveTime, Utc};

use super::draw::Draw;
use crate::service::user::UserRecord;

/// The first instant of the made-up world.
const START: DateTime<Utc> = DateTime::from_timestamp(1_635_724_800, 0).expect("2021-11-01T00:00:00Z");
/// Its last one: five years later, whatever the calendar says today.
pub(super) const END: DateTime<Utc> =
    DateTime::from_timestamp(1_793_491_200, 0).expect("2026-11-01T00:00:00Z");
/// When the front office was replaced and had whoever was on it sign in again: many at the same instant.
const RELAUNCH: DateTime<Utc> = DateTime::from_timestamp(1_748_851_200, 0).expect("2025-06-02T08:00:00Z");

/// Why staff suspend somebody.
const SUSPENDED: &str = "Documents expired and not renewed, Several chargebacks within a month, \
                         Suspected use of somebody else's identity, Terms of use violated";
/// Why staff end it for good.
const ENDED: &str = "Fraud confirmed, Duplicate account, Company dissolved";
/// Why users do.
const LEFT: &str = "Asked to close the account, Moved to another provider, No longer trading";

/// Why reviewers refuse.
pub(super) const REFUSED: &str =
    "The passport has expired, The photograph shows somebody else, The address cannot be confirmed";
/// What reviewers note of others.
pub(super) const NOTED: &str = "Checked by video call, Second document seen, To be renewed with the passport";

/// When a user came. One in twenty was taken over from a former system, all of a month at once.
pub(super) fn created_at(number: u64) -> DateTime<Utc> {
    let mut draw = Draw::of(number, "created");
    let instant = draw.instant(START, END);
    let takeover = instant.with_day(1).map(|day| day.date_naive().and_time(NaiveTime::MIN));
    match takeover {
        Some(takeover) if draw.percent(5) => takeover.and_utc(),
        _ => instant,
    }
}

/// Lives the life of the user of that number: what becomes of somebody whose record is new.
pub(super) fn live(number: u64, user: &mut UserRecord) {
    let created_at = user.created_at;
    let draw = &mut Draw::of(number, "status");
    let status = draw.weighted(&[(Live, 80), (InReview, 10), (Invalidated, 7), (Canceled, 3)]);
    let is_over = matches!(status, Invalidated | Canceled);
    let has_moved = is_over || draw.percent(20);
    let status_since = if has_moved { draw.instant(created_at, END) } else { created_at };
    let cancel_origin = (status == Canceled)
        .then(|| draw.weighted(&[(CancelOrigin::Operator, 40), (CancelOrigin::User, 60)]));
    let reasons = match (status, cancel_origin) {
        (Invalidated, _) => Some(SUSPENDED),
        (_, Some(CancelOrigin::Operator)) => Some(ENDED),
        (_, Some(CancelOrigin::User)) => Some(LEFT),
        _ => None,
    };
    user.status = status;
    user.status_since = status_since;
    user.status_reason = reasons.map(|reasons| draw.word(reasons).to_owned());
    user.status_before_inactive =
        (status == Invalidated).then(|| draw.weighted(&[(Live, 85), (InReview, 15)]));
    user.cancel_origin = cancel_origin;

    let draw = &mut Draw::of(number, "updated");
    user.updated_at = match status {
        // nothing of a cancelled user changes any more
        Canceled => status_since,
        _ if !has_moved && draw.percent(30) => created_at,
        _ => draw.instant(status_since, END),
    };
    if user.updated_at != created_at {
        user.version = draw.weighted(&[(2, 40), (3, 30), (4, 15), (5, 10), (9, 5)]);
    }

    let draw = &mut Draw::of(number, "sign-in");
    let last_chance = if is_over { status_since } else { END };
    // of two instants the later: most were here not long ago
    let mut seen = draw.instant(created_at, last_chance).max(draw.instant(created_at, last_chance));
    if draw.percent(6) && (created_at..=last_chance).contains(&RELAUNCH) {
        seen = RELAUNCH;
    }
    user.last_sign_in_at = draw.maybe(85, seen);

    let draw = &mut Draw::of(number, "frozen");
    user.frozen = status != Canceled && draw.percent(if is_over { 15 } else { 2 });

    (user.kyc_status, user.kyc_level) = kyc(number, status);
    let draw = &mut Draw::of(number, "review");
    user.kyc_comment = match user.kyc_status {
        Refused => Some(draw.word(REFUSED)),
        Validated => draw.maybe(15, NOTED).map(|notes| draw.word(notes)),
        Pending | KycStatus::None => None,
    }
    .map(str::to_owned);
    let draw = &mut Draw::of(number, "marks");
    let is_known = user.kyc_status == Validated;
    // a review that is not decided yet may have got as far as the passport
    user.identity_verified = is_known || (user.kyc_level != KycLevel::None && draw.percent(40));
    // who was reviewed was written to; who was seen came by a link, most of the time
    let answers = draw.percent(if user.last_sign_in_at.is_some() { 75 } else { 20 });
    user.email_verified = user.email.is_some() && (is_known || answers);
    let answers = draw.percent(if is_known { 90 } else { 35 });
    user.phone_verified = user.phone.is_some() && answers;
}

/// Where KYC stands, and how thorough it was so far.
fn kyc(number: u64, status: UserStatus) -> (KycStatus, KycLevel) {
    let draw = &mut Draw::of(number, "kyc");
    let odds = match status {
        Live => [70, 14, 3, 13],
        InReview => [0, 75, 5, 20],
        Invalidated => [30, 5, 45, 20],
        Canceled => [55, 0, 10, 35],
    };
    let statuses = [Validated, Pending, Refused, KycStatus::None];
    let odds = [0, 1, 2, 3].map(|place| (statuses[place], odds[place]));
    let kyc_status = draw.weighted(&odds);
    let kyc_level = match kyc_status {
        Validated => draw.weighted(&[(Light, 20), (Regular, 60), (Strong, 20)]),
        // a review of somebody who had passed a lighter one before
        Pending => draw.weighted(&[(KycLevel::None, 70), (Light, 25), (Regular, 5)]),
        Refused => draw.weighted(&[(KycLevel::None, 80), (Light, 20)]),
        KycStatus::None => KycLevel::None,
    };
    (kyc_status, kyc_level)
}
