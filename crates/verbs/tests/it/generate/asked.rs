//! What must be asked: contradictions, and values that the API refuses.

use meshwright_verbs::generate::{GenerateOptions, run};

use super::{generate, notes, options};

/// The lines of an intent's notes that ask something.
fn questions(intent: &str) -> String {
    let answer = generate(intent, &options());
    assert!(answer.has_findings && answer.output.is_empty(), "{}", answer.output);
    answer.notes.lines().filter(|line| line.starts_with("question: ")).collect::<Vec<_>>().join("\n")
}

fn node(listener: &str) -> String {
    format!(r#"{{"virtualNodes": [{{"name": "pay", "listeners": [{listener}]}}]}}"#)
}

#[test]
fn values_outside_their_limits_are_asked_for() {
    insta::assert_snapshot!(questions(&node(r#"{"port": 70000}"#)), @"question: The port of `pay`: 70000 is over 65535. What should it be instead?");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "healthCheck": {"interval": "1s", "unhealthyThreshold": 11}}"#)), @"
question: The interval of the health check of `pay`, in milliseconds: 1000 is under 5000. What should it be instead?
question: The unhealthy threshold of `pay`: 11 is over 10. What should it be instead?
");
    insta::assert_snapshot!(questions(r#"{"tags": {"aws:x": "y"}, "mesh": {"name": "m", "action": "create"}}"#), @"question: AWS keeps tags that begin with `aws:` for itself, as `aws:x` does. What should it be called?");
}

#[test]
fn contradictions_of_a_listener_are_asked_about() {
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "healthCheck": {"port": 81}}"#)), @"question: The health check of `pay` is for port 81, but a check must use the listener's port, 80. Which port is meant?");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "protocol": "tcp", "healthCheck": {"protocol": "grpc"}}"#)), @"question: `pay` speaks tcp, which cannot be checked over grpc. Which protocol should the health check use?");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "tls": {"mode": "disabled", "mutual": true}}"#)), @"question: `pay` is to do without TLS and to ask clients for certificates. Which of the two holds?");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "tls": {"mutual": true, "trust": {"acm": {}}}}"#)), @"question: `pay` cannot trust private CAs of AWS for its clients' certificates: listeners know files and a Secret Discovery Service. Which of them is it?");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "protocol": "http2", "connectionPool": {"maxConnections": 5}}"#)), @"question: A limit on connections does not exist for `pay`, which speaks http2: only requests at a time can be limited there. Which limit is meant?");
    let client = r#"{"virtualNodes": [{"name": "a", "calls": [{"to": "b", "tls": {"certificate": {"acm": {}}}}]}]}"#;
    insta::assert_snapshot!(questions(client), @"question: `a` cannot show a certificate of AWS Certificate Manager as a client: App Mesh knows files and a Secret Discovery Service there. Which of them is it?");
}

#[test]
fn what_nobody_would_want_is_asked_about() {
    let own = r#"{"virtualNodes": [{"name": "web", "calls": [{"to": "web"}]}]}"#;
    insta::assert_snapshot!(questions(own), @"question: Which services does `web` call? It would call itself.");
    let environment = r#"{"environments": ["staging"], "virtualNodes": [{"name": "staging"}, {"name": "web"}]}"#;
    insta::assert_snapshot!(questions(environment), @"question: `staging` is an environment. Should a virtual node be called so too?");
}

/// Questions about a router with these routes.
fn of_routes(routes: &str) -> String {
    questions(&format!(r#"{{"virtualRouters": [{{"name": "r", "routes": [{routes}]}}]}}"#))
}

#[test]
fn shares_that_do_not_add_up_are_asked_about() {
    let targets = |targets: &str| of_routes(&format!(r#"{{"targets": [{targets}]}}"#));
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 90}, {"node": "b", "weight": 20}"#), @"question: The shares (`a` 90, `b` 20) add up to 110 %. Which should they be?");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 0}, {"node": "b", "weight": 0}"#), @"question: All weights are 0, so that no request goes anywhere. Which share should `a` and `b` get?");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 90}"#), @"question: `a` is to get 90 % of the requests. Where should the other 10 % go?");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 100}, {"node": "b"}"#), @"question: The shares add up to 100 % already. What is left for `b`?");
    insta::assert_snapshot!(targets(""), @"question: Where should the route send its requests?");
}

#[test]
fn routes_that_could_never_be_taken_are_asked_about() {
    let header = r#"{"match": {"headers": [{"name": "x"}]}, "priority": 10, "targets": [{"node": "b"}]}"#;
    insta::assert_snapshot!(of_routes(&format!(r#"{{"priority": 1, "targets": [{{"node": "a"}}]}}, {header}"#)), @"question: With priority 1, `r-default-route` takes every request before `b-route` could. Which of them should be tried first?");
    let rest = r#"{"match": {"otherwise": true}, "targets": [{"node": "b"}]}"#;
    insta::assert_snapshot!(of_routes(&format!(r#"{{"targets": [{{"node": "a"}}]}}, {rest}"#)), @"question: Which requests should go to `a`, if all others go to `b`?");
    insta::assert_snapshot!(of_routes(r#"{"protocol": "grpc", "match": {"path": {"prefix": "/x"}}, "targets": [{"node": "a"}]}"#), @"question: Route `a-route` is for grpc, which cannot be matched by a path. What should tell its requests from others?");
    insta::assert_snapshot!(of_routes(r#"{"protocol": "http", "retry": {"events": ["unavailable", "oops"]}, "targets": [{"node": "a"}]}"#), @"
question: Route `a-route` is for http, and `unavailable` is an event of grpc. Is the route for grpc, or is another event meant?
question: Route `a-route` is to retry on `oops`, which is no event of App Mesh. Which of server-error, gateway-error, client-error, stream-error, connection-error, cancelled, deadline-exceeded, internal, resource-exhausted, unavailable is meant?
");
}

#[test]
fn gateways_are_asked_about_what_they_cannot() {
    let gateway = |body: &str| questions(&format!(r#"{{"virtualGateways": [{{"name": "g", {body}}}]}}"#));
    insta::assert_snapshot!(gateway(r#""listeners": [{"port": 8080, "protocol": "tcp"}]"#), @"question: Gateway `g` cannot speak tcp: App Mesh's gateways know http, http2 and grpc. Which of them should it speak?");
    insta::assert_snapshot!(gateway(r#""routes": [{"protocol": "grpc", "service": "s"}]"#), @"question: Which gRPC service, with its package, should gateway route `s-route` match?");
    insta::assert_snapshot!(gateway(r#""routes": [{}]"#), @"question: To which virtual service should gateway route `default-route` lead?");
}

#[test]
fn a_request_for_nothing_is_asked_back() {
    insta::assert_snapshot!(notes("{}"), @"
question: What should be made or changed?
error: there is no answer before this is settled
");
    insta::assert_snapshot!(notes(r#"{"removals": [{"kind": "target", "name": "v1"}]}"#), @"
question: From which file should `v1` be taken? Name it with --into FILE.
error: there is no answer before this is settled
");
}

/// What is assumed of an intent, without the reasons, and its whole answer.
fn assumed(intent: &str) -> (String, String) {
    let answer = generate(intent, &options());
    assert!(!answer.has_findings, "{}", answer.notes);
    let lines = answer.notes.lines().filter_map(|line| line.strip_prefix("assumed: "));
    (lines.filter(|line| !line.starts_with("the mesh exists")).collect::<Vec<_>>().join("\n"), answer.output)
}

#[test]
fn what_answers_a_virtual_service_may_be_left_out_or_stand_elsewhere() {
    insta::assert_snapshot!(assumed(r#"{"virtualServices": [{"name": "x.local"}]}"#).0, @"nothing answers the requests to `x.local` yet");
    insta::assert_snapshot!(assumed(r#"{"virtualServices": [{"name": "x.local", "provider": {"router": "r"}}]}"#).0, @"virtual router `r` exists already");
    insta::assert_snapshot!(assumed(r#"{"virtualServices": [{"name": "x.local", "provider": {"node": "n"}}]}"#).0, @"virtual node `n` exists already");
}

#[test]
fn a_change_without_a_file_leaves_the_rest_to_parameters() {
    let route = r#"{"routes": [{"name": "r", "action": "change", "timeout": {"perRequest": "60s"}}]}"#;
    let (_, text) = assumed(route);
    assert!(text.contains("VirtualNode: !Ref TargetVirtualNodeName") && text.contains("Value: 60"), "{text}");
    let gateway_route = r#"{"gatewayRoutes": [{"name": "api", "action": "change", "priority": 5}]}"#;
    let (_, text) = assumed(gateway_route);
    assert!(text.contains("VirtualServiceName: !Ref TargetVirtualServiceName"), "{text}");
}

#[test]
fn a_part_of_an_answer_stays_sound() {
    let options = GenerateOptions { partial: true, ..options() };
    let answer = generate(&node(r#"{"port": 70000}"#), &options);
    assert!(answer.has_findings);
    assert!(answer.output.contains("Port: !Ref PortOfPay"), "{}", answer.output);
}

#[test]
fn a_range_with_one_end_has_another_that_survives_every_reader() {
    let options = |request: &str| GenerateOptions { request: Some(request.to_owned()), intent: None, ..options() };
    let read = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    for (words, range) in [("2 or higher", ["2", "9007199254740991"]), ("at most 9", ["-9007199254740991", "10"])] {
        let json = GenerateOptions {
            notation: Some(meshwright_verbs::convert::NotationName::Json),
            ..options(&format!("http route r in router r in mesh m to n if header x-num is {words}"))
        };
        let answer = run(&json, None, false).unwrap();
        assert!(!answer.has_findings, "{}", answer.notes);
        let resources = read(&answer.output)["Resources"].clone();
        let route = resources.as_object().unwrap().values().find(|it| it["Type"] == "AWS::AppMesh::Route").unwrap();
        let written = &route["Properties"]["Spec"]["HttpRoute"]["Match"]["Headers"][0]["Match"]["Range"];
        // As whoever knows no numbers but floating ones would say it again.
        let again = ["Start", "End"].map(|end| format!("{:.0}", written[end].as_f64().unwrap()));
        assert_eq!(again, range);
        assert_eq!(again, ["Start", "End"].map(|end| written[end].to_string()));
        assert!(answer.notes.contains("matches the whole numbers from"), "{}", answer.notes);
    }
}
