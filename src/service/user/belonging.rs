//! What a user belongs to by the word of staff: assigned groups and categories. Both are given whole, by ids of a vocabulary
//! that everybody sees.

use std::collections::BTreeMap;

use backdesk_entity::{category, group};
use serde::Serialize;
use uuid::Uuid;

use super::{
    act::UserAct,
    links::{Link, judge_links},
    options::Moment,
};
use crate::{
    auth::policy::Action,
    domain::{
        group::ComputedGroup,
        mistake::Mistake,
        problem::{ProblemCode, Problems},
        ties::GroupsInput,
    },
    service::parse_id,
    store::{
        Writer,
        error::StoreError,
        user::{Parts, TieParts, UserFile},
    },
};

/// Groups, or categories, of a user at most.
const MOST: usize = 100;

/// Puts the user into exactly these assigned groups, and gives them what they may do beyond.
#[derive(Debug, Serialize)]
pub struct SetGroups(pub GroupsInput);

/// Puts the user into exactly these categories, by their ids.
#[derive(Debug, Serialize)]
pub struct SetCategories(pub Vec<String>);

impl UserAct for SetGroups {
    const ACTION: Action = Action::UserSetGroups;
    const ARGUMENT: &'static str = "groupIds";

    fn parts(&self) -> Parts {
        let ties = TieParts { membership: true, client_permissions: true, ..TieParts::default() };
        Parts { groups: true, ties, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let GroupsInput { groups: given, extra_permissions } = &self.0;
        if let Some(permissions) = extra_permissions {
            file.ties.client_permissions.clone_from(permissions);
        }
        let Some(ids) = ids(given, Self::ARGUMENT, "groups", p) else { return Ok(()) };
        let groups = writer.groups(&ids).await?;
        let groups = groups.into_iter().map(|group::Model { id, key, .. }| (id, key)).collect();
        let unknown = "There is no such group: see the query `groups`.";
        judge(given, &groups, Self::ARGUMENT, unknown, ComputedGroup::judge_assigned, p);
        let before = file.clone();
        file.groups = Some(groups);
        judge_links(writer, &before, file, |link| (link == Link::Api).then_some(Self::ARGUMENT), p).await
    }
}

impl UserAct for SetCategories {
    const ACTION: Action = Action::UserSetCategories;
    const ARGUMENT: &'static str = "categoryIds";

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { categories: true, ..TieParts::default() }, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Some(ids) = ids(&self.0, Self::ARGUMENT, "categories", p) else { return Ok(()) };
        let categories = writer.categories(&ids).await?;
        let categories = categories.into_iter().map(|category::Model { id, key, .. }| (id, key)).collect();
        let unknown = "There is no such category: see the query `categories`.";
        judge(&self.0, &categories, Self::ARGUMENT, unknown, |_| Ok(()), p);
        file.ties.categories = categories;
        Ok(())
    }
}

/// What was given that may be ids; none, with a note, where it is too much.
fn ids(given: &[String], argument: &str, what: &str, p: &mut Problems) -> Option<Vec<Uuid>> {
    if given.len() > MOST {
        p.add_at(ProblemCode::Invalid, argument, format!("Give at most {MOST} {what}."));
        return None;
    }
    Some(given.iter().filter_map(|id| parse_id(id)).collect())
}

/// Notes what was given and names nothing that is known, or what nobody assigns.
fn judge(
    given: &[String],
    known: &BTreeMap<Uuid, String>,
    argument: &str,
    unknown: &str,
    assigned: impl Fn(&str) -> Result<(), Mistake>,
    p: &mut Problems,
) {
    for (i, id) in given.iter().enumerate() {
        let path = format!("{argument}.{i}");
        match parse_id(id).and_then(|id| known.get(&id)).map(|key| assigned(key)) {
            None => p.add_at(ProblemCode::NotFound, &path, unknown),
            Some(Err(mistake)) => p.add_at(ProblemCode::Invalid, &path, mistake.into_message()),
            Some(Ok(())) => {}
        }
    }
}
