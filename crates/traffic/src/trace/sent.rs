//! What a client sends, and how that is written in one line.

use core::net::Ipv6Addr;
use std::str::FromStr;

use meshwright_model::request::Request;
use thiserror::Error;

/// The most bytes of a request in one line. Source: Envoy takes headers of 60 KiB at most by default.
pub const MAX_REQUEST: usize = 60 << 10;

/// What a client sends.
///
/// In one line: `GET http://host:port/path?query`, `grpc://host:port/package.Service/Method`, `tcp://host:port`, or `tls://host:port` of
/// bytes that only look like TLS. Without a method it is `GET`, without a port that of the scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A request; `https` is TLS that the client itself speaks.
    Request(Request),
    /// Bytes of another protocol, or of none that is known.
    Bytes {
        /// The host that is dialled.
        host: String,
        /// The port that is dialled.
        port: u16,
        /// The name that a TLS client asks for, where it speaks TLS.
        server_name: Option<String>,
    },
}

/// Why a line is no request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoRequest {
    /// It is too long.
    #[error("it has {0} bytes, more than {MAX_REQUEST}")]
    TooLong(usize),
    /// It has no URL.
    #[error(
        "`{0}` is no URL: write METHOD http://HOST:PORT/PATH, grpc://HOST:PORT/SERVICE/METHOD, tcp://HOST:PORT or tls://HOST:PORT"
    )]
    NoUrl(String),
    /// The scheme is not known.
    #[error("`{0}` is no scheme that is known: there are http, https, grpc, tcp and tls")]
    Scheme(String),
    /// There is no host.
    #[error("`{0}` names no host")]
    NoHost(String),
    /// The host is none. Source: RFC 3986, 3.2.2; names with `%` or letters beyond ASCII are written otherwise where they are sent.
    #[error("`{0}` is no host: it is a name of letters, digits, `-`, `_` and `.`, or an IPv6 address in brackets")]
    Host(String),
    /// The port is none.
    #[error("`{0}` is no port: it is a number from 1 to 65535")]
    Port(String),
    /// Bytes need a port.
    #[error("`{0}` needs a port, as in tcp://HOST:PORT")]
    NoPort(String),
    /// The method is none.
    #[error("`{0}` is no method")]
    Method(String),
    /// Only HTTP has methods.
    #[error("{scheme}:// has no method: leave `{method}` out")]
    Methodless {
        /// The scheme.
        scheme: String,
        /// What stands before it.
        method: String,
    },
    /// Bytes have no path.
    #[error("{scheme}:// has no path: leave `{path}` out")]
    Pathless {
        /// The scheme.
        scheme: String,
        /// What stands behind the port.
        path: String,
    },
    /// gRPC has no such path.
    #[error("`{0}` is no call: it is /package.Service/Method")]
    Call(String),
    /// A header has no name or an impossible one.
    #[error("-H {0}: it should read NAME: VALUE")]
    Header(String),
    /// A character that no request has.
    #[error("a request has no blanks or control characters in its URL: write %20 for a blank")]
    Character,
}

impl FromStr for Sent {
    type Err = NoRequest;

    fn from_str(text: &str) -> Result<Self, NoRequest> {
        if text.len() > MAX_REQUEST {
            return Err(NoRequest::TooLong(text.len()));
        }
        let text = text.trim();
        let (method, url) = match text.split_once(char::is_whitespace) {
            Some((method, url)) => (Some(method), url.trim_start()),
            None => (None, text),
        };
        if url.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(NoRequest::Character);
        }
        let (scheme, rest) = url.split_once("://").ok_or_else(|| NoRequest::NoUrl(url.to_owned()))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (place, path) = rest.split_at(end);
        let scheme = scheme.to_ascii_lowercase();
        let is_bytes = matches!(scheme.as_str(), "tcp" | "tls");
        if let Some(method) = method.filter(|_| is_bytes || scheme == "grpc") {
            return Err(NoRequest::Methodless { scheme, method: method.to_owned() });
        }
        if is_bytes && !matches!(path, "" | "/") {
            return Err(NoRequest::Pathless { scheme, path: path.to_owned() });
        }
        let (host, port) = host_and_port(place)?;
        match scheme.as_str() {
            "tcp" => bytes(host, port, url, false),
            "tls" => bytes(host, port, url, true),
            "grpc" => call(host, port, path),
            "http" => request(method, "http", host, port, path),
            "https" => request(method, "https", host, port, path),
            _ => Err(NoRequest::Scheme(scheme)),
        }
    }
}

impl Sent {
    /// Adds a header in the form `NAME: VALUE`.
    ///
    /// # Errors
    /// It is not of that form, or what is sent has no headers.
    pub fn add_header(&mut self, header: &str) -> Result<(), NoRequest> {
        let refuse = || NoRequest::Header(header.to_owned());
        let (name, value) = header.split_once(':').ok_or_else(refuse)?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) || value.chars().any(char::is_control) {
            return Err(refuse());
        }
        match self {
            Self::Request(request) => request.headers.push((name, value.to_owned())),
            Self::Bytes { .. } => return Err(refuse()),
        }
        Ok(())
    }

    /// The host that is dialled.
    pub fn host(&self) -> &str {
        match self {
            Self::Request(request) => &request.host,
            Self::Bytes { host, .. } => host,
        }
    }

    /// Whether it is a call of gRPC, whose clients read a status of their own. Source: gRPC over HTTP2, `Content-Type`.
    pub fn is_grpc(&self) -> bool {
        let Self::Request(request) = self else { return false };
        let is_type = |value: &str| value == "application/grpc" || value.starts_with("application/grpc+");
        request.headers.iter().any(|(name, value)| name == "content-type" && is_type(value))
    }
}

/// The host in lower case or not as it was written, and the port.
fn host_and_port(place: &str) -> Result<(String, Option<u16>), NoRequest> {
    // A user's name before the host is not sent.
    let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let after_address = place.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match place[after_address..].rfind(':') {
        Some(colon) => (&place[..after_address + colon], Some(&place[after_address + colon + 1..])),
        None => (place, None),
    };
    if host.is_empty() {
        return Err(NoRequest::NoHost(place.to_owned()));
    }
    if !is_host(host) {
        return Err(NoRequest::Host(place.to_owned()));
    }
    let port = match port {
        None => None,
        Some(text) => {
            let number = text.parse::<u16>().ok().filter(|number| *number > 0 && !text.starts_with('+'));
            Some(number.ok_or_else(|| NoRequest::Port(text.to_owned()))?)
        }
    };
    Ok((host.to_owned(), port))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)),
    }
}

fn bytes(host: String, port: Option<u16>, url: &str, is_tls: bool) -> Result<Sent, NoRequest> {
    let port = port.or(is_tls.then_some(443)).ok_or_else(|| NoRequest::NoPort(url.to_owned()))?;
    let server_name = is_tls.then(|| host.clone());
    Ok(Sent::Bytes { host, port, server_name })
}

fn call(host: String, port: Option<u16>, path: &str) -> Result<Sent, NoRequest> {
    let is_call = path.split('/').count() == 3 && !path.ends_with('/') && !path.contains(['?', '#']);
    if !is_call {
        return Err(NoRequest::Call(path.to_owned()));
    }
    Ok(Sent::Request(Request {
        method: "POST".to_owned(),
        scheme: "http",
        host,
        port: port.map(i64::from),
        path: path.to_owned(),
        headers: vec![
            ("content-type".to_owned(), "application/grpc".to_owned()),
            ("te".to_owned(), "trailers".to_owned()),
        ],
    }))
}

fn request(
    method: Option<&str>,
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    path: &str,
) -> Result<Sent, NoRequest> {
    let method = method.unwrap_or("GET");
    if !method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(NoRequest::Method(method.to_owned()));
    }
    // What follows a `#` is for the client alone.
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let method = method.to_ascii_uppercase();
    Ok(Sent::Request(Request { method, scheme, host, port: port.map(i64::from), path, headers: Vec::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_people_write_them() {
        for (text, line) in [
            ("GET http://a.local:8080/x?y=1", "GET http://a.local:8080/x?y=1"),
            ("http://a.local", "GET http://a.local/"),
            ("post https://a.local?x=1", "POST https://a.local/?x=1"),
            ("GET http://u:p@a.local/x#there", "GET http://a.local/x"),
            ("GET http://[::1]:80/", "GET http://[::1]:80/"),
            ("GET http://color_server.a#there", "GET http://color_server.a/"),
            ("grpc://a:9000/shop.Cart/Add", "POST http://a:9000/shop.Cart/Add"),
        ] {
            let Ok(Sent::Request(request)) = text.parse() else { panic!("{text}") };
            assert_eq!(request.line(), line);
        }
        let sent: Sent = "tls://s3.amazonaws.com".parse().unwrap();
        let name = "s3.amazonaws.com".to_owned();
        assert_eq!(sent, Sent::Bytes { host: name.clone(), port: 443, server_name: Some(name) });
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_reason() {
        let error = |text: &str| text.parse::<Sent>().unwrap_err();
        assert!(matches!(error(""), NoRequest::NoUrl(_)));
        assert!(matches!(error("/x"), NoRequest::NoUrl(_)));
        assert!(matches!(error("GET ftp://a/x"), NoRequest::Scheme(_)));
        assert!(matches!(error("GET http:///x"), NoRequest::NoHost(_)));
        for host in
            ["a:1:2", "::1", "[::1", "[::1]a:80", "[::1]]", "[a]", "a\"b", "pay%20ments", "bücher", "a\\b", "a|b"]
        {
            assert!(matches!(error(&format!("GET http://{host}/")), NoRequest::Host(_)), "{host}");
            assert!(matches!(error(&format!("tcp://{host}:80")), NoRequest::Host(_)), "{host}");
        }
        assert!(matches!(error("GET grpc://a:80/s.S/M"), NoRequest::Methodless { .. }));
        assert!(matches!(error("POST tcp://a:80"), NoRequest::Methodless { .. }));
        assert!(matches!(error("tcp://a:80/x"), NoRequest::Pathless { .. }));
        assert!(matches!(error("TLS://a?x"), NoRequest::Pathless { .. }));
        assert!("tcp://a:80/".parse::<Sent>().is_ok());
        assert!(matches!(error("GET http://a:0/x"), NoRequest::Port(_)));
        assert!(matches!(error("GET http://a:70000/x"), NoRequest::Port(_)));
        assert!(matches!(error("tcp://a"), NoRequest::NoPort(_)));
        assert!(matches!(error("grpc://a/x"), NoRequest::Call(_)));
        assert!(matches!(error("GET http://a/x y"), NoRequest::Character));
        assert!(matches!(error(&"x".repeat(MAX_REQUEST + 1)), NoRequest::TooLong(_)));
    }
}
