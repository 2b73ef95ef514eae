import { setTimeout as delay } from 'node:timers/promises'
import { requestHeaders } from './requestHeaders.mjs'
import { spreadIndex } from './spread.mjs'

const callsAtOnce = 32
const batchSize = 25
const tableActiveAttempts = 100
const tableActivePauseMs = 50

/**
 * Sends one DynamoDB request. Returns `{ status, body }`, the body as parsed JSON, whatever the
 * status is.
 */
export async function callOperation(port, operation, request) {
  const host = `127.0.0.1:${port}`
  const body = JSON.stringify(request)
  const headers = requestHeaders(operation, { host, body })
  const response = await fetch(`http://${host}/`, { method: 'POST', headers, body })
  return { status: response.status, body: await response.json() }
}

/** Sends one DynamoDB request and returns what it answers. Rejects for any status but 200. */
export async function requireSuccess(port, operation, request) {
  const { status, body } = await callOperation(port, operation, request)
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** Calls `work(0)` to `work(count - 1)`, several at a time. Rejects at the first error. */
export async function forEachOf(count, work) {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: callsAtOnce }, worker))
}

/** Writes any number of puts and deletes. Rejects when one of them is left unprocessed. */
export async function writeInBatches(port, tableName, writeRequests) {
  for (let from = 0; from < writeRequests.length; from += batchSize) {
    const batch = writeRequests.slice(from, from + batchSize)
    const request = { RequestItems: { [tableName]: batch } }
    const { UnprocessedItems } = await requireSuccess(port, 'BatchWriteItem', request)
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('a write was left unprocessed')
  }
}

/** One partition key, one sort key, no indexes, on-demand capacity. */
function createTableRequest(tableName) {
  return {
    TableName: tableName,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  }
}

async function waitUntilActive(port, tableName) {
  for (let attempt = 0; attempt < tableActiveAttempts; attempt++) {
    const { Table } = await requireSuccess(port, 'DescribeTable', { TableName: tableName })
    if (Table.TableStatus === 'ACTIVE') return
    await delay(tableActivePauseMs)
  }
  throw new Error(`table ${tableName} does not become ACTIVE`)
}

/**
 * Creates a table (`tableName`, `itemCount`, `itemOf`) on the server at `port` and puts all its
 * items, neighbours far apart in time. Rejects at the first error.
 */
export async function loadTable(port, { tableName, itemCount, itemOf }) {
  await requireSuccess(port, 'CreateTable', createTableRequest(tableName))
  await waitUntilActive(port, tableName)
  await forEachOf(Math.ceil(itemCount / batchSize), async (batch) => {
    const puts = []
    for (let i = batch * batchSize; i < Math.min((batch + 1) * batchSize, itemCount); i++) {
      puts.push({ PutRequest: { Item: itemOf(spreadIndex(i, itemCount)) } })
    }
    await writeInBatches(port, tableName, puts)
  })
}
