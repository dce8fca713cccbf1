//! What companies hold together: API clients are linked to one, and whoever has members is one. Judged wherever groups,
//! companies or the kind of person change.

use backdesk_entity::enums::PersonType;

use crate::{
    domain::{
        group::{API, ApiClient},
        problem::{ProblemCode, Problems},
    },
    store::{Writer, error::StoreError, user::UserFile},
};

/// What would be torn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum Link {
    /// Between an API client and a company.
    Api,
    /// Between a company and its members.
    Members,
}

/// Notes what a change would tear, at the argument that `path` names for it. What was torn before is left alone: nobody
/// could change anything else of such a user. The groups and the company of both must have been read.
pub(in crate::service) async fn judge_links(
    writer: &Writer,
    before: &UserFile,
    after: &UserFile,
    path: impl Fn(Link) -> Option<&'static str>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if client(before).is_fine()
        && !client(after).is_fine()
        && let Some(path) = path(Link::Api)
    {
        let message = "Users in the group API are linked to a company: make the user a member of one by userSetCompany, \
                       or take them out of the group.";
        problems.add_at(ProblemCode::Invalid, path, message);
    }
    let was_company = before.user.person_type == PersonType::LegalEntity;
    if was_company
        && after.user.person_type != PersonType::LegalEntity
        && let Some(path) = path(Link::Members)
        && writer.has_members(after.user.id).await?
    {
        let message =
            "Users belong to this company, see its `members`: it stays a legal entity as long as they do.";
        problems.add_at(ProblemCode::Invalid, path, message);
    }
    Ok(())
}

fn client(file: &UserFile) -> ApiClient {
    ApiClient {
        is_in: file.groups.iter().flatten().any(|(_, key)| key == API),
        is_legal_entity: file.user.person_type == PersonType::LegalEntity,
        has_company: file.ties.membership.is_some(),
    }
}
