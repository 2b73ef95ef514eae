#!/bin/sh
# Subject:   how long clients wait after a 503 that says when to come back.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0, boto3 1.44.8 and 1.43.127.
# Behaviour: "x-amz-retry-after" is obeyed in milliseconds, up to 5 seconds beyond the client's own
#            pause, which is some 0.1 s at most here. boto3 does so since 1.44. HTTP's own
#            "retry-after", in seconds, is obeyed by JavaScript and not by boto3.
# Seen:      (seconds between the two attempts, rounded down to halves)
#            x-amz-retry-after 1600: javascript 1.5, boto3-1.44 1.5, boto3-1.43 0
#            x-amz-retry-after 60000: javascript 5, boto3-1.44 5, boto3-1.43 0
#            retry-after 2: javascript 2, boto3-1.44 0, boto3-1.43 0

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0
install_python boto3-1.44 boto3==1.44.8
install_python boto3-1.43 boto3==1.43.127

cat > subject.mjs <<'END'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { failure, openStub, runPython } from './stub.mjs'

const python = 'import boto3; boto3.client("dynamodb").list_tables()'
const clients = {
  javascript: (endpoint) => new DynamoDBClient({ endpoint }).send(new ListTablesCommand({})),
  'boto3-1.44': (endpoint) => runPython('boto3-1.44', endpoint, python),
  'boto3-1.43': (endpoint) => runPython('boto3-1.43', endpoint, python),
}

async function pause(header, value, call) {
  const first = { ...failure(503, 'ServiceUnavailable'), headers: { [header]: value } }
  const stub = await openStub((number) => (number === 1 ? first : { body: { TableNames: [] } }))
  await call(stub.endpoint)
  stub.close()
  return Math.floor((stub.seen[1].at - stub.seen[0].at) / 500) / 2
}

for (const [header, value] of [
  ['x-amz-retry-after', '1600'],
  ['x-amz-retry-after', '60000'],
  ['retry-after', '2'],
]) {
  const all = []
  for (const [name, call] of Object.entries(clients)) {
    all.push(`${name} ${await pause(header, value, call)}`)
  }
  console.log(`${header} ${value}: ${all.join(', ')}`)
}
END

expect node subject.mjs <<'END'
x-amz-retry-after 1600: javascript 1.5, boto3-1.44 1.5, boto3-1.43 0
x-amz-retry-after 60000: javascript 5, boto3-1.44 5, boto3-1.43 0
retry-after 2: javascript 2, boto3-1.44 0, boto3-1.43 0
END
