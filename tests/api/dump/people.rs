//! People with everything that a dump holds, as the front door would let them in.

use std::collections::HashSet;

use backdesk_entity::{
    enums::{GuestRole, PersonType, UserStatus, VerificationKind, VerificationSource},
    guest, guest_role, user_fees, user_finances, user_mark, user_occupation, user_provider,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use crate::support::{
    Desk,
    dice::Dice,
    population::{Population, insert_rows},
};

/// Users whom the front door would let in as they are.
pub(super) fn people(seed: u64, size: usize) -> Population {
    let mut population = Population::drawn(seed, size);
    for somebody in &mut population.people {
        let email = somebody.user.email.take();
        somebody.user.email = email.map(|email| email.replace("@Example", "@example"));
        // nothing changed before it was there
        somebody.user.updated_at = somebody.user.updated_at.max(somebody.user.created_at);
        somebody.user.version = i32::try_from(somebody.languages.len()).unwrap() + 1;
        if somebody.user.status == UserStatus::Invalidated {
            somebody.user.status_before_inactive =
                [None, Some(UserStatus::Live), Some(UserStatus::InReview)][somebody.groups.len() % 3];
        }
        // nobody keeps an address of nothing
        somebody.addresses.retain(|address| {
            [&address.line1, &address.postcode, &address.city, &address.country]
                .iter()
                .any(|line| line.is_some())
        });
        somebody.user.kyc_comment = Some(format!("seen {}", somebody.languages.len()));
        if let Some(company) = &mut somebody.company {
            let number = somebody.languages.len();
            company.registered_on = NaiveDate::from_ymd_opt(2000 + i32::try_from(number).unwrap(), 2, 28);
            company.on_stock_exchange = [None, Some(true), Some(false)][number % 3];
            company.share_capital_currency =
                [None, Some("EUR"), Some("GBP"), Some("JPY")][number % 4].map(str::to_owned);
            company.share_capital_minor =
                company.share_capital_currency.as_ref().map(|_| [5, 100, 123_456][number % 3]);
            company.description = Some("first line\nsecond line".to_owned());
            company.employee_count = Some(i32::try_from(number).unwrap());
        }
        somebody.fold();
    }
    tie(&mut population);
    population
}

/// Leaves only companies that are some, and makes partners of neighbours who do not come first.
fn tie(population: &mut Population) {
    let people = &mut population.people;
    let companies: HashSet<Uuid> = people
        .iter()
        .filter(|one| one.user.person_type == PersonType::LegalEntity)
        .map(|one| one.user.id)
        .collect();
    for somebody in &mut *people {
        somebody.membership = somebody.membership.filter(|(company, _)| companies.contains(company));
        if somebody.membership.is_none() && !companies.contains(&somebody.user.id) {
            somebody.groups.retain(|key| *key != "API");
        }
    }
    for (one, other) in (0..people.len()).zip(2..people.len()) {
        let (earlier, later) = (people[one].user.id, people[other].user.id);
        if one % 7 == 0 && !people[other].parties.contains(&earlier) {
            people[one].parties.push(later);
            people[other].parties.push(earlier);
        }
    }
}

/// Puts people in, with everything else that a dump holds.
pub(super) async fn moves_in(population: &Population, desk: &Desk) {
    population.moves_into(desk).await;
    let db = desk.side_door().await;
    insert_marks(population, &db).await;
    insert_guests(population, &db).await;
    insert_parts(population, &db).await;
}

fn at(number: usize) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-02-01T12:00:00Z".parse().unwrap();
    noon + chrono::Duration::microseconds(i64::try_from(number).unwrap())
}

/// Marks of what was verified. Of some, nobody knows how.
async fn insert_marks(population: &Population, db: &DatabaseConnection) {
    let sources = [
        Some(VerificationSource::Operator),
        Some(VerificationSource::PaymentProvider),
        Some(VerificationSource::Import),
        None,
    ];
    let mut marks = Vec::new();
    for (number, one) in population.people.iter().enumerate() {
        let user_id = one.user.id;
        let verified = [
            (VerificationKind::Identity, one.user.identity_verified),
            (VerificationKind::Email, one.user.email_verified),
            (VerificationKind::Phone, one.user.phone_verified),
        ];
        for (place, (kind, is_verified)) in verified.into_iter().enumerate() {
            if let Some(source) = sources[(number + place) % sources.len()].filter(|_| is_verified) {
                let by = (number % 2 == 0).then(|| format!("staff-{number}"));
                marks.push(user_mark::Model { user_id, kind, source, by, at: at(number) });
            }
        }
    }
    insert_rows::<user_mark::Entity, _>(marks.into_iter(), db).await;
}

/// None, one or two guests, some of whom are users.
async fn insert_guests(population: &Population, db: &DatabaseConnection) {
    let (mut guests, mut roles) = (Vec::new(), Vec::new());
    for (number, one) in population.people.iter().enumerate() {
        // the later they came, the earlier they stand in the alphabet
        for (place, name) in ["zoe", "ann"].into_iter().enumerate().take(number % 3) {
            let email = format!("{name}.{number}@example.com");
            let id = Uuid::from_u128(0x7000_8000_0000_0000_0000 + (number * 2 + place) as u128);
            let other = population.people.get(number + 2).filter(|_| place == 1);
            guests.push(guest::Model {
                id,
                user_id: one.user.id,
                email_folded: email.clone(),
                email,
                invited_at: at(number + place),
                accepted_at: other.map(|_| at(number + 9)),
                guest_user_id: other.map(|other| other.user.id),
            });
            let all = [GuestRole::Viewer, GuestRole::FinanceManager];
            roles.extend(all.map(|role| guest_role::Model { guest_id: id, role }));
        }
    }
    insert_rows::<guest::Entity, _>(guests.into_iter(), db).await;
    insert_rows::<guest_role::Entity, _>(roles.into_iter(), db).await;
}

/// The parts that populations have none of; some of them say nothing.
async fn insert_parts(population: &Population, db: &DatabaseConnection) {
    let mut dice = Dice::seeded(0xd0_0d);
    let (mut occupations, mut finances, mut fees, mut providers) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for user_id in population.people.iter().map(|one| one.user.id) {
        let mut text = |some: &[&str]| dice.maybe(some).map(str::to_owned);
        occupations.push(user_occupation::Model {
            user_id,
            title: text(&["baker", "Ärztin"]),
            kind: text(&["employed"]),
            position: text(&["head"]),
        });
        finances.push(user_finances::Model {
            user_id,
            income_range: text(&["20-30"]),
            personal_assets: text(&["0-50"]),
            source_of_funds: text(&["savings, \"all\" of them"]),
            sepa_creditor_identifier: text(&["DE98ZZZ09999999999"]),
        });
        // in the currency of the platform, as an import has it
        let (asker, offerer) = (text(&["EUR"]), text(&["EUR"]));
        fees.push(user_fees::Model {
            user_id,
            asker_percent: dice.maybe(&[0, 1, 1250, 10_000]),
            asker_fixed_minor: asker.as_ref().map(|_| dice.one(&[0, 5, 123_456])),
            asker_fixed_currency: asker,
            offerer_percent: dice.maybe(&[2000]),
            offerer_fixed_minor: offerer.as_ref().map(|_| 99),
            offerer_fixed_currency: offerer,
        });
        let mut text = |some: &[&str]| dice.maybe(some).map(str::to_owned);
        providers.push(user_provider::Model {
            user_id,
            code_status: text(&["110009"]),
            information_status: text(&["waits"]),
            wallet_count: dice.maybe(&[0, 4]),
            payin_count: dice.maybe(&[0, 4]),
        });
    }
    insert_rows::<user_occupation::Entity, _>(occupations.into_iter(), db).await;
    insert_rows::<user_finances::Entity, _>(finances.into_iter(), db).await;
    insert_rows::<user_fees::Entity, _>(fees.into_iter(), db).await;
    insert_rows::<user_provider::Entity, _>(providers.into_iter(), db).await;
}
