import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { createDatabase } from 'dynatom'
import { performance } from 'node:perf_hooks'
import { expect, onTestFinished, test } from 'vitest'
import { soon } from '../../packages/server/src/testing/soon.ts'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'

const TableName = 'Sessions'
const createSessions: CreateTableCommandInput = {
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const specification = { Enabled: true, AttributeName: 'ends' }
const enable = { TableName, TimeToLiveSpecification: specification }
const nowSeconds = (): number => Math.floor(Date.now() / 1000)

async function idsOf(client: DynamoDBClient): Promise<string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }))
  return Items.map(({ id }) => String(id?.S)).toSorted()
}

async function put(client: DynamoDBClient, id: string, ends: number): Promise<void> {
  const Item = { id: { S: id }, ends: { N: String(ends) } }
  await client.send(new PutItemCommand({ TableName, Item }))
}

test('an SDK client enables time to live, and sees what has expired go', async () => {
  const directory = checkedDirectory()
  const args = ['--port', '0', '--data-dir', directory, '--ttl-delay', '0']
  const endpoint = await new DynatomProcess(args).endpoint()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(() => client.destroy())
  await client.send(new CreateTableCommand(createSessions))
  await put(client, 'before', nowSeconds() - 10)
  const answer = await client.send(new UpdateTimeToLiveCommand(enable))
  expect(answer.TimeToLiveSpecification).toEqual(specification)
  const described = await client.send(new DescribeTimeToLiveCommand({ TableName }))
  expect(described.TimeToLiveDescription).toEqual({
    TimeToLiveStatus: 'ENABLED',
    AttributeName: 'ends',
  })
  await put(client, 'after', nowSeconds() - 10)
  await put(client, 'later', nowSeconds() + 3600)
  await put(client, 'soon', nowSeconds() + 1)
  await soon(async () => expect(await idsOf(client)).toEqual(['later']))
})

test('a library finds a table without recovery, and cannot enable it', async () => {
  const database = await createDatabase({ inMemory: true })
  onTestFinished(() => database.close())
  const client = new DynamoDBClient(database.clientConfig())
  await client.send(new CreateTableCommand(createSessions))
  const described = await client.send(new DescribeContinuousBackupsCommand({ TableName }))
  expect(described.ContinuousBackupsDescription).toEqual({
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
  })
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  const update = { TableName, PointInTimeRecoverySpecification }
  await expect(client.send(new UpdateContinuousBackupsCommand(update))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  })
})

test('a test moves the clock, as docs/time-to-live.md says', async () => {
  let aheadMs = 0
  const clock = {
    nowMs: () => Date.now() + aheadMs,
    monotonicMs: () => performance.now(),
    defer: (work: () => void) => void setImmediate(work),
    startTimer(delayMs: number, work: () => void) {
      const timer = setTimeout(work, delayMs)
      timer.unref()
      return { cancel: () => clearTimeout(timer) }
    },
  }
  const database = await createDatabase({ inMemory: true, clock })
  onTestFinished(() => database.close())
  const client = new DynamoDBClient(database.clientConfig())
  await client.send(new CreateTableCommand(createSessions))
  await client.send(new UpdateTimeToLiveCommand(enable))
  for (const id of ['a', 'b']) await put(client, id, nowSeconds() + 3600)
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { id: { S: 'b' } },
      UpdateExpression: 'ADD ends :day',
      ExpressionAttributeValues: { ':day': { N: '86400' } },
    }),
  )
  aheadMs += 3_610_000
  await soon(async () => expect(await idsOf(client)).toEqual(['b']))
})

test('an option that cannot be is refused', async () => {
  await expect(createDatabase({ inMemory: true, ttlDelaySeconds: 0.5 })).rejects.toThrow(
    '0.5 is not a value of ttlDelaySeconds: it takes a whole number of seconds from 0 to 31536000.',
  )
})
