import { expect, test } from 'vitest'
import { openMeteredDatabase } from '../../testing/meteredDatabase.ts'
import { numbersOf, tableName, vectorIndexes, vectorTable } from '../../testing/vectorTables.ts'
import { Throttle } from './throttle.ts'

const dimensions = 4096
const resource = `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/index/byEUCLIDEAN`
const refusedBy = (reason: string): object => ({
  __type: 'ThrottlingException',
  throttlingReasons: [{ reason, resource }],
})

async function open() {
  const database = await openMeteredDatabase({ enforceThroughput: true, vectorSearch: 'exact' })
  const [byAngle, byDistance] = vectorIndexes(dimensions)
  const VectorIndexes = [byAngle, byDistance] as object[]
  // More than the key of an index: 10 MB are 11,000 units here.
  const WarmThroughput = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 40_000 }
  const request = { ...vectorTable({ VectorIndexes }), WarmThroughput }
  const created = await database.call('CreateTable', request)
  expect(created).toHaveProperty('TableDescription')
  return database
}

test('a partition key of a vector index is written with 10 MB in a second', async () => {
  const { call, clock } = await open()
  const embedding = { L: numbersOf(new Float32Array(dimensions)) }
  const put = (id: number, tenant: string): ReturnType<typeof call> => {
    const Item = { id: { S: `${id}` }, tenant: { S: tenant }, embedding }
    return call('PutItem', { TableName: tableName, Item })
  }
  const each = Buffer.byteLength('embedding') + 4 * dimensions + 'tenanta'.length + 'id100'.length
  const most = Math.ceil((10 * 1024 ** 2) / each)
  for (let i = 100; i < 100 + most; i++) expect(await put(i, 'a')).toEqual({})
  expect(await put(2000, 'a')).toMatchObject(refusedBy('IndexWriteKeyRangeThroughputExceeded'))
  // What is in no other index, and what other keys have, is not held up.
  expect(await put(2000, 'b')).toEqual({})
  clock.advance(1000)
  expect(await put(2000, 'a')).toEqual({})
}, 60_000)

test('a partition key of a vector index is searched with 1 GB in a second', async () => {
  const { catalog, clock } = await open()
  const table = catalog.tableForData(tableName)
  const index = table.vectorIndexes.find(({ name }) => name === 'byEUCLIDEAN')
  const throttle = new Throttle(clock)
  const search = async (hash: number | undefined, bytes: number): Promise<unknown> => {
    const units = { total: 0, table: 0, indexes: [{ index, units: bytes }] }
    const usage = [{ name: tableName, table, kind: 'read', units }]
    return throttle.read(
      { table, index, hash, consistentRead: undefined } as never,
      () => ({ usage }) as never,
    )
  }
  await search(7, 1024 ** 3)
  const reason = 'IndexReadKeyRangeThroughputExceeded'
  await expect(search(7, 1024)).rejects.toMatchObject({
    members: { throttlingReasons: [{ reason, resource }] },
  })
  await search(8, 1024)
  await search(undefined, 1024)
  clock.advance(10)
  await search(7, 1024)
})

test('a search under enforced throughput answers as without', async () => {
  const { call } = await open()
  const embedding = { L: numbersOf(new Float32Array(dimensions).fill(1)) }
  const Item = { id: { S: 'x' }, tenant: { S: 'a' }, embedding }
  expect(await call('PutItem', { TableName: tableName, Item })).toEqual({})
  const found = await call('SearchVectors', {
    TableName: tableName,
    IndexName: 'byEUCLIDEAN',
    SearchVector: embedding.L,
    TopK: 1,
    SearchConditionExpression: 'tenant = :a',
    ExpressionAttributeValues: { ':a': { S: 'a' } },
  })
  expect(found).toEqual({
    SearchResults: [{ Item: { id: { S: 'x' }, tenant: { S: 'a' } }, Score: 0 }],
  })
})
