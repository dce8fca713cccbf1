//! The acts on the ties of a user: parent, company, partners and advisers, guests.

use backdesk_entity::enums::{PersonType, UserStatus};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Membership, Parent,
    act::UserAct,
    links::{Link, judge_links},
    options::Moment,
};
use crate::{
    auth::policy::Action,
    domain::{
        email, percent,
        problem::{ProblemCode, Problems},
        text,
        ties::{
            CompanyInput, GENERATIONS, GuestInput, MANY, ParentInput, PartyInput, judge_chain, judge_sum,
        },
        user::Patch,
    },
    service::parse_id,
    store::{
        Writer,
        error::StoreError,
        user::{Other, Parts, TieParts, UserFile},
    },
};

/// Gives the user this parent, or none.
#[derive(Debug, Serialize)]
pub struct SetParent(pub Patch<ParentInput>);

/// Makes the user a member of this company, or of none.
#[derive(Debug, Serialize)]
pub struct SetCompany(pub Patch<CompanyInput>);

/// Attaches a partner or adviser.
#[derive(Debug, Serialize)]
pub struct LinkParty(pub PartyInput);

/// Detaches a partner or adviser.
#[derive(Debug, Serialize)]
pub struct UnlinkParty(pub PartyInput);

/// Changes an invitation.
#[derive(Debug, Serialize)]
pub struct UpdateGuest(pub GuestInput);

impl UserAct for SetParent {
    const ACTION: Action = Action::UserSetParent;
    const ARGUMENT: &'static str = "input";
    const TIES: bool = true;

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { parent: true, ..TieParts::default() }, ..Parts::default() }
    }

    fn other(&self) -> Option<&str> {
        match &self.0 {
            Patch::Set(input) => Some(&input.parent),
            Patch::Keep | Patch::Clear => None,
        }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let input = match &self.0 {
            Patch::Keep => {
                say_null(p);
                return Ok(());
            }
            Patch::Clear => {
                file.ties.parent = None;
                return Ok(());
            }
            Patch::Set(input) => input,
        };
        let ParentInput { parent, kind, share, controlling_person_type, employee_type } = input.clone();
        let share = share.map(|share| p.check("sharePercent", percent::parse(&share)));
        let other = find(file, &parent, "parentId", writer, p).await?;
        let (Some(other), Some(share)) = (other, share.map_or(Some(None), |share| share.map(Some))) else {
            return Ok(());
        };
        judge_parent(file, other.id, share, writer, ["parentId", "sharePercent"], p).await?;
        file.ties.parent = Some(Parent {
            id: Some(other.id),
            kind: Some(kind),
            share,
            controlling_person_type,
            employee_type,
        });
        Ok(())
    }
}

/// Judges a parent against those above them and those who hold shares of them; the fields are those of the two in the input.
pub(in crate::service) async fn judge_parent(
    file: &UserFile,
    parent: Uuid,
    share: Option<i32>,
    writer: &Writer,
    fields: [&str; 2],
    p: &mut Problems,
) -> Result<(), StoreError> {
    let above = writer.ancestors(parent, GENERATIONS).await?;
    p.check(fields[0], judge_chain(&file.user.id, &above));
    if let Some(share) = share.filter(|share| *share > 0) {
        p.check(fields[1], judge_sum(share, writer.shares(parent, file.user.id).await?));
    }
    Ok(())
}

impl UserAct for SetCompany {
    const ACTION: Action = Action::UserSetCompany;
    const ARGUMENT: &'static str = "input";
    const TIES: bool = true;

    fn parts(&self) -> Parts {
        Parts { groups: true, ties: TieParts { membership: true, ..TieParts::default() }, ..Parts::default() }
    }

    fn other(&self) -> Option<&str> {
        match &self.0 {
            Patch::Set(input) => Some(&input.company),
            Patch::Keep | Patch::Clear => None,
        }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let before = file.clone();
        match &self.0 {
            Patch::Keep => say_null(p),
            Patch::Clear => file.ties.membership = None,
            Patch::Set(CompanyInput { company, role }) => {
                let Some(other) = find(file, company, "companyId", writer, p).await? else { return Ok(()) };
                if other.id == file.user.id {
                    p.add(ProblemCode::Invalid, "companyId", NOT_ITS_OWN);
                } else if other.person_type != PersonType::LegalEntity {
                    p.add(ProblemCode::Invalid, "companyId", NO_COMPANY);
                }
                let same = before.ties.membership.filter(|before| before.company == other.id);
                let since = same.map_or(at.now(), |same| same.since);
                file.ties.membership = Some(Membership { company: other.id, role: *role, since });
            }
        }
        judge_links(writer, &before, file, |link| (link == Link::Api).then_some("input"), p).await
    }
}

/// What somebody is told who names a person for a company.
pub(in crate::service) const NO_COMPANY: &str = "This user is a person: name a legal entity.";
/// What somebody is told who names the user themselves for their company.
pub(in crate::service) const NOT_ITS_OWN: &str = "No company is its own member: name another one.";

impl UserAct for LinkParty {
    const ACTION: Action = Action::UserLinkParty;
    const ARGUMENT: &'static str = "input";
    const TIES: bool = true;

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { parties: true, ..TieParts::default() }, ..Parts::default() }
    }

    fn other(&self) -> Option<&str> {
        Some(&self.0.party)
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Some(other) = find(file, &self.0.party, "partyId", writer, p).await? else { return Ok(()) };
        if other.id == file.user.id {
            p.add(ProblemCode::Invalid, "partyId", NOT_ONESELF);
        } else if file.ties.parties.contains_key(&(self.0.kind, other.id)) {
            let message = "This user is attached so already.";
            p.add(ProblemCode::Unique, "partyId", message);
        } else if file.ties.parties.len() >= MANY {
            let message = format!("A user has at most {MANY} partners and advisers: detach some first.");
            p.add(ProblemCode::Invalid, "partyId", message);
        } else {
            file.ties.parties.insert((self.0.kind, other.id), at.now());
        }
        Ok(())
    }
}

/// What somebody is told who names the user themselves.
pub(in crate::service) const NOT_ONESELF: &str = "Nobody is their own partner or adviser.";

impl UserAct for UnlinkParty {
    const ACTION: Action = Action::UserUnlinkParty;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { parties: true, ..TieParts::default() }, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let party = parse_id(&self.0.party);
        if party.and_then(|party| file.ties.parties.remove(&(self.0.kind, party))).is_none() {
            let message = "Nobody of this id is attached so: see the user's `parties`.";
            p.add(ProblemCode::NotFound, "partyId", message);
        }
        Ok(())
    }
}

impl UserAct for UpdateGuest {
    const ACTION: Action = Action::GuestUpdate;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { guests: true, ..TieParts::default() }, ..Parts::default() }
    }

    fn shown_parts(&self) -> Vec<Action> {
        vec![Action::UserGuests]
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let GuestInput { guest, email: address, roles } = &self.0;
        let guests = &mut file.ties.guests;
        let Some(id) = parse_id(guest).filter(|id| guests.contains_key(id)) else {
            let message = "This user invited nobody of this id: see the user's `guests`.";
            p.add(ProblemCode::NotFound, "guestId", message);
            return Ok(());
        };
        let address = match address {
            Patch::Keep => None,
            Patch::Clear => {
                p.add(ProblemCode::Required, "email", "An invitation goes to an e-mail address.");
                None
            }
            Patch::Set(given) => p.check("email", email::parse(given)),
        };
        if let Some(address) = &address {
            let folded = text::fold(address);
            if guests.iter().any(|(other, guest)| *other != id && text::fold(&guest.email) == folded) {
                p.add(ProblemCode::Unique, "email", "Another guest of this user has this e-mail address.");
            }
        }
        let roles = match roles {
            Patch::Keep => None,
            Patch::Set(roles) if !roles.is_empty() => Some(roles),
            Patch::Clear | Patch::Set(_) => {
                p.add(ProblemCode::Required, "roles", "A guest has one role at least.");
                None
            }
        };
        guests.entry(id).and_modify(|guest| {
            guest.email = address.unwrap_or(std::mem::take(&mut guest.email));
            guest.roles =
                roles.map_or(std::mem::take(&mut guest.roles), |roles| roles.iter().copied().collect());
        });
        Ok(())
    }
}

/// Somebody of the user's account whom the input names, and who is not cancelled.
async fn find(
    file: &UserFile,
    id: &str,
    field: &str,
    writer: &Writer,
    p: &mut Problems,
) -> Result<Option<Other>, StoreError> {
    let found = match parse_id(id) {
        Some(id) => writer.other(&file.user.account, id).await?,
        None => None,
    };
    match found {
        None => p.add(ProblemCode::NotFound, field, "There is no such user in the user's account."),
        Some(other) if other.status == UserStatus::Canceled => {
            p.add(ProblemCode::Invalid, field, "This user is cancelled: name somebody else.");
        }
        Some(other) => return Ok(Some(other)),
    }
    Ok(None)
}

/// A forgotten variable must not untie anybody.
fn say_null(p: &mut Problems) {
    p.add_at(ProblemCode::Required, "input", "Give the tie that is wanted, or null to end the one there is.");
}
