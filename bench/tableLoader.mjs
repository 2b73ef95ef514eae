import { setTimeout as delay } from 'node:timers/promises'
import { createTableRequest, itemCount, itemOf, tableName } from './benchTable.mjs'
import { requestHeaders } from './requestPool.mjs'

const writersAtOnce = 32
const tableActiveAttempts = 100
const tableActivePauseMs = 50

/**
 * Sends one DynamoDB request. Returns `{ status, body }`, the body as parsed JSON, whatever the
 * status is.
 */
export async function callOperation(port, operation, request) {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: requestHeaders(operation),
    body: JSON.stringify(request),
  })
  return { status: response.status, body: await response.json() }
}

async function requireSuccess(port, operation, request) {
  const { status, body } = await callOperation(port, operation, request)
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`)
  return body
}

async function waitUntilActive(port) {
  for (let attempt = 0; attempt < tableActiveAttempts; attempt++) {
    const { Table } = await requireSuccess(port, 'DescribeTable', { TableName: tableName })
    if (Table.TableStatus === 'ACTIVE') return
    await delay(tableActivePauseMs)
  }
  throw new Error('the table does not become ACTIVE')
}

/** Creates the table on the server at `port` and puts all its items. Rejects at the first error. */
export async function loadTable(port) {
  await requireSuccess(port, 'CreateTable', createTableRequest)
  await waitUntilActive(port)
  let next = 0
  const writer = async () => {
    while (next < itemCount) {
      await requireSuccess(port, 'PutItem', { TableName: tableName, Item: itemOf(next++) })
    }
  }
  await Promise.all(Array.from({ length: writersAtOnce }, writer))
}
