//! `generate --into` where the request leaves something out: a template gets a parameter, AWS JSON cannot have one; and what an
//! edit brings about is said.

use super::whole::{all_notes, changes, notes, refused};

const COLOR: (&str, &str) = ("color.yml", include_str!("into/color.yml"));
const SHOP: (&str, &str) = ("shop.json", include_str!("../../../../../corpus/shop/shop.template.json"));
const DESCRIBED: (&str, &str) = ("shop.json", include_str!("../../../../../corpus/shop/shop.describe.json"));
const OPEN: (&str, &str) = ("open.yml", include_str!("into/open.yml"));

#[test]
fn what_is_left_out_becomes_a_parameter_of_the_template() {
    insta::assert_snapshot!(changes(COLOR, "add TLS with a certificate from ACM to ingress"), @r#"
+Parameters:
+  IngressCertificateArn:
+    Type: String
+    Description: "ARN of the certificate of ingress in AWS Certificate Manager, of a private CA"
-        Listeners: [{ PortMapping: { Port: 9080, Protocol: http } }]
+        Listeners: [{ PortMapping: { Port: 9080, Protocol: http }, TLS: { Certificate: { ACM: { CertificateArn: !Ref IngressCertificateArn } }, Mode: STRICT } }]
"#);
    insta::assert_snapshot!(changes(OPEN, "add a virtual node audit on port 9000"), @"
+  AuditHostname:
+    Type: String
+    Description: DNS name by which the hosts of audit are found
+  AuditVirtualNode:
+    Type: AWS::AppMesh::VirtualNode
+    Properties:
+      MeshName: !GetAtt Mesh.MeshName
+      VirtualNodeName: audit
+      Spec:
+        Listeners:
+          - PortMapping:
+              Port: 9000
+              Protocol: http
+        ServiceDiscovery:
+          DNS:
+            Hostname: !Ref AuditHostname
+            ResponseType: ENDPOINTS
");
    insta::assert_snapshot!(changes(SHOP, "add a virtual node reports on port 8080"), @r#"
-    "AccessLog": { "Type": "String", "Default": "/dev/stdout", "AllowedValues": ["/dev/stdout", "/dev/null"] }
+    "AccessLog": { "Type": "String", "Default": "/dev/stdout", "AllowedValues": ["/dev/stdout", "/dev/null"] },
+    "ReportsHostname": {
+      "Type": "String",
+      "Description": "DNS name by which the hosts of reports are found"
+    }
+    "ReportsNode": {
+      "Type": "AWS::AppMesh::VirtualNode",
+      "Properties": {
+        "MeshName": {
+          "Fn::GetAtt": [
+            "Mesh",
+            "MeshName"
+          ]
+        },
+        "VirtualNodeName": "reports",
+        "Spec": {
+          "Listeners": [
+            {
+              "PortMapping": {
+                "Port": 8080,
+                "Protocol": "http"
+              }
+            }
+          ],
+          "ServiceDiscovery": {
+            "DNS": {
+              "Hostname": {
+                "Ref": "ReportsHostname"
+              },
+              "ResponseType": "ENDPOINTS"
+            }
+          }
+        }
+      }
+    },
"#);
}

#[test]
fn what_cannot_be_a_parameter_is_asked_for() {
    insta::assert_snapshot!(refused(DESCRIBED, "enable TLS with a certificate from ACM on orders"), @"
question: What should stand in the file as this: ARN of the certificate of orders in AWS Certificate Manager, of a private CA?
error: nothing is changed before this is settled
");
    insta::assert_snapshot!(refused(COLOR, "add a route for /beta"), @"
question: Where should the route send its requests?
error: nothing is changed before this is settled
");
}

#[test]
fn a_new_service_is_called_by_its_host_name_in_the_mesh_of_the_file() {
    insta::assert_snapshot!(changes(OPEN, "add a service stock on port 9000 that calls color"), @"
+  StockVirtualNode:
+    Type: AWS::AppMesh::VirtualNode
+    Properties:
+      MeshName: !GetAtt Mesh.MeshName
+      VirtualNodeName: stock
+      Spec:
+        Backends:
+          - VirtualService:
+              VirtualServiceName: !GetAtt ColorService.VirtualServiceName
+        Listeners:
+          - PortMapping:
+              Port: 9000
+              Protocol: http
+        ServiceDiscovery:
+          DNS:
+            Hostname: !Sub 'stock.${Project}.local'
+            ResponseType: ENDPOINTS
+  StockService:
+    Type: AWS::AppMesh::VirtualService
+    Properties:
+      MeshName: !GetAtt Mesh.MeshName
+      VirtualServiceName: !Sub 'stock.${Project}.local'
+      Spec:
+        Provider:
+          VirtualNode:
+            VirtualNodeName: !GetAtt StockVirtualNode.VirtualNodeName
");
    insta::assert_snapshot!(changes(COLOR, "add a service stock on port 9000. colorteller-blue-vn calls stock"), @"
+        Backends:
+          - VirtualService:
+              VirtualServiceName: stock.colors.local
+  StockVirtualNode:
+    Type: AWS::AppMesh::VirtualNode
+    Properties:
+      MeshName: colors
+      VirtualNodeName: stock
+      Spec:
+        Listeners:
+          - PortMapping:
+              Port: 9000
+              Protocol: http
+        ServiceDiscovery:
+          DNS:
+            Hostname: stock.colors.local
+            ResponseType: ENDPOINTS
+  StockVirtualService:
+    Type: AWS::AppMesh::VirtualService
+    DependsOn: StockVirtualNode
+    Properties:
+      MeshName: colors
+      VirtualServiceName: stock.colors.local
+      Spec:
+        Provider:
+          VirtualNode:
+            VirtualNodeName: stock
");
}

#[test]
fn a_new_resource_waits_for_what_it_names_by_text_alone() {
    insta::assert_snapshot!(changes(COLOR, "add a route /white to colorteller-white-vn"), @"
+  ColortellerWhiteVnRoute:
+    Type: AWS::AppMesh::Route
+    DependsOn:
+      - Router
+      - White
+    Properties:
+      MeshName: colors
+      VirtualRouterName: colorteller-vr
+      RouteName: colorteller-white-vn-route
+      Spec:
+        HttpRoute:
+          Action:
+            WeightedTargets:
+              - VirtualNode: colorteller-white-vn
+                Weight: 100
+          Match:
+            Prefix: /white
+        Priority: 5
");
}

#[test]
fn a_warning_that_was_not_there_is_shown() {
    insta::assert_snapshot!(notes(SHOP, "make TLS permissive on payments-v1"), @r#"
warning[permissive-tls]: `payments-v1` checks the certificates of its clients, but also lets in whoever speaks plaintext
   --> shop.json:167:25
    |
167 |                 "Mode": "PERMISSIVE",
    |                         ^^^^^^^^^^^^ in virtual node payments-v1
    |
    = help: set STRICT once every caller speaks TLS: the listener's statistics count the handshakes

edit: set spec.listeners[0].tls.mode of virtual node `payments-v1` to `PERMISSIVE`
changed: shop.json
"#);
    insta::assert_snapshot!(notes(SHOP, "rename payments-v1 to payments-stable"), @"
assumed: virtual node `payments-v1` gives way to a new one, `payments-stable`
         App Mesh has no renaming: what deploys the file makes the new one and deletes the old
edit: set virtualNodeName of virtual node `payments-v1` to `payments-stable`
changed: shop.json
");
}

#[test]
fn the_edit_that_cannot_be_made_is_named() {
    insta::assert_snapshot!(refused(SHOP, "orders listens on port 9090 and logs to /dev/stderr"), @"error: nothing is changed: set spec.listeners[0].portMapping.port of virtual node `orders` to 9090: shop.json:81:40: spec.listeners[0].portMapping.port: the value comes from parameter `ServicePort`; change it there");
}

#[test]
fn nothing_is_assumed_of_what_a_condition_decides() {
    let open = OPEN.1.replacen(
        "{ PortMapping: { Port: 8080, Protocol: http } }",
        "{ PortMapping: { Port: 8080, Protocol: http }, HealthCheck: !If [Checked, { Protocol: http, Path: /ping, IntervalMillis: 5000, TimeoutMillis: 2000, HealthyThreshold: 2, UnhealthyThreshold: 2 }, !Ref AWS::NoValue] }",
        1,
    );
    let open = format!("Conditions:\n  Checked: !Equals [!Ref Project, big]\n{open}");
    insta::assert_snapshot!(all_notes(("open.yml", &open), "set the health check path of ColorNode to /healthz"), @"error: nothing is changed: set spec.listeners[0].healthCheck.path of virtual node `${Project}-color-node` to `/healthz`: open.yml:13:81: spec.listeners[0].healthCheck.path: condition `Checked` chooses the value; change the branch meant");
}
