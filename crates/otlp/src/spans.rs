//! Our spans, and who we are, in OpenTelemetry's words.

use std::time::SystemTime;

use meshwright_model::span::{Context, Span, Value};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, Key, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

/// Source: OpenTelemetry semantic conventions, resources, "Service".
const SERVICE_NAME: Key = Key::from_static_str("service.name");
const SERVICE_VERSION: Key = Key::from_static_str("service.version");

const OWN_NAME: &str = "meshwright";
const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who we are, where the environment does not say it.
pub(crate) fn resource() -> Resource {
    let said = Resource::builder().build();
    let is_said = |key: &Key| said.get(key).is_some_and(|value| !value.as_str().starts_with("unknown_service"));
    let own = [(SERVICE_NAME, OWN_NAME), (SERVICE_VERSION, OWN_VERSION)];
    let missing = own.into_iter().filter(|(key, _)| !is_said(key)).map(|(key, value)| KeyValue::new(key, value));
    Resource::builder().with_attributes(missing.collect::<Vec<_>>()).build()
}

/// A span that has ended now.
pub(crate) fn ended_now(span: Span) -> SpanData {
    let Span { name, is_of_server, context, parent, took, attributes, failure } = span;
    let end_time = SystemTime::now();
    let said = |(name, value): (&'static str, Value)| match value {
        Value::Text(text) => KeyValue::new(name, text),
        Value::Number(number) => KeyValue::new(name, i64::try_from(number).unwrap_or(i64::MAX)),
    };
    SpanData {
        span_context: span_context(context),
        parent_span_id: parent.map_or(SpanId::INVALID, |parent| span_id(parent.span)),
        parent_span_is_remote: parent.is_some() && is_of_server,
        span_kind: if is_of_server { SpanKind::Server } else { SpanKind::Internal },
        name,
        start_time: end_time.checked_sub(took).unwrap_or(end_time),
        end_time,
        attributes: attributes.into_iter().map(said).collect(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: failure.map_or(Status::Unset, Status::error),
        instrumentation_scope: InstrumentationScope::builder(OWN_NAME).with_version(OWN_VERSION).build(),
    }
}

fn span_context(context: Context) -> SpanContext {
    let trace = TraceId::from_bytes(context.trace.to_be_bytes());
    SpanContext::new(trace, span_id(context.span), TraceFlags::SAMPLED, false, TraceState::default())
}

fn span_id(span: u64) -> SpanId {
    SpanId::from_bytes(span.to_be_bytes())
}
