//! The audit trail: one entry for each change and each refusal, none for anything else, and no way to change it.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use backdesk_entity::{data_key, idempotency};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::user_acts::good_value;
use crate::support::{Desk, MUTATIONS, document, documents::without_ids, is_postgres, uuid};

const SECRETS: [&str; 3] = ["ada@example.com", "Lovelace", "By letter."];

fn newcomer(profile: &Value) -> Value {
    json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile })
}

#[tokio::test]
async fn every_mutation_leaves_exactly_one_entry() {
    let desk = Desk::open().await;
    let mut lines = Vec::new();
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let mut entries = desk.entries().await;
    for (mutation, ..) in MUTATIONS {
        // cancelling is last, for it is final
        if mutation == "userCancel" {
            continue;
        }
        let value = good_value(&desk, mutation, &id).await;
        let value = desk.fill(&desk.admin(), &id, value).await;
        let (_, left) = desk.entries_of(desk.admin().act(mutation, &id, value)).await;
        entries.extend(left);
    }
    desk.admin().act("userCancel", &id, json!("OPERATOR")).await;
    entries.extend(desk.entries().await.pop());
    for entry in entries {
        assert_eq!(entry.target_id, Some(uuid(&id)));
        assert_eq!(entry.account.as_deref(), Some("FR"));
        lines.push(format!(
            "{} {:?} {} {}",
            entry.target_version.expect("a version"),
            entry.outcome,
            entry.action,
            without_ids(&entry.changed_fields)
        ));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    1 Done USER_CREATE ["account","createdAt","email","emailVerified","externalIds","frozen","groups","id","identityVerified","kycLevel","kycStatus","personType","phoneVerified","reference","spokenLanguages","status","statusSince"]
    2 Done USER_UPDATE ["firstName"]
    3 Done USER_SET_STATUS ["status"]
    4 Done USER_SET_ACTIVE ["status"]
    5 Done USER_FREEZE ["frozen"]
    6 Done USER_SET_GROUPS ["groups"]
    7 Done USER_SET_CATEGORIES ["categories"]
    8 Done USER_SET_VERIFICATION ["identityVerified","verifications.identity"]
    9 Done USER_SET_FEES ["fees.asker.percent","fees.offerer.fixed"]
    10 Done DOCUMENT_REQUEST ["documents.ID.kind","documents.ID.note","documents.ID.requestedAt","documents.ID.requestedBy","documents.ID.state"]
    11 Done DOCUMENT_UPLOAD ["documents.ID.upload"]
    13 Done DOCUMENT_CONFIRM ["documents.ID.contentType","documents.ID.kind","documents.ID.name","documents.ID.sha256","documents.ID.sharedAt","documents.ID.sharedBy","documents.ID.size","documents.ID.state"]
    16 Done DOCUMENT_DECIDE ["documents.ID.decidedAt","documents.ID.decidedBy","documents.ID.state"]
    17 Done PICTURE_UPLOAD ["pictureUpload"]
    19 Done PICTURE_CONFIRM ["picture"]
    20 Done USER_ADD_COMMENT ["comments.ID.body","comments.ID.visibleToUser"]
    22 Done USER_CORRECT_COMMENT ["comments.ID.body"]
    23 Done USER_UPDATE_CONTACT ["mobile"]
    24 Done USER_SET_PARENT ["parent.kind","parent.sharePercent","parent.user"]
    25 Done USER_SET_COMPANY ["companyMembership.company","companyMembership.role","companyMembership.since"]
    26 Done USER_LINK_PARTY ["parties"]
    27 Done USER_UNLINK_PARTY ["parties"]
    28 Done GUEST_UPDATE ["guests.ID.email"]
    29 Done WALLET_SET_NETWORK ["wallets.network"]
    30 Done KYC_REQUEST_REVIEW ["kycStatus","kyc.reviews.ID.dueAt","kyc.reviews.ID.state","kyc.reviews.ID.trigger"]
    31 Done KYC_CLAIM ["kyc.reviews.ID.assigneeName","kyc.reviews.ID.assigneeSubject"]
    32 Done KYC_RELEASE ["kyc.reviews.ID.assigneeName","kyc.reviews.ID.assigneeSubject"]
    33 Done KYC_HAND_OVER ["kyc.reviews.ID.assigneeSubject"]
    34 Done KYC_DECIDE ["kycLevel","kycStatus","kyc.reviews.ID.decision","kyc.reviews.ID.level","kyc.reviews.ID.state"]
    35 Done USER_CANCEL ["cancelOrigin","status"]
    "#);
}

#[tokio::test]
async fn an_entry_says_who_what_why_and_from_where() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada", "postalAddress": { "city": "London" } })).await;
    desk.hand.advance(Duration::from_secs(1));
    let variables = json!({
        "id": id,
        "value": { "firstName": "Augusta", "postalAddress": { "city": null, "country": "GB" } },
        "options": { "reason": "By letter." },
    });
    let body = json!({ "query": document("userUpdate"), "variables": variables });
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Desk/1.0")
        .body(Body::from(body.to_string()))
        .expect("a request");
    let peer: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = desk.admin().send(request).await;

    let newest = "{ auditEvents(first: 1) { nodes {
        at actor { issuer subject name roles } action outcome refusal missingPermission account userId userVersion
        changedFields changes { field before after } reason requestId ip userAgent
    } } }";
    let mut event = desk.admin().ask(newest).await.data("auditEvents.nodes.0");
    assert_eq!(event["requestId"], answer.headers["x-request-id"].to_str().expect("text"));
    assert_eq!(event["userId"], json!(id));
    // both depend on how many ids were made before
    event["requestId"] = json!("…");
    event["userId"] = json!("…");
    insta::assert_compact_json_snapshot!(event, @r#"
    {
      "account": "FR",
      "action": "USER_UPDATE",
      "actor": {
        "issuer": "backdesk",
        "name": "A person who is admin",
        "roles": [
          "admin"
        ],
        "subject": "admin@desk.example"
      },
      "at": "2026-03-01T12:00:01+00:00",
      "changedFields": [
        "firstName",
        "postalAddress.city",
        "postalAddress.country"
      ],
      "changes": [
        {
          "after": "Augusta",
          "before": "Ada",
          "field": "firstName"
        },
        {
          "after": null,
          "before": "London",
          "field": "postalAddress.city"
        },
        {
          "after": "GB",
          "before": null,
          "field": "postalAddress.country"
        }
      ],
      "ip": "192.0.2.7",
      "missingPermission": null,
      "outcome": "DONE",
      "reason": "By letter.",
      "refusal": null,
      "requestId": "…",
      "userAgent": "Desk/1.0",
      "userId": "…",
      "userVersion": 2
    }
    "#);
}

#[tokio::test]
async fn what_has_no_effect_leaves_no_entry() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let admin = desk.admin();
    let ((), entries) = desk
        .entries_of(async {
            // not acceptable
            admin.create(newcomer(&json!({ "email": "x" }))).await;
            admin.create(newcomer(&json!({ "email": "ada@example.com" }))).await;
            admin.update(&id, json!({ "email": "x" })).await;
            admin.act("userSetStatus", &id, json!("CANCELED")).await;
            admin.act("userSetGroups", &id, json!(["x"])).await;
            admin.act_with("userFreeze", &id, json!(true), json!({ "ifVersion": 7 })).await;
            // nothing to change
            admin.update(&id, json!({ "email": "ada@example.com" })).await;
            admin.act("userSetStatus", &id, json!("LIVE")).await;
            admin.act("userSetActive", &id, json!(true)).await;
            admin.act("userFreeze", &id, json!(false)).await;
            admin.act("userSetGroups", &id, json!([])).await;
            // nobody
            desk.stranger().update(&id, json!({ "email": null })).await;
            // no such user, anywhere
            admin.act("userFreeze", "00000000-0000-7000-8000-00000000ffff", json!(true)).await;
            // reading, and what is no question at all
            desk.read_only().open_user(&id).await;
            admin.ask("{ nonsense }").await;
            admin.ask("mutation { userFreeze }").await;
        })
        .await;
    assert_eq!(entries, []);
}

#[tokio::test]
async fn an_act_or_a_look_beyond_ones_accounts_is_recorded_and_answered_as_if_there_were_nobody() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let german = desk.person_in(&["admin"], &["DE"]);
    let nobody = "00000000-0000-7000-8000-00000000ffff";
    for (mutation, ..) in MUTATIONS {
        let value = good_value(&desk, mutation, &id).await;
        let (foreign, entries) = desk.entries_of(german.act(mutation, &id, value.clone())).await;
        let (unknown, none) = desk.entries_of(german.act(mutation, nobody, value)).await;
        assert_eq!((foreign.status, &foreign.body), (unknown.status, &unknown.body), "{mutation}");
        assert_eq!((entries.len(), none.len()), (1, 0), "{mutation}");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(entries[0].target_id, Some(uuid(&id)));
    }
    let look = "query ($by: UserBy!) { user(by: $by) { id } }";
    for by in
        [json!({ "id": id }), json!({ "email": "ada@example.com" }), json!({ "reference": "U0000000001" })]
    {
        let (answer, entries) = desk.entries_of(german.ask_with(look, json!({ "by": by }))).await;
        assert_eq!(answer.data("user"), Value::Null);
        assert_eq!(entries.len(), 1, "{by}");
        assert_eq!(entries[0].action, "USER_READ");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(entries[0].request_id.as_deref(), answer.headers["x-request-id"].to_str().ok());
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle.as_bytes())
}

#[tokio::test]
async fn values_and_reasons_are_sealed_and_field_names_are_not() {
    let desk = Desk::open().await;
    let options = json!({ "reason": "By letter.", "idempotencyKey": "0190a1b2-0000-7000-8000-000000000001" });
    let profile = json!({ "email": "ada@example.com", "lastName": "Lovelace" });
    let created = desk.admin().create_with(newcomer(&profile), options).await;
    let id = created.text("userCreate.user.id");

    let entry = desk.entries().await.pop().expect("an entry");
    assert!(entry.changed_fields.contains("email"));
    let details = entry.details.clone().expect("details");
    assert!(details.len() > 100, "the values are there, sealed");
    let db = desk.side_door().await;
    let kept = idempotency::Entity::find().one(&db).await.expect("rows").expect("an answer");
    for secret in SECRETS {
        assert!(!holds(&details, secret), "{secret} is readable");
        assert!(!format!("{entry:?}").contains(secret), "{secret} is readable");
        assert!(!holds(&kept.answer, secret), "{secret} is readable in the kept answer");
    }

    // who destroys the key of the user makes the values unreadable, and the entry stays
    let removed = data_key::Entity::delete_by_id(uuid(&id)).exec(&db).await;
    assert_eq!(removed.expect("a key").rows_affected, 1);
    let event = desk.trail().await.data("auditEvents.nodes.0");
    assert_eq!((&event["changes"], &event["reason"]), (&Value::Null, &Value::Null));
    assert!(event["changedFields"].to_string().contains("email"));
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    let desk = Desk::open().await;
    desk.add_user(json!({})).await;
    let before = desk.entries().await;
    let mut attacks = vec![
        "UPDATE audit_entries SET actor_subject = 'eve'",
        "UPDATE audit_entries SET details = NULL WHERE action = 'USER_CREATE'",
        "DELETE FROM audit_entries",
    ];
    if is_postgres() {
        attacks.push("TRUNCATE audit_entries CASCADE");
    } else {
        attacks.push("INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries");
        attacks.push("UPDATE OR REPLACE audit_entries SET action = 'NOTHING'");
    }
    for attack in attacks {
        let refused = desk.sabotage(attack).await.expect_err(attack);
        assert!(refused.contains("append-only"), "{attack}: {refused}");
    }
    assert_eq!(desk.entries().await, before);
}
