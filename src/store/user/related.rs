//! What belongs to users beyond their own rows: one statement a relation, however many users there are, and only when it
//! was selected.

use std::collections::HashMap;

use backdesk_entity::{
    account, enums::AddressKind, group, user, user_address, user_external_id, user_group, user_language,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{file::Address, read::UserSelection, row::UserRow};
use crate::{
    domain::{
        group::{ComputedGroup, Onboarding},
        user::ExternalId,
    },
    store::{error::StoreError, membership::is_one_of, session::Writer},
};

/// A user as far as it was selected.
#[derive(Debug, Clone)]
pub struct UserView {
    /// Its id.
    pub id: Uuid,
    /// Its own columns.
    pub row: UserRow,
    /// What belongs to it.
    pub related: Related,
}

/// What belongs to a user beyond its own row; what was not selected is none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Related {
    /// The name of its account.
    pub account_name: Option<String>,
    /// Its addresses by what they are for.
    pub addresses: Option<HashMap<AddressKind, Address>>,
    /// Its groups, by key.
    pub groups: Option<Vec<group::Model>>,
    /// How other systems call it.
    pub external_ids: Option<Vec<ExternalId>>,
    /// The languages it speaks.
    pub spoken_languages: Option<Vec<String>>,
}

/// A user as an act left it: the whole row, and what was selected of the rest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WrittenUser {
    /// The row.
    pub record: user::Model,
    /// What belongs to it.
    pub related: Related,
    /// The id of what the act made.
    #[serde(default)]
    pub made: Option<Uuid>,
    /// The id of the upload that the act announced.
    #[serde(default)]
    pub upload: Option<Uuid>,
}

impl From<WrittenUser> for UserView {
    fn from(written: WrittenUser) -> Self {
        let WrittenUser { record, related, made: _, upload: _ } = written;
        Self { id: record.id, row: record.into(), related }
    }
}

impl Writer {
    /// A user as this transaction leaves it. Read before the commit: behind it, a busy pool could make an act that took
    /// effect look as if it had failed.
    pub async fn written(
        &self,
        record: user::Model,
        selection: &UserSelection,
    ) -> Result<WrittenUser, StoreError> {
        let mut views = with_related(&self.tx, vec![record.clone().into()], selection).await?;
        let related = views.pop().ok_or(StoreError::Internal)?.related;
        Ok(WrittenUser { record, related, made: None, upload: None })
    }
}

/// Adds what was selected of the related rows.
pub(super) async fn with_related(
    db: &impl ConnectionTrait,
    rows: Vec<UserRow>,
    selection: &UserSelection,
) -> Result<Vec<UserView>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.id.read().copied()).collect();
    let (accounts, addresses, groups, external_ids, languages) = futures_util::try_join!(
        wanted(selection.account, account_names(db)),
        wanted(selection.addresses, addresses_of(db, &ids)),
        wanted(selection.groups, groups_of(db, &ids)),
        wanted(selection.external_ids, external_ids_of(db, &ids)),
        wanted(selection.spoken_languages, languages_of(db, &ids)),
    )?;
    let view = |row: UserRow| {
        let id = *row.id.read().ok_or(StoreError::Internal)?;
        let account = row.account.read();
        let related = Related {
            account_name: accounts.as_ref().zip(account).and_then(|(names, code)| names.get(code).cloned()),
            addresses: addresses.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
            groups: groups.as_ref().map(|all| all.of(id, &row)),
            external_ids: external_ids.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
            spoken_languages: languages.as_ref().map(|all| all.get(&id).cloned().unwrap_or_default()),
        };
        Ok(UserView { id, row, related })
    };
    rows.into_iter().map(view).collect()
}

async fn account_names(db: &impl ConnectionTrait) -> Result<HashMap<String, String>, StoreError> {
    Ok(account::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|account| (account.code, account.name))
        .collect())
}

async fn addresses_of(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, HashMap<AddressKind, Address>>, StoreError> {
    let rows =
        user_address::Entity::find().filter(of_users(user_address::Column::UserId, ids, db)).all(db).await?;
    let mut all: HashMap<Uuid, HashMap<AddressKind, Address>> = HashMap::new();
    for row in rows {
        all.entry(row.user_id).or_default().insert(row.kind, row.into());
    }
    Ok(all)
}

async fn groups_of(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Groups, StoreError> {
    let assigned = async {
        Ok(user_group::Entity::find().filter(of_users(user_group::Column::UserId, ids, db)).all(db).await?)
    };
    let (every, assigned) = futures_util::try_join!(every_group(db), assigned)?;
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in assigned {
        members.entry(row.user_id).or_default().push(row.group_id);
    }
    Ok(Groups { every, members })
}

async fn external_ids_of(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<ExternalId>>, StoreError> {
    let rows = user_external_id::Entity::find()
        .filter(of_users(user_external_id::Column::UserId, ids, db))
        .order_by_asc(user_external_id::Column::System)
        .all(db)
        .await?;
    Ok(by_user(
        rows.into_iter().map(|row| (row.user_id, ExternalId { system: row.system, value: row.value })),
    ))
}

async fn languages_of(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
    let rows = user_language::Entity::find()
        .filter(of_users(user_language::Column::UserId, ids, db))
        .order_by_asc(user_language::Column::Language)
        .all(db)
        .await?;
    Ok(by_user(rows.into_iter().map(|row| (row.user_id, row.language))))
}

fn of_users(owner: impl ColumnTrait, ids: &[Uuid], db: &impl ConnectionTrait) -> Expr {
    is_one_of(owner.into_expr(), ids.iter().copied(), db.get_database_backend())
}

async fn every_group(db: &impl ConnectionTrait) -> Result<Vec<group::Model>, StoreError> {
    Ok(group::Entity::find().order_by_asc(group::Column::Key).all(db).await?)
}

/// Every group, and who is in the assigned ones.
struct Groups {
    every: Vec<group::Model>,
    members: HashMap<Uuid, Vec<Uuid>>,
}

impl Groups {
    fn of(&self, id: Uuid, row: &UserRow) -> Vec<group::Model> {
        let assigned = self.members.get(&id);
        // read together with the groups: see `UserSelection::columns`
        let state = match (row.email_verified.read(), row.phone_verified.read(), row.kyc_status.read()) {
            (Some(&email_verified), Some(&phone_verified), Some(&kyc_status)) => {
                Some(Onboarding { email_verified, phone_verified, kyc_status })
            }
            _ => None,
        };
        let is_in = |group: &group::Model| match (ComputedGroup::from_key(&group.key), state) {
            (Some(computed), Some(state)) => computed.holds(state),
            (Some(_), None) => false,
            (None, _) => assigned.is_some_and(|ids| ids.contains(&group.id)),
        };
        self.every.iter().filter(|group| is_in(group)).cloned().collect()
    }
}

async fn wanted<T>(
    selected: bool,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<Option<T>, StoreError> {
    if selected {
        // boxed: five of these side by side would make every future above them large
        Box::pin(read).await.map(Some)
    } else {
        Ok(None)
    }
}

fn by_user<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut all: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (id, value) in rows {
        all.entry(id).or_default().push(value);
    }
    all
}
