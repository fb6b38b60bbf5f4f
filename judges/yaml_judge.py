"""PyYAML as a judge of edited templates: reads [{"before": text, "after": text}] from standard input, and writes for each
which values differ between both, as paths, or why PyYAML cannot read the new text (null where it cannot read the old one)."""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.1 with CloudFormation's tags; everything stays as it is written."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: [suffix, construct(loader, node)])
for tag in ("timestamp", "merge", "value"):
    Loader.add_constructor(f"tag:yaml.org,2002:{tag}", lambda loader, node: loader.construct_scalar(node))


def construct(loader, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


def differing(before, after, path, found):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            differing(before.get(key), after.get(key), f"{path}/{key}", found)
    elif before != after or type(before) is not type(after):
        found.append(path)
    return found


def verdict(question):
    try:
        before = list(yaml.load_all(question["before"], Loader))
    except Exception:
        return None
    try:
        after = list(yaml.load_all(question["after"], Loader))
    except Exception as error:
        return {"error": str(error)}
    if len(before) != len(after):
        return {"error": "another number of documents"}
    found = []
    for old, new in zip(before, after):
        differing(old, new, "", found)
    return {"differing": sorted(found)}


json.dump([verdict(question) for question in json.load(sys.stdin)], sys.stdout)
