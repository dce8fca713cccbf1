//! The platform's policies as calls, and what a user pays.

use serde_json::{Value, json};

use super::{Answer, Desk, Person};

const DECIDE: &str = "mutation ($input: PolicyInput!, $options: MutationOptions) {
    platformUpdatePolicy(input: $input, options: $options) {
        platform { ...All }
        errors { code field message policy conflict { yours current changedFields by at } }
        validatedOnly preview { changes { field before after withheld } opensKycReview materialFields }
    }
}";

const ALL: &str = "fragment All on Platform {
    currency standardFees { asker { ...Terms } offerer { ...Terms } }
    policies { registration switchPlatform initialStatus directEditFields kycReviewOnChange kycExemptFields
        operatorVerifies showBankAccounts }
    version updatedAt
}
fragment Terms on FeeTerms { percent fixed { amount currency } }";

const FEES: &str = "query ($id: ID!, $price: Decimal!) { user(by: { id: $id }) { fees {
    usesPlatformDefault asker { percent fixed { amount currency } } offerer { percent fixed { amount currency } }
    effective { asker { percent fixed { amount currency } } offerer { percent fixed { amount currency } } }
    quote(price: $price) { price { amount } askerFee { amount } offererFee { amount }
        askerPays { amount currency } offererReceives { amount currency } platformEarns { amount currency } }
} } }";

impl Person {
    /// Decides policies, by `PolicyInput` and options.
    pub(crate) async fn update_policy(&self, input: Value, options: Value) -> Answer {
        let document = format!("{DECIDE} {ALL}");
        self.ask_with(&document, json!({ "input": input, "options": options })).await
    }

    /// The platform as it is.
    pub(crate) async fn platform(&self) -> Value {
        self.ask(&format!("{{ platform {{ ...All }} }} {ALL}")).await.data("platform")
    }

    /// What a user pays, and how a price is split by that.
    pub(crate) async fn fees(&self, user: &str, price: &str) -> Answer {
        self.ask_with(FEES, json!({ "id": user, "price": price })).await
    }

    /// How a price is split: what the asker pays, the offerer receives and the platform earns.
    pub(crate) async fn split(&self, user: &str, price: &str) -> [String; 3] {
        let answer = self.fees(user, price).await;
        ["askerPays", "offererReceives", "platformEarns"]
            .map(|part| answer.text(&format!("user.fees.quote.{part}.amount")))
    }
}

impl Desk {
    /// Decides policies as an administrator.
    pub(crate) async fn decide(&self, input: Value) {
        let answer = self.admin().update_policy(input, Value::Null).await;
        assert_eq!(answer.problems("platformUpdatePolicy"), [""; 0], "{}", answer.body);
    }
}

impl Answer {
    /// The names of the policies that an act was refused by.
    #[track_caller]
    pub(crate) fn policies(&self, mutation: &str) -> Vec<String> {
        let problems = self.data(&format!("{mutation}.errors"));
        let named = problems.as_array().expect("errors").iter();
        named.map(|problem| problem["policy"].as_str().unwrap_or("none").to_owned()).collect()
    }
}

/// An amount.
pub(crate) fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

/// A fee of both kinds.
pub(crate) fn fee(percent: &str, amount: &str, currency: &str) -> Value {
    json!({ "percent": percent, "fixed": money(amount, currency) })
}
