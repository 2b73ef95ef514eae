"""Requests signed by boto3 and botocore, by the key of the environment.

client.py item TEXT     writes and reads an item; prints what was read, or the error and its text
client.py presigned N   sends a presigned PutItem that holds for N seconds; prints status and answer
"""

import json
import sys

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from presigner import Presigner

TABLE = "Signed"

session = boto3.Session()
client = session.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))


def item(text):
    try:
        client.put_item(TableName=TABLE, Item={"id": {"S": text}})
        read = client.get_item(TableName=TABLE, Key={"id": {"S": text}})
    except ClientError as error:
        told = error.response["Error"]
        return {"error": told["Code"], "message": told["Message"]}
    return {"id": read["Item"]["id"]["S"], "message": ""}


def presigned(expires):
    body = json.dumps({"TableName": TABLE, "Item": {"id": {"S": "presigned"}}})
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.PutItem",
    }
    request = AWSRequest("POST", client.meta.endpoint_url + "/", headers=headers)
    credentials = session.get_credentials()
    scope = (credentials, "dynamodb", "us-east-1")
    Presigner(body.encode(), *scope, expires=int(expires)).add_auth(request)
    # As whoever is handed the address has it, and then somebody who changes what it is about.
    answers = []
    for change in ("presigned", "tampered!"):
        request.data = body.replace("presigned", change)
        prepared = request.prepare()
        assert "Authorization" not in prepared.headers
        answer = URLLib3Session().send(prepared)
        told = json.loads(answer.content)
        answers.append({"status": answer.status_code, "answer": told})
    return answers


print(json.dumps({"item": item, "presigned": presigned}[sys.argv[1]](sys.argv[2])))
