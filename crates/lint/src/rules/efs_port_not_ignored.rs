//! A file system that is mounted through a proxy which is not there yet.

use meshwright_model::Path;
use meshwright_model::edit::{Change, NewValue};
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "efs-port-not-ignored",
    severity: Severity::Warning,
    summary: "a task mounts a file system of Amazon EFS and leads its port through the proxy",
    why: "the mount comes before the proxy has started, and the task fails: `mount.nfs4: Connection refused`",
    source: "App Mesh User Guide, troubleshooting-connectivity: add port 2049 to EgressIgnoredPorts",
    bad: BAD,
    cure: &[("EgressIgnoredPorts, Value: \"22\"", "EgressIgnoredPorts, Value: \"22,2049\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let Some(redirection) = task.redirection() else { continue };
        let mut volumes = task.workload.task.volumes.iter().flatten();
        let Some(place) = volumes.position(|volume| volume.efs_volume_configuration.is_some()) else { continue };
        let (path, value) = match redirection.ports("EgressIgnoredPorts") {
            Some((_, ports)) if ports.contains(&NFS) => continue,
            Some((index, ports)) => {
                let all: Vec<String> = ports.iter().chain([&NFS]).map(i64::to_string).collect();
                (redirection.value_path(index), Change::Set(all.join(",").as_str().into()))
            }
            None if redirection.property("EgressIgnoredPorts").is_none() && redirection.lacks("EgressIgnoredPorts") => {
                let pair = vec![("name", "EgressIgnoredPorts".into()), ("value", NFS.to_string().as_str().into())];
                (redirection.properties_path(), Change::Append(NewValue::Object(pair)))
            }
            None => continue,
        };
        let edit = edit_task(task.workload, path.clone(), value);
        report
            .add_task(task.workload, path, "EgressIgnoredPorts lacks 2049, the port of the task's file system")
            .fix("ignore port 2049", vec![edit])
            .related_task(task.workload, Path::of(&["volumes"]).index(place), "a file system of Amazon EFS");
    }
}

/// The port of NFS.
const NFS: i64 = 2049;

const BAD: &str = "\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      Volumes:
        - {Name: data, EFSVolumeConfiguration: {FilesystemId: fs-12345678}}
      ProxyConfiguration:
        Type: APPMESH
        ContainerName: envoy
        ProxyConfigurationProperties:
          - {Name: IgnoredUID, Value: \"1337\"}
          - {Name: ProxyIngressPort, Value: \"15000\"}
          - {Name: ProxyEgressPort, Value: \"15001\"}
          - {Name: AppPorts, Value: \"8080\"}
          - {Name: EgressIgnoredPorts, Value: \"22\"}
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
