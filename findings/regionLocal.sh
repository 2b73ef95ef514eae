#!/bin/sh
# Subject:   the Region "local" in clients for DynamoDB and for its streams.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0, @aws-sdk/client-dynamodb-streams 3.1141.0, boto3 1.44.8.
# Behaviour: without any endpoint, a client for DynamoDB whose Region is "local" goes to
#            http://localhost:8000, in plain HTTP. Its endpoint rules have it. Those of the streams do
#            not: like other services they make a host under amazonaws.com of it, although boto3's
#            client says of itself that it goes to localhost.
# Seen:      javascript dynamodb http://localhost:8000
#            javascript streams https://streams.dynamodb.local.amazonaws.com
#            python dynamodb says http://localhost:8000, sends to http://localhost:8000/
#            python dynamodbstreams says http://localhost:8000, sends to https://streams.dynamodb.local.amazonaws.com/

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0 @aws-sdk/client-dynamodb-streams@3.1141.0
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'

const handler = (name) => ({
  handle: async ({ protocol, hostname, port }) => {
    console.log(`javascript ${name} ${protocol}//${hostname}${port ? `:${port}` : ''}`)
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }
  },
})
const settings = (name) => ({ region: 'local', requestHandler: handler(name) })
await new DynamoDBClient(settings('dynamodb')).send(new ListTablesCommand({}))
await new DynamoDBStreamsClient(settings('streams')).send(new ListStreamsCommand({}))
END
cat > subject.py <<'END'
import boto3
from botocore.awsrequest import AWSResponse


class Body:
    def stream(self):
        yield b'{}'


def answer(request, **_):
    print('sends to', request.url)
    return AWSResponse(request.url, 200, {}, Body())


for service, operation in [('dynamodb', 'list_tables'), ('dynamodbstreams', 'list_streams')]:
    client = boto3.client(service, region_name='local')
    client.meta.events.register('before-send', answer)
    print('python', service, 'says', client.meta.endpoint_url, end=', ')
    getattr(client, operation)()
END

expect sh -c 'node subject.mjs && python/bin/python subject.py' <<'END'
javascript dynamodb http://localhost:8000
javascript streams https://streams.dynamodb.local.amazonaws.com
python dynamodb says http://localhost:8000, sends to http://localhost:8000/
python dynamodbstreams says http://localhost:8000, sends to https://streams.dynamodb.local.amazonaws.com/
END
