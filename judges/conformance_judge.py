"""Holds an App Mesh API to botocore's model of its inputs: every member of every Create and Update, at its limits and past them.

usage: conformance_judge.py ENDPOINT

Cases are made from the model: for each member the least and the most that it may be (accepted, and described as it was put), one less
and one more, other types, null, absence; for unions none and two; for lists their sizes. What the model does not say stands in
`conformance_rules.py`. Prints how many cases of each operation went as they should, then those that did not; the exit code is 1 for any.

Decisions where the model is silent. Source: Smithy's tests of malformed requests for servers of restJson1, of which App Mesh had the
one error `BadRequestException`:
- A member that a structure does not know is ignored; beside a union's member it is refused.
- `null` is absence, and no element of a list.
- Numbers are not read from text, and text not from numbers; a whole number has no fraction; an `integer` has 32 bits, a `long` 64.
"""

import copy
import http.client
import itertools
import json
import re
import sys
from urllib.parse import quote, urlsplit

from botocore.session import Session

import conformance_rules as rules

KINDS = ["Mesh", "VirtualNode", "VirtualRouter", "VirtualGateway", "Route", "VirtualService", "GatewayRoute"]
LONG = "x" * 255


class Api:
    """Requests as they are, without botocore's own checks."""

    def __init__(self, endpoint):
        address = urlsplit(endpoint)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        self.model = Session().get_service_model("appmesh")

    def call(self, operation, inputs):
        """Status, name of the error, body."""
        model = self.model.operation_model(operation)
        path, query, body = model.http["requestUri"].split("?")[0], [], {}
        members = model.input_shape.members
        for name, value in inputs.items():
            location = members[name].serialization.get("location") if name in members else None
            if location == "uri":
                path = path.replace("{" + name + "}", quote(value, safe=""))
            elif location == "querystring":
                query.append(f"{name}={quote(str(value), safe='')}")
            else:
                body[name] = value
        path += "?" * bool(query) + "&".join(query)
        payload = json.dumps(body) if model.http["method"] == "PUT" else None
        self.connection.request(model.http["method"], path, payload, {"content-type": "application/json"})
        answer = self.connection.getresponse()
        said = json.loads(answer.read() or b"{}")
        return answer.status, answer.getheader("x-amzn-errortype"), said

    def make(self, operation, inputs):
        status, _, said = self.call(operation, inputs)
        if status != 200:
            raise SystemExit(f"{operation} {inputs}: {said}")
        return said


def member(kind):
    return f"{kind[0].lower()}{kind[1:]}"


def name_of(kind):
    return f"{member(kind)}Name"


def text(path, length):
    """A text of a length, as it may stand at a path."""
    for part, start, end in rules.TEXTS:
        if re.search(part, ".".join(path)):
            return (start + "x" * (length - len(start) - len(end)) + end)[:length]
    return "x" * length


def least(shape, path):
    """The smallest value of a shape."""
    if shape.type_name == "structure":
        names = shape.required_members
        if is_union(shape):
            names = [next(iter(shape.members))]
        return {name: least(shape.members[name], (*path, name)) for name in names}
    if shape.type_name == "list":
        return [least(shape.member, (*path, "[]"))]
    if shape.type_name == "boolean":
        return True
    if words(shape):
        return words(shape)[0]
    if shape.type_name in ("integer", "long"):
        return max(shape.metadata.get("min", 1), 1)
    return text(path, 1)


def is_union(shape):
    return shape.type_name == "structure" and getattr(shape, "is_tagged_union", False)


def words(shape):
    return list(shape.metadata.get("enum", []))


def placed(shape, path, value, at=()):
    """The smallest value of a shape that has another one at a path."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if shape.type_name == "list":
        return [placed(shape.member, rest, value, (*at, head))]
    whole = {} if is_union(shape) else least(shape, at)
    whole[head] = placed(shape.members[head], rest, value, (*at, head))
    return whole


def places(shape, path=(), needed=False):
    """Every place below a shape: its path, its shape, whether it is required."""
    yield path, shape, needed
    if shape.type_name == "structure":
        for name, own in shape.members.items():
            yield from places(own, (*path, name), name in shape.required_members)
    elif shape.type_name == "list":
        yield from places(shape.member, (*path, "[]"))


def elements(shape, path, count):
    """A list of different elements."""
    made = []
    for number in range(count):
        own = least(shape.member, (*path, "[]"))
        for name, inner in rules.ELEMENTS.get(path[-1], {}).items():
            target = own
            for step in name.split(".")[:-1]:
                target = target[step]
            target[name.split(".")[-1]] = inner(number)
        made.append(own)
    return made


def matches(shape, own):
    """Whether a text fits a pattern; where that has two blanks, its source had a blank and a tab, as Cloud Map's own model has."""
    return bool(re.fullmatch(shape.metadata["pattern"].replace("[  ", "[ \t"), own))


def accepted(shape, path):
    """Values that a place takes."""
    limits = shape.metadata
    if shape.type_name == "boolean":
        return [True, False]
    if words(shape):
        return words(shape)
    if shape.type_name in ("integer", "long"):
        bits = 31 if shape.type_name == "integer" else 63
        return [limits.get("min", -(2**bits)), limits.get("max", 2**bits - 1)]
    if shape.type_name == "string":
        samples = [text(path, limits.get("min", 1)), text(path, limits.get("max", 3000))]
        if "pattern" in limits:
            samples += [own for own in rules.SAMPLES if matches(shape, own)]
        elif not any(re.search(part, ".".join(path)) for part in rules.PLAIN):
            samples.append(text(path, 5).replace("xx", "é", 1))
        return samples
    if shape.type_name == "list":
        return [elements(shape, path, limits.get("min", 0)), elements(shape, path, limits.get("max", 12))]
    if is_union(shape):
        each = [{name: least(own, (*path, name))} for name, own in shape.members.items()]
        return each + [{**dict.fromkeys(shape.members), **own} for own in each]
    return [{**least(shape, path), rules.UNKNOWN: {"a": [1, None]}}]


def refused(shape, path, needed):
    """Values that a place does not take."""
    limits, kind = shape.metadata, shape.type_name
    wrong = {"string": 7, "integer": "7", "long": "7", "boolean": "true", "list": {"a": 1}, "structure": ["a"]}
    values = [wrong[kind], 7 if kind in ("list", "structure") else [], {} if kind not in ("list", "structure") else "x"]
    if needed:
        values.append(None)
    if kind == "boolean":
        values.append(1)
    elif words(shape):
        values += [words(shape)[0].swapcase(), "", f"{words(shape)[0]} "]
    elif kind in ("integer", "long"):
        bits = 31 if kind == "integer" else 63
        values += [limits.get("min", -(2**bits)) - 1, limits.get("max", 2**bits - 1) + 1, 2.5, True, float(2**70)]
    elif kind == "string":
        values.append(True)
        if limits.get("min"):
            values.append(text(path, limits["min"] - 1))
        if "max" in limits:
            values.append(text(path, limits["max"] + 1))
        if "pattern" in limits:
            values += [own for own in rules.SAMPLES if not matches(shape, own)]
    elif kind == "list":
        values.append([None])
        if limits.get("min"):
            values.append([])
        if "max" in limits:
            values.append(elements(shape, path, limits["max"] + 1))
    elif is_union(shape):
        values += union_refusals(shape, path)
    return values


def union_refusals(shape, path):
    each = [{name: least(own, (*path, name))} for name, own in shape.members.items()]
    yield {}
    yield {rules.UNKNOWN: {}}
    for own in each:
        yield {name: None for name in own}
        yield {**own, rules.UNKNOWN: {}}
    for one, other in itertools.combinations(each, 2):
        yield {**one, **other}


class Suite:
    def __init__(self, api, operation, kind):
        self.api, self.operation, self.kind = api, operation, kind
        self.is_create = operation.startswith("Create")
        self.shape = api.model.operation_model(operation).input_shape
        self.count, self.failed, self.complaints = 0, 0, []
        self.base = {name: "x" for name in ("meshName", *rules.PARENTS.get(kind, [])) if name in self.shape.members}
        self.base[name_of(kind)] = "own"
        if not self.is_create:
            api.make(f"Create{kind}", self.inputs(("spec",), least_spec(api, kind)))

    def inputs(self, path, value):
        """Inputs with a value at a path, and what it takes to be valid otherwise."""
        whole = placed(self.shape, path, copy.deepcopy(value))
        whole.update({name: own for name, own in self.base.items() if path[:1] != (name,)})
        if isinstance(whole.get("spec"), dict):
            rules.settle(self.kind, whole["spec"], path[1:])
        return whole

    def names(self, inputs):
        return {name: inputs[name] for name in (*self.base, "meshOwner") if isinstance(inputs.get(name), str)}

    def complain(self, what, why):
        self.failed += not (self.complaints and self.complaints[-1].startswith(f"{self.operation} {what[:300]}: "))
        self.complaints.append(f"{self.operation} {what[:300]}: {why}")

    def takes(self, what, inputs):
        """That a call is taken, and described as it was put."""
        self.count += 1
        status, error, said = self.api.call(self.operation, inputs)
        if status != 200:
            return self.complain(what, f"{status} {error} {said}")
        names = self.names(inputs)
        _, _, described = self.api.call(f"Describe{self.kind}", names)
        due = rules.kept(self.kind, inputs.get("spec") or {})
        if described != said or described["spec"] != due:
            self.complain(what, f"described as {json.dumps(described.get('spec', described))[:600]}, not {json.dumps(due)[:600]}")
        tags = [own for own in inputs.get("tags") or [] if own]
        if tags:
            _, _, own = self.api.call("ListTagsForResource", {"resourceArn": said["metadata"]["arn"]})
            if own["tags"] != rules.without_nulls(tags):
                self.complain(what, f"tagged {own['tags']}")
        if self.is_create:
            self.api.make(f"Delete{self.kind}", names)

    def refuses(self, what, inputs, part, code="BadRequestException", status=400):
        """That a call is refused for the right reason, and leaves nothing behind."""
        self.count += 1
        names = self.names(inputs)
        own, error, said = self.api.call(self.operation, inputs)
        if (own, error) != (status, code) or part not in said.get("message", ""):
            self.complain(what, f"{own} {error} {json.dumps(said)[:300]}, not {status} {code} with {part!r}")
            if own == 200 and self.is_create:
                self.api.call(f"Delete{self.kind}", names)
        elif self.is_create and names.get(name_of(self.kind)) == "own":
            left, _, _ = self.api.call(f"Describe{self.kind}", {**self.base})
            if left != 404:
                self.complain(what, "it is there although it was refused")

    def run(self):
        for path, shape, needed in places(self.shape):
            if not path:
                continue
            location = shape.serialization.get("location") if len(path) == 1 else None
            if location or path == (name_of(self.kind),):
                self.run_name(path[0], shape, location)
            else:
                self.run_place(path, shape, needed)
        for what, spec, part, *rest in rules.RULES.get(self.kind, []):
            inputs = {**self.base, "spec": spec}
            if part is None:
                self.takes(what, inputs)
            else:
                self.refuses(what, inputs, part, *rest)
        for what, key in rules.TAGS if self.is_create else []:
            inputs = self.inputs(("tags",), [{"key": key, "value": ""}])
            self.refuses(what, inputs, "tags[0].key")

    def run_place(self, path, shape, needed):
        dotted = ".".join(path)
        if path == ("clientToken",):
            for token in ("x", "x" * 36, "aZ09-_"):
                self.takes(f"{dotted} = {token!r}", self.inputs(path, token + str(self.count)[: 36 - len(token)]))
            for token in ("", "x" * 37, "a b", "é", 7, [], {}):
                self.refuses(f"{dotted} = {token!r}", self.inputs(path, token), "clientToken")
            return self.takes(f"{dotted} = null", self.inputs(path, None))
        for value in accepted(shape, path):
            self.takes(f"{dotted} = {json.dumps(value)}", self.inputs(path, value))
        for value in refused(shape, path, needed):
            self.refuses(f"{dotted} = {json.dumps(value)}", self.inputs(path, value), path[-1].replace("[]", path[-2] if len(path) > 1 else ""))
        if needed:
            inputs = self.inputs(path, least(shape, path))
            if drop(inputs, path):
                self.refuses(f"{dotted} is missing", inputs, path[-1])
        elif path[-1] != "[]" and not is_union(parent(self.shape, path)):
            inputs = self.inputs(path, least(shape, path))
            drop(inputs, path, leave=None)
            if rules.may_lack(self.kind, path):
                self.takes(f"{dotted} = null", inputs)

    def run_name(self, name, shape, location):
        if name == "meshOwner":
            owner = self.api.make("DescribeMesh", {"meshName": "x"})["metadata"]["meshOwner"]
            self.takes(name, {**self.inputs(("spec",), least_spec(self.api, self.kind)), name: owner})
            for own in (owner[:11], f"{owner}1"):
                self.refuses(f"{name} = {own}", {**self.inputs(("spec",), least_spec(self.api, self.kind)), name: own}, name)
            return
        for length in (shape.metadata.get("min", 1), shape.metadata.get("max", 300)):
            inputs = self.inputs((name,), "x" * length)
            if "spec" in self.shape.members:
                inputs["spec"] = inputs.get("spec") or self.inputs(("spec",), least_spec(self.api, self.kind))["spec"]
            if name == name_of(self.kind):
                inputs[name] = "y" * length
            is_new = not self.is_create and inputs[name] not in self.base.values()
            if is_new:
                self.api.make(f"Create{self.kind}", inputs)
            self.takes(f"{name} of {length}", inputs)
            if is_new:
                self.api.make(f"Delete{self.kind}", self.names(inputs))
        wrong = ["x" * 256] if "max" in shape.metadata else []
        for own in wrong + ([] if location else ["", 7, None, [], {}]):
            inputs = self.inputs((name,), own)
            self.refuses(f"{name} = {json.dumps(own)}", inputs, name)
        if not location:
            inputs = self.inputs((name,), "x")
            del inputs[name]
            self.refuses(f"{name} is missing", inputs, name)


def parent(shape, path):
    for step in path[:-1]:
        shape = shape.member if step == "[]" else shape.members[step]
    return shape


def drop(whole, path, **leave):
    """Takes what is at a path away, or leaves something else there."""
    for step in path[:-1]:
        whole = whole[0] if step == "[]" else whole[step]
    if path[-1] == "[]":
        return False
    if "leave" in leave:
        whole[path[-1]] = leave["leave"]
    else:
        del whole[path[-1]]
    return True


def least_spec(api, kind):
    shape = api.model.operation_model(f"Create{kind}").input_shape.members["spec"]
    spec = least(shape, ("spec",))
    rules.settle(kind, spec, ())
    return spec


def furnish(api):
    """What the cases name: meshes, nodes, routers, services and gateways with the shortest and the longest name."""
    for mesh in ("x", LONG):
        api.make("CreateMesh", {"meshName": mesh})
        for kind, names in (("VirtualNode", ["x", LONG, *rules.NODES]), ("VirtualRouter", ["x", LONG]), ("VirtualGateway", ["x", LONG])):
            for name in names:
                api.make(f"Create{kind}", {"meshName": mesh, name_of(kind): name, "spec": rules.FURNITURE[kind]})
        for name in ("x", LONG):
            api.make("CreateVirtualService", {"meshName": mesh, "virtualServiceName": name, "spec": {}})
        for what, inputs in rules.MORE_FURNITURE:
            api.make(what, {"meshName": mesh, **inputs})


def main():
    api = Api(sys.argv[1])
    furnish(api)
    count, passed, complaints = 0, 0, []
    for kind in KINDS:
        for operation in (f"Create{kind}", f"Update{kind}"):
            suite = Suite(api, operation, kind)
            suite.run()
            failed = suite.failed
            print(f"{operation}: {suite.count - failed} of {suite.count}")
            count, passed = count + suite.count, passed + suite.count - failed
            complaints += suite.complaints
    print(f"in all: {passed} of {count}")
    for own in complaints:
        print(own)
    sys.exit(bool(complaints))


main()
