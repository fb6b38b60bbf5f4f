# What the provider's acceptance cases change of routes and services from step to step, as `steps.tf` of the rest.

locals {
  steps  = ["header", "port", "priority", "retries", "targets", "timeout", "zero"]
  routes = { for own in setproduct(local.steps, ["grpc", "http", "http2", "tcp"]) : "${own[0]}-${own[1]}" => { step = own[0], protocol = own[1] } }
  # The shares of one node, or of two.
  shares = { port = var.changed ? [90, 10] : [100], targets = var.changed ? [90, 10] : [100], zero = var.changed ? [99, 0] : [90, 10] }
  # What each gateway route matches; where it is no prefix, it is a host.
  prefixes       = { host = var.changed ? null : "/", port = var.changed ? "/users" : "/", rewrite = var.changed ? "/" : null, target = var.changed ? "/users" : "/" }
  gateway_routes = { for own in setproduct(keys(local.prefixes), ["http", "http2"]) : "${own[0]}-${own[1]}" => { step = own[0], protocol = own[1] } }
}

resource "aws_appmesh_virtual_node" "target" {
  count     = 2
  name      = "target-${count.index}"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    listener {
      port_mapping {
        port     = 8080
        protocol = "http"
      }
    }
    service_discovery {
      dns {
        hostname = "target-${count.index}.local"
      }
    }
  }
}

# One listener, so that routes need no port.
resource "aws_appmesh_virtual_router" "steps" {
  for_each  = local.protocols
  name      = "steps-${each.key}"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    listener {
      port_mapping {
        port     = 8080
        protocol = each.key
      }
    }
  }
}

resource "aws_appmesh_route" "steps" {
  for_each            = local.routes
  name                = "steps-${each.value.step}"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = aws_appmesh_virtual_router.steps[each.value.protocol].name
  spec {
    priority = each.value.step == "priority" ? (var.changed ? 1000 : 42) : null
    dynamic "grpc_route" {
      for_each = each.value.protocol == "grpc" ? [each.value.step] : []
      content {
        match {
          port         = grpc_route.value == "port" ? 8080 : null
          service_name = grpc_route.value == "header" && var.changed ? "test.local" : null
          method_name  = grpc_route.value == "header" && var.changed ? "test" : null
          metadata {
            name   = "X-First"
            invert = grpc_route.value == "header" && var.changed
          }
          dynamic "metadata" {
            for_each = grpc_route.value == "header" && var.changed ? [0] : []
            content {
              name = "X-Second"
              match {
                range {
                  start = 2
                  end   = 7
                }
              }
            }
          }
        }
        action {
          dynamic "weighted_target" {
            for_each = lookup(local.shares, grpc_route.value, [100])
            content {
              virtual_node = aws_appmesh_virtual_node.target[weighted_target.key].name
              weight       = weighted_target.value
              port         = grpc_route.value == "port" ? 8080 : null
            }
          }
        }
        dynamic "retry_policy" {
          for_each = grpc_route.value == "retries" ? [0] : []
          content {
            grpc_retry_events = var.changed ? ["cancelled"] : ["deadline-exceeded", "resource-exhausted"]
            http_retry_events = var.changed ? ["client-error", "gateway-error"] : ["server-error"]
            tcp_retry_events  = var.changed ? ["connection-error"] : null
            max_retries       = var.changed ? 0 : 1
            per_retry_timeout {
              unit  = var.changed ? "ms" : "s"
              value = var.changed ? 250000 : 15
            }
          }
        }
        dynamic "timeout" {
          for_each = grpc_route.value == "timeout" ? [0] : []
          content {
            idle {
              unit  = var.changed ? "s" : "ms"
              value = var.changed ? 10 : 250000
            }
            dynamic "per_request" {
              for_each = var.changed ? [0] : []
              content {
                unit  = "s"
                value = 5
              }
            }
          }
        }
      }
    }
    dynamic "http_route" {
      for_each = each.value.protocol == "http" ? [each.value.step] : []
      content {
        match {
          prefix = var.changed && http_route.value != "priority" ? "/path" : "/"
          method = http_route.value == "header" ? (var.changed ? "PUT" : "POST") : null
          scheme = http_route.value == "header" ? (var.changed ? "https" : "http") : null
          port   = http_route.value == "port" ? 8080 : null
          dynamic "header" {
            for_each = http_route.value == "header" ? [0] : []
            content {
              name   = "X-First"
              invert = var.changed
            }
          }
          dynamic "header" {
            for_each = http_route.value == "header" && var.changed ? [0] : []
            content {
              name = "X-Second"
              match {
                range {
                  start = 2
                  end   = 7
                }
              }
            }
          }
        }
        action {
          dynamic "weighted_target" {
            for_each = lookup(local.shares, http_route.value, [100])
            content {
              virtual_node = aws_appmesh_virtual_node.target[weighted_target.key].name
              weight       = weighted_target.value
              port         = http_route.value == "port" ? 8080 : null
            }
          }
        }
        dynamic "retry_policy" {
          for_each = http_route.value == "retries" ? [0] : []
          content {
            http_retry_events = var.changed ? ["client-error", "gateway-error"] : ["server-error"]
            tcp_retry_events  = var.changed ? ["connection-error"] : null
            max_retries       = var.changed ? 0 : 1
            per_retry_timeout {
              unit  = var.changed ? "ms" : "s"
              value = var.changed ? 250000 : 15
            }
          }
        }
        dynamic "timeout" {
          for_each = http_route.value == "timeout" ? [0] : []
          content {
            idle {
              unit  = var.changed ? "s" : "ms"
              value = var.changed ? 10 : 250000
            }
            dynamic "per_request" {
              for_each = var.changed ? [0] : []
              content {
                unit  = "s"
                value = 5
              }
            }
          }
        }
      }
    }
    dynamic "http2_route" {
      for_each = each.value.protocol == "http2" ? [each.value.step] : []
      content {
        match {
          prefix = var.changed && http2_route.value != "priority" ? "/path" : "/"
          method = http2_route.value == "header" ? (var.changed ? "PUT" : "POST") : null
          scheme = http2_route.value == "header" ? (var.changed ? "https" : "http") : null
          port   = http2_route.value == "port" ? 8080 : null
          dynamic "header" {
            for_each = http2_route.value == "header" ? [0] : []
            content {
              name   = "X-First"
              invert = var.changed
            }
          }
          dynamic "header" {
            for_each = http2_route.value == "header" && var.changed ? [0] : []
            content {
              name = "X-Second"
              match {
                range {
                  start = 2
                  end   = 7
                }
              }
            }
          }
        }
        action {
          dynamic "weighted_target" {
            for_each = lookup(local.shares, http2_route.value, [100])
            content {
              virtual_node = aws_appmesh_virtual_node.target[weighted_target.key].name
              weight       = weighted_target.value
              port         = http2_route.value == "port" ? 8080 : null
            }
          }
        }
        dynamic "retry_policy" {
          for_each = http2_route.value == "retries" ? [0] : []
          content {
            http_retry_events = var.changed ? ["client-error", "gateway-error"] : ["server-error"]
            tcp_retry_events  = var.changed ? ["connection-error"] : null
            max_retries       = var.changed ? 0 : 1
            per_retry_timeout {
              unit  = var.changed ? "ms" : "s"
              value = var.changed ? 250000 : 15
            }
          }
        }
        dynamic "timeout" {
          for_each = http2_route.value == "timeout" ? [0] : []
          content {
            idle {
              unit  = var.changed ? "s" : "ms"
              value = var.changed ? 10 : 250000
            }
            dynamic "per_request" {
              for_each = var.changed ? [0] : []
              content {
                unit  = "s"
                value = 5
              }
            }
          }
        }
      }
    }
    dynamic "tcp_route" {
      for_each = each.value.protocol == "tcp" ? [each.value.step] : []
      content {
        dynamic "match" {
          for_each = tcp_route.value == "port" ? [0] : []
          content {
            port = 8080
          }
        }
        action {
          dynamic "weighted_target" {
            for_each = lookup(local.shares, tcp_route.value, [100])
            content {
              virtual_node = aws_appmesh_virtual_node.target[weighted_target.key].name
              weight       = weighted_target.value
              port         = tcp_route.value == "port" ? 8080 : null
            }
          }
        }
        dynamic "timeout" {
          for_each = tcp_route.value == "timeout" ? [0] : []
          content {
            idle {
              unit  = var.changed ? "s" : "ms"
              value = var.changed ? 10 : 250000
            }
          }
        }
      }
    }
  }
}

# Routes of other protocols than their router's listener, without a match where that can be, and read again.
resource "aws_appmesh_route" "other" {
  for_each            = toset(["grpc", "http2", "tcp"])
  name                = "other-${each.key}"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = aws_appmesh_virtual_router.steps["http"].name
  tags                = each.key == "tcp" ? null : local.tags
  spec {
    dynamic "grpc_route" {
      for_each = each.key == "grpc" ? [0] : []
      content {
        match {}
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.target[0].name
            weight       = 100
          }
        }
      }
    }
    dynamic "http2_route" {
      for_each = each.key == "http2" ? [0] : []
      content {
        match {
          prefix = "/"
        }
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.target[0].name
            weight       = 100
          }
        }
      }
    }
    dynamic "tcp_route" {
      for_each = each.key == "tcp" ? [0] : []
      content {
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.target[0].name
            weight       = 100
          }
        }
      }
    }
  }
}

data "aws_appmesh_route" "other" {
  for_each            = aws_appmesh_route.other
  name                = each.value.name
  mesh_name           = each.value.mesh_name
  virtual_router_name = each.value.virtual_router_name
}

# Providers that are exchanged for others of their kind.
resource "aws_appmesh_virtual_service" "moved" {
  for_each  = toset(["node", "router"])
  name      = "moved-${each.key}.local"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    provider {
      dynamic "virtual_node" {
        for_each = each.key == "node" ? [0] : []
        content {
          virtual_node_name = aws_appmesh_virtual_node.target[var.changed ? 1 : 0].name
        }
      }
      dynamic "virtual_router" {
        for_each = each.key == "router" ? [0] : []
        content {
          virtual_router_name = aws_appmesh_virtual_router.steps[var.changed ? "http2" : "http"].name
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_service" "empty" {
  count     = 2
  name      = "empty-${count.index}.local"
  mesh_name = aws_appmesh_mesh.own.name
  spec {}
}

# A prefix that becomes another, a host alone, and a host alone that becomes a prefix which is not rewritten.
resource "aws_appmesh_gateway_route" "steps" {
  for_each             = local.gateway_routes
  name                 = "steps-${each.value.step}"
  mesh_name            = aws_appmesh_mesh.own.name
  virtual_gateway_name = aws_appmesh_virtual_gateway.each[each.value.protocol].name
  spec {
    dynamic "http_route" {
      for_each = each.value.protocol == "http" ? [each.value.step] : []
      content {
        match {
          prefix = local.prefixes[http_route.value]
          port   = http_route.value == "port" ? 8080 + local.number : null
          dynamic "hostname" {
            for_each = local.prefixes[http_route.value] == null ? [0] : []
            content {
              exact = "test.example.com"
            }
          }
        }
        action {
          target {
            virtual_service {
              virtual_service_name = aws_appmesh_virtual_service.empty[var.changed ? 1 : 0].name
            }
          }
          dynamic "rewrite" {
            for_each = http_route.value == "rewrite" && var.changed ? [0] : []
            content {
              hostname {
                default_target_hostname = "DISABLED"
              }
              prefix {
                default_prefix = "DISABLED"
              }
            }
          }
        }
      }
    }
    dynamic "http2_route" {
      for_each = each.value.protocol == "http2" ? [each.value.step] : []
      content {
        match {
          prefix = local.prefixes[http2_route.value]
          port   = http2_route.value == "port" ? 8080 + local.number : null
          dynamic "hostname" {
            for_each = local.prefixes[http2_route.value] == null ? [0] : []
            content {
              exact = "test.example.com"
            }
          }
        }
        action {
          target {
            virtual_service {
              virtual_service_name = aws_appmesh_virtual_service.empty[var.changed ? 1 : 0].name
            }
          }
          dynamic "rewrite" {
            for_each = http2_route.value == "rewrite" && var.changed ? [0] : []
            content {
              hostname {
                default_target_hostname = "DISABLED"
              }
              prefix {
                default_prefix = "DISABLED"
              }
            }
          }
        }
      }
    }
  }
}

# With a service name that becomes another, with a port or without.
resource "aws_appmesh_virtual_gateway" "named" {
  name      = "steps-grpc"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    listener {
      port_mapping {
        port     = 8080
        protocol = "grpc"
      }
    }
  }
}

resource "aws_appmesh_gateway_route" "named" {
  for_each             = { port = 8080, none = null }
  name                 = "steps-${each.key}"
  mesh_name            = aws_appmesh_mesh.own.name
  virtual_gateway_name = aws_appmesh_virtual_gateway.named.name
  spec {
    grpc_route {
      match {
        service_name = var.changed ? "second" : "first"
        port         = each.value
      }
      action {
        target {
          virtual_service {
            virtual_service_name = aws_appmesh_virtual_service.empty[var.changed ? 1 : 0].name
          }
        }
      }
    }
  }
}
