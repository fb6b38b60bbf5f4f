//! What is quoted as code is, and is no name: a protocol, a port, a mode.

use super::{Token, TokenKind, tokens};

/// What App Mesh calls its protocols and modes.
const CODES: &[&str] = &[
    "http",
    "http2",
    "grpc",
    "tcp",
    "strict",
    "permissive",
    "disabled",
    "endpoints",
    "loadbalancer",
    "drop_all",
    "allow_all",
    "perrequest",
    "idle",
    "json",
    "text",
    "ipv4_only",
    "ipv6_only",
    "ipv4_preferred",
    "ipv6_preferred",
];

/// Words behind which a name stands.
const BEFORE_NAMES: &[&str] = &[
    "named",
    "called",
    "name",
    "node",
    "service",
    "router",
    "gateway",
    "mesh",
    "route",
    "to",
    "app",
    "application",
    "header",
    "value",
    "is",
    "tag",
    "key",
];

/// Takes the quotes from what is code where no name stands: "`http` on `8080`".
pub(super) fn unquote(cut: &mut [Token]) {
    for at in 1..cut.len() {
        // "name: `http`", but "cart: `http` on 8080"
        let is_label = matches!(cut[at - 1].low.as_str(), ":" | "=");
        let before = cut[(at - 1).saturating_sub(usize::from(is_label))].low.as_str();
        let token = &cut[at];
        let is_port = token.low.parse::<u16>().is_ok()
            && matches!(before, "port" | "on" | "at" | "http" | "http2" | "grpc" | "tcp" | "and");
        let is_code = CODES.contains(&token.low.as_str()) && !BEFORE_NAMES.contains(&before);
        if token.kind != TokenKind::Quoted || !is_port && !is_code {
            continue;
        }
        let (start, end) = (token.start, token.end);
        if let [own] = tokens(&token.text).as_slice() {
            cut[at] = Token { start, end, ..own.clone() };
        }
    }
}
