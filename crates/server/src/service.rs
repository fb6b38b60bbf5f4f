//! The API while it runs: whoever reads sees what is kept, and one thread writes.
//!
//! The writer takes all calls that wait and decides them one after the other on a state that is ahead, then keeps what they change with one
//! commit: those who write at a time share the wait for the disk. Nobody is answered, and nobody sees a change, before it is kept. When a
//! commit has failed, only the store can say what it holds, so nothing is written until it has said that.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use meshwright_store::{Error, Store};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::answer::Answer;
use crate::api::{Api, Stamp};
use crate::call::Call;
use crate::exception::{ApiError, Exception};
use crate::exposition::{Exposition, Measure};
use crate::follow::{Follower, Teller};
use crate::stored;
use crate::sync::{Log, Refused, Sync, Synced};

/// How many calls wait for the writer; those beyond wait for a place, for a while.
const MAX_WAITING: usize = 1024;

/// How long a call waits for a place. Bursts are over by then, as a commit takes many calls; a disk that hangs is not.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many calls share a commit.
const MAX_GROUP: usize = 256;

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] Error),
    /// What the store holds is none of ours.
    #[error("{0}")]
    Record(String),
    /// The system gives no thread.
    #[error("the writer does not start: {0}")]
    Thread(#[from] io::Error),
}

/// The API over a store.
#[derive(Debug)]
pub struct Service {
    api: Arc<RwLock<Api>>,
    /// What the writer is asked; nothing more where it is asked nothing.
    queue: mpsc::Sender<Option<Job>>,
    teller: Teller,
    commits: Arc<Commits>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// How often something was written.
#[derive(Debug, Default)]
struct Commits {
    made: AtomicU64,
    failed: AtomicU64,
}

type Outcome = Result<Answer, ApiError>;

/// What is asked, and who waits for it.
#[derive(Debug)]
enum Job {
    Call(Box<Call>, oneshot::Sender<Outcome>),
    Sync(Box<Sync>, oneshot::Sender<Result<Synced, Refused>>),
    /// Whether the store answers.
    Check(oneshot::Sender<Result<(), String>>),
}

impl Service {
    /// Starts over what a store holds, with the quotas that AWS's accounts had or without.
    ///
    /// # Errors
    /// The store cannot be read, or holds what is none of ours.
    pub fn start(mut store: Box<dyn Store>, quotas: bool) -> Result<Self, StartError> {
        let (revision, api) = restored(store.as_mut(), quotas)?;
        let ahead = api.clone();
        let api = Arc::new(RwLock::new(api));
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let teller = Teller::new(revision);
        let commits = Arc::new(Commits::default());
        let (shared, told, counted) = (Arc::clone(&api), teller.clone(), Arc::clone(&commits));
        let writer = Writer { api: shared, ahead, store, revision, is_sure: true, teller: told, commits: counted };
        let writer = std::thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(waiting))?;
        Ok(Self { api, queue, teller, commits, writer: Mutex::new(Some(writer)) })
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.api.read().unwrap_or_else(PoisonError::into_inner).count()
    }

    /// The revision of the store that whoever asks now sees; a write that was answered is in it.
    pub fn revision(&self) -> u64 {
        self.teller.revision()
    }

    /// Whether what is written now would be kept, as far as the store knows.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn ready(&self) -> Result<(), String> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            self.queue.send(Some(Job::Check(answer))).await.ok()?;
            answered.await.ok()
        };
        match timeout(PATIENCE, asked).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) => Err(ended().message),
            Err(_) => Err(format!("the store has not answered for {} s", PATIENCE.as_secs())),
        }
    }

    /// What is counted of the store.
    pub(crate) fn measure(&self, text: &mut Exposition) {
        let help = "The revision of the store that clients see.";
        text.single("meshwright_store_revision", Measure::Gauge, help, self.revision());
        let (made, failed) = (&self.commits.made, &self.commits.failed);
        let help = "Commits of the store; calls that wait at a time share one.";
        text.single("meshwright_store_commits_total", Measure::Counter, help, made.load(Ordering::Relaxed));
        let help = "Commits that the store did not take.";
        text.single("meshwright_store_failed_commits_total", Measure::Counter, help, failed.load(Ordering::Relaxed));
    }

    /// Follows what becomes of resources.
    pub fn follow(&self) -> Follower {
        self.teller.follower(&self.api)
    }

    /// Answers a call; what it changes is kept by then.
    ///
    /// # Errors
    /// The exception that the API raises; nothing is changed then.
    pub async fn answer(&self, call: Call) -> Outcome {
        if !call.operation.is_write() {
            return self.read(&call);
        }
        let (answer, answered) = oneshot::channel();
        let queued = timeout(PATIENCE, self.queue.send(Some(Job::Call(Box::new(call), answer)))).await;
        queued.map_err(|_| overwhelmed())?.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// Makes resources as files have them, all or nothing.
    ///
    /// # Errors
    /// The API refuses one of them, or the change cannot be kept; nothing is changed then.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn sync(&self, sync: Sync) -> Result<Synced, Refused> {
        let (answer, answered) = oneshot::channel();
        self.queue.blocking_send(Some(Job::Sync(Box::new(sync), answer))).map_err(|_| ended())?;
        answered.blocking_recv().map_err(|_| ended())?
    }

    /// The same as [`Service::answer`], for those who may wait.
    ///
    /// # Errors
    /// The exception that the API raises; nothing is changed then.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn answer_blocking(&self, call: Call) -> Outcome {
        if !call.operation.is_write() {
            return self.read(&call);
        }
        let (answer, answered) = oneshot::channel();
        self.queue.blocking_send(Some(Job::Call(Box::new(call), answer))).map_err(|_| ended())?;
        answered.blocking_recv().map_err(|_| ended())?
    }

    fn read(&self, call: &Call) -> Outcome {
        self.api.read().unwrap_or_else(PoisonError::into_inner).read(call)
    }

    /// Ends once all that waits is answered, and the store is closed.
    pub fn end(&self) {
        let _ = self.queue.blocking_send(None);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A writer that panicked has nothing more to close.
        let _ = writer.map(JoinHandle::join);
    }
}

/// The API over what a store holds, and its revision.
fn restored(store: &mut dyn Store, quotas: bool) -> Result<(u64, Api), StartError> {
    let contents = store.load()?;
    Ok((contents.revision, Api::restored(&contents.entries).map_err(StartError::Record)?.with_quotas(quotas)))
}

struct Writer {
    /// What is kept.
    api: Arc<RwLock<Api>>,
    /// The same, with what the group at hand changes.
    ahead: Api,
    store: Box<dyn Store>,
    revision: u64,
    /// Whether the store holds what `api` does; no longer known after a commit that failed.
    is_sure: bool,
    teller: Teller,
    commits: Arc<Commits>,
}

/// Who is answered once it is known whether a group is kept.
type Reply = Box<dyn FnOnce(Result<(), ApiError>)>;

impl Writer {
    fn run(mut self, mut waiting: mpsc::Receiver<Option<Job>>) {
        let mut has_ended = false;
        while !has_ended && let Some(job) = waiting.blocking_recv() {
            let (mut log, mut replies) = (Log::default(), Vec::new());
            let mut next = Some(job);
            while let Some(job) = next {
                let Some(job) = job else {
                    has_ended = true;
                    break;
                };
                replies.push(self.decide(job, &mut log));
                next = if replies.len() < MAX_GROUP { waiting.try_recv().ok() } else { None };
            }
            let kept = self.keep(log);
            for reply in replies {
                reply(kept.clone());
            }
        }
    }

    /// Decides what is asked, and makes what it changes on the state that is ahead.
    fn decide(&mut self, job: Job, log: &mut Log) -> Reply {
        // Whoever asked may be gone when the answer comes.
        match job {
            Job::Call(call, answer) => {
                let outcome = self.settle().and_then(|()| self.call(&call, log));
                Box::new(|kept| _ = answer.send(kept.and(outcome)))
            }
            Job::Sync(sync, answer) => {
                let outcome = self.settle().map_err(Refused::from).and_then(|()| self.sync(&sync, log));
                Box::new(|kept| _ = answer.send(kept.map_err(Refused::from).and(outcome)))
            }
            Job::Check(answer) => {
                let outcome = self.settle().map_err(|why| why.message);
                let outcome = outcome.and_then(|()| self.store.revision().map(drop).map_err(|why| why.to_string()));
                Box::new(|kept| _ = answer.send(kept.map_err(|why| why.message).and(outcome)))
            }
        }
    }

    fn call(&mut self, call: &Call, log: &mut Log) -> Outcome {
        // A panic costs this call alone: nothing is changed while it is decided.
        let decided = catch_unwind(AssertUnwindSafe(|| self.ahead.decide(call, &stamp())));
        let (answer, changes) = decided.map_err(|_| internal("the call came to nothing"))??;
        for change in changes {
            log.make(&mut self.ahead, change);
        }
        Ok(answer)
    }

    fn sync(&mut self, sync: &Sync, log: &mut Log) -> Result<Synced, Refused> {
        let before = log.changes.len();
        let synced = catch_unwind(AssertUnwindSafe(|| self.ahead.sync(sync, &stamp, log)));
        synced.unwrap_or_else(|_| {
            log.take_back(&mut self.ahead, before);
            Err(internal("the files came to nothing").into())
        })
    }

    /// Keeps what a group changes, or takes it back.
    fn keep(&mut self, mut log: Log) -> Result<(), ApiError> {
        if log.changes.is_empty() {
            return Ok(());
        }
        let changes: Vec<meshwright_store::Change> = log.changes.iter().map(stored::change).collect();
        // After a panic, as after an error, only the store can say what it holds.
        let kept = match catch_unwind(AssertUnwindSafe(|| self.store.commit(&changes))) {
            Ok(kept) => kept.map_err(|why| unavailable(&why)),
            Err(_) => Err(internal("the change came to nothing")),
        };
        match kept {
            Ok(revision) => {
                self.revision = revision;
                self.commits.made.fetch_add(1, Ordering::Relaxed);
                let mut api = self.api.write().unwrap_or_else(PoisonError::into_inner);
                self.teller.tell(revision, &log.changes);
                for change in log.changes {
                    api.apply(change);
                }
                Ok(())
            }
            Err(why) => {
                self.commits.failed.fetch_add(1, Ordering::Relaxed);
                log.take_back(&mut self.ahead, 0);
                self.is_sure = false;
                // Sooner is better: whoever reads then sees what is kept. The next call tries again.
                let _ = self.settle();
                Err(why)
            }
        }
    }

    /// Makes sure that the state is what the store holds.
    fn settle(&mut self) -> Result<(), ApiError> {
        if self.is_sure {
            return Ok(());
        }
        let revision = self.store.revision().map_err(|why| unavailable(&why))?;
        if revision != self.revision {
            let (revision, api) =
                restored(self.store.as_mut(), self.ahead.has_quotas()).map_err(|why| unavailable(&why))?;
            self.ahead = api.clone();
            let mut there = self.api.write().unwrap_or_else(PoisonError::into_inner);
            *there = api;
            self.teller.tell_all(revision);
            drop(there);
            self.revision = revision;
        }
        self.is_sure = true;
        Ok(())
    }
}

fn internal(message: &str) -> ApiError {
    ApiError::of(Exception::InternalServerError, message)
}

fn unavailable(why: &dyn std::fmt::Display) -> ApiError {
    ApiError::of(Exception::ServiceUnavailable, format!("the change cannot be kept: {why}"))
}

/// Source: reference 1.7; it knows no rate of calls that App Mesh held anyone to, so none is held here.
fn overwhelmed() -> ApiError {
    let message = format!("the server has {MAX_WAITING} changes waiting for its disk; try again later");
    ApiError::of(Exception::TooManyRequests, message)
}

fn ended() -> ApiError {
    ApiError::of(Exception::ServiceUnavailable, "the server ends")
}

fn stamp() -> Stamp {
    Stamp { millis: now(), uid: new_id() }
}

/// A new UUID.
pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// The time, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
