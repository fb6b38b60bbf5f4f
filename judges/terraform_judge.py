"""Terraform with HashiCorp's own AWS provider before an App Mesh API.

usage: terraform_judge.py ENDPOINT SHARED PLUGINS [CONFIGURATIONS]

ENDPOINT asks nobody for credentials. SHARED asks for a key: OWNER, or GUEST of another account, with which OWNER's mesh `shared` is shared,
or STRANGER of that account, with which it is not; the secret of each is its name, sixteen times.

PLUGINS is a folder that Terraform takes as a mirror; `terraform/everything.tf` has all seven resource types with all that they hold, and
the steps of the provider's acceptance cases beyond that stand beside it. Not tried of those cases are the tags that the provider itself
adds or ignores, which never reach the API, and the services that they ask for certificates and namespaces.
CONFIGURATIONS is a folder of the provider's own acceptance cases and examples: each becomes a module, under names of its own, and is
changed to its neighbour later on. All is created, looked at, planned again without a difference, imported, changed, looked at and planned
again, missed after a deletion by someone else, and destroyed. Prints what was done, then complaints; the exit code is 1 for any.

The provider is one process for all of Terraform's commands, which would start it several times each; what was looked at a step before is
not refreshed again.
"""

import datetime
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

PROVIDER = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "%s"
  secret_key                  = "%s"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {
    appmesh = "%s"
    sts     = "%s"
  }
}
variable "changed" {
  type    = bool
  default = false
}
"""

# What other services would give, as it would be.
FOREIGN = {
    "aws_acm_certificate.test.arn": '"arn:aws:acm:us-east-1:123456789012:certificate/test"',
    "aws_acmpca_certificate_authority.test.arn": '"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/test"',
    "aws_service_discovery_http_namespace.example.name": '"example-ns"',
    "data.aws_caller_identity.current.account_id": '"123456789012"',
    # Words that cases fill in.
    '"tf-acc-test-egress-filter-type"': '"ALLOW_ALL"',
    "= tf-acc-test-r-name.name": "= aws_appmesh_virtual_node.foo.name",
}

# What App Mesh came to refuse: hashicorp/terraform-provider-aws#21359, put right in #21360 as here.
CORRECTED = {"AppmeshVirtualGatewayConfigListenerHealthChecksUpdated.tf": ('protocol = "http"\n', 'protocol = "http2"\n')}

# What examples name and leave to the reader.
MISSING = {
    "aws_appmesh_mesh": "",
    "aws_appmesh_virtual_node": "mesh_name = aws_appmesh_mesh.simple.id\n  spec {}",
    "aws_appmesh_virtual_router": "mesh_name = aws_appmesh_mesh.simple.id\n  spec {}",
}

ACCOUNT = "123456789012"
GUEST_ACCOUNT = "210987654321"

# Which attributes lead to a resource, as an import takes them, and which words stand before them in its ARN.
PLACES = {
    "aws_appmesh_mesh": {"name": "mesh"},
    "aws_appmesh_virtual_node": {"mesh_name": "mesh", "name": "virtualNode"},
    "aws_appmesh_virtual_router": {"mesh_name": "mesh", "name": "virtualRouter"},
    "aws_appmesh_route": {"mesh_name": "mesh", "virtual_router_name": "virtualRouter", "name": "route"},
    "aws_appmesh_virtual_service": {"mesh_name": "mesh", "name": "virtualService"},
    "aws_appmesh_virtual_gateway": {"mesh_name": "mesh", "name": "virtualGateway"},
    "aws_appmesh_gateway_route": {"mesh_name": "mesh", "virtual_gateway_name": "virtualGateway", "name": "gatewayRoute"},
}

# What someone else deletes: one of each kind.
DELETED = [
    "meshes/own/virtualRouter/router-grpc/routes/route-grpc",
    "meshes/own/virtualGateway/gateway-grpc/gatewayRoutes/gateway-route-grpc",
    "meshes/own/virtualRouters/router-grpc",
    "meshes/own/virtualGateways/gateway-grpc",
    "meshes/own/virtualServices/alone.local",
    "meshes/own/virtualNodes/node-grpc",
    "meshes/bare",
]


class Accounts(http.server.BaseHTTPRequestHandler):
    """Whoever tells an account who it is, which is no matter of App Mesh; without that, data sources leave out tags."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        account = ACCOUNT if re.search(r"Credential=(OWNER|AKIDEXAMPLE)/", self.headers["authorization"]) else GUEST_ACCOUNT
        who = f"<Arn>arn:aws:iam::{account}:user/judge</Arn><UserId>judge</UserId><Account>{account}</Account>"
        result = f"<GetCallerIdentityResult>{who}</GetCallerIdentityResult>"
        answer = f'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{result}</GetCallerIdentityResponse>'
        self.send_response(200)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


class Terraform:
    def __init__(self, folder, plugins):
        self.folder = folder
        settings = folder / "terraform.rc"
        settings.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{plugins}" }} }}\n')
        kept = {name: own for name, own in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        self.environment = {**kept, "TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        # Schemas of all of AWS are much to hold and soon over; collecting what they leave is a third of the work.
        self.environment["GOGC"] = "1000"
        self.complaints = []

    def start_provider(self):
        """Starts the provider that `init` has chosen as its makers debug it; where that comes to nothing, Terraform starts it itself."""
        program = next((self.folder / ".terraform/providers").glob("*/hashicorp/aws/*/*/terraform-provider-aws*"))
        quiet = {"TF_LOG_SDK": "OFF", "TF_LOG_SDK_PROTO": "OFF", "TF_LOG_PROVIDER": "OFF", "TF_LOG_PROVIDER_AWS": "OFF"}
        environment = {**self.environment, **quiet}
        words = [str(program), "-debug"]
        provider = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for line in provider.stdout:
            found = re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line)
            if found:
                self.environment["TF_REATTACH_PROVIDERS"] = found[1]
                break
        return provider

    def run(self, *words, where=None):
        words = ["terraform", f"-chdir={where or self.folder}", *words]
        run = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=500, check=False)
        return run.returncode, run.stdout + run.stderr

    def expect(self, what, due, *words, said="", where=None):
        """That a command ends with a code, and says something."""
        code, output = self.run(*words, "-no-color", where=where)
        if code != due or said not in output:
            self.complaints.append(f"{what}: code {code}, not {due} with {said!r}:\n{output[-6000:]}")
            # What comes next may end the script before it tells.
            print(self.complaints[-1], file=sys.stderr)
        else:
            print(f"{what}: as it should be")
        return code == due


def written(text, number):
    """A configuration that stands by itself, under names of its own."""
    for name, own in FOREIGN.items():
        text = text.replace(name, own)
    kinds = r"aws_(?!appmesh)\w+"
    text = re.sub(rf'^(resource|data) "{kinds}" "\w+" {{(}}|.*?^}})\n', "", text, flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"\b(aws_appmesh_\w+)\.(\w+)\b", text)) - {("aws_appmesh_mesh", "id")}
    made = set(re.findall(r'^resource "(aws_appmesh_\w+)" "(\w+)"', text, flags=re.MULTILINE))
    lacking = {own for own in named if own not in made}
    if any(kind != "aws_appmesh_mesh" for kind, _ in lacking) and ("aws_appmesh_mesh", "simple") not in made:
        lacking.add(("aws_appmesh_mesh", "simple"))
    for kind, name in sorted(lacking):
        text += f'\nresource "{kind}" "{name}" {{\n  name = "made-{name}"\n  {MISSING[kind]}\n}}\n'
    return re.sub(r'"(tf-acc-test|simpleapp|made)\b', rf'"c{number}-\1', text)


def configurations(folder):
    """The configurations of a folder in groups whose neighbours may take each other's place: of the same resources and protocols."""
    groups = {}
    for path in sorted(folder.rglob("*.tf")):
        text = path.read_text().replace(*CORRECTED.get(path.name, ("", "")))
        if not re.search(r'^resource "aws_appmesh', text, flags=re.MULTILINE):
            print(f"{path.name}: left out, as it only asks for what would be there")
            continue
        # What one of them names and another does not would be destroyed before its last user is changed.
        made = tuple(re.findall(r'^resource "(aws_appmesh_\w+)" "(\w+)"', text, flags=re.MULTILINE))
        protocols = tuple(sorted(set(re.findall(r'protocol = "(\w+)"', text))))
        is_whole = '"aws_appmesh_mesh"' in text
        groups.setdefault((path.parent, made, protocols if is_whole else path.name), []).append((path.name, text))
    return list(groups.values())


def modules(groups, changed):
    """Each module's name and text; where they are changed, the text is the neighbour's."""
    number = 0
    for group in groups:
        for place in range(len(group)):
            _, text = group[(place + changed) % len(group)]
            yield f"c{number}", written(text, number)
            number += 1


def write(folder, endpoints, parts):
    root = PROVIDER % ("AKIDEXAMPLE", "secret", *endpoints) + 'module "own" {\n  source  = "./own"\n  changed = var.changed\n}\n'
    for name, text in parts:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "main.tf").write_text(text)
        root += f'module "{name}" {{\n  source = "./{name}"\n}}\n'
    (folder / "main.tf").write_text(root)


def state_of(terraform):
    """Each resource of the state by its address, and what data sources found."""
    _, output = terraform.run("show", "-json")
    resources = [own for module in json.loads(output)["values"]["root_module"]["child_modules"] for own in module["resources"]]
    made = {own["address"]: own for own in resources if own["mode"] == "managed"}
    return made, [own for own in resources if own["mode"] == "data"]


def said(value):
    """A value without what it leaves open, which a resource and its data source do not say alike."""
    if isinstance(value, dict):
        return {name: said(own) for name, own in value.items() if said(own) not in (None, "", 0, False, [], {})}
    return [said(own) for own in value] if isinstance(value, list) else value


def looked_at(what, state, before):
    """What is wrong with what the state says of ARNs, owners and times, and with what data sources say otherwise than resources."""
    made, found = state
    wrong = []
    for address, own in made.items():
        values, place = own["values"], PLACES[own["type"]]
        arn = f"arn:aws:appmesh:us-east-1:{ACCOUNT}:" + "/".join(f"{word}/{values[name]}" for name, word in place.items())
        created, updated = (datetime.datetime.fromisoformat(values[name].replace("Z", "+00:00")) for name in ("created_date", "last_updated_date"))
        there = [values["arn"], values["mesh_owner"], values["resource_owner"], created <= updated, len(values["id"])]
        if there != [arn, ACCOUNT, ACCOUNT, True, 36] and own["type"] != "aws_appmesh_mesh" or there[:4] != [arn, ACCOUNT, ACCOUNT, True]:
            wrong.append(f"{what}: {address}: {there}, {created}, {updated}")
        earlier = before.get(address)
        if earlier and any(earlier["values"][name] != values[name] for name in ("id", "arn", "created_date")):
            wrong.append(f"{what}: {address} is another one now: {earlier['values']}")
        if earlier and said(earlier["values"]["spec"]) != said(values["spec"]) and earlier["values"]["last_updated_date"] == values["last_updated_date"]:
            wrong.append(f"{what}: {address} has not moved: {values['last_updated_date']}")
    by_arn = {own["values"]["arn"]: own["values"] for own in made.values()}
    for own in found:
        values = own["values"]
        there = by_arn[values["arn"]]
        for name in set(values) - {"id", "tags_all"}:
            if said({name: values[name]}) != said({name: there.get(name)}):
                wrong.append(f"{what}: {own['address']}: {name}: {values[name]}, not {there.get(name)}")
    return wrong


def look_at(terraform, what, before):
    made, found = state = state_of(terraform)
    wrong = looked_at(what, state, before)
    terraform.complaints += wrong
    if made and found and not wrong:
        print(f"{what}: as it should be")
    return made


def imported(terraform, folder, endpoints, made):
    """That all resources of `everything.tf` are found by their ids, and are as they are said to be."""
    there = folder / "imports"
    shutil.copytree(folder / "own", there / "own")
    places = {address: "/".join(own["values"][name] for name in PLACES[own["type"]]) for address, own in made.items()}
    places = {address: own for address, own in places.items() if address.startswith("module.own.")}
    blocks = "".join(f'import {{\n  to = {address}\n  id = "{own}"\n}}\n' for address, own in places.items())
    write(there, endpoints, [])
    (there / "imports.tf").write_text(blocks)
    terraform.expect("init for imports", 0, "init", where=there)
    code, output = terraform.run("plan", "-no-color", "-refresh=false", where=there)
    seen = re.search(r"Plan: (\d+) to import, (\d+) to add, (\d+) to change", output)
    if code or not seen or [int(own) for own in seen.groups()] != [len(places), 0, 0]:
        terraform.complaints.append(f"import: {code}\n{output[-6000:]}")
    else:
        print(f"{seen[1]} imports")
        print("import: as it should be")


def ask(endpoint, method, path):
    request = urllib.request.Request(f"{endpoint}/v20190125/{path}", method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def live(terraform, folder, endpoints, groups):
    """The life of all that is configured, from creation to destruction."""
    endpoint = endpoints[0]
    terraform.expect("validate", 0, "validate", said="configuration is valid")
    if terraform.expect("apply", 0, "apply", "-auto-approve", said="0 changed, 0 destroyed"):
        for path in ("virtualNodes/node-grpc", "virtualGateways/gateway-grpc"):
            check = ask(endpoint, "GET", f"meshes/own/{path}")["spec"]["listeners"][0]["healthCheck"]
            if check.get("port") != 8085:
                terraform.complaints.append(f"the port of a health check of {path}: {check}")
        terraform.expect("plan", 0, "plan", "-detailed-exitcode", said="No changes")
        made = look_at(terraform, "state", {})
        imported(terraform, folder, endpoints, made)
        write(folder, endpoints, modules(groups, 1))
        terraform.expect("change", 0, "apply", "-auto-approve", "-refresh=false", "-var=changed=true", said="Apply complete!")
        terraform.expect("plan of the change", 0, "plan", "-detailed-exitcode", "-var=changed=true", said="No changes")
        look_at(terraform, "state of the change", {own: made[own] for own in made if own.startswith("module.own.")})
        for path in DELETED:
            ask(endpoint, "DELETE", path)
        words = ["plan", "-detailed-exitcode", "-var=changed=true"]
        terraform.expect("plan of what is gone", 2, *words, said=f"Plan: {len(DELETED)} to add, 0 to change, 0 to destroy")
    # It knows nothing of what is gone, and deletes that too.
    terraform.expect("destroy", 0, "destroy", "-auto-approve", "-refresh=false", "-var=changed=true", said="Destroy complete!")


def shared(terraform, folder, endpoints):
    """That a mesh which is shared is seen by the account that it is shared with, which makes its own in it; and by nobody else."""
    files = {"owner": ("OWNER", "owner.tf"), "guest": ("GUEST", "guest.tf"), "stranger": ("STRANGER", "guest.tf")}
    for name, (key, file) in files.items():
        (folder / name).mkdir()
        shutil.copy(Path(__file__).parent / "terraform" / "sharing" / file, folder / name)
        (folder / name / "main.tf").write_text(PROVIDER % (key, key * 16, *endpoints))
        terraform.expect(f"init for the {name}", 0, "init", where=folder / name)
    owner, guest, stranger = (folder / name for name in files)
    own, first, changed = "-auto-approve", f"-var=owner={ACCOUNT}", "-var=changed=true"
    if terraform.expect("apply by the owner", 0, "apply", own, said="1 added", where=owner):
        terraform.expect("plan of a stranger", 1, "plan", first, said="AccessDeniedException", where=stranger)
        terraform.expect("apply by a guest", 0, "apply", own, first, said="4 added", where=guest)
        terraform.expect("plan of a guest", 0, "plan", "-detailed-exitcode", first, said="No changes", where=guest)
        terraform.expect("change by a guest", 0, "apply", own, first, changed, said="2 changed", where=guest)
        terraform.expect("plan of a guest's change", 0, "plan", "-detailed-exitcode", first, changed, said="No changes", where=guest)
        terraform.expect("plan of the owner", 0, "plan", "-detailed-exitcode", said="No changes", where=owner)
        there, seen = (values_of(terraform, where) for where in (owner, guest))
        mesh = {name: value for name, value in there["aws_appmesh_mesh.shared"].items() if name not in ("tags", "tags_all")}
        found = {name: seen["data.aws_appmesh_mesh.shared"].get(name) for name in mesh}
        wrong = [] if said(found) == said(mesh) and seen["data.aws_appmesh_mesh.shared"]["tags"] == {} else [f"{found}, not {mesh}"]
        for address, own_values in seen.items():
            due = [ACCOUNT, ACCOUNT if "mesh.shared" in address else GUEST_ACCOUNT]
            if [own_values["mesh_owner"], own_values["resource_owner"]] != due or f":{due[1]}:mesh/shared" not in own_values["arn"]:
                wrong.append(f"{address}: {own_values}")
        if seen["aws_appmesh_virtual_node.guest"]["tags"] != {"kind": "changed"}:
            wrong.append(f"tags of a guest: {seen['aws_appmesh_virtual_node.guest']}")
        terraform.complaints += [f"sharing: {own}" for own in wrong]
        if not wrong:
            print("sharing: as it should be")
        terraform.expect("deletion while a guest is there", 1, "destroy", own, said="ResourceInUseException", where=owner)
        terraform.expect("destroy by a guest", 0, "destroy", own, first, changed, said="4 destroyed", where=guest)
    terraform.expect("destroy by the owner", 0, "destroy", own, said="1 destroyed", where=owner)


def values_of(terraform, where):
    """Each resource and data source of a folder's state, by its address."""
    _, output = terraform.run("show", "-json", where=where)
    return {own["address"]: own["values"] for own in json.loads(output)["values"]["root_module"]["resources"]}


def main():
    endpoint, of_sharing, plugins = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        terraform = Terraform(folder, plugins)
        (folder / "own").mkdir()
        for path in (Path(__file__).parent / "terraform").glob("*.tf"):
            shutil.copy(path, folder / "own")
        groups = configurations(Path(sys.argv[4])) if len(sys.argv) > 4 else []
        count = sum(len(group) for group in groups)
        print(f"{count} configurations of others")
        accounts = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accounts)
        threading.Thread(target=accounts.serve_forever, daemon=True).start()
        endpoints = endpoint, f"http://127.0.0.1:{accounts.server_port}"
        write(folder, endpoints, modules(groups, 0))
        terraform.expect("init", 0, "init", said="successfully initialized")
        provider = terraform.start_provider()
        try:
            live(terraform, folder, endpoints, groups)
            shared(terraform, folder, (of_sharing, endpoints[1]))
        finally:
            provider.kill()
            provider.wait()
        left = [mesh["meshName"] for mesh in ask(endpoint, "GET", "meshes")["meshes"]]
        if left:
            terraform.complaints.append(f"left over: {left}")
    for own in terraform.complaints:
        print(own)
    sys.exit(bool(terraform.complaints))


main()
