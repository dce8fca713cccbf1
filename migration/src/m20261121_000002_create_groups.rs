//! `groups`, with the ten client groups of a payment processor's back office, under fixed ids.

use sea_orm_migration::prelude::*;

use sea_orm_migration::sea_orm::prelude::Uuid;

use crate::columns::bytewise;

/// Assigned by hand.
const CLIENT_KIND: i16 = 0;
/// Computed from the verified marks and KYC.
const ONBOARDING_STATE: i16 = 1;

/// Key, name, description, kind. The id of each is its place in this list: never reorder.
const GROUPS: [(&str, &str, &str, i16); 10] = [
    ("API", "API client", "Uses the platform through its API, with limited rights.", CLIENT_KIND),
    ("ENTERPRISE_OWNER", "Enterprise owner", "An enterprise client that passed KYC level 1.", CLIENT_KIND),
    ("ENTERPRISE_STAFF", "Enterprise staff", "Invited to an enterprise wallet by its owner.", CLIENT_KIND),
    (
        "LEGAL_MERCHANT_OWNER",
        "Legal merchant owner",
        "A merchant client that passed KYC level 2; may withdraw to a bank.",
        CLIENT_KIND,
    ),
    (
        "LEGAL_MERCHANT_STAFF",
        "Legal merchant staff",
        "Invited to a legal merchant's wallet by its owner.",
        CLIENT_KIND,
    ),
    ("MERCHANT_OWNER", "Merchant owner", "A merchant client that passed KYC level 1.", CLIENT_KIND),
    ("MERCHANT_STAFF", "Merchant staff", "Invited to a merchant wallet by its owner.", CLIENT_KIND),
    (
        "EMAIL_NOT_VERIFIED",
        "E-mail not verified",
        "Has not confirmed the e-mail address yet.",
        ONBOARDING_STATE,
    ),
    ("PHONE_NOT_VERIFIED", "Phone not verified", "Has not confirmed the phone number yet.", ONBOARDING_STATE),
    ("KYC_NOT_VERIFIED", "KYC not verified", "Has not passed KYC yet.", ONBOARDING_STATE),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("groups")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(bytewise(manager, "key").not_null().unique_key())
                    .col(ColumnDef::new("name").text().not_null())
                    .col(ColumnDef::new("description").text().not_null())
                    .col(ColumnDef::new("kind").small_integer().not_null())
                    .to_owned(),
            )
            .await?;
        let mut insert = Query::insert();
        insert.into_table("groups").columns(["id", "key", "name", "description", "kind"]);
        for (number, (key, name, description, kind)) in (1u128..).zip(GROUPS) {
            let id = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | number);
            insert.values_panic([id.into(), key.into(), name.into(), description.into(), kind.into()]);
        }
        manager.execute(insert).await
    }
}
