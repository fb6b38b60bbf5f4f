//! Writes the Rust types of Envoy's messages from `envoy.binpb`, the file that also says how they look as JSON.

use std::path::Path;

use prost::Message;

const DESCRIPTORS: &str = "envoy.binpb";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={DESCRIPTORS}");
    let descriptors = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(DESCRIPTORS))?;
    let descriptors = prost_types::FileDescriptorSet::decode(descriptors.as_slice())?;
    prost_build::Config::new()
        // Maps in one order, so that the same configuration gives the same bytes.
        .btree_map(["."])
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com")
        .include_file("messages.rs")
        .compile_fds(descriptors)
}
