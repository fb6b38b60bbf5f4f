//! Spans to a receiver of OpenTelemetry, over HTTP and in protobuf.
//!
//! A thread of its own sends them, in batches. Whoever hands one over waits for nothing: a queue with an end takes it, or it is dropped and
//! counted. What OpenTelemetry's users set in the environment (where to, which headers, the name of the service) is read by OpenTelemetry's
//! crates, and only once an [`Exporter`] is started.

mod client;
mod sending;
mod spans;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use meshwright_model::span::{Context, Span, Spans};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator, SpanData, SpanExporter as _};

use client::Client;
use sending::Sending;

/// How many spans wait to be sent; what comes beyond that is dropped. As many as OpenTelemetry's own queue takes.
const MAX_WAITING: usize = 2048;

/// Where receivers take spans, below the address that they are known by. Source: OpenTelemetry specification, OTLP exporter, "Endpoint URLs".
const PATH: &str = "/v1/traces";

/// Sends spans to a receiver.
#[derive(Debug)]
pub struct Exporter {
    /// Gone once it ends.
    queue: Mutex<Option<SyncSender<SpanData>>>,
    counts: Arc<Counts>,
    ids: RandomIdGenerator,
    /// Hears when the last span is sent.
    ended: Mutex<Receiver<()>>,
}

/// What became of spans.
#[derive(Debug, Default)]
pub struct Counts {
    sent: AtomicU64,
    refused: AtomicU64,
    overflown: AtomicU64,
}

/// Why nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What it was told makes no sense.
    #[error(transparent)]
    Settings(#[from] ExporterBuildError),
    /// The address of the receiver has another form.
    #[error("{0}: it is no http://HOST:PORT and no https://HOST:PORT")]
    Url(String),
    /// The system gives no thread.
    #[error("no thread can be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl Exporter {
    /// Begins to send to a receiver, known by its address (`http://HOST:4318`); without one, to that of the environment. The receiver has
    /// `patience` for each answer, or 10 s. `complain` is told once that spans are lost, and why.
    ///
    /// # Errors
    /// The address, or what the environment says, makes no sense.
    pub fn start(
        url: Option<&str>,
        patience: Option<Duration>,
        complain: impl Fn(&str) + Send + 'static,
    ) -> Result<Self, Error> {
        let client = Client::new(patience);
        let trouble = client.trouble();
        let mut builder =
            SpanExporter::builder().with_http().with_http_client(client).with_protocol(Protocol::HttpBinary);
        if let Some(url) = url {
            if !["http://", "https://"]
                .iter()
                .any(|scheme| url.strip_prefix(scheme).is_some_and(|host| !host.is_empty()))
            {
                return Err(Error::Url(url.to_owned()));
            }
            builder = builder.with_endpoint(format!("{}{PATH}", url.trim_end_matches('/')));
        }
        let mut exporter = builder.build()?;
        exporter.set_resource(&spans::resource());
        let (queue, waiting) = sync_channel(MAX_WAITING);
        let (done, ended) = sync_channel(1);
        let counts = Arc::new(Counts::default());
        let sending = Sending { exporter, counts: Arc::clone(&counts), trouble, complain: Some(Box::new(complain)) };
        std::thread::Builder::new().name("spans".to_owned()).spawn(move || {
            sending.run(&waiting);
            // Nobody need wait for that.
            let _ = done.send(());
        })?;
        Ok(Self { queue: Mutex::new(Some(queue)), counts, ids: RandomIdGenerator::default(), ended: Mutex::new(ended) })
    }

    /// Sends what waits, for so long at most; what comes from here on is dropped.
    pub fn end(&self, patience: Duration) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        // What is not sent by then is lost.
        let _ = ended.recv_timeout(patience);
    }

    /// What became of spans.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Counts {
    /// Spans that the receiver has taken.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Spans that are lost since the receiver did not take them.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Spans that are lost since too many waited.
    pub fn overflown(&self) -> u64 {
        self.overflown.load(Ordering::Relaxed)
    }
}

impl Spans for Exporter {
    fn begin(&self, parent: Option<Context>) -> Context {
        let id = |bytes: [u8; 8]| u64::from_be_bytes(bytes);
        let trace = || u128::from_be_bytes(self.ids.new_trace_id().to_bytes());
        Context {
            trace: parent.map_or_else(trace, |parent| parent.trace),
            span: id(self.ids.new_span_id().to_bytes()),
            is_sampled: parent.is_none_or(|parent| parent.is_sampled),
        }
    }

    fn end(&self, span: Span) {
        if !span.context.is_sampled {
            return;
        }
        let data = spans::ended_now(span);
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = &*queue else { return };
        if let Err(TrySendError::Full(_)) = queue.try_send(data) {
            self.counts.overflown.fetch_add(1, Ordering::Relaxed);
        }
    }
}
