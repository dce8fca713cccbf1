//! Numbers about a user: counts, fees, and what the payment provider says.

use async_graphql::{Context, Object, SimpleObject};

use crate::{
    domain::{
        fees::{self, FeeRules},
        money, percent,
    },
    graphql::{
        fees::{FeeQuote, FeeTerms},
        guard::policies,
        money::Money,
        scalars::Decimal,
    },
    service::{
        error::ApiError,
        user::{FeesRow, Provider as ProviderRow},
    },
};

/// How much there is of what the platform's other systems know of a user.
#[derive(SimpleObject)]
pub(super) struct UserCounters {
    /// Listings, whatever their state.
    pub(super) listings: i32,
    /// Bookings that the user made as a customer.
    pub(super) asker_bookings: i32,
    /// Bookings that the user provides as a vendor.
    pub(super) offerer_bookings: i32,
    /// Reviews about the user.
    pub(super) reviews_received: i32,
    /// Reviews by the user.
    pub(super) reviews_made: i32,
    /// Wallets: those recorded here or those that the payment provider reports, whichever are more.
    pub(super) wallets: i32,
    /// Payments in: those recorded here or those that the payment provider reports, whichever are more.
    pub(super) payins: i32,
}

/// What a user pays the platform.
pub(super) struct Fees {
    pub(super) are_own: bool,
    pub(super) own: FeesRow,
}

impl Fees {
    /// Whether any of the fees is asked for, and not only whether there are some.
    pub(super) fn are_selected(ctx: &Context<'_>) -> bool {
        let fields = ctx.look_ahead();
        ["asker", "offerer", "effective", "quote"].into_iter().any(|field| fields.field(field).exists())
    }

    fn rules(&self) -> FeeRules {
        let fixed =
            |minor: Option<i64>, currency: &Option<String>| money::Money::kept(minor?, currency.as_deref()?);
        let own = &self.own;
        FeeRules {
            asker: fees::FeeRule {
                percent: own.asker_percent,
                fixed: fixed(own.asker_fixed_minor, &own.asker_fixed_currency),
            },
            offerer: fees::FeeRule {
                percent: own.offerer_percent,
                fixed: fixed(own.offerer_fixed_minor, &own.offerer_fixed_currency),
            },
        }
    }
}

/// What a user pays the platform.
#[Object]
impl Fees {
    /// Whether all of it is the platform's standard.
    async fn uses_platform_default(&self) -> bool {
        !self.are_own
    }

    /// What is added to a price when the user books.
    async fn asker(&self) -> FeeRule {
        let fees = &self.own;
        FeeRule::of(fees.asker_percent, fees.asker_fixed_minor, fees.asker_fixed_currency.as_deref())
    }

    /// What is taken from a price when the user provides.
    async fn offerer(&self) -> FeeRule {
        let fees = &self.own;
        FeeRule::of(fees.offerer_percent, fees.offerer_fixed_minor, fees.offerer_fixed_currency.as_deref())
    }

    /// What applies: the user's own fees, and the platform's standard where there are none.
    async fn effective(&self, ctx: &Context<'_>) -> Result<EffectiveFees, ApiError> {
        let policies = policies(ctx).await?;
        let FeeRules { asker, offerer } = self.rules().or(policies.fees);
        let terms = |rule| FeeTerms::of(rule, policies.currency);
        Ok(EffectiveFees { asker: terms(asker), offerer: terms(offerer) })
    }

    /// How a price is split by the fees that apply, were the user on both sides of the booking. Null, with the error
    /// `BAD_INPUT`, where the price is none or too large.
    async fn quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The price, in the platform's currency.")] price: Decimal,
    ) -> Result<Option<FeeQuote>, ApiError> {
        let policies = policies(ctx).await?;
        let price = money::Money::parse(&price.0, policies.currency);
        let quote = price.and_then(|price| self.rules().or(policies.fees).quote(price));
        quote.map(|quote| Some(quote.into())).map_err(|mistake| ApiError::bad_input(mistake.into_message()))
    }
}

/// What applies to a user.
#[derive(SimpleObject)]
struct EffectiveFees {
    /// What is added to a price when the user books.
    asker: FeeTerms,
    /// What is taken from a price when the user provides.
    offerer: FeeTerms,
}

/// Fees of a user's own on one side of a booking. Null is the platform's standard, and differs from zero, which is none.
#[derive(SimpleObject)]
pub(super) struct FeeRule {
    /// The part of the price, in percent.
    percent: Option<Decimal>,
    /// What is added to that, however high the price is.
    fixed: Option<Money>,
}

impl FeeRule {
    fn of(percent: Option<i32>, minor: Option<i64>, currency: Option<&str>) -> Self {
        Self {
            percent: percent.map(|percent| Decimal(percent::print(percent))),
            fixed: Money::kept(minor, currency),
        }
    }
}

/// What the payment provider says of a user, in its own codes.
#[derive(SimpleObject)]
pub(super) struct Provider {
    /// Its code for where the user stands.
    code_status: Option<String>,
    /// Its code for how complete the information about the user is.
    information_status: Option<String>,
    /// Wallets that it reports.
    wallet_count: Option<i32>,
    /// Payments in that it reports.
    payin_count: Option<i32>,
}

impl From<ProviderRow> for Provider {
    fn from(row: ProviderRow) -> Self {
        let ProviderRow { user_id: _, code_status, information_status, wallet_count, payin_count } = row;
        Self { code_status, information_status, wallet_count, payin_count }
    }
}
