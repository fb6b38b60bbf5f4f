"""Judge App Mesh API requests with botocore's own parameter validator.

Standard input: a JSON list of {"operation": "CreateVirtualNode", "parameters": {...}}.
Standard output: a JSON list of the same length and order, null where the request is sound, else
what botocore says about it, one fault a line.

Only the model shipped with botocore is read: no network, no credentials, no user configuration.
botocore checks names, types, required members, unions, lower bounds and lower lengths; it does not
check upper bounds, upper lengths, enumerations or patterns, so null does not vouch for those.
"""

import json
import sys

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel
from botocore.validate import ParamValidator

SERVICE = "appmesh"
API_VERSION = "2019-01-25"


def load_service():
    """The App Mesh service model that botocore ships, whatever models a user has added."""
    loader = Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH],
        include_default_search_paths=False,
    )
    return ServiceModel(loader.load_service_model(SERVICE, "service-2", API_VERSION), SERVICE)


def judge(service, validator, request):
    """None, or what is wrong with one request."""
    try:
        operation = service.operation_model(request["operation"])
    except OperationNotFoundError:
        return f"unknown operation: {request['operation']}"
    report = validator.validate(request["parameters"], operation.input_shape)
    return report.generate_report() if report.has_errors() else None


def main():
    service = load_service()
    validator = ParamValidator()
    verdicts = [judge(service, validator, request) for request in json.load(sys.stdin)]
    json.dump(verdicts, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
