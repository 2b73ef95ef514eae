"""Reads streams with boto3.

The arguments are a phase and its request as JSON; prints the JSON of what the phase read. Times are
in seconds, bytes in base64.
"""

import base64
import json
import sys
from datetime import datetime

import boto3
from botocore.exceptions import ClientError

streams = boto3.client("dynamodbstreams")


def told(value):
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(repr(value))


def shards_of(arn):
    """All shards, one on each page."""
    shards, start = [], {}
    while True:
        page = streams.describe_stream(StreamArn=arn, Limit=1, **start)["StreamDescription"]
        shards += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            return shards
        start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}


def describe(request):
    listed = streams.list_streams(TableName=request["TableName"])["Streams"]
    arn = listed[-1]["StreamArn"]
    stream = streams.describe_stream(StreamArn=arn, Limit=1)["StreamDescription"]
    return {"listed": listed, "stream": stream, "shards": shards_of(arn)}


def iterator(request):
    return streams.get_shard_iterator(**request)["ShardIterator"]


def read_on(iterator):
    """What can be read from an iterator on now, and whether the shard ends with it."""
    records = []
    while iterator is not None:
        page = streams.get_records(ShardIterator=iterator, Limit=2)
        records += page["Records"]
        iterator = page.get("NextShardIterator")
        if not page["Records"]:
            break
    return {"records": records, "isEnded": iterator is None}


def read(request):
    """Every shard, each after its parent."""
    arn = request["StreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    left = [shard for shard in shards if "ParentShardId" not in shard]
    lineage = []
    while left:
        shard = left.pop(0)
        shard_id = shard["ShardId"]
        start = {"StreamArn": arn, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
        found = read_on(iterator(start))
        lineage.append({"shard": shard_id, "parent": shard.get("ParentShardId"), **found})
        if found["isEnded"]:
            children = {"Type": "CHILD_SHARDS", "ShardId": shard_id}
            page = streams.describe_stream(StreamArn=arn, ShardFilter=children)
            left += page["StreamDescription"]["Shards"]
    return lineage


def refusal_of(operation, **request):
    try:
        operation(**request)
    except ClientError as error:
        told = error.response["Error"]
        return {"class": type(error).__name__, "name": told["Code"], "message": told["Message"]}
    return None


def refusals(request):
    arn, shard = request["StreamArn"], request["ShardId"]
    place = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "LATEST"}
    get_iterator, get_records = streams.get_shard_iterator, streams.get_records
    after = {**place, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER"}
    return [
        refusal_of(streams.describe_stream, StreamArn=request["absentArn"]),
        refusal_of(get_iterator, **{**place, "ShardId": request["absentShardId"]}),
        refusal_of(get_iterator, **after),
        refusal_of(get_iterator, **place, SequenceNumber="100000000000000000001"),
        refusal_of(get_records, ShardIterator="no iterator"),
        refusal_of(get_records, ShardIterator=iterator(place), Limit=1001),
        refusal_of(streams.list_streams, Limit=101),
    ]


if __name__ == "__main__":
    phases = {
        "describe": describe,
        "read": read,
        "iterator": iterator,
        "next": lambda request: read_on(request["ShardIterator"]),
        "refusals": refusals,
    }
    print(json.dumps(phases[sys.argv[1]](json.loads(sys.argv[2])), default=told))
