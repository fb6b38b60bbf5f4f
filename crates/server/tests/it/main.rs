//! The API over HTTP, before a client that we did not write.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod botocore;
mod errors;
mod http;
mod judges;
mod service;
mod signed;
mod status;

/// Python with botocore; `None` where the judges are not installed, which is said.
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn python() -> Option<std::ffi::OsString> {
    let python = std::env::var_os("MESHWRIGHT_JUDGES_PYTHON");
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!("skipped: the judges are not installed; cargo xtask test installs them");
    }
    python
}
