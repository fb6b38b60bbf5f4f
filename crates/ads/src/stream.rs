//! One stream: the thin loop around a [`Session`].

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use meshwright_envoy::envoy::config::core::v3::Node;
use meshwright_model::span::Context;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;

use crate::caller::Caller;
use crate::hub::{Hub, Numbered};
use crate::proxies::{Connected, Place, Proxies, Telling, lock};
use crate::proxy::Profile;
use crate::registry::Registry;
use crate::session::{MAX_NAMES, Response};
use crate::traced::Traced;
use crate::wire::Asking;

/// How many responses may wait for a proxy that does not read: one of each kind, and no more is ever under way.
pub(crate) const MAX_RESPONSES: usize = 8;

/// How long the first request of a stream may take.
const FIRST_REQUEST: Duration = Duration::from_secs(30);

/// What all streams share.
#[derive(Clone, Debug)]
pub struct Control {
    /// Where plans come from.
    pub hub: Hub,
    /// The proxies that are connected.
    pub proxies: Proxies,
    /// The instances that are registered.
    pub registry: Registry,
    /// The region of proxies that do not say theirs.
    pub region: String,
    /// The account of proxies that do not say theirs.
    pub account: String,
}

/// Speaks with a proxy until it goes, or says what must not be said.
pub(crate) async fn speak<A: Asking>(
    control: Control,
    caller: Caller,
    peer: String,
    mut requests: impl Stream<Item = Result<A, Status>> + Unpin,
    responses: mpsc::Sender<Result<Response, Status>>,
) {
    let Ok(Some(Ok(first))) = timeout(FIRST_REQUEST, requests.next()).await else { return };
    let id = first.node().map_or_else(String::new, |node: &Node| node.id.clone());
    let profile = Profile::of(first.node(), &caller.region, &caller.account)
        .map_err(|why| Status::invalid_argument(why.to_string()))
        .and_then(|profile| (caller.may_be)(&profile).map(|()| profile).map_err(Status::permission_denied));
    let profile = match profile {
        Ok(profile) => profile,
        Err(status) => {
            control.proxies.refuse(&peer, &id, status.message());
            let _ = responses.send(Err(status)).await;
            return;
        }
    };
    let Some(plans) = control.hub.follow(&profile).await else { return };
    let traced = control.hub.spans().map(|spans| Box::new(Traced::new(spans, &profile, &id, &peer)));
    let telling = Arc::new(Mutex::new(Telling::new(A::PROTOCOL)));
    let connected = Connected {
        profile,
        id,
        peer,
        protocol: A::PROTOCOL,
        since: SystemTime::now(),
        is_known: false,
        is_settled: false,
        has_refused: false,
        kinds: Vec::new(),
        omissions: Vec::new(),
        plans: Arc::new(plans.clone()),
        telling: Arc::clone(&telling),
    };
    let place = control.proxies.add(connected);
    let start = Instant::now();
    Talk { telling, plans, origin: None, place, start, traced, responses }.run(first, requests).await;
}

struct Talk {
    /// Looked at by whoever asks how the proxy stands.
    telling: Arc<Mutex<Telling>>,
    plans: watch::Receiver<Numbered>,
    /// Where the making of the plan that is told stands in a trace.
    origin: Option<Context>,
    place: Place,
    start: Instant,
    /// What is under way, where somebody traces that.
    traced: Option<Box<Traced>>,
    responses: mpsc::Sender<Result<Response, Status>>,
}

impl Talk {
    async fn run<A: Asking>(mut self, first: A, mut requests: impl Stream<Item = Result<A, Status>> + Unpin) {
        self.take_plan();
        let mut next = Some(first);
        loop {
            let responses = match next.take() {
                Some(message) => match self.take(message) {
                    Some(responses) => responses,
                    None => continue,
                },
                None => {
                    let Telling { session, snapshot, .. } = &mut *self.telling();
                    snapshot.as_deref().map_or_else(Vec::new, |own| session.advance(own, self.start.elapsed()))
                }
            };
            if self.telling().session.asks_too_much() {
                let message = format!("a proxy may ask for {MAX_NAMES} resources of a kind");
                let _ = self.responses.send(Err(Status::resource_exhausted(message))).await;
                return;
            }
            for response in responses {
                let kind = response.kind;
                if let Some(traced) = &mut self.traced {
                    traced.sent(&response, self.origin);
                }
                if self.responses.send(Ok(response)).await.is_err() {
                    return;
                }
                self.place.counts().note_sent(kind);
            }
            let wakes_at = self.telling().session.wakes_at().map(|at| self.start + at);
            tokio::select! {
                request = requests.next() => match request {
                    Some(Ok(message)) => next = Some(message),
                    None => return,
                    // It has gone, or has said what is none.
                    Some(Err(why)) => {
                        let _ = self.responses.send(Err(why)).await;
                        return;
                    }
                },
                changed = self.plans.changed() => match changed {
                    Ok(()) => self.take_plan(),
                    Err(_) => return,
                },
                () = sleep_until(wakes_at.unwrap_or_else(Instant::now)), if wakes_at.is_some() => {}
            }
        }
    }

    fn take<A: Asking>(&mut self, message: A) -> Option<Vec<Response>> {
        let request = message.into_request()?;
        let mut telling = lock(&self.telling);
        let Telling { session, snapshot, .. } = &mut *telling;
        if session.awaits(&request) {
            self.place.counts().note_answer(request.kind, request.error.is_none());
            if let Some(traced) = &mut self.traced {
                traced.answered(request.kind, request.error.as_deref());
            }
        }
        Some(session.on_request(request, snapshot.as_deref(), self.start.elapsed()))
    }

    /// Takes the plan as it is now. A node that is gone leaves its proxy with what it has, and one that is not there yet lets it wait; App
    /// Mesh ended such streams with status 3, and the proxy came again.
    fn take_plan(&mut self) {
        // Nobody who looks at a plan locks anything else meanwhile: whoever makes plans would wait for that too.
        let (number, snapshot, origin) = {
            let own = self.plans.borrow_and_update();
            (own.number, own.plan.snapshot.clone(), own.origin)
        };
        let mut telling = lock(&self.telling);
        telling.number = number;
        if snapshot.is_some() {
            telling.snapshot = snapshot;
            self.origin = origin;
        }
    }

    fn telling(&self) -> MutexGuard<'_, Telling> {
        lock(&self.telling)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use meshwright_model::Kind;

    use super::*;
    use crate::meshes::Plan;
    use crate::proxy::MeshId;
    use crate::request::Protocol;

    #[test]
    fn whoever_looks_at_a_conversation_holds_up_no_plans() {
        let [region, owner, name] = ["r", "a", "shop"].map(str::to_owned);
        let profile =
            Profile { mesh: MeshId { region, owner, name }, kind: Kind::Mesh, name: "n".into(), version: None };
        let sender = watch::Sender::new(Numbered::default());
        let telling = Arc::new(Mutex::new(Telling::new(Protocol::Delta)));
        let proxies = Proxies::default();
        let place = proxies.add(Connected {
            profile,
            id: String::new(),
            peer: String::new(),
            protocol: Protocol::Delta,
            since: SystemTime::now(),
            is_known: false,
            is_settled: false,
            has_refused: false,
            kinds: Vec::new(),
            omissions: Vec::new(),
            plans: Arc::new(sender.subscribe()),
            telling: Arc::clone(&telling),
        });
        let (responses, _taken) = mpsc::channel(1);
        let (plans, start) = (sender.subscribe(), Instant::now());
        let mut talk =
            Talk { telling: Arc::clone(&telling), plans, origin: None, place, start, traced: None, responses };
        let looking = lock(&telling);
        let taking = thread::spawn(move || {
            talk.take_plan();
            talk
        });
        // Long enough that the stream waits for the conversation, most of the time.
        thread::sleep(Duration::from_millis(50));
        let (made, is_made) = channel();
        let making = thread::spawn(move || {
            sender.send_modify(|own| *own = Numbered { number: 1, plan: Plan::default(), origin: None });
            made.send(()).unwrap();
        });
        let is_made = is_made.recv_timeout(Duration::from_secs(10));
        drop(looking);
        is_made.expect("a plan is made while somebody looks at a conversation");
        making.join().unwrap();
        drop(taking.join().unwrap());
        assert_eq!(proxies.census().connected, 0);
    }
}
