//! Writing users: read under lock, saved as a difference, committed with its audit entry.

use backdesk_entity::{
    enums::{AddressKind, PersonType},
    group, user, user_address, user_external_id, user_group, user_language,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    Iterable, ModelTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::{ExprTrait, LockType},
};
use uuid::Uuid;

use super::{
    file::{Address, Aside, Parts, UserFile},
    ties::{TieParts, Ties},
    wide::{Wide, WidePart, WideParts},
};
use crate::{
    domain::user::ExternalId,
    store::{
        audit::{Change, Target, with_data_key},
        error::{StoreError, Unique},
        session::Writer,
    },
};

impl Writer {
    /// The user of that id within the scope, locked until the transaction ends, with these satellites.
    pub async fn user(&self, id: Uuid, parts: Parts) -> Result<Option<UserFile>, StoreError> {
        let of_scope = user::Entity::find_by_id(id).filter(self.in_scope().users());
        let mut select = with_data_key(of_scope);
        // SQLite has no row locks and needs none: it has one writer
        if self.store.has_row_locks() {
            select = select.lock(LockType::Update);
        }
        let Some(row) = self.tx.query_one(&select.into_query()).await? else {
            return Ok(None);
        };
        self.note_data_key(id, &row)?;
        self.with_parts(user::Model::from_query_result(&row, "")?, parts).await.map(Some)
    }

    /// The id of the user that another system calls so, in one account.
    pub async fn user_id_by_external_id(
        &self,
        account: &str,
        id: &ExternalId,
    ) -> Result<Option<Uuid>, StoreError> {
        if !self.permit.scope().accounts.covers(account) {
            return Ok(None);
        }
        let row = user_external_id::Entity::find()
            .filter(user_external_id::Column::Account.eq(account))
            .filter(user_external_id::Column::System.eq(id.system.as_str()))
            .filter(user_external_id::Column::Value.eq(id.value.as_str()))
            .one(&self.tx)
            .await?;
        Ok(row.map(|row| row.user_id))
    }

    /// The id of the user of that reference, in whatever account of the scope.
    pub async fn user_id_by_reference(&self, reference: &str) -> Result<Option<Uuid>, StoreError> {
        let select = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(user::Column::Reference.eq(reference))
            .filter(self.in_scope().users());
        Ok(select.into_tuple().one(&self.tx).await?)
    }

    /// What of a user another one of the account has already, as far as it differs from `before`: to tell all of it at
    /// once. The constraints have the last word, when two write at one time.
    pub async fn taken(
        &self,
        before: Option<&UserFile>,
        after: &UserFile,
    ) -> Result<Vec<Unique>, StoreError> {
        let mut taken = Vec::new();
        let UserFile { user, external_ids, .. } = after;
        if let Some(email) = &user.email_folded
            && before.is_none_or(|before| before.user.email_folded.as_ref() != Some(email))
        {
            let others = user::Entity::find()
                .filter(user::Column::Account.eq(user.account.as_str()))
                .filter(user::Column::EmailFolded.eq(email.as_str()))
                .filter(user::Column::Id.ne(user.id));
            if others
                .select_only()
                .column(user::Column::Id)
                .into_tuple::<Uuid>()
                .one(&self.tx)
                .await?
                .is_some()
            {
                taken.push(Unique::Email);
            }
        }
        if before.is_none_or(|before| before.external_ids != *external_ids) {
            let own = external_ids.iter().flatten().filter(|(system, _)| !ExternalId::is_shared(system));
            let any = own.fold(Condition::any(), |any, (system, value)| {
                let named = user_external_id::Column::System.eq(system.as_str());
                any.add(named.and(user_external_id::Column::Value.eq(value.as_str())))
            });
            let others = user_external_id::Entity::find()
                .filter(user_external_id::Column::Account.eq(user.account.as_str()))
                .filter(user_external_id::Column::UserId.ne(user.id));
            if !any.is_empty() && others.filter(any).one(&self.tx).await?.is_some() {
                taken.push(Unique::ExternalId);
            }
        }
        Ok(taken)
    }

    /// Writes a new user. Nothing is durable before [`Self::commit`].
    pub async fn insert_user(&self, file: &UserFile) -> Result<Change, StoreError> {
        user::Entity::insert(file.user.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        let empty = UserFile {
            addresses: None,
            external_ids: None,
            spoken_languages: None,
            groups: None,
            wide: Wide::blank(file.user.id),
            ties: Ties::default(),
            ..file.clone()
        };
        Box::pin(self.save_satellites(&empty, file)).await?;
        if file.wide.provider.as_ref().is_some_and(|provider| !provider.is_blank()) {
            self.recount(&[file.user.id]).await?;
        }
        Ok(Change { fields: file.changes_since(None), target: Some(target(&file.user)), ..Change::default() })
    }

    /// Writes the ties of a user who was inserted without them in this very transaction. The change is that of both.
    pub async fn complete_user(&self, bare: &UserFile, whole: &UserFile) -> Result<Change, StoreError> {
        self.save_ties(whole.user.id, &bare.ties, &whole.ties).await?;
        Ok(Change {
            fields: whole.changes_since(None),
            target: Some(target(&whole.user)),
            ..Change::default()
        })
    }

    /// Writes what differs, as the next version. None when nothing does.
    pub async fn update_user(
        &self,
        before: &UserFile,
        after: UserFile,
    ) -> Result<Option<(UserFile, Change)>, StoreError> {
        let fields = after.changes_since(Some(before));
        if fields.is_empty() {
            return Ok(None);
        }
        let mut after = after;
        after.user.version = before.user.version + 1;
        after.user.updated_at = self.store.clock().now();

        let mut row = before.user.clone().into_active_model();
        for column in user::Column::iter() {
            let value = after.user.get(column);
            if value != before.user.get(column) {
                row.set(column, value);
            }
        }
        user::Entity::update(row).exec_without_returning(self.tx_to_change()).await?;
        if let Some(picture) =
            before.user.picture.as_deref().filter(|_| before.user.picture != after.user.picture)
        {
            self.discard_picture(picture).await?;
        }
        Box::pin(self.save_satellites(before, &after)).await?;
        if before.wide.provider != after.wide.provider {
            self.recount(&[after.user.id]).await?;
            let counted = user::Entity::find_by_id(after.user.id).one(&self.tx).await?;
            after.user = counted.ok_or(StoreError::Internal)?;
        }
        let review = after.aside.review.clone().filter(|review| !review.fields.is_empty());
        let review = review.map(|review| (review.id, review.fields));
        let change = Change { fields, target: Some(target(&after.user)), review, ..Change::default() };
        Ok(Some((after, change)))
    }

    async fn with_parts(&self, user: user::Model, parts: Parts) -> Result<UserFile, StoreError> {
        let id = user.id;
        // what the row rules out is not looked for: a natural person is no company, and what was not verified has no marks
        let is_company = user.person_type == PersonType::LegalEntity;
        let is_verified = user.identity_verified || user.email_verified || user.phone_verified;
        let wanted = WideParts { company: parts.wide.company && is_company, ..parts.wide };
        let mut wide = Box::pin(Wide::read(&self.tx, id, wanted)).await?;
        if parts.wide.company && !is_company {
            wide.company = Some(WidePart::blank(id));
        }
        let wanted = TieParts { marks: parts.ties.marks && is_verified, ..parts.ties };
        let ties = self.ties(id, wanted).await?;
        let mut file = UserFile {
            user,
            addresses: None,
            external_ids: None,
            spoken_languages: None,
            groups: None,
            wide,
            aside: Aside::default(),
            ties,
        };
        if parts.addresses {
            let rows = user_address::Entity::find()
                .filter(user_address::Column::UserId.eq(id))
                .all(&self.tx)
                .await?;
            file.addresses = Some(rows.into_iter().map(|row| (row.kind, row.into())).collect());
        }
        if parts.external_ids {
            let rows = user_external_id::Entity::find()
                .filter(user_external_id::Column::UserId.eq(id))
                .all(&self.tx)
                .await?;
            file.external_ids = Some(rows.into_iter().map(|row| (row.system, row.value)).collect());
        }
        if parts.spoken_languages {
            let rows = user_language::Entity::find()
                .filter(user_language::Column::UserId.eq(id))
                .all(&self.tx)
                .await?;
            file.spoken_languages = Some(rows.into_iter().map(|row| row.language).collect());
        }
        if parts.groups {
            let rows =
                user_group::Entity::find().filter(user_group::Column::UserId.eq(id)).all(&self.tx).await?;
            let ids: Vec<Uuid> = rows.into_iter().map(|row| row.group_id).collect();
            let groups: Vec<group::Model> = self.groups(&ids).await?;
            file.groups = Some(groups.into_iter().map(|group| (group.id, group.key)).collect());
        }
        Ok(file)
    }

    /// Replaces the satellites that differ. They are few and short: a difference row by row would buy nothing.
    async fn save_satellites(&self, before: &UserFile, after: &UserFile) -> Result<(), StoreError> {
        let tx = self.tx_to_change();
        let id = after.user.id;
        if let Some(addresses) = &after.addresses
            && before.addresses != after.addresses
        {
            let old = user_address::Entity::delete_many().filter(user_address::Column::UserId.eq(id));
            old.exec(tx).await?;
            let rows = addresses.iter().map(|(kind, address)| address_row(id, *kind, address.clone()));
            user_address::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        if let Some(external_ids) = &after.external_ids
            && before.external_ids != after.external_ids
        {
            let old = user_external_id::Entity::delete_many().filter(user_external_id::Column::UserId.eq(id));
            old.exec(tx).await?;
            let rows = external_ids.iter().map(|(system, value)| external_id_row(&after.user, system, value));
            user_external_id::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        if let Some(languages) = &after.spoken_languages
            && before.spoken_languages != after.spoken_languages
        {
            user_language::Entity::delete_many()
                .filter(user_language::Column::UserId.eq(id))
                .exec(tx)
                .await?;
            let rows = languages.iter().map(|language| language_row(id, language));
            user_language::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        if let Some(groups) = &after.groups
            && before.groups != after.groups
        {
            self.replace_groups(tx, id, groups.keys().copied()).await?;
        }
        after.wide.write(&before.wide, tx).await?;
        self.save_ties(id, &before.ties, &after.ties).await
    }

    async fn replace_groups(
        &self,
        tx: &impl ConnectionTrait,
        id: Uuid,
        groups: impl Iterator<Item = Uuid>,
    ) -> Result<(), StoreError> {
        user_group::Entity::delete_many().filter(user_group::Column::UserId.eq(id)).exec(tx).await?;
        let rows = groups.map(|group| group_row(id, group));
        user_group::Entity::insert_many(rows).exec_without_returning(tx).await?;
        Ok(())
    }
}

fn target(user: &user::Model) -> Target {
    Target { kind: "USER", id: user.id, account: Some(user.account.clone()), version: Some(user.version) }
}

pub(super) fn external_id_row(
    user: &user::Model,
    system: &str,
    value: &str,
) -> user_external_id::ActiveModel {
    user_external_id::ActiveModel {
        user_id: Set(user.id),
        system: Set(system.to_owned()),
        value: Set(value.to_owned()),
        account: Set(user.account.clone()),
        shared: Set(ExternalId::is_shared(system)),
    }
}

pub(super) fn language_row(user_id: Uuid, language: &str) -> user_language::ActiveModel {
    user_language::ActiveModel { user_id: Set(user_id), language: Set(language.to_owned()) }
}

pub(super) fn group_row(user_id: Uuid, group_id: Uuid) -> user_group::ActiveModel {
    user_group::ActiveModel { user_id: Set(user_id), group_id: Set(group_id) }
}

pub(super) fn address_row(user_id: Uuid, kind: AddressKind, address: Address) -> user_address::ActiveModel {
    let Address { line1, line2, line3, postcode, city, state, country } = address;
    user_address::ActiveModel {
        user_id: Set(user_id),
        kind: Set(kind),
        line1: Set(line1),
        line2: Set(line2),
        line3: Set(line3),
        postcode: Set(postcode),
        city: Set(city),
        state: Set(state),
        country: Set(country),
    }
}
