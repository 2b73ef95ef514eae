#!/bin/sh
# Subject:   which refusals of TransactWriteItems clients try again by themselves.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0, boto3 1.44.8.
# Behaviour: TransactionInProgressException is tried again, with the same token, at the pace of
#            throttling; a conflict with another transaction never, neither alone nor as the reason of
#            a cancellation, although it passes as soon.
# Seen:      TransactionInProgressException: javascript 4 attempts, 1 token; boto3 4 attempts, 1 token
#            TransactionConflictException: javascript 1 attempts, 1 token; boto3 1 attempts, 1 token
#            TransactionCanceledException: javascript 1 attempts, 1 token; boto3 1 attempts, 1 token

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { failure, openStub, runPython } from './stub.mjs'

const TransactItems = [{ Put: { TableName: 'Orders', Item: { OrderID: { S: '1' } } } }]
const python = `
import boto3
from botocore.exceptions import ClientError
try:
    boto3.client('dynamodb').transact_write_items(TransactItems=${JSON.stringify(TransactItems)})
except ClientError:
    pass
`
const clients = {
  javascript: (endpoint) =>
    new DynamoDBClient({ endpoint })
      .send(new TransactWriteItemsCommand({ TransactItems }))
      .catch(() => undefined),
  boto3: (endpoint) => runPython('python', endpoint, python),
}

async function attempts(refusal, call) {
  const stub = await openStub(() => refusal)
  await call(stub.endpoint)
  stub.close()
  const tokens = new Set(stub.seen.map(({ body }) => body.ClientRequestToken))
  return `${stub.seen.length} attempts, ${tokens.size} token`
}

const canceled = failure(400, 'TransactionCanceledException')
canceled.body.CancellationReasons = [{ Code: 'TransactionConflict', Message: 'Conflict' }]
for (const [name, refusal] of Object.entries({
  TransactionInProgressException: failure(400, 'TransactionInProgressException'),
  TransactionConflictException: failure(400, 'TransactionConflictException'),
  TransactionCanceledException: canceled,
})) {
  const all = []
  for (const [client, call] of Object.entries(clients)) {
    all.push(`${client} ${await attempts(refusal, call)}`)
  }
  console.log(`${name}: ${all.join('; ')}`)
}
END

expect node subject.mjs <<'END'
TransactionInProgressException: javascript 4 attempts, 1 token; boto3 4 attempts, 1 token
TransactionConflictException: javascript 1 attempts, 1 token; boto3 1 attempts, 1 token
TransactionCanceledException: javascript 1 attempts, 1 token; boto3 1 attempts, 1 token
END
