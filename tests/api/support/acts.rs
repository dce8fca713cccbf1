//! The acts on users as calls, so that a test says what is done and not how a document is written.

use serde_json::{Value, json};

use super::{Answer, Person};

/// Every act on an existing user: the mutation, the argument besides `id` and `options`, and its type.
pub(crate) const MUTATIONS: [(&str, &str, &str); 29] = [
    ("userUpdate", "input", "UserUpdateInput!"),
    ("userSetStatus", "status", "UserStatus!"),
    ("userSetActive", "active", "Boolean!"),
    ("userFreeze", "frozen", "Boolean!"),
    ("userCancel", "origin", "CancelOrigin!"),
    ("userSetGroups", "groupIds", "[ID!]!"),
    ("userSetCategories", "categoryIds", "[ID!]!"),
    ("userSetVerification", "input", "UserVerificationInput!"),
    ("userSetFees", "input", "UserFeesInput!"),
    ("documentRequest", "input", "DocumentRequestInput!"),
    ("documentUpload", "input", "DocumentUploadInput!"),
    ("documentConfirm", "input", "FileConfirmInput!"),
    ("documentDecide", "input", "DocumentDecideInput!"),
    ("userUploadPicture", "input", "PictureUploadInput!"),
    ("userConfirmPicture", "input", "FileConfirmInput!"),
    ("userAddComment", "input", "CommentInput!"),
    ("userCorrectComment", "input", "CommentCorrectInput!"),
    ("userUpdateContact", "input", "UserContactInput!"),
    ("userSetParent", "input", "UserParentInput"),
    ("userSetCompany", "input", "UserCompanyInput"),
    ("userLinkParty", "input", "UserPartyInput!"),
    ("userUnlinkParty", "input", "UserPartyInput!"),
    ("guestUpdate", "input", "GuestUpdateInput!"),
    ("walletSetNetwork", "input", "WalletNetworkInput!"),
    ("kycRequestReview", "input", "KycRequestInput!"),
    ("kycClaim", "input", "KycReviewInput!"),
    ("kycRelease", "input", "KycReviewInput!"),
    ("kycHandOver", "input", "KycHandOverInput!"),
    ("kycDecide", "input", "KycDecideInput!"),
];

/// Everything that the API says about a user.
pub(crate) const WHOLE: &str = "fragment Whole on User {
    id reference externalIds { system value } tag account { code name } version createdAt updatedAt lastSignInAt
    personType clientType marketRole name { title first middle last display } birth { date place country }
    nationality secondNationality countryOfResidence email phone mobile picture
    motherTongue spokenLanguages preferredLanguage communicationLanguage timeZone
    postalAddress { ...Lines } secondaryAddress { ...Lines } locationAddress { ...Lines }
    status active canSignIn visible canTransact canContact canWithdraw allowedStatuses statusSince statusReason frozen cancellation { origin at reason }
    groups { key } verified { identity email phone } kyc { level status }
    company {
        displayName legalName embossedName businessName registrationNumber vatNumber registeredOn legalForm
        shareCapital { amount currency } entityType sector sectorType annualTurnover netIncomeRange employeeRange
        employeeCount onStockExchange countryOfIncorporation site businessType description operationsArea otherContact
        address { ...Lines }
    }
    occupation { title kind position } taxPayer optInMailing walletStatus
    counters { listings askerBookings offererBookings reviewsReceived reviewsMade wallets payins }
    fees { usesPlatformDefault asker { ...Rule } offerer { ...Rule } }
    provider { codeStatus informationStatus walletCount payinCount }
    parent { user { id } kind sharePercent controllingPersonType employeeType }
    beneficiaries(first: 1) { user { id } kind sharePercent controllingPersonType employeeType }
    companyUser companyOwner companyStaff companyMembership { company { id } role since }
    members(first: 1) { user { id } role since } guests(first: 1) { id email roles invitedAt acceptedAt user { id } }
    parties(first: 1) { user { id } kind since } categories { key } extraPermissions
    verifications { kind verified at source by }
    publicProfile { displayName picture city country countryName spokenLanguages memberSince
        verified { identity email phone } listingCount reviewReceivedCount reviewMadeCount }
}
fragment Rule on FeeRule { percent fixed { amount currency } }
fragment Lines on Address { line1 line2 line3 postcode city state country }";

const PAYLOAD: &str = "{ user { ...Whole } errors { code field message conflict {
    yours current changedFields by at
} } validatedOnly preview { changes { field before after } } }";

/// The document of an act, with the variables `id`, `value` and `options`.
pub(crate) fn document(mutation: &str) -> String {
    format!("{} {WHOLE}", document_answering(mutation, PAYLOAD))
}

/// The same, with what is asked of the payload.
pub(crate) fn document_answering(mutation: &str, payload: &str) -> String {
    let (_, argument, kind) = MUTATIONS
        .iter()
        .find(|(name, ..)| *name == mutation)
        .unwrap_or_else(|| panic!("{mutation} is no act on a user"));
    format!(
        "mutation ($id: ID!, $value: {kind}, $options: MutationOptions) {{
            {mutation}(id: $id, {argument}: $value, options: $options) {payload}
        }}"
    )
}

impl Person {
    /// Performs an act on a user, by the name of the mutation and the value of its one argument.
    pub(crate) async fn act(&self, mutation: &str, id: &str, value: Value) -> Answer {
        self.act_with(mutation, id, value, Value::Null).await
    }

    /// Performs an act on a user, with options.
    pub(crate) async fn act_with(&self, mutation: &str, id: &str, value: Value, options: Value) -> Answer {
        let variables = json!({ "id": id, "value": value, "options": options });
        self.ask_with(&document(mutation), variables).await
    }

    /// Changes a user's record.
    pub(crate) async fn update(&self, id: &str, input: Value) -> Answer {
        self.act("userUpdate", id, input).await
    }

    /// Creates a user from `UserCreateInput`.
    pub(crate) async fn create(&self, input: Value) -> Answer {
        self.create_with(input, Value::Null).await
    }

    /// Creates a user from `UserCreateInput`, with options.
    pub(crate) async fn create_with(&self, input: Value, options: Value) -> Answer {
        let create = format!(
            "mutation ($input: UserCreateInput!, $options: MutationOptions) {{
                userCreate(input: $input, options: $options) {PAYLOAD}
            }} {WHOLE}"
        );
        self.ask_with(&create, json!({ "input": input, "options": options })).await
    }

    /// Everything about a user, or null.
    pub(crate) async fn open_user(&self, id: &str) -> Value {
        let query = format!("query ($id: ID!) {{ user(by: {{ id: $id }}) {{ ...Whole }} }} {WHOLE}");
        self.ask_with(&query, json!({ "id": id })).await.data("user")
    }
}

/// Runs the same question fifty times at once.
pub(crate) async fn fifty<F: Future<Output = Answer> + Send + 'static>(
    question: impl Fn(usize) -> F,
) -> Vec<Answer> {
    let running: Vec<_> = (0..50).map(|number| tokio::spawn(question(number))).collect();
    let mut answers = Vec::new();
    for answer in running {
        answers.push(answer.await.expect("an answer"));
    }
    answers
}
