"""A vector index of pictures with boto3: created, written, searched, filtered and deleted."""

import decimal
import json
import pathlib
import sys
import time

import boto3
from botocore.exceptions import ClientError

table_name = sys.argv[1]
given = json.loads((pathlib.Path(__file__).parent / "pictures.json").read_text())
client = boto3.client("dynamodb")


def numbers(vector):
    return [{"N": str(decimal.Decimal(str(number)))} for number in vector]


def item(name, album, year, vector):
    return {
        "id": {"S": name},
        "album": {"S": album},
        "year": {"N": str(year)},
        "looks": {"L": numbers(vector)},
    }


def failure_of(operation, **request):
    try:
        operation(TableName=table_name, **request)
    except ClientError as error:
        return error.response["Error"]
    raise AssertionError("nothing was refused")


def indexes():
    table = client.describe_table(TableName=table_name)["Table"]
    return table.get("VectorIndexes", [])


def shown(answer):
    return [
        [found["Item"]["id"]["S"], round(found["Score"], 5)]
        for found in answer["SearchResults"]
    ]


client.create_table(TableName=table_name, **given["table"])
index = indexes()[0]
for picture in given["pictures"]:
    client.put_item(TableName=table_name, Item=item(*picture))
refused = failure_of(client.put_item, Item=item("short", "sea", 2025, [1, 2]))
search = {
    "IndexName": "byLooks",
    "SearchVector": numbers([1, 0, 0]),
    "TopK": 10,
    "ReturnConsumedCapacity": "TOTAL",
}
album = client.search_vectors(
    TableName=table_name,
    SearchConditionExpression="album = :album",
    ExpressionAttributeValues={":album": {"S": "sea"}},
    **search,
)
year = client.search_vectors(
    TableName=table_name,
    SearchConditionExpression="album = :album AND #year = :year",
    ExpressionAttributeNames={"#year": "year"},
    ExpressionAttributeValues={":album": {"S": "sea"}, ":year": {"N": "2025"}},
    **search,
)
unscoped = failure_of(client.search_vectors, **search)
client.update_table(
    TableName=table_name, VectorIndexUpdates=[{"Delete": {"IndexName": "byLooks"}}]
)
left = indexes()
for _ in range(100):
    if not left:
        break
    time.sleep(0.05)
    left = indexes()
client.delete_table(TableName=table_name)
print(
    json.dumps(
        {
            "index": [
                index[name]
                for name in ("IndexName", "IndexStatus", "Dimensions", "DistanceFunction")
            ],
            "refused": [refused["Code"], refused["Message"]],
            "album": shown(album),
            "year": shown(year),
            "searchBytes": int(album["ConsumedCapacity"]["VectorSearchRequestBytes"]),
            "unscoped": unscoped["Message"],
            "left": len(left),
        }
    )
)
