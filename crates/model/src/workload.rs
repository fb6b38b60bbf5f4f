//! Tasks that run a proxy, and the permissions of their roles, as far as a mesh is concerned.
//!
//! Source of field names: the ECS API's `RegisterTaskDefinition` and IAM policy documents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::{Long, Text};
use crate::path::Path;
use crate::resource::{Gap, Origin, has_gap};
use crate::scalar::Scalar;

/// A task definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// The name its file gives it: a logical id or a family.
    pub label: String,
    /// What it runs.
    pub task: TaskDefinition,
    /// Whether its file holds containers alone, to be put into a task somewhere else.
    pub is_fragment: bool,
    /// The condition under which it exists.
    pub condition: Option<String>,
    /// Objects and lists that read as absent, and why.
    pub gaps: BTreeMap<Path, Gap>,
    /// Where it was read.
    pub origin: Option<Origin>,
}

impl Workload {
    /// Whether what stands at the path, or around it, is open or faulty, so that its absence means nothing.
    pub fn has_gap(&self, path: &Path) -> bool {
        has_gap(&self.gaps, path)
    }
}

/// What a task runs. ECS API `RegisterTaskDefinition`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinition {
    /// The name under which revisions are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Scalar<Text>>,
    /// Its containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_definitions: Option<Vec<ContainerDefinition>>,
    /// How its traffic is led through a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_configuration: Option<ProxyConfiguration>,
    /// The role whose permissions its containers have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_role_arn: Option<Scalar<Text>>,
    /// `awsvpc`, `bridge`, `host` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<Scalar<Text>>,
    /// CPU units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Scalar<Text>>,
    /// Memory in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Scalar<Text>>,
    /// What its containers can mount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volumes: Option<Vec<TaskVolume>>,
}

/// What containers of a task can mount. ECS API `Volume`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskVolume {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Scalar<Text>>,
    /// The file system of Amazon EFS that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs_volume_configuration: Option<EfsVolumeConfiguration>,
}

/// A file system of Amazon EFS. ECS API `EFSVolumeConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EfsVolumeConfiguration {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system_id: Option<Scalar<Text>>,
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDefinition {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Scalar<Text>>,
    /// Its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Scalar<Text>>,
    /// The user it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Scalar<Text>>,
    /// Whether the task ends with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essential: Option<Scalar<bool>>,
    /// Its environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<KeyValuePair>>,
    /// Files whose lines are more of its environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_files: Option<Vec<EnvironmentFile>>,
    /// Variables of its environment whose values are kept elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<Secret>>,
    /// The ports it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_mappings: Option<Vec<ContainerPortMapping>>,
    /// The containers it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<ContainerDependency>>,
    /// How it is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<ContainerHealthCheck>,
}

/// A name and its value. ECS API `KeyValuePair`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyValuePair {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Scalar<Text>>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Scalar<Text>>,
}

/// A file whose lines are variables. ECS API `EnvironmentFile`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentFile {
    /// The ARN of the object that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Scalar<Text>>,
}

/// A variable whose value is kept elsewhere. ECS API `Secret`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// The variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Scalar<Text>>,
    /// Where its value is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<Scalar<Text>>,
}

/// A port of a container. ECS API `PortMapping`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerPortMapping {
    /// The port in the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<Scalar<Long>>,
    /// The port on the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_port: Option<Scalar<Long>>,
    /// `tcp` or `udp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Scalar<Text>>,
}

/// A container that another waits for. ECS API `ContainerDependency`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDependency {
    /// The container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<Scalar<Text>>,
    /// What is waited for, such as `HEALTHY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Scalar<Text>>,
}

/// How a container is checked. ECS API `HealthCheck`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerHealthCheck {
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<Scalar<Text>>>,
}

/// How a task's traffic is led through a proxy. ECS API `ProxyConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProxyConfiguration {
    /// `APPMESH`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Scalar<Text>>,
    /// The proxy's container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<Scalar<Text>>,
    /// Ports, ignored users and addresses. CloudFormation calls them `ProxyConfigurationProperties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<KeyValuePair>>,
}

/// A statement of a role's policy.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleStatement {
    /// The name its file gives the role.
    pub role: String,
    /// The policy document's statement, as far as it is needed.
    pub statement: PolicyStatement,
    /// Whether nothing of that part is open.
    pub is_whole: bool,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// A role or policy that a file defines, without its statements.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyHolder {
    /// The name its file gives it.
    pub label: String,
    /// Whether it is a role.
    pub is_role: bool,
    /// What is attached to it, and what it is attached to.
    pub attachments: PolicyAttachments,
    /// Whether nothing of its attachments and policies is open.
    pub is_whole: bool,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// What is attached to a role, and what a policy is attached to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAttachments {
    /// A role's managed policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_policy_arns: Option<Vec<Scalar<Text>>>,
    /// The roles that a policy is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Scalar<Text>>>,
}

/// A statement of a policy document. A member that is a single value in its file is a list of one here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStatement {
    /// `Allow` or `Deny`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Scalar<Text>>,
    /// The actions, such as `appmesh:StreamAggregatedResources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Vec<Scalar<Text>>>,
    /// The resources they are allowed or denied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Vec<Scalar<Text>>>,
}

/// A container that is an App Mesh proxy.
#[derive(Clone, Copy, Debug)]
pub struct ProxyContainer<'a> {
    /// Its place among the task's containers.
    pub index: usize,
    /// The container.
    pub container: &'a ContainerDefinition,
    /// The variable that names its resource: one of [`PROXY_NAME_VARIABLES`].
    pub variable: &'static str,
    /// That variable's place in the environment.
    pub variable_index: usize,
    /// The name.
    pub value: &'a Scalar<Text>,
}

impl TaskDefinition {
    /// The containers that are App Mesh proxies: those whose environment names a mesh resource.
    ///
    /// Source: the App Mesh agent (aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap`); the first of the three
    /// variables that is set names the proxy.
    pub fn proxies(&self) -> impl Iterator<Item = ProxyContainer<'_>> {
        self.container_definitions.iter().flatten().enumerate().filter_map(|(index, container)| {
            PROXY_NAME_VARIABLES.into_iter().find_map(|variable| {
                let (variable_index, value) = container.variable(variable)?;
                Some(ProxyContainer { index, container, variable, variable_index, value })
            })
        })
    }
}

/// The environment variables that name a proxy's resource, first come first.
///
/// Source: the App Mesh agent (aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap`).
pub const PROXY_NAME_VARIABLES: [&str; 3] =
    ["APPMESH_RESOURCE_ARN", "APPMESH_RESOURCE_NAME", "APPMESH_VIRTUAL_NODE_NAME"];

impl ContainerDefinition {
    /// The place and value of an environment variable.
    pub fn variable(&self, name: &str) -> Option<(usize, &Scalar<Text>)> {
        let is_named =
            |pair: &KeyValuePair| pair.name.as_ref().and_then(Scalar::known).is_some_and(|text| text.as_str() == name);
        let mut pairs = self.environment.iter().flatten().enumerate();
        let (index, pair) = pairs.find(|(_, pair)| is_named(pair))?;
        Some((index, pair.value.as_ref()?))
    }
}
