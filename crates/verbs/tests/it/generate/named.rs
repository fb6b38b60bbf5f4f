//! `generate --into` where names are not as they are said: made of parameters, with a word for their kind, or shared by things of
//! several kinds.

use super::whole::{changes, refused};

/// A mesh in which every name is made of a parameter.
const OPEN: (&str, &str) = ("open.yml", include_str!("into/open.yml"));
const SHOP: (&str, &str) = ("shop.yml", include_str!("../../../../../corpus/shop/shop.yaml"));
const COLOR: (&str, &str) = ("color.yml", include_str!("into/color.yml"));

#[test]
fn shares_are_those_of_targets_with_open_names() {
    insta::assert_snapshot!(changes(OPEN, "send 100% of color traffic to v2"), @"
-                Weight: 50
+                Weight: 0
-                Weight: 50
+                Weight: 100
");
}

#[test]
fn a_new_target_or_route_names_its_node_as_the_file_does() {
    insta::assert_snapshot!(changes(OPEN, "route color-route sends 20% to v3 and 80% to v2"), @"
-                Weight: 50
+                Weight: 0
-                Weight: 50
+                Weight: 80
+              - VirtualNode: !GetAtt ColorV3Node.VirtualNodeName
+                Weight: 20
");
    insta::assert_snapshot!(changes(OPEN, "send requests with the header x-canary: yes to v2"), @"
+  ProjectColorV2Route:
+    Type: AWS::AppMesh::Route
+    Properties:
+      MeshName: !GetAtt Mesh.MeshName
+      VirtualRouterName: !GetAtt ColorRouter.VirtualRouterName
+      RouteName: v2-route
+      Spec:
+        HttpRoute:
+          Action:
+            WeightedTargets:
+              - VirtualNode: !GetAtt ColorV2Node.VirtualNodeName
+                Weight: 100
+          Match:
+            Headers:
+              - Match:
+                  Exact: 'yes'
+                Name: x-canary
+            Prefix: /
+        Priority: 100
");
    insta::assert_snapshot!(changes(OPEN, "add a gateway route /color to color and strip the prefix"), @"
+  ProjectColorGatewayRoute:
+    Type: AWS::AppMesh::GatewayRoute
+    Properties:
+      MeshName: !GetAtt Mesh.MeshName
+      VirtualGatewayName: !GetAtt Gateway.VirtualGatewayName
+      GatewayRouteName: color-route
+      Spec:
+        HttpRoute:
+          Action:
+            Rewrite:
+              Prefix:
+                Value: /
+            Target:
+              VirtualService:
+                VirtualServiceName: !GetAtt ColorService.VirtualServiceName
+          Match:
+            Prefix: /color/
+        Priority: 100
");
}

#[test]
fn the_word_for_a_kind_may_be_an_abbreviation() {
    insta::assert_snapshot!(changes(COLOR, "shift 100% of the traffic of colorteller to blue"), @"
-              - { VirtualNode: colorteller-white-vn, Weight: 1 }
-              - { VirtualNode: colorteller-blue-vn, Weight: 1 }
+              - { VirtualNode: colorteller-white-vn, Weight: 0 }
+              - { VirtualNode: colorteller-blue-vn, Weight: 100 }
");
}

#[test]
fn a_renaming_is_done_once() {
    insta::assert_snapshot!(changes(SHOP, "rename payments-v2 to payments-canary"), @"
-      VirtualNodeName: payments-v2
+      VirtualNodeName: payments-canary
");
}

#[test]
fn what_goes_is_of_the_kind_that_is_said() {
    insta::assert_snapshot!(refused(SHOP, "delete frontend"), @"
question: `frontend` may be a gateway route or a virtual node. Which is to be taken away?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(changes(SHOP, "delete the gateway route frontend"), @"
-  FrontendGatewayRoute:
-    Type: AWS::AppMesh::GatewayRoute
-    Properties:
-      MeshName: !GetAtt Mesh.MeshName
-      VirtualGatewayName: !GetAtt WebGateway.VirtualGatewayName
-      GatewayRouteName: frontend
-      Spec:
-        Priority: 100
-        HttpRoute:
-          Match:
-            Prefix: /
-          Action:
-            Target:
-              VirtualService:
-                VirtualServiceName: !GetAtt FrontendService.VirtualServiceName
-
");
    insta::assert_snapshot!(changes(COLOR, "delete the route blue-route and the node colorteller-blue-vn"), @"
-  Blue:
-    Type: AWS::AppMesh::VirtualNode
-    Properties:
-      MeshName: colors
-      VirtualNodeName: colorteller-blue-vn
-      Spec:
-        Listeners: [{ PortMapping: { Port: 9080, Protocol: http } }]
-        ServiceDiscovery: { DNS: { Hostname: blue.colors.local } }
-  BlueRoute:
-    Type: AWS::AppMesh::Route
-    DependsOn: [Router, Blue]
-    Properties:
-      MeshName: colors
-      VirtualRouterName: colorteller-vr
-      RouteName: blue-route
-      Spec:
-        Priority: 1
-        HttpRoute:
-          Match: { Prefix: /blue }
-          Action: { WeightedTargets: [{ VirtualNode: colorteller-blue-vn, Weight: 100 }] }
-    DependsOn: [Router, White, Blue]
+    DependsOn: [Router, White]
-              - { VirtualNode: colorteller-blue-vn, Weight: 1 }
");
}

#[test]
fn a_gateway_may_be_meant_by_its_name_alone() {
    insta::assert_snapshot!(changes(COLOR, "add a health check on /ping every 5 seconds to ingress"), @"
-        Listeners: [{ PortMapping: { Port: 9080, Protocol: http } }]
+        Listeners: [{ PortMapping: { Port: 9080, Protocol: http }, HealthCheck: { HealthyThreshold: 2, IntervalMillis: 5000, Path: /ping, Protocol: http, TimeoutMillis: 2500, UnhealthyThreshold: 3 } }]
");
    insta::assert_snapshot!(changes(COLOR, "remove the access log from ingress"), @"-        Logging: { AccessLog: { File: { Path: /dev/stdout } } }");
}
