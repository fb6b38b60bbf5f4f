//! Plays a conversation: lines that a proxy says, and time that passes, with what the control plane says in between.
//!
//! - `= CDS a@1 b@1; RDS r@1`: what the proxy is to have from now on, all of it;
//! - `> CDS *`, `> RDS r s`: a request of the state of the world; `*` is one without names, `has VERSION-OF` names what it had before
//!   (`> CDS * has a@1 b@1`);
//! - `> CDS +a -b`: a request of changes; `has a@1` says what it has from an earlier stream;
//! - `> CDS ack`, `> CDS nack WORDS`: the answer to the last response of the kind, with the names as they were;
//! - `> CDS stale`: an answer to a response before the last;
//! - `. 100ms`: time passes;
//! - `< CDS [a@1, b@1] -c`: what is sent;
//! - `? CDS`: how the resources of a kind stand is asked, and `< CDS a@1 accepted, b@1 not sent` told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use meshwright_ads::session::Standing;
use meshwright_ads::{Kind, Protocol, Request, Resource, Response, Session, Snapshot, Version, Wish};

/// Plays what a script says to the control plane; its answers must be those of the script.
#[track_caller]
pub(crate) fn check(protocol: Protocol, script: &str) {
    let mut stage = Stage::new(protocol);
    let lines: Vec<&str> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for line in lines.iter().filter(|line| !line.starts_with('<')) {
        stage.play(line);
    }
    let expected = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    assert!(stage.said == expected, "expected:\n{expected}\nsaid:\n{}", stage.said);
}

struct Stage {
    session: Session,
    protocol: Protocol,
    snapshot: Snapshot,
    now: Duration,
    said: String,
    /// The nonce and the version of the last response of a kind, and the names that were asked for.
    last: BTreeMap<Kind, (u64, Version)>,
    names: BTreeMap<Kind, Vec<String>>,
}

fn kind(service: &str) -> Kind {
    Kind::ALL.into_iter().find(|kind| kind.service() == service).unwrap_or_else(|| panic!("no kind {service}"))
}

/// A resource `name@content`, in a snapshot of its own.
fn put(snapshot: &mut Snapshot, kind: Kind, text: &str) {
    let name = text.split('@').next().unwrap();
    let any = text.as_bytes().to_vec();
    snapshot.put(kind, Arc::new(Resource { name: name.into(), version: Version::of(&any), any: any.into() }));
}

/// The version that a proxy has which was sent resources of the state of the world.
fn version_of(kind: Kind, resources: &[&str]) -> String {
    let mut snapshot = Snapshot::default();
    for text in resources {
        put(&mut snapshot, kind, text);
    }
    let mut session = Session::new(Protocol::StateOfTheWorld);
    let names = resources.iter().map(|text| text.split('@').next().unwrap().to_owned()).collect();
    let wish = Wish::Names { names, version: String::new() };
    let sent =
        session.on_request(Request { kind, nonce: String::new(), error: None, wish }, Some(&snapshot), Duration::ZERO);
    sent[0].version.to_string()
}

impl Stage {
    fn new(protocol: Protocol) -> Self {
        Self {
            session: Session::new(protocol),
            protocol,
            snapshot: Snapshot::default(),
            now: Duration::ZERO,
            said: String::new(),
            last: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    fn play(&mut self, line: &str) {
        writeln!(self.said, "{line}").unwrap();
        let (sign, rest) = line.split_once(' ').unwrap();
        let responses = match sign {
            "=" => {
                self.snapshot = Snapshot::default();
                for part in rest.split(';') {
                    let mut words = part.split_whitespace();
                    let kind = kind(words.next().unwrap());
                    for word in words {
                        put(&mut self.snapshot, kind, word);
                    }
                }
                self.session.advance(&self.snapshot, self.now)
            }
            "." => {
                self.now += Duration::from_millis(rest.trim_end_matches("ms").parse().unwrap());
                let is_awake = self.session.wakes_at().is_some_and(|at| at <= self.now);
                if is_awake { self.session.advance(&self.snapshot, self.now) } else { Vec::new() }
            }
            ">" => {
                let (service, rest) = rest.split_once(' ').unwrap();
                let request = self.request(kind(service), rest);
                self.session.on_request(request, Some(&self.snapshot), self.now)
            }
            "?" => {
                self.show_stands(kind(rest));
                Vec::new()
            }
            other => panic!("{other}"),
        };
        for response in responses {
            self.last.insert(response.kind, (response.nonce, response.version));
            self.show(&response);
        }
    }

    fn show(&mut self, response: &Response) {
        let resources: Vec<&str> =
            response.resources.iter().map(|resource| std::str::from_utf8(&resource.any).unwrap()).collect();
        write!(self.said, "< {} [{}]", response.kind.service(), resources.join(", ")).unwrap();
        for name in &response.removed {
            write!(self.said, " -{name}").unwrap();
        }
        self.said.push('\n');
    }

    fn show_stands(&mut self, kind: Kind) {
        let stands = self.session.stands(kind, Some(&self.snapshot));
        let shown = stands.iter().map(|stand| {
            let content = stand.resource.as_ref().map_or("?", |own| std::str::from_utf8(&own.any).unwrap());
            let standing = match stand.standing {
                Standing::NotSent => "not sent",
                Standing::Waiting => "waiting",
                Standing::Accepted => "accepted",
                Standing::Refused => "refused",
            };
            format!("{content} {standing}")
        });
        let shown: Vec<String> = shown.collect();
        writeln!(self.said, "< {} {}", kind.service(), shown.join(", ")).unwrap();
    }

    fn request(&mut self, kind: Kind, words: &str) -> Request {
        let (nonce, version) = self.last.get(&kind).copied().unwrap_or_default();
        let nonce = if nonce == 0 { String::new() } else { nonce.to_string() };
        let version = if nonce.is_empty() { String::new() } else { version.to_string() };
        let same = |names: &BTreeMap<Kind, Vec<String>>| match self.protocol {
            Protocol::StateOfTheWorld => {
                Wish::Names { names: names.get(&kind).cloned().unwrap_or_default(), version: version.clone() }
            }
            Protocol::Delta => Wish::Change { subscribe: Vec::new(), unsubscribe: Vec::new(), has: BTreeMap::new() },
        };
        if words == "ack" {
            return Request { kind, nonce, error: None, wish: same(&self.names) };
        }
        if words == "stale" {
            return Request { kind, nonce: "0".to_owned(), error: None, wish: same(&self.names) };
        }
        if let Some(error) = words.strip_prefix("nack ") {
            return Request { kind, nonce, error: Some(error.to_owned()), wish: same(&self.names) };
        }
        let (words, has) = words.split_once("has").unwrap_or((words, ""));
        let has: Vec<&str> = has.split_whitespace().collect();
        let words: Vec<&str> = words.split_whitespace().filter(|word| *word != "*").collect();
        let wish = match self.protocol {
            Protocol::StateOfTheWorld => {
                let names: Vec<String> = words.into_iter().map(str::to_owned).collect();
                self.names.insert(kind, names.clone());
                let version = if has.is_empty() { version } else { version_of(kind, &has) };
                Wish::Names { names, version }
            }
            Protocol::Delta => {
                let with = |sign: char| {
                    words.iter().filter_map(|word| word.strip_prefix(sign)).map(str::to_owned).collect::<Vec<_>>()
                };
                let had = |text: &&str| {
                    (text.split('@').next().unwrap().to_owned(), Version::of(text.as_bytes()).to_string())
                };
                Wish::Change { subscribe: with('+'), unsubscribe: with('-'), has: has.iter().map(had).collect() }
            }
        };
        // Changes of what is asked for answer nothing.
        let nonce = if self.protocol == Protocol::Delta { String::new() } else { nonce };
        Request { kind, nonce, error: None, wish }
    }
}
