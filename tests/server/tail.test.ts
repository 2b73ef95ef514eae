import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { checkedDirectory, DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'

const orders = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
const withStream = { ...orders, StreamSpecification }

const start = (directory: string, flags: readonly string[] = []): DynatomProcess =>
  new DynatomProcess(['--port', '0', '--data-dir', directory, '--log', 'silent', ...flags])

const put = (endpoint: string, id: string, more: object = {}): Promise<object> =>
  perform(endpoint, 'PutItem', { TableName: 'Orders', Item: { id: { S: id }, ...more } })

/** A running `dynatom tail Orders`, once it follows the stream. */
async function tail(endpoint: string, flags: readonly string[] = []): Promise<DynatomProcess> {
  const running = new DynatomProcess(['tail', 'Orders', '--endpoint', endpoint, ...flags])
  await expect.poll(() => running.stderr).toContain('Following the stream of Orders')
  return running
}

const idsOf = (lines: string): unknown[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Shown).dynamodb.Keys['id'])
interface Shown {
  readonly dynamodb: { readonly Keys: Readonly<Record<string, object>> }
}

test('shows what changes from now on, and ends with 0 when it is interrupted', async () => {
  const endpoint = await start(checkedDirectory()).endpoint()
  await perform(endpoint, 'CreateTable', withStream)
  await put(endpoint, 'before')
  const running = await tail(endpoint)
  await put(endpoint, 'a', { n: { N: '1' }, m: { M: { x: { S: 'y' } } } })
  await put(endpoint, 'a', { n: { N: '2' }, m: { M: { x: { S: 'z' } } } })
  await perform(endpoint, 'DeleteItem', { TableName: 'Orders', Key: { id: { S: 'a' } } })
  await running.seen(/REMOVE id="a"\n.*\n.*\n/)
  const { code, stdout, stderr } = await running.kill('SIGINT')
  expect(stdout.replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm, '')).toBe(
    'INSERT id="a"\n  + n 1\n  + m {x: "y"}\n' +
      'MODIFY id="a"\n  ~ n 1 -> 2\n  ~ m.x "y" -> "z"\n' +
      'REMOVE id="a"\n  - n 2\n  - m {x: "z"}\n',
  )
  expect(stderr).toBe(`Following the stream of Orders at ${endpoint}, from now on.\n`)
  expect(code).toBe(0)
})

test('gives records as GetRecords does, through roll-overs and restarts of the server', async () => {
  const directory = checkedDirectory()
  const flags = ['--stream-shards', '3', '--stream-shard-hours', '0.001']
  const first = start(directory, flags)
  const endpoint = await first.endpoint()
  await perform(endpoint, 'CreateTable', withStream)
  const written: object[] = []
  const putNext = async (): Promise<void> => {
    const S = String(written.length)
    await put(endpoint, S)
    written.push({ S })
  }
  for (let i = 0; i < 10; i++) await putNext()
  const running = await tail(endpoint, ['--json', '--from-start'])
  await running.seen(/"9"/)
  await first.kill('SIGKILL')
  await expect.poll(() => running.stderr).toContain(`${endpoint} does not answer: `)
  const port = new URL(endpoint).port
  await start(directory, ['--port', port, ...flags]).endpoint()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(() => client.destroy())
  const { Streams } = await client.send(new ListStreamsCommand({ TableName: 'Orders' }))
  const StreamArn = Streams?.[0]?.StreamArn
  const shards = async (): Promise<number | undefined> => {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
    return StreamDescription?.Shards?.length
  }
  await expect.poll(shards, { interval: 100 }).toBeGreaterThan(3)
  for (let i = 0; i < 10; i++) await putNext()
  await running.seen(/"19"/)
  expect(idsOf(running.stdout)).toEqual(written)
  expect(running.stderr).toContain(`${endpoint} answers again.\n`)
  expect(await running.stop()).toMatchObject({ code: 0 })
})

test('ends when nobody reads its output any more', async () => {
  const endpoint = await start(checkedDirectory()).endpoint()
  await perform(endpoint, 'CreateTable', withStream)
  const running = await tail(endpoint)
  running.child.stdout.destroy()
  const ended = { is: false }
  void running.ended.then(() => (ended.is = true))
  for (let i = 0; !ended.is; i++) await put(endpoint, String(i))
  expect((await running.ended).code).toBe(0)
})

test('ends with the stream', async () => {
  const endpoint = await start(checkedDirectory()).endpoint()
  await perform(endpoint, 'CreateTable', withStream)
  const running = await tail(endpoint)
  await put(endpoint, 'last')
  await perform(endpoint, 'DeleteTable', { TableName: 'Orders' })
  const { code, stdout, stderr } = await running.ended
  expect(stdout).toMatch(/INSERT id="last"\n$/)
  expect(stderr).toMatch(
    /\nThe stream of Orders has ended: it was disabled, or its table deleted\.\n$/,
  )
  expect(code).toBe(0)
})

/** What a tail says that cannot begin. */
async function refusal(table: string, endpoint: string): Promise<string> {
  const { ended } = new DynatomProcess(['tail', table, '--endpoint', endpoint])
  const { code, stdout, stderr } = await ended
  expect([code, stdout]).toEqual([1, ''])
  return stderr
}

test('says in a sentence what is wrong', async () => {
  const server = start(temporaryDirectory())
  const endpoint = await server.endpoint()
  await perform(endpoint, 'CreateTable', orders)
  expect(await refusal('Oders', endpoint)).toBe(
    `There is no table Oders at ${endpoint}. Did you mean Orders?\n`,
  )
  expect(await refusal('Other', endpoint)).toBe(`There is no table Other at ${endpoint}.\n`)
  expect(await refusal('Orders', endpoint)).toBe(
    'The table Orders has no stream. To enable one: aws dynamodb update-table ' +
      `--endpoint-url ${endpoint} --table-name Orders ` +
      '--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES\n',
  )
  await server.stop()
  expect(await refusal('Orders', endpoint)).toBe(
    `Cannot reach a server at ${endpoint}: nothing listens there; see --endpoint.\n`,
  )
  const other = createServer((_, response) => response.end('<html>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  expect(await refusal('Orders', `http://127.0.0.1:${port}`)).toBe(
    `What answers at http://127.0.0.1:${port} is no DynamoDB (HTTP 200); see --endpoint.\n`,
  )
})
