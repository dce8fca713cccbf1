//! What was granted until a time ends by itself: it gives nothing from that instant on, whoever looks, and a job takes it away,
//! with an entry that says so.

use std::sync::Arc;

use crate::{
    auth::{caller::Caller, policy::Action},
    service::{Services, error::ApiError},
};

impl Services {
    /// Takes away what was granted until a time that has come: from how many staff members. Of several instances that do it at
    /// once, one does.
    pub async fn end_grants(&self, caller: &Arc<Caller>) -> Result<usize, ApiError> {
        let permit = self.permit(caller, Action::StaffEndGrants).await?;
        let writer = self.store().write(permit.clone()).await?;
        let due = writer.staff_with_ended_grants().await?;
        writer.discard().await?;
        let mut ended = 0;
        for id in due {
            let writer = self.store().write(permit.clone()).await?;
            writer.staff_turn().await?;
            let Some(before) = writer.any_staff_file(id).await? else { continue };
            let (now, mut after) = (self.now(), before.clone());
            after.grants.roles.retain(|grant| grant.holds_at(now));
            after.grants.accounts.retain(|grant| grant.holds_at(now));
            match writer.update_staff(&before, after).await? {
                (_, Some(change)) => {
                    writer.commit(change).await?;
                    ended += 1;
                }
                // another instance was sooner
                (_, None) => writer.discard().await?,
            }
        }
        Ok(ended)
    }
}
