//! The thread that sends spans.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use futures_executor::block_on;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};

use crate::Counts;
use crate::client::Trouble;

/// The most spans of a request, and how long the first of them waits for others.
const MAX_BATCH: usize = 512;
const GATHER: Duration = Duration::from_secs(1);

/// Tells somebody what is wrong.
type Complain = Box<dyn Fn(&str) + Send>;

/// Sends spans until nobody has any more.
pub(crate) struct Sending {
    pub(crate) exporter: SpanExporter,
    pub(crate) counts: Arc<Counts>,
    pub(crate) trouble: Trouble,
    /// Whom it is told that spans are lost; gone once that is told.
    pub(crate) complain: Option<Complain>,
}

impl fmt::Debug for Sending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sending")
    }
}

impl Sending {
    pub(crate) fn run(mut self, waiting: &Receiver<SpanData>) {
        while let Ok(first) = waiting.recv() {
            let batch = gather(first, waiting);
            let count = batch.len() as u64;
            if let Err(why) = block_on(self.exporter.export(batch)) {
                self.counts.refused.fetch_add(count, Ordering::Relaxed);
                let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
                self.complain(&format!(
                    "the receiver does not take them: {}",
                    trouble.unwrap_or_else(|| why.to_string())
                ));
            } else {
                self.counts.sent.fetch_add(count, Ordering::Relaxed);
            }
            if self.counts.overflown() > 0 {
                self.complain("there are more than the receiver takes");
            }
        }
    }

    fn complain(&mut self, why: &str) {
        if let Some(complain) = self.complain.take() {
            complain(why);
        }
    }
}

/// A span with those that come soon after it.
fn gather(first: SpanData, waiting: &Receiver<SpanData>) -> Vec<SpanData> {
    let end = Instant::now() + GATHER;
    let mut batch = vec![first];
    while batch.len() < MAX_BATCH {
        let Ok(next) = waiting.recv_timeout(end.saturating_duration_since(Instant::now())) else { break };
        batch.push(next);
    }
    batch
}
