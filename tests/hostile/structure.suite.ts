import { expect, test } from 'vitest'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'
import { HostileServer } from './hostileServer.ts'
import { errorNameOf, Pipeline, type Reply } from './pipeline.ts'
import { soundRequests } from './soundRequests.ts'
import { fuzzedRequests, type FuzzedRequest } from './wrongTypes.ts'

/** Sent before the answers of others are waited for. */
const window = 64

async function startServer(): Promise<HostileServer> {
  const server = await HostileServer.start()
  const vectorIndex = {
    IndexName: 'byV',
    VectorAttribute: { AttributeName: 'v' },
    Dimensions: 2,
    DistanceFunction: 'COSINE',
    SearchSchema: [{ AttributeName: 'n', SearchSchemaElementType: 'INLINE_FILTER' }],
    Projection: { ProjectionType: 'ALL' },
  }
  const AttributeDefinitions = [
    ...itemsTable.AttributeDefinitions,
    { AttributeName: 'n', AttributeType: 'N' },
  ]
  const VectorIndexes = [vectorIndex]
  const other = { ...itemsTable, TableName: 'Other', AttributeDefinitions, VectorIndexes }
  await perform(server.endpoint, 'CreateTable', other)
  return server
}

test('a request is sound before a value in it is changed', async () => {
  const server = await startServer()
  const connection = await Pipeline.connect(server.endpoint)
  const allowed = [undefined, 'ConditionalCheckFailedException', 'ResourceNotFoundException']
  allowed.push('TransactionCanceledException', 'PolicyNotFoundException')
  for (const [operation, request] of Object.entries(soundRequests)) {
    const reply = await connection.ask(operation, JSON.stringify(request))
    expect(allowed, `${operation} ${reply.body}`).toContain(errorNameOf(reply))
  }
  connection.close()
})

/** What is wrong with an answer; undefined if nothing. */
function complaint({ hasWrongType }: FuzzedRequest, reply: Reply): string | undefined {
  const error = errorNameOf(reply)
  if (reply.status === 200 ? error !== undefined : reply.status !== 400 || error === undefined) {
    return `${reply.status} ${reply.body.slice(0, 200)}`
  }
  if (!hasWrongType) return undefined
  return error === 'SerializationException' ? undefined : `a wrong type is ${error ?? 'accepted'}`
}

test('every member of every operation with every wrong type and extreme values', async () => {
  const server = await startServer()
  const connection = await Pipeline.connect(server.endpoint)
  const complaints: string[] = []
  const counts = { wrong: 0, extreme: 0, accepted: 0 }
  const underWay: Promise<void>[] = []
  for (const request of fuzzedRequests()) {
    const { operation, path, value, body, hasWrongType } = request
    counts[hasWrongType ? 'wrong' : 'extreme'] += 1
    underWay.push(
      connection.ask(operation, body).then((reply) => {
        if (reply.status === 200) counts.accepted += 1
        const what = complaint(request, reply)
        if (what !== undefined) complaints.push(`${operation} ${path} ${value}: ${what}`)
      }),
    )
    if (underWay.length >= window) await Promise.all(underWay.splice(0))
  }
  await Promise.all(underWay)
  connection.close()
  console.log('structure:', counts)
  expect(complaints).toEqual([])
  expect(counts.wrong).toBeGreaterThan(2000)
  expect(counts.accepted).toBeGreaterThan(100)
  await server.expectUnharmed()
})
