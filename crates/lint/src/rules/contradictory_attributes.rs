//! Cloud Map attributes that no instance can have.

use std::collections::HashMap;

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "contradictory-attributes",
    severity: Severity::Error,
    summary: "a node's hosts must bear two values of one Cloud Map attribute",
    why: "an instance has one value of an attribute and must match all of them, so the node has no hosts: \"no healthy upstream\"",
    source: "App Mesh User Guide, virtual_nodes: only instances that match all key/value pairs are returned",
    bad: BAD,
    cure: &[("Key: version, Value: v2", "Key: stage, Value: v2")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let attributes = Path::of(&["spec", "serviceDiscovery", "awsCloudMap", "attributes"]);
    for node in facts.nodes() {
        let Some(ServiceDiscovery::AwsCloudMap(cloud_map)) = &node.spec.service_discovery else { continue };
        let mut firsts = HashMap::new();
        for (index, attribute) in cloud_map.attributes.iter().flatten().enumerate() {
            let Some((key, value)) = attribute.key.known().zip(attribute.value.known()) else { continue };
            let (first_index, first) = *firsts.entry(key.as_str()).or_insert((index, value.as_str()));
            if first == value.as_str() {
                continue;
            }
            let message = format!("attribute `{}` cannot be both `{first}` and `{}`", key.as_str(), value.as_str());
            report
                .add(node.resource, attributes.index(index), message)
                .help("keep one of them; a node for each value can be the target of one route")
                .related(node.resource, attributes.index(first_index), format!("`{}` is `{first}`", key.as_str()));
        }
    }
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery:
          AWSCloudMap:
            NamespaceName: shop.local
            ServiceName: orders
            Attributes:
              - {Key: version, Value: v1}
              - {Key: version, Value: v2}
";
