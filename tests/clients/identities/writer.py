"""A user with only PutItem, with boto3, by the key of the environment.

writer.py TABLE     sends puts in a transaction, then a delete among them; prints both outcomes
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
table = sys.argv[1]


def put(order):
    return {"Put": {"TableName": table, "Item": {"id": {"S": order}}}}


def delete(order):
    return {"Delete": {"TableName": table, "Key": {"id": {"S": order}}}}


def outcome(*actions):
    try:
        client.transact_write_items(TransactItems=list(actions))
    except ClientError as error:
        told = error.response["Error"]
        return {"error": told["Code"], "message": told["Message"]}
    return {}


puts = outcome(put("first"), put("second"))
mixed = outcome(put("third"), delete("first"))
print(json.dumps({"puts": puts, "mixed": mixed}))
