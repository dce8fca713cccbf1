//! `user_companies`: the company that a user is; one row a legal entity at most. Its address is among the
//! addresses.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The company of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_companies")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Its name in the register.
    pub legal_name: Option<String>,
    /// Its name as it stands on cards.
    pub embossed_name: Option<String>,
    /// The name that it trades under.
    pub business_name: Option<String>,
    /// Its number in the register, as written.
    pub registration_number: Option<String>,
    /// Letters and digits alone, in upper case.
    pub vat_number: Option<String>,
    /// The day of its registration.
    pub registered_on: Option<Date>,
    /// Its legal form, such as SARL.
    pub legal_form: Option<String>,
    /// In minor units of its currency.
    pub share_capital_minor: Option<i64>,
    /// ISO 4217.
    pub share_capital_currency: Option<String>,
    /// What kind of entity it is, as the payment provider has it.
    pub entity_type: Option<String>,
    /// The code or name of its sector.
    pub sector: Option<String>,
    /// Which scheme the sector is a word of.
    pub sector_type: Option<String>,
    /// A range, as the payment provider has it.
    pub annual_turnover: Option<String>,
    /// A range, as the payment provider has it.
    pub net_income_range: Option<String>,
    /// A range, as the payment provider has it.
    pub employee_range: Option<String>,
    /// People who work there.
    pub employee_count: Option<i32>,
    /// Listed on a stock exchange.
    pub on_stock_exchange: Option<bool>,
    /// ISO 3166-1 alpha-2.
    pub country_of_incorporation: Option<String>,
    /// An https address.
    pub site: Option<String>,
    /// What kind of business it is.
    pub business_type: Option<String>,
    /// What it does; several lines.
    pub description: Option<String>,
    /// Where it does business.
    pub operations_area: Option<String>,
    /// How else it is reached.
    pub other_contact: Option<String>,
    /// `legal_name`, folded.
    pub legal_name_folded: Option<String>,
    /// `business_name`, folded.
    pub business_name_folded: Option<String>,
    /// `registration_number`, its letters and digits alone.
    pub registration_number_squeezed: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
