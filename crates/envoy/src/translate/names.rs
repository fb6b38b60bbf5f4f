//! The names that App Mesh gave to what its proxies get.
//!
//! Source: App Mesh User Guide, Envoy logs and metrics; the gateway's dump. Parts stand beside each other as they are.

use meshwright_model::limits::PortProtocol;

/// A listener: `lds_ingress_0.0.0.0_15000`.
pub fn listener(direction: &str, address: &str, port: u16) -> String {
    format!("lds_{direction}_{address}_{port}")
}

/// The cluster of a node's listener, as others reach it: `cds_egress_mesh_node_http_8080`.
pub fn egress_cluster(mesh: &str, node: &str, protocol: PortProtocol, port: u16) -> String {
    format!("cds_egress_{mesh}_{node}_{}_{port}", protocol.as_str())
}

/// The cluster of a node's own application: `cds_ingress_mesh_node_http_8080`.
pub fn ingress_cluster(mesh: &str, node: &str, protocol: PortProtocol, port: u16) -> String {
    format!("cds_ingress_{mesh}_{node}_{}_{port}", protocol.as_str())
}

/// The cluster of AWS's own services.
pub fn amazonaws(mesh: &str) -> String {
    format!("cds_egress_{mesh}_amazonaws")
}

/// The cluster of all that is not of the mesh.
pub fn allow_all(mesh: &str) -> String {
    format!("cds_egress_{mesh}_mesh-allow-all")
}

/// The cluster by which a gateway takes its own requests again; with the listener's port where it has several.
pub fn self_redirect(mesh: &str, gateway: &str, protocol: PortProtocol, listener: Option<u16>, port: u16) -> String {
    let listener = listener.map(|own| format!("{own}_")).unwrap_or_default();
    format!("cds_ingress_{mesh}_{gateway}_self_redirect_{listener}{}_{port}", protocol.as_str())
}

/// What the statistics of one of several listeners start with: `ingress.http.8080`.
///
/// Source: reference 5.6, and the tags of listeners in a bootstrap, which are cut out of such names.
pub fn ingress_statistics(protocol: PortProtocol, port: u16) -> String {
    format!("ingress.{}.{port}", protocol.as_str())
}

/// The routes of a port: `rds_egress_http_80`.
pub fn routes(direction: &str, protocol: PortProtocol, port: u16) -> String {
    format!("rds_{direction}_{}_{port}", protocol.as_str())
}
