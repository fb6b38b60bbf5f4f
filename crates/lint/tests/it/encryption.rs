//! Which policy holds for which listener: the cases that an example of a rule cannot hold.

use std::fmt::Write;

use crate::{found_in, read_text};

/// The rules that ask which policy holds for which listener.
const PAIRED: &[&str] = &[
    "tls-enforced-against-plaintext",
    "tls-policy-without-effect",
    "unvalidated-server-certificate",
    "missing-client-certificate",
    "unchecked-client-certificate",
    "client-policy-ports-miss",
];

const TRUST: &str = "Validation: {Trust: {File: {CertificateChain: /certs/ca.pem}}}";
const CERTIFICATE: &str = "Certificate: {File: {CertificateChain: /certs/a.pem, PrivateKey: /certs/a.key}}";

/// A mesh in which node `front` calls `orders`, behind whose router on port 80 nodes `v1` and `v2` listen on port 8080.
struct Shop {
    front: String,
    backend: String,
    v1: String,
    v2: String,
    weights: [&'static str; 2],
    v2_condition: &'static str,
}

impl Shop {
    fn new() -> Self {
        let empty = String::new;
        Self { front: empty(), backend: empty(), v1: empty(), v2: empty(), weights: ["1", "1"], v2_condition: "" }
    }

    fn template(&self) -> String {
        let Self { front, backend, v1, v2, weights: [first, second], v2_condition } = self;
        let mut text = format!(
            "Parameters: {{Share: {{Type: Number}}, Stage: {{Type: String}}}}
Conditions: {{IsNew: !Equals [!Ref Stage, new]}}
Resources:
  Mesh: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: shop}}}}
  Front:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: front
      Spec: {{{front} Backends: [{{VirtualService: {{VirtualServiceName: orders{backend}}}}}]}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders
      Spec: {{Provider: {{VirtualRouter: {{VirtualRouterName: orders}}}}}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}]}}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {{Prefix: /}}
          Action: {{WeightedTargets: [{{VirtualNode: v1, Weight: {first}}}, {{VirtualNode: v2, Weight: {second}}}]}}
"
        );
        for (name, tls, condition) in [("v1", v1, &""), ("v2", v2, v2_condition)] {
            write!(
                text,
                "  {name}:
    Type: AWS::AppMesh::VirtualNode
{condition}
    Properties:
      MeshName: shop
      VirtualNodeName: {name}
      Spec:
        Logging: {{AccessLog: {{File: {{Path: /dev/stdout}}}}}}
        ServiceDiscovery: {{DNS: {{Hostname: {name}.local}}}}
        Listeners: [{{PortMapping: {{Port: 8080, Protocol: http}}{tls}}}]
"
            )
            .unwrap();
        }
        text
    }

    fn finds(&self) -> Vec<&'static str> {
        finds(&self.template())
    }
}

fn finds(template: &str) -> Vec<&'static str> {
    let reading = read_text("shop.yaml", template);
    assert!(reading.findings.is_empty(), "{:?}\n{template}", reading.findings);
    let found = found_in(&reading);
    found.iter().map(|found| found.rule).filter(|rule| PAIRED.contains(rule)).collect()
}

fn defaults(tls: &str) -> String {
    format!("BackendDefaults: {{ClientPolicy: {{TLS: {{{tls}}}}}}},")
}

fn own(tls: &str) -> String {
    format!(", ClientPolicy: {{TLS: {{{tls}}}}}")
}

fn listener(mode: &str, validation: &str) -> String {
    format!(", TLS: {{Mode: {mode}, {CERTIFICATE}{validation}}}")
}

#[test]
fn own_policy_of_a_backend_replaces_the_defaults() {
    let enforced = Shop { front: defaults(TRUST), ..Shop::new() };
    assert_eq!(enforced.finds(), ["tls-enforced-against-plaintext"]);
    let relaxed = Shop { backend: own(&format!("Enforce: false, {TRUST}")), ..enforced };
    assert_eq!(relaxed.finds(), ["tls-policy-without-effect"]);
}

#[test]
fn certificate_of_the_defaults_is_not_that_of_an_own_policy() {
    let strict = listener("STRICT", &format!(", {TRUST}"));
    let front = defaults(&format!("{CERTIFICATE}, {TRUST}"));
    let sound = Shop { front, v1: strict.clone(), v2: strict, ..Shop::new() };
    assert_eq!(sound.finds(), [""; 0]);
    assert_eq!(Shop { backend: own(TRUST), ..sound }.finds(), ["missing-client-certificate"]);
}

#[test]
fn ports_of_a_policy_are_those_of_the_nodes() {
    let on = |ports: &str| Shop { front: defaults(&format!("Ports: [{ports}], {TRUST}")), ..Shop::new() };
    assert_eq!(on("8080").finds(), ["tls-enforced-against-plaintext"]);
    assert_eq!(on("443").finds(), ["client-policy-ports-miss"]);
    assert_eq!(on("80").finds(), ["client-policy-ports-miss"], "the port of the router is not that of the server");
    assert_eq!(on("!Ref Share").finds(), [""; 0], "an open port may be any");
}

#[test]
fn policy_for_another_port_validates_nothing() {
    let strict = || listener("STRICT", "");
    let on = |port: &str| {
        let front = defaults(&format!("Ports: [{port}], {TRUST}"));
        Shop { front, v1: strict(), v2: strict(), ..Shop::new() }
    };
    assert_eq!(on("443").finds(), ["client-policy-ports-miss"]);
    assert_eq!(on("8080").finds(), [""; 0]);
    let half = Shop { v2: listener("STRICT", ""), ..on("8080") }.template();
    let (rest, v2) = half.rsplit_once("Port: 8080").unwrap();
    let moved = format!("{rest}Port: 9090{v2}");
    assert_eq!(finds(&moved), ["unvalidated-server-certificate"]);
}

#[test]
fn only_targets_that_surely_get_requests_count() {
    let mixed = |weights, v2_condition| Shop {
        front: defaults(TRUST),
        v1: listener("STRICT", ""),
        weights,
        v2_condition,
        ..Shop::new()
    };
    assert_eq!(mixed(["1", "1"], "").finds(), ["tls-enforced-against-plaintext"]);
    assert_eq!(mixed(["1", "0"], "").finds(), [""; 0]);
    assert_eq!(mixed(["1", "!Ref Share"], "").finds(), [""; 0]);
    assert_eq!(mixed(["1", "1"], "    Condition: IsNew").finds(), ["tls-enforced-against-plaintext"]);
}

#[test]
fn open_tls_of_a_listener_is_not_plaintext() {
    let open = ", TLS: !If [IsNew, {Mode: STRICT, Certificate: {ACM: {CertificateArn: x}}}, !Ref AWS::NoValue]";
    let shop = Shop { front: defaults(TRUST), v1: open.to_owned(), v2: open.to_owned(), ..Shop::new() };
    assert_eq!(shop.finds(), [""; 0]);
}

#[test]
fn permissive_server_with_validation_does_not_refuse_for_certain() {
    let permissive = listener("PERMISSIVE", &format!(", {TRUST}"));
    let shop = Shop { front: defaults(TRUST), v1: permissive.clone(), v2: permissive, ..Shop::new() };
    assert_eq!(shop.finds(), [""; 0]);
}

#[test]
fn host_without_a_proxy_may_speak_tls_itself() {
    let outside = Shop { front: defaults(TRUST), ..Shop::new() }
        .template()
        .replace("        Logging: {AccessLog: {File: {Path: /dev/stdout}}}\n", "");
    let reading = read_text("shop.yaml", &outside);
    let severities: Vec<_> = found_in(&reading)
        .into_iter()
        .filter(|found| found.rule == "tls-enforced-against-plaintext")
        .map(|found| found.severity.word())
        .collect();
    assert_eq!(severities, ["warning"]);
    assert_eq!(finds(&outside.replace("Port: 8080", "Port: 443")), [""; 0]);
}

#[test]
fn gateway_has_its_defaults_for_what_its_routes_name() {
    let strict = listener("STRICT", &format!(", {TRUST}"));
    let front = defaults(&format!("{CERTIFICATE}, {TRUST}"));
    let mut text = Shop { front, v1: strict.clone(), v2: strict, ..Shop::new() }.template();
    text.push_str(
        "  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      GatewayRouteName: all
      Spec: {HttpRoute: {Match: {Prefix: /}, Action: {Target: {VirtualService: {VirtualServiceName: orders}}}}}
",
    );
    assert_eq!(finds(&text), ["missing-client-certificate"]);
}
