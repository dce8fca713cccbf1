//! Tests of `telemetry`: what is kept out of the log, whatever is configured.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use super::*;

/// A log that can be read.
#[derive(Debug, Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What `work` logs under this filter, whether anybody else listens or not.
fn logged(filter: &str, format: LogFormat, work: impl Fn()) -> String {
    let [alone, beside] = [false, true].map(|traces| {
        let paper = Paper::default();
        let writer = paper.clone();
        let writer = move || writer.clone();
        let layer = if traces { lines_beside(filter, format, writer) } else { lines(filter, format, writer) };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), &work);
        paper.text()
    });
    let without_times = |text: &str| text.lines().map(|line| without_time(line, format)).collect::<Vec<_>>();
    assert_eq!(without_times(&alone), without_times(&beside));
    alone
}

/// A line without when it was written.
fn without_time(line: &str, format: LogFormat) -> String {
    match format {
        LogFormat::Text => line.split_once(' ').unwrap().1.to_owned(),
        LogFormat::Json => {
            let mut told: serde_json::Value = serde_json::from_str(line).unwrap();
            told.as_object_mut().unwrap().remove("timestamp").unwrap();
            told.to_string()
        }
    }
}

#[test]
fn libraries_cannot_tell_values_however_loud_the_log_is() {
    for filter in ["trace", "trace,sqlx=trace,hyper=trace,sea_orm=trace,h2=trace"] {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(filter, format, || {
                tracing::info!(target: "sqlx::query", "value-1");
                tracing::info!(target: "sqlx::postgres::notice", "value-2");
                tracing::debug!(target: "hyper::proto::h1::io", "value-3");
                tracing::trace!(target: "rustls::client", "value-4");
                tracing::info!(target: "sea_orm::driver", "value-5");
                tracing::debug!(target: "h2::codec", "value-6");
                tracing::warn!(target: "sqlx::pool", "word-1");
                tracing::info!(target: "sea_orm_migration::migrator", "word-2");
                tracing::trace!(target: "backdesk::http", "word-3");
            });
            assert!(!text.contains("value-"), "{text}");
            assert_eq!(text.matches("word-").count(), 3, "{text}");
        }
    }
}

#[test]
fn spans_below_the_level_of_the_log_are_never_made() {
    for (filter, is_made) in [("info,sqlx=warn", false), ("warn", false), ("warn,backdesk=debug", true)] {
        for layer in [lines, lines_beside] {
            let log = tracing_subscriber::registry().with(layer(filter, LogFormat::Text, std::io::stderr));
            let span = tracing::subscriber::with_default(log, || tracing::debug_span!("inner"));
            assert_eq!(span.is_disabled(), !is_made, "{filter}");
        }
    }
}

#[test]
fn a_panic_is_told_without_what_it_said() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(tell));
    let text = logged("error", LogFormat::Json, || {
        tracing::error_span!("request", request_id = "id-1").in_scope(|| {
            let _ = std::panic::catch_unwind(|| panic!("ada@example.com is not in the list"));
        });
    });
    std::panic::set_hook(default);
    assert!(!text.contains("ada@"), "{text}");
    assert!(text.contains("telemetry/tests.rs") && text.contains("id-1"), "{text}");
}
