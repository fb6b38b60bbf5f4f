//! Meanings of whether TLS is spoken, by listeners and towards backends.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::reader::Verb;
use crate::grammar::spot::{self, Said, Side, Spot, Trouble, put};
use crate::intent::{Intent, TlsMode};

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "TLS",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["tls ?on", "terminate tls", "terminate https", "tls <protocol>", "https"],
        set: Set::Act(|reader, _| reader.tls()),
    },
    Meaning {
        name: "TLS: strict",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "tls required|require|only",
            "require|requires|requiring|only tls",
            "only listen tls",
            "listen only tls",
            "must tls",
            "strict ?tls ?mode",
            "tls strict",
            "enforce ?strict tls",
            "tls enforce",
        ],
        set: Set::Act(|reader, _| match reader.enforced_calls() {
            Some(said) => said,
            None => {
                let spot = reader.here()?;
                mode(&mut reader.intent, spot, TlsMode::Strict)
            }
        }),
    },
    Meaning {
        name: "TLS: enforced, where it was spoken of",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["enforce"],
        set: Set::Act(|reader, _| match reader.enforced_calls() {
            Some(said) => said,
            None => {
                let spot = reader.here()?;
                let (listener, _) = spot::listener(&mut reader.intent, spot)?;
                if listener.tls.is_none() {
                    return Err(Trouble::NotHere);
                }
                mode(&mut reader.intent, spot, TlsMode::Strict)
            }
        }),
    },
    Meaning {
        name: "TLS: not enforced, where it was spoken of",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["no enforce"],
        set: Set::Act(|reader, _| {
            let spot = reader.here()?;
            if spot.side == Side::Server {
                return Err(Trouble::NotHere);
            }
            let (tls, path) = spot::client_tls(&mut reader.intent, spot)?;
            put(&mut tls.enforce, false, &path, "enforce")
        }),
    },
    Meaning {
        name: "TLS: ports of a call",
        block: Block::Tls,
        is_plain: false,
        home: Home::Node,
        ways: &["port <numbers>"],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            // "trust /ca.pem on port 9443", where the listener has its own
            let is_on = reader.preposition.as_deref() == Some("on")
                && spot::listener(&mut reader.intent, spot).is_ok_and(|(listener, _)| listener.port.is_some());
            let is_called = matches!(spot.side, Side::Call(_)) && reader.preposition.as_deref() == Some("to");
            // "SAN x.local, ports 443 and 8443"
            let has_port = spot::listener(&mut reader.intent, spot).is_ok_and(|(listener, _)| listener.port.is_some());
            let is_listed = has_port && slots.numbers("numbers").len() > 1 && reader.preposition.is_none();
            if spot.side == Side::Server || !is_on && !is_called && !is_listed && !reader.is_in_brackets() {
                return Err(Trouble::NotHere);
            }
            let (tls, path) = spot::client_tls(&mut reader.intent, spot)?;
            tls.ports.extend(slots.numbers("numbers"));
            Ok(path + ".ports")
        }),
    },
    Meaning {
        name: "TLS: the only ports of calls that speak it",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "only on|for|to port <numbers>",
            "strict ?tls on|for|to port <numbers>",
            "enforce strict ?tls on|for|to port <numbers>",
            "strict ?tls on|for port <numbers> to|for ?everything backend",
        ],
        set: Set::Act(|reader, slots| {
            if reader.is_symbol(reader.words.end - 1, &["backend"]) {
                reader.tls_to_backends(true)?;
            }
            let spot = reader.here()?;
            if spot.side == Side::Server {
                return Err(Trouble::NotHere);
            }
            let is_enforced = reader.is_symbol(reader.words.start, &["enforce"]);
            let (tls, path) = spot::client_tls(&mut reader.intent, spot)?;
            tls.ports.extend(slots.numbers("numbers"));
            if is_enforced {
                put(&mut tls.enforce, true, &path, "enforce")?;
            }
            Ok(path + ".ports")
        }),
    },
    Meaning {
        name: "TLS: permissive",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "tls and|or plaintext",
            "plaintext and|or tls",
            "allow-all plaintext",
            "plaintext listen",
            "tls and plaintext",
            "permissive ?tls",
            "tls permissive",
        ],
        set: Set::Value(|intent, spot, _| mode(intent, spot, TlsMode::Permissive)),
    },
    Meaning {
        name: "TLS: off",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["no tls", "tls off", "tls no", "off tls", "no tls at all", "no mtls", "no https"],
        set: Set::Act(|reader, _| {
            if reader.last_calls.is_some() {
                return Ok(String::new());
            }
            // Without clients' certificates, or without any?
            if reader.known.is_some() && reader.words.clone().any(|at| reader.is_symbol(at, &["mtls"])) {
                let text =
                    "Should TLS end there, or only the certificates of clients? \"turn off TLS\" ends all of it.";
                reader.ask(text, reader.words.start, reader.words.end);
                return Ok(String::new());
            }
            let spot = reader.here()?;
            mode(&mut reader.intent, spot, TlsMode::Disabled)
        }),
    },
    Meaning {
        name: "TLS of a call",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "tls to call <names>",
            "tls for call <names>",
            "mtls to call <names>",
            "mtls for call <names>",
            "?must tls|mtls when|whenever|if call ?to ?virtual-service ?application <names>",
        ],
        set: Set::Act(|reader, slots| {
            let is_mutual = reader.words.clone().any(|at| reader.is_symbol(at, &["mtls"]));
            reader.calls(&slots.texts("names"))?;
            if is_mutual { reader.mutual_tls() } else { reader.tls() }
        }),
    },
    Meaning {
        name: "TLS towards what was named",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["?must tls|mtls to ?virtual-service ?application <names>"],
        set: Set::Act(|reader, slots| {
            let names = slots.texts("names");
            let knows = |name: &String| {
                reader.find_named(name).is_some() || reader.known.as_ref().is_some_and(|known| known.knows(name))
            };
            let own = reader.here()?;
            let is_own = |name: &String| reader.name_of_proxied(own.place).as_ref() == Some(name);
            if !names.iter().all(knows)
                || names.iter().any(is_own)
                || reader.verb != Verb::None && reader.known.is_none()
            {
                return Err(Trouble::NotHere);
            }
            let is_mutual = reader.words.clone().any(|at| reader.is_symbol(at, &["mtls"]));
            reader.calls(&names)?;
            if is_mutual { reader.mutual_tls() } else { reader.tls() }
        }),
    },
    Meaning {
        name: "plain text",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["plaintext"],
        set: Set::Act(|reader, _| reader.last_calls.as_ref().map(|_| String::new()).ok_or(Trouble::NotHere)),
    },
    Meaning {
        name: "mutual TLS",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["mtls ?tls", "mtls ?on", "enforce|strict|require mtls"],
        set: Set::Act(|reader, _| reader.mutual_tls()),
    },
    Meaning {
        name: "mutual TLS between two",
        block: Block::Tls,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "mtls ?tls between ?application|virtual-node <names>",
            "strict|enforce|require ?tls between ?application|virtual-node <names>",
            "tls between ?application|virtual-node <names>",
        ],
        set: Set::Act(|reader, slots| {
            let is_mutual = reader.is_symbol(reader.words.start, &["mtls"]);
            reader.tls_between(&slots.texts("names"), is_mutual)
        }),
    },
    Meaning {
        name: "mutual TLS: clients show a certificate",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "trust client-certificate",
            "client-certificate trust",
            "client-certificate required|require|needed",
            "require|requires|requiring client-certificate",
            "client-certificate",
        ],
        set: Set::Act(|reader, _| reader.client_certificate()),
    },
    Meaning {
        name: "TLS to backends",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "backend ?between strict|tls",
            "tls ?to ?everything backend",
            "backend must|should|be tls",
            "backend enforce tls",
            "tls to ?everything backend",
            "backend tls",
            "enforce tls to backend",
            "tls for backend",
            "enforce tls backend",
            "tls backend",
            "enforce client tls",
            "tls enforce ?to|for|on backend",
            "be call between tls",
            "backend must|should|be call between tls",
            "otherwise ?enforce tls ?to|for|on ?everything backend",
            "?enforce tls otherwise ?to|for|on ?everything backend",
            "talk|talks|talking tls ?to|with everything|backend",
        ],
        set: Set::Act(|reader, _| reader.tls_to_backends(true)),
    },
    Meaning {
        name: "TLS to the backends of what is named",
        block: Block::Tls,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "tls for|to <name> backend",
            "tls for|to backend of virtual-node|application <name>",
            "tls for|to backend of <name>",
        ],
        set: Set::Act(|reader, slots| {
            reader.speak_of_node(&slots.text("name"));
            reader.tls_to_backends(true)
        }),
    },
    Meaning {
        name: "what is said of all backends",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "backend for|of|on",
            "backend :",
            "backend for|of|on virtual-node|application <name>",
            "backend for|of|on <name> virtual-node|application",
            "backend for|of|on <name:there>",
        ],
        set: Set::Act(|reader, slots| {
            let there = slots.given("there");
            if there.as_ref().is_some_and(|name| !reader.is_share_of_known(name)) {
                return Err(Trouble::NotHere);
            }
            if let Some(name) = slots.given("name").or(there) {
                reader.speak_of_node(&name);
            }
            let spot = reader.here()?;
            let (_, path) = spot::backend_tls(&mut reader.intent, spot)?;
            reader.spot = Some(Spot { side: Side::Client, ..spot });
            Ok(path)
        }),
    },
    Meaning {
        name: "TLS to backends: not enforced",
        block: Block::Tls,
        is_plain: true,
        home: Home::Node,
        ways: &["no enforce tls ?to ?backend", "tls ?to ?backend no enforce"],
        set: Set::Act(|reader, _| reader.tls_to_backends(false)),
    },
];

fn mode(intent: &mut Intent, spot: Spot, mode: TlsMode) -> Said {
    let (tls, path) = spot::listener_tls(intent, spot)?;
    put(&mut tls.mode, mode, &path, "mode")
}
