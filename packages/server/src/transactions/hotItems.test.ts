import { describe, expect, it } from 'vitest'
import type { ApiError } from '../errors/apiError.ts'
import { ItemImage } from '../items/itemImage.ts'
import { maxConflictWaitMs } from '../limits.ts'
import { StorageFailure } from '../storage/engine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import {
  loopTurns,
  openCoordinator,
  openHeldCoordinator,
  reasonsOf,
  refusalOf,
  type OpenCoordinator,
} from '../testing/openCoordinator.ts'
import type { PointName } from './points.ts'
import type { RequestToken, TransactionResult, WriteAction, WriteResult } from './writePlan.ts'

const hundred = Array.from({ length: 100 }, (_, i) => i)
const transact = (
  { coordinator }: OpenCoordinator,
  ...actions: readonly WriteAction[]
): Promise<TransactionResult> => coordinator.transact({ actions, token: undefined })

/** Notes in which order requests are answered, and with what. */
class Answers {
  readonly list: string[] = []

  note(name: string, answer: Promise<unknown>): void {
    answer.then(
      () => this.list.push(name),
      (error: Error) => this.list.push(`${name}: ${error.name}`),
    )
  }
}

describe('while a transaction is between claimed and submitted', () => {
  it.each<PointName>(['claimed', 'judged'])(
    'every write of its items is refused, at the right position (held at %s)',
    async (point) => {
      const held = openHeldCoordinator(point)
      const { points, engine, coordinator, add, put, check, read } = held
      const first = transact(held, add('a', '1'), add('b', '1'))
      await points.waits()
      for (const i of hundred) {
        const item = i % 2 === 0 ? 'a' : 'b'
        const single = await refusalOf(coordinator.write(add(item, '10')))
        expect(single.name).toBe('TransactionConflictException')
        const position = i % 7
        const actions = Array.from({ length: 7 }, (_, at) =>
          at === position ? add(item, '100') : put(`free ${at}`),
        )
        if (i % 3 === 0) actions[position] = check(item, 'attribute_exists(id)')
        const reasons = reasonsOf(await refusalOf(transact(held, ...actions)))
        expect(reasons).toEqual(
          actions.map((_, at) => (at === position ? 'TransactionConflict' : 'None')),
        )
      }
      engine.hold()
      points.letGo()
      await loopTurns()
      const next = transact(held, add('a', '1000', 'attribute_exists(n)'), add('b', '1000'))
      const single = coordinator.write(add('a', '10000'))
      await loopTurns()
      expect(await read('a')).toBeUndefined()
      engine.release()
      await Promise.all([first, next])
      expect((await single).after?.item['n']).toEqual({ N: '11001' })
      expect([(await read('a'))?.['n'], (await read('b'))?.['n']]).toEqual([
        { N: '11001' },
        { N: '1001' },
      ])
      expect(await read('free 0')).toBeUndefined()
    },
  )
})

describe('what is not durable yet', () => {
  it('is built upon by writers, seen by no reader, and answered for by nobody', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put, add, check, read } = open
    await coordinator.write(put('a', { n: { N: '1' } }))
    const answers = new Answers()
    engine.hold()
    answers.note('first', transact(open, add('a', '1'), put('b')))
    await loopTurns()
    answers.note('built on it', transact(open, add('a', '1', 'attribute_exists(n)')))
    answers.note('condition', transact(open, put('a', {}, 'attribute_not_exists(n)'), put('c')))
    answers.note('check', transact(open, check('b', 'attribute_exists(id)')))
    answers.note('single condition', coordinator.write(put('b', {}, 'attribute_not_exists(id)')))
    answers.note('invalid', transact(open, add('s', '1'), check('b', 'attribute_not_exists(id)')))
    await loopTurns()
    expect(answers.list).toEqual([])
    expect((await read('a'))?.['n']).toEqual({ N: '1' })
    expect(await read('b')).toBeUndefined()
    const images = await coordinator.readTransaction([put('a'), put('b')])
    expect(images.map((image) => image?.item['n'])).toEqual([{ N: '1' }, undefined])
    engine.release()
    await loopTurns()
    expect(answers.list.toSorted()).toEqual([
      'built on it',
      'check',
      'condition: TransactionCanceledException',
      'first',
      'invalid: TransactionCanceledException',
      'single condition: ConditionalCheckFailedException',
    ])
    expect((await read('a'))?.['n']).toEqual({ N: '3' })
    expect(await read('c')).toBeUndefined()
  })

  it('is what a deleted item is: absent', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put, remove, read } = open
    await coordinator.write(put('a'))
    engine.hold()
    const outcomes = Promise.all([
      transact(open, remove('a')),
      transact(open, put('a', { v: { S: 'again' } }, 'attribute_not_exists(id)')),
      transact(open, remove('a')),
      coordinator.write(put('a', { v: { S: 'last' } }, 'attribute_not_exists(id)')),
    ])
    await loopTurns()
    engine.release()
    await outcomes
    expect((await read('a'))?.['v']).toEqual({ S: 'last' })
    expect(open.table.counter.values[0]).toBe(1)
  })

  it('keeps a token in progress', async () => {
    const { engine, coordinator, add } = openCoordinator()
    const token: RequestToken = { digest: Buffer.alloc(32, 7), requestDigest: 'one' }
    engine.hold()
    const first = coordinator.transact({ actions: [add('a', '1')], token })
    await loopTurns()
    const again = await refusalOf(coordinator.transact({ actions: [add('a', '1')], token }))
    expect(again.name).toBe('TransactionInProgressException')
    engine.release()
    await first
  })

  it('is held until it is durable where it is too large to be kept', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put, add } = open
    const large = (id: string): WriteAction => put(id, { s: { S: 'x'.repeat(390_000) } })
    engine.hold()
    const first = transact(open, ...Array.from({ length: 25 }, (_, i) => large(`${i}`)))
    await loopTurns()
    while (engine.waiting === 0) await loopTurns()
    expect((await refusalOf(coordinator.write(add('7', '1')))).name).toBe(
      'TransactionConflictException',
    )
    engine.release()
    await first
    await coordinator.write(add('7', '1'))
  })
})

describe('what was built on a commit that fails', () => {
  it('fails with the same error when the store could not take it', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put, add, read, table } = open
    await coordinator.write(put('a', { n: { N: '1' } }))
    const failure = new StorageFailure('refused')
    engine.meet = (call, writes) => {
      const isRefused = writes.some(({ key }) => Buffer.from(key).includes('poison'))
      if (call === 'commit' && isRefused) throw failure
    }
    engine.hold()
    const outcomes = Promise.allSettled([
      transact(open, add('a', '1'), put('poison')),
      transact(open, add('a', '1'), add('b', '1')),
      coordinator.write(add('a', '1')),
      coordinator.write(put('b', {}, 'attribute_not_exists(id)')),
      transact(open, add('c', '1')),
    ])
    await loopTurns()
    engine.release()
    const settled = await outcomes
    expect(settled.map((each) => (each as PromiseRejectedResult).reason as unknown)).toEqual([
      failure,
      failure,
      failure,
      failure,
      undefined,
    ])
    expect([(await read('a'))?.['n'], await read('b')]).toEqual([{ N: '1' }, undefined])
    await transact(open, add('a', '1'), add('b', '1'))
    expect([(await read('a'))?.['n'], (await read('b'))?.['n']]).toEqual([{ N: '2' }, { N: '1' }])
    expect(table.counter.values[0]).toBe(3)
  })

  it('is worked out again on what is there when another one was refused', async () => {
    const open = openCoordinator()
    const { engine, store, coordinator, put, add, read, table } = open
    await coordinator.write(put('a', { n: { N: '1' } }))
    engine.hold()
    const other = coordinator.write(put('other'))
    await loopTurns()
    const conditional = refusalOf(
      transact(open, add('a', '1', 'attribute_not_exists(v)'), put('b')),
    )
    const follower = transact(open, add('a', '10'), add('c', '1', 'attribute_not_exists(id)'))
    const insert = coordinator.write(put('b', { v: { S: 'x' } }, 'attribute_not_exists(id)'))
    const single = coordinator.write(add('a', '100'))
    await loopTurns()
    // Somebody else changes the item, which nobody does to a store of one process.
    const image = ItemImage.ofItem({ id: { S: 'a' }, n: { N: '5' }, v: { S: 'x' } })
    await store.commit([], [{ key: put('a').rowKey, value: image.stored }])
    engine.release()
    expect(reasonsOf(await conditional)).toEqual(['ConditionalCheckFailed', 'None'])
    await Promise.all([other, follower, insert, single])
    expect((await read('a'))?.['n']).toEqual({ N: '115' })
    expect((await read('b'))?.['v']).toEqual({ S: 'x' })
    expect(table.counter.values[0]).toBe(4)
  })

  it('is worked out again until the collection is full, and nobody waits for ever', async () => {
    const { call } = await openIndexedDatabase({
      maxItemCollectionBytes: 600,
      transactionConflicts: 'queue',
    })
    await call('CreateTable', {
      TableName: 'Threads',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'l'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'ByL',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'l', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    })
    const Key = { pk: { S: 'p' }, sk: { S: 'hot' } }
    const grow = (i: number): Promise<Record<string, unknown>> => {
      const Update = {
        TableName: 'Threads',
        Key,
        UpdateExpression: 'SET #a = :v ADD n :one',
        ExpressionAttributeNames: { '#a': `a${i}` },
        ExpressionAttributeValues: { ':v': { S: 'x'.repeat(60) }, ':one': { N: '1' } },
      }
      return i % 4 === 3
        ? call('UpdateItem', Update)
        : call('TransactWriteItems', { TransactItems: [{ Update }] })
    }
    const answers = await Promise.all(hundred.map(grow))
    const done = answers.filter((answer) => answer['__type'] === undefined).length
    const refused = answers.filter((answer) =>
      JSON.stringify(answer).includes('ItemCollectionSizeLimitExceeded'),
    ).length
    expect([done > 3, refused > 3, done + refused]).toEqual([true, true, 100])
    const { Item } = await call('GetItem', { TableName: 'Threads', Key })
    expect((Item as { n: unknown }).n).toEqual({ N: `${done}` })
  })
})

describe('where conflicts wait', () => {
  it('everybody has his turn, in the order of arrival', async () => {
    const held = openHeldCoordinator('claimed', { conflicts: 'queue' })
    const { points, coordinator, add, read } = held
    const first = transact(held, add('a', '1'), add('b', '1'))
    await points.waits()
    const done: number[] = []
    const all = hundred.map(async (i) => {
      if (i % 4 === 0) await coordinator.write(add('a', '1'))
      else if (i % 4 === 1) await coordinator.writeOfBatch(add('a', '1'))
      else await transact(held, add('a', '1'), add('b', '1'))
      done.push(i)
    })
    await loopTurns()
    expect(done).toEqual([])
    points.letGo()
    await Promise.all([first, ...all])
    expect((await read('a'))?.['n']).toEqual({ N: '101' })
    expect((await read('b'))?.['n']).toEqual({ N: '51' })
    const transactions = done.filter((i) => i % 4 > 1)
    expect(transactions).toEqual(hundred.filter((i) => i % 4 > 1))
  })

  it('nobody waits longer than he may', async () => {
    const held = openHeldCoordinator('judged', { conflicts: 'queue' })
    const { points, clock, coordinator, add, put } = held
    const first = transact(held, add('a', '1'))
    await points.waits()
    const outcomes = Promise.all([
      refusalOf(transact(held, put('b'), add('a', '1'))),
      refusalOf(coordinator.write(add('a', '1'))),
      refusalOf(coordinator.writeOfBatch(add('a', '1'))),
    ])
    let isOver = false
    void outcomes.then(() => (isOver = true))
    clock.advance(maxConflictWaitMs - 1)
    await loopTurns()
    expect(isOver).toBe(false)
    clock.advance(1)
    const [transaction, ...singles] = (await outcomes) as [ApiError, ...ApiError[]]
    expect(reasonsOf(transaction)).toEqual(['None', 'TransactionConflict'])
    expect(singles.map(({ name }) => name)).toEqual([
      'TransactionConflictException',
      'TransactionConflictException',
    ])
    points.letGo()
    await first
    await transact(held, put('b'), add('a', '1'))
  })

  it('a reading transaction reads what is durable', async () => {
    const held = openHeldCoordinator('claimed', { conflicts: 'queue' })
    const { points, coordinator, put } = held
    const first = transact(held, put('a'))
    await points.waits()
    expect(await coordinator.readTransaction([put('a')])).toEqual([undefined])
    points.letGo()
    await first
    expect(await coordinator.readTransaction([put('a')])).toHaveLength(1)
  })
})

it('single writes that a transaction comes behind are handed over before it', async () => {
  const open = openCoordinator()
  const { engine, coordinator, add, read } = open
  engine.hold()
  const singles: Promise<WriteResult>[] = [coordinator.write(add('a', '1'))]
  await loopTurns()
  for (let i = 0; i < 10; i++) singles.push(coordinator.write(add('a', '1')))
  await loopTurns()
  const transaction = transact(open, add('a', '100'))
  await loopTurns()
  const late = coordinator.write(add('a', '1'))
  await loopTurns()
  engine.release()
  expect((await late).after?.item['n']).toEqual({ N: '112' })
  await Promise.all([...singles, transaction])
  expect((await read('a'))?.['n']).toEqual({ N: '112' })
})
