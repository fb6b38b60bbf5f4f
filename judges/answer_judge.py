"""Judge answers with cfn-lint, botocore and a JSON Schema, in one process.

Standard input: a JSON list whose elements are questions of `cfn_lint_judge.py`, with a "template",
of `botocore_judge.py`, with an "operation", or of `sarif_judge.py`, with a "schema".
Standard output: a JSON list of the same length and order, with what those judges say of each.
"""

import json
import sys

import botocore_judge
import cfn_lint_judge
import sarif_judge
from botocore.validate import ParamValidator
from cfnlint.core import get_rules


def main():
    service = botocore_judge.load_service()
    validator = ParamValidator()
    rules = get_rules([], cfn_lint_judge.IGNORED_RULES, [])

    def judge(question):
        if "template" in question:
            return cfn_lint_judge.judge(rules, question)
        if "schema" in question:
            return sarif_judge.judge(question)
        return botocore_judge.judge(service, validator, question)

    verdicts = [judge(question) for question in json.load(sys.stdin)]
    json.dump(verdicts, sys.stdout, default=str)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
