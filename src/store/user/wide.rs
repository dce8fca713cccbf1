//! The wide parts of users, each in a table of its own with one row a user at most, and none where nothing is known. They
//! are read for all of those who were read together, and only when somebody asks; a change reads those that it may touch.
//! A new part has one line here.

use std::collections::HashMap;

use backdesk_entity::{
    enums::AddressKind, user_address, user_company, user_fees, user_finances, user_occupation, user_provider,
    user_sanctions, user_tax,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    file::{Address, UserFile},
    seen::Seen,
};
use crate::{
    domain::{money::Money, percent, text::camel_case},
    store::{
        error::StoreError,
        membership::is_one_of,
        session::{Reader, Writer},
    },
};

/// A part of a user: what one row of its table says.
pub trait WidePart: Clone + Default + PartialEq + Serialize + Send + Sync + Sized + 'static {
    /// Its table.
    type Table: EntityTrait<Model = Self>;

    /// Its name in the API.
    const NAME: &'static str;

    /// A row that says nothing.
    fn blank(user: Uuid) -> Self;

    /// Whose it is.
    fn user(&self) -> Uuid;

    /// The column that says so.
    fn owner() -> <Self::Table as EntityTrait>::Column;

    /// The row to write.
    fn row(self) -> <Self::Table as EntityTrait>::ActiveModel;

    /// Whether nothing is known.
    fn is_blank(&self) -> bool {
        *self == Self::blank(self.user())
    }
}

macro_rules! wide_parts {
    ($($(#[$doc:meta])* $part:ident: $table:ident = $name:literal;)+) => {
        /// Which wide parts are wanted.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct WideParts { $($(#[$doc])* pub $part: bool),+ }

        impl WideParts {
            /// Everything.
            pub const ALL: Self = Self { $($part: true),+ };
        }

        /// The wide parts of one user that were read; the others are none, and stay as they are.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
        pub struct Wide { $($(#[$doc])* pub $part: Option<$table::Model>),+ }

        impl Wide {
            /// Those of a user of whom nothing is known.
            pub fn blank(user: Uuid) -> Self {
                Self { $($part: Some(WidePart::blank(user))),+ }
            }

            /// Those of a user that are wanted.
            pub(super) async fn read(
                db: &impl ConnectionTrait,
                user: Uuid,
                wanted: WideParts,
            ) -> Result<Self, StoreError> {
                Ok(Self { $($part: if wanted.$part { Some(read_one(db, user).await?) } else { None }),+ })
            }

            /// All of those of many users.
            pub(super) async fn read_all(
                db: &impl ConnectionTrait,
                users: &[Uuid],
            ) -> Result<HashMap<Uuid, Self>, StoreError> {
                let mut all: HashMap<Uuid, Self> = users.iter().map(|user| (*user, Self::blank(*user))).collect();
                $(
                    let owners = <$table::Model as WidePart>::owner().is_in(users.iter().copied());
                    for part in $table::Entity::find().filter(owners).all(db).await? {
                        if let Some(wide) = all.get_mut(&part.user_id) {
                            wide.$part = Some(part);
                        }
                    }
                )+
                Ok(all)
            }

            /// Writes those that differ.
            pub(super) async fn write(&self, before: &Self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
                $(if self.$part != before.$part && let Some(part) = &self.$part {
                    replace(db, part).await?;
                })+
                Ok(())
            }

            /// What they say that others do not say alike, by the API's names of the fields.
            pub(super) fn tell_but(&self, others: Option<&Self>, facts: &mut Map<String, Value>) {
                $(
                    if others.is_none_or(|others| others.$part != self.$part) {
                        self.$part.iter().for_each(|part| tell(part, facts));
                    }
                )+
            }
        }

        impl Writer {
            /// Writes the wide parts of new users.
            pub(super) async fn insert_wide(&self, files: &[UserFile]) -> Result<(), StoreError> {
                $(
                    let rows = files.iter().filter_map(|file| file.wide.$part.clone());
                    let rows = rows.filter(|part| !part.is_blank()).map(WidePart::row);
                    self.insert_rows::<$table::Entity>(rows.collect()).await?;
                )+
                Ok(())
            }
        }

        $(impl WidePart for $table::Model {
            type Table = $table::Entity;
            const NAME: &'static str = $name;

            fn blank(user_id: Uuid) -> Self {
                Self { user_id, ..Self::default() }
            }

            fn user(&self) -> Uuid {
                self.user_id
            }

            fn owner() -> $table::Column {
                $table::Column::UserId
            }

            fn row(self) -> $table::ActiveModel {
                self.into_active_model().reset_all()
            }
        })+
    };
}

wide_parts! {
    /// The company that the user is.
    company: user_company = "company";
    /// What the user does for a living.
    occupation: user_occupation = "occupation";
    /// How the user stands financially.
    finances: user_finances = "finances";
    /// How the user is taxed.
    tax: user_tax = "tax";
    /// What the user answered about sanctions.
    sanctions: user_sanctions = "sanctions";
    /// Fees of the user's own.
    fees: user_fees = "fees";
    /// What the payment provider says.
    provider: user_provider = "provider";
}

impl Reader {
    /// A part of users, of those who have it.
    pub async fn part<P: WidePart>(&self, users: &Seen) -> Result<HashMap<Uuid, P>, StoreError> {
        let rows = P::Table::find()
            .filter(is_one_of(P::owner().into_expr(), users.ids(), self.store().backend()))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.user(), row)).collect())
    }

    /// Where the companies of users sit.
    pub async fn company_addresses(&self, users: &Seen) -> Result<HashMap<Uuid, Address>, StoreError> {
        let rows = user_address::Entity::find()
            .filter(user_address::Column::Kind.eq(AddressKind::Company))
            .filter(is_one_of(user_address::Column::UserId.into_expr(), users.ids(), self.store().backend()))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.user_id, row.into())).collect())
    }
}

async fn read_one<P: WidePart>(db: &impl ConnectionTrait, user: Uuid) -> Result<P, StoreError> {
    let row = P::Table::find().filter(P::owner().eq(user)).one(db).await?;
    Ok(row.unwrap_or_else(|| P::blank(user)))
}

async fn replace<P: WidePart>(db: &impl ConnectionTrait, part: &P) -> Result<(), StoreError> {
    P::Table::delete_many().filter(P::owner().eq(part.user())).exec(db).await?;
    if !part.is_blank() {
        P::Table::insert(part.clone().row()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What a part says, by the names and in the forms of the API: `tax.taxNumber`, `fees.asker.percent`, …
fn tell<P: WidePart>(part: &P, facts: &mut Map<String, Value>) {
    let Ok(Value::Object(mut columns)) = serde_json::to_value(part) else { return };
    columns.remove("user_id");
    columns.retain(|name, _| !name.ends_with("_folded") && !name.ends_with("_squeezed"));
    let amounts: Vec<String> =
        columns.keys().filter_map(|name| name.strip_suffix("_minor").map(str::to_owned)).collect();
    for name in amounts {
        let minor = columns.remove(&format!("{name}_minor")).and_then(|minor| minor.as_i64());
        let currency = columns.remove(&format!("{name}_currency"));
        let currency = currency.as_ref().and_then(Value::as_str);
        let money = minor.zip(currency).map(|(minor, currency)| {
            json!({ "amount": Money::kept(minor, currency).map(Money::amount), "currency": currency })
        });
        columns.insert(name, money.into());
    }
    for (name, mut value) in columns {
        if name.ends_with("_percent")
            && let Some(number) = value.as_i64().and_then(|number| i32::try_from(number).ok())
        {
            value = percent::print(number).into();
        }
        let name = match name.split_once('_') {
            Some((side @ ("asker" | "offerer"), of)) => format!("{side}.{}", camel_case(of)),
            _ => camel_case(&name),
        };
        facts.insert(format!("{}.{name}", P::NAME), value);
    }
}
