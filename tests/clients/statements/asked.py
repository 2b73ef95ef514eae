"""Executes statements with boto3, as it is asked.

The argument says which client: `client` takes and gives attribute values, `resource` values of Python.
Reads a line of JSON for each request and prints one for each answer or failure; there values are
attribute values with bytes in base64, whatever the client has.
"""

import base64
import json
import sys

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError


def with_bytes(value):
    """An attribute value of JSON, its base64 decoded, as the client takes it."""
    [(name, content)] = value.items()
    if name == "B":
        return {name: base64.b64decode(content)}
    if name == "BS":
        return {name: [base64.b64decode(each) for each in content]}
    if name == "L":
        return {name: [with_bytes(each) for each in content]}
    if name == "M":
        return {name: {key: with_bytes(each) for key, each in content.items()}}
    return value


def in_base64(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(repr(value))


def with_sorted_sets(value):
    """An attribute value whose sets, which have no order in Python, are sorted as they are stored."""
    [(name, content)] = value.items()
    if name in ("SS", "BS"):
        return {name: sorted(content)}
    if name == "NS":
        return {name: sorted(content, key=float)}
    if name == "L":
        return {name: [with_sorted_sets(each) for each in content]}
    if name == "M":
        return {name: {key: with_sorted_sets(each) for key, each in content.items()}}
    return value


class AttributeValues:
    """The client, whose values are attribute values."""

    def __init__(self):
        self.client = boto3.client("dynamodb")

    def taken(self, value):
        return with_bytes(value)

    def given(self, value):
        return value


class PythonValues:
    """The client of the resource, whose values are those of Python."""

    def __init__(self):
        self.client = boto3.resource("dynamodb").meta.client

    def taken(self, value):
        return TypeDeserializer().deserialize(with_bytes(value))

    def given(self, value):
        return with_sorted_sets(TypeSerializer().serialize(value))


def request_of(kind, request):
    """A request whose parameters are in the values of the client, those of its members too."""
    made = dict(request)
    if "Parameters" in made:
        made["Parameters"] = [kind.taken(each) for each in made["Parameters"]]
    for name in ("Statements", "TransactStatements"):
        if name in made:
            made[name] = [request_of(kind, each) for each in made[name]]
    return made


def item_of(kind, item):
    return {name: kind.given(value) for name, value in item.items()}


def answer_of(kind, response):
    answer = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    if "Items" in answer:
        answer["Items"] = [item_of(kind, item) for item in answer["Items"]]
    for each in answer.get("Responses", []):
        if "Item" in each:
            each["Item"] = item_of(kind, each["Item"])
    return answer


def failure_of(error):
    """What the error tells. The items that it carries are attribute values for both clients."""
    told = error.response["Error"]
    carried = {
        name: error.response[name]
        for name in ("Item", "CancellationReasons")
        if name in error.response
    }
    named = {"class": type(error).__name__, "name": told["Code"], "message": told["Message"]}
    return {**named, **carried}


def ask(kind, operation, request):
    calls = {
        "ExecuteStatement": kind.client.execute_statement,
        "BatchExecuteStatement": kind.client.batch_execute_statement,
        "ExecuteTransaction": kind.client.execute_transaction,
    }
    try:
        return {"answer": answer_of(kind, calls[operation](**request_of(kind, request)))}
    except ClientError as error:
        return {"failure": failure_of(error)}


if __name__ == "__main__":
    asked = {"client": AttributeValues, "resource": PythonValues}[sys.argv[1]]()
    for line in sys.stdin:
        print(json.dumps(ask(asked, **json.loads(line)), default=in_base64), flush=True)
