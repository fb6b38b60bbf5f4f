//! A network namespace without a name: it is there as long as something runs in it or this process holds it, so that nothing of it
//! outlives a run, however that ends.

use std::fs::File;
use std::io;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// A network namespace.
#[derive(Debug)]
pub struct Namespace {
    file: File,
}

impl Namespace {
    /// A new one, with no link but the loopback, which is down.
    ///
    /// # Errors
    /// The system has none, or this process may not make one.
    pub fn new() -> io::Result<Self> {
        apart(|| {
            set_apart()?;
            Self::current()
        })?
    }

    /// The one that the calling thread is in.
    ///
    /// # Errors
    /// The system does not say it.
    pub fn current() -> io::Result<Self> {
        File::open("/proc/thread-self/ns/net").map(|file| Self { file })
    }

    /// Does something in it, on a thread of its own: sockets that are made there stay there, and so do programs that are started.
    ///
    /// # Errors
    /// No thread can be moved there.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        apart(|| self.enter().map(|()| work()))?
    }

    /// Moves the calling thread into it.
    ///
    /// # Errors
    /// It cannot be moved there.
    pub fn enter(&self) -> io::Result<()> {
        enter(&self.file)
    }

    /// The path by which other programs find it as long as this process runs.
    pub fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), number(&self.file))
    }
}

/// Does something on a thread of its own.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    scope(|scope| {
        let thread = Builder::new().name("namespace".to_owned()).spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Gives the calling thread a network namespace of its own.
#[cfg(target_os = "linux")]
#[expect(deprecated, reason = "it is unsafe to take open files apart, and so for all; networks are not files")]
fn set_apart() -> io::Result<()> {
    Ok(rustix::thread::unshare(rustix::thread::UnshareFlags::NEWNET)?)
}

#[cfg(target_os = "linux")]
fn enter(file: &File) -> io::Result<()> {
    use std::os::fd::AsFd as _;
    let network = rustix::thread::LinkNameSpaceType::Network;
    Ok(rustix::thread::move_into_link_name_space(file.as_fd(), Some(network))?)
}

#[cfg(target_os = "linux")]
fn number(file: &File) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(file)
}

#[cfg(not(target_os = "linux"))]
fn set_apart() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn enter(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn number(_: &File) -> i32 {
    -1
}
