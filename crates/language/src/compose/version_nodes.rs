//! Nodes of an application's versions of which something is said apart: "cart runs v1 and v2; v2 listens on 9090".

use crate::intent::{Action, Intent, VirtualNode};

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
