//! A proxy that runs as another user than the one whose traffic is not redirected.

use std::fmt;

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Redirection};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ignored-user-differs",
    severity: Severity::Error,
    summary: "a proxy runs as another user than the one that the task's redirection ignores",
    why: "what the proxy sends is led back into the proxy: it reaches neither its control plane nor any backend",
    source: "aws/aws-app-mesh-roadmap#446, aws/aws-app-mesh-roadmap#472 and aws/aws-app-mesh-roadmap#497; ECS API \
             reference, ProxyConfiguration: IgnoredUID",
    bad: BAD,
    cure: &[("User: \"1000\"", "User: \"1337\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(proxy)) = (task.redirection(), task.sidecar()) else { continue };
        let path = proxy.path(&["user"]);
        let user = match &proxy.container.container.user {
            Some(user) => match user.known() {
                Some(user) => Some(user.as_str()),
                None => continue,
            },
            None if task.workload.has_gap(&path) => continue,
            None => None,
        };
        let Some(ignored) = Ignored::of(redirection) else { continue };
        let Some((message, severity)) = ignored.contradiction(user) else { continue };
        let found = report.add_task(task.workload, path.clone(), message).severity(severity);
        if let Some(uid) = ignored.uid {
            let set = edit_task(task.workload, path, Change::Set(uid.into()));
            found.fix(format!("run the proxy as {uid}"), vec![set]);
        }
        found.related_task(task.workload, redirection.value_path(ignored.index), format!("{ignored} is ignored"));
    }
}

/// Whose traffic a redirection ignores: a user's, a group's or both.
struct Ignored<'a> {
    /// The place of the property that says so.
    index: usize,
    uid: Option<&'a str>,
    gid: Option<&'a str>,
}

impl fmt::Display for Ignored<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.uid, self.gid) {
            (Some(uid), Some(gid)) => write!(formatter, "user {uid} or group {gid}"),
            (Some(uid), None) => write!(formatter, "user {uid}"),
            (None, gid) => write!(formatter, "group {}", gid.unwrap_or_default()),
        }
    }
}

impl<'a> Ignored<'a> {
    /// `None` where one of them is open or no number, or there is neither.
    fn of(redirection: Redirection<'a>) -> Option<Self> {
        let number = |name| match redirection.property(name) {
            Some((index, number)) if number.parse::<u32>().is_ok() => Some(Some((index, number))),
            _ => redirection.lacks(name).then_some(None),
        };
        let (uid, gid) = (number("IgnoredUID")?, number("IgnoredGID")?);
        let (index, _) = uid.or(gid)?;
        Some(Self { index, uid: uid.map(|(_, uid)| uid), gid: gid.map(|(_, gid)| gid) })
    }

    /// What is wrong with the user of a proxy: `uid`, `uid:gid` or none. A name may be that of any number, and the group of one
    /// who says none is the image's.
    fn contradiction(&self, user: Option<&str>) -> Option<(String, Severity)> {
        let Some(user) = user else {
            let message = format!("the proxy's container says no user, but the redirection ignores {self} alone");
            return self.gid.is_none().then_some((message, Severity::Warning));
        };
        let (uid, gid) = user.split_once(':').map_or((user, None), |(uid, gid)| (uid, Some(gid)));
        let is_other =
            |own: &str, wanted: Option<&str>| wanted.is_none_or(|wanted| own != wanted && own.parse::<u32>().is_ok());
        if !is_other(uid, self.uid) {
            return None;
        }
        let severity = match (gid, self.gid) {
            (_, None) => Severity::Error,
            (Some(gid), Some(_)) if is_other(gid, self.gid) => Severity::Error,
            (None, Some(_)) if self.uid.is_some() => Severity::Warning,
            _ => return None,
        };
        let group = gid.filter(|_| self.gid.is_some()).map(|gid| format!(" and group {gid}")).unwrap_or_default();
        Some((format!("the proxy runs as user {uid}{group}, but the redirection ignores {self}"), severity))
    }
}

const BAD: &str = "\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
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
          User: \"1000\"
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
