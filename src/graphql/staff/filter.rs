//! Which staff members.

use async_graphql::InputObject;
use backdesk_entity::enums::StaffState;

use crate::{
    config::Limits,
    domain::list::Filter,
    graphql::filter::{CodeFilter, DateTimeFilter, IdFilter, StringFilter, WordFilter, tested},
    service::{error::ApiError, listing, staff::StaffAttribute as A},
};

/// Which staff members: everything that is given must hold. A null attribute is as good as none.
#[derive(Debug, Default, InputObject)]
pub(super) struct StaffWhere {
    /// All of these hold as well.
    and: Option<Vec<StaffWhere>>,
    /// At least one of these holds as well.
    or: Option<Vec<StaffWhere>>,
    /// This does not hold: the exact complement, missing values included.
    not: Option<Box<StaffWhere>>,
    /// What the API calls the staff member.
    id: Option<Box<IdFilter>>,
    /// What they sign in with.
    user_name: Option<Box<StringFilter>>,
    /// The e-mail address.
    email: Option<Box<StringFilter>>,
    /// The given name.
    first_name: Option<Box<StringFilter>>,
    /// The family name.
    last_name: Option<Box<StringFilter>>,
    /// Whether they may sign in.
    state: Option<Box<WordFilter<StaffState>>>,
    /// The key of a role: `eq` finds those who hold it, `ne` all others.
    role: Option<Box<CodeFilter>>,
    /// The code of an account: `eq` finds those who were given it by name, `ne` all others; `*` is all accounts.
    account: Option<Box<CodeFilter>>,
    /// When they were created.
    created_at: Option<Box<DateTimeFilter>>,
    /// When they changed last.
    updated_at: Option<Box<DateTimeFilter>>,
    /// When they signed in last; `isNull: true` finds those who never did.
    last_sign_in_at: Option<Box<DateTimeFilter>>,
}

impl StaffWhere {
    /// The filter that is meant.
    pub(super) fn filter(self, limits: &Limits, depth: usize) -> Result<Filter<A>, ApiError> {
        listing::judge_depth(depth, limits)?;
        let Self {
            and,
            or,
            not,
            id,
            user_name,
            email,
            first_name,
            last_name,
            state,
            role,
            account,
            created_at,
            updated_at,
            last_sign_in_at,
        } = self;
        let all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.filter(limits, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        let parts = [
            and.map(all).transpose()?.map(Filter::All),
            or.map(all).transpose()?.map(Filter::Any),
            not.map(|inner| inner.filter(limits, depth + 1)).transpose()?.map(Filter::negated),
            tested(id, A::Id)?,
            tested(user_name, A::UserName)?,
            tested(email, A::Email)?,
            tested(first_name, A::FirstName)?,
            tested(last_name, A::LastName)?,
            tested(state, A::State)?,
            tested(role, A::Role)?,
            tested(account, A::Account)?,
            tested(created_at, A::CreatedAt)?,
            tested(updated_at, A::UpdatedAt)?,
            tested(last_sign_in_at, A::LastSignInAt)?,
        ];
        Ok(Filter::All(parts.into_iter().flatten().collect()))
    }
}
