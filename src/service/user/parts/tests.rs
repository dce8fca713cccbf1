//! Who may not see a part does not write it. No built-in role is such a one: they are made up here.

use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::{
    auth::{
        caller::{Caller, Origin},
        policy::Permission,
        roles::DefinedRoles,
        sealing::MasterKey,
        token::{AccountsClaim, Claims, Tokens},
    },
    clock::Clock,
    config::Pool,
    domain::{
        list::{Filter, ListQuery, Window},
        user::{CompanyChange, FinancesChange, SanctionsChange, TaxChange},
    },
    service::audit::AuditOutcome,
    store::{Database, Store},
};

#[test]
fn what_a_change_says_of_sensitive_parts_is_known_of_it_clearing_them_included() {
    let nothing = UserChange { company: Patch::Set(CompanyChange::default()), ..UserChange::default() };
    assert_eq!(parts_of(&nothing), []);
    let set = UserChange { tax: Patch::Set(TaxChange::default()), ..UserChange::default() };
    assert_eq!(parts_of(&set), [Action::UserTax]);
    let cleared = UserChange { sanctions: Patch::Clear, finances: Patch::Clear, ..UserChange::default() };
    assert_eq!(parts_of(&cleared), [Action::UserFinances, Action::UserSanctions]);
    let all = UserChange {
        finances: Patch::Set(FinancesChange::default()),
        tax: Patch::Clear,
        sanctions: Patch::Set(SanctionsChange::default()),
        ..UserChange::default()
    };
    assert_eq!(parts_of(&all).len(), 3);
}

#[tokio::test]
async fn who_may_act_but_not_see_is_refused_and_recorded() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let database = Database::open(&url, Pool::of(2)).await.unwrap();
    database.migrate().await.unwrap();
    let clock = Clock::system();
    let store = Store::new(database, MasterKey::generate(), clock.clone());
    let ring = store.key_ring().await.unwrap();
    let services = Services::new(store, Tokens::new(ring, "test".to_owned(), "test".to_owned(), clock));

    // marketing holds a permission to act, and none to see what is sensitive
    let caller = |role: &str| {
        let claims = Claims {
            iss: "test".to_owned(),
            aud: vec!["test".to_owned()],
            sub: role.to_owned(),
            name: None,
            roles: vec![role.to_owned()],
            accounts: AccountsClaim::All,
            iat: 0,
            nbf: 0,
            exp: 1,
            jti: role.to_owned(),
            sid: None,
            rights: None,
            auth_time: None,
        };
        Arc::new(Caller::from_claims(&claims, &DefinedRoles::default(), Origin::default()))
    };
    let acting = caller("marketing").permit(Action::Users).unwrap();
    assert!(services.permit_parts(&acting, &[], None).await.is_ok());
    let refused = services.permit_parts(&acting, &[Action::UserTax], None).await;
    assert!(matches!(refused, Err(ApiError::Forbidden { missing: Some(Permission::UserReadSensitive) })));
    let seeing = caller("admin").permit(Action::UserUpdate).unwrap();
    let all = [Action::UserTax, Action::UserFinances, Action::UserSanctions];
    assert!(services.permit_parts(&seeing, &all, None).await.is_ok());

    let query = ListQuery {
        filter: Filter::default(),
        search: None,
        order: Vec::new(),
        window: Window::Forward { first: 10, after: None },
    };
    let caller = Arc::new(Caller::system("test"));
    let (_, page) = services.audit_events(&caller, &query, true).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let entry = &page.items[0];
    assert_eq!((entry.outcome, entry.action.as_str()), (AuditOutcome::Refused, "USER_LIST"));
}
