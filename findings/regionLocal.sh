#!/bin/sh
# Subject:   the Region "local" in clients for DynamoDB.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0, boto3 1.44.8.
# Behaviour: without any endpoint, a client for DynamoDB or its streams whose Region is "local" goes
#            to http://localhost:8000, in plain HTTP. Their endpoint rules have it. Other services make
#            a host under amazonaws.com of it.
# Seen:      javascript dynamodb http://localhost:8000
#            python dynamodb http://localhost:8000
#            python dynamodbstreams http://localhost:8000
#            python sqs https://sqs.local.amazonaws.com

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'

const requestHandler = {
  handle: async ({ protocol, hostname, port }) => {
    console.log(`javascript dynamodb ${protocol}//${hostname}:${port}`)
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{"TableNames":[]}') } }
  },
}
await new DynamoDBClient({ region: 'local', requestHandler }).send(new ListTablesCommand({}))
END
cat > subject.py <<'END'
import boto3

for service in ['dynamodb', 'dynamodbstreams', 'sqs']:
    print('python', service, boto3.client(service, region_name='local').meta.endpoint_url)
END

expect sh -c 'node subject.mjs && python/bin/python subject.py' <<'END'
javascript dynamodb http://localhost:8000
python dynamodb http://localhost:8000
python dynamodbstreams http://localhost:8000
python sqs https://sqs.local.amazonaws.com
END
