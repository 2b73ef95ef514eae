import { describe, expect, test } from 'vitest'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import { nameOfItem } from '../../transactions/claims.ts'
import { openLabbed } from '../../testing/labbedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import type { Explanation } from './explanation.ts'
import { explanationLine, explanationText } from './explanationText.ts'

const id = (S: string) => ({ id: { S } })
const TableName = 'Orders'
const price = (n: number) => ({ ':p': { N: String(n) } })
const condition = {
  ConditionExpression: 'attribute_exists(id) AND (price >= :p OR #s = :s)',
  ExpressionAttributeNames: { '#s': 'state' },
  ExpressionAttributeValues: { ...price(10), ':s': { S: 'free' } },
}

async function open() {
  const clock = new ManualClock()
  const labbed = await openLabbed({ clock })
  const { call, session } = labbed
  let requests = 0
  /** Performs a request; its answer and why it was refused, if that is known. */
  async function ask(operation: string, request: object) {
    requests += 1
    const requestId = `R${requests}`
    const answer = await call(operation, request, { requestId, accessKeyId: 'KEY' })
    const [explanation] = session.explanations.list(1)
    return { answer, explanation: explanation?.requestId === requestId ? explanation : undefined }
  }
  await ask('PutItem', { TableName, Item: { ...id('a'), price: { N: '5' } } })
  return { ...labbed, clock, ask }
}

/** Which parts decided, of the only position. */
const [existence, cheap, state] = [
  { text: 'attribute_exists(id)', result: true, decisive: false },
  { text: 'price >= {"N":"10"}', result: false, decisive: true },
  { text: 'state = {"S":"free"}', result: false, decisive: true },
]

describe('a condition that is false', () => {
  test.each([
    ['PutItem', { Item: { ...id('a'), x: { S: 'y' } } }, 'Put'],
    ['DeleteItem', { Key: id('a') }, 'Delete'],
    [
      'UpdateItem',
      {
        Key: id('a'),
        UpdateExpression: 'SET x = :x',
        ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':x': { S: 'y' } },
      },
      'Update',
    ],
  ])('of %s', async (operation, request, action) => {
    const { ask } = await open()
    const { answer, explanation } = await ask(operation, { TableName, ...condition, ...request })
    expect(answer['__type']).toBe('ConditionalCheckFailedException')
    expect(explanation).toMatchObject({
      requestId: 'R2',
      operation,
      error: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      positions: [
        {
          position: 0,
          action,
          table: 'Orders',
          key: id('a'),
          code: 'ConditionalCheckFailed',
          itemExists: true,
          condition: {
            kind: 'and',
            text: 'attribute_exists(id) AND (price >= {"N":"10"} OR state = {"S":"free"})',
            result: false,
            parts: [
              existence,
              {
                kind: 'or',
                parts: [
                  {
                    ...cheap,
                    operands: [{ text: 'price', value: { N: '5' } }, { value: { N: '10' } }],
                  },
                  { ...state, operands: [{ text: 'state' }, { value: { S: 'free' } }] },
                ],
              },
            ],
          },
        },
      ],
    } satisfies Record<string, unknown>)
    expect(explanation?.positions[0]?.condition?.parts?.[1]?.parts?.[1]?.operands?.[0]).toEqual({
      text: 'state',
    })
  })

  test('of an item that is not there', async () => {
    const { ask } = await open()
    const { explanation } = await ask('DeleteItem', { TableName, Key: id('b'), ...condition })
    expect(explanation?.positions).toMatchObject([{ itemExists: false, key: id('b') }])
  })

  test('of writes that were made together: each on what it found', async () => {
    const { ask, session } = await open()
    const raise = (to: number) =>
      ask('UpdateItem', {
        TableName,
        Key: id('a'),
        UpdateExpression: 'SET price = :p',
        ConditionExpression: 'price < :p',
        ExpressionAttributeValues: price(to),
      })
    await Promise.all([raise(7), raise(6), raise(9), raise(8)])
    const seen = session.explanations
      .list(10)
      .map(({ positions }) => positions[0]?.condition?.operands?.[0]?.value)
    expect(seen).toEqual([{ N: '9' }, { N: '7' }])
  })

  test('of a statement', async () => {
    const { ask } = await open()
    const Statement = "UPDATE Orders SET x = 1 WHERE id = 'a' AND price > 10"
    const { explanation } = await ask('ExecuteStatement', { Statement })
    expect(explanation).toMatchObject({
      error: 'ConditionalCheckFailedException',
      positions: [{ condition: { text: 'attribute_exists(id) AND price > {"N":"10"}' } }],
    })
    const inserted = await ask('ExecuteStatement', {
      Statement: "INSERT INTO Orders VALUE {'id':'a'}",
    })
    expect(inserted.explanation).toMatchObject({
      error: 'DuplicateItemException',
      positions: [{ code: 'DuplicateItem', condition: { text: 'attribute_not_exists(id)' } }],
    })
  })

  test('of entries of a batch of statements', async () => {
    const { ask } = await open()
    const Statements = [
      { Statement: "UPDATE Orders SET x = 1 WHERE id = 'a'" },
      { Statement: "UPDATE Orders SET x = 1 WHERE id = 'b'" },
      { Statement: "DELETE FROM Orders WHERE id = 'a2' AND price = 1" },
      { Statement: "INSERT INTO Orders VALUE {'id':'c'}" },
    ]
    const { explanation } = await ask('BatchExecuteStatement', { Statements })
    expect(explanation).toEqual(
      expect.objectContaining({
        operation: 'BatchExecuteStatement',
        positions: [
          {
            position: 1,
            action: 'Update',
            table: 'Orders',
            key: id('b'),
            code: 'ConditionalCheckFailed',
            itemExists: false,
            condition: {
              kind: 'attribute_exists',
              text: 'attribute_exists(id)',
              result: false,
              decisive: true,
              operands: [{ text: 'id' }],
            },
          },
        ],
      }),
    )
    expect(explanation).not.toHaveProperty('error')
  })
})

describe('a cancelled transaction', () => {
  const put = (S: string, more = {}) => ({ Put: { TableName, Item: id(S), ...more } })

  test('has each of its positions', async () => {
    const { ask } = await open()
    const broken = {
      Update: {
        TableName,
        Key: id('a'),
        UpdateExpression: 'SET price = :p',
        ...condition,
      },
    }
    const { explanation } = await ask('TransactWriteItems', { TransactItems: [put('x'), broken] })
    expect(explanation).toMatchObject({
      error: 'TransactionCanceledException',
      positions: [
        { position: 0, code: 'None', action: 'Put', key: id('x') },
        {
          position: 1,
          code: 'ConditionalCheckFailed',
          action: 'Update',
          condition: { kind: 'and' },
        },
      ],
    })
    expect(explanation?.positions[0]).not.toHaveProperty('condition')
  })

  test('by statements', async () => {
    const { ask } = await open()
    const TransactStatements = [
      { Statement: "INSERT INTO Orders VALUE {'id':'b'}" },
      { Statement: "EXISTS(SELECT * FROM Orders WHERE id = 'a' AND price = 6)" },
    ]
    const { explanation } = await ask('ExecuteTransaction', { TransactStatements })
    expect(explanation?.positions).toMatchObject([
      { code: 'None', action: 'Put', key: id('b') },
      {
        code: 'ConditionalCheckFailed',
        action: 'ConditionCheck',
        condition: { text: 'price = {"N":"6"}' },
      },
    ])
  })

  test('for what is no condition, in its own words', async () => {
    const { ask } = await open()
    const tooMuch = {
      Update: {
        TableName,
        Key: id('a'),
        UpdateExpression: 'ADD price :s',
        ExpressionAttributeValues: { ':s': { SS: ['x'] } },
      },
    }
    const { explanation } = await ask('TransactWriteItems', { TransactItems: [tooMuch] })
    expect(explanation?.positions).toMatchObject([
      { code: 'ValidationError', message: expect.stringContaining('operand') as string },
    ])
  })
})

test('a position that never came to be an action has its key all the same', async () => {
  const { ask, session } = await open()
  session.faults.add({ error: { name: 'TransactionCanceledException', code: 'ThrottlingError' } })
  const TransactItems = ['x', 'y'].map((S) => ({ Delete: { TableName, Key: id(S) } }))
  const { explanation } = await ask('TransactWriteItems', { TransactItems })
  expect(explanation?.fault).toBe('1')
  expect(explanation?.positions).toMatchObject([
    { position: 0, code: 'ThrottlingError', table: 'Orders', key: id('x') },
    { position: 1, code: 'None', table: 'Orders', key: id('y') },
  ])
  expect(explanationText(explanation as Explanation)).toContain('[1] None, Orders {"id":{"S":"y"}}')
})

describe('a conflict', () => {
  test('tells which request held the item, since when, and what it was doing', async () => {
    const { ask, session, clock } = await open()
    const { id: stopId } = session.stops.add({})
    const begunMs = clock.nowMs()
    const TransactItems = ['a', 'b'].map((S) => ({ Put: { TableName, Item: id(S) } }))
    const transaction = ask('TransactWriteItems', { TransactItems, ClientRequestToken: 't' })
    await expect.poll(() => session.stops.list()[0]?.stopped.length).toBe(1)
    clock.advance(1500)
    const holder = {
      requestId: 'R2',
      operation: 'TransactWriteItems',
      caller: 'KEY',
      since: new Date(begunMs).toISOString(),
      forMs: 1500,
      doing: 'stopped by the lab before its commit',
      actions: ['a', 'b'].map((S) => ({ action: 'Put', table: 'Orders', key: id(S) })),
    }
    const single = await ask('UpdateItem', { TableName, Key: id('a') })
    expect(single.explanation).toMatchObject({
      error: 'TransactionConflictException',
      positions: [{ position: 0, action: 'Update', code: 'TransactionConflict', conflict: holder }],
    })
    const other = await ask('TransactWriteItems', {
      TransactItems: ['c', 'b'].map((S) => ({ Delete: { TableName, Key: id(S) } })),
    })
    expect(other.explanation?.positions).toMatchObject([
      { code: 'None' },
      { code: 'TransactionConflict', conflict: holder },
    ])
    const read = await ask('TransactGetItems', {
      TransactItems: ['c', 'b'].map((S) => ({ Get: { TableName, Key: id(S) } })),
    })
    expect(read.explanation?.positions).toMatchObject([
      { code: 'None', action: 'Get', key: id('c') },
      { code: 'TransactionConflict', action: 'Get', key: id('b'), conflict: holder },
    ])
    const again = await ask('TransactWriteItems', { TransactItems, ClientRequestToken: 't' })
    expect(again.answer['__type']).toBe('TransactionInProgressException')
    expect(again.explanation).toMatchObject({ inProgress: { requestId: 'R2', forMs: 1500 } })
    session.stops.remove(stopId)
    expect((await transaction).answer).toEqual({})
    expect((await ask('UpdateItem', { TableName, Key: id('a') })).explanation).toBeUndefined()
  })

  test('is with who has the item or the token now, not with who had it', async () => {
    const { ask, session, catalog } = await open()
    const rowKey = rowKeyOfKey(catalog.tableForData(TableName), id('a'))
    const failing = {
      Update: { TableName, Key: id('a'), UpdateExpression: 'SET price = :p', ...condition },
    }
    const token = { TransactItems: [failing], ClientRequestToken: 't' }
    expect((await ask('TransactWriteItems', token)).explanation).toBeDefined()
    expect(session.watch.holderOf(nameOfItem(rowKey))).toBeUndefined()
    session.stops.add({ at: 'claimed' })
    const stopped = ask('TransactWriteItems', token)
    await expect.poll(() => session.stops.list()[0]?.stopped).toHaveLength(1)
    expect(session.watch.holderOf(nameOfItem(rowKey))).toMatchObject({ requestId: 'R3' })
    const again = await ask('TransactWriteItems', token)
    expect(again.explanation?.inProgress).toMatchObject({ requestId: 'R3' })
    session.letGo()
    await stopped
    expect(session.watch.holderOf(nameOfItem(rowKey))).toBeUndefined()
  })

  test('with a hold of the lab', async () => {
    const { ask, session, services } = await open()
    const items = [{ table: 'Orders', key: id('a') }]
    const hold = await session.holds.add(services, session.watch, items)
    const { explanation } = await ask('DeleteItem', { TableName, Key: id('a') })
    expect(explanation?.positions[0]?.conflict).toMatchObject({
      operation: 'hold',
      doing: 'holding its items until the lab releases them',
      actions: [{ action: 'ConditionCheck', key: id('a') }],
    })
    await session.holds.remove(hold.id)
    expect((await ask('DeleteItem', { TableName, Key: id('a') })).answer).toEqual({})
  })
})

describe('what is remembered', () => {
  test('is nothing of what succeeded, or was refused by itself', async () => {
    const { ask, session } = await open()
    await ask('PutItem', { TableName, Item: id('x') })
    await ask('PutItem', { TableName: 'None', Item: id('x') })
    await ask('PutItem', { TableName, Item: {} })
    expect(session.explanations.list(10)).toEqual([])
  })

  test('is a bounded number, and a bounded size', async () => {
    const { ask, session } = await open()
    const refused = (S: string) =>
      ask('PutItem', {
        TableName,
        Item: id('a'),
        ConditionExpression: 'x = :x',
        ExpressionAttributeValues: { ':x': { S } },
      })
    await refused('first')
    expect(session.explanations.find('R2').positions).toHaveLength(1)
    for (let i = 0; i < 40; i++) {
      const { explanation } = await refused('x'.repeat(250_000))
      expect(JSON.stringify(explanation).length).toBeLessThan(256 * 1024)
    }
    expect(() => session.explanations.find('R2')).toThrow(
      'There is no refusal of a request R2 that is remembered.',
    )
    const large = await refused('x'.repeat(390_000))
    const operand = large.explanation?.positions[0]?.condition?.operands?.[1]?.value
    expect(operand).toEqual({ S: `${'x'.repeat(200)}...` })
    for (let i = 0; i < 1100; i++) await refused('y')
    expect(session.explanations.list(2000)).toHaveLength(1000)
  })

  test('is that a rule of the lab refused it', async () => {
    const { ask, session } = await open()
    session.faults.add({ error: { name: 'InternalServerError' } })
    const { explanation } = await ask('GetItem', { TableName, Key: id('a') })
    expect(explanation).toMatchObject({ error: 'InternalServerError', fault: '1', positions: [] })
  })
})

describe('the text', () => {
  test('of a condition', async () => {
    const { ask } = await open()
    const { explanation } = await ask('DeleteItem', { TableName, Key: id('a'), ...condition })
    expect(explanationText(explanation as Explanation)).toBe(
      `DeleteItem R2 was refused with ConditionalCheckFailedException at ${explanation?.at}.
  The conditional request failed
  ConditionalCheckFailed, Delete Orders {"id":{"S":"a"}}
    attribute_exists(id) AND (price >= {"N":"10"} OR state = {"S":"free"}) is false:
      price >= {"N":"10"} is false, where price is {"N":"5"}
      state = {"S":"free"} is false, where state is missing
`,
    )
    expect(explanationLine(explanation as Explanation)).not.toContain('\n')
  })

  test('of a conflict', async () => {
    const { ask, session, services } = await open()
    const items = [{ table: 'Orders', key: id('a') }]
    const { since } = await session.holds.add(services, session.watch, items)
    const { explanation } = await ask('TransactWriteItems', {
      TransactItems: ['a', 'b'].map((S) => ({ Delete: { TableName, Key: id(S) } })),
    })
    expect(explanationText(explanation as Explanation)).toBe(
      `TransactWriteItems R2 was refused with TransactionCanceledException at ${explanation?.at}.
  Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict, None]
  [0] TransactionConflict, Delete Orders {"id":{"S":"a"}}: Transaction is ongoing for the item
    The item is held by hold since ${since} (0 ms), holding its items until the lab releases them:
      ConditionCheck Orders {"id":{"S":"a"}}
  [1] None, Delete Orders {"id":{"S":"b"}}
`,
    )
    session.letGo()
  })

  test('of entries, of a rule, and of a token', () => {
    const holder = {
      operation: 'time to live',
      since: 'then',
      forMs: 3,
      doing: 'answering',
      actions: [],
    }
    const base = { requestId: 'R', operation: 'X', at: 'now' }
    const entry = { position: 3, code: 'TransactionConflict', itemExists: false }
    expect(explanationText({ ...base, fault: '7', positions: [entry], inProgress: holder })).toBe(
      `X R was answered, with entries refused at now.
  Rule 7 of the lab asked for it.
    Its token is that of time to live since then (3 ms), answering:
  TransactionConflict,
    There is no such item.
    Nobody here is known to hold the item.
`,
    )
  })
})
