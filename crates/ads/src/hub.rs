//! The one thread that keeps plans in step with the meshes, and hands them to streams.
//!
//! Streams follow the plan of their profile; what changes while they are busy is one change to them. Changes that wait are planned together.

use std::collections::BTreeMap;
use std::io;

use tokio::sync::{mpsc, oneshot, watch};

use crate::local::Local;
use crate::meshes::{Change, Meshes, Plan};
use crate::proxy::Profile;

/// How many commands wait for the thread; who has more to say waits.
const MAX_WAITING: usize = 1024;

/// How many commands are taken before plans are made.
const MAX_GROUP: usize = 4096;

/// Hands plans to streams.
#[derive(Clone, Debug)]
pub struct Hub(mpsc::Sender<Command>);

#[derive(Debug)]
enum Command {
    Change(Vec<Change>),
    Follow(Box<Profile>, oneshot::Sender<watch::Receiver<Plan>>),
}

impl Hub {
    /// Starts the thread; it ends when the last hub is gone. Where all is on one machine, proxies have addresses of their own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(local: Option<Local>) -> io::Result<Self> {
        let (commands, waiting) = mpsc::channel(MAX_WAITING);
        std::thread::Builder::new().name("plans".to_owned()).spawn(move || run(Meshes::new(local), waiting))?;
        Ok(Self(commands))
    }

    /// Takes changes; waits while the thread has too much to do.
    ///
    /// # Panics
    /// Within an asynchronous task.
    pub fn change(&self, changes: Vec<Change>) {
        // The thread ends after the last hub.
        let _ = self.0.blocking_send(Command::Change(changes));
    }

    /// The plan of a profile, and what becomes of it; `None` where the process ends.
    pub(crate) async fn follow(&self, profile: &Profile) -> Option<watch::Receiver<Plan>> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Command::Follow(Box::new(profile.clone()), answer)).await.ok()?;
        answered.await.ok()
    }
}

fn run(mut meshes: Meshes, mut waiting: mpsc::Receiver<Command>) {
    let mut followed: BTreeMap<Profile, watch::Sender<Plan>> = BTreeMap::new();
    while let Some(command) = waiting.blocking_recv() {
        let mut next = Some(command);
        for _ in 0..MAX_GROUP {
            match next {
                None => break,
                Some(Command::Change(changes)) => changes.into_iter().for_each(|change| meshes.change(change)),
                Some(Command::Follow(profile, answer)) => {
                    // What waits to be planned is planned with the rest.
                    let sender =
                        followed.entry((*profile).clone()).or_insert_with(|| watch::Sender::new(meshes.plan(&profile)));
                    // A stream that has gone needs no plan.
                    let _ = answer.send(sender.subscribe());
                }
            }
            next = waiting.try_recv().ok();
        }
        // Streams tell one while the next is made.
        meshes.replan(|profile, plan| {
            if let Some(sender) = followed.get(profile) {
                sender.send_replace(plan.clone());
            }
        });
        followed.retain(|profile, sender| {
            let is_followed = sender.receiver_count() > 0;
            if !is_followed {
                meshes.forget(profile);
            }
            is_followed
        });
    }
}
