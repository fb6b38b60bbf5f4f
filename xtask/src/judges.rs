//! Installs the judges that tests ask: Python packages, pinned in `judges/requirements.txt`, in a folder of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::console::say;

const WHAT_TO_INSTALL: &str = "\
the tests need Python 3.10 or later with its modules venv and pip, for judges that are written in it;
install them (Debian, Ubuntu: apt-get install python3 python3-venv; Fedora: dnf install python3; macOS: brew install python)";

/// Installs what has changed since the last time, and answers with the judges' Python.
pub(crate) fn install(root: &Path) -> Result<PathBuf> {
    install_list(root, "judges", "requirements.txt")
}

/// Installs moto, which figures are compared with, and answers with its Python.
pub(crate) fn install_moto(root: &Path) -> Result<PathBuf> {
    install_list(root, "moto", "moto.txt")
}

/// Installs OpenTelemetry's messages, and answers with their Python. They have a folder of their own, since the other judges come with an
/// old edition of the same modules (in `xds-protos`).
pub(crate) fn install_otlp(root: &Path) -> Result<PathBuf> {
    install_list(root, "otlp", "otlp.txt")
}

/// Installs a list of packages into a folder of `.tools`.
fn install_list(root: &Path, name: &str, list: &str) -> Result<PathBuf> {
    let requirements = root.join("judges").join(list);
    let wanted = std::fs::read_to_string(&requirements).with_context(|| list.to_owned())?;
    let folder = root.join(".tools").join(name);
    let stamp = folder.join("installed.txt");
    let python = if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") };
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    say(&format!("installing {name} into .tools (once)"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let base = find_python().context(WHAT_TO_INSTALL)?;
    run(Command::new(base).args(["-m", "venv"]).arg(&folder)).context(WHAT_TO_INSTALL)?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
    run(&mut pip).with_context(|| format!("pip cannot install {list}; it needs a package index in reach"))?;
    std::fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())?;
    Ok(python)
}

/// Where the judges' Envoy is; `None` where there is none for this machine.
pub(crate) fn envoy(python: &Path) -> Option<PathBuf> {
    let question = "from importlib.util import find_spec; print(*find_spec('envoy').submodule_search_locations)";
    let output = Command::new(python).args(["-c", question]).output().ok()?;
    let binary = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end()).join("_bin/envoy");
    (output.status.success() && binary.is_file()).then_some(binary)
}

/// Why no test can have the kernel redirect connections; what that takes is not for us to install.
pub(crate) fn no_namespaces() -> Option<&'static str> {
    let does = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if !cfg!(target_os = "linux") {
        return Some("this is no Linux");
    }
    if !does("unshare", &["--net", "true"]) {
        return Some("network namespaces take root");
    }
    let has_all = does("unshare", &["--net", "iptables-save"]) && does("ip", &["-V"]);
    (!has_all).then_some(
        "the packages iproute2 and iptables are not installed (Debian, Ubuntu: apt-get install iproute2 iptables)",
    )
}

/// A Python on the PATH that is new enough.
fn find_python() -> Option<&'static str> {
    let is_new_enough = |name: &&str| {
        let check = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
        Command::new(name).args(check).output().is_ok_and(|output| output.status.success())
    };
    ["python3", "python"].into_iter().find(is_new_enough)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{} does not start", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(())
}
