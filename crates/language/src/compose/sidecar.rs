//! Writes the ECS task that runs a proxy, and the role that it needs.
//!
//! Sources: App Mesh User Guide, getting-started-ecs, envoy-config and proxy-authorization.

mod owner;
mod task;

use std::collections::BTreeSet;

use meshwright_model::Expression;

use super::draft::{Draft, Wanted};
use super::names::logical;
use super::plan::{Named, Plan};
use super::say::{attribute, list, map, pair, push, reference, text};
use crate::intent::{Certificate, Intent, Listener, Sidecar, TlsMode};
use owner::Owner;
use task::{USER, containers, size};

/// Levels that Envoy knows.
pub(super) const LEVELS: &[&str] = &["trace", "debug", "info", "warning", "error", "critical", "off"];

/// Writes the task of every sidecar that is asked for. `label` gives the logical id of what is made here.
pub(super) fn write(intent: &Intent, plan: &Plan, label: impl Fn(bool, &Named) -> Option<String>, draft: &mut Draft) {
    for sidecar in &intent.sidecars {
        let owner = owner(sidecar, plan, draft);
        let own = label(owner.is_gateway, &owner.name);
        write_one(sidecar, &Owner { label: own, ..owner }, draft);
    }
}

fn owner<'p>(sidecar: &Sidecar, plan: &'p Plan, draft: &mut Draft) -> Owner<'p> {
    if sidecar.virtual_node.is_some() && sidecar.virtual_gateway.is_some() {
        draft.ask("A proxy stands for one virtual node or one virtual gateway. Which of the two is it?");
    }
    let gateway = match (&sidecar.virtual_gateway, plan.gateways.as_slice()) {
        (Some(name), _) => Some(Named::known(name)),
        (None, [only]) if sidecar.virtual_node.is_none() && plan.nodes.is_empty() => Some(only.name.clone()),
        _ => None,
    };
    if let Some(name) = gateway {
        let made = plan.gateways.iter().find(|gateway| gateway.name == name);
        let listeners = made.map_or(&[] as &[Listener], |gateway| &gateway.wanted.listeners);
        return Owner { name, is_gateway: true, listeners, label: None };
    }
    let name = match (&sidecar.virtual_node, plan.nodes.as_slice()) {
        (Some(name), _) => Named::known(name),
        (None, [only]) => only.name.clone(),
        (None, _) => Named::open(draft.parameter(&Wanted {
            name: "VirtualNodeName",
            description: "Name of the virtual node",
            ..Wanted::default()
        })),
    };
    let node = plan.nodes.iter().find(|node| node.name == name);
    Owner { name, is_gateway: false, listeners: node.map_or(&[], |node| &node.listeners), label: None }
}

fn write_one(sidecar: &Sidecar, owner: &Owner<'_>, draft: &mut Draft) {
    let shown = owner.name.shown();
    let words = if owner.name.words().is_empty() { "proxy" } else { owner.name.words() };
    let kind = if owner.is_gateway { "virtual gateway" } else { "virtual node" };
    draft.assume(
        format!("the proxy of `{shown}` is set up in an ECS task definition"),
        format!("a {kind} has no settings for its proxy's container: they belong to the task that runs it"),
    );
    say_names(sidecar, draft);
    let resource = resource_name(owner, draft);
    let role = draft.label(&format!("{words} task role"));
    let task = draft.label(&format!("{words} task"));
    let size = size(sidecar, &shown, draft);
    let mut properties = map([
        ("Family", owner.name.expression.clone()),
        ("NetworkMode", text("awsvpc")),
        ("RequiresCompatibilities", list([text("FARGATE")])),
        ("Cpu", text(size.task_cpu.to_string())),
        ("Memory", text(size.task_memory.to_string())),
        ("TaskRoleArn", attribute(&role, "Arn")),
    ]);
    let ports = ports(sidecar, owner, draft);
    if !owner.is_gateway {
        push(&mut properties, "ProxyConfiguration", redirection(sidecar, &ports, draft));
    }
    let environment = environment(sidecar, owner, &resource, draft);
    push(&mut properties, "ContainerDefinitions", containers(sidecar, owner, environment, &ports, &size, draft));
    push_tags(&mut properties, draft);
    let body = role_body(sidecar, owner, resource, draft);
    draft.declare("Resources", &role, body);
    draft.declare("Resources", &task, map([("Type", text("AWS::ECS::TaskDefinition")), ("Properties", properties)]));
}

fn say_names(sidecar: &Sidecar, draft: &mut Draft) {
    if sidecar.old_name_variable {
        draft.assume(
            "the proxy is told by `APPMESH_RESOURCE_ARN` what it stands for, not by `APPMESH_VIRTUAL_NODE_NAME`",
            "it replaced the old variable with image 1.15; that is only a fallback, and names no gateway",
        );
    }
    draft.assume(
        "the proxy asks the control plane that the parameter `AppMeshXdsEndpoint` names",
        "AWS's ended on 2026-09-30: without `APPMESH_XDS_ENDPOINT` the proxy waits for its configuration without end, and the task hangs at its start",
    );
}

/// What the proxy stands for: the ARN of a resource that is made here, or one put together of names.
fn resource_name(owner: &Owner<'_>, draft: &Draft) -> Expression {
    if let Some(label) = &owner.label {
        return reference(label);
    }
    let kind = if owner.is_gateway { "virtualGateway" } else { "virtualNode" };
    let mesh_owner = draft.owner.as_ref().map(|owner| text(format!("@{owner}")));
    let parts = [
        Some(text("arn:")),
        Some(reference("AWS::Partition")),
        Some(text(":appmesh:")),
        Some(reference("AWS::Region")),
        Some(text(":")),
        Some(reference("AWS::AccountId")),
        Some(text(":mesh/")),
        Some(draft.mesh.clone()),
        mesh_owner,
        Some(text(format!("/{kind}/"))),
        Some(owner.name.expression.clone()),
    ];
    Expression::join(parts.into_iter().flatten())
}

/// The ports of the application, or of the gateway.
fn ports(sidecar: &Sidecar, owner: &Owner<'_>, draft: &mut Draft) -> Vec<Expression> {
    let known: Vec<u32> = owner.listeners.iter().filter_map(|listener| listener.port).collect();
    for port in &sidecar.application_ports {
        if !known.is_empty() && !known.contains(port) {
            draft.ask(format!(
                "The application of `{}` listens on port {port}, and its listener on {}. Which port do both use?",
                owner.name.shown(),
                known[0]
            ));
        }
        if *port == 0 || *port > 65535 {
            draft
                .ask(format!("{port} is no port: they go from 1 to 65535. Which port does the application listen on?"));
        }
    }
    if !sidecar.application_ports.is_empty() {
        let distinct: BTreeSet<u32> = sidecar.application_ports.iter().copied().collect();
        return distinct.into_iter().map(bare_port).collect();
    }
    if !known.is_empty() {
        return known.into_iter().map(bare_port).collect();
    }
    let name = logical(&format!("{} port", owner.name.words()));
    let description = format!("Port on which {} listens", owner.name.shown());
    vec![draft.parameter(&Wanted { name: &name, kind: "Number", description: &description, ..Wanted::default() })]
}

fn bare_port(port: u32) -> Expression {
    super::say::bare(port)
}

/// How traffic is led through the proxy. Source: App Mesh User Guide, getting-started-ecs.
fn redirection(sidecar: &Sidecar, ports: &[Expression], draft: &mut Draft) -> Expression {
    let as_text = |port: &Expression| port.text().map_or_else(|| port.clone(), text);
    let mut listed = Vec::new();
    for port in ports {
        if !listed.is_empty() {
            listed.push(text(","));
        }
        listed.push(as_text(port));
    }
    let user = sidecar.user.unwrap_or(USER);
    let mut properties = vec![
        pair("IgnoredUID", text(user.to_string())),
        pair("ProxyIngressPort", text("15000")),
        pair("ProxyEgressPort", text("15001")),
        pair("AppPorts", Expression::join(listed)),
        pair("EgressIgnoredIPs", text("169.254.170.2,169.254.169.254")),
    ];
    if !sidecar.egress_ignored_ports.is_empty() {
        let ignored: Vec<String> = sidecar.egress_ignored_ports.iter().map(u32::to_string).collect();
        if ignored.len() > 15 {
            draft.ask(format!("A task can lead {} ports past the proxy at most 15. Which 15 are they?", ignored.len()));
        }
        properties.push(pair("EgressIgnoredPorts", text(ignored.join(","))));
    }
    map([
        ("Type", text("APPMESH")),
        ("ContainerName", text("envoy")),
        ("ProxyConfigurationProperties", list(properties)),
    ])
}

fn environment(sidecar: &Sidecar, owner: &Owner<'_>, resource: &Expression, draft: &mut Draft) -> Vec<Expression> {
    let endpoint = draft.parameter(&Wanted {
        name: "AppMeshXdsEndpoint",
        description: "Control plane that the proxy asks: host:port, or unix:///path of a socket",
        ..Wanted::default()
    });
    let level = sidecar.log_level.clone().unwrap_or_else(|| "info".to_owned()).to_ascii_lowercase();
    let level = if level == "warn" { "warning".to_owned() } else { level };
    if !LEVELS.contains(&level.as_str()) {
        draft.ask(format!("`{level}` is no log level of Envoy. Which of {} is meant?", LEVELS.join(", ")));
    }
    let mut environment = vec![
        pair("APPMESH_RESOURCE_ARN", resource.clone()),
        pair("APPMESH_XDS_ENDPOINT", endpoint),
        pair("ENVOY_LOG_LEVEL", text(level)),
    ];
    if sidecar.xray {
        environment.push(pair("ENABLE_ENVOY_XRAY_TRACING", text("1")));
    }
    let asks = |listener: &Listener| {
        listener.tls.as_ref().is_some_and(|tls| matches!(tls.certificate, Some(Certificate::Sds { .. })))
    };
    if owner.listeners.iter().any(asks) {
        let socket = draft.parameter(&Wanted {
            name: "SdsSocketPath",
            description: "Socket of the Secret Discovery Service, such as /run/spire/sockets/agent.sock",
            ..Wanted::default()
        });
        environment.push(pair("APPMESH_SDS_SOCKET_PATH", socket));
    }
    environment
}

fn role_body(sidecar: &Sidecar, owner: &Owner<'_>, resource: Expression, draft: &mut Draft) -> Expression {
    let allow = |action: &str, resource: Expression| {
        map([("Effect", text("Allow")), ("Action", text(action)), ("Resource", resource)])
    };
    let mut statements = vec![allow("appmesh:StreamAggregatedResources", resource)];
    let of_acm = owner.listeners.iter().filter_map(|listener| listener.tls.as_ref()).find_map(|tls| {
        let is_spoken = tls.mode != Some(TlsMode::Disabled);
        match &tls.certificate {
            Some(Certificate::Acm { arn }) if is_spoken => Some(arn.clone()),
            _ => None,
        }
    });
    if let Some(arn) = of_acm {
        let name = logical(&format!("{} certificate arn", owner.name.words()));
        let certificate = arn.map_or_else(|| reference(&name), text);
        statements.push(allow("acm:ExportCertificate", certificate));
    }
    let principal = map([("Service", text("ecs-tasks.amazonaws.com"))]);
    let assume = map([
        ("Version", text("2012-10-17")),
        (
            "Statement",
            list([map([("Effect", text("Allow")), ("Principal", principal), ("Action", text("sts:AssumeRole"))])]),
        ),
    ]);
    let document = map([("Version", text("2012-10-17")), ("Statement", list(statements))]);
    let policy = map([("PolicyName", text("proxy")), ("PolicyDocument", document)]);
    let mut properties = map([("AssumeRolePolicyDocument", assume)]);
    if sidecar.xray {
        let managed = [text("arn:"), reference("AWS::Partition"), text(":iam::aws:policy/AWSXRayDaemonWriteAccess")];
        push(&mut properties, "ManagedPolicyArns", list([Expression::join(managed)]));
    }
    push(&mut properties, "Policies", list([policy]));
    push_tags(&mut properties, draft);
    map([("Type", text("AWS::IAM::Role")), ("Properties", properties)])
}

fn push_tags(properties: &mut Expression, draft: &Draft) {
    if !draft.tags.is_empty() {
        let tag = |(key, value): &(String, String)| map([("Key", text(key)), ("Value", text(value))]);
        push(properties, "Tags", list(draft.tags.iter().map(tag)));
    }
}
