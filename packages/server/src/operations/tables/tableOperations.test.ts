import { beforeEach, describe, expect, test } from 'vitest'
import { openControlPlane, testTableId, type ControlPlane } from '../../testing/controlPlane.ts'
import { soon } from '../../testing/soon.ts'
import { createTable } from './createTable.ts'
import { deleteTable } from './deleteTable.ts'
import { describeEndpoints } from './describeEndpoints.ts'
import { describeLimits } from './describeLimits.ts'
import { describeTable } from './describeTable.ts'
import { listTables } from './listTables.ts'
import { listTagsOfResource } from '../tags/listTagsOfResource.ts'
import { tagResource } from '../tags/tagResource.ts'
import { untagResource } from '../tags/untagResource.ts'
import { replicaAutoScaling } from './replicaAutoScaling.ts'
import { updateTable } from './updateTable.ts'

let plane: ControlPlane

beforeEach(async () => {
  plane = await openControlPlane()
})

const arnPrefix = 'arn:aws:dynamodb:us-east-1:000000000000:table/'
const tag = (Key: string, Value: string) => ({ Key, Value })

function create(TableName: string, more: object = {}): Promise<object> {
  return createTable(plane, {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  })
}

describe('DescribeTable', () => {
  test('takes a name or an ARN', async () => {
    await create('music')
    const byName = await describeTable(plane, { TableName: 'music' })
    expect(await describeTable(plane, { TableName: `${arnPrefix}music` })).toEqual(byName)
  })

  test('shows count and size as they are', async () => {
    await create('music')
    plane.catalog.tableForData('music').counter.values = [2, 345]
    expect(await describeTable(plane, { TableName: 'music' })).toMatchObject({
      Table: { ItemCount: 2, TableSizeBytes: 345 },
    })
  })

  test('refuses an unknown name', async () => {
    await expect(describeTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: music not found',
    })
  })
})

describe('operations on the auto scaling of global tables', () => {
  test('find none, whether there is a table of that name or not', async () => {
    await create('music')
    for (const TableName of ['music', `${arnPrefix}music`, 'none']) {
      const name = TableName === 'none' ? 'none' : 'music'
      await expect(replicaAutoScaling(plane, { TableName })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Global table with name: '${name}' does not exist.`,
      })
    }
  })
})

const otherRegion = 'arn:aws:dynamodb:eu-west-1:000000000000:table/music'
const oneError = '1 validation error detected: '
const misspelt = (arn: string) =>
  `${oneError}Value '${arn}' at 'tableName' failed to satisfy constraint: Member must satisfy ` +
  'regular expression pattern: [a-zA-Z0-9_.-]+'
const otherArns: [string, string, string][] = [
  ['arn:aws', 'ValidationException', misspelt('arn:aws')],
  [`${arnPrefix}a!`, 'ValidationException', misspelt(`${arnPrefix}a!`)],
  [otherRegion, 'ValidationException', `${oneError}Invalid AWS region in '${otherRegion}'`],
  ...['arn:aws-cn:dynamodb:us-east-1:000000000000:table/music'].map(
    (arn): [string, string, string] => [
      arn,
      'ValidationException',
      `${oneError}Invalid AWS partition in '${arn}'`,
    ],
  ),
  ...[
    `${arnPrefix}music/index/byName`,
    `${arnPrefix}music/stream/2026-01-02T03:04:05.678`,
    `${arnPrefix}music/backup/01`,
    'arn:aws:s3:us-east-1:000000000000:table/music',
    'arn:aws:dynamodb:us-east-1:000000000000:music',
  ].map((arn): [string, string, string] => [
    arn,
    'ValidationException',
    `${oneError}Invalid resource type in '${arn}'`,
  ]),
  [
    'arn:aws:dynamodb:us-east-1:111122223333:table/music',
    'AccessDeniedException',
    'Access is denied',
  ],
]

describe.each<[string, (TableName: string) => Promise<unknown>]>([
  ['CreateTable', (TableName) => create(TableName)],
  ['DescribeTable', (TableName) => describeTable(plane, { TableName })],
  ['UpdateTable', (TableName) => updateTable(plane, { TableName, BillingMode: 'PAY_PER_REQUEST' })],
  ['DeleteTable', (TableName) => deleteTable(plane, { TableName })],
])('%s refuses as the ARN of a table', (_operation, run) => {
  test.each(otherArns)('%s', async (arn, name, message) => {
    await expect(run(arn)).rejects.toMatchObject({ name, message })
  })
})

test('a table is created by its ARN, and found by the placeholder account', async () => {
  expect(await create(`${arnPrefix}music`)).toMatchObject({
    TableDescription: { TableName: 'music', TableArn: `${arnPrefix}music` },
  })
  expect(plane.catalog.tableNames()).toEqual(['music'])
  await expect(describeTable(plane, { TableName: `${arnPrefix}other` })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: other not found',
  })
})

describe('ListTables', () => {
  test('answers an empty list when there is none', async () => {
    expect(await listTables(plane, {})).toEqual({ TableNames: [] })
  })

  test('gives pages in ASCII order', async () => {
    for (const name of ['bbb', 'aaa', 'Zzz', 'ccc']) await create(name)
    expect(await listTables(plane, {})).toEqual({ TableNames: ['Zzz', 'aaa', 'bbb', 'ccc'] })
    expect(await listTables(plane, { Limit: 2 })).toEqual({
      TableNames: ['Zzz', 'aaa'],
      LastEvaluatedTableName: 'aaa',
    })
    expect(await listTables(plane, { Limit: 2, ExclusiveStartTableName: 'aaa' })).toEqual({
      TableNames: ['bbb', 'ccc'],
    })
    expect(await listTables(plane, { ExclusiveStartTableName: 'bb' })).toEqual({
      TableNames: ['bbb', 'ccc'],
    })
    expect(await listTables(plane, { ExclusiveStartTableName: 'ccc' })).toEqual({ TableNames: [] })
  })

  test('gives one hundred names at a time', async () => {
    const names = Array.from({ length: 101 }, (_, i) => `table${String(i).padStart(3, '0')}`)
    for (const name of names) await create(name)
    expect(await listTables(plane, {})).toEqual({
      TableNames: names.slice(0, 100),
      LastEvaluatedTableName: 'table099',
    })
  })
})

describe('DeleteTable', () => {
  test('answers DELETING and the table is gone', async () => {
    await create('music')
    expect(await deleteTable(plane, { TableName: 'music' })).toStrictEqual({
      TableDescription: {
        TableName: 'music',
        TableStatus: 'DELETING',
        ProvisionedThroughput: {
          NumberOfDecreasesToday: 0,
          ReadCapacityUnits: 0,
          WriteCapacityUnits: 0,
        },
        TableSizeBytes: 0,
        ItemCount: 0,
        TableArn: `${arnPrefix}music`,
        TableId: testTableId,
        BillingModeSummary: {
          BillingMode: 'PAY_PER_REQUEST',
          LastUpdateToPayPerRequestDateTime: plane.clock.nowMs() / 1000,
        },
        TableThroughputModeSummary: {
          TableThroughputMode: 'PAY_PER_REQUEST',
          LastUpdateToPayPerRequestDateTime: plane.clock.nowMs() / 1000,
        },
        DeletionProtectionEnabled: false,
      },
    })
    await expect(deleteTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: music not found',
    })
    await create('music')
  })

  test('refuses a protected table until protection is taken away', async () => {
    await create('music', { DeletionProtectionEnabled: true })
    await expect(deleteTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        'Resource cannot be deleted as it is currently protected against deletion. Disable ' +
        'deletion protection first.',
    })
    await updateTable(plane, { TableName: 'music', DeletionProtectionEnabled: false })
    await deleteTable(plane, { TableName: 'music' })
  })

  test('refuses a table under creation, update or deletion', async () => {
    plane = await openControlPlane(true)
    await create('music')
    const inUse = 'Attempt to change a resource which is still in use: '
    const remove = () => deleteTable(plane, { TableName: 'music' })
    const status = () => plane.catalog.tableForControl('music').record.status
    await expect(remove()).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being created: music`,
    })
    plane.clock.advance(5000)
    await soon(() => expect(status()).toBe('ACTIVE'))
    await updateTable(plane, { TableName: 'music', TableClass: 'STANDARD_INFREQUENT_ACCESS' })
    await expect(remove()).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table: music is in the process of being updated.`,
    })
    plane.clock.advance(3000)
    await soon(() => expect(status()).toBe('ACTIVE'))
    const answer = await remove()
    expect(answer).toMatchObject({ TableDescription: { TableStatus: 'DELETING' } })
    await expect(remove()).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being deleted: music`,
    })
    await expect(create('music')).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Table already exists: music',
    })
    expect(await listTables(plane, {})).toEqual({ TableNames: ['music'] })
    expect(await describeTable(plane, { TableName: 'music' })).toMatchObject({
      Table: { TableStatus: 'DELETING' },
    })
  })
})

test('DescribeLimits answers the default quotas', async () => {
  expect(await describeLimits()).toEqual({
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  })
})

test('DescribeEndpoints answers the host that was asked, or the endpoint of the Region', async () => {
  expect(await describeEndpoints(plane, {}, { host: 'db.test:8000' })).toEqual({
    Endpoints: [{ Address: 'db.test:8000', CachePeriodInMinutes: 1440 }],
  })
  expect(await describeEndpoints(plane, {}, {})).toEqual({
    Endpoints: [{ Address: 'dynamodb.us-east-1.amazonaws.com', CachePeriodInMinutes: 1440 }],
  })
})

describe('tags', () => {
  const ResourceArn = `${arnPrefix}music`
  const list = (NextToken?: string) =>
    listTagsOfResource(plane, {
      ResourceArn,
      ...(NextToken !== undefined && { NextToken }),
    }) as Promise<{ Tags: object[]; NextToken?: string }>

  test('are added, replaced and removed', async () => {
    await create('music', { Tags: [tag('a', '1'), tag('b', '2')] })
    expect(await list()).toEqual({ Tags: [tag('a', '1'), tag('b', '2')] })
    await tagResource(plane, { ResourceArn, Tags: [tag('b', '3'), tag('c', '')] })
    expect(await list()).toEqual({ Tags: [tag('a', '1'), tag('b', '3'), tag('c', '')] })
    await untagResource(plane, { ResourceArn, TagKeys: ['a', 'x'] })
    expect(await list()).toEqual({ Tags: [tag('b', '3'), tag('c', '')] })
  })

  test('are listed ten at a time', async () => {
    const tags = Array.from({ length: 20 }, (_, i) => tag(`k${i}`, 'v'))
    await create('music', { Tags: tags })
    const first = await list()
    expect(first.Tags).toEqual(tags.slice(0, 10))
    expect(await list(first.NextToken)).toEqual({ Tags: tags.slice(10) })
  })

  test('have a limit of fifty on a table', async () => {
    await create('music', { Tags: [tag('a', '1')] })
    const tags = Array.from({ length: 49 }, (_, i) => tag(`k${i}`, 'v'))
    await tagResource(plane, { ResourceArn, Tags: tags })
    await tagResource(plane, { ResourceArn, Tags: [tag('a', '2')] })
    await expect(tagResource(plane, { ResourceArn, Tags: [tag('b', '')] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Number of Tags exceed the current limit for the provided ResourceArn',
    })
  })

  const operations: [string, (arn: string) => Promise<unknown>][] = [
    ['TagResource', (arn) => tagResource(plane, { ResourceArn: arn, Tags: [] })],
    ['UntagResource', (arn) => untagResource(plane, { ResourceArn: arn, TagKeys: [] })],
    ['ListTagsOfResource', (arn) => listTagsOfResource(plane, { ResourceArn: arn })],
  ]
  const invalidValues = 'One or more parameter values were invalid: '
  const elsewhere = 'Invalid TableArn: Invalid ResourceArn provided as input '
  const wrongArns: [string, string, string][] = [
    ['music', 'ValidationException', `${invalidValues}ARNs must start with 'arn:': music`],
    [
      'arn:nonsense',
      'ValidationException',
      `${invalidValues}Provided Arn is not a DynamoDB resource arn: arn:nonsense`,
    ],
    [
      `${arnPrefix}music/backup/01`,
      'ValidationException',
      `${invalidValues}Provided Arn is not a DynamoDB resource arn: ${arnPrefix}music/backup/01`,
    ],
    [
      `${arnPrefix}music/index/byName`,
      'ValidationException',
      `${invalidValues}Invalid resource arn provided, only table or stream is accepted. Provided ` +
        `resource arn: ${arnPrefix}music/index/byName`,
    ],
    ...[
      `${arnPrefix}music/stream/2026-01-02T03:04:05.678`,
      'arn:aws:dynamodb:eu-west-1:000000000000:table/music',
      'arn:aws-cn:dynamodb:us-east-1:000000000000:table/music',
    ].map((arn): [string, string, string] => [arn, 'ValidationException', elsewhere + arn]),
    ...[
      'arn:aws:dynamodb:us-east-1:111122223333:table/music',
      'arn:aws:dynamodb:eu-west-1:111122223333:table/music',
      'arn:aws:s3:us-east-1:000000000000:table/music',
    ].map((arn): [string, string, string] => [arn, 'AccessDeniedException', 'Access is denied']),
    [
      `${arnPrefix}other`,
      'ResourceNotFoundException',
      `Requested resource not found: ResourcArn: ${arnPrefix}other not found`,
    ],
  ]

  describe.each(operations)('%s refuses', (operation, run) => {
    test.each(wrongArns)('%s', async (arn, name, message) => {
      await create('music')
      const isKnown = name !== 'ResourceNotFoundException' || operation === 'ListTagsOfResource'
      const outcome = isKnown
        ? run(arn)
        : operation === 'TagResource'
          ? tagResource(plane, { ResourceArn: arn, Tags: [tag('a', '')] })
          : untagResource(plane, { ResourceArn: arn, TagKeys: ['a'] })
      await expect(outcome).rejects.toMatchObject({ name, message })
    })
  })

  const long = 'k'.repeat(129)
  const wrongTags: [string, { Key?: string; Value?: string }[], string][] = [
    ['no key', [{ Value: 'v' }], 'The Tag Key provided is invalid, Key: null'],
    ['no value', [{ Key: 'k' }], 'The Tag Value provided is invalid, Value: null'],
    ['an empty key', [tag('', 'v')], 'The Tag Key provided is invalid, Key: '],
    ['a long key', [tag(long, 'v')], `The Tag Key provided is invalid, Key: ${long}`],
    [
      'a long value',
      [tag('k', 'v'.repeat(257))],
      `The Tag Value provided is invalid, Value: ${'v'.repeat(257)}`,
    ],
    ...['bad#char', '🔑', '100%', 'a,b', '~a', 'a\tb'].flatMap(
      (text): [string, { Key?: string; Value?: string }[], string][] => [
        [`the key ${text}`, [tag(text, 'v')], `The Tag Key provided is invalid, Key: ${text}`],
        [
          `the value ${text}`,
          [tag('k', text)],
          `The Tag Value provided is invalid, Value: ${text}`,
        ],
      ],
    ),
    ['a reserved key', [tag('AWS:k', '')], 'Tag Key cannot be prefixed with aws:, Key: AWS:k'],
    [
      'a key twice',
      [tag('k', '1'), tag('k', '2')],
      'Duplicate Tag Keys provided as input: Duplicate Tag Key found k',
    ],
    [
      'fifty-one tags',
      Array.from({ length: 51 }, (_, i) => tag(`k${i}`, '')),
      'Number of Tags exceed the current limit for the provided ResourceArn',
    ],
  ]

  test.each(wrongTags)('refuse %s, in CreateTable too', async (_case, Tags, message) => {
    await create('music')
    const refused = { name: 'ValidationException', message }
    await expect(tagResource(plane, { ResourceArn, Tags })).rejects.toMatchObject(refused)
    expect(await list()).toEqual({ Tags: [] })
    await expect(create('other', { Tags })).rejects.toMatchObject(refused)
    expect(plane.catalog.tableNames()).toEqual(['music'])
  })

  test('take letters, digits and spaces of all scripts and a few signs', async () => {
    await create('music')
    const tags = ['ключ', 'café', '表', 'sp ace', '\u00a0', 'a+b-c=d.e_f:g/h@i'].map((text) =>
      tag(text, text),
    )
    await tagResource(plane, { ResourceArn, Tags: tags })
    expect(await list()).toEqual({ Tags: tags })
  })

  test('that are removed are checked as keys', async () => {
    await create('music')
    const remove = (...TagKeys: string[]) => untagResource(plane, { ResourceArn, TagKeys })
    await expect(remove('')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The Tag Key provided is invalid, Key: ',
    })
    await expect(remove('aws:k')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Tag Key cannot be prefixed with aws:, Key: aws:k',
    })
  })

  test('need at least one tag or key', async () => {
    await create('music')
    await expect(tagResource(plane, { ResourceArn, Tags: [] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Atleast one Tag needs to be provided as Input.',
    })
    await expect(untagResource(plane, { ResourceArn, TagKeys: [] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Atleast one Tag Key needs to be provided as Input.',
    })
  })

  test('are listed from the first on when the token is not ours', async () => {
    await create('music', { Tags: [tag('a', '1')] })
    expect(await list('nonsense')).toEqual({ Tags: [tag('a', '1')] })
  })

  test('cannot be changed while the table is being created', async () => {
    plane = await openControlPlane(true)
    await create('music')
    await expect(tagResource(plane, { ResourceArn, Tags: [tag('a', '')] })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Table is being created: music',
    })
  })
})
