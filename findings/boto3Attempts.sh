#!/bin/sh
# Subject:   how often boto3 tries by default.
# Versions:  boto3 1.43.127 and 1.44.8.
# Behaviour: from one minor version to the next the default fell, for DynamoDB from 10 attempts (some
#            25 s) to 4 (some 0.1 s after a failure, some seconds after throttling), for its streams from
#            5 to 4, for other services from 5 to 3.
# Seen:      1.43: dynamodb 10, dynamodbstreams 5, kinesis 5
#            1.44: dynamodb 4, dynamodbstreams 4, kinesis 3

. "$(dirname "$0")/means/begin.sh"
install_python 1.43 boto3==1.43.127
install_python 1.44 boto3==1.44.8

cat > subject.mjs <<'END'
import { failure, openStub, runPython } from './stub.mjs'

const calls = {
  dynamodb: 'list_tables',
  dynamodbstreams: 'list_streams',
  kinesis: 'list_streams',
}

async function attempts(version, [service, operation]) {
  const stub = await openStub(() => failure(500, 'InternalServerError'))
  const program = `
import boto3
from botocore.exceptions import ClientError
try:
    boto3.client('${service}').${operation}()
except ClientError:
    pass
`
  await runPython(version, stub.endpoint, program)
  stub.close()
  return `${service} ${stub.seen.length}`
}

for (const version of ['1.43', '1.44']) {
  const all = []
  for (const call of Object.entries(calls)) all.push(await attempts(version, call))
  console.log(`${version}: ${all.join(', ')}`)
}
END

expect node subject.mjs <<'END'
1.43: dynamodb 10, dynamodbstreams 5, kinesis 5
1.44: dynamodb 4, dynamodbstreams 4, kinesis 3
END
