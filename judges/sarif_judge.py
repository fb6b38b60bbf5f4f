"""Judge SARIF logs with the published JSON schema of SARIF 2.1.0.

Standard input: a JSON list of {"schema": "<path of the schema>", "log": {...}}.
Standard output: a JSON list of the same length and order, null where the log is sound, else what
the schema says about it, one fault a line.

The schema is not part of this project: the crate serde-sarif ships it, and its test says where.
Formats such as `uri` are checked as far as jsonschema can without further packages.
"""

import json
import sys

from jsonschema import FormatChecker
from jsonschema.validators import validator_for

VALIDATORS = {}


def validator(path):
    """The validator of a schema, loaded once."""
    if path not in VALIDATORS:
        with open(path, encoding="utf-8") as file:
            schema = json.load(file)
        kind = validator_for(schema)
        kind.check_schema(schema)
        VALIDATORS[path] = kind(schema, format_checker=FormatChecker())
    return VALIDATORS[path]


def judge(question):
    """None, or what is wrong with one log."""
    faults = sorted(validator(question["schema"]).iter_errors(question["log"]), key=lambda fault: fault.json_path)
    return "\n".join(f"{fault.json_path}: {fault.message[:200]}" for fault in faults) or None


def main():
    json.dump([judge(question) for question in json.load(sys.stdin)], sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
