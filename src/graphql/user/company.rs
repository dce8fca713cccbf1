//! The company that a user is, with the input that changes it.

use async_graphql::{InputObject, MaybeUndefined, Object};

use super::{
    input::{AddressInput, patch, patch_by},
    parts::Address,
};
use crate::{
    domain::user::{AddressChange, AmountGiven, CompanyChange},
    graphql::{
        money::{Money, MoneyInput},
        scalars::{CountryCode, Date, Url},
    },
    service::user::Company as CompanyView,
};

/// The company that a user is.
pub(super) struct Company(pub(super) CompanyView);

/// The company that a user is.
#[Object]
impl Company {
    /// What to call it: the business name, or else the legal name.
    async fn display_name(&self) -> Option<&str> {
        self.0.row.business_name.as_deref().or(self.0.row.legal_name.as_deref())
    }

    /// Its name in the register.
    async fn legal_name(&self) -> Option<&str> {
        self.0.row.legal_name.as_deref()
    }

    /// Its name as it stands on cards.
    async fn embossed_name(&self) -> Option<&str> {
        self.0.row.embossed_name.as_deref()
    }

    /// The name that it trades under.
    async fn business_name(&self) -> Option<&str> {
        self.0.row.business_name.as_deref()
    }

    /// Its number in the register, as written there.
    async fn registration_number(&self) -> Option<&str> {
        self.0.row.registration_number.as_deref()
    }

    /// The VAT number, with the prefix of its country.
    async fn vat_number(&self) -> Option<&str> {
        self.0.row.vat_number.as_deref()
    }

    /// The day of its registration.
    async fn registered_on(&self) -> Option<Date> {
        self.0.row.registered_on.map(|day| Date(day.to_string()))
    }

    /// Its legal form, such as `SARL`.
    async fn legal_form(&self) -> Option<&str> {
        self.0.row.legal_form.as_deref()
    }

    /// The capital that its owners hold shares of.
    async fn share_capital(&self) -> Option<Money> {
        Money::kept(self.0.row.share_capital_minor, self.0.row.share_capital_currency.as_deref())
    }

    /// What kind of entity it is, in the words of the payment provider.
    async fn entity_type(&self) -> Option<&str> {
        self.0.row.entity_type.as_deref()
    }

    /// The code or name of its sector.
    async fn sector(&self) -> Option<&str> {
        self.0.row.sector.as_deref()
    }

    /// Which scheme the sector is a word of.
    async fn sector_type(&self) -> Option<&str> {
        self.0.row.sector_type.as_deref()
    }

    /// The turnover of a year, as a range of the payment provider's.
    async fn annual_turnover(&self) -> Option<&str> {
        self.0.row.annual_turnover.as_deref()
    }

    /// The net income, as a range of the payment provider's.
    async fn net_income_range(&self) -> Option<&str> {
        self.0.row.net_income_range.as_deref()
    }

    /// How many people work there, as a range of the payment provider's.
    async fn employee_range(&self) -> Option<&str> {
        self.0.row.employee_range.as_deref()
    }

    /// How many people work there.
    async fn employee_count(&self) -> Option<i32> {
        self.0.row.employee_count
    }

    /// Whether it is listed on a stock exchange.
    async fn on_stock_exchange(&self) -> Option<bool> {
        self.0.row.on_stock_exchange
    }

    /// Where it was founded.
    async fn country_of_incorporation(&self) -> Option<CountryCode> {
        self.0.row.country_of_incorporation.clone().map(CountryCode)
    }

    /// Its web site.
    async fn site(&self) -> Option<Url> {
        self.0.row.site.clone().map(Url)
    }

    /// What kind of business it is.
    async fn business_type(&self) -> Option<&str> {
        self.0.row.business_type.as_deref()
    }

    /// What it does, in several lines.
    async fn description(&self) -> Option<&str> {
        self.0.row.description.as_deref()
    }

    /// Where it does business.
    async fn operations_area(&self) -> Option<&str> {
        self.0.row.operations_area.as_deref()
    }

    /// How else it is reached.
    async fn other_contact(&self) -> Option<&str> {
        self.0.row.other_contact.as_deref()
    }

    /// Where it sits.
    async fn address(&self) -> Option<Address> {
        self.0.address.clone().map(Address::from)
    }
}

/// Changes to the company that a user is: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct CompanyInput {
    /// Its name in the register.
    legal_name: MaybeUndefined<String>,
    /// Its name as it stands on cards.
    embossed_name: MaybeUndefined<String>,
    /// The name that it trades under.
    business_name: MaybeUndefined<String>,
    /// Its number in the register, as written there.
    registration_number: MaybeUndefined<String>,
    /// The VAT number, with the prefix of its country.
    vat_number: MaybeUndefined<String>,
    /// The day of its registration, not in the future.
    registered_on: MaybeUndefined<Date>,
    /// Its legal form, such as `SARL`.
    legal_form: MaybeUndefined<String>,
    /// The capital that its owners hold shares of; not negative.
    share_capital: MaybeUndefined<MoneyInput>,
    /// What kind of entity it is, in the words of the payment provider.
    entity_type: MaybeUndefined<String>,
    /// The code or name of its sector.
    sector: MaybeUndefined<String>,
    /// Which scheme the sector is a word of.
    sector_type: MaybeUndefined<String>,
    /// The turnover of a year, as a range of the payment provider's.
    annual_turnover: MaybeUndefined<String>,
    /// The net income, as a range of the payment provider's.
    net_income_range: MaybeUndefined<String>,
    /// How many people work there, as a range of the payment provider's.
    employee_range: MaybeUndefined<String>,
    /// How many people work there.
    employee_count: MaybeUndefined<i32>,
    /// Whether it is listed on a stock exchange.
    on_stock_exchange: MaybeUndefined<bool>,
    /// Where it was founded.
    country_of_incorporation: MaybeUndefined<CountryCode>,
    /// Its web site, an absolute https address.
    site: MaybeUndefined<Url>,
    /// What kind of business it is.
    business_type: MaybeUndefined<String>,
    /// What it does: several lines, at most 2000 characters.
    description: MaybeUndefined<String>,
    /// Where it does business.
    operations_area: MaybeUndefined<String>,
    /// How else it is reached.
    other_contact: MaybeUndefined<String>,
    /// Where it sits; null removes it.
    address: MaybeUndefined<AddressInput>,
}

impl From<CompanyInput> for CompanyChange {
    fn from(input: CompanyInput) -> Self {
        let CompanyInput {
            legal_name,
            embossed_name,
            business_name,
            registration_number,
            vat_number,
            registered_on,
            legal_form,
            share_capital,
            entity_type,
            sector,
            sector_type,
            annual_turnover,
            net_income_range,
            employee_range,
            employee_count,
            on_stock_exchange,
            country_of_incorporation,
            site,
            business_type,
            description,
            operations_area,
            other_contact,
            address,
        } = input;
        Self {
            legal_name: patch(legal_name),
            embossed_name: patch(embossed_name),
            business_name: patch(business_name),
            registration_number: patch(registration_number),
            vat_number: patch(vat_number),
            registered_on: patch_by(registered_on, |given| given.0),
            legal_form: patch(legal_form),
            share_capital: patch_by(share_capital, AmountGiven::from),
            entity_type: patch(entity_type),
            sector: patch(sector),
            sector_type: patch(sector_type),
            annual_turnover: patch(annual_turnover),
            net_income_range: patch(net_income_range),
            employee_range: patch(employee_range),
            employee_count: patch(employee_count),
            on_stock_exchange: patch(on_stock_exchange),
            country_of_incorporation: patch_by(country_of_incorporation, |given| given.0),
            site: patch_by(site, |given| given.0),
            business_type: patch(business_type),
            description: patch(description),
            operations_area: patch(operations_area),
            other_contact: patch(other_contact),
            address: patch_by(address, AddressChange::from),
        }
    }
}
