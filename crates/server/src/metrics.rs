//! What the server counts: calls, how long they took, what the process is.
//!
//! Counting a call costs a few additions to atomics, whichever thread answers it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use meshwright_model::Kind;
use meshwright_model::operation::Operation;

use crate::exposition::{Exposition, Measure};

/// How each row of calls is counted: by the class of the status.
const CLASSES: [&str; 3] = ["2xx", "4xx", "5xx"];

/// The operations of every kind come first, then those of tags and ours, then what is no operation.
const OF_TAGS: usize = 5 * Kind::ALL.len();
const ROWS: usize = OF_TAGS + 3 + Operation::OURS.len() + 1;

/// The bounds of the buckets of durations, as they are shown: a read from memory, a write that waits for the disk, and what is slow.
const BOUNDS: [(Duration, &str); 5] = [
    (Duration::from_micros(100), "0.0001"),
    (Duration::from_millis(1), "0.001"),
    (Duration::from_millis(10), "0.01"),
    (Duration::from_millis(100), "0.1"),
    (Duration::from_secs(1), "1"),
];

/// What is counted of calls.
#[derive(Debug)]
pub(crate) struct Metrics {
    calls: [[AtomicU64; CLASSES.len()]; ROWS],
    reads: Durations,
    writes: Durations,
    started: SystemTime,
}

#[derive(Debug, Default)]
struct Durations {
    /// Each in the smallest bucket that takes it; the last takes all.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: std::array::from_fn(|_| Default::default()),
            reads: Durations::default(),
            writes: Durations::default(),
            started: SystemTime::now(),
        }
    }
}

impl Metrics {
    /// Counts a call; `None` is what is no operation.
    pub(crate) fn note(&self, operation: Option<Operation>, status: u16, took: Duration) {
        let class = match status {
            ..400 => 0,
            400..500 => 1,
            _ => 2,
        };
        self.calls[row(operation)][class].fetch_add(1, Ordering::Relaxed);
        if let Some(operation) = operation {
            if operation.is_write() { &self.writes } else { &self.reads }.note(took);
        }
    }

    /// All of it.
    pub(crate) fn measure(&self, text: &mut Exposition) {
        let name = "meshwright_api_calls_total";
        text.family(name, Measure::Counter, "Calls of the API by operation and by the class of the answer's status.");
        let operations = Operation::all().chain(Operation::OURS).map(Some).chain([None]);
        for operation in operations {
            let called = operation.map_or_else(|| "unknown".to_owned(), |own| own.to_string());
            for (class, count) in CLASSES.iter().zip(&self.calls[row(operation)]) {
                text.sample(name, &[("operation", &called), ("status", class)], count.load(Ordering::Relaxed));
            }
        }
        let name = "meshwright_api_call_duration_seconds";
        text.family(name, Measure::Histogram, "How long calls took, from their head to their answer.");
        self.reads.measure(text, name, "read");
        self.writes.measure(text, name, "write");
        let since = self.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let help = "When the server started, in seconds since 1970.";
        text.single("process_start_time_seconds", Measure::Gauge, help, since);
        if let Some(bytes) = resident_bytes() {
            text.single("process_resident_memory_bytes", Measure::Gauge, "Memory that the process has at hand.", bytes);
        }
    }
}

impl Durations {
    fn note(&self, took: Duration) {
        let bucket = BOUNDS.iter().position(|(bound, _)| took <= *bound).unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    fn measure(&self, text: &mut Exposition, name: &str, access: &str) {
        let mut count = 0;
        let bounds = BOUNDS.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
        for (bound, bucket) in bounds.zip(&self.buckets) {
            count += bucket.load(Ordering::Relaxed);
            text.sample(&format!("{name}_bucket"), &[("access", access), ("le", bound)], count);
        }
        let seconds = Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed)).as_secs_f64();
        text.sample(&format!("{name}_sum"), &[("access", access)], seconds);
        text.sample(&format!("{name}_count"), &[("access", access)], count);
    }
}

/// Where an operation is counted.
fn row(operation: Option<Operation>) -> usize {
    let of_kind = |verb: usize, kind: Kind| verb * Kind::ALL.len() + kind as usize;
    match operation {
        Some(Operation::Create(kind)) => of_kind(0, kind),
        Some(Operation::Describe(kind)) => of_kind(1, kind),
        Some(Operation::Update(kind)) => of_kind(2, kind),
        Some(Operation::Delete(kind)) => of_kind(3, kind),
        Some(Operation::List(kind)) => of_kind(4, kind),
        Some(Operation::TagResource) => OF_TAGS,
        Some(Operation::UntagResource) => OF_TAGS + 1,
        Some(Operation::ListTagsForResource) => OF_TAGS + 2,
        Some(own) => {
            let position = Operation::OURS.iter().position(|ours| *ours == own);
            position.map_or(ROWS - 1, |position| OF_TAGS + 3 + position)
        }
        None => ROWS - 1,
    }
}

/// The memory of the process that is not swapped out; `None` where the system does not say it.
///
/// Source: proc(5), `/proc/pid/status`, `VmRSS`.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_counted_by_itself() {
        let all: Vec<Option<Operation>> = Operation::all().chain(Operation::OURS).map(Some).chain([None]).collect();
        let rows: BTreeSet<usize> = all.iter().map(|own| row(*own)).collect();
        assert_eq!((rows.len(), rows.last()), (all.len(), Some(&(ROWS - 1))));
        assert_eq!(all.len(), ROWS);
    }

    #[test]
    fn a_duration_counts_in_every_bucket_that_takes_it() {
        let metrics = Metrics::default();
        for micros in [50, 100, 500, 2_000_000] {
            metrics.note(Some(Operation::Describe(Kind::Mesh)), 200, Duration::from_micros(micros));
        }
        metrics.note(None, 404, Duration::from_secs(1));
        let mut text = Exposition::default();
        metrics.measure(&mut text);
        let text = text.into_text();
        let is_there = |line: &str| assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        is_there("meshwright_api_calls_total{operation=\"DescribeMesh\",status=\"2xx\"} 4");
        is_there("meshwright_api_calls_total{operation=\"unknown\",status=\"4xx\"} 1");
        for (bound, count) in [("0.0001", 2), ("0.001", 3), ("1", 3), ("+Inf", 4)] {
            is_there(&format!("meshwright_api_call_duration_seconds_bucket{{access=\"read\",le=\"{bound}\"}} {count}"));
        }
        is_there("meshwright_api_call_duration_seconds_sum{access=\"read\"} 2.00065");
        is_there("meshwright_api_call_duration_seconds_count{access=\"write\"} 0");
    }
}
