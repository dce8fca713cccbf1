//! Whom a batch is about: everybody is looked up at once, and locked before anything is compared.

use std::collections::{HashMap, HashSet};

use backdesk_entity::enums::UserStatus;
use uuid::Uuid;

use super::{Batch, Drafts};
use crate::{
    domain::{
        activity::UserName,
        problem::{ProblemCode, Problems},
        status,
        user::ExternalId,
    },
    service::parse_id,
    store::{Writer, error::StoreError, recording::Named, user::UserKey},
};

/// Everybody whom a batch names.
#[derive(Debug)]
pub(super) struct People<'a> {
    names: HashMap<UserName, Option<Named>>,
    standing: HashMap<Uuid, UserStatus>,
    system: &'a str,
}

impl<'a> People<'a> {
    /// Looks up everybody who is named, by one statement for each way of naming, and locks them.
    pub(super) async fn of(
        writer: &Writer,
        batch: &'a Batch,
        drafts: &Drafts,
    ) -> Result<People<'a>, StoreError> {
        let all: HashSet<&UserName> = drafts.people().collect();
        let (mut references, mut values) = (Vec::new(), Vec::new());
        for name in &all {
            match name {
                UserName::Id(_) => {}
                UserName::Reference(reference) => references.push(reference.clone()),
                UserName::ExternalId(value) => values.push(value.clone()),
            }
        }
        let system = batch.user_system.as_deref().unwrap_or(&batch.system);
        let by_reference = writer.users_by_reference(&batch.account, references).await?;
        let by_external_id = writer.users_by_external_id(&batch.account, system, values).await?;
        let named = |name: &UserName| match name {
            UserName::Id(id) => parse_id(id).map(Named::One),
            UserName::Reference(reference) => by_reference.get(reference).copied().map(Named::One),
            UserName::ExternalId(value) => by_external_id.get(value).copied(),
        };
        let names: HashMap<_, _> = all.into_iter().map(|name| (name.clone(), named(name))).collect();
        let ids: HashSet<Uuid> = names
            .values()
            .filter_map(|named| match named {
                Some(Named::One(id)) => Some(*id),
                Some(Named::Many) | None => None,
            })
            .collect();
        // an id may name a user of another account, who is then not among those that were locked
        let standing = writer.lock_users(&batch.account, ids.into_iter().collect()).await?;
        Ok(Self { names, standing, system })
    }

    /// The user of a name, or a problem of the field that names them.
    pub(super) fn find(&self, name: &UserName, field: &str, problems: &mut Problems) -> Option<Uuid> {
        let id = match self.names.get(name).copied().flatten() {
            Some(Named::One(id)) => id,
            Some(Named::Many) => {
                let message = "This system calls several users so: name the user by reference or id.";
                problems.add(ProblemCode::Invalid, field, message);
                return None;
            }
            None => return not_found(field, problems),
        };
        match self.standing.get(&id).map(|standing| status::changeable(*standing)) {
            Some(Ok(())) => Some(id),
            Some(Err((code, mistake))) => {
                problems.add(code, field, mistake.into_message());
                None
            }
            None => not_found(field, problems),
        }
    }

    /// Whom nobody of the account is called.
    pub(super) fn misses(&self) -> impl Iterator<Item = UserKey> {
        let is_missed = |named: Option<Named>| match named {
            Some(Named::One(id)) => !self.standing.contains_key(&id),
            Some(Named::Many) => false,
            None => true,
        };
        self.names.iter().filter(move |(_, named)| is_missed(**named)).filter_map(|(name, _)| match name {
            UserName::Id(id) => parse_id(id).map(UserKey::Id),
            UserName::Reference(reference) => Some(UserKey::Reference(reference.clone())),
            UserName::ExternalId(value) => {
                let system = self.system.to_owned();
                Some(UserKey::ExternalId(ExternalId { system, value: value.clone() }))
            }
        })
    }
}

fn not_found(field: &str, problems: &mut Problems) -> Option<Uuid> {
    problems.add(ProblemCode::NotFound, field, "There is no such user in this account.");
    None
}
