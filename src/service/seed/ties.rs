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
    people,
    profile::profile,
};
use crate::{
    service::user::{Guest, Mark, Membership, Parent},
    store::user::UserFile,
};

/// How many numbers before a user others are looked for. As many times the largest share is the whole at most, so that
/// the shares of one parent add up whatever is drawn.
const WINDOW: u64 = 40;
/// The largest share, in ten-thousandths of the whole.
const SHARE: u64 = 250;

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
    let has_parent = draw.percent(4);
    let share = i32::try_from(1 + draw.below(SHARE)).unwrap_or_default();
    if is_person
        && (belongs || has_parent)
        && let Some(company) = company_before(number, &file.user.account)
    {
        let company = people::id(company);
        if belongs {
            let role = if owns { CompanyRole::Owner } else { CompanyRole::Staff };
            file.ties.membership = Some(Membership { company, role, since: draw.instant(created_at, END) });
        }
        if has_parent {
            file.ties.parent = Some(Parent {
                id: Some(company),
                kind: Some(TieKind::Shareholder),
                share: Some(share),
                controlling_person_type: Some(ControllingPersonType::Shareholder),
                employee_type: Some(if owns { EmployeeType::Leader } else { EmployeeType::None }),
            });
        }
    }

    let draw = &mut Draw::of(number, "guests");
    for (i, guest) in entries(GUESTS).enumerate().take(usize::try_from(draw.below(3)).unwrap_or_default()) {
        if !draw.percent(15) {
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
                user: None,
            },
        );
    }

    let draw = &mut Draw::of(number, "parties");
    let kind = if draw.percent(60) { PartyKind::Partner } else { PartyKind::Adviser };
    let back = 1 + draw.below(WINDOW);
    if draw.percent(8) && back < number && profile(number - back).account == file.user.account {
        let since = draw.instant(created_at, END);
        file.ties.parties.insert((kind, people::id(number - back)), since);
    }

    let draw = &mut Draw::of(number, "categories");
    for _ in 0..draw.below(3) {
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
    let user = &file.user;
    let draw = &mut Draw::of(number, "verified");
    let kinds = [
        (VerificationKind::Identity, user.identity_verified, VerificationSource::KycProvider),
        (VerificationKind::Email, user.email_verified, VerificationSource::Link),
        (VerificationKind::Phone, user.phone_verified, VerificationSource::Sms),
    ];
    for (kind, verified, source) in kinds {
        let at = draw.instant(user.created_at, user.updated_at);
        if verified {
            file.ties.marks.insert(kind, Mark { source, by: None, at });
        }
    }
}

/// The number of a legal entity of an account that came a little earlier.
fn company_before(number: u64, account: &str) -> Option<u64> {
    let earlier = (number.saturating_sub(WINDOW).max(1)..number).rev();
    earlier.map(|number| (number, profile(number))).find_map(|(number, profile)| {
        (profile.account == account && profile.person_type == PersonType::LegalEntity).then_some(number)
    })
}
