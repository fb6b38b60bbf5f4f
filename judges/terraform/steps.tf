# What the provider's acceptance cases change from step to step, beyond what `everything.tf` does: read there, and said in our own words.
# Where a case has more than two steps, each pair of neighbours is a resource of its own.

locals {
  # A protocol that becomes another one in place, with all that goes with it.
  becomes = var.changed ? "http" : "tcp"
}

resource "aws_appmesh_mesh" "steps" {
  for_each = { egress = ["ALLOW_ALL", "DROP_ALL"], first = ["IPv6_PREFERRED", "IPv4_PREFERRED"], then = ["IPv4_PREFERRED", "IPv4_ONLY"], last = ["IPv4_ONLY", "IPv6_ONLY"] }
  name     = "steps-${each.key}"
  tags     = var.changed ? {} : local.tags
  spec {
    dynamic "egress_filter" {
      for_each = each.key == "egress" ? [0] : []
      content {
        type = each.value[var.changed ? 1 : 0]
      }
    }
    dynamic "service_discovery" {
      for_each = each.key == "egress" ? [] : [0]
      content {
        ip_preference = each.value[var.changed ? 1 : 0]
      }
    }
  }
}

resource "aws_appmesh_virtual_node" "becomes" {
  name      = "becomes"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    dynamic "backend" {
      for_each = var.changed ? ["c.local", "d.local"] : ["a.local"]
      content {
        virtual_service {
          virtual_service_name = backend.value
        }
      }
    }
    listener {
      port_mapping {
        port     = 8080
        protocol = local.becomes
      }
      connection_pool {
        dynamic "tcp" {
          for_each = var.changed ? [] : [0]
          content {
            max_connections = 4
          }
        }
        dynamic "http" {
          for_each = var.changed ? [0] : []
          content {
            max_connections      = 8
            max_pending_requests = 16
          }
        }
      }
      timeout {
        dynamic "tcp" {
          for_each = var.changed ? [] : [0]
          content {
            idle {
              unit  = "ms"
              value = 250000
            }
          }
        }
        dynamic "http" {
          for_each = var.changed ? [0] : []
          content {
            idle {
              unit  = "s"
              value = 10
            }
            per_request {
              unit  = "s"
              value = 5
            }
          }
        }
      }
      outlier_detection {
        max_server_errors    = 5
        max_ejection_percent = var.changed ? 60 : 50
        base_ejection_duration {
          unit  = var.changed ? "s" : "ms"
          value = var.changed ? 6 : 250000
        }
        interval {
          unit  = var.changed ? "ms" : "s"
          value = var.changed ? 10000 : 10
        }
      }
    }
    service_discovery {
      dns {
        hostname = var.changed ? "second.local" : "first.local"
      }
    }
    logging {
      access_log {
        file {
          path = var.changed ? "/tmp/access.log" : "/dev/stdout"
        }
      }
    }
  }
}

# A check in another protocol than its listener's, and a certificate that is of another kind later on.
resource "aws_appmesh_virtual_node" "checked" {
  name      = "checked"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    listener {
      port_mapping {
        port     = var.changed ? 8081 : 8080
        protocol = var.changed ? "http" : "grpc"
      }
      health_check {
        protocol            = var.changed ? "tcp" : "http2"
        path                = var.changed ? null : "/ping"
        port                = var.changed ? 8081 : null
        healthy_threshold   = 3
        unhealthy_threshold = 5
        timeout_millis      = 2000
        interval_millis     = 5000
      }
      tls {
        mode = var.changed ? "STRICT" : "PERMISSIVE"
        certificate {
          dynamic "file" {
            for_each = var.changed ? [] : [0]
            content {
              certificate_chain = "/tls/chain.pem"
              private_key       = "/tls/key.pem"
            }
          }
          dynamic "acm" {
            for_each = var.changed ? [0] : []
            content {
              certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/own"
            }
          }
        }
      }
    }
    service_discovery {
      aws_cloud_map {
        namespace_name = "shop"
        service_name   = "checked"
        attributes     = var.changed ? { newer = "yes" } : { older = "yes" }
      }
    }
  }
}

# Names that are no longer checked, authorities that come from elsewhere, and a listener more.
resource "aws_appmesh_virtual_node" "trusting" {
  name      = "trusting"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    dynamic "listener" {
      for_each = var.changed ? ["http", "http", "grpc"] : ["http", "http"]
      content {
        port_mapping {
          port     = 8080 + listener.key
          protocol = listener.value
        }
        tls {
          mode = "PERMISSIVE"
          certificate {
            sds {
              secret_name = "own-${local.number}"
            }
          }
          validation {
            dynamic "subject_alternative_names" {
              for_each = var.changed ? [] : [0]
              content {
                match {
                  exact = ["a.local", "b.local"]
                }
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
    }
    service_discovery {
      dns {
        hostname = "trusting.local"
      }
    }
  }
}

# Policies for backends that say neither certificate nor whether they are enforced, of a node without a listener.
resource "aws_appmesh_virtual_node" "calling" {
  name      = "calling"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    backend {
      virtual_service {
        virtual_service_name = "a.local"
        client_policy {
          tls {
            ports = var.changed ? [443, 8443] : [8443]
            validation {
              dynamic "subject_alternative_names" {
                for_each = var.changed ? [0] : []
                content {
                  match {
                    exact = ["a.local"]
                  }
                }
              }
              trust {
                file {
                  certificate_chain = "/tls/ca-${local.number}.pem"
                }
              }
            }
          }
        }
      }
    }
    backend_defaults {
      client_policy {
        tls {
          ports = var.changed ? [443, 8443] : [8443]
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
  }
}

resource "aws_appmesh_virtual_gateway" "becomes" {
  name      = "becomes"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    backend_defaults {
      client_policy {
        tls {
          ports = var.changed ? [443, 8443] : [8443]
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
        port     = var.changed ? 8081 : 8080
        protocol = var.changed ? "http" : "grpc"
      }
      connection_pool {
        dynamic "grpc" {
          for_each = var.changed ? [] : [0]
          content {
            max_requests = 4
          }
        }
        dynamic "http" {
          for_each = var.changed ? [0] : []
          content {
            max_connections      = 8
            max_pending_requests = 16
          }
        }
      }
      tls {
        mode = var.changed ? "STRICT" : "PERMISSIVE"
        certificate {
          dynamic "file" {
            for_each = var.changed ? [] : [0]
            content {
              certificate_chain = "/tls/chain.pem"
              private_key       = "/tls/key.pem"
            }
          }
          dynamic "acm" {
            for_each = var.changed ? [0] : []
            content {
              certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/own"
            }
          }
        }
      }
    }
    logging {
      access_log {
        file {
          path = var.changed ? "/tmp/access.log" : "/dev/stdout"
        }
      }
    }
  }
}

resource "aws_appmesh_virtual_gateway" "checked" {
  name      = "checked"
  mesh_name = aws_appmesh_mesh.own.name
  spec {
    dynamic "listener" {
      for_each = [0, 1]
      content {
        port_mapping {
          port     = 8080 + listener.value
          protocol = var.changed ? "http2" : "grpc"
        }
        health_check {
          protocol            = var.changed ? "grpc" : "http2"
          path                = var.changed ? null : "/ping"
          port                = var.changed ? 8080 + listener.value : null
          healthy_threshold   = 3
          unhealthy_threshold = 5
          timeout_millis      = 2000
          interval_millis     = 5000
        }
        tls {
          mode = var.changed ? "STRICT" : "PERMISSIVE"
          certificate {
            sds {
              secret_name = "own-${local.number}"
            }
          }
          validation {
            dynamic "subject_alternative_names" {
              for_each = var.changed ? [] : [0]
              content {
                match {
                  exact = ["a.local", "b.local"]
                }
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
    }
  }
}
