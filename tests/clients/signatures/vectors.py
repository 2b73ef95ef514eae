"""Requests that botocore has signed at a fixed time, with what the signature has to be, as JSON.

Prints what packages/server/src/access/signatures/testdata/botocoreVectors.json holds; whatever
prints something else is another botocore.
"""

import datetime
import json
from unittest import mock

import botocore.auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from presigner import Presigner

TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
REGION = "eu-central-1"
PLAIN = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials("ASIAEXAMPLE", "secret/of+a=session", "FwoGZXIvYXdz/+ab==")
JSON_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.PutItem",
}

CASES = {
    "an item": ("POST", "http://localhost:8000/", JSON_HEADERS, '{"TableName":"A"}'),
    "an empty body": ("POST", "http://localhost:8000/", JSON_HEADERS, ""),
    "text beyond ASCII": ("POST", "http://localhost:8000/", JSON_HEADERS, '{"ä":"😀"}'),
    "the usual port": ("POST", "http://dynamodb.example/", JSON_HEADERS, "{}"),
    "blanks in headers": (
        "POST",
        "http://localhost:8000/",
        {**JSON_HEADERS, "X-A": "  a   b\tc  ", "X-B": "", "X-C": "ä"},
        "{}",
    ),
    "a path and a query": (
        "POST",
        "http://localhost:8000/a%20b/../c/./d//e-_.~/?b=2&a=1&a=0&c=x%2Fy%20z&B=%C3%A4&e=&f",
        JSON_HEADERS,
        "{}",
    ),
    "another method": ("GET", "http://localhost:8000/?a=~", {}, ""),
}


def signed(auth, method, url, headers, body):
    presigned = isinstance(auth, Presigner)
    request = AWSRequest(method, url, headers=headers, data="" if presigned else body.encode())
    auth.add_auth(request)
    request.data = body.encode()
    prepared = request.prepare()
    # What is sent besides, and signed from the address.
    host = request.url.split("/")[2]
    lines = [[name, text(value)] for name, value in prepared.headers.items()]
    target = prepared.url.split(host, 1)[1]
    return {"method": method, "url": target, "headers": [["Host", host], *lines], "body": body}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def vectors():
    for name, case in CASES.items():
        for credentials in (PLAIN, TEMPORARY):
            for service in ("dynamodb", "monitoring"):
                of = {"name": name, "accessKeyId": credentials.access_key, "service": service}
                header = SigV4Auth(credentials, service, REGION)
                query = Presigner(case[-1].encode(), credentials, service, REGION, expires=60)
                yield {**of, "form": "header", "request": signed(header, *case)}
                yield {**of, "form": "query", "request": signed(query, *case)}


KEYS = [
    {
        "accessKeyId": each.access_key,
        "secretAccessKey": each.secret_key,
        **({"sessionToken": each.token} if each.token else {}),
    }
    for each in (PLAIN, TEMPORARY)
]

with mock.patch.object(botocore.auth, "get_current_datetime", lambda **_: TIME):
    made = list(vectors())
print(json.dumps({"time": TIME.isoformat(), "region": REGION, "keys": KEYS, "vectors": made}))
