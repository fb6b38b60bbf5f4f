//! What stands around the routing, in English: the mesh, virtual services, sidecars, tags, removals.

use std::collections::BTreeMap;

use meshwright_language::intent::{
    Egress, Mesh, Provider, Removal, RemovalKind, ResourceKind, Sidecar, Traffic, VirtualService,
};

use super::node::ip_preference;
use crate::round_trip::voice::Voice;

/// "Create a mesh called shop that allows all egress"
pub(super) fn mesh(mesh: &Mesh, voice: &mut Voice<'_>) -> String {
    let start = ["Create a mesh called {}", "create a mesh named {}", "I need a new mesh {}", "Set up a mesh {}"];
    let said = voice.say(&start, mesh.name.as_deref().unwrap_or_default());
    let mut parts = Vec::new();
    parts.extend(mesh.egress.map(|egress| match egress {
        Egress::AllowAll => voice.one_of(&["allowing all egress", "egress ALLOW_ALL", "open egress"]).to_owned(),
        Egress::DropAll => {
            voice.one_of(&["dropping all egress", "egress DROP_ALL", "blocking egress traffic"]).to_owned()
        }
    }));
    parts.extend(mesh.ip_preference.map(|preference| ip_preference(preference, voice).to_owned()));
    voice.shuffle(&mut parts);
    parts.into_iter().fold(said, |said, part| said + voice.one_of(&[" with ", ", ", " and "]) + &part)
}

/// "virtual service orders.local provided by the virtual router main"
pub(super) fn service(service: &VirtualService, voice: &mut Voice<'_>) -> String {
    let start = ["Create a virtual service {}", "virtual service {}", "I need a virtual service named {}"];
    let said = voice.say(&start, service.name.as_deref().unwrap_or_default());
    let backed = [" backed by the ", " provided by the ", " served by the "];
    match &service.provider {
        None => said,
        Some(Provider::Router(name)) => said + voice.one_of(&backed) + "virtual router " + name,
        Some(Provider::Node(name)) => said + voice.one_of(&backed) + "virtual node " + name,
    }
}

/// "Add an Envoy sidecar to the orders node with 512 cpu units"
pub(super) fn sidecar(sidecar: &Sidecar, voice: &mut Voice<'_>) -> String {
    let start = [
        "Create the Envoy sidecar for the node {}",
        "Envoy sidecar for virtual node {}",
        "Add an Envoy sidecar to the node {}",
    ];
    let said = voice.say(&start, sidecar.virtual_node.as_deref().unwrap_or_default());
    let mut parts = Vec::new();
    parts.extend(sidecar.traffic.map(|traffic| {
        match traffic {
            Traffic::Low => voice
                .one_of(&["sized for low traffic", "resource limits for low traffic", "low-traffic sizing"])
                .to_owned(),
            Traffic::Medium => voice
                .one_of(&["sized for medium traffic", "resource limits for a medium-traffic service", "medium sizing"])
                .to_owned(),
            Traffic::High => voice
                .one_of(&["sized for high traffic", "resource limits for heavy traffic", "high-traffic sizing"])
                .to_owned(),
        }
    }));
    parts.extend(sidecar.cpu.map(|cpu| voice.say(&["{} cpu units", "cpu {}", "{} CPU"], cpu)));
    parts.extend(sidecar.memory.map(|memory| voice.say(&["{} MiB of memory", "memory {}", "{} MB memory"], memory)));
    parts.extend(
        sidecar
            .application_ports
            .iter()
            .map(|port| voice.say(&["app port {}", "application port {}", "container port {}"], port)),
    );
    parts.extend(sidecar.user.map(|user| voice.say(&["user {}", "uid {}", "user ID {}"], user)));
    parts.extend(
        sidecar.log_level.iter().map(|level| voice.say(&["log level {}", "{} log level", "Envoy log level {}"], level)),
    );
    if sidecar.xray {
        parts.push(voice.one_of(&["X-Ray tracing", "X-Ray enabled", "xray"]).to_owned());
    }
    if sidecar.old_name_variable {
        let ways = [
            "the APPMESH_VIRTUAL_NODE_NAME environment variable",
            "APPMESH_VIRTUAL_NODE_NAME",
            "the environment variable APPMESH_VIRTUAL_NODE_NAME",
        ];
        parts.push(voice.one_of(&ways).to_owned());
    }
    voice.shuffle(&mut parts);
    parts.into_iter().fold(said, |said, part| said + voice.one_of(&[" with ", ", ", " and "]) + &part)
}

/// "Tag everything team=shop and stage=blue"
pub(super) fn tags(tags: &BTreeMap<String, String>, voice: &mut Voice<'_>) -> String {
    let mark = voice.one_of(&["=", ": "]);
    let pairs: Vec<String> = tags.iter().map(|(key, value)| format!("{key}{mark}{value}")).collect();
    let start = voice.one_of(&["Tag everything with ", "Tag everything ", "tags: "]);
    format!("{start}{}", voice.list(&pairs))
}

/// "for staging and production"
pub(super) fn environments(names: &[String], voice: &mut Voice<'_>) -> String {
    let names = voice.list(names);
    voice.say(&["For the environments {}", "for {}", "{} environments"], names)
}

/// "Remove the retry policy from checkout"
pub(super) fn removal(removal: &Removal, voice: &mut Voice<'_>) -> String {
    let verb = voice.one_of(&["Remove", "Delete", "remove", "Get rid of"]);
    let name = &removal.name;
    let from = voice.one_of(&["from", "of", "on"]);
    let part = match removal.kind {
        RemovalKind::Resource => {
            let kind = match removal.resource {
                None => return format!("{verb} {}{name}", voice.one_of(&["", "the "])),
                Some(ResourceKind::Mesh) => "mesh",
                Some(ResourceKind::VirtualNode) => voice.one_of(&["node", "virtual node"]),
                Some(ResourceKind::VirtualRouter) => voice.one_of(&["router", "virtual router"]),
                Some(ResourceKind::VirtualGateway) => voice.one_of(&["gateway", "virtual gateway"]),
                Some(ResourceKind::Route) => "route",
                Some(ResourceKind::VirtualService) => "virtual service",
                Some(ResourceKind::GatewayRoute) => "gateway route",
            };
            return match voice.one_of(&["before", "behind"]) {
                "before" => format!("{verb} the {kind} {name}"),
                _ => format!("{verb} the {name} {kind}"),
            };
        }
        RemovalKind::Target => {
            let part = removal.part.as_deref().unwrap_or_default();
            return format!("{verb} {}{part} from {name}", voice.one_of(&["", "the target "]));
        }
        RemovalKind::Backend => {
            let part = removal.part.as_deref().unwrap_or_default();
            return format!("{verb} the backend {part} from {name}");
        }
        RemovalKind::Tag => {
            let part = removal.part.as_deref().unwrap_or_default();
            return match voice.one_of(&["before", "behind"]) {
                "before" => format!("{verb} the tag {part} {from} {name}"),
                _ => format!("{verb} the {part} tag {from} {name}"),
            };
        }
        RemovalKind::RetryPolicy => voice.one_of(&["the retry policy", "retries", "the retries"]),
        RemovalKind::Timeout => voice.one_of(&["the timeout", "timeouts", "the request timeout"]),
        RemovalKind::HealthCheck => voice.one_of(&["the health check", "health checks", "the healthcheck"]),
        RemovalKind::OutlierDetection => {
            voice.one_of(&["the outlier detection", "outlier detection", "outlier ejection"])
        }
        RemovalKind::ConnectionPool => {
            voice.one_of(&["the connection pool", "connection limits", "connection pooling"])
        }
        RemovalKind::Tls => voice.one_of(&["TLS", "the TLS", "encryption"]),
        RemovalKind::AccessLog => voice.one_of(&["the access log", "access logs", "access logging"]),
    };
    format!("{verb} {part} {from} {name}")
}
