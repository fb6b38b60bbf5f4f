//! Which virtual host answers to a name.

/// The position of the host that answers to a name: by its exact domain, else the longest end, else the longest beginning, else
/// any. Capitals make no difference.
///
/// Source: Envoy's documentation of `VirtualHost.domains`, and a real Envoy 1.40.
pub fn host_of<'d>(domains: impl Iterator<Item = &'d [String]>, authority: &str) -> Option<usize> {
    let mut best: Option<((u8, usize), usize)> = None;
    for (position, own) in domains.enumerate() {
        for domain in own {
            let Some(rank) = rank(domain, authority) else { continue };
            if best.is_none_or(|(other, _)| rank > other) {
                best = Some((rank, position));
            }
        }
    }
    best.map(|(_, position)| position)
}

/// How well a domain fits a name: exact, by its end, by its beginning, any; then how long it is.
fn rank(domain: &str, authority: &str) -> Option<(u8, usize)> {
    let (domain_bytes, name) = (domain.as_bytes(), authority.as_bytes());
    if domain == "*" {
        return Some((0, 0));
    }
    if let Some(end) = domain_bytes.strip_prefix(b"*") {
        // The star stands for at least one character.
        let is_fitting = name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end);
        return is_fitting.then_some((2, end.len()));
    }
    if let Some(start) = domain_bytes.strip_suffix(b"*") {
        let is_fitting = name.len() > start.len() && name[..start.len()].eq_ignore_ascii_case(start);
        return is_fitting.then_some((1, start.len()));
    }
    domain.eq_ignore_ascii_case(authority).then_some((3, domain.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_domain_answers() {
        let hosts: Vec<Vec<String>> = [&["*"][..], &["a.local", "a.local:80"], &["*.local"], &["*.a.local"], &["b.*"]]
            .map(|domains| domains.iter().map(ToString::to_string).collect())
            .to_vec();
        let find = |name: &str| host_of(hosts.iter().map(Vec::as_slice), name);
        for (name, expected) in [
            ("a.local", 1),
            ("A.Local:80", 1),
            ("a.local:81", 0),
            ("x.local", 2),
            ("x.a.local", 3),
            (".local", 0),
            ("b.x", 4),
            ("b.local", 2),
            ("", 0),
        ] {
            assert_eq!(find(name), Some(expected), "{name}");
        }
        assert_eq!(host_of(hosts[1..].iter().map(Vec::as_slice), "other"), None);
    }
}
