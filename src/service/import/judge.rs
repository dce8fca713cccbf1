//! What a row makes of a user: the same judgements as of what staff type, and the rules of what staff cannot set by
//! hand. All problems are found at once.

use std::collections::BTreeMap;

use backdesk_entity::enums::{UserStatus, VerificationKind, VerificationSource};
use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::record::{MarkRow, MarksRecord, Record};
use crate::{
    auth::token::SUBJECT,
    domain::{
        group::ComputedGroup,
        kyc,
        problem::{ProblemCode, Problems},
        status::{Standing, is_active},
        text,
        user::{ExternalId, Patch, UserChange},
    },
    service::user::{Mark, REASON, apply_change, apply_fees, apply_provider, drop_marks},
    store::user::{UserFile, UserRecord},
};

/// The assigned groups by their keys.
pub(super) type Groups = BTreeMap<String, Uuid>;

/// The earliest year of a life with a platform. Earlier ones are placeholders of other systems.
const FIRST_YEAR: i32 = 1900;

/// What a row is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    /// The present instant.
    pub(super) now: DateTime<Utc>,
    /// The groups there are.
    pub(super) groups: &'a Groups,
}

/// Makes of the user what the row says, and notes what is wrong with it, by our names of the fields.
pub(super) fn judge(
    file: &mut UserFile,
    is_new: bool,
    record: &Record,
    at: Moment<'_>,
    problems: &mut Problems,
) {
    let ids = external_ids(file, record);
    let mut change = UserChange { external_ids: ids.clone(), ..record.profile.clone() };
    if is_new && change.country == Patch::Keep {
        change.country = Patch::of(record.country_if_none.clone());
    }
    let mut found = Problems::under("");
    apply_change(file, &change, at.now.date_naive(), &mut found);
    for problem in found.into_found() {
        problems.add(problem.code, &with_system(&problem.field, &ids), problem.message);
    }

    date(&mut file.user, is_new, record, at.now, problems);
    mark(file, record, at.now, problems);
    comment(&mut file.user, record, problems);
    apply_fees(file, &record.fees, "fees.", problems);
    apply_provider(file, &record.provider, problems);
    join(file, record, at.groups, problems);
    stand(&mut file.user, is_new, record, at.now, problems);
}

/// All external ids that the user is to have. Those of the row come first: problems count from there.
fn external_ids(file: &UserFile, record: &Record) -> Patch<Vec<ExternalId>> {
    match &record.external_ids {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(_) => {
            let others = file.external_ids.iter().flatten();
            let others = others
                .filter(|(system, _)| !record.mentions(system))
                .map(|(system, value)| ExternalId { system: system.clone(), value: value.clone() });
            Patch::Set(record.named().chain(others).collect())
        }
    }
}

/// The way to a field, an external id by its system: rows do not count them.
fn with_system(field: &[String], ids: &Patch<Vec<ExternalId>>) -> String {
    if let ([list, place, ..], Patch::Set(ids)) = (field, ids)
        && list == "externalIds"
        && let Some(id) = place.parse().ok().and_then(|place: usize| ids.get(place))
    {
        return format!("externalId.{}", id.system);
    }
    field.join(".")
}

fn date(user: &mut UserRecord, is_new: bool, record: &Record, now: DateTime<Utc>, problems: &mut Problems) {
    if let Some(at) = in_the_past("createdAt", record.created_at, now, problems) {
        user.created_at = at;
    }
    // of a user who is here already, the last change is ours
    let updated_at = in_the_past("updatedAt", record.updated_at, now, problems);
    if is_new {
        match record.version {
            Some(version) if version > 0 => user.version = version,
            Some(_) => problems.add(ProblemCode::Invalid, "version", "The first version is 1."),
            None => {}
        }
        let at = updated_at.or(record.created_at).unwrap_or(now);
        user.updated_at = at.max(user.created_at);
    }
    match record.last_sign_in_at {
        Patch::Keep => {}
        Patch::Clear => user.last_sign_in_at = None,
        Patch::Set(at) => {
            if let Some(at) = in_the_past("lastSignInAt", Some(at), now, problems) {
                user.last_sign_in_at = Some(at);
            }
        }
    }
}

/// The instant, if it can be one of the past. A day more is granted: exports often name local time without its zone.
fn in_the_past(
    field: &str,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    problems: &mut Problems,
) -> Option<DateTime<Utc>> {
    let at = at?;
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1)?;
    if at.date_naive() < first || now.checked_add_days(Days::new(1)).is_none_or(|last| at > last) {
        let message = format!("Write an instant of the past, since {FIRST_YEAR}.");
        problems.add(ProblemCode::Invalid, field, message);
        return None;
    }
    Some(at)
}

fn mark(file: &mut UserFile, record: &Record, now: DateTime<Utc>, problems: &mut Problems) {
    fn set<T: Copy>(slot: &mut T, given: Option<T>) {
        *slot = given.unwrap_or(*slot);
    }
    let UserFile { user, ties, .. } = &mut *file;
    set(&mut user.frozen, record.frozen);
    set(&mut user.kyc_level, record.kyc_level);
    set(&mut user.kyc_status, record.kyc_status);
    let MarksRecord { identity, email, phone } = &record.marks;
    for (kind, field, slot, given, row) in [
        (
            VerificationKind::Identity,
            "verifications.identity",
            &mut user.identity_verified,
            record.identity_verified,
            identity,
        ),
        (
            VerificationKind::Email,
            "verifications.email",
            &mut user.email_verified,
            record.email_verified,
            email,
        ),
        (
            VerificationKind::Phone,
            "verifications.phone",
            &mut user.phone_verified,
            record.phone_verified,
            phone,
        ),
    ] {
        let before = *slot;
        set(slot, given);
        match row {
            Patch::Keep if *slot && !before => {
                let mark = Mark { source: VerificationSource::Import, by: None, at: now };
                ties.marks.insert(kind, mark);
            }
            Patch::Keep => {}
            Patch::Clear => {
                ties.marks.remove(&kind);
            }
            Patch::Set(_) if !*slot => {
                problems.add(ProblemCode::Invalid, field, "Leave it out: this is not verified.");
            }
            Patch::Set(row) => {
                let mark = known(row, ties.marks.get(&kind), field, now, problems);
                ties.marks.insert(kind, mark);
            }
        }
    }
    drop_marks(file);
}

/// A mark as the row has it, and as it was where the row leaves something out.
fn known(
    MarkRow { source, by, at }: &MarkRow,
    before: Option<&Mark>,
    field: &str,
    now: DateTime<Utc>,
    problems: &mut Problems,
) -> Mark {
    let at = in_the_past(&format!("{field}.at"), *at, now, problems);
    Mark {
        source: source.or(before.map(|mark| mark.source)).unwrap_or(VerificationSource::Import),
        by: match by {
            Patch::Keep => before.and_then(|mark| mark.by.clone()),
            Patch::Clear => None,
            Patch::Set(by) => problems.check(&format!("{field}.by"), text::clean_line(by, SUBJECT)),
        },
        at: at.or(before.map(|mark| mark.at)).unwrap_or(now),
    }
}

fn comment(user: &mut UserRecord, record: &Record, problems: &mut Problems) {
    match &record.kyc_comment {
        Patch::Keep => {}
        Patch::Clear => user.kyc_comment = None,
        Patch::Set(given) => {
            user.kyc_comment = problems.check("kycComment", text::clean_text(given, kyc::COMMENT));
        }
    }
}

fn join(file: &mut UserFile, record: &Record, groups: &Groups, problems: &mut Problems) {
    let Some(keys) = record.groups.as_list() else { return };
    let mut joined = BTreeMap::new();
    for (i, key) in keys.iter().enumerate() {
        let field = format!("groups.{i}");
        match groups.get(key) {
            None => {
                problems.add(
                    ProblemCode::NotFound,
                    &field,
                    "There is no such group: see the query `groups`.",
                );
            }
            Some(id) => {
                if problems.check(&field, ComputedGroup::judge_assigned(key)).is_some() {
                    joined.insert(*id, key.clone());
                }
            }
        }
    }
    file.groups = Some(joined);
}

/// Takes the step of the life cycle, and sees to it that it is known why and on whose wish.
fn stand(user: &mut UserRecord, is_new: bool, record: &Record, now: DateTime<Utc>, problems: &mut Problems) {
    let was_canceled = !is_new && user.status == UserStatus::Canceled;
    if let Some(status) = record.status
        && status != user.status
    {
        let standing = Standing { status: user.status, before_inactive: user.status_before_inactive };
        let next = match status {
            // nobody knows what it stood at before
            _ if is_new => Ok(Standing { status, before_inactive: None }),
            UserStatus::Canceled => standing.cancel(),
            _ => standing.step(status),
        };
        match next {
            Ok(next) => {
                user.status = next.status;
                user.status_before_inactive = next.before_inactive;
                user.status_since = now;
                // the former reason was that of the former status
                user.status_reason = None;
            }
            Err((code, mistake)) => return problems.add(code, "status", mistake.into_message()),
        }
    }
    if let Some(at) = in_the_past("statusSince", record.status_since, now, problems) {
        user.status_since = at;
    }
    resume(user, record, problems);
    match &record.status_reason {
        Patch::Keep => {}
        Patch::Clear => user.status_reason = None,
        Patch::Set(given) => {
            user.status_reason = problems.check("statusReason", text::clean_line(given, REASON));
        }
    }
    let is_canceled = user.status == UserStatus::Canceled;
    match record.cancel_origin {
        Some(origin) if is_canceled => user.cancel_origin = Some(origin),
        Some(_) => {
            problems.add(
                ProblemCode::Invalid,
                "cancelOrigin",
                "Leave it out: only a cancelled user has one.",
            );
        }
        None if is_canceled && !was_canceled => match record.assumed_origin {
            Some(origin) => user.cancel_origin = Some(origin),
            None => problems.add(
                ProblemCode::Required,
                "cancelOrigin",
                "Say who wanted the user cancelled: OPERATOR or USER.",
            ),
        },
        None => {}
    }
}

/// Notes what switching the user active again brings back.
fn resume(user: &mut UserRecord, record: &Record, problems: &mut Problems) {
    match record.status_before_inactive {
        Patch::Keep => {}
        Patch::Clear => user.status_before_inactive = None,
        Patch::Set(before) if user.status == UserStatus::Invalidated && is_active(before) => {
            user.status_before_inactive = Some(before);
        }
        Patch::Set(_) => {
            let message = "Leave it out, or give LIVE or IN_REVIEW to a user who is INVALIDATED.";
            problems.add(ProblemCode::Invalid, "statusBeforeInactive", message);
        }
    }
}
