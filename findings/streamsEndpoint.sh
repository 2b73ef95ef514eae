#!/bin/sh
# Subject:   the variable AWS_ENDPOINT_URL_DYNAMODB and clients for streams.
# Versions:  @aws-sdk/client-dynamodb-streams 3.1141.0, boto3 1.44.8.
# Behaviour: streams are a service of their own to the SDKs, so a client for them does not obey the
#            endpoint of DynamoDB and goes to AWS. Its variable is AWS_ENDPOINT_URL_DYNAMODB_STREAMS.
# Seen:      AWS_ENDPOINT_URL_DYNAMODB: javascript streams.dynamodb.us-east-1.amazonaws.com, python streams.dynamodb.us-east-1.amazonaws.com
#            AWS_ENDPOINT_URL_DYNAMODB_STREAMS: javascript 127.0.0.1, python 127.0.0.1

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb-streams@3.1141.0
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'

const requestHandler = {
  handle: async ({ hostname }) => {
    process.stdout.write(` javascript ${hostname},`)
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }
  },
}
await new DynamoDBStreamsClient({ requestHandler }).send(new ListStreamsCommand({}))
END
cat > subject.py <<'END'
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse


class Body:
    def stream(self):
        yield b'{}'


def answer(request, **_):
    print(' python', urlsplit(request.url).hostname)
    return AWSResponse(request.url, 200, {}, Body())


client = boto3.client('dynamodbstreams')
client.meta.events.register('before-send', answer)
client.list_streams()
END
cat > subject.sh <<'END'
for name in AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_DYNAMODB_STREAMS; do
  printf '%s:' "$name"
  env "$name=http://127.0.0.1:9" node subject.mjs
  env "$name=http://127.0.0.1:9" python/bin/python subject.py
done
END

expect sh subject.sh <<'END'
AWS_ENDPOINT_URL_DYNAMODB: javascript streams.dynamodb.us-east-1.amazonaws.com, python streams.dynamodb.us-east-1.amazonaws.com
AWS_ENDPOINT_URL_DYNAMODB_STREAMS: javascript 127.0.0.1, python 127.0.0.1
END
