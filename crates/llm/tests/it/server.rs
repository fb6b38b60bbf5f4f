//! A server on loopback that plays answers, good and hostile, and remembers what it was asked.
//!
//! It has one thread, which ends when the server is dropped. Whoever is still being answered then is cut off.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What it does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// A whole answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A head and then nothing, until the server is dropped.
    Silence,
    /// A head, and then a byte now and then.
    Drip,
    /// A body without an end.
    Endless,
    /// The end of the connection, before any answer or within one.
    Close { after: &'static [u8] },
}

impl Play {
    /// An answer with success.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200, body)
    }

    /// An answer with a status.
    pub(crate) fn status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

/// A request as it came: its head in lower case, and its body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Plays one after the other, and the last one for every request after it.
    pub(crate) fn start(plays: Vec<Play>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, over) = (Arc::clone(&asked), Arc::clone(&is_over));
        let thread = std::thread::spawn(move || {
            for count in 0.. {
                let Ok((stream, _)) = listener.accept() else { break };
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let play = plays.get(count).or(plays.last()).unwrap();
                // A client that goes away early is part of the play.
                let _ = serve(stream, play, &log, &over);
            }
        });
        Self { address, asked, is_over, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes it from waiting for the next request.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, play: &Play, log: &Mutex<Vec<Asked>>, over: &AtomicBool) -> std::io::Result<()> {
    const LENGTH: &str = "content-length: ";
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix(LENGTH)?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                log.lock().unwrap().push(Asked { head, body: body.to_owned() });
                break;
            }
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => bytes.extend(&buffer[..count]),
        }
    }
    answer(&mut stream, play, over)?;
    stream.shutdown(Shutdown::Both)
}

fn answer(stream: &mut TcpStream, play: &Play, over: &AtomicBool) -> std::io::Result<()> {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let pause = || std::thread::sleep(Duration::from_millis(20));
    match play {
        Play::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
            for (name, value) in headers {
                let _ = write!(head, "{name}: {value}\r\n");
            }
            stream.write_all(format!("{head}\r\n").as_bytes())?;
            stream.write_all(body)
        }
        Play::Silence => {
            stream.write_all(HEAD)?;
            while !over.load(Ordering::SeqCst) {
                pause();
            }
            Ok(())
        }
        Play::Drip => {
            stream.write_all(HEAD)?;
            while !over.load(Ordering::SeqCst) {
                stream.write_all(b" ")?;
                pause();
            }
            Ok(())
        }
        Play::Endless => {
            stream.write_all(HEAD)?;
            while !over.load(Ordering::SeqCst) {
                stream.write_all(&[b' '; 8192])?;
            }
            Ok(())
        }
        Play::Close { after } => stream.write_all(after),
    }
}
