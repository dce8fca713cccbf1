//! Writing audit entries, in the transaction of what they tell of.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use backdesk_entity::{
    account, audit_entry, audit_entry_account, audit_entry_user, enums::AuditOutcome, user,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::entry::{
    Aim, Change, Concerned, Details, PLATFORM, Reads, Refusal, Target, context, context_of_user, names,
};
use crate::{
    auth::{
        caller::{Accounts, Caller},
        policy::Action,
        sealing::DataKey,
    },
    domain::problem::VersionConflict,
    store::{Store, error::StoreError, session::Writer, staff::STAFF, user::VALUES},
};

/// Columns of `audit_entry_users`: values that each row takes of a statement.
const USER_COLUMNS: usize = 5;

impl Writer {
    /// Writes the audit entry and commits: the change and its trace become durable together, or neither. A rehearsal is
    /// rolled back.
    pub async fn commit(self, change: Change) -> Result<(), StoreError> {
        self.commit_all(vec![change]).await
    }

    /// The same of changes that stand or fall together, each with an entry of its own.
    pub async fn commit_all(self, changes: Vec<Change>) -> Result<(), StoreError> {
        if self.is_rehearsal {
            return self.discard().await;
        }
        if changes.is_empty() {
            return self.unchanged().await;
        }
        for change in changes {
            self.enter(change).await?;
        }
        self.make_durable().await
    }

    async fn enter(&self, change: Change) -> Result<(), StoreError> {
        let Change { fields, target, account, users, reason, review } = change;
        let subject = target.as_ref().map_or(PLATFORM, |target| target.id);
        let names: Vec<String> = fields.iter().map(|change| change.field.clone()).collect();
        let mut entry = self.store.blank_entry(self.permit.caller(), self.permit.action());
        entry.changed_fields = serde_json::json!(names).to_string();
        entry.account = account;
        if let Some(Target { kind, id, account, version }) = target {
            entry.target_type = Some(kind.to_owned());
            entry.target_id = Some(id);
            entry.account = account;
            entry.target_version = version;
        }
        let details = Details { changes: fields, reason, missing: None };
        let id = entry.id;
        let key = self.data_key(subject).await?;
        self.store.seal_and_insert(&self.tx, entry, &key, &details).await?;
        self.store.insert_concerned(&self.tx, id, users).await?;
        if let Some((review, fields)) = review {
            self.link_kyc_review(review, id, &fields).await?;
        }
        Ok(())
    }

    /// What happened to a thing since the version that the caller knew, from the trail.
    pub async fn conflict(&self, id: Uuid, yours: i32, current: i32) -> Result<VersionConflict, StoreError> {
        let since = audit_entry::Entity::find()
            .filter(audit_entry::Column::TargetId.eq(id))
            .filter(audit_entry::Column::TargetVersion.gt(yours))
            // not by instant: two changes may share one
            .order_by_asc(audit_entry::Column::TargetVersion)
            .all(&self.tx)
            .await?;
        let mut changed_fields = Vec::new();
        for entry in &since {
            for name in names(&entry.changed_fields) {
                if !changed_fields.contains(&name) {
                    changed_fields.push(name);
                }
            }
        }
        let last = since.last();
        Ok(VersionConflict {
            yours,
            current,
            changed_fields,
            by: last.map(|entry| entry.actor_name.clone().unwrap_or_else(|| entry.actor_subject.clone())),
            at: last.map(|entry| entry.at),
        })
    }
}

impl Store {
    /// Records refused acts, in one transaction. An entry shows to those who see the account concerned, that of the user
    /// where one was named; where there is none, to those who see all.
    pub async fn record_refusals(&self, refusals: Vec<(Arc<Caller>, Refusal)>) -> Result<(), StoreError> {
        if refusals.is_empty() {
            return Ok(());
        }
        let (_turn, tx) = self.begin().await?;
        for (caller, refusal) in refusals {
            let Refusal { at, action, code, missing, on, account } = refusal;
            let mut entry = self.blank_entry(&caller, action);
            entry.at = at;
            entry.outcome = AuditOutcome::Refused;
            entry.refusal = Some(code.to_owned());
            entry.account = account;
            match on {
                Some(Aim::User(id)) => {
                    (entry.target_type, entry.target_id) = (Some("USER".to_owned()), Some(id));
                    entry.account = user::Entity::find_by_id(id).one(&tx).await?.map(|user| user.account);
                }
                Some(Aim::Staff(id)) => {
                    (entry.target_type, entry.target_id) = (Some(STAFF.to_owned()), Some(id));
                }
                None => {}
            }
            let missing = missing.map(|permission| permission.name().to_owned());
            let details = Details { missing, ..Details::default() };
            let key = self.data_key(&tx, PLATFORM).await?;
            self.seal_and_insert(&tx, entry, &key, &details).await?;
        }
        tx.commit().await
    }

    /// Records what somebody read of users, in one entry. Those who see one of their accounts see it. A list that tells by
    /// whom it finds tells of everybody whom its reader reaches, shown or not: those who see one of the reader's accounts
    /// see that; of a reader of all accounts, those who see all.
    pub async fn record_reads(
        &self,
        caller: &Arc<Caller>,
        Reads { users: reads, lists }: Reads,
    ) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        let mut entry = self.blank_entry(caller, Action::SensitiveRead);
        entry.changed_fields = serde_json::json!(lists).to_string();
        let id = entry.id;
        let key = self.data_key(&tx, PLATFORM).await?;
        self.seal_and_insert(&tx, entry, &key, &Details::default()).await?;
        if let (false, Accounts::Codes(codes)) = (lists.is_empty(), caller.accounts()) {
            // a token may name accounts that are not there
            let known = account::Entity::find().filter(account::Column::Code.is_in(codes.iter().cloned()));
            let rows = known.all(&tx).await?.into_iter().map(|account| {
                let model = audit_entry_account::Model { entry_id: id, account: account.code };
                model.into_active_model().reset_all()
            });
            audit_entry_account::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        }
        let reads: Vec<_> = reads.into_iter().collect();
        for reads in reads.chunks(VALUES / USER_COLUMNS) {
            let accounts: Vec<(Uuid, String)> = user::Entity::find()
                .select_only()
                .columns([user::Column::Id, user::Column::Account])
                .filter(user::Column::Id.is_in(reads.iter().map(|(user, _)| *user)))
                .into_tuple()
                .all(&tx)
                .await?;
            let accounts: HashMap<Uuid, String> = accounts.into_iter().collect();
            let rows = reads.iter().filter_map(|(user, fields)| {
                let (user_id, account) = (*user, accounts.get(user)?.clone());
                let fields = serde_json::json!(fields).to_string();
                let model = audit_entry_user::Model { entry_id: id, user_id, account, fields, details: None };
                Some(model.into_active_model().reset_all())
            });
            audit_entry_user::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        }
        tx.commit().await
    }

    fn blank_entry(&self, caller: &Caller, action: Action) -> audit_entry::Model {
        let origin = caller.origin();
        audit_entry::Model {
            id: self.clock().new_id(),
            at: self.clock().now(),
            actor_issuer: caller.issuer().to_owned(),
            actor_subject: caller.subject().to_owned(),
            actor_name: caller.name().map(str::to_owned),
            actor_roles: serde_json::json!(caller.role_names()).to_string(),
            staff_id: None,
            action: action.name().to_owned(),
            outcome: AuditOutcome::Done,
            refusal: None,
            account: None,
            target_type: None,
            target_id: None,
            target_version: None,
            changed_fields: "[]".to_owned(),
            details: None,
            request_id: origin.request_id.clone(),
            ip: origin.ip.map(|ip| ip.to_string()),
            user_agent: origin.user_agent.clone(),
        }
    }

    async fn seal_and_insert(
        &self,
        db: &impl ConnectionTrait,
        mut entry: audit_entry::Model,
        key: &DataKey,
        details: &Details,
    ) -> Result<(), StoreError> {
        let plain = serde_json::to_vec(details).map_err(|_| StoreError::Internal)?;
        entry.details = Some(key.seal(&context(entry.id), &plain));
        audit_entry::Entity::insert(entry.into_active_model().reset_all()).exec_without_returning(db).await?;
        Ok(())
    }

    /// Writes whom an entry concerns beside its target, each sealed with the key of the user.
    async fn insert_concerned(
        &self,
        db: &impl ConnectionTrait,
        entry: Uuid,
        users: Vec<Concerned>,
    ) -> Result<(), StoreError> {
        let keys = self.data_keys(db, users.iter().map(|user| user.id).collect()).await?;
        let mut rows = Vec::new();
        for Concerned { id, account, fields } in users {
            let names: BTreeSet<&str> = fields.iter().map(|change| change.field.as_str()).collect();
            let names = serde_json::json!(names).to_string();
            let plain = serde_json::to_vec(&fields).map_err(|_| StoreError::Internal)?;
            let key = keys.get(&id).ok_or(StoreError::Internal)?;
            let details = Some(key.seal(&context_of_user(entry, id), &plain));
            let model =
                audit_entry_user::Model { entry_id: entry, user_id: id, account, fields: names, details };
            rows.push(model.into_active_model().reset_all());
        }
        for rows in rows.chunks(VALUES / USER_COLUMNS) {
            audit_entry_user::Entity::insert_many(rows.to_vec()).exec_without_returning(db).await?;
        }
        Ok(())
    }
}
