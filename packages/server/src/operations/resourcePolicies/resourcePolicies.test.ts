import { beforeEach, describe, expect, test } from 'vitest'
import { checkStore } from '../../check/checkStore.ts'
import { composeParts } from '../../cli/databaseParts.ts'
import { systemRandom } from '../../clock.ts'
import { MemoryEngine } from '../../storage/memory/memoryEngine.ts'
import {
  openIndexedDatabase,
  type IndexedDatabase,
  type Response,
} from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { latestStream, tableWithStream } from '../../testing/streamReads.ts'
import { soon } from '../../testing/soon.ts'

const account = '000000000000'
const tables = `arn:aws:dynamodb:us-east-1:${account}:table`
const orders = `${tables}/Orders`

const document = (Resource: string, Action: string | readonly string[] = 'dynamodb:GetItem') => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action, Resource },
  ],
})
const policy = (...given: Parameters<typeof document>): string => JSON.stringify(document(...given))

let engine: MemoryEngine
let clock: ManualClock
let database: IndexedDatabase
let call: IndexedDatabase['call']
let stream: string

beforeEach(async () => {
  engine = new MemoryEngine()
  clock = new ManualClock()
  database = await openIndexedDatabase({ engine, clock })
  call = (operation, request) => database.call(operation, request)
  await call('CreateTable', tableWithStream('Orders'))
  stream = await latestStream(call, 'Orders')
})

const put = (ResourceArn: string, Policy: string, more: object = {}): Promise<Response> =>
  call('PutResourcePolicy', { ResourceArn, Policy, ...more })
const get = (ResourceArn: string): Promise<Response> => call('GetResourcePolicy', { ResourceArn })
const remove = (ResourceArn: string, more: object = {}): Promise<Response> =>
  call('DeleteResourcePolicy', { ResourceArn, ...more })

const invalid = 'One or more parameter values were invalid: '
const notFoundPrefix = 'Resource-based policy not found for the provided ResourceArn: '
const error = (__type: string, message: string) => ({ __type, message })
const validation = (message: string) => error('ValidationException', message)
const policyNotFound = (detail: string) => error('PolicyNotFoundException', notFoundPrefix + detail)
const notFound = (what: string) =>
  error('ResourceNotFoundException', `Requested resource not found: ${what} not found`)

/** Both of what has a policy, with an action that its policy may name. */
const owners: readonly (readonly [kind: string, arn: () => string, action: string])[] = [
  ['table', () => orders, 'dynamodb:GetItem'],
  ['stream', () => stream, 'dynamodb:GetRecords'],
]

describe.each(owners)('the policy of a %s', (kind, arnOf, action) => {
  const name = () => (kind === 'table' ? 'Orders' : stream)

  test('is given back minified, with a revision that its change moves on', async () => {
    const arn = arnOf()
    expect(await get(arn)).toEqual(policyNotFound(arn))
    const first = await put(arn, JSON.stringify(document(arn, [action]), null, 2))
    expect(first).toEqual({ RevisionId: String(clock.nowMs()) })
    expect(await get(arn)).toEqual({
      Policy:
        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` +
        `"arn:aws:iam::${account}:root"},"Action":"${action}","Resource":"${arn}"}]}`,
      ...first,
    })
    const same = JSON.stringify(document(arn, [action])).replace(
      `arn:aws:iam::${account}:root`,
      account,
    )
    clock.advance(1000)
    expect(await put(arn, same)).toEqual(first)
    const second = await put(arn, policy('*', action))
    expect(second).toEqual({ RevisionId: String(clock.nowMs()) })
    expect(await remove(arn)).toEqual(second)
    expect(await get(arn)).toEqual(policyNotFound(arn))
    expect(await remove(arn)).toEqual({})
    expect(await checkStore(engine)).toEqual([])
  })

  test('has another revision each time, though no time has passed', async () => {
    const arn = arnOf()
    const revisions = new Set<unknown>()
    for (const resource of [arn, '*', arn]) {
      revisions.add((await put(arn, policy(resource, action)))['RevisionId'])
    }
    await remove(arn)
    revisions.add((await put(arn, policy(arn, action)))['RevisionId'])
    expect(revisions.size).toBe(4)
  })

  test('changes on condition of its revision', async () => {
    const arn = arnOf()
    const expecting = (ExpectedRevisionId: string) => ({ ExpectedRevisionId })
    expect(await put(arn, policy(arn, action), expecting('1'))).toEqual(policyNotFound(arn))
    expect(await remove(arn, expecting('1'))).toEqual(policyNotFound(arn))
    const { RevisionId: first } = await put(arn, policy(arn, action), expecting('NO_POLICY'))
    expect(await put(arn, policy('*', action), expecting('NO_POLICY'))).toEqual(
      policyNotFound(
        `Requested policy update expecting none to be present for ${kind} ${name()}, but a ` +
          `policy exists with revision id ${first as string}.`,
      ),
    )
    const differs = policyNotFound(
      `Requested update for policy with revision id 1, but the policy associated to target ` +
        `${kind} ${name()} has revision id ${first as string}.`,
    )
    expect(await put(arn, policy('*', action), expecting('1'))).toEqual(differs)
    expect(await remove(arn, expecting('1'))).toEqual(differs)
    const { RevisionId: second } = await put(arn, policy('*', action), expecting(first as string))
    expect(second).not.toBe(first)
    expect(await remove(arn, expecting(second as string))).toEqual({ RevisionId: second })
  })

  test('of those who expect the same revision one changes it', async () => {
    const arn = arnOf()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        put(arn, policy(`${arn}${'?'.repeat(i)}`, action), { ExpectedRevisionId: 'NO_POLICY' }),
      ),
    )
    expect(answers.filter(({ RevisionId }) => RevisionId !== undefined)).toHaveLength(1)
  })

  test('is there after a restart', async () => {
    const arn = arnOf()
    await put(arn, policy(arn, action))
    const before = await get(arn)
    database = await openIndexedDatabase({ engine, clock })
    expect(await get(arn)).toEqual(before)
  })
})

test('without a version it is another policy than with the oldest one', async () => {
  const { Version: _, ...without } = document(orders)
  const first = await put(orders, JSON.stringify(without))
  expect(await put(orders, JSON.stringify(without))).toEqual(first)
  const named = JSON.stringify({ ...without, Version: '2008-10-17' })
  expect(await put(orders, named)).not.toEqual(first)
})

describe('what has no policy', () => {
  test.each<[string, string, object]>([
    ['a bare name', 'Orders', validation(`${invalid}ARNs must start with 'arn:': Orders`)],
    [
      'an index',
      `${orders}/index/I`,
      validation(
        `${invalid}Invalid resource arn provided, only table or stream is accepted. ` +
          `Provided resource arn: ${orders}/index/I`,
      ),
    ],
    [
      'a bucket',
      'arn:aws:s3:::bucket',
      validation(`${invalid}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket`),
    ],
    [
      'a table of another account',
      orders.replace(account, '111122223333'),
      validation(
        'This action is only supported by accounts that match the resource owner’s account.',
      ),
    ],
    [
      'a table of another Region',
      orders.replace('us-east-1', 'eu-west-1'),
      validation(`${invalid}Invalid resource Arn: ${orders.replace('us-east-1', 'eu-west-1')}`),
    ],
    [
      'a stream without a time',
      `${orders}/stream/x`,
      validation(`${invalid}Invalid resource Arn: ${orders}/stream/x`),
    ],
    ['a table that is not there', `${tables}/Missing`, notFound('Table: Missing')],
    [
      'a stream that is not there',
      `${orders}/stream/2026-01-01T00:00:00.000`,
      notFound(`Stream: ${orders}/stream/2026-01-01T00:00:00.000`),
    ],
  ])('%s', async (_, arn, refusal) => {
    const action = arn.includes('/stream/') ? 'dynamodb:GetRecords' : 'dynamodb:GetItem'
    expect(await put(arn, policy(arn, action))).toEqual(refusal)
    expect(await get(arn)).toEqual(refusal)
    expect(await remove(arn)).toEqual(refusal)
  })
})

describe('a document is refused', () => {
  const named = (...actions: readonly string[]) =>
    `${invalid}Invalid policy document: The following action names are invalid: ` +
    actions.map((each) => `"${each}"`).join(', ')

  test('that is none', async () => {
    expect(await put(orders, '{')).toEqual(
      validation(`${invalid}Invalid policy document: This policy contains invalid Json`),
    )
    expect(await get(orders)).toEqual(policyNotFound(orders))
  })

  test('that is larger than 20 KB, blanks included', async () => {
    const padded = (bytes: number) => policy(orders).padEnd(bytes, ' ')
    expect(await put(orders, padded(20_480))).toEqual({ RevisionId: String(clock.nowMs()) })
    expect(await put(orders, padded(20_481))).toEqual(
      validation(`${invalid}Maximum policy size of 20480 bytes exceeded`),
    )
  })

  test('that names actions which are not checked on such a resource', async () => {
    const stray = ['dynamodb:GetRecords', 'dynamodb:ListStreams', 'dynamodb:ListTables']
    expect(await put(orders, policy(orders, ['dynamodb:Scan', ...stray]))).toEqual(
      validation(named(...stray)),
    )
    expect(await put(stream, policy(stream, ['dynamodb:GetItem', ...stray]))).toEqual(
      validation(named('dynamodb:GetItem', 'dynamodb:ListStreams', 'dynamodb:ListTables')),
    )
    const anyOf = ['dynamodb:*', 'dynamodb:Get*', 'dynamodb:PutResourcePolicy']
    expect(await put(orders, policy(orders, anyOf))).toHaveProperty('RevisionId')
    expect(await put(stream, policy(stream, anyOf))).toHaveProperty('RevisionId')
  })
})

describe('a table that is created with a policy', () => {
  const creation = (ResourcePolicy: string) => ({ ...tableWithStream('New'), ResourcePolicy })

  test('has it from the start', async () => {
    await call('CreateTable', creation(policy(`${tables}/New`)))
    expect(await get(`${tables}/New`)).toEqual({
      Policy: policy(`${tables}/New`),
      RevisionId: String(clock.nowMs()),
    })
  })

  test('is not created with one that is none', async () => {
    expect(await call('CreateTable', creation('{"Statement":[]}'))).toEqual(
      validation(
        `${invalid}Invalid policy document: Could not parse the policy: Statement is empty!`,
      ),
    )
    expect(await call('DescribeTable', { TableName: 'New' })).toMatchObject({
      __type: 'ResourceNotFoundException',
    })
  })
})

test('a table takes its policy along, and a stream keeps its own until it is gone', async () => {
  await put(orders, policy(orders))
  await put(stream, policy(stream, 'dynamodb:GetRecords'))
  await call('DeleteTable', { TableName: 'Orders' })
  expect(await get(orders)).toEqual(notFound('Table: Orders'))
  expect(await get(stream)).toMatchObject({ Policy: policy(stream, 'dynamodb:GetRecords') })
  clock.advance(1)
  await call('CreateTable', tableWithStream('Orders'))
  expect(await get(orders)).toEqual(policyNotFound(orders))
  const next = await latestStream(call, 'Orders')
  expect(next).not.toBe(stream)
  expect(await get(next)).toEqual(policyNotFound(next))
  expect(await remove(stream)).toHaveProperty('RevisionId')
})

test('a policy stays with other changes of its table and its stream', async () => {
  await put(orders, policy(orders))
  await put(stream, policy(stream, 'dynamodb:GetRecords'))
  const before = [await get(orders), await get(stream)]
  await call('TagResource', { ResourceArn: orders, Tags: [{ Key: 'a', Value: 'b' }] })
  await call('UpdateTable', { TableName: 'Orders', DeletionProtectionEnabled: true })
  await call('UpdateTable', { TableName: 'Orders', StreamSpecification: { StreamEnabled: false } })
  expect([await get(orders), await get(stream)]).toEqual(before)
})

test('it can be changed while the table is updated, not while it is made or deleted', async () => {
  const delayed = await openIndexedDatabase({ clock, delayTransientStatuses: true })
  const ask = (operation: string, more: object = {}) =>
    delayed.call(operation, { ResourceArn: orders, ...more })
  const inUse = (progress: string) =>
    error(
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table is being ${progress}: Orders`,
    )
  const Policy = policy(orders)
  await delayed.call('CreateTable', { ...tableWithStream('Orders'), ResourcePolicy: Policy })
  expect(await ask('GetResourcePolicy')).toMatchObject({ Policy })
  expect(await ask('PutResourcePolicy', { Policy: policy('*') })).toEqual(inUse('created'))
  const untilActive = async (): Promise<void> => {
    clock.advance(6000)
    await soon(async () => {
      const described = await delayed.call('DescribeTable', { TableName: 'Orders' })
      expect(described).toMatchObject({ Table: { TableStatus: 'ACTIVE' } })
    })
  }
  await untilActive()
  expect(await ask('GetResourcePolicy')).toMatchObject({ Policy })
  await delayed.call('UpdateTable', {
    TableName: 'Orders',
    StreamSpecification: { StreamEnabled: false },
  })
  expect(await ask('PutResourcePolicy', { Policy: policy('*') })).toHaveProperty('RevisionId')
  await untilActive()
  expect(await ask('GetResourcePolicy')).toMatchObject({ Policy: policy('*') })
  await delayed.call('DeleteTable', { TableName: 'Orders' })
  expect(await ask('GetResourcePolicy')).toMatchObject({ Policy: policy('*') })
  expect(await ask('DeleteResourcePolicy')).toEqual(inUse('deleted'))
})

test('an ARN of an older account stands for the same table', async () => {
  const parts = await composeParts({
    engine: new MemoryEngine(),
    clock,
    random: systemRandom,
    region: 'us-east-1',
    accountId: '123456789012',
    reservedWords: 'refuse',
    delayTransientStatuses: false,
  })
  const perform = async (operation: string, request: object): Promise<unknown> => {
    const served = parts.dispatcher.find(`DynamoDB_20120810.${operation}`)
    const context = { requestId: '', region: 'us-east-1', accessKeyId: 'K' }
    const body = await served?.perform(JSON.stringify(request), context)
    return JSON.parse(Buffer.from(body ?? []).toString())
  }
  await perform('CreateTable', tableWithStream('Orders'))
  await perform('PutResourcePolicy', { ResourceArn: orders, Policy: policy('*') })
  const current = orders.replace(account, '123456789012')
  expect(await perform('GetResourcePolicy', { ResourceArn: current })).toMatchObject({
    Policy: policy('*'),
  })
  await parts.close()
})
