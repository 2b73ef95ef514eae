import { beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import {
  StorageConflict,
  StorageEnded,
  StorageFailure,
  type Bytes,
  type Expectation,
  type StorageWrite,
} from '../storage/engine.ts'
import {
  FoundationFailed,
  SumLimitExceeded,
  type CommitMember,
  type CommitOutcome,
  type EffectResults,
  type PreparedCommit,
  type SequenceDraw,
} from './committer.ts'
import { decodeCounter, encodeCounter, type Counter } from './counters.ts'
import { GroupCommit } from './groupCommit.ts'
import { maxBundledBytes } from '../limits.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'

let deferred: (() => void)[] = []
const clock = { defer: (work: () => void) => void deferred.push(work) } as unknown as Clock
const runDeferred = async (): Promise<void> => {
  const works = deferred
  deferred = []
  for (const work of works) work()
  await tick()
}
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const put = (key: string, value = ''): StorageWrite => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
})
const member = (
  writes: readonly StorageWrite[],
  expectations: readonly Expectation[] = [],
): CommitMember => ({ writes, expectations, effects: [] })
async function* oneByOne(writes: readonly StorageWrite[]): AsyncGenerator<StorageWrite, void> {
  yield* writes
}
const absent = (key: string): Expectation => ({ key: Buffer.from(key), version: undefined })

describe('GroupCommit', () => {
  let engine: FaultyEngine
  let commits: GroupCommit
  const asked = (): { expectations: number; keys: string[] }[] =>
    engine.asked.map(({ expectations, writes }) => ({
      expectations: expectations.length,
      keys: writes.map(({ key }) => Buffer.from(key).toString()),
    }))

  beforeEach(() => {
    deferred = []
    engine = new FaultyEngine()
    commits = new GroupCommit(engine, clock)
  })

  test('members that arrive together go into one commit, in their order', async () => {
    const all = Promise.all(
      ['a', 'b', 'a'].map((key, i) => commits.submit(member([put(key, `${i}`)]))),
    )
    await runDeferred()
    await all
    expect(asked().map(({ keys }) => keys)).toEqual([['a', 'b', 'a']])
    expect(engine.get(Buffer.from('a'))).toEqual(Buffer.from('2'))
  })

  test('what arrives during a commit waits for the next one', async () => {
    engine.hold()
    const done: string[] = []
    const submit = (key: string): void => {
      void commits.submit(member([put(key)])).then(() => done.push(key))
    }
    submit('a')
    await runDeferred()
    submit('b')
    submit('c')
    await tick()
    expect(engine.asked).toHaveLength(1)
    expect(done).toEqual([])
    engine.letThrough()
    await tick()
    expect(done).toEqual(['a'])
    expect(asked().map(({ keys }) => keys)).toEqual([['a'], ['b', 'c']])
    engine.letThrough()
    await commits.settled()
    await tick()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  test('settled resolves at once when idle, and else after everything', async () => {
    await commits.settled()
    engine.hold()
    let settled = false
    const submitted = commits.submit(member([put('a')]))
    void commits.settled().then(() => (settled = true))
    await runDeferred()
    expect(settled).toBe(false)
    engine.letThrough()
    await submitted
    await tick()
    expect(settled).toBe(true)
  })

  test('a conflict fails its member alone', async () => {
    await engine.commit([], [put('taken')])
    const results = Promise.allSettled([
      commits.submit(member([put('a')])),
      commits.submit(member([put('b'), put('b2')], [absent('taken')])),
      commits.submit(member([put('c')], [absent('c')])),
    ])
    await runDeferred()
    const [a, b, c] = await results
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((b as PromiseRejectedResult).reason).toBeInstanceOf(StorageConflict)
    const found = ['a', 'b', 'b2', 'c'].map((key) => engine.get(Buffer.from(key)) !== undefined)
    expect(found).toEqual([true, false, false, true])
  })

  test('of two members with the same expectation the second one conflicts', async () => {
    const results = Promise.allSettled([
      commits.submit(member([put('a', '1')], [absent('a')])),
      commits.submit(member([put('a', '2')], [absent('a')])),
      commits.submit(member([put('z')])),
    ])
    await runDeferred()
    const statuses = (await results).map(({ status }) => status)
    expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(engine.get(Buffer.from('a'))).toEqual(Buffer.from('1'))
    expect(engine.get(Buffer.from('z'))).toBeDefined()
  })

  test('a failure of the store fails each member of a group, and the next group is tried', async () => {
    engine.failure = new StorageFailure('disk full')
    const results = Promise.allSettled(['a', 'b'].map((key) => commits.submit(member([put(key)]))))
    await runDeferred()
    for (const result of await results) {
      expect((result as PromiseRejectedResult).reason).toBe(engine.failure)
    }
    expect(asked().map(({ keys }) => keys)).toEqual([['a', 'b'], ['a'], ['b']])
    engine.failure = undefined
    const next = commits.submit(member([put('c')]))
    await runDeferred()
    await next
    expect(engine.get(Buffer.from('c'))).toBeDefined()
  })

  test('after the end of the engine nothing is tried one by one', async () => {
    engine.failure = new StorageEnded('the store is closed')
    const results = Promise.allSettled(['a', 'b'].map((key) => commits.submit(member([put(key)]))))
    await runDeferred()
    for (const result of await results) {
      expect((result as PromiseRejectedResult).reason).toBe(engine.failure)
    }
    expect(asked().map(({ keys }) => keys)).toEqual([['a', 'b']])
  })

  test.each<[string, CommitMember]>([
    [
      'whose writes cannot be encoded',
      member([{ key: 'no bytes' as unknown as Bytes, value: undefined }]),
    ],
    ['that the engine refuses', member([put('refused')])],
  ])('a member %s fails by itself', async (_, faulty) => {
    engine.meet = (_call, writes) => {
      const isRefused = writes.some(({ key }) => Buffer.from(key).toString() === 'refused')
      if (isRefused) throw new RangeError('refused')
    }
    const results = Promise.allSettled([
      commits.submit(member([put('a')])),
      commits.submit(faulty),
      commits.submit(member([put('c')])),
    ])
    await runDeferred()
    const statuses = (await results).map(({ status }) => status)
    expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(engine.get(Buffer.from('a'))).toBeDefined()
    expect(engine.get(Buffer.from('c'))).toBeDefined()
  })

  describe('a member that is built on another one', () => {
    const relying = (key: string, value: string): Expectation => ({
      key: Buffer.from(key),
      version: engine.versionOf(Buffer.from(value)),
    })
    const open = (): CommitOutcome => ({ failure: undefined })
    const settle = async (...members: CommitMember[]): Promise<unknown[]> => {
      const results = Promise.allSettled(members.map((each) => commits.submit(each)))
      await runDeferred()
      return (await results).map((each) => (each.status === 'fulfilled' ? 'done' : each.reason))
    }

    test('goes with it into one commit, which relies on what the store has', async () => {
      await engine.commit([], [put('a', '1')])
      engine.asked.length = 0
      const outcome = open()
      const first = { ...member([put('a', '2')], [relying('a', '1')]), outcome }
      const second = { ...member([put('a', '3')], [relying('a', '2')]), builtOn: [outcome] }
      const gone = member([{ key: Buffer.from('a'), value: undefined }], [relying('a', '3')])
      const last = member([put('a', '5')], [absent('a')])
      expect(await settle(first, second, gone, last)).toEqual(['done', 'done', 'done', 'done'])
      expect(asked()).toEqual([{ expectations: 1, keys: ['a', 'a', 'a', 'a'] }])
      expect(engine.get(Buffer.from('a'))).toEqual(Buffer.from('5'))
    })

    test('is refused when the other one wrote something else', async () => {
      const results = await settle(
        member([put('a', '1')], [absent('a')]),
        member([put('a', '3')], [relying('a', '2')]),
        member([put('b')]),
      )
      expect(results).toEqual(['done', expect.any(StorageConflict), 'done'])
      expect(engine.get(Buffer.from('a'))).toEqual(Buffer.from('1'))
    })

    test.each(['in the same group', 'in a later one'])('falls with it %s', async (when) => {
      const [first, second] = [open(), open()]
      const failure = new StorageFailure('refused')
      engine.meet = (_call, writes) => {
        if (writes.some(({ key }) => Buffer.from(key).toString() === 'refused')) throw failure
      }
      const root = { ...member([put('a', '1'), put('refused')]), outcome: first }
      const follower = {
        ...member([put('b')], [relying('a', '1')]),
        outcome: second,
        builtOn: [first],
      }
      const behind = { ...member([put('c')]), builtOn: [second] }
      const other = member([put('d')])
      const results =
        when === 'in the same group'
          ? await settle(root, follower, behind, other)
          : [...(await settle(root)), ...(await settle(follower, behind, other))]
      expect(results).toEqual([
        failure,
        expect.any(FoundationFailed),
        expect.any(FoundationFailed),
        'done',
      ])
      expect(results.slice(1, 3).map((error) => (error as FoundationFailed).failure)).toEqual([
        failure,
        failure,
      ])
      expect([first.failure, second.failure]).toEqual([failure, results[1]])
      for (const key of ['a', 'b', 'c']) expect(engine.get(Buffer.from(key))).toBeUndefined()
      expect(engine.get(Buffer.from('d'))).toBeDefined()
    })

    test('falls with one that is too much for a sum, and others do not', async () => {
      const outcome = open()
      const sum = { kind: 'sum', key: Buffer.from('sum'), difference: 5, limit: 3 } as const
      const root = { ...member([put('a', '1')]), effects: [sum], outcome }
      const follower = { ...member([put('a', '2')]), builtOn: [outcome] }
      const results = await settle(root, follower, member([put('b')]))
      expect(results).toEqual([expect.any(SumLimitExceeded), expect.any(FoundationFailed), 'done'])
      expect(asked()).toEqual([{ expectations: 0, keys: ['b'] }])
    })
  })

  test('a member whose writes are not at hand goes by itself', async () => {
    const large = { ...member([]), writes: oneByOne([put('b1'), put('b2')]) }
    const all = [member([put('a')]), large, member([put('c')]), member([put('d')])]
    const submitted = Promise.all(all.map((each) => commits.submit(each)))
    await runDeferred()
    await submitted
    expect(asked().map(({ keys }) => keys)).toEqual([['a'], ['b1', 'b2'], ['c', 'd']])
  })

  test('what onCommitted throws is told, and the member is committed all the same', async () => {
    const faults: unknown[] = []
    commits = new GroupCommit(engine, clock, (fault) => faults.push(fault))
    const fault = new Error('no listener')
    const results = Promise.allSettled([
      commits.submit({
        ...member([put('a')]),
        onCommitted() {
          throw fault
        },
      }),
      commits.submit(member([put('b')])),
    ])
    await runDeferred()
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(faults).toEqual([fault])
    expect(engine.get(Buffer.from('a'))).toBeDefined()
  })

  test('a group is bounded in writes, whatever the number of its members', async () => {
    const hundred = (i: number): StorageWrite[] =>
      Array.from({ length: 100 }, (_, j) => put(`k${i}-${j}`))
    const many = Array.from({ length: 15 }, (_, i) => commits.submit(member(hundred(i))))
    await runDeferred()
    await Promise.all(many)
    expect(asked().map(({ keys }) => keys.length)).toEqual([1100, 400])
  })

  test('a group is bounded in members and in bytes', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => commits.submit(member([put(`k${i}`)])))
    await runDeferred()
    await Promise.all(many)
    expect(asked().map(({ keys }) => keys.length)).toEqual([1024, 1024, 452])
    engine.asked.length = 0
    const value = Buffer.alloc(6 * 1024 * 1024)
    const large = Array.from({ length: 5 }, (_, i) =>
      commits.submit(member([{ key: Buffer.from(`l${i}`), value }])),
    )
    await runDeferred()
    await Promise.all(large)
    expect(asked().map(({ keys }) => keys.length)).toEqual([3, 2])
  })

  describe('counters', () => {
    const counterOf = (values: number[]): Counter => ({ key: Buffer.from('sum'), values })
    const change = (counter: Counter, differences: number[]): Promise<unknown> =>
      commits.submit({ ...member([]), effects: [{ kind: 'delta', counter, differences }] })
    const stored = (): number[] => decodeCounter(engine.get(Buffer.from('sum')) as Bytes)

    test('changes of one group add up and are stored once', async () => {
      const counter = counterOf([10, 0])
      const all = Promise.all([
        change(counter, [1, 5]),
        change(counter, [-3, 7]),
        change(counter, [2]),
      ])
      await runDeferred()
      await all
      expect(counter.values).toEqual([10, 12])
      expect(stored()).toEqual([10, 12])
      expect(asked()).toEqual([{ expectations: 0, keys: ['sum'] }])
    })

    test('a failed commit changes no counter', async () => {
      const counter = counterOf([1])
      engine.failure = new StorageFailure('disk full')
      const failed = change(counter, [5]).catch((error: unknown) => error)
      await runDeferred()
      expect(await failed).toBe(engine.failure)
      expect(counter.values).toEqual([1])
      engine.failure = undefined
      const next = change(counter, [1])
      await runDeferred()
      await next
      expect(counter.values).toEqual([2])
      expect(stored()).toEqual([2])
    })

    test('a conflict of one member leaves its changes out', async () => {
      await engine.commit([], [put('taken')])
      const counter = counterOf([0])
      const conflicting = commits.submit({
        writes: [],
        expectations: [absent('taken')],
        effects: [{ kind: 'delta', counter, differences: [100] }],
      })
      const results = Promise.allSettled([change(counter, [1]), conflicting, change(counter, [2])])
      await runDeferred()
      const statuses = (await results).map(({ status }) => status)
      expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(counter.values).toEqual([3])
      expect(stored()).toEqual([3])
    })

    test('sums are exact up to 2^53 and may be negative', () => {
      const values = [0, 1, -1, 2 ** 53, -(2 ** 53), 400 * 1024 * 1e9]
      expect(decodeCounter(encodeCounter(values))).toEqual(values)
    })
  })

  describe('sums by key', () => {
    const key = Buffer.from('sum')
    const grow = (difference: number, limit = 100, name = 'item'): Promise<EffectResults> =>
      commits.submit({
        ...member([put(name)]),
        effects: [{ kind: 'sum', key, difference, limit }],
      })
    const stored = (): number[] | undefined => {
      const bytes = engine.get(key) as Bytes | undefined
      return bytes === undefined ? undefined : decodeCounter(bytes)
    }
    const outcomes = async (all: Promise<unknown>[]): Promise<string[]> => {
      const settled = Promise.allSettled(all)
      await runDeferred()
      return (await settled).map((outcome) =>
        outcome.status === 'fulfilled' ? 'done' : (outcome.reason as Error).name,
      )
    }

    test('are read from the store, add up in one commit and go away at 0', async () => {
      expect(await outcomes([grow(30), grow(40)])).toEqual(['done', 'done'])
      expect(stored()).toEqual([70])
      expect(engine.asked).toHaveLength(1)
      expect(await outcomes([grow(-70)])).toEqual(['done'])
      expect(stored()).toBeUndefined()
    })

    test('refuse the member that exceeds its limit and leave its neighbours', async () => {
      const all = [grow(60, 100, 'a'), grow(41, 100, 'b'), grow(40, 100, 'c')]
      expect(await outcomes(all)).toEqual(['done', 'SumLimitExceeded', 'done'])
      expect(stored()).toEqual([100])
      expect(engine.get(Buffer.from('b'))).toBeUndefined()
      expect(engine.get(Buffer.from('c'))).toBeDefined()
    })

    test('refuse all of a member with one sum too great', async () => {
      const other = { kind: 'sum', key: Buffer.from('other'), difference: 5, limit: 100 } as const
      const both = commits.submit({
        ...member([]),
        effects: [other, { kind: 'sum', key, difference: 101, limit: 100 }],
      })
      expect(await outcomes([both])).toEqual(['SumLimitExceeded'])
      expect(engine.asked).toEqual([])
      expect(await outcomes([grow(1)])).toEqual(['done'])
      expect(engine.get(other.key)).toBeUndefined()
    })

    test('may shrink while they are beyond the limit', async () => {
      expect(await outcomes([grow(90), grow(-10, 50), grow(0, 50)])).toEqual([
        'done',
        'done',
        'done',
      ])
      expect(stored()).toEqual([80])
    })
  })

  describe('sequences', () => {
    const key = Buffer.from('sequence')
    const drawOf = (count: number, writes: SequenceDraw['writes'], timeMs = 0): SequenceDraw => ({
      kind: 'next',
      key,
      count,
      timeMs,
      bytes: 0,
      writes,
    })
    const take = (count: number, name: string): Promise<EffectResults> =>
      commits.submit({
        ...member([]),
        effects: [drawOf(count, (first) => [put(name, `${first}`)])],
      })
    const textAt = (name: string): string | undefined =>
      (engine.get(Buffer.from(name)) as Bytes | undefined)?.toString()

    test('give out each number once, in the order of the commits, and are kept', async () => {
      const all = Promise.all([take(2, 'a'), take(1, 'b')])
      await runDeferred()
      expect(await all).toEqual([[1], [3]])
      expect(engine.asked).toHaveLength(1)
      commits = new GroupCommit(engine, clock)
      const next = take(1, 'c')
      await runDeferred()
      expect(await next).toEqual([4])
      expect(['a', 'b', 'c'].map(textAt)).toEqual(['1', '3', '4'])
    })

    test('tell who listens of each commit that has drawn, when it can be read', async () => {
      const told: (string | undefined)[] = []
      const forget = commits.onDraw(key, () => told.push(textAt('a')))
      commits.onDraw(Buffer.from('other'), () => told.push('other'))
      const plain = commits.submit(member([put('a', '0')]))
      await runDeferred()
      await plain
      expect(told).toEqual([])
      const drawn = take(1, 'a').then(() => told.push('answered'))
      await runDeferred()
      await drawn
      expect(told).toEqual(['1', 'answered'])
      forget()
      const next = take(1, 'a')
      await runDeferred()
      await next
      expect(told).toEqual(['1', 'answered'])
    })

    test('give the numbers of a refused member to others', async () => {
      await engine.commit([], [put('taken')])
      const refused = commits.submit({
        ...member([], [absent('taken')]),
        effects: [drawOf(5, () => [])],
      })
      const results = Promise.allSettled([refused, take(1, 'b')])
      await runDeferred()
      const [first, second] = await results
      expect(first.status).toBe('rejected')
      expect(second).toEqual({ status: 'fulfilled', value: [1] })
    })

    test('give times that never go back', async () => {
      const times: number[] = []
      const draw = (timeMs: number): Promise<EffectResults> => {
        const noted = (_: number, drawnMs: number): [] => {
          times.push(drawnMs)
          return []
        }
        return commits.submit({ ...member([]), effects: [drawOf(1, noted, timeMs)] })
      }
      const all = Promise.all([draw(5), draw(3), draw(8)])
      await runDeferred()
      await all
      commits = new GroupCommit(engine, clock)
      const later = draw(7)
      await runDeferred()
      await later
      expect(times).toEqual([5, 5, 8, 8])
    })

    test('count for the size of a group', async () => {
      const large = { ...drawOf(1, () => []), bytes: maxBundledBytes }
      const all = Promise.all([
        commits.submit({ ...member([put('a')]), effects: [large] }),
        commits.submit(member([put('b')])),
      ])
      await runDeferred()
      await all
      expect(engine.asked).toHaveLength(2)
    })
  })

  test('what a member changes beside the store is known before a later one is looked at', async () => {
    let isCurrent = true
    const first = commits.submit({
      ...member([put('a')]),
      onCommitted: () => {
        isCurrent = false
      },
    })
    const stale = commits.submit({ ...member([put('b')]), isCurrent: () => isCurrent })
    const other = commits.submit(member([put('c')]))
    const outcomes = Promise.allSettled([first, stale, other])
    await runDeferred()
    const [, refused] = await outcomes
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect((refused as PromiseRejectedResult).reason).toBeInstanceOf(StorageConflict)
    expect(engine.get(Buffer.from('b'))).toBeUndefined()
  })

  test('a change that does not apply is asked when its turn has come, and left out', async () => {
    const counter: Counter = { key: Buffer.from('sum'), values: [0] }
    let position = 0
    const first = commits.submit({
      ...member([put('a')]),
      onCommitted: () => {
        position = 1
      },
    })
    const second = commits.submit(() => {
      const applies = (): boolean => position === 1
      return {
        ...member([]),
        effects: [
          { kind: 'delta', counter, differences: [5], filling: { applies, replaced: undefined } },
        ],
      }
    })
    const applies = (): boolean => position === 2
    const third = commits.submit({
      ...member([]),
      effects: [
        { kind: 'delta', counter, differences: [7], filling: { applies, replaced: undefined } },
      ],
    })
    await runDeferred()
    await Promise.all([first, second, third])
    expect(counter.values).toEqual([5])
  })

  test('onCommitted comes before any later member is looked at, and not after a failure', async () => {
    const seen: string[] = []
    const tell =
      (name: string): PreparedCommit =>
      () => {
        seen.push(`${name} is looked at`)
        return { ...member([put(name)]), onCommitted: () => void seen.push(`${name} is in`) }
      }
    engine.failure = new StorageFailure('disk full')
    const failed = commits.submit(tell('a')).catch(() => {
      engine.failure = undefined
    })
    await runDeferred()
    await failed
    const all = Promise.all([commits.submit(tell('b')), commits.submit(tell('c'))])
    await runDeferred()
    await all
    expect(seen).toEqual([
      'a is looked at',
      'b is looked at',
      'b is in',
      'c is looked at',
      'c is in',
    ])
  })
})

describe('where no commit is a flush', () => {
  let commits: GroupCommit
  const notes: string[] = []
  const submit = (key: string, submitted: CommitMember | PreparedCommit = member([put(key)])) =>
    commits.submit(submitted).then(
      () => void notes.push(key),
      (error: Error) => void notes.push(`${key}: ${error.name}`),
    )

  beforeEach(() => {
    deferred = []
    notes.length = 0
    commits = new GroupCommit(new MemoryEngine(), clock)
  })

  test('a member waits for no events, and those that come meanwhile keep their order', async () => {
    const first = submit('a')
    const others = [submit('b'), submit('a', member([put('a')], [absent('a')])), submit('c')]
    expect(notes).toEqual([])
    await Promise.all([first, ...others])
    expect(notes).toEqual(['a', 'b', 'c', 'a: StorageConflict'])
    await commits.settled()
  })

  test.each<[string, () => CommitMember | PreparedCommit]>([
    ['is prepared when its turn has come', () => () => member([put('a')])],
    ['makes its writes then', () => ({ ...member([]), writes: oneByOne([put('a')]) })],
    ['writes what the one before has written in this turn', () => member([put('z')])],
  ])('one that %s lets events go first', async (_, made) => {
    await submit('z')
    await tick()
    notes.length = 0
    const first = submit('a', made())
    const behind = submit('b')
    await tick()
    expect(notes).toEqual([])
    await runDeferred()
    await Promise.all([first, behind])
    expect(notes).toEqual(['a', 'b'])
  })

  test('events go first now and then, however fast members follow each other', async () => {
    let done = 0
    const endless = async (): Promise<void> => {
      while (notes.length === 0) {
        await commits.submit(member([put(`a${done}`)]))
        done += 1
      }
    }
    const loop = endless()
    for (let turn = 1; turn <= 3; turn++) {
      await tick()
      expect(done).toBe(turn * 64)
      await runDeferred()
    }
    notes.push('end')
    await runDeferred()
    await loop
  })
})
