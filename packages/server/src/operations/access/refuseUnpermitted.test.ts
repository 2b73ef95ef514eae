import { beforeAll, describe, expect, test } from 'vitest'
import type { Principal } from '../../access/accessKeys.ts'
import { operationPermissions } from '../../access/permissions/operationPermissions.ts'
import type { DatabaseParts } from '../../cli/databaseParts.ts'
import { ApiError } from '../../errors/apiError.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import { dynamodbCodec } from '../../wire/dynamodbCodec.ts'
import { streamsCodec } from '../../wire/streamsCodec.ts'
import { account, openGated, root, userWith } from '../../testing/gatedDatabase.ts'
import { dynamodb, dynamodbStreams } from '../registry.ts'

const tables = `arn:aws:dynamodb:us-east-1:${account}:table`

const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
})

let parts: DatabaseParts

/** The error that `operation` ends in for `principal`, as name and text; its answer without one. */
async function ask(
  principal: Principal,
  operation: string,
  request: object,
  sender?: RequestContext['sender'],
): Promise<string | Record<string, unknown>> {
  const service = streamsCodec.operationNames().has(operation) ? streamsCodec : dynamodbCodec
  const served = parts.dispatcher.find(`${service.targetPrefix}.${operation}`)
  if (served === undefined) throw new Error(`no ${operation}`)
  const context = { requestId: '', region: 'us-east-1', accessKeyId: 'K', principal, sender }
  try {
    const body = await served.perform(JSON.stringify(request), context)
    return JSON.parse(Buffer.from(body).toString() || '{}') as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `${error.kind.name}: ${error.message}`
  }
}

const answered = expect.any(Object) as object

/** What is refused, as `Action resource`; undefined when nothing is. */
async function refused(
  principal: Principal,
  operation: string,
  request: object,
): Promise<string | undefined> {
  const answer = await ask(principal, operation, request)
  if (typeof answer !== 'string') return undefined
  const found = /^AccessDeniedException: .* perform: dynamodb:(\S+) on resource: (\S+) /.exec(
    answer,
  )
  if (found === null) throw new Error(answer)
  return `${found[1]} ${found[2]?.replace(/^.*:table/, 'table')}`
}

const S = (text: string) => ({ S: text })

beforeAll(async () => {
  parts = await openGated()
  for (const TableName of ['Games', 'Other']) {
    expect(
      await ask(root, 'CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['User', 'Game', 'Team'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: 'User', KeyType: 'HASH' },
          { AttributeName: 'Game', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByTeam',
            KeySchema: [{ AttributeName: 'Team', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        VectorIndexes: [
          {
            IndexName: 'ByLooks',
            VectorAttribute: { AttributeName: 'Looks' },
            Dimensions: 2,
            DistanceFunction: 'EUCLIDEAN',
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        Tags: [{ Key: 'stage', Value: TableName === 'Games' ? 'test' : 'live' }],
      }),
    ).toEqual(answered)
  }
  for (const User of ['app', 'bob']) {
    const Item = { User: S(User), Game: S('chess'), Team: S('red'), Score: { N: '1' } }
    expect(await ask(root, 'PutItem', { TableName: 'Games', Item })).toEqual(answered)
  }
  return () => parts.close()
})

const TableName = 'Games'
const Key = { User: S('app'), Game: S('chess') }
const Item = { ...Key, Score: { N: '2' } }
const setScore = {
  UpdateExpression: 'SET Score = :s',
  ExpressionAttributeValues: { ':s': { N: '3' } },
}
const byUser = (user: string) => ({
  KeyConditionExpression: '#u = :u',
  ExpressionAttributeNames: { '#u': 'User' },
  ExpressionAttributeValues: { ':u': S(user) },
})
const games = `${tables}/Games`

/** A permission, as action and resource. */
type Needed = readonly [action: string, resource: string]

interface Walked {
  /** Performed by the administrator before each request. */
  readonly before?: () => Promise<unknown>
  readonly request: () => object | Promise<object>
  readonly needs: readonly Needed[] | (() => Promise<readonly Needed[]>)
  /** What it comes to when it is permitted; an answer when absent. */
  readonly comesTo?: string
}

const plain = (request: object, ...needs: readonly Needed[]): Walked => ({
  request: () => request,
  needs,
})

const newTable = {
  TableName: 'New',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  Tags: [{ Key: 'a', Value: 'b' }],
}
const without = async () => void (await ask(root, 'DeleteTable', { TableName: 'New' }))
const withNew = async () => void (await ask(root, 'CreateTable', newTable))

async function streamArn(): Promise<string> {
  const answer = (await ask(root, 'DescribeTable', { TableName })) as {
    readonly Table: { readonly LatestStreamArn: string }
  }
  return answer.Table.LatestStreamArn
}

async function iteratorRequest(): Promise<object> {
  const StreamArn = await streamArn()
  const described = (await ask(root, 'DescribeStream', { StreamArn })) as {
    readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] }
  }
  const ShardId = described.StreamDescription.Shards[0]?.ShardId
  return { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
}

const onStream = (action: string) => async (): Promise<readonly Needed[]> => [
  [action, await streamArn()],
]

/** A policy about somebody who never asks. */
const harmless = (Resource: string) =>
  JSON.stringify({
    Statement: { ...allow('dynamodb:GetItem', Resource), Principal: { AWS: '999999999999' } },
  })

const harmlessToStream = (arn: string) => harmless(arn).replace('GetItem', 'GetRecords')

/** Every operation that is built, with a request that succeeds for an administrator. */
const walked: Readonly<Record<string, Walked>> = {
  BatchExecuteStatement: plain(
    {
      Statements: [
        { Statement: `INSERT INTO "Other" VALUE {'User': 'x', 'Game': 'y'}` },
        { Statement: `DELETE FROM Games WHERE "User" = 'no' AND Game = 'no'` },
      ],
    },
    ['PartiQLInsert', `${tables}/Other`],
    ['PartiQLDelete', games],
  ),
  BatchGetItem: plain(
    { RequestItems: { Games: { Keys: [Key] }, [`${tables}/Other`]: { Keys: [Key] } } },
    ['BatchGetItem', games],
    ['BatchGetItem', `${tables}/Other`],
  ),
  BatchWriteItem: plain(
    { RequestItems: { Games: [{ PutRequest: { Item } }], Other: [{ DeleteRequest: { Key } }] } },
    ['BatchWriteItem', games],
    ['BatchWriteItem', `${tables}/Other`],
  ),
  CreateTable: {
    before: without,
    request: () => ({ ...newTable, ResourcePolicy: harmless(`${tables}/New`) }),
    needs: [
      ['CreateTable', `${tables}/New`],
      ['TagResource', `${tables}/New`],
      ['PutResourcePolicy', `${tables}/New`],
    ],
  },
  DeleteItem: plain({ TableName: 'Other', Key }, ['DeleteItem', `${tables}/Other`]),
  DeleteResourcePolicy: plain({ ResourceArn: `${tables}/Other` }, [
    'DeleteResourcePolicy',
    `${tables}/Other`,
  ]),
  DeleteTable: {
    before: withNew,
    request: () => ({ TableName: 'New' }),
    needs: [['DeleteTable', `${tables}/New`]],
  },
  DescribeContinuousBackups: plain({ TableName }, ['DescribeContinuousBackups', games]),
  DescribeEndpoints: plain({}, ['DescribeEndpoints', '*']),
  DescribeLimits: plain({}, ['DescribeLimits', '*']),
  DescribeStream: {
    request: async () => ({ StreamArn: await streamArn() }),
    needs: onStream('DescribeStream'),
  },
  DescribeTable: plain({ TableName: games }, ['DescribeTable', games]),
  DescribeTableReplicaAutoScaling: {
    ...plain({ TableName }, ['DescribeTableReplicaAutoScaling', games]),
    comesTo: "ResourceNotFoundException: Global table with name: 'Games' does not exist.",
  },
  DescribeTimeToLive: plain({ TableName }, ['DescribeTimeToLive', games]),
  ExecuteStatement: plain({ Statement: 'SELECT * FROM Games.ByTeam' }, [
    'PartiQLSelect',
    `${games}/index/ByTeam`,
  ]),
  ExecuteTransaction: plain(
    {
      TransactStatements: [
        {
          Statement: `EXISTS(SELECT * FROM Games WHERE "User"='app' AND Game='chess' AND Score > 0)`,
        },
        { Statement: `UPDATE Other SET Score = 1 WHERE "User" = 'kept' AND Game = 'kept'` },
      ],
    },
    ['PartiQLSelect', games],
    ['PartiQLUpdate', `${tables}/Other`],
  ),
  GetItem: plain({ TableName, Key }, ['GetItem', games]),
  GetRecords: {
    request: async () => ask(root, 'GetShardIterator', await iteratorRequest()) as Promise<object>,
    needs: onStream('GetRecords'),
  },
  GetShardIterator: { request: iteratorRequest, needs: onStream('GetShardIterator') },
  ListStreams: plain({ TableName }, ['ListStreams', '*']),
  GetResourcePolicy: {
    before: async () =>
      ask(root, 'PutResourcePolicy', { ResourceArn: games, Policy: harmless(games) }),
    request: () => ({ ResourceArn: games }),
    needs: [['GetResourcePolicy', games]],
  },
  ListTables: plain({}, ['ListTables', '*']),
  ListTagsOfResource: plain({ ResourceArn: games }, ['ListTagsOfResource', games]),
  PutItem: plain({ TableName, Item }, ['PutItem', games]),
  PutResourcePolicy: {
    request: async () => {
      const ResourceArn = await streamArn()
      return { ResourceArn, Policy: harmlessToStream(ResourceArn) }
    },
    needs: onStream('PutResourcePolicy'),
  },
  Query: plain({ TableName, ...byUser('app') }, ['Query', games]),
  Scan: plain({ TableName, IndexName: 'ByTeam' }, ['Scan', `${games}/index/ByTeam`]),
  SearchVectors: plain(
    { TableName, IndexName: 'ByLooks', SearchVector: [{ N: '1' }, { N: '2' }], TopK: 3 },
    ['SearchVectors', `${games}/index/ByLooks`],
  ),
  TagResource: plain({ ResourceArn: games, Tags: [{ Key: 'k', Value: 'v' }] }, [
    'TagResource',
    games,
  ]),
  TransactGetItems: plain(
    { TransactItems: [{ Get: { TableName, Key } }, { Get: { TableName: 'Other', Key } }] },
    ['GetItem', games],
    ['GetItem', `${tables}/Other`],
  ),
  TransactWriteItems: plain(
    {
      TransactItems: [
        { Put: { TableName, Item } },
        { Delete: { TableName: 'Other', Key } },
        { Update: { TableName: 'Other', Key: { ...Key, Game: S('go') }, ...setScore } },
        {
          ConditionCheck: {
            TableName,
            Key: { ...Key, Game: S('go') },
            ConditionExpression: 'attribute_not_exists(Game)',
          },
        },
      ],
    },
    ['PutItem', games],
    ['DeleteItem', `${tables}/Other`],
    ['UpdateItem', `${tables}/Other`],
    ['ConditionCheckItem', games],
  ),
  UntagResource: plain({ ResourceArn: games, TagKeys: ['k'] }, ['UntagResource', games]),
  UpdateItem: plain({ TableName, Key, ...setScore }, ['UpdateItem', games]),
  UpdateTable: {
    before: async () => {
      await ask(root, 'DeleteTable', { TableName: 'New' })
      await ask(root, 'CreateTable', newTable)
    },
    request: () => ({ TableName: 'New', DeletionProtectionEnabled: false }),
    needs: [['UpdateTable', `${tables}/New`]],
  },
  UpdateTableReplicaAutoScaling: {
    ...plain({ TableName }, ['UpdateTableReplicaAutoScaling', games]),
    comesTo: "ResourceNotFoundException: Global table with name: 'Games' does not exist.",
  },
  UpdateTimeToLive: {
    before: async () => {
      await ask(root, 'DeleteTable', { TableName: 'New' })
      await ask(root, 'CreateTable', newTable)
    },
    request: () => ({
      TableName: 'New',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
    }),
    needs: [['UpdateTimeToLive', `${tables}/New`]],
  },
}

const built = [...dynamodb.operations, ...dynamodbStreams.operations].map(({ name }) => name)

describe('every operation that is built', () => {
  test('is walked, and the permissions of all are known', () => {
    expect(Object.keys(walked).sort()).toEqual([...built].sort())
    expect(built.filter((name) => !operationPermissions.has(name))).toEqual([])
  })

  test.each(built)('%s needs each of its permissions, and no other', async (name) => {
    const { before, request, needs, comesTo = answered } = walked[name] as Walked
    await ask(root, 'PutItem', { TableName: 'Other', Item: { User: S('kept'), Game: S('kept') } })
    await ask(root, 'DeleteItem', { TableName: 'Other', Key: { User: S('x'), Game: S('y') } })
    await before?.()
    const needed = typeof needs === 'function' ? await needs() : needs
    const sent = await request()
    for (const missing of needed) {
      const [action, resource] = missing
      const others = needed.filter((each) => each !== missing)
      const elsewhere = resource === '*' ? [] : [allow(`dynamodb:${action}`, `${tables}/Elsewhere`)]
      const user = userWith(
        allow('s3:*'),
        ...elsewhere,
        ...others.map(([each, on]) => allow(`dynamodb:${each}`, on)),
      )
      expect(await ask(user, name, sent)).toBe(
        `AccessDeniedException: User: ${user.arn} is not authorized to perform: ` +
          `dynamodb:${action} on resource: ${resource} because no identity-based policy allows ` +
          `the dynamodb:${action} action`,
      )
    }
    const permitted = userWith(...needed.map(([each, on]) => allow(`dynamodb:${each}`, on)))
    expect(await ask(permitted, name, sent)).toEqual(comesTo)
  })

  const onResources = built.filter(
    (name) => !/^(List|Describe(Endpoints|Limits)|CreateTable)/.test(name),
  )

  const administrator = { ...root, arn: root.arn.replace('root', 'user/ada'), userName: 'ada' }

  test.each([...onResources, 'ListTagsOfResource'])(
    '%s is refused to an administrator by the policy of each resource',
    async (name) => {
      const { before, request, needs, comesTo = answered } = walked[name] as Walked
      await before?.()
      const sent = await request()
      for (const [action, resource] of typeof needs === 'function' ? await needs() : needs) {
        const ResourceArn = resource.replace(/\/index\/.*/, '')
        const Action = `dynamodb:${action}`
        const statement = { Effect: 'Deny', Principal: '*', Action, Resource: resource }
        const Policy = JSON.stringify({ Statement: statement })
        expect(await ask(root, 'PutResourcePolicy', { ResourceArn, Policy })).toEqual(answered)
        const refusal = (arn: string) =>
          `AccessDeniedException: User: ${arn} is not authorized to perform: ${Action} on ` +
          `resource: ${resource} with an explicit deny in a resource-based policy`
        expect(await ask(administrator, name, sent)).toBe(refusal(administrator.arn))
        if (!name.endsWith('ResourcePolicy'))
          expect(await ask(root, name, sent)).toBe(refusal(root.arn))
        await ask(root, 'DeleteResourcePolicy', { ResourceArn })
      }
      await before?.()
      expect(await ask(root, name, await request())).toEqual(comesTo)
    },
  )

  test('those that are not built answer everybody alike', () => {
    const modelled = [dynamodbCodec, streamsCodec].flatMap((codec) =>
      [...codec.operationNames()].map((name) => [name, `${codec.targetPrefix}.${name}`] as const),
    )
    const others = modelled.filter(([name]) => !built.includes(name))
    expect(others.length).toBeGreaterThan(20)
    for (const [, target] of others) {
      expect(parts.dispatcher.find(target)).toBeUndefined()
      expect(parts.dispatcher.refusalOf(target).kind.name).toBe('UnknownOperationException')
    }
  })

  test('denied explicitly names the policy', async () => {
    const user = userWith(allow('*'), { ...allow('dynamodb:GetItem'), Effect: 'Deny' })
    expect(await ask(user, 'GetItem', { TableName, Key })).toBe(
      `AccessDeniedException: User: ${user.arn} is not authorized to perform: dynamodb:GetItem ` +
        `on resource: ${games} with an explicit deny in an identity-based policy`,
    )
  })
})

describe('the announcement: a user with only PutItem', () => {
  const writer = userWith(allow('dynamodb:PutItem', games))
  const put = (game: string) => ({ Put: { TableName, Item: { User: S('app'), Game: S(game) } } })
  const gone = { Delete: { TableName, Key } }

  test('sends puts in a transaction, and is refused when a delete is among them', async () => {
    expect(
      await ask(writer, 'TransactWriteItems', { TransactItems: [put('a'), put('b')] }),
    ).toEqual({})
    const mixed = { TransactItems: [put('c'), gone] }
    expect(await refused(writer, 'TransactWriteItems', mixed)).toBe('DeleteItem table/Games')
    const read = await ask(root, 'GetItem', { TableName, Key: { User: S('app'), Game: S('c') } })
    expect(read).toEqual({})
  })

  test('and cannot send them in a batch, which is an action of its own', async () => {
    const request = { RequestItems: { Games: [{ PutRequest: { Item } }] } }
    expect(await refused(writer, 'BatchWriteItem', request)).toBe('BatchWriteItem table/Games')
  })
})

describe('the order of refusals', () => {
  const nobody = userWith(allow('s3:*'))
  const denied = /^AccessDeniedException: /

  test('constraints of the model come before, so that the resource is known', async () => {
    expect(await ask(nobody, 'GetItem', { Key })).toMatch(/^ValidationException: .*tableName/i)
  })

  test.each<[string, string, object]>([
    ['a table that is not there', 'GetItem', { TableName: 'Missing', Key }],
    ['a key that is none', 'GetItem', { TableName, Key: { Nothing: S('x') } }],
    ['an expression that is none', 'Scan', { TableName, FilterExpression: '(' }],
    [
      'a stream that is not there',
      'DescribeStream',
      { StreamArn: `${games}/stream/2026-01-01T00:00:00.000` },
    ],
    ['a SELECT that is refused', 'ExecuteStatement', { Statement: 'SELECT COUNT(*) FROM Absent' }],
  ])('%s comes after', async (_, operation, request) => {
    expect(await ask(nobody, operation, request)).toMatch(denied)
  })

  test('a text that is no statement, or no iterator, is told so', async () => {
    expect(await ask(nobody, 'ExecuteStatement', { Statement: 'SELECT FROM' })).toMatch(
      /^ValidationException: /,
    )
    expect(await ask(nobody, 'GetRecords', { ShardIterator: `${await streamArn()}|1|AAAA` })).toBe(
      'ValidationException: Invalid ShardIterator',
    )
  })
})

describe('a table has one ARN', () => {
  const cautious = userWith(allow('*'), { ...allow('*', `${tables}/Games`), Effect: 'Deny' })

  test.each(['Games', games, 'arn:aws:dynamodb:us-east-1:000000000000:table/Games'])(
    'whether it is called %s',
    async (name) => {
      const allowed = userWith(allow('*', games))
      expect(await refused(cautious, 'GetItem', { TableName: name, Key })).toBe(
        'GetItem table/Games',
      )
      expect(await refused(allowed, 'GetItem', { TableName: name, Key })).toBeUndefined()
      const Statement = `SELECT * FROM "${name}"`
      expect(await refused(cautious, 'ExecuteStatement', { Statement })).toBe(
        'PartiQLSelect table/Games',
      )
    },
  )
})

/** Fine-grained access as the developer guide sets it up: own items, some attributes. */
const ownItems = (...actions: readonly string[]) => ({
  ...allow(actions, [games, `${games}/index/*`]),
  Condition: {
    'ForAllValues:StringEquals': {
      'dynamodb:LeadingKeys': ['${aws:username}'],
      'dynamodb:Attributes': ['User', 'Game', 'Score'],
    },
    StringEqualsIfExists: {
      'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
      'dynamodb:ReturnValues': 'NONE',
    },
  },
})

describe('fine-grained access', () => {
  const player = userWith(ownItems('dynamodb:*Item', 'dynamodb:Query', 'dynamodb:PartiQL*'))
  const ofBob = { User: S('bob'), Game: S('chess') }
  const ProjectionExpression = 'Score'
  const batchOf = (...Keys: readonly object[]) => ({
    RequestItems: { Games: { Keys, ProjectionExpression } },
  })
  const statement = (Statement: string, ...Parameters: readonly object[]) => ({
    Statement,
    ...(Parameters.length > 0 && { Parameters }),
  })
  const noGame = { ...Key, Game: S('none') }

  test.each<[string, string, object]>([
    ['a read of named attributes', 'GetItem', { TableName, Key, ProjectionExpression }],
    ['legacy names', 'GetItem', { TableName, Key, AttributesToGet: ['Score'] }],
    [
      'names behind placeholders',
      'GetItem',
      { TableName, Key, ProjectionExpression: '#s.a', ExpressionAttributeNames: { '#s': 'Score' } },
    ],
    ['a put', 'PutItem', { TableName, Item }],
    ['an update', 'UpdateItem', { TableName, Key, ...setScore }],
    ['own keys of a batch', 'BatchGetItem', batchOf(Key, noGame)],
    [
      'a query of the own partition',
      'Query',
      { TableName, ...byUser('app'), ProjectionExpression },
    ],
    [
      'a legacy query',
      'Query',
      {
        TableName,
        AttributesToGet: ['Score'],
        KeyConditions: { User: { ComparisonOperator: 'EQ', AttributeValueList: [S('app')] } },
      },
    ],
    ['a transaction', 'TransactWriteItems', { TransactItems: [{ Put: { TableName, Item } }] }],
    [
      'a SELECT by key',
      'ExecuteStatement',
      statement(`SELECT Score FROM Games WHERE "User" = 'app'`),
    ],
    [
      'a SELECT by IN',
      'ExecuteStatement',
      statement(`SELECT Score FROM Games WHERE "User" IN [?]`, S('app')),
    ],
    [
      'an UPDATE',
      'ExecuteStatement',
      statement(`UPDATE Games SET Score = 7 WHERE "User" = ? AND Game = 'chess'`, S('app')),
    ],
  ])('%s is allowed', async (_, operation, request) => {
    expect(await ask(player, operation, request)).toEqual(answered)
  })

  test.each<[string, string, object]>([
    ['an item of another', 'GetItem', { TableName, Key: ofBob, ProjectionExpression }],
    ['all attributes', 'GetItem', { TableName, Key }],
    ['another attribute', 'GetItem', { TableName, Key, ProjectionExpression: 'Score, Team' }],
    ['another attribute of legacy names', 'GetItem', { TableName, Key, AttributesToGet: ['Team'] }],
    [
      'another attribute behind a placeholder',
      'GetItem',
      { TableName, Key, ProjectionExpression: '#t', ExpressionAttributeNames: { '#t': 'Team' } },
    ],
    ['a put of another attribute', 'PutItem', { TableName, Item: { ...Item, Team: S('x') } }],
    [
      'a condition on another attribute',
      'PutItem',
      { TableName, Item, ConditionExpression: 'attribute_exists(Team)' },
    ],
    [
      'Expected of another attribute',
      'PutItem',
      { TableName, Item, Expected: { Team: { Exists: false } } },
    ],
    ['a put that gives the old item', 'PutItem', { TableName, Item, ReturnValues: 'ALL_OLD' }],
    [
      'a put that gives it when it fails',
      'PutItem',
      {
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(Score)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ],
    [
      'an update of another attribute',
      'UpdateItem',
      { TableName, Key, UpdateExpression: 'SET Score = Team' },
    ],
    [
      'a legacy update of another attribute',
      'UpdateItem',
      { TableName, Key, AttributeUpdates: { Team: { Action: 'DELETE' } } },
    ],
    ['a delete of another item', 'DeleteItem', { TableName, Key: ofBob }],
    ['a key of another in a batch', 'BatchGetItem', batchOf(Key, ofBob)],
    [
      'a key of another under the ARN',
      'BatchGetItem',
      {
        RequestItems: {
          ...batchOf(Key).RequestItems,
          [games]: { Keys: [ofBob], ProjectionExpression },
        },
      },
    ],
    ['all attributes in a batch', 'BatchGetItem', { RequestItems: { Games: { Keys: [Key] } } }],
    [
      'a write of another in a batch',
      'BatchWriteItem',
      { RequestItems: { Games: [{ PutRequest: { Item } }, { DeleteRequest: { Key: ofBob } }] } },
    ],
    ['another partition', 'Query', { TableName, ...byUser('bob'), ProjectionExpression }],
    ['COUNT', 'Query', { TableName, ...byUser('app'), Select: 'COUNT' }],
    [
      'a filter on another attribute',
      'Query',
      {
        TableName,
        ...byUser('app'),
        ProjectionExpression,
        FilterExpression: 'attribute_exists(Team)',
      },
    ],
    [
      'QueryFilter on another attribute',
      'Query',
      {
        TableName,
        AttributesToGet: ['Score'],
        KeyConditions: { User: { ComparisonOperator: 'EQ', AttributeValueList: [S('app')] } },
        QueryFilter: { Team: { ComparisonOperator: 'NULL' } },
      },
    ],
    [
      'a transacted put of another',
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName, Item } }, { Put: { TableName, Item: ofBob } }] },
    ],
    [
      'a transacted check that gives the item',
      'TransactWriteItems',
      {
        TransactItems: [
          {
            ConditionCheck: {
              TableName,
              Key,
              ConditionExpression: 'attribute_exists(Game)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      },
    ],
    [
      'a SELECT of another partition',
      'ExecuteStatement',
      statement(`SELECT Score FROM Games WHERE "User" = ?`, S('bob')),
    ],
    [
      'a SELECT of two partitions',
      'ExecuteStatement',
      statement(`SELECT Score FROM Games WHERE "User" = 'app' OR "User" = 'bob'`),
    ],
    [
      'a SELECT of all columns',
      'ExecuteStatement',
      statement(`SELECT * FROM Games WHERE "User" = 'app'`),
    ],
    [
      'a SELECT by another attribute',
      'ExecuteStatement',
      statement(`SELECT Score FROM Games WHERE "User" = 'app' AND Team = 'x'`),
    ],
    [
      'an INSERT for another',
      'ExecuteStatement',
      statement(`INSERT INTO Games VALUE {'User': 'bob', 'Game': 'x'}`),
    ],
    [
      'an UPDATE of another',
      'ExecuteStatement',
      statement(`UPDATE Games SET Score = 7 WHERE "User" = 'bob' AND Game = 'chess'`),
    ],
    [
      'an UPDATE that gives the item',
      'ExecuteStatement',
      statement(
        `UPDATE Games SET Score = 7 WHERE "User" = 'app' AND Game = 'chess' RETURNING ALL OLD *`,
      ),
    ],
    [
      'a DELETE of another in a batch',
      'BatchExecuteStatement',
      { Statements: [statement(`DELETE FROM Games WHERE "User" = 'bob' AND Game = 'chess'`)] },
    ],
    [
      'a DELETE of another in a transaction',
      'ExecuteTransaction',
      {
        TransactStatements: [
          statement(`DELETE FROM Games WHERE "User" = 'bob' AND Game = 'chess'`),
        ],
      },
    ],
  ])('%s is refused', async (_, operation, request) => {
    expect(await refused(player, operation, request)).toMatch(/ table\/Games$/)
    expect(await ask(root, 'GetItem', { TableName, Key: ofBob })).toMatchObject({
      Item: { Score: { N: '1' } },
    })
  })

  test('an index is queried by its own key, and on its own ARN', async () => {
    const query = {
      TableName,
      IndexName: 'ByTeam',
      KeyConditionExpression: 'Team = :t',
      ExpressionAttributeValues: { ':t': S('red') },
    }
    const reds = (resource: string) => ({
      ...allow('dynamodb:Query', resource),
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'red' } },
    })
    const reader = userWith(reds(`${games}/index/ByTeam`))
    expect(await ask(reader, 'Query', query)).toMatchObject({ Count: 1 })
    const blue = { ...query, ExpressionAttributeValues: { ':t': S('blue') } }
    expect(await refused(reader, 'Query', blue)).toBe('Query table/Games/index/ByTeam')
    expect(await refused(reader, 'Query', { TableName, ...byUser('red') })).toBe(
      'Query table/Games',
    )
    expect(await refused(userWith(reds(games)), 'Query', query)).toBe(
      'Query table/Games/index/ByTeam',
    )
  })

  test('a number is compared in its canonical form', async () => {
    await ask(root, 'CreateTable', {
      ...newTable,
      TableName: 'Numbered',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    })
    const reader = userWith({
      ...allow('dynamodb:GetItem'),
      Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': '100' } },
    })
    const get = (N: string) => ({ TableName: 'Numbered', Key: { id: { N } } })
    expect(await ask(reader, 'GetItem', get('1.00e2'))).toEqual({})
    expect(await refused(reader, 'GetItem', get('101'))).toBe('GetItem table/Numbered')
  })
})

describe('what else a condition asks', () => {
  test('EnclosingOperation: what may be done in transactions alone', async () => {
    const onlyIn = (operation: string) =>
      userWith({
        ...allow(['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:PartiQLInsert']),
        Condition: { StringEquals: { 'dynamodb:EnclosingOperation': operation } },
      })
    const writer = onlyIn('TransactWriteItems')
    const puts = { TransactItems: [{ Put: { TableName: 'Other', Item } }] }
    expect(await ask(writer, 'TransactWriteItems', puts)).toEqual({})
    expect(await refused(writer, 'PutItem', { TableName: 'Other', Item })).toBe(
      'PutItem table/Other',
    )
    const gets = { TransactItems: [{ Get: { TableName, Key } }] }
    expect(await refused(writer, 'TransactGetItems', gets)).toBe('GetItem table/Games')
    expect(await ask(onlyIn('TransactGetItems'), 'TransactGetItems', gets)).toEqual(answered)
    const Statement = `INSERT INTO Other VALUE {'User': 'p', 'Game': 'q'}`
    const inserts = { TransactStatements: [{ Statement }] }
    expect(await ask(onlyIn('ExecuteTransaction'), 'ExecuteTransaction', inserts)).toEqual(answered)
    expect(await refused(onlyIn('ExecuteTransaction'), 'ExecuteStatement', { Statement })).toBe(
      'PartiQLInsert table/Other',
    )
  })

  test('FullTableScan: a SELECT that names no partition', async () => {
    const reader = userWith(allow('dynamodb:PartiQL*'), {
      ...allow('dynamodb:PartiQLSelect'),
      Effect: 'Deny',
      Condition: { Bool: { 'dynamodb:FullTableScan': 'true' } },
    })
    const select = (where: string) => ({ Statement: `SELECT * FROM Games${where}` })
    expect(await ask(reader, 'ExecuteStatement', select(` WHERE "User" = 'app'`))).toEqual(answered)
    expect(await ask(reader, 'ExecuteStatement', select(` WHERE "User" IN ['app']`))).toEqual(
      answered,
    )
    for (const where of [
      '',
      ` WHERE Team = 'red'`,
      ` WHERE "User" > 'a'`,
      ` WHERE "User"='app' OR Score=1`,
    ]) {
      expect(await refused(reader, 'ExecuteStatement', select(where))).toBe(
        'PartiQLSelect table/Games',
      )
    }
  })

  test('tags of the table, and tags of the request', async () => {
    const tester = userWith(
      {
        ...allow('dynamodb:*'),
        Condition: { StringEquals: { 'aws:ResourceTag/stage': 'test' } },
      },
      {
        ...allow('dynamodb:*'),
        Effect: 'Deny',
        Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'stage' } },
      },
    )
    const index = { TableName, IndexName: 'ByTeam' }
    expect(await ask(tester, 'Scan', index)).toEqual(answered)
    expect(await refused(tester, 'Scan', { ...index, TableName: 'Other' })).toBe(
      'Scan table/Other/index/ByTeam',
    )
    const untag = (...TagKeys: readonly string[]) => ({ ResourceArn: games, TagKeys })
    expect(await ask(tester, 'UntagResource', untag('x'))).toEqual({})
    expect(await refused(tester, 'UntagResource', untag('x', 'stage'))).toBe(
      'UntagResource table/Games',
    )
    const tag = { ResourceArn: games, Tags: [{ Key: 'stage', Value: 'live' }] }
    expect(await refused(tester, 'TagResource', tag)).toBe('TagResource table/Games')
  })

  test('where a request comes from', async () => {
    const home = userWith({
      ...allow('dynamodb:ListTables'),
      Condition: {
        IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
        StringLike: { 'aws:UserAgent': 'aws-cli/*' },
        Bool: { 'aws:SecureTransport': 'true' },
      },
    })
    const sender = { sourceIp: '10.1.2.3', userAgent: 'aws-cli/2', secureTransport: true }
    expect(await ask(home, 'ListTables', {}, sender)).toEqual(answered)
    for (const other of [
      { ...sender, sourceIp: '11.1.2.3' },
      { ...sender, userAgent: 'Boto3' },
      { ...sender, secureTransport: false },
      undefined,
    ]) {
      expect(await ask(home, 'ListTables', {}, other)).toMatch(/^AccessDeniedException: /)
    }
  })
})

describe('what cannot be worked out is not performed', () => {
  const reader = userWith(ownItems('dynamodb:GetItem'), ownItems('dynamodb:BatchGetItem'))

  test('an expression that is none has its own text', async () => {
    const request = { TableName, Key, ProjectionExpression: '(' }
    expect(await ask(reader, 'GetItem', request)).toMatch(
      /^ValidationException: Invalid ProjectionExpression: Syntax error/,
    )
  })

  test('a key of another form has none that could be another one', async () => {
    const request = { TableName, Key: { Game: S('chess') }, ProjectionExpression: 'Score' }
    expect(await ask(reader, 'GetItem', request)).toBe(
      'ValidationException: The provided key element does not match the schema',
    )
  })
})
