import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import {
  asBuffer,
  StorageConflict,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
} from '../engine.ts'
import { describeEngine } from '../engineContract.ts'
import { MemoryEngine } from '../memory/memoryEngine.ts'
import { HistoryEngine } from './historyEngine.ts'

const plenty = 64 * 1024 * 1024

describeEngine('memory, with nothing remembered', async () => {
  const engine = new HistoryEngine(new MemoryEngine(), new ManualClock(), plenty)
  return { engine, dispose: () => engine.close() }
})

describeEngine('memory, with its past', async () => {
  const engine = new HistoryEngine(new MemoryEngine(), new ManualClock(), plenty)
  engine.remember(1000)
  return { engine, dispose: () => engine.close() }
})

/** Answers with promises, late; a commit shows some time before it resolves. */
class LateEngine extends MemoryEngine {
  // The contract lets an engine answer late; the class that is borrowed from does not.
  override get(key: Bytes): Bytes | undefined {
    const value = super.get(key)
    return later(value) as never
  }

  override getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return later(keys.map((key) => super.get(key))) as never
  }

  override async commit(expectations: readonly Expectation[], writes: StorageWrites) {
    await later(undefined)
    await super.commit(expectations, writes)
    await later(undefined)
  }
}

const later = <T>(value: T): Promise<T> =>
  new Promise((resolve) => setImmediate(() => resolve(value)))

const bytes = (text: string): Bytes => Buffer.from(text, 'latin1')
const textOf = (value: Bytes | undefined): string | undefined =>
  value && asBuffer(value).toString('latin1')
const put = (key: string, value: string): StorageWrite => ({ key: bytes(key), value: bytes(value) })

async function textsOf(entries: Iterable<Entry> | AsyncIterable<Entry>): Promise<string[]> {
  const texts: string[] = []
  for await (const { key, value } of entries) texts.push(`${textOf(key)}=${textOf(value)}`)
  return texts
}

const everything: KeyRange = { start: bytes(''), end: bytes('\xff') }

async function allOf(snapshot: Snapshot): Promise<string[]> {
  try {
    return await textsOf(snapshot.range(everything))
  } finally {
    snapshot.close()
  }
}

/** A state of a store, and since when it shows. */
interface State {
  readonly sinceMs: number
  readonly entries: ReadonlyMap<string, string>
}

/** All states that there were: what an old read is held against. */
class NaiveStates {
  readonly states: State[] = [{ sinceMs: 0, entries: new Map() }]

  add(sinceMs: number, writes: readonly StorageWrite[]): void {
    const entries = new Map(this.states.at(-1)?.entries)
    for (const { key, value } of writes) {
      if (value === undefined) entries.delete(textOf(key) as string)
      else entries.set(textOf(key) as string, textOf(value) as string)
    }
    this.states.push({ sinceMs, entries })
  }

  at(timeMs: number): ReadonlyMap<string, string> {
    return (this.states.findLast(({ sinceMs }) => sinceMs <= timeMs) ?? (this.states[0] as State))
      .entries
  }
}

function expectedRange(entries: ReadonlyMap<string, string>, range: KeyRange): string[] {
  const [start, end] = [textOf(range.start) as string, textOf(range.end) as string]
  const keys = [...entries.keys()].filter((key) => key >= start && key < end).sort()
  if (range.reverse === true) keys.reverse()
  return keys.map((key) => `${key}=${entries.get(key)}`)
}

const maxAgeMs = 40
const keys = ['a', 'b', 'ba', 'c', 'd', 'e']
const anyKey = fc.constantFrom(...keys)
const anyWrite = fc.record({ key: anyKey, value: fc.option(fc.integer({ max: 99, min: 0 })) })
const anyRange = fc.record({
  start: fc.constantFrom('', ...keys),
  end: fc.constantFrom(...keys, 'f'),
  reverse: fc.boolean(),
})
const anyStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      writes: fc.array(anyWrite, { maxLength: 4 }),
      form: fc.constantFrom('list', 'stream', 'refused', 'broken', 'read meanwhile'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 25 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      ageMs: fc.integer({ min: 0, max: maxAgeMs }),
      key: anyKey,
      range: anyRange,
      /** How many steps later the snapshot is read. */
      patience: fc.integer({ min: 0, max: 6 }),
    }),
  },
)

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never

/** Performs steps on an engine, and holds each read against the list of all states. */
class Trial {
  readonly #clock = new ManualClock({ nowMs: 0 })
  readonly #engine: HistoryEngine
  readonly #states = new NaiveStates()
  #open: { stepsLeft: number; check: () => Promise<void> }[] = []
  #values = 0

  constructor(beneath: StorageEngine) {
    this.#engine = new HistoryEngine(beneath, this.#clock, plenty)
    this.#engine.remember(maxAgeMs)
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'wait') this.#clock.advance(step.ms)
      else if (step.kind === 'commit') await this.#commit(step)
      else await this.#read(step)
      for (const each of this.#open) each.stepsLeft -= 1
      const due = this.#open.filter(({ stepsLeft }) => stepsLeft < 0)
      this.#open = this.#open.filter(({ stepsLeft }) => stepsLeft >= 0)
      for (const { check } of due) await check()
    }
    for (const { check } of this.#open) await check()
    // What is old enough is not kept.
    this.#clock.advance(maxAgeMs)
    this.#engine.snapshotPast(0).close()
    expect(this.#engine.rememberedBytes).toBe(0)
  }

  async #commit({ writes: given, form }: Extract<Step, { kind: 'commit' }>): Promise<void> {
    const writes = given.map(({ key, value }) => ({
      key: bytes(key),
      // No value comes back, so a read of the wrong state cannot pass for the right one.
      value: value === null ? undefined : bytes(`${value}.${(this.#values += 1)}`),
    }))
    const wrong = { key: bytes('a'), version: 'no version' }
    if (form === 'refused') {
      await expect(this.#engine.commit([wrong], writes)).rejects.toBeInstanceOf(StorageConflict)
      return
    }
    const fault = new Error('broken')
    async function* oneByOne(): AsyncGenerator<StorageWrite, void> {
      yield* writes
      if (form === 'broken') throw fault
    }
    if (form === 'broken') {
      await expect(this.#engine.commit([], oneByOne())).rejects.toBe(fault)
      return
    }
    const commit = this.#engine.commit([], form === 'stream' ? oneByOne() : writes)
    if (form === 'read meanwhile') await this.#readUntil(commit)
    await commit
    this.#states.add(this.#clock.nowMs(), writes)
  }

  /** Nothing of a commit is in what is read before it has been acknowledged. */
  async #readUntil(commit: Promise<void>): Promise<void> {
    const progress = { isOver: false }
    void commit.then(() => (progress.isOver = true))
    for (let patience = 0; !progress.isOver; patience++) {
      const range = { start: '', end: 'f', reverse: patience % 2 === 1 }
      await this.#read({ kind: 'read', ageMs: 0, key: 'a', range, patience })
      await later(undefined)
    }
  }

  async #read({ ageMs, key, range, patience }: Extract<Step, { kind: 'read' }>): Promise<void> {
    const expected = this.#states.at(this.#clock.nowMs() - ageMs)
    const single = this.#engine.getPast(bytes(key), ageMs)
    const snapshot = this.#engine.snapshotPast(ageMs)
    expect(textOf(await single)).toBe(expected.get(key))
    const within = { ...range, start: bytes(range.start), end: bytes(range.end) }
    const check = async (): Promise<void> => {
      expect(textOf(await snapshot.get(bytes(key)))).toBe(expected.get(key))
      const many = await snapshot.getMany(keys.map(bytes))
      expect(many.map(textOf)).toEqual(keys.map((each) => expected.get(each)))
      expect(await textsOf(snapshot.range(within))).toEqual(expectedRange(expected, within))
      snapshot.close()
    }
    this.#open.push({ stepsLeft: patience, check })
  }
}

describe('earlier states', () => {
  test.each([
    ['an engine that answers at once', () => new MemoryEngine()],
    ['one that answers late', () => new LateEngine()],
  ])('are those that there were, of %s', async (_name, open) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), (steps) =>
        new Trial(open()).run(steps),
      ),
      { numRuns: 300 },
    )
  })

  test('have all of a commit or nothing, and nothing that is under way', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new LateEngine(), clock, plenty)
    engine.remember(100_000)
    await engine.commit([], [put('a', '0'), put('b', '0')])
    clock.advance(10_000)
    const progress = { isOver: false }
    const writing = (async () => {
      for (let i = 1; i <= 20; i++) await engine.commit([], [put('a', `${i}`), put('b', `${i}`)])
      progress.isOver = true
    })()
    const seen = new Set<string>()
    while (!progress.isOver) {
      seen.add((await allOf(engine.snapshotPast(0))).join())
      seen.add((await allOf(engine.snapshotPast(50))).join())
      expect(textOf(await engine.getPast(bytes('a'), 9000))).toBe('0')
      clock.advance(1)
      await later(undefined)
    }
    await writing
    expect([...seen].filter((state) => !/^a=(\d+),b=\1$/.test(state))).toEqual([])
    expect(seen.size).toBeGreaterThan(10)
  })

  test('stay one state while a commit that they do not have comes to its end', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new LateEngine(), clock, plenty)
    engine.remember(1000)
    await engine.commit([], [put('a', '1'), put('b', '1')])
    const commit = engine.commit([], [put('a', '2'), put('b', '2')])
    const open: { readonly snapshot: Snapshot; readonly a: string | undefined }[] = []
    const progress = { isOver: false }
    void commit.then(() => (progress.isOver = true))
    while (!progress.isOver) {
      const snapshot = engine.snapshotPast(0)
      open.push({ snapshot, a: textOf(await snapshot.get(bytes('a'))) })
      await later(undefined)
    }
    expect(open.length).toBeGreaterThan(2)
    // Nor is it forgotten before they are closed.
    clock.advance(5000)
    await engine.commit([], [put('c', '3')])
    for (const { snapshot, a } of open) {
      expect(textOf(await snapshot.get(bytes('b')))).toBe(a)
      expect(await allOf(snapshot)).toEqual([`a=${a}`, `b=${a}`])
    }
  })

  test('of a commit that is under way when they begin to be kept are whole', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new LateEngine(), clock, plenty)
    const early = engine.commit([], [put('a', '1'), put('b', '1')])
    engine.remember(1000)
    const late = engine.commit([], [put('a', '2')])
    clock.advance(10)
    await Promise.all([early, late])
    expect(await allOf(engine.snapshotPast(20))).toEqual(['a=1', 'b=1'])
    expect(await allOf(engine.snapshotPast(0))).toEqual(['a=2', 'b=1'])
  })
})

describe('what is remembered', () => {
  test('is nothing until it is told to, and again', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new MemoryEngine(), clock, plenty)
    await engine.commit([], [put('a', '1')])
    clock.advance(10)
    await engine.commit([], [put('a', '2')])
    expect([engine.rememberedBytes, textOf(await engine.getPast(bytes('a'), 5))]).toEqual([0, '2'])
    engine.remember(100)
    clock.advance(10)
    await engine.commit([], [put('a', '3')])
    expect(engine.rememberedBytes).toBeGreaterThan(0)
    expect(textOf(await engine.getPast(bytes('a'), 5))).toBe('2')
    // None of the time before it was remembered.
    expect(await allOf(engine.snapshotPast(100))).toEqual(['a=2'])
    engine.remember(0)
    expect([engine.rememberedBytes, textOf(await engine.getPast(bytes('a'), 5))]).toEqual([0, '3'])
    expect(await allOf(engine.snapshotPast(5))).toEqual(['a=3'])
  })

  test('is bounded: the earliest is forgotten, all that was before it too', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new MemoryEngine(), clock, 10_000)
    engine.remember(1_000_000)
    for (let i = 0; i < 100; i++) {
      await engine.commit([], [put('a', `${i}`.padEnd(1000)), put('b', `${i}`.padEnd(1000))])
      clock.advance(1)
      expect(engine.rememberedBytes).toBeLessThanOrEqual(10_000)
    }
    const states = await Promise.all(
      Array.from({ length: 101 }, (_, ageMs) => allOf(engine.snapshotPast(ageMs))),
    )
    const numbers = states.map((state) => state.map((text) => Number.parseInt(text.slice(2), 10)))
    expect(numbers.map(([a]) => a)).toEqual(numbers.map(([, b]) => b))
    // The last four commits are undone one by one; whoever asks for more gets as much.
    const [latest, ...earlier] = numbers.map(([a]) => a)
    expect([latest, ...earlier.slice(0, 5)]).toEqual([99, 99, 98, 97, 96, 95])
    expect(new Set(earlier.slice(5))).toEqual(new Set([95]))
  })

  test('has no room for a commit that is too large: it is seen at once, all of it', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new MemoryEngine(), clock, 10_000)
    engine.remember(1000)
    const all = (value: string): StorageWrite[] =>
      Array.from({ length: 30 }, (_, i) => put(`k${i}`, value.padEnd(1000)))
    await engine.commit([], all('1'))
    clock.advance(10)
    await engine.commit([], all('2'))
    const seen = await allOf(engine.snapshotPast(5))
    expect(new Set(seen.map((text) => text.split('=')[1]?.trim()))).toEqual(new Set(['2']))
    await engine.commit([], [put('k1', '3')])
    const [, k1] = await allOf(engine.snapshotPast(5))
    expect(k1?.trim()).toMatch(/=2$/)
  })

  test('stays for whoever reads, however little room there is', async () => {
    const clock = new ManualClock()
    const engine = new HistoryEngine(new MemoryEngine(), clock, 5000)
    engine.remember(10)
    await engine.commit([], [put('a', '1'), put('b', '1')])
    clock.advance(1)
    await engine.commit([], [put('a', '2')])
    const snapshot = engine.snapshotPast(1)
    for (let i = 0; i < 20; i++) {
      clock.advance(10)
      await engine.commit([], [put('b', `${i}`.padEnd(1000))])
    }
    expect(await textsOf(snapshot.range(everything))).toEqual(['a=1', 'b=1'])
    snapshot.close()
    await engine.commit([], [put('c', '1')])
    expect(engine.rememberedBytes).toBeLessThan(5000)
  })
})
