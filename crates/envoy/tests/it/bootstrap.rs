//! Bootstraps as they are written.

use insta::assert_snapshot;
use meshwright_envoy::bootstrap::freeze;
use meshwright_envoy::envoy::config::bootstrap::v3::bootstrap::StaticResources;
use meshwright_envoy::envoy::config::cluster::v3::Cluster;
use meshwright_envoy::json::to_json;
use meshwright_envoy::{ClientCertificate, Settings};
use serde_json::{Value, json};

use crate::{NODE, bootstrapped, settings};

const ARN: &str = "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualGateway/edge";
const PLAIN: (&str, &str) = ("APPMESH_XDS_ENDPOINT", "http://127.0.0.1:18000");

/// A part of the bootstrap of a node with a plain control plane and variables.
fn part(pointer: &str, given: &[(&str, &str)]) -> String {
    let bootstrap = bootstrapped(NODE, &[&[PLAIN], given].concat());
    format!("{:#}", bootstrap.pointer(pointer).unwrap_or(&Value::Null))
}

#[test]
#[expect(clippy::too_many_lines, reason = "it shows one bootstrap whole")]
fn a_proxy_of_app_mesh_itself() {
    assert_snapshot!(format!("{:#}", bootstrapped(ARN, &[])), @r#"
    {
      "node": {
        "id": "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualGateway/edge",
        "cluster": "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualGateway/edge",
        "metadata": {
          "aws.appmesh.static_runtime": {
            "envoy.features.enable_all_deprecated_features": true,
            "envoy.reloadable_features.http_set_tracing_decision_in_request_id": true,
            "envoy.reloadable_features.no_extension_lookup_by_name": true,
            "envoy.reloadable_features.use_http_client_to_fetch_aws_credentials": false,
            "re2.max_program_size.error_level": 1000
          }
        }
      },
      "dynamic_resources": {
        "lds_config": {
          "ads": {},
          "initial_fetch_timeout": "0s",
          "resource_api_version": "V3"
        },
        "cds_config": {
          "ads": {},
          "initial_fetch_timeout": "0s",
          "resource_api_version": "V3"
        },
        "ads_config": {
          "api_type": "GRPC",
          "grpc_services": [
            {
              "google_grpc": {
                "target_uri": "appmesh-envoy-management.eu-west-1.amazonaws.com:443",
                "channel_credentials": {
                  "ssl_credentials": {
                    "root_certs": {
                      "filename": "/etc/pki/tls/cert.pem"
                    }
                  }
                },
                "call_credentials": [
                  {
                    "from_plugin": {
                      "name": "envoy.grpc_credentials.aws_iam",
                      "typed_config": {
                        "@type": "type.googleapis.com/envoy.config.grpc_credential.v3.AwsIamConfig",
                        "service_name": "appmesh",
                        "region": "eu-west-1"
                      }
                    }
                  }
                ],
                "stat_prefix": "ads",
                "credentials_factory_name": "envoy.grpc_credentials.aws_iam",
                "channel_args": {
                  "args": {
                    "grpc.http2.max_pings_without_data": {
                      "int_value": "0"
                    },
                    "grpc.initial_reconnect_backoff_ms": {
                      "int_value": "10000"
                    },
                    "grpc.keepalive_time_ms": {
                      "int_value": "10000"
                    },
                    "grpc.keepalive_timeout_ms": {
                      "int_value": "20000"
                    },
                    "grpc.max_connection_age_grace_ms": {
                      "int_value": "5000"
                    },
                    "grpc.max_connection_age_ms": {
                      "int_value": "2400000"
                    }
                  }
                }
              }
            }
          ],
          "transport_api_version": "V3"
        }
      },
      "cluster_manager": {
        "outlier_detection": {
          "event_log_path": "/dev/stdout"
        }
      },
      "admin": {
        "address": {
          "socket_address": {
            "address": "0.0.0.0",
            "port_value": 9901
          }
        },
        "access_log": [
          {
            "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
              "path": "/tmp/envoy_admin_access.log"
            }
          }
        ]
      },
      "stats_config": {
        "stats_tags": [
          {
            "tag_name": "appmesh.listener_protocol",
            "regex": ".*?\\.ingress\\.((\\w+?)\\.)[0-9]+?\\.(.+?)$"
          },
          {
            "tag_name": "appmesh.listener_port",
            "regex": ".*?\\.ingress\\.\\w+?\\.(([0-9]+?)\\.)(.+?)$"
          },
          {
            "tag_name": "envoy_rds_route_config",
            "regex": ".*?\\.ingress\\.\\w+?\\.[0-9]+?\\.rds\\.((.*?)\\.)(.+?)$"
          }
        ]
      },
      "layered_runtime": {
        "layers": [
          {
            "name": "static_layer_0",
            "static_layer": {
              "envoy.features.enable_all_deprecated_features": true,
              "envoy.reloadable_features.http_set_tracing_decision_in_request_id": true,
              "envoy.reloadable_features.no_extension_lookup_by_name": true,
              "envoy.reloadable_features.use_http_client_to_fetch_aws_credentials": false,
              "re2.max_program_size.error_level": 1000
            }
          },
          {
            "name": "admin_layer",
            "admin_layer": {}
          }
        ]
      }
    }
    "#);
}

#[test]
fn the_least_that_a_proxy_needs_beside_app_mesh() {
    let bootstrap = bootstrapped(NODE, &[PLAIN]);
    assert_snapshot!(format!("{:#}", bootstrap["node"]), @r#"
    {
      "id": "mesh/shop/virtualNode/orders",
      "cluster": "mesh/shop/virtualNode/orders",
      "metadata": {
        "aws.appmesh.static_runtime": {
          "envoy.features.enable_all_deprecated_features": true,
          "re2.max_program_size.error_level": 1000
        }
      }
    }
    "#);
    assert_snapshot!(bootstrap.pointer("/layered_runtime").unwrap().to_string(), @r#"{"layers":[{"name":"static_layer_0","static_layer":{"envoy.features.enable_all_deprecated_features":true,"re2.max_program_size.error_level":1000}},{"name":"admin_layer","admin_layer":{}}]}"#);
    assert_snapshot!(connection(&bootstrap), @r#"{"target_uri":"127.0.0.1:18000","stat_prefix":"ads"}"#);
}

/// How a control plane is reached.
fn connection(bootstrap: &Value) -> String {
    let mut connection = bootstrap["dynamic_resources"]["ads_config"]["grpc_services"][0]["google_grpc"].clone();
    connection.as_object_mut().unwrap().remove("channel_args");
    connection.to_string()
}

#[test]
fn a_control_plane_is_reached_as_its_address_says() {
    let connection =
        |endpoint| connection(&bootstrapped(NODE, &[("APPMESH_XDS_ENDPOINT", endpoint), ("AWS_REGION", "r")]));
    assert_snapshot!(connection("https://xds.example:443"), @r#"{"target_uri":"xds.example:443","channel_credentials":{"ssl_credentials":{}},"stat_prefix":"ads"}"#);
    assert_snapshot!(connection("unix:///run/xds.sock"), @r#"{"target_uri":"unix:///run/xds.sock","stat_prefix":"ads"}"#);
    assert_snapshot!(connection("xds.example:443"), @r#"{"target_uri":"xds.example:443","channel_credentials":{"ssl_credentials":{"root_certs":{"filename":"/etc/pki/tls/cert.pem"}}},"call_credentials":[{"from_plugin":{"name":"envoy.grpc_credentials.aws_iam","typed_config":{"@type":"type.googleapis.com/envoy.config.grpc_credential.v3.AwsIamConfig","service_name":"appmesh","region":"r"}}}],"stat_prefix":"ads","credentials_factory_name":"envoy.grpc_credentials.aws_iam"}"#);
}

#[test]
fn certificates_that_are_trusted_stand_for_those_that_are_usual() {
    for endpoint in ["https://xds.example:443", "xds.example:443"] {
        let mut settings = settings(ARN, &[("APPMESH_XDS_ENDPOINT", endpoint)]).unwrap();
        settings.trusted_certificates = Some("/etc/ca.pem".to_owned());
        let bootstrap = to_json(&meshwright_envoy::bootstrap(&settings));
        assert!(connection(&bootstrap).contains(r#""root_certs":{"filename":"/etc/ca.pem"}"#), "{bootstrap}");
    }
}

#[test]
fn a_certificate_is_shown_where_there_is_tls() {
    let mut settings = settings(ARN, &[("APPMESH_XDS_ENDPOINT", "https://xds.example:443")]).unwrap();
    settings.client_certificate =
        Some(ClientCertificate { chain: "/etc/chain.pem".to_owned(), key: "/etc/key.pem".to_owned() });
    let bootstrap = to_json(&meshwright_envoy::bootstrap(&settings));
    let expected =
        r#""ssl_credentials":{"private_key":{"filename":"/etc/key.pem"},"cert_chain":{"filename":"/etc/chain.pem"}}"#;
    assert!(connection(&bootstrap).contains(expected), "{bootstrap}");
}

#[test]
fn traces_go_to_xray() {
    let xray = ("ENABLE_ENVOY_XRAY_TRACING", "1");
    assert_snapshot!(part("/tracing", &[xray, ("XRAY_SAMPLING_RATE", "0.25")]), @r#"
    {
      "http": {
        "name": "envoy.tracers.xray",
        "typed_config": {
          "@type": "type.googleapis.com/envoy.config.trace.v3.XRayConfig",
          "daemon_endpoint": {
            "protocol": "UDP",
            "address": "127.0.0.1",
            "port_value": 2000
          },
          "segment_name": "shop/orders",
          "sampling_rule_manifest": {
            "inline_string": "{\"version\":2,\"default\":{\"fixed_target\":1,\"rate\":0.25},\"rules\":[]}"
          },
          "segment_fields": {
            "origin": "AWS::AppMesh::Proxy",
            "aws": {
              "app_mesh": {
                "mesh_name": "shop",
                "virtual_node_name": "orders"
              }
            }
          }
        }
      }
    }
    "#);
    assert_snapshot!(part("/static_resources", &[xray]), @"null");
}

#[test]
fn traces_go_to_jaeger() {
    let jaeger = ("ENABLE_ENVOY_JAEGER_TRACING", "1");
    assert_snapshot!(part("/tracing", &[jaeger]), @r#"
    {
      "http": {
        "name": "envoy.tracers.zipkin",
        "typed_config": {
          "@type": "type.googleapis.com/envoy.config.trace.v3.ZipkinConfig",
          "collector_cluster": "jaeger",
          "collector_endpoint": "/api/v2/spans",
          "shared_span_context": false,
          "collector_endpoint_version": "HTTP_PROTO"
        }
      }
    }
    "#);
    assert_snapshot!(part("/static_resources", &[jaeger]), @r#"
    {
      "clusters": [
        {
          "name": "jaeger",
          "type": "STRICT_DNS",
          "connect_timeout": "1s",
          "load_assignment": {
            "cluster_name": "jaeger",
            "endpoints": [
              {
                "lb_endpoints": [
                  {
                    "endpoint": {
                      "address": {
                        "socket_address": {
                          "address": "127.0.0.1",
                          "port_value": 9411
                        }
                      }
                    }
                  }
                ]
              }
            ]
          }
        }
      ]
    }
    "#);
}

#[test]
fn traces_go_to_datadog() {
    let datadog = ("ENABLE_ENVOY_DATADOG_TRACING", "1");
    assert_snapshot!(part("/tracing", &[datadog]), @r#"
    {
      "http": {
        "name": "envoy.tracers.datadog",
        "typed_config": {
          "@type": "type.googleapis.com/envoy.config.trace.v3.DatadogConfig",
          "collector_cluster": "datadog_agent",
          "service_name": "envoy-shop/orders"
        }
      }
    }
    "#);
    assert_snapshot!(part("/static_resources/clusters/0/name", &[datadog]), @r#""datadog_agent""#);
}

#[test]
fn a_manifest_of_xray_stays_a_file() {
    let given = [("ENABLE_ENVOY_XRAY_TRACING", "1"), ("XRAY_SAMPLING_RULE_MANIFEST", "/rules.json")];
    assert_snapshot!(part("/tracing/http/typed_config/sampling_rule_manifest", &given), @r#"
    {
      "filename": "/rules.json"
    }
    "#);
}

#[test]
fn a_process_that_gives_certificates() {
    assert_snapshot!(part("/static_resources", &[("APPMESH_SDS_SOCKET_PATH", "/run/sds.sock")]), @r#"
    {
      "clusters": [
        {
          "name": "static_cluster_sds_unix_socket",
          "type": "STATIC",
          "connect_timeout": "1s",
          "load_assignment": {
            "cluster_name": "static_cluster_sds_unix_socket",
            "endpoints": [
              {
                "lb_endpoints": [
                  {
                    "endpoint": {
                      "address": {
                        "pipe": {
                          "path": "/run/sds.sock"
                        }
                      }
                    }
                  }
                ]
              }
            ]
          },
          "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
              "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
              "explicit_http_config": {
                "http2_protocol_options": {}
              }
            }
          }
        }
      ]
    }
    "#);
}

#[test]
fn the_administration_listens_where_it_is_wanted() {
    assert_snapshot!(part("/admin/address", &[("ENVOY_ADMIN_ACCESS_PORT", "15901")]), @r#"
    {
      "socket_address": {
        "address": "0.0.0.0",
        "port_value": 15901
      }
    }
    "#);
    assert_snapshot!(part("/admin/address", &[("ENVOY_ADMIN_ACCESS_ENABLE_IPV6", "true")]), @r#"
    {
      "socket_address": {
        "address": "::",
        "port_value": 9901,
        "ipv4_compat": true
      }
    }
    "#);
    assert_snapshot!(part("/admin/address", &[("ENVOY_ADMIN_MODE", "UDS")]), @r#"
    {
      "pipe": {
        "path": "/tmp/envoy_admin.sock",
        "mode": 384
      }
    }
    "#);
}

#[test]
fn statistics() {
    let tags = [("ENABLE_ENVOY_STATS_TAGS", "1"), ("APPMESH_METRIC_EXTENSION_VERSION", "1")];
    let names = bootstrapped(ARN, &tags)["stats_config"]["stats_tags"].clone();
    let shown = |tag: &Value| format!("{} {}\n", tag["tag_name"], tag.get("fixed_value").unwrap_or(&json!("…")));
    assert_snapshot!(names.as_array().unwrap().iter().map(shown).collect::<String>(), @r#"
    "appmesh.mesh" "shop"
    "appmesh.virtual_gateway" "edge"
    "TargetVirtualNode" "…"
    "TargetVirtualService" "…"
    "Mesh" "shop"
    "VirtualGateway" "edge"
    "appmesh.listener_protocol" "…"
    "appmesh.listener_port" "…"
    "envoy_rds_route_config" "…"
    "#);
    let sink = [("ENABLE_ENVOY_DOG_STATSD", "1"), ("STATSD_PORT", "9125")];
    assert_snapshot!(part("/stats_sinks", &sink), @r#"
    [
      {
        "name": "envoy.stat_sinks.dog_statsd",
        "typed_config": {
          "@type": "type.googleapis.com/envoy.config.metrics.v3.DogStatsdSink",
          "address": {
            "socket_address": {
              "protocol": "UDP",
              "address": "127.0.0.1",
              "port_value": 9125
            }
          }
        }
      }
    ]
    "#);
    let socket = [("ENABLE_ENVOY_DOG_STATSD", "1"), ("STATSD_SOCKET_PATH", "/run/statsd.sock")];
    assert_snapshot!(part("/stats_sinks/0/typed_config/address", &socket), @r#"
    {
      "pipe": {
        "path": "/run/statsd.sock"
      }
    }
    "#);
    assert_eq!(part("/stats_flush_interval", &[("ENVOY_STATS_FLUSH_INTERVAL", "1m30s")]), r#""90s""#);
}

#[test]
fn what_a_users_file_says_is_not_said_before() {
    let given = [
        ("ENABLE_ENVOY_DOG_STATSD", "1"),
        ("ENABLE_ENVOY_XRAY_TRACING", "1"),
        ("ENVOY_STATS_CONFIG_FILE", "a"),
        ("ENVOY_STATS_SINKS_CFG_FILE", "b"),
        ("ENVOY_TRACING_CFG_FILE", "c"),
    ];
    for field in ["/stats_config", "/stats_sinks", "/tracing"] {
        assert_eq!(part(field, &given), "null");
    }
}

#[test]
fn what_is_known_of_the_platform_is_said() {
    let given = [
        ("APPMESH_METRIC_EXTENSION_VERSION", "1"),
        ("APPMESH_PLATFORM_APP_MESH_CONTROLLER_VERSION", "v1.12.1"),
        ("APPMESH_PLATFORM_K8S_POD_UID", "u"),
        ("APPMESH_PLATFORM_K8S_VERSION", "v1.27"),
        ("APPNET_FIPS_MODE_ENABLED", "1"),
    ];
    assert_snapshot!(part("/node/metadata", &given), @r#"
    {
      "aws.appmesh.metric_filter": {
        "level": "1"
      },
      "aws.appmesh.platformInfo": {
        "fipsModeEnabled": true,
        "k8sPlatformInfo": {
          "appMeshControllerVersion": "v1.12.1",
          "k8sVersion": "v1.27",
          "podUid": "u"
        }
      },
      "aws.appmesh.static_runtime": {
        "envoy.features.enable_all_deprecated_features": true,
        "re2.max_program_size.error_level": 1000
      }
    }
    "#);
    // Of a pod all is known or nothing.
    assert_eq!(part("/node/metadata/aws.appmesh.platformInfo", &given[3..4]), "null");
}

#[test]
fn a_frozen_bootstrap_asks_nobody() {
    let settings = settings(NODE, &[PLAIN, ("APPMESH_SDS_SOCKET_PATH", "/run/sds.sock")]).unwrap();
    let settings = Settings { control_plane: None, ..settings };
    let mut bootstrap = meshwright_envoy::bootstrap(&settings);
    let cluster = Cluster { name: "a".to_owned(), ..Default::default() };
    freeze(&mut bootstrap, StaticResources { clusters: vec![cluster], ..Default::default() });
    assert_eq!(bootstrap.dynamic_resources, None);
    let clusters = bootstrap.static_resources.unwrap_or_default().clusters;
    let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    assert_eq!(names, ["static_cluster_sds_unix_socket", "a"]);
}

#[test]
fn what_is_no_setting_is_refused() {
    let refusal = |proxy, given: &[(&str, &str)]| settings(proxy, given).unwrap_err().to_string();
    let name = "a proxy is named by an ARN or as `mesh/MESH/virtualNode/NAME` or `mesh/MESH/virtualGateway/NAME`";
    assert!(refusal("orders", &[PLAIN]).ends_with(name));
    assert_snapshot!(refusal("mesh/shop/virtualRouter/r", &[PLAIN]), @"`mesh/shop/virtualRouter/r` is a virtual router, and only virtual nodes and virtual gateways have a proxy");
    assert_snapshot!(refusal(NODE, &[]), @"the region is not known: name the proxy by its full ARN, give a region (AWS_REGION), or a control plane whose address needs none (http://, https:// or unix://)");
    assert_snapshot!(refusal(NODE, &[PLAIN, ("ENVOY_ADMIN_MODE", "udp")]), @"ENVOY_ADMIN_MODE: `udp` is none of tcp, uds");
    assert_snapshot!(refusal(NODE, &[PLAIN, ("ENVOY_INITIAL_FETCH_TIMEOUT", "-1")]), @"ENVOY_INITIAL_FETCH_TIMEOUT: `-1` is not a number from 0 to 4294967295");
    assert_snapshot!(refusal(NODE, &[("APPMESH_XDS_ENDPOINT", "xds")]), @"APPMESH_XDS_ENDPOINT: `xds` is not HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:///PATH");
}
