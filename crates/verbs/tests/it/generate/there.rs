//! `generate --into` by the names that the files have: whole or in part, wherever they stand in the sentence; and what is said of
//! nothing is said of the only thing it can be.

use super::whole::{changes, refused};

const MARKET: (&str, &str) = ("market.yml", include_str!("into/market.yml"));
/// One route alone, whose nodes stand elsewhere.
const LONE: (&str, &str) = ("lone.json", include_str!("into/lone.json"));

#[test]
fn a_name_of_the_file_is_known_wherever_it_stands() {
    insta::assert_snapshot!(changes(MARKET, "let FrontDesk take at most 50 connections"), @"
-        Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }]
+        Listeners: [{ PortMapping: { Port: 8080, Protocol: http }, ConnectionPool: { HTTP: { MaxConnections: 50 } } }]
");
    insta::assert_snapshot!(changes(MARKET, "move FrontDesk to port 9090"), @"
-        Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }]
+        Listeners: [{ PortMapping: { Port: 9090, Protocol: http } }]
");
    insta::assert_snapshot!(changes(MARKET, "cap requests to main-hall at 5 seconds per request"), @"
+          Timeout:
+            PerRequest:
+              Unit: s
+              Value: 5
");
    insta::assert_snapshot!(changes(MARKET, "restrict of-amber-only to GET and the prefix /amber"), @"
-            Prefix: /
+            Prefix: /amber
+            Method: GET
");
}

#[test]
fn a_part_of_a_name_is_enough_where_one_has_it() {
    insta::assert_snapshot!(changes(MARKET, "turn on access logs for the blue backend"), @"
+        Logging:
+          AccessLog:
+            File:
+              Path: /dev/stdout
");
    insta::assert_snapshot!(changes(MARKET, "the amber route should only match when stall_header is exactly amber"), @"
-                Match: { Regex: 'am.*' }
+                Match: { Exact: amber }
");
    insta::assert_snapshot!(changes(MARKET, "get rid of the amber route"), @"
-  AmberRoute:
-    Type: AWS::AppMesh::Route
-    DependsOn: [Router, Amber]
-    Properties:
-      MeshName: market
-      VirtualRouterName: stall
-      RouteName: of-amber-only
-      Spec:
-        Priority: 5
-        HttpRoute:
-          Match:
-            Prefix: /
-            Headers:
-              - Name: stall_header
-                Match: { Regex: 'am.*' }
-          Action: { WeightedTargets: [{ VirtualNode: stall_server-amber, Weight: 100 }] }
");
    insta::assert_snapshot!(refused(MARKET, "turn on access logs for the server node"), @"
question: There is no virtual node `server` in the file. Which is meant?
error: nothing is changed before this is settled
");
}

#[test]
fn a_node_to_be_made_is_no_part_of_another_name() {
    insta::assert_snapshot!(changes(MARKET, "add a virtual node blue on port 9000 found at new.market.local"), @"
+  BlueVirtualNode:
+    Type: AWS::AppMesh::VirtualNode
+    DependsOn: Mesh
+    Properties:
+      MeshName: market
+      VirtualNodeName: blue
+      Spec:
+        Listeners:
+          - PortMapping:
+              Port: 9000
+              Protocol: http
+        ServiceDiscovery:
+          DNS:
+            Hostname: new.market.local
+            ResponseType: ENDPOINTS
");
    insta::assert_snapshot!(refused(MARKET, "add a node grey like FrontDesk on port 9000"), @"
question: `FrontDesk` is found by `desk.market.local`. By which host name is `grey` found?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(MARKET, "Frontdesk2 must speak http2"), @"
question: There is no `Frontdesk2` in the file. Did you mean `FrontDesk`?
error: nothing is changed before this is settled
");
}

#[test]
fn a_listener_that_is_named_is_its_nodes_and_not_the_routes() {
    insta::assert_snapshot!(changes(MARKET, "set a 30s idle timeout on the red listener"), @"
-            Timeout: { HTTP: { Idle: { Unit: s, Value: 60 } } }
+            Timeout: { HTTP: { Idle: { Unit: s, Value: 30 } } }
");
}

#[test]
fn all_requests_go_to_one_target_in_many_words() {
    let moved = changes(MARKET, "shift all stall traffic to blue");
    insta::assert_snapshot!(moved, @"
-                Weight: 60
+                Weight: 0
-                Weight: 40
+                Weight: 100
");
    for request in
        ["promote stall_server-blue", "cut over to blue", "send all of stall's traffic to blue", "roll back to blue"]
    {
        assert_eq!(changes(MARKET, request), moved, "{request}");
    }
    let drained = changes(MARKET, "drain red");
    insta::assert_snapshot!(drained, @"
-                Weight: 60
+                Weight: 0
");
    for request in ["stop sending traffic to red", "don't send anything to red", "no traffic to red please"] {
        assert_eq!(changes(MARKET, request), drained, "{request}");
    }
}

#[test]
fn shares_for_each_leave_nothing_for_others() {
    insta::assert_snapshot!(changes(MARKET, "half to each of red and amber on route main-hall"), @"
-                Weight: 60
+                Weight: 50
-                Weight: 40
+                Weight: 0
+              - VirtualNode: stall_server-amber
+                Weight: 50
");
    insta::assert_snapshot!(changes(MARKET, "a third each to red, blue and amber"), @"
-                Weight: 60
+                Weight: 1
-                Weight: 40
+                Weight: 1
+              - VirtualNode: stall_server-amber
+                Weight: 1
");
    insta::assert_snapshot!(changes(MARKET, "roll back to red: 100% of stall traffic on red, nothing on blue"), @"
-                Weight: 60
+                Weight: 100
-                Weight: 40
+                Weight: 0
");
}

#[test]
fn what_is_said_of_nothing_is_said_of_the_only_route() {
    insta::assert_snapshot!(changes(LONE, "bump max retries to 5"), @r#"
-                "maxRetries": 2,
+                "maxRetries": 5,
"#);
    insta::assert_snapshot!(changes(LONE, "no more retries please"), @r#"
-                "maxRetries": 2,
-                "perRetryTimeout": { "unit": "s", "value": 2 },
+                "maxRetries": 0,
+                "perRetryTimeout": { "unit": "s", "value": 15 },
"#);
    insta::assert_snapshot!(changes(LONE, "go 80/20"), @r#"
-                    { "virtualNode": "red-vn", "weight": 95 },
-                    { "virtualNode": "blue-vn", "weight": 5 }
+                    { "virtualNode": "red-vn", "weight": 80 },
+                    { "virtualNode": "blue-vn", "weight": 20 }
"#);
    insta::assert_snapshot!(changes(LONE, "blue 30 red 70"), @r#"
-                    { "virtualNode": "red-vn", "weight": 95 },
-                    { "virtualNode": "blue-vn", "weight": 5 }
+                    { "virtualNode": "red-vn", "weight": 70 },
+                    { "virtualNode": "blue-vn", "weight": 30 }
"#);
    // Red stands first in the file.
    refused(LONE, "go 80/20 blue green");
    insta::assert_snapshot!(refused(LONE, "add a route for /x"), @"
question: To which virtual router should the new route belong?
question: Where should the route send its requests?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(LONE, "increase the timeout"), @"
question: What should be changed in the file?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(MARKET, "bump max retries to 5"), @"
question: Which route is meant?
error: nothing is changed before this is settled
");
}

#[test]
fn what_ends_is_taken_away_in_many_words() {
    insta::assert_snapshot!(changes(MARKET, "stop access logging on the red node"), @"-        Logging: { AccessLog: { File: { Path: /dev/stdout } } }");
    insta::assert_snapshot!(changes(MARKET, "FrontDesk shouldn't be able to reach stall.market.local any more"), @"
-        Backends:
-          - VirtualService: { VirtualServiceName: stall.market.local }
+        Backends: []
");
    insta::assert_snapshot!(changes(MARKET, "FrontDesk doesn't need stall.market.local anymore"), @"
-        Backends:
-          - VirtualService: { VirtualServiceName: stall.market.local }
+        Backends: []
");
    insta::assert_snapshot!(changes(MARKET, "take blue out of the route"), @"
-              - VirtualNode: stall_server-blue
-                Weight: 40
");
    insta::assert_snapshot!(changes(MARKET, "delete the stage tag"), @"-        - { Key: stage, Value: test }");
    insta::assert_snapshot!(refused(MARKET, "remove the listener from FrontDesk"), @r#"
question: What should be changed in the file?
not understood: "remove"
    remove the listener from FrontDesk
    ^^^^^^
say it in other words, or leave it out; docs/language.md lists what is understood
error: nothing is changed before this is settled
"#);
}

#[test]
fn a_change_by_an_amount_is_asked_about() {
    insta::assert_snapshot!(refused(MARKET, "send 5 more percent to blue"), @r#"
question: App Mesh has no setting for a change by an amount, which would grow when asked twice; a request names the value that it should have, as in "send 45% to a" or "set the timeout of b to 20s". Shall it be left out?
question: Which route is meant?
error: nothing is changed before this is settled
"#);
}

#[test]
fn the_only_gateway_is_meant_by_its_kind() {
    insta::assert_snapshot!(changes(MARKET, "listen on 9443 on the gateway"), @"
-      Spec: { Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }] }
+      Spec: { Listeners: [{ PortMapping: { Port: 9443, Protocol: http } }] }
");
}

#[test]
fn the_proxies_of_tasks_are_changed_where_they_are() {
    insta::assert_snapshot!(changes(MARKET, "set ENVOY_LOG_LEVEL to info in all the envoy containers"), @"
-              Value: debug
+              Value: info
+            - Name: ENVOY_LOG_LEVEL
+              Value: info
");
    insta::assert_snapshot!(changes(MARKET, "set the envoy log level of stall_server-red to warning"), @"
-              Value: debug
+              Value: warning
");
    insta::assert_snapshot!(changes(MARKET, "turn on x-ray tracing for the blue sidecar"), @"
+            - Name: ENABLE_ENVOY_XRAY_TRACING
+              Value: '1'
");
}

#[test]
fn retries_fit_the_timeout_that_is_asked_for_with_them() {
    insta::assert_snapshot!(changes(MARKET, "give the amber route a 10 second request timeout and retry it twice on gateway errors"), @"
+          RetryPolicy:
+            HttpRetryEvents:
+              - gateway-error
+            MaxRetries: 2
+            PerRetryTimeout:
+              Unit: s
+              Value: 3
+          Timeout:
+            PerRequest:
+              Unit: s
+              Value: 10
");
}

#[test]
fn a_number_that_is_given_is_asked_about_only_where_all_requests_are_gone_before() {
    insta::assert_snapshot!(changes(MARKET, "add a route for POST requests to /orders that goes to stall_server-red with priority 10"), @"
+  StallServerRedRoute:
+    Type: AWS::AppMesh::Route
+    DependsOn:
+      - Red
+      - Router
+    Properties:
+      MeshName: market
+      VirtualRouterName: stall
+      RouteName: stall_server-red-route
+      Spec:
+        HttpRoute:
+          Action:
+            WeightedTargets:
+              - VirtualNode: stall_server-red
+                Weight: 100
+          Match:
+            Method: POST
+            Prefix: /orders
+        Priority: 10
");
}
