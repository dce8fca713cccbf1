//! What the program tells about itself: lines that name a request and nobody, counts under words of ours, and traces.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span};
use prost::Message;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

use crate::support::{
    Desk, document, is_postgres,
    program::{MASTER_KEY, Site},
    server::{Server, get, request_with, whole_conversation},
    sign_in::come_in,
};

/// What must be in no log: people, what was looked for, and what opens doors.
const PRIVATE: [&str; 20] = [
    "Zwetelina",
    "zwetelina",
    "Quorkenbusch",
    "quork",
    "+4915123",
    "15123456",
    "Mottenpfad",
    "geheimtag",
    "Krankheit",
    "gesucht",
    "Filterwert",
    "verirrt",
    "Spion/9",
    "203.0.113.77",
    "importiert",
    "9f1c2d3e-0000-4000-8000-00000000abcd",
    "eyJhbGciOiJIUzI1NiJ9",
    "wortlos",
    MASTER_KEY,
    "postgres@",
];

fn profile(first: &str) -> Value {
    json!({
        "firstName": first, "lastName": "Quorkenbusch", "email": "zwetelina@quork.example", "phone": "+4915123456789",
        "tag": "geheimtag", "postalAddress": { "line1": "Mottenpfad 7", "city": "Quorkenstadt" },
    })
}

/// Asks the program, and gives the answer's request id and body.
async fn ask(address: std::net::SocketAddr, token: &str, body: &Value) -> (String, String) {
    let request = request_with(token, body).replacen(
        "Host: desk",
        "Host: desk\r\nUser-Agent: Spion/9\r\nX-Forwarded-For: 203.0.113.77\r\nCookie: a=wortlos",
        1,
    );
    let answer = whole_conversation(address, &request).await;
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("an id").to_owned();
    (id, answer)
}

/// Everything that happens at a desk, with a log as loud as can be. What was logged, the ids of all requests, and what was
/// said by somebody who came in by that link.
async fn whole_story(site: &Site, link: &str) -> (String, Vec<String>, Vec<String>) {
    let mut program = site.serve();
    let address = program.address();
    let (admin, nosy) = (site.token("admin"), site.token("read-only"));
    let mut ids = Vec::new();
    let db = site.database.connect().await;
    db.execute_unprepared(
        "INSERT INTO accounts (code, name, created_at) VALUES ('FR', 'France', '2026-01-01T00:00:00Z')",
    )
    .await
    .expect("an account");

    let create = "mutation ($input: UserCreateInput!, $options: MutationOptions) {
        userCreate(input: $input, options: $options) { user { id } errors { code field message } }
    }";
    let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile("Zwetelina") });
    let key = json!({ "idempotencyKey": "9f1c2d3e-0000-4000-8000-00000000abcd", "reason": "Krankheit" });
    let made = json!({ "query": create, "variables": { "input": input, "options": key } });
    let (id, answer) = ask(address, &admin, &made).await;
    ids.push(id);
    let at = answer.find(r#""user":{"id":""#).unwrap_or_else(|| panic!("{answer}")) + 14;
    let user = answer[at..at + 36].to_owned();

    let taken = json!({ "query": create, "variables": { "input": input } });
    let (id, answer) = ask(address, &admin, &taken).await;
    assert!(answer.contains(r#""code":"UNIQUE""#), "{answer}");
    ids.push(id);
    let update = json!({ "query": document("userUpdate"),
        "variables": { "id": user, "value": { "firstName": "Zwetelina-Ada" }, "options": { "reason": "Krankheit" } } });
    let open = json!({ "query": "query ($by: UserBy!) { user(by: $by) { name { display } email phone } }",
        "variables": { "by": { "email": "zwetelina@quork.example" } } });
    let search = json!({ "query": "{ users(search: \"gesucht\", where: { lastName: { contains: \"Filterwert\" } }) { totalCount } }" });
    let wrong = json!({ "query": "query verirrt { verirrtesFeld(a: \"verirrt\") }" });
    let no_json = json!("verirrt");
    for body in [&update, &open, &search, &wrong, &no_json] {
        ids.push(ask(address, &admin, body).await.0);
    }
    let (token, secrets) = come_in(address, "zwetelina", link).await;
    ids.push(ask(address, &token, &search).await.0);
    // refused: no permission, no role, no good token
    ids.push(ask(address, &nosy, &update).await.0);
    for token in ["eyJhbGciOiJIUzI1NiJ9.e30.wortlos", "wortlos", &admin[..admin.len() - 4]] {
        ids.push(ask(address, token, &search).await.0);
    }
    for path in [
        "/wortlos?token=wortlos",
        "/graphql/wortlos",
        "/graphql?query=%7Bverirrt%7D",
        "/health/ready?wortlos",
    ] {
        get(address, path).await;
    }
    // somebody who does not wait for the answer
    let lock = site.hold_writers().await;
    let mut hasty = TcpStream::connect(address).await.expect("a connection");
    hasty.write_all(request_with(&admin, &update).as_bytes()).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(hasty);
    program.says("the client went away").await;
    lock.execute_unprepared("COMMIT").await.expect("the lock is given back");
    // a statement that the database refuses, with a value in its message where that is possible
    let spill = if is_postgres() {
        "CREATE FUNCTION spill() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE NOTICE 'note %', NEW.email; RAISE EXCEPTION 'no %', NEW.email; END $$;
         CREATE TRIGGER spill BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION spill()"
    } else {
        "CREATE TRIGGER spill BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no'); END"
    };
    db.execute_unprepared(spill).await.expect("a trigger");
    let (id, answer) = ask(
        address,
        &admin,
        &json!({ "query": document("userFreeze"),
        "variables": { "id": user, "value": true } }),
    )
    .await;
    assert!(answer.contains(r#""code":"INTERNAL""#) && answer.contains(&id), "{answer}");
    ids.push(id.clone());
    program.terminate();
    let (_, log) = program.wait();
    let cause = log.lines().find(|line| line.contains("refused a statement")).expect("the cause is logged");
    assert!(cause.contains(&id), "under the id that the client knows: {cause}");

    site.write("people.csv", "reference,personType,firstName,email\nA-1,NATURAL_PERSON,importiert,importiert@\nA-2,NATURAL_PERSON,importiert,importiert@quork.example\n");
    let (_, import) = site.run(&["import", "people.csv", "--account", "FR"]);
    for token in [admin, nosy] {
        for part in token.split('.') {
            assert!(!log.contains(part), "a part of a token");
        }
    }
    (log + &import, ids, secrets)
}

async fn assert_discreet(format: &str) {
    let site = Site::new(&[
        ("BACKDESK_LOG", "trace,sqlx=trace,hyper=trace,sea_orm=trace"),
        ("BACKDESK_LOG_FORMAT", format),
        ("BACKDESK_SLOW_QUERY", "0s"),
    ])
    .await;
    let create = ["admin", "create", "--user-name", "zwetelina", "--email", "zwetelina@quork.example"];
    let (link, _) = site.run(&create);
    let (log, ids, secrets) = whole_story(&site, &link).await;
    assert!(secrets.len() > 10, "somebody signed in");
    for private in PRIVATE.into_iter().chain(secrets.iter().flat_map(|secret| secret.split('.'))) {
        let line = log.lines().find(|line| line.contains(private));
        assert!(line.is_none(), "{private} is in the log: {}", line.unwrap_or_default());
    }
    for id in ids {
        let line = log.lines().find(|line| line.contains("answered") && line.contains(&id));
        let line = line.unwrap_or_else(|| panic!("no line for the request {id}"));
        assert!(line.contains("/graphql") && line.contains("status"), "{line}");
    }
    assert!(
        log.contains("a slow query") && log.contains("lastName contains"),
        "queries are told by their shape"
    );
    assert!(log.contains("FORBIDDEN") && log.contains("a token was refused"), "refusals are told");
    if format == "json" {
        // the last word of a command that failed is for people
        for line in log.lines().filter(|line| !line.starts_with("backdesk: ")) {
            serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_for_people_names_nobody_at_any_level() {
    assert_discreet("text").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_for_programs_names_nobody_at_any_level() {
    assert_discreet("json").await;
}

#[tokio::test]
async fn metrics_count_under_words_of_ours() {
    let desk = Desk::open().await;
    let server = Server::start(&desk).await;
    let admin = desk.admin().token.expect("a token");
    let read_only = desk.read_only().token.expect("a token");
    let send = async |token: &str, query: &str| {
        whole_conversation(server.address, &request_with(token, &json!({ "query": query }))).await
    };
    for number in 0..3 {
        send(&admin, &format!("query Name{number} {{ users {{ totalCount }} }}")).await;
        send(&admin, &format!("query Name{number} {{ alias{number}: nothing{number} }}")).await;
    }
    send(&read_only, "mutation { userFreeze(id: \"1\", frozen: true) { user { id } } }").await;
    send("nonsense", "{ users { totalCount } }").await;
    get(server.address, "/nowhere/at/all").await;
    let metrics = server.metrics().await;
    for line in [
        r#"backdesk_requests_total{operation="users",outcome="ok"} 3"#,
        r#"backdesk_requests_total{operation="userFreeze",outcome="refused"} 1"#,
        // three that the schema does not know, and a stranger
        r#"backdesk_requests_total{operation="none",outcome="refused"} 4"#,
        r#"backdesk_refusals_total{code="GRAPHQL_VALIDATION_FAILED"} 3"#,
        r#"backdesk_refusals_total{code="UNAUTHENTICATED"} 1"#,
        r#"backdesk_refusals_total{code="FORBIDDEN"} 1"#,
        r#"backdesk_request_seconds_count{operation="users"} 3"#,
        r#"backdesk_database_connections{state="idle"}"#,
        "backdesk_database_statement_seconds_count",
        "backdesk_database_writers_waiting 0",
        "backdesk_database_slow_reads_total ",
        "backdesk_database_ended_reads_total 0",
        "backdesk_requests_in_flight 0",
        "backdesk_connections ",
    ] {
        assert!(metrics.contains(line), "no {line} in\n{metrics}");
    }
    if cfg!(target_os = "linux") {
        let memory =
            metrics.lines().find_map(|line| line.strip_prefix("backdesk_process_resident_memory_bytes "));
        assert!(memory.expect("memory").parse::<u64>().expect("a number") > 1_000_000);
    }
    for word in ["Name", "alias", "nothing", "nowhere"] {
        assert!(!metrics.contains(word), "a client's word: {word}");
    }
    assert!(get(server.address, "/metrics").await.starts_with("HTTP/1.1 404"), "clients see no metrics");
}

/// A collector of traces; the spans that it was sent.
async fn collector() -> (String, Spans) {
    async fn collect(State(spans): State<Spans>, body: Bytes) {
        let sent = ExportTraceServiceRequest::decode(body).expect("traces");
        let scopes = sent.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        spans.lock().await.extend(scopes.flat_map(|scope| scope.spans));
    }
    let spans = Spans::default();
    let collector = Router::new().route("/v1/traces", post(collect)).with_state(Arc::clone(&spans));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async { axum::serve(listener, collector).await });
    (address, spans)
}

type Spans = Arc<Mutex<Vec<Span>>>;

/// The trace of a caller, and their span in it.
const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
const CALLER: u64 = 0xb7ad_6b71_6920_3331;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_from_the_caller_through_to_the_statements() {
    let (endpoint, spans) = collector().await;
    let site = Site::new(&[("BACKDESK_OTLP_ENDPOINT", &endpoint)]).await;
    let mut program = site.serve();
    let address = program.address();
    let question = json!({ "query": "{ users(search: \"gesucht\") { totalCount } }" });
    let question = request_with(&site.token("read-only"), &question).replacen(
        "Host: desk",
        // not to be recorded, says the caller, whom nobody asked
        &format!("Host: desk\r\ntraceparent: 00-{TRACE:032x}-{CALLER:016x}-00"),
        1,
    );
    assert!(whole_conversation(address, &question).await.starts_with("HTTP/1.1 200"));
    program.terminate();
    let (status, log) = program.wait();
    assert!(status.success(), "{log}");

    let spans = spans.lock().await;
    let trace: Vec<&Span> = spans.iter().filter(|span| span.trace_id == TRACE.to_be_bytes()).collect();
    let named =
        |name: &str| *trace.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}"));
    let (request, operation, field, statement) =
        (named("request"), named("operation"), named("users"), named("statement"));
    assert_eq!(request.parent_span_id, CALLER.to_be_bytes());
    assert_eq!(operation.parent_span_id, request.span_id);
    assert_eq!(field.parent_span_id, operation.span_id);
    assert_eq!(statement.parent_span_id, field.span_id);
    let told = format!("{spans:?}");
    assert!(told.contains("SELECT") && told.contains("http.response.status_code"));
    assert!(!told.contains("gesucht"), "no values");
}
