"""Judge CloudFormation templates with cfn-lint.

Standard input: a JSON list of {"name": "shop.yaml", "template": "<text>"}.
Standard output: a JSON list of the same length and order; each element is the list of what cfn-lint
says about that template, {"rule", "message", "line", "path"}, in file order. `line` starts at 1;
`path` is a list of keys and indices, empty where the fault belongs to no place in the tree.

The rules are loaded once for all templates. No cfn-lint configuration of a user or a folder is
read, so that the answer is the same everywhere; but a resource's own Metadata may suppress a rule
for that resource.
"""

import json
import os
import sys

from cfnlint.config import ConfigMixIn
from cfnlint.core import get_rules
from cfnlint.decode import decode_str
from cfnlint.runner import run_template_by_data

REGIONS = ["us-east-1"]

# "Resource type is from a service that will be shut down": said of every App Mesh resource.
IGNORED_RULES = ["W3696"]


def new_config():
    """Settings for one template; fresh, because a template's Metadata may add to them."""
    return ConfigMixIn(
        ["--config-file", os.devnull],
        regions=REGIONS,
        ignore_checks=IGNORED_RULES,
    )


def find_matches(rules, text):
    """All that cfn-lint says about one template, whether or not it can be read."""
    template, matches = decode_str(text)
    if matches:
        return matches
    return list(run_template_by_data(template, new_config(), rules))


def judge(rules, entry):
    """The findings for one template; a crash of cfn-lint is a finding about that template alone."""
    try:
        matches = find_matches(rules, entry["template"])
    except Exception as error:  # noqa: BLE001 - one bad template must not cost the other answers
        message = f"cfn-lint failed on {entry['name']}: {type(error).__name__}: {error}"
        return [{"rule": "E0002", "message": message, "line": 1, "path": []}]
    findings = [
        {
            "rule": match.rule.id,
            "message": match.message,
            "line": match.linenumber,
            "path": list(getattr(match, "path", None) or []),
        }
        for match in matches
    ]
    return sorted(findings, key=lambda finding: (finding["line"], finding["rule"], finding["message"]))


def main():
    rules = get_rules([], IGNORED_RULES, [])
    verdicts = [judge(rules, entry) for entry in json.load(sys.stdin)]
    json.dump(verdicts, sys.stdout, default=str)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
