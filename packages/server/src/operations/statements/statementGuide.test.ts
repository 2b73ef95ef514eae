import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { clientRequestTokenLifetimeMs } from '../../limits.ts'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import { ManualClock } from '../../testing/manualClock.ts'

/*
 * What the developer guide's chapter on PartiQL documents (statements, data types, functions,
 * operators, transactions, batches), page after page, and what docs/partiql.md says.
 */

type Response = Record<string, unknown>

const s = (S: string): object => ({ S })
const n = (N: number): object => ({ N: String(N) })
const Items = (...items: readonly object[]): Response => ({ Items: items })

const table = {
  TableName: 'herb-garden',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['bed', 'plant', 'family', 'sown'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: 'bed', KeyType: 'HASH' },
    { AttributeName: 'plant', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-family',
      KeySchema: [{ AttributeName: 'family', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'bySown',
      KeySchema: [
        { AttributeName: 'bed', KeyType: 'HASH' },
        { AttributeName: 'sown', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
}
const mint = {
  bed: s('north'),
  plant: s('mint'),
  family: s('Lamiaceae'),
  height: n(40),
  note: s('keep it potted; it spreads'),
  uses: { SS: ['salad', 'tea'] },
  harvests: { L: [n(5), n(7), n(2)] },
  soil: { M: { kind: s('loam'), layers: { M: { top: n(1) } } } },
  edible: { BOOL: true },
  price: { NULL: true },
  leaf: { B: Buffer.alloc(300).toString('base64') },
}
const dill = { bed: s('north'), plant: s('dill'), family: s('Apiaceae'), height: n(90) }
const sage = { bed: s('south'), plant: s('sage'), family: s('Lamiaceae'), height: n(60) }

let clock: ManualClock
let plane: DataPlane
beforeEach(async () => {
  clock = new ManualClock()
  plane = await openDataPlane({ clock })
  expect(await plane.call('CreateTable', table)).not.toHaveProperty('__type')
  for (const Item of [mint, dill, sage]) {
    expect(await plane.call('PutItem', { TableName: 'herb-garden', Item })).toEqual({})
  }
})

const execute = (Statement: string, more: object = {}): Promise<Response> =>
  plane.call('ExecuteStatement', { Statement, ...more })
const given = (...Parameters: readonly object[]): object => ({ Parameters })

/** What stands in the place of `…`, asked of all plants or of those in the north: their names. */
async function found(statement: string, more: object = {}): Promise<unknown> {
  const answer = await execute(
    statement.replace('…', 'SELECT plant FROM "herb-garden" WHERE'),
    more,
  )
  const items = answer['Items'] as readonly { readonly plant: { readonly S: string } }[]
  return items === undefined ? answer : items.map(({ plant }) => plant.S).toSorted()
}
const ofMint = `WHERE bed = 'north' AND plant = 'mint'`
const update = (clauses: string, returning = 'MODIFIED NEW', more: object = {}) =>
  execute(`UPDATE "herb-garden" ${clauses} ${ofMint} RETURNING ${returning} *`, more)

describe('select', () => {
  it.each([
    ["… bed = 'north'", ['dill', 'mint']],
    ["… bed = 'north' AND height = 40", ['mint']],
    ["… bed = 'north' OR bed = 'south'", ['dill', 'mint', 'sage']],
    ["… bed IN ['south', 'west', 'north']", ['dill', 'mint', 'sage']],
    ["… bed IN ('south', 'west')", ['sage']],
    ["… bed > 'north'", ['sage']],
    ["… bed = 'south' OR height = 90", ['dill', 'sage']],
    ["… family = 'Lamiaceae'", ['mint', 'sage']],
    ['… height > 50', ['dill', 'sage']],
    ['… height IN [40, 60]', ['mint', 'sage']],
    ['… height BETWEEN 40 AND 60', ['mint', 'sage']],
    ['… soil.layers.top >= 1', ['mint']],
    ['… harvests[1] = 7', ['mint']],
    ['SELECT plant FROM "herb-garden"', ['dill', 'mint', 'sage']],
    ['SELECT plant FROM "herb-garden"."by-family" WHERE family = \'Lamiaceae\'', ['mint', 'sage']],
  ])('finds by its condition: %s', async (statement, plants) => {
    expect(await found(statement)).toEqual(plants)
  })

  it.each([
    ['height, plant', { height: n(40), plant: s('mint') }],
    ['soil.kind, soil.layers.top', { kind: s('loam'), top: n(1) }],
    ['"note", gone', { note: mint.note }],
    ['harvests[2]', { _1: n(2) }],
    ['*', mint],
  ])('gives the columns %s', async (columns, item) => {
    expect(await execute(`SELECT ${columns} FROM "herb-garden" ${ofMint}`)).toEqual(Items(item))
  })

  it('is in the order of the sort key, or of the partition keys', async () => {
    const plants = async (rest: string): Promise<unknown> => {
      const answer = await execute(`SELECT plant FROM "herb-garden" WHERE ${rest}`)
      return (answer['Items'] as { plant: { S: string } }[]).map(({ plant }) => plant.S)
    }
    expect(await plants("bed = 'north'")).toEqual(['dill', 'mint'])
    expect(await plants("bed = 'north' ORDER BY plant ASC")).toEqual(['dill', 'mint'])
    expect(await plants("bed = 'north' ORDER BY plant DESC")).toEqual(['mint', 'dill'])
    const beds = "bed IN ['north', 'south'] ORDER BY bed DESC"
    expect(await plants(beds)).toEqual(['sage', 'dill', 'mint'])
    expect(await plants(`${beds}, plant DESC`)).toEqual(['sage', 'mint', 'dill'])
  })

  it('takes IN of 50 partition keys and of 100 other values', async () => {
    const names = (count: number): string =>
      Array.from({ length: count }, (_, i) => (i === 0 ? "'north'" : `'${i}'`)).join()
    expect(await found(`… bed IN (${names(50)})`)).toEqual(['dill', 'mint'])
    expect(await found(`… bed = 'north' AND plant IN ('mint', ${names(99)})`)).toEqual(['mint'])
    const heights = Array.from({ length: 100 }, (_, i) => i + 1).join()
    expect(await found(`… height IN [${heights}]`)).toEqual(['dill', 'mint', 'sage'])
  })
})

describe('a page', () => {
  it('counts what is looked at, may be empty, and goes on by NextToken alone', async () => {
    const Statement = `SELECT plant FROM "herb-garden" WHERE bed = 'north' AND height < 50`
    const first = await execute(Statement, { Limit: 1 })
    expect(first).toEqual({ Items: [], NextToken: expect.any(String) })
    const { NextToken } = first
    const second = await execute(Statement, { Limit: 1, NextToken })
    expect(second).toMatchObject(Items({ plant: s('mint') }))
    expect(await execute(Statement, { NextToken })).toEqual(Items({ plant: s('mint') }))
  })

  it('ends at 1 MB, of one partition or of several', async () => {
    for (const bed of ['p', 'q']) {
      for (const plant of ['a', 'b']) {
        const item = `{'bed': '${bed}', 'plant': '${plant}', 'note': ?}`
        await execute(`INSERT INTO "herb-garden" VALUE ${item}`, given(s('x'.repeat(380_000))))
      }
    }
    for (const condition of ["bed IN ('p', 'q')", "bed > 'o' AND bed < 'r'"]) {
      const Statement = `SELECT plant FROM "herb-garden" WHERE ${condition}`
      const sizes: number[] = []
      let NextToken: unknown
      do {
        const more = NextToken === undefined ? {} : { NextToken }
        const page = await execute(Statement, more)
        sizes.push((page['Items'] as object[]).length)
        NextToken = page['NextToken']
      } while (NextToken !== undefined && sizes.length < 9)
      expect(sizes.length).toBe(2)
      expect(sizes.reduce((sum, size) => sum + size)).toBe(4)
      expect(sizes[0]).toBeGreaterThanOrEqual(2)
    }
  })
})

describe('functions and operators', () => {
  it.each([
    ["… begins_with(note, 'keep')", ['mint']],
    ["… bed = 'north' AND BEGINS_WITH(plant, 'd')", ['dill']],
    ["… contains(note, 'potted')", ['mint']],
    ["… Contains(uses, 'tea')", ['mint']],
    ['… contains(harvests, 7)', ['mint']],
    ['… size(leaf) >= 300', ['mint']],
    ['… SIZE(uses) = 2 AND size(harvests) > size(uses)', ['mint']],
    ["… attribute_type(height, 'N') AND attribute_type(soil.kind, 'S')", ['mint']],
    ['… attribute_exists(edible)', ['mint']],
    ['… attribute_not_exists(edible)', ['dill', 'sage']],
    ['… "edible" IS MISSING', ['dill', 'sage']],
    ['… edible is not missing', ['mint']],
    ['… price IS NULL', ['mint']],
    ['… price IS NOT NULL', ['dill', 'sage']],
    ['… edible IS BOOL AND edible IS BOOLEAN', ['mint']],
    ['… note IS STRING AND note IS CHARACTER VARYING AND note IS VARCHAR', ['mint']],
    [
      '… height IS INT4 AND height IS INT8 AND height IS DOUBLE PRECISION',
      ['dill', 'mint', 'sage'],
    ],
    ['… height IS DECIMAL AND height IS NOT STRING AND harvests IS LIST', ['mint']],
    ['… soil IS STRUCT AND soil IS TUPLE AND uses IS BAG AND leaf IS BLOB', ['mint']],
    ['… height = 40', ['mint']],
    ['… height <> 40', ['dill', 'sage']],
    ['… height < 60', ['mint']],
    ['… height <= 60', ['mint', 'sage']],
    ['… 60 < height', ['dill']],
    ['… NOT height = 40 AND height < 70', ['sage']],
    ['… NOT (height = 40 OR height = 60)', ['dill']],
    ["… height = 40 OR height = 60 AND bed = 'west'", ['mint']],
    ['… height NOT IN (40, 60)', ['dill']],
    ['… height NOT BETWEEN 40 AND 60', ['dill']],
    ["… uses = <<'tea', 'salad'>> AND harvests = [5, 7, 2]", ['mint']],
    ['… harvests = [7, 5, 2]', []],
    ["… soil = {'layers': {'top': 1.0}, 'kind': 'loam'}", ['mint']],
    ["… height < 'a'", []],
    ["… NOT note = 'x'", ['dill', 'mint', 'sage']],
  ])('%s', async (statement, plants) => {
    expect(await found(statement)).toEqual(plants)
  })

  it('count up and down', async () => {
    expect(await update('SET height = height + 2.5')).toEqual(Items({ height: n(42.5) }))
    expect(await update('SET height = height - ?', 'MODIFIED OLD', given(n(2)))).toEqual(
      Items({ height: n(42.5) }),
    )
    expect(await update('SET height = 100 - height')).toEqual(Items({ height: n(59.5) }))
  })
})

describe('data types', () => {
  it.each([
    ['TRUE', { BOOL: true }],
    ['false', { BOOL: false }],
    ['Null', { NULL: true }],
    ["'it''s'", s("it's")],
    ["''", s('')],
    ['1', n(1)],
    ['1.0', n(1)],
    ['-7.3', n(-7.3)],
    ['.73e1', n(7.3)],
    ['7.31e6', n(7_310_000)],
    ['73100000e-1', n(7_310_000)],
    ["[1, 'two', [null]]", { L: [n(1), s('two'), { L: [{ NULL: true }] }] }],
    ['[]', { L: [] }],
    ["{'a': {'b': [1]}}", { M: { a: { M: { b: { L: [n(1)] } } } } }],
    ['{}', { M: {} }],
    ['<<2, 1.50>>', { NS: ['1.5', '2'] }],
    ["<<'b', 'a'>>", { SS: ['a', 'b'] }],
  ])('%s', async (literal, value) => {
    expect(await update(`SET made = ${literal}`)).toEqual(Items({ made: value }))
  })

  it('binary is had by parameters, which stand inside of values too', async () => {
    const binary = { B: 'AAEC' }
    const made = { L: [binary, { M: { x: s('y') } }, { SS: ['p', 'q'] }] }
    expect(
      await update(
        "SET made = [?, {'x': ?}, <<?, 'q'>>]",
        'MODIFIED NEW',
        given(binary, s('y'), s('p')),
      ),
    ).toEqual(Items({ made }))
    const Item = { bed: s('west'), plant: s('rue'), leaves: { BS: ['AA==', 'AQ=='] } }
    const whole = given({ M: Item })
    expect(await execute('INSERT INTO "herb-garden" VALUE ?', whole)).toEqual(Items())
    expect(await found("… bed = 'west' AND leaves = ?", given(Item.leaves))).toEqual(['rue'])
  })
})

describe('insert, update and delete', () => {
  it('insert one item', async () => {
    const insert = `INSERT INTO "herb-garden" value {'bed' : 'west', 'plant' : 'rue'}`
    expect(await execute(insert)).toEqual(Items())
    expect(await execute(insert)).toEqual({
      __type: 'DuplicateItemException',
      message: 'Duplicate primary key exists in table',
    })
  })

  it.each([
    ['SET note = 1 SET extra = [2] REMOVE height', { note: n(1), extra: { L: [n(2)] } }],
    ['REMOVE height SET note = 1 REMOVE gone SET a = 2', { note: n(1), a: n(2) }],
    ['SET note = 1, extra = ? REMOVE height', { note: n(1), extra: n(3) }],
    ['SET soil.kind = plant', { soil: { M: { kind: s('mint') } } }],
    ['SET soil.depth = 3', { soil: { M: { depth: n(3) } } }],
    ['SET harvests[0] = 9', { harvests: { L: [n(9)] } }],
    ['SET harvests[3] = 9', { harvests: { L: [n(9)] } }],
    ['SET harvests[2] = 1 SET harvests[0] = 8', { harvests: { L: [n(8), n(1)] } }],
    ['SET harvests = list_append(harvests, [1])', { harvests: { L: [n(5), n(7), n(2), n(1)] } }],
    ['SET harvests = LIST_APPEND(?, harvests)', { harvests: { L: [n(0), n(5), n(7), n(2)] } }],
    ["SET uses = set_add(uses, <<'tea', 'soup'>>)", { uses: { SS: ['salad', 'soup', 'tea'] } }],
    ["SET uses = SET_DELETE(uses, <<'tea', 'soup'>>)", { uses: { SS: ['salad'] } }],
    ["SET uses = set_delete(uses, <<'tea', 'salad'>>)", undefined],
    ['SET marks = set_add(marks, <<1, 2>>)', { marks: { NS: ['1', '2'] } }],
    ['SET marks = set_add(marks, ?)', { marks: { BS: ['AA=='] } }],
    ['SET marks = set_delete(marks, <<1>>)', undefined],
    ['REMOVE soil.kind', undefined],
    ['REMOVE harvests[0]', { harvests: { L: [n(7)] } }],
    ['REMOVE harvests[9]', undefined],
  ])('update: %s', async (clauses, modified) => {
    const values: Readonly<Record<string, object>> = {
      'SET note': n(3),
      'SET harvests': { L: [n(0)] },
      'SET marks': { BS: ['AA=='] },
    }
    const [start = ''] = /^SET \w+/.exec(clauses) ?? []
    const more = clauses.includes('?') ? given(values[start] ?? {}) : {}
    expect(await update(clauses, 'MODIFIED NEW', more)).toEqual(
      modified === undefined ? Items() : Items(modified),
    )
  })

  it('appends to a list behind its end, and moves up what follows an element', async () => {
    await update('SET harvests[70] = 1')
    await update('REMOVE harvests[1]')
    const { Items: [item] = [] } = (await update('SET note = 1', 'ALL NEW')) as { Items?: object[] }
    expect(item).toMatchObject({ harvests: { L: [n(5), n(2), n(1)] } })
  })

  it('changes a set no further when it is done again', async () => {
    const added = "SET uses = set_add(uses, <<'soup'>>)"
    const first = await update(added, 'ALL NEW')
    expect(await update(added, 'ALL NEW')).toEqual(first)
  })

  it.each([
    ['ALL OLD', mint],
    [
      'ALL NEW',
      { ...mint, height: n(1), soil: { M: { kind: s('clay'), layers: mint.soil.M.layers } } },
    ],
    ['MODIFIED OLD', { height: n(40), soil: { M: { kind: s('loam') } } }],
    ['MODIFIED NEW', { height: n(1), soil: { M: { kind: s('clay') } } }],
  ])('returns %s', async (which, item) => {
    expect(await update("SET height = 1 SET soil.kind = 'clay'", which)).toEqual(Items(item))
  })

  it('update and delete are of items that are there, on their condition', async () => {
    const failed = {
      __type: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
    }
    const gone = `WHERE bed = 'north' AND plant = 'rue'`
    expect(await execute(`UPDATE "herb-garden" SET a = 1 ${gone}`)).toEqual(failed)
    expect(await execute(`DELETE FROM "herb-garden" ${gone}`)).toEqual(Items())
    expect(await execute(`DELETE FROM "herb-garden" ${ofMint} AND height > 40`)).toEqual(failed)
    expect(await execute(`DELETE FROM "herb-garden" ${ofMint} RETURNING ALL OLD *`)).toEqual(
      Items(mint),
    )
    expect(await found("… bed = 'north'")).toEqual(['dill'])
  })
})

describe('transactions and batches', () => {
  const asked = (statements: readonly (string | readonly [string, ...object[]])[]): object[] =>
    statements.map((each) => {
      const [Statement, ...Parameters] = typeof each === 'string' ? [each] : each
      return Parameters.length === 0 ? { Statement } : { Statement, Parameters }
    })
  const transact = (...statements: Parameters<typeof asked>[0]): Promise<Response> =>
    plane.call('ExecuteTransaction', { TransactStatements: asked(statements) })
  const batch = (...statements: Parameters<typeof asked>[0]): Promise<Response> =>
    plane.call('BatchExecuteStatement', { Statements: asked(statements) })
  const insertion = ["INSERT INTO \"herb-garden\" value {'bed': ?, 'plant': ?}"] as const
  const fromFirst = [
    `from "herb-garden" ${ofMint} and height = ? set height = ?`,
    n(40),
    n(41),
  ] as const

  it('a transaction checks, inserts and updates together', async () => {
    const where = "where bed = 'west' and plant = 'rue' and gone is MISSING"
    const absent = `EXISTS(SELECT * FROM "herb-garden" ${where})`
    const changed = [insertion[0], s('west'), s('bay')] as const
    expect(await transact(absent, changed, fromFirst)).toEqual({ Responses: [] })
    expect(await found('… height = 41 OR plant = ?', given(s('bay')))).toEqual(['bay', 'mint'])
    const { CancellationReasons } = await transact(fromFirst, changed)
    expect(CancellationReasons).toMatchObject([
      { Code: 'ConditionalCheckFailed' },
      { Code: 'DuplicateItem' },
    ])
  })

  it('a batch does each by itself', async () => {
    const TableName = 'herb-garden'
    const returning = [`${fromFirst[0]} returning modified old *`, n(40), n(41)] as const
    expect(await batch([insertion[0], s('west'), s('bay')], returning)).toEqual({
      Responses: [{ TableName }, { TableName, Item: { height: n(40) } }],
    })
  })

  it('a fault of a value is told by each in its way', async () => {
    const Message = 'The parameter cannot be converted to a numeric value: x'
    const statement = [
      `SELECT * FROM "herb-garden" WHERE bed = ? AND plant = 'a'`,
      { N: 'x' },
    ] as const
    expect(await batch(statement)).toEqual({
      Responses: [{ Error: { Code: 'ValidationError', Message } }],
    })
    expect(await transact(statement)).toEqual({ __type: 'ValidationException', message: Message })
  })

  it('a batch has up to 25 statements, a transaction up to 100', async () => {
    const reads = (count: number): string[] =>
      Array.from(
        { length: count },
        (_, i) => `SELECT * FROM "herb-garden" WHERE bed = '${i}' AND plant = 'a'`,
      )
    expect((await batch(...reads(25)))['Responses']).toHaveLength(25)
    expect((await transact(...reads(100)))['Responses']).toHaveLength(100)
    for (const [answer, most] of [
      [await batch(...reads(26)), 25],
      [await transact(...reads(101)), 100],
    ] as const) {
      expect(answer).toMatchObject({ __type: 'ValidationException' })
      expect(answer['message']).toContain(`Member must have length less than or equal to ${most}`)
    }
  })

  it('a token is kept for ten minutes', async () => {
    const grow = () =>
      plane.call('ExecuteTransaction', {
        TransactStatements: asked([`UPDATE "herb-garden" SET height = height + 1 ${ofMint}`]),
        ClientRequestToken: 'once',
      })
    for (const waitMs of [0, clientRequestTokenLifetimeMs - 1]) {
      clock.advance(waitMs)
      expect(await grow()).toEqual({ Responses: [] })
    }
    expect(await found('… height = 41')).toEqual(['mint'])
    clock.advance(2)
    expect(await grow()).toEqual({ Responses: [] })
    expect(await found('… height = 42')).toEqual(['mint'])
  })
})

describe('capacity', () => {
  const consumed = async (statement: string, more: object = {}): Promise<unknown> => {
    const request = { ReturnConsumedCapacity: 'INDEXES', ...more }
    return (await execute(statement, request))['ConsumedCapacity']
  }
  const units = (CapacityUnits: number): object => ({ CapacityUnits })

  it('is told when it is asked for', async () => {
    const read = `SELECT * FROM "herb-garden" WHERE bed = 'north'`
    expect(await consumed(read, { ReturnConsumedCapacity: 'NONE' })).toBeUndefined()
    const total = await consumed(read, { ReturnConsumedCapacity: 'TOTAL' })
    expect(total).toEqual({ TableName: 'herb-garden', ...units(0.5) })
  })

  it('of a local index counts what is read from the table for each row, rounded by itself', async () => {
    const Parameters = [s('x'.repeat(9000))]
    for (const plant of ['a', 'b', 'c']) {
      const item = `{'bed': 'long', 'plant': '${plant}', 'sown': '${plant}', 'note': ?}`
      await execute(`INSERT INTO "herb-garden" VALUE ${item}`, { Parameters })
    }
    expect(await consumed(`SELECT note FROM "herb-garden"."bySown" WHERE bed = 'long'`)).toEqual({
      TableName: 'herb-garden',
      ...units(5),
      Table: units(4.5),
      LocalSecondaryIndexes: { bySown: units(0.5) },
    })
  })

  it('of a scan is that of the whole table, of a whole key that of one item', async () => {
    for (const plant of ['a', 'b', 'c', 'd', 'e']) {
      const bed = plant === 'e' ? 'far' : 'long'
      const item = `{'bed': '${bed}', 'plant': '${plant}', 'note': ?}`
      await execute(`INSERT INTO "herb-garden" VALUE ${item}`, given(s('x'.repeat(9000))))
    }
    const of = async (condition: string): Promise<unknown> =>
      consumed(`SELECT plant FROM "herb-garden" WHERE ${condition}`)
    expect(await of("plant = 'a'")).toMatchObject(units(6))
    expect(await of("bed = 'long' AND height = 1")).toMatchObject(units(4.5))
    expect(await of("bed = 'long' AND plant = 'a'")).toMatchObject(units(1.5))
  })

  it('of a batch has an entry for each table of which a member succeeded', async () => {
    await plane.createTable('Seeds', ['kind:S'])
    await plane.call('PutItem', { TableName: 'Seeds', Item: { kind: s('oats') } })
    const Statements = [
      "INSERT INTO Seeds VALUE {'kind': 'oats'}",
      `UPDATE "herb-garden" SET height = 1 ${ofMint}`,
      `UPDATE "herb-garden" SET height = 1 WHERE bed = 'north' AND plant = 'dill' AND height = 0`,
    ].map((Statement) => ({ Statement }))
    const request = { Statements, ReturnConsumedCapacity: 'INDEXES' }
    const { ConsumedCapacity } = await plane.call('BatchExecuteStatement', request)
    expect(ConsumedCapacity).toEqual([
      {
        TableName: 'herb-garden',
        ...units(3),
        Table: units(1),
        GlobalSecondaryIndexes: { 'by-family': units(1) },
      },
    ])
  })

  it.each([
    [1500, 10, 3],
    [10, 2500, 4],
    [1500, 2500, 4],
  ])('of a batch counts the larger of what is there, %i, and what was sent, %i', async (...row) => {
    const [stored, sent, expected] = row
    const note = (length: number): object => given(s('x'.repeat(length)))
    const insert = `INSERT INTO "herb-garden" VALUE {'bed': 'west', 'plant': 'rue', 'note': ?}`
    expect(await execute(insert, note(stored))).toEqual(Items())
    const gone = `DELETE FROM "herb-garden" WHERE bed = 'west' AND plant = 'bay'`
    const Statements = [{ Statement: insert, ...note(sent) }, { Statement: gone }]
    const request = { Statements, ReturnConsumedCapacity: 'INDEXES' }
    const { ConsumedCapacity } = await plane.call('BatchExecuteStatement', request)
    expect(ConsumedCapacity).toEqual([
      { TableName: 'herb-garden', ...units(expected), Table: units(1) },
    ])
  })

  it('of a write has the indexes that it changes', async () => {
    const insert = `INSERT INTO "herb-garden" VALUE {'bed': 'west', 'plant': 'rue', 'family': 'Rutaceae'}`
    expect(await consumed(insert)).toEqual({
      TableName: 'herb-garden',
      ...units(2),
      Table: units(1),
      GlobalSecondaryIndexes: { 'by-family': units(1) },
    })
  })
})

describe('docs/partiql.md', () => {
  const page = readFileSync(new URL('../../../../../docs/partiql.md', import.meta.url), 'utf8')
  const statements = [...page.matchAll(/```sql\n([^`]*)```/g)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .concat(/--statement '([^']*)'/.exec(page)?.[1] ?? [])

  it('has statements that do what they say as they stand', async () => {
    await plane.createTable('Orders', ['customer:S', 'placed:S'])
    await plane.createTable('Customers', ['id:S'])
    const order = { customer: s('C1'), placed: s('2026-11'), total: n(10), lines: { L: [] } }
    const Item = { ...order, tags: { SS: ['new'] } }
    await plane.call('PutItem', { TableName: 'Orders', Item })
    await plane.call('PutItem', { TableName: 'Customers', Item: { id: s('C1'), balance: n(10) } })
    const answers: Response[] = []
    for (const Statement of statements) {
      const values = Statement.startsWith('INSERT')
        ? [s('2026-12')]
        : [...(Statement.includes('[?]') ? [n(1), s('line')] : []), s('2026-11')]
      const request = Statement.includes('?') ? { Statement, ...given(...values) } : { Statement }
      const select = Statement.startsWith('SELECT') ? given(s('C1'), s('2026-11')) : {}
      const asking = { ...request, ...select }
      answers.push(
        Statement.startsWith('EXISTS')
          ? await plane.call('ExecuteTransaction', { TransactStatements: [asking] })
          : await execute(Statement, asking),
      )
    }
    const changed = { ...order, total: n(11), lines: { L: [s('line')] } }
    expect(answers).toEqual([
      Items(),
      Items(),
      Items(changed),
      Items(changed),
      { Responses: [] },
      Items({}),
    ])
  })
})
