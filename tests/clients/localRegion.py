"""The Region `local` with boto3, which has no endpoint: puts an item, reads it, prints what it read."""

import json

import boto3

client = boto3.client("dynamodb")
key = {"id": {"S": "boto3"}}
client.put_item(TableName="Places", Item=key)
read = client.get_item(TableName="Places", Key=key)["Item"]
print(json.dumps({"endpoint": client.meta.endpoint_url, "item": read}))
