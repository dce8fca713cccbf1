//! What users are counted by, and where each facet is found.

use async_graphql::Enum;
use backdesk_entity::{
    category,
    enums::{ClientType, KycLevel, KycStatus, MarketRole, PersonType, TaxPayer, UserStatus, WalletStatus},
    group,
    user::Column,
    user_category, user_group,
};
use sea_orm::{
    IdenStatic,
    sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement},
};

use super::attributes::{TABLE, UserAttribute, in_groups, in_no_group, sanctioned};
use crate::{
    auth::policy::Action,
    domain::{
        country,
        group::ComputedGroup,
        list::{Filter, Test},
        status,
    },
    store::facet::{Buckets, FOUND, Facet, Names, Sets},
};

/// What users are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserFacet {
    /// Where they stand with the platform.
    Status,
    /// Whether they may sign in: `true` or `false`.
    Active,
    /// Whether they are frozen: `true` or `false`.
    Frozen,
    /// Natural persons and legal entities.
    PersonType,
    /// Enterprise or merchant; many users are neither.
    ClientType,
    /// Vendors, customers, both; users may be none of them.
    MarketRole,
    /// The groups, computed ones included, by key. A user counts in each of their groups, or as one without any.
    Group,
    /// The categories, by key. A user counts in each of their categories, or as one without any.
    Category,
    /// Where KYC stands.
    KycStatus,
    /// How thoroughly their identity was checked.
    KycLevel,
    /// The codes of the countries of residence that occur, the most frequent first.
    Country,
    /// The codes of the accounts that occur, the one with most users first.
    Account,
    /// Who pays the taxes on their operations; for many that is not settled.
    TaxPayer,
    /// The best status of their wallets.
    WalletStatus,
    /// Whether they have fees of their own: `true` or `false`.
    FeesCustomized,
    /// Whether they have a listing, whatever its state: `true` or `false`.
    HasListing,
    /// Whether they answered yes to one of the three questions about sanctions: `true` or `false`. Needs the permission to
    /// see the answers.
    Sanctioned,
}

impl Facet<UserAttribute> for UserFacet {
    fn buckets(self) -> Buckets<UserAttribute> {
        let at = |column: Column| (TABLE, column.as_str());
        match self {
            Self::Status => Buckets::words::<UserStatus>(at(Column::Status), None),
            Self::Active => {
                let active = status::active().map(|status| status as i16);
                Buckets::flag(Expr::col(at(Column::Status)).is_in(active), "Active", "Not active")
            }
            Self::Frozen => Buckets::flag(Expr::col(at(Column::Frozen)), "Frozen", "Not frozen"),
            Self::PersonType => Buckets::words::<PersonType>(at(Column::PersonType), None),
            Self::ClientType => Buckets::words::<ClientType>(at(Column::ClientType), Some("No client type")),
            Self::MarketRole => Buckets::words::<MarketRole>(at(Column::MarketRole), Some("No market role")),
            Self::Group => Buckets::Sets {
                sets: Box::new(groups()),
                names: Names::Table("groups", "key", "name"),
                missing: "No group",
            },
            Self::Category => Buckets::Sets {
                sets: Box::new(categories()),
                names: Names::Table("categories", "key", "name"),
                missing: "No category",
            },
            Self::KycStatus => Buckets::words::<KycStatus>(at(Column::KycStatus), None),
            Self::KycLevel => Buckets::words::<KycLevel>(at(Column::KycLevel), None),
            Self::Country => {
                let name = |code: &str| country::name(code).unwrap_or(code).to_owned();
                Buckets::codes(at(Column::Country), Names::Known(name), Some("No country"))
            }
            Self::Account => {
                Buckets::codes(at(Column::Account), Names::Table("accounts", "code", "name"), None)
            }
            Self::TaxPayer => Buckets::words::<TaxPayer>(at(Column::TaxPayer), Some("Not settled")),
            Self::WalletStatus => Buckets::words::<WalletStatus>(at(Column::WalletStatus), None),
            Self::FeesCustomized => {
                Buckets::flag(Expr::col(at(Column::OwnFees)), "Own fees", "Standard fees")
            }
            Self::HasListing => Buckets::flag(
                Expr::col(at(Column::ListingCount)).gt(0),
                "With a listing",
                "Without a listing",
            ),
            Self::Sanctioned => {
                let is_sanctioned = Expr::col((TABLE, "id")).in_subquery(sanctioned());
                Buckets::flag(is_sanctioned, "Under sanctions", "Not under sanctions")
            }
        }
    }

    fn part(self) -> Option<Action> {
        (self == Self::Sanctioned).then_some(Action::UserSanctions)
    }
}

fn groups() -> Sets<UserAttribute> {
    let state = |group: ComputedGroup| (group.key(), in_groups(&[group.key().to_owned()]));
    Sets {
        columns: &["id", "email_verified", "phone_verified", "kyc_status"],
        states: ComputedGroup::ALL.map(state).into(),
        none: in_no_group(),
        others: assigned(),
    }
}

fn categories() -> Sets<UserAttribute> {
    let key = (category::Entity, category::Column::Key);
    let member = (user_category::Entity, user_category::Column::UserId);
    let mut every = Query::select();
    every
        .expr_as(Expr::col((TABLE, "id")).count(), "total")
        .expr_as(Expr::col(key), "bucket")
        .from(category::Entity)
        .left_join(
            user_category::Entity,
            Expr::col((user_category::Entity, user_category::Column::CategoryId))
                .equals((category::Entity, category::Column::Id)),
        )
        .join_as(JoinType::LeftJoin, FOUND, TABLE, Expr::col((TABLE, "id")).equals(member))
        .group_by_col(key);
    Sets {
        columns: &["id"],
        states: Vec::new(),
        none: Filter::Is(UserAttribute::Category, Test::IsNull),
        others: every,
    }
}

/// Every assigned group, those included that nobody is in.
fn assigned() -> SelectStatement {
    let mut select = Query::select();
    let key = (group::Entity, group::Column::Key);
    let member = (user_group::Entity, user_group::Column::UserId);
    select
        .expr_as(Expr::col((TABLE, "id")).count(), "total")
        .expr_as(Expr::col(key), "bucket")
        .from(group::Entity)
        .left_join(
            user_group::Entity,
            Expr::col((user_group::Entity, user_group::Column::GroupId))
                .equals((group::Entity, group::Column::Id)),
        )
        .join_as(JoinType::LeftJoin, FOUND, TABLE, Expr::col((TABLE, "id")).equals(member))
        .and_where(Expr::col(key).is_not_in(ComputedGroup::ALL.map(ComputedGroup::key)))
        .group_by_col(key);
    select
}
