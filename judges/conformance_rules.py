"""What App Mesh's model does not say of its inputs, for `conformance_judge.py`: what else has to be there, and what is refused.

Sources: the project's App Mesh reference, 1.6, 1.9 and 2; where it marks a rule as documented only, the words are not checked.
"""

import copy

UNKNOWN = "unknownToTheModel"
NODES = [f"x{number}" for number in range(12)]
PARENTS = {"Route": ["virtualRouterName"], "GatewayRoute": ["virtualGatewayName"]}
HTTP = {"portMapping": {"port": 8080, "protocol": "http"}}
DNS = {"dns": {"hostname": "x.local"}}
FURNITURE = {
    "VirtualNode": {"listeners": [HTTP], "serviceDiscovery": DNS},
    "VirtualRouter": {},
    "VirtualGateway": {"listeners": [HTTP]},
}
TWO = [{"portMapping": {"port": port, "protocol": "http"}} for port in (8080, 8081)]
MORE_FURNITURE = [("CreateVirtualRouter", {"virtualRouterName": "two", "spec": {"listeners": TWO}})]

# How texts at a path begin and end.
TEXTS = [
    (r"match\.prefix$(?<!headers\.\[\]\.match\.prefix)(?<!metadata\.\[\]\.match\.prefix)", "/", ""),
    (r"rewrite\.prefix\.value$", "/", "/"),
    (r"(match\.path|rewrite\.path)\.exact$", "/", ""),
]

# Texts that hold nothing but visible ASCII, or name what is there.
PLAIN = [
    r"(headers|metadata)\.\[\]\.name$",
    r"virtualNode$",
    r"(virtualNodeName|virtualRouterName)$",
    r"target\.virtualService\.virtualServiceName$",
]

# Texts for patterns.
SAMPLES = ["a", "a b", " a", "a\tb", "ä", "!~", "a\n", "aZ09"]

# What makes the elements of a list different.
ELEMENTS = {
    "backends": {"virtualService.virtualServiceName": lambda number: f"s{number}"},
    "listeners": {"portMapping.port": lambda number: 8000 + number},
    "weightedTargets": {"virtualNode": lambda number: f"x{number}"},
    "tags": {"key": lambda number: f"k{number:02}"},
}


def settle(kind, spec, path):
    """Adds what a specification needs beside the member at a path."""
    if kind == "VirtualNode":
        if spec.get("listeners") and "serviceDiscovery" not in spec:
            spec["serviceDiscovery"] = copy.deepcopy(DNS)
        if spec.get("serviceDiscovery") and "listeners" not in spec:
            spec["listeners"] = [copy.deepcopy(HTTP)]
    if kind in ("VirtualNode", "VirtualGateway"):
        for own in items(spec.get("listeners")):
            settle_listener(own)
    if kind in ("Route", "GatewayRoute"):
        settle_route(kind, spec, path)


def items(value):
    return [own for own in value if isinstance(own, dict)] if isinstance(value, list) else []


def settle_listener(listener):
    mapping, check = listener.get("portMapping"), listener.get("healthCheck")
    if not isinstance(mapping, dict):
        return
    for name in ("connectionPool", "timeout"):
        own = listener.get(name)
        said = [one for one, value in own.items() if value is not None] if isinstance(own, dict) else []
        if len(said) == 1 and said[0] in ("http", "http2", "grpc", "tcp"):
            mapping["protocol"] = said[0]
    if isinstance(check, dict):
        if check.get("protocol") == "grpc":
            mapping["protocol"] = "grpc"
        port = check.get("port")
        if isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= 65535:
            mapping["port"] = port


def settle_route(kind, spec, path):
    protocols = ("grpcRoute", "http2Route", "httpRoute", "tcpRoute")
    if not any(name in spec for name in protocols):
        action = {"weightedTargets": [{"virtualNode": "x", "weight": 1}]}
        if kind == "GatewayRoute":
            action = {"target": {"virtualService": {"virtualServiceName": "x"}}}
        spec["httpRoute"] = {"match": {"prefix": "/"}, "action": action}
    for name in protocols:
        route = spec.get(name)
        match = route.get("match") if isinstance(route, dict) else None
        if not isinstance(match, dict):
            continue
        if name == "grpcRoute":
            if "methodName" in match and "serviceName" not in match:
                match["serviceName"] = "x"
            if kind == "GatewayRoute" and not any(own in match for own in ("serviceName", "hostname", "metadata")):
                match["serviceName"] = "x"
        elif name != "tcpRoute":
            settle_http(route, match)


def settle_http(route, match):
    rewrite = route["action"].get("rewrite") if isinstance(route.get("action"), dict) else None
    if isinstance(rewrite, dict) and "path" in rewrite:
        match.setdefault("path", {"exact": "/"})
    elif "path" not in match and "prefix" not in match:
        match["prefix"] = "/"


def may_lack(kind, path):
    """Whether a member may be absent where it stands by itself."""
    return path[-1] not in ("httpRoute", "http2Route", "grpcRoute", "tcpRoute") and not (
        # Each goes with the other.
        kind == "VirtualNode" and path in (("spec", "listeners"), ("spec", "serviceDiscovery"))
    )


def kept(kind, spec):
    """A specification as the API describes it."""
    spec = without_nulls(spec)
    if kind == "VirtualNode":
        spec.setdefault("backends", [])
    for name in ("grpcRoute",):
        match = spec.get(name, {}).get("match", {}) if kind == "Route" else {}
        for item in match.get("metadata", []):
            item["name"] = item["name"].lower()
    return spec


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(own) for name, own in value.items() if own is not None and name != UNKNOWN}
    if isinstance(value, list):
        return [without_nulls(own) for own in value]
    return value


def listener(protocol="http", **more):
    return {"portMapping": {"port": 8080, "protocol": protocol}, **more}


def check(protocol="http", **more):
    limits = {"healthyThreshold": 2, "unhealthyThreshold": 2, "intervalMillis": 5000, "timeoutMillis": 2000}
    return {"healthCheck": {"protocol": protocol, **limits, **more}}


def node(*listeners):
    return {"listeners": list(listeners), "serviceDiscovery": DNS}


def gateway(*listeners):
    return {"listeners": list(listeners)}


def route(match, protocol="httpRoute", target="x"):
    return {protocol: {"match": match, "action": {"weightedTargets": [{"virtualNode": target, "weight": 1}]}}}


def gateway_route(match, protocol="httpRoute", service="x", **action):
    return {protocol: {"match": match, "action": {"target": {"virtualService": {"virtualServiceName": service}}, **action}}}


def rewrite(**how):
    return {"rewrite": {name: {"value" if name == "prefix" else "exact": own} for name, own in how.items()}}


ABSENT = ("NotFoundException", 404)
GRPC_CHECK = "GRPC HealthCheck requires listener type of HTTP2 or GRPC."
DOWN = {"name": "x", "match": {"exact": "1"}}

# By kind: what a case is, its specification, and what a refusal says of it (`None` where it is taken), with its error and status.
RULES = {
    "VirtualNode": [
        ("nothing at all", {}, None),
        ("discovery without a listener", {"serviceDiscovery": DNS}, "Service Discovery can't be set without a listener."),
        ("a listener without discovery", {"listeners": [HTTP]}, "Service Discovery"),
        ("no listeners, no discovery", {"listeners": []}, None),
        ("gRPC health check on HTTP", node(listener(**check("grpc"))), GRPC_CHECK),
        ("gRPC health check on TCP", node(listener("tcp", **check("grpc"))), GRPC_CHECK),
        ("gRPC health check on HTTP/2", node(listener("http2", **check("grpc"))), None),
        ("TCP health check on HTTP", node(listener(**check("tcp"))), None),
        ("health check of another port", node(listener(**check(port=8081))), "healthCheck.port"),
        ("health check of the port", node(listener(**check(port=8080))), None),
        ("pool of another protocol", node(listener(connectionPool={"tcp": {"maxConnections": 1}})), "connectionPool"),
        ("two listeners", node(*TWO), None),
        ("a backend that is not there", {"backends": [{"virtualService": {"virtualServiceName": "none"}}]}, None),
    ],
    "VirtualGateway": [
        ("gRPC health check on HTTP", gateway(listener(**check("grpc"))), GRPC_CHECK),
        ("gRPC health check on HTTP/2", gateway(listener("http2", **check("grpc"))), None),
        ("health check of another port", gateway(listener(**check(port=8081))), "healthCheck.port"),
        ("pool of another protocol", gateway(listener(connectionPool={"grpc": {"maxRequests": 1}})), "connectionPool"),
        ("a listener for TCP", gateway(listener("tcp")), "protocol"),
        ("a timeout is not known there", gateway(listener(**{UNKNOWN: {"http": {}}})), None),
    ],
    "VirtualRouter": [("nothing at all", {}, None), ("two listeners", {"listeners": TWO}, None)],
    "VirtualService": [
        ("no provider", {}, None),
        ("a node that is not there", {"provider": {"virtualNode": {"virtualNodeName": "none"}}}, "VirtualNode with name none", *ABSENT),
        ("a router that is not there", {"provider": {"virtualRouter": {"virtualRouterName": "none"}}}, "VirtualRouter with name none", *ABSENT),
    ],
    "Route": [
        ("no protocol", {}, "exactly one"),
        ("only a priority", {"priority": 1}, "exactly one"),
        ("two protocols", {**route({"prefix": "/"}), **route({}, "tcpRoute")}, "exactly one"),
        ("a target that is not there", route({"prefix": "/"}, target="none"), "VirtualNode with name none", *ABSENT),
        ("prefix and path", route({"prefix": "/", "path": {"exact": "/"}}), "both prefix and path"),
        ("neither prefix nor path", route({"port": 8080}), None),
        ("prefix without slash", route({"prefix": "a"}), "prefix"),
        ("empty prefix", route({"prefix": ""}), "prefix"),
        ("path without slash", route({"path": {"exact": "a"}}), "path.exact"),
        ("expression without slash", route({"path": {"regex": ".*"}}), None),
        ("a header of HTTP/2's own", route({"prefix": "/", "headers": [{"name": ":path"}]}), "headers[0].name"),
        ("a header with a space", route({"prefix": "/", "headers": [{"name": "a b"}]}), "headers[0].name"),
        ("a header with all that is visible", route({"prefix": "/", "headers": [{"name": "!#$%&'*+-.^_`|~aZ09"}]}), None),
        ("a header's name as it is", route({"prefix": "/", "headers": [{**DOWN, "name": "X-Version"}]}), None),
        ("metadata in lower case", route({"metadata": [{**DOWN, "name": "myMetadata"}]}, "grpcRoute"), None),
        ("metadata with a colon", route({"metadata": [{"name": "a:b"}]}, "grpcRoute"), "metadata[0].name"),
        ("a method without its service", route({"methodName": "Get"}, "grpcRoute"), "serviceName"),
        ("a method of a service", route({"methodName": "Get", "serviceName": "a.B"}, "grpcRoute"), None),
        ("everything of gRPC", route({}, "grpcRoute"), None),
        ("everything of TCP", route({}, "tcpRoute"), None),
    ],
    "GatewayRoute": [
        ("no protocol", {}, "exactly one"),
        ("two protocols", {**gateway_route({"prefix": "/"}), **gateway_route({"prefix": "/"}, "http2Route")}, "exactly one"),
        ("a service that is not there", gateway_route({"prefix": "/"}, service="none"), "VirtualService with name none", *ABSENT),
        ("prefix and path", gateway_route({"prefix": "/", "path": {"exact": "/"}}), "both prefix and path"),
        ("prefix without slash", gateway_route({"prefix": "a"}), "prefix"),
        ("path without slash", gateway_route({"path": {"exact": "a"}}), "path.exact"),
        ("a prefix of App Mesh's own", gateway_route({"prefix": "/aws-appmesh/x"}), "reserved"),
        ("another of its prefixes", gateway_route({"prefix": "/aws-app-mesh"}, "http2Route"), "reserved"),
        ("a service of App Mesh's own", gateway_route({"serviceName": "aws.appmesh"}, "grpcRoute"), "reserved"),
        ("others of its services", gateway_route({"serviceName": "/aws.app-mesh.x"}, "grpcRoute"), "reserved"),
        ("a host with a port", gateway_route({"prefix": "/", "hostname": {"exact": "a.b:80"}}), "hostname.exact"),
        ("the end of a host with a port", gateway_route({"prefix": "/", "hostname": {"suffix": "b:80"}}), "hostname.suffix"),
        ("a host with a port, of gRPC", gateway_route({"hostname": {"exact": "a.b:80"}}, "grpcRoute"), "hostname.exact"),
        ("only a host", gateway_route({"hostname": {"suffix": ".b"}}, "grpcRoute"), None),
        ("a header of HTTP/2's own", gateway_route({"prefix": "/", "headers": [{"name": ":path"}]}), "headers[0].name"),
        ("rewrite to a value", gateway_route({"prefix": "/a/"}, **rewrite(prefix="/b/")), None),
        ("a value without its first slash", gateway_route({"prefix": "/a/"}, **rewrite(prefix="b/")), "start and end with /"),
        ("a value without its last slash", gateway_route({"prefix": "/a/"}, **rewrite(prefix="/b")), "start and end with /"),
        ("a value for a prefix without slash", gateway_route({"prefix": "/a"}, **rewrite(prefix="/b/")), "match.prefix must end with /"),
        ("rewrite of a path", gateway_route({"path": {"exact": "/a"}}, **rewrite(path="/b")), None),
        ("a path without slash as rewrite", gateway_route({"path": {"exact": "/a"}}, **rewrite(path="b")), "must start with /"),
        ("both rewrites", gateway_route({"prefix": "/a/"}, **rewrite(prefix="/b/", path="/b")), "both prefix and path"),
    ],
}

# By operation: what a case is about, its tags, and what a refusal says of them.
TAGS = [("a key of AWS's own", "aws:x"), ("the same in capitals", "AWS:x")]
