//! Instances that are registered, and a real Envoy that sends to them.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::proxies::{Proxy, call, envoy, free_port, is_settled, until};
use crate::serve::Server;

/// An application that answers with its name, for as long as the test.
fn application(address: SocketAddr, name: &'static str) {
    let listener = TcpListener::bind(address).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                while stream.read(&mut head).is_ok_and(|length| length > 0) {
                    let length = name.len();
                    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{name}");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// What a path of the gateway's is answered with: the status and the body.
fn ask(port: u16, path: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    let _ = write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let status = answer.split(' ').nth(1).unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    if status == "200" { body.to_owned() } else { status.to_owned() }
}

/// Who answers, of many requests.
fn answering(port: u16, path: &str) -> BTreeSet<String> {
    (0..20).map(|_| ask(port, path)).collect()
}

fn endpoint(server: &Server, method: &str, path: &str, body: &Value) -> (u16, Value) {
    Server::ask(&server.address, method, &format!("/meshwright/endpoints{path}"), &body.to_string()).unwrap()
}

/// Two nodes over one service, of which one takes blue instances alone, behind a gateway.
fn mesh(server: &Server, gateway: u16, port: u16) {
    let listening = |port| json!([{"portMapping": {"port": port, "protocol": "http"}}]);
    call(server, "PUT", "", &json!({"meshName": "shop"}));
    let gateway = json!({"virtualGatewayName": "web", "spec": {"listeners": listening(gateway)}});
    call(server, "PUT", "/shop/virtualGateways", &gateway);
    for (name, attributes) in [("orders", json!([])), ("blue", json!([{"key": "stage", "value": "blue"}]))] {
        let mut map = json!({"namespaceName": "local", "serviceName": "orders"});
        if attributes != json!([]) {
            map["attributes"] = attributes;
        }
        let spec = json!({"listeners": listening(port), "serviceDiscovery": {"awsCloudMap": map}});
        call(server, "PUT", "/shop/virtualNodes", &json!({"virtualNodeName": name, "spec": spec}));
        let service = format!("{name}.local");
        let provider = json!({"provider": {"virtualNode": {"virtualNodeName": name}}});
        call(server, "PUT", "/shop/virtualServices", &json!({"virtualServiceName": service, "spec": provider}));
        let target = json!({"virtualService": {"virtualServiceName": service}});
        let spec = json!({"httpRoute": {"match": {"prefix": format!("/{name}")}, "action": {"target": target}}});
        let route = json!({"gatewayRouteName": name, "spec": spec});
        call(server, "PUT", "/shop/virtualGateway/web/gatewayRoutes", &route);
    }
}

#[test]
fn requests_reach_instances_for_as_long_as_their_lease() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let xds = format!("unix://{}", folder.path().join("xds.sock").display());
    let server = Server::start(&["--ads", &xds]);
    let (gateway, port) = (free_port(), free_port());
    application(([127, 0, 0, 2], port).into(), "one");
    application(([127, 0, 0, 3], port).into(), "two");
    mesh(&server, gateway, port);
    let proxy = Proxy::start(&envoy, folder.path(), "web", &xds);
    until("it has accepted everything", || is_settled(&server));
    until("nobody is there yet", || ask(gateway, "/orders") == "503");

    let blue = json!({"ipv4": "127.0.0.2", "attributes": {"stage": "blue"}});
    let (status, said) = endpoint(&server, "PUT", "/local/orders/one", &blue);
    assert_eq!((status, &said["leaseSeconds"]), (200, &Value::Null), "{said}");
    let mut green = json!({"ipv4": "127.0.0.3", "port": port, "attributes": {"stage": "green"}});
    let (status, said) = endpoint(&server, "PUT", "/local/orders/two", &green);
    assert_eq!((status, &said["attributes"]["AWS_INSTANCE_PORT"]), (200, &json!(port.to_string())), "{said}");
    let both = BTreeSet::from(["one".to_owned(), "two".to_owned()]);
    let first = BTreeSet::from(["one".to_owned()]);
    until("both are reached", || answering(gateway, "/orders") == both);
    assert_eq!(answering(gateway, "/blue"), first, "a node takes those alone that bear its attributes");
    let listed = |query: &str| endpoint(&server, "GET", query, &json!({})).1["endpoints"].as_array().unwrap().len();
    assert_eq!((listed(""), listed("?service=orders"), listed("?namespace=other")), (2, 2, 0));
    let clusters = proxy.count("cluster_manager.cds.update_success");
    // What has no lease gets one.
    green["leaseSeconds"] = json!(5);
    assert_eq!(endpoint(&server, "PUT", "/local/orders/two", &green).1["leaseSeconds"], 5);
    until("the lease ends", || listed("") == 1);
    until("who is gone is not asked", || answering(gateway, "/orders") == first);
    assert_eq!(endpoint(&server, "DELETE", "/local/orders/one", &json!({})).0, 200);
    until("nobody is left", || ask(gateway, "/orders") == "503");
    assert_eq!(endpoint(&server, "DELETE", "/local/orders/one", &json!({})).0, 404);
    assert_eq!(proxy.count("cluster_manager.cds.update_success"), clusters, "only hosts are told");
}

#[test]
fn a_registration_that_is_none_is_refused_with_the_reason() {
    let server = Server::start(&[]);
    let mut many = json!({"ipv4": "10.0.0.1", "attributes": {}});
    for number in 0..40 {
        many["attributes"][number.to_string()] = json!("x");
    }
    for (body, why) in [
        (json!({}), "needs an address"),
        (json!({"ipv4": "10.0.0.256"}), "the body: "),
        (json!({"ipv4": "10.0.0.1", "lease": 5}), "unknown field `lease`"),
        (json!({"ipv4": "10.0.0.1", "leaseSeconds": 4}), "leaseSeconds: 4 is not 5 to 86400"),
        (json!({"ipv4": "10.0.0.1", "leaseSeconds": 86401}), "is not 5 to 86400"),
        (json!({"ipv6": "::1", "port": 0}), "port: it is 1 to 65535"),
        (json!({"ipv6": "::1", "attributes": {"AWS_INSTANCE_IPV6": "::2"}}), "follows from the body"),
        (json!({"ipv6": "::1", "attributes": {"a b": "c"}}), "attributes.a b: "),
        (many, "there may be 30"),
    ] {
        let (status, said) = endpoint(&server, "PUT", "/local/orders/one", &body);
        assert!(status == 400 && said["message"].as_str().unwrap().contains(why), "{body}: {status} {said}");
    }
    let long = format!("/local/orders/{}", "x".repeat(65));
    assert_eq!(endpoint(&server, "PUT", &long, &json!({"ipv6": "::1"})).0, 400);
    assert_eq!(endpoint(&server, "PUT", "/local/orders", &json!({"ipv6": "::1"})).0, 404);
    assert_eq!(endpoint(&server, "GET", "/local/orders/one", &json!({})).0, 405);
    assert_eq!(endpoint(&server, "GET", "", &json!({})).1, json!({"endpoints": []}));
}
