import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

const s = (S: string): object => ({ S })
const n = (N: number): object => ({ N: String(N) })

let plane: DataPlane
beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable('Orders', ['pk:S', 'sk:N'])
  for (const pk of ['a', 'b']) {
    for (let sk = 1; sk <= 4; sk++) {
      const Item = { pk: s(pk), sk: n(sk), v: n(sk * 10), m: { M: { x: { L: [n(sk)] } } } }
      await plane.call('PutItem', { TableName: 'Orders', Item })
    }
  }
})

const execute = (Statement: string, more: object = {}): Promise<Record<string, unknown>> =>
  plane.call('ExecuteStatement', { Statement, ...more })

/** The sort keys of what a statement finds, behind the partition keys. */
async function keysOf(condition: string, more: object = {}): Promise<string[]> {
  const { Items, message } = await execute(`SELECT pk, sk FROM Orders ${condition}`, more)
  if (Items === undefined) return [String(message)]
  return (Items as { pk: { S: string }; sk: { N: string } }[]).map(({ pk, sk }) => pk.S + sk.N)
}

describe('SELECT', () => {
  it.each([
    ["WHERE pk = 'a'", ['a1', 'a2', 'a3', 'a4']],
    ["WHERE 'a' = pk AND 2 < sk", ['a3', 'a4']],
    ["WHERE pk = 'a' AND sk >= 2 AND sk < 4", ['a2', 'a3']],
    ["WHERE pk = 'a' AND sk BETWEEN 2 AND 3", ['a2', 'a3']],
    ["WHERE pk = 'a' AND sk > 3 AND sk < 2", []],
    ["WHERE pk = 'a' AND sk IN (4, 1, 1, 9)", ['a1', 'a4']],
    ["WHERE pk = 'a' AND sk IN (1, 2, 3) AND sk IN (2, 3) AND sk IN (3, 4)", ['a3']],
    ["WHERE pk = 'a' AND sk = 2", ['a2']],
    ["WHERE pk = 'a' AND sk = 2 AND sk = 3", []],
    ["WHERE pk = 'a' AND pk = 'b' AND sk = 2", []],
    ["WHERE pk = 'a' AND sk = 2 AND v = 3", []],
    ["WHERE pk = 'a' AND sk <> 2", ['a1', 'a3', 'a4']],
    ["WHERE pk = 'a' AND NOT v IN [10, 20]", ['a3', 'a4']],
    ["WHERE pk IN ['b', 'a'] AND sk = 1", ['b1', 'a1']],
    ["WHERE (pk = 'a' OR pk = 'b') AND sk = 1", ['a1', 'b1']],
    ["WHERE (pk = 'a' AND sk > 3) OR (pk = 'b' AND sk < 2)", ['a4', 'b1']],
    ["WHERE (pk = 'a' AND sk > 2) OR (pk = 'a' AND sk >= 4)", ['a3', 'a4']],
    ["WHERE (pk = 'a' AND v = 30) OR pk = 'b' AND v = 40", ['a3', 'b4']],
    ["WHERE (pk = 'a' AND sk > 3) OR (pk = 'b' AND v = 20)", ['a4', 'b2']],
    ["WHERE (pk = 'a' AND sk = 4) OR pk = 'a'", ['a1', 'a2', 'a3', 'a4']],
    ["WHERE pk = 'a' ORDER BY sk DESC", ['a4', 'a3', 'a2', 'a1']],
    ["WHERE pk = 'a' AND sk IN (1, 3) ORDER BY sk DESC", ['a3', 'a1']],
    ["WHERE pk IN ['a', 'b'] AND sk > 3 ORDER BY pk DESC", ['b4', 'a4']],
    ["WHERE pk = 'a' AND m.x[0] = 3 -- the third\n", ['a3']],
    ["WHERE pk = 'a' AND /* all */ m IS STRUCT AND m.x IS LIST", ['a1', 'a2', 'a3', 'a4']],
    ["WHERE pk = 'a' AND w IS MISSING AND v IS NOT NULL AND v IS INT4;", ['a1', 'a2', 'a3', 'a4']],
    ["WHERE pk = 'a' AND SIZE(m.x) = 1 AND Attribute_Exists(v) AND v > 30", ['a4']],
  ])('%s', async (condition, expected) => {
    expect(await keysOf(condition)).toEqual(expected)
  })

  it('finds the same where its condition names more items than are read one by one', async () => {
    const partitions = Array.from({ length: 51 }, (_, i) => `pk = '${i === 7 ? 'a' : i}'`)
    const sortKeys = Array.from({ length: 100 }, (_, i) => i + 2).join()
    const named = `(${partitions.join(' OR ')} OR pk = 'b') AND sk IN (${sortKeys})`
    expect(await keysOf(`WHERE ${named} AND v < 40`)).toEqual(['a2', 'a3', 'b2', 'b3'])
  })

  it('is of no item whose key would have to be two', async () => {
    await plane.createTable('Single', ['pk:S'])
    await execute("INSERT INTO Single VALUE {'pk': 'a'}")
    const found = (condition: string) => execute(`SELECT * FROM Single WHERE ${condition}`)
    expect(await found("pk = 'a'")).toEqual({ Items: [{ pk: s('a') }] })
    expect(await found("pk = 'a' AND pk = 'a'")).toEqual({ Items: [{ pk: s('a') }] })
    expect(await found("pk = 'a' AND pk = 'b'")).toEqual({ Items: [] })
    expect(await found("pk = 'b' AND pk = 'a'")).toEqual({ Items: [] })
  })

  it('costs what it walks through, before its filter', async () => {
    const capacity = async (condition: string): Promise<unknown> => {
      const request = { ReturnConsumedCapacity: 'TOTAL', ConsistentRead: true }
      const answer = await execute(`SELECT v FROM Orders ${condition}`, request)
      return (answer['ConsumedCapacity'] as { CapacityUnits: number }).CapacityUnits
    }
    expect(await capacity("WHERE pk = 'a' AND sk = 1")).toBe(1)
    expect(await capacity("WHERE pk = 'a' AND sk = 9")).toBe(1)
    expect(await capacity("WHERE pk = 'a' AND sk IN (1, 2, 3)")).toBe(3)
    expect(await capacity("WHERE pk = 'a' AND v = 9")).toBe(1)
    expect(await capacity('WHERE v = 9')).toBe(1)
  })

  it('names what it gives by the last names of paths', async () => {
    const { Items } = await execute(
      "SELECT m.x, m.x[0], w, sk FROM Orders WHERE pk = 'a' AND sk = 1",
    )
    expect(Items).toEqual([{ x: { L: [n(1)] }, _2: n(1), sk: n(1) }])
    const nothing = await execute('SELECT w FROM Orders', { Limit: 2 })
    expect(nothing['Items']).toEqual([{}, {}])
  })

  it.each([
    '',
    "WHERE pk IN ['b', 'a']",
    "WHERE pk = 'a' OR pk = 'b'",
    'WHERE v > 10',
    "WHERE pk IN ('a', 'b') AND sk IN (1, 2, 4)",
    "WHERE pk IN ('a', 'b') ORDER BY pk DESC, sk DESC",
  ])('goes on where a page has ended: %s', async (condition) => {
    const whole = await keysOf(condition)
    for (const Limit of [1, 2, 3, 7]) {
      const found: string[] = []
      let NextToken: unknown
      do {
        const request = { Limit, ...(NextToken !== undefined && { NextToken }) }
        const page = await execute(`SELECT pk, sk FROM Orders ${condition}`, request)
        expect(page['message']).toBeUndefined()
        const items = page['Items'] as { pk: { S: string }; sk: { N: string } }[]
        expect(items.length).toBeLessThanOrEqual(Limit)
        found.push(...items.map(({ pk, sk }) => pk.S + sk.N))
        NextToken = page['NextToken']
      } while (NextToken !== undefined)
      expect(found).toEqual(whole)
    }
  })

  it('takes a token for its own statement and parameters alone', async () => {
    const Statement = 'SELECT * FROM Orders WHERE pk = ?'
    const page = (parameter: string, NextToken?: unknown) =>
      plane.call('ExecuteStatement', {
        Statement,
        Parameters: [s(parameter)],
        Limit: 1,
        ...(NextToken !== undefined && { NextToken }),
      })
    const { NextToken } = await page('a')
    expect((await page('a', NextToken))['Items']).toMatchObject([{ sk: n(2) }])
    const mismatch = 'NextToken does not match request'
    expect(await page('b', NextToken)).toMatchObject({ message: mismatch })
    expect(await execute('SELECT * FROM Orders', { NextToken })).toMatchObject({
      message: mismatch,
    })
    const broken = `${String(NextToken).slice(0, -4)}AAAA`
    expect(await page('a', broken)).toMatchObject({ message: 'Invalid NextToken' })
    await plane.call('DeleteTable', { TableName: 'Orders' })
    await plane.createTable('Orders', ['pk:S', 'sk:N'])
    expect(await page('a', NextToken)).toMatchObject({ message: mismatch })
  })
})

describe('SELECT of an index', () => {
  const INDEXES = { ReturnConsumedCapacity: 'INDEXES' }
  const keysOnly = { ProjectionType: 'KEYS_ONLY' }
  const capacity = (CapacityUnits: number): object => ({ CapacityUnits })

  beforeEach(async () => {
    const request = {
      TableName: 'Indexed',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'g', 'l'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byG',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: keysOnly,
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'byL',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'l', KeyType: 'RANGE' },
          ],
          Projection: keysOnly,
        },
      ],
    }
    expect(await plane.call('CreateTable', request)).not.toHaveProperty('__type')
    for (const sk of ['1', '2', '3']) {
      const Item = { pk: s('a'), sk: s(sk), g: s('g'), l: s(`l${sk}`), x: s(sk) }
      await plane.call('PutItem', { TableName: 'Indexed', Item })
    }
  })

  it('costs the index, and the table for what a local one lacks', async () => {
    const ofGlobal = await execute("SELECT sk FROM Indexed.byG WHERE g = 'g'", INDEXES)
    expect(ofGlobal).toEqual({
      Items: [{ sk: s('1') }, { sk: s('2') }, { sk: s('3') }],
      ConsumedCapacity: {
        TableName: 'Indexed',
        ...capacity(0.5),
        Table: capacity(0),
        GlobalSecondaryIndexes: { byG: capacity(0.5) },
      },
    })
    const ofLocal = await execute(
      "SELECT x FROM Indexed.byL WHERE pk = 'a' ORDER BY l DESC",
      INDEXES,
    )
    expect(ofLocal).toEqual({
      Items: [{ x: s('3') }, { x: s('2') }, { x: s('1') }],
      ConsumedCapacity: {
        TableName: 'Indexed',
        ...capacity(2),
        Table: capacity(1.5),
        LocalSecondaryIndexes: { byL: capacity(0.5) },
      },
    })
  })

  it('of a local index may be strongly consistent', async () => {
    const statement = "SELECT sk FROM Indexed.byL WHERE pk = 'a'"
    expect(await execute(statement, { ConsistentRead: true, ...INDEXES })).toMatchObject({
      Items: [{ sk: s('1') }, { sk: s('2') }, { sk: s('3') }],
      ConsumedCapacity: { LocalSecondaryIndexes: { byL: capacity(1) } },
    })
  })

  it('ends a page with 1 MB of what is read, be it read from the index or the table', async () => {
    const put = (pk: string, sk: string): Promise<unknown> => {
      const Item = { pk: s(pk), sk: s(sk), l: s(sk), x: s('x'.repeat(300_000)) }
      return plane.call('PutItem', { TableName: 'Indexed', Item })
    }
    for (const sk of ['1', '2']) await put('b', sk)
    for (const sk of ['1', '2', '3']) await put('c', sk)
    const page = await execute("SELECT sk, x FROM Indexed.byL WHERE pk IN ('b', 'c')")
    expect(page['Items']).toMatchObject(['1', '2', '1', '2'].map((sk) => ({ sk: s(sk) })))
    expect(page['NextToken']).toBeDefined()
  })

  it('is so filtered where columns are read from the table, too', async () => {
    const where = "WHERE pk = 'a' AND (x = '1' OR sk = '2')"
    expect(await execute(`SELECT x FROM Indexed.byL ${where}`)).toEqual({ Items: [{ x: s('2') }] })
  })

  it.each([
    ["byG WHERE x = '1'", []],
    ["byG WHERE g = 'g' AND (x = '1' OR sk = '2')", [{ sk: s('2') }]],
    ["byG WHERE (g = 'g' OR g = 'h') AND x = '1'", []],
    ["byG WHERE g = 'g' AND x = '1' AND (sk = '1' OR sk = '2')", []],
    ["byG WHERE (g = 'g' AND x = '1') OR (g = 'g' AND sk = '2')", [{ sk: s('2') }]],
    ["byL WHERE pk = 'a' AND (x = '1' OR sk = '2')", [{ sk: s('2') }]],
    ["byL WHERE pk = 'a' AND l BETWEEN 'l2' AND 'l9'", [{ sk: s('2') }, { sk: s('3') }]],
  ])('is filtered by what the index has: %s', async (rest, Items) => {
    expect(await execute(`SELECT sk FROM Indexed.${rest}`)).toEqual({ Items })
  })
})

describe('writes', () => {
  const one = "WHERE pk = 'a' AND sk = 1"
  const item = async (): Promise<unknown> => (await execute(`SELECT * FROM Orders ${one}`))['Items']

  it('answer with no items unless they are asked for them', async () => {
    expect(await execute("INSERT INTO Orders VALUE {'pk': 'c', 'sk': 1}")).toEqual({ Items: [] })
    expect(await execute(`UPDATE Orders SET w = 1 ${one}`)).toEqual({ Items: [] })
    expect(await execute(`DELETE FROM Orders ${one}`)).toEqual({ Items: [] })
    expect(await execute(`DELETE FROM Orders ${one} RETURNING ALL OLD *`)).toEqual({ Items: [] })
    expect(await execute(`DELETE FROM Orders ${one} AND v = 1`)).toEqual({ Items: [] })
  })

  it.each([
    [
      'SET v = v + 1 SET m.x[0] = 2 REMOVE w',
      'MODIFIED NEW',
      { v: n(11), m: { M: { x: { L: [n(2)] } } } },
    ],
    ['SET v = v - 0.5', 'MODIFIED OLD', { v: n(10) }],
    ['REMOVE v', 'MODIFIED OLD', { v: n(10) }],
    ['REMOVE v', 'MODIFIED NEW', undefined],
    ['SET m.x = list_append(m.x, [?])', 'MODIFIED NEW', { m: { M: { x: { L: [n(1), n(9)] } } } }],
    ["SET t = set_add(t, <<'x', 'y'>>)", 'MODIFIED NEW', { t: { SS: ['x', 'y'] } }],
    ["SET t = SET_DELETE(t, <<'x'>>)", 'MODIFIED NEW', undefined],
  ])('%s, returning %s', async (clauses, which, returned) => {
    const more = clauses.includes('?') ? { Parameters: [n(9)] } : {}
    expect(await execute(`UPDATE Orders ${clauses} ${one} RETURNING ${which} *`, more)).toEqual({
      Items: returned === undefined ? [] : [returned],
    })
  })

  it('take FROM and WHERE first', async () => {
    const found = await execute(
      `from Orders ${one} and v = 10 set v = 1 remove m returning all new *`,
    )
    expect(found).toEqual({ Items: [{ pk: s('a'), sk: n(1), v: n(1) }] })
    expect(await item()).toEqual(found['Items'])
  })

  it('take values as deep as those of items, be they literals or parameters', async () => {
    const lists = `${'['.repeat(31)}1${']'.repeat(31)}`
    const insert = (value: string, sk: number, Parameters: readonly object[]) =>
      execute(`INSERT INTO Orders VALUE {'pk': ?, 'sk': ${sk}, 'v': ${value}}`, {
        Parameters: [s('deep'), ...Parameters],
      })
    const value = lists.replaceAll('[', '{"L":[').replaceAll(']', ']}').replace('1', '{"N":"1"}')
    expect(await insert(lists, 1, [])).toEqual({ Items: [] })
    expect(await insert('?', 2, [JSON.parse(value) as object])).toEqual({ Items: [] })
    expect(await insert(lists.replace('1', '?'), 3, [n(1)])).toEqual({ Items: [] })
    const message = expect.stringMatching(
      /^Nesting Levels have exceeded supported limits/,
    ) as unknown
    for (const deeper of [`[${lists}]`, `[${lists.replace('1', '?')}]`]) {
      const more = deeper.includes('?') ? [n(1)] : []
      expect(await insert(deeper, 4, more)).toMatchObject({ message })
    }
  })

  it('are held to the size of the item that they leave, not to what they weigh', async () => {
    const filled = s('x'.repeat(409_560))
    const Key = { pk: s('a'), sk: n(1) }
    const removal = 'REMOVE v, m'
    await plane.call('UpdateItem', { TableName: 'Orders', Key, UpdateExpression: removal })
    const request = { ExpressionAttributeValues: { ':f': filled }, UpdateExpression: 'SET w = :f' }
    expect(await plane.call('UpdateItem', { TableName: 'Orders', Key, ...request })).toEqual({})
    const more = s('x'.repeat(409_585))
    const ExpressionAttributeValues = { ':f': more }
    const message = 'Item size to update has exceeded the maximum allowed size'
    expect(
      await plane.call('UpdateItem', {
        TableName: 'Orders',
        Key,
        ...request,
        ExpressionAttributeValues,
      }),
    ).toMatchObject({ message })
    const Parameters = [more]
    expect(await execute(`UPDATE Orders SET w = ? ${one}`, { Parameters })).toEqual({ Items: [] })
    const tooMuch = { Parameters: [s('x'.repeat(409_600))] }
    expect(await execute(`UPDATE Orders SET w = ? ${one}`, tooMuch)).toMatchObject({ message })
  })

  it('cost what the operations cost that do the same', async () => {
    const INDEXES = { ReturnConsumedCapacity: 'INDEXES' }
    const consumed = { TableName: 'Orders', CapacityUnits: 2, Table: { CapacityUnits: 2 } }
    const Parameters = [s('x'.repeat(1500))]
    const update = await execute(`UPDATE Orders SET w = ? ${one}`, { Parameters, ...INDEXES })
    expect(update['ConsumedCapacity']).toEqual(consumed)
    const removal = await execute(`DELETE FROM Orders ${one}`, INDEXES)
    expect(removal['ConsumedCapacity']).toEqual(consumed)
    expect(await execute(`DELETE FROM Orders ${one}`)).toEqual({ Items: [] })
  })
})

describe('BatchExecuteStatement', () => {
  const batch = (statements: readonly (string | object)[]): Promise<Record<string, unknown>> =>
    plane.call('BatchExecuteStatement', {
      Statements: statements.map((each) => (typeof each === 'string' ? { Statement: each } : each)),
      ReturnConsumedCapacity: 'INDEXES',
    })
  const TableName = 'Orders'

  it('reads items by their keys, each by itself', async () => {
    const withoutKey = {
      Error: {
        Code: 'ValidationError',
        Message:
          'Select statements within BatchExecuteStatement must specify the primary key in the ' +
          'where clause.',
      },
    }
    const answer = await batch([
      { Statement: "SELECT sk FROM Orders WHERE pk = 'a' AND sk = 1", ConsistentRead: true },
      "SELECT * FROM Orders WHERE pk = 'a' AND sk = 9",
      "SELECT * FROM Orders WHERE pk = 'a'",
      "SELECT * FROM Orders WHERE pk = 'a' AND sk = 2 AND attribute_exists(v)",
      "SELECT * FROM Orders.Orders WHERE pk = 'a' AND sk = 2",
      "SELECT * FROM Absent WHERE pk = 'a'",
      'SELECT',
    ])
    expect(answer).toEqual({
      Responses: [
        { TableName, Item: { sk: n(1) } },
        { TableName },
        withoutKey,
        withoutKey,
        withoutKey,
        {
          TableName: 'Absent',
          Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' },
        },
        {
          Error: {
            Code: 'ValidationError',
            Message: "Statement wasn't well formed, can't be processed: Unexpected term",
          },
        },
      ],
      ConsumedCapacity: [{ TableName, CapacityUnits: 1.5, Table: { CapacityUnits: 1.5 } }],
    })
  })

  it('writes items, each by itself, and gives back none that a condition was false for', async () => {
    const answer = await batch([
      "INSERT INTO Orders VALUE {'pk': 'a', 'sk': 1}",
      "DELETE FROM Orders WHERE pk = 'a' AND sk = 2 RETURNING ALL OLD *",
      {
        Statement: "UPDATE Orders SET v = 1 WHERE pk = 'a' AND sk = 3 AND v = 1",
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      "UPDATE Orders SET pk = 'x' WHERE pk = 'a' AND sk = 4",
    ])
    expect(answer).toEqual({
      Responses: [
        {
          TableName,
          Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
        },
        { TableName, Item: { pk: s('a'), sk: n(2), v: n(20), m: { M: { x: { L: [n(2)] } } } } },
        {
          TableName,
          Error: {
            Code: 'ConditionalCheckFailed',
            Message: 'The conditional request failed',
          },
        },
        {
          Error: {
            Code: 'ValidationError',
            Message:
              'One or more parameter values were invalid: ' +
              'Cannot update attribute pk. This attribute is part of the key',
          },
        },
      ],
      ConsumedCapacity: [{ TableName, CapacityUnits: 3, Table: { CapacityUnits: 1 } }],
    })
  })

  it('has no capacity to tell of when nothing was done', async () => {
    const answer = await batch(["INSERT INTO Orders VALUE {'pk': 'a', 'sk': 1}"])
    expect(Object.keys(answer)).toEqual(['Responses'])
  })
})

describe('ExecuteTransaction', () => {
  const transact = (
    statements: readonly (string | object)[],
    more: object = {},
  ): Promise<Record<string, unknown>> =>
    plane.call('ExecuteTransaction', {
      TransactStatements: statements.map((each) =>
        typeof each === 'string' ? { Statement: each } : each,
      ),
      ...more,
    })
  const TOTAL = { ReturnConsumedCapacity: 'TOTAL' }

  it('reads items in one state', async () => {
    const answer = await transact(
      [
        "SELECT v FROM Orders WHERE pk = 'a' AND sk = 1",
        "SELECT * FROM Orders WHERE pk = 'a' AND sk = 9",
      ],
      TOTAL,
    )
    expect(answer).toEqual({
      Responses: [{ Item: { v: n(10) } }, {}],
      ConsumedCapacity: [{ TableName: 'Orders', CapacityUnits: 4, ReadCapacityUnits: 4 }],
    })
  })

  it('writes all or nothing, and says why by position', async () => {
    const insert = "INSERT INTO Orders VALUE {'pk': 'c', 'sk': 1}"
    const update = (condition: string): object => ({
      Statement: `UPDATE Orders SET v = 1 WHERE pk = 'a' AND sk = 1 AND ${condition}`,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    const check = (condition: string): string =>
      `EXISTS(SELECT * FROM Orders WHERE pk = 'b' AND sk = 1 AND ${condition})`
    expect(await transact([insert, update('v = 9'), check('v = 9')])).toMatchObject({
      __type: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { pk: s('a'), sk: n(1), v: n(10) } },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    })
    expect(await keysOf("WHERE pk = 'c'")).toEqual([])
    expect(await transact([insert, update('v = 10'), check('v = 10')], TOTAL)).toEqual({
      Responses: [],
      ConsumedCapacity: [{ TableName: 'Orders', CapacityUnits: 6, WriteCapacityUnits: 6 }],
    })
    expect(await keysOf("WHERE pk = 'c'")).toEqual(['c1'])
  })

  it('is done once for one token, which is its own', async () => {
    const token = { ClientRequestToken: 'once', ...TOTAL }
    const Statement = "UPDATE Orders SET v = v + ? WHERE pk = 'a' AND sk = 1"
    const added = (by: number) => transact([{ Statement, Parameters: [n(by)] }], token)
    expect(await added(1)).toMatchObject({ ConsumedCapacity: [{ WriteCapacityUnits: 2 }] })
    expect(await added(1)).toMatchObject({ ConsumedCapacity: [{ ReadCapacityUnits: 2 }] })
    expect(await added(2)).toMatchObject({ __type: 'IdempotentParameterMismatchException' })
    const Put = { TableName: 'Orders', Item: { pk: s('d'), sk: n(1) } }
    expect(
      await plane.call('TransactWriteItems', {
        TransactItems: [{ Put }],
        ClientRequestToken: 'once',
      }),
    ).toEqual({})
    expect(await keysOf("WHERE pk = 'a' AND sk = 1 AND v = 11")).toEqual(['a1'])
  })

  it('takes 4 MB of items in parameters', async () => {
    const inserts = Array.from({ length: 10 }, (_, i) => ({
      Statement: "INSERT INTO Orders VALUE {'pk': ?, 'sk': 1, 'x': ?}",
      Parameters: [s(`big${i}`), s('x'.repeat(380_000))],
    }))
    expect(await transact(inserts)).toEqual({ Responses: [] })
  })
})
