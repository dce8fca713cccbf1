//! Fees: what the platform earns of a booking. The asker's are added to the price, the offerer's are taken from it.

use serde::{Deserialize, Serialize};

use super::{
    mistake::Mistake,
    money::{Currency, Money},
    percent,
};

/// What one side pays. What is empty is the platform's standard, zero is none: the two differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRule {
    /// A part of the price, in ten-thousandths.
    pub percent: Option<i32>,
    /// An amount, however high the price is.
    pub fixed: Option<Money>,
}

/// What both sides pay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRules {
    /// Whoever books and pays.
    pub asker: FeeRule,
    /// Whoever provides and is paid.
    pub offerer: FeeRule,
}

/// How the money of a booking is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// What the offerer asks for.
    pub price: Money,
    /// What the asker pays the platform.
    pub asker_fee: Money,
    /// What the offerer pays the platform.
    pub offerer_fee: Money,
    /// The price and the asker's fee.
    pub asker_pays: Money,
    /// The price without the offerer's fee. Negative where the fee is more than the price: the offerer owes it.
    pub offerer_receives: Money,
    /// Both fees.
    pub platform_earns: Money,
}

impl FeeRule {
    /// Its own values, and those of the standard where it has none.
    #[must_use]
    pub fn or(self, standard: Self) -> Self {
        Self { percent: self.percent.or(standard.percent), fixed: self.fixed.or(standard.fixed) }
    }

    /// The fee of a price: the part is rounded half up to the smallest unit.
    fn of(self, price: Money) -> Result<i128, Mistake> {
        let whole = i128::from(percent::WHOLE);
        let part =
            (i128::from(price.minor()) * i128::from(self.percent.unwrap_or_default()) + whole / 2) / whole;
        let fixed = match self.fixed {
            Some(fixed) if fixed.minor() != 0 && fixed.currency() != price.currency() => {
                let currency = fixed.currency().code();
                return Err(Mistake::new(format!("The fixed fee is in {currency}: give a price in it.")));
            }
            Some(fixed) => fixed.minor(),
            None => 0,
        };
        Ok(part + i128::from(fixed))
    }
}

impl FeeRules {
    /// Its own values, and those of the standard where it has none.
    #[must_use]
    pub fn or(self, standard: Self) -> Self {
        Self { asker: self.asker.or(standard.asker), offerer: self.offerer.or(standard.offerer) }
    }

    /// How a price is split.
    ///
    /// # Errors
    /// When the price is negative, in another currency than a fixed fee, or too large to add up.
    pub fn quote(self, price: Money) -> Result<Quote, Mistake> {
        if price.minor() < 0 {
            return Err(Mistake::new("Write a price that is not negative."));
        }
        let (asker, offerer) = (self.asker.of(price)?, self.offerer.of(price)?);
        let minor = i128::from(price.minor());
        let kept = |minor| kept(minor, price.currency());
        Ok(Quote {
            price,
            asker_fee: kept(asker)?,
            offerer_fee: kept(offerer)?,
            asker_pays: kept(minor + asker)?,
            offerer_receives: kept(minor - offerer)?,
            platform_earns: kept(asker + offerer)?,
        })
    }
}

fn kept(minor: i128, currency: Currency) -> Result<Money, Mistake> {
    let minor =
        i64::try_from(minor).map_err(|_| Mistake::new("The price is larger than what can be kept."))?;
    Ok(Money::of(minor, currency))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euros(text: &str) -> Money {
        Money::parse(text, Currency::parse("EUR").unwrap()).unwrap()
    }

    fn rule(percent: Option<&str>, fixed: Option<&str>) -> FeeRule {
        FeeRule { percent: percent.map(|text| percent::parse(text).unwrap()), fixed: fixed.map(euros) }
    }

    fn split(rules: FeeRules, price: &str) -> [String; 3] {
        let quote = rules.quote(euros(price)).unwrap();
        [quote.asker_pays, quote.offerer_receives, quote.platform_earns].map(Money::amount)
    }

    #[test]
    fn the_asker_pays_on_top_and_the_offerer_out_of_the_price() {
        let rules = FeeRules { asker: rule(Some("20"), Some("50")), offerer: rule(Some("5"), Some("10")) };
        assert_eq!(split(rules, "100"), ["170.00", "85.00", "85.00"]);
    }

    #[test]
    fn what_is_empty_is_the_standard_and_zero_is_none() {
        let standard = FeeRules { asker: rule(Some("10"), Some("1")), offerer: rule(Some("3"), Some("2")) };
        let own = FeeRules { asker: rule(Some("0"), None), offerer: rule(None, Some("0")) };
        assert_eq!(
            own.or(standard),
            FeeRules { asker: rule(Some("0"), Some("1")), offerer: rule(Some("3"), Some("0")) }
        );
        assert_eq!(split(own.or(standard), "100"), ["101.00", "97.00", "4.00"]);
        assert_eq!(FeeRules::default().or(standard), standard);
        assert_eq!(split(FeeRules::default(), "100"), ["100.00", "100.00", "0.00"]);
    }

    #[test]
    fn a_part_is_rounded_half_up_to_the_smallest_unit() {
        let half = FeeRules { asker: rule(Some("50"), None), offerer: rule(Some("49.99"), None) };
        assert_eq!(split(half, "0.01"), ["0.02", "0.01", "0.01"]);
        let yen = Money::parse("333", Currency::parse("JPY").unwrap()).unwrap();
        let third = FeeRules { asker: rule(Some("0.15"), None), offerer: FeeRule::default() };
        assert_eq!(third.quote(yen).unwrap().asker_fee.amount(), "0", "0.4995");
        let more = FeeRules { asker: rule(Some("0.16"), None), offerer: FeeRule::default() };
        assert_eq!(more.quote(yen).unwrap().asker_fee.amount(), "1", "0.5328");
    }

    #[test]
    fn a_fee_above_the_price_is_owed() {
        let rules = FeeRules { asker: FeeRule::default(), offerer: rule(None, Some("10")) };
        assert_eq!(split(rules, "4"), ["4.00", "-6.00", "10.00"]);
    }

    #[test]
    fn a_price_that_cannot_be_split_is_refused() {
        let fixed = FeeRules { asker: rule(None, Some("1")), offerer: FeeRule::default() };
        let yen = Money::parse("100", Currency::parse("JPY").unwrap()).unwrap();
        assert!(fixed.quote(yen).is_err());
        assert!(fixed.quote(euros("-0.01")).is_err());
        assert!(fixed.quote(Money::of(i64::MAX, Currency::parse("EUR").unwrap())).is_err());
        // none is none in every currency
        let none = FeeRules { asker: rule(None, Some("0")), offerer: FeeRule::default() };
        assert_eq!(none.quote(yen).unwrap().platform_earns.minor(), 0);
    }

    proptest! {
        #[test]
        fn no_unit_is_lost_or_made(
            price in 0..1_000_000_000_000_i64,
            percents in [proptest::option::of(0..=percent::WHOLE), proptest::option::of(0..=percent::WHOLE)],
            fixed in [proptest::option::of(0..1_000_000_i64), proptest::option::of(0..1_000_000_i64)],
        ) {
            let currency = Currency::parse("EUR").unwrap();
            let [asker, offerer] = [0, 1].map(|side| FeeRule {
                percent: percents[side],
                fixed: fixed[side].map(|minor| Money::of(minor, currency)),
            });
            let quote = FeeRules { asker, offerer }.quote(Money::of(price, currency)).unwrap();
            prop_assert_eq!(quote.asker_pays.minor(), quote.offerer_receives.minor() + quote.platform_earns.minor());
            prop_assert!(quote.asker_pays.minor() >= price && quote.offerer_receives.minor() <= price);
        }
    }
}
