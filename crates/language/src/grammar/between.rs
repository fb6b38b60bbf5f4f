//! TLS between two: of the call from one to the other, in the direction that the request or the files say.

use super::reader::Reader;
use super::spot::{self, Said, Spot, Trouble, path_of};
use super::thing::Guess;
use crate::intent::{Action, ClientTls, Intent};
use crate::understanding::Assumption;

impl Reader<'_> {
    /// "mutual TLS between orders and payments": of the call from one to the other, which the first makes unless the request
    /// or the files say otherwise.
    pub(super) fn tls_between(&mut self, names: &[String], mutual: bool) -> Said {
        let [first, second] = names else { return Err(Trouble::NotHere) };
        let calls = |from: &str, to: &str| {
            let is_there = self.known.as_ref().is_some_and(|known| known.calls(from, to));
            is_there || says_call(&self.intent, from, to)
        };
        let (is_forward, is_backward) = (calls(first, second), calls(second, first));
        if is_forward && is_backward {
            let text = format!("`{first}` and `{second}` call each other. Which of the two calls is meant?");
            self.ask(&text, self.words.start, self.words.end);
            return Ok(String::new());
        }
        let (from, to) = if is_backward { (second, first) } else { (first, second) };
        let action = if self.known.is_some() { Action::Change } else { Action::Create };
        let place = self.named(from, action);
        self.turn_to(place);
        self.calls(std::slice::from_ref(to))?;
        let (spot, _) = self.last_calls.clone().ok_or(Trouble::NotHere)?;
        self.spot = Some(spot);
        let said = self.tls_of_calls(mutual).ok_or(Trouble::NotHere)?;
        if !is_forward && !is_backward {
            let words = self.words.clone();
            self.guessed_calls.push(Guess { from: from.clone(), to: to.clone(), mutual, words });
        } else if self.known.is_some() {
            self.secure_callee(to, mutual)?;
        }
        if self.known.is_none() && self.find_named(to).is_none() {
            self.application(to, Action::Create);
        }
        said
    }

    /// What is there accepts TLS from now on.
    fn secure_callee(&mut self, name: &str, mutual: bool) -> Result<(), Trouble> {
        let place = self.named(name, Action::Change);
        spot::listener_tls(&mut self.intent, Spot::at(place))?.0.mutual |= mutual;
        Ok(())
    }

    /// Turns calls that were guessed where the request said their direction later; of what is there nothing is guessed.
    pub(super) fn settle_guessed_calls(&mut self) {
        for guess in std::mem::take(&mut self.guessed_calls) {
            let Guess { from, to, mutual, words } = guess;
            let is_turned = says_call(&self.intent, &to, &from) && self.turn_call(&from, &to).is_some();
            if self.known.is_none() && !is_turned {
                self.assumptions.push(Assumption {
                    what: format!("`{from}` calls `{to}`"),
                    why: "TLS is of calls, and the request names who calls nowhere else".to_owned(),
                });
            } else if self.known.is_some() && is_turned {
                drop(self.secure_callee(&from, mutual));
            } else if self.known.is_some() {
                let text = format!(
                    "Which calls the other, `{from}` or `{to}`? TLS is of calls, and the files have none between them."
                );
                self.ask(&text, words.start, words.end);
            }
        }
    }

    /// Moves the TLS of a call to the one that goes the other way.
    fn turn_call(&mut self, from: &str, to: &str) -> Option<()> {
        let (old, new) = (self.find_named(from)?, self.find_named(to)?);
        let (caller, old_path) = spot::node(&mut self.intent, Spot::at(old)).ok()?;
        let at = caller.calls.iter().position(|call| call.to == to)?;
        let tls = caller.calls.remove(at).tls;
        let left = caller.calls.len();
        let (caller, _) = spot::node(&mut self.intent, Spot::at(new)).ok()?;
        let there = caller.calls.iter().position(|call| call.to == from)?;
        let own = &mut caller.calls[there].tls;
        *own = match (own.take(), tls) {
            (Some(own), Some(tls)) => Some(ClientTls {
                enforce: own.enforce.or(tls.enforce),
                mutual: own.mutual || tls.mutual,
                certificate: own.certificate.or(tls.certificate),
                trust: own.trust.or(tls.trust),
                names: if own.names.is_empty() { tls.names } else { own.names },
                ports: if own.ports.is_empty() { tls.ports } else { own.ports },
            }),
            (own, tls) => own.or(tls),
        };
        self.rename_evidence(&format!("{old_path}.calls[{at}]"), &format!("{}.calls[{there}]", path_of(new)));
        for next in at..left {
            self.rename_evidence(&format!("{old_path}.calls[{}]", next + 1), &format!("{old_path}.calls[{next}]"));
        }
        Some(())
    }
}

/// Whether an intent has a call.
fn says_call(intent: &Intent, from: &str, to: &str) -> bool {
    let nodes = intent.applications.iter().chain(&intent.virtual_nodes);
    nodes.filter(|node| node.name.as_deref() == Some(from)).flat_map(|node| &node.calls).any(|call| call.to == to)
}
