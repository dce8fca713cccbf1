//! The user object of a banking API, all 81 attributes: in by an import, out in one query of GraphiQL's, and out again as
//! the same object.

use backdesk::service::{dump, import::Format};
use serde_json::{Map, Value, json};

use super::{dump::dump, import::import};
use crate::support::Desk;

/// GraphiQL's example.
const DOCUMENT: &str = include_str!("../../web/src/examples/userOfBankingApi.graphql");
const VARIABLES: &str = include_str!("../../web/src/examples/userOfBankingApi.json");

/// An attribute: its name and value there, where the answer has it, and what it is there.
type Attribute = (&'static str, Value, &'static str, Value);

/// Texts that are the same here as there.
const TEXTS: [(&str, &str, &str); 49] = [
    ("userTag", "wholesale", "user.tag"),
    ("title", "MME", "user.name.title"),
    ("firstname", "Ada", "user.name.first"),
    ("lastname", "Quartz", "user.name.last"),
    ("middleNames", "Opal Beryl", "user.name.middle"),
    ("birthday", "1979-11-23", "user.birth.date"),
    ("email", "ada.quartz@example.com", "user.email"),
    ("address1", "7 quay street", "user.postalAddress.line1"),
    ("address2", "second stair", "user.postalAddress.line2"),
    ("address3", "third door", "user.postalAddress.line3"),
    ("postcode", "69002", "user.postalAddress.postcode"),
    ("city", "Lyon", "user.postalAddress.city"),
    ("state", "Rhône", "user.postalAddress.state"),
    ("country", "FR", "user.postalAddress.country"),
    ("countryName", "France", "user.postalAddress.countryName"),
    ("phone", "+33478123456", "user.phone"),
    ("mobile", "+33612345678", "user.mobile"),
    ("nationality", "DE", "user.nationality"),
    ("nationalityOther", "PL", "user.secondNationality"),
    ("placeOfBirth", "Kyoto", "user.birth.place"),
    ("birthCountry", "JP", "user.birth.country"),
    ("occupation", "geologist", "user.occupation.title"),
    ("occupationType", "self-employed", "user.occupation.kind"),
    ("position", "partner", "user.occupation.position"),
    ("incomeRange", "30-40", "user.finances.incomeRange"),
    ("personalAssets", "60-100", "user.finances.personalAssets"),
    ("sourceOfFunds", "sale of minerals", "user.finances.sourceOfFunds"),
    ("sepaCreditorIdentifier", "DE98ZZZ09999999999", "user.finances.sepaCreditorIdentifier"),
    ("taxNumber", "0123456789", "user.tax.taxNumber"),
    ("taxResidence", "BE", "user.tax.taxResidence"),
    ("legalName", "Quartz & Daughters", "user.company.legalName"),
    ("legalNameEmbossed", "QUARTZ DTRS", "user.company.embossedName"),
    ("legalRegistrationNumber", "303265045", "user.company.registrationNumber"),
    ("legalTvaNumber", "FR40303265045", "user.company.vatNumber"),
    ("legalRegistrationDate", "2001-02-03", "user.company.registeredOn"),
    ("legalForm", "SARL", "user.company.legalForm"),
    ("entityType", "ACTIVE_NON_FINANCIAL", "user.company.entityType"),
    ("legalSector", "0899Z", "user.company.sector"),
    ("legalSectorType", "NAF", "user.company.sectorType"),
    ("legalAnnualTurnOver", "0-39", "user.company.annualTurnover"),
    ("legalNetIncomeRange", "4-49", "user.company.netIncomeRange"),
    ("legalNumberOfEmployeeRange", "1-9", "user.company.employeeRange"),
    ("kycReviewComment", "The extract of the register is old.", "user.kyc.comment"),
    ("language", "nl", "user.preferredLanguage"),
    ("timezone", "Europe/Brussels", "user.timeZone"),
    ("sanctionsQuestionnaireDate", "2024-08-09", "user.sanctions.questionnaireOn"),
    ("codeStatus", "120003", "user.provider.codeStatus"),
    ("informationStatus", "awaits a document", "user.provider.informationStatus"),
    ("secondaryAddress1", "1 mill lane", "user.secondaryAddress.line1"),
];

/// All of them; `draw` says which of the answers are yes: three draws tell them all apart.
fn attributes(draw: usize) -> Vec<Attribute> {
    let mut all: Vec<Attribute> =
        TEXTS.iter().map(|(name, text, path)| (*name, json!(text), *path, json!(text))).collect();
    all.extend([
        (
            "secondaryAddress2",
            json!("behind the bridge"),
            "user.secondaryAddress.line2",
            json!("behind the bridge"),
        ),
        ("secondaryAddress3", json!("ring twice"), "user.secondaryAddress.line3", json!("ring twice")),
        ("secondaryPostcode", json!("L-2229"), "user.secondaryAddress.postcode", json!("L-2229")),
        ("secondaryCity", json!("Esch"), "user.secondaryAddress.city", json!("Esch")),
        ("secondaryState", json!("Minett"), "user.secondaryAddress.state", json!("Minett")),
        ("secondaryCountry", json!("LU"), "user.secondaryAddress.country", json!("LU")),
        ("userId", json!(8_210_457), "user.externalIds.BANKING", json!("8210457")),
        ("clientId", json!("310077"), "user.externalIds.CLIENT", json!("310077")),
        ("userTypeId", json!(2), "user.personType", json!("LEGAL_ENTITY")),
        ("userStatus", json!("PENDING"), "user.status", json!("IN_REVIEW")),
        ("parentUserId", json!(4_711), "user.parent.user.externalIds.BANKING", json!("4711")),
        ("parentType", json!("shareholder"), "user.parent.kind", json!("SHAREHOLDER")),
        ("controllingPersonType", json!(3), "user.parent.controllingPersonType", json!("DIRECTOR")),
        ("employeeType", json!(1), "user.parent.employeeType", json!("LEADER")),
        ("effectiveBeneficiary", json!(25.5), "user.parent.sharePercent", json!("25.5")),
        (
            "legalShareCapital",
            json!(125_000),
            "user.company.shareCapital",
            json!({ "amount": "125000.00", "currency": "EUR" }),
        ),
        ("kycLevel", json!(2), "user.kyc.level", json!("REGULAR")),
        ("kycReview", json!(3), "user.kyc.status", json!("REFUSED")),
        ("createdDate", json!("2021-03-04 05:06:07"), "user.createdAt", json!("2021-03-04T05:06:07+00:00")),
        ("modifiedDate", json!("2024-05-06 07:08:09"), "user.updatedAt", json!("2024-05-06T07:08:09+00:00")),
        ("walletCount", json!(6), "user.counters.wallets", json!(6)),
        ("payinCount", json!(41), "user.counters.payins", json!(41)),
        ("totalRows", json!("2"), "users.totalCount", json!(2)),
    ]);
    for (at, (name, path)) in [
        ("isFrozen", "user.frozen"),
        ("specifiedUSPerson", "user.tax.specifiedUsPerson"),
        ("optInMailing", "user.optInMailing"),
        ("activityOutsideEu", "user.sanctions.activityOutsideEu"),
        ("economicSanctions", "user.sanctions.economic"),
        ("residentCountriesSanctions", "user.sanctions.residentCountries"),
        ("involvedSanctions", "user.sanctions.involved"),
        ("isOnStockExchange", "user.company.onStockExchange"),
    ]
    .into_iter()
    .enumerate()
    {
        let is_so = at >> draw & 1 == 1;
        all.push((name, json!(u8::from(is_so)), path, json!(is_so)));
        if name == "isFrozen" {
            // the former name of the same
            all.push(("isFreezed", json!(u8::from(is_so)), path, json!(is_so)));
        }
    }
    all
}

/// What stands at a place in the answer; an external id stands under its system.
fn at(data: &Value, path: &str) -> Value {
    path.split('.').fold(data.clone(), |value, step| match &value {
        Value::Array(ids) => {
            let of_system = ids.iter().find(|id| id["system"] == step);
            of_system.map(|id| id["value"].clone()).unwrap_or_default()
        }
        value => value[step].clone(),
    })
}

#[tokio::test]
async fn each_of_the_81_attributes_goes_in_and_comes_out() {
    let variables: Value = serde_json::from_str(VARIABLES).unwrap();
    for draw in 0..3 {
        let all = attributes(draw);
        let user: Map<String, Value> =
            all.iter().map(|(name, there, _, _)| ((*name).to_owned(), there.clone())).collect();
        assert_eq!(user.len(), 81, "each has a name of its own");
        let parent = json!({ "userId": 4_711, "userTypeId": 2, "userStatus": "VALIDATED" });

        let desk = Desk::open().await;
        let file = json!({ "users": [user, parent] }).to_string();
        let report = import(&desk, Format::BankingJson, &file, false).await;
        assert_eq!((report.created, report.is_complete()), (2, true), "{report:?}");

        let answer = desk.admin().ask_with(DOCUMENT, variables.clone()).await;
        let data = json!({ "user": answer.data("user"), "users": answer.data("users") });
        for (name, _, path, here) in &all {
            assert_eq!(at(&data, path), *here, "{name} at {path}");
        }

        let text = dump(&desk, dump::Format::BankingJson, &["FR"]).await;
        let written: Value = serde_json::from_str(&text).unwrap();
        let written = written["users"].as_array().unwrap();
        assert_eq!(written.len(), 2);
        let again = written.iter().find(|one| one["userId"] == user["userId"]).unwrap();
        assert_eq!(again, &Value::Object(user));
    }
}
