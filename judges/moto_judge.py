"""What the public App Mesh tests of moto rely on, asked of an App Mesh API; where moto invents, the API's own answers are due.

usage: moto_judge.py ENDPOINT

Source: getmoto/moto, tests/test_appmesh, read and not copied. Moto invents: names and words of errors, a deletion that keeps its
version, targets that are not there, `connection-reset`, minutes, a prefix beside a path. Prints how many checks went well, then those
that did not; the exit code is 1 for any.
"""

import sys
from datetime import datetime

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

TLS = {
    "enforce": True,
    "ports": [443],
    "certificate": {"file": {"certificateChain": "/tls/chain.pem", "privateKey": "/tls/key.pem"}},
    "validation": {
        "subjectAlternativeNames": {"match": {"exact": ["a.example.com", "b.example.com"]}},
        "trust": {"file": {"certificateChain": "/tls/ca.pem"}},
    },
}
ACM_TLS = {"enforce": False, "validation": {"trust": {"acm": {"certificateAuthorityArns": ["any-text-at-all"]}}}}
CHECK = {"healthyThreshold": 2, "unhealthyThreshold": 3, "intervalMillis": 5000, "timeoutMillis": 2000}
TIMES = {"idle": {"unit": "s", "value": 600}, "perRequest": {"unit": "ms", "value": 0}}
LOG = {"accessLog": {"file": {"path": "/dev/stdout", "format": {"json": [{"key": "took", "value": "%DURATION%"}]}}}}
MESH = {"egressFilter": {"type": "DROP_ALL"}, "serviceDiscovery": {"ipPreference": "IPv4_ONLY"}}
POOLS = {
    "http": {"maxConnections": 100, "maxPendingRequests": 50},
    "http2": {"maxRequests": 100},
    "grpc": {"maxRequests": 500},
    "tcp": {"maxConnections": 10},
}


def node(protocol, port):
    """A node that says all it can, for a protocol."""
    times = TIMES if protocol != "tcp" else {"idle": TIMES["idle"]}
    listener = {
        "connectionPool": {protocol: POOLS[protocol]},
        "healthCheck": {**CHECK, "port": port, "protocol": protocol, **({"path": "/ping"} if "http" in protocol else {})},
        "outlierDetection": {
            "baseEjectionDuration": {"unit": "s", "value": 30},
            "interval": {"unit": "ms", "value": 500},
            "maxEjectionPercent": 50,
            "maxServerErrors": 5,
        },
        "portMapping": {"port": port, "protocol": protocol},
        "timeout": {protocol: times},
        "tls": {
            "certificate": {"acm": {"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a"}},
            "mode": "STRICT",
            "validation": {"trust": {"sds": {"secretName": "ca"}}},
        },
    }
    discovery = {
        "attributes": [{"key": "region", "value": "us-east-1"}],
        "ipPreference": "IPv6_PREFERRED",
        "namespaceName": "shop",
        "serviceName": "orders",
    }
    return {
        "backendDefaults": {"clientPolicy": {"tls": TLS}},
        "backends": [{"virtualService": {"virtualServiceName": "stock.local", "clientPolicy": {"tls": ACM_TLS}}}],
        "listeners": [listener],
        "logging": LOG,
        "serviceDiscovery": {"awsCloudMap": discovery},
    }


def route(protocol, priority, match, retries, times=TIMES):
    spec = {"action": {"weightedTargets": [{"port": 80, "virtualNode": "http", "weight": 50}]}, "match": match, "timeout": times}
    if retries:
        policy = {"maxRetries": 0, "perRetryTimeout": {"unit": "ms", "value": 0}, "tcpRetryEvents": ["connection-error"]}
        spec["retryPolicy"] = {**policy, **retries}
    return {"priority": priority, protocol: spec}


HTTP_MATCH = {
    "headers": [{"invert": True, "match": {"prefix": "Bearer "}, "name": "Authorization"}],
    "method": "POST",
    "path": {"exact": "/login"},
    "port": 80,
    "queryParameters": [{"match": {"exact": "yes"}, "name": "fast"}],
    "scheme": "http",
}
GRPC_MATCH = {
    "metadata": [{"invert": False, "match": {"exact": "1"}, "name": "version"}],
    "methodName": "Get",
    "port": 8080,
    "serviceName": "shop.Orders",
}
ROUTES = {
    "grpc": route("grpcRoute", 1, GRPC_MATCH, {"grpcRetryEvents": ["unavailable"], "httpRetryEvents": ["gateway-error"]}),
    "http": route("httpRoute", 2, HTTP_MATCH, {"httpRetryEvents": ["gateway-error", "client-error"]}),
    "http2": route("http2Route", 3, {**HTTP_MATCH, "scheme": "https"}, {"httpRetryEvents": ["server-error"]}),
    "tcp": route("tcpRoute", 4, {"port": 22}, None, {"idle": TIMES["idle"]}),
}


def gateway(protocol):
    listener = {
        "connectionPool": {protocol: POOLS[protocol]},
        "healthCheck": {**CHECK, "path": "/ping", "port": 8080, "protocol": protocol},
        "portMapping": {"port": 8080, "protocol": protocol},
        "tls": {"certificate": {"sds": {"secretName": "own"}}, "mode": "PERMISSIVE"},
    }
    return {"backendDefaults": {"clientPolicy": {"tls": TLS}}, "listeners": [listener], "logging": LOG}


def gateway_route(protocol, priority, match, **rewrite):
    target = {"port": 8080, "virtualService": {"virtualServiceName": "web.local"}}
    return {"priority": priority, protocol: {"action": {"rewrite": rewrite, "target": target}, "match": match}}


GATEWAY_MATCH = {name: HTTP_MATCH[name] for name in ("headers", "method", "port", "queryParameters")}
HOST = {"hostname": {"defaultTargetHostname": "ENABLED"}}
PLAIN = {"prefix": {"defaultPrefix": "DISABLED"}}
GATEWAY_ROUTES = {
    "http": gateway_route("httpRoute", 1, {**GATEWAY_MATCH, "prefix": "/", "hostname": {"suffix": ".local"}}, **HOST, **PLAIN),
    "grpc": gateway_route("grpcRoute", 2, {"metadata": GRPC_MATCH["metadata"], "serviceName": "shop.Orders"}, **HOST),
    "http2": gateway_route(
        "http2Route", 3, {**GATEWAY_MATCH, "path": {"exact": "/a"}, "hostname": {"exact": "a.b"}}, path={"exact": "/b"}
    ),
}

# Kind, its parents, and specifications by name: each is made, the first is changed to the last, and the second is deleted.
KINDS = [
    ("VirtualNode", {}, {"grpc": node("grpc", 50051), "http2": node("http2", 81), "tcp": node("tcp", 82), "http": node("http", 80)}),
    (
        "VirtualRouter",
        {},
        {
            "a": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]},
            "b": {"listeners": [{"portMapping": {"port": 443, "protocol": "http2"}}]},
            "c": {"listeners": [{"portMapping": {"port": 80, "protocol": "tcp"}}]},
        },
    ),
    ("Route", {"virtualRouterName": "c"}, ROUTES),
    (
        "VirtualService",
        {},
        {
            "a.local": {"provider": {"virtualNode": {"virtualNodeName": "http"}}},
            "b.local": {},
            "web.local": {"provider": {"virtualRouter": {"virtualRouterName": "c"}}},
        },
    ),
    ("VirtualGateway", {}, {"a": gateway("http"), "b": gateway("http2"), "c": gateway("grpc")}),
    ("GatewayRoute", {"virtualGatewayName": "a"}, GATEWAY_ROUTES),
]


class Judge:
    def __init__(self, endpoint):
        session = Session()
        session.set_credentials("AKIDEXAMPLE", "secret")
        config = Config(retries={"max_attempts": 1, "mode": "standard"})
        self.client = session.create_client("appmesh", region_name="us-east-1", endpoint_url=endpoint, config=config)
        self.count, self.complaints = 0, []

    def call(self, operation, **inputs):
        method = "".join("_" + letter.lower() if letter.isupper() else letter for letter in operation).lstrip("_")
        answer = getattr(self.client, method)(**inputs)
        answer.pop("ResponseMetadata")
        return answer

    def one(self, operation, **inputs):
        (answer,) = self.call(operation, **inputs).values()
        return answer

    def expect(self, what, seen, due):
        self.count += 1
        if seen != due:
            self.complaints.append(f"{what}: {seen!r}, not {due!r}")

    def refused(self, code, operation, **inputs):
        try:
            seen = self.call(operation, **inputs)
        except ClientError as error:
            seen = error.response["Error"]["Code"]
        self.expect(f"{operation} {inputs}", seen, code)

    def described(self, what, seen, version, spec, status="ACTIVE"):
        own = (seen["metadata"]["version"], seen["spec"], seen["status"]["status"])
        self.expect(what, own, (version, spec, status))
        for name in ("arn", "meshOwner", "resourceOwner", "uid"):
            self.expect(f"{what} {name}", type(seen["metadata"][name]), str)
        for name in ("createdAt", "lastUpdatedAt"):
            self.expect(f"{what} {name}", type(seen["metadata"][name]), datetime)


def meshes(judge):
    tags = [{"key": "owner", "value": "moto"}]
    for name in ("mesh1", "mesh2"):
        judge.described(name, judge.one("CreateMesh", meshName=name, spec=MESH, tags=tags), 1, MESH)
    judge.expect("meshes", sorted(own["meshName"] for own in judge.call("ListMeshes")["meshes"]), ["mesh1", "mesh2"])
    other = {"egressFilter": {"type": "ALLOW_ALL"}, "serviceDiscovery": {"ipPreference": "IPv6_PREFERRED"}}
    judge.described("changed", judge.one("UpdateMesh", meshName="mesh1", spec=other), 2, other)
    judge.described("described", judge.one("DescribeMesh", meshName="mesh1"), 2, other)
    judge.described("gone", judge.one("DeleteMesh", meshName="mesh2"), 2, MESH, "DELETED")
    judge.refused("NotFoundException", "DescribeMesh", meshName="mesh2")
    judge.refused("ConflictException", "CreateMesh", meshName="mesh1")
    judge.one("DeleteMesh", meshName="mesh1")
    for number in range(5):
        judge.one("CreateMesh", meshName=f"mesh{number}")
    pages(judge, "ListMeshes", "meshes")
    for number in range(5):
        judge.one("DeleteMesh", meshName=f"mesh{number}")


def pages(judge, operation, key, **inputs):
    """A limit for the first page, none for the second."""
    everything = judge.call(operation, **inputs)
    judge.expect(f"{operation} all", (len(everything[key]), "nextToken" in everything), (5, False))
    first = judge.call(operation, limit=2, **inputs)
    second = judge.call(operation, nextToken=first["nextToken"], **inputs)
    judge.expect(f"{operation} by pages", (first[key] + second[key], len(first[key])), (everything[key], 2))


def kind(judge, name, inputs, specs):
    own = f"{name[0].lower()}{name[1:]}"
    key, field = f"{own}s", f"{own}Name"
    (first, spec), (second, _), *_, (_, other) = specs.items()
    for one, spec_of in specs.items():
        tags = [{"key": "kind", "value": one}]
        made = judge.one(f"Create{name}", **inputs, **{field: one}, spec=spec_of, tags=tags)
        judge.described(f"{name} {one}", made, 1, due(name, spec_of))
        judge.expect(f"{name} {one}", (made["meshName"], made[field]), ("m", one))
    listed = judge.call(f"List{name}s", **inputs)[key]
    judge.expect(f"{key} listed", sorted(item[field] for item in listed), sorted(specs))
    changed = judge.one(f"Update{name}", **inputs, **{field: first}, spec=other)
    judge.described(f"{name} changed", changed, 2, due(name, other))
    judge.expect(f"{name} described", judge.one(f"Describe{name}", **inputs, **{field: first}), changed)
    gone = judge.one(f"Delete{name}", **inputs, **{field: second})
    judge.described(f"{name} gone", gone, 2, due(name, specs[second]), "DELETED")
    judge.refused("NotFoundException", f"Describe{name}", **inputs, **{field: second})
    judge.refused("ConflictException", f"Create{name}", **inputs, **{field: first}, spec=spec)
    for number in range(5 - len(listed) + 1):
        judge.one(f"Create{name}", **inputs, **{field: f"page{number}"}, spec=spec)
    pages(judge, f"List{name}s", key, **inputs)
    tagging(judge, changed["metadata"]["arn"], {"key": "kind", "value": first})


def due(name, spec):
    return {"backends": [], **spec} if name == "VirtualNode" else spec


def tagging(judge, arn, first):
    """Tags come in the order in which they were given; one that is not there may be taken away."""
    more = [{"key": "b", "value": "1"}, {"key": "a", "value": ""}]
    judge.expect("tagged", judge.call("TagResource", resourceArn=arn, tags=more), {})
    tags = lambda **how: judge.call("ListTagsForResource", resourceArn=arn, **how)
    judge.expect("tags", tags(), {"tags": [first, *more]})
    page = tags(limit=1)
    judge.expect("tags by pages", page["tags"] + tags(nextToken=page["nextToken"])["tags"], [first, *more])
    judge.call("TagResource", resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    judge.call("UntagResource", resourceArn=arn, tagKeys=["a", "unknown"])
    judge.call("UntagResource", resourceArn=arn, tagKeys=[])
    judge.expect("tags left", tags()["tags"], [first, {"key": "b", "value": "2"}])
    judge.call("UntagResource", resourceArn=arn, tagKeys=["kind", "b"])
    judge.expect("no tags left", tags(), {"tags": []})
    for operation, inputs in (("UntagResource", {"tagKeys": ["a"]}), ("TagResource", {"tags": []}), ("ListTagsForResource", {})):
        judge.refused("NotFoundException", operation, resourceArn=f"{arn}-unknown", **inputs)


def main():
    judge = Judge(sys.argv[1])
    meshes(judge)
    owner = judge.one("CreateMesh", meshName="m")["metadata"]["meshOwner"]
    for name, inputs, specs in KINDS:
        kind(judge, name, {"meshName": "m", "meshOwner": owner, **inputs}, specs)
    print(f"{judge.count - len(judge.complaints)} of {judge.count}")
    for own in judge.complaints:
        print(own)
    sys.exit(bool(judge.complaints))


main()
