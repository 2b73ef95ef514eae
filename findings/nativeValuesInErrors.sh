#!/bin/sh
# Subject:   the items that errors carry, in clients with native values.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0, @aws-sdk/lib-dynamodb 3.1169.0, boto3 1.44.8.
# Behaviour: the document client and the client of boto3's resource turn attribute values into native
#            ones in answers, but not in errors: the item of a failed condition and those of the reasons
#            of a cancelled transaction are attribute values.
# Seen:      answer: javascript {"price":8.5}; boto3 {"price":"Decimal"}
#            condition: javascript {"price":{"N":"8.5"}}; boto3 {"price":{"N":"8.5"}}
#            cancellation: javascript {"price":{"N":"8.5"}}; boto3 {"price":{"N":"8.5"}}

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0 @aws-sdk/lib-dynamodb@3.1169.0
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { readFile } from 'node:fs/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ExecuteStatementCommand } from '@aws-sdk/lib-dynamodb'
import { failure, openStub, runPython } from './stub.mjs'

const Statement = 'SELECT price FROM Products WHERE sku = ?'
const Item = { price: { N: '8.5' } }

const refusal = (name, carried) => {
  const { status, body } = failure(400, name)
  return { status, body: { ...body, ...carried } }
}
const answers = {
  answer: { body: { Items: [Item] } },
  condition: refusal('ConditionalCheckFailedException', { Item }),
  cancellation: refusal('TransactionCanceledException', {
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item }],
  }),
}

const carried = ({ Items, Item, CancellationReasons }) =>
  (Items ?? [Item ?? CancellationReasons[0].Item])[0]

async function javascript(endpoint) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }))
  const command = new ExecuteStatementCommand({ Statement, Parameters: ['mug'] })
  const told = await client.send(command).catch((error) => error)
  return JSON.stringify(carried(told))
}

const program = `
import boto3, json
from botocore.exceptions import ClientError
client = boto3.resource('dynamodb').meta.client
try:
    told = client.execute_statement(Statement='${Statement}', Parameters=['mug'])
    item = told['Items'][0]
except ClientError as error:
    told = error.response
    item = told['Item'] if 'Item' in told else told['CancellationReasons'][0]['Item']
with open('told.json', 'w') as file:
    json.dump(item, file, default=lambda value: type(value).__name__, separators=(',', ':'))
`
async function boto3(endpoint) {
  await runPython('python', endpoint, program)
  return readFile('told.json', 'utf8')
}

for (const [name, answer] of Object.entries(answers)) {
  const stub = await openStub(() => answer)
  const told = `javascript ${await javascript(stub.endpoint)}; boto3 ${await boto3(stub.endpoint)}`
  console.log(`${name}: ${told}`)
  stub.close()
}
END

expect node subject.mjs <<'END'
answer: javascript {"price":8.5}; boto3 {"price":"Decimal"}
condition: javascript {"price":{"N":"8.5"}}; boto3 {"price":{"N":"8.5"}}
cancellation: javascript {"price":{"N":"8.5"}}; boto3 {"price":{"N":"8.5"}}
END
