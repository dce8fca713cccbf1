//! Creating users: every attribute comes back as it was given, and what is not acceptable is named all at once.

use serde_json::{Value, json};

use crate::support::{Answer, Desk, fifty};

/// A profile with every attribute.
pub(crate) fn full_profile() -> Value {
    json!({
        "tag": "vip", "personType": "LEGAL_ENTITY", "clientType": "MERCHANT", "marketRole": "BOTH",
        "title": "Dr", "firstName": "Zoë", "lastName": "Le Bœuf", "middleNames": "Anne Marie",
        "birthDate": "1984-05-02", "birthPlace": "Lyon", "birthCountry": "FR",
        "nationality": "FR", "secondNationality": "DE", "countryOfResidence": "BE",
        "email": "zoe@example.com", "phone": "+33612345678", "mobile": "+4915112345678",
        "picture": "https://example.com/zoe.png",
        "motherTongue": "fr", "preferredLanguage": "nl", "communicationLanguage": "pt-BR",
        "timeZone": "Europe/Paris", "spokenLanguages": ["de", "en"],
        "externalIds": [{ "system": "CRM", "value": "42" }, { "system": "erp", "value": "x/7" }],
        "postalAddress": address("1 rue A", "FR"), "secondaryAddress": address("2 rue B", "BE"),
        "locationAddress": address("3 rue C", "LU"),
        "optInMailing": false, "taxPayer": "PLATFORM", "company": full_company(),
        "occupation": { "title": "Baker", "kind": "5", "position": "Owner" },
        "finances": {
            "incomeRange": "19-23", "personalAssets": "3-22", "sourceOfFunds": "Bread",
            "sepaCreditorIdentifier": "DE98ZZZ09999999999",
        },
        "tax": { "taxNumber": "12 345", "taxResidence": "FR", "specifiedUsPerson": false },
        "sanctions": {
            "activityOutsideEu": true, "economic": false, "residentCountries": false, "involved": false,
            "questionnaireOn": "2026-02-28",
        },
    })
}

/// A company with every attribute.
pub(crate) fn full_company() -> Value {
    json!({
        "legalName": "Boulangerie Le Bœuf SARL", "embossedName": "LE BOEUF", "businessName": "Le Bœuf & Filles",
        "registrationNumber": "552 100 554", "vatNumber": "FR40303265045", "registeredOn": "2019-05-02",
        "legalForm": "SARL", "shareCapital": { "amount": "37000.50", "currency": "EUR" }, "entityType": "4",
        "sector": "1071C", "sectorType": "NAF", "annualTurnover": "0-39", "netIncomeRange": "0-4",
        "employeeRange": "1-9", "employeeCount": 7, "onStockExchange": false, "countryOfIncorporation": "FR",
        "site": "https://example.com/bread", "businessType": "Bakery", "description": "Bread.\n\nAnd cakes.",
        "operationsArea": "Lyon and around", "otherContact": "the shop next door",
        "address": address("4 rue D", "FR"),
    })
}

fn address(line1: &str, country: &str) -> Value {
    json!({
        "line1": line1, "line2": "2nd floor", "line3": "left", "postcode": "69001", "city": "Lyon",
        "state": "Rhône", "country": country,
    })
}

/// One line for each attribute.
fn by_attribute(user: &Value) -> String {
    let attributes = user.as_object().expect("a user").iter();
    let lines: Vec<String> = attributes.map(|(name, value)| format!("{name}: {value}")).collect();
    lines.join("\n")
}

async fn create(desk: &Desk, account: &str, profile: Value) -> Answer {
    let input = json!({ "account": account, "personType": "NATURAL_PERSON", "profile": profile });
    desk.admin().create(input).await
}

async fn problems_of(desk: &Desk, profile: Value) -> Vec<String> {
    create(desk, "FR", profile).await.problems("userCreate")
}

#[tokio::test]
async fn every_attribute_comes_back() {
    let desk = Desk::open().await;
    let created = create(&desk, "FR", full_profile()).await;
    assert_eq!(created.problems("userCreate"), [""; 0]);
    let user = created.data("userCreate.user");
    let id = user["id"].as_str().expect("an id");
    assert_eq!(desk.admin().open_user(id).await, user, "the answer is what is stored");
    insta::assert_snapshot!(by_attribute(&user), @r#"
    account: {"code":"FR","name":"France"}
    active: true
    allowedStatuses: ["IN_REVIEW","INVALIDATED"]
    beneficiaries: []
    birth: {"country":"FR","date":"1984-05-02","place":"Lyon"}
    canContact: true
    canSignIn: true
    canTransact: true
    canWithdraw: false
    cancellation: null
    categories: []
    clientType: "MERCHANT"
    communicationLanguage: "pt-BR"
    company: {"address":{"city":"Lyon","country":"FR","line1":"4 rue D","line2":"2nd floor","line3":"left","postcode":"69001","state":"Rhône"},"annualTurnover":"0-39","businessName":"Le Bœuf & Filles","businessType":"Bakery","countryOfIncorporation":"FR","description":"Bread.\n\nAnd cakes.","displayName":"Le Bœuf & Filles","embossedName":"LE BOEUF","employeeCount":7,"employeeRange":"1-9","entityType":"4","legalForm":"SARL","legalName":"Boulangerie Le Bœuf SARL","netIncomeRange":"0-4","onStockExchange":false,"operationsArea":"Lyon and around","otherContact":"the shop next door","registeredOn":"2019-05-02","registrationNumber":"552 100 554","sector":"1071C","sectorType":"NAF","shareCapital":{"amount":"37000.50","currency":"EUR"},"site":"https://example.com/bread","vatNumber":"FR40303265045"}
    companyMembership: null
    companyOwner: false
    companyStaff: false
    companyUser: false
    counters: {"askerBookings":0,"listings":0,"offererBookings":0,"payins":0,"reviewsMade":0,"reviewsReceived":0,"wallets":0}
    countryOfResidence: "BE"
    createdAt: "2026-03-01T12:00:00+00:00"
    email: "zoe@example.com"
    externalIds: [{"system":"CRM","value":"42"},{"system":"erp","value":"x/7"}]
    extraPermissions: []
    fees: {"asker":{"fixed":null,"percent":null},"offerer":{"fixed":null,"percent":null},"usesPlatformDefault":true}
    frozen: false
    groups: [{"key":"EMAIL_NOT_VERIFIED"},{"key":"KYC_NOT_VERIFIED"},{"key":"PHONE_NOT_VERIFIED"}]
    guests: []
    id: "019ca945-0a00-7000-8000-000000000003"
    kyc: {"level":"NONE","status":"NONE"}
    lastSignInAt: null
    locationAddress: {"city":"Lyon","country":"LU","line1":"3 rue C","line2":"2nd floor","line3":"left","postcode":"69001","state":"Rhône"}
    marketRole: "BOTH"
    members: []
    mobile: "+4915112345678"
    motherTongue: "fr"
    name: {"display":"Zoë Le Bœuf","first":"Zoë","last":"Le Bœuf","middle":"Anne Marie","title":"Dr"}
    nationality: "FR"
    occupation: {"kind":"5","position":"Owner","title":"Baker"}
    optInMailing: false
    parent: null
    parties: []
    personType: "LEGAL_ENTITY"
    phone: "+33612345678"
    picture: "https://example.com/zoe.png"
    postalAddress: {"city":"Lyon","country":"FR","line1":"1 rue A","line2":"2nd floor","line3":"left","postcode":"69001","state":"Rhône"}
    preferredLanguage: "nl"
    provider: null
    publicProfile: {"city":"Lyon","country":"LU","countryName":"Luxembourg","displayName":"Le Bœuf & Filles","listingCount":0,"memberSince":"2026-03-01T12:00:00+00:00","picture":"https://example.com/zoe.png","reviewMadeCount":0,"reviewReceivedCount":0,"spokenLanguages":["de","en"],"verified":{"email":false,"identity":false,"phone":false}}
    reference: "U0000000001"
    secondNationality: "DE"
    secondaryAddress: {"city":"Lyon","country":"BE","line1":"2 rue B","line2":"2nd floor","line3":"left","postcode":"69001","state":"Rhône"}
    spokenLanguages: ["de","en"]
    status: "LIVE"
    statusReason: null
    statusSince: "2026-03-01T12:00:00+00:00"
    tag: "vip"
    taxPayer: "PLATFORM"
    timeZone: "Europe/Paris"
    updatedAt: "2026-03-01T12:00:00+00:00"
    verifications: [{"at":null,"by":null,"kind":"IDENTITY","source":null,"verified":false},{"at":null,"by":null,"kind":"EMAIL","source":null,"verified":false},{"at":null,"by":null,"kind":"PHONE","source":null,"verified":false}]
    verified: {"email":false,"identity":false,"phone":false}
    version: 1
    visible: true
    walletStatus: "NOT_CONNECTED"
    "#);
}

#[tokio::test]
async fn a_user_of_whom_nothing_is_known_is_created_too() {
    let desk = Desk::open().await;
    let input = json!({ "account": "DE", "personType": "LEGAL_ENTITY" });
    let created = desk.admin().create(input).await;
    let user = created.data("userCreate.user");
    let id = user["id"].as_str().expect("an id");
    assert_eq!(desk.admin().open_user(id).await, user);
    insta::assert_snapshot!(by_attribute(&user), @r#"
    account: {"code":"DE","name":"Germany"}
    active: true
    allowedStatuses: ["IN_REVIEW","INVALIDATED"]
    beneficiaries: []
    birth: {"country":null,"date":null,"place":null}
    canContact: true
    canSignIn: true
    canTransact: true
    canWithdraw: false
    cancellation: null
    categories: []
    clientType: null
    communicationLanguage: null
    company: null
    companyMembership: null
    companyOwner: false
    companyStaff: false
    companyUser: false
    counters: {"askerBookings":0,"listings":0,"offererBookings":0,"payins":0,"reviewsMade":0,"reviewsReceived":0,"wallets":0}
    countryOfResidence: null
    createdAt: "2026-03-01T12:00:00+00:00"
    email: null
    externalIds: []
    extraPermissions: []
    fees: {"asker":{"fixed":null,"percent":null},"offerer":{"fixed":null,"percent":null},"usesPlatformDefault":true}
    frozen: false
    groups: [{"key":"EMAIL_NOT_VERIFIED"},{"key":"KYC_NOT_VERIFIED"},{"key":"PHONE_NOT_VERIFIED"}]
    guests: []
    id: "019ca945-0a00-7000-8000-000000000003"
    kyc: {"level":"NONE","status":"NONE"}
    lastSignInAt: null
    locationAddress: null
    marketRole: null
    members: []
    mobile: null
    motherTongue: null
    name: {"display":"","first":null,"last":null,"middle":null,"title":null}
    nationality: null
    occupation: null
    optInMailing: null
    parent: null
    parties: []
    personType: "LEGAL_ENTITY"
    phone: null
    picture: null
    postalAddress: null
    preferredLanguage: null
    provider: null
    publicProfile: {"city":null,"country":null,"countryName":null,"displayName":"","listingCount":0,"memberSince":"2026-03-01T12:00:00+00:00","picture":null,"reviewMadeCount":0,"reviewReceivedCount":0,"spokenLanguages":[],"verified":{"email":false,"identity":false,"phone":false}}
    reference: "U0000000001"
    secondNationality: null
    secondaryAddress: null
    spokenLanguages: []
    status: "LIVE"
    statusReason: null
    statusSince: "2026-03-01T12:00:00+00:00"
    tag: null
    taxPayer: null
    timeZone: null
    updatedAt: "2026-03-01T12:00:00+00:00"
    verifications: [{"at":null,"by":null,"kind":"IDENTITY","source":null,"verified":false},{"at":null,"by":null,"kind":"EMAIL","source":null,"verified":false},{"at":null,"by":null,"kind":"PHONE","source":null,"verified":false}]
    verified: {"email":false,"identity":false,"phone":false}
    version: 1
    visible: true
    walletStatus: "NOT_CONNECTED"
    "#);
}

#[tokio::test]
async fn all_problems_are_named_at_once() {
    let desk = Desk::open().await;
    let before = desk.dump().await;
    let profile = json!({
        "firstName": " ", "birthDate": "2999-01-01", "birthCountry": "ZZ", "nationality": "FRA",
        "email": "ada@", "phone": "0612345678", "mobile": "+331", "picture": "http://example.com",
        "motherTongue": "xx-", "spokenLanguages": ["fr", "klingon!"], "timeZone": "Paris",
        "externalIds": [{ "system": "a b", "value": "1" }, { "system": "CRM", "value": "" }],
        "postalAddress": { "line1": "a\nb", "country": "UK" },
        "personType": null,
    });
    let input = json!({ "account": "XX", "personType": "NATURAL_PERSON", "profile": profile });
    let answer = desk.admin().create_with(input, json!({ "ifVersion": 1, "reason": "" })).await;
    assert_eq!(answer.data("userCreate.user"), Value::Null);
    insta::assert_snapshot!(answer.problems("userCreate").join("\n"), @"
    INVALID options.ifVersion
    NOT_FOUND input.account
    INVALID options.reason
    REQUIRED input.profile.personType
    INVALID input.profile.firstName
    INVALID input.profile.birthDate
    INVALID input.profile.birthCountry
    INVALID input.profile.nationality
    INVALID input.profile.email
    INVALID input.profile.phone
    INVALID input.profile.mobile
    INVALID input.profile.picture
    INVALID input.profile.motherTongue
    INVALID input.profile.timeZone
    INVALID input.profile.spokenLanguages.1
    INVALID input.profile.externalIds.0.system
    INVALID input.profile.externalIds.1.value
    INVALID input.profile.postalAddress.line1
    INVALID input.profile.postalAddress.country
    ");
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn an_email_is_given_once_within_an_account_whatever_its_case() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "Ada@example.com" })).await;
    for same in ["Ada@example.com", "ada@EXAMPLE.com", "ÀDA@example.com"] {
        let problems = problems_of(&desk, json!({ "email": same })).await;
        assert_eq!(problems, ["UNIQUE input.profile.email"], "{same}");
    }
    // another account must not learn that this one knows somebody
    let elsewhere = create(&desk, "DE", json!({ "email": "ada@example.com" })).await;
    assert_eq!(elsewhere.problems("userCreate"), [""; 0]);
    // and any number of users have none
    assert_eq!(problems_of(&desk, json!({})).await, [""; 0]);
    assert_eq!(problems_of(&desk, json!({})).await, [""; 0]);
}

#[tokio::test]
async fn an_external_id_names_one_user_of_an_account_save_the_platforms_own_number() {
    let desk = Desk::open().await;
    let known_as =
        |system: &str, value: &str| json!({ "externalIds": [{ "system": system, "value": value }] });
    desk.add_user(known_as("CRM", "42")).await;
    assert_eq!(problems_of(&desk, known_as("CRM", "42")).await, ["UNIQUE input.profile.externalIds"]);
    assert_eq!(problems_of(&desk, known_as("CRM", "43")).await, [""; 0]);
    assert_eq!(problems_of(&desk, known_as("ERP", "42")).await, [""; 0]);
    let elsewhere = create(&desk, "DE", known_as("CRM", "42")).await;
    assert_eq!(elsewhere.problems("userCreate"), [""; 0]);

    assert_eq!(problems_of(&desk, known_as("CLIENT", "7")).await, [""; 0]);
    assert_eq!(problems_of(&desk, known_as("CLIENT", "7")).await, [""; 0]);

    let twice = json!({ "externalIds": [{ "system": "A", "value": "1" }, { "system": "A", "value": "2" }] });
    assert_eq!(problems_of(&desk, twice).await, ["INVALID input.profile.externalIds.1.system"]);
}

#[tokio::test]
async fn all_that_is_taken_is_named_at_once_with_all_else() {
    let desk = Desk::open().await;
    let known = |phone: Value| {
        let ids = json!([{ "system": "ERP", "value": "7" }, { "system": "CRM", "value": "42" }]);
        json!({ "email": "ada@example.com", "externalIds": ids, "phone": phone })
    };
    desk.add_user(known(json!(null))).await;
    let taken = ["UNIQUE input.profile.email", "UNIQUE input.profile.externalIds"];
    assert_eq!(problems_of(&desk, known(json!(null))).await, taken);
    let with_phone = problems_of(&desk, known(json!("12"))).await;
    assert_eq!(with_phone, ["INVALID input.profile.phone", taken[0], taken[1]]);
}

#[tokio::test]
async fn what_is_taken_in_a_foreign_account_is_not_told() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "email": "ada@example.com", "phone": "+33612345678" })).await;
    let german = desk.person_in(&["admin"], &["DE"]);
    for options in [json!({}), json!({ "validateOnly": true })] {
        let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "email": "ada@example.com" } });
        let answer = german.create_with(input, options).await;
        assert_eq!(answer.problems("userCreate"), ["NOT_FOUND input.account"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_come_at_once_with_one_email_one_is_created() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let answers = fifty(|_| {
        let admin = admin.clone();
        let profile = json!({ "email": "ada@example.com" });
        let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile });
        async move { admin.create(input).await }
    })
    .await;
    let refused =
        answers.iter().filter(|answer| answer.problems("userCreate") == ["UNIQUE input.profile.email"]);
    assert_eq!(refused.count(), 49);
    assert_eq!(desk.done_and_refused().await, (1, 0));
}

#[tokio::test]
async fn an_account_that_is_foreign_or_unknown_does_not_exist() {
    let desk = Desk::open().await;
    let german = desk.person_in(&["admin"], &["DE"]);
    let mut answers = Vec::new();
    for account in ["FR", "XX", "", "de"] {
        let input = json!({ "account": account, "personType": "NATURAL_PERSON" });
        let answer = german.create(input).await;
        assert_eq!(answer.problems("userCreate"), ["NOT_FOUND input.account"], "{account}");
        answers.push(answer.body);
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "the answers tell them apart");
    // what exists elsewhere is recorded, and nothing else
    let entries = desk.entries().await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(
        (entries[0].refusal.as_deref(), entries[0].account.as_deref()),
        (Some("NOT_FOUND"), Some("FR"))
    );
}
