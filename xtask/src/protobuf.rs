//! `cargo xtask protobuf`: the descriptors of the Envoy messages that we use, out of all that Envoy publishes.
//!
//! They come from the crate `envoy-types`, which carries Envoy's data-plane API and is fetched but never built. The file is
//! all that `crates/envoy` needs: its build makes Rust types of it, and its printer JSON. A test fails when it does not
//! hold just what the list of messages asks for.

mod prune;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// The file that is written.
const FILE: &str = "crates/envoy/envoy.binpb";

/// The crate that carries what Envoy publishes. Another version may change the file.
const SOURCE: (&str, &str) = ("envoy-types", "0.7.7");

/// Where the published descriptors are inside it.
const PUBLISHED: &str = "src/generated/types.bin";

/// The messages that are used; what they hold comes with them. A message that travels in an `Any` stands here itself.
const ROOTS: &[&str] = &[
    // Resources and what carries them.
    "envoy.config.bootstrap.v3.Bootstrap",
    "envoy.config.cluster.v3.Cluster",
    "envoy.config.endpoint.v3.ClusterLoadAssignment",
    "envoy.config.listener.v3.Listener",
    "envoy.config.route.v3.RouteConfiguration",
    "envoy.extensions.transport_sockets.tls.v3.Secret",
    "envoy.service.discovery.v3.DeltaDiscoveryRequest",
    "envoy.service.discovery.v3.DeltaDiscoveryResponse",
    "envoy.service.discovery.v3.DiscoveryRequest",
    "envoy.service.discovery.v3.DiscoveryResponse",
    "envoy.service.status.v3.ClientStatusRequest",
    "envoy.service.status.v3.ClientStatusResponse",
    // Extensions in listeners.
    "envoy.extensions.access_loggers.file.v3.FileAccessLog",
    "envoy.extensions.filters.http.router.v3.Router",
    "envoy.extensions.filters.listener.original_dst.v3.OriginalDst",
    "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
    "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    // Extensions in clusters and routes.
    "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
    "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    // Extensions in the bootstrap.
    "envoy.config.grpc_credential.v3.AwsIamConfig",
    "envoy.config.metrics.v3.DogStatsdSink",
    "envoy.config.trace.v3.DatadogConfig",
    "envoy.config.trace.v3.XRayConfig",
    "envoy.config.trace.v3.ZipkinConfig",
];

/// Writes the file.
pub(crate) fn run(root: &Path) -> Result<()> {
    let path = published()?;
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let mut all = FileDescriptorSet::decode(bytes.as_slice()).context(PUBLISHED)?;
    all.file.push(aws_iam());
    std::fs::write(root.join(FILE), prune::keep(&all, ROOTS)?.encode_to_vec()).context(FILE)
}

/// The path of the published descriptors, which cargo fetches for a package that is never built.
fn published() -> Result<PathBuf> {
    let (name, version) = SOURCE;
    let folder = tempfile::tempdir()?;
    let package = "[package]\nname = \"descriptors\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[dependencies]";
    std::fs::write(folder.path().join("Cargo.toml"), format!("{package}\n{name} = \"={version}\"\n"))?;
    std::fs::write(folder.path().join("lib.rs"), "")?;
    let mut metadata = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    metadata.args(["metadata", "--format-version", "1"]).current_dir(folder.path());
    let output = metadata.output().context("cargo does not start")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == name).context("cargo metadata does not name the crate")?;
    let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    Ok(manifest.parent().context("cargo metadata names no folder")?.join(PUBLISHED))
}

/// The configuration of signed gRPC calls, which the Envoy of App Mesh has and Envoy 1.40 no longer.
/// Source: envoyproxy/envoy `api/envoy/config/grpc_credential/v3/aws_iam.proto`.
fn aws_iam() -> FileDescriptorProto {
    let field = |name: &str, number| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(Type::String.into()),
        ..Default::default()
    };
    FileDescriptorProto {
        name: Some("envoy/config/grpc_credential/v3/aws_iam.proto".to_owned()),
        package: Some("envoy.config.grpc_credential.v3".to_owned()),
        message_type: vec![DescriptorProto {
            name: Some("AwsIamConfig".to_owned()),
            field: vec![field("service_name", 1), field("region", 2)],
            ..Default::default()
        }],
        syntax: Some("proto3".to_owned()),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptors_are_those_of_the_list() {
        let written = std::fs::read(crate::root().join(FILE)).unwrap();
        let descriptors = FileDescriptorSet::decode(written.as_slice()).unwrap();
        let kept = prune::keep(&descriptors, ROOTS).expect("run cargo xtask protobuf");
        assert!(kept.encode_to_vec() == written, "{FILE} is stale: run cargo xtask protobuf");
    }
}
