//! Waits until the proxies that are connected have accepted what they are to have.
//!
//! The control plane follows what is written, so what it says right after a write may be of the time before. The first answer that was
//! asked for after the last write says the revision that clients see, and that write is in it; what is said of proxies counts once the
//! control plane has followed up to there.

use std::collections::BTreeSet;
use std::time::Duration;

use meshwright_model::api::Call;
use meshwright_model::operation::{Operation, Target};
use serde_json::{Value, json};

use super::names::MeshName;
use super::{Live, LiveError, Progress, connected};

/// The first and the longest pause between two looks.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Which proxies are waited for, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    meshes: BTreeSet<MeshName>,
    limit: Duration,
}

/// What waiting came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waited {
    /// How many proxies are connected.
    pub(crate) connected: usize,
    /// Those that have not accepted everything.
    others: Vec<Other>,
    /// Why nothing is known of them, where that is so.
    unknown: Option<String>,
}

/// A proxy that has not accepted everything.
#[derive(Clone, Debug)]
struct Other {
    proxy: Value,
    standing: Standing,
}

/// How a proxy stands to what it is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Settled,
    /// It does not take it.
    Refused,
    /// What it stands for is not there.
    Unknown,
    /// It may still come to have it.
    Waiting,
}

impl Standing {
    fn of(proxy: &Value) -> Self {
        let is = |member: &str| proxy[member] == true;
        if !is("isKnown") {
            Self::Unknown
        } else if is("isSettled") {
            Self::Settled
        } else if is("hasRefused") {
            Self::Refused
        } else {
            Self::Waiting
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
        }
    }
}

impl Wait {
    /// For the proxies of meshes, no longer than so.
    ///
    /// # Errors
    /// Whoever is asked does not say what proxies have.
    pub(crate) fn new(live: &mut Live<'_>, meshes: BTreeSet<MeshName>, limit: Duration) -> Result<Self, LiveError> {
        let why = match live.ask("asking", &list()) {
            Ok(answer) if revisions(&answer).is_some() => return Ok(Self { meshes, limit }),
            Ok(_) => "its answer has no revision".to_owned(),
            Err(failure) => failure.to_string(),
        };
        Err(LiveError::NoProxies { place: live.api.place(), why })
    }

    /// Waits; right after the last write.
    pub(crate) fn run(&self, live: &mut Live<'_>) -> Waited {
        let start = (live.now)();
        let (mut written, mut pause) = (None, FIRST_PAUSE);
        loop {
            let answer = match live.api.call(&list()) {
                Ok(answer) => answer,
                Err(failure) => return Waited { unknown: Some(failure.to_string()), ..Waited::default() },
            };
            let Some((seen, followed)) = revisions(&answer) else {
                return Waited { unknown: Some("the answer has no revision".to_owned()), ..Waited::default() };
            };
            let written = *written.get_or_insert(seen);
            let proxies: Vec<&Value> =
                answer["proxies"].as_array().into_iter().flatten().filter(|own| self.is_meant(&answer, own)).collect();
            let has_followed = followed >= written;
            let standing = |proxy| if has_followed { Standing::of(proxy) } else { Standing::Waiting };
            let pending = proxies.iter().filter(|proxy| standing(proxy) == Standing::Waiting).count();
            let left = self.limit.saturating_sub((live.now)().saturating_sub(start));
            if (has_followed && pending == 0) || left.is_zero() {
                let others = proxies.iter().map(|proxy| Other { proxy: (*proxy).clone(), standing: standing(proxy) });
                let others = others.filter(|own| own.standing != Standing::Settled).collect();
                let unknown = (!has_followed).then(|| "the control plane has not followed so far".to_owned());
                return Waited { connected: proxies.len(), others, unknown };
            }
            let (done, of) = (proxies.len() - pending, proxies.len());
            (live.watch)(Progress { what: "waiting for proxies", done, of, slowed: None });
            (live.pause)(pause.min(left));
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Whether a proxy is of the meshes; those of a mesh without an owner are the caller's own.
    fn is_meant(&self, answer: &Value, proxy: &Value) -> bool {
        let is_own = |mesh: &MeshName| {
            let owner = mesh.owner.as_deref().or(answer["account"].as_str());
            proxy["meshName"] == mesh.name.as_str() && proxy["meshOwner"].as_str() == owner
        };
        proxy["region"] == answer["region"] && self.meshes.iter().any(is_own)
    }
}

impl Waited {
    /// What it came to, in a line.
    pub(crate) fn text(&self) -> String {
        match (self.connected, self.connected - self.others.len()) {
            (0, _) if self.unknown.is_some() => String::new(),
            (0, _) => "no proxy is connected\n".to_owned(),
            (1, 1) => "the proxy that is connected has accepted everything\n".to_owned(),
            (all, settled) if all == settled => {
                format!("all {all} proxies that are connected have accepted everything\n")
            }
            (all, settled) => format!("{settled} of {all} connected proxies have accepted everything\n"),
        }
    }

    /// Which proxies have not accepted everything, and why.
    pub(crate) fn failures(&self) -> Vec<String> {
        let unknown = self.unknown.iter().map(|why| format!("what proxies have is not known: {why}"));
        let others = self.others.iter().map(|other| {
            let proxy = &other.proxy;
            let why = match other.standing {
                Standing::Refused => connected::refusals(proxy).collect::<Vec<_>>().join("; "),
                Standing::Waiting if connected::refusals(proxy).next().is_some() => "is being told".to_owned(),
                _ => connected::state(proxy),
            };
            format!("{} from {}: {why}", connected::name(proxy), connected::word(proxy, "peer"))
        });
        unknown.chain(others).collect()
    }

    /// It for programs: each proxy as `ListProxies` has it.
    pub(crate) fn json(&self) -> Value {
        let others = self.others.iter().map(|other| {
            let mut proxy = other.proxy.clone();
            proxy["state"] = json!(other.standing.word());
            proxy
        });
        json!({
            "connected": self.connected,
            "settled": self.connected - self.others.len(),
            "others": others.collect::<Vec<_>>(),
        })
    }
}

fn list() -> Call {
    Call::new(Operation::ListProxies, Target::default())
}

/// The revision that clients see, and that up to which the control plane has followed.
fn revisions(answer: &Value) -> Option<(u64, u64)> {
    Some((answer["revision"].as_u64()?, answer["followedRevision"].as_u64()?))
}
