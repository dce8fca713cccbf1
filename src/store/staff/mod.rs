//! Staff members and what they hold. Acts on them take turns, all of them: whether an administrator remains, and whether
//! whoever grants something still holds it, is a matter of many rows.

use std::collections::BTreeSet;

use backdesk_entity::{account, enums::StaffState, staff_account, staff_member, staff_role};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Store,
    audit::{Change, FieldChange, Target},
    error::StoreError,
    session::{Reader, Writer},
    user::row_changes,
};
use crate::{
    auth::{
        caller::{Accounts, Scope},
        policy::Role,
    },
    domain::text,
};

mod listed;

pub use backdesk_entity::staff_member::Model as StaffMember;
pub use listed::{StaffAttribute, StaffFacet, StaffKey, StaffMembers, StaffOrderField};

const TABLE: &str = "staff_members";
/// The kind of a staff member in the audit trail.
pub const STAFF: &str = "STAFF";
/// What stands for all accounts, as in tokens.
pub const ALL_ACCOUNTS: &str = "*";
/// The advisory lock that acts on staff members and roles take turns by; any number that nothing else here uses.
const TURN: i64 = 0x7374_6166_665f_6163;

/// Something that a staff member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The key of the role, or the code of the account; [`ALL_ACCOUNTS`] for all.
    pub key: String,
    /// From when on it holds no longer; none for good.
    pub until: Option<DateTime<Utc>>,
    /// Since when.
    pub granted_at: DateTime<Utc>,
    /// By whom: the name of their token, or its subject.
    pub granted_by: String,
}

impl Grant {
    /// Whether it holds at that instant.
    pub fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What staff members hold, by the key of each role and the code of each account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grants {
    /// Roles, by key.
    pub roles: Vec<Grant>,
    /// Accounts, by code.
    pub accounts: Vec<Grant>,
}

/// A staff member, as acts change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffFile {
    /// Who it is.
    pub member: StaffMember,
    /// What they hold, what has run out and was not ended yet included.
    pub grants: Grants,
}

/// The unique values of a staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffUnique {
    /// What they sign in with.
    UserName,
    /// The e-mail address.
    Email,
}

impl Grants {
    /// The accounts that they cover at that instant.
    pub fn accounts_at(&self, now: DateTime<Utc>) -> Accounts {
        let held = self.accounts.iter().filter(|grant| grant.holds_at(now));
        let codes: BTreeSet<String> = held.map(|grant| grant.key.clone()).collect();
        if codes.contains(ALL_ACCOUNTS) { Accounts::All } else { Accounts::Codes(codes) }
    }

    /// Whether somebody who sees this scope sees whoever holds these: all of their accounts, and one at least.
    pub fn is_within(&self, scope: &Scope) -> bool {
        match (&scope.accounts, scope.leads_only) {
            (_, true) => false,
            (Accounts::All, false) => true,
            (Accounts::Codes(codes), false) => {
                !self.accounts.is_empty() && self.accounts.iter().all(|grant| codes.contains(&grant.key))
            }
        }
    }
}

impl StaffFile {
    /// Whether they are an administrator of everything, for good: one of them stays.
    pub fn is_lasting_admin(&self) -> bool {
        let has = |grants: &[Grant], key: &str| {
            grants.iter().any(|grant| grant.key == key && grant.until.is_none())
        };
        self.member.state == StaffState::Active
            && has(&self.grants.roles, Role::Admin.claim())
            && has(&self.grants.accounts, ALL_ACCOUNTS)
    }

    /// What differs from before, by the names of the API.
    fn changes_since(&self, before: Option<&Self>) -> Vec<FieldChange> {
        let derived = [
            "user_name_folded",
            "email_folded",
            "first_name_folded",
            "last_name_folded",
            "search_text",
            "version",
            "rights_version",
            "created_at",
            "updated_at",
        ];
        let rows = row_changes("", before.map(|before| &before.member), &self.member, &derived);
        let named = |change: FieldChange| FieldChange { field: change.field[1..].to_owned(), ..change };
        let mut changes: Vec<FieldChange> = rows.into_iter().map(named).collect();
        for (field, before, after) in [
            ("roles", before.map(|before| &before.grants.roles), &self.grants.roles),
            ("accounts", before.map(|before| &before.grants.accounts), &self.grants.accounts),
        ] {
            let before = before.map_or(Value::Null, |grants| told(grants));
            let after = told(after);
            if before != after {
                changes.push(FieldChange { field: field.to_owned(), before, after });
            }
        }
        changes
    }

    /// The staff member as what an act concerned, which they were `before`.
    pub fn target(&self, before: Option<&Self>) -> Target {
        let (id, version) = (self.member.id, Some(self.member.version));
        Target { kind: STAFF, id, account: self.account(before), version }
    }

    /// The account that the audit trail files an act under: the only one that it concerns. What concerns several shows to
    /// those who see all.
    fn account(&self, before: Option<&Self>) -> Option<String> {
        let grants =
            self.grants.accounts.iter().chain(before.into_iter().flat_map(|before| &before.grants.accounts));
        let codes: BTreeSet<&str> = grants.map(|grant| grant.key.as_str()).collect();
        match codes.into_iter().collect::<Vec<_>>()[..] {
            [ALL_ACCOUNTS] => None,
            [only] => Some(only.to_owned()),
            _ => None,
        }
    }
}

/// Grants as the trail tells them: since when and by whom, it says itself.
fn told(grants: &[Grant]) -> Value {
    grants.iter().map(|grant| json!({ "key": grant.key, "until": grant.until })).collect()
}

/// Keeps what is derived of the names true.
pub fn derive(member: &mut StaffMember) {
    member.user_name_folded = text::fold(&member.user_name);
    member.email_folded = text::fold(&member.email);
    member.first_name_folded = member.first_name.as_deref().map(text::fold);
    member.last_name_folded = member.last_name.as_deref().map(text::fold);
    let texts =
        [Some(&member.user_name), Some(&member.email), member.first_name.as_ref(), member.last_name.as_ref()];
    let texts: Vec<String> = texts.into_iter().flatten().map(|given| text::fold(given)).collect();
    // no word is found across two of them
    member.search_text = texts.join("\n");
}

impl Store {
    /// The active staff members who hold a role now. For letters to them alone.
    pub async fn active_staff_with(&self, role: &str) -> Result<Vec<StaffMember>, StoreError> {
        let still = Condition::any()
            .add(staff_role::Column::Until.is_null())
            .add(staff_role::Column::Until.gt(self.clock().now()));
        let holders = staff_role::Entity::find()
            .filter(staff_role::Column::Role.eq(role))
            .filter(still)
            .all(self.db())
            .await?;
        let active = staff_member::Entity::find()
            .filter(staff_member::Column::Id.is_in(holders.into_iter().map(|holder| holder.staff_id)))
            .filter(staff_member::Column::State.eq(StaffState::Active))
            .order_by_asc(staff_member::Column::Id);
        Ok(active.all(self.db()).await?)
    }
}

/// Who comes in has no permit yet.
impl Store {
    /// A staff member, whoever they are.
    pub async fn staff_file(&self, id: Uuid) -> Result<Option<StaffFile>, StoreError> {
        staff_file(self.db(), id).await
    }
}

impl Reader {
    /// What these staff members hold; the reader has seen them.
    pub async fn staff_grants(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Grants)>, StoreError> {
        grants_of(self.db(), ids).await
    }
}

impl Writer {
    /// Waits until nobody else acts on staff members or roles, until the end of the transaction.
    pub async fn staff_turn(&self) -> Result<(), StoreError> {
        if self.store.has_row_locks() {
            self.tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({TURN})")).await?;
        }
        Ok(())
    }

    /// A staff member whom the permit's scope covers.
    pub async fn staff_file(&self, id: Uuid) -> Result<Option<StaffFile>, StoreError> {
        let found = self.any_staff_file(id).await?;
        Ok(found.filter(|file| file.grants.is_within(self.permit.scope())))
    }

    /// A staff member, whoever they are: to know what the actor holds, or whoever signs in.
    pub async fn any_staff_file(&self, id: Uuid) -> Result<Option<StaffFile>, StoreError> {
        staff_file(&self.tx, id).await
    }

    /// Whether there is any staff member.
    pub async fn has_staff(&self) -> Result<bool, StoreError> {
        Ok(self.only_staff().await?.is_some())
    }

    /// The staff, as far as there is one alone: none where there is nobody, and nobody in particular where there are several.
    pub async fn only_staff(&self) -> Result<Option<Option<StaffFile>>, StoreError> {
        let some = staff_member::Entity::find().limit(2).all(&self.tx).await?;
        Ok(match some.as_slice() {
            [] => None,
            [only] => Some(staff_file(&self.tx, only.id).await?),
            _ => Some(None),
        })
    }

    /// The staff members who were granted something until a time that has come.
    pub async fn staff_with_ended_grants(&self) -> Result<Vec<Uuid>, StoreError> {
        let now = self.clock().now();
        let roles =
            staff_role::Entity::find().filter(staff_role::Column::Until.lte(now)).all(&self.tx).await?;
        let accounts =
            staff_account::Entity::find().filter(staff_account::Column::Until.lte(now)).all(&self.tx).await?;
        let ids: BTreeSet<Uuid> = roles
            .into_iter()
            .map(|grant| grant.staff_id)
            .chain(accounts.into_iter().map(|grant| grant.staff_id))
            .collect();
        Ok(ids.into_iter().collect())
    }

    /// Which unique values of this staff member others have.
    pub async fn staff_taken(&self, member: &StaffMember) -> Result<Vec<StaffUnique>, StoreError> {
        use staff_member::Column;
        let same = Condition::any()
            .add(Column::UserNameFolded.eq(&member.user_name_folded))
            .add(Column::EmailFolded.eq(&member.email_folded));
        let others =
            staff_member::Entity::find().filter(same).filter(Column::Id.ne(member.id)).all(&self.tx).await?;
        let mut taken = Vec::new();
        if others.iter().any(|other| other.user_name_folded == member.user_name_folded) {
            taken.push(StaffUnique::UserName);
        }
        if others.iter().any(|other| other.email_folded == member.email_folded) {
            taken.push(StaffUnique::Email);
        }
        Ok(taken)
    }

    /// Whether somebody else is an administrator of everything, for good. Holds to the end of a [turn](Self::staff_turn).
    pub async fn has_another_lasting_admin(&self, but: Uuid) -> Result<bool, StoreError> {
        let lasting = |ids: Vec<Uuid>| async move {
            let active = staff_member::Entity::find()
                .filter(staff_member::Column::Id.is_in(ids))
                .filter(staff_member::Column::State.eq(StaffState::Active));
            Ok::<_, StoreError>(active.one(&self.tx).await?.is_some())
        };
        let admins = staff_role::Entity::find()
            .filter(staff_role::Column::Role.eq(Role::Admin.claim()))
            .filter(staff_role::Column::Until.is_null())
            .filter(staff_role::Column::StaffId.ne(but))
            .all(&self.tx)
            .await?;
        let everywhere = staff_account::Entity::find()
            .filter(staff_account::Column::Account.eq(ALL_ACCOUNTS))
            .filter(staff_account::Column::Until.is_null())
            .filter(staff_account::Column::StaffId.is_in(admins.iter().map(|admin| admin.staff_id)))
            .all(&self.tx)
            .await?;
        lasting(everywhere.into_iter().map(|grant| grant.staff_id).collect()).await
    }

    /// Which of these codes are accounts.
    pub async fn known_accounts(&self, codes: &[&str]) -> Result<BTreeSet<String>, StoreError> {
        // PostgreSQL takes no text with a zero in it
        let codes = codes.iter().copied().filter(|code| !code.contains('\0'));
        let known = account::Entity::find().filter(account::Column::Code.is_in(codes));
        Ok(known.all(&self.tx).await?.into_iter().map(|account| account.code).collect())
    }

    /// Writes a new staff member: the change that the entry is made of.
    pub async fn insert_staff(&self, file: &StaffFile) -> Result<Change, StoreError> {
        let row = file.member.clone().into_active_model().reset_all();
        staff_member::Entity::insert(row).exec_without_returning(self.tx_to_change()).await?;
        self.insert_grants(file).await?;
        Ok(Self::staff_change(None, file))
    }

    /// Writes a changed staff member, where they did change. What is taken away takes tokens along that say otherwise.
    pub async fn update_staff(
        &self,
        before: &StaffFile,
        mut after: StaffFile,
    ) -> Result<(StaffFile, Option<Change>), StoreError> {
        derive(&mut after.member);
        if *before == after {
            return Ok((after, None));
        }
        after.member.version += 1;
        after.member.updated_at = self.clock().now();
        if loses(before, &after, self.clock().now()) {
            after.member.rights_version += 1;
        }
        let mut row = after.member.clone().into_active_model().reset_all();
        // who signs in meanwhile writes it
        row.last_sign_in_at = NotSet;
        staff_member::Entity::update(row).exec(self.tx_to_change()).await?;
        if before.grants != after.grants {
            let id = after.member.id;
            staff_role::Entity::delete_many()
                .filter(staff_role::Column::StaffId.eq(id))
                .exec(&self.tx)
                .await?;
            staff_account::Entity::delete_many()
                .filter(staff_account::Column::StaffId.eq(id))
                .exec(&self.tx)
                .await?;
            self.insert_grants(&after).await?;
        }
        if after.member.rights_version > before.member.rights_version {
            self.end_tokens_of(after.member.id, after.member.rights_version).await?;
        }
        if after.member.state != StaffState::Active {
            self.end_sessions(after.member.id, None).await?;
        }
        let change = Self::staff_change(Some(before), &after);
        Ok((after, Some(change)))
    }

    async fn insert_grants(&self, file: &StaffFile) -> Result<(), StoreError> {
        let staff_id = file.member.id;
        let roles = file.grants.roles.iter().cloned().map(|Grant { key, until, granted_at, granted_by }| {
            staff_role::Model { staff_id, role: key, until, granted_at, granted_by }
                .into_active_model()
                .reset_all()
        });
        let accounts =
            file.grants.accounts.iter().cloned().map(|Grant { key, until, granted_at, granted_by }| {
                staff_account::Model { staff_id, account: key, until, granted_at, granted_by }
                    .into_active_model()
                    .reset_all()
            });
        if !file.grants.roles.is_empty() {
            staff_role::Entity::insert_many(roles).exec_without_returning(&self.tx).await?;
        }
        if !file.grants.accounts.is_empty() {
            staff_account::Entity::insert_many(accounts).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    fn staff_change(before: Option<&StaffFile>, after: &StaffFile) -> Change {
        Change {
            fields: after.changes_since(before),
            target: Some(after.target(before)),
            ..Change::default()
        }
    }
}

/// Whether somebody may do less than before. What had run out gave nothing any more.
fn loses(before: &StaffFile, after: &StaffFile, now: DateTime<Utc>) -> bool {
    let shrinks = |before: &[Grant], after: &[Grant]| {
        before.iter().filter(|had| had.holds_at(now)).any(|had| {
            let kept = after.iter().find(|has| has.key == had.key);
            // what ends sooner than it did is taken away in part
            kept.is_none_or(|has| has.until.is_some_and(|until| had.until.is_none_or(|had| until < had)))
        })
    };
    shrinks(&before.grants.roles, &after.grants.roles)
        || shrinks(&before.grants.accounts, &after.grants.accounts)
        || (before.member.state == StaffState::Active && after.member.state != StaffState::Active)
}

/// A staff member, whoever they are.
pub(super) async fn staff_file(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<StaffFile>, StoreError> {
    let Some(member) = staff_member::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let grants = grants_of(db, &[id]).await?.pop().map(|(_, grants)| grants).unwrap_or_default();
    Ok(Some(StaffFile { member, grants }))
}

async fn grants_of(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<(Uuid, Grants)>, StoreError> {
    let roles = staff_role::Entity::find()
        .filter(staff_role::Column::StaffId.is_in(ids.iter().copied()))
        .order_by_asc(staff_role::Column::Role)
        .all(db)
        .await?;
    let accounts = staff_account::Entity::find()
        .filter(staff_account::Column::StaffId.is_in(ids.iter().copied()))
        .order_by_asc(staff_account::Column::Account)
        .all(db)
        .await?;
    let of = |id: Uuid| Grants {
        roles: roles.iter().filter(|row| row.staff_id == id).cloned().map(role_grant).collect(),
        accounts: accounts.iter().filter(|row| row.staff_id == id).cloned().map(account_grant).collect(),
    };
    Ok(ids.iter().map(|id| (*id, of(*id))).collect())
}

fn role_grant(row: staff_role::Model) -> Grant {
    let staff_role::Model { staff_id: _, role, until, granted_at, granted_by } = row;
    Grant { key: role, until, granted_at, granted_by }
}

fn account_grant(row: staff_account::Model) -> Grant {
    let staff_account::Model { staff_id: _, account, until, granted_at, granted_by } = row;
    Grant { key: account, until, granted_at, granted_by }
}
