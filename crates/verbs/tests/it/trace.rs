//! `trace` as a whole: its text, its JSON, and what it says where it cannot answer.

use meshwright_dialect::Reading;
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::ports::PortOptions;
use meshwright_verbs::refused::Refused;
use meshwright_verbs::trace::{TraceFormat, TraceOptions, run};
use serde_json::Value;

use crate::reading;

const SHOP: &str = include_str!("../../../../corpus/shop/shop.yaml");

fn options(from: &str, request: &str, headers: &[&str]) -> TraceOptions {
    TraceOptions {
        files: FileOptions::default(),
        from: from.to_owned(),
        request: request.to_owned(),
        header: headers.iter().map(ToString::to_string).collect(),
        ports: PortOptions::default(),
        explain: false,
        format: TraceFormat::Text,
    }
}

fn shop() -> Reading {
    reading(&[("shop.yaml", SHOP)])
}

fn text(reading: &Reading, options: &TraceOptions) -> String {
    run(reading, options).unwrap().output
}

fn json(reading: &Reading, options: TraceOptions) -> Value {
    let options = TraceOptions { format: TraceFormat::Json, ..options };
    serde_json::from_str(&run(reading, &options).unwrap().output).unwrap()
}

fn refusal(from: &str, request: &str, headers: &[&str]) -> String {
    run(&shop(), &options(from, request, headers)).unwrap_err().to_string()
}

#[test]
fn each_hop_is_told_with_what_applies_there() {
    let options = options("orders", "GET http://payments.shop.local:8080/pay?id=1", &[]);
    insta::assert_snapshot!(text(&shop(), &options), @r"
    GET http://payments.shop.local:8080/pay?id=1

    1. virtual node `orders`: route `payments-split` of virtual router `payments`, for virtual service `payments.shop.local`
         -> payments-v1:8080  90 %  at payments.shop.local (Cloud Map), mutual TLS, checked by http /healthz every 5 s, ejected for 30 s after 5 errors
         -> payments-v2:8080  10 %  at payments.shop.local (Cloud Map), mutual TLS, checked by http /healthz every 5 s, ejected for 30 s after 5 errors
         as /pay?id=1 on host payments.shop.local:8080
         within 8 s, up to 4 attempts of 2 s at most, 8 s in the worst case
         tried again on connect-failure; reset; refused-stream; status 502, 503, 504

    2. virtual node `payments-v1`: its application on port 8080 (http) gets the request
         as /pay?id=1 on host payments.shop.local:8080
         within 15 s

    3. virtual node `payments-v2`: its application on port 8080 (http) gets the request
         as /pay?id=1 on host payments.shop.local:8080
         within 15 s

    => forwarded
    ");
}

#[test]
fn routes_that_were_tried_say_why_they_did_not_match() {
    let options = options("web", "GET http://shop.example.com:8080/api/orders/7", &[]);
    insta::assert_snapshot!(text(&shop(), &TraceOptions { explain: true, ..options }), @r"
    GET http://shop.example.com:8080/api/orders/7

    1. virtual gateway `web`: gateway route `api`
         tried `api` (priority 10): takes it
         after `frontend` (priority 100): would take it too
         as /orders/7 on host orders.shop.local
         within 12 s

    2. virtual gateway `web`: route `orders-read` of virtual router `orders`, for virtual service `orders.shop.local`
         tried `orders-read` (priority 10): takes it
         after `orders` (priority 100): would take it too
         -> orders:8080  100 %  at orders.shop.local, plaintext, checked by http /healthz every 5 s, ejected for 30 s after 5 errors
         as /orders/7 on host orders.shop.local
         within 6 s, up to 3 attempts of 2 s at most, 6 s in the worst case
         tried again on connect-failure; reset; status 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511

    3. virtual node `orders`: its application on port 8080 (http) gets the request
         as /orders/7 on host orders.shop.local
         within 15 s

    => forwarded
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "nearly all of it is the answer")]
fn programs_get_the_same_facts() {
    let options =
        options("mesh/shop/virtualNode/orders", "GET http://payments.shop.local:8080/pay", &["x-canary: true"]);
    let told = json(&shop(), TraceOptions { explain: true, ..options });
    insta::assert_snapshot!(format!("{told:#}"), @r#"
    {
      "outcome": "forwarded",
      "hops": [
        {
          "proxy": {
            "kind": "VirtualNode",
            "name": "orders"
          },
          "virtualService": "payments.shop.local",
          "route": {
            "name": "payments-canary",
            "virtualRouter": "payments"
          },
          "targets": [
            {
              "virtualNode": "payments-v2",
              "port": 8080,
              "share": 1.0,
              "tls": "mutual",
              "discovery": {
                "namespace": "shop.local",
                "service": "payments"
              },
              "healthCheck": {
                "protocol": "http",
                "path": "/healthz",
                "port": 8080,
                "intervalMillis": 5000,
                "timeoutMillis": 2000,
                "healthyThreshold": 2,
                "unhealthyThreshold": 2
              },
              "outlierDetection": {
                "maxServerErrors": 5,
                "intervalMillis": 10000,
                "baseEjectionMillis": 30000,
                "maxEjectionPercent": 100
              }
            }
          ],
          "host": "payments.shop.local:8080",
          "path": "/pay",
          "timeoutMillis": 8000,
          "maxAttempts": 3,
          "worstCaseMillis": 8000,
          "retry": {
            "maxRetries": 2,
            "perTryMillis": null,
            "conditions": [
              "unavailable",
              "connect-failure",
              "refused-stream",
              "retriable-status-codes",
              "reset"
            ],
            "statusCodes": [
              503
            ],
            "default": true
          },
          "tls": "mutual",
          "considered": [
            {
              "name": "payments-canary",
              "priority": 1,
              "tried": true,
              "takes": true,
              "why": null
            },
            {
              "name": "payments-split",
              "priority": 10,
              "tried": false,
              "takes": true,
              "why": null
            }
          ]
        },
        {
          "proxy": {
            "kind": "VirtualNode",
            "name": "payments-v2"
          },
          "listener": {
            "port": 8080,
            "protocol": "http"
          },
          "targets": [
            {
              "virtualNode": "payments-v2",
              "port": 8080,
              "share": 1.0
            }
          ],
          "host": "payments.shop.local:8080",
          "path": "/pay",
          "timeoutMillis": 15000,
          "maxAttempts": 1,
          "worstCaseMillis": 15000,
          "tls": "none"
        }
      ],
      "reasons": [
        "no retry policy is given, so that App Mesh's own holds: 2 more attempts on a failed connection, a reset or a 503"
      ]
    }
    "#);
}

#[test]
fn what_goes_nowhere_says_why() {
    let wrong_port = options("orders", "GET http://payments.shop.local/pay", &[]);
    insta::assert_snapshot!(text(&shop(), &wrong_port), @r"
    GET http://payments.shop.local/pay

    1. virtual node `orders`: nothing takes it

    => the connection is closed
       no backend of virtual node `orders` has port 80 (they have 8080), and the mesh drops other traffic
    ");
    let wrong_host = options("orders", "GET http://payments:8080/pay", &[]);
    insta::assert_snapshot!(text(&shop(), &wrong_host), @r"
    GET http://payments:8080/pay

    1. virtual node `orders`: nothing takes it

    => answered by the proxy: 404, response flag NR
       no backend on port 8080 answers to host `payments:8080`, only `payments.shop.local`
    ");
    let call = options("orders", "grpc://payments:8080/shop.Pay/Go", &[]);
    let told = json(&shop(), call);
    assert_eq!((&told["outcome"], &told["status"], &told["grpcStatus"]), (&"answered".into(), &404.into(), &12.into()));
}

#[test]
fn ports_of_the_loopback_are_those_of_the_bootstrap() {
    let by_ports = |application: &[&str], request: &str| {
        let application = application.iter().map(ToString::to_string).collect();
        let ports = PortOptions { loopback: Some(18_080), application };
        run(&shop(), &TraceOptions { ports, ..options("orders", request, &[]) })
    };
    let told = by_ports(&["8080=18080"], "GET http://localhost:18081/").unwrap().output;
    assert!(told.contains("port 18081 of the loopback stands for `payments.shop.local:8080`"), "{told}");
    let missing = by_ports(&[], "GET http://localhost:18080/").unwrap_err().to_string();
    assert!(missing.starts_with("--loopback: the proxy itself listens on port 8080"), "{missing}");
}

#[test]
fn what_is_left_out_is_named_with_its_place_and_its_finding() {
    let faulty = SHOP.replace("Prefix: /\n", "Path: {Regex: \"/(?!x).*\"}\n");
    assert_ne!(faulty, SHOP);
    let reading = reading(&[("shop.yaml", &faulty)]);
    let options = options("orders", "GET http://payments.shop.local:8080/pay", &[]);
    insta::assert_snapshot!(text(&reading, &options), @r"
    GET http://payments.shop.local:8080/pay

    1. virtual node `orders`: nothing takes it

    => answered by the proxy: 404, response flag NR
       virtual service `payments.shop.local` has no route left, as those it had are left out

    Left out of the mesh, as a proxy would get it:
      shop.yaml:337:13: route payments/payments-canary: left out, as Envoy refuses its pattern: RE2 has no look-around, and `(?!` is one, at offset 1 [invalid-regex]
      shop.yaml:359:13: route payments/payments-split: left out, as Envoy refuses its pattern: RE2 has no look-around, and `(?!` is one, at offset 1 [invalid-regex]
    ");
}

#[test]
fn who_or_what_cannot_be_meant_is_refused() {
    assert_eq!(
        refusal("ordres", "GET http://x/", &[]),
        "the files hold no virtual node or gateway `ordres`; did you mean `orders`?"
    );
    assert_eq!(
        refusal("mesh/shop/virtualGateway/orders", "GET http://x/", &[]),
        "the files hold no virtual node or gateway `mesh/shop/virtualGateway/orders`; they hold frontend, orders, payments-v1, payments-v2, web"
    );
    assert!(refusal("orders", "payments", &[]).starts_with("--request: `payments` is no URL: write METHOD http://"));
    assert_eq!(refusal("orders", "GET http://x/", &["x"]), "--request: -H x: it should read NAME: VALUE");
    let open = reading(&[(
        "shop.yaml",
        &SHOP.replace("VirtualNodeName: orders\n", "VirtualNodeName: !Sub '${Team}-orders'\n"),
    )]);
    for from in ["${Team}-orders", "mesh/shop/virtualNode/${Team}-orders"] {
        assert_eq!(
            run(&open, &options(from, "GET http://x/", &[])).unwrap_err().to_string(),
            format!(
                "`{from}` is a name that the files leave open: give the parameters that decide it with --parameter KEY=VALUE"
            )
        );
    }
    let open = reading(&[("shop.yaml", &SHOP.replace("    Default: shop\n", ""))]);
    assert_eq!(
        run(&open, &options("mesh/${MeshName}/virtualNode/orders", "GET http://x/", &[])).unwrap_err().to_string(),
        "`mesh/${MeshName}/virtualNode/orders` is in the mesh ${MeshName}, whose name the files leave open; give it with --parameter"
    );
    let twice = reading(&[("a.yaml", SHOP), ("b.yaml", &SHOP.replace("Default: shop\n", "Default: other\n"))]);
    let error = run(&twice, &options("orders", "GET http://x/", &[])).unwrap_err();
    let Refused::SeveralProxies { ids, .. } = error else { panic!("{error}") };
    assert_eq!(ids, ["mesh/shop/virtualNode/orders", "mesh/other/virtualNode/orders"]);
}

/// A client of `s.local` on port 80 behind a router, of which some values are open; what comes at the places that are marked.
fn open_mesh(route: &str, listener: &str, more: &str) -> Reading {
    let text = format!(
        "Parameters: {{P: {{Type: String}}}}
Resources:
  Mesh: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: m}}}}
  Client: {{Type: AWS::AppMesh::VirtualNode, Properties: {{MeshName: m, VirtualNodeName: client, Spec: {{Backends: [{{VirtualService: {{VirtualServiceName: s.local}}}}]}}}}}}
  Node: {{Type: AWS::AppMesh::VirtualNode, Properties: {{MeshName: m, VirtualNodeName: a, Spec: {{
    Listeners: [{{PortMapping: {{Port: 8080, Protocol: http}}{listener}}}], ServiceDiscovery: {{DNS: {{Hostname: a.local}}}}}}}}}}
  Router: {{Type: AWS::AppMesh::VirtualRouter, Properties: {{MeshName: m, VirtualRouterName: r, Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}]}}}}}}
  Route: {{Type: AWS::AppMesh::Route, Properties: {{MeshName: m, VirtualRouterName: r, RouteName: x, Spec: {{
    HttpRoute: {{Match: {{Prefix: /}}, Action: {{WeightedTargets: [{{VirtualNode: a, Weight: 1}}]}}{route}}}}}}}}}
  Service: {{Type: AWS::AppMesh::VirtualService, Properties: {{MeshName: m, VirtualServiceName: s.local, Spec: {{Provider: {{VirtualRouter: {{VirtualRouterName: r}}}}}}}}}}
{more}"
    );
    reading(&[("mesh.yaml", &text)])
}

const CERTIFICATE: &str = ", TLS: {Mode: STRICT, Certificate: {ACM: {CertificateArn: !Ref P}}}";
const NAMELESS: &str = "  Other: {Type: AWS::AppMesh::Route, Properties: {MeshName: m, VirtualRouterName: r, RouteName: !Ref P, Spec: {HttpRoute: {Match: {Prefix: /}, Action: {WeightedTargets: [{VirtualNode: a, Weight: 1}]}}}}}\n";

#[test]
fn an_open_certificate_is_no_plaintext() {
    let told = json(&open_mesh("", CERTIFICATE, ""), options("client", "GET http://s.local/", &[]));
    assert_eq!((&told["outcome"], &told["hops"][0]["tls"]), (&"forwarded".into(), &"tls".into()));
    let left_out = told["leftOut"].as_array().unwrap();
    assert!(left_out.iter().all(|own| own["open"] == true), "{left_out:?}");
    let text = text(&open_mesh("", CERTIFICATE, ""), &options("client", "GET http://s.local/", &[]));
    assert!(text.contains("cannot be reached yet: not all of the TLS that is spoken to it is known"), "{text}");
}

#[test]
fn what_is_open_is_neither_a_default_nor_an_answer() {
    let request = options("client", "GET http://s.local/", &[]);
    let timeout = open_mesh(", Timeout: {PerRequest: {Unit: s, Value: !Ref P}}", "", "");
    let said = text(&timeout, &request);
    assert!(!said.contains("no timeout is given"), "{said}");
    assert!(said.contains("the timeout is left out: it is not known"), "{said}");
    // An open name may be that of what is missed.
    let target = open_mesh("", "", "").inventory.resources.len();
    assert_eq!(target, 6);
    let missing = options("client", "GET http://s.local:81/", &[]);
    let told = json(&open_mesh("", "", ""), missing.clone());
    assert_eq!((&told["outcome"], told.get("leftOut")), (&"closed".into(), None));
    let told = json(&open_mesh("", "", NAMELESS), missing);
    assert_eq!(told["outcome"], "unknown");
    assert!(told["reasons"].to_string().contains("without it the answer is: closed"), "{told:#}");
}

#[test]
fn routes_that_only_their_names_put_in_order_are_told() {
    let twin = NAMELESS.replace("!Ref P", "y");
    let said = text(&open_mesh("", "", &twin), &options("client", "GET http://s.local/", &[]));
    assert!(said.contains("route `y` takes it too and comes at the same place as `x`"), "{said}");
    let said = text(&open_mesh("", "", ""), &options("client", "GET http://s.local/", &[]));
    assert!(!said.contains("takes it too"), "{said}");
}
