//! Ties between users: what a caller may say of them, and the rules of parents and shares.

use std::collections::BTreeSet;

use backdesk_entity::enums::{
    ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind,
};
use serde::Serialize;

use super::{mistake::Mistake, percent, user::Patch};

/// Parents above each other at most.
pub const GENERATIONS: usize = 50;
/// Partners and advisers, or guests, of one user at most.
pub const MANY: usize = 100;

/// The parent that a user is to have, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct ParentInput {
    pub parent: String,
    pub kind: TieKind,
    pub share: Option<String>,
    pub controlling_person_type: Option<ControllingPersonType>,
    pub employee_type: Option<EmployeeType>,
}

/// The company that a user is to belong to, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct CompanyInput {
    pub company: String,
    pub role: CompanyRole,
}

/// A partner or adviser, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct PartyInput {
    pub party: String,
    pub kind: PartyKind,
}

/// Changes to an invitation, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct GuestInput {
    pub guest: String,
    pub email: Patch<String>,
    pub roles: Patch<Vec<GuestRole>>,
}

/// What a user is to belong to: groups by id, and what they may do beyond, which stays when it is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupsInput {
    /// The ids of all assigned groups.
    pub groups: Vec<String>,
    /// All extra permissions: of clients, so that none of staff can be given.
    pub extra_permissions: Option<BTreeSet<ClientPermission>>,
}

/// Whether a share can be held of a parent of whom others hold so much.
pub fn judge_sum(share: i32, others: i64) -> Result<(), Mistake> {
    let left = i64::from(percent::WHOLE) - others;
    if i64::from(share) <= left {
        return Ok(());
    }
    Err(Mistake::new(format!(
        "Others hold so much of this parent that {} % are left: all shares add up to the whole at most.",
        percent::print(i32::try_from(left.max(0)).unwrap_or_default())
    )))
}

/// Whether somebody can have the first of these parents, each of whom is the child of the next.
pub fn judge_chain<T: PartialEq>(child: &T, parents: &[T]) -> Result<(), Mistake> {
    if parents.first() == Some(child) {
        return Err(Mistake::new("Nobody is their own parent."));
    }
    if parents.contains(child) {
        return Err(Mistake::new(
            "This user stands above that one already: parents cannot go round in a circle.",
        ));
    }
    if parents.len() >= GENERATIONS {
        return Err(Mistake::new(format!("There are at most {GENERATIONS} parents above each other.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_add_up_to_the_whole_at_most() {
        assert!(judge_sum(2500, 7500).is_ok());
        assert!(judge_sum(2501, 7500).is_err());
        assert!(judge_sum(0, 20_000).is_err());
    }

    proptest! {
        /// Whoever is tied one after another, as the rule allows, never meets themselves on the way up.
        #[test]
        fn no_order_of_ties_makes_a_circle(ties in prop::collection::vec((0..8_u8, 0..8_u8), 0..60)) {
            let mut parents: HashMap<u8, u8> = HashMap::new();
            let above = |parents: &HashMap<u8, u8>, of: u8| {
                let mut chain = vec![of];
                while let Some(next) = chain.last().and_then(|last| parents.get(last)) {
                    assert!(chain.len() < 20, "a circle");
                    chain.push(*next);
                }
                chain
            };
            for (child, parent) in ties {
                if judge_chain(&child, &above(&parents, parent)).is_ok() {
                    parents.insert(child, parent);
                }
                for user in 0..8 {
                    above(&parents, user);
                }
            }
        }
    }
}
