//! The one thread that keeps plans in step with the meshes, and hands them to streams.
//!
//! Streams follow the plan of their profile; what changes while they are busy is one change to them. Changes that wait are planned together.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use meshwright_model::span::{Context, Span, Spans, Value};
use tokio::sync::{mpsc, oneshot, watch};

use crate::instances::Source;
use crate::local::Local;
use crate::meshes::{Change, Meshes, Plan};
use crate::proxy::Profile;
use crate::secrets::Secrets;

/// How many commands wait for the thread; who has more to say waits.
const MAX_WAITING: usize = 1024;

/// How many commands are taken before plans are made.
const MAX_GROUP: usize = 4096;

/// Hands plans to streams.
#[derive(Clone, Debug)]
pub struct Hub {
    commands: mpsc::Sender<Command>,
    revision: Arc<AtomicU64>,
    spans: Option<Arc<dyn Spans>>,
}

/// A plan, and its number among those that its profile has had.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbered {
    pub(crate) number: u64,
    pub(crate) plan: Plan,
    /// Where its making stands in a trace.
    pub(crate) origin: Option<Context>,
}

/// How many receivers follow a plan for each stream: its own, and that of the list of proxies.
const OF_STREAM: usize = 2;

#[derive(Debug)]
enum Command {
    Change(Vec<Change>, u64),
    Add(Box<dyn Source>),
    HandOut(Box<dyn Secrets>),
    /// Instances or secrets have changed somewhere.
    Look,
    Follow(Box<Profile>, oneshot::Sender<watch::Receiver<Numbered>>),
}

impl Hub {
    /// Starts the thread; it ends when the last hub is gone. Where all is on one machine, proxies have addresses of their own. Plans and
    /// responses are told to `spans`, where somebody traces them.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(local: Option<Local>, spans: Option<Arc<dyn Spans>>) -> io::Result<Self> {
        let (commands, waiting) = mpsc::channel(MAX_WAITING);
        let revision = Arc::new(AtomicU64::new(0));
        let (planned, told) = (Arc::clone(&revision), spans.clone());
        std::thread::Builder::new()
            .name("plans".to_owned())
            .spawn(move || run(Meshes::new(local), waiting, &planned, told.as_deref()))?;
        Ok(Self { commands, revision, spans })
    }

    /// Takes changes, with which all is known up to a revision; waits while the thread has too much to do.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn change(&self, changes: Vec<Change>, revision: u64) {
        // The thread ends after the last hub.
        let _ = self.commands.blocking_send(Command::Change(changes, revision));
    }

    /// Asks one more for instances of services.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn add(&self, source: Box<dyn Source>) {
        // The thread ends after the last hub.
        let _ = self.commands.blocking_send(Command::Add(source));
    }

    /// Has the contents of secrets from here on.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn hand_out(&self, secrets: Box<dyn Secrets>) {
        // The thread ends after the last hub.
        let _ = self.commands.blocking_send(Command::HandOut(secrets));
    }

    /// What sources call when instances or secrets have changed; it waits for nothing, and keeps no hub alive.
    pub fn look(&self) -> impl Fn() + Send + use<> {
        let commands = self.commands.downgrade();
        move || {
            // Where there is no room the thread has something to do, and looks after that.
            let _ = commands.upgrade().map(|commands| commands.try_send(Command::Look));
        }
    }

    /// The revision up to which plans are made, and handed to streams.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Whom spans are told to.
    pub(crate) fn spans(&self) -> Option<Arc<dyn Spans>> {
        self.spans.clone()
    }

    /// Whether plans are still made.
    pub fn is_alive(&self) -> bool {
        !self.commands.is_closed()
    }

    /// The plan of a profile, and what becomes of it; `None` where the process ends.
    pub(crate) async fn follow(&self, profile: &Profile) -> Option<watch::Receiver<Numbered>> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Follow(Box::new(profile.clone()), answer)).await.ok()?;
        answered.await.ok()
    }
}

fn run(mut meshes: Meshes, mut waiting: mpsc::Receiver<Command>, planned: &AtomicU64, spans: Option<&dyn Spans>) {
    let mut followed: BTreeMap<Profile, watch::Sender<Numbered>> = BTreeMap::new();
    let mut known = 0;
    while let Some(command) = waiting.blocking_recv() {
        let (mut next, mut taken, mut news) = (Some(command), 0, 0);
        while let Some(command) = next {
            match command {
                Command::Change(changes, revision) => {
                    news += changes.len();
                    for change in changes {
                        meshes.change(change);
                    }
                    known = revision;
                }
                Command::Add(source) => meshes.add(source),
                Command::HandOut(secrets) => meshes.hand_out(secrets),
                Command::Look => {}
                Command::Follow(profile, answer) => {
                    // What waits to be planned is planned with the rest.
                    let sender = followed.entry((*profile).clone()).or_insert_with(|| {
                        watch::Sender::new(Numbered { number: 0, plan: meshes.plan(&profile), origin: None })
                    });
                    // A stream that has gone needs no plan.
                    let _ = answer.send(sender.subscribe());
                }
            }
            taken += 1;
            next = if taken < MAX_GROUP { waiting.try_recv().ok() } else { None };
        }
        let mut traced = spans.map(Traced::begin);
        let origin = traced.as_ref().map(|traced| traced.context);
        // Streams tell one while the next is made.
        meshes.replan(|profile, plan| {
            if let Some(sender) = followed.get(profile) {
                sender.send_modify(|own| *own = Numbered { number: own.number + 1, plan: plan.clone(), origin });
                if let Some(traced) = &mut traced {
                    traced.plans += 1;
                    traced.proxies += sender.receiver_count() / OF_STREAM;
                }
            }
        });
        planned.store(known, Ordering::Release);
        if let Some(traced) = traced {
            traced.end(news, known);
        }
        followed.retain(|profile, sender| {
            let is_followed = sender.receiver_count() > 0;
            if !is_followed {
                meshes.forget(profile);
            }
            is_followed
        });
    }
}

/// Plans that are being made together, for whoever traces that.
struct Traced<'s> {
    spans: &'s dyn Spans,
    context: Context,
    since: Instant,
    /// Those that are others now.
    plans: usize,
    /// The proxies that they are of.
    proxies: usize,
}

impl<'s> Traced<'s> {
    fn begin(spans: &'s dyn Spans) -> Self {
        Self { spans, context: spans.begin(None), since: Instant::now(), plans: 0, proxies: 0 }
    }

    /// Tells it, where there was something to plan.
    fn end(self, changes: usize, revision: u64) {
        let Self { spans, context, since, plans, proxies } = self;
        if changes == 0 && plans == 0 {
            return;
        }
        let count = |count: usize| Value::Number(count as u64);
        let attributes = vec![
            ("meshwright.changes", count(changes)),
            ("meshwright.plans", count(plans)),
            ("meshwright.proxies", count(proxies)),
            ("meshwright.revision", Value::Number(revision)),
        ];
        let took = since.elapsed();
        let name = "plan".into();
        spans.end(Span { name, is_of_server: false, context, parent: None, took, attributes, failure: None });
    }
}
