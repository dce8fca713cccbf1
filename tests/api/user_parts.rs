//! The wide parts of a user: the company, which natural persons have none of, what a user does, owns and owes; and that
//! lists of them cost as many statements for fifty users as for five.

use serde_json::{Value, json};

use super::user_create::full_company;
use crate::support::{Desk, Person, property::USERS};

/// A legal entity with this company.
async fn incorporated(desk: &Desk, company: Value) -> String {
    desk.add_user(json!({ "personType": "LEGAL_ENTITY", "company": company })).await
}

async fn found(person: &Person, arguments: Value) -> Vec<Value> {
    person.ask_with(USERS, arguments).await.column("users.edges", "node.id")
}

#[tokio::test]
async fn a_natural_person_has_no_company() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let before = desk.dump().await;
    for company in [json!({ "legalName": "Engines Ltd" }), json!({ "address": { "city": "Lyon" } })] {
        let answer = admin.update(&id, json!({ "company": company })).await;
        assert_eq!(answer.problems("userUpdate"), ["INVALID input.company"], "{company}");
        let input =
            json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "company": company } });
        assert_eq!(admin.create(input).await.problems("userCreate"), ["INVALID input.profile.company"]);
    }
    assert_eq!(desk.dump().await, before);
    // nothing said of it is no company
    for nothing in [json!(null), json!({}), json!({ "legalName": null, "address": null })] {
        let answer = admin.update(&id, json!({ "company": nothing })).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0]);
        assert_eq!(answer.data("userUpdate.user.company"), Value::Null);
    }
    let entity = json!({ "personType": "LEGAL_ENTITY", "company": { "legalName": "Engines Ltd" } });
    assert_eq!(admin.update(&id, entity).await.data("userUpdate.user.company.displayName"), "Engines Ltd");
}

#[tokio::test]
async fn a_company_is_taken_away_before_its_owner_becomes_a_person() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let natural = json!({ "personType": "NATURAL_PERSON" });
    for company in [json!({ "legalForm": "SARL" }), json!({ "address": { "city": "Lyon" } })] {
        let id = incorporated(&desk, company).await;
        let answer = admin.update(&id, natural.clone()).await;
        assert_eq!(answer.problems("userUpdate"), ["INVALID input.personType"]);
        let both = json!({ "personType": "NATURAL_PERSON", "company": { "sector": "1071C" } });
        assert_eq!(admin.update(&id, both).await.problems("userUpdate"), ["INVALID input.company"]);
        let with_it = json!({ "personType": "NATURAL_PERSON", "company": null });
        let answer = admin.update(&id, with_it).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0]);
        assert_eq!(answer.data("userUpdate.user.company"), Value::Null);
        assert!(!desk.dump().await.contains("Lyon"), "the address went with it");
    }
    let id = desk.add_user(json!({ "personType": "LEGAL_ENTITY" })).await;
    assert_eq!(admin.update(&id, natural).await.problems("userUpdate"), [""; 0]);
}

#[tokio::test]
async fn a_company_changes_attribute_by_attribute() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = incorporated(&desk, full_company()).await;
    let whole = admin.open_user(&id).await["company"].clone();
    assert_eq!(whole["displayName"], "Le Bœuf & Filles");
    for (attribute, value) in full_company().as_object().unwrap() {
        assert_eq!(&whole[attribute], value, "{attribute}");
        let answer = admin.update(&id, json!({ "company": { attribute: null } })).await;
        let mut expected = whole.clone();
        expected[attribute] = Value::Null;
        if attribute == "businessName" {
            expected["displayName"] = json!("Boulangerie Le Bœuf SARL");
        }
        assert_eq!(answer.data("userUpdate.user.company"), expected, "{attribute}");
        let answer = admin.update(&id, json!({ "company": { attribute: value } })).await;
        assert_eq!(answer.data("userUpdate.user.company"), whole, "{attribute}");
    }
    let answer = admin.update(&id, json!({ "company": null })).await;
    assert_eq!(answer.data("userUpdate.user.company"), Value::Null);
    let trail = desk.trail().await;
    let fields = trail.data("auditEvents.nodes.0.changedFields");
    for field in ["company.legalName", "company.shareCapital", "company.address.city"] {
        assert!(fields.as_array().unwrap().contains(&json!(field)), "{fields}");
    }
    let changes = trail.data("auditEvents.nodes.0.changes");
    let capital = changes.as_array().unwrap().iter().find(|change| change["field"] == "company.shareCapital");
    assert_eq!(capital.unwrap()["before"], json!({ "amount": "37000.50", "currency": "EUR" }));
}

#[tokio::test]
async fn a_company_is_found_by_its_names_and_numbers() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = incorporated(&desk, full_company()).await;
    incorporated(&desk, json!({ "legalName": "Somebody else" })).await;
    let searches = ["boeuf filles", "BOULANGERIE", "filles sarl"].map(|words| json!({ "search": words }));
    let filters = [
        json!({ "companyName": { "startsWith": "boulangerie" } }),
        json!({ "companyName": { "eq": "LE BOEUF & FILLES" } }),
        json!({ "registrationNumber": { "eq": "552100554" } }),
        json!({ "vatNumber": { "eq": "fr 40 303 265 045" } }),
        json!({ "vatNumber": { "startsWith": "FR40" } }),
        json!({ "countryOfIncorporation": { "eq": "fr" } }),
        json!({ "legalForm": { "eq": "SARL" } }),
    ];
    let filters = filters.map(|filter| json!({ "where": filter }));
    for list in searches.iter().chain(&filters) {
        assert_eq!(found(&admin, list.clone()).await, [json!(id)], "{list}");
    }
    // whatever else changes, and until the company does
    admin.update(&id, json!({ "lastName": "Meunier" })).await;
    for words in ["boeuf", "meunier"] {
        assert_eq!(found(&admin, json!({ "search": words })).await, [json!(id)], "{words}");
    }
    admin.update(&id, json!({ "company": { "businessName": null } })).await;
    assert!(found(&admin, json!({ "search": "filles" })).await.is_empty());
    admin.update(&id, json!({ "company": null })).await;
    assert!(found(&admin, json!({ "search": "boulangerie" })).await.is_empty());
}

#[tokio::test]
async fn all_that_is_wrong_with_the_parts_is_named_at_once() {
    let desk = Desk::open().await;
    let before = desk.dump().await;
    let line = |length: usize| "x".repeat(length);
    let profile = json!({
        "personType": "LEGAL_ENTITY",
        "company": {
            "legalName": line(201), "embossedName": "a\nb", "businessName": " ", "registrationNumber": line(51),
            "vatNumber": "FR", "registeredOn": "2026-03-02", "legalForm": line(101),
            "shareCapital": { "amount": "12.345", "currency": "EUR" }, "employeeCount": -1, "site": "http://example.com",
            "countryOfIncorporation": "UK", "description": line(2001), "operationsArea": line(201),
            "address": { "country": "ZZ" },
        },
        "occupation": { "title": line(101) },
        "finances": { "sourceOfFunds": line(201), "sepaCreditorIdentifier": "DE98ZZZ09999999998" },
        "tax": { "taxNumber": line(51), "taxResidence": "FRA" },
        "sanctions": { "questionnaireOn": "yesterday" },
    });
    let input = json!({ "account": "FR", "personType": "LEGAL_ENTITY", "profile": profile });
    let answer = desk.admin().create(input).await;
    insta::assert_snapshot!(answer.problems("userCreate").join("\n"), @"
    INVALID input.profile.company.address.country
    INVALID input.profile.company.legalName
    INVALID input.profile.company.embossedName
    INVALID input.profile.company.businessName
    INVALID input.profile.company.registrationNumber
    INVALID input.profile.company.vatNumber
    INVALID input.profile.company.legalForm
    INVALID input.profile.company.countryOfIncorporation
    INVALID input.profile.company.site
    INVALID input.profile.company.description
    INVALID input.profile.company.operationsArea
    INVALID input.profile.company.registeredOn
    INVALID input.profile.company.shareCapital.amount
    INVALID input.profile.company.employeeCount
    INVALID input.profile.occupation.title
    INVALID input.profile.finances.sourceOfFunds
    INVALID input.profile.finances.sepaCreditorIdentifier
    INVALID input.profile.tax.taxNumber
    INVALID input.profile.tax.taxResidence
    INVALID input.profile.sanctions.questionnaireOn
    ");
    assert_eq!(desk.dump().await, before);
    for amount in [json!({ "amount": "-1", "currency": "EUR" }), json!({ "amount": "1", "currency": "XXX0" })]
    {
        let id = incorporated(&desk, json!({})).await;
        let answer = desk.admin().update(&id, json!({ "company": { "shareCapital": amount } })).await;
        let problems = answer.problems("userUpdate");
        assert!(
            problems.iter().all(|problem| problem.starts_with("INVALID input.company.shareCapital.")),
            "{problems:?}"
        );
        assert_eq!(problems.len(), 1);
    }
}

/// Every part at once, of a page.
const PARTS: &str = "query ($first: Int!) { users(first: $first) { nodes {
    company { displayName shareCapital { amount } address { city } } occupation { title } finances { incomeRange }
    tax { taxNumber } sanctions { economic } fees { usesPlatformDefault asker { percent } offerer { percent } }
    provider { codeStatus } counters { listings } kyc { comment }
} } }";

#[tokio::test]
async fn the_parts_of_a_page_cost_a_statement_each_however_many_users_it_has() {
    let desk = Desk::open().await;
    for number in 0..50 {
        let mut profile = super::user_create::full_profile();
        profile["email"] = json!(format!("user{number}@example.com"));
        profile["externalIds"] = json!([]);
        desk.add_user(profile).await;
    }
    desk.sabotage("UPDATE users SET own_fees = true").await.expect("own fees");
    let admin = desk.admin();
    // the first look makes the key that the trail is sealed with
    admin.ask_with(PARTS, json!({ "first": 1 })).await;
    let (few, statements_of_few) = desk.statements_of(admin.ask_with(PARTS, json!({ "first": 5 }))).await;
    let (many, statements_of_many) = desk.statements_of(admin.ask_with(PARTS, json!({ "first": 50 }))).await;
    assert_eq!(few.data("users.nodes").as_array().unwrap().len(), 5);
    assert_eq!(many.column("users.nodes", "company.address.city"), vec![json!("Lyon"); 50]);
    assert_eq!(many.column("users.nodes", "tax.taxNumber"), vec![json!("12 345"); 50]);
    let reads = |all: &[String]| all.iter().filter(|sql| sql.starts_with("SELECT")).count();
    assert_eq!(reads(&statements_of_few), reads(&statements_of_many));
    assert!(reads(&statements_of_many) < 16, "{statements_of_many:#?}");
}
