//! Edits of timeouts on the whole path of a request.

use meshwright_model::defaults::{IDLE_TIMEOUT_MILLIS, PER_REQUEST_TIMEOUT_MILLIS};
use meshwright_model::duration::Duration;
use meshwright_model::listener::Listener as ModelListener;
use meshwright_model::reference::Key;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::timeout::ListenerTimeout;
use meshwright_model::{Kind, Path, Resource, Spec};

use super::Desk;
use super::find::{Finder, node_spec};
use crate::compose::names::listed;
use crate::compose::values::duration;
use crate::intent::{Route, Span, Timeout};

impl<'i> Desk<'i> {
    /// Whether what is said of no route by name is said of the only one of the file: says why; asks where something else has a
    /// timeout that may be meant.
    pub(super) fn may_mean_only(&mut self, wanted: &Route, only: &'i Resource) -> bool {
        let shown = Key::of(&only.name).shown();
        let own = self.finder.nodes_of(only);
        let has_timeout = |node: &&'i Resource| {
            let listeners = node_spec(node).and_then(|spec| spec.listeners.as_deref()).unwrap_or_default();
            listeners.iter().any(|listener| listener.timeout.is_some())
        };
        let others: Vec<String> = self
            .finder
            .of_kind(Kind::VirtualNode)
            .filter(has_timeout)
            .filter(|node| !own.iter().any(|other| std::ptr::eq(*other, *node)))
            .map(|node| Key::of(&node.name).shown())
            .collect();
        if wanted.timeout.is_some() && !others.is_empty() {
            let names: Vec<String> = std::iter::once(shown).chain(others).collect();
            self.draft.ask(format!("Of what is the timeout meant: {}?", listed(&names)));
            return false;
        }
        self.draft
            .assume(format!("route `{shown}` is meant"), "the request names none, and it is the only one in the file");
        true
    }

    /// Sets timeouts of routes, and raises those of every listener behind them that would end requests first.
    pub(super) fn change_timeouts(&mut self, name: &str, routes: &[&'i Resource], wanted: &Timeout) {
        let mut wanted = wanted.clone();
        if wanted.idle.is_none() && wanted.per_request.is_some_and(|span| span.millis > IDLE_TIMEOUT_MILLIS) {
            wanted.idle = wanted.per_request;
        }
        for route in routes {
            let Spec::Route(spec) = &route.spec else { continue };
            let Some(there) = spec.protocols().next() else { continue };
            let timeout = Path::of(&["spec"]).field(there.field()).field("timeout");
            if let Some(span) = wanted.per_request.filter(|_| !matches!(there, ProtocolRoute::Tcp(_))) {
                let span = duration(span, &format!("the timeout of `{name}`"), &mut self.draft);
                self.set(route, timeout.field("perRequest"), &span);
            }
            if let Some(span) = wanted.idle {
                let span = duration(span, &format!("the idle timeout of `{name}`"), &mut self.draft);
                self.set(route, timeout.field("idle"), &span);
            }
        }
        let mut nodes: Vec<&'i Resource> = Vec::new();
        for route in routes {
            let targets = Finder::targets(route)
                .into_iter()
                .map(|(_, _, target)| Key::of(&target.virtual_node))
                .collect::<Vec<_>>();
            let found = self.finder.of_kind(Kind::VirtualNode).filter(|node| targets.contains(&Key::of(&node.name)));
            nodes.extend(
                found.filter(|node| !nodes.iter().any(|other| std::ptr::eq(*other, *node))).collect::<Vec<_>>(),
            );
        }
        if routes.is_empty() {
            nodes = self.finder.path_to(name).0;
        }
        self.raise_listeners(&nodes, &wanted);
    }

    /// Raises the timeouts of listeners that would end requests first.
    pub(super) fn raise_listeners(&mut self, nodes: &[&'i Resource], wanted: &Timeout) {
        for node in nodes {
            let listeners = node_spec(node).and_then(|spec| spec.listeners.as_deref()).unwrap_or_default();
            for (index, listener) in listeners.iter().enumerate() {
                if is_shorter(listener, wanted) {
                    let shown = Key::of(&node.name).shown();
                    self.change_listener_timeout(node, index, listener, wanted);
                    self.draft.assume_of(
                        format!("`{shown}`"),
                        "the timeout is raised for the listener of {} too",
                        "a listener ends requests by itself, after 15s where it says nothing, whatever the route says",
                    );
                }
            }
        }
    }

    /// Sets the timeout of a listener.
    pub(super) fn change_listener_timeout(
        &mut self,
        node: &Resource,
        index: usize,
        there: &ModelListener,
        wanted: &Timeout,
    ) {
        let Some(protocol) = there.port_mapping.protocol.known().map(|protocol| protocol.as_str()) else { return };
        let path = Path::of(&["spec", "listeners"]).index(index).field("timeout").field(protocol);
        let shown = Key::of(&node.name).shown();
        if let Some(span) = wanted.per_request.filter(|_| protocol != "tcp") {
            let span = duration(span, &format!("the timeout of `{shown}`"), &mut self.draft);
            self.set(node, path.field("perRequest"), &span);
        }
        if let Some(span) = wanted.idle {
            let span = duration(span, &format!("the idle timeout of `{shown}`"), &mut self.draft);
            self.set(node, path.field("idle"), &span);
        }
    }
}

/// Whether a listener would end a request before a timeout does.
fn is_shorter(listener: &ModelListener, wanted: &Timeout) -> bool {
    let (per_request, idle) = match &listener.timeout {
        Some(ListenerTimeout::Http(own) | ListenerTimeout::Http2(own)) => (own.per_request.as_ref(), own.idle.as_ref()),
        Some(ListenerTimeout::Grpc(own)) => (own.per_request.as_ref(), own.idle.as_ref()),
        Some(ListenerTimeout::Tcp(own)) => (None, own.idle.as_ref()),
        None => (None, None),
    };
    let is_less = |own: Option<&Duration>, default: u64, wanted: Option<Span>| {
        let own = own.map_or(Some(default), Duration::millis);
        wanted.zip(own).is_some_and(|(wanted, own)| own != 0 && (wanted.millis == 0 || wanted.millis > own))
    };
    is_less(per_request, PER_REQUEST_TIMEOUT_MILLIS, wanted.per_request)
        || is_less(idle, IDLE_TIMEOUT_MILLIS, wanted.idle)
}
