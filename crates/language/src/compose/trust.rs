//! Lets both sides of a call agree on TLS: what a client asks for, its server offers; what a server demands, its clients have.

use meshwright_model::Expression;

use super::draft::Draft;
use super::names::listed;
use super::plan::Plan;
use crate::intent::{Certificate, ClientTls, Listener, ListenerTls, TlsMode, Trust};

/// Lets listeners, backends and gateways agree on TLS.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    offer(plan, draft);
    let policies = demanded(plan);
    for (node, policies) in plan.nodes.iter_mut().zip(policies) {
        let is_common = plan.is_encrypted && !policies.is_empty();
        let own = node.backend_tls.is_some();
        if is_common && !own && policies.iter().all(|policy| Some(policy) == policies.first()) {
            node.backend_tls = policies.first().cloned().flatten();
            continue;
        }
        for (call, policy) in node.calls.iter_mut().zip(policies) {
            if let (None, Some(common), Some(policy)) = (&call.tls, &mut node.backend_tls, &policy) {
                complete(common, policy);
            }
            match (&mut call.tls, policy) {
                (Some(given), Some(policy)) => complete(given, &policy),
                (given @ None, policy) if !own => *given = policy,
                _ => {}
            }
        }
    }
    settle_gateways(plan, draft);
    name_clients(plan, draft);
    say_server_names(plan, draft);
}

/// Says which name a server's certificate must bear, where its clients check no list of their own.
fn say_server_names(plan: &Plan, draft: &mut Draft) {
    for node in &plan.nodes {
        let is_server = node.listeners.iter().any(|listener| {
            listener.tls.as_ref().is_some_and(|tls| tls.mode != Some(TlsMode::Disabled) || tls.certificate.is_some())
        });
        if let Some(host) = node.host.as_ref().filter(|_| is_server) {
            draft.assume_of(
                format!("`{host}` for `{}`", node.name.shown()),
                "a server's certificate bears the name by which its hosts are found: {}",
                "clients that list no names demand just that",
            );
        }
    }
}

/// What a call over TLS asks of a server, the server offers.
fn offer(plan: &mut Plan, draft: &mut Draft) {
    let mut offers: Vec<(usize, String, ClientTls)> = Vec::new();
    for node in &plan.nodes {
        for call in &node.calls {
            let Some(tls) = call.tls.as_ref().or(node.backend_tls.as_ref()) else { continue };
            let wanted = plan.providers(&call.to).into_iter();
            offers.extend(wanted.map(|position| (position, node.name.shown(), tls.clone())));
        }
    }
    for gateway in plan.gateways.iter().filter(|gateway| gateway.is_made) {
        let Some(tls) = &gateway.wanted.backend_tls else { continue };
        let services = gateway.wanted.routes.iter().filter_map(|route| route.service.as_ref());
        let positions: Vec<usize> = services.flat_map(|service| plan.providers(service)).collect();
        offers.extend(positions.into_iter().map(|position| (position, gateway.name.shown(), tls.clone())));
    }
    let mut made = Vec::new();
    for (position, caller, tls) in offers {
        if tls.enforce == Some(false) {
            continue;
        }
        let node = &mut plan.nodes[position];
        let shown = node.name.shown();
        for listener in &mut node.listeners {
            match &mut listener.tls {
                Some(own) if own.mode == Some(TlsMode::Disabled) => draft.ask(format!(
                    "`{caller}` is to call `{shown}` over TLS, but `{shown}` is to do without. Which of the two holds?"
                )),
                Some(own) => own.mutual |= tls.mutual,
                None => {
                    let certificate = match &tls.trust {
                        Some(Trust::Sds { .. }) => Some(Certificate::Sds { secret: None }),
                        Some(Trust::Acm { .. }) => Some(Certificate::Acm { arn: None }),
                        Some(Trust::File { .. }) | None => None,
                    };
                    listener.tls = Some(ListenerTls { certificate, mutual: tls.mutual, ..ListenerTls::default() });
                    made.push(shown.clone());
                }
            }
        }
    }
    if !made.is_empty() {
        made.dedup();
        let verb = if made.len() == 1 { "speaks" } else { "speak" };
        draft.assume(
            format!("{} {verb} TLS", listed(&made)),
            "a call to it is to be encrypted, and TLS needs both sides",
        );
    }
}

/// For each node, the policy that each of its calls needs; `None` where the server speaks plain text.
fn demanded(plan: &Plan) -> Vec<Vec<Option<ClientTls>>> {
    let policy = |to: &str| policy_towards(plan, &plan.providers(to));
    plan.nodes.iter().map(|node| node.calls.iter().map(|call| policy(&call.to)).collect()).collect()
}

/// The policy of a client of nodes: as their listeners demand.
fn policy_towards(plan: &Plan, providers: &[usize]) -> Option<ClientTls> {
    let listeners = providers.iter().flat_map(|position| &plan.nodes[*position].listeners);
    let is_encrypted =
        |listener: &&Listener| listener.tls.as_ref().is_some_and(|tls| tls.mode != Some(TlsMode::Disabled));
    let (encrypted, others): (Vec<&Listener>, Vec<&Listener>) = listeners.partition(is_encrypted);
    let servers: Vec<&ListenerTls> = encrypted.iter().filter_map(|listener| listener.tls.as_ref()).collect();
    let first = servers.first()?;
    // Where only some ports speak TLS, it is asked for on those.
    let ports =
        if others.is_empty() { Vec::new() } else { encrypted.iter().filter_map(|listener| listener.port).collect() };
    let is_mutual = servers.iter().any(|tls| tls.mutual || tls.trust.is_some() || !tls.client_names.is_empty());
    let (trust, certificate) = match &first.certificate {
        Some(Certificate::Acm { .. }) => (Some(Trust::Acm { arns: Vec::new() }), None),
        Some(Certificate::Sds { .. }) => {
            (Some(Trust::Sds { secret: None }), is_mutual.then_some(Certificate::Sds { secret: None }))
        }
        Some(Certificate::File { .. }) | None => (None, None),
    };
    Some(ClientTls { mutual: is_mutual, certificate, trust, ports, ..ClientTls::default() })
}

/// Adds to what the request says of a client what its server demands.
fn complete(given: &mut ClientTls, policy: &ClientTls) {
    given.mutual |= policy.mutual;
    if given.trust.is_none() {
        given.trust.clone_from(&policy.trust);
    }
    if given.ports.is_empty() {
        given.ports.clone_from(&policy.ports);
    }
    if given.certificate.is_none() && given.mutual {
        given.certificate.clone_from(&policy.certificate);
    }
}

/// A gateway has one policy for everything behind it.
fn settle_gateways(plan: &mut Plan, draft: &mut Draft) {
    let mut settled = Vec::new();
    for gateway in &plan.gateways {
        let mut services: Vec<&str> =
            gateway.wanted.routes.iter().filter_map(|route| route.service.as_deref()).collect();
        services.sort_unstable();
        services.dedup();
        let policies: Vec<Option<ClientTls>> =
            services.iter().map(|service| policy_towards(plan, &plan.providers(service))).collect();
        let mut policy = policies.iter().flatten().next().cloned();
        let known = services.iter().zip(&policies).filter(|(service, _)| !plan.providers(service).is_empty());
        let is_mixed = policy.is_some() && known.clone().any(|(_, policy)| policy.is_none());
        if let Some(policy) = &mut policy {
            policy.mutual = policies.iter().flatten().any(|policy| policy.mutual);
            if is_mixed {
                policy.enforce = Some(false);
                draft.assume(
                    format!(
                        "gateway `{}` uses TLS where a service offers it, and plain text elsewhere",
                        gateway.name.shown()
                    ),
                    "a gateway has one TLS policy for all services, and not all of them speak TLS",
                );
            }
        }
        settled.push(policy);
    }
    for (gateway, policy) in plan.gateways.iter_mut().zip(settled) {
        match (&mut gateway.wanted.backend_tls, policy) {
            (Some(given), Some(policy)) => complete(given, &policy),
            (given @ None, policy) if gateway.is_made => *given = policy,
            _ => {}
        }
    }
}

/// A server of mutual TLS lets in those alone that call it here, where all of their names are known.
fn name_clients(plan: &mut Plan, draft: &mut Draft) {
    let mut names: Vec<Option<Vec<String>>> = vec![Some(Vec::new()); plan.nodes.len()];
    for node in &plan.nodes {
        for position in node.calls.iter().flat_map(|call| plan.providers(&call.to)) {
            match (node.host.as_ref().and_then(Expression::text), &mut names[position]) {
                (Some(host), Some(names)) => names.push(host.to_owned()),
                (None, names) => *names = None,
                (Some(_), None) => {}
            }
        }
    }
    let services = plan.gateways.iter().flat_map(|gateway| &gateway.wanted.routes);
    let behind: Vec<usize> =
        services.filter_map(|route| route.service.as_ref()).flat_map(|service| plan.providers(service)).collect();
    for position in behind {
        names[position] = None;
    }
    for (node, names) in plan.nodes.iter_mut().zip(names) {
        let Some(mut names) = names.filter(|names| !names.is_empty()) else { continue };
        names.sort();
        names.dedup();
        for listener in &mut node.listeners {
            let Some(tls) = listener.tls.as_mut().filter(|tls| tls.mutual && tls.client_names.is_empty()) else {
                continue;
            };
            // Identities of a Secret Discovery Service are URIs of its own making.
            if matches!(tls.certificate, Some(Certificate::Sds { .. })) || matches!(tls.trust, Some(Trust::Sds { .. }))
            {
                continue;
            }
            tls.client_names.clone_from(&names);
            draft.assume_of(
                format!("`{}` ({})", node.name.shown(), listed(&names)),
                "clients must bear a certificate with one of these names, to be let in by {}",
                "these are all that call it here; without names, any certificate of the authority would do",
            );
        }
    }
}
