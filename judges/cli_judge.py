"""Lives the life of a mesh with the AWS CLI, every `aws appmesh` command once at least, told nothing but the endpoint.

usage: cli_judge.py ENDPOINT

Each command is a run of the CLI's own entry point in this process, with a session of its own; the first and the last are processes, as
users start them.

Prints how many of the CLI's commands were run, then what went otherwise than it should; the exit code is 1 for anything.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.session import Session

LISTENERS = {"listeners": [{"portMapping": {"port": 8080, "protocol": "http"}}]}
NODE = {**LISTENERS, "serviceDiscovery": {"dns": {"hostname": "orders.local"}}}
ACTION = {"weightedTargets": [{"virtualNode": "orders", "weight": 1}]}
GATEWAY_ACTION = {"target": {"virtualService": {"virtualServiceName": "orders.local"}}}

# Kind, its names in the order of its commands' arguments, a specification, another one.
KINDS = [
    ("mesh", ["mesh"], {}, {"egressFilter": {"type": "ALLOW_ALL"}}),
    ("virtual-node", ["mesh", "virtual-node"], NODE, {**NODE, "backends": [{"virtualService": {"virtualServiceName": "x"}}]}),
    ("virtual-router", ["mesh", "virtual-router"], LISTENERS, {}),
    ("virtual-gateway", ["mesh", "virtual-gateway"], LISTENERS, {"listeners": [{"portMapping": {"port": 80, "protocol": "http2"}}]}),
    (
        "route",
        ["mesh", "virtual-router", "route"],
        {"httpRoute": {"match": {"prefix": "/"}, "action": ACTION}},
        {"httpRoute": {"match": {"prefix": "/a"}, "action": ACTION}, "priority": 0},
    ),
    (
        "virtual-service",
        ["mesh", "virtual-service"],
        {"provider": {"virtualRouter": {"virtualRouterName": "orders"}}},
        {"provider": {"virtualNode": {"virtualNodeName": "orders"}}},
    ),
    (
        "gateway-route",
        ["mesh", "virtual-gateway", "gateway-route"],
        {"httpRoute": {"match": {"prefix": "/"}, "action": GATEWAY_ACTION}},
        {"httpRoute": {"match": {"path": {"exact": "/a"}}, "action": GATEWAY_ACTION}},
    ),
]

complaints, used = [], set()


def expect(what, seen, due):
    if seen != due:
        complaints.append(f"{what}: {seen!r}, not {due!r}")


class Cli:
    def __init__(self, endpoint, home):
        self.endpoint = endpoint
        # Nothing of the machine's own settings counts.
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        # Where the CLI has its own data, it has said when it was loaded.
        own = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}
        os.environ.clear()
        os.environ.update(self.environment | own)

    def run(self, command, *arguments, alone=False):
        """Exit code, what it printed, what it complained of."""
        used.add(command)
        words = ["appmesh", command, "--endpoint-url", self.endpoint, *arguments]
        if alone:
            words = [sys.executable, "-m", "awscli", *words]
            run = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
            return run.returncode, run.stdout, run.stderr
        said, wrong = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with redirect_stdout(said), redirect_stderr(wrong):
            code = create_clidriver().main(words)
        return code, *(stream.buffer.getvalue().decode() for stream in (said, wrong))

    def call(self, command, *arguments):
        code, said, wrong = self.run(command, *arguments)
        if code:
            complaints.append(f"{command} {arguments}: {code} {wrong.strip()}")
            return {}
        return json.loads(said or "{}")

    def refused(self, part, command, *arguments):
        code, said, wrong = self.run(command, *arguments)
        if code not in (254, 255) or part not in wrong:
            complaints.append(f"{command} {arguments}: {code} {said} {wrong.strip()}, not {part!r}")


def name(kind):
    return "orders.local" if kind == "virtual-service" else "orders"


def named(kinds):
    return [word for kind in kinds for word in (f"--{kind}-name", name(kind))]


def member(kind):
    first, *others = kind.split("-")
    return first + "".join(other.capitalize() for other in others)


def life(cli):
    code, said, wrong = cli.run("list-meshes", alone=True)
    expect("nothing yet", (code, json.loads(said or "null"), wrong), (0, {"meshes": []}, ""))
    arns = {}
    for kind, names, spec, _ in KINDS:
        tags = f"key=kind,value={kind}"
        made = cli.call(f"create-{kind}", *named(names), "--spec", json.dumps(spec), "--tags", tags).get(member(kind), {})
        metadata = made.get("metadata", {})
        expect(f"{kind} made", (made.get("status"), metadata.get("version")), ({"status": "ACTIVE"}, 1))
        arns[kind] = metadata.get("arn", "")
        expect(f"{kind} described", cli.call(f"describe-{kind}", *named(names)).get(member(kind)), made)
    for kind, names, _, spec in KINDS:
        changed = cli.call(f"update-{kind}", *named(names), "--spec", json.dumps(spec)).get(member(kind), {})
        expect(f"{kind} changed", changed.get("metadata", {}).get("version"), 2)
        expect(f"{kind} specification", {**changed.get("spec", {}), **spec}, changed.get("spec"))
        plural = "meshes" if kind == "mesh" else f"{kind}s"
        above = [] if kind == "mesh" else named(names[:-1])
        listed = cli.call(f"list-{plural}", *above).get("meshes" if kind == "mesh" else f"{member(kind)}s", [])
        expect(f"{plural} listed", [own["arn"] for own in listed], [arns[kind]])
    tagging(cli, arns["gateway-route"])
    owner = arns["mesh"].split(":")[4]
    shared = cli.call("describe-virtual-node", *named(["mesh", "virtual-node"]), "--mesh-owner", owner)
    expect("with the owner", shared.get("virtualNode", {}).get("metadata", {}).get("meshOwner"), owner)
    refusals(cli)
    for kind, names, _, _ in reversed(KINDS):
        gone = cli.call(f"delete-{kind}", *named(names)).get(member(kind), {})
        expect(f"{kind} gone", gone.get("status"), {"status": "DELETED"})


def tagging(cli, arn):
    cli.call("tag-resource", "--resource-arn", arn, "--tags", "key=a b,value=é", "key=kind,value=other")
    listed = cli.call("list-tags-for-resource", "--resource-arn", arn)
    expect("tags", listed, {"tags": [{"key": "kind", "value": "other"}, {"key": "a b", "value": "é"}]})
    cli.call("untag-resource", "--resource-arn", arn, "--tag-keys", "a b", "none")
    listed = cli.call("list-tags-for-resource", "--resource-arn", arn)
    expect("tags left", listed, {"tags": [{"key": "kind", "value": "other"}]})


def refusals(cli):
    """What users see of errors: the name, the operation, the message."""
    node = "An error occurred (NotFoundException) when calling the DescribeVirtualNode operation: VirtualNode with name none is not present"
    cli.refused(node, "describe-virtual-node", "--mesh-name", "orders", "--virtual-node-name", "none")
    cli.refused("(ResourceInUseException)", "delete-mesh", "--mesh-name", "orders")
    cli.refused("(ConflictException)", "create-mesh", "--mesh-name", "orders", "--client-token", "other")
    spec = json.dumps({"serviceDiscovery": {"dns": {"hostname": "x"}}})
    words = "(BadRequestException) when calling the UpdateVirtualNode operation: Service Discovery can't be set without a listener."
    cli.refused(words, "update-virtual-node", *named(["mesh", "virtual-node"]), "--spec", spec)


def pages(cli):
    """Pages as the CLI asks for them, of the server and of itself."""
    all_of_them = [f"page-{number}" for number in range(7)]
    for one in all_of_them:
        body = json.dumps({"meshName": one, "tags": [{"key": f"k{number}", "value": ""} for number in range(3)]})
        arn = cli.call("create-mesh", "--cli-input-json", body)["mesh"]["metadata"]["arn"]
    names = lambda listed: [own["meshName"] for own in listed.get("meshes", [])]
    expect("pages of three", names(cli.call("list-meshes", "--page-size", "3")), all_of_them)
    found, token = [], None
    for _ in range(4):
        more = ["--starting-token", token] if token else []
        page = cli.call("list-meshes", "--max-items", "2", *more)
        found, token = found + names(page), page.get("NextToken")
        if not token:
            break
    expect("items two by two", (found, token), (all_of_them, None))
    # The CLI stops within a page of the server's, and goes on from there.
    first = cli.call("list-meshes", "--max-items", "4", "--page-size", "3")
    rest = cli.call("list-meshes", "--starting-token", first.get("NextToken", ""), "--page-size", "3")
    expect("items across pages", names(first) + names(rest), all_of_them)
    one = cli.call("list-meshes", "--no-paginate", "--limit", "5")
    expect("one page", (len(names(one)), "nextToken" in one), (5, True))
    keys = cli.call("list-tags-for-resource", "--resource-arn", arn, "--max-items", "2")
    expect("tags two by two", (len(keys.get("tags", [])), "NextToken" in keys), (2, True))
    code, said, _ = cli.run("list-meshes", "--output", "text", "--query", "meshes[].meshName")
    expect("as text", (code, said.split()), (0, all_of_them))
    for one in all_of_them:
        cli.call("delete-mesh", "--mesh-name", one)
    code, said, _ = cli.run("list-meshes", "--no-sign-request", alone=True)
    expect("without a signature", (code, json.loads(said or "null")), (0, {"meshes": []}))


def main():
    with tempfile.TemporaryDirectory() as home:
        cli = Cli(sys.argv[1], str(Path(home)))
        life(cli)
        pages(cli)
    commands = {xform_name(name, "-") for name in Session().get_service_model("appmesh").operation_names}
    print(f"{len(commands & used)} of {len(commands)} commands")
    complaints.extend(f"not run: {own}" for own in sorted(commands - used))
    for own in complaints:
        print(own)
    sys.exit(bool(complaints))


main()
