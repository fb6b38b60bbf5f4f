"""Signs one request of an App Mesh API with botocore, and prints its headers: one "name: value" a line.

usage: signed_once.py URL KEY SECRET
"""

import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

url, key, secret = sys.argv[1:]
request = AWSRequest(method="GET", url=url)
SigV4Auth(Credentials(key, secret), "appmesh", "us-east-1").add_auth(request)
for name, value in request.headers.items():
    print(f"{name}: {value}")
