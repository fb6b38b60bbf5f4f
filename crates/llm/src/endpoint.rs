//! Where a provider is asked: an address that may be asked, with the key or without.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::Error;

/// An address below which a provider's interface lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Without a slash at its end.
    pub(crate) base: String,
    /// For messages: host, and port where it is named.
    pub(crate) host: String,
    /// Whether it is `https`.
    pub(crate) is_encrypted: bool,
}

impl Endpoint {
    /// Reads the address that a variable holds.
    ///
    /// # Errors
    /// Says what is wrong with it, without repeating it: it may hold a password.
    pub(crate) fn parse(variable: &'static str, text: &str, has_key: bool) -> Result<Self, Error> {
        let bad = |why| Error::BadUrl { variable, why };
        let base = text.trim().trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|_| bad("it is no address, such as https://host/path"))?;
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad("it must start with https:// or http://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("it holds a user or password; the key belongs into its own variable"));
        }
        if uri.query().is_some() || base.contains('#') {
            return Err(bad("nothing may follow its path"));
        }
        let host = authority.as_str().to_owned();
        if has_key && !is_encrypted && !is_loopback(authority.host()) {
            return Err(Error::ClearText { host });
        }
        Ok(Self { base: base.to_owned(), host, is_encrypted })
    }

    /// Whether a proxy stands between: only encrypted calls to other machines take one, unless the host is exempt.
    pub(crate) fn takes_proxy(&self, exempt: Option<&str>) -> bool {
        let host = self.bare_host();
        self.is_encrypted && !is_loopback(host) && !exempt.is_some_and(|exempt| is_exempt(host, exempt))
    }

    fn bare_host(&self) -> &str {
        let end = match self.host.find(']') {
            Some(bracket) => bracket + 1,
            None => self.host.find(':').unwrap_or(self.host.len()),
        };
        &self.host[..end]
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a list such as `.internal,api.example.com,*` has the host.
fn is_exempt(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let name = entry.trim_start_matches('.');
        entry == "*" || (!name.is_empty() && (host == name || host.ends_with(&format!(".{name}"))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, has_key: bool, expected: &str) {
        let said = match Endpoint::parse("BASE", text, has_key) {
            Ok(endpoint) => format!("{} at {}", endpoint.base, endpoint.host),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_path() {
        check("https://api.example.com/v1/", true, "https://api.example.com/v1 at api.example.com");
        check("http://[::1]:8080", true, "http://[::1]:8080 at [::1]:8080");
        check("ftp://host", true, "BASE cannot be used: it must start with https:// or http://");
        check("api.example.com", true, "BASE cannot be used: it must start with https:// or http://");
        check("", true, "BASE cannot be used: it is no address, such as https://host/path");
        check("https://h/v1?key=1", true, "BASE cannot be used: nothing may follow its path");
    }

    #[test]
    fn a_password_in_it_is_refused_and_not_repeated() {
        let text = "BASE cannot be used: it holds a user or password; the key belongs into its own variable";
        check("https://user:secret@host", true, text);
    }

    #[test]
    fn a_key_goes_unencrypted_to_this_machine_alone() {
        check("http://localhost:11434/v1", true, "http://localhost:11434/v1 at localhost:11434");
        check("http://127.0.0.1:1", true, "http://127.0.0.1:1 at 127.0.0.1:1");
        check("http://10.0.0.8:1", false, "http://10.0.0.8:1 at 10.0.0.8:1");
        for host in ["10.0.0.8", "localhost.example.com", "127.0.0.1.example.com"] {
            let text = format!(
                "the key would go to {host} unencrypted: use https, or a tunnel on this machine's loopback address"
            );
            check(&format!("http://{host}"), true, &text);
        }
    }

    #[test]
    fn a_proxy_is_taken_unless_the_host_is_exempt() {
        let takes = |url: &str, exempt: Option<&str>| Endpoint::parse("B", url, true).unwrap().takes_proxy(exempt);
        assert!(takes("https://api.example.com", None));
        assert!(takes("https://api.example.com:8443", Some("other.com, .local,,xample.com")));
        assert!(!takes("https://api.example.com:8443", Some("other.com, .example.com")));
        assert!(!takes("https://API.example.com", Some("api.example.com")));
        assert!(!takes("https://api.example.com", Some("*")));
        assert!(!takes("https://[::1]:8443", None));
    }
}
