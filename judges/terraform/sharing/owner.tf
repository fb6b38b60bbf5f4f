# A mesh that its account shares with another one. AWS shares it by RAM, which is no matter of App Mesh; here the other account's key says so.

resource "aws_appmesh_mesh" "shared" {
  name = "shared"
  spec {
    egress_filter {
      type = "DROP_ALL"
    }
  }
  tags = { kind = "owner" }
}
