//! What writers at a time get, and what is left when the store fails.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meshwright_model::operation::Operation;
use meshwright_server::{Answer, ApiError, Call, Exception, Scope, Service};
use meshwright_store::{Change, Contents, Error, Memory, Store, Watch};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// What a disk does with a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Lost,
    /// It is kept, and yet the disk says that it failed.
    KeptInSilence,
    /// It is lost, and the disk does not answer for a while.
    Gone,
}

/// A store that does what its test says, one commit at a time.
struct Scripted {
    inner: Memory,
    fates: Receiver<Fate>,
    sizes: Arc<Mutex<Vec<usize>>>,
    is_gone: Arc<Mutex<bool>>,
}

fn broken() -> Error {
    Error::Disk { file: "shop.db".to_owned(), why: "no space left on device".to_owned() }
}

impl Store for Scripted {
    fn load(&mut self) -> Result<Contents, Error> {
        self.inner.load()
    }

    fn revision(&mut self) -> Result<u64, Error> {
        if *self.is_gone.lock().unwrap() { Err(broken()) } else { self.inner.revision() }
    }

    fn watch(&self) -> Watch {
        self.inner.watch()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        self.sizes.lock().unwrap().push(changes.len());
        match self.fates.recv().unwrap_or(Fate::Kept) {
            Fate::Kept => self.inner.commit(changes),
            Fate::Lost => Err(broken()),
            Fate::KeptInSilence => self.inner.commit(changes).and(Err(broken())),
            Fate::Gone => {
                *self.is_gone.lock().unwrap() = true;
                Err(broken())
            }
        }
    }
}

/// A service over such a store.
struct Stage {
    runtime: Runtime,
    service: Arc<Service>,
    fates: Sender<Fate>,
    sizes: Arc<Mutex<Vec<usize>>>,
    is_gone: Arc<Mutex<bool>>,
}

impl Stage {
    fn new() -> Self {
        let (fates, script) = channel();
        let (sizes, is_gone) = (Arc::default(), Arc::default());
        let store = Scripted {
            inner: Memory::default(),
            fates: script,
            sizes: Arc::clone(&sizes),
            is_gone: Arc::clone(&is_gone),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { runtime, service: Arc::new(Service::start(Box::new(store), false).unwrap()), fates, sizes, is_gone }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.runtime.block_on(self.service.answer(call(method, path, body))).map(Answer::into_value)
    }

    fn create(&self, name: &str, fate: Fate) -> Result<Value, ApiError> {
        self.fates.send(fate).unwrap();
        self.ask("PUT", "/v20190125/meshes", &json!({"meshName": name}))
    }

    fn is_there(&self, name: &str) -> bool {
        self.ask("GET", &format!("/v20190125/meshes/{name}"), &json!({})).is_ok()
    }
}

fn call(method: &str, path: &str, body: &Value) -> Call {
    let (operation, target) = Operation::find(method, path).ok().unwrap();
    let body = body.to_string().into_bytes();
    Call { operation, target, query: Vec::new(), body, scope: Scope::of("us-east-1", "123456789012"), caller: None }
}

#[test]
fn those_who_write_at_a_time_share_a_commit_and_get_each_their_answer() {
    let stage = Stage::new();
    let write = |name: String| {
        let (service, body) = (Arc::clone(&stage.service), json!({"meshName": name}));
        stage.runtime.spawn(async move { service.answer(call("PUT", "/v20190125/meshes", &body)).await })
    };
    // The first holds the disk; the others wait behind it.
    let mut writers = vec![write("mesh-0".to_owned())];
    while stage.sizes.lock().unwrap().is_empty() {
        std::thread::yield_now();
    }
    writers.extend((1..41).map(|number| write(format!("mesh-{}", number % 21))));
    std::thread::sleep(Duration::from_millis(100));
    assert!(!stage.is_there("mesh-0"), "nobody sees what is not kept yet");
    for _ in 0..41 {
        stage.fates.send(Fate::Kept).unwrap();
    }
    let answers = writers.into_iter().map(|writer| stage.runtime.block_on(writer).unwrap());
    let (made, refused): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (21, 20));
    assert!(refused.iter().all(|why| why.as_ref().unwrap_err().exception == Exception::Conflict));
    assert!((0..21).all(|number| stage.is_there(&format!("mesh-{number}"))));
    let sizes = stage.sizes.lock().unwrap().clone();
    assert!(sizes.iter().sum::<usize>() == 21 && sizes.len() <= 5, "{sizes:?}");
}

#[test]
fn who_waits_too_long_for_a_place_is_told_to_come_again() {
    let stage = Stage::new();
    // Of these the writer has some hundred at most, and 1,024 wait.
    let writers = (0..1400).map(|number| {
        let (service, body) = (Arc::clone(&stage.service), json!({"meshName": format!("mesh-{number}")}));
        stage.runtime.spawn(async move { service.answer(call("PUT", "/v20190125/meshes", &body)).await })
    });
    let mut writers: Vec<_> = writers.collect();
    let last = writers.pop().unwrap();
    let why = stage.runtime.block_on(last).unwrap().unwrap_err();
    assert_eq!(why.exception, Exception::TooManyRequests);
    assert!(why.message.contains("1024 changes waiting"), "{why}");
    assert!(stage.ask("GET", "/v20190125/meshes", &json!({})).is_ok(), "reading goes on");
    for _ in 0..1400 {
        stage.fates.send(Fate::Kept).unwrap();
    }
    let answers = writers.into_iter().map(|writer| stage.runtime.block_on(writer).unwrap());
    let (made, refused): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
    assert!(made.len() >= 1024, "{}", made.len());
    assert!(refused.iter().all(|why| why.as_ref().unwrap_err().exception == Exception::TooManyRequests));
    stage.create("once-more", Fate::Kept).unwrap();
}

#[test]
fn what_is_not_kept_is_not_there() {
    let stage = Stage::new();
    stage.create("a", Fate::Kept).unwrap();
    let why = stage.create("b", Fate::Lost).unwrap_err();
    assert_eq!(why.exception, Exception::ServiceUnavailable);
    assert!(why.message.contains("no space left on device"), "{why}");
    assert!(stage.is_there("a") && !stage.is_there("b"));
    // The name is free, and the next write goes through.
    stage.create("b", Fate::Kept).unwrap();
    assert!(stage.is_there("b"));
}

#[test]
fn what_the_disk_has_in_spite_of_its_fault_is_there() {
    let stage = Stage::new();
    stage.create("a", Fate::KeptInSilence).unwrap_err();
    assert!(stage.is_there("a"));
    let why = stage.ask("PUT", "/v20190125/meshes", &json!({"meshName": "a"})).unwrap_err();
    assert_eq!(why.exception, Exception::Conflict);
}

#[test]
fn nothing_is_written_until_the_store_says_what_it_holds() {
    let stage = Stage::new();
    stage.create("a", Fate::Kept).unwrap();
    stage.create("b", Fate::Gone).unwrap_err();
    for _ in 0..3 {
        let why = stage.ask("PUT", "/v20190125/meshes", &json!({"meshName": "c"})).unwrap_err();
        assert_eq!(why.exception, Exception::ServiceUnavailable);
        assert!(stage.is_there("a"), "reading goes on");
    }
    assert_eq!(stage.sizes.lock().unwrap().len(), 2, "the disk is asked for no third commit");
    *stage.is_gone.lock().unwrap() = false;
    stage.create("c", Fate::Kept).unwrap();
    assert!(stage.is_there("c") && !stage.is_there("b"));
}

#[test]
fn after_the_end_nothing_is_written() {
    let stage = Stage::new();
    stage.create("a", Fate::Kept).unwrap();
    stage.service.end();
    let why = stage.ask("PUT", "/v20190125/meshes", &json!({"meshName": "b"})).unwrap_err();
    assert_eq!(why.exception, Exception::ServiceUnavailable);
    assert!(stage.is_there("a"));
}
