//! A proxy whose role may not ask for its configuration.

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::proxied::{Proxied, ProxyName};
use meshwright_model::reference::Key;
use meshwright_model::workload::{PolicyStatement, RoleStatement};
use meshwright_model::{Path, Resource, Scalar};

use crate::facts::{Facts, Proxy, variable};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-stream-permission",
    severity: Severity::Info,
    summary: "a task's role does not allow its proxy to ask for its configuration",
    why: "a control plane that checks permissions as AWS's did closes the proxy's stream with status 7; one of your own may not check",
    source: "App Mesh User Guide, proxy-authorization: appmesh:StreamAggregatedResources",
    bad: BAD,
    cure: &[("appmesh:Describe*", "appmesh:StreamAggregatedResources")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    if facts.proxies().is_empty() {
        return;
    }
    let proxied = Proxied::new(facts.index());
    for task in facts.tasks() {
        let Some(proxy) = task.proxies.first() else { continue };
        let Some(role) = facts.role_of(task.workload) else { continue };
        let endpoint = variable(proxy.container.container, "APPMESH_XDS_ENDPOINT");
        // A socket carries no signature that anybody could check. Source: aws/amazon-ecs-service-connect-agent#41.
        let is_socket = endpoint.is_some_and(|(_, endpoint)| endpoint.starts_with("unix:"));
        if is_socket || role.managed.iter().any(|name| may_stream(name)) {
            continue;
        }
        let allowances: Vec<Allowance> = role
            .statements
            .iter()
            .map(|statement| {
                allowance(statement, |resource| match resource.known() {
                    Some(pattern) => may_match(pattern.as_str(), proxy),
                    None => proxied.position(resource).is_none_or(|position| {
                        proxy.resource.is_none_or(|own| may_be(own, &facts.inventory().resources[position]))
                    }),
                })
            })
            .collect();
        let message = match allowances.iter().max() {
            Some(Allowance::Given) => continue,
            Some(Allowance::Elsewhere) => {
                format!("role `{}` allows `{ACTION}` for other resources than this proxy's", role.holder.label)
            }
            Some(Allowance::NotGiven) | None => {
                format!("role `{}` does not allow `{ACTION}`", role.holder.label)
            }
        };
        report
            .add_task(task.workload, Path::of(&["taskRoleArn"]), message)
            .help(format!("allow `{ACTION}` on the ARN that the proxy stands for"))
            .related_task(task.workload, proxy.name_path(), "what the proxy stands for");
    }
}

const ACTION: &str = "appmesh:StreamAggregatedResources";

/// Whether a managed policy of AWS may hold the permission. Source: App Mesh User Guide,
/// proxy-authorization, `AWSAppMeshEnvoyAccess`.
fn may_stream(name: &str) -> bool {
    ["AppMesh", "Administrator", "PowerUser"].iter().any(|part| name.contains(part))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Allowance {
    NotGiven,
    Elsewhere,
    Given,
}

/// What a statement allows the proxy; where that is open, or where one denies, the best is assumed.
fn allowance(statement: &RoleStatement, may_cover: impl Fn(&Scalar<Text>) -> bool) -> Allowance {
    let PolicyStatement { effect, action, resource } = &statement.statement;
    let is_allow = effect.as_ref().and_then(Scalar::known).is_some_and(|effect| effect.as_str() == "Allow");
    let (true, true, Some(actions)) = (is_allow, statement.is_whole, action) else { return Allowance::Given };
    let is_covered = |action: &Scalar<Text>| {
        action.known().is_none_or(|pattern| matches(&pattern.as_str().to_lowercase(), &ACTION.to_lowercase()))
    };
    if !actions.iter().any(is_covered) {
        return Allowance::NotGiven;
    }
    let Some(resources) = resource else { return Allowance::Given };
    if resources.iter().any(may_cover) { Allowance::Given } else { Allowance::Elsewhere }
}

fn may_match(pattern: &str, proxy: &Proxy<'_>) -> bool {
    let Some(name) = short_name(proxy) else { return true };
    // An account that owns the mesh may stand in the one and not in the other.
    let pattern = pattern.splitn(6, ':').last().unwrap_or(pattern);
    pattern.contains('@') || matches(pattern, &name)
}

/// The end of the ARN that a proxy stands for, by its own word or by the resource that it refers to.
fn short_name(proxy: &Proxy<'_>) -> Option<String> {
    if let Some(ProxyName { mesh, kind, name }) = ProxyName::of(proxy.container.value) {
        return Some(format!("mesh/{}/{}/{}", mesh.text()?, kind.api_name(), name.text()?));
    }
    let resource = proxy.resource?;
    let (Key::Known(mesh), Key::Known(name)) = (Key::of(&resource.mesh), Key::of(&resource.name)) else { return None };
    Some(format!("mesh/{mesh}/{}/{name}", resource.kind().api_name()))
}

/// Whether what a statement refers to may be what a proxy stands for: two resources of one template are two things.
fn may_be(own: &Resource, other: &Resource) -> bool {
    let is_sure = |resource: &Resource| resource.condition.is_none();
    let document = |resource: &Resource| resource.origin.map(|origin| origin.document);
    std::ptr::eq(own, other) || !is_sure(own) || !is_sure(other) || document(own) != document(other)
}

/// Whether a pattern with `*` and `?` matches all of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = strip(text, first) else { return false };
    let mut pieces = pieces.peekable();
    let mut is_open = false;
    while let Some(piece) = pieces.next() {
        is_open = true;
        if pieces.peek().is_none() {
            return rest.len() >= piece.len() && strip(&rest[rest.len() - piece.len()..], piece) == Some("");
        }
        let at = (0..=rest.len()).find_map(|at| strip(rest.get(at..)?, piece));
        let Some(after) = at else { return false };
        rest = after;
    }
    is_open || rest.is_empty()
}

/// What follows a piece without `*` at the start of a text.
fn strip<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(piece.len())?;
    let is_same = head.bytes().zip(piece.bytes()).all(|(letter, expected)| expected == b'?' || letter == expected);
    is_same.then_some(rest)
}

const BAD: &str = "\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: \"sts:AssumeRole\", Principal: {Service: ecs-tasks.amazonaws.com}}]}
      Policies:
        - PolicyName: proxy
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: \"appmesh:Describe*\", Resource: \"*\"}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      TaskRoleArn: !GetAtt Role.Arn
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"mesh.corp:443\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
