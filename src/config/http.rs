//! How the edge is set up: what it takes from a client at most, how often, how long it waits, and whom it believes.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use ipnet::IpNet;
use url::{Origin, Url};

use super::{bounded::bounded, sources::Sources};

/// How the edge is set up.
#[derive(Debug, Clone, Default)]
pub struct Http {
    /// What is taken at most.
    pub limits: Limits,
    /// How often.
    pub rates: Rates,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// What files may be.
    pub files: Files,
    /// The origins whose pages may read answers, as browsers write them.
    pub allowed_origins: Vec<String>,
    /// The networks of the proxies that are believed when they say whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// Where they say it.
    pub proxy_header: ProxyHeader,
    /// Where metrics are served; nowhere by default.
    pub metrics_listen: Option<SocketAddr>,
    /// Whether letters that wait are shown to whoever sits at this machine. No key makes it so: a demo does.
    pub shows_mails: bool,
}

/// The header in which proxies say whom they speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyHeader {
    /// The custom of most of them.
    #[default]
    XForwardedFor,
    /// The standard, RFC 7239.
    Forwarded,
}

impl Http {
    pub(super) fn read(sources: &mut Sources) -> Option<Self> {
        // each is judged before any is missed, so that all problems are told at once
        let (limits, rates) = (Limits::read(sources), Rates::read(sources));
        let (timeouts, files) = (Timeouts::read(sources), Files::read(sources));
        let allowed_origins = sources.value("allowed_origins", |text| each(text, origin));
        let trusted_proxies = sources.value("trusted_proxies", |text| each(text, network));
        let proxy_header = sources.value("proxy_header", |text| match text {
            "x-forwarded-for" => Ok(ProxyHeader::XForwardedFor),
            "forwarded" => Ok(ProxyHeader::Forwarded),
            _ => Err("must be x-forwarded-for or forwarded"),
        });
        let metrics_listen = sources.value("metrics_listen", |text| match text {
            "" => Ok(None),
            text => {
                text.parse().map(Some).map_err(|_| "must be an address and a port, such as 127.0.0.1:9464")
            }
        });
        Some(Self {
            limits: limits?,
            rates: rates?,
            timeouts: timeouts?,
            files: files?,
            allowed_origins: allowed_origins?,
            trusted_proxies: trusted_proxies?,
            proxy_header: proxy_header?,
            metrics_listen: metrics_listen?,
            shows_mails: false,
        })
    }
}

/// The parts of a list that is separated by commas; an empty text has none.
fn each<T>(text: &str, parse: fn(&str) -> Result<T, &'static str>) -> Result<Vec<T>, &'static str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(parse).collect()
}

/// An origin exactly as a browser sends it: neither `*` nor `null`, which stand for anybody.
fn origin(text: &str) -> Result<String, &'static str> {
    let written = Url::parse(text).ok().map(|url| url.origin());
    let written =
        written.filter(|origin| matches!(origin, Origin::Tuple(scheme, ..) if scheme.starts_with("http")));
    written
        .map(|origin| origin.ascii_serialization())
        .filter(|written| written == text && !text.contains('*'))
        .ok_or("must be origins as browsers write them, such as https://desk.example, separated by commas")
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "must be networks such as 10.0.0.0/8 or addresses, separated by commas")
}

bounded! {
    /// What a request may be at most.
    Limits {
        /// Bytes of a request's body at most.
        body_bytes: usize = "1048576", 1024..=16_777_216, "limit_body_bytes", "BACKDESK_LIMIT_BODY_BYTES";
        /// Bodies of 65536 bytes and more that are read and answered at the same time at most; others wait for room.
        large_bodies_at_once: usize = "8", 1..=1024, "limit_large_bodies_at_once", "BACKDESK_LIMIT_LARGE_BODIES_AT_ONCE";
        /// Bytes of a request's line and headers at most; 8192 for the access token are among them.
        header_bytes: usize = "16384", 8192..=131_072, "limit_header_bytes", "BACKDESK_LIMIT_HEADER_BYTES";
        /// Connections of clients at most. When all are taken idle ones are closed, and new ones wait.
        connections: usize = "1024", 1..=65_536, "limit_connections", "BACKDESK_LIMIT_CONNECTIONS";
        /// Bytes of a document at most.
        document_bytes: usize = "16384", 256..=1_048_576, "limit_document_bytes", "BACKDESK_LIMIT_DOCUMENT_BYTES";
        /// Tokens of a document at most: names, values, signs.
        tokens: usize = "2000", 50..=100_000, "limit_tokens", "BACKDESK_LIMIT_TOKENS";
        /// Brackets of any kind inside each other at most, in a document and in its variables. The parser recurses.
        nesting: usize = "25", 5..=50, "limit_nesting", "BACKDESK_LIMIT_NESTING";
        /// Fragment spreads of a document at most.
        spreads: usize = "40", 0..=1000, "limit_spreads", "BACKDESK_LIMIT_SPREADS";
        /// Directives of a document at most.
        directives: usize = "20", 0..=1000, "limit_directives", "BACKDESK_LIMIT_DIRECTIVES";
        /// Operations of a document at most.
        operations: usize = "10", 1..=1000, "limit_operations", "BACKDESK_LIMIT_OPERATIONS";
        /// Fields of a document at most, with its fragments written out.
        fields: usize = "2000", 10..=100_000, "limit_fields", "BACKDESK_LIMIT_FIELDS";
        /// Aliases of a document at most, with its fragments written out.
        aliases: usize = "30", 0..=10_000, "limit_aliases", "BACKDESK_LIMIT_ALIASES";
        /// Fields at the top of an operation at most.
        root_fields: usize = "20", 1..=1000, "limit_root_fields", "BACKDESK_LIMIT_ROOT_FIELDS";
        /// Fields inside fields at most.
        depth: usize = "12", 1..=30, "limit_depth", "BACKDESK_LIMIT_DEPTH";
        /// Fields inside fields at most where the schema is read.
        introspection_depth: usize = "20", 1..=30, "limit_introspection_depth", "BACKDESK_LIMIT_INTROSPECTION_DEPTH";
        /// Cost of an operation at most.
        cost: u32 = "5000", 10..=1_000_000, "limit_cost", "BACKDESK_LIMIT_COST";
        /// Cost of all operations that are worked on at the same time at most, and as much again for those of up to a tenth of it; others wait for room.
        points_at_once: u32 = "5000", 100..=10_000_000, "limit_points_at_once", "BACKDESK_LIMIT_POINTS_AT_ONCE";
        /// Objects in the variables of a request at most: a batch of 500 rows has up to four each.
        variable_objects: usize = "2500", 10..=100_000, "limit_variable_objects", "BACKDESK_LIMIT_VARIABLE_OBJECTS";
        /// Values in the variables of a request at most.
        variable_values: usize = "30000", 10..=1_000_000, "limit_variable_values", "BACKDESK_LIMIT_VARIABLE_VALUES";
        /// Items of a page at most.
        page: u64 = "100", 1..=500, "limit_page", "BACKDESK_LIMIT_PAGE";
        /// Keys of an order at most.
        orders: usize = "5", 1..=10, "limit_orders", "BACKDESK_LIMIT_ORDERS";
        /// Conditions of a filter at most. Times the values of each they fit into a statement of either database.
        filter_conditions: usize = "50", 1..=60, "limit_filter_conditions", "BACKDESK_LIMIT_FILTER_CONDITIONS";
        /// Filters inside each other at most.
        filter_depth: usize = "8", 1..=15, "limit_filter_depth", "BACKDESK_LIMIT_FILTER_DEPTH";
        /// Values of one `in` or `notIn` at most.
        filter_values: usize = "500", 1..=500, "limit_filter_values", "BACKDESK_LIMIT_FILTER_VALUES";
    }
}

bounded! {
    /// How often something may be asked.
    Rates {
        /// Cost points that each signed-in person gets back a second.
        points: u32 = "5000", 1..=1_000_000, "rate_points", "BACKDESK_RATE_POINTS";
        /// Cost points that a signed-in person may spend at once.
        points_burst: u32 = "50000", 10..=10_000_000, "rate_points_burst", "BACKDESK_RATE_POINTS_BURST";
        /// Requests without a valid token that each address is answered a second.
        strangers: u32 = "1", 1..=1000, "rate_strangers", "BACKDESK_RATE_STRANGERS";
        /// Requests without a valid token that an address is answered at once.
        strangers_burst: u32 = "60", 1..=100_000, "rate_strangers_burst", "BACKDESK_RATE_STRANGERS_BURST";
        /// Requests without a token, to come in or to go on with a session, that each address has a second.
        visitors: u32 = "10", 1..=10_000, "rate_visitors", "BACKDESK_RATE_VISITORS";
        /// The same at once.
        visitors_burst: u32 = "300", 1..=100_000, "rate_visitors_burst", "BACKDESK_RATE_VISITORS_BURST";
        /// Tries to sign in that each address has a minute, and at once: passwords, codes, links.
        sign_ins: u32 = "10", 1..=100_000, "rate_sign_ins", "BACKDESK_RATE_SIGN_INS";
        /// Links to set a new password that each address may ask for an hour, and at once.
        recoveries: u32 = "3", 1..=10_000, "rate_recoveries", "BACKDESK_RATE_RECOVERIES";
    }
}

bounded! {
    /// How long is waited.
    Timeouts {
        /// How long the line and the headers of a request may take to arrive.
        header: Duration = "10s", SHORTEST..=LONGEST, "timeout_header", "BACKDESK_TIMEOUT_HEADER";
        /// How long the whole body of a request may take to arrive.
        body: Duration = "10s", SHORTEST..=LONGEST, "timeout_body", "BACKDESK_TIMEOUT_BODY";
        /// How long a request may take in all. A mutation that has begun still runs to its end.
        request: Duration = "10s", SHORTEST..=LONGEST, "timeout_request", "BACKDESK_TIMEOUT_REQUEST";
        /// How long a large body or an operation waits for room among those that are worked on.
        room: Duration = "2s", SHORTEST..=LONGEST, "timeout_room", "BACKDESK_TIMEOUT_ROOM";
        /// How long a client may take nothing of its answer.
        write: Duration = "10s", SHORTEST..=LONGEST, "timeout_write", "BACKDESK_TIMEOUT_WRITE";
        /// How long a connection may wait for its next request.
        idle: Duration = "60s", SHORTEST..=LONGEST, "timeout_idle", "BACKDESK_TIMEOUT_IDLE";
        /// How long new connections are still taken after a stop was asked for, so that a load balancer sees `/health/ready` say 503 first.
        drain: Duration = "1s", Duration::ZERO..=Duration::from_mins(1), "timeout_drain", "BACKDESK_TIMEOUT_DRAIN";
        /// How long a stop waits for running requests.
        stop: Duration = "30s", SHORTEST..=LONGEST, "timeout_stop", "BACKDESK_TIMEOUT_STOP";
    }
}

bounded! {
    /// What the files of documents and pictures may be, and how long they may take.
    Files {
        /// Bytes of a document's file at most.
        bytes: u64 = "10485760", 1024..=104_857_600, "limit_file_bytes", "BACKDESK_LIMIT_FILE_BYTES";
        /// Bytes of a user's picture at most.
        picture_bytes: u64 = "2097152", 1024..=104_857_600, "limit_picture_bytes", "BACKDESK_LIMIT_PICTURE_BYTES";
        /// Files that are received, judged or begun to be handed out at the same time at most; others wait for room.
        at_once: usize = "64", 1..=1024, "limit_files_at_once", "BACKDESK_LIMIT_FILES_AT_ONCE";
        /// How long a file may take to arrive.
        arrival: Duration = "5m", SHORTEST..=Duration::from_hours(1), "timeout_file", "BACKDESK_TIMEOUT_FILE";
        /// How long a link to send or to fetch a file holds.
        link: Duration = "10m", Duration::from_secs(10)..=Duration::from_hours(1), "timeout_link", "BACKDESK_TIMEOUT_LINK";
    }
}

/// The shortest time that can be waited for a client.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST: Duration = Duration::from_mins(10);
