//! Where the API is spoken.

use std::net::{IpAddr, Ipv6Addr};

use ureq::http::Uri;

use crate::error::Error;

/// An address of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Scheme, host, port and what paths begin with; no slash at its end.
    pub(crate) url: String,
    /// Whether it is on this machine.
    pub(crate) is_loopback: bool,
    /// Whether it is AWS's own.
    pub(crate) is_aws: bool,
}

impl Endpoint {
    /// One that was given.
    ///
    /// # Errors
    /// It is no address of HTTP.
    pub(crate) fn given(url: &str) -> Result<Self, Error> {
        let refuse = |why: &'static str| Error::BadEndpoint { url: url.to_owned(), why };
        let uri: Uri = url.trim().parse().map_err(|_| refuse("it is no URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(refuse("it should read http://HOST:PORT or https://HOST:PORT"));
        }
        if uri.query().is_some() {
            return Err(refuse("it has a query, which paths cannot be added to"));
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(refuse("it holds a user's name; credentials are found as the AWS CLI finds them"));
        }
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(refuse("it names no host"));
        }
        let is_aws = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|end| host.ends_with(end));
        Ok(Self { url: url.trim().trim_end_matches('/').to_owned(), is_loopback: is_loopback(host), is_aws })
    }

    /// AWS's own, for a region. Source: botocore, `data/endpoints.json`.
    ///
    /// # Errors
    /// The region is none.
    pub(crate) fn of_region(region: &str) -> Result<Self, Error> {
        let is_region = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        if region.is_empty() || region.len() > 40 || !region.bytes().all(is_region) {
            return Err(Error::BadRegion { region: region.to_owned() });
        }
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Self::given(&format!("https://appmesh.{region}.{suffix}"))
    }

    /// What to do where nobody is, with what it follows.
    pub(crate) fn advice(&self) -> &'static str {
        if self.is_loopback && !self.is_aws {
            "; start it with `meshwright serve`, or give the address of another with --endpoint-url"
        } else {
            self.doubt()
        }
    }

    /// What to do where somebody else is, with what it follows.
    pub(crate) fn doubt(&self) -> &'static str {
        if self.is_aws {
            "; AWS switched App Mesh off on 2026-09-30: run `meshwright serve` and give its address with --endpoint-url"
        } else {
            "; is it the right --endpoint-url?"
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_told_from_the_rest() {
        let kind = |url: &str| Endpoint::given(url).map(|endpoint| (endpoint.is_loopback, endpoint.is_aws)).unwrap();
        for url in ["http://127.0.0.1:8480", "http://localhost:1/", "https://[::1]:443", "http://127.9.9.9/prefix/"] {
            assert_eq!(kind(url), (true, false), "{url}");
        }
        for url in ["http://127.0.0.1.example.com", "http://10.0.0.1:8480", "https://mesh.internal"] {
            assert_eq!(kind(url), (false, false), "{url}");
        }
        assert_eq!(Endpoint::of_region("eu-west-1").unwrap().url, "https://appmesh.eu-west-1.amazonaws.com");
        assert_eq!(Endpoint::of_region("cn-north-1").unwrap().url, "https://appmesh.cn-north-1.amazonaws.com.cn");
        assert_eq!(kind("https://appmesh.eu-west-1.amazonaws.com"), (false, true));
        assert_eq!(Endpoint::given(" http://localhost:8480/mesh/ ").unwrap().url, "http://localhost:8480/mesh");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (url, part) in [
            ("127.0.0.1:8480", "should read http://HOST:PORT"),
            ("ftp://x", "should read http://HOST:PORT"),
            ("http://x y", "is no URL"),
            ("", "is no URL"),
            ("http://x/?a=b", "has a query"),
            ("http://me:secret@x", "holds a user's name"),
        ] {
            let why = Endpoint::given(url).unwrap_err().to_string();
            assert!(why.contains(part), "{url}: {why}");
        }
        assert!(Endpoint::of_region("x.evil.com/").is_err());
    }
}
