import { describe, expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { clientRequestTokenLifetimeMs, maxTurnMs, maxUnpausedBytes } from '../limits.ts'
import { tokensEndingBefore } from '../layout/storeKeys.ts'
import { ManualClock } from '../testing/manualClock.ts'
import {
  loopTurns,
  openCoordinator,
  openHeldCoordinator,
  reasonsOf,
  refusalOf,
} from '../testing/openCoordinator.ts'
import { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { localLeases } from '../upkeep/leases.ts'
import { WorkFailures } from '../upkeep/workFailures.ts'
import { Coordinator } from './coordinator.ts'
import type { RequestToken, WriteResult } from './writePlan.ts'

describe('a long transaction', () => {
  it('lets others go first between its actions, and its items stay its own', async () => {
    const { engine, commits, put, check, read } = openCoordinator()
    const manual = new ManualClock()
    let turns = 0
    let meanwhile: Promise<ApiError> | undefined
    const clock: Clock = {
      nowMs: () => manual.nowMs(),
      monotonicMs: () => (manual.advance(maxTurnMs + 1), manual.monotonicMs()),
      startTimer: (delayMs, work) => manual.startTimer(delayMs, work),
      defer: (work) => {
        turns += 1
        meanwhile ??= refusalOf(slow.write(put('b')))
        manual.defer(work)
      },
    }
    const slow = new Coordinator({ engine, commits, clock })
    const large = { s: { S: 'x'.repeat(maxUnpausedBytes) } }
    const actions = [put('a', large), put('b'), check('c', 'attribute_not_exists(id)')]
    await slow.transact({ actions, token: undefined })
    expect(turns).toBe(9)
    expect((await meanwhile)?.name).toBe('TransactionConflictException')
    expect([(await read('a'))?.['id'], await read('b')]).toEqual([{ S: 'a' }, { id: { S: 'b' } }])
    await slow.write(put('b'))
  })
})

describe('a small transaction', () => {
  it('is handed over before anybody comes to its items', async () => {
    const { coordinator, engine, add, read } = openCoordinator()
    engine.hold()
    const transactions = Array.from({ length: 100 }, () =>
      coordinator.transact({ actions: [add('a', '1'), add('b', '1')], token: undefined }),
    )
    await loopTurns()
    engine.release()
    await Promise.all(transactions)
    expect([(await read('a'))?.['n'], (await read('b'))?.['n']]).toEqual([
      { N: '100' },
      { N: '100' },
    ])
    expect(engine.commits).toBe(1)
  })
})

describe('two requests at one item', () => {
  it('refuses a single write of an item that an unfinished transaction writes', async () => {
    const { points, coordinator, put } = openHeldCoordinator('claimed')
    const transaction = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    await loopTurns()
    const error = await refusalOf(coordinator.write(put('b')))
    expect(error.name).toBe('TransactionConflictException')
    expect(error.message).toBe('Transaction is ongoing for the item')
    points.letGo()
    await transaction
    await coordinator.write(put('b'))
  })

  it('refuses a single write of an item that an unfinished transaction only checks', async () => {
    const { points, coordinator, put, check } = openHeldCoordinator('claimed')
    const transaction = coordinator.transact({
      actions: [check('a', 'attribute_not_exists(id)'), put('b')],
      token: undefined,
    })
    await loopTurns()
    const error = await refusalOf(coordinator.write(put('a')))
    expect(error.name).toBe('TransactionConflictException')
    points.letGo()
    await transaction
  })

  it('cancels the later of two transactions at the position they share', async () => {
    const { points, coordinator, put, read } = openHeldCoordinator('claimed')
    const first = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    await loopTurns()
    const second = coordinator.transact({
      actions: [put('c'), put('b', { n: { N: '2' } }), put('d', {}, 'attribute_exists(id)')],
      token: undefined,
    })
    const error = await refusalOf(second)
    expect(reasonsOf(error)).toEqual(['None', 'TransactionConflict', 'ConditionalCheckFailed'])
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, TransactionConflict, ConditionalCheckFailed]',
    )
    points.letGo()
    await first
    expect(await read('b')).toEqual({ id: { S: 'b' } })
    expect(await read('c')).toBeUndefined()
  })

  it('lets a transaction come after single writes, and keeps new ones out meanwhile', async () => {
    const { points, engine, coordinator, add, read } = openHeldCoordinator('claimed')
    engine.hold()
    const single = coordinator.write(add('a', '1'))
    await loopTurns()
    const queued = coordinator.write(add('a', '10'))
    await loopTurns()
    const transaction = coordinator.transact({ actions: [add('a', '100')], token: undefined })
    await loopTurns()
    const late = await refusalOf(coordinator.write(add('a', '1000')))
    expect(late.name).toBe('TransactionConflictException')
    points.letGo()
    await loopTurns()
    engine.release()
    const results = await Promise.all([single, queued, transaction])
    expect(results.slice(0, 2).map((each) => (each as WriteResult).after?.item['n'])).toEqual([
      { N: '1' },
      { N: '11' },
    ])
    expect(await read('a')).toEqual({ id: { S: 'a' }, n: { N: '111' } })
  })

  it('loses no update of many single writes and commits them in few commits', async () => {
    const { engine, coordinator, add, read } = openCoordinator()
    const writes = Array.from({ length: 200 }, () => coordinator.write(add('a', '1')))
    const results = await Promise.all(writes)
    expect((await read('a'))?.['n']).toEqual({ N: '200' })
    expect(results.map(({ after }) => after?.item['n'])).toEqual(
      Array.from({ length: 200 }, (_, i) => ({ N: String(i + 1) })),
    )
    expect(engine.commits).toBeLessThanOrEqual(2)
  })

  it('tells no outcome of a bundle before it is durable, a failed condition neither', async () => {
    const { engine, coordinator, put, read } = openCoordinator()
    engine.hold()
    const outcomes: string[] = []
    const note = (name: string) => (error?: unknown) =>
      void outcomes.push(`${name} ${error instanceof ApiError ? error.name : 'done'}`)
    const first = coordinator.write(put('a')).then(note('first'), note('first'))
    await loopTurns()
    const second = coordinator
      .write(put('a', { n: { N: '1' } }))
      .then(note('second'), note('second'))
    const third = coordinator
      .write(put('a', {}, 'attribute_not_exists(n)'))
      .then(note('third'), note('third'))
    await loopTurns()
    engine.release()
    engine.hold()
    await loopTurns()
    await loopTurns()
    expect(outcomes).toEqual(['first done'])
    expect(await read('a')).toEqual({ id: { S: 'a' } })
    engine.release()
    await Promise.all([first, second, third])
    expect(outcomes.slice(1)).toEqual(['second done', 'third ConditionalCheckFailedException'])
  })

  it('cancels TransactGetItems at any item that a transaction holds, until it has its place', async () => {
    const { points, engine, coordinator, put, read } = openHeldCoordinator('judged')
    await coordinator.write(put('a', { n: { N: '1' } }))
    const write = coordinator.transact({ actions: [put('a', { n: { N: '2' } })], token: undefined })
    await loopTurns()
    const refused = async () => coordinator.readTransaction([put('b'), put('a')])
    const error = await refusalOf(refused())
    expect(reasonsOf(error)).toEqual(['None', 'TransactionConflict'])
    engine.hold()
    points.letGo()
    await loopTurns()
    const [, before] = await coordinator.readTransaction([put('b'), put('a')])
    expect([before?.item['n'], (await read('a'))?.['n']]).toEqual([{ N: '1' }, { N: '1' }])
    engine.release()
    await write
    const [, after] = await coordinator.readTransaction([put('b'), put('a')])
    expect(after?.item['n']).toEqual({ N: '2' })
  })
})

describe('a large item that many write at once', () => {
  it('is written in bundles of bounded size', async () => {
    const { engine, coordinator, add, put, read } = openCoordinator()
    await coordinator.write(put('a', { s: { S: 'x'.repeat(390_000) } }))
    const commitsBefore = engine.commits
    await Promise.all(Array.from({ length: 60 }, () => coordinator.write(add('a', '1'))))
    expect((await read('a'))?.['n']).toEqual({ N: '60' })
    expect(engine.commits - commitsBefore).toBe(10)
  })
})

describe('a failed commit', () => {
  it('fails the writes that were in it, changes nothing and frees the items', async () => {
    const { engine, coordinator, put, read, table: players } = openCoordinator()
    engine.hold()
    const transaction = coordinator.transact({ actions: [put('a'), put('b')], token: undefined })
    const single = coordinator.write(put('c'))
    const outcomes = Promise.allSettled([transaction, single])
    await loopTurns()
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
    const { coordinator, put } = openCoordinator()
    await coordinator.write(put('a', { n: { N: '1' } }))
    const wanted = { ...put('a', {}, 'attribute_not_exists(id)'), returnOldOnFailure: true }
    const error = await refusalOf(
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
    const { coordinator, put, add } = openCoordinator()
    await coordinator.write(put('s', { n: { S: 'text' } }))
    const error = await refusalOf(
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
    const { points, coordinator, put, add } = openHeldCoordinator('claimed')
    await coordinator.write(put('s', { n: { S: 'text' } }))
    const first = coordinator.transact({ actions: [put('a')], token: undefined })
    await loopTurns()
    const error = await refusalOf(
      coordinator.transact({ actions: [add('s', '1'), put('a')], token: undefined }),
    )
    expect(reasonsOf(error)).toEqual(['None', 'TransactionConflict'])
    points.letGo()
    await first
  })
})

describe('client request tokens', () => {
  const token = (requestDigest: string): RequestToken => ({
    digest: Buffer.alloc(32, 7),
    requestDigest,
  })

  it('replays, tells a different request apart, and forgets after ten minutes', async () => {
    const { coordinator, clock, add, read } = openCoordinator()
    const plan = { actions: [add('a', '1')], token: token('one') }
    expect((await coordinator.transact(plan)).kind).toBe('committed')
    expect(await coordinator.transact(plan)).toEqual({
      kind: 'replayed',
      readUnits: [2],
    })
    const other = await refusalOf(
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
    const { coordinator, engine, add } = openCoordinator()
    engine.hold()
    const plan = { actions: [add('a', '1')], token: token('one') }
    const first = coordinator.transact(plan)
    await loopTurns()
    const error = await refusalOf(coordinator.transact(plan))
    expect(error.name).toBe('TransactionInProgressException')
    expect(error.message).toBe('Transaction from previous request is still in progress')
    engine.release()
    await first
    expect((await coordinator.transact(plan)).kind).toBe('replayed')
  })

  it('replays what was done while another request with its token waits to be refused', async () => {
    const { coordinator, add, read } = openCoordinator()
    const plan = { actions: [add('a', '1')], token: token('one') }
    await coordinator.transact(plan)
    const other = { actions: [add('a', '5')], token: token('two') }
    const refused = refusalOf(coordinator.transact(other))
    expect(await coordinator.transact(plan)).toEqual({ kind: 'replayed', readUnits: [2] })
    expect((await refused).name).toBe('IdempotentParameterMismatchException')
    expect((await read('a'))?.['n']).toEqual({ N: '1' })
  })

  it('refuses a different request while the first one runs', async () => {
    const { coordinator, engine, add, read } = openCoordinator()
    engine.hold()
    const first = coordinator.transact({ actions: [add('a', '1')], token: token('one') })
    await loopTurns()
    const other = { actions: [add('b', '1')], token: token('two') }
    const { name } = await refusalOf(coordinator.transact(other))
    expect(name).toBe('IdempotentParameterMismatchException')
    engine.release()
    await first
    expect(await read('b')).toBeUndefined()
  })

  it('does not bind the token of a cancelled transaction', async () => {
    const { coordinator, put } = openCoordinator()
    const cancelled = { actions: [put('a', {}, 'attribute_exists(id)')], token: token('one') }
    await refusalOf(coordinator.transact(cancelled))
    await coordinator.write(put('a'))
    expect((await coordinator.transact(cancelled)).kind).toBe('committed')
  })

  it('survives a new coordinator on the same store', async () => {
    const { coordinator, engine, commits, clock, add } = openCoordinator()
    const plan = { actions: [add('a', '1')], token: token('one') }
    await coordinator.transact(plan)
    const restarted = new Coordinator({ engine, commits, clock })
    expect((await restarted.transact(plan)).kind).toBe('replayed')
  })

  it('is removed from the store once it has ended', async () => {
    const { coordinator, engine, clock, add } = openCoordinator()
    const failures = new WorkFailures()
    const work = new BackgroundWork({ clock, leases: localLeases, failures })
    work.start(coordinator.upkeep())
    await coordinator.transact({ actions: [add('a', '1')], token: token('one') })
    const stored = () => [
      ...(engine.snapshot().range(tokensEndingBefore(1e15)) as Iterable<unknown>),
    ]
    expect(stored()).toHaveLength(1)
    clock.advance(clientRequestTokenLifetimeMs)
    await loopTurns()
    clock.advance(60_000)
    await loopTurns()
    await work.close()
    expect(stored()).toHaveLength(0)
  })
})
