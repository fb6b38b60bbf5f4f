//! Which kind a bare object is: what its specification and its file's name tell.

use meshwright_model::Kind;

use crate::tree::{NodeId, Tree};

/// The kind that a specification's members tell. Source: the members of the seven specifications; a node with
/// listeners must have service discovery (aws/aws-app-mesh-controller-for-k8s, `virtualnode_validator`), so listeners with more
/// than a port are a gateway's.
pub(super) fn kind_of_spec(tree: &Tree, spec: NodeId) -> Option<Kind> {
    let has = |field: &str| tree.get(spec, field);
    if has("provider").is_some() {
        return Some(Kind::VirtualService);
    }
    if let Some(route) = ["httpRoute", "http2Route", "grpcRoute", "tcpRoute"].into_iter().find_map(has) {
        let target = tree.get(route, "action").and_then(|action| tree.get(action, "target"));
        return Some(if target.is_some() { Kind::GatewayRoute } else { Kind::Route });
    }
    if has("egressFilter").is_some() {
        return Some(Kind::Mesh);
    }
    if let Some(discovery) = has("serviceDiscovery") {
        let of_node = ["dns", "awsCloudMap"].iter().any(|field| tree.get(discovery, field).is_some());
        return Some(if of_node { Kind::VirtualNode } else { Kind::Mesh });
    }
    if has("backends").is_some() {
        return Some(Kind::VirtualNode);
    }
    let listeners = has("listeners")?;
    let of_node =
        |listener: &NodeId| ["timeout", "outlierDetection"].iter().any(|field| tree.get(*listener, field).is_some());
    if tree.items(listeners).iter().any(of_node) {
        return Some(Kind::VirtualNode);
    }
    let of_gateway = |listener: &NodeId| {
        ["healthCheck", "tls", "connectionPool"].iter().any(|field| tree.get(*listener, field).is_some())
    };
    let is_gateway =
        has("backendDefaults").is_some() || has("logging").is_some() || tree.items(listeners).iter().any(of_gateway);
    is_gateway.then_some(Kind::VirtualGateway)
}

/// A file's name without its folders and ending.
pub(super) fn stem_of(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.strip_suffix(".json").unwrap_or(last)
}

/// The kind that a file's name tells, by the words and abbreviations that AWS's own examples use.
pub(super) fn kind_of_file(name: &str) -> Option<Kind> {
    let stem = stem_of(name).to_lowercase();
    let words: Vec<&str> = stem.split(|char: char| !char.is_ascii_alphanumeric()).collect();
    let has = |word: &str| words.contains(&word);
    if has("vg") || stem.contains("gateway") && !stem.contains("route") {
        Some(Kind::VirtualGateway)
    } else if has("vr") || stem.contains("router") {
        Some(Kind::VirtualRouter)
    } else if has("vn") || stem.contains("node") {
        Some(Kind::VirtualNode)
    } else if has("vs") || stem.contains("service") {
        Some(Kind::VirtualService)
    } else {
        has("mesh").then_some(Kind::Mesh)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Input, Options, Reading, read};

    fn read_with(text: &str, parameters: &[(&str, &str)]) -> Reading {
        let given = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let parameters: BTreeMap<String, String> = parameters.iter().map(given).collect();
        let input = Input { name: "all.json".to_owned(), bytes: text.as_bytes().to_vec() };
        read(vec![input], &Options { parameters, ..Options::default() })
    }

    fn names(reading: &Reading) -> Vec<String> {
        reading.inventory.resources.iter().map(|resource| resource.id().to_string()).collect()
    }

    #[test]
    fn every_wrapper_and_every_list_of_an_object_is_read() {
        let node = r#"{"meshName":"m","virtualNodeName":"n","spec":{}}"#;
        let router = r#"{"meshName":"m","virtualRouterName":"r","spec":{"listeners":[]}}"#;
        let lists = format!(r#"{{"virtualNodes":[{node}],"virtualRouters":[{router}]}}"#);
        assert_eq!(names(&read_with(&lists, &[])), ["virtual node n", "virtual router r"]);
        let wrappers = format!(r#"{{"mesh":{{"meshName":"m","spec":{{}}}},"virtualNode":{node}}}"#);
        assert_eq!(names(&read_with(&wrappers, &[])), ["mesh m", "virtual node n"]);
        let both = format!(r#"{{"virtualNode":{node},"virtualRouters":[{router}]}}"#);
        assert_eq!(names(&read_with(&both, &[])), ["virtual node n", "virtual router r"]);
    }

    #[test]
    fn a_parameter_is_used_where_a_name_needed_it() {
        let action = r#"{"weightedTargets":[{"virtualNode":"n","weight":1}]}"#;
        let route = format!(r#"{{"meshName":"m","routeName":"x","spec":{{"tcpRoute":{{"action":{action}}}}}}}"#);
        let reading = read_with(&route, &[("virtualRouterName", "r"), ("meshName", "other")]);
        assert_eq!(names(&reading), ["route r/x"]);
        assert_eq!(reading.used_parameters, ["virtualRouterName"]);
    }
}
