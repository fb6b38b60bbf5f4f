//! `generate --into` in several wordings: each says the same and changes the same, and what is left open is asked about.

use clap::{Args, Command};
use meshwright_verbs::generate::GenerateOptions;

use super::whole::{changes, notes, refused};

const MARKET: (&str, &str) = ("market.yml", include_str!("into/market.yml"));
const COLOR: (&str, &str) = ("color.yml", include_str!("into/color.yml"));
const SHOP: (&str, &str) = ("shop.yml", include_str!("into/shop.yml"));

/// What all of these make of a file.
fn all(file: (&str, &str), requests: &[&str]) -> String {
    let first = changes(file, requests[0]);
    for request in &requests[1..] {
        assert_eq!(changes(file, request), first, "{request}");
    }
    first
}

/// What is asked about a request, without the line that says that nothing is changed.
fn asked(file: (&str, &str), request: &str) -> String {
    let told = refused(file, request);
    told.lines().filter(|line| !line.starts_with("error: nothing is changed")).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_was_before_is_no_value() {
    let moved = all(
        MARKET,
        &[
            "move FrontDesk from port 8080 to 9090",
            "move FrontDesk from 8080 to 9090",
            "change FrontDesk from port 8080 to port 9090",
            "switch the port of FrontDesk from 8080 to 9090",
            "set the port of FrontDesk from 8080 to 9090",
        ],
    );
    insta::assert_snapshot!(moved, @"
-        Listeners: [{ PortMapping: { Port: 8080, Protocol: http } }]
+        Listeners: [{ PortMapping: { Port: 9090, Protocol: http } }]
");
    // The ends of a range are both of it.
    let range = all(
        MARKET,
        &[
            "change route main-hall to match header x-id in a range from 1 to 10",
            "update main-hall so that it matches header x-id ranging from 1 to 10",
            "change main-hall to match header x-id from 1 to 10",
        ],
    );
    insta::assert_snapshot!(range, @"
-          Match: { Prefix: / }
+          Match: { Prefix: /, Headers: [{ Match: { Range: { End: 10, Start: 1 } }, Name: x-id }] }
");
}

#[test]
fn one_target_takes_the_place_of_another() {
    let replaced = all(
        MARKET,
        &[
            "change the target from red to amber in main-hall",
            "change the target of main-hall from red to amber",
            "replace red with amber in main-hall",
            "in main-hall, replace the target red by amber",
            "switch main-hall from red to amber",
            "point main-hall at amber instead of red",
            "swap red for amber in the route main-hall",
        ],
    );
    insta::assert_snapshot!(replaced, @"
-              - VirtualNode: stall_server-red
+              - VirtualNode: stall_server-amber
");
    insta::assert_snapshot!(asked(MARKET, "replace red with purple in main-hall"), @"question: There is no virtual node `purple` in the file. Which is meant?");
}

#[test]
fn a_backend_or_provider_takes_the_place_of_another() {
    let replaced = all(
        MARKET,
        &[
            "change the backend of FrontDesk from stall.market.local to till.market.local",
            "replace the backend stall.market.local with till.market.local in FrontDesk",
            "switch the backend of the node FrontDesk from stall.market.local to till.market.local",
        ],
    );
    insta::assert_snapshot!(replaced, @"
-          - VirtualService: { VirtualServiceName: stall.market.local }
+          - VirtualService:
+              VirtualServiceName: till.market.local
");
    let provided = all(
        MARKET,
        &[
            "change the provider of stall.market.local from stall to FrontDesk",
            "change the provider of stall.market.local to FrontDesk",
        ],
    );
    insta::assert_snapshot!(provided, @"
-    DependsOn: Router
+    DependsOn:
+      - Router
+      - Desk
-      Spec: { Provider: { VirtualRouter: { VirtualRouterName: stall } } }
+      Spec: { Provider: { VirtualNode: { VirtualNodeName: FrontDesk } } }
");
}

#[test]
fn a_copy_has_all_that_its_original_has() {
    let copied = all(
        SHOP,
        &[
            "add a node checkout-v3 like checkout-v1",
            "make checkout v3 like v1",
            "create checkout-v3 as a copy of checkout-v1",
            "clone checkout-v1 into checkout-v3",
            "copy the node checkout-v1 as checkout-v3",
            "duplicate checkout-v1 and call it checkout-v3",
        ],
    );
    insta::assert_snapshot!(copied, @"
+  CheckoutV3:
+    Type: AWS::AppMesh::VirtualNode
+    DependsOn: ShopMesh
+    Properties:
+      MeshName: !Ref Mesh
+      VirtualNodeName: checkout-v3
+      Spec:
+        Listeners:
+          - PortMapping:
+              Port: 8080
+              Protocol: http
+            Timeout:
+              HTTP:
+                PerRequest:
+                  Unit: s
+                  Value: 20
+        ServiceDiscovery:
+          DNS:
+            Hostname: checkout-v3.shop.local
+            ResponseType: ENDPOINTS
+
");
    insta::assert_snapshot!(changes(SHOP, "add a node checkout-v3 like checkout-v1 on port 9090"), @"
+  CheckoutV3:
+    Type: AWS::AppMesh::VirtualNode
+    DependsOn: ShopMesh
+    Properties:
+      MeshName: !Ref Mesh
+      VirtualNodeName: checkout-v3
+      Spec:
+        Listeners:
+          - PortMapping:
+              Port: 9090
+              Protocol: http
+            Timeout:
+              HTTP:
+                PerRequest:
+                  Unit: s
+                  Value: 20
+        ServiceDiscovery:
+          DNS:
+            Hostname: checkout-v3.shop.local
+            ResponseType: ENDPOINTS
+
");
    insta::assert_snapshot!(asked(SHOP, "add a node till like payment-service"), @"question: `payment-service` is found by `pay.shop.local`. By which host name is `till` found?");
    insta::assert_snapshot!(asked(SHOP, "make checkout-v2 like checkout-v1"), @"question: There is a virtual node `checkout-v2` already. What of it should be as it is of `checkout-v1`?");
    insta::assert_snapshot!(asked(SHOP, "add a node checkout-v3 like checkout-v1 with 3 retries"), @"
question: To which virtual router should the new route belong?
question: Where should the route send its requests?
");
}

#[test]
fn what_is_written_by_its_name_is_waited_for() {
    let more =
        "send 20% to stall_server-blue, 30% to stall_server-amber and 50% to stall_server-red on route main-hall";
    let file = MARKET.1.replace("DependsOn: [Router, Red, Blue, Amber]", "DependsOn: [Router, Red, Blue]");
    insta::assert_snapshot!(changes((MARKET.0, &file), more), @"
-    DependsOn: [Router, Red, Blue]
+    DependsOn: [Router, Red, Blue, Amber]
-                Weight: 60
+                Weight: 50
-                Weight: 40
+                Weight: 20
+              - VirtualNode: stall_server-amber
+                Weight: 30
");
    let one = MARKET.1.replace("DependsOn: [Router, Red, Blue, Amber]", "DependsOn: Router");
    insta::assert_snapshot!(changes((MARKET.0, &one), more), @"
-    DependsOn: Router
+    DependsOn:
+      - Router
+      - Amber
-                Weight: 60
+                Weight: 50
-                Weight: 40
+                Weight: 20
+              - VirtualNode: stall_server-amber
+                Weight: 30
");
    let none = MARKET.1.replace("    DependsOn: [Router, Red, Blue, Amber]\n", "");
    assert!(!changes((MARKET.0, &none), more).contains("DependsOn"));
}

#[test]
fn a_verb_is_said_once_for_several() {
    let two = all(
        SHOP,
        &[
            "set the port of payment-service to 9090 and the timeout of checkout-route to 4s",
            "change the timeout of checkout-route to 4s and the port of payment-service to 9090",
            "set the port of payment-service from 9000 to 9090, and the timeout of the route checkout-route from 20s to 4s",
        ],
    );
    insta::assert_snapshot!(two, @"
-          Timeout: { PerRequest: { Unit: s, Value: 20 } }
+          Timeout: { PerRequest: { Unit: s, Value: 4 } }
-              Port: 9000   # since 2021
+              Port: 9090   # since 2021
");
    let ports = all(SHOP, &["set the port of payment-service to 9090 and of checkout-v2 to 9091"]);
    insta::assert_snapshot!(ports, @"
-          - PortMapping: {Port: 8080, Protocol: http}
+          - PortMapping: {Port: 9091, Protocol: http}
-              Port: 9000   # since 2021
+              Port: 9090   # since 2021
");
    insta::assert_snapshot!(asked(SHOP, "set the port of payment-service to 9090 and the colour of checkout-v2 to red"), @r#"
not understood: "colour", "red"
    set the port of payment-service to 9090 and the colour of checkout-v2 to red
                                                    ^^^^^^                   ^^^
say it in other words, or leave it out; docs/language.md lists what is understood
"#);
}

#[test]
fn a_path_belongs_to_what_is_named() {
    insta::assert_snapshot!(asked(SHOP, "change the path to /healthz for virtual node checkout-v1"), @r#"
question: What should be changed in the file?
not understood: "path", "/healthz"
    change the path to /healthz for virtual node checkout-v1
               ^^^^    ^^^^^^^^
say it in other words, or leave it out; docs/language.md lists what is understood
"#);
}

#[test]
fn rewrites_are_edits_of_gateway_routes() {
    let rewritten = all(
        SHOP,
        &[
            "rewrite the prefix of gateway route api from /api to /v2",
            "rewrite the prefix of gateway route api to /v2/",
            "replace the prefix of the gateway route api with /v2",
            "change the rewrite of gateway route api to /v2/",
            "rewrite /api/ to /v2/ on the gateway route api",
        ],
    );
    insta::assert_snapshot!(rewritten, @"
-          Action: {Target: {VirtualService: {VirtualServiceName: !GetAtt Checkout.VirtualServiceName}}}
+          Action: {Target: {VirtualService: {VirtualServiceName: !GetAtt Checkout.VirtualServiceName}}, Rewrite: {Prefix: {Value: /v2/}}}
");
    insta::assert_snapshot!(asked(SHOP, "rewrite the prefix of gateway route apis to /v2"), @"question: There is no gateway route `apis` in the file. Did you mean `api`?");
}

#[test]
fn a_tag_has_a_value_and_belongs_to_what_is_named() {
    let tagged = all(
        COLOR,
        &[
            "add the tag team=core to colorteller-white-vn",
            "tag colorteller-white-vn team=core",
            "tag colorteller-white-vn with team=core",
            "set the tag team to core on colorteller-white-vn",
            "add the tag team with value core to the node colorteller-white-vn",
        ],
    );
    insta::assert_snapshot!(tagged, @"
+      Tags:
+        - Key: team
+          Value: core
");
    for request in [
        "add the tag team to colorteller-white-vn",
        "tag colorteller-white-vn with team",
        "add a team tag to the node colorteller-white-vn",
        "set the tag team of colorteller-white-vn",
    ] {
        let told = asked(COLOR, request);
        assert!(told.contains("question: Which value should the tag `team` have?"), "{request}: {told}");
    }
    insta::assert_snapshot!(asked(COLOR, "set the tag team to colorteller-white-vn"), @"question: Is `colorteller-white-vn` what the tag `team` is set to, or does it get that tag?");
    let gone =
        all(MARKET, &["remove the tags team and stage", "drop the team and stage tags", "delete tags stage, team"]);
    insta::assert_snapshot!(gone, @"
-      Tags:
-        - { Key: team, Value: square }
-        - { Key: stage, Value: test }
+      Tags: []
");
}

#[test]
fn nothing_is_rejected_where_a_route_takes_all() {
    for request in [
        "send /black to colorteller-blue-vn; the rest gets a 404",
        "requests to /black go to colorteller-blue-vn; everything else is rejected",
    ] {
        let told = asked(COLOR, request);
        assert!(told.contains("Which of the two is to be?"), "{request}: {told}");
    }
}

#[test]
fn what_is_named_for_a_change_has_one() {
    insta::assert_snapshot!(asked(MARKET, "set the port of FrontDesk to 9090. Update main-hall."), @"question: What should be changed of `main-hall`?");
}

#[test]
fn several_nodes_are_named_by_what_their_names_share() {
    let logged = all(
        SHOP,
        &[
            "enable access logs to stdout on both checkout nodes",
            "turn on access logging to stdout for all checkout nodes",
            "add an access log to stdout to the checkouts",
        ],
    );
    assert_eq!(logged.matches("/dev/stdout").count(), 2, "{logged}");
    // There are three of them.
    let told = asked(MARKET, "enable access logs to stdout on both stall_server nodes");
    assert!(["red", "blue", "amber"].iter().all(|node| told.contains(node)), "{told}");
}

#[test]
fn what_is_edited_is_not_said_to_lack_a_file() {
    let told = notes(SHOP, "requests with header x-beta = on should go to checkout-v2");
    assert!(!told.contains("no file was given"), "{told}");
}

#[test]
fn a_request_may_begin_as_an_item_of_a_list() {
    let parse = |words: &[&str]| {
        let command = GenerateOptions::augment_args(Command::new("generate").no_binary_name(true));
        command.try_get_matches_from(words).map(|matches| matches.get_one::<String>("request").cloned())
    };
    let item = "- virtual node orders on 8080";
    assert_eq!(parse(&[item]).unwrap().as_deref(), Some(item));
    assert_eq!(parse(&["--into", "shop.yaml", "--diff", item]).unwrap().as_deref(), Some(item));
    assert_eq!(parse(&["-"]).unwrap().as_deref(), Some("-"));
    assert!(parse(&["--dif", "add TLS to orders"]).is_err());
}

#[test]
fn a_verb_is_no_part_of_a_name() {
    let shop = include_str!("../../../../../corpus/shop/shop.yaml");
    let shop = shop.replace("!Ref StableWeight", "90").replace("!Ref CanaryWeight", "10");
    let split = "split traffic 80/20 between payments-v1 and payments-v2";
    let split = changes(("shop.yaml", &shop), split);
    insta::assert_snapshot!(split, @"
-                Weight: 90
+                Weight: 80
-                Weight: 10
+                Weight: 20
");
}
