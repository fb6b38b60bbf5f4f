//! Retries that multiply along a chain of calls.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Retry, retry_of};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "retry-amplification",
    severity: Severity::Warning,
    summary: "retries along a chain of calls multiply into very many requests",
    why: "when the last service of the chain fails, each layer retries what the layer below has already retried: the failing one gets many times its load",
    source: "inferred from App Mesh User Guide, best-practices: each retry sends the request again; App Mesh has no \
             field for a back-off",
    bad: BAD,
    cure: &[("MaxRetries: 5", "MaxRetries: 1")],
    check,
};

/// The attempts for one request from which on a chain is worth a warning: AWS advises two retries, so three attempts, on every
/// route; of three layers that do so, 27 attempts become.
const WORTH_A_WARNING: u64 = 27;

/// The most routes of a chain that a message names.
const MAX_NAMED: usize = 8;

/// What one request may become from each position on.
struct Amplification {
    /// The attempts at the end of the worst chain, by position.
    attempts: Vec<u64>,
    /// The next position of that chain.
    next: Vec<Option<usize>>,
}

fn check(facts: &Facts<'_>, report: &mut Report) {
    if facts.retries().next().is_none() {
        return;
    }
    let worst = amplification(facts);
    let mut starts: Vec<usize> = facts
        .protocol_routes()
        .map(|(route, _)| route.position)
        .filter(|start| worst.attempts[*start] >= WORTH_A_WARNING)
        .collect();
    starts.sort_by_key(|start| std::cmp::Reverse(worst.attempts[*start]));
    // A chain that shares a route with a worse one has the same fault.
    let mut is_told = vec![false; worst.next.len()];
    for start in starts {
        let mut chain = Vec::new();
        let mut at = Some(start);
        while let Some(position) = at.filter(|position| !is_told[*position]) {
            chain.push(position);
            at = worst.next[position];
        }
        let is_new = at.is_none();
        for position in &chain {
            is_told[*position] = facts.kind_at(*position) == Kind::Route;
        }
        if is_new && facts.exist_all_together(&chain) {
            add(facts, &chain, worst.attempts[start], report);
        }
    }
}

fn amplification(facts: &Facts<'_>) -> Amplification {
    let graph = facts.call_graph();
    let count = graph.done.len();
    let mut own = vec![1; count];
    for retry in facts.retries().filter(Retry::repeats_answers) {
        own[retry.route.position] = attempts(&retry);
    }
    let mut worst = Amplification { attempts: vec![1; count], next: vec![None; count] };
    for position in graph.order.iter().copied() {
        // Calls that close a circle are left out: whoever is on the way already is not done.
        let callees =
            graph.callees(position).iter().copied().filter(|callee| graph.done[*callee] < graph.done[position]);
        let next =
            callees.reduce(|worse, callee| if worst.attempts[callee] > worst.attempts[worse] { callee } else { worse });
        let below = next.map_or(1, |next| worst.attempts[next]);
        worst.attempts[position] = below.saturating_mul(own[position]);
        worst.next[position] = next.filter(|_| below > 1);
    }
    worst
}

/// The attempts that are made under a retry policy of one request which fails further down.
fn attempts(retry: &Retry<'_>) -> u64 {
    retry.max_retries.map_or(1, |retries| retries.saturating_add(1))
}

/// The retry policy of a route that repeats requests which fail further down.
fn repeating<'a>(facts: &Facts<'a>, position: usize) -> Option<Retry<'a>> {
    let route = facts.route_at(position)?;
    retry_of(route, route.spec.protocols().next()?).filter(Retry::repeats_answers)
}

fn add(facts: &Facts<'_>, chain: &[usize], total: u64, report: &mut Report) {
    let repeating = chain.iter().filter_map(|position| repeating(facts, *position));
    let repeating = repeating.map(|retry| (retry, attempts(&retry)));
    let factors: Vec<(Retry<'_>, u64)> = repeating.filter(|(_, attempts)| *attempts > 1).collect();
    let Some(((first, _), others)) = factors.split_first() else { return };
    let said: Vec<String> = factors
        .iter()
        .take(MAX_NAMED)
        .map(|(retry, attempts)| format!("{attempts} by route `{}`", retry.route.name()))
        .collect();
    let more = if factors.len() > MAX_NAMED { " and so on" } else { "" };
    let message = match others {
        [] => format!("one request may become {total} attempts by route `{}`", first.route.name()),
        _ => format!("one request may become {total} attempts: {}{more}", said.join(", times ")),
    };
    let found = report.add(first.route.resource, first.path(&["maxRetries"]), message);
    found.help("retry in one layer only, best in the one nearest to what fails");
    for (retry, attempts) in others.iter().take(MAX_NAMED) {
        found.related(
            retry.route.resource,
            retry.path(&["maxRetries"]),
            format!("route `{}` makes {attempts} attempts of each", retry.route.name()),
        );
    }
}

const BAD: &str = "\
Resources:
  CartRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: cart
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  CartService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: cart.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: cart}}
  CartRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: cart
      RouteName: to-cart
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: cart, Weight: 1}
          RetryPolicy: {HttpRetryEvents: [gateway-error], MaxRetries: 3, PerRetryTimeout: {Value: 500, Unit: ms}}
  CartNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: cart
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
        Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]
  OrdersRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  OrdersService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: orders}}
  OrdersRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: to-orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
          RetryPolicy: {HttpRetryEvents: [gateway-error], MaxRetries: 5, PerRetryTimeout: {Value: 500, Unit: ms}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
        Backends: [{VirtualService: {VirtualServiceName: stock.shop.local}}]
  StockRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: stock
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  StockService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: stock}}
  StockRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: stock
      RouteName: to-stock
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: stock, Weight: 1}
          RetryPolicy: {HttpRetryEvents: [gateway-error], MaxRetries: 2, PerRetryTimeout: {Value: 500, Unit: ms}}
  StockNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: stock
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
