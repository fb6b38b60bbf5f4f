"""Judge measurements with Prometheus' own reader of its text format.

Standard input: the text.
Standard output: a JSON object of families by name, each {"type", "help", "samples": [[name, labels, value], …]}.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

json.dump(
    {
        family.name: {
            "type": family.type,
            "help": family.documentation,
            "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
        }
        for family in text_string_to_metric_families(sys.stdin.read())
    },
    sys.stdout,
)
