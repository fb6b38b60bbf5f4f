//! What a stand-in answers: who it is, and what those answered whom it called.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

/// The deepest tree that is read.
const MAX_DEPTH: usize = 16;

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The node that answered.
    pub node: String,
    /// What it called, in the order of its backends.
    pub calls: Vec<Call>,
}

/// A call to a virtual service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The virtual service.
    pub service: String,
    /// The status of HTTP that came back; 0 where nothing did.
    pub status: u16,
    /// What the node behind it answered, where one did.
    pub answer: Option<Tree>,
    /// Why there is no answer.
    pub why: String,
}

impl Tree {
    /// As stand-ins say it to each other.
    pub fn to_json(&self) -> Value {
        let call = |call: &Call| {
            json!({
                "service": call.service,
                "status": call.status,
                "answer": call.answer.as_ref().map(Self::to_json),
                "why": call.why,
            })
        };
        json!({"node": self.node, "calls": self.calls.iter().map(call).collect::<Vec<Value>>()})
    }

    /// Reads what [`Tree::to_json`] says; `None` where it is something else.
    pub fn from_json(value: &Value) -> Option<Self> {
        Self::read(value, 0)
    }

    fn read(value: &Value, depth: usize) -> Option<Self> {
        if depth > MAX_DEPTH {
            return None;
        }
        let call = |call: &Value| {
            Some(Call {
                service: call["service"].as_str()?.to_owned(),
                status: u16::try_from(call["status"].as_u64()?).ok()?,
                answer: Self::read(&call["answer"], depth + 1),
                why: call["why"].as_str().unwrap_or_default().to_owned(),
            })
        };
        let calls = value["calls"].as_array()?.iter().map(call).collect::<Option<Vec<Call>>>()?;
        Some(Self { node: value["node"].as_str()?.to_owned(), calls })
    }

    /// As people read it.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.node);
        self.add_calls("", &mut text);
        text
    }

    fn add_calls(&self, margin: &str, text: &mut String) {
        for (position, call) in self.calls.iter().enumerate() {
            let is_last = position + 1 == self.calls.len();
            let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let what = match (&call.answer, call.status) {
                (Some(answer), 200) => answer.node.clone(),
                (Some(answer), status) => format!("{} answers {status}", answer.node),
                (None, 0) => call.why.clone(),
                (None, status) => format!("status {status} {}", call.why).trim_end().to_owned(),
            };
            let _ = writeln!(text, "{margin}{branch}{} → {what}", call.service);
            if let Some(answer) = &call.answer {
                answer.add_calls(&format!("{margin}{below}"), text);
            }
        }
    }

    /// Which nodes answered for each virtual service, and how often; and how many calls failed.
    pub fn count(&self, nodes: &mut BTreeMap<String, BTreeMap<String, u64>>) -> u64 {
        let mut failed = 0;
        for call in &self.calls {
            match &call.answer {
                Some(answer) if call.status == 200 => {
                    *nodes.entry(call.service.clone()).or_default().entry(answer.node.clone()).or_default() += 1;
                    failed += answer.count(nodes);
                }
                _ => failed += 1,
            }
        }
        failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let leaf = |node: &str| Some(Tree { node: node.to_owned(), calls: Vec::new() });
        let call =
            |service: &str, status, answer| Call { service: service.to_owned(), status, answer, why: String::new() };
        let orders = Tree {
            node: "orders".to_owned(),
            calls: vec![
                call("payments.local", 200, leaf("payments-v2")),
                Call { why: "no healthy upstream".to_owned(), ..call("stock.local", 503, None) },
            ],
        };
        Tree { node: "web".to_owned(), calls: vec![call("orders.local", 200, Some(orders))] }
    }

    #[test]
    fn it_reads_as_it_was_called() {
        let expected = "web\n└─ orders.local → orders\n   ├─ payments.local → payments-v2\n   └─ stock.local → status 503 no healthy upstream\n";
        assert_eq!(tree().text(), expected);
    }

    #[test]
    fn what_is_said_is_understood() {
        assert_eq!(Tree::from_json(&tree().to_json()), Some(tree()));
        assert_eq!(Tree::from_json(&json!({"node": "x"})), None);
        let mut deep = json!({"node": "x", "calls": []});
        for _ in 0..40 {
            deep = json!({"node": "x", "calls": [{"service": "s", "status": 200, "answer": deep}]});
        }
        assert_eq!(Tree::from_json(&deep).unwrap().node, "x");
    }

    #[test]
    fn shares_are_counted() {
        let mut nodes = BTreeMap::new();
        assert_eq!(tree().count(&mut nodes), 1);
        assert_eq!(nodes["payments.local"]["payments-v2"], 1);
        assert_eq!(nodes.len(), 2);
    }
}
