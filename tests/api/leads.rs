//! Marketing reaches leads alone, users who are not verified yet: in every query, count, facet, nested field and act. And
//! changes what they are reached by.

use std::collections::BTreeSet;

use backdesk_entity::{
    enums::{CompanyRole, KycStatus, PartyKind, TieKind},
    user, user_membership, user_party, user_tie,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use crate::support::{
    Desk, MUTATIONS, Person,
    facets::{FACETS, names},
    population::{Population, Somebody},
    uuid,
};

async fn validate_kyc(desk: &Desk, id: &str) {
    user::Entity::update_many()
        .col_expr(user::Column::KycStatus, Expr::val(KycStatus::Validated as i16))
        .filter(user::Column::Id.eq(uuid(id)))
        .exec(&desk.side_door().await)
        .await
        .unwrap();
}

/// Ties a user to another in every way.
async fn tie(desk: &Desk, below: &str, above: &str) {
    let (db, user_id, other) = (desk.side_door().await, uuid(below), uuid(above));
    let since = desk.clock.now();
    let tie = user_tie::Model {
        user_id,
        parent_id: Some(other),
        kind: Some(TieKind::Shareholder),
        share: Some(1),
        controlling_person_type: None,
        employee_type: None,
    };
    let membership = user_membership::Model { user_id, company_id: other, role: CompanyRole::Staff, since };
    let party = user_party::Model { user_id, party_id: other, kind: PartyKind::Partner, since };
    user_tie::Entity::insert(tie.into_active_model()).exec_without_returning(&db).await.unwrap();
    user_membership::Entity::insert(membership.into_active_model())
        .exec_without_returning(&db)
        .await
        .unwrap();
    user_party::Entity::insert(party.into_active_model()).exec_without_returning(&db).await.unwrap();
}

async fn found(person: &Person, filter: Value) -> Value {
    let list = "query ($where: UserWhere) { users(where: $where) { totalCount nodes { id } } }";
    person.ask_with(list, json!({ "where": filter })).await.data("users")
}

#[tokio::test]
async fn lists_counts_and_facets_are_those_of_the_leads() {
    let desk = Desk::open().await;
    let population = Population::drawn(91, 60);
    population.moves_into(&desk).await;
    let every: BTreeSet<&str> = population.people.iter().map(|one| one.user.account.as_str()).collect();
    let every: Vec<&str> = every.into_iter().collect();
    assert!(every.len() > 1);
    for (marketing, accounts) in [
        (desk.person(&["marketing"]), &every[..]),
        (desk.person_in(&["marketing"], &every), &every[..]),
        (desk.person_in(&["marketing"], &every[..1]), &every[..1]),
    ] {
        let is_lead =
            |one: &&Somebody| !one.user.identity_verified && one.user.kyc_status != KycStatus::Validated;
        let within = |one: &&Somebody| accounts.contains(&one.user.account.as_str());
        let leads: Vec<_> = population.people.iter().filter(is_lead).filter(within).collect();
        assert!(!leads.is_empty() && leads.len() < 60);
        // what tells of answers about sanctions is not for them
        let shown: Vec<_> = names().into_iter().filter(|name| *name != "SANCTIONED").collect();
        let answer = marketing.ask_with(FACETS, json!({ "by": shown })).await;
        assert_eq!(answer.data("users.totalCount"), leads.len(), "{accounts:?}");
        if accounts == every {
            let facets = crate::support::facets::ALL.iter().filter(|facet| facet.name != "SANCTIONED");
            let expected: Vec<Value> = facets.map(|facet| facet.of(leads.iter().copied())).collect();
            assert_eq!(answer.data("users.facets"), json!(expected));
        }
        for somebody in &population.people {
            let seen = marketing.open_user(&somebody.user.id.to_string()).await;
            assert_eq!(seen.is_null(), !leads.iter().any(|lead| lead.user.id == somebody.user.id));
        }
    }
}

#[tokio::test]
async fn whoever_is_no_lead_is_not_seen_through_a_lead_either() {
    let desk = Desk::open().await;
    let (lead, known) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    validate_kyc(&desk, &known).await;
    tie(&desk, &lead, &known).await;
    tie(&desk, &known, &lead).await;
    let look = "query ($id: ID!) { user(by: { id: $id }) {
        parent { kind sharePercent user { id } } beneficiaries { user { id } } companyMembership { role company { id } }
        members { user { id } } parties { user { id } }
    } }";
    let seen = async |person: Person| person.ask_with(look, json!({ "id": lead })).await.data("user");
    let marketing = desk.person(&["marketing"]);
    assert_eq!(
        seen(marketing.clone()).await,
        json!({
            "parent": null, "beneficiaries": [], "companyMembership": null, "members": [], "parties": [],
        })
    );
    // the same ties to somebody who sees all
    let all = seen(desk.person(&["marketing", "read-only"])).await;
    assert!(all.to_string().matches(&known).count() == 5, "{all}");

    // a tie to nobody who is known here is the lead's own
    desk.sabotage("UPDATE user_ties SET parent_id = NULL").await.expect("nobody");
    let parent = seen(marketing.clone()).await["parent"].clone();
    assert_eq!(parent, json!({ "kind": "SHAREHOLDER", "sharePercent": "0.01", "user": null }));
    let back = "UPDATE user_ties SET parent_id = (SELECT id FROM users WHERE id <> user_ties.user_id)";
    desk.sabotage(back).await.expect("the two");

    // nor guessed by a filter
    for filter in ["parent", "company", "partner"] {
        let by = json!({ filter: { "eq": known } });
        assert_eq!(found(&marketing, by.clone()).await, json!({ "totalCount": 0, "nodes": [] }), "{filter}");
        assert_eq!(found(&desk.read_only(), by).await["totalCount"], 1, "{filter}");
        let not = json!({ filter: { "ne": known } });
        assert_eq!(found(&marketing, not).await["totalCount"], 1, "{filter}");
    }
}

#[tokio::test]
async fn a_lead_who_becomes_verified_is_gone_for_marketing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let marketing = desk.person(&["marketing"]);
    let change =
        async |mobile: &str| marketing.act("userUpdateContact", &id, json!({ "mobile": mobile })).await;
    assert_eq!(change("+33612345678").await.problems("userUpdateContact"), [""; 0]);
    desk.verify(&id).await;
    let (answer, entries) = desk.entries_of(change("+33612345679")).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
    assert_eq!(entries[0].target_id, Some(uuid(&id)));
    assert_eq!(marketing.open_user(&id).await, Value::Null);
    assert_eq!(found(&marketing, json!({})).await["totalCount"], 0);

    // who sees all as well sees the user, and reaches leads alone
    let both = desk.person(&["marketing", "read-only"]);
    assert_eq!(both.open_user(&id).await["mobile"], "+33612345678");
    let answer = both.act("userUpdateContact", &id, json!({ "mobile": null })).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"));
    let actions = "query ($id: ID!) { user(by: { id: $id }) { viewerActions { action allowed } } }";
    let actions = both.ask_with(actions, json!({ "id": id })).await.data("user.viewerActions");
    assert!(actions.as_array().unwrap().iter().all(|action| action["allowed"] == false), "{actions}");
}

#[tokio::test]
async fn whom_a_lead_invited_is_not_for_marketing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.has_guest(&id).await;
    let look =
        "query ($id: ID!) { user(by: { id: $id }) { guests { email } withheldFields { path permission } } }";
    let seen = async |roles: &[&str]| {
        let user = desk.person(roles).ask_with(look, json!({ "id": id })).await.data("user");
        let hidden = json!({ "path": "guests", "permission": "GUEST_READ" });
        let is_withheld = user["withheldFields"].as_array().expect("fields").contains(&hidden);
        (user["guests"].clone(), is_withheld)
    };
    assert_eq!(seen(&["marketing"]).await, (Value::Null, true));
    let shown = json!([{ "email": "Guest@example.com" }]);
    assert_eq!(seen(&["marketing", "view-only"]).await, (shown, false));
}

#[tokio::test]
async fn an_address_that_is_taken_does_not_tell_whose_it_is() {
    let desk = Desk::open().await;
    let lead = desk.add_user(json!({ "email": "lead@example.com" })).await;
    let known = desk.add_user(json!({ "email": "known@example.com" })).await;
    // an older one of the same address, in an account where it is free to use
    desk.add_user_to("DE", json!({ "email": "known@example.com" })).await;
    desk.verify(&known).await;
    let id = desk.add_user(json!({})).await;
    let marketing = desk.person(&["marketing"]);
    let mut answers = Vec::new();
    for (email, holder) in [("lead@example.com", None), ("Known@example.com", Some(&known))] {
        for options in [json!({ "validateOnly": true }), json!({})] {
            let change = marketing.act_with("userUpdateContact", &id, json!({ "email": email }), options);
            let (answer, entries) = desk.entries_of(change).await;
            assert_eq!(answer.problems("userUpdateContact"), ["INVALID input.email"]);
            answers.push(answer.data("userUpdateContact.errors"));
            let recorded: Vec<_> =
                entries.iter().map(|entry| (entry.refusal.as_deref(), entry.target_id)).collect();
            let expected: Vec<_> = holder.iter().map(|id| (Some("NOT_FOUND"), Some(uuid(id)))).collect();
            assert_eq!(recorded, expected, "{email}");
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // whoever sees all is told what is the matter
    let answer = desk.admin().act("userUpdateContact", &id, json!({ "email": "known@example.com" })).await;
    assert_eq!(answer.problems("userUpdateContact"), ["UNIQUE input.email"]);
    assert_eq!(marketing.open_user(&lead).await["email"], "lead@example.com");
}

#[tokio::test]
async fn a_kept_answer_goes_with_the_lead() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let marketing = desk.person(&["marketing"]);
    let key = json!({ "idempotencyKey": "0190a1b2-0000-7000-8000-000000000001" });
    let change = async || {
        marketing.act_with("userUpdateContact", &id, json!({ "mobile": "+33612345678" }), key.clone()).await
    };
    let first = change().await;
    assert_eq!(first.problems("userUpdateContact"), [""; 0]);
    assert_eq!(change().await.body, first.body);
    // what the answer shows beyond the record would be read as it is now, of somebody whom marketing does not see
    desk.verify(&id).await;
    let (answer, entries) = desk.entries_of(change()).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].target_id, Some(uuid(&id)));
}

#[tokio::test]
async fn marketing_changes_contact_data_and_nothing_else() {
    let desk = Desk::open().await;
    let marketing = desk.person(&["marketing"]);
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let input = json!({
        "email": "Ada@Example.org", "phone": "+33 6 12 34 56 78", "mobile": "+33612345679", "preferredLanguage": "FR",
        "communicationLanguage": "pt-br", "timeZone": "europe/paris", "optInMailing": true,
    });
    let answer = marketing.act("userUpdateContact", &id, input).await;
    let user = answer.data("userUpdateContact.user");
    let shown = [
        "email",
        "phone",
        "mobile",
        "preferredLanguage",
        "communicationLanguage",
        "timeZone",
        "optInMailing",
    ];
    assert_eq!(
        shown.map(|name| user[name].clone()),
        [
            json!("Ada@example.org"),
            json!("+33612345678"),
            json!("+33612345679"),
            json!("fr"),
            json!("pt-BR"),
            json!("Europe/Paris"),
            json!(true),
        ]
    );
    let taken = desk.add_user(json!({ "email": "bob@example.com" })).await;
    for (input, problems) in [
        (
            json!({ "email": "nonsense", "timeZone": "Mars" }),
            vec!["INVALID input.email", "INVALID input.timeZone"],
        ),
        (json!({ "email": "BOB@example.com" }), vec!["INVALID input.email"]),
        (
            json!({ "phone": "1", "mobile": "x", "preferredLanguage": "?" }),
            vec!["INVALID input.phone", "INVALID input.mobile", "INVALID input.preferredLanguage"],
        ),
    ] {
        let answer = marketing.act("userUpdateContact", &id, input).await;
        assert_eq!(answer.problems("userUpdateContact"), problems);
    }
    let answer =
        marketing.act("userUpdateContact", &taken, json!({ "optInMailing": null, "email": null })).await;
    assert_eq!(answer.data("userUpdateContact.user.email"), Value::Null);
    for (mutation, ..) in MUTATIONS.iter().filter(|(name, ..)| *name != "userUpdateContact") {
        let value = super::user_acts::good_value(&desk, mutation, &id).await;
        assert_eq!(marketing.act(mutation, &id, value).await.code(), Some("FORBIDDEN"), "{mutation}");
    }
}
