"""A user who may do nothing by himself, with boto3, by the key of the environment.

policyReader.py TABLE     gets an item, puts one and reads the policy of the table; prints each outcome
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
table = sys.argv[1]


def outcome(call, **request):
    try:
        answer = call(**request)
    except ClientError as error:
        told = error.response["Error"]
        return {"error": told["Code"], "message": told["Message"]}
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


arn = outcome(client.describe_table, TableName=table)["Table"]["TableArn"]
got = outcome(client.get_item, TableName=table, Key={"id": {"S": "first"}})
put = outcome(client.put_item, TableName=table, Item={"id": {"S": "never"}})
policy = outcome(client.get_resource_policy, ResourceArn=arn)
print(json.dumps({"got": got, "put": put, "policy": policy}))
