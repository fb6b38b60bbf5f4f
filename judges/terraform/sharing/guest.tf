# What the other account sees of a shared mesh, and makes in it; tags of others it does not see.

variable "owner" {
  type = string
}

data "aws_appmesh_mesh" "shared" {
  name       = "shared"
  mesh_owner = var.owner
}

resource "aws_appmesh_virtual_node" "guest" {
  name       = "guest"
  mesh_name  = data.aws_appmesh_mesh.shared.name
  mesh_owner = var.owner
  tags       = { kind = var.changed ? "changed" : "first" }
  spec {
    listener {
      port_mapping {
        port     = var.changed ? 8081 : 8080
        protocol = "http"
      }
    }
    service_discovery {
      dns {
        hostname = "guest.local"
      }
    }
  }
}

resource "aws_appmesh_virtual_router" "guest" {
  name       = "guest"
  mesh_name  = data.aws_appmesh_mesh.shared.name
  mesh_owner = var.owner
  spec {
    listener {
      port_mapping {
        port     = 8080
        protocol = "http"
      }
    }
  }
}

resource "aws_appmesh_route" "guest" {
  name                = "guest"
  mesh_name           = data.aws_appmesh_mesh.shared.name
  mesh_owner          = var.owner
  virtual_router_name = aws_appmesh_virtual_router.guest.name
  spec {
    http_route {
      match {
        prefix = "/"
      }
      action {
        weighted_target {
          virtual_node = aws_appmesh_virtual_node.guest.name
          weight       = var.changed ? 2 : 1
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_service" "guest" {
  name       = "guest.local"
  mesh_name  = data.aws_appmesh_mesh.shared.name
  mesh_owner = var.owner
  spec {
    provider {
      virtual_router {
        virtual_router_name = aws_appmesh_virtual_router.guest.name
      }
    }
  }
}

data "aws_appmesh_virtual_node" "guest" {
  name       = aws_appmesh_virtual_node.guest.name
  mesh_name  = data.aws_appmesh_mesh.shared.name
  mesh_owner = var.owner
}

data "aws_appmesh_virtual_service" "guest" {
  name       = aws_appmesh_virtual_service.guest.name
  mesh_name  = data.aws_appmesh_mesh.shared.name
  mesh_owner = var.owner
}
