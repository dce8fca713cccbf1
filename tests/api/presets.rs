//! The presets: each has the ways of the back office that it is named after, so that a test walks the rows of that source
//! (docs/sources.md) under it.

use backdesk::domain::policy::{Policies, Preset};
use backdesk_entity::{audit_entry, bank_account, category, enums::KycLevel, platform_policy};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Answer, Desk,
    policies::{fee, money},
    program::Site,
};

/// A desk under a preset.
async fn desk_of(preset: &str) -> Desk {
    let desk = Desk::open().await;
    desk.decide(json!({ "preset": preset, "askerFee": { "percent": "1" } })).await;
    desk
}

fn new_user(person_type: &str, profile: &Value) -> Value {
    json!({ "account": "FR", "personType": person_type, "profile": profile })
}

#[track_caller]
fn is_done(answer: &Answer, mutation: &str) {
    assert_eq!(answer.problems(mutation), [""; 0], "{}", answer.body);
}

/// Edits a validated user: whether a review was opened.
async fn is_reviewed(desk: &Desk, change: Value) -> bool {
    let id = desk.validated_user(json!({}), KycLevel::Light).await;
    is_done(&desk.admin().update(&id, change).await, "userUpdate");
    desk.compliance().open_review(&id).await != Value::Null
}

/// What Backdesk does unless told otherwise: requirements that no source contradicts, and in doubt the careful one.
#[tokio::test]
async fn default_lets_staff_create_and_edit_and_reviews_what_changes() {
    let desk = desk_of("DEFAULT").await;
    let input = new_user("NATURAL_PERSON", &json!({ "firstName": "Ada", "marketRole": "BOTH" }));
    let created = desk.admin().create(input).await;
    is_done(&created, "userCreate");
    assert_eq!(created.data("userCreate.user.status"), "LIVE");
    assert!(is_reviewed(&desk, json!({ "lastName": "King" })).await);
    assert!(!is_reviewed(&desk, json!({ "mobile": "+33612345678" })).await);
}

#[tokio::test]
async fn payments_lets_staff_do_all_of_what_its_users_page_does() {
    let desk = desk_of("PAYMENTS").await;
    let admin = desk.admin();
    // J1: staff create users of both kinds
    for (person_type, profile) in [
        ("NATURAL_PERSON", json!({ "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com" })),
        ("LEGAL_ENTITY", json!({ "company": { "legalName": "Analytical Engines" }, "taxPayer": "PLATFORM" })),
    ] {
        is_done(&admin.create(new_user(person_type, &profile)).await, "userCreate");
    }
    // J3: staff edit a user's data, and no review comes of it
    assert!(!is_reviewed(&desk, json!({ "lastName": "King", "email": "ada@example.org" })).await);
    let id = desk.add_user(json!({})).await;
    // J11: what a user shared
    let document = admin.share_pdf(&id).await;
    let documents = "query ($id: ID!) { user(by: { id: $id }) { documents { nodes { id } }
        comments { nodes { body } } parties(first: 9) { kind } } }";
    // J12: a comment
    is_done(&admin.act("userAddComment", &id, json!({ "body": "Called back." })).await, "userAddComment");
    // J13: partners and advisers
    let party = desk.company_beside(&id).await;
    for kind in ["PARTNER", "ADVISER"] {
        let answer = admin.act("userLinkParty", &id, json!({ "partyId": party, "kind": kind })).await;
        is_done(&answer, "userLinkParty");
    }
    let file = admin.ask_with(documents, json!({ "id": id })).await;
    assert_eq!(file.data("user.documents.nodes"), json!([{ "id": document }]));
    assert_eq!(file.data("user.comments.nodes").as_array().unwrap().len(), 1);
    assert_eq!(file.data("user.parties").as_array().unwrap().len(), 2);
    // J6: the end of an account
    let gone = admin.act("userCancel", &id, json!("OPERATOR")).await;
    assert_eq!(gone.data("userCancel.user.status"), "CANCELED");
}

#[tokio::test]
async fn marketplace_leaves_to_users_what_is_theirs() {
    let desk = Desk::open().await;
    // who registered before
    let profile = json!({ "firstName": "Ada", "email": "ada@example.com", "phone": "+33612345678" });
    let id = desk.add_user(profile).await;
    desk.put::<bank_account::Entity, _>(vec![desk.bank_account(&id)]).await;
    desk.has_guest(&id).await;
    desk.decide(json!({ "preset": "MARKETPLACE", "askerFee": { "percent": "1" } })).await;
    let admin = desk.admin();

    // J2: staff create nobody
    let answer = admin.create(new_user("NATURAL_PERSON", &json!({}))).await;
    assert_eq!(answer.problems("userCreate"), ["POLICY_FORBIDS input"]);

    // J4: there, staff set the status, fees, categories, marks and invitations in the view of a user; who the user is, the
    // user alone changes
    for field in ["firstName", "email", "motherTongue", "picture", "tag"] {
        let answer = admin.update(&id, json!({ field: null })).await;
        assert_eq!(answer.problems("userUpdate"), ["POLICY_FORBIDS input"], "{field}");
    }
    let guest = json!({ "guestId": id, "email": "bookings@example.com", "roles": ["VIEWER"] });
    is_done(&admin.act("guestUpdate", &id, guest).await, "guestUpdate");

    // J17: each status at once
    for status in ["INVALIDATED", "IN_REVIEW", "LIVE"] {
        let answer = admin.act("userSetStatus", &id, json!(status)).await;
        assert_eq!(answer.data("userSetStatus.user.status"), status);
    }

    // J23: categories
    let (music, key) = (Uuid::from_u128(1), "MUSIC".to_owned());
    desk.put::<category::Entity, _>(vec![category::Model { id: music, key, name: "Music".to_owned() }]).await;
    let answer = admin.act("userSetCategories", &id, json!([music])).await;
    assert_eq!(answer.column("userSetCategories.user.categories", "key"), ["MUSIC"]);

    // O1 to O3: staff say what they verified
    for kind in ["IDENTITY", "EMAIL", "PHONE"] {
        let mark = json!({ "kind": kind, "verified": true });
        is_done(&desk.compliance().act("userSetVerification", &id, mark).await, "userSetVerification");
    }
    assert_eq!(
        admin.open_user(&id).await["verified"],
        json!({ "identity": true, "email": true, "phone": true })
    );

    // N1 to N11: the platform's fees unless a user has some
    desk.decide(json!({ "askerFee": fee("1", "2", "EUR"), "offererFee": fee("3", "4", "EUR") })).await;
    assert_eq!(admin.split(&id, "100").await, ["103.00", "93.00", "10.00"]);
    let own = json!({ "asker": fee("20", "50", "EUR"), "offerer": fee("5", "10", "EUR") });
    is_done(&admin.act("userSetFees", &id, own).await, "userSetFees");
    assert_eq!(admin.split(&id, "100").await, ["170.00", "85.00", "85.00"]);
    // what is empty is the platform's, and what is 0 is none
    let some = json!({ "asker": { "percent": null, "fixed": money("0", "EUR") } });
    is_done(&admin.act("userSetFees", &id, some).await, "userSetFees");
    assert_eq!(admin.split(&id, "100").await, ["101.00", "85.00", "16.00"]);

    // G1: the platform decides whether bank accounts are shown
    let look = "query ($id: ID!) { user(by: { id: $id }) { bankAccounts { totalCount } } }";
    assert_eq!(admin.ask_with(look, json!({ "id": id })).await.data("user.bankAccounts.totalCount"), 1);
    desk.decide(json!({ "showBankAccounts": false })).await;
    assert_eq!(admin.ask_with(look, json!({ "id": id })).await.data("user.bankAccounts"), Value::Null);

    // M4: live at first, or in review; A3: on one side of the market for good, or on both
    let policies = desk.admin().platform().await["policies"].clone();
    assert_eq!((&policies["initialStatus"], &policies["switchPlatform"]), (&json!("LIVE"), &json!(true)));
    desk.decide(json!({ "initialStatus": "IN_REVIEW", "switchPlatform": false, "registration": "BOTH" }))
        .await;
    let vendor = desk.add_user(json!({ "marketRole": "VENDOR" })).await;
    assert_eq!(admin.open_user(&vendor).await["status"], "IN_REVIEW");
    let both = admin.create(new_user("NATURAL_PERSON", &json!({ "marketRole": "BOTH" }))).await;
    assert_eq!(both.problems("userCreate"), ["POLICY_FORBIDS input.profile.marketRole"]);
}

/// The source speaks of staff and not of users: for these it has the ways of the default.
#[tokio::test]
async fn balance_platform_does_with_users_what_the_default_does() {
    assert_eq!(Preset::BalancePlatform.policies(), Preset::Default.policies());
    let desk = desk_of("BALANCE_PLATFORM").await;
    let created = desk.admin().create(new_user("LEGAL_ENTITY", &json!({}))).await;
    is_done(&created, "userCreate");
    assert!(is_reviewed(&desk, json!({ "lastName": "King" })).await);
}

#[tokio::test]
async fn crypto_processor_lets_staff_edit_freely_and_levels_give_groups() {
    let desk = desk_of("CRYPTO_PROCESSOR").await;
    let admin = desk.admin();
    // F16 to F20: staff edit validated users as all others
    let info = json!({
        "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "phone": "+33612345678",
        "preferredLanguage": "fr",
    });
    assert!(!is_reviewed(&desk, info).await);

    // J22: off and on
    let id = desk.add_user(json!({ "clientType": "MERCHANT" })).await;
    for active in [false, true] {
        let answer = admin.act("userSetActive", &id, json!(active)).await;
        assert_eq!(answer.data("userSetActive.user.active"), active);
    }

    // J24: groups; J25: extra permissions
    let groups = admin.ask("{ groups { id key } }").await.data("groups");
    let group = |key: &str| {
        let group = groups.as_array().unwrap().iter().find(|group| group["key"] == key);
        group.unwrap_or_else(|| panic!("the group {key}"))["id"].clone()
    };
    let set = "mutation ($id: ID!, $groups: [ID!]!) {
        userSetGroups(id: $id, groupIds: $groups, extraPermissions: [BANK_WITHDRAWAL]) {
            user { groups { key } extraPermissions } errors { code field message }
        } }";
    let answer = admin.ask_with(set, json!({ "id": id, "groups": [group("MERCHANT_OWNER")] })).await;
    is_done(&answer, "userSetGroups");
    assert!(answer.column("userSetGroups.user.groups", "key").contains(&json!("MERCHANT_OWNER")));
    assert_eq!(answer.data("userSetGroups.user.extraPermissions"), json!(["BANK_WITHDRAWAL"]));

    // K2: a client with an API has a company; J26: and is edited as all others
    let answer = admin.act("userSetGroups", &id, json!([group("API")])).await;
    assert_eq!(answer.problems("userSetGroups"), ["INVALID groupIds"]);
    let company = desk.company_beside(&id).await;
    let member = json!({ "companyId": company, "role": "STAFF" });
    is_done(&admin.act("userSetCompany", &id, member).await, "userSetCompany");
    is_done(&admin.act("userSetGroups", &id, json!([group("API")])).await, "userSetGroups");
    is_done(
        &admin.update(&id, json!({ "firstName": "Api", "email": "api@example.com" })).await,
        "userUpdate",
    );

    // O6: the latest state; O7, K7, K12, K15: which level gives which group
    for (client, level, key) in [
        ("ENTERPRISE", "LIGHT", "ENTERPRISE_OWNER"),
        ("MERCHANT", "LIGHT", "MERCHANT_OWNER"),
        ("MERCHANT", "REGULAR", "LEGAL_MERCHANT_OWNER"),
    ] {
        let id = desk.add_user(json!({ "clientType": client })).await;
        let officer = desk.compliance();
        // K11: before, the group of those who are not verified
        let keys = async || {
            let look = "query ($id: ID!) { user(by: { id: $id }) { groups { key } kyc { current { state } status } } }";
            admin.ask_with(look, json!({ "id": id })).await
        };
        assert!(keys().await.column("user.groups", "key").contains(&json!("KYC_NOT_VERIFIED")));
        let review = officer.request_review(&id).await;
        assert_eq!(keys().await.data("user.kyc.current.state"), "WAITING");
        officer.claim(&id, &review).await;
        let decided = officer.decide(&id, &review, json!({ "decision": "VALIDATE", "level": level })).await;
        is_done(&decided, "kycDecide");
        let now = keys().await;
        assert_eq!(now.data("user.kyc.status"), "VALIDATED");
        let now = now.column("user.groups", "key");
        assert!(
            now.contains(&json!(key)) && !now.contains(&json!("KYC_NOT_VERIFIED")),
            "{client} {level}: {now:?}"
        );
    }
}

/// Alex Oak, as the source shows him.
fn alex() -> Value {
    json!({
        "title": "M", "firstName": "Alex", "lastName": "Oak", "birthDate": "1982-05-31",
        "email": "190john.smith725@test.com", "phone": "+33611111111", "nationality": "FR",
        "postalAddress": { "line1": "33 rosewood road", "postcode": "75017", "city": "Paris", "country": "FR" },
    })
}

#[tokio::test]
async fn banking_reviews_what_changes_of_validated_users_but_for_what_is_exempt() {
    let desk = desk_of("BANKING").await;
    let admin = desk.admin();
    // J5, O12, O21: the change of the example is answered with the user, and reviewed
    let id = desk.validated_user(alex(), KycLevel::Light).await;
    let moved = json!({ "postalAddress": {
        "line1": "new address", "line2": "new address continuated", "postcode": "75001", "city": "Paris",
    } });
    let answer = admin.update(&id, moved).await;
    is_done(&answer, "userUpdate");
    let user = answer.data("userUpdate.user");
    assert_eq!(user["postalAddress"]["line2"], "new address continuated");
    assert_eq!((&user["name"]["last"], &user["kyc"]["status"]), (&json!("Oak"), &json!("PENDING")));
    let review = desk.compliance().open_review(&id).await;
    assert_eq!(
        review["changedFields"],
        json!(["postalAddress.line1", "postalAddress.line2", "postalAddress.postcode"])
    );

    // O13 to O20: what is exempt
    for (row, change) in [
        ("O13", json!({ "postalAddress": { "line3": "at the back" } })),
        ("O14", json!({ "phone": "+33622222222" })),
        ("O15", json!({ "mobile": "+33633333333" })),
        ("O16", json!({ "sanctions": { "activityOutsideEu": true } })),
        ("O17", json!({ "sanctions": { "economic": false } })),
        ("O18", json!({ "sanctions": { "residentCountries": false } })),
        ("O19", json!({ "sanctions": { "involved": false } })),
        ("O20", json!({ "timeZone": "Europe/Paris" })),
    ] {
        assert!(!is_reviewed(&desk, change).await, "{row}");
    }
    for other in [json!({ "email": "alex@example.com" }), json!({ "postalAddress": { "city": "Lyon" } })] {
        assert!(is_reviewed(&desk, other.clone()).await, "{other}");
    }

    // J8, J9, J10, O22: cancelled for good, with whose wish it was
    for origin in ["OPERATOR", "USER"] {
        let mut profile = alex();
        profile["email"] = json!(format!("alex.oak.{origin}@example.com"));
        let id = desk.add_user(profile).await;
        let answer = admin.act("userCancel", &id, json!(origin)).await;
        is_done(&answer, "userCancel");
        let user = answer.data("userCancel.user");
        assert_eq!((&user["status"], &user["cancellation"]["origin"]), (&json!("CANCELED"), &json!(origin)));
        assert_eq!(user["name"]["last"], "Oak", "the record stays");
        let after = admin.update(&id, json!({ "firstName": "Alexander" })).await;
        assert_eq!(after.problems("userUpdate"), ["USER_CANCELED id"]);
    }
    assert_eq!(admin.platform().await["policies"]["operatorVerifies"], json!([]), "the provider verifies");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_decides_and_later_ones_change_nothing() {
    let site = Site::new(&[]).await;
    let mut program = site.serve_as(&["serve", "--preset", "marketplace"]);
    program.says("the policies of the preset hold from now on").await;
    program.address();
    program.terminate();
    program.wait();
    for preset in ["marketplace", "banking"] {
        let mut program = site.serve_as(&["serve", "--preset", preset]);
        program.says("the policies were decided before: --preset changes nothing").await;
        program.address();
        program.terminate();
        program.wait();
    }
    let db = site.database.connect().await;
    let row = platform_policy::Entity::find().one(&db).await.unwrap().unwrap();
    assert_eq!(row.version, 1);
    assert_eq!(serde_json::from_str::<Policies>(&row.policies).unwrap(), Preset::Marketplace.policies());
    let decided =
        audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("PLATFORM_UPDATE_POLICY"));
    let entries = decided.all(&db).await.unwrap();
    let [entry] = entries.as_slice() else { panic!("one entry: {entries:?}") };
    assert_eq!((entry.actor_subject.as_str(), entry.target_version), ("system:serve", Some(1)));
    assert_eq!(entry.changed_fields, r#"["preset","directEditFields","kycReviewOnChange","registration"]"#);
}

#[tokio::test]
async fn a_name_that_no_preset_has_is_answered_with_the_six() {
    let site = Site::new(&[]).await;
    for command in ["serve", "demo"] {
        let (_, said) = site.run(&[command, "--preset", "BANKING"]);
        for name in ["default", "payments", "marketplace", "balance-platform", "crypto-processor", "banking"]
        {
            assert!(said.contains(name), "{name} in {said}");
        }
    }
    let row = platform_policy::Entity::find().one(&site.database.connect().await).await.unwrap();
    assert_eq!(row.unwrap().version, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_servers_that_start_at_once_one_decides() {
    use std::sync::Arc;

    use backdesk::auth::caller::Caller;

    let desk = Desk::open().await;
    let presets = [Preset::Marketplace, Preset::Payments, Preset::Banking, Preset::Default];
    let starts: Vec<_> = (0..12)
        .map(|number| {
            let (services, preset) = (desk.services.clone(), presets[number % 4]);
            tokio::spawn(async move {
                let caller = Arc::new(Caller::system("serve"));
                (preset, services.decide_preset(&caller, preset).await.expect("an answer"))
            })
        })
        .collect();
    let mut decided = Vec::new();
    for start in starts {
        let (preset, is_decided) = start.await.unwrap();
        if is_decided {
            decided.push(preset);
        }
    }
    assert_eq!(decided.len(), 1);
    let platform = desk.admin().platform().await;
    assert_eq!(platform["version"], 1);
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.totalCount"), 1);
    let change = trail.data("auditEvents.nodes.0.changes.0");
    assert_eq!((&change["field"], &change["after"]), (&json!("preset"), &json!(decided[0].name())));
    assert_eq!(trail.data("auditEvents.nodes.0.actor.subject"), "system:serve");
    // somebody who decided in the API before the first start with a preset decided
    let desk = Desk::open().await;
    desk.decide(json!({ "switchPlatform": false })).await;
    let caller = Arc::new(Caller::system("serve"));
    assert!(!desk.services.decide_preset(&caller, Preset::Banking).await.unwrap());
    assert_eq!(desk.admin().platform().await["policies"]["switchPlatform"], false);
}
