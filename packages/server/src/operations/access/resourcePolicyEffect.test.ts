import { beforeEach, describe, expect, test } from 'vitest'
import type { Principal } from '../../access/accessKeys.ts'
import { parseIdentities } from '../../access/identities/parseIdentities.ts'
import type { ToldDecision } from '../../access/refusalOfRequest.ts'
import type { DatabaseParts } from '../../cli/databaseParts.ts'
import { ApiError } from '../../errors/apiError.ts'
import { account, openGated, root, userWith } from '../../testing/gatedDatabase.ts'
import { performOperation } from '../../testing/performOperation.ts'

/*
 * What the policies of tables and streams let through and refuse, beside those of identities.
 */

const tables = `arn:aws:dynamodb:us-east-1:${account}:table`
const [orders, jobs] = [`${tables}/Orders`, `${tables}/Jobs`]
const S = (text: string) => ({ S: text })
const Key = { id: S('1') }

const app = `arn:aws:iam::${account}:user/app`
const everyone = '*'

type Statement = Readonly<Record<string, unknown>>
const allow = (Principal: unknown, Action: unknown, Resource: unknown, more = {}): Statement => ({
  Effect: 'Allow',
  Principal: Principal === everyone ? everyone : { AWS: Principal },
  Action,
  Resource,
  ...more,
})
const deny = (...given: Parameters<typeof allow>): Statement => ({
  ...allow(...given),
  Effect: 'Deny',
})

let parts: DatabaseParts
let told: ToldDecision[]

async function ask(
  principal: Principal | undefined,
  operation: string,
  request: object,
): Promise<string | Record<string, unknown>> {
  told = []
  const context = {
    requestId: '',
    region: 'us-east-1',
    accessKeyId: 'K',
    principal,
    onDecision: (each: ToldDecision) => told.push(each),
  }
  try {
    const body = await performOperation(
      parts.dispatcher,
      operation,
      JSON.stringify(request),
      context,
    )
    return JSON.parse(Buffer.from(body).toString() || '{}') as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `${error.kind.name}: ${error.message}`
  }
}

/** What is refused, as `Action resource`, and why; undefined when nothing is. */
async function refused(...asked: Parameters<typeof ask>): Promise<string | undefined> {
  const answer = await ask(...asked)
  if (typeof answer !== 'string') return undefined
  const found =
    /^AccessDeniedException: User: \S+ is not authorized to perform: dynamodb:(\S+) on (.*)$/.exec(
      answer,
    )
  if (found === null) throw new Error(answer)
  const [, action, rest] = found
  const [, resource, why] = /^resource: (?:\S+:table\/)?(\S+) (.*)$/.exec(rest as string) ?? []
  return `${action} ${resource}: ${why}`
}

const because = (kind: string, action: string) =>
  `because no ${kind} allows the dynamodb:${action} action`
const byDeny = 'with an explicit deny in a resource-based policy'

const answered = expect.any(Object) as object

async function put(ResourceArn: string, ...statements: readonly Statement[]): Promise<void> {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  expect(await ask(undefined, 'PutResourcePolicy', { ResourceArn, Policy })).toEqual(answered)
}

const tableOf = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'team', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'ByTeam',
      KeySchema: [{ AttributeName: 'team', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
})

beforeEach(async () => {
  parts = await openGated()
  for (const name of ['Orders', 'Jobs']) {
    expect(await ask(root, 'CreateTable', tableOf(name))).toEqual(answered)
    const Item = { ...Key, team: S('red') }
    expect(await ask(root, 'PutItem', { TableName: name, Item })).toEqual(answered)
  }
  return () => parts.close()
})

/** A user who may do nothing by himself. */
const nobody = userWith({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
const reader = userWith({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' })
const get = { TableName: 'Orders', Key }

async function streamOf(TableName: string): Promise<string> {
  const answer = (await ask(undefined, 'DescribeTable', { TableName })) as {
    readonly Table: { readonly LatestStreamArn: string }
  }
  return answer.Table.LatestStreamArn
}

describe('an Allow of the table', () => {
  test('is enough in one account, for exactly what it names', async () => {
    expect(await refused(nobody, 'GetItem', get)).toBe(
      `GetItem Orders: ${because('identity-based policy', 'GetItem')}`,
    )
    await put(orders, allow(app, 'dynamodb:GetItem', orders))
    expect(await ask(nobody, 'GetItem', get)).toHaveProperty('Item')
    expect(told).toEqual([
      {
        action: 'dynamodb:GetItem',
        resource: orders,
        allowed: true,
        by: 'resource-based policy of the resource, statement 1',
      },
    ])
    expect(await refused(nobody, 'PutItem', { TableName: 'Orders', Item: Key })).toMatch(/^PutItem/)
    expect(await refused(nobody, 'GetItem', { TableName: 'Jobs', Key })).toMatch(/^GetItem Jobs/)
    const other = { ...nobody, arn: app.replace('app', 'other'), userName: 'other' }
    expect(await refused(other, 'GetItem', get)).toMatch(/^GetItem Orders/)
  })

  test('ends with it, and with the table', async () => {
    await put(orders, allow(app, 'dynamodb:GetItem', orders))
    expect(await refused(nobody, 'GetItem', get)).toBeUndefined()
    await ask(undefined, 'DeleteResourcePolicy', { ResourceArn: orders })
    expect(await refused(nobody, 'GetItem', get)).toMatch(/^GetItem Orders/)
    await put(orders, allow(app, 'dynamodb:GetItem', orders))
    await ask(undefined, 'DeleteTable', { TableName: 'Orders' })
    expect(await refused(nobody, 'GetItem', get)).toMatch(/^GetItem Orders/)
    await ask(undefined, 'CreateTable', tableOf('Orders'))
    expect(await refused(nobody, 'GetItem', get)).toMatch(/^GetItem Orders/)
  })

  test('to the account leaves it to its identities', async () => {
    await put(orders, allow(account, 'dynamodb:*', orders))
    expect(await refused(nobody, 'GetItem', get)).toMatch(/^GetItem Orders/)
    expect(await refused(reader, 'GetItem', get)).toBeUndefined()
  })

  test('of which a condition does not hold is none', async () => {
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['1'] } }
    await put(orders, allow(app, ['dynamodb:GetItem'], orders, { Condition }))
    expect(await refused(nobody, 'GetItem', get)).toBeUndefined()
    expect(await refused(nobody, 'GetItem', { ...get, Key: { id: S('2') } })).toMatch(/^GetItem/)
  })

  test('from another account needs that of the identity, too', async () => {
    const foreign = '999988887777'
    const file = (Action: string) => ({
      accountId: foreign,
      users: {
        app: {
          policies: [
            { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
          ],
          accessKeys: [{ accessKeyId: 'F', secretAccessKey: 's' }],
        },
      },
    })
    const userOf = (action: string) =>
      parseIdentities(JSON.stringify(file(action)), account).find('F')?.principal as Principal
    const request = { TableName: orders, Key }
    expect(await refused(userOf('dynamodb:*'), 'GetItem', request)).toBe(
      `GetItem Orders: ${because('resource-based policy', 'GetItem')}`,
    )
    await put(orders, allow(foreign, 'dynamodb:GetItem', orders))
    expect(await refused(userOf('dynamodb:*'), 'GetItem', request)).toBeUndefined()
    expect(await refused(userOf('s3:*'), 'GetItem', request)).toBe(
      `GetItem Orders: ${because('identity-based policy', 'GetItem')}`,
    )
  })
})

describe('a Deny of the table', () => {
  test('refuses whoever it means, whatever else allows it', async () => {
    await put(orders, deny(app, 'dynamodb:GetItem', orders), allow(app, 'dynamodb:*', orders))
    expect(await refused(reader, 'GetItem', get)).toBe(`GetItem Orders: ${byDeny}`)
    expect(await refused(reader, 'Scan', { TableName: 'Orders' })).toBeUndefined()
    expect(await refused(root, 'GetItem', get)).toBeUndefined()
  })

  test.each([
    ['everyone', everyone],
    ['the account', account],
  ])('of %s refuses the root, but for what is done to the policy', async (_, who) => {
    await put(orders, deny(who, 'dynamodb:*', orders))
    expect(await refused(root, 'GetItem', get)).toBe(`GetItem Orders: ${byDeny}`)
    expect(await refused(root, 'DeleteTable', { TableName: 'Orders' })).toBe(
      `DeleteTable Orders: ${byDeny}`,
    )
    const administrator = { ...root, arn: app, userName: 'app' }
    for (const operation of ['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy']) {
      const request = {
        ResourceArn: orders,
        Policy: JSON.stringify({ Statement: [deny(who, 'dynamodb:*', orders)] }),
      }
      expect(await refused(administrator, operation, request)).toBe(
        `${operation} Orders: ${byDeny}`,
      )
      expect(await refused(root, operation, request)).toBeUndefined()
    }
    expect(await refused(root, 'GetItem', get)).toBeUndefined()
  })

  test('is kept to however the table is called', async () => {
    await put(orders, deny(everyone, 'dynamodb:*', [orders, `${orders}/index/*`]))
    for (const name of ['Orders', orders, orders.replace(account, '000000000000')]) {
      expect(await refused(root, 'GetItem', { TableName: name, Key })).toMatch(/^GetItem Orders/)
      const Statement = `SELECT * FROM "${name}"."ByTeam"`
      expect(await refused(root, 'ExecuteStatement', { Statement })).toMatch(
        /^PartiQLSelect Orders\/index\/ByTeam/,
      )
      expect(await refused(root, 'ListTagsOfResource', { ResourceArn: orders })).toMatch(
        /^ListTags/,
      )
    }
  })

  test('is kept to for a SELECT that is refused, which would tell of an index', async () => {
    await put(orders, deny(everyone, 'dynamodb:*', [orders, `${orders}/index/*`]))
    const Statement = 'SELECT COUNT(*) FROM Orders.ByTeam'
    for (const who of [root, reader]) {
      expect(await refused(who, 'ExecuteStatement', { Statement })).toBe(
        `PartiQLSelect Orders/index/ByTeam: ${byDeny}`,
      )
    }
  })

  test('does not tell whether an item is there', async () => {
    await put(orders, deny(everyone, 'dynamodb:*', orders))
    const request = { TableName: 'Orders', Key: { wrong: S('key') } }
    expect(await refused(root, 'GetItem', request)).toBe(`GetItem Orders: ${byDeny}`)
  })
})

test('an index has its say in the policy of its table', async () => {
  const query = {
    TableName: 'Orders',
    IndexName: 'ByTeam',
    KeyConditionExpression: 'team = :t',
    ExpressionAttributeValues: { ':t': S('red') },
  }
  await put(orders, allow(app, 'dynamodb:Query', orders))
  expect(await refused(nobody, 'Query', query)).toMatch(/^Query Orders\/index\/ByTeam/)
  await put(orders, allow(app, 'dynamodb:Query', [orders, `${orders}/index/*`]))
  expect(await ask(nobody, 'Query', query)).toMatchObject({ Count: 1 })
  await put(orders, deny(everyone, 'dynamodb:Query', `${orders}/index/ByTeam`))
  expect(await refused(root, 'Query', query)).toBe(`Query Orders/index/ByTeam: ${byDeny}`)
})

describe('a request about several tables asks each of them', () => {
  const both = (make: (TableName: string) => object) => ['Orders', 'Jobs'].map(make)
  const Item = { ...Key, team: S('blue') }

  /** Requests about Orders and Jobs, with the action that they need of each. */
  const requests: readonly (readonly [operation: string, action: string, request: object])[] = [
    [
      'BatchGetItem',
      'BatchGetItem',
      { RequestItems: { Orders: { Keys: [Key] }, [jobs]: { Keys: [Key] } } },
    ],
    [
      'BatchWriteItem',
      'BatchWriteItem',
      { RequestItems: { Orders: [{ PutRequest: { Item } }], Jobs: [{ DeleteRequest: { Key } }] } },
    ],
    [
      'TransactGetItems',
      'GetItem',
      { TransactItems: both((TableName) => ({ Get: { TableName, Key } })) },
    ],
    [
      'TransactWriteItems',
      'PutItem',
      { TransactItems: both((TableName) => ({ Put: { TableName, Item } })) },
    ],
    [
      'BatchExecuteStatement',
      'PartiQLSelect',
      { Statements: both((name) => ({ Statement: `SELECT * FROM ${name} WHERE id='1'` })) },
    ],
    [
      'ExecuteTransaction',
      'PartiQLUpdate',
      {
        TransactStatements: both((name) => ({
          Statement: `UPDATE ${name} SET team='green' WHERE id='1'`,
        })),
      },
    ],
  ]

  test.each(requests)('%s', async (operation, action, request) => {
    const permit = (arn: string) => put(arn, allow(app, `dynamodb:${action}`, arn))
    await permit(orders)
    expect(await refused(nobody, operation, request)).toMatch(new RegExp(`^${action} Jobs: `))
    // What allows it for the other table has to be there, not here.
    await put(orders, allow(app, `dynamodb:${action}`, [orders, jobs]))
    expect(await refused(nobody, operation, request)).toMatch(new RegExp(`^${action} Jobs: `))
    await permit(jobs)
    expect(await refused(nobody, operation, request)).toBeUndefined()
    await put(jobs, deny(everyone, `dynamodb:${action}`, jobs))
    expect(await refused(root, operation, request)).toBe(`${action} Jobs: ${byDeny}`)
    expect(await refused(reader, operation, request)).toBe(`${action} Jobs: ${byDeny}`)
  })
})

describe('the policy of a stream', () => {
  const readings = async (arn: string) => {
    const shards = (await ask(undefined, 'DescribeStream', { StreamArn: arn })) as {
      readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] }
    }
    const ShardId = shards.StreamDescription.Shards[0]?.ShardId
    const of = { StreamArn: arn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    const { ShardIterator } = (await ask(undefined, 'GetShardIterator', of)) as {
      readonly ShardIterator: string
    }
    return [
      ['DescribeStream', { StreamArn: arn }],
      ['GetShardIterator', of],
      ['GetRecords', { ShardIterator }],
    ] as const
  }

  test('allows and denies reading it', async () => {
    const arn = await streamOf('Orders')
    for (const [operation, request] of await readings(arn)) {
      await put(orders, allow(app, 'dynamodb:*', [arn, orders]))
      expect(await refused(nobody, operation, request)).toMatch(new RegExp(`^${operation} Orders`))
      await put(arn, allow(app, `dynamodb:${operation}`, arn))
      expect(await refused(nobody, operation, request)).toBeUndefined()
      await put(arn, deny(everyone, `dynamodb:${operation}`, arn))
      for (const who of [root, reader]) {
        expect(await refused(who, operation, request)).toMatch(
          new RegExp(`^${operation} Orders/stream/.*: ${byDeny}$`),
        )
      }
      await ask(root, 'DeleteResourcePolicy', { ResourceArn: arn })
      expect(await refused(root, operation, request)).toBeUndefined()
    }
  })

  test('outlives the table', async () => {
    const arn = await streamOf('Orders')
    const requests = await readings(arn)
    await put(arn, deny(everyone, 'dynamodb:GetRecords', arn))
    await ask(undefined, 'DeleteTable', { TableName: 'Orders' })
    for (const [operation, request] of requests) {
      const refusal = operation === 'GetRecords' ? /^GetRecords Orders\/stream/ : undefined
      const found = await refused(reader, operation, request)
      if (refusal === undefined) expect(found).toBeUndefined()
      else expect(found).toMatch(refusal)
    }
  })

  test('is none of a stream that is not there', async () => {
    const StreamArn = `${orders}/stream/2026-01-01T00:00:00.000`
    expect(await refused(nobody, 'DescribeStream', { StreamArn })).toMatch(/^DescribeStream/)
    expect(await ask(root, 'DescribeStream', { StreamArn })).toMatch(/^ResourceNotFoundException/)
  })
})

describe('who puts a policy', () => {
  const statement = allow('111122223333', 'dynamodb:GetItem', orders)
  const putBy = (who: Principal, statements: readonly Statement[], more: object = {}) =>
    ask(who, 'PutResourcePolicy', {
      ResourceArn: orders,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      ...more,
    })

  test('that would not let him change it again says so', async () => {
    const locking = [deny(app, 'dynamodb:PutResourcePolicy', orders)]
    expect(await putBy(reader, locking)).toBe(
      `ValidationException: The policy would not allow ${reader.arn} ` +
        'to change it again. To put it all the same, set ConfirmRemoveSelfResourceAccess to true.',
    )
    expect(await putBy(reader, locking, { ConfirmRemoveSelfResourceAccess: true })).toEqual({
      RevisionId: expect.any(String) as string,
    })
    expect(await putBy(reader, [statement])).toMatch(/^AccessDeniedException: /)
    expect(await putBy(root, [deny(everyone, 'dynamodb:*', orders)])).toHaveProperty('RevisionId')
  })

  test('that gave him the right to may take it from himself when he says so', async () => {
    await put(orders, allow(app, 'dynamodb:PutResourcePolicy', orders))
    expect(await putBy(nobody, [statement])).toMatch(/^ValidationException: The policy would not/)
    const kept = [statement, allow(app, 'dynamodb:*ResourcePolicy', orders)]
    expect(await putBy(nobody, kept)).toHaveProperty('RevisionId')
    const confirmed = { ConfirmRemoveSelfResourceAccess: true }
    expect(await putBy(nobody, [statement], confirmed)).toHaveProperty('RevisionId')
    expect(await putBy(nobody, kept)).toMatch(/^AccessDeniedException: /)
  })
})

test.each([
  [
    'a bare name',
    'Orders',
    "One or more parameter values were invalid: ARNs must start with 'arn:': Orders",
  ],
  [
    'a table of another account',
    orders.replace(account, '111122223333'),
    'This action is only supported by accounts that match the resource owner’s account.',
  ],
])('everybody is told of %s that it has no policy here', async (_, ResourceArn, message) => {
  for (const who of [root, reader, nobody]) {
    for (const operation of ['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy']) {
      const request = { ResourceArn, Policy: '{}' }
      expect(await ask(who, operation, request)).toBe(`ValidationException: ${message}`)
    }
  }
})

test('a table of another account is refused alike, however much somebody may do', async () => {
  const foreign = orders.replace(account, '111122223333')
  for (const who of [root, reader]) {
    expect(await ask(who, 'DescribeTable', { TableName: foreign })).toBe(
      `AccessDeniedException: User: ${who.arn} is not authorized to perform: dynamodb:DescribeTable ` +
        `on resource: ${foreign} ${because('resource-based policy', 'DescribeTable')}`,
    )
  }
})

test('a table that is created with a policy has it in force', async () => {
  const ResourcePolicy = JSON.stringify({
    Statement: [deny(everyone, 'dynamodb:GetItem', `${tables}/New`)],
  })
  expect(await ask(root, 'CreateTable', { ...tableOf('New'), ResourcePolicy })).toEqual(answered)
  expect(await refused(root, 'GetItem', { TableName: 'New', Key })).toBe(`GetItem New: ${byDeny}`)
})

test('without identities policies are kept and decide nothing', async () => {
  await put(orders, deny(everyone, 'dynamodb:*', orders))
  expect(await ask(undefined, 'GetItem', get)).toHaveProperty('Item')
})

test('a policy changes under the requests that are on their way', async () => {
  await put(orders, allow(app, 'dynamodb:GetItem', orders))
  const answers = Array.from({ length: 20 }, () => refused(nobody, 'GetItem', get))
  await put(orders, deny(everyone, 'dynamodb:GetItem', orders))
  for (const answer of await Promise.all(answers)) {
    expect([undefined, `GetItem Orders: ${byDeny}`]).toContain(answer)
  }
  expect(await refused(nobody, 'GetItem', get)).toBe(`GetItem Orders: ${byDeny}`)
})
