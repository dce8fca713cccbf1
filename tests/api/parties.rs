//! Partners and advisers, guests, and that ties cost a page a constant number of statements.

use serde_json::{Value, json};

use crate::support::{Desk, Person, population::Population};

fn party(id: &str, kind: &str) -> Value {
    json!({ "partyId": id, "kind": kind })
}

async fn parties(person: &Person, id: &str) -> Value {
    let look = "query ($id: ID!) { user(by: { id: $id }) { parties { user { id } kind } } }";
    person.ask_with(look, json!({ "id": id })).await.data("user.parties")
}

#[tokio::test]
async fn partners_and_advisers_are_attached_and_detached() {
    let desk = Desk::open().await;
    let (admin, read_only) = (desk.admin(), desk.read_only());
    let (ada, bob) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let german = desk.add_user_to("DE", json!({})).await;
    let link = async |id: &str, kind| {
        admin.act("userLinkParty", &ada, party(id, kind)).await.problems("userLinkParty")
    };
    assert_eq!(link(&bob, "PARTNER").await, [""; 0]);
    assert_eq!(link(&bob, "ADVISER").await, [""; 0], "they can be both");
    assert_eq!(link(&bob, "PARTNER").await, ["UNIQUE input.partyId"]);
    assert_eq!(link(&ada, "PARTNER").await, ["INVALID input.partyId"]);
    assert_eq!(link(&german, "PARTNER").await, ["NOT_FOUND input.partyId"]);
    let both =
        json!([{ "user": { "id": bob }, "kind": "PARTNER" }, { "user": { "id": bob }, "kind": "ADVISER" }]);
    assert_eq!(parties(&read_only, &ada).await, both);
    assert_eq!(parties(&read_only, &bob).await, json!([]), "it goes one way");

    let found = "query ($id: ID!) { users(where: { partner: { eq: $id } }) { nodes { id } } }";
    let found = read_only.ask_with(found, json!({ "id": bob })).await;
    assert_eq!(found.column("users.nodes", "id"), [json!(ada)]);

    let unlink = async |id: &str, kind| {
        admin.act("userUnlinkParty", &ada, party(id, kind)).await.problems("userUnlinkParty")
    };
    assert_eq!(unlink(&bob, "PARTNER").await, [""; 0]);
    assert_eq!(unlink(&bob, "PARTNER").await, ["NOT_FOUND input.partyId"]);
    assert_eq!(unlink("", "PARTNER").await, ["NOT_FOUND input.partyId"]);
    assert_eq!(parties(&read_only, &ada).await, json!([{ "user": { "id": bob }, "kind": "ADVISER" }]));
}

#[tokio::test]
async fn an_invitation_is_edited_and_the_trail_tells_of_it() {
    let desk = Desk::open().await;
    let (admin, ada, bob) = (desk.admin(), desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    desk.has_guest(&ada).await;
    desk.has_guest(&bob).await;
    let guest = &ada;
    let input =
        json!({ "guestId": guest, "email": "Desk@Example.com", "roles": ["FINANCE_MANAGER", "VIEWER"] });
    let answer = admin.act("guestUpdate", &ada, input).await;
    assert_eq!(
        answer.data("guestUpdate.user.guests"),
        json!([{
            "id": guest, "email": "Desk@example.com", "roles": ["VIEWER", "FINANCE_MANAGER"],
            "invitedAt": "2026-03-01T12:00:00+00:00", "acceptedAt": null, "user": null,
        }])
    );
    let trail = desk.trail().await;
    assert_eq!(
        trail.data("auditEvents.nodes.0.changes"),
        json!([
            { "field": format!("guests.{guest}.email"), "before": "Guest@example.com", "after": "Desk@example.com" },
            { "field": format!("guests.{guest}.roles"), "before": ["VIEWER"], "after": ["VIEWER", "FINANCE_MANAGER"] },
        ])
    );
    for (input, problem) in [
        (json!({ "guestId": bob, "email": "a@example.com" }), "NOT_FOUND input.guestId"),
        (json!({ "guestId": "", "email": "a@example.com" }), "NOT_FOUND input.guestId"),
        (json!({ "guestId": guest, "email": "nonsense" }), "INVALID input.email"),
        (json!({ "guestId": guest, "email": null }), "REQUIRED input.email"),
        (json!({ "guestId": guest, "roles": [] }), "REQUIRED input.roles"),
        (json!({ "guestId": guest, "roles": null }), "REQUIRED input.roles"),
    ] {
        let answer = admin.act("guestUpdate", &ada, input.clone()).await;
        assert_eq!(answer.problems("guestUpdate"), [problem], "{input}");
    }
}

/// Everything that ties users, two steps far.
const TIES: &str = "id parent { user { %1 } } beneficiaries { user { %1 } } companyUser companyOwner companyStaff
    companyMembership { company { %1 } } members { user { %1 } } guests { id user { %1 } } parties { user { %1 } }
    categories { key } extraPermissions verifications { kind } publicProfile { displayName }";
const NEXT: &str =
    "id name { display } groups { key } parent { user { id } } members { user { id } } categories { key }";

#[tokio::test]
async fn a_page_of_ties_costs_a_constant_number_of_statements() {
    let mut counts = Vec::new();
    for size in [30, 50] {
        let desk = Desk::open().await;
        let population = Population::drawn(90, size);
        population.moves_into(&desk).await;
        for somebody in &population.people {
            desk.has_guest(&somebody.user.id.to_string()).await;
        }
        let selection = TIES.replace("%1", NEXT);
        let document = format!("{{ users(first: 50) {{ nodes {{ {selection} }} }} }}");
        let desk = desk.behind(&roomy());
        let (answer, statements) = desk.statements_of(desk.read_only().ask(&document)).await;
        assert_eq!(answer.data("users.nodes").as_array().unwrap().len(), size);
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1], "statements of 30 and of 50 users");
}

/// The limits are another test's affair.
fn roomy() -> backdesk::config::Http {
    let mut http = backdesk::config::Http::default();
    http.limits.cost = 1_000_000;
    http.rates.points_burst = 100_000_000;
    http
}

#[tokio::test]
async fn lists_inside_a_user_take_a_hundred_at_most_and_cost_what_they_may_hold() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let ask = async |first: i64| {
        let document = format!(
            "{{ user(by: {{ id: \"{id}\" }}) {{ members(first: {first}) {{ user {{ members(first: 1) {{ role }} }} }} }} }}"
        );
        desk.read_only().ask(&document).await
    };
    let cost = async |first| ask(first).await.extensions["cost"]["requested"].as_u64().expect("a cost");
    assert_eq!(cost(100).await - cost(0).await, 100 * 3);
    assert_eq!(ask(101).await.code(), Some("PAGE_TOO_LARGE"));
    assert_eq!(ask(-1).await.code(), Some("BAD_INPUT"));
}
