//! Verified marks, and the profile that other users see.

use backdesk_entity::{
    enums::{VerificationKind, VerificationSource},
    user_mark,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{Desk, uuid};

const LOOK: &str = "query ($id: ID!) { user(by: { id: $id }) {
    verified { identity email phone } verifications { kind verified at source by }
} }";

async fn verified_by_link(desk: &Desk, id: &str) {
    desk.verify(id).await;
    for kind in [VerificationKind::Email, VerificationKind::Phone] {
        let mark = user_mark::Model {
            user_id: uuid(id),
            kind,
            source: VerificationSource::Link,
            by: Some("somebody".to_owned()),
            at: desk.clock.now(),
        };
        let insert = user_mark::Entity::insert(mark.into_active_model());
        insert.exec_without_returning(&desk.side_door().await).await.unwrap();
    }
}

fn line(kind: &str, verified: bool, is_known: bool) -> Value {
    let known = |value: &str| if is_known { json!(value) } else { Value::Null };
    json!({
        "kind": kind, "verified": verified, "at": known("2026-03-01T12:00:00+00:00"), "source": known("LINK"),
        "by": known("somebody"),
    })
}

#[tokio::test]
async fn each_kind_tells_how_it_was_verified_as_far_as_that_is_known() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "email": "ada@example.com", "phone": "+33612345678" })).await;
    let look = async || desk.read_only().ask_with(LOOK, json!({ "id": id })).await.data("user.verifications");
    let none =
        json!([line("IDENTITY", false, false), line("EMAIL", false, false), line("PHONE", false, false)]);
    assert_eq!(look().await, none);
    verified_by_link(&desk, &id).await;
    let all = json!([line("IDENTITY", true, false), line("EMAIL", true, true), line("PHONE", true, true)]);
    assert_eq!(look().await, all);
}

#[tokio::test]
async fn a_new_address_or_number_takes_its_mark_away_in_the_same_act() {
    let desk = Desk::open().await;
    let profile = json!({ "email": "ada@example.com", "phone": "+33612345678" });
    let id = desk.add_user(profile).await;
    verified_by_link(&desk, &id).await;
    for (mutation, input, kind) in [
        ("userUpdate", json!({ "email": "ada@example.org", "phone": "+33612345678" }), "email"),
        ("userUpdateContact", json!({ "phone": null }), "phone"),
    ] {
        let answer = desk.admin().act(mutation, &id, input).await;
        assert_eq!(answer.data(&format!("{mutation}.user.verified.{kind}")), false);
        let trail = desk.trail().await;
        let fields = trail.data("auditEvents.nodes.0.changedFields");
        let mark = json!(format!("verifications.{kind}"));
        assert!(fields.as_array().unwrap().contains(&mark), "{fields}");
        let left = user_mark::Entity::find().all(&desk.side_door().await).await.unwrap();
        let kinds: Vec<_> = left.iter().map(|mark| mark.kind).collect();
        assert_eq!(kinds, if kind == "email" { vec![VerificationKind::Phone] } else { vec![] });
    }
}

/// What others see is a list that is written down here: a field more is a decision.
#[tokio::test]
async fn the_public_profile_holds_this_and_nothing_else() {
    let desk = Desk::open().await;
    let types = "{ __type(name: \"PublicProfile\") { fields { name type { name ofType { name } } } } }";
    let answer = desk.admin().ask(types).await;
    assert_eq!(
        answer.column("__type.fields", "name"),
        [
            "displayName",
            "picture",
            "city",
            "country",
            "countryName",
            "spokenLanguages",
            "memberSince",
            "verified",
            "listingCount",
            "reviewReceivedCount",
            "reviewMadeCount",
        ]
    );
    // nor by the types below, of which none is staff's
    let below =
        "{ __type(name: \"PublicProfile\") { fields { type { name ofType { name fields { name } } } } } }";
    let answer = desk.admin().ask(below).await;
    let objects: Vec<Value> = answer
        .column("__type.fields", "type.ofType")
        .into_iter()
        .filter(|of| of["fields"].is_array())
        .collect();
    let fields = json!([{ "name": "identity" }, { "name": "email" }, { "name": "phone" }]);
    assert_eq!(objects, [json!({ "name": "PublicVerified", "fields": fields })]);
}

#[tokio::test]
async fn others_see_whoever_is_live() {
    let desk = Desk::open().await;
    let profile = json!({
        "firstName": "Ada", "lastName": "Lovelace", "picture": "https://example.com/ada.png", "spokenLanguages": ["en"],
        "email": "ada@example.com", "postalAddress": { "city": "Secret", "line1": "1 Secret Street" },
        "locationAddress": { "city": "London", "country": "GB", "line1": "2 Secret Street" },
    });
    let id = desk.add_user(profile).await;
    let look = "query ($id: ID!) { user(by: { id: $id }) { publicProfile {
        displayName picture city country countryName spokenLanguages memberSince verified { identity email phone }
        listingCount reviewReceivedCount reviewMadeCount
    } } }";
    let seen = async || desk.read_only().ask_with(look, json!({ "id": id })).await.data("user.publicProfile");
    assert_eq!(
        seen().await,
        json!({
            "displayName": "Ada L.", "picture": "https://example.com/ada.png", "city": "London", "country": "GB",
            "countryName": "The United Kingdom Of Great Britain And Northern Ireland", "spokenLanguages": ["en"], "memberSince": "2026-03-01T12:00:00+00:00",
            "verified": { "identity": false, "email": false, "phone": false },
            "listingCount": 0, "reviewReceivedCount": 0, "reviewMadeCount": 0,
        })
    );
    for status in ["IN_REVIEW", "INVALIDATED"] {
        desk.admin().act("userSetStatus", &id, json!(status)).await;
        assert_eq!(seen().await, Value::Null, "{status}");
    }
    desk.admin().act("userCancel", &id, json!("USER")).await;
    assert_eq!(seen().await, Value::Null);
}
