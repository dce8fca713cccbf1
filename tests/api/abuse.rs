//! Abuse of the running program, over real sockets: while it goes on, honest questions are answered, and behind it the
//! program is as it was before. What each abuse took of memory and of an honest asker's time is printed:
//! `cargo test --test api abuse -- --nocapture`.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::timeout};

use crate::support::{
    program::{Program, Site},
    server::{read_to_end, request_with, whole_conversation},
};

/// Connections at once.
const ABUSERS: usize = 64;
/// Requests of each.
const ROUNDS: usize = 4;
/// What hostile input may take of memory, in kilobytes: see the program's limits.
const MEMORY: u64 = 256 * 1024;
/// Longer than an answer may take on the busiest machine: whoever waits longer is stuck.
const STUCK: Duration = Duration::from_secs(30);

/// What somebody sends who means no good: the bytes, and the statuses that they may be answered with; none where they are
/// never whole and so may go unanswered.
struct Abuse {
    name: &'static str,
    bytes: Vec<u8>,
    answers: &'static [u16],
}

fn abuse(name: &'static str, answers: &'static [u16], bytes: impl Into<Vec<u8>>) -> Abuse {
    Abuse { name, bytes: bytes.into(), answers }
}

const JSON: &str = "Content-Type: application/json\r\n";

/// A whole request of these headers and this body.
fn raw(token: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\
         Accept: application/graphql-response+json\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn document(token: &str, text: impl Into<String>) -> Vec<u8> {
    variables(token, &text.into(), &json!({}))
}

fn variables(token: &str, text: &str, variables: &Value) -> Vec<u8> {
    let body = json!({ "query": text, "variables": variables });
    raw(token, JSON, body.to_string().as_bytes())
}

/// Fragments of which each spreads the next one ten times.
fn multiplying() -> String {
    let levels = (0..20).map(|level| {
        format!("fragment F{level} on Query {{ {} }} ", format!("...F{} ", level + 1).repeat(10))
    });
    format!("{{ ...F0 }} {} fragment F20 on Query {{ viewer {{ name }} }}", levels.collect::<String>())
}

/// Everything that somebody with a token may try.
fn abuses(token: &str) -> Vec<Abuse> {
    const SEARCH: &str = "query ($a: String) { users(search: $a) { totalCount } }";
    let nested = |open: &str, close: &str, times: usize| {
        document(
            token,
            format!("{{ users(where: {}{}) {{ totalCount }} }}", open.repeat(times), close.repeat(times)),
        )
    };
    let wide = (0..30).fold(String::new(), |all, n| {
        all + &format!("a{n}: users(first: 100) {{ nodes {{ id groups {{ id }} addresses {{ line1 }} }} }} ")
    });
    let chunk = format!("{:x}\r\n{}\r\n", 64 * 1024, "x".repeat(64 * 1024));
    let chunked = format!(
        "POST /graphql HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n{JSON}Transfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n{}0\r\n\r\n",
        chunk.repeat(160)
    );
    // a gigabyte of zeros is a megabyte of gzip; what matters is that nobody looks inside
    let bomb =
        [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0xed, 0xc1, 1, 1, 0, 0, 0, 0x80, 0x90].repeat(100_000)]
            .concat();
    vec![
        abuse("nested lists", &[400, 422, 429], nested("[", "]", 3000)),
        abuse("nested objects", &[400, 422, 429], nested("{a:", "}", 2000)),
        abuse("multiplying fragments", &[400, 422, 429], document(token, multiplying())),
        abuse("thirty wide pages", &[422, 429], document(token, format!("{{ {wide} }}"))),
        abuse("filters of many values", &[200, 422, 429, 503], {
            let tests: Vec<_> =
                (0..50).map(|n| json!({ "lastName": { "in": vec![format!("name {n}"); 500] } })).collect();
            let text = "query ($w: UserWhere) { users(where: $w) { totalCount } }";
            variables(token, text, &json!({ "w": { "or": tests } }))
        }),
        abuse("nested variables", &[400, 422, 429], {
            let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
            raw(
                token,
                JSON,
                format!(r#"{{"query":"{{viewer{{name}}}}","variables":{{"a":{deep}}}}}"#).as_bytes(),
            )
        }),
        abuse(
            "a batch",
            &[400, 422, 429],
            raw(
                token,
                JSON,
                format!("[{}]", vec![r#"{"query":"{viewer{name}}"}"#; 10_000].join(",")).as_bytes(),
            ),
        ),
        abuse("ten megabytes", &[413, 429], raw(token, JSON, &vec![b' '; 10 << 20])),
        abuse("ten megabytes in chunks", &[413, 429], chunked),
        abuse(
            "a compressed bomb",
            &[413, 415],
            raw(token, &format!("{JSON}Content-Encoding: gzip\r\n"), &bomb),
        ),
        abuse("NUL bytes", &[200, 294, 400, 422, 429], variables(token, SEARCH, &json!({ "a": "a\0b" }))),
        abuse(
            "broken UTF-8",
            &[400, 422, 429],
            raw(token, JSON, b"{\"query\":\"{ viewer { name } } \xff\xfe\xc0\x80\"}"),
        ),
        abuse(
            "a megabyte of text",
            &[200, 294, 400, 422, 429],
            variables(token, SEARCH, &json!({ "a": "x".repeat(1_000_000) })),
        ),
        abuse("a document of a megabyte", &[400, 422, 429], document(token, "x".repeat(1_000_000))),
        abuse(
            "a string that never ends",
            &[400, 422, 429],
            document(token, format!("{{ users(search: \"{}", "\\".repeat(15_000))),
        ),
        abuse("numbers out of range", &[400, 422, 429], {
            raw(
                token,
                JSON,
                br#"{"query":"query($a:Int){users(first:$a){totalCount}}","variables":{"a":1e999}}"#,
            )
        }),
        abuse("headers of a megabyte", &[431], raw(token, &format!("X-A: {}\r\n", "a".repeat(1 << 20)), b"")),
        abuse("ten thousand headers", &[400, 431], raw(token, &"X-A: b\r\n".repeat(10_000), b"")),
        abuse("tokens of nobody", &[401, 429], document("eyJhbGciOiJub25lIn0.e30.", "{ viewer { name } }")),
        abuse("no HTTP", &[400], [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, b'\r', b'\n', b'\r', b'\n']),
        abuse("heads that never end", &[], "POST /graphql HTTP/1.1\r\nHost: desk\r\nX-A: "),
        abuse("bodies that never come", &[], {
            let head = raw(token, JSON, b"");
            String::from_utf8(head).expect("text").replace("Content-Length: 0", "Content-Length: 1000")
        }),
    ]
}

/// The statuses that one connection was answered with. It closes behind each: every request costs the whole way.
async fn abuser(address: SocketAddr, bytes: Vec<u8>, rounds: usize, waits: bool) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..rounds {
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        // the server may answer and hang up before it has heard all
        let _ = stream.write_all(&bytes).await;
        if !waits {
            // holds the connection until the honest have asked
            tokio::time::sleep(Duration::from_secs(2)).await;
            continue;
        }
        let answer = timeout(STUCK, read_to_end(&mut stream)).await.expect("an answer, not a stall");
        statuses.extend(answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()));
    }
    statuses
}

/// How long an honest question takes: the median and the longest of so many.
async fn honest(address: SocketAddr, token: &str, times: usize) -> (Duration, Duration) {
    let question =
        request_with(token, &json!({ "query": "{ users(first: 10) { nodes { id reference } } }" }));
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        let answer =
            timeout(STUCK, whole_conversation(address, &question)).await.expect("an answer, not a stall");
        assert!(answer.starts_with("HTTP/1.1 200"), "an honest question is answered: {answer}");
        took.push(began.elapsed());
    }
    took.sort();
    (took[times / 2], took[times - 1])
}

/// Kilobytes that the program holds.
fn memory(program: &Program) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", program.id())).expect("a running program");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[expect(clippy::print_stdout, reason = "the table is for whoever asks for it")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn abuse_stops_nobody_and_leaves_nothing_behind() {
    let site = Site::new(&[]).await;
    site.run(&["seed", "--users", "500"]);
    let (honest_token, token) = (site.token("read-only"), site.token("admin"));
    let mut program = site.serve();
    let address = program.address();
    let start = memory(&program);
    let (before, _) = honest(address, &honest_token, 20).await;
    println!("{:<26} {:>12} {:>12} {:>12} {:>10}", "abuse", "median", "longest", "afterwards", "memory");
    println!("{:<26} {before:>12.1?} {:>12} {:>12} {:>7} KB", "none", "", "", start);

    for Abuse { name, bytes, answers } in abuses(&token) {
        let mut abusers = JoinSet::new();
        for _ in 0..ABUSERS {
            abusers.spawn(abuser(address, bytes.clone(), ROUNDS, !answers.is_empty()));
        }
        let (median, longest) = honest(address, &honest_token, 10).await;
        while let Some(statuses) = abusers.join_next().await {
            for status in statuses.expect("no panic") {
                assert!(answers.contains(&status), "{name}: {status}");
            }
        }
        assert!(program.is_running(), "{name}: {}", program.log());
        let (afterwards, _) = honest(address, &honest_token, 10).await;
        let now = memory(&program);
        println!("{name:<26} {median:>12.1?} {longest:>12.1?} {afterwards:>12.1?} {now:>7} KB");
        assert!(now < start + MEMORY, "{name}: {start} KB before, {now} KB behind");
    }
    program.terminate();
    assert!(program.wait().0.success());
}
