//! Which user a row speaks of: found again by reference or external id, or a new one.

use backdesk_entity::enums::PersonType;
use uuid::Uuid;

use super::{put::Import, record::Record};
use crate::{
    domain::{
        code,
        mistake::Mistake,
        problem::{ProblemCode, Problems},
        text,
        user::{ExternalId, Patch},
    },
    service::user::{NAME, blank},
    store::{
        Writer,
        error::StoreError,
        user::{Parts, UserFile},
    },
};

impl Import {
    /// The user that the row speaks of, locked; none when it is a new one.
    pub(super) async fn find(
        &self,
        writer: &Writer,
        record: &Record,
        account: Option<&str>,
        reference: Option<&str>,
        problems: &mut Problems,
    ) -> Result<Option<UserFile>, StoreError> {
        let id = record.named().find_map(identifying);
        if record.reference.is_none() && id.is_none() && self.format.has_references() {
            let message =
                "Give a reference, or an external id: the user could not be found again without one.";
            problems.add(ProblemCode::Required, "reference", message);
        }
        let mut user: Option<Uuid> = None;
        if let Some(reference) = reference {
            user = writer.user_id_by_reference(reference).await?;
        }
        if let (None, Some(account), Some(id)) = (user, account, &id) {
            user = writer.user_id_by_external_id(account, id).await?;
        }
        let Some(user) = user else { return Ok(None) };
        if record.ties.ties_users() {
            writer.ties_turn_of(user).await?;
        }
        let Some(file) = writer.user(user, Parts::ALL).await? else {
            return Ok(None);
        };
        if reference.is_some_and(|reference| reference != file.user.reference) {
            let message = "The user of this external id has another reference, which never changes.";
            problems.add(ProblemCode::Invalid, "reference", message);
        }
        if record.account.as_deref().is_some_and(|account| account != file.user.account) {
            let message = "The user belongs to another account, for good.";
            problems.add(ProblemCode::Invalid, "account", message);
        }
        Ok(Some(file))
    }
}

/// A new user.
pub(super) fn start(
    writer: &Writer,
    record: &Record,
    account: &str,
    reference: Option<String>,
    problems: &mut Problems,
) -> UserFile {
    let clock = writer.clock();
    let reference = reference.unwrap_or_else(|| clock.new_reference());
    let person_type = match record.profile.person_type {
        Patch::Set(person_type) => person_type,
        Patch::Keep | Patch::Clear => {
            let message = "Say of a new user whether it is a natural person or a legal entity.";
            problems.add(ProblemCode::Required, "personType", message);
            PersonType::NaturalPerson
        }
    };
    blank(clock.new_id(), reference, clock.now(), account, person_type)
}

/// A reference as it is kept and looked up: in capitals.
pub(super) fn parse_reference(text: &str) -> Result<String, Mistake> {
    code::parse(text.trim()).map(|reference| reference.to_ascii_uppercase())
}

/// An external id as it is kept, if a user can be found by it.
pub(super) fn identifying(id: ExternalId) -> Option<ExternalId> {
    let ExternalId { system, value } = id;
    if ExternalId::is_shared(&system) {
        return None;
    }
    Some(ExternalId { system: code::parse(&system).ok()?, value: text::clean_line(&value, NAME).ok()? })
}
