//! The verb `order`: in which order resources are created or deleted, and why.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_model::order::{Cycle, Order, Placed, Tie};
use meshwright_model::subject::Subject;
use meshwright_model::{Kind, Resource};
use serde_json::{Value, json};

use crate::files::FileOptions;
use crate::{Answer, Verb, findings};
use meshwright_model::visible::visible;

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "order",
    about: "Creation order of the resources in files, with the reason for each step",
    example: "meshwright order --reverse mesh.yaml   # deletion order",
};

/// Options of `order`.
#[derive(Args, Clone, Debug)]
pub struct OrderOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// Deletion order
    #[arg(long)]
    pub reverse: bool,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = OrderFormat::Text)]
    pub format: OrderFormat,
}

/// How an order is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OrderFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Answers in which order the resources are created, or deleted.
pub fn run(reading: &Reading, options: &OrderOptions) -> Answer {
    let index = reading.inventory.index();
    let order = Order::of(&index);
    let view = View::new(reading, &order, options.reverse);
    let output = match options.format {
        OrderFormat::Text => view.text(),
        OrderFormat::Json => view.json(),
    };
    let has_findings = order.cycles.iter().any(|cycle| cycle.tie == Tie::Declared);
    Answer { output, notes: String::new(), has_findings }
}

/// Why a service comes after the routes of its router.
const ROUTES_FIRST: &str = "callers find routes from the start";

struct View<'v> {
    reading: &'v Reading,
    order: &'v Order,
    is_reverse: bool,
    /// For each resource, those that need it.
    needed_by: Vec<Vec<usize>>,
}

impl<'v> View<'v> {
    fn new(reading: &'v Reading, order: &'v Order, is_reverse: bool) -> Self {
        let mut needed_by = vec![Vec::new(); reading.inventory.resources.len()];
        for placed in order.placed.iter().filter(|_| is_reverse) {
            for reason in placed.reasons.iter().filter(|reason| reason.tie != Tie::Preferred) {
                needed_by[reason.after].push(placed.position);
            }
        }
        Self { reading, order, is_reverse, needed_by }
    }

    fn resource(&self, position: usize) -> &Resource {
        &self.reading.inventory.resources[position]
    }

    fn steps(&self) -> Vec<&Placed> {
        let steps = self.order.placed.iter();
        if self.is_reverse { steps.rev().collect() } else { steps.collect() }
    }

    fn show(&self, position: usize) -> String {
        visible(&self.resource(position).id().to_string())
    }

    /// What a step comes after, with the reason; in reverse, what must be gone before it.
    fn reasons(&self, placed: &Placed) -> Vec<(usize, &'static str)> {
        if !self.is_reverse {
            return placed
                .reasons
                .iter()
                .map(|reason| (reason.after, self.why(placed.position, reason.after, reason.tie)))
                .collect();
        }
        let others = self.needed_by[placed.position].iter();
        others.map(|other| (*other, self.why_gone(placed.position, *other))).collect()
    }

    fn why(&self, later: usize, earlier: usize, tie: Tie) -> &'static str {
        let (later, earlier) = (self.resource(later).kind(), self.resource(earlier).kind());
        match (tie, later, earlier) {
            (Tie::Declared, ..) => "the file says so (Ref, GetAtt or DependsOn)",
            (_, _, Kind::Mesh) => "it belongs to it",
            (_, Kind::Route | Kind::GatewayRoute, Kind::VirtualRouter | Kind::VirtualGateway) => "it belongs to it",
            (_, Kind::Route, _) => "it sends to it",
            (_, Kind::VirtualService, Kind::Route) => ROUTES_FIRST,
            (_, Kind::VirtualService, _) => "it is provided by it",
            (_, Kind::GatewayRoute, _) => "it hands requests to it",
            (_, Kind::VirtualNode, _) => "it calls it from the start",
            _ => "it refers to it",
        }
    }

    /// Why something must be gone first.
    ///
    /// Source: github.com/aws/aws-app-mesh-roadmap/issues/147 (meshes) and 103 (nodes); App Mesh User Guide, virtual services and
    /// virtual gateways.
    fn why_gone(&self, this: usize, other: usize) -> &'static str {
        match (self.resource(this).kind(), self.resource(other).kind()) {
            (Kind::Mesh, _) => "a mesh with resources cannot be deleted",
            (Kind::VirtualNode, Kind::Route) => "a node that is the target of a route cannot be deleted",
            (Kind::VirtualNode | Kind::VirtualRouter, Kind::VirtualService) => {
                "a provider of a virtual service cannot be deleted"
            }
            (Kind::VirtualRouter, Kind::Route) => "a router with routes cannot be deleted",
            (Kind::VirtualGateway, Kind::GatewayRoute) => "a gateway with gateway routes cannot be deleted",
            (Kind::VirtualService, Kind::GatewayRoute) => "a service that a gateway route names cannot be deleted",
            _ => "it refers to it",
        }
    }

    /// The reasons without the one that all resources share, that they belong to their mesh, where there are others.
    fn shown_reasons(&self, placed: &Placed) -> Vec<(usize, &'static str)> {
        let mut reasons = self.reasons(placed);
        if reasons.len() > 1 && !self.is_reverse {
            reasons.retain(|(other, _)| self.resource(*other).kind() != Kind::Mesh);
        }
        reasons
    }

    fn text(&self) -> String {
        let steps = self.steps();
        let meshes = self.reading.inventory.meshes();
        let names: Vec<String> = meshes.iter().map(|mesh| visible(&mesh.to_string())).collect();
        let what = if self.is_reverse { "Deletion" } else { "Creation" };
        let noun = if steps.len() == 1 { "resource" } else { "resources" };
        let mut out = format!("{what} order: {} {noun}, mesh {}\n\n", steps.len(), names.join(", "));
        let width = steps.len().to_string().len();
        for (number, placed) in steps.iter().enumerate() {
            let show_mesh = if meshes.len() > 1 {
                format!("{}: ", visible(&self.resource(placed.position).mesh.to_string()))
            } else {
                String::new()
            };
            let _ = writeln!(out, "{:>width$}. {show_mesh}{}", number + 1, self.show(placed.position));
            for (other, why) in grouped(&self.shown_reasons(placed)) {
                let others: Vec<String> = other.iter().take(4).map(|other| self.show(*other)).collect();
                let unnamed = if why == ROUTES_FIRST { placed.unnamed_routes } else { 0 };
                let more = other.len().saturating_sub(4) + unnamed;
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let _ = writeln!(out, "{:width$}  after {}{more}: {why}", "", others.join(", "));
            }
        }
        for cycle in &self.order.cycles {
            out.push('\n');
            out.push_str(&self.cycle_text(cycle));
        }
        out
    }

    fn cycle_text(&self, cycle: &Cycle) -> String {
        let names: Vec<String> = cycle.positions.iter().map(|position| self.show(*position)).collect();
        let circle = format!("{} → {}", names.join(" → "), names[0]);
        match cycle.tie {
            Tie::Preferred => format!(
                "Goes in circles: {circle}\n  This is allowed: a backend may name a virtual service that does not exist yet.\n"
            ),
            Tie::Needed | Tie::Declared => {
                let advice = if self.has_depends_on(cycle) {
                    "drop one of the DependsOn"
                } else {
                    "write one of the names as text instead of Ref or GetAtt"
                };
                format!("Circular dependency: {circle}\n  CloudFormation refuses this template: {advice}.\n")
            }
        }
    }

    /// Whether some resource on the circle waits for the next by its file's word alone, and does not name it.
    fn has_depends_on(&self, cycle: &Cycle) -> bool {
        let index = self.reading.inventory.index();
        let nexts = cycle.positions.iter().cycle().skip(1);
        cycle.positions.iter().zip(nexts).any(|(position, next)| {
            let resource = self.resource(*position);
            let waits =
                self.resource(*next).label.as_ref().is_some_and(|label| resource.depends_on.contains(&label.name));
            waits && !resource.references().iter().any(|reference| index.target(resource, reference) == Some(*next))
        })
    }

    fn json(&self) -> String {
        let subject = |position: usize| Subject::of(self.resource(position));
        let step = |placed: &&Placed| {
            let after: Vec<Value> = self
                .reasons(placed)
                .iter()
                .map(|(other, why)| json!({"resource": subject(*other), "reason": why}))
                .collect();
            let mut step = json!({"resource": subject(placed.position), "stage": placed.stage, "after": after});
            if placed.unnamed_routes > 0 && !self.is_reverse {
                step["moreRoutes"] = placed.unnamed_routes.into();
            }
            step
        };
        let cycle = |cycle: &Cycle| {
            let resources: Vec<Subject> = cycle.positions.iter().map(|position| subject(*position)).collect();
            json!({"resources": resources, "refused": cycle.tie != Tie::Preferred})
        };
        let value = json!({
            "order": if self.is_reverse { "deletion" } else { "creation" },
            "steps": self.steps().iter().map(step).collect::<Vec<_>>(),
            "cycles": self.order.cycles.iter().map(cycle).collect::<Vec<_>>(),
            "findings": self.reading.findings.iter().map(findings::json).collect::<Vec<_>>(),
        });
        format!("{value:#}\n")
    }
}

/// Reasons with the same words as one, in the order they first come.
fn grouped(reasons: &[(usize, &'static str)]) -> Vec<(Vec<usize>, &'static str)> {
    let mut groups: Vec<(Vec<usize>, &'static str)> = Vec::new();
    for (other, why) in reasons {
        match groups.iter_mut().find(|(_, known)| known == why) {
            Some((others, _)) => others.push(*other),
            None => groups.push((vec![*other], why)),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};

    use super::*;

    fn text(template: &str) -> String {
        let input = Input { name: "mesh.yaml".to_owned(), bytes: template.as_bytes().to_vec() };
        let reading = read(vec![input], &Options::default());
        let order = Order::of(&reading.inventory.index());
        View::new(&reading, &order, false).text()
    }

    fn circle(first: &str, second: &str) -> String {
        text(&format!(
            "Resources:
  A:
    Type: AWS::AppMesh::VirtualNode
    {first}
    Properties: {{MeshName: m, VirtualNodeName: a, Spec: {{}}}}
  S:
    Type: AWS::AppMesh::VirtualService
    Properties: {{MeshName: m, VirtualServiceName: s, Spec: {{Provider: {{VirtualNode: {{VirtualNodeName: {second}}}}}}}}}
"
        ))
    }

    #[test]
    fn the_advice_fits_what_makes_the_circle() {
        let shown = circle("DependsOn: S", "!GetAtt A.VirtualNodeName");
        assert!(shown.contains("drop one of the DependsOn"), "{shown}");
    }

    #[test]
    fn one_resource_is_not_called_resources() {
        let shown = text("Resources: {M: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: m}}}");
        assert!(shown.starts_with("Creation order: 1 resource, mesh m\n"), "{shown}");
    }
}
