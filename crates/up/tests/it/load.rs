//! Requests without a pause; each must succeed.

use super::*;
use meshwright_up::Caller;
use meshwright_up::tree::{Call, Tree};
use tokio::runtime::Runtime;

/// How many answers must come for traffic to flow.
const ENOUGH: u64 = 60;

pub(crate) struct Load {
    runtime: Runtime,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ends: AtomicBool,
    served: AtomicU64,
    failures: std::sync::Mutex<Vec<String>>,
    nodes: std::sync::Mutex<BTreeMap<String, u64>>,
}

impl Load {
    /// Starts so many clients.
    pub(crate) fn start(caller: &Caller, clients: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let shared = Arc::new(Shared::default());
        for _ in 0..clients {
            let (caller, shared) = (caller.clone(), Arc::clone(&shared));
            runtime.spawn(async move {
                while !shared.ends.load(Ordering::Relaxed) {
                    for call in caller.once().await {
                        shared.take(&call);
                    }
                }
            });
        }
        Self { runtime, shared }
    }

    /// That requests are answered, and none has failed.
    #[track_caller]
    pub(crate) fn flows(&self, when: &str) {
        let (start, before) = (Instant::now(), self.shared.served.load(Ordering::Relaxed));
        while self.shared.served.load(Ordering::Relaxed) < before + ENOUGH {
            assert!(start.elapsed() < PATIENCE, "{when}: too few answers");
            std::thread::sleep(Duration::from_millis(10));
        }
        let failures = self.shared.failures.lock().unwrap();
        assert!(
            failures.is_empty(),
            "{when}: {} of {before}: {:?}",
            failures.len(),
            &failures[..failures.len().min(5)]
        );
    }

    /// That a node answers.
    #[track_caller]
    pub(crate) fn sees(&self, node: &str) {
        let start = Instant::now();
        while !self.shared.nodes.lock().unwrap().contains_key(node) {
            assert!(start.elapsed() < PATIENCE, "{node} answers nothing");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it, if all has gone well to the end.
    #[track_caller]
    pub(crate) fn end(self) {
        self.flows("at the end");
        self.shared.ends.store(true, Ordering::Relaxed);
        self.runtime.shutdown_timeout(Duration::from_secs(5));
    }
}

impl Shared {
    fn take(&self, call: &Call) {
        self.served.fetch_add(1, Ordering::Relaxed);
        let failed = match &call.answer {
            Some(answer) if call.status == 200 => {
                self.note(answer);
                answer.count(&mut BTreeMap::new()) > 0
            }
            _ => true,
        };
        if failed {
            self.failures.lock().unwrap().push(format!("{call:?}"));
        }
    }

    fn note(&self, tree: &Tree) {
        *self.nodes.lock().unwrap().entry(tree.node.clone()).or_default() += 1;
        tree.calls.iter().filter_map(|call| call.answer.as_ref()).for_each(|answer| self.note(answer));
    }
}
