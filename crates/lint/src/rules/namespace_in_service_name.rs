//! A Cloud Map service whose name repeats its namespace.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "namespace-in-service-name",
    severity: Severity::Warning,
    summary: "the name of a Cloud Map service repeats its namespace",
    why: "the service is looked up in the namespace, so `orders.shop.local` in `shop.local` is most likely none: the proxy is told gRPC status 3 or has no hosts",
    source: "AWS Cloud Map: a name is found as service-name.namespace-name; App Mesh User Guide, virtual_nodes: \
             service name and namespace are two fields",
    bad: BAD,
    cure: &[("ServiceName: orders.shop.local", "ServiceName: orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let path = Path::of(&["spec", "serviceDiscovery", "awsCloudMap", "serviceName"]);
    for node in facts.nodes() {
        let Some(ServiceDiscovery::AwsCloudMap(cloud_map)) = &node.spec.service_discovery else { continue };
        let names = cloud_map.service_name.known().zip(cloud_map.namespace_name.known());
        let Some((service, namespace)) = names.map(|(service, namespace)| (service.as_str(), namespace.as_str()))
        else {
            continue;
        };
        let rest = service.strip_suffix(namespace).and_then(|rest| rest.strip_suffix('.'));
        let Some(bare) = rest.filter(|bare| !bare.is_empty()) else { continue };
        let message = format!("Cloud Map service `{service}` repeats its namespace `{namespace}`");
        report
            .add(node.resource, path.clone(), message)
            .fix(format!("set {bare}"), vec![edit(node.resource, path.clone(), Change::Set(bare.into()))]);
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
        ServiceDiscovery: {AWSCloudMap: {NamespaceName: shop.local, ServiceName: orders.shop.local}}
";
