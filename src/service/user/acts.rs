//! The acts on one user: what each needs and what it changes. A new act is a type here, a row in the policy, a resolver and
//! a sample document; the way through the door is the same for all, in `act.rs`.

use backdesk_entity::enums::{CancelOrigin, UserStatus};
use serde::Serialize;

use super::{act::UserAct, apply::apply_change, links::judge_links, options::Moment, parts::parts_of};
use crate::{
    auth::policy::Action,
    domain::{
        mistake::Mistake,
        problem::{ProblemCode, Problems},
        status::Standing,
        user::{ContactChange, Patch, UserChange},
    },
    service::kyc,
    store::{
        Writer,
        error::StoreError,
        user::{Parts, TieParts, UserFile, WideParts},
    },
};

/// Sets the status by hand.
#[derive(Debug, Serialize)]
pub struct SetStatus(pub UserStatus);

/// Switches the user active or inactive.
#[derive(Debug, Serialize)]
pub struct SetActive(pub bool);

/// Freezes or unfreezes the user.
#[derive(Debug, Serialize)]
pub struct FreezeUser(pub bool);

/// Cancels the user for good.
#[derive(Debug, Serialize)]
pub struct CancelUser(pub CancelOrigin);

/// Changes the record.
#[derive(Debug, Serialize)]
pub struct UpdateUser(pub UserChange);

/// Changes contact data.
#[derive(Debug, Serialize)]
pub struct UpdateContact(pub ContactChange);

impl UserAct for SetStatus {
    const ACTION: Action = Action::UserSetStatus;
    const ARGUMENT: &'static str = "status";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, |standing| standing.step(self.0));
        Ok(())
    }
}

impl UserAct for SetActive {
    const ACTION: Action = Action::UserSetActive;
    const ARGUMENT: &'static str = "active";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, |standing| standing.switch(self.0));
        Ok(())
    }
}

impl UserAct for FreezeUser {
    const ACTION: Action = Action::UserFreeze;
    const ARGUMENT: &'static str = "frozen";

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        _: &Writer,
        _: &mut Problems,
    ) -> Result<(), StoreError> {
        file.user.frozen = self.0;
        Ok(())
    }
}

impl UserAct for CancelUser {
    const ACTION: Action = Action::UserCancel;
    const ARGUMENT: &'static str = "origin";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, Standing::cancel);
        file.user.cancel_origin = Some(self.0);
        Ok(())
    }
}

impl UserAct for UpdateUser {
    const ACTION: Action = Action::UserUpdate;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        let UserChange { spoken_languages, postal_address, secondary_address, location_address, .. } =
            &self.0;
        let UserChange {
            person_type,
            client_type,
            company,
            occupation,
            finances,
            tax,
            sanctions,
            email,
            phone,
            ..
        } = &self.0;
        Parts {
            addresses: [postal_address, secondary_address, location_address]
                .into_iter()
                .any(|part| *part != Patch::Keep)
                // the company has one, and a natural person no company
                || *company != Patch::Keep
                || *person_type != Patch::Keep,
            // the search text holds them, whatever else changes
            external_ids: true,
            spoken_languages: *spoken_languages != Patch::Keep,
            groups: *person_type != Patch::Keep || *client_type != Patch::Keep,
            ties: TieParts {
                membership: *person_type != Patch::Keep,
                marks: marks_may_go(email, phone),
                ..TieParts::default()
            },
            wide: WideParts {
                // the search text holds its names
                company: true,
                occupation: *occupation != Patch::Keep,
                finances: *finances != Patch::Keep,
                tax: *tax != Patch::Keep,
                sanctions: *sanctions != Patch::Keep,
                ..WideParts::default()
            },
        }
    }

    fn shown_parts(&self) -> Vec<Action> {
        parts_of(&self.0)
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let before = file.clone();
        apply_change(file, &self.0, at.today(), p);
        kyc::follow_client_type(writer, &before, file).await?;
        judge_links(writer, &before, file, |_| Some("input.personType"), p).await
    }
}

impl UserAct for UpdateContact {
    const ACTION: Action = Action::UserUpdateContact;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        let ties = TieParts { marks: marks_may_go(&self.0.email, &self.0.phone), ..TieParts::default() };
        // the search text holds ids and the names of the company
        let wide = WideParts { company: true, ..WideParts::default() };
        Parts { external_ids: true, wide, ties, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        match self.0.opt_in_mailing {
            Patch::Keep => {}
            Patch::Clear => file.user.opt_in_mailing = None,
            Patch::Set(opt_in) => file.user.opt_in_mailing = Some(opt_in),
        }
        apply_change(file, &self.0.clone().into(), at.today(), p);
        Ok(())
    }
}

/// What was verified is the address or number that was there.
fn marks_may_go(email: &Patch<String>, phone: &Patch<String>) -> bool {
    *email != Patch::Keep || *phone != Patch::Keep
}

/// Takes a step of the life cycle, or notes why there is none.
fn stand(
    file: &mut UserFile,
    moment: &Moment,
    argument: &str,
    problems: &mut Problems,
    step: impl Fn(Standing) -> Result<Standing, (ProblemCode, Mistake)>,
) {
    let user = &mut file.user;
    let standing = Standing { status: user.status, before_inactive: user.status_before_inactive };
    match step(standing) {
        Ok(next) => {
            if next.status != user.status {
                user.status_since = moment.now();
                user.status_reason = moment.reason().map(str::to_owned);
            }
            user.status = next.status;
            user.status_before_inactive = next.before_inactive;
        }
        Err((code, mistake)) => problems.add_at(code, argument, mistake.into_message()),
    }
}
