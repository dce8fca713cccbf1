//! Traces for an OpenTelemetry collector, by OTLP over HTTP.

use std::time::Duration;

use axum::{
    body::Bytes,
    http::{HeaderMap, Request, Response},
};
use opentelemetry::{Context, propagation::TextMapPropagator, trace::TracerProvider};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError, hyper::HyperClient};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// How long the collector may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Sends traces to this collector, many at a time. One that cannot be reached costs traces and nothing else.
pub(super) fn to(collector: &Url) -> SdkTracerProvider {
    let client =
        OnRuntime { runtime: Handle::current(), client: HyperClient::with_default_connector(TIMEOUT, None) };
    let endpoint = format!("{}/v1/traces", collector.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(TIMEOUT)
        .build()
        .expect("the configured address is one of HTTP");
    SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // whoever calls may join a trace of theirs, and not keep a request out of ours
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(Resource::builder().with_service_name("backdesk").build())
        .build()
}

/// The spans of the program, as spans of traces.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> OpenTelemetryLayer<S, SdkTracer>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("backdesk"))
        .with_threads(false)
        .with_location(false)
        .with_tracked_inactivity(false)
}

/// Makes a span a part of the trace that the caller names in `traceparent`, if it does.
pub(crate) fn join(span: &Span, headers: &HeaderMap) {
    let caller: Context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // there is nothing to join where traces are off
    let _ = span.set_parent(caller);
}

/// The exporter runs on a thread of its own, and the client needs the runtime.
#[derive(Debug)]
struct OnRuntime {
    runtime: Handle,
    client: HyperClient,
}

#[async_trait::async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
