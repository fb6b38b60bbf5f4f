//! An application that misbehaves, and counts.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// How an application answers.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    /// Always with that status.
    Answers(u16),
    /// Not at all.
    IsSilent,
}

/// An application.
pub(super) struct Server {
    pub(super) port: u16,
    requests: Arc<AtomicU32>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, is_over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, over) = (Arc::clone(&requests), Arc::clone(&is_over));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (counted, over) = (Arc::clone(&counted), Arc::clone(&over));
                std::thread::spawn(move || serve(&stream.unwrap(), manner, &counted, &over));
            }
        });
        Self { port, requests, is_over }
    }

    /// How many requests have come.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

fn serve(mut stream: &TcpStream, manner: Manner, counted: &AtomicU32, over: &AtomicBool) {
    let (mut seen, mut part) = (Vec::new(), [0; 4096]);
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    while !over.load(Ordering::Relaxed) {
        match stream.read(&mut part) {
            Ok(0) => return,
            Ok(count) => seen.extend_from_slice(&part[..count]),
            Err(_) => continue,
        }
        while let Some(end) = seen.windows(4).position(|end| end == b"\r\n\r\n") {
            // A client of TLS says something else.
            if !seen.starts_with(b"GET ") {
                return;
            }
            counted.fetch_add(1, Ordering::Relaxed);
            seen.drain(..end + 4);
            if let Manner::Answers(status) = manner {
                let _ = stream.write_all(format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n").as_bytes());
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}
