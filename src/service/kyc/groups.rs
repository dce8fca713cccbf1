//! The groups that stand for a level: which one does depends on the kind of client, so they follow both.

use backdesk_entity::enums::KycLevel;

use crate::{
    domain::kyc,
    store::{Writer, error::StoreError, user::UserFile},
};

/// Puts a user, whose groups were read, into the group that stands for the level, and takes them out of the others.
pub(super) async fn regroup(file: &mut UserFile, writer: &Writer) -> Result<(), StoreError> {
    let level = file.user.kyc_level;
    let group = match file.user.client_type {
        Some(client) => kyc::group_of(client, level),
        // which one stands for the level of such a user is not known; that none does, is
        None if level == KycLevel::None => None,
        None => return Ok(()),
    };
    let known = writer.groups_called(&kyc::LEVEL_GROUPS).await?;
    let groups = file.groups.get_or_insert_default();
    groups.retain(|_, key| !kyc::LEVEL_GROUPS.contains(&key.as_str()));
    let known = known.into_iter().filter(|known| group == Some(known.key.as_str()));
    groups.extend(known.map(|known| (known.id, known.key)));
    Ok(())
}

/// The same of a user who became another kind of client. Without a level no group stands for one: those that the user is
/// in were given by hand.
pub(in crate::service) async fn follow_client_type(
    writer: &Writer,
    before: &UserFile,
    file: &mut UserFile,
) -> Result<(), StoreError> {
    if before.user.client_type == file.user.client_type || file.user.kyc_level == KycLevel::None {
        return Ok(());
    }
    regroup(file, writer).await
}
