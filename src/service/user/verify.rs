//! Marks of what was verified, set and taken away by hand. They are apart from KYC: a mark moves neither its level nor its
//! status, which a decision alone does.

use backdesk_entity::enums::{VerificationKind, VerificationSource};
use serde::Serialize;

use super::{act::UserAct, allowed::VERIFY, options::Moment};
use crate::{
    auth::policy::Action,
    domain::problem::{Problem, ProblemCode, Problems},
    store::{
        Writer,
        error::StoreError,
        user::{Mark, Parts, TieParts, UserFile},
    },
};

/// Marks something as verified, or not. What is marked so already keeps who marked it, and when.
#[derive(Debug, Serialize)]
pub struct SetVerification {
    /// What.
    pub kind: VerificationKind,
    /// Whether it is.
    pub verified: bool,
}

impl UserAct for SetVerification {
    const ACTION: Action = Action::UserSetVerification;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        Parts { ties: TieParts { marks: true, ..TieParts::default() }, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        // held until the end: nobody marks what staff may not mark any more
        let policies = writer.policies_that_stay().await?;
        if !policies.operator_verifies.contains(&self.kind) {
            let (policy, message) = VERIFY;
            p.extend([Problem::of_policy(policy, "input.kind", message)]);
        }
        let Self { kind, verified } = *self;
        let user = &mut file.user;
        let (flag, is_there) = match kind {
            VerificationKind::Identity => (&mut user.identity_verified, true),
            VerificationKind::Email => (&mut user.email_verified, user.email.is_some()),
            VerificationKind::Phone => (&mut user.phone_verified, user.phone.is_some()),
        };
        if verified && !is_there {
            let message = "The user has none: there is nothing to verify before one is set.";
            p.add(ProblemCode::Invalid, "kind", message);
        }
        if *flag == verified {
            return Ok(());
        }
        *flag = verified;
        file.ties.marks.remove(&kind);
        if verified {
            let by = Some(writer.permit().caller().subject().to_owned());
            file.ties.marks.insert(kind, Mark { source: VerificationSource::Operator, by, at: at.now() });
        }
        Ok(())
    }
}
