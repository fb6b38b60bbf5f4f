//! A node whose hosts must bear another task family than that of the task that runs its proxy.

use std::collections::BTreeMap;

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::proxied::ProxyName;
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::workload::Workload;
use meshwright_model::{Path, Scalar};

use crate::facts::{Facts, Proxy};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "task-family-outside-attributes",
    severity: Severity::Warning,
    summary: "a virtual node takes hosts of another task family than that of the task that runs its proxy",
    why: "Cloud Map gives no host that bears the attribute, so that callers of the node find none of these tasks",
    source: "App Mesh API reference, AwsCloudMapServiceDiscovery: attributes that instances must have; \
             aws/aws-app-mesh-examples, walkthroughs/http-headers-and-priority: nodes tell tasks apart by \
             ECS_TASK_DEFINITION_FAMILY; that ECS sets it on each instance is inferred from there",
    bad: BAD,
    cure: &[("Family: orders-v1", "Family: orders-v2")],
    check,
};

const FAMILY: &str = "ECS_TASK_DEFINITION_FAMILY";

fn check(facts: &Facts<'_>, report: &mut Report) {
    // A proxy whose name is open may be the one that is missing.
    if !facts.proxies().iter().all(is_named) {
        return;
    }
    let mut tasks: BTreeMap<usize, Vec<&Workload>> = BTreeMap::new();
    for proxy in facts.proxies() {
        if let Some((_, position)) = proxy.companion() {
            tasks.entry(position).or_default().push(proxy.workload);
        }
    }
    for (position, workloads) in tasks {
        let Some(node) = facts.node_at(position) else { continue };
        let Some(ServiceDiscovery::AwsCloudMap(discovery)) = &node.spec.service_discovery else { continue };
        let mut attributes = discovery.attributes.iter().flatten().enumerate();
        let is_family = |key: &str| key == FAMILY;
        let wanted = attributes.find(|(_, attribute)| attribute.key.known().is_some_and(|key| is_family(key.as_str())));
        let Some((index, wanted)) =
            wanted.and_then(|(index, attribute)| Some((index, attribute.value.known()?.as_str())))
        else {
            continue;
        };
        let families: Option<Vec<&str>> = workloads.iter().map(|workload| family(workload)).collect();
        let Some(families) = families.filter(|families| !families.contains(&wanted)) else { continue };
        let message =
            format!("only hosts of task family `{wanted}` are taken, but the proxy runs in `{}`", families[0]);
        let path = Path::of(&["spec", "serviceDiscovery", "awsCloudMap", "attributes"]).index(index).field("value");
        report
            .add(node.resource, path, message)
            .help("let the attribute name the family of the node's own task")
            .related_task(
                workloads[0],
                Path::of(&["family"]),
                format!("the task that runs the proxy of `{}`", node.name()),
            );
    }
}

fn family(workload: &Workload) -> Option<&str> {
    workload.task.family.as_ref().and_then(Scalar::known).map(Text::as_str)
}

fn is_named(proxy: &Proxy<'_>) -> bool {
    let is_known = |name: ProxyName| name.mesh.text().is_some() && name.name.text().is_some();
    proxy.position.is_some() || ProxyName::of(proxy.container.value).is_some_and(is_known)
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v2
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery:
          AWSCloudMap:
            NamespaceName: shop.local
            ServiceName: orders
            Attributes: [{Key: ECS_TASK_DEFINITION_FAMILY, Value: orders-v2}]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: orders-v1
      NetworkMode: awsvpc
      ProxyConfiguration:
        Type: APPMESH
        ContainerName: envoy
        ProxyConfigurationProperties:
          - {Name: IgnoredUID, Value: \"1337\"}
          - {Name: ProxyIngressPort, Value: \"15000\"}
          - {Name: ProxyEgressPort, Value: \"15001\"}
          - {Name: AppPorts, Value: \"8080\"}
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders-v2}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
