"""Judge requests of OTLP with OpenTelemetry's own messages, which `judges/otlp.txt` installs.

usage: otlp_judge.py FILE...

Each file holds the body of one request. Prints a JSON list of their spans: {"name", "kind", "trace", "span", "parent", "attributes",
"status", "message", "seconds", "age" (seconds since it ended), "resource", "scope"}.
"""

import json
import sys
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


def values(attributes):
    return {own.key: getattr(own.value, own.value.WhichOneof("value")) for own in attributes}


def spans(request):
    for of_resource in request.resource_spans:
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield {
                    "name": span.name,
                    "kind": Span.SpanKind.Name(span.kind),
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "attributes": values(span.attributes),
                    "status": Status.StatusCode.Name(span.status.code),
                    "message": span.status.message,
                    "seconds": (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
                    "age": time.time() - span.end_time_unix_nano / 1e9,
                    "resource": values(of_resource.resource.attributes),
                    "scope": of_scope.scope.name,
                }


def read(name):
    request = ExportTraceServiceRequest()
    with open(name, "rb") as file:
        request.ParseFromString(file.read())
    return request


json.dump([span for name in sys.argv[1:] for span in spans(read(name))], sys.stdout)
