import { expect, test } from 'vitest'
import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { tableRecordKey } from '../../packages/server/src/layout/storeKeys.ts'
import { decodeStoredTable } from '../../packages/server/src/schema/tableRecord.ts'
import { soon } from '../../packages/server/src/testing/soon.ts'
import { checkStore } from '../means/commandProcess.mjs'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'

const TableName = 'Sessions'
const createSessions = {
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const specification = { Enabled: true, AttributeName: 'ends' }
const enable = { TableName, TimeToLiveSpecification: specification }
const count = 10_000

async function start(directory: string, delaySeconds: number) {
  const args = ['--port', '0', '--data-dir', directory, '--ttl-delay', String(delaySeconds)]
  const server = new DynatomProcess(args)
  return { server, endpoint: await server.endpoint() }
}

/** Every other item has expired. */
async function load(endpoint: string): Promise<void> {
  await perform(endpoint, 'CreateTable', createSessions)
  const ends = Math.floor(Date.now() / 1000) - 100
  const writer = async (first: number): Promise<void> => {
    for (let i = first; i < count; i += 8 * 25) {
      const puts = Array.from({ length: 25 }, (_, j) => ({
        PutRequest: {
          Item: {
            id: { S: `s${i + j}` },
            ends: { N: String((i + j) % 2 === 0 ? ends : ends + 100_000) },
          },
        },
      }))
      await perform(endpoint, 'BatchWriteItem', { RequestItems: { [TableName]: puts } })
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => writer(i * 25)))
}

async function itemCount(endpoint: string): Promise<number> {
  const { Table } = await perform(endpoint, 'DescribeTable', { TableName })
  return (Table as { ItemCount: number }).ItemCount
}

async function isFilling(dataDirectory: string): Promise<boolean> {
  const engine = await openEngine({ dataDirectory, readOnly: true })
  try {
    const stored = await engine.get(tableRecordKey(TableName))
    return decodeStoredTable(stored as Uint8Array).record.timeToLive?.order?.filling === true
  } finally {
    await engine.close()
  }
}

async function kill(server: DynatomProcess, directory: string): Promise<void> {
  await server.kill('SIGKILL')
  expect(await checkStore(directory)).toMatchObject({ code: 0 })
}

test('a killed server goes on filling the order, and then removes what has expired', async () => {
  const directory = checkedDirectory()
  const first = await start(directory, 0)
  await load(first.endpoint)
  await perform(first.endpoint, 'UpdateTimeToLive', enable)
  await kill(first.server, directory)
  expect(await isFilling(directory)).toBe(true)
  const second = await start(directory, 0)
  await soon(async () => expect(await itemCount(second.endpoint)).toBe(count / 2))
  await kill(second.server, directory)
  expect(await isFilling(directory)).toBe(false)
})

test('a killed server goes on removing what has expired', async () => {
  const directory = checkedDirectory()
  const first = await start(directory, 0)
  await load(first.endpoint)
  await perform(first.endpoint, 'UpdateTimeToLive', enable)
  let left = count
  while (left === count) left = await itemCount(first.endpoint)
  await kill(first.server, directory)
  expect(left).toBeGreaterThan(count / 2)
  const second = await start(directory, 0)
  expect(await itemCount(second.endpoint)).toBeGreaterThan(count / 2)
  await soon(async () => expect(await itemCount(second.endpoint)).toBe(count / 2))
})
