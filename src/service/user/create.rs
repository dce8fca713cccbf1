//! Creating a user.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use backdesk_entity::enums::{KycLevel, KycStatus, PersonType, UserStatus, WalletStatus};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Ties, UserRecord, UserSelection,
    allowed::judge_creation,
    apply::apply_change,
    options::{Acted, MutationOptions, all_taken, answer, finish, moment, replay, taken},
    parts::parts_of,
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        code,
        problem::{ProblemCode, Problems},
        user::UserChange,
    },
    service::{
        Miss, Services,
        error::{ApiError, Outcome},
    },
    store::{
        error::StoreError,
        user::{Aside, UserFile, Wide},
    },
};

/// What a new user starts with.
#[derive(Debug, Serialize)]
pub struct NewUser {
    /// The code of the account.
    pub account: String,
    /// Natural person or legal entity.
    pub person_type: PersonType,
    /// Everything else that is known.
    pub profile: UserChange,
}

impl Services {
    /// Creates a user in an account that the caller sees.
    pub async fn create_user(
        &self,
        caller: &Arc<Caller>,
        new: &NewUser,
        options: &MutationOptions,
        selection: &UserSelection,
    ) -> Result<Outcome<Acted>, ApiError> {
        let permit = self.permit(caller, Action::UserCreate).await?;
        self.permit_parts(&permit, &parts_of(&new.profile), None).await?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay(&writer, options, &(new, &options.reason)).await? {
            return Box::pin(self.within_scope(&writer, kept, options)).await;
        }
        let mut problems = Problems::under("input.profile");
        if options.if_version.is_some() {
            let message = "A user that is being created has no version yet: leave ifVersion out.";
            problems.add_at(ProblemCode::Invalid, "options.ifVersion", message);
        }
        let has_account = code::parse(&new.account).is_ok() && writer.account_exists(&new.account).await?;
        if !has_account {
            self.record_out_of_scope(&permit, Miss::Account(new.account.clone()));
            let message = "There is no such account among yours: see the query `accounts`.";
            problems.add_at(ProblemCode::NotFound, "input.account", message);
        }
        let moment = moment(&writer, options, &mut problems);
        let (id, reference) = (writer.clock().new_id(), writer.clock().new_reference());
        let mut file = blank(id, reference, moment.now(), &new.account, new.person_type);
        // held until the end: what they allow stays allowed until the user is there
        let policies = writer.policies_that_stay().await?;
        file.user.status = policies.initial_status;
        apply_change(&mut file, &new.profile, moment.today(), &mut problems);
        judge_creation(policies, &file, &mut problems);
        // never in an account that the caller does not see: it would tell who is there
        if has_account {
            problems.extend(all_taken(&writer, None, &file, "input.profile").await?);
        }
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        let change = match writer.insert_user(&file).await {
            Ok(change) => change,
            Err(StoreError::Taken(unique)) => {
                return Ok(Outcome::Problems(vec![taken(unique, "input.profile")]));
            }
            Err(error) => return Err(error.into()),
        };
        // there is nobody to show who was only previewed: their id would name nobody
        let user = match options.validate_only {
            true => None,
            false => Some(
                Box::pin(answer(&writer, options, file.user, selection, &Aside::default())).await?.into(),
            ),
        };
        let preview = finish(writer, options, moment, Some(change)).await?;
        Ok(Outcome::Done(Acted { user, preview, made: None, upload: None, review: None }))
    }
}

/// A user of whom nothing is known yet.
pub(in crate::service) fn blank(
    id: Uuid,
    reference: String,
    now: DateTime<Utc>,
    account: &str,
    person_type: PersonType,
) -> UserFile {
    UserFile {
        user: UserRecord {
            id,
            account: account.to_owned(),
            reference,
            tag: None,
            version: 1,
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            person_type,
            client_type: None,
            market_role: None,
            title: None,
            first_name: None,
            last_name: None,
            middle_names: None,
            birth_date: None,
            birth_place: None,
            birth_country: None,
            nationality: None,
            second_nationality: None,
            country: None,
            email: None,
            phone: None,
            mobile: None,
            picture: None,
            mother_tongue: None,
            preferred_language: None,
            communication_language: None,
            time_zone: None,
            // until the platform's policy on it, or a record, says otherwise
            status: UserStatus::Live,
            status_since: now,
            status_reason: None,
            status_before_inactive: None,
            frozen: false,
            cancel_origin: None,
            identity_verified: false,
            email_verified: false,
            phone_verified: false,
            kyc_level: KycLevel::None,
            kyc_status: KycStatus::None,
            kyc_comment: None,
            opt_in_mailing: None,
            tax_payer: None,
            own_fees: false,
            wallet_status: WalletStatus::NotConnected,
            wallet_count: 0,
            payin_count: 0,
            listing_count: 0,
            asker_booking_count: 0,
            offerer_booking_count: 0,
            review_received_count: 0,
            review_made_count: 0,
            email_folded: None,
            first_name_folded: None,
            last_name_folded: None,
            tag_folded: None,
            search_text: String::new(),
        },
        addresses: Some(BTreeMap::new()),
        external_ids: Some(BTreeMap::new()),
        spoken_languages: Some(BTreeSet::new()),
        groups: Some(BTreeMap::new()),
        wide: Wide::blank(id),
        aside: Aside::default(),
        ties: Ties::default(),
    }
}
