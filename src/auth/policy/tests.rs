//! What holds of the tables, whatever rows they gain.

use std::collections::HashSet;

use super::*;

#[test]
fn admin_may_do_everything_that_a_permission_allows() {
    assert_eq!(Role::Admin.permissions().count(), Permission::ALL.len());
}

#[test]
fn who_only_looks_holds_reading_permissions_alone() {
    let reading = |permission: Permission| {
        let name = permission.name();
        name.ends_with("_READ") || name.ends_with("_REPORT") || permission == Permission::UserReadSensitive
    };
    for role in Role::ALL {
        let looks = role.claim().ends_with("read-only") || matches!(role, Role::SupportL3 | Role::ViewOnly);
        if looks {
            assert!(role.permissions().all(reading), "{role:?}");
        }
    }
}

#[test]
fn a_machine_records_and_does_nothing_else() {
    assert_eq!(Role::Machine.permissions().collect::<Vec<_>>(), [Permission::ActivityRecord]);
}

#[test]
fn a_field_below_a_guarded_one_is_guarded() {
    assert_eq!(Action::of_user_field("tax.taxNumber"), Some(Action::UserTax));
    assert_eq!(Action::of_user_field("tax"), Some(Action::UserTax));
    assert_eq!(Action::of_user_field("wallets.status"), Some(Action::UserWallets));
    assert_eq!(Action::of_user_field("wallets.network.address"), Some(Action::UserWalletNetworks));
    assert_eq!(Action::of_user_field("taxPayer"), None);
    assert_eq!(Action::of_user_field("email"), None);
}

#[test]
fn roles_are_known_by_the_exact_name_in_the_token() {
    assert_eq!(Role::from_claim("read-only"), Some(Role::ReadOnly));
    for unknown in ["Admin", "ADMIN", "admin ", "read_only", "", "root"] {
        assert_eq!(Role::from_claim(unknown), None, "{unknown}");
    }
}

#[test]
fn names_and_fields_are_given_once() {
    let names: HashSet<_> = Action::ALL.iter().map(|action| action.name()).collect();
    assert_eq!(names.len(), Action::ALL.len());
    let fields: Vec<_> = Action::ALL.iter().filter_map(|action| action.field()).collect();
    assert_eq!(fields.iter().collect::<HashSet<_>>().len(), fields.len());
}
