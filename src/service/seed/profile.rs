//! Who a made-up user is, said the way a caller of the API would: as a change that nobody has judged yet.

use backdesk_entity::enums::{ClientType, MarketRole, PersonType};
use chrono::TimeDelta;

use super::{
    circumstances,
    countries::{ACCOUNTS, COUNTRIES, Country},
    draw::{Draw, entries},
    life::END,
    shown::is_shown,
};
use crate::{
    domain::{
        text,
        user::{AddressChange, ExternalId, FeesChange, Patch, UserChange},
    },
    service::import::banking,
};

/// The oldest are this many days old, the youngest as many as the second.
const AGES: (u64, u64) = (31_000, 6_600);
/// Labels of a platform.
const TAGS: &str = "newsletter, vip, early-bird, à rappeler, partner 2024, beta, wholesale";
/// Hosts that belong to nobody (RFC 2606).
const HOSTS: &str = "example.com, example.org, example.net";
/// Languages that people learn.
const LEARNT: &str = "en, fr, es, de, it, pt, ar, zh-Hans, pt-BR, nl, pl";

/// What a banking API calls users, before their numbers: an example of GraphiQL is about one whom a demo shows.
const BANKING: u64 = 8_209_613;

/// One user as they would be typed in.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) account: &'static str,
    pub(super) person_type: PersonType,
    pub(super) change: UserChange,
    pub(super) fees: Patch<FeesChange>,
}

/// A name in its own script, and as an e-mail address spells it.
pub(super) struct Name {
    pub(super) written: String,
    spelt: String,
}

/// Where a user lives and comes from, and the account that they belong to.
pub(super) struct Roots {
    home: &'static Country,
    origin: &'static Country,
    pub(super) account: &'static str,
}

/// Who the user of that number is. Of a legal entity: whom one writes to there.
pub(super) fn profile(number: u64) -> Profile {
    let Roots { home, origin, account } = roots(number);
    let draw = &mut Draw::of(number, "kind");
    let person_type = drawn_type(draw);
    let is_legal = person_type == PersonType::LegalEntity;
    let client = draw.percent(if is_legal { 50 } else { 6 });
    let client = match client {
        true => ClientType::Enterprise,
        false => ClientType::Merchant,
    };
    let (vendor, customer) = if is_legal { (65, 20) } else { (25, 65) };
    let role = draw.weighted(&[
        (MarketRole::Vendor, vendor),
        (MarketRole::Customer, customer),
        (MarketRole::Both, 10),
    ]);
    let client_type = Patch::of(draw.maybe(90, client));
    let market_role = Patch::of(draw.maybe(95, role));

    let mut change = UserChange { client_type, market_role, ..contact(number, home, is_legal, origin) };
    languages(number, home, origin, &mut change);
    belongings(number, home, &mut change);
    circumstances::tell(number, person_type, home, origin, &mut change);
    let fees = circumstances::fees(number);
    Profile { account, person_type, change, fees }
}

/// Where the user of that number belongs: what others need to know who look for somebody near.
pub(super) fn roots(number: u64) -> Roots {
    let draw = &mut Draw::of(number, "home");
    let home = draw.weighted(&COUNTRIES.map(|country| (country, country.weight)));
    let account = match draw.percent(90) {
        true => home.account,
        // business crosses borders
        false => draw.weighted(&ACCOUNTS.map(|(code, _)| (code, 1))),
    };
    // some have come from elsewhere: name, nationality and mother tongue come from there
    let origin = match draw.percent(92) {
        true => home,
        false => draw.weighted(&COUNTRIES.map(|country| (country, 1))),
    };
    Roots { home, origin, account }
}

/// What the user of that number is before the law.
pub(super) fn person_type(number: u64) -> PersonType {
    drawn_type(&mut Draw::of(number, "kind"))
}

fn drawn_type(draw: &mut Draw) -> PersonType {
    draw.weighted(&[(PersonType::NaturalPerson, 75), (PersonType::LegalEntity, 25)])
}

/// Names, birth, e-mail address and telephones.
fn contact(number: u64, home: &Country, is_legal: bool, origin: &Country) -> UserChange {
    let draw = &mut Draw::of(number, "name");
    let is_woman = draw.percent(50);
    let given = if is_woman { origin.women } else { origin.men };
    let (first, middle) = (name(draw.common(given), is_woman), draw.common(given));
    let mut last = name(draw.common(origin.family), is_woman);
    let other = name(draw.common(origin.family), is_woman);
    if draw.percent(origin.double.1) && other.written != last.written {
        last.written = [last.written.as_str(), &other.written].join(origin.double.0);
    }
    let title = draw.maybe(70, origin.titles[usize::from(!is_woman)]);
    let middle_names = draw.maybe(15, name(middle, is_woman).written);
    let first_name = draw.maybe(98, first.written);
    let last_name = draw.maybe(98, last.written);

    let draw = &mut Draw::of(number, "mail");
    let host = if draw.percent(55) { draw.word(HOSTS) } else { home.mail };
    let local = match (is_legal && draw.percent(60), draw.percent(70)) {
        (true, _) => draw.word("contact, office, accounts, sales").to_owned(),
        (_, true) => format!("{}.{}", first.spelt, last.spelt),
        (_, false) => last.spelt,
    };
    // the number keeps it unique
    let mut email = format!("{local}{number}@{host}");
    if draw.percent(5) {
        email = email.to_uppercase();
    }
    let email = draw.maybe(96, email);

    let draw = &mut Draw::of(number, "birth");
    let days = i64::try_from(AGES.1 + draw.below(AGES.0 - AGES.1)).unwrap_or_default();
    let birth_date = (END - TimeDelta::days(days)).date_naive().to_string();
    let birth_place = draw.word(origin.cities).split('|').next().map(str::to_owned);
    let second = draw.weighted(&COUNTRIES.map(|country| (country.code, 1)));
    let is_born = draw.percent(90);

    let draw = &mut Draw::of(number, "phone");
    let (phone, mobile) = (draw.digits(home.phone), draw.digits(home.mobile));
    UserChange {
        title: Patch::of(title.map(str::to_owned)),
        first_name: Patch::of(first_name),
        last_name: Patch::of(last_name),
        middle_names: Patch::of(middle_names),
        email: Patch::of(email),
        birth_date: Patch::of(is_born.then_some(birth_date)),
        birth_place: Patch::of(birth_place.filter(|_| is_born)),
        birth_country: Patch::of(is_born.then(|| origin.code.to_owned())),
        nationality: Patch::of(draw.maybe(95, origin.code.to_owned())),
        second_nationality: Patch::of(draw.maybe(4, second.to_owned()).filter(|code| code != origin.code)),
        country: Patch::of(draw.maybe(96, home.code.to_owned())),
        phone: Patch::of(draw.maybe(80, phone)),
        mobile: Patch::of(draw.maybe(65, mobile)),
        ..UserChange::default()
    }
}

fn languages(number: u64, home: &Country, origin: &Country, change: &mut UserChange) {
    let draw = &mut Draw::of(number, "language");
    let first_of = |country: &Country| entries(country.languages).next().unwrap_or_default();
    let mother_tongue = match draw.percent(88) {
        true => first_of(origin),
        false => draw.word(origin.languages),
    };
    let local = first_of(home);
    let preferred = match draw.percent(85) {
        true => local,
        false => "en",
    };
    let letters = match draw.percent(25) {
        true => format!("{local}-{}", home.code),
        false => local.to_owned(),
    };
    let spoken: Vec<String> = (0..draw.below(4)).map(|_| draw.common(LEARNT).to_owned()).collect();
    change.mother_tongue = Patch::of(draw.maybe(90, mother_tongue.to_owned()));
    change.preferred_language = Patch::of(draw.maybe(92, preferred.to_owned()));
    change.communication_language = Patch::of(draw.maybe(50, letters));
    change.spoken_languages = Patch::Set(spoken);
    change.time_zone = Patch::of(draw.maybe(93, home.time_zone.to_owned()));
}

/// Addresses, picture, tag and what other systems call the user.
fn belongings(number: u64, home: &Country, change: &mut UserChange) {
    let draw = &mut Draw::of(number, "address");
    change.postal_address = Patch::Set(address(draw, home));
    let second = address(draw, home);
    match draw.below(10) {
        _ if is_shown(number) => change.location_address = Patch::Set(second),
        0..2 => change.secondary_address = Patch::Set(second),
        2..4 => change.location_address = Patch::Set(second),
        _ => {}
    }

    let draw = &mut Draw::of(number, "belongings");
    let picture = format!("https://example.com/pictures/{number}.jpg");
    change.picture = Patch::of(draw.maybe(if is_shown(number) { 100 } else { 30 }, picture));
    change.tag = Patch::of(draw.maybe(15, TAGS).map(|tags| draw.common(tags).to_owned()));
    let id = |system: &str, value: String| ExternalId { system: system.to_owned(), value };
    let erp = draw.digits("50####-") + &number.to_string();
    let ids = [
        draw.maybe(70, id("CRM", format!("C-{number:07}"))),
        draw.maybe(20, id("ERP", erp)),
        // the number of the platform at its bank, the same for all of a country
        draw.maybe(10, id(ExternalId::CLIENT, format!("{}-100", home.code))),
        draw.maybe(
            if is_shown(number) { 100 } else { 30 },
            id(banking::SYSTEM, (BANKING + number).to_string()),
        ),
    ];
    change.external_ids = Patch::Set(ids.into_iter().flatten().collect());
}

pub(super) fn address(draw: &mut Draw, home: &Country) -> AddressChange {
    let mut city = draw.common(home.cities).split('|').map(str::to_owned);
    let at = |draw: &mut Draw, pattern: &str, last: u64| {
        pattern.replace("{}", &(1 + draw.below(last)).to_string())
    };
    let street = draw.word(home.streets);
    let line1 = at(draw, street, 140);
    let line2 = at(draw, home.unit, 20);
    AddressChange {
        line1: Patch::Set(line1),
        line2: Patch::of(draw.maybe(20, line2)),
        line3: Patch::Keep,
        city: Patch::of(city.next()),
        postcode: Patch::of(city.next()),
        state: Patch::of(city.next()),
        country: Patch::Set(home.code.to_owned()),
    }
}

/// Reads an entry of a list of names: `man's form/woman's form|latin`, the last two only where they differ.
pub(super) fn name(entry: &str, is_woman: bool) -> Name {
    let (forms, latin) = entry.split_once('|').unwrap_or((entry, entry));
    let (of_men, of_women) = forms.split_once('/').unwrap_or((forms, forms));
    let latin = latin.split('/').next().unwrap_or(latin);
    Name {
        written: if is_woman { of_women } else { of_men }.to_owned(),
        // hosts differ in what they take beyond ASCII
        spelt: text::fold(latin).chars().filter(char::is_ascii_alphabetic).collect(),
    }
}
