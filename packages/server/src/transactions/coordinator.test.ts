import { describe, expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { compileCondition } from '../expressions/evaluateCondition.ts'
import { compileUpdate } from '../expressions/applyUpdate.ts'
import { createExpressionContext } from '../expressions/expressionContext.ts'
import { clientRequestTokenLifetimeMs, maxTurnMs } from '../limits.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { ItemImage } from '../items/itemImage.ts'
import { rowKeyOfKey } from '../items/primaryKey.ts'
import { tableCounterKey, tokensEndingBefore } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { localLeases } from '../upkeep/leases.ts'
import { WorkFailures } from '../upkeep/workFailures.ts'
import { Coordinator } from './coordinator.ts'
import type { Change, RequestToken, WriteAction } from './writePlan.ts'

const table: Table = {
  number: 1,
  name: 'Players',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Players',
  primaryKey: { partitionKey: { name: 'id', type: 'S' }, sortKey: undefined },
  counter: { key: tableCounterKey(1), values: [0, 0] },
  record: undefined as never,
  version: 0,
  indexKeys: [],
  indexes: [],
  expiryOrder: undefined,
  stream: undefined,
  dropped: false,
}

function setUp() {
  const engine = new FaultyEngine()
  const clock = new ManualClock()
  const fresh: Table = { ...table, counter: { key: table.counter.key, values: [0, 0] } }
  const commits = new GroupCommit(engine, clock)
  const coordinator = new Coordinator({ engine, commits, clock })
  const action = (id: string, change: Change, condition?: string): WriteAction => {
    const context = createExpressionContext({}, { reservedWords: 'refuse' })
    return {
      table: fresh,
      key: { id: { S: id } },
      rowKey: rowKeyOfKey(fresh, { id: { S: id } }),
      condition:
        condition === undefined
          ? undefined
          : compileCondition('ConditionExpression', condition, context),
      change,
      returnOldOnFailure: false,
    }
  }
  const put = (id: string, attributes: Item = {}, condition?: string) =>
    action(
      id,
      { kind: 'Put', image: ItemImage.ofItem({ id: { S: id }, ...attributes }) },
      condition,
    )
  const add = (id: string, n: string) => action(id, { kind: 'Update', update: addition(n) })
  const check = (id: string, condition: string) => action(id, { kind: 'ConditionCheck' }, condition)
  const read = async (id: string) => (await coordinator.read(put(id).rowKey))?.item
  return { engine, clock, coordinator, table: fresh, put, add, check, read, commits }
}

function addition(n: string) {
  const context = createExpressionContext(
    { ExpressionAttributeValues: { ':n': { N: n } as AttributeValue } },
    { reservedWords: 'refuse' },
  )
  return compileUpdate('ADD n :n', context)
}

/** Long enough for every request so far to have handed its commit to the engine. */
async function turn(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => expect.fail('the request succeeded'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

const codes = (error: ApiError) =>
  ((error.members?.['CancellationReasons'] ?? []) as { Code: string }[]).map(({ Code }) => Code)

describe('a long transaction', () => {
  it('lets others go first between its actions, and its items stay its own', async () => {
    const { engine, commits, put, check, read } = setUp()
    const manual = new ManualClock()
    let turns = 0
    let meanwhile: Promise<ApiError> | undefined
    const clock: Clock = {
      nowMs: () => manual.nowMs(),
      monotonicMs: () => (manual.advance(maxTurnMs + 1), manual.monotonicMs()),
      startTimer: (delayMs, work) => manual.startTimer(delayMs, work),
      defer: (work) => {
        turns += 1
        meanwhile ??= failure(slow.write(put('b')))
        manual.defer(work)
      },
    }
    const slow = new Coordinator({ engine, commits, clock })
    const actions = [put('a'), put('b'), check('c', 'attribute_not_exists(id)')]
    await slow.transact({ actions, token: undefined })
    expect(turns).toBe(12)
    expect((await meanwhile)?.name).toBe('TransactionConflictException')
    expect([await read('a'), await read('b')]).toEqual([{ id: { S: 'a' } }, { id: { S: 'b' } }])
    await slow.write(put('b'))
  })
})

describe('two requests at one item', () => {
  it('refuses a single write of an item that an unfinished transaction writes', async () => {
    const { engine, coordinator, put } = setUp()
    engine.hold()
    const transaction = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    await turn()
    const error = await failure(coordinator.write(put('b')))
    expect(error.name).toBe('TransactionConflictException')
    expect(error.message).toBe('Transaction is ongoing for the item')
    engine.release()
    await transaction
    await coordinator.write(put('b'))
  })

  it('refuses a single write of an item that an unfinished transaction only checks', async () => {
    const { engine, coordinator, put, check } = setUp()
    engine.hold()
    const transaction = coordinator.transact({
      actions: [check('a', 'attribute_not_exists(id)'), put('b')],
      token: undefined,
    })
    await turn()
    const error = await failure(coordinator.write(put('a')))
    expect(error.name).toBe('TransactionConflictException')
    engine.release()
    await transaction
  })

  it('cancels the later of two transactions at the position they share', async () => {
    const { engine, coordinator, put, read } = setUp()
    engine.hold()
    const first = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    await turn()
    const second = coordinator.transact({
      actions: [put('c'), put('b', { n: { N: '2' } }), put('d', {}, 'attribute_exists(id)')],
      token: undefined,
    })
    const error = await failure(second)
    expect(codes(error)).toEqual(['None', 'TransactionConflict', 'ConditionalCheckFailed'])
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, TransactionConflict, ConditionalCheckFailed]',
    )
    engine.release()
    await first
    expect(await read('b')).toEqual({ id: { S: 'b' } })
    expect(await read('c')).toBeUndefined()
  })

  it('lets a transaction wait for single writes, and keeps new ones out meanwhile', async () => {
    const { engine, coordinator, add, read } = setUp()
    engine.hold()
    const single = coordinator.write(add('a', '1'))
    const queued = coordinator.write(add('a', '10'))
    await turn()
    const transaction = coordinator.transact({ actions: [add('a', '100')], token: undefined })
    await turn()
    const late = await failure(coordinator.write(add('a', '1000')))
    expect(late.name).toBe('TransactionConflictException')
    engine.release()
    await Promise.all([single, queued, transaction])
    expect(await read('a')).toEqual({ id: { S: 'a' }, n: { N: '111' } })
  })

  it('loses no update of many single writes and commits them in few commits', async () => {
    const { engine, coordinator, add, read } = setUp()
    const writes = Array.from({ length: 200 }, () => coordinator.write(add('a', '1')))
    const results = await Promise.all(writes)
    expect((await read('a'))?.['n']).toEqual({ N: '200' })
    expect(results.map(({ after }) => after?.item['n'])).toEqual(
      Array.from({ length: 200 }, (_, i) => ({ N: String(i + 1) })),
    )
    expect(engine.commits).toBeLessThanOrEqual(2)
  })

  it('tells no outcome of a bundle before it is durable, a failed condition neither', async () => {
    const { engine, coordinator, put, read } = setUp()
    engine.hold()
    const outcomes: string[] = []
    const note = (name: string) => (error?: unknown) =>
      void outcomes.push(`${name} ${error instanceof ApiError ? error.name : 'done'}`)
    const first = coordinator.write(put('a')).then(note('first'), note('first'))
    await turn()
    const second = coordinator
      .write(put('a', { n: { N: '1' } }))
      .then(note('second'), note('second'))
    const third = coordinator
      .write(put('a', {}, 'attribute_not_exists(n)'))
      .then(note('third'), note('third'))
    await turn()
    engine.release()
    engine.hold()
    await turn()
    await turn()
    expect(outcomes).toEqual(['first done'])
    expect(await read('a')).toEqual({ id: { S: 'a' } })
    engine.release()
    await Promise.all([first, second, third])
    expect(outcomes.slice(1)).toEqual(['second done', 'third ConditionalCheckFailedException'])
  })

  it('cancels TransactGetItems at any item with an unfinished write', async () => {
    const { engine, coordinator, put, read } = setUp()
    await coordinator.write(put('a', { n: { N: '1' } }))
    engine.hold()
    const write = coordinator.write(put('a', { n: { N: '2' } }))
    await turn()
    const error = await failure(coordinator.readTransaction([put('b'), put('a')]))
    expect(codes(error)).toEqual(['None', 'TransactionConflict'])
    expect((await read('a'))?.['n']).toEqual({ N: '1' })
    engine.release()
    await write
    const [, image] = await coordinator.readTransaction([put('b'), put('a')])
    expect(image?.item['n']).toEqual({ N: '2' })
  })
})

describe('a large item that many write at once', () => {
  it('is written in bundles of bounded size', async () => {
    const { engine, coordinator, add, put, read } = setUp()
    await coordinator.write(put('a', { s: { S: 'x'.repeat(390_000) } }))
    const commitsBefore = engine.commits
    await Promise.all(Array.from({ length: 60 }, () => coordinator.write(add('a', '1'))))
    expect((await read('a'))?.['n']).toEqual({ N: '60' })
    expect(engine.commits - commitsBefore).toBe(10)
  })
})

describe('a failed commit', () => {
  it('fails the writes that were in it, changes nothing and frees the items', async () => {
    const { engine, coordinator, put, read, table: players } = setUp()
    engine.hold()
    const transaction = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    const single = coordinator.write(put('c'))
    const outcomes = Promise.allSettled([transaction, single])
    await turn()
    engine.fail()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await read('a')).toBeUndefined()
    expect(players.counter.values).toEqual([0, 0])
    engine.release()
    await coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    await coordinator.write(put('c'))
    expect(players.counter.values[0]).toBe(3)
  })
})

describe('the reasons of a cancelled transaction', () => {
  it('reports every false condition and gives the item where asked', async () => {
    const { coordinator, put } = setUp()
    await coordinator.write(put('a', { n: { N: '1' } }))
    const wanted = { ...put('a', {}, 'attribute_not_exists(id)'), returnOldOnFailure: true }
    const error = await failure(
      coordinator.transact({
        actions: [wanted, put('b'), put('c', {}, 'attribute_exists(id)')],
        token: undefined,
      }),
    )
    const reasons = JSON.parse(JSON.stringify(error.members?.['CancellationReasons'])) as unknown
    const message = 'The conditional request failed'
    expect(reasons).toEqual([
      {
        Code: 'ConditionalCheckFailed',
        Item: { id: { S: 'a' }, n: { N: '1' } },
        Message: message,
      },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: message },
    ])
  })

  it('reports only the first invalid action, and no false condition beside it', async () => {
    const { coordinator, put, add } = setUp()
    await coordinator.write(put('s', { n: { S: 'text' } }))
    const error = await failure(
      coordinator.transact({
        actions: [put('a', {}, 'attribute_exists(id)'), add('s', '1'), add('s2', '1')],
        token: undefined,
      }),
    )
    expect(error.members?.['CancellationReasons']).toEqual([
      { Code: 'None' },
      {
        Code: 'ValidationError',
        Message: 'An operand in the update expression has an incorrect data type',
      },
      { Code: 'None' },
    ])
  })
})

describe('a transaction that meets another one', () => {
  it('reports the conflict, not what its other actions would do to items that may change', async () => {
    const { engine, coordinator, put, add } = setUp()
    await coordinator.write(put('s', { n: { S: 'text' } }))
    engine.hold()
    const first = coordinator.transact({ actions: [put('a')], token: undefined })
    await turn()
    const error = await failure(
      coordinator.transact({ actions: [add('s', '1'), put('a')], token: undefined }),
    )
    expect(codes(error)).toEqual(['None', 'TransactionConflict'])
    engine.release()
    await first
  })
})

describe('client request tokens', () => {
  const token = (requestDigest: string): RequestToken => ({
    digest: Buffer.alloc(32, 7),
    requestDigest,
  })

  it('replays, tells a different request apart, and forgets after ten minutes', async () => {
    const { coordinator, clock, add, read } = setUp()
    const plan = { actions: [add('a', '1')], token: token('one') }
    expect((await coordinator.transact(plan)).kind).toBe('committed')
    expect(await coordinator.transact(plan)).toEqual({
      kind: 'replayed',
      readUnits: [2],
    })
    const other = await failure(
      coordinator.transact({ actions: [add('a', '5')], token: token('two') }),
    )
    expect(other.name).toBe('IdempotentParameterMismatchException')
    expect((await read('a'))?.['n']).toEqual({ N: '1' })
    clock.advance(clientRequestTokenLifetimeMs - 1)
    expect((await coordinator.transact(plan)).kind).toBe('replayed')
    clock.advance(1)
    expect((await coordinator.transact(plan)).kind).toBe('committed')
    expect((await read('a'))?.['n']).toEqual({ N: '2' })
  })

  it('refuses a second request while the first one runs', async () => {
    const { coordinator, engine, add } = setUp()
    engine.hold()
    const plan = { actions: [add('a', '1')], token: token('one') }
    const first = coordinator.transact(plan)
    await turn()
    const error = await failure(coordinator.transact(plan))
    expect(error.name).toBe('TransactionInProgressException')
    expect(error.message).toBe('Transaction from previous request is still in progress')
    engine.release()
    await first
    expect((await coordinator.transact(plan)).kind).toBe('replayed')
  })

  it('does not bind the token of a cancelled transaction', async () => {
    const { coordinator, put } = setUp()
    const cancelled = { actions: [put('a', {}, 'attribute_exists(id)')], token: token('one') }
    await failure(coordinator.transact(cancelled))
    await coordinator.write(put('a'))
    expect((await coordinator.transact(cancelled)).kind).toBe('committed')
  })

  it('survives a new coordinator on the same store', async () => {
    const { coordinator, engine, commits, clock, add } = setUp()
    const plan = { actions: [add('a', '1')], token: token('one') }
    await coordinator.transact(plan)
    const restarted = new Coordinator({ engine, commits, clock })
    expect((await restarted.transact(plan)).kind).toBe('replayed')
  })

  it('is removed from the store once it has ended', async () => {
    const { coordinator, engine, clock, add } = setUp()
    const failures = new WorkFailures()
    const work = new BackgroundWork({ clock, leases: localLeases, failures })
    work.start(coordinator.upkeep())
    await coordinator.transact({ actions: [add('a', '1')], token: token('one') })
    const stored = () => [
      ...(engine.snapshot().range(tokensEndingBefore(1e15)) as Iterable<unknown>),
    ]
    expect(stored()).toHaveLength(1)
    clock.advance(clientRequestTokenLifetimeMs)
    await turn()
    clock.advance(60_000)
    await turn()
    await work.close()
    expect(stored()).toHaveLength(0)
  })
})
