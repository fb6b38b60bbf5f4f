//! Envoys as processes: started, watched, started again where they end by themselves, and ended with the run.
//!
//! Each asks the kernel to be ended with the thread that has started it, so one thread starts all, and even a run that is killed leaves
//! nothing behind.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{fs, io};

use meshwright_envoy::json::to_json;
use meshwright_envoy::{Error, Proxy, Settings, Variables, bootstrap};
use serde_json::{Value, json};

use crate::namespace::Namespace;
use crate::network::Network;
use crate::owner::Owner;

/// How often it is looked whether they run.
const GLANCE: Duration = Duration::from_millis(200);

/// How long to wait before one is started again.
const RESPITE: Duration = Duration::from_secs(1);

/// The most characters of a log that are told.
const MAX_SHOWN: usize = 200;

/// The port of an Envoy's administration, on its proxy's address: that of App Mesh's image.
pub const ADMIN_PORT: u16 = 9901;

/// What is told of an Envoy; it may come from another thread.
pub type Tell = Box<dyn Fn(String) + Send>;

/// An Envoy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envoy {
    /// How people know it: the node or gateway.
    pub name: String,
    /// `mesh/MESH/virtualNode/NAME`.
    pub id: String,
    /// Its proxy's address.
    pub address: IpAddr,
    /// The network that it runs in.
    pub network: Network,
}

enum Wish {
    Start(Envoy),
    Stop(IpAddr),
}

/// All Envoys of a run; they end when it is dropped.
#[derive(Debug)]
pub struct Envoys {
    wishes: Option<mpsc::Sender<Wish>>,
    thread: Option<JoinHandle<()>>,
}

/// How Envoys are started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// This program itself, which becomes an Envoy by [`replace`] when it is called with [`REPLACE`] and what that takes; without it
    /// Envoys outlive a run that is killed.
    pub own: Option<PathBuf>,
    /// Whose Envoys and their files are; another than who runs them needs the program itself.
    pub owner: Owner,
    /// The folder that takes their bootstraps and what they log.
    pub folder: PathBuf,
    /// Where the control plane is: `unix:///PATH`.
    pub control_plane: String,
    /// The region of the mesh.
    pub region: String,
}

impl Envoys {
    /// Starts the thread that starts them.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(launch: Launch, tell: Tell) -> io::Result<Self> {
        let (wishes, waiting) = mpsc::channel();
        let run = move || Run { launch, tell, running: BTreeMap::new() }.run(&waiting);
        let thread = std::thread::Builder::new().name("envoys".to_owned()).spawn(run)?;
        Ok(Self { wishes: Some(wishes), thread: Some(thread) })
    }

    /// Starts one.
    pub fn start(&self, envoy: Envoy) {
        self.wish(Wish::Start(envoy));
    }

    /// Ends one.
    pub fn stop(&self, address: IpAddr) {
        self.wish(Wish::Stop(address));
    }

    fn wish(&self, wish: Wish) {
        // The thread lasts as long as this.
        let _ = self.wishes.as_ref().map(|wishes| wishes.send(wish));
    }
}

impl Drop for Envoys {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Run {
    launch: Launch,
    tell: Tell,
    running: BTreeMap<IpAddr, Running>,
}

struct Running {
    envoy: Envoy,
    child: Option<Child>,
    /// When it ended last by itself, or did not start.
    ended: Option<Instant>,
    /// Why it is told to have ended: the same is told once.
    told: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Running {
    fn tell(&mut self, why: String, tell: &Tell) {
        if self.told != why {
            tell(format!("{}: {why}", self.envoy.name));
            self.told = why;
        }
    }
}

impl Run {
    fn run(mut self, waiting: &mpsc::Receiver<Wish>) {
        loop {
            match waiting.recv_timeout(GLANCE) {
                Ok(Wish::Start(envoy)) => {
                    let running = Running { envoy, child: None, ended: None, told: String::new() };
                    self.running.insert(running.envoy.address, running);
                    self.look();
                }
                Ok(Wish::Stop(address)) => drop(self.running.remove(&address)),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Starts those that are to run and do not.
    fn look(&mut self) {
        for running in self.running.values_mut() {
            if let Some(Ok(Some(status))) = running.child.as_mut().map(Child::try_wait) {
                running.child = None;
                running.ended = Some(Instant::now());
                let why = format!("its Envoy has ended ({status}): {}", self.launch.last_words(&running.envoy));
                running.tell(why, &self.tell);
            }
            if running.child.is_none() && running.ended.is_none_or(|ended| ended.elapsed() >= RESPITE) {
                match self.launch.spawn(&running.envoy) {
                    Ok(child) => running.child = Some(child),
                    Err(why) => {
                        running.ended = Some(Instant::now());
                        running.tell(format!("its Envoy does not start: {why}"), &self.tell);
                    }
                }
            }
        }
    }
}

impl Launch {
    fn spawn(&self, envoy: &Envoy) -> io::Result<Child> {
        let bootstrap = self.bootstrap(envoy).map_err(|why| io::Error::other(why.to_string()))?;
        let file = self.folder.join(format!("{}.json", envoy.address));
        fs::write(&file, bootstrap.to_string())?;
        self.owner.give(&file)?;
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log(envoy))?;
        // It may be named as a place for logs, and is opened again then.
        self.owner.give_to_write(&self.log(envoy))?;
        // A program starts where the thread is that starts it; and a namespace stays as long as a thread is in it.
        let home = envoy.network.namespace().map(|_| Namespace::current()).transpose()?;
        envoy.network.enter()?;
        let started = self
            .command()
            .arg("-c")
            .arg(&file)
            .args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn();
        home.map_or(Ok(()), |home| home.enter())?;
        started
    }

    /// What starts an Envoy: by way of this program, where the kernel ends processes with others.
    fn command(&self) -> Command {
        let Some(own) = self.own.as_ref().filter(|_| cfg!(target_os = "linux")) else {
            return Command::new(&self.program);
        };
        let mut command = Command::new(own);
        command.arg(REPLACE).arg(std::process::id().to_string());
        if let Some(user) = self.owner.user() {
            command.arg("--user").arg(user.to_string());
        }
        command.arg(&self.program);
        command
    }

    /// What an Envoy says.
    fn log(&self, envoy: &Envoy) -> PathBuf {
        self.folder.join(format!("{}.log", envoy.address))
    }

    /// The last line of that, without the time and the thread that it starts with.
    fn last_words(&self, envoy: &Envoy) -> String {
        let log = self.log(envoy);
        let text = fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let line: String = line.rsplit("] ").next().unwrap_or_default().chars().take(MAX_SHOWN).collect();
        format!("{line} ({})", log.display())
    }

    fn bootstrap(&self, envoy: &Envoy) -> Result<Value, Error> {
        let mut variables = Variables::default();
        for (name, value) in [
            ("APPMESH_XDS_ENDPOINT", self.control_plane.as_str()),
            ("AWS_REGION", &self.region),
            // Elsewhere it is one file for all of a machine, which others may have made.
            ("ENVOY_ADMIN_ACCESS_LOG_FILE", "/dev/null"),
        ] {
            variables.set(name, name, value)?;
        }
        let settings = Settings::read(Proxy::read(&envoy.id)?, &variables)?;
        let mut made = to_json(&bootstrap(&settings));
        // Each has its own address, and nobody beyond this machine is to ask.
        made["admin"]["address"] =
            json!({"socket_address": {"address": envoy.address.to_string(), "port_value": ADMIN_PORT}});
        Ok(made)
    }
}

/// The verb by which this program becomes another.
pub const REPLACE: &str = "replace-by-envoy";

/// Becomes an Envoy that ends when the thread that has started this process does, as another user where that is said; comes back where
/// it cannot.
#[cfg(target_os = "linux")]
pub fn replace(parent: u32, user: Option<u32>, program: &Path, arguments: &[std::ffi::OsString]) -> io::Error {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::process::CommandExt as _;
    // As the other user it may not be found: it is often somewhere below the home of who runs this.
    let (file, ready) = (fs::File::open(program), become_user(user));
    if let Err(why) = ready.and_then(|()| end_with(parent)) {
        return why;
    }
    let start = |path: &Path| Command::new(path).arg0(program).args(arguments).exec();
    match (start(program), file) {
        (why, Ok(file)) if why.kind() == io::ErrorKind::PermissionDenied => {
            start(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())))
        }
        (why, _) => why,
    }
}

/// Becomes another user, of no group but its own, for good. This is to be a process of one thread.
#[cfg(target_os = "linux")]
fn become_user(user: Option<u32>) -> io::Result<()> {
    use rustix::process::DumpableBehavior;
    use rustix::thread::{Gid, Uid};
    let Some(user) = user else { return Ok(()) };
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_gid(Gid::from_raw(user))?;
    rustix::thread::set_thread_uid(Uid::from_raw(user))?;
    // What a process of another's has in `/proc` is not its own until this is said.
    rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    Ok(())
}

/// Asks the kernel to end this process with the thread that has started it. It forgets that where the user changes.
#[cfg(target_os = "linux")]
fn end_with(parent: u32) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // Whoever has gone before this was asked for tells nobody.
    let own = rustix::process::getppid().map(|parent| parent.as_raw_nonzero().get().unsigned_abs());
    if own == Some(parent) { Ok(()) } else { Err(io::Error::other("who has started it is gone")) }
}

/// Whether a program is an Envoy: it says its version as one does, `envoy  version: …/1.40.0/Clean/RELEASE/BoringSSL`.
pub fn is_envoy(program: &Path) -> bool {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(" version: "))
}
