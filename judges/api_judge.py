"""Drives an App Mesh API with botocore: every operation, errors by name and status, pages, tokens, tags.

usage: api_judge.py ENDPOINT

Prints one JSON object: the operations as botocore's model has them, and what it has to complain of. Answers are held to botocore's
output shapes: required members are there, and nothing is there that the shape does not know.
"""

import json
import sys

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

LISTENERS = [{"portMapping": {"port": 8080, "protocol": "http"}}]
DNS = {"dns": {"hostname": "a.local"}}

complaints = []


def complain(text):
    complaints.append(text)


def client(endpoint, region="eu-west-1"):
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    config = Config(retries={"max_attempts": 1, "mode": "standard"}, parameter_validation=False)
    return session.create_client("appmesh", region_name=region, endpoint_url=endpoint, config=config)


def check(value, shape, at):
    """Holds an answer to its shape."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return complain(f"{at}: {value!r} is no structure")
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            complain(f"{at}: a union has {sorted(value)}")
        for name in shape.required_members:
            if name not in value:
                complain(f"{at}: {name} is missing")
        for name, member in value.items():
            if name == "ResponseMetadata":
                continue
            if name not in shape.members:
                complain(f"{at}: {name} is not known")
            else:
                check(member, shape.members[name], f"{at}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            check(member, shape.member, f"{at}[{index}]")
    elif shape.type_name in ("integer", "long"):
        if not isinstance(value, int) or isinstance(value, bool):
            complain(f"{at}: {value!r} is no number")
    elif shape.type_name == "string":
        if not isinstance(value, str):
            complain(f"{at}: {value!r} is no text")
        elif shape.enum and value not in shape.enum:
            complain(f"{at}: {value!r} is none of {shape.enum}")
    elif shape.type_name == "timestamp":
        if not hasattr(value, "isoformat"):
            complain(f"{at}: {value!r} is no time")


class Api:
    def __init__(self, endpoint):
        self.client = client(endpoint)
        self.model = self.client.meta.service_model
        self.used = set()

    def call(self, operation, **parameters):
        method = "".join("_" + letter.lower() if letter.isupper() else letter for letter in operation).lstrip("_")
        answer = getattr(self.client, method)(**parameters)
        self.used.add(operation)
        if answer["ResponseMetadata"]["HTTPStatusCode"] != 200:
            complain(f"{operation}: status {answer['ResponseMetadata']['HTTPStatusCode']}")
        if not answer["ResponseMetadata"].get("RequestId"):
            complain(f"{operation}: there is no request id")
        shape = self.model.operation_model(operation).output_shape
        check(answer, shape, operation)
        return answer

    def refused(self, code, status, part, operation, **parameters):
        try:
            self.call(operation, **parameters)
        except ClientError as error:
            own = error.response
            seen = (own["Error"]["Code"], own["ResponseMetadata"]["HTTPStatusCode"])
            if seen != (code, status) or part not in own["Error"]["Message"]:
                complain(f"{operation}: {seen} {own['Error']['Message']!r}, not {code} {status} with {part!r}")
        else:
            complain(f"{operation}: it is taken, not refused with {code}")


def kinds():
    """Each kind: its names, a specification, another one, and its member in answers."""
    target = {"weightedTargets": [{"virtualNode": "a", "weight": 1}]}
    gateway_target = {"target": {"virtualService": {"virtualServiceName": "s.local"}}}
    return [
        ("Mesh", {"meshName": "m"}, {}, {"egressFilter": {"type": "ALLOW_ALL"}}),
        (
            "VirtualNode",
            {"meshName": "m", "virtualNodeName": "a"},
            {"listeners": LISTENERS, "serviceDiscovery": DNS},
            {"listeners": LISTENERS, "serviceDiscovery": DNS, "backends": [{"virtualService": {"virtualServiceName": "x"}}]},
        ),
        ("VirtualRouter", {"meshName": "m", "virtualRouterName": "r"}, {"listeners": LISTENERS}, {"listeners": LISTENERS}),
        ("VirtualGateway", {"meshName": "m", "virtualGatewayName": "g"}, {"listeners": LISTENERS}, {"listeners": LISTENERS}),
        (
            "Route",
            {"meshName": "m", "virtualRouterName": "r", "routeName": "x"},
            {"httpRoute": {"match": {"prefix": "/"}, "action": target}},
            {"httpRoute": {"match": {"prefix": "/a"}, "action": target}, "priority": 7},
        ),
        (
            "VirtualService",
            {"meshName": "m", "virtualServiceName": "s.local"},
            {"provider": {"virtualRouter": {"virtualRouterName": "r"}}},
            {"provider": {"virtualNode": {"virtualNodeName": "a"}}},
        ),
        (
            "GatewayRoute",
            {"meshName": "m", "virtualGatewayName": "g", "gatewayRouteName": "y"},
            {"httpRoute": {"match": {"prefix": "/"}, "action": gateway_target}},
            {"httpRoute": {"match": {"prefix": "/b"}, "action": gateway_target}},
        ),
    ]


def member(kind):
    return kind[0].lower() + kind[1:]


def expect(what, seen, due):
    if seen != due:
        complain(f"{what}: {seen!r}, not {due!r}")


def life(api):
    """Everything once, from the creation of a mesh to its end."""
    for kind, names, spec, _ in kinds():
        made = api.call(f"Create{kind}", **names, spec=spec, tags=[{"key": "k", "value": kind}])[member(kind)]
        metadata = made["metadata"]
        expect(f"{kind} version", metadata["version"], 1)
        expect(f"{kind} times", metadata["createdAt"], metadata["lastUpdatedAt"])
        expect(f"{kind} region", metadata["arn"].split(":")[3], "eu-west-1")
        again = api.call(f"Describe{kind}", **names)[member(kind)]
        expect(f"{kind} described", again, made)
        tags = api.call("ListTagsForResource", resourceArn=metadata["arn"])["tags"]
        expect(f"{kind} tags", tags, [{"key": "k", "value": kind}])
    expect("backends", api.call("DescribeVirtualNode", meshName="m", virtualNodeName="a")["virtualNode"]["spec"]["backends"], [])
    for kind, names, _, spec in kinds():
        changed = api.call(f"Update{kind}", **names, spec=spec)[member(kind)]
        expect(f"{kind} version", changed["metadata"]["version"], 2)
        expect(f"{kind} specification", {**changed["spec"], **spec}, changed["spec"])
        parents = {name: own for name, own in names.items() if name != f"{member(kind)}Name" and kind != "Mesh"}
        plural = "ListMeshes" if kind == "Mesh" else f"List{kind}s"
        listed = api.call(plural, **parents)
        own = listed["meshes" if kind == "Mesh" else f"{member(kind)}s"]
        expect(f"{kind} list", [item["arn"] for item in own], [changed["metadata"]["arn"]])
    refusals(api)
    pages(api)
    tokens(api)
    tagging(api)
    replaced(api)
    empty_match(api)
    described = {kind: api.call(f"Describe{kind}", **names)[member(kind)] for kind, names, _, _ in kinds()}
    for kind, names, _, _ in reversed(kinds()):
        gone = api.call(f"Delete{kind}", **names)[member(kind)]
        expect(f"{kind} status", gone["status"]["status"], "DELETED")
        expect(f"{kind} version", gone["metadata"]["version"], described[kind]["metadata"]["version"] + 1)
        api.refused("NotFoundException", 404, "", f"Describe{kind}", **names)


def replaced(api):
    """An update replaces a specification as a whole: what it does not say is gone.

    Source: hashicorp/terraform-provider-aws, internal/service/appmesh, acceptance cases, read and not copied.
    """

    def due(kind, names, *specs):
        for spec in specs:
            changed = api.call(f"Update{kind}", **names, spec=spec)[member(kind)]["spec"]
            expect(f"{kind} replaced", changed, spec)
            expect(f"{kind} described", api.call(f"Describe{kind}", **names)[member(kind)]["spec"], spec)

    trust = {"trust": {"file": {"certificateChain": "/ca.pem"}}}
    names = {"match": {"exact": ["abc.example.com", "xyz.example.com"]}}
    certificate = {"sds": {"secretName": "own"}}
    tls = {"mode": "PERMISSIVE", "certificate": certificate, "validation": {**trust, "subjectAlternativeNames": names}}
    two = [{"portMapping": {"port": port, "protocol": "http"}, "tls": tls} for port in (8080, 8081)]
    policy = {"clientPolicy": {"tls": {"enforce": True, "ports": [443, 8443], "validation": trust}}}
    log = {"accessLog": {"file": {"path": "/tmp/access.log"}}}
    gateway = {"meshName": "m", "virtualGatewayName": "g"}
    strict = [{**listener, "tls": {**tls, "mode": "STRICT"}} for listener in two]
    full = {"listeners": two, "backendDefaults": policy, "logging": log}
    due("VirtualGateway", gateway, full, {"listeners": strict}, {"listeners": LISTENERS})
    node = {"listeners": LISTENERS, "serviceDiscovery": DNS, "backends": [], "logging": log, "backendDefaults": policy}
    bare = {"listeners": LISTENERS, "serviceDiscovery": DNS, "backends": []}
    due("VirtualNode", {"meshName": "m", "virtualNodeName": "a"}, node, bare)
    service = {"meshName": "m", "virtualServiceName": "s.local"}
    by_router, by_node = {"virtualRouter": {"virtualRouterName": "r"}}, {"virtualNode": {"virtualNodeName": "a"}}
    due("VirtualService", service, {"provider": by_router}, {}, {"provider": by_node})
    due("Mesh", {"meshName": "m"}, {"egressFilter": {"type": "DROP_ALL"}}, {}, {"egressFilter": {"type": "ALLOW_ALL"}})
    route = {"meshName": "m", "virtualRouterName": "r", "routeName": "x"}
    action = {"weightedTargets": [{"virtualNode": "a", "weight": 1}]}
    http = {"httpRoute": {"match": {"prefix": "/"}, "action": action}}
    due("Route", route, {**http, "priority": 42}, {**http, "priority": 1000}, http, {**http, "priority": 0})
    policy = {"maxRetries": 1, "perRetryTimeout": {"unit": "ms", "value": 250000}, "httpRetryEvents": ["server-error"]}
    more = {"retryPolicy": policy, "timeout": {"idle": {"unit": "ms", "value": 0}}}
    due("Route", route, {"httpRoute": {**http["httpRoute"], **more}}, http)


def empty_match(api):
    """A gRPC route may match everything there is."""
    grpc = [{"portMapping": {"port": 8080, "protocol": "grpc"}}]
    api.call("CreateVirtualRouter", meshName="m", virtualRouterName="grpc", spec={"listeners": grpc})
    route = {"meshName": "m", "virtualRouterName": "grpc", "routeName": "all"}
    spec = {"grpcRoute": {"match": {}, "action": {"weightedTargets": [{"virtualNode": "a", "weight": 100}]}}}
    expect("an empty match", api.call("CreateRoute", **route, spec=spec)["route"]["spec"], spec)
    expect("an empty match", api.call("DescribeRoute", **route)["route"]["spec"], spec)
    api.call("DeleteRoute", **route)
    api.call("DeleteVirtualRouter", meshName="m", virtualRouterName="grpc")


def refusals(api):
    node = {"meshName": "m", "virtualNodeName": "a"}
    missing = "VirtualNode with name z is not present under mesh m for account"
    api.refused("NotFoundException", 404, missing, "DescribeVirtualNode", meshName="m", virtualNodeName="z")
    api.refused("NotFoundException", 404, "Mesh", "DescribeVirtualNode", meshName="n", virtualNodeName="a")
    api.refused("NotFoundException", 404, "VirtualRouter with name q", "ListRoutes", meshName="m", virtualRouterName="q")
    api.refused("ConflictException", 409, "exists", "CreateVirtualNode", **node, spec={})
    port = [{"portMapping": {"port": 70000, "protocol": "http"}}]
    api.refused("BadRequestException", 400, "spec.listeners[0].portMapping.port", "UpdateVirtualNode", **node, spec={"listeners": port})
    word = [{"portMapping": {"port": 80, "protocol": "udp"}}]
    api.refused("BadRequestException", 400, "protocol", "UpdateVirtualNode", **node, spec={"listeners": word})
    alone = {"serviceDiscovery": DNS}
    api.refused("BadRequestException", 400, "Service Discovery can't be set without a listener.", "UpdateVirtualNode", **node, spec=alone)
    both = {"provider": {"virtualNode": {"virtualNodeName": "a"}, "virtualRouter": {"virtualRouterName": "r"}}}
    service = {"meshName": "m", "virtualServiceName": "s.local"}
    api.refused("BadRequestException", 400, "exactly one of", "UpdateVirtualService", **service, spec=both)
    gone = {"provider": {"virtualNode": {"virtualNodeName": "z"}}}
    api.refused("NotFoundException", 404, "VirtualNode with name z", "UpdateVirtualService", **service, spec=gone)
    api.refused("ResourceInUseException", 409, "has active", "DeleteMesh", meshName="m")
    api.refused("ResourceInUseException", 409, "target of one or more routes", "DeleteVirtualNode", **node)
    api.refused("ResourceInUseException", 409, "Route", "DeleteVirtualRouter", meshName="m", virtualRouterName="r")
    api.refused("ResourceInUseException", 409, "GATEWAY_ROUTE: [", "DeleteVirtualService", **service)
    api.refused("ResourceInUseException", 409, "GatewayRoute", "DeleteVirtualGateway", meshName="m", virtualGatewayName="g")
    two = [{"portMapping": {"port": port, "protocol": "http"}} for port in (8080, 8081)]
    api.refused("BadRequestException", 400, "1 Route(s) are missing port", "UpdateVirtualRouter", meshName="m", virtualRouterName="r", spec={"listeners": two})


def pages(api):
    for number in range(7):
        api.call("CreateMesh", meshName=f"page-{number}")
    names, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = api.call("ListMeshes", limit=3, **more)
        names += [mesh["meshName"] for mesh in page["meshes"]]
        token = page.get("nextToken")
        if not token:
            break
    expect("pages", names, ["m"] + [f"page-{number}" for number in range(7)])
    api.refused("BadRequestException", 400, "limit", "ListMeshes", limit=101)
    api.refused("BadRequestException", 400, "nextToken", "ListMeshes", nextToken="%%")
    for number in range(7):
        api.call("DeleteMesh", meshName=f"page-{number}")


def tokens(api):
    mesh = {"meshName": "token", "clientToken": "one"}
    first = api.call("CreateMesh", **mesh, spec={})["mesh"]
    expect("the same token", api.call("CreateMesh", **mesh, spec={})["mesh"], first)
    other = {"egressFilter": {"type": "ALLOW_ALL"}}
    api.refused("ConflictException", 409, "clientToken", "CreateMesh", **mesh, spec=other)
    update = {"meshName": "token", "clientToken": "two", "spec": other}
    expect("version", api.call("UpdateMesh", **update)["mesh"]["metadata"]["version"], 2)
    expect("version", api.call("UpdateMesh", **update)["mesh"]["metadata"]["version"], 2)
    api.refused("ConflictException", 409, "clientToken", "UpdateMesh", meshName="token", clientToken="two", spec={})
    api.call("DeleteMesh", meshName="token")


def tagging(api):
    arn = api.call("DescribeMesh", meshName="m")["mesh"]["metadata"]["arn"]
    many = [{"key": f"k{number}", "value": "v"} for number in range(49)]
    api.call("TagResource", resourceArn=arn, tags=many)
    api.refused("TooManyTagsException", 400, "51", "TagResource", resourceArn=arn, tags=[{"key": "last", "value": ""}])
    api.call("UntagResource", resourceArn=arn, tagKeys=[tag["key"] for tag in many])
    expect("tags", api.call("ListTagsForResource", resourceArn=arn)["tags"], [{"key": "k", "value": "Mesh"}])
    api.refused("NotFoundException", 404, "", "ListTagsForResource", resourceArn=arn + "x")


def main():
    api = Api(sys.argv[1])
    operations = {}
    for name in api.model.operation_names:
        http = api.model.operation_model(name).http
        operations[name] = [http["method"], http["requestUri"].split("?")[0]]
    life(api)
    unused = sorted(set(operations) - api.used)
    if unused:
        complain(f"not driven: {unused}")
    print(json.dumps({"operations": operations, "complaints": complaints}))


main()
