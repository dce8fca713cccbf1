//! What ties a made-up user to others: a company, a parent, guests, partners, categories. Others are among those of a few
//! numbers before, so that they are there already whoever is asked for.

use std::collections::BTreeMap;

use backdesk_entity::enums::{
    ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, PersonType,
    TieKind, VerificationKind, VerificationSource,
};
use uuid::Uuid;

use super::{
    draw::{Draw, entries},
    life::END,
    papers::REVIEWER,
    people,
    profile::{person_type, roots},
    shown::is_shown,
};
use crate::{
    service::user::{Guest, Mark, Membership, Parent},
    store::user::UserFile,
};

/// How many numbers before a user others are looked for.
const WINDOW: u64 = 40;
/// The largest share, in ten-thousandths of the whole. Each one after the first may be half as large at most as the one
/// before, so that the shares of one parent add up whatever is drawn.
const SHARE: u64 = 5_000;

/// The categories of a platform, by key and name.
pub(super) const CATEGORIES: [(&str, &str); 5] = [
    ("CRAFT", "Craft"),
    ("HOSPITALITY", "Hospitality"),
    ("RETAIL", "Retail"),
    ("TRANSPORT", "Transport"),
    ("WHOLESALE", "Wholesale"),
];
/// People whom users invite.
const GUESTS: &str = "accountant, assistant, bookings, manager, office";

/// Ties the user of that number; `categories` are ids by key.
pub(super) fn tie(number: u64, file: &mut UserFile, categories: &BTreeMap<String, Uuid>) {
    marks(number, file);
    let created_at = file.user.created_at;

    let draw = &mut Draw::of(number, "ties");
    let is_person = file.user.person_type == PersonType::NaturalPerson;
    let (belongs, owns) = (draw.percent(5), draw.percent(25));
    if is_person
        && (belongs || has_parent(number))
        && let Some(company) = company_before(number, &file.user.account)
    {
        if belongs {
            let role = if owns { CompanyRole::Owner } else { CompanyRole::Staff };
            let since = draw.instant(created_at, END);
            file.ties.membership = Some(Membership { company: people::id(company), role, since });
        }
        if has_parent(number) {
            file.ties.parent = Some(parent(number, company));
        }
    }

    let draw = &mut Draw::of(number, "guests");
    for (i, guest) in entries(GUESTS).enumerate().take(usize::try_from(few(draw, number)).unwrap_or_default())
    {
        if !draw.percent(if is_shown(number) { 100 } else { 15 }) {
            continue;
        }
        let invited_at = draw.instant(created_at, END);
        let role = draw.weighted(&[
            (GuestRole::Viewer, 4),
            (GuestRole::BookingManager, 3),
            (GuestRole::ListingManager, 2),
            (GuestRole::FinanceManager, 1),
        ]);
        // the user's own id with another end: theirs is the number
        let id = Uuid::from_u128(file.user.id.as_u128() ^ ((1 + i as u128) << 40));
        file.ties.guests.insert(
            id,
            Guest {
                email: format!("{guest}.{number}@example.org"),
                roles: [GuestRole::Viewer, role].into(),
                invited_at,
                accepted_at: draw.maybe(60, draw_after(number, i, invited_at)),
                user: draw.maybe(30, number).and_then(|number| neighbour(number, &file.user.account)),
            },
        );
    }

    let draw = &mut Draw::of(number, "parties");
    let kind = if draw.percent(60) { PartyKind::Partner } else { PartyKind::Adviser };
    if draw.percent(if is_shown(number) { 100 } else { 8 })
        && let Some(party) = neighbour(number, &file.user.account)
    {
        file.ties.parties.insert((kind, party), draw.instant(created_at, END));
    }

    let draw = &mut Draw::of(number, "categories");
    for _ in 0..few(draw, number) {
        let (key, _) = draw.weighted(&CATEGORIES.map(|category| (category, 1)));
        if let Some(id) = categories.get(key) {
            file.ties.categories.insert(*id, key.to_owned());
        }
    }
    if draw.percent(3) {
        let permission =
            draw.weighted(&[(ClientPermission::BankWithdrawal, 3), (ClientPermission::ConvertCurrency, 1)]);
        file.ties.client_permissions.insert(permission);
    }
}

fn draw_after(
    number: u64,
    guest: usize,
    from: chrono::DateTime<chrono::Utc>,
) -> chrono::DateTime<chrono::Utc> {
    Draw::of(number, &format!("guest {guest}")).instant(from, END)
}

/// By what that is verified which is.
fn marks(number: u64, file: &mut UserFile) {
    use VerificationSource::{Import, KycProvider, Link, Operator, PaymentProvider, Sms};
    let user = &file.user;
    let draw = &mut Draw::of(number, "verified");
    let kinds = [
        (VerificationKind::Identity, user.identity_verified, KycProvider, PaymentProvider),
        (VerificationKind::Email, user.email_verified, Link, Import),
        (VerificationKind::Phone, user.phone_verified, Sms, Import),
    ];
    for (kind, verified, common, rare) in kinds {
        let at = draw.instant(user.created_at, user.updated_at);
        let source = draw.weighted(&[(common, 80), (rare, 8), (Operator, 12)]);
        if verified {
            let by = (source == Operator).then(|| REVIEWER.subject.to_owned());
            file.ties.marks.insert(kind, Mark { source, by, at });
        }
    }
}

/// None to two; at least one of those whom a demo shows.
fn few(draw: &mut Draw, number: u64) -> u64 {
    draw.below(3).max(u64::from(is_shown(number)))
}

/// Whether the user of that number has a parent, if they are a person, and a company is near.
fn has_parent(number: u64) -> bool {
    Draw::of(number, "parent").percent(4)
}

/// How the user of that number is tied to the company of a smaller one.
fn parent(number: u64, company: u64) -> Parent {
    use ControllingPersonType as Controlling;
    let draw = &mut Draw::of(number, "share");
    let kind = draw.weighted(&[(TieKind::Shareholder, 70), (TieKind::Director, 20), (TieKind::Employee, 10)]);
    let before = (company + 1..number).filter(|number| has_parent(*number)).count();
    let share = i32::try_from(draw.below(SHARE >> before)).ok();
    let (share, controlling, employee) = match kind {
        TieKind::Shareholder => (share, Controlling::Shareholder, EmployeeType::None),
        TieKind::Director => {
            (share.filter(|_| draw.percent(50)), Controlling::Director, EmployeeType::Leader)
        }
        TieKind::Employee | TieKind::Other => (None, Controlling::None, EmployeeType::Employee),
    };
    Parent {
        id: Some(people::id(company)),
        kind: Some(kind),
        share,
        controlling_person_type: Some(controlling),
        employee_type: Some(employee),
    }
}

/// Somebody of an account who came a little earlier.
fn neighbour(number: u64, account: &str) -> Option<Uuid> {
    let mut earlier = (number.saturating_sub(WINDOW).max(1)..number).rev();
    earlier.find(|number| roots(*number).account == account).map(people::id)
}

/// The number of a legal entity of an account that came a little earlier.
fn company_before(number: u64, account: &str) -> Option<u64> {
    let earlier = (number.saturating_sub(WINDOW).max(1)..number).rev();
    let mut earlier = earlier.filter(|number| person_type(*number) == PersonType::LegalEntity);
    earlier.find(|number| roots(*number).account == account)
}
