//! What a row says about ties: the same rules as for those whom staff tie, and users who are not there yet told apart, for
//! they may come in a later row.

use std::collections::BTreeMap;

use backdesk_entity::enums::PersonType;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    find::{identifying, parse_reference},
    record::{CompanyRow, GuestRow, Named, ParentRow, PartyRow, TiesRecord},
    wait::{Need, Wait, What},
};
use crate::{
    domain::{
        code, email,
        problem::{Problem, ProblemCode, Problems},
        text,
        ties::{GENERATIONS, MANY},
        user::Patch,
    },
    service::user::{
        Guest, Link, Membership, NO_COMPANY, NOT_ITS_OWN, NOT_ONESELF, Parent, judge_links, judge_parent,
    },
    store::{
        Writer,
        error::StoreError,
        user::{Other, UserFile},
    },
};

/// What somebody is told whose guest is the user themselves.
const NO_OWN_GUEST: &str = "Nobody is their own guest: name another user, or none.";

/// Ties the user as the row says. What another row may yet bring about is answered: somebody who is not there, a parent of
/// whom others hold too much or who stands below the user.
pub(super) async fn tie(
    writer: &Writer,
    before: Option<&UserFile>,
    file: &mut UserFile,
    record: &TiesRecord,
    now: DateTime<Utc>,
    problems: &mut Problems,
) -> Result<Vec<Wait>, StoreError> {
    let TiesRecord { parent, company, guests, parties, categories, extra_permissions } = record;
    let mut all = Tying { writer, now, problems, waits: Vec::new() };
    match parent {
        Patch::Keep => {}
        Patch::Clear => file.ties.parent = None,
        Patch::Set(row) => all.parent(file, row).await?,
    }
    match company {
        Patch::Keep => {}
        Patch::Clear => file.ties.membership = None,
        Patch::Set(row) => all.company(file, row).await?,
    }
    if let Some(rows) = guests.as_list() {
        all.guests(file, rows).await?;
    }
    if let Some(rows) = parties.as_list() {
        all.parties(file, rows).await?;
    }
    if let Some(keys) = categories.as_list() {
        all.categories(file, keys).await?;
    }
    if let Some(permissions) = extra_permissions.as_list() {
        file.ties.client_permissions = permissions.iter().copied().collect();
    }
    let waits = all.waits;
    // a company that is yet to come would do
    if !waits.iter().any(Wait::is_about_somebody) {
        let nobody = UserFile { groups: None, ..file.clone() };
        let path = |link| match link {
            Link::Api => Some("groups"),
            Link::Members => Some("personType"),
        };
        judge_links(writer, before.unwrap_or(&nobody), file, path, problems).await?;
    }
    Ok(waits)
}

struct Tying<'a> {
    writer: &'a Writer,
    now: DateTime<Utc>,
    problems: &'a mut Problems,
    waits: Vec<Wait>,
}

impl Tying<'_> {
    async fn parent(&mut self, file: &mut UserFile, row: &ParentRow) -> Result<(), StoreError> {
        let ParentRow { named, among, kind, share, controlling_person_type, employee_type } = row;
        let id = if named.is_nobody() {
            self.unnamed(file, *among).await?
        } else {
            let Some(other) = self.find(file, named, "parent").await? else { return Ok(()) };
            Some(other.id)
        };
        // what stays as it is was judged when it was made
        let stays = file.ties.parent.as_ref().is_some_and(|before| before.id == id && before.share == *share);
        if let Some(id) = id.filter(|_| !stays) {
            let fields = ["parent", "parent.sharePercent"];
            let mut found = Problems::under("");
            judge_parent(file, id, *share, self.writer, fields, &mut found).await?;
            let found = found.into_found();
            if !found.is_empty() {
                self.wait_below(file, id, found).await?;
                return Ok(());
            }
        }
        let parent = Parent {
            id,
            kind: *kind,
            share: *share,
            controlling_person_type: *controlling_person_type,
            employee_type: *employee_type,
        };
        file.ties.parent = (parent != Parent::default()).then_some(parent);
        Ok(())
    }

    /// Waits until somebody leaves the parent, or one of those above.
    async fn wait_below(
        &mut self,
        file: &UserFile,
        parent: Uuid,
        found: Vec<Problem>,
    ) -> Result<(), StoreError> {
        let above = self.writer.ancestors(parent, GENERATIONS).await?;
        let leaves = above.into_iter().map(|parent| Need::new(&file.user.account, What::Leaves(parent)));
        let needs: Vec<Need> = leaves.collect();
        self.waits.extend(found.into_iter().map(|problem| Wait { problem, needs: needs.clone() }));
        Ok(())
    }

    /// The parent whom the file could not have named, because its system does not know them.
    async fn unnamed(&self, file: &UserFile, among: Option<&str>) -> Result<Option<Uuid>, StoreError> {
        let parent = file.ties.parent.as_ref().and_then(|parent| parent.id);
        let (Some(parent), Some(system)) = (parent, among) else { return Ok(None) };
        let is_known = self.writer.is_known_to(parent, system).await?;
        Ok((!is_known).then_some(parent))
    }

    async fn company(&mut self, file: &mut UserFile, row: &CompanyRow) -> Result<(), StoreError> {
        let CompanyRow { named, role, since } = row;
        let Some(other) = self.find(file, named, "companyMembership").await? else { return Ok(()) };
        if other.id == file.user.id {
            self.problems.add(ProblemCode::Invalid, "companyMembership", NOT_ITS_OWN);
        } else if other.person_type != PersonType::LegalEntity {
            self.problems.add(ProblemCode::Invalid, "companyMembership", NO_COMPANY);
        }
        let Some(role) = *role else {
            let message = "Say what the user is there: OWNER or STAFF.";
            self.problems.add(ProblemCode::Required, "companyMembership.role", message);
            return Ok(());
        };
        let same = file.ties.membership.filter(|before| before.company == other.id);
        let since = since.or(same.map(|same| same.since)).unwrap_or(self.now);
        file.ties.membership = Some(Membership { company: other.id, role, since });
        Ok(())
    }

    async fn guests(&mut self, file: &mut UserFile, rows: &[GuestRow]) -> Result<(), StoreError> {
        if !self.few("guests", rows.len()) {
            return Ok(());
        }
        let mut known: BTreeMap<String, (Uuid, Guest)> = std::mem::take(&mut file.ties.guests)
            .into_iter()
            .map(|(id, guest)| (text::fold(&guest.email), (id, guest)))
            .collect();
        for (i, row) in rows.iter().enumerate() {
            let GuestRow { email: address, roles, invited_at, accepted_at, named } = row;
            let field = format!("guests.{i}");
            let address = email::parse(address.as_deref().unwrap_or_default());
            let Some(address) = self.problems.check(&format!("{field}.email"), address) else { continue };
            if roles.is_empty() {
                let message = "A guest has one role at least.";
                self.problems.add(ProblemCode::Required, &format!("{field}.roles"), message);
            }
            let folded = text::fold(&address);
            if file.ties.guests.values().any(|guest| text::fold(&guest.email) == folded) {
                let message = "Another guest of this user has this e-mail address.";
                self.problems.add(ProblemCode::Unique, &format!("{field}.email"), message);
                continue;
            }
            let mut user = None;
            if !named.is_nobody() {
                let Some(other) = self.find(file, named, &field).await? else { continue };
                if other.id == file.user.id {
                    self.problems.add(ProblemCode::Invalid, &field, NO_OWN_GUEST);
                    continue;
                }
                user = Some(other.id);
            }
            let before = known.remove(&folded);
            let id = before.as_ref().map_or_else(|| self.writer.clock().new_id(), |(id, _)| *id);
            let invited_at = invited_at.or(before.map(|(_, before)| before.invited_at)).unwrap_or(self.now);
            let roles = roles.iter().copied().collect();
            let guest = Guest { email: address, roles, invited_at, accepted_at: *accepted_at, user };
            file.ties.guests.insert(id, guest);
        }
        Ok(())
    }

    async fn parties(&mut self, file: &mut UserFile, rows: &[PartyRow]) -> Result<(), StoreError> {
        if !self.few("parties", rows.len()) {
            return Ok(());
        }
        let before = std::mem::take(&mut file.ties.parties);
        for (i, PartyRow { named, kind, since }) in rows.iter().enumerate() {
            let field = format!("parties.{i}");
            let Some(kind) = *kind else {
                let message = "Say what they are: PARTNER or ADVISER.";
                self.problems.add(ProblemCode::Required, &format!("{field}.kind"), message);
                continue;
            };
            let Some(other) = self.find(file, named, &field).await? else { continue };
            if other.id == file.user.id {
                self.problems.add(ProblemCode::Invalid, &field, NOT_ONESELF);
                continue;
            }
            let key = (kind, other.id);
            let since = since.or(before.get(&key).copied()).unwrap_or(self.now);
            file.ties.parties.insert(key, since);
        }
        Ok(())
    }

    async fn categories(&mut self, file: &mut UserFile, keys: &[String]) -> Result<(), StoreError> {
        if !self.few("categories", keys.len()) {
            return Ok(());
        }
        let judged = keys.iter().enumerate();
        let wanted: BTreeMap<String, String> = judged
            .filter_map(|(i, key)| {
                let key = self.problems.check(&format!("categories.{i}"), code::parse(key.trim()))?;
                let key = key.to_ascii_uppercase();
                let name = text::spoken(&key);
                Some((key, name))
            })
            .collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let rows = self.writer.ensure_categories(&wanted).await?;
        file.ties.categories = rows.into_iter().map(|row| (row.id, row.key)).collect();
        Ok(())
    }

    fn few(&mut self, field: &str, number: usize) -> bool {
        if number > MANY {
            self.problems.add(ProblemCode::Invalid, field, format!("Give at most {MANY}."));
        }
        number <= MANY
    }

    /// Somebody of the user's account. Whoever was cancelled since stays tied.
    async fn find(
        &mut self,
        file: &UserFile,
        named: &Named,
        field: &str,
    ) -> Result<Option<Other>, StoreError> {
        let account = file.user.account.as_str();
        let Named { reference, external_id } = named;
        let (id, what) =
            match (reference.as_deref().map(parse_reference), external_id.clone().and_then(identifying)) {
                (Some(Ok(reference)), _) => {
                    (self.writer.user_id_by_reference(&reference).await?, What::Reference(reference))
                }
                (None, Some(id)) => {
                    (self.writer.user_id_by_external_id(account, &id).await?, What::Named(id))
                }
                (Some(Err(_)), _) | (None, None) => {
                    let message = "Name a user by reference, or by system and value of an external id.";
                    self.problems.add(ProblemCode::Invalid, field, message);
                    return Ok(None);
                }
            };
        let other = match id {
            Some(id) => self.writer.other(account, id).await?,
            None => None,
        };
        if other.is_none() {
            let message = "There is no such user in the user's account.";
            let problem = Problem::new(ProblemCode::NotFound, field, message);
            self.waits.push(Wait { problem, needs: vec![Need::new(account, what)] });
        }
        Ok(other)
    }
}
