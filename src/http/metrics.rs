//! Metrics in the format of Prometheus, on an address of their own: they are for the house, not for clients.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::answered::Answered;
use crate::{auth::policy::Action, service::Services, telemetry::meters::SECONDS};

const FORMAT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
/// Upper bounds of costs.
const POINTS: [f64; 10] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 5000.0, 10_000.0];

/// What the edge counts.
#[derive(Debug, Clone)]
pub(super) struct Metrics(Arc<Meters>);

#[derive(Debug)]
struct Meters {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Operation, Histogram, fn() -> Histogram>,
    cost: Family<Operation, Histogram, fn() -> Histogram>,
    refusals: Family<Refusal, Counter>,
    in_flight: Gauge,
    connections: Gauge,
    pool: Family<Place, Gauge>,
    process: Process,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    operation: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    state: &'static str,
}

/// What the system knows of the process; read when somebody asks.
#[derive(Debug, Default)]
struct Process {
    memory: Gauge,
    cpu: Gauge<f64, AtomicU64>,
    files: Gauge,
}

impl Metrics {
    pub(super) fn new(services: &Services) -> Self {
        let meters = Meters {
            registry: Registry::with_prefix("backdesk"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            cost: Family::new_with_constructor(|| Histogram::new(POINTS)),
            refusals: Family::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            pool: Family::default(),
            process: Process::default(),
        };
        Self(Arc::new(meters.registered(services)))
    }

    /// Requests that are being answered.
    pub(super) fn in_flight(&self) -> &Gauge {
        &self.0.in_flight
    }

    /// Connections of clients.
    pub(super) fn connections(&self) -> &Gauge {
        &self.0.connections
    }

    /// Counts an answer.
    pub(super) fn count(&self, status: StatusCode, answered: Option<&Answered>, took: Duration) {
        let operation = Self::operation(answered).to_owned();
        let outcome = outcome(status, answered);
        self.0.requests.get_or_create(&Request { operation: operation.clone(), outcome }).inc();
        let operation = Operation { operation };
        self.0.seconds.get_or_create(&operation).observe(took.as_secs_f64());
        if let Some(answered) = answered {
            self.0.cost.get_or_create(&operation).observe(f64::from(answered.cost));
            if outcome != "ok" {
                self.0.refusals.get_or_create(&Refusal { code: answered.outcome.to_owned() }).inc();
            }
        } else if status == StatusCode::GATEWAY_TIMEOUT || status == StatusCode::REQUEST_TIMEOUT {
            self.0.refusals.get_or_create(&Refusal { code: "TIMEOUT".to_owned() }).inc();
        }
    }

    /// What was asked for, in words of ours.
    pub(super) fn operation(answered: Option<&Answered>) -> &str {
        let Some(Answered { field, .. }) = answered else { return "other" };
        match field.as_deref() {
            Some(field) if Action::of_field(field).is_some() => field,
            Some("__schema" | "__type" | "__typename") => "introspection",
            Some(_) | None => "none",
        }
    }

    /// The address that serves them.
    pub(super) fn routes(&self, services: Services) -> Router {
        Router::new().route("/metrics", get(serve)).with_state((self.clone(), services))
    }
}

/// How it went: well, refused for something of the client's, or failed for something of ours.
fn outcome(status: StatusCode, answered: Option<&Answered>) -> &'static str {
    match answered.map(|answered| answered.outcome) {
        Some("OK") => "ok",
        Some("INTERNAL" | "UNAVAILABLE" | "QUERY_TOO_SLOW") => "failed",
        Some(_) => "refused",
        None if status.is_server_error() => "failed",
        None if status.is_client_error() => "refused",
        None => "ok",
    }
}

impl Meters {
    fn registered(mut self, services: &Services) -> Self {
        let r = &mut self.registry;
        r.register(
            "requests",
            "Requests, by the first field asked for and by how it went",
            self.requests.clone(),
        );
        r.register("request_seconds", "Requests, by how long they took", self.seconds.clone());
        r.register("request_cost", "Operations, by the points that they cost", self.cost.clone());
        r.register("refusals", "Operations that were refused or failed, by code", self.refusals.clone());
        r.register("requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        r.register("connections", "Connections of clients", self.connections.clone());
        r.register("database_connections", "Connections of the pool, by what they do", self.pool.clone());
        services.meters().register(r);
        services.mail_meters().register(r);
        let p = &self.process;
        r.register_with_unit("process_resident_memory", "Memory in use", Unit::Bytes, p.memory.clone());
        r.register_with_unit(
            "process_cpu",
            "Processor time spent, in user and system mode",
            Unit::Seconds,
            p.cpu.clone(),
        );
        r.register("process_open_files", "Open files and sockets", p.files.clone());
        self
    }

    /// Reads what nobody counts.
    fn look(&self, services: &Services) {
        let (size, idle) = services.pool();
        for (state, number) in [("idle", idle), ("busy", size.saturating_sub(idle))] {
            self.pool.get_or_create(&Place { state }).set(i64::from(number));
        }
        self.process.look();
    }
}

impl Process {
    #[cfg(target_os = "linux")]
    fn look(&self) {
        use procfs::process::Process as This;
        let Ok(this) = This::myself() else { return };
        if let Ok(stat) = this.stat() {
            let bytes = stat.rss.saturating_mul(procfs::page_size());
            self.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
            #[expect(clippy::cast_precision_loss, reason = "exact for some thousand years of ticks")]
            self.cpu.set((stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64);
        }
        if let Ok(files) = this.fd_count() {
            self.files.set(i64::try_from(files).unwrap_or(i64::MAX));
        }
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "other systems tell in other ways, which nobody has asked for")]
    fn look(&self) {}
}

async fn serve(State((metrics, services)): State<(Metrics, Services)>) -> Response {
    metrics.0.look(&services);
    let mut text = String::new();
    match encode(&mut text, &metrics.0.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
