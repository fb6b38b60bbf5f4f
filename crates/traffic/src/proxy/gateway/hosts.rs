//! The hosts that gateway routes answer to.

use meshwright_model::matcher::GatewayRouteHostnameMatch;

/// The domain that a host name of gateway routes is to Envoy; `None` where the name is not known.
///
/// Capitals make no difference to Envoy, nor does it matter here how a name is said: what comes to one domain is one host.
pub(super) fn domain(matcher: Option<&GatewayRouteHostnameMatch>) -> Option<String> {
    let Some(GatewayRouteHostnameMatch { exact, suffix }) = matcher else { return Some("*".to_owned()) };
    let domain = match (exact, suffix) {
        (None, None) => "*".to_owned(),
        (Some(exact), None) => exact.known()?.as_str().to_owned(),
        (None, Some(suffix)) => format!("*{}", suffix.known()?.as_str().trim_start_matches('*')),
        (Some(_), Some(_)) => return None,
    };
    Some(domain.to_ascii_lowercase())
}

/// The domains of each host on a port. Envoy compares a host with its port, so that both are given; but it refuses a configuration in
/// which two hosts have one domain (a real Envoy 1.40), so that one with a port is left to a gateway route that names it itself.
///
/// Source: that a host with a port did not match is aws/aws-app-mesh-roadmap#365; giving both is ours, as App Mesh itself did for
/// virtual services.
pub(super) fn with_port(said: &[String], port: u16) -> Vec<Vec<String>> {
    let domains = |own: &String| {
        let longer = Some(format!("{own}:{port}")).filter(|longer| own != "*" && !said.contains(longer));
        std::iter::once(own.clone()).chain(longer).collect()
    };
    said.iter().map(domains).collect()
}
