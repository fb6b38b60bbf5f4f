//! The two files of a certificate, told apart by their names.

/// Which of two files is the chain and which the key: the key says so, and is second where neither does.
pub(super) fn chain_and_key(first: String, second: String) -> Option<(String, String)> {
    let is_authority = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        file.split(['-', '_', '.']).any(|part| matches!(part, "ca" | "cas" | "root" | "roots" | "bundle" | "trust"))
    };
    if is_authority(&first) || is_authority(&second) || is_key(&first) && is_key(&second) {
        return None;
    }
    Some(if is_key(&first) { (second, first) } else { (first, second) })
}

/// Whether a file says that it is a private key.
pub(super) fn is_key(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    file.split(['-', '_', '.']).any(|part| part == "key")
}

/// What directories of certificates are called.
const DIRECTORIES: &[&str] = &[
    "certs",
    "certificates",
    "tls",
    "ssl",
    "pki",
    "keys",
    "secrets",
    "private",
    "envoy",
    "etc",
    "mnt",
    "run",
    "certs.d",
];

/// Whether a path is that of a directory, and of no file.
pub(super) fn is_directory(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    last.is_empty() || DIRECTORIES.contains(&last.as_str())
}
