//! `bootstrap`: which proxy is meant, what beats what, and files of the user's.

use std::collections::BTreeMap;

use clap::Parser;
use insta::assert_snapshot;
use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_verbs::Answer;
use meshwright_verbs::bootstrap::{BootstrapOptions, run};
use serde_json::Value;

const MESH: &str = "\
Resources:
  Orders: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: orders, Spec: {}}}
  Shared: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: all, MeshOwner: '123456789012', VirtualNodeName: pay, Spec: {}}}
  Open: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: !Ref M, VirtualNodeName: open, Spec: {}}}
  Both: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: edge, Spec: {}}}
  Gate: {Type: AWS::AppMesh::VirtualGateway, Properties: {MeshName: shop, VirtualGatewayName: edge, Spec: {Listeners: [{PortMapping: {Port: 80, Protocol: http}}]}}}
  R: {Type: AWS::AppMesh::VirtualRouter, Properties: {MeshName: shop, VirtualRouterName: orders, Spec: {}}}
Parameters: {M: {Type: String}}
";

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: BootstrapOptions,
}

/// Answers arguments, in an environment, beside files.
fn bootstrap(arguments: &[&str], environment: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Answer, String> {
    let options = Arguments::parse_from([&["bootstrap"], arguments].concat()).options;
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let reading = options.files().map(|_| mesh());
    let open = |name: &str| {
        let file = files.iter().find(|(known, _)| *known == name);
        file.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "there is no such file".to_owned())
    };
    run(reading.as_ref(), &options, &environment, &open).map_err(|why| why.to_string())
}

fn mesh() -> Reading {
    read(vec![Input { name: "mesh.yaml".to_owned(), bytes: MESH.into() }], &Options::default())
}

fn json(answer: Result<Answer, String>) -> Value {
    serde_json::from_str(&answer.unwrap().output).unwrap()
}

const XDS: &str = "--xds=http://127.0.0.1:18000";

/// By what name a proxy calls itself, or why there is none.
fn id(arguments: &[&str], environment: &[(&str, &str)]) -> Result<String, String> {
    let answer = bootstrap(&[arguments, &[XDS]].concat(), environment, &[])?;
    Ok(json(Ok(answer))["node"]["id"].as_str().unwrap().to_owned())
}

#[test]
fn a_bare_name_is_looked_up_in_files() {
    let file = "mesh.yaml";
    assert_eq!(id(&["orders", file], &[]), Ok("mesh/shop/virtualNode/orders".to_owned()));
    assert_eq!(id(&["pay", file], &[]), Ok("mesh/all@123456789012/virtualNode/pay".to_owned()));
    let arn = "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualGateway/edge";
    assert_eq!(id(&[arn, file], &[]), Ok(arn.to_owned()));
    assert_snapshot!(id(&["order", file], &[]).unwrap_err(), @"the files hold no virtual node or gateway `order`; did you mean `orders`?");
    assert_snapshot!(id(&["edge", file], &[]).unwrap_err(), @"`edge` may be any of mesh/shop/virtualNode/edge, mesh/shop/virtualGateway/edge: give its whole name, or --mesh");
    assert_snapshot!(id(&["open", file], &[]).unwrap_err(), @"`open` is in the mesh ${M}, whose name the files leave open; give it with --parameter");
    assert_snapshot!(id(&["mesh/shop/virtualNode/oders", file], &[]).unwrap_err(), @"the files hold no virtual node or gateway `mesh/shop/virtualNode/oders`; did you mean `orders`?");
    assert_snapshot!(id(&["mesh/other/virtualNode/orders", file], &[]).unwrap_err(), @"the files hold no virtual node or gateway `mesh/other/virtualNode/orders`; they hold edge, open, orders, pay");
}

#[test]
fn without_files_the_whole_name_is_due() {
    let variable = |name| (name, "mesh/shop/virtualGateway/g");
    assert_eq!(
        id(&["mesh/shop/virtualNode/n"], &[variable("APPMESH_RESOURCE_ARN")]),
        Ok("mesh/shop/virtualNode/n".into())
    );
    for name in ["APPMESH_RESOURCE_ARN", "APPMESH_RESOURCE_NAME", "APPMESH_VIRTUAL_NODE_NAME"] {
        assert_eq!(id(&[], &[variable(name)]), Ok("mesh/shop/virtualGateway/g".to_owned()), "{name}");
    }
    assert_snapshot!(id(&["orders"], &[]).unwrap_err(), @"`orders` is a bare name: give the files that hold it too, or call it `mesh/MESH/virtualNode/orders` or `mesh/MESH/virtualGateway/orders`");
    assert_snapshot!(id(&[], &[]).unwrap_err(), @"no proxy is named: give NODE, or set APPMESH_RESOURCE_ARN");
    assert_snapshot!(id(&["mesh/shop/virtualRouter/r"], &[]).unwrap_err(), @"`mesh/shop/virtualRouter/r` is a virtual router, and only virtual nodes and virtual gateways have a proxy");
    assert_snapshot!(id(&["mesh/shop"], &[]).unwrap_err(), @"`mesh/shop` is a mesh, and only virtual nodes and virtual gateways have a proxy");
}

const NODE: &str = "mesh/shop/virtualNode/n";

#[test]
fn an_option_beats_a_variable() {
    let environment = [
        ("APPMESH_XDS_ENDPOINT", "unix:///a"),
        ("APPMESH_RESOURCE_CLUSTER", "a"),
        ("ENVOY_ADMIN_ACCESS_PORT", "1"),
        ("ENABLE_ENVOY_XRAY_TRACING", "1"),
        ("ENABLE_ENVOY_STATS_TAGS", "nonsense"),
    ];
    let options = [
        NODE,
        XDS,
        "--cluster=b",
        "--env=APPMESH_RESOURCE_CLUSTER=c",
        "--admin-port=2",
        "--tracing=jaeger",
        "--env=ENABLE_ENVOY_STATS_TAGS=false",
    ];
    let bootstrap = json(bootstrap(&options, &environment, &[]));
    assert_eq!(bootstrap["node"]["cluster"], "b");
    assert_eq!(bootstrap["admin"]["address"]["socket_address"]["port_value"], 2);
    assert_eq!(bootstrap["tracing"]["http"]["name"], "envoy.tracers.zipkin");
    let channel = bootstrap.pointer("/dynamic_resources/ads_config/grpc_services/0/google_grpc/target_uri");
    assert_eq!(channel.unwrap(), "127.0.0.1:18000");
}

#[test]
fn an_error_calls_a_value_by_the_name_it_was_given_by() {
    let refusal = |arguments: &[&str]| bootstrap(&[&[NODE], arguments].concat(), &[], &[]).unwrap_err();
    assert_snapshot!(refusal(&["--xds=x"]), @"--xds: `x` is not HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:///PATH");
    assert_snapshot!(refusal(&[XDS, "--admin-port=99999"]), @"--admin-port: `99999` is not a number from 0 to 65535");
    assert_snapshot!(refusal(&[XDS, "--env=STATSD_PORT=x", "--env=ENABLE_ENVOY_DOG_STATSD=1"]), @"--env STATSD_PORT: `x` is not a number from 0 to 65535");
    assert_snapshot!(refusal(&[XDS, "--env=STATSD_PROT=1"]), @"no bootstrap depends on the variable `STATSD_PROT`; did you mean `STATSD_PORT`?");
    assert_snapshot!(refusal(&[XDS, "--env=STATSD_PORT"]), @"--env STATSD_PORT: it should read NAME=VALUE");
    assert_snapshot!(refusal(&[]), @"the region is not known: name the proxy by its full ARN, give a region (AWS_REGION), or a control plane whose address needs none (http://, https:// or unix://)");
}

#[test]
fn a_bootstrap_for_app_mesh_itself_says_that_envoy_cannot_run_it() {
    let answer = bootstrap(&[NODE, "--region=eu-west-1"], &[], &[]).unwrap();
    assert_snapshot!(answer.notes, @"note: this control plane asks for calls signed with AWS credentials, which App Mesh's Envoy can do and Envoy 1.40 cannot; reach one of your own with --xds http://, https:// or unix://");
    assert_eq!(bootstrap(&[NODE, XDS], &[], &[]).unwrap().notes, "");
}

#[test]
fn files_of_the_user_are_merged() {
    let tracing = "tracing:\n  http: {name: envoy.tracers.own}\nadmin: {address: {pipe: {path: /a}}}\n";
    let resources = r#"{"staticResources": {"clusters": [{"name": "own"}]}}"#;
    let environment = [
        ("ENVOY_TRACING_CFG_FILE", "t.yaml"),
        ("ENVOY_RESOURCES_CONFIG_FILE", "r.json"),
        ("ENABLE_ENVOY_JAEGER_TRACING", "1"),
        ("APPMESH_SDS_SOCKET_PATH", "/sds"),
    ];
    let files = [("t.yaml", tracing), ("r.json", resources)];
    let answer = bootstrap(&[NODE, XDS], &environment, &files).unwrap();
    assert_snapshot!(answer.notes, @"note: ENVOY_TRACING_CFG_FILE t.yaml: its `admin` replaces that of the bootstrap");
    let bootstrap = json(Ok(answer));
    assert_eq!(bootstrap["tracing"]["http"]["name"], "envoy.tracers.own");
    let clusters = bootstrap["static_resources"]["clusters"].as_array().unwrap();
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["static_cluster_sds_unix_socket", "own"]);
}

#[test]
fn a_file_that_is_none_is_named_with_its_variable() {
    let refusal = |text: &str| {
        let files = [("f.yaml", text)];
        bootstrap(&[NODE, XDS], &[("ENVOY_STATS_SINKS_CFG_FILE", "f.yaml")], &files).unwrap_err()
    };
    assert_snapshot!(refusal("a: [1\n"), @"ENVOY_STATS_SINKS_CFG_FILE f.yaml: unclosed bracket '[' at line 1, column 4");
    assert_snapshot!(refusal("a: 1\n"), @"ENVOY_STATS_SINKS_CFG_FILE f.yaml: it has no `stats_sinks`");
    assert_snapshot!(refusal(""), @"ENVOY_STATS_SINKS_CFG_FILE f.yaml: it is empty");
    let missing = bootstrap(&[NODE, XDS], &[("ENVOY_STATS_CONFIG_FILE", "gone.yaml")], &[]).unwrap_err();
    assert_snapshot!(missing, @"ENVOY_STATS_CONFIG_FILE gone.yaml: there is no such file");
}

#[test]
fn a_file_for_the_whole_stands_for_it_unless_it_is_empty() {
    let environment = [("ENVOY_CONFIG_FILE", "whole.yaml")];
    let answer = bootstrap(&[], &environment, &[("whole.yaml", "admin: {}\n")]).unwrap();
    assert_eq!(answer.output, "{\n  \"admin\": {}\n}\n");
    assert_eq!(answer.notes, "note: ENVOY_CONFIG_FILE stands for the whole bootstrap\n");
    let answer = bootstrap(&[NODE, XDS], &environment, &[("whole.yaml", "")]).unwrap();
    assert!(answer.output.contains(NODE));
}

/// Orders calls payments, of which AWS Cloud Map knows; a second backend is not in the mesh.
const FROZEN: &str = "\
Resources:
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        Backends:
          - VirtualService: {VirtualServiceName: payments.shop.local}
          - VirtualService: {VirtualServiceName: gone.shop.local}
  Payments:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: payments
      Spec:
        Listeners:
          - PortMapping: {Port: 9000, Protocol: http}
            TLS: {Mode: STRICT, Certificate: {ACM: {CertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1a'}}}
        ServiceDiscovery: {AWSCloudMap: {NamespaceName: shop.local, ServiceName: payments, Attributes: [{Key: v, Value: '1'}]}}
  PaymentsService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: payments.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: payments}}}
  Gate: {Type: AWS::AppMesh::VirtualGateway, Properties: {MeshName: shop, VirtualGatewayName: edge, Spec: {Listeners: [{PortMapping: {Port: 80, Protocol: http}}]}}}
";

/// Freezes the mesh above.
fn frozen(arguments: &[&str]) -> Result<Answer, String> {
    let arguments = [&["bootstrap", "--static"], arguments, &["frozen.yaml"]].concat();
    let options = Arguments::try_parse_from(arguments).map_err(|why| why.to_string())?.options;
    let reading = read(vec![Input { name: "frozen.yaml".to_owned(), bytes: FROZEN.into() }], &Options::default());
    run(Some(&reading), &options, &BTreeMap::new(), &|_| Err(String::new())).map_err(|why| why.to_string())
}

#[test]
fn a_mesh_is_frozen_with_all_that_is_known_of_it() {
    let instances =
        ["--instance", "payments.shop.local[v=1]=10.0.0.7", "--instance", "payments.shop.local[v=2]=10.0.0.8"];
    let answer = frozen(&[&["orders"], &instances[..]].concat()).unwrap();
    assert!(answer.has_findings, "a backend is left out");
    assert_snapshot!(answer.notes, @r"
    note: left out: frozen.yaml:11:13: virtual node orders: virtual service `gone.shop.local` is not in the mesh
    note: --instance payments.shop.local[v=2]=10.0.0.8: it is a host of no virtual node that the proxy sends to; they ask for 'payments.shop.local[v=1]=ADDRESS'
    note: put the root to which arn:aws:acm:eu-west-1:123456789012:certificate/1a chains into /etc/meshwright/certificates/1a/authorities.pem
    ");
    let json: Value = serde_json::from_str(&answer.output).unwrap();
    assert_eq!(json["dynamic_resources"], Value::Null);
    let clusters = json["static_resources"]["clusters"].as_array().unwrap();
    let payments = clusters.iter().find(|own| own["name"] == "cds_egress_shop_payments_http_9000").unwrap();
    let hosts = payments["load_assignment"]["endpoints"][0]["lb_endpoints"].as_array().unwrap();
    assert_eq!(hosts.len(), 1, "only one bears the attribute: {hosts:?}");
    assert_eq!(hosts[0]["endpoint"]["address"]["socket_address"]["address"], "10.0.0.7");
}

#[test]
fn without_rights_each_backend_has_a_port() {
    let answer = frozen(&["orders", "--loopback", "16000", "--application", "8080=16000"]).unwrap();
    assert_snapshot!(answer.notes, @r"
    note: left out: frozen.yaml:11:13: virtual node orders: virtual service `gone.shop.local` is not in the mesh
    note: no instance of virtual node `payments` is known, as AWS Cloud Map would: give --instance 'payments.shop.local[v=1]=ADDRESS' for each; until then it has no host
    note: put the root to which arn:aws:acm:eu-west-1:123456789012:certificate/1a chains into /etc/meshwright/certificates/1a/authorities.pem
    note: 127.0.0.1:16001 leads to payments.shop.local:9000
    note: the application must listen on 127.0.0.1:16000, as the proxy has port 8080
    ");
    let json: Value = serde_json::from_str(&answer.output).unwrap();
    let listeners = json["static_resources"]["listeners"].as_array().unwrap();
    let names: Vec<&str> = listeners.iter().map(|own| own["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["lds_ingress_0.0.0.0_8080", "lds_egress_127.0.0.1_16001"]);
}

#[test]
fn what_cannot_be_frozen_says_why() {
    let refusal = |arguments: &[&str]| frozen(arguments).unwrap_err();
    assert_snapshot!(refusal(&["orders", "--loopback", "16000"]), @"--loopback: the proxy itself listens on port 8080 of the node; say where its application does: --application 8080=PORT");
    assert_snapshot!(refusal(&["orders", "--loopback", "65535", "--application", "8080=65535"]), @"--loopback 65535: there are fewer ports from there to 65535 than backends; give a lower one");
    assert_snapshot!(refusal(&["edge", "--loopback", "16000"]), @"--loopback: a virtual gateway is dialled by its clients; ports of the loopback are for virtual nodes");
    assert_snapshot!(refusal(&["orders", "--loopback", "16000", "--application", "8080"]), @"--application 8080: it should read PORT=PORT, the node's port and that of its application, each from 1 to 65535");
    for instance in
        ["payments=10.0.0.1", "payments.shop.local=host", "payments.shop.local[v]=10.0.0.1", ".x=::1", "a.b"]
    {
        assert!(refusal(&["orders", "--instance", instance]).contains("it should read"), "{instance}");
    }
    assert!(refusal(&["orders", "--xds", "http://127.0.0.1:1"]).contains("cannot be used with"));
}

#[test]
fn what_only_a_frozen_mesh_has_is_not_ignored_without_one() {
    for only in ["--instance=a.b=10.0.0.1", "--loopback=16000", "--certificates=/c"] {
        for others in [&[][..], &[XDS], &["--ca=/ca"]] {
            let arguments = [&["bootstrap", "orders", "m.yaml", only], others].concat();
            assert!(Arguments::try_parse_from(arguments).is_err(), "{only} {others:?}");
        }
    }
}

/// A node with two ports and three backends, and a gateway on the port of Envoy's administration.
fn ported() -> String {
    let backend = |name: &str| {
        format!(
            "
  {name}: {{Type: AWS::AppMesh::VirtualNode, Properties: {{MeshName: m, VirtualNodeName: {name}, Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}], ServiceDiscovery: {{DNS: {{Hostname: {name}.local}}}}}}}}}}
  {name}s: {{Type: AWS::AppMesh::VirtualService, Properties: {{MeshName: m, VirtualServiceName: {name}.local, Spec: {{Provider: {{VirtualNode: {{VirtualNodeName: {name}}}}}}}}}}}"
        )
    };
    let backends: String = ["a", "b", "c"].into_iter().map(backend).collect();
    let called: Vec<String> =
        ["a", "b", "c"].map(|name| format!("{{VirtualService: {{VirtualServiceName: {name}.local}}}}")).into();
    let called = called.join(", ");
    format!(
        "
Resources:{backends}
  N: {{Type: AWS::AppMesh::VirtualNode, Properties: {{MeshName: m, VirtualNodeName: n, Spec: {{Listeners: [{{PortMapping: {{Port: 7070, Protocol: http}}}}, {{PortMapping: {{Port: 7071, Protocol: http}}}}], Backends: [{called}]}}}}}}
  G: {{Type: AWS::AppMesh::VirtualGateway, Properties: {{MeshName: m, VirtualGatewayName: g, Spec: {{Listeners: [{{PortMapping: {{Port: 9901, Protocol: http}}}}]}}}}}}
"
    )
}

/// Freezes that mesh.
fn ports(arguments: &[&str], environment: &[(&str, &str)]) -> Result<String, String> {
    let reading = read(vec![Input { name: "m.yaml".to_owned(), bytes: ported().into() }], &Options::default());
    let options = Arguments::parse_from([&["bootstrap", "--static"], arguments, &["m.yaml"]].concat()).options;
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let answer = run(Some(&reading), &options, &environment, &|_| Err(String::new()));
    answer.map(|answer| answer.notes).map_err(|why| why.to_string())
}

#[test]
fn each_port_is_for_one() {
    let refusal = |arguments: &[&str]| ports(arguments, &[]).unwrap_err();
    let node = |first: &str, one: &str, other: &str| {
        ports(&["n", "--loopback", first, "--application", one, "--application", other], &[])
    };
    assert!(node("7069", "7070=18080", "7071=18080").is_ok(), "one application may stand behind both");
    assert_snapshot!(node("18000", "7070=7070", "7071=18071").unwrap_err(), @"port 7070 is wanted twice, for the node's listener and for the application: give another with --application");
    assert_snapshot!(node("18000", "7070=7071", "7071=18071").unwrap_err(), @"port 7071 is wanted twice, for the node's listener and for the application: give another with --application");
    assert_snapshot!(node("9900", "7070=18070", "7071=18071").unwrap_err(), @"port 9901 is wanted twice, for backend b.local:80 and for Envoy's administration: give another with --loopback or --admin-port");
    assert_snapshot!(node("18000", "7070=18070", "7071=9901").unwrap_err(), @"port 9901 is wanted twice, for the application and for Envoy's administration: give another with --application or --admin-port");
    assert_snapshot!(refusal(&["n", "--admin-port", "7070"]), @"port 7070 is wanted twice, for the application and for Envoy's administration: give another with --admin-port");
    assert_snapshot!(refusal(&["n", "--admin-port", "15000"]), @"port 15000 is wanted twice, for redirected connections and for Envoy's administration: give another with --admin-port");
    assert_snapshot!(refusal(&["g"]), @"port 9901 is wanted twice, for the gateway's listener and for Envoy's administration: give another with --admin-port");
    assert!(ports(&["g", "--admin-port", "9902"], &[]).is_ok());
    assert!(ports(&["g"], &[("ENVOY_ADMIN_MODE", "uds")]).is_ok());
}

#[test]
fn an_application_stands_behind_ports_of_its_node() {
    let refusal = |applications: &[&str]| {
        let applications = applications.iter().flat_map(|one| ["--application", *one]);
        let arguments: Vec<&str> = ["n", "--loopback", "18000"].into_iter().chain(applications).collect();
        ports(&arguments, &[]).unwrap_err()
    };
    assert_snapshot!(refusal(&["7070=18070", "1234=5"]), @"--application 1234=5: the node has no port 1234; it has 7070, 7071");
    assert_snapshot!(refusal(&["7070=18070", "7070=18071"]), @"--application 7070=18071: port 7070 of the node is given another one before; keep one of them");
    assert_snapshot!(refusal(&["7070=18070"]), @"--loopback: the proxy itself listens on port 7071 of the node; say where its application does: --application 7071=PORT");
}

/// What is said of hosts where orders calls the payments of a mesh.
fn said_of_hosts(mesh: &str, instances: &[&str]) -> String {
    let given = instances.iter().flat_map(|instance| ["--instance", *instance]);
    let arguments = ["bootstrap", "orders", "m.yaml", "--static"].into_iter().chain(given);
    let reading = read(vec![Input { name: "m.yaml".to_owned(), bytes: mesh.into() }], &Options::default());
    let options = Arguments::parse_from(arguments).options;
    run(Some(&reading), &options, &BTreeMap::new(), &|_| Err(String::new())).unwrap().notes
}

#[test]
fn who_is_left_without_a_host_and_what_is_a_host_of_nobody_is_said() {
    let shop = include_str!("../../../../corpus/shop/shop.yaml");
    let said = |instances: &[&str]| said_of_hosts(shop, instances);
    assert_eq!(said(&["payments.shop.local[version=v1]=10.0.0.7", "payments.shop.local[version=v2]=::7"]), "");
    assert_snapshot!(said(&["payments.shop.local=10.0.0.7"]), @r"
    note: no instance of virtual node `payments-v1` is known, as AWS Cloud Map would: give --instance 'payments.shop.local[version=v1]=ADDRESS' for each; until then it has no host
    note: no instance of virtual node `payments-v2` is known, as AWS Cloud Map would: give --instance 'payments.shop.local[version=v2]=ADDRESS' for each; until then it has no host
    note: --instance payments.shop.local=10.0.0.7: it is a host of no virtual node that the proxy sends to; they ask for 'payments.shop.local[version=v1]=ADDRESS', 'payments.shop.local[version=v2]=ADDRESS'
    ");
    assert_snapshot!(said(&["payments.shop.local[version=v1,zone=a]=10.0.0.7", "pay.shop.local=10.0.0.8"]), @r"
    note: no instance of virtual node `payments-v2` is known, as AWS Cloud Map would: give --instance 'payments.shop.local[version=v2]=ADDRESS' for each; until then it has no host
    note: --instance pay.shop.local=10.0.0.8: the proxy sends to nothing that is found under that name
    ");
    let six = shop.replace("ServiceName: payments\n", "ServiceName: payments\n            IpPreference: IPv6_ONLY\n");
    assert_ne!(six, shop);
    assert_snapshot!(said_of_hosts(&six, &["payments.shop.local[version=v1]=10.0.0.7", "payments.shop.local[version=v2]=::7"]), @r"
    note: no instance of virtual node `payments-v1` is known, as AWS Cloud Map would: give --instance 'payments.shop.local[version=v1]=IPV6_ADDRESS' for each; until then it has no host
    note: --instance payments.shop.local[version=v1]=10.0.0.7: it is a host of no virtual node that the proxy sends to; they ask for 'payments.shop.local[version=v1]=IPV6_ADDRESS', 'payments.shop.local[version=v2]=IPV6_ADDRESS'
    ");
}
