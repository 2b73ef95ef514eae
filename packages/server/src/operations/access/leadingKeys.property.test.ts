import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Principal } from '../../access/accessKeys.ts'
import type { DatabaseParts } from '../../cli/databaseParts.ts'
import { ApiError } from '../../errors/apiError.ts'
import { openGated, root, userWith } from '../../testing/gatedDatabase.ts'

/** Somebody who may do anything to his own items, and read nothing as a whole. */
const own = userWith(
  {
    Effect: 'Allow',
    Action: 'dynamodb:*',
    Resource: '*',
    Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${aws:username}' } },
  },
  { Effect: 'Deny', Action: 'dynamodb:Scan', Resource: '*' },
  {
    Effect: 'Deny',
    Action: 'dynamodb:PartiQLSelect',
    Resource: '*',
    Condition: { Bool: { 'dynamodb:FullTableScan': 'true' } },
  },
)

type Answer = Record<string, unknown> & {
  readonly Items?: readonly { readonly u: { readonly S: string } }[]
}

let parts: DatabaseParts

async function ask(principal: Principal, operation: string, request: object): Promise<Answer> {
  const served = parts.dispatcher.find(`DynamoDB_20120810.${operation}`)
  const context = { requestId: '', region: 'us-east-1', accessKeyId: 'K', principal }
  const body = await served?.perform(JSON.stringify(request), context)
  return JSON.parse(Buffer.from(body ?? '').toString() || '{}') as Answer
}

/** Undefined for a request that is refused, for whatever reason. */
async function tried(operation: string, request: object): Promise<Answer | undefined> {
  try {
    return await ask(own, operation, request)
  } catch (error) {
    if (error instanceof ApiError && error.kind.statusCode < 500) return undefined
    throw error
  }
}

const items = ['app', 'bob', 'eve'].flatMap((u) =>
  ['x', 'y'].map((k) => ({ u: { S: u }, k: { S: k }, v: { S: u } })),
)

const ofOthers = async (): Promise<unknown> => {
  const { Items = [] } = await ask(root, 'Scan', { TableName: 'Tab', ConsistentRead: true })
  return Items.filter(({ u }) => u.S !== 'app')
}

beforeAll(async () => {
  parts = await openGated()
  await ask(root, 'CreateTable', {
    TableName: 'Tab',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['u', 'k'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: 'u', KeyType: 'HASH' },
      { AttributeName: 'k', KeyType: 'RANGE' },
    ],
  })
  for (const Item of items) await ask(root, 'PutItem', { TableName: 'Tab', Item })
  return () => parts.close()
})

const user = fc.constantFrom(`'app'`, `'app'`, `'bob'`, `'eve'`)
const { where } = fc.letrec<{ where: string; term: string }>((tie) => ({
  term: fc.oneof(
    user.map((value) => `u = ${value}`),
    user.map((value) => `${value} = u`),
    fc.array(user, { minLength: 1, maxLength: 3 }).map((list) => `u IN [${list.join(', ')}]`),
    fc.constantFrom(`k = 'x'`, `k > 'a'`, `k IN ['x', 'y']`, `v = 'bob'`, `begins_with(u, 'b')`),
    fc.tuple(user, user).map(([low, high]) => `u BETWEEN ${low} AND ${high}`),
  ),
  where: fc.oneof(
    { maxDepth: 3 },
    tie('term'),
    fc.tuple(tie('where'), tie('where')).map(([a, b]) => `(${a}) AND (${b})`),
    fc.tuple(tie('where'), tie('where')).map(([a, b]) => `(${a}) OR (${b})`),
    tie('where').map((a) => `NOT (${a})`),
  ),
}))

test('whatever a SELECT asks, it gives own items alone', async () => {
  let answers = 0
  await fc.assert(
    fc.asyncProperty(where, async (condition) => {
      const Statement = `SELECT * FROM Tab WHERE ${condition}`
      const answer = await tried('ExecuteStatement', { Statement })
      for (const { u } of answer?.Items ?? []) expect(u.S).toBe('app')
      if ((answer?.Items ?? []).length > 0) answers += 1
    }),
    { numRuns: 2000 },
  )
  expect(answers).toBeGreaterThan(50)
})

test('whatever a write asks, the items of others stay', async () => {
  const before = await ofOthers()
  const write = fc.oneof(
    where.map((condition) => `UPDATE Tab SET v = 'mine' WHERE ${condition}`),
    fc.tuple(where, where).map(([a, b]) => `DELETE FROM Tab WHERE ${a} AND ${b} AND k = 'x'`),
    user.map((value) => `INSERT INTO Tab VALUE {'u': ${value}, 'k': 'new'}`),
    fc
      .tuple(user, user)
      .map(([a, b]) => `UPDATE Tab SET v = 'mine' WHERE u=${a} AND k='x' AND u=${b}`),
  )
  let done = 0
  await fc.assert(
    fc.asyncProperty(write, fc.nat(2), async (Statement, way) => {
      const [operation, request] = [
        ['ExecuteStatement', { Statement }],
        ['BatchExecuteStatement', { Statements: [{ Statement }] }],
        ['ExecuteTransaction', { TransactStatements: [{ Statement }] }],
      ][way] as [string, object]
      if ((await tried(operation, request)) !== undefined) done += 1
    }),
    { numRuns: 1000 },
  )
  expect(done).toBeGreaterThan(20)
  expect(await ofOthers()).toEqual(before)
})
