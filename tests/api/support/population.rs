//! Users by the dozen, the same for the same seed: with ties and missing values in everything that lists are sorted by,
//! and with texts that are hard to compare. They come in by the side door, past the rules of the front one.

use backdesk::domain::{
    text::{fold, squeeze},
    user::ExternalId,
};
use backdesk_entity::{
    category,
    enums::{
        AddressKind, CancelOrigin, ClientPermission, ClientType, CompanyRole, KycLevel, KycStatus,
        MarketRole, PartyKind, PersonType, TaxPayer, TieKind, UserStatus, WalletStatus,
    },
    user, user_address, user_category, user_client_permission, user_company, user_external_id, user_group,
    user_language, user_membership, user_party, user_sanctions, user_tax, user_tie,
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Desk, dice::Dice};

/// Names with case, accents, other scripts, and everything that means something to LIKE or to SQL.
pub(crate) const NAMES: [&str; 24] = [
    "Müller",
    "muller",
    "MÜLLER",
    "Łukasz",
    "Lukasz",
    "Zoë",
    "zoe",
    "Émile",
    "emile",
    "O'Brien",
    "d'Angelo",
    "100%",
    "a_b",
    "axb",
    "a%b",
    "back\\slash",
    "\"quoted\"",
    "Ёлкин",
    "山田",
    "يوسف",
    "Straße",
    "Jean Paul",
    "Anna-Lena",
    "😀 Smile",
];
const TAGS: [&str; 6] = ["VIP", "vip", "50% off", "under_score", "c:\\temp", "Späti"];
const COUNTRIES: [&str; 4] = ["FR", "DE", "PL", "JP"];
const PHONES: [&str; 5] = ["+33612345678", "+33612345679", "+4915112345678", "+48601234567", "+81312345678"];
const LANGUAGES: [&str; 5] = ["fr", "de", "pl", "pt-BR", "ja"];
const ZONES: [&str; 3] = ["Europe/Paris", "Europe/Berlin", "Asia/Tokyo"];
const SYSTEMS: [&str; 3] = ["core", "crm", "legacy"];
const STATUSES: [UserStatus; 4] =
    [UserStatus::InReview, UserStatus::Live, UserStatus::Invalidated, UserStatus::Canceled];
/// The assigned groups, in the order of their fixed ids.
pub(crate) const GROUPS: [&str; 7] = [
    "API",
    "ENTERPRISE_OWNER",
    "ENTERPRISE_STAFF",
    "LEGAL_MERCHANT_OWNER",
    "LEGAL_MERCHANT_STAFF",
    "MERCHANT_OWNER",
    "MERCHANT_STAFF",
];

/// The categories there are.
pub(crate) const CATEGORIES: [&str; 3] = ["CRAFT", "RETAIL", "WHOLESALE"];

/// A user with everything that belongs to them.
#[derive(Debug, Clone)]
pub(crate) struct Somebody {
    pub(crate) user: user::Model,
    pub(crate) addresses: Vec<user_address::Model>,
    /// Keys of assigned groups.
    pub(crate) groups: Vec<&'static str>,
    pub(crate) languages: Vec<&'static str>,
    pub(crate) external_ids: Vec<ExternalId>,
    pub(crate) company: Option<user_company::Model>,
    pub(crate) tax: Option<user_tax::Model>,
    pub(crate) sanctions: Option<user_sanctions::Model>,
    /// Keys of categories.
    pub(crate) categories: Vec<&'static str>,
    pub(crate) extra_permissions: Vec<ClientPermission>,
    /// Others of the same population and account.
    pub(crate) parent: Option<Uuid>,
    pub(crate) membership: Option<(Uuid, CompanyRole)>,
    pub(crate) parties: Vec<Uuid>,
}

/// Users that exist in a database and, to compare with, here.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    pub(crate) people: Vec<Somebody>,
}

impl Population {
    /// So many users, drawn by the seed, in no order.
    pub(crate) fn drawn(seed: u64, size: usize) -> Self {
        let mut dice = Dice::seeded(seed);
        let mut people: Vec<_> = (0..size).map(|number| Somebody::drawn(&mut dice, number)).collect();
        // dice of their own: who is tied to whom changes nothing of who they are
        let mut dice = Dice::seeded(seed ^ 0x7135);
        for number in 0..size {
            let earlier: Vec<Uuid> = (0..number)
                .filter(|other| other % 2 == number % 2)
                .map(|other| people[other].user.id)
                .collect();
            people[number].tie(&mut dice, &earlier);
        }
        Self { people }
    }

    /// Puts all of them into the database of the desk.
    pub(crate) async fn moves_into(&self, desk: &Desk) {
        insert(&self.people, &desk.side_door().await).await;
    }
}

/// Puts users into a database.
pub(crate) async fn insert(people: &[Somebody], db: &DatabaseConnection) {
    insert_rows::<user::Entity, _>(people.iter().map(|somebody| somebody.user.clone()), db).await;
    let addresses = people.iter().flat_map(|somebody| somebody.addresses.clone());
    insert_rows::<user_address::Entity, _>(addresses, db).await;
    let groups = people.iter().flat_map(|somebody| {
        let user_id = somebody.user.id;
        somebody.groups.iter().map(move |key| user_group::Model { user_id, group_id: group_id(key) })
    });
    insert_rows::<user_group::Entity, _>(groups, db).await;
    let languages = people.iter().flat_map(|somebody| {
        let user_id = somebody.user.id;
        somebody
            .languages
            .iter()
            .map(move |language| user_language::Model { user_id, language: (*language).to_owned() })
    });
    insert_rows::<user_language::Entity, _>(languages, db).await;
    let external_ids = people.iter().flat_map(|somebody| {
        somebody.external_ids.iter().map(|id| user_external_id::Model {
            user_id: somebody.user.id,
            system: id.system.clone(),
            value: id.value.clone(),
            account: somebody.user.account.clone(),
            shared: ExternalId::is_shared(&id.system),
        })
    });
    insert_rows::<user_external_id::Entity, _>(external_ids, db).await;
    let companies = people.iter().filter_map(|somebody| somebody.company.clone());
    insert_rows::<user_company::Entity, _>(companies, db).await;
    insert_rows::<user_tax::Entity, _>(people.iter().filter_map(|somebody| somebody.tax.clone()), db).await;
    let sanctions = people.iter().filter_map(|somebody| somebody.sanctions.clone());
    insert_rows::<user_sanctions::Entity, _>(sanctions, db).await;
    insert_ties(people, db).await;
}

async fn insert_ties(people: &[Somebody], db: &DatabaseConnection) {
    let categories = CATEGORIES.iter().map(|key| category::ActiveModel {
        id: Set(category_id(key)),
        key: Set((*key).to_owned()),
        name: Set(key.to_lowercase()),
    });
    let keep = OnConflict::column(category::Column::Key).do_nothing().to_owned();
    let insert = category::Entity::insert_many(categories).on_conflict(keep);
    insert.exec_without_returning(db).await.expect("categories");
    let since = "2026-02-01T00:00:00Z".parse().expect("an instant");
    let rows = people.iter().flat_map(|one| {
        let user_id = one.user.id;
        one.categories.iter().map(move |key| user_category::Model { user_id, category_id: category_id(key) })
    });
    insert_rows::<user_category::Entity, _>(rows, db).await;
    let rows = people.iter().flat_map(|one| {
        let user_id = one.user.id;
        let all = one.extra_permissions.iter();
        all.map(move |permission| user_client_permission::Model { user_id, permission: *permission })
    });
    insert_rows::<user_client_permission::Entity, _>(rows, db).await;
    let rows = people.iter().filter_map(|one| {
        one.parent.map(|parent| user_tie::Model {
            user_id: one.user.id,
            parent_id: Some(parent),
            kind: Some(TieKind::Shareholder),
            share: Some(1),
            controlling_person_type: None,
            employee_type: None,
        })
    });
    insert_rows::<user_tie::Entity, _>(rows, db).await;
    let rows = people.iter().filter_map(|one| {
        one.membership.map(|(company_id, role)| user_membership::Model {
            user_id: one.user.id,
            company_id,
            role,
            since,
        })
    });
    insert_rows::<user_membership::Entity, _>(rows, db).await;
    let rows = people.iter().flat_map(|one| {
        let user_id = one.user.id;
        one.parties.iter().map(move |party_id| user_party::Model {
            user_id,
            party_id: *party_id,
            kind: PartyKind::Partner,
            since,
        })
    });
    insert_rows::<user_party::Entity, _>(rows, db).await;
}

fn category_id(key: &str) -> Uuid {
    let place = CATEGORIES.iter().position(|category| *category == key).expect("a category");
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_00ca_0000 | u128::try_from(place).expect("small"))
}

/// Puts rows of any table into a database.
pub(crate) async fn insert_rows<E, A>(rows: impl Iterator<Item = E::Model>, db: &DatabaseConnection)
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
    E::Model: IntoActiveModel<A>,
{
    let rows: Vec<A> = rows.map(|row| row.into_active_model().reset_all()).collect();
    for some in rows.chunks(200) {
        E::insert_many(some.iter().cloned()).exec_without_returning(db).await.expect("rows that fit");
    }
}

/// The id that the migration gives to an assigned group.
fn group_id(key: &str) -> Uuid {
    let place = GROUPS.iter().position(|group| *group == key).expect("an assigned group");
    let number = u128::try_from(place).expect("a small number") + 1;
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | number)
}

impl Somebody {
    /// A user drawn by the dice; `number` keeps what is unique apart.
    pub(crate) fn drawn(dice: &mut Dice, number: usize) -> Self {
        let user = draw_user(dice, number);
        let id = user.id;
        let kinds = dice.some(&[AddressKind::Postal, AddressKind::Secondary, AddressKind::Location], 2);
        let addresses = kinds.into_iter().map(|kind| draw_address(dice, id, kind)).collect();
        let systems = dice.some(&SYSTEMS, 3);
        let external_id = |system: &str| ExternalId {
            system: system.to_owned(),
            // the same value in another account and system names somebody else
            value: format!("{}-{}%", ["Ext", "ext", "É_xt"][number % 3], number / 2),
        };
        let external_ids = systems.into_iter().map(external_id).collect();
        // dice of its own: what was drawn before stays what it was
        let own = &mut Dice::seeded(dice.clone().bits());
        let is_company = user.person_type == PersonType::LegalEntity && own.below(4) != 0;
        let mut somebody = Self {
            user,
            addresses,
            groups: dice.some(&GROUPS, 5),
            languages: dice.some(&LANGUAGES, 4),
            external_ids,
            company: is_company.then(|| draw_company(own, id)),
            tax: own.maybe(&[()]).map(|()| draw_tax(own, id)),
            sanctions: own.maybe(&[()]).map(|()| draw_sanctions(own, id)),
            categories: Vec::new(),
            extra_permissions: Vec::new(),
            parent: None,
            membership: None,
            parties: Vec::new(),
        };
        somebody.fold();
        somebody
    }

    /// Ties somebody to some of those who are there already.
    fn tie(&mut self, dice: &mut Dice, earlier: &[Uuid]) {
        self.categories = dice.some(&CATEGORIES, 3);
        self.extra_permissions =
            dice.some(&[ClientPermission::BankWithdrawal, ClientPermission::MassPayout], 2);
        if earlier.is_empty() {
            return;
        }
        self.parent = dice.maybe(&[()]).map(|()| dice.one(earlier));
        self.membership =
            dice.maybe(&[CompanyRole::Owner, CompanyRole::Staff]).map(|role| (dice.one(earlier), role));
        if dice.flag() {
            self.parties.push(dice.one(earlier));
        }
    }

    /// Whether they are this in a company.
    pub(crate) fn is_in_company_as(&self, role: CompanyRole) -> bool {
        self.membership.is_some_and(|(_, is)| is == role)
    }

    /// Computes the columns that are computed, as the service does.
    pub(crate) fn fold(&mut self) {
        let user = &mut self.user;
        let folded = |text: &Option<String>| text.as_deref().map(fold);
        user.email_folded = folded(&user.email);
        user.first_name_folded = folded(&user.first_name);
        user.last_name_folded = folded(&user.last_name);
        user.tag_folded = folded(&user.tag);
        let texts = [
            &user.first_name,
            &user.middle_names,
            &user.last_name,
            &user.email,
            &user.phone,
            &user.mobile,
            &user.tag,
        ];
        let texts = texts.into_iter().flatten().map(String::as_str);
        let ids = self.external_ids.iter().map(|id| id.value.as_str());
        let company = self.company.iter().flat_map(|company| [&company.legal_name, &company.business_name]);
        let company = company.flatten().map(String::as_str);
        let all: Vec<&str> = texts.chain([user.reference.as_str()]).chain(ids).chain(company).collect();
        user.search_text = fold(&all.join(" "));
    }
}

fn draw_user(dice: &mut Dice, number: usize) -> user::Model {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let bits = (u128::from(dice.bits()) << 64) | u128::from(dice.bits());
    let status = dice.one(&STATUSES);
    let canceled = status == UserStatus::Canceled;
    // neighbours share an address in two accounts
    let email = format!("{}.{}@Example.org", dice.one(&["Ann", "ann", "Zoë"]), number / 2);
    user::Model {
        id: uuid::Builder::from_u128(bits).with_version(uuid::Version::SortRand).into_uuid(),
        account: ["FR", "DE"][number % 2].to_owned(),
        reference: format!("U{:06X}{number:04}", dice.bits() & 0xff_ffff),
        tag: text(dice.maybe(&TAGS)),
        version: 1,
        created_at: draw_instant(dice),
        updated_at: draw_instant(dice),
        last_sign_in_at: dice.maybe(&[()]).map(|()| draw_instant(dice)),
        person_type: dice.one(&[PersonType::NaturalPerson, PersonType::LegalEntity]),
        client_type: dice.maybe(&[ClientType::Enterprise, ClientType::Merchant]),
        market_role: dice.maybe(&[MarketRole::Vendor, MarketRole::Customer, MarketRole::Both]),
        title: text(dice.maybe(&["Dr", "Mme"])),
        first_name: text(dice.maybe(&NAMES)),
        last_name: text(dice.maybe(&NAMES)),
        middle_names: text(dice.maybe(&NAMES)),
        birth_date: dice
            .maybe(&[0, 1, 365, 20_000])
            .map(|days| NaiveDate::from_ymd_opt(1950, 2, 28).expect("a day") + Duration::days(days)),
        birth_place: text(dice.maybe(&["Paris", "Łódź"])),
        birth_country: text(dice.maybe(&COUNTRIES)),
        nationality: text(dice.maybe(&COUNTRIES)),
        second_nationality: text(dice.maybe(&COUNTRIES)),
        country: text(dice.maybe(&COUNTRIES)),
        email: dice.maybe(&[email]),
        phone: text(dice.maybe(&PHONES)),
        mobile: text(dice.maybe(&PHONES)),
        picture: text(dice.maybe(&["https://example.org/a.png"])),
        mother_tongue: text(dice.maybe(&LANGUAGES)),
        preferred_language: text(dice.maybe(&LANGUAGES)),
        communication_language: text(dice.maybe(&LANGUAGES)),
        time_zone: text(dice.maybe(&ZONES)),
        status,
        status_since: draw_instant(dice),
        status_reason: text(dice.maybe(&["asked for", "because"])),
        status_before_inactive: None,
        frozen: dice.flag(),
        cancel_origin: canceled.then(|| dice.one(&[CancelOrigin::Operator, CancelOrigin::User])),
        identity_verified: dice.flag(),
        email_verified: dice.flag(),
        phone_verified: dice.flag(),
        kyc_level: dice.one(&[KycLevel::None, KycLevel::Light, KycLevel::Regular, KycLevel::Strong]),
        kyc_status: dice.one(&[
            KycStatus::None,
            KycStatus::Pending,
            KycStatus::Validated,
            KycStatus::Validated,
            KycStatus::Refused,
        ]),
        kyc_comment: None,
        opt_in_mailing: dice.maybe(&[true, false]),
        tax_payer: dice.maybe(&[TaxPayer::User, TaxPayer::Platform]),
        own_fees: dice.flag(),
        wallet_status: dice.one(&[
            WalletStatus::NotConnected,
            WalletStatus::Pending,
            WalletStatus::Blocked,
            WalletStatus::Activated,
        ]),
        wallet_count: dice.one(&[0, 1, 3]),
        payin_count: dice.one(&[0, 1, 40_000]),
        listing_count: dice.one(&[0, 0, 1, 2, 40_000]),
        asker_booking_count: dice.one(&[0, 1, 7]),
        offerer_booking_count: dice.one(&[0, 1, 7]),
        review_received_count: dice.one(&[0, 5]),
        review_made_count: dice.one(&[0, 5]),
        email_folded: None,
        first_name_folded: None,
        last_name_folded: None,
        tag_folded: None,
        search_text: String::new(),
    }
}

fn draw_company(dice: &mut Dice, user_id: Uuid) -> user_company::Model {
    let mut text = |some: &[&str]| dice.maybe(some).map(str::to_owned);
    let mut company = user_company::Model {
        user_id,
        legal_name: text(&NAMES),
        business_name: text(&["Société Générique", "ACME %", "acme", "Straße & Co"]),
        registration_number: text(&["HRB 1234-B", "552 100 554", "hrb/99"]),
        vat_number: text(&["FR40303265045", "DE123456789"]),
        legal_form: text(&["SARL", "GmbH", "sarl"]),
        country_of_incorporation: text(&COUNTRIES),
        ..user_company::Model::default()
    };
    company.legal_name_folded = company.legal_name.as_deref().map(fold);
    company.business_name_folded = company.business_name.as_deref().map(fold);
    company.registration_number_squeezed = company.registration_number.as_deref().map(squeeze);
    company
}

fn draw_tax(dice: &mut Dice, user_id: Uuid) -> user_tax::Model {
    user_tax::Model {
        user_id,
        tax_residence: dice.maybe(&COUNTRIES).map(str::to_owned),
        specified_us_person: dice.maybe(&[true, false]),
        ..user_tax::Model::default()
    }
}

fn draw_sanctions(dice: &mut Dice, user_id: Uuid) -> user_sanctions::Model {
    let mut answer = || dice.maybe(&[true, false, false]);
    user_sanctions::Model {
        user_id,
        activity_outside_eu: answer(),
        economic: answer(),
        resident_countries: answer(),
        involved: answer(),
        questionnaire_on: None,
    }
}

fn draw_address(dice: &mut Dice, user_id: Uuid, kind: AddressKind) -> user_address::Model {
    let text = |text: Option<&str>| text.map(str::to_owned);
    user_address::Model {
        user_id,
        kind,
        line1: text(dice.maybe(&["1 rue de l'Église", "Hauptstraße 5"])),
        line2: None,
        line3: None,
        postcode: text(dice.maybe(&["75001", "10115"])),
        city: text(dice.maybe(&["Paris", "Łódź"])),
        state: None,
        country: text(dice.maybe(&COUNTRIES)),
    }
}

/// One of a few instants around the desk's noon, so that there are ties, with 0, 3 and 6 digits of a second, so that
/// their texts have different lengths.
fn draw_instant(dice: &mut Dice) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("an instant");
    let seconds = dice.one(&[0, 0, 1, -1, 3600, -3600, -86_400, -86_400 * 40, -86_400 * 9000]);
    let micros = dice.one(&[0, 123_000, 123_456, 120_000, 123_400, 1, 999_999]);
    noon + Duration::seconds(seconds) + Duration::microseconds(micros)
}
