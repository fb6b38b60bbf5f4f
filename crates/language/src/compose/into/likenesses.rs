//! Edits that make a part of a virtual node as that of another.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::listener::Listener;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use super::Desk;
use super::find::node_spec;
use super::part::member;
use crate::intent::{Likeness, NodePart};

impl<'i> Desk<'i> {
    /// Gives a node a part of another.
    pub(super) fn make_alike(&mut self, wanted: &Likeness) {
        let Some(from) = self.only_node(&wanted.like) else { return };
        let Some(to) = self.only_node(&wanted.name) else { return };
        if wanted.part == NodePart::AccessLog {
            let path = Path::of(&["spec", "logging"]);
            let logging = node_spec(from).and_then(|spec| spec.logging.as_ref()).map(NewValue::of);
            self.put_alike(from, to, logging, path, "access log");
            return;
        }
        let (Some(own), Some(other)) = (self.only_listener(from), self.only_listener(to)) else { return };
        let (field, what) = match wanted.part {
            NodePart::HealthCheck => ("healthCheck", "health check"),
            NodePart::OutlierDetection => ("outlierDetection", "outlier detection"),
            NodePart::ConnectionPool => ("connectionPool", "connection pool"),
            NodePart::Timeout => ("timeout", "timeout"),
            NodePart::Tls | NodePart::AccessLog => ("tls", "TLS"),
        };
        let (own, other) = (NewValue::of(own), NewValue::of(other));
        let mapped = |listener: &NewValue, name: &str| {
            member(listener, "portMapping").and_then(|ports| member(ports, name)).cloned()
        };
        let is_of_protocol = !matches!(wanted.part, NodePart::OutlierDetection | NodePart::Tls);
        if is_of_protocol && mapped(&own, "protocol") != mapped(&other, "protocol") {
            self.draft.ask(format!(
                "`{}` and `{}` speak different protocols, so that they cannot have the same {what}. What should it be?",
                wanted.like, wanted.name
            ));
            return;
        }
        let mut value = member(&own, field).cloned();
        if let Some(NewValue::Object(members)) = &mut value
            && wanted.part == NodePart::HealthCheck
        {
            // It checks the port of its own node.
            let ports = (mapped(&own, "port"), mapped(&other, "port"));
            let port = members.iter_mut().find(|(name, port)| *name == "port" && ports.0.as_ref() == Some(port));
            if let (Some((_, port)), Some(others)) = (port, ports.1) {
                *port = others;
            }
        }
        if value.is_some() && wanted.part == NodePart::Tls {
            self.draft.assume(
                format!("`{}` shows the certificate that `{}` shows", wanted.name, wanted.like),
                "the request says that they have the same TLS; the certificate must name both",
            );
        }
        let path = Path::of(&["spec", "listeners"]).index(0).field(field);
        self.put_alike(from, to, value, path, what);
    }

    fn put_alike(&mut self, from: &Resource, to: &Resource, value: Option<NewValue>, at: Path, what: &str) {
        let shown = Key::of(&from.name).shown();
        let is_open = from.gaps.keys().any(|gap| gap.to_string().starts_with(&at.to_string()));
        match value.filter(|_| !is_open) {
            Some(value) => self.edits.push(Edit::of(to, at, Change::Set(value))),
            None if is_open => self.draft.ask(format!(
                "Functions of the file make the {what} of `{shown}`, so that it cannot be copied. What should it be?"
            )),
            None => self.draft.ask(format!("`{shown}` has no {what}. Which is meant?")),
        }
    }

    fn only_node(&mut self, name: &str) -> Option<&'i Resource> {
        let found = self.finder.nodes_named(name);
        match found.as_slice() {
            [only] => Some(only),
            _ => {
                self.ask_which(Kind::VirtualNode, Some(name), &found);
                None
            }
        }
    }

    fn only_listener(&mut self, node: &'i Resource) -> Option<&'i Listener> {
        let listeners = node_spec(node).and_then(|spec| spec.listeners.as_deref()).unwrap_or_default();
        let [only] = listeners else {
            let shown = Key::of(&node.name).shown();
            self.draft.ask(format!("`{shown}` has {} listeners. Which is meant?", listeners.len()));
            return None;
        };
        Some(only)
    }
}
