//! Made-up users: a number in, a user out, always the same one. Pure: no clock, no chance, nothing of the platform.

use std::collections::BTreeMap;

use backdesk_entity::enums::{
    ClientType::{self, Enterprise, Merchant},
    KycLevel, KycStatus,
    PersonType::{self, LegalEntity, NaturalPerson},
};
use uuid::Uuid;

use super::{
    draw::Draw,
    life,
    profile::{Profile, profile},
};
use crate::{
    clock,
    domain::problem::{Problem, Problems},
    service::user::{apply_change, apply_fees, blank},
    store::user::UserFile,
};

/// The id of the user of that number: shaped like every other id, by the instant of creation, but computed. It is data,
/// not an id that the system makes, so it does not come from the clock. Its last twelve digits are the number.
pub(super) fn id(number: u64) -> Uuid {
    let millis = u64::try_from(life::created_at(number).timestamp_millis()).unwrap_or_default();
    // in front of the number by chance, so that users of one instant do not sort by number
    let mut tail = [0; 10];
    tail[..8].copy_from_slice(&Draw::of(number, "id").bits().to_be_bytes());
    tail[4..].copy_from_slice(&number.to_be_bytes()[2..]);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

/// The user of that number, judged like everything that callers type; or what was wrong, which a test rules out.
/// `groups` are ids by key.
pub(super) fn user(number: u64, groups: &BTreeMap<String, Uuid>) -> Result<UserFile, Vec<Problem>> {
    let Profile { account, person_type, change, fees } = profile(number);
    let created_at = life::created_at(number);
    let mut file = blank(id(number), reference(number), created_at, account, person_type);
    let mut problems = Problems::default();
    apply_change(&mut file, &change, life::END.date_naive(), &mut problems);
    apply_fees(&mut file, &fees, "fees.", &mut problems);
    let found = problems.into_found();
    if !found.is_empty() {
        return Err(found);
    }

    // after the change, which takes the marks off what is new
    life::live(number, &mut file.user);

    let passed = match file.user.kyc_status {
        KycStatus::Validated => file.user.kyc_level,
        _ => KycLevel::None,
    };
    let keys = group_keys(number, person_type, file.user.client_type, passed);
    let known = keys.into_iter().filter_map(|key| groups.get_key_value(key));
    file.groups = Some(known.map(|(key, id)| (*id, key.clone())).collect());
    Ok(file)
}

/// A reference: fifty bits that no other number has, because each step can be undone. An odd factor carries what differs
/// upwards, a shift by half brings it down again.
fn reference(number: u64) -> String {
    const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd134_2543_de82_ef95];
    let bits = FACTORS.iter().fold(number, |bits, factor| {
        let bits = bits.wrapping_mul(*factor) & ((1 << 50) - 1);
        bits ^ (bits >> 25)
    });
    clock::reference_of(bits)
}

/// The client kinds of a user. Owners have passed the KYC level that their kind asks for; others are staff of one, or
/// nothing yet.
fn group_keys(
    number: u64,
    person_type: PersonType,
    client_type: Option<ClientType>,
    passed: KycLevel,
) -> Vec<&'static str> {
    let draw = &mut Draw::of(number, "groups");
    let kind = match (client_type, person_type) {
        (Some(Enterprise), _) => Some((KycLevel::Light, "ENTERPRISE_OWNER", "ENTERPRISE_STAFF")),
        (Some(Merchant), LegalEntity) => {
            Some((KycLevel::Regular, "LEGAL_MERCHANT_OWNER", "LEGAL_MERCHANT_STAFF"))
        }
        (Some(Merchant), NaturalPerson) => Some((KycLevel::Light, "MERCHANT_OWNER", "MERCHANT_STAFF")),
        (None, _) => None,
    };
    let kind = kind.and_then(|(needed, owner, staff)| match passed >= needed {
        true => draw.maybe(90, owner),
        false => draw.maybe(30, staff),
    });
    // API clients are companies
    let api = draw.maybe(20, "API").filter(|_| person_type == LegalEntity);
    kind.into_iter().chain(api).collect()
}
