# Every resource type of App Mesh's in Terraform, with everything that each can hold; `changed` gives all of it other values.

variable "changed" {
  type    = bool
  default = false
}

locals {
  tags      = var.changed ? { kind = "changed", new = "yes" } : { kind = "first", old = "" }
  unit      = var.changed ? "ms" : "s"
  number    = var.changed ? 7 : 5
  protocols = toset(["http", "http2", "grpc", "tcp"])
  gateways  = toset(["http", "http2", "grpc"])
  several   = var.changed ? ["http2", "grpc", "http"] : ["http", "http2"]
  methods   = { exact = "a", prefix = "b", suffix = "c", regex = "d.*" }
}

resource "aws_appmesh_mesh" "own" {
  name = "own"
  spec {
    egress_filter {
      type = var.changed ? "ALLOW_ALL" : "DROP_ALL"
    }
    service_discovery {
      ip_preference = var.changed ? "IPv6_ONLY" : "IPv4_PREFERRED"
    }
  }
  tags = local.tags
}

resource "aws_appmesh_mesh" "bare" {
  name = "bare"
}

resource "aws_appmesh_virtual_node" "bare" {
  name      = "bare"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = var.changed ? {} : local.tags
  spec {}
}

resource "aws_appmesh_virtual_node" "each" {
  for_each  = local.protocols
  name      = "node-${each.key}"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = local.tags
  spec {
    backend {
      virtual_service {
        virtual_service_name = "not-there-yet.local"
        client_policy {
          tls {
            enforce = var.changed
            ports   = var.changed ? [8443] : [443, 8443]
            certificate {
              file {
                certificate_chain = "/tls/chain-${local.number}.pem"
                private_key       = "/tls/key.pem"
              }
            }
            validation {
              subject_alternative_names {
                match {
                  exact = var.changed ? ["a.local"] : ["a.local", "b.local"]
                }
              }
              trust {
                acm {
                  certificate_authority_arns = ["arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/${local.number}"]
                }
              }
            }
          }
        }
      }
    }
    backend {
      virtual_service {
        virtual_service_name = "bare-${local.number}.local"
      }
    }
    backend_defaults {
      client_policy {
        tls {
          certificate {
            sds {
              secret_name = "own-${local.number}"
            }
          }
          validation {
            trust {
              file {
                certificate_chain = "/tls/ca-${local.number}.pem"
              }
            }
          }
        }
      }
    }
    listener {
      port_mapping {
        port     = 8080 + local.number
        protocol = each.key
      }
      health_check {
        protocol            = each.key
        path                = each.key == "grpc" || each.key == "tcp" ? null : "/ping"
        port                = var.changed ? 8087 : null
        healthy_threshold   = local.number - 3
        unhealthy_threshold = 10
        timeout_millis      = 2000
        interval_millis     = 5000 * local.number
      }
      outlier_detection {
        max_server_errors    = local.number
        max_ejection_percent = 10 * local.number
        base_ejection_duration {
          unit  = local.unit
          value = local.number
        }
        interval {
          unit  = local.unit
          value = local.number
        }
      }
      connection_pool {
        dynamic "http" {
          for_each = each.key == "http" ? [0] : []
          content {
            max_connections      = local.number
            max_pending_requests = var.changed ? 20 : null
          }
        }
        dynamic "http2" {
          for_each = each.key == "http2" ? [0] : []
          content {
            max_requests = local.number
          }
        }
        dynamic "grpc" {
          for_each = each.key == "grpc" ? [0] : []
          content {
            max_requests = local.number
          }
        }
        dynamic "tcp" {
          for_each = each.key == "tcp" ? [0] : []
          content {
            max_connections = local.number
          }
        }
      }
      timeout {
        dynamic "http" {
          for_each = each.key == "http" ? [0] : []
          content {
            idle {
              unit  = local.unit
              value = local.number
            }
            per_request {
              unit  = local.unit
              value = local.number
            }
          }
        }
        dynamic "http2" {
          for_each = each.key == "http2" ? [0] : []
          content {
            idle {
              unit  = local.unit
              value = local.number
            }
            per_request {
              unit  = local.unit
              value = local.number
            }
          }
        }
        dynamic "grpc" {
          for_each = each.key == "grpc" ? [0] : []
          content {
            idle {
              unit  = local.unit
              value = local.number
            }
            per_request {
              unit  = local.unit
              value = local.number
            }
          }
        }
        dynamic "tcp" {
          for_each = each.key == "tcp" ? [0] : []
          content {
            idle {
              unit  = local.unit
              value = local.number
            }
          }
        }
      }
      tls {
        mode = var.changed ? "PERMISSIVE" : "STRICT"
        certificate {
          dynamic "acm" {
            for_each = each.key == "http" ? [0] : []
            content {
              certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/${local.number}"
            }
          }
          dynamic "file" {
            for_each = each.key == "grpc" ? [0] : []
            content {
              certificate_chain = "/tls/chain-${local.number}.pem"
              private_key       = "/tls/key.pem"
            }
          }
          dynamic "sds" {
            for_each = each.key == "http2" || each.key == "tcp" ? [0] : []
            content {
              secret_name = "own-${local.number}"
            }
          }
        }
        validation {
          subject_alternative_names {
            match {
              exact = ["${local.number}.local"]
            }
          }
          trust {
            dynamic "file" {
              for_each = var.changed ? [] : [0]
              content {
                certificate_chain = "/tls/ca.pem"
              }
            }
            dynamic "sds" {
              for_each = var.changed ? [0] : []
              content {
                secret_name = "ca"
              }
            }
          }
        }
      }
    }
    listener {
      port_mapping {
        port     = 9090
        protocol = each.key
      }
    }
    logging {
      access_log {
        file {
          path = "/dev/std${var.changed ? "err" : "out"}"
          format {
            text = each.key == "tcp" ? "%START_TIME% ${local.number}\n" : null
            dynamic "json" {
              for_each = each.key == "tcp" ? [] : ["START_TIME", "DURATION"]
              content {
                key   = "${json.value}-${local.number}"
                value = "%${json.value}%"
              }
            }
          }
        }
      }
    }
    service_discovery {
      dynamic "dns" {
        for_each = each.key == "http" || each.key == "tcp" ? [0] : []
        content {
          hostname      = "node-${local.number}.local"
          ip_preference = var.changed ? "IPv4_ONLY" : "IPv6_PREFERRED"
          response_type = var.changed ? "ENDPOINTS" : "LOADBALANCER"
        }
      }
      dynamic "aws_cloud_map" {
        for_each = each.key == "http" || each.key == "tcp" ? [] : [0]
        content {
          namespace_name = "shop"
          service_name   = each.key
          attributes     = { stack = "blue-${local.number}", region = "us-east-1" }
        }
      }
    }
  }
}

# Listeners of several protocols, of which one more comes, in another order.
resource "aws_appmesh_virtual_node" "several" {
  name      = "several"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    dynamic "listener" {
      for_each = local.several
      content {
        port_mapping {
          port     = 8000 + length(listener.value)
          protocol = listener.value
        }
        tls {
          mode = "STRICT"
          certificate {
            sds {
              secret_name = listener.value
            }
          }
          validation {
            trust {
              file {
                certificate_chain = "/tls/${listener.value}.pem"
              }
            }
          }
        }
      }
    }
    service_discovery {
      dns {
        hostname = "several.local"
      }
    }
  }
}

resource "aws_appmesh_virtual_router" "several" {
  name      = "several"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    dynamic "listener" {
      for_each = local.several
      content {
        port_mapping {
          port     = 8000 + length(listener.value)
          protocol = listener.value
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_gateway" "several" {
  name      = "several"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = var.changed ? {} : local.tags
  spec {
    dynamic "listener" {
      for_each = local.several
      content {
        port_mapping {
          port     = 8000 + length(listener.value)
          protocol = listener.value
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_router" "each" {
  for_each  = local.protocols
  name      = "router-${each.key}"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = local.tags
  spec {
    listener {
      port_mapping {
        port     = 8000
        protocol = each.key
      }
    }
    listener {
      port_mapping {
        port     = 8080 + local.number
        protocol = each.key
      }
    }
  }
}

resource "aws_appmesh_virtual_router" "bare" {
  name      = "bare"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = var.changed ? {} : local.tags
  spec {
    dynamic "listener" {
      for_each = var.changed ? local.protocols : []
      content {
        port_mapping {
          port     = 8000 + length(listener.key)
          protocol = listener.key
        }
      }
    }
  }
}

resource "aws_appmesh_route" "http" {
  for_each            = toset(["http", "http2"])
  name                = "route-${each.key}"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = aws_appmesh_virtual_router.each[each.key].name
  tags                = local.tags
  spec {
    priority = var.changed ? 1000 : 0
    dynamic "http_route" {
      for_each = each.key == "http" ? [0] : []
      content {
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.each["http"].name
            weight       = 10 * local.number
            port         = 9090
          }
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.bare.name
            weight       = 0
          }
        }
        match {
          prefix = "/orders-${local.number}"
          method = var.changed ? "GET" : "POST"
          scheme = var.changed ? "http" : "https"
          port   = 8000
          dynamic "header" {
            for_each = local.methods
            content {
              name   = "X-${header.key}"
              invert = var.changed
              match {
                exact  = header.key == "exact" ? header.value : null
                prefix = header.key == "prefix" ? header.value : null
                suffix = header.key == "suffix" ? header.value : null
                regex  = header.key == "regex" ? header.value : null
              }
            }
          }
          header {
            name = "X-Range"
            match {
              range {
                start = 1
                end   = local.number
              }
            }
          }
          header {
            name = "X-Present-${local.number}"
          }
          query_parameter {
            name = "fast"
            match {
              exact = "yes-${local.number}"
            }
          }
        }
        retry_policy {
          http_retry_events = var.changed ? ["stream-error"] : ["server-error", "gateway-error"]
          tcp_retry_events  = ["connection-error"]
          max_retries       = var.changed ? 0 : local.number
          per_retry_timeout {
            unit  = local.unit
            value = local.number
          }
        }
        timeout {
          idle {
            unit  = local.unit
            value = local.number
          }
          per_request {
            unit  = local.unit
            value = local.number
          }
        }
      }
    }
    dynamic "http2_route" {
      for_each = each.key == "http2" ? [0] : []
      content {
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.each["http2"].name
            weight       = local.number
          }
        }
        match {
          port = 8000
          path {
            exact = var.changed ? null : "/orders"
            regex = var.changed ? "/orders/.*" : null
          }
          query_parameter {
            name = "there-${local.number}"
          }
        }
        timeout {
          per_request {
            unit  = local.unit
            value = local.number
          }
        }
      }
    }
  }
}

resource "aws_appmesh_route" "grpc" {
  name                = "route-grpc"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = aws_appmesh_virtual_router.each["grpc"].name
  tags                = local.tags
  spec {
    priority = local.number
    grpc_route {
      action {
        weighted_target {
          virtual_node = aws_appmesh_virtual_node.each["grpc"].name
          weight       = local.number
          port         = 9090
        }
      }
      match {
        service_name = "shop.Orders"
        method_name  = "Get${local.number}"
        port         = 8000
        metadata {
          name   = "X-Version"
          invert = var.changed
          match {
            prefix = "v${local.number}"
          }
        }
        metadata {
          name = "X-Range"
          match {
            range {
              start = 1
              end   = local.number
            }
          }
        }
      }
      retry_policy {
        grpc_retry_events = var.changed ? ["cancelled"] : ["unavailable", "internal", "deadline-exceeded"]
        http_retry_events = ["server-error"]
        tcp_retry_events  = ["connection-error"]
        max_retries       = local.number
        per_retry_timeout {
          unit  = local.unit
          value = local.number
        }
      }
      timeout {
        idle {
          unit  = local.unit
          value = local.number
        }
        per_request {
          unit  = local.unit
          value = local.number
        }
      }
    }
  }
}

resource "aws_appmesh_route" "tcp" {
  name                = "route-tcp"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = aws_appmesh_virtual_router.each["tcp"].name
  tags                = var.changed ? {} : local.tags
  spec {
    tcp_route {
      action {
        weighted_target {
          virtual_node = aws_appmesh_virtual_node.each["tcp"].name
          weight       = local.number
        }
      }
      match {
        port = 8000
      }
      timeout {
        idle {
          unit  = local.unit
          value = local.number
        }
      }
    }
  }
}

# A match of nothing, and none: each is of all requests.
resource "aws_appmesh_virtual_router" "all" {
  for_each  = toset(["grpc", "tcp"])
  name      = "all-${each.key}"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    listener {
      port_mapping {
        port     = 8000
        protocol = each.key
      }
    }
  }
}

resource "aws_appmesh_route" "all" {
  for_each            = aws_appmesh_virtual_router.all
  name                = "all-${each.key}"
  mesh_name           = aws_appmesh_mesh.own.name
  virtual_router_name = each.value.name
  spec {
    dynamic "grpc_route" {
      for_each = each.key == "grpc" ? [0] : []
      content {
        match {}
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.bare.name
            weight       = local.number
          }
        }
      }
    }
    dynamic "tcp_route" {
      for_each = each.key == "tcp" ? [0] : []
      content {
        action {
          weighted_target {
            virtual_node = aws_appmesh_virtual_node.bare.name
            weight       = local.number
          }
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_service" "router" {
  name      = "orders.local"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = local.tags
  spec {
    provider {
      dynamic "virtual_router" {
        for_each = var.changed ? [] : [0]
        content {
          virtual_router_name = aws_appmesh_virtual_router.each["http"].name
        }
      }
      dynamic "virtual_node" {
        for_each = var.changed ? [0] : []
        content {
          virtual_node_name = aws_appmesh_virtual_node.each["http"].name
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_service" "bare" {
  name      = "bare.local"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = var.changed ? {} : local.tags
  spec {}
}

resource "aws_appmesh_virtual_service" "alone" {
  name      = "alone.local"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    provider {
      virtual_node {
        virtual_node_name = aws_appmesh_virtual_node.bare.name
      }
    }
  }
}

resource "aws_appmesh_virtual_gateway" "each" {
  for_each  = local.gateways
  name      = "gateway-${each.key}"
  mesh_name = aws_appmesh_mesh.own.name
  tags      = local.tags
  spec {
    backend_defaults {
      client_policy {
        tls {
          enforce = var.changed
          ports   = var.changed ? [8443] : [443, 8443]
          certificate {
            file {
              certificate_chain = "/tls/chain-${local.number}.pem"
              private_key       = "/tls/key.pem"
            }
          }
          validation {
            subject_alternative_names {
              match {
                exact = ["${local.number}.local"]
              }
            }
            trust {
              acm {
                certificate_authority_arns = ["arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/${local.number}"]
              }
            }
          }
        }
      }
    }
    listener {
      port_mapping {
        port     = 8080 + local.number
        protocol = each.key
      }
      connection_pool {
        dynamic "http" {
          for_each = each.key == "http" ? [0] : []
          content {
            max_connections      = local.number
            max_pending_requests = local.number
          }
        }
        dynamic "http2" {
          for_each = each.key == "http2" ? [0] : []
          content {
            max_requests = local.number
          }
        }
        dynamic "grpc" {
          for_each = each.key == "grpc" ? [0] : []
          content {
            max_requests = local.number
          }
        }
      }
      health_check {
        protocol            = each.key
        path                = each.key == "grpc" ? null : "/ping"
        port                = var.changed ? 8087 : null
        healthy_threshold   = local.number
        unhealthy_threshold = local.number
        timeout_millis      = 2000 + local.number
        interval_millis     = 5000
      }
      tls {
        mode = var.changed ? "DISABLED" : "STRICT"
        certificate {
          dynamic "acm" {
            for_each = each.key == "http" ? [0] : []
            content {
              certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/${local.number}"
            }
          }
          dynamic "file" {
            for_each = each.key == "grpc" ? [0] : []
            content {
              certificate_chain = "/tls/chain-${local.number}.pem"
              private_key       = "/tls/key.pem"
            }
          }
          dynamic "sds" {
            for_each = each.key == "http2" ? [0] : []
            content {
              secret_name = "own-${local.number}"
            }
          }
        }
        validation {
          subject_alternative_names {
            match {
              exact = ["${local.number}.local"]
            }
          }
          trust {
            sds {
              secret_name = "ca-${local.number}"
            }
          }
        }
      }
    }
    logging {
      access_log {
        file {
          path = "/dev/stdout"
          format {
            text = "%START_TIME% ${local.number}\n"
          }
        }
      }
    }
  }
}

resource "aws_appmesh_gateway_route" "http" {
  for_each             = toset(["http", "http2"])
  name                 = "gateway-route-${each.key}"
  mesh_name            = aws_appmesh_mesh.own.name
  virtual_gateway_name = aws_appmesh_virtual_gateway.each[each.key].name
  tags                 = local.tags
  spec {
    priority = var.changed ? 0 : 1000
    dynamic "http_route" {
      for_each = each.key == "http" ? [0] : []
      content {
        action {
          rewrite {
            hostname {
              default_target_hostname = var.changed ? "DISABLED" : "ENABLED"
            }
            prefix {
              default_prefix = var.changed ? "DISABLED" : null
              value          = var.changed ? null : "/v5/"
            }
          }
          target {
            port = 8000
            virtual_service {
              virtual_service_name = aws_appmesh_virtual_service.router.name
            }
          }
        }
        match {
          prefix = "/orders-${local.number}/"
          port   = 8080 + local.number
          header {
            name   = "X-Version"
            invert = var.changed
            match {
              suffix = "b${local.number}"
            }
          }
          hostname {
            exact  = var.changed ? null : "shop.example.com"
            suffix = var.changed ? ".example.com" : null
          }
          query_parameter {
            name = "fast"
            match {
              exact = "yes-${local.number}"
            }
          }
        }
      }
    }
    dynamic "http2_route" {
      for_each = each.key == "http2" ? [0] : []
      content {
        action {
          rewrite {
            path {
              exact = "/new-${local.number}"
            }
          }
          target {
            virtual_service {
              virtual_service_name = aws_appmesh_virtual_service.bare.name
            }
          }
        }
        match {
          path {
            exact = var.changed ? null : "/old"
            regex = var.changed ? "/old/.*" : null
          }
        }
      }
    }
  }
}

resource "aws_appmesh_gateway_route" "grpc" {
  name                 = "gateway-route-grpc"
  mesh_name            = aws_appmesh_mesh.own.name
  virtual_gateway_name = aws_appmesh_virtual_gateway.each["grpc"].name
  tags                 = var.changed ? {} : local.tags
  spec {
    grpc_route {
      action {
        target {
          port = 8000
          virtual_service {
            virtual_service_name = aws_appmesh_virtual_service.bare.name
          }
        }
      }
      match {
        service_name = "shop.Orders${local.number}"
        port         = 8080 + local.number
      }
    }
  }
}

# What others would ask for: by its name, and by its owner too.
data "aws_appmesh_mesh" "own" {
  name       = aws_appmesh_mesh.own.name
  mesh_owner = aws_appmesh_mesh.own.mesh_owner
}

data "aws_appmesh_mesh" "bare" {
  name = aws_appmesh_mesh.bare.name
}

data "aws_appmesh_virtual_node" "each" {
  for_each  = merge(aws_appmesh_virtual_node.each, { several = aws_appmesh_virtual_node.several })
  name      = each.value.name
  mesh_name = each.value.mesh_name
}

data "aws_appmesh_virtual_router" "each" {
  for_each   = { http = aws_appmesh_virtual_router.each["http"], several = aws_appmesh_virtual_router.several }
  name       = each.value.name
  mesh_name  = each.value.mesh_name
  mesh_owner = each.value.mesh_owner
}

data "aws_appmesh_route" "each" {
  for_each            = merge(aws_appmesh_route.http, { grpc = aws_appmesh_route.grpc, tcp = aws_appmesh_route.tcp })
  name                = each.value.name
  mesh_name           = each.value.mesh_name
  virtual_router_name = each.value.virtual_router_name
}

data "aws_appmesh_virtual_service" "each" {
  for_each  = { router = aws_appmesh_virtual_service.router, node = aws_appmesh_virtual_service.alone }
  name      = each.value.name
  mesh_name = each.value.mesh_name
}

data "aws_appmesh_virtual_gateway" "each" {
  for_each  = aws_appmesh_virtual_gateway.each
  name      = each.value.name
  mesh_name = each.value.mesh_name
}

data "aws_appmesh_gateway_route" "each" {
  for_each             = merge(aws_appmesh_gateway_route.http, { grpc = aws_appmesh_gateway_route.grpc })
  name                 = each.value.name
  mesh_name            = each.value.mesh_name
  virtual_gateway_name = each.value.virtual_gateway_name
}
