//! Somebody who sends requests into the mesh all the time, and counts what answers.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::ClientConfig;

use crate::client::{Client, add_headers, request};
use crate::network::Network;
use crate::parts::Entry;
use crate::tree::Call;

/// How long to wait between two requests.
const PERIOD: Duration = Duration::from_millis(50);

/// For how long answers count.
const WINDOW: Duration = Duration::from_secs(5);

/// How many calls may wait for their answers at a time.
const MAX_WAITING: usize = 64;

/// An entry on the address where it is, seen from a network, with the TLS that it speaks.
pub type Door = (Network, IpAddr, Entry, Option<Arc<ClientConfig>>);

/// Sends requests through all doors in turn; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Caller(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    doors: Vec<(Entry, Client)>,
    /// Each with the virtual service that it was for, where there is one.
    answers: VecDeque<(Instant, Option<String>, Call)>,
    /// When the first request was answered with success, all the way down.
    served: Option<Instant>,
}

/// What the last seconds have brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Requests that were answered with success, all the way down.
    pub succeeded: u64,
    /// The others.
    pub failed: u64,
    /// What failed last, and why.
    pub failure: Option<String>,
    /// For each virtual service, how often each node has answered.
    pub nodes: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Caller {
    /// Sets the doors.
    pub fn set(&self, doors: Vec<Door>) {
        let made = doors.into_iter().map(|(network, address, entry, tls)| {
            let client = Client::new(&network, SocketAddr::new(address, entry.port), entry.protocol, tls);
            (entry, client)
        });
        let made: Vec<(Entry, Client)> = made.collect();
        let mut state = self.state();
        let is_same = state.doors.len() == made.len()
            && state.doors.iter().zip(&made).all(|(old, new)| old.0 == new.0 && old.1.is_like(&new.1));
        // A client keeps its connections.
        if !is_same {
            state.doors = made;
        }
    }

    /// How many doors there are.
    pub fn doors(&self) -> usize {
        self.state().doors.len()
    }

    /// Sends requests until it is dropped.
    pub async fn run(self) {
        let waiting = Arc::new(tokio::sync::Semaphore::new(MAX_WAITING));
        let mut turn = 0_usize;
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let door = {
                let state = self.state();
                let next = turn.checked_rem(state.doors.len()).and_then(|turn| state.doors.get(turn));
                next.cloned()
            };
            turn = turn.wrapping_add(1);
            let Some((entry, client)) = door else { continue };
            let Ok(place) = Arc::clone(&waiting).try_acquire_owned() else { continue };
            let own = self.clone();
            tokio::spawn(async move {
                let call = call(&entry, &client).await;
                own.take(entry.service, call);
                drop(place);
            });
        }
    }

    /// Sends one request through each door.
    pub async fn once(&self) -> Vec<Call> {
        let doors = self.state().doors.clone();
        let mut calls = Vec::new();
        for (entry, client) in doors {
            calls.push(call(&entry, &client).await);
        }
        calls
    }

    /// When the first request was answered with success, all the way down.
    pub fn served(&self) -> Option<Instant> {
        self.state().served
    }

    /// What the last seconds have brought, or the time since an instant where that is shorter.
    pub fn sample(&self, since: Option<Instant>) -> Sample {
        let mut sample = Sample::default();
        let state = self.state();
        let counted = state.answers.iter().filter(|(at, _, _)| since.is_none_or(|since| *at >= since));
        for (_, service, call) in counted {
            let failed = match &call.answer {
                Some(answer) if call.status == 200 => {
                    if let Some(service) = service {
                        let nodes = sample.nodes.entry(service.clone()).or_default();
                        *nodes.entry(answer.node.clone()).or_default() += 1;
                    }
                    answer.count(&mut sample.nodes)
                }
                _ => 1,
            };
            if failed == 0 {
                sample.succeeded += 1;
            } else {
                sample.failed += 1;
                sample.failure = Some(failure(call));
            }
        }
        sample
    }

    fn take(&self, service: Option<String>, call: Call) {
        let mut state = self.state();
        let now = Instant::now();
        if state.served.is_none() && !has_failed(&call) {
            state.served = Some(now);
        }
        state.answers.push_back((now, service, call));
        while state.answers.front().is_some_and(|(at, _, _)| now.duration_since(*at) > WINDOW) {
            state.answers.pop_front();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What failed in a call, deepest first.
fn failure(call: &Call) -> String {
    if let Some(below) = call.answer.iter().flat_map(|answer| &answer.calls).find(|call| has_failed(call)) {
        return failure(below);
    }
    let why = if call.why.is_empty() { String::new() } else { format!(": {}", call.why) };
    match call.status {
        0 => format!("{}{why}", call.service),
        status => format!("{} answers {status}{why}", call.service),
    }
}

fn has_failed(call: &Call) -> bool {
    call.status != 200 || call.answer.as_ref().is_none_or(|answer| answer.calls.iter().any(has_failed))
}

async fn call(entry: &Entry, client: &Client) -> Call {
    let Entry { port: _, protocol, tls, host, service: _, asked } = entry;
    let authority = host.clone().unwrap_or_else(|| client.address().to_string());
    let mut request = request(&authority, *protocol, &asked.method, &asked.path);
    add_headers(request.headers_mut(), &asked.headers);
    let scheme = if tls.is_some() { "https" } else { "http" };
    client.call(format!("{scheme}://{authority}{}", asked.path), request).await
}
