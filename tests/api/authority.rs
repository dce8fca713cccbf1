//! Who may do what: every root field, asked by everybody, against the policy's table. The questions are GraphiQL's
//! examples: a field without one fails here, so that none is forgotten.

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, TypeKind, TypeSystemDefinition},
};
use axum::http::StatusCode;
use backdesk::auth::{
    caller::{Caller, Origin},
    policy::{Access, Action, Role},
    roles::DefinedRoles,
    token::{AccountsClaim, Claims},
};
use backdesk_entity::enums::AuditOutcome;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

/// The root fields of `Query` and `Mutation`, as the schema has them.
pub(crate) fn root_fields() -> Vec<(&'static str, FieldDefinition)> {
    let schema = parse_schema(backdesk::graphql::sdl()).expect("the schema is well formed");
    let mut fields = Vec::new();
    for definition in schema.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let root = match definition.node.name.node.as_str() {
            "Query" => "Query",
            "Mutation" => "Mutation",
            _ => continue,
        };
        if let TypeKind::Object(object) = definition.node.kind {
            fields.extend(object.fields.into_iter().map(|field| (root, field.node)));
        }
    }
    assert!(fields.len() >= 13, "the roots were not found");
    fields
}

/// What concerns one's own sign-in alone is tested with people who have one: `sign_in_sessions.rs`, `sign_in_confirm.rs`.
const OWN: [&str; 3] = ["passwordChange", "sessionConfirm", "sessionEnd"];

/// The root fields that a token decides about.
fn names() -> Vec<String> {
    let names = root_fields().into_iter().map(|(_, field)| field.name.node.to_string());
    let is_guarded = |name: &String| Action::of_field(name).is_none_or(|action| !action.is_public());
    names.filter(is_guarded).filter(|name| !OWN.contains(&name.as_str())).collect()
}

/// The sample of a root field and its variables, about `user`: GraphiQL's example that is named like the field, to be done.
/// All is arranged that it needs.
pub(crate) async fn sample(desk: &Desk, field: &str, user: &str) -> (String, Value) {
    let path = format!("{}/web/src/examples/{field}.graphql", env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{field} has no example: write a good one to {path}"));
    let path = path.replace(".graphql", ".json");
    let variables = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let company = desk.company_beside(user).await;
    if variables.contains("ID OF A GUEST") {
        desk.has_guest(user).await;
    }
    if variables.contains("ID OF A PARTNER") {
        desk.has_partner(user).await;
    }
    let category = desk.category().await;
    let variables = desk.with_staff(variables).await;
    // the longer names first: each begins like the next
    let known = [
        ("ID OF A USER WITH GUESTS", user),
        ("ID OF A USER WITH PARTNERS", user),
        ("ID OF A USER", user),
        ("ID OF A GUEST", user),
        ("ID OF A PARTNER", &company),
        ("ID OF A COMPANY", &company),
        ("ID OF A CATEGORY", &category),
    ];
    let variables = known.iter().fold(variables, |text, (name, id)| text.replace(name, id));
    let mut variables: Value =
        serde_json::from_str(&variables).unwrap_or_else(|error| panic!("{path}: {error}"));
    // In GraphiQL the acts are only previewed, unless somebody says otherwise.
    if let Some(options) = variables.get_mut("options") {
        options["validateOnly"] = json!(false);
    }
    (document, variables)
}

/// What came of a sample: `allowed`, or the code that it was refused with.
fn outcome(field: &str, answer: &Answer) -> String {
    if let Some(code) = answer.code() {
        return code.to_owned();
    }
    let problems = answer.data(field).get("errors").cloned();
    assert!(
        problems.is_none_or(|problems| problems == json!([])),
        "the sample of {field} has problems: {}",
        answer.body
    );
    "allowed".to_owned()
}

/// Asks a root field by its sample, on a user who was made for this one question.
async fn ask(desk: &Desk, person: &Person, field: &str) -> String {
    let user = desk.add_user(json!({ "firstName": "Ada" })).await;
    let (document, variables) = sample(desk, field, &user).await;
    let variables = desk.fill(person, &user, variables).await;
    outcome(field, &person.ask_with(&document, variables).await)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table, to be seen whole")]
async fn the_authority_of_each_role() {
    let desk = Desk::open().await;
    let mut people = vec![desk.stranger(), desk.person(&[])];
    people.extend(Role::ALL.iter().map(|role| desk.person(&[role.claim()])));
    let mut table = String::from(
        "stranger: UNAUTHENTICATED everywhere, somebody without a known role: FORBIDDEN everywhere; then, in this order, yes \
         for who may and - for FORBIDDEN:",
    );
    for role in Role::ALL {
        write!(table, "\n  {}", role.claim()).expect("writing into a text");
    }
    for field in names() {
        let mut cells = Vec::new();
        for person in &people {
            cells.push(ask(&desk, person, &field).await);
        }
        assert_eq!(cells[0], "UNAUTHENTICATED", "{field}");
        assert_eq!(cells[1], "FORBIDDEN", "{field}");
        write!(table, "\n{field:20}").expect("writing into a text");
        for cell in &cells[2..] {
            let sign = match cell.as_str() {
                "allowed" => "yes",
                "FORBIDDEN" => "-",
                other => panic!("{field} answers {other}"),
            };
            write!(table, " {sign:3}").expect("writing into a text");
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"), @"
    stranger: UNAUTHENTICATED everywhere, somebody without a known role: FORBIDDEN everywhere; then, in this order, yes for who may and - for FORBIDDEN:
      admin
      compliance
      read-only
      finance
      finance-read-only
      dealing
      marketing
      support
      support-l3
      support-read-only
      auditor-read-only
      view-only
      machine
    sessionEndOthers     yes yes yes yes yes yes yes yes yes yes yes yes yes
    userCreate           yes -   -   -   -   -   -   -   -   -   -   -   -
    userUpdate           yes -   -   -   -   -   -   -   -   -   -   -   -
    userSetStatus        yes yes -   -   -   -   -   -   -   -   -   -   -
    userSetActive        yes yes -   -   -   -   -   -   -   -   -   -   -
    userFreeze           yes yes -   -   -   -   -   -   -   -   -   -   -
    userCancel           yes yes -   -   -   -   -   -   -   -   -   -   -
    userSetGroups        yes -   -   -   -   -   -   -   -   -   -   -   -
    userSetCategories    yes -   -   -   -   -   -   -   -   -   -   -   -
    userSetVerification  yes yes -   -   -   -   -   -   -   -   -   -   -
    userUpdateContact    yes -   -   -   -   -   yes -   -   -   -   -   -
    walletSetNetwork     yes -   -   -   -   -   -   yes -   -   -   -   -
    userSetFees          yes -   -   -   -   -   -   -   -   -   -   -   -
    userSetParent        yes -   -   -   -   -   -   -   -   -   -   -   -
    userSetCompany       yes -   -   -   -   -   -   -   -   -   -   -   -
    userLinkParty        yes -   -   -   -   -   -   -   -   -   -   -   -
    userUnlinkParty      yes -   -   -   -   -   -   -   -   -   -   -   -
    guestUpdate          yes -   -   -   -   -   -   -   -   -   -   -   -
    documentRequest      yes yes -   -   -   -   -   -   -   -   -   -   -
    documentUpload       yes yes -   -   -   -   -   -   -   -   -   -   -
    documentConfirm      yes yes -   -   -   -   -   -   -   -   -   -   -
    documentDecide       yes yes -   -   -   -   -   -   -   -   -   -   -
    userUploadPicture    yes -   -   -   -   -   -   -   -   -   -   -   -
    userConfirmPicture   yes -   -   -   -   -   -   -   -   -   -   -   -
    userAddComment       yes yes -   -   -   -   -   -   -   -   -   -   -
    userCorrectComment   yes yes -   -   -   -   -   -   -   -   -   -   -
    kycRequestReview     yes yes -   -   -   -   -   -   -   -   -   -   -
    kycClaim             yes yes -   -   -   -   -   -   -   -   -   -   -
    kycRelease           yes yes -   -   -   -   -   -   -   -   -   -   -
    kycHandOver          yes yes -   -   -   -   -   -   -   -   -   -   -
    kycDecide            yes yes -   -   -   -   -   -   -   -   -   -   -
    activityRecord       yes -   -   -   -   -   -   -   -   -   -   -   yes
    staffCreate          yes -   -   -   -   -   -   -   -   -   -   -   -
    staffDuplicate       yes -   -   -   -   -   -   -   -   -   -   -   -
    staffUpdate          yes -   -   -   -   -   -   -   -   -   -   -   -
    staffSetGrants       yes -   -   -   -   -   -   -   -   -   -   -   -
    staffResendInvitation yes -   -   -   -   -   -   -   -   -   -   -   -
    staffSendPasswordReset yes -   -   -   -   -   -   -   -   -   -   -   -
    staffDeactivate      yes -   -   -   -   -   -   -   -   -   -   -   -
    staffReactivate      yes -   -   -   -   -   -   -   -   -   -   -   -
    staffEndSessions     yes -   -   -   -   -   -   -   -   -   -   -   -
    staffResetSecondFactor yes -   -   -   -   -   -   -   -   -   -   -   -
    roleCreate           yes -   -   -   -   -   -   -   -   -   -   -   -
    roleUpdate           yes -   -   -   -   -   -   -   -   -   -   -   -
    roleDelete           yes -   -   -   -   -   -   -   -   -   -   -   -
    platformUpdatePolicy yes -   -   -   -   -   -   -   -   -   -   -   -
    viewer               yes yes yes yes yes yes yes yes yes yes yes yes yes
    user                 yes yes yes yes yes yes yes yes yes yes yes yes -
    users                yes yes yes yes yes yes yes yes yes yes yes yes -
    documents            yes yes -   -   -   -   -   -   -   -   -   -   -
    documentDownload     yes yes -   -   -   -   -   -   -   -   -   -   -
    kycReviews           yes yes yes -   -   -   -   -   -   -   -   yes -
    accounts             yes yes yes yes yes yes yes yes yes yes yes yes -
    groups               yes yes yes yes yes yes yes yes yes yes yes yes -
    categories           yes yes yes yes yes yes yes yes yes yes yes yes -
    transactions         yes yes yes yes yes yes -   yes yes yes yes yes -
    wallets              yes yes yes yes yes -   -   yes yes yes yes yes -
    financeReport        yes yes -   yes yes -   -   -   -   -   yes -   -
    staff                yes -   yes -   -   -   -   -   -   -   yes -   -
    staffMember          yes -   yes -   -   -   -   -   -   -   yes -   -
    roles                yes yes yes yes yes yes yes yes yes yes yes yes yes
    permissions          yes yes yes yes yes yes yes yes yes yes yes yes yes
    platform             yes yes yes yes yes yes yes yes yes yes yes yes yes
    auditEvents          yes yes yes -   -   -   -   -   -   -   yes -   -
    ");
}

#[tokio::test]
async fn whatever_roles_are_combined_the_api_does_as_the_policy_says() {
    let desk = Desk::open().await;
    let mut combinations: Vec<Vec<Role>> = vec![vec![], Role::ALL.to_vec()];
    combinations.extend(Role::ALL.iter().map(|role| vec![*role]));
    combinations.push(vec![Role::ReadOnly, Role::Compliance]);
    combinations.push(vec![Role::Marketing, Role::Machine]);
    for roles in combinations {
        let claims: Vec<&str> = roles.iter().map(|role| role.claim()).collect();
        let person = desk.person(&claims);
        for field in names() {
            let expected = if allows(&roles, Action::of_field(&field).expect("an action")) {
                "allowed"
            } else {
                "FORBIDDEN"
            };
            assert_eq!(ask(&desk, &person, &field).await, expected, "{field} as {claims:?}");
        }
    }
}

/// Whatever hands on access asks who one is, in a session that has gone on for a while; nothing else does.
#[tokio::test]
async fn who_signed_in_a_while_ago_shows_again_who_they_are_before_they_hand_on_access() {
    let desk = Desk::open().await;
    let grace = desk.add_member("grace", &["admin"], &["*"]).await;
    let long_in = desk.gone_on(&desk.sign_in(&grace).await).await.person;
    let mut asking = Vec::new();
    for field in names() {
        match ask(&desk, &long_in, &field).await.as_str() {
            "allowed" => {}
            "STEP_UP_REQUIRED" => asking.push(field),
            other => panic!("{field}: {other}"),
        }
    }
    asking.sort_unstable();
    assert_eq!(
        asking,
        [
            "platformUpdatePolicy",
            "roleCreate",
            "roleDelete",
            "roleUpdate",
            "staffCreate",
            "staffDuplicate",
            "staffReactivate",
            "staffResendInvitation",
            "staffResetSecondFactor",
            "staffSendPasswordReset",
            "staffSetGrants",
            "staffUpdate",
        ]
    );
}

/// What the policy's table says, read the other way round: from the roles to their permissions.
fn allows(roles: &[Role], action: Action) -> bool {
    match action.access() {
        Access::Public => true,
        Access::SignedIn => !roles.is_empty(),
        Access::Needs(permission) | Access::NeedsEverywhere(permission) => {
            roles.iter().any(|role| role.permissions().any(|held| held == permission))
        }
        Access::NeedsAny(permissions) => {
            roles.iter().flat_map(|role| role.permissions()).any(|held| permissions.contains(&held))
        }
        Access::SystemOnly => false,
    }
}

fn caller(roles: Vec<String>) -> Arc<Caller> {
    let claims = Claims {
        iss: "backdesk".into(),
        aud: vec!["backdesk".into()],
        sub: "somebody".into(),
        name: None,
        roles,
        accounts: AccountsClaim::All,
        iat: 0,
        nbf: 0,
        exp: 1,
        jti: "1".into(),
        sid: None,
        rights: None,
        auth_time: None,
    };
    Arc::new(Caller::from_claims(&claims, &DefinedRoles::default(), Origin::default()))
}

proptest! {
    #[test]
    fn a_permit_is_given_exactly_when_some_role_allows_the_action(
        names in prop::collection::vec(
            prop_oneof![
                Just("admin".to_owned()), Just("compliance".to_owned()), Just("read-only".to_owned()),
                Just("ADMIN".to_owned()), "[a-z-]{0,12}",
            ],
            0..6,
        )
    ) {
        let roles: Vec<Role> = names.iter().filter_map(|name| Role::from_claim(name)).collect();
        let caller = caller(names);
        for action in Action::ALL {
            prop_assert_eq!(caller.permit(*action).is_ok(), allows(&roles, *action), "{:?}", action);
        }
    }
}

#[tokio::test]
async fn a_refused_call_of_somebody_leaves_one_entry_and_changes_nothing() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.is_ready_for_all(&user).await;
    let before = desk.dump().await;
    for (name, person) in [("nobody", desk.person(&[])), ("read-only", desk.read_only())] {
        for field in names() {
            let action = Action::of_field(&field).expect("an action");
            if name == "read-only" && allows(&[Role::ReadOnly], action) {
                continue;
            }
            let (document, variables) = sample(&desk, &field, &user).await;
            let (answer, entries) = desk.entries_of(person.ask_with(&document, variables)).await;
            assert_eq!(answer.status, StatusCode::OK, "{field}");
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{field}");
            assert_eq!(entries.len(), 1, "{field} as {name}");
            let entry = &entries[0];
            assert_eq!(entry.outcome, AuditOutcome::Refused, "{field}");
            assert_eq!(entry.refusal.as_deref(), Some("FORBIDDEN"), "{field}");
            assert_eq!(entry.action, action.name(), "{field}");
            let latest = desk.trail().await;
            let missing = latest.data("auditEvents.nodes.0.missingPermission");
            assert_eq!(missing, answer.body["errors"][0]["extensions"]["permission"], "{field}");
        }
    }
    assert_eq!(desk.dump().await, before);
}

/// The way in is the policy's, and nothing else is.
#[test]
fn seven_fields_need_no_token() {
    let public: Vec<&str> =
        Action::ALL.iter().filter(|action| action.is_public()).filter_map(|action| action.field()).collect();
    assert_eq!(
        public,
        [
            "signIn",
            "verifySecondFactor",
            "refreshSession",
            "signOut",
            "acceptInvitation",
            "requestPasswordReset",
            "resetPassword",
        ]
    );
}

#[tokio::test]
async fn refused_fields_change_nothing() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    let both = "mutation ($id: ID!) {
        first: userSetGroups(id: $id, groupIds: []) { user { id } }
        second: userFreeze(id: $id, frozen: true) { user { id } }
    }";
    let answer = desk.read_only().ask_with(both, json!({ "id": user })).await;
    assert_eq!(answer.code(), Some("FORBIDDEN"));
    assert_eq!(answer.body["data"], json!({ "first": null, "second": null }));
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn an_alias_or_a_fragment_does_not_slip_past_the_guard() {
    let desk = Desk::open().await;
    for document in [
        "{ viewer: users { totalCount } }",
        "{ ...F } fragment F on Query { users { totalCount } }",
        "{ ... on Query { users { totalCount } } }",
        "{ ... { ... { users { totalCount } } } }",
    ] {
        let answer = desk.person(&[]).ask(document).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{document}");
    }
}

#[tokio::test]
async fn the_guard_comes_before_the_arguments() {
    let desk = Desk::open().await;
    let read_only = desk.read_only();
    let key = "not-a-uuid";
    for (document, bad) in [
        (
            "mutation ($input: UserUpdateInput!, $key: UUID) {
                userUpdate(id: \"nobody\", input: $input, options: { idempotencyKey: $key, ifVersion: -1 }) {
                    errors { code }
                }
            }",
            json!({ "email": "nonsense", "birthDate": "2999-99-99", "firstName": "\u{0}", "picture": "ftp://" }),
        ),
        (
            "mutation ($input: UserUpdateInput!, $key: UUID) {
                userCreate(
                    input: { account: \"NONE\", personType: LEGAL_ENTITY, profile: $input }
                    options: { idempotencyKey: $key }
                ) { errors { code } }
            }",
            json!({ "externalIds": [{ "system": "", "value": "" }], "postalAddress": { "country": "ZZ" } }),
        ),
    ] {
        let answer = read_only.ask_with(document, json!({ "input": bad, "key": key })).await;
        let errors = answer.body["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{}", answer.body);
        assert_eq!(answer.code(), Some("FORBIDDEN"));
        let text = answer.body.to_string();
        for hint in ["nonsense", "email", "uuid", "UUID", "version", "NONE", "ZZ"] {
            assert!(!text.contains(hint), "{hint} in {text}");
        }
    }
    let groups = "mutation { userSetGroups(id: \"x\", groupIds: [\"y\"]) { errors { code } } }";
    assert_eq!(read_only.ask(groups).await.code(), Some("FORBIDDEN"));
}

#[test]
fn the_schema_says_what_the_policy_asks() {
    for (root, field) in root_fields() {
        let name = field.name.node.as_str();
        let action = Action::of_field(name).unwrap_or_else(|| panic!("{root}.{name} has no action"));
        let description = field.description.expect("a description").node;
        let directives: BTreeSet<String> = field
            .directives
            .iter()
            .filter(|directive| directive.node.name.node == "requires")
            .map(|directive| directive.node.arguments[0].1.node.to_string())
            .collect();
        assert_eq!(description.contains("STEP_UP_REQUIRED"), action.asks_to_confirm(), "{root}.{name}");
        match action.access() {
            Access::Needs(permission) | Access::NeedsEverywhere(permission) => {
                let roles: Vec<&str> = permission.holders().iter().map(|role| role.claim()).collect();
                let everywhere = matches!(action.access(), Access::NeedsEverywhere(_));
                let sentence = format!(
                    "Needs {}the permission `{}`, which these roles have: {}.",
                    if everywhere { "a token for all accounts, and " } else { "" },
                    permission.name(),
                    roles.join(", ")
                );
                assert!(description.ends_with(&sentence), "{root}.{name}: {description}");
                let asked = format!("[[{}]]", permission.name());
                assert_eq!(directives, BTreeSet::from([asked]), "{root}.{name}");
            }
            Access::NeedsAny(permissions) => {
                assert!(permissions.iter().all(|one| description.contains(one.name())), "{root}.{name}");
                let lists: Vec<String> = permissions.iter().map(|one| format!("[{}]", one.name())).collect();
                assert_eq!(directives, BTreeSet::from([format!("[{}]", lists.join(", "))]), "{root}.{name}");
            }
            Access::Public => {
                assert!(description.ends_with("Needs no token."), "{root}.{name}");
                assert_eq!(directives, BTreeSet::new(), "{root}.{name}");
            }
            Access::SignedIn => {
                assert!(description.ends_with("Needs a token with a known role."), "{root}.{name}");
                assert_eq!(directives, BTreeSet::new(), "{root}.{name}");
            }
            Access::SystemOnly => panic!("{root}.{name} is for the program alone"),
        }
    }
}
