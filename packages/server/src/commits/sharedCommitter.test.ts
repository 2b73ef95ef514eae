import { beforeEach, describe, expect, test } from 'vitest'
import { StorageConflict, type Expectation, type StorageWrite } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { SumLimitExceeded, type CommitMember, type Effect } from './committer.ts'
import { decodeCounterChanges } from './counterChanges.ts'
import { decodeCounter, encodeCounter, type Counter } from './counters.ts'
import { retriesAtOnce } from './retries.ts'
import { SharedCommitter } from './sharedCommitter.ts'

const key = (name: string): Buffer => Buffer.from(name)
const put = (name: string, value = ''): StorageWrite => ({ key: key(name), value: key(value) })
const member = (
  writes: CommitMember['writes'],
  effects: readonly Effect[] = [],
  expectations: readonly Expectation[] = [],
): CommitMember => ({ writes, effects, expectations })
const absent = (name: string): Expectation => ({ key: key(name), version: undefined })
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const grow = (difference: number, limit = 1000): Effect => ({
  kind: 'sum',
  key: key('sum'),
  difference,
  limit,
})

/** One of several servers on a store. */
class Side {
  readonly engine: FaultyEngine
  readonly committer: SharedCommitter
  readonly faults: unknown[] = []

  constructor(store: MemoryEngine, name: string, attempts = 50) {
    this.engine = new FaultyEngine({ store, answers: 'later', commitsLater: true })
    let serial = 0
    this.committer = new SharedCommitter({
      engine: this.engine,
      retries: retriesAtOnce(attempts),
      nextChangeKey: () => key(`change ${name} ${serial++}`),
      onFault: (error) => void this.faults.push(error),
    })
  }
}

describe('SharedCommitter', () => {
  let store: MemoryEngine
  let one: Side
  let other: Side

  beforeEach(() => {
    store = new MemoryEngine()
    one = new Side(store, 'one')
    other = new Side(store, 'other')
  })

  test('who listens to a sequence is told of own commits that have drawn', async () => {
    const told: string[] = []
    const forget = one.committer.onDraw(key('sequence'), () => told.push('one'))
    other.committer.onDraw(key('sequence'), () => told.push('other'))
    const draw: Effect = {
      kind: 'next',
      key: key('sequence'),
      count: 1,
      timeMs: 0,
      bytes: 0,
      writes: () => [],
    }
    await one.committer.submit(member([put('a')], [draw]))
    await one.committer.submit(member([put('b')]))
    expect(told).toEqual(['one'])
    forget()
    await one.committer.submit(member([put('c')], [draw]))
    expect(told).toEqual(['one'])
  })

  test('commits are under way side by side', async () => {
    one.engine.hold()
    const both = ['a', 'b'].map((name) => one.committer.submit(member([put(name)])))
    let isSettled = false
    const settled = one.committer.settled().then(() => (isSettled = true))
    await tick()
    await tick()
    expect(one.engine.waiting).toBe(2)
    expect(isSettled).toBe(false)
    one.engine.release()
    await Promise.all([...both, settled])
    expect([store.get(key('a')), store.get(key('b'))]).toEqual([key(''), key('')])
  })

  test('what a member relies on is not tried again, whatever its effects are', async () => {
    await store.commit([], [put('taken')])
    const refused = one.committer.submit(member([put('a')], [grow(1)], [absent('taken')]))
    await expect(refused).rejects.toBeInstanceOf(StorageConflict)
    expect(one.engine.asked).toHaveLength(1)
    expect(store.get(key('a'))).toBeUndefined()
    expect(store.get(key('sum'))).toBeUndefined()
  })

  test('a sum that many change has all of it, and each is told its own', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : other).committer.submit(member([], [grow(1)])),
      ),
    )
    const sums = results.map(([sum]) => sum as number).sort((a, b) => a - b)
    expect(sums).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(decodeCounter(store.get(key('sum')) as Buffer)).toEqual([20])
  })

  test('a sum of nothing is removed, and one beyond its limit refused', async () => {
    await one.committer.submit(member([], [grow(5)]))
    const refused = other.committer.submit(member([put('a')], [grow(6, 10)]))
    await expect(refused).rejects.toBeInstanceOf(SumLimitExceeded)
    expect(store.get(key('a'))).toBeUndefined()
    await other.committer.submit(member([], [grow(-5)]))
    expect(store.get(key('sum'))).toBeUndefined()
  })

  test('the numbers of a sequence are given out once', async () => {
    const draw = (name: string): Effect => ({
      kind: 'next',
      key: key('last'),
      count: 2,
      timeMs: 0,
      bytes: 0,
      writes: (first) => [put(`number ${first}`, name), put(`number ${first + 1}`, name)],
    })
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? one : other).committer.submit(member([], [draw(`${i}`)])),
      ),
    )
    const firsts = results.map(([first]) => first as number)
    expect(firsts.toSorted((a, b) => a - b)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19])
    firsts.forEach((first, i) => {
      expect(store.get(key(`number ${first}`))).toEqual(key(`${i}`))
      expect(store.get(key(`number ${first + 1}`))).toEqual(key(`${i}`))
    })
  })

  const drawOf = (sequence: string): Effect => ({
    kind: 'next',
    key: key(sequence),
    count: 1,
    timeMs: 0,
    bytes: 0,
    writes: (first) => [put(`${sequence} ${first}`)],
  })

  test('those that draw while another one does are made together, in their order', async () => {
    one.engine.hold()
    const drawing = ['a', 'b', 'c', 'd'].map((name) =>
      one.committer.submit(member([put(name)], [drawOf('s')])),
    )
    await tick()
    await tick()
    expect(one.engine.waiting).toBe(1)
    one.engine.release()
    expect(await Promise.all(drawing)).toEqual([[1], [2], [3], [4]])
    expect(one.engine.asked).toHaveLength(2)
    for (const name of ['a', 'b', 'c', 'd', 's 1', 's 4']) {
      expect(store.get(key(name)), name).toEqual(key(''))
    }
  })

  test('those that draw from other sequences do not wait', async () => {
    one.engine.hold()
    const drawing = ['s', 't', 'u'].map((name) => one.committer.submit(member([], [drawOf(name)])))
    await tick()
    await tick()
    expect(one.engine.waiting).toBe(3)
    one.engine.release()
    expect(await Promise.all(drawing)).toEqual([[1], [1], [1]])
  })

  test('when a group is refused its members are made one by one', async () => {
    await store.commit([], [put('taken')])
    one.engine.hold()
    const drawing = ['a', 'b', 'c'].map((name, i) =>
      one.committer.submit(member([put(name)], [drawOf('s')], i === 1 ? [absent('taken')] : [])),
    )
    const outcomes = Promise.allSettled(drawing)
    await tick()
    one.engine.release()
    expect(await outcomes).toMatchObject([
      { value: [1] },
      { reason: { name: 'StorageConflict' } },
      { value: [2] },
    ])
    expect(store.get(key('b'))).toBeUndefined()
  })

  test('no member of a group relies on what one before it changes', async () => {
    one.engine.hold()
    const drawing = ['a', 'table', 'b', 'c'].map((name) =>
      one.committer.submit(
        member([put(name)], [drawOf('s')], name === 'a' ? [] : [absent('table')]),
      ),
    )
    const outcomes = Promise.allSettled(drawing)
    await tick()
    await tick()
    one.engine.release()
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
    expect(store.get(key('b'))).toBeUndefined()
  })

  test('a sum that this server has left is not read before the next commit', async () => {
    for (let i = 0; i < 3; i++) await one.committer.submit(member([], [grow(1)]))
    expect(one.engine.keysRead).toBe(1)
    await other.committer.submit(member([], [grow(1)]))
    expect(await one.committer.submit(member([], [grow(1)]))).toEqual([5])
    expect(await one.committer.submit(member([], [grow(1)]))).toEqual([6])
    expect(decodeCounter(store.get(key('sum')) as Buffer)).toEqual([6])
  })

  test('no sum is refused for what it was once', async () => {
    await one.committer.submit(member([], [grow(5)]))
    await other.committer.submit(member([], [grow(-5)]))
    expect(await one.committer.submit(member([], [grow(6, 10)]))).toEqual([6])
    const refused = one.committer.submit(member([], [grow(6, 10)]))
    await expect(refused).rejects.toBeInstanceOf(SumLimitExceeded)
  })

  test('changes of counters conflict with nothing and are kept apart', async () => {
    const counter: Counter = { key: key('count'), values: [0, 0] }
    const delta = (count: number): Effect => ({ kind: 'delta', counter, differences: [count, 10] })
    await Promise.all([
      one.committer.submit(member([put('a')], [delta(1)])),
      other.committer.submit(member([put('b')], [delta(-2)])),
    ])
    expect([one, other].map(({ engine }) => engine.asked.length)).toEqual([1, 1])
    expect(store.get(key('count'))).toBeUndefined()
    const kept = ['one', 'other'].map((name) => store.get(key(`change ${name} 0`)) as Buffer)
    expect(kept.map(decodeCounterChanges)).toEqual([
      [{ key: key('count'), differences: [1, 10] }],
      [{ key: key('count'), differences: [-2, 10] }],
    ])
  })

  test('what is filled in counts for what it replaces only where that is', async () => {
    const counter: Counter = { key: key('count'), values: [0, 0] }
    const replaced = { key: key('entry'), counts: [1, 30] }
    const filling = { applies: () => false, replaced }
    const effect: Effect = { kind: 'delta', counter, differences: [0, 5], filling }
    await one.committer.submit(member([put('entry')], [effect]))
    await one.committer.submit(member([put('entry')], [effect]))
    const kept = [0, 1].map((i) => store.get(key(`change one ${i}`)) as Buffer)
    expect(kept.flatMap(decodeCounterChanges).map(({ differences }) => differences)).toEqual([
      [1, 35],
      [0, 5],
    ])
  })

  test('it gives up after so many attempts', async () => {
    const weary = new Side(store, 'weary', 3)
    weary.engine.meet = (call) => {
      // Somebody is always quicker.
      if (call === 'commit') {
        const before = store.get(key('sum'))
        const value = encodeCounter([
          (before === undefined ? 0 : (decodeCounter(before)[0] ?? 0)) + 1,
        ])
        void store.commit([], [{ key: key('sum'), value }])
      }
    }
    const refused = weary.committer.submit(member([put('a')], [grow(1)]))
    await expect(refused).rejects.toBeInstanceOf(StorageConflict)
    expect(weary.engine.asked).toHaveLength(3)
    expect(store.get(key('a'))).toBeUndefined()
  })

  test('writes that are not at hand are written, and asked for once', async () => {
    let asked = 0
    async function* oneByOne(): AsyncGenerator<StorageWrite, void> {
      asked += 1
      yield put('a')
      yield put('b')
    }
    await one.committer.submit(member(oneByOne(), [grow(1)]))
    expect(asked).toBe(1)
    expect(store.get(key('b'))).toEqual(key(''))
    expect(decodeCounter(store.get(key('sum')) as Buffer)).toEqual([1])
  })

  test('a prepared commit relies on what it says, and is told to its owner', async () => {
    await store.commit([], [put('position', '1')])
    const told: string[] = []
    const step = async (): Promise<CommitMember> => {
      const [found] = await one.engine.read([key('position')])
      const expectations = [{ key: key('position'), version: found?.version }]
      const onCommitted = (): void => void told.push('done')
      return { ...member([put('position', '2')], [], expectations), onCommitted }
    }
    const both = await Promise.allSettled([one.committer.submit(step), one.committer.submit(step)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(told).toEqual(['done'])
  })

  test('what onCommitted throws is reported and changes nothing', async () => {
    const fault = new Error('on committed')
    const onCommitted = (): never => {
      throw fault
    }
    await one.committer.submit({ ...member([put('a')]), onCommitted })
    expect(one.faults).toEqual([fault])
    expect(store.get(key('a'))).toEqual(key(''))
  })
})
