//! A real Envoy, as a judge.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The Envoy that `cargo xtask test` installs; `None`, with a word about it, where there is none.
pub(crate) fn envoy() -> Option<PathBuf> {
    let envoy = std::env::var_os("MESHWRIGHT_JUDGES_ENVOY").map(PathBuf::from);
    if envoy.is_none() {
        let has_one = cfg!(all(target_os = "linux", target_env = "gnu"));
        assert!(!has_one || std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!(
            "skipped: no Envoy is installed; cargo xtask test installs one on Linux and sets MESHWRIGHT_JUDGES_ENVOY"
        );
    }
    envoy
}

/// What Envoy says against bootstraps, each with a name; all are asked at once. What it calls a bug of its configuration it will
/// refuse one day.
pub(crate) fn refusals(envoy: &Path, bootstraps: &[(&str, Value)]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let ask = |(name, bootstrap): &(&str, Value)| {
        let file = folder.path().join(format!("{}.json", name.replace(['/', ' '], "-")));
        std::fs::write(&file, bootstrap.to_string()).unwrap();
        let mut command = Command::new(envoy);
        command.args(["--mode", "validate", "--disable-hot-restart", "--log-level", "warning", "-c"]).arg(&file);
        // Envoy opens the files of access logs, which stand where it is where they have no folder.
        command.current_dir(folder.path());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_refused = !output.status.success() || said.contains("envoy bug");
        is_refused.then(|| ((*name).to_owned(), said))
    };
    std::thread::scope(|scope| {
        let asked: Vec<_> = bootstraps.iter().map(|bootstrap| scope.spawn(|| ask(bootstrap))).collect();
        asked.into_iter().filter_map(|asked| asked.join().unwrap()).collect()
    })
}
