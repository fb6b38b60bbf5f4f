"""Signs requests to an App Mesh API with botocore, rightly and wrongly.

usage: signature_judge.py ENDPOINT CA_FILE

Reads from standard input a JSON list of cases: {"key", "secret", "operation", "parameters"?, "region"?, "service"?, "minutes"? (how far
the clock is off), "query"? (what is added to it, signed), "tamper"? ("path", "query", "body", "header", "signature", "unsigned", "token")}. Prints a JSON list with what the API
answers to each: {"status", "error", "message", "body"}. Every request goes over one connection pool and is sent as botocore made it.
"""

import datetime
import json
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.session import Session

endpoint, authority = sys.argv[1:]
http = URLLib3Session(verify=authority)


def request(case):
    """The request that botocore makes of an operation, unsigned."""
    session = Session()
    session.set_credentials("none", "none")
    client = session.create_client("appmesh", region_name="us-east-1", endpoint_url=endpoint)
    made = []
    client.meta.events.register("before-send", lambda request, **_: made.append(request) or stop())
    try:
        getattr(client, case["operation"])(**case.get("parameters", {}))
    except StopIteration:
        pass
    prepared = made[0]
    texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in prepared.headers.items()}
    headers = {name: value for name, value in texts.items() if name.lower() not in ("authorization", "x-amz-date")}
    return AWSRequest(method=prepared.method, url=prepared.url, data=prepared.body, headers=headers)


def stop():
    raise StopIteration


def sign(case, request):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=case.get("minutes", 0))
    token = "a-token" if case.get("tamper") == "token" else None
    credentials = Credentials(case["key"], case["secret"], token)
    signer = botocore.auth.SigV4Auth(credentials, case.get("service", "appmesh"), case.get("region", "us-east-1"))
    with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
        signer.add_auth(request)


def answer(case):
    made = request(case)
    tamper = case.get("tamper")
    if case.get("query"):
        made.url += ("&" if "?" in made.url else "?") + case["query"]
    if tamper != "unsigned":
        sign(case, made)
    if tamper == "path":
        made.url += "x"
    if tamper == "query":
        made.url += ("&" if "?" in made.url else "?") + "limit=1"
    if tamper == "body":
        made.data = made.data.replace(b"}", b" }", 1)
    if tamper == "header":
        made.headers.replace_header("Content-Type", "text/plain")
    if tamper == "signature":
        made.headers.replace_header("Authorization", made.headers["Authorization"][:-1] + "g")
    got = http.send(made.prepare())
    said = json.loads(got.content)
    return {"status": got.status_code, "error": got.headers.get("x-amzn-errortype", ""), "message": said.get("message", ""), "body": said}


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
