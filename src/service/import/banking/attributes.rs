//! Names: what an attribute of ours is called in the banking API, and which of its attributes nobody will miss.

use crate::service::import::report::{Left, Why};

/// Attributes that nobody will miss.
const NEEDLESS: [(&str, &str); 2] =
    [("countryName", "follows from country"), ("totalRows", "tells of the list, not of the user")];

/// Our name of a field as problems have it, and its name in the file.
const NAMES: [(&str, &str); 73] = [
    ("externalId.BANKING", "userId"),
    ("externalId.CLIENT", "clientId"),
    ("personType", "userTypeId"),
    ("status", "userStatus"),
    ("tag", "userTag"),
    ("title", "title"),
    ("firstName", "firstname"),
    ("lastName", "lastname"),
    ("middleNames", "middleNames"),
    ("birthDate", "birthday"),
    ("birthPlace", "placeOfBirth"),
    ("birthCountry", "birthCountry"),
    ("nationality", "nationality"),
    ("secondNationality", "nationalityOther"),
    ("countryOfResidence", "country"),
    ("email", "email"),
    ("phone", "phone"),
    ("mobile", "mobile"),
    ("preferredLanguage", "language"),
    ("timeZone", "timezone"),
    ("createdAt", "createdDate"),
    ("updatedAt", "modifiedDate"),
    ("postalAddress.line1", "address1"),
    ("postalAddress.line2", "address2"),
    ("postalAddress.line3", "address3"),
    ("postalAddress.postcode", "postcode"),
    ("postalAddress.city", "city"),
    ("postalAddress.state", "state"),
    ("postalAddress.country", "country"),
    ("secondaryAddress.line1", "secondaryAddress1"),
    ("secondaryAddress.line2", "secondaryAddress2"),
    ("secondaryAddress.line3", "secondaryAddress3"),
    ("secondaryAddress.postcode", "secondaryPostcode"),
    ("secondaryAddress.city", "secondaryCity"),
    ("secondaryAddress.state", "secondaryState"),
    ("secondaryAddress.country", "secondaryCountry"),
    ("optInMailing", "optInMailing"),
    ("kycComment", "kycReviewComment"),
    ("company.legalName", "legalName"),
    ("company.embossedName", "legalNameEmbossed"),
    ("company.registrationNumber", "legalRegistrationNumber"),
    ("company.vatNumber", "legalTvaNumber"),
    ("company.registeredOn", "legalRegistrationDate"),
    ("company.legalForm", "legalForm"),
    ("company.shareCapital.amount", "legalShareCapital"),
    ("company.entityType", "entityType"),
    ("company.sector", "legalSector"),
    ("company.sectorType", "legalSectorType"),
    ("company.annualTurnover", "legalAnnualTurnOver"),
    ("company.netIncomeRange", "legalNetIncomeRange"),
    ("company.employeeRange", "legalNumberOfEmployeeRange"),
    ("company.onStockExchange", "isOnStockExchange"),
    ("company", "legalName"),
    ("occupation.title", "occupation"),
    ("occupation.kind", "occupationType"),
    ("occupation.position", "position"),
    ("finances.incomeRange", "incomeRange"),
    ("finances.personalAssets", "personalAssets"),
    ("finances.sourceOfFunds", "sourceOfFunds"),
    ("finances.sepaCreditorIdentifier", "sepaCreditorIdentifier"),
    ("tax.taxNumber", "taxNumber"),
    ("tax.taxResidence", "taxResidence"),
    ("tax.specifiedUsPerson", "specifiedUSPerson"),
    ("sanctions.questionnaireOn", "sanctionsQuestionnaireDate"),
    ("provider.codeStatus", "codeStatus"),
    ("provider.informationStatus", "informationStatus"),
    ("provider.walletCount", "walletCount"),
    ("provider.payinCount", "payinCount"),
    ("parent", "parentUserId"),
    ("parent.kind", "parentType"),
    ("parent.sharePercent", "effectiveBeneficiary"),
    ("parent.controllingPersonType", "controllingPersonType"),
    ("parent.employeeType", "employeeType"),
];

/// What a field of ours is called in the file.
pub(in crate::service::import) fn file_name(ours: &str) -> &str {
    NAMES.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
}

/// An attribute that goes nowhere, and whether its value says something.
pub(super) fn left(name: String, is_empty: bool) -> Left {
    let needless = NEEDLESS.iter().find(|(known, _)| *known == name);
    let why = needless.map_or(Why::Unknown, |(_, reason)| Why::Needless(reason));
    Left { name, why, says: !is_empty }
}
