/**
 * Serves the first requests of each kind from `dist/start`, in memory and on disk, and keeps the code that was
 * compiled for that, so that later starts have it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFile } from './workspace.mjs'

const table = { TableName: 'Orders' }
const key = (name) => ({ pk: { S: name } })
const item = (name) => ({ ...key(name), text: { S: 'x'.repeat(300) } })
const one = { ':one': { N: '1' } }
const put = { ...table, Item: item('a') }
const update = {
  ...table,
  Key: key('a'),
  UpdateExpression: 'SET q = :one',
  ConditionExpression: 'attribute_exists(pk)',
  ExpressionAttributeValues: one,
}

const requests = [
  ['ListTables', {}],
  [
    'CreateTable',
    {
      ...table,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  ],
  ['DescribeTable', table],
  ['PutItem', put],
  ['GetItem', { ...table, Key: key('a') }],
  [
    'UpdateItem',
    { ...table, Key: key('a'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: one },
  ],
  [
    'Query',
    {
      ...table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'a' } },
    },
  ],
  ['Scan', { ...table, Limit: 10 }],
  [
    'TransactWriteItems',
    { TransactItems: [{ Put: { ...put, Item: item('b') } }, { Update: update }] },
  ],
  ['TransactGetItems', { TransactItems: [{ Get: { ...table, Key: key('b') } }] }],
  ['BatchWriteItem', { RequestItems: { Orders: [{ PutRequest: { Item: item('c') } }] } }],
  ['BatchGetItem', { RequestItems: { Orders: { Keys: [key('a'), key('c')] } } }],
  ['DeleteItem', { ...table, Key: key('c') }],
  ['DeleteTable', table],
]

const credential = 'local/20260101/us-east-1/dynamodb/aws4_request'
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    `AWS4-HMAC-SHA256 Credential=${credential}, ` +
    `SignedHeaders=host, Signature=${'0'.repeat(64)}`,
}

async function perform(endpoint, operation, request) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: JSON.stringify(request),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${operation}: ${text}`)
}

const command = createRequire(import.meta.url)(startFile).openStartFile()
const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-warm-up-'))
try {
  process.stdout.write = () => true
  for (const flags of [['--in-memory'], ['--data-dir', dataDirectory]]) {
    const server = await command.runCommand(['start', '--port', '0', ...flags])
    for (const [operation, request] of requests) {
      await perform(server.address.endpoint, operation, request)
    }
    await server.close()
  }
  command.keep()
} finally {
  rmSync(dataDirectory, { recursive: true, force: true })
}
// Clients of this process keep their connections for a while.
process.exit(0)
