//! Edits of what nodes and gateways have beside their listeners: discovery, access logs, TLS towards others.

use meshwright_model::edit::NewValue;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::{Expression, Path, Resource, Scalar};

use super::listeners::{said_of, said_of_trust, with_certificate};
use super::part::{Part, member};
use super::{Desk, expression};
use crate::compose::logging::logging;
use crate::compose::node::discovery;
use crate::compose::plan::{Named, Node};
use crate::compose::tls::{client_certificate, client_policy, client_trust, policy_ports, server_names};
use crate::compose::values::ip_preference;
use crate::intent::{AccessLog, AccessLogFormat, ClientTls, CloudMap, Discovery, Dns, VirtualNode};

impl Desk<'_> {
    /// Sets what is said of the way in which a node's hosts are found.
    pub(super) fn change_discovery(&mut self, node: &Resource, there: Option<&ServiceDiscovery>, wanted: &VirtualNode) {
        let part = Part::of(node, Path::of(&["spec", "serviceDiscovery"]), there);
        let shown = Key::of(&node.name).shown();
        if let (Some(preference), Some(variant)) = (wanted.ip_preference, part.members().first()) {
            let written = Scalar::Known(ip_preference(preference));
            self.put(&part.down(&[*variant, "ipPreference"]), NewValue::of(&written));
        }
        let Some(given) = &wanted.discovery else { return };
        let (dns, cloud_map) = (part.field("dns"), part.field("awsCloudMap"));
        if matches!(given, Discovery::Dns(said) if said.hostname.is_none() && !dns.is_there()) {
            self.draft.ask(format!("By which DNS name are the hosts of `{shown}` found?"));
            return;
        }
        let full = match given {
            Discovery::Dns(said) => Discovery::Dns(with_dns(said.clone(), &dns)),
            Discovery::CloudMap(said) => Discovery::CloudMap(with_cloud_map(said.clone(), &cloud_map)),
        };
        let own = Node {
            name: Named { expression: expression(Key::of(&node.name)) },
            host: match &full {
                Discovery::Dns(dns) => dns.hostname.clone().map(Expression::Text),
                Discovery::CloudMap(_) => None,
            },
            discovery: Some(full),
            ip_preference: wanted.ip_preference,
            ..Node::default()
        };
        let Some(mut written) = discovery(&own, &mut self.draft) else { return };
        // Another way to find the hosts does not change over which version of IP they are reached.
        if let (Some(there), None) = (there, wanted.ip_preference) {
            let kept = match there {
                ServiceDiscovery::Dns(dns) => &dns.ip_preference,
                ServiceDiscovery::AwsCloudMap(cloud_map) => &cloud_map.ip_preference,
            };
            match &mut written {
                ServiceDiscovery::Dns(dns) => dns.ip_preference.clone_from(kept),
                ServiceDiscovery::AwsCloudMap(cloud_map) => cloud_map.ip_preference.clone_from(kept),
            }
        }
        let said = match given {
            Discovery::Dns(said) => [("hostname", said.hostname.is_some()), ("responseType", said.endpoints.is_some())],
            Discovery::CloudMap(said) => {
                [("namespaceName", said.namespace.is_some()), ("serviceName", said.service.is_some())]
            }
        };
        let written = NewValue::of(&written);
        self.merge_variant(&part, &written, &said);
        let attributes = member(&written, "awsCloudMap").and_then(|cloud_map| member(cloud_map, "attributes"));
        if let (true, Some(NewValue::List(attributes))) = (cloud_map.is_there(), attributes) {
            self.add_named(&cloud_map.field("attributes"), attributes, "key");
        }
    }

    /// Sets what is said of an access log.
    pub(super) fn change_logging(&mut self, part: &Part<'_>, wanted: &AccessLog, shown: &str) {
        let file = part.down(&["accessLog", "file"]);
        if !file.is_there() {
            let written = logging(wanted, shown, &mut self.draft);
            self.put(part, NewValue::of(&written));
            return;
        }
        let format = file.field("format");
        // A format that is only named is there already where the file has one of its kind.
        let is_usual = |format: &Part<'_>| match &wanted.format {
            Some(AccessLogFormat::Json(members)) => members.is_empty() && format.field("json").is_there(),
            Some(AccessLogFormat::Text(text)) => text.is_empty() && format.field("text").is_there(),
            None => true,
        };
        let is_format_said = !is_usual(&format);
        if wanted.path.is_none() && !is_format_said {
            self.settle(format!("the access log of `{shown}` stays as it is"), "it has one already");
            return;
        }
        let unchanged = wanted.path.clone().unwrap_or_else(|| "/dev/stdout".to_owned());
        let format = wanted.format.clone().filter(|_| is_format_said);
        let written = logging(&AccessLog { path: Some(unchanged), format }, shown, &mut self.draft);
        let said = [("path", wanted.path.is_some()), ("format", is_format_said)];
        let written = NewValue::of(&written);
        let own = member(&written, "accessLog").and_then(|log| member(log, "file"));
        if let Some(own) = own {
            self.merge(&file, own, &said);
        }
    }

    /// Sets what is said of a client's TLS. `own` names it in sentences, `client` who it is.
    pub(super) fn change_policy(&mut self, part: &Part<'_>, wanted: &ClientTls, own: &str, client: &str) {
        let tls = part.field("tls");
        if !tls.is_there() {
            let written = client_policy(wanted, own, client, &mut self.draft);
            self.put(part, NewValue::of(&written));
            return;
        }
        let is_off = tls.field("enforce").truth() == Some(false);
        if let Some(enforce) = wanted.enforce.or(is_off.then_some(true)) {
            self.put(&tls.field("enforce"), NewValue::Bool(enforce));
        }
        let certificate = tls.field("certificate");
        if let Some(given) = &wanted.certificate {
            let full = with_certificate(given, &certificate);
            let written = client_certificate(Some(&full), client, &mut self.draft);
            self.merge_variant(&certificate, &NewValue::of(&written), &said_of(given));
        } else if wanted.mutual && !certificate.is_there() {
            let written = client_certificate(None, client, &mut self.draft);
            self.put(&certificate, NewValue::of(&written));
        }
        let validation = tls.field("validation");
        if wanted.trust.is_some() {
            let written = client_trust(wanted.trust.as_ref(), own, &mut self.draft);
            self.merge_variant(
                &validation.field("trust"),
                &NewValue::of(&written),
                &said_of_trust(wanted.trust.as_ref()),
            );
        }
        let names: Vec<NewValue> = server_names(&wanted.names, own, &mut self.draft).iter().map(NewValue::of).collect();
        self.add_missing(&validation.down(&["subjectAlternativeNames", "match", "exact"]), &names);
        let ports: Vec<NewValue> = policy_ports(&wanted.ports, own, &mut self.draft).iter().map(NewValue::of).collect();
        self.add_missing(&tls.field("ports"), &ports);
        if *wanted == ClientTls::default() && !is_off {
            self.settle(
                format!("TLS of {own} stays as it is"),
                "it has TLS already, and the request says no more of it",
            );
        }
    }
}

/// What a request leaves out stays as it is; what the file leaves open is not set, whatever stands here for it.
fn with_dns(wanted: Dns, there: &Part<'_>) -> Dns {
    if !there.is_there() {
        return wanted;
    }
    let is_endpoints = there.field("responseType").text() != Some("LOADBALANCER");
    let hostname = || there.field("hostname").text().unwrap_or("unchanged").to_owned();
    Dns { hostname: wanted.hostname.or_else(|| Some(hostname())), endpoints: wanted.endpoints.or(Some(is_endpoints)) }
}

/// The same for Cloud Map.
fn with_cloud_map(wanted: CloudMap, there: &Part<'_>) -> CloudMap {
    let own = |name: &'static str| there.is_there().then(|| there.field(name).text().unwrap_or("unchanged").to_owned());
    CloudMap {
        namespace: wanted.namespace.or_else(|| own("namespaceName")),
        service: wanted.service.or_else(|| own("serviceName")),
        version_attribute: wanted.version_attribute,
        attributes: wanted.attributes,
    }
}
