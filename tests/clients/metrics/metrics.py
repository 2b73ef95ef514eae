"""The metrics of the table Orders with boto3, by the protocol of CloudWatch that is named."""

import datetime
import json
import sys

import boto3
import botocore.loaders

protocol = sys.argv[1]
load_service_model = botocore.loaders.Loader.load_service_model


def load_with_protocol(self, service_name, *args, **kwargs):
    """The model of CloudWatch with one protocol, which boto3 then has to speak."""
    model = load_service_model(self, service_name, *args, **kwargs)
    if service_name == "cloudwatch" and "metadata" in model:
        model["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
    return model


botocore.loaders.Loader.load_service_model = load_with_protocol
client = boto3.client("cloudwatch")
now = datetime.datetime.now(datetime.timezone.utc)
hour = datetime.timedelta(hours=1)
table = {"Name": "TableName", "Value": "Orders"}


def query(query_id, name, **more):
    metric = {"Namespace": "AWS/DynamoDB", "MetricName": name, "Dimensions": [table]}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": 7200, "Stat": "Sum"}, **more}


queries = [
    query("writes", "ConsumedWriteCapacityUnits"),
    query("reads", "ConsumedReadCapacityUnits"),
    query("conditions", "ConditionalCheckFailedRequests"),
    query("unseen", "UserErrors", ReturnData=False),
]
pages = list(
    client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries,
        StartTime=now - hour,
        EndTime=now + hour,
        ScanBy="TimestampAscending",
        PaginationConfig={"PageSize": 1},
    )
)
results = [result for page in pages for result in page["MetricDataResults"]]
values = [value for result in results for value in result["Values"]]
times = [time for result in results for time in result["Timestamps"]]

statistics = {
    "Namespace": "AWS/DynamoDB",
    "MetricName": "SuccessfulRequestLatency",
    "Dimensions": [table, {"Name": "Operation", "Value": "GetItem"}],
    "Period": 7200,
    "Statistics": ["SampleCount"],
    "ExtendedStatistics": ["p50"],
}
points = client.get_metric_statistics(StartTime=now - hour, EndTime=now + hour, **statistics)
points = points["Datapoints"]
try:
    client.get_metric_statistics(StartTime=now, EndTime=now - hour, **statistics)
    error = None
except client.exceptions.InvalidParameterValueException as raised:
    told = raised.response["Error"]
    error = [type(raised).__name__, told["Code"], told["Message"]]
print(
    json.dumps(
        {
            "values": values,
            "kinds": [
                type(values[0]).__name__,
                type(times[0]).__name__,
                type(points[0]["ExtendedStatistics"]["p50"]).__name__,
            ],
            "samples": [point["SampleCount"] for point in points],
            "unit": points[0]["Unit"],
            "pages": len(pages),
            "error": error,
        }
    )
)
