//! The wide parts of users, in every format.

use super::*;

/// A company of the banking API, with every attribute that only companies have.
fn company() -> Value {
    json!({
        "userTypeId": 2, "userStatus": "VALIDATED", "legalName": "Boulangerie SARL", "legalNameEmbossed": "BOULANGERIE",
        "legalRegistrationNumber": "552 100 554", "legalTvaNumber": "FR 40 303265045",
        "legalRegistrationDate": "2019-05-02 00:00:00", "legalForm": "SARL", "legalShareCapital": 37000,
        "entityType": 4, "legalSector": "1071C", "legalSectorType": "NAF", "legalAnnualTurnOver": "0-39",
        "legalNetIncomeRange": "0-4", "legalNumberOfEmployeeRange": "1-9", "isOnStockExchange": 0,
        "occupation": "Baker", "occupationType": "5", "position": "Owner", "incomeRange": "19-23",
        "personalAssets": "3-22", "sourceOfFunds": "Bread", "sepaCreditorIdentifier": "DE98 ZZZ 0999 9999 999",
        "specifiedUSPerson": 1, "taxNumber": 12345, "taxResidence": "fr", "optInMailing": 0,
        "activityOutsideEu": 0, "economicSanctions": 1, "residentCountriesSanctions": "0", "involvedSanctions": false,
        "sanctionsQuestionnaireDate": "2024-02-28", "kycReviewComment": "Looks fine.", "walletCount": 2,
        "payinCount": "17", "informationStatus": "INCOMPLETE",
    })
}

#[tokio::test]
async fn every_attribute_of_the_banking_api_has_a_home() {
    let house = House::new().await;
    let report = house.import(Format::BankingJson, example(&company())).await;
    assert_eq!(counts(&report), [1, 0, 0, 0], "{report:?}");
    let file = house.user("BANKING", "8327278").await;
    let some = |text: &str| Some(text.to_owned());
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);

    let company = file.wide.company.unwrap();
    assert_eq!(company.legal_name, some("Boulangerie SARL"));
    assert_eq!(company.embossed_name, some("BOULANGERIE"));
    assert_eq!(company.registration_number, some("552 100 554"));
    assert_eq!(company.vat_number, some("FR40303265045"));
    assert_eq!(company.registered_on, day(2019, 5, 2));
    assert_eq!(company.legal_form, some("SARL"));
    assert_eq!((company.share_capital_minor, company.share_capital_currency), (Some(3_700_000), some("EUR")));
    assert_eq!(company.entity_type, some("4"));
    assert_eq!((company.sector, company.sector_type), (some("1071C"), some("NAF")));
    assert_eq!((company.annual_turnover, company.net_income_range), (some("0-39"), some("0-4")));
    assert_eq!((company.employee_range, company.on_stock_exchange), (some("1-9"), Some(false)));
    let occupation = file.wide.occupation.unwrap();
    assert_eq!(
        (occupation.title, occupation.kind, occupation.position),
        (some("Baker"), some("5"), some("Owner"))
    );
    let finances = file.wide.finances.unwrap();
    assert_eq!((finances.income_range, finances.personal_assets), (some("19-23"), some("3-22")));
    assert_eq!(finances.source_of_funds, some("Bread"));
    assert_eq!(finances.sepa_creditor_identifier, some("DE98ZZZ09999999999"));
    let tax = file.wide.tax.unwrap();
    assert_eq!((tax.tax_number, tax.tax_residence), (some("12345"), some("FR")));
    assert_eq!(tax.specified_us_person, Some(true));
    let sanctions = file.wide.sanctions.unwrap();
    let answers =
        [sanctions.activity_outside_eu, sanctions.economic, sanctions.resident_countries, sanctions.involved];
    assert_eq!(answers, [Some(false), Some(true), Some(false), Some(false)]);
    assert_eq!(sanctions.questionnaire_on, day(2024, 2, 28));
    let provider = file.wide.provider.unwrap();
    assert_eq!((provider.code_status, provider.information_status), (some("110009"), some("INCOMPLETE")));
    assert_eq!((file.user.wallet_count, file.user.payin_count), (2, 17));
    assert_eq!((file.user.opt_in_mailing, file.user.kyc_comment), (Some(false), some("Looks fine.")));
    assert!(file.user.search_text.contains("boulangerie sarl"));

    // fewer are reported, more, and nothing at all
    for (reported, wallets) in [(json!(1), 1), (json!(5), 5), (json!(null), 0), (json!(2), 2)] {
        let mut changed = self::company();
        changed["walletCount"] = reported;
        house.import(Format::BankingJson, example(&changed)).await;
        assert_eq!(house.user("BANKING", "8327278").await.user.wallet_count, wallets);
    }
    let again = house.import(Format::BankingJson, example(&self::company())).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{again:?}");
    // its own words for nothing take away what it said before
    let nothing = json!({
        "userTypeId": 2, "userStatus": "VALIDATED", "legalName": "", "legalRegistrationDate": "0000-00-00",
        "legalShareCapital": 0, "isOnStockExchange": null, "sanctionsQuestionnaireDate": "0000-00-00", "taxNumber": "",
    });
    let report = house.import(Format::BankingJson, example(&nothing)).await;
    assert_eq!(counts(&report), [0, 1, 0, 0], "{report:?}");
    let file = house.user("BANKING", "8327278").await;
    let company = file.wide.company.unwrap();
    assert!(company.is_blank(), "{company:?}");
    assert!(file.wide.sanctions.unwrap().is_blank());
}

#[tokio::test]
async fn a_person_with_a_company_and_bad_numbers_are_told_by_their_names_in_the_file() {
    let house = House::new().await;
    let person = json!({"userTypeId": 1, "legalForm": "SARL"});
    let report = house.import(Format::BankingJson, example(&person)).await;
    assert_eq!(refused(&report)[0].0, "legalName");
    let bad = json!({
        "userTypeId": 2, "legalTvaNumber": "?", "legalShareCapital": "much", "sepaCreditorIdentifier": "DE00ZZZ1",
        "taxResidence": "Mars", "payinCount": -1, "legalRegistrationDate": "2999-01-01", "optInMailing": "perhaps",
    });
    let report = house.import(Format::BankingJson, example(&bad)).await;
    let mut fields: Vec<&str> = refused(&report).iter().map(|(field, _)| *field).collect();
    fields.sort_unstable();
    let expected = [
        "legalRegistrationDate",
        "legalShareCapital",
        "legalTvaNumber",
        "optInMailing",
        "payinCount",
        "sepaCreditorIdentifier",
        "taxResidence",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn our_own_words_say_the_parts_in_both_formats() {
    let line = json!({
        "reference": "A-1", "personType": "LEGAL_ENTITY", "taxPayer": "PLATFORM", "optInMailing": true,
        "kycComment": "Two lines\nof it",
        "company": {
            "legalName": "Boulangerie SARL", "shareCapital": {"amount": "37000.50", "currency": "EUR"},
            "employeeCount": 7, "onStockExchange": false, "address": {"city": "Lyon", "country": "FR"},
        },
        "occupation": {"title": "Baker"}, "finances": {"incomeRange": "19-23"}, "tax": {"taxResidence": "FR"},
        "sanctions": {"economic": false}, "provider": {"codeStatus": "1", "walletCount": 3},
        "fees": {"asker": {"percent": "20", "fixed": {"amount": "0", "currency": "EUR"}}, "offerer": {"percent": 0}},
    });
    let csv = "reference,personType,taxPayer,optInMailing,kycComment,company.legalName,company.shareCapital.amount,\
               company.shareCapital.currency,company.employeeCount,company.onStockExchange,company.address.city,\
               company.address.country,occupation.title,finances.incomeRange,tax.taxResidence,sanctions.economic,\
               provider.codeStatus,provider.walletCount,fees.asker.percent,fees.asker.fixed.amount,\
               fees.asker.fixed.currency,fees.offerer.percent\n\
               A-1,LEGAL_ENTITY,PLATFORM,true,\"Two lines\nof it\",Boulangerie SARL,37000.50,EUR,7,false,Lyon,FR,Baker,\
               19-23,FR,false,1,3,20,0,EUR,0\n";
    let house = House::new().await;
    let report = house.import(Format::JsonLines, line.to_string()).await;
    assert_eq!(counts(&report), [1, 0, 0, 0], "{report:?}");
    assert!(report.left.is_empty(), "{:?}", report.left);
    // the same in the other format changes nothing
    let report = house.import(Format::Csv, csv).await;
    assert_eq!(counts(&report), [0, 0, 1, 0], "{report:?}");

    let file = house.by_reference("A-1").await;
    let fees = file.wide.fees.unwrap();
    assert_eq!((fees.asker_percent, fees.asker_fixed_minor), (Some(2000), Some(0)));
    // zero is none, and nothing is the standard
    assert_eq!((fees.offerer_percent, fees.offerer_fixed_minor), (Some(0), None));
    assert!(file.user.own_fees);
    assert_eq!((file.user.wallet_count, file.user.kyc_comment.as_deref()), (3, Some("Two lines\nof it")));
    assert_eq!(file.wide.company.unwrap().share_capital_minor, Some(3_700_050));
    assert_eq!(file.addresses.unwrap()[&AddressKind::Company].city.as_deref(), Some("Lyon"));

    let standard = json!({"reference": "A-1", "fees": null, "company": {"address": null}});
    house.import(Format::JsonLines, standard.to_string()).await;
    let file = house.by_reference("A-1").await;
    assert!(!file.user.own_fees && file.wide.fees.unwrap().is_blank() && file.addresses.unwrap().is_empty());
}

#[tokio::test]
async fn own_fees_that_cannot_be_are_refused_by_their_names() {
    let house = House::new().await;
    let line = json!({
        "reference": "A-1", "personType": "NATURAL_PERSON",
        "fees": {"asker": {"percent": "101", "fixed": {"amount": "1"}}, "offerer": {"percent": "1.234", "fixed": {"amount": "-1", "currency": "EUR"}}},
    });
    let report = house.import(Format::JsonLines, line.to_string()).await;
    let mut fields: Vec<&str> = refused(&report).iter().map(|(field, _)| *field).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "fees.asker.fixed.amount",
            "fees.asker.percent",
            "fees.offerer.fixed.amount",
            "fees.offerer.percent"
        ]
    );
}
