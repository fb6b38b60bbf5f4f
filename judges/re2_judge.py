"""Judge regular expressions with RE2 itself, as Envoy links it.

Standard input: a JSON list of {"pattern": "...", "texts": ["...", ...]}.
Standard output: a JSON list of the same length and order: {"error": "..."} where RE2 refuses the
pattern, else {"size": instructions of its program, "matches": [which texts match as a whole]}.

Options are RE2's defaults, which Envoy uses; only its log is switched off.
"""

import json
import sys

import re2


def judge(options, question):
    """What RE2 says about one pattern."""
    try:
        pattern = re2.compile(question["pattern"], options)
    except re2.error as error:
        return {"error": str(error)}
    return {
        "size": pattern.programsize,
        "matches": [pattern.fullmatch(text) is not None for text in question["texts"]],
    }


def main():
    options = re2.Options()
    options.log_errors = False
    json.dump([judge(options, question) for question in json.load(sys.stdin)], sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
