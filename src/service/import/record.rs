//! What one row of a file says about one user, free of the format that it came in, and not judged yet.

use backdesk_entity::enums::{
    CancelOrigin, ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, KycLevel,
    KycStatus, PartyKind, TieKind, UserStatus, VerificationSource,
};
use chrono::{DateTime, Utc};

use super::report::{Left, Reason};
use crate::domain::user::{ExternalId, FeesChange, Patch, ProviderChange, UserChange};

/// One row as it was read.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Where it stands: see [`super::Format::place`].
    pub(super) number: u64,
    /// How much of the source was read by then, in bytes.
    pub(super) read_to: u64,
    /// What it says; none when it could not be read at all.
    pub(super) record: Option<Record>,
    /// What of it could not be read.
    pub(super) reasons: Vec<Reason>,
    /// Attributes that go nowhere.
    pub(super) left: Vec<Left>,
    /// What was decided where the row left a choice.
    pub(super) notes: Vec<&'static str>,
}

/// What a row says. An attribute that no user is without has no third state: null says as little as leaving it out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The code of the account; without it, the user goes to the account of the import.
    pub(super) account: Option<String>,
    /// The public reference.
    pub(super) reference: Option<String>,
    /// How other systems call the user. Those that are not named stay: the file knows of its own system alone.
    pub(super) external_ids: Patch<Vec<ExternalIdChange>>,
    /// What staff edit, the external ids apart.
    pub(super) profile: UserChange,
    /// The country of residence of a new user, if nothing else says it.
    pub(super) country_if_none: Option<String>,
    /// The status.
    pub(super) status: Option<UserStatus>,
    /// Since when.
    pub(super) status_since: Option<DateTime<Utc>>,
    /// Why.
    pub(super) status_reason: Patch<String>,
    /// What switching the user active again brings back.
    pub(super) status_before_inactive: Patch<UserStatus>,
    /// Who wanted the user cancelled.
    pub(super) cancel_origin: Option<CancelOrigin>,
    /// Who is taken to have wanted it, because the format cannot say. Counts only where the row cancels the user.
    pub(super) assumed_origin: Option<CancelOrigin>,
    /// Signs in but moves no money.
    pub(super) frozen: Option<bool>,
    /// The identity was verified.
    pub(super) identity_verified: Option<bool>,
    /// The e-mail address was verified.
    pub(super) email_verified: Option<bool>,
    /// The phone number was verified.
    pub(super) phone_verified: Option<bool>,
    /// By what, by whom and when.
    pub(super) marks: MarksRecord,
    /// How thoroughly the identity was checked.
    pub(super) kyc_level: Option<KycLevel>,
    /// Where KYC stands.
    pub(super) kyc_status: Option<KycStatus>,
    /// What the last reviewer wrote.
    pub(super) kyc_comment: Patch<String>,
    /// Fees of the user's own.
    pub(super) fees: Patch<FeesChange>,
    /// What the payment provider says.
    pub(super) provider: Patch<ProviderChange>,
    /// How often the record has changed where it comes from, and one. Counts for new users alone.
    pub(super) version: Option<i32>,
    /// When the user was registered.
    pub(super) created_at: Option<DateTime<Utc>>,
    /// When the record last changed where it comes from. Counts for new users alone: later changes are ours.
    pub(super) updated_at: Option<DateTime<Utc>>,
    /// When the user last signed in.
    pub(super) last_sign_in_at: Patch<DateTime<Utc>>,
    /// The keys of all assigned groups.
    pub(super) groups: Patch<Vec<String>>,
    /// What the user is tied to.
    pub(super) ties: TiesRecord,
}

/// What a row says about how things were verified. Null: nobody knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct MarksRecord {
    pub(super) identity: Patch<MarkRow>,
    pub(super) email: Patch<MarkRow>,
    pub(super) phone: Patch<MarkRow>,
}

/// How one thing was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MarkRow {
    pub(super) source: Option<VerificationSource>,
    pub(super) by: Patch<String>,
    pub(super) at: Option<DateTime<Utc>>,
}

/// What a row says about ties. Each list is all that there is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TiesRecord {
    /// The parent, and how the user is tied to it.
    pub(super) parent: Patch<ParentRow>,
    /// The company that the user belongs to.
    pub(super) company: Patch<CompanyRow>,
    /// Those whom the user invited.
    pub(super) guests: Patch<Vec<GuestRow>>,
    /// Partners and advisers.
    pub(super) parties: Patch<Vec<PartyRow>>,
    /// The keys of all categories; those that are missing are made.
    pub(super) categories: Patch<Vec<String>>,
    /// What the user may do beyond what the groups allow.
    pub(super) extra_permissions: Patch<Vec<ClientPermission>>,
}

/// How a row names another user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// By reference.
    pub(super) reference: Option<String>,
    /// Or by an external id.
    pub(super) external_id: Option<ExternalId>,
}

/// What a row says about the parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParentRow {
    pub(super) named: Named,
    /// The one system whose users the file can name. A parent whom it does not know stays when the file names nobody.
    pub(super) among: Option<&'static str>,
    pub(super) kind: Option<TieKind>,
    pub(super) share: Option<i32>,
    pub(super) controlling_person_type: Option<ControllingPersonType>,
    pub(super) employee_type: Option<EmployeeType>,
}

/// What a row says about the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanyRow {
    pub(super) named: Named,
    pub(super) role: Option<CompanyRole>,
    pub(super) since: Option<DateTime<Utc>>,
}

/// What a row says about a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuestRow {
    pub(super) email: Option<String>,
    pub(super) roles: Vec<GuestRole>,
    pub(super) invited_at: Option<DateTime<Utc>>,
    pub(super) accepted_at: Option<DateTime<Utc>>,
    pub(super) named: Named,
}

/// What a row says about a partner or adviser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartyRow {
    pub(super) named: Named,
    pub(super) kind: Option<PartyKind>,
    pub(super) since: Option<DateTime<Utc>>,
}

impl Named {
    /// Whether it names nobody.
    pub(super) fn is_nobody(&self) -> bool {
        self.reference.is_none() && self.external_id.is_none()
    }
}

impl MarksRecord {
    /// No source of anything is known.
    pub(super) const UNKNOWN: Self =
        Self { identity: Patch::Clear, email: Patch::Clear, phone: Patch::Clear };
}

impl TiesRecord {
    /// Whether the row ties the user to others, whose rows are then locked after the user's own.
    pub(super) fn ties_users(&self) -> bool {
        let Self { parent, company, guests, parties, categories: _, extra_permissions: _ } = self;
        *parent != Patch::Keep || *company != Patch::Keep || *guests != Patch::Keep || *parties != Patch::Keep
    }
}

/// What a row says about one external id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExternalIdChange {
    /// The system.
    pub(super) system: String,
    /// Its name for the user; none takes it away.
    pub(super) value: Option<String>,
}

impl Row {
    /// A row that says nothing but why it cannot be read.
    pub(super) fn unreadable(number: u64, message: &str) -> Self {
        Self { number, reasons: vec![Reason::of_row(message)], ..Self::default() }
    }
}

impl Record {
    /// The external ids that the row sets.
    pub(super) fn named(&self) -> impl Iterator<Item = ExternalId> {
        let changes: &[ExternalIdChange] = match &self.external_ids {
            Patch::Set(changes) => changes,
            Patch::Keep | Patch::Clear => &[],
        };
        changes.iter().filter_map(|change| {
            Some(ExternalId { system: change.system.clone(), value: change.value.clone()? })
        })
    }

    /// Whether the row says something about the id of that system.
    pub(super) fn mentions(&self, system: &str) -> bool {
        matches!(&self.external_ids, Patch::Set(changes) if changes.iter().any(|change| change.system == system))
    }
}
