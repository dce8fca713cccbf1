//! What the program tells about itself: log lines (here), traces (`traces.rs`), and what it counts (`meters.rs`).
//!
//! Three rules hold at every level and in every format. A request is told by its id, its address's pattern and its
//! numbers; who asked, and what for, stands in the audit trail under the same id. Values of statements, headers and bodies
//! are in no line: libraries that would write them are kept from it here, whatever the configured filter says. What
//! somebody wrote in a panic is not repeated: only where it happened.

use std::panic::PanicHookInfo;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, FilterFn, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

pub mod meters;
mod traces;

pub(crate) use traces::join;

use crate::config::{Config, LogFormat};

/// Our own lines and spans begin with this.
const OURS: &str = "backdesk";
/// These speak of statements, and of notices of the server, which may quote values, from INFO on.
const DATABASE: [&str; 2] = ["sqlx", "sea_orm"];

/// What must be ended before the program does.
#[derive(Debug)]
#[must_use = "dropped, it ends the traces"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Starts logging, and traces where they are wanted.
pub fn start(config: &Config) -> Telemetry {
    let traces = config.otlp_endpoint.as_ref().map(traces::to);
    let registry = tracing_subscriber::registry();
    let writer = std::io::stderr;
    match &traces {
        None => registry.with(lines(&config.log, config.log_format, writer)).init(),
        Some(provider) => {
            let wanted = filter_fn(may_be_traced).with_max_level_hint(LevelFilter::DEBUG);
            let spans = traces::layer(provider).with_filter(wanted);
            registry.with(lines_beside(&config.log, config.log_format, writer)).with(spans).init();
        }
    }
    std::panic::set_hook(Box::new(tell));
    Telemetry { traces }
}

impl Telemetry {
    /// Sends what was not sent yet. Blocks, for a few seconds at most.
    pub fn finish(self) {
        if let Some(traces) = self.traces
            && traces.shutdown().is_err()
        {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// The log, chosen by a filter, where nobody else listens. What is not told is not even looked at: with filters of its own
/// each layer looks every span up at each step of a request.
fn lines<W>(filter: &str, format: LogFormat, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    EnvFilter::new(filter).and_then(allowed()).and_then(written(format, writer)).boxed()
}

/// The same where traces want other spans than the log.
fn lines_beside<W>(filter: &str, format: LogFormat, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    written(format, writer).with_filter(EnvFilter::new(filter).and(allowed())).boxed()
}

/// Lines of this format.
fn written<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => lines.with_ansi(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}

/// What may be told. A filter that names no level has every span and line of every level looked at, wherever the log begins.
fn allowed() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    FilterFn::new(may_be_told as fn(&Metadata<'_>) -> bool).with_max_level_hint(LevelFilter::TRACE)
}

/// Whether a line may be told at all. At DEBUG and TRACE, libraries write statements, headers and whole buffers.
fn may_be_told(line: &Metadata<'_>) -> bool {
    let target = line.target();
    if target.starts_with(OURS) {
        true
    } else if DATABASE.iter().any(|database| target.starts_with(database)) {
        // the migrations tell their names
        *line.level() <= Level::WARN
            || target.starts_with("sea_orm_migration") && *line.level() <= Level::INFO
    } else {
        *line.level() <= Level::INFO
    }
}

/// Whether a span is one of a trace: requests, fields and statements are.
fn may_be_traced(span: &Metadata<'_>) -> bool {
    *span.level() <= Level::DEBUG && span.target().starts_with(OURS)
}

/// Tells of a panic where it happened, and not what it said: that may be about people.
fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
    tracing::error!(place, "a panic");
}

#[cfg(test)]
mod tests;
