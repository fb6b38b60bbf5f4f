//! Writes the Rust types of Envoy's messages from `envoy.binpb`, the file that also says how they look as JSON.

use prost::Message;

const DESCRIPTORS: &str = "envoy.binpb";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={DESCRIPTORS}");
    // Cargo runs it in the folder of its package: the folder that it was compiled in may be another, where checkouts share what is built.
    let descriptors = std::fs::read(DESCRIPTORS)?;
    let descriptors = prost_types::FileDescriptorSet::decode(descriptors.as_slice())?;
    prost_build::Config::new()
        // Maps in one order, so that the same configuration gives the same bytes.
        .btree_map(["."])
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com")
        .include_file("messages.rs")
        .compile_fds(descriptors)
}
