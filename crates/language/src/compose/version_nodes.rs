//! Nodes of an application's versions of which something is said apart: "cart runs v1 and v2; v2 listens on 9090".

use super::draft::Draft;
use super::names::{host_label, versioned_host};
use crate::intent::{Action, CloudMap, Discovery, Dns, Intent, Version, VirtualNode};

/// Whether a node that is described is the version of an application, and has what is said of that.
pub(super) fn is_of_application(wanted: &VirtualNode, intent: &Intent) -> bool {
    let Some(name) = wanted.name.as_deref().filter(|_| wanted.action == Action::Create) else { return false };
    intent.applications.iter().any(|application| {
        let label = application.name.as_deref().unwrap_or_default();
        let label = label.split('.').next().unwrap_or(label);
        application.versions.iter().any(|version| version.node_name(label) == name)
    })
}

/// What a version of an application is: what is said of it alone, and of the application for the rest.
pub(super) fn described(node: &str, application: &VirtualNode, intent: &Intent) -> VirtualNode {
    let own = intent.virtual_nodes.iter().find(|wanted| wanted.name.as_deref() == Some(node));
    let Some(own) = own.filter(|own| is_of_application(own, intent)) else { return application.clone() };
    let mut all = own.clone();
    if all.listeners.is_empty() {
        all.listeners.clone_from(&application.listeners);
    }
    for (listener, common) in all.listeners.iter_mut().zip(&application.listeners) {
        listener.port = listener.port.or(common.port);
        listener.protocol = listener.protocol.or(common.protocol);
        listener.tls = listener.tls.take().or_else(|| common.tls.clone());
        listener.health_check = listener.health_check.take().or_else(|| common.health_check.clone());
        listener.timeout = listener.timeout.take().or_else(|| common.timeout.clone());
        listener.connection_pool = listener.connection_pool.take().or_else(|| common.connection_pool.clone());
        listener.outlier_detection = listener.outlier_detection.take().or_else(|| common.outlier_detection.clone());
    }
    all.discovery = all.discovery.or_else(|| application.discovery.clone());
    all.ip_preference = all.ip_preference.or(application.ip_preference);
    all.calls
        .extend(application.calls.iter().filter(|call| own.calls.iter().all(|there| there.to != call.to)).cloned());
    all.backend_tls = all.backend_tls.or_else(|| application.backend_tls.clone());
    all.access_log = all.access_log.or_else(|| application.access_log.clone());
    all
}

/// Lets the hosts of a version be told from those of the others.
pub(super) fn tell_apart(discovery: &mut Discovery, application: &str, version: &Version, draft: &mut Draft) {
    let name = &version.name;
    match discovery {
        // A domain of all gives each version its own name already.
        Discovery::Dns(Dns { hostname: Some(hostname), .. })
            if hostname.split('.').next() == Some(host_label(&version.node_name(application)).as_str()) => {}
        Discovery::Dns(Dns { hostname: Some(hostname), .. }) => {
            *hostname = versioned_host(hostname, version);
            draft.assume(
                format!("the hosts of version `{name}` of `{application}` are found by `{hostname}`"),
                "versions with one host name would get each other's requests",
            );
        }
        Discovery::CloudMap(CloudMap { service: Some(service), attributes, .. }) => {
            attributes.insert("version".to_owned(), name.clone());
            draft.assume(
                format!("instances of Cloud Map service `{service}` bear the attribute `version`, here `{name}`"),
                "versions with one Cloud Map service are told apart by an attribute",
            );
        }
        Discovery::Dns(_) | Discovery::CloudMap(_) => {}
    }
}
