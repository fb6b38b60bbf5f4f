//! `generate --into` as a whole: a sentence changes just what it speaks of, twice changes nothing more, and what would be wrong
//! is not written.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_verbs::config::Config;
use meshwright_verbs::generate::{GenerateFormat, GenerateOptions, Inserted, Target, insert};

const YAML: (&str, &str) = ("shop.yml", include_str!("into/shop.yml"));
const JSON: (&str, &str) = ("shop.json", include_str!("into/shop.json"));
const AWS: (&str, &str) = ("aws.json", include_str!("into/aws.json"));

const OUTLIERS: &str = "Add outlier detection to the payment-service virtual node that ejects a host after 5 consecutive 5xx errors, with a base ejection duration of 30 seconds and maximum ejection percentage of 50%";
const HEADER: &str = "send x-test-version: v2 to v2";
const TIMEOUT: &str = "raise the timeout of checkout to 60 s";
const OUT: &str = "take v1 out";

fn options(request: &str) -> GenerateOptions {
    GenerateOptions {
        request: Some(request.to_owned()),
        intent: None,
        into: vec!["FILE".to_owned()],
        ..super::options()
    }
}

fn reading(name: &str, text: &str) -> Reading {
    read(vec![Input { name: name.to_owned(), bytes: text.into() }], &Options::default())
}

fn run(name: &str, text: &str, options: &GenerateOptions) -> Inserted {
    let read_again = |texts: &BTreeMap<String, String>| reading(name, texts.get(name).map_or(text, String::as_str));
    let names = [name.to_owned()];
    let before = reading(name, text);
    let target = Target { reading: &before, names: &names, config: &Config::default(), read_again: &read_again };
    insert(options, None, &target, false).unwrap()
}

/// What a request makes of a file: the lines that go and come. Asked again it changes nothing, and line ends stay.
pub(super) fn changes((name, text): (&str, &str), request: &str) -> String {
    let diff = run(name, text, &GenerateOptions { diff: true, ..options(request) });
    assert!(!diff.answer.has_findings && diff.files.is_empty(), "{}", diff.answer.notes);
    let after = written(name, text, request);
    let again = run(name, &after, &options(request));
    let notes = &again.answer.notes;
    let is_same = !again.answer.has_findings && notes.ends_with("nothing had to change: the files say this already\n");
    // What was removed is unknown by then, and an unknown name is asked about.
    let is_gone = super::takes_away(&reading(name, text), request) && notes.contains("is it gone already?");
    assert!(again.files.is_empty() && (is_same || is_gone), "{notes}");
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(written(name, &windows(text), request), windows(&after), "line ends stay");
    let (_, hunks) = diff.answer.output.split_once("\n@@").unwrap();
    let is_change = |line: &&str| line.starts_with(['+', '-']);
    hunks.lines().filter(is_change).collect::<Vec<_>>().join("\n")
}

fn written(name: &str, text: &str, request: &str) -> String {
    let done = run(name, text, &options(request));
    let [file] = done.files.as_slice() else { panic!("{}", done.answer.notes) };
    assert_eq!((file.name.as_str(), file.before.as_str()), (name, text));
    file.after.clone()
}

/// What is said of a request that changes a file.
pub(super) fn notes((name, text): (&str, &str), request: &str) -> String {
    let done = run(name, text, &options(request));
    assert_eq!(done.files.len(), 1, "{}", done.answer.notes);
    done.answer.notes
}

/// What is said of a request that changes nothing.
pub(super) fn all_notes((name, text): (&str, &str), request: &str) -> String {
    let done = run(name, text, &options(request));
    assert!(done.answer.has_findings && done.files.is_empty(), "{}", done.answer.notes);
    done.answer.notes
}

/// What requests make of files, with what they are.
pub(super) fn edited() -> Vec<(String, String)> {
    let edited = |(name, text)| {
        [OUTLIERS, HEADER, TIMEOUT, OUT].map(|request| (format!("{name}: {request}"), written(name, text, request)))
    };
    [YAML, JSON, AWS].into_iter().flat_map(edited).collect()
}

/// The last line that a request leaves on standard error where it changes nothing, and what it asks.
pub(super) fn refused((name, text): (&str, &str), request: &str) -> String {
    let done = run(name, text, &options(request));
    assert!(
        done.answer.has_findings && done.files.is_empty() && done.answer.output.is_empty(),
        "{}",
        done.answer.notes
    );
    done.answer.notes
}

#[test]
fn outlier_detection_is_added() {
    insta::assert_snapshot!(changes(YAML, OUTLIERS), @"
+            OutlierDetection:
+              BaseEjectionDuration:
+                Unit: s
+                Value: 30
+              Interval:
+                Unit: s
+                Value: 10
+              MaxEjectionPercent: 50
+              MaxServerErrors: 5
");
    insta::assert_snapshot!(changes(JSON, OUTLIERS), @r#"
-          "Listeners": [ { "PortMapping": { "Port": 9000, "Protocol": "http" } } ],
+          "Listeners": [ { "PortMapping": { "Port": 9000, "Protocol": "http" }, "OutlierDetection": { "BaseEjectionDuration": { "Unit": "s", "Value": 30 }, "Interval": { "Unit": "s", "Value": 10 }, "MaxEjectionPercent": 50, "MaxServerErrors": 5 } } ],
"#);
    insta::assert_snapshot!(changes(AWS, OUTLIERS), @r#"
-      "listeners": [{"portMapping": {"port": 9000, "protocol": "http"}}],
+      "listeners": [{"portMapping": {"port": 9000, "protocol": "http"}, "outlierDetection": {"baseEjectionDuration": {"unit": "s", "value": 30}, "interval": {"unit": "s", "value": 10}, "maxEjectionPercent": 50, "maxServerErrors": 5}}],
"#);
}

#[test]
fn a_header_route_comes_before_the_one_it_must_beat() {
    insta::assert_snapshot!(changes(YAML, HEADER), @"
+  CheckoutV2Route:
+    Type: AWS::AppMesh::Route
+    Properties:
+      MeshName: !Ref Mesh
+      VirtualRouterName: !GetAtt CheckoutRouter.VirtualRouterName
+      RouteName: checkout-v2-route
+      Spec:
+        HttpRoute:
+          Action:
+            WeightedTargets:
+              - VirtualNode: !GetAtt CheckoutV2.VirtualNodeName
+                Weight: 100
+          Match:
+            Headers:
+              - Match:
+                  Exact: v2
+                Name: x-test-version
+            Prefix: /
+        Priority: 50
+
");
}

#[test]
fn a_header_route_comes_first_in_json_too() {
    insta::assert_snapshot!(changes(JSON, HEADER), @r#"
+    "CheckoutV2Route": {
+      "Type": "AWS::AppMesh::Route",
+      "DependsOn": [
+        "CheckoutRouter",
+        "CheckoutV2"
+      ],
+      "Properties": {
+        "MeshName": "shop",
+        "VirtualRouterName": "checkout-router",
+        "RouteName": "checkout-v2-route",
+        "Spec": {
+          "HttpRoute": {
+            "Action": {
+              "WeightedTargets": [
+                {
+                  "VirtualNode": "checkout-v2",
+                  "Weight": 100
+                }
+              ]
+            },
+            "Match": {
+              "Headers": [
+                {
+                  "Match": {
+                    "Exact": "v2"
+                  },
+                  "Name": "x-test-version"
+                }
+              ],
+              "Prefix": "/"
+            }
+          },
+          "Priority": 50
+        }
+      }
+    },
"#);
    insta::assert_snapshot!(changes(AWS, HEADER), @r#"
+    "virtualRouterName": "checkout-router",
+    "routeName": "checkout-v2-route",
+    "spec": {
+      "httpRoute": {
+        "action": {
+          "weightedTargets": [
+            {
+              "virtualNode": "checkout-v2",
+              "weight": 100
+            }
+          ]
+        },
+        "match": {
+          "headers": [
+            {
+              "match": {
+                "exact": "v2"
+              },
+              "name": "x-test-version"
+            }
+          ],
+          "prefix": "/"
+        }
+      },
+      "priority": 50
+    }
+  },
+  {
+    "meshName": "shop",
"#);
}

#[test]
fn one_more_route_has_a_name_of_its_own_and_comes_first() {
    let with_header = written(AWS.0, AWS.1, HEADER);
    insta::assert_snapshot!(changes((AWS.0, &with_header), "in virtual router checkout-router add a route that sends /beta to checkout-v2"), @r#"
+    "virtualRouterName": "checkout-router",
+    "routeName": "checkout-v2-route-2",
+    "spec": {
+      "httpRoute": {
+        "action": {
+          "weightedTargets": [
+            {
+              "virtualNode": "checkout-v2",
+              "weight": 100
+            }
+          ]
+        },
+        "match": {
+          "prefix": "/beta"
+        }
+      },
+      "priority": 25
+    }
+  },
+  {
+    "meshName": "shop",
"#);
}

#[test]
fn a_timeout_is_raised_on_the_route_and_on_every_listener_on_the_path() {
    insta::assert_snapshot!(changes(YAML, TIMEOUT), @"
-          Timeout: { PerRequest: { Unit: s, Value: 20 } }
+          Timeout: { PerRequest: { Unit: s, Value: 60 } }
-            Timeout: {HTTP: {PerRequest: {Value: 20, Unit: s}}}
+            Timeout: {HTTP: {PerRequest: {Value: 60, Unit: s}}}
+            Timeout:
+              HTTP:
+                PerRequest:
+                  Unit: s
+                  Value: 60
");
    insta::assert_snapshot!(changes(JSON, TIMEOUT), @r#"
+            },
+            "Timeout": {
+              "PerRequest": {
+                "Unit": "s",
+                "Value": 60
+              }
-          "Listeners": [ { "PortMapping": { "Port": 8080, "Protocol": "http" } } ],
+          "Listeners": [ { "PortMapping": { "Port": 8080, "Protocol": "http" }, "Timeout": { "HTTP": { "PerRequest": { "Unit": "s", "Value": 60 } } } } ],
-          "Listeners": [ { "PortMapping": { "Port": 8080, "Protocol": "http" } } ],
+          "Listeners": [ { "PortMapping": { "Port": 8080, "Protocol": "http" }, "Timeout": { "HTTP": { "PerRequest": { "Unit": "s", "Value": 60 } } } } ],
"#);
    insta::assert_snapshot!(changes(AWS, TIMEOUT), @r#"
+        },
+        "timeout": {
+          "perRequest": {
+            "unit": "s",
+            "value": 60
+          }
-      "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}}],
+      "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}, "timeout": {"http": {"perRequest": {"unit": "s", "value": 60}}}}],
-      "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}}],
+      "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}, "timeout": {"http": {"perRequest": {"unit": "s", "value": 60}}}}],
"#);
}

#[test]
fn a_version_is_taken_out() {
    insta::assert_snapshot!(changes(YAML, OUT), @"
-            - VirtualNode: !GetAtt CheckoutV1.VirtualNodeName
-              Weight: 90   # the old one
");
    insta::assert_snapshot!(changes(JSON, OUT), @r#"-                { "VirtualNode": "checkout-v1", "Weight": 90 },"#);
    insta::assert_snapshot!(changes(AWS, OUT), @r#"-            {"virtualNode": "checkout-v1", "weight": 90},"#);
    let zero = AWS.1.replace("\"weight\": 10}", "\"weight\": 0}");
    insta::assert_snapshot!(changes((AWS.0, &zero), OUT), @r#"
-            {"virtualNode": "checkout-v1", "weight": 90},
-            {"virtualNode": "checkout-v2", "weight": 0}
+            {"virtualNode": "checkout-v2", "weight": 100}
"#);
}

#[test]
fn gateways_and_services_are_changed_where_they_are() {
    insta::assert_snapshot!(changes(YAML, "Change the port of gateway web to 9090"), @"
-      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
+      Spec: {Listeners: [{PortMapping: {Port: 9090, Protocol: http}}]}
");
    insta::assert_snapshot!(changes(YAML, "Set the priority of gateway route api to 5"), @"+        Priority: 5");
    insta::assert_snapshot!(changes(YAML, "the gateway route api should rewrite the prefix to /v2/"), @"
-          Action: {Target: {VirtualService: {VirtualServiceName: !GetAtt Checkout.VirtualServiceName}}}
+          Action: {Target: {VirtualService: {VirtualServiceName: !GetAtt Checkout.VirtualServiceName}}, Rewrite: {Prefix: {Value: /v2/}}}
");
    insta::assert_snapshot!(changes(YAML, "give the web gateway TLS with ACM certificate arn:aws:acm:us-east-1:111122223333:certificate/abc"), @"
-      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
+      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}, TLS: {Certificate: {ACM: {CertificateArn: arn:aws:acm:us-east-1:111122223333:certificate/abc}}, Mode: STRICT}}]}
");
    insta::assert_snapshot!(changes(YAML, "virtual service checkout.shop.local should be backed by node checkout-v1"), @"
-      Spec: {Provider: {VirtualRouter: {VirtualRouterName: !GetAtt CheckoutRouter.VirtualRouterName}}}
+      Spec: {Provider: {VirtualNode: {VirtualNodeName: !GetAtt CheckoutV1.VirtualNodeName}}}
");
    insta::assert_snapshot!(changes(YAML, "gateway web sends /cart to checkout"), @"
+  WebCheckoutGatewayRoute:
+    Type: AWS::AppMesh::GatewayRoute
+    DependsOn: Web
+    Properties:
+      MeshName: !Ref Mesh
+      VirtualGatewayName: web
+      GatewayRouteName: checkout-route
+      Spec:
+        HttpRoute:
+          Action:
+            Rewrite:
+              Prefix:
+                DefaultPrefix: DISABLED
+            Target:
+              VirtualService:
+                VirtualServiceName: !GetAtt Checkout.VirtualServiceName
+          Match:
+            Prefix: /cart
+        Priority: 100
");
    insta::assert_snapshot!(changes(YAML, "add a retry policy with 2 retries on connection errors to the route checkout-route"), @"
+          RetryPolicy:
+            MaxRetries: 2
+            PerRetryTimeout:
+              Unit: s
+              Value: 6
+            TcpRetryEvents:
+              - connection-error
");
}

#[test]
fn a_name_that_there_is_not_is_answered_with_the_near_one() {
    insta::assert_snapshot!(refused(YAML, "raise the timeout of chekout to 60 s"), @"
question: There is no `chekout` in the file. Did you mean `checkout`?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(YAML, "raise the timeout of route chekout-route to 60 s"), @"
question: There is no route `chekout-route` in the file. Did you mean `checkout-route`?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(YAML, "add outlier detection to the paymnt-service node"), @"
question: There is no virtual node `paymnt-service` in the file. Did you mean `payment-service`?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(YAML, "Change the port of gateway wep to 9090"), @"
question: There is no virtual gateway `wep` in the file. Did you mean `web`?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(JSON, "Change the port of gateway web to 9090"), @"
question: There is no virtual gateway `web` in the file. Which is meant?
error: nothing is changed before this is settled
");
}

#[test]
fn an_edit_that_would_bring_an_error_is_refused_with_the_finding() {
    insta::assert_snapshot!(refused(YAML, "route /old to checkout-v3"), @"
error[dangling-virtual-node]: virtual node `checkout-v3` is not in the mesh
  --> shop.yml:34:30
   |
34 |               - VirtualNode: checkout-v3
   |                              ^^^^^^^^^^^ in route checkout-router/checkout-v3-route
   |
   = help: did you mean `checkout-v1`?

error: nothing is changed: it would bring an error: virtual node `checkout-v3` is not in the mesh
");
    insta::assert_snapshot!(refused(YAML, "gateway web sends /pay to nothing.shop.local"), @"
error[dangling-gateway-target]: virtual service `nothing.shop.local` is not in the mesh
  --> shop.yml:96:37
   |
96 |                 VirtualServiceName: nothing.shop.local
   |                                     ^^^^^^^^^^^^^^^^^^ in gateway route web/nothing-route
   |
   = help: define the virtual service, or validate its file together with this one

error: nothing is changed: it would bring an error: virtual service `nothing.shop.local` is not in the mesh
");
}

#[test]
fn a_place_that_cannot_be_edited_says_why() {
    let parameter = YAML.1.replace("Value: 20 } }", "Value: !Ref Seconds } }");
    let parameter = parameter.replace("Parameters:\n", "Parameters:\n  Seconds: {Type: Number, Default: 20}\n");
    insta::assert_snapshot!(refused((YAML.0, &parameter), TIMEOUT), @"error: nothing is changed: set spec.httpRoute.timeout.perRequest of route `checkout-route` of `checkout-router` to 60 s: shop.yml:21:52: spec.httpRoute.timeout.perRequest: the value comes from parameter `Seconds`; change it there");
    let function = YAML.1.replace("Value: 20, Unit", "Value: !FindInMap [Spans, checkout, seconds], Unit");
    insta::assert_snapshot!(refused((YAML.0, &function), "raise the timeout of virtual node checkout-v1 to 60 s"), @"error: nothing is changed: set spec.listeners[0].timeout.http.perRequest of virtual node `checkout-v1` to 60 s: shop.yml:33:50: spec.listeners[0].timeout.http.perRequest: `Fn::FindInMap` makes the value");
    let program = r#"{"meshName": $mesh, "virtualNodeName": "payment-service", "spec": {"listeners": [{"portMapping": {"port": 9000, "protocol": "http"}}], "serviceDiscovery": {"dns": {"hostname": "pay.shop.local", "responseType": "ENDPOINTS"}}}}"#;
    insta::assert_snapshot!(refused(("node.jq", program), OUTLIERS), @r#"error: nothing is changed: set spec.listeners[0].outlierDetection of virtual node `payment-service` to {"baseEjectionDuration":{"unit":"s","value":30},"interval":{"unit":"s","value":10},"maxEjectionPercent":50,"maxServerErrors":5}: spec.listeners[0].outlierDetection: the file is a program or template that makes JSON; change it there"#);
}

#[test]
fn what_is_not_understood_changes_nothing_but_for_a_part() {
    let request = "raise the timeout of checkout to 60 s and paint it blue";
    let told = refused(YAML, request);
    assert!(told.contains("not understood: ") && told.contains("--partial makes the edits that are clear"), "{told}");
    let part = run(YAML.0, YAML.1, &GenerateOptions { partial: true, ..options(request) });
    assert!(part.answer.has_findings && part.files.len() == 1, "{}", part.answer.notes);
}

#[test]
fn programs_get_files_and_edits() {
    let done = run(YAML.0, YAML.1, &GenerateOptions { format: GenerateFormat::Json, ..options(TIMEOUT) });
    let value: serde_json::Value = serde_json::from_str(&done.answer.output).unwrap();
    assert_eq!(value["files"][0]["path"], "shop.yml");
    assert_eq!(value["files"][0]["content"], done.files[0].after);
    let edit = &value["edits"][0];
    assert_eq!((&edit["path"], &edit["op"]), (&"spec.httpRoute.timeout.perRequest".into(), &"set".into()), "{edit}");
    let explained = run(YAML.0, YAML.1, &GenerateOptions { explain: true, ..options(TIMEOUT) });
    assert!(explained.files.is_empty() && !explained.answer.has_findings);
    assert!(
        explained.answer.output.contains(
            "edit: set spec.httpRoute.timeout.perRequest of route `checkout-route` of `checkout-router` to 60 s\n"
        ),
        "{}",
        explained.answer.output
    );
}

#[test]
fn standard_input_goes_to_standard_output() {
    let done = run("-", YAML.1, &options(TIMEOUT));
    assert_eq!(done.answer.output, written("-", YAML.1, TIMEOUT));
    let again = run("-", &done.answer.output, &options(TIMEOUT));
    assert_eq!(again.answer.output, done.answer.output);
}
