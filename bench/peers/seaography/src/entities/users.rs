//! `users`. Seaography sorts by columns in the order of their declaration: `created_at` stands before `id`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    pub created_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub reference: String,
    pub tag: Option<String>,
    pub version: i32,
    pub updated_at: DateTimeUtc,
    pub last_sign_in_at: Option<DateTimeUtc>,
    pub person_type: i16,
    pub client_type: Option<i16>,
    pub market_role: Option<i16>,
    pub title: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub middle_names: Option<String>,
    pub birth_date: Option<Date>,
    pub birth_place: Option<String>,
    pub birth_country: Option<String>,
    pub nationality: Option<String>,
    pub second_nationality: Option<String>,
    pub country: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub picture: Option<String>,
    pub mother_tongue: Option<String>,
    pub preferred_language: Option<String>,
    pub communication_language: Option<String>,
    pub time_zone: Option<String>,
    pub status: i16,
    pub status_since: DateTimeUtc,
    pub status_reason: Option<String>,
    pub status_before_inactive: Option<i16>,
    pub frozen: bool,
    pub cancel_origin: Option<i16>,
    pub identity_verified: bool,
    pub email_verified: bool,
    pub phone_verified: bool,
    pub kyc_level: i16,
    pub kyc_status: i16,
    pub kyc_comment: Option<String>,
    pub opt_in_mailing: Option<bool>,
    pub tax_payer: Option<i16>,
    pub own_fees: bool,
    pub wallet_status: i16,
    pub wallet_count: i32,
    pub payin_count: i32,
    pub listing_count: i32,
    pub asker_booking_count: i32,
    pub offerer_booking_count: i32,
    pub review_received_count: i32,
    pub review_made_count: i32,
    pub email_folded: Option<String>,
    pub first_name_folded: Option<String>,
    pub last_name_folded: Option<String>,
    pub tag_folded: Option<String>,
    pub search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::user_addresses::Entity")]
    UserAddresses,
    #[sea_orm(has_many = "super::wallets::Entity")]
    Wallets,
    #[sea_orm(has_many = "super::kyc_reviews::Entity")]
    KycReviews,
}

impl Related<super::user_addresses::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::UserAddresses.def()
    }
}

impl Related<super::wallets::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Wallets.def()
    }
}

impl Related<super::kyc_reviews::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::KycReviews.def()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::user_addresses::Entity")]
    UserAddresses,
    #[sea_orm(entity = "super::wallets::Entity")]
    Wallets,
    #[sea_orm(entity = "super::kyc_reviews::Entity")]
    KycReviews,
}

impl ActiveModelBehavior for ActiveModel {}
