//! A gateway's proxy: its listeners, which hand every request to the proxy itself again, and the listener that routes those.

use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::{
    EGRESS_PORT, GatewayHost, GatewayListener, GatewayRule, HostRewrite, PathRewrite, VIRTUAL_SERVICE_HEADER,
    VirtualHost,
};
use meshwright_traffic::{Capture, PathMatch};

use super::chain::{Direction, chain, listener, tls_chains, tls_inspector};
use super::matcher::{pattern, route_match};
use super::route::duration;
use super::{Translation, names};
use crate::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use crate::envoy::config::core::v3::{HeaderValue, HeaderValueOption};
use crate::envoy::config::route::v3 as rds;
use crate::envoy::config::route::v3::route::Action;
use crate::envoy::config::route::v3::route_action::{ClusterSpecifier, HostRewriteSpecifier};
use crate::envoy::config::route::v3::{Route, RouteAction};
use crate::envoy::r#type::matcher::v3::RegexMatchAndSubstitute;

/// Where a gateway's proxy takes its own requests again.
const LOOPBACK: &str = "127.0.0.1";

impl Translation<'_, '_> {
    pub(super) fn gateway(&mut self, listeners: &[GatewayListener<'_>], hosts: &[VirtualHost<'_>]) {
        let address = self.bind_address();
        let itself = match &self.options.capture {
            Capture::Addresses(own) => own.ingress.to_string(),
            Capture::OriginalDestination | Capture::Loopback(_) => LOOPBACK.to_owned(),
        };
        for own in listeners {
            let GatewayListener { port, protocol, tls, pool, hosts } = own;
            let several = (listeners.len() > 1).then_some(*port);
            let cluster = names::self_redirect(self.proxy.mesh, self.proxy.name, *protocol, several, EGRESS_PORT);
            let made = |(index, host)| self.gateway_host(host, index, &cluster, *protocol);
            let virtual_hosts = hosts.iter().enumerate().map(made).collect();
            let filter = self.http_filter(Direction::Ingress, *protocol, *port, virtual_hosts);
            let tls = tls.as_ref().map(|tls| (self.server_socket(tls, *protocol), tls.is_permissive));
            let chains = tls_chains(Some(*port), filter, tls);
            self.add_listener(listener(Direction::Ingress, &address, *port, vec![tls_inspector()], chains));
            let own = super::cluster::static_cluster(cluster, &itself, EGRESS_PORT, *protocol, *pool);
            self.configuration.clusters.push(own);
        }
        let routed = hosts.iter().map(|host| self.virtual_host(host, PortProtocol::Http)).collect();
        let protocol = listeners.first().map_or(PortProtocol::Http, |listener| listener.protocol);
        let filter = self.http_filter(Direction::Egress, protocol, EGRESS_PORT, routed);
        let chains = vec![chain(Some(EGRESS_PORT), filter)];
        self.add_listener(listener(Direction::Egress, &address, EGRESS_PORT, vec![tls_inspector()], chains));
    }

    /// The gateway routes of a host.
    fn gateway_host(
        &self,
        host: &GatewayHost<'_>,
        index: usize,
        cluster: &str,
        protocol: PortProtocol,
    ) -> rds::VirtualHost {
        let GatewayHost { domains, rules, table } = host;
        let routes = table.entries().iter().map(|entry| {
            let rule = &rules[entry.id];
            let mut action = action(rule, cluster);
            if let (PathMatch::Prefix(prefix), PathRewrite::Kept) = (&entry.matcher.path, &rule.path)
                && protocol != PortProtocol::Grpc
            {
                // What stays was replaced by itself, so that what is behind sees `x-envoy-original-path`. Source: the gateway's dump.
                action.prefix_rewrite = prefix.to_string();
            }
            let header = match &rule.host {
                HostRewrite::To(_) => None,
                HostRewrite::Kept { marker } => Some(self.marked(marker)),
            };
            Route {
                name: rule.name.to_owned(),
                r#match: Some(route_match(&entry.matcher)),
                action: Some(Action::Route(action)),
                request_headers_to_add: header.into_iter().collect(),
                ..Route::default()
            }
        });
        // The name of the one that answers to all is App Mesh's; the others' are ours.
        let is_any = domains.iter().any(|domain| domain == "*");
        let name = if is_any { "self_redirect".to_owned() } else { format!("self_redirect_{index}") };
        rds::VirtualHost { name, domains: domains.clone(), routes: routes.collect(), ..rds::VirtualHost::default() }
    }

    /// The header that says which virtual service is meant; what a client sent under that name does not count.
    fn marked(&self, service: &str) -> HeaderValueOption {
        let header =
            HeaderValue { key: VIRTUAL_SERVICE_HEADER.to_owned(), value: escaped(service), ..HeaderValue::default() };
        let append = self.is_before_1_24().then_some(false);
        let append_action =
            if append.is_some() { HeaderAppendAction::default() } else { HeaderAppendAction::OverwriteIfExistsOrAdd };
        #[expect(deprecated, reason = "what older Envoys need")]
        HeaderValueOption {
            header: Some(header),
            append,
            append_action: append_action.into(),
            ..HeaderValueOption::default()
        }
    }
}

/// What a gateway route does.
fn action(rule: &GatewayRule<'_>, cluster: &str) -> RouteAction {
    let GatewayRule { route: _, name: _, service: _, host, path, timeout_millis } = rule;
    let host_rewrite = match host {
        HostRewrite::To(name) => Some(HostRewriteSpecifier::HostRewriteLiteral(name.clone())),
        HostRewrite::Kept { marker: _ } => None,
    };
    let (prefix_rewrite, regex_rewrite) = match path {
        PathRewrite::Kept => (String::new(), None),
        PathRewrite::Prefix { from: _, to } => ((*to).to_owned(), None),
        PathRewrite::Whole(path) => {
            let whole =
                RegexMatchAndSubstitute { pattern: Some(pattern("^.*$")), substitution: path.replace('\\', r"\\") };
            (String::new(), Some(whole))
        }
    };
    RouteAction {
        cluster_specifier: Some(ClusterSpecifier::Cluster(cluster.to_owned())),
        prefix_rewrite,
        regex_rewrite,
        host_rewrite_specifier: host_rewrite,
        timeout: timeout_millis.map(duration),
        ..RouteAction::default()
    }
}

/// A text as a header's value: a `%` would start one of Envoy's operators.
fn escaped(text: &str) -> String {
    text.replace('%', "%%")
}
