import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  asBuffer,
  StorageConflict,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from './engine.ts'

/** An empty store, opened for one test. */
export interface OpenedEngine {
  readonly engine: StorageEngine
  /** Opens what `engine` left after it was closed. Present for durable engines. */
  readonly reopen?: () => Promise<StorageEngine>
  /** Closes whatever is open and removes the store. */
  readonly dispose: () => Promise<void>
}

const emptyKey = Buffer.alloc(0)
const beyondAllKeys = Buffer.alloc(64, 0xff)
const everything: KeyRange = { start: emptyKey, end: beyondAllKeys }

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const put = (key: string, value: string): StorageWrite => ({ key: bytes(key), value: bytes(value) })
const remove = (key: string): StorageWrite => ({ key: bytes(key), value: undefined })
const absent = (key: string): Expectation => ({ key: bytes(key), version: undefined })

/** An expectation of what is there now. */
async function holds(engine: StorageEngine, key: string | Bytes): Promise<Expectation> {
  const bytesOfKey = typeof key === 'string' ? bytes(key) : key
  const [found] = await engine.read([bytesOfKey])
  return { key: bytesOfKey, version: found?.version }
}

/** An expectation of what was there when `key` had `value`: it has another one now. */
async function heldBefore(engine: StorageEngine, key: string, value: string): Promise<Expectation> {
  const now = await engine.get(bytes(key))
  await engine.commit([], [put(key, value)])
  const expectation = await holds(engine, key)
  await engine.commit([], [{ key: bytes(key), value: now }])
  return expectation
}

/** Writes that are asked for one after the other. */
async function* oneByOne(
  writes: readonly StorageWrite[],
  failure?: Error,
): AsyncGenerator<StorageWrite, void> {
  for (const write of writes) {
    await Promise.resolve()
    yield write
  }
  if (failure !== undefined) throw failure
}

/** A snapshot of a moment that has passed when this resolves. */
async function takenSnapshot(engine: StorageEngine): Promise<Snapshot> {
  const snapshot = engine.snapshot()
  if (engine.capabilities.shared) await snapshot.get(bytes('a'))
  return snapshot
}

const textOf = (value: Bytes | undefined): string | undefined =>
  value === undefined ? undefined : asBuffer(value).toString('latin1')

async function entriesOf(snapshot: Snapshot, range: KeyRange = everything): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const { key, value } of snapshot.range(range)) entries.push({ key, value })
  return entries
}

/** What `range` holds now, as `key=value` texts. */
async function readRange(engine: StorageEngine, range: KeyRange = everything): Promise<string[]> {
  const snapshot = engine.snapshot()
  try {
    const entries = await entriesOf(snapshot, range)
    return entries.map(({ key, value }) => `${textOf(key)}=${textOf(value)}`)
  } finally {
    snapshot.close()
  }
}

/**
 * The behaviour of a storage engine, as tests: what {@link StorageEngine} promises, for every
 * engine that `open` gives. Engines that declare themselves durable must offer `reopen`.
 */
export function describeEngine(name: string, open: () => Promise<OpenedEngine>): void {
  describe(`${name}: storage contract`, () => {
    let opened: OpenedEngine | undefined

    afterEach(async () => {
      await opened?.dispose()
      opened = undefined
    })

    const start = async (): Promise<StorageEngine> => {
      opened = await open()
      return opened.engine
    }
    const reopen = async (): Promise<StorageEngine> => {
      if (opened?.reopen === undefined) throw new Error('a durable engine must offer reopen')
      return opened.reopen()
    }

    describe('keys and values', () => keyAndValueTests(start))
    describe('ranges', () => rangeTests(start))
    describe('commits', () => commitTests(start))
    describe('snapshots', () => snapshotTests(start))
    describe('closing', () => closingTests(start, reopen))
    describe('against a model', () => modelTests(start))
  })
}

type Start = () => Promise<StorageEngine>

function keyAndValueTests(start: Start): void {
  test('an absent key has no value', async () => {
    const engine = await start()
    expect(await engine.get(bytes('a'))).toBeUndefined()
  })

  test('every byte value may stand in keys and values', async () => {
    const engine = await start()
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    await engine.commit([], [{ key: all, value: all }])
    expect(Buffer.compare((await engine.get(all)) as Bytes, all)).toBe(0)
    expect(await readRange(engine)).toEqual([`${textOf(all)}=${textOf(all)}`])
  })

  test('an empty value is not an absent one', async () => {
    const engine = await start()
    await engine.commit([], [put('a', ''), put('b', 'x')])
    expect((await engine.get(bytes('a')))?.length).toBe(0)
    expect(await readRange(engine)).toEqual(['a=', 'b=x'])
  })

  test.each([1, 511, 512, 1978, 1979, 3300])('a key of %i bytes works everywhere', async (size) => {
    const engine = await start()
    const key = Buffer.alloc(size, 0x61)
    const next = Buffer.concat([key, Buffer.from([0])])
    await engine.commit([{ key, version: undefined }], [{ key, value: bytes('long') }])
    await engine.commit([], [put('A', 'before'), put('b', 'after')])
    expect(textOf(await engine.get(key))).toBe('long')
    for (const reverse of [false, true]) {
      const found = await readRange(engine, { start: key, end: next, reverse })
      expect(found).toEqual([`${textOf(key)}=long`])
    }
    await engine.commit([await holds(engine, key)], [{ key, value: undefined }])
    expect(await engine.get(key)).toBeUndefined()
  })

  test.each([1, 4095, 8192, 32_768, 32_769, 420_000, 3_000_000])(
    'a value of %i bytes comes back whole',
    async (size) => {
      const engine = await start()
      const value = Buffer.alloc(size)
      for (let i = 0; i < size; i++) value[i] = (i * 31) & 0xff
      await engine.commit([], [put('a', 'before'), { key: bytes('b'), value }, put('c', 'after')])
      expect(Buffer.compare((await engine.get(bytes('b'))) as Bytes, value)).toBe(0)
      const snapshot = engine.snapshot()
      const entries = await entriesOf(snapshot)
      expect(entries.map(({ key }) => textOf(key))).toEqual(['a', 'b', 'c'])
      expect(Buffer.compare((entries[1] as Entry).value, value)).toBe(0)
      snapshot.close()
    },
  )

  test('bytes that were read stay as they are, whatever is read or committed later', async () => {
    const engine = await start()
    await engine.commit([], [put('a', 'first'), put('b', 'second'), put('c', 'x'.repeat(50_000))])
    const snapshot = await takenSnapshot(engine)
    const a = await engine.get(bytes('a'))
    const [b, c] = await snapshot.getMany([bytes('b'), bytes('c')])
    const entries = await entriesOf(snapshot)
    snapshot.close()
    await engine.commit([], [put('a', 'FIRST'), remove('b'), put('c', 'y'.repeat(50_000))])
    for (let i = 0; i < 40; i++) await engine.commit([], [put(`d${i}`, 'z'.repeat(9000))])
    await readRange(engine)
    expect([textOf(a), textOf(b), textOf(c)]).toEqual(['first', 'second', 'x'.repeat(50_000)])
    expect(entries.map(({ key }) => textOf(key))).toEqual(['a', 'b', 'c'])
    expect(entries.map(({ value }) => value.length)).toEqual([5, 6, 50_000])
    expect(textOf(entries[0]?.value)).toBe('first')
  })
}

function rangeTests(start: Start): void {
  /** Sorted as memcmp does; several orders that are easy to confuse with it give something else. */
  const sorted = ['\x00', '\x00\x00', '\x00\xff', 'A', 'B', 'a', 'a\x00', 'aa', 'b', '\x7f', '\x80']

  const filled = async (): Promise<StorageEngine> => {
    const engine = await start()
    const shuffled = [...sorted, '\xff', '\xff\x00'].reverse()
    await engine.commit(
      [],
      shuffled.map((key) => put(key, '')),
    )
    return engine
  }
  const keysBetween = async (
    engine: StorageEngine,
    [low, high]: readonly [string, string],
    reverse = false,
  ): Promise<string[]> => {
    const range = { start: bytes(low), end: bytes(high), reverse }
    return (await readRange(engine, range)).map((text) => text.slice(0, -1))
  }

  test('keys come in the order of their bytes', async () => {
    expect(await keysBetween(await filled(), ['', '\xff'])).toEqual(sorted)
  })

  test('a reversed range is the same backwards', async () => {
    const reversed = [...sorted].reverse()
    expect(await keysBetween(await filled(), ['', '\xff'], true)).toEqual(reversed)
  })

  test.each([false, true])('start is inside and end is outside (reverse: %s)', async (reverse) => {
    const engine = await filled()
    const expected = ['a', 'a\x00', 'aa']
    if (reverse) expected.reverse()
    expect(await keysBetween(engine, ['a', 'b'], reverse)).toEqual(expected)
  })

  test.each([false, true])('bounds need not exist (reverse: %s)', async (reverse) => {
    const engine = await filled()
    const expected = ['a', 'a\x00', 'aa']
    if (reverse) expected.reverse()
    expect(await keysBetween(engine, ['C', 'ab'], reverse)).toEqual(expected)
  })

  test.each([false, true])('the end may lie beyond the last key (reverse: %s)', async (reverse) => {
    const engine = await filled()
    const expected = ['\xff', '\xff\x00']
    if (reverse) expected.reverse()
    expect(await keysBetween(engine, ['\xff', '\xff\xff\xff'], reverse)).toEqual(expected)
  })

  test.each([false, true])('a range may hold nothing (reverse: %s)', async (reverse) => {
    const engine = await filled()
    expect(await keysBetween(engine, ['aaa', 'ab'], reverse)).toEqual([])
    expect(await keysBetween(engine, ['a', 'a'], reverse)).toEqual([])
    expect(await keysBetween(engine, ['b', 'a'], reverse)).toEqual([])
    expect(await keysBetween(engine, ['\xff\xff', '\xff\xff\xff'], reverse)).toEqual([])
  })

  test.each([false, true])('a range of an empty store is empty (reverse: %s)', async (reverse) => {
    expect(await keysBetween(await start(), ['', '\xff'], reverse)).toEqual([])
  })

  test('a range may be left early, and started again', async () => {
    const engine = await filled()
    const snapshot = engine.snapshot()
    for (let i = 0; i < 3; i++) {
      for await (const { key } of snapshot.range(everything)) {
        expect(textOf(key)).toBe('\x00')
        break
      }
    }
    expect(await entriesOf(snapshot)).toHaveLength(13)
    snapshot.close()
  })

  test('two ranges may be walked in turns, with reads between', async () => {
    const engine = await filled()
    const snapshot = engine.snapshot()
    const seen: string[] = []
    for await (const outer of snapshot.range({ start: bytes('a'), end: bytes('b') })) {
      await snapshot.get(bytes('A'))
      const inner = { start: bytes('A'), end: bytes('C'), reverse: true }
      for await (const { key } of snapshot.range(inner))
        seen.push(`${textOf(outer.key)}${textOf(key)}`)
    }
    expect(seen).toEqual(['aB', 'aA', 'a\x00B', 'a\x00A', 'aaB', 'aaA'])
    snapshot.close()
  })
}

function commitTests(start: Start): void {
  test('an acknowledged commit is visible to the next read', async () => {
    const engine = await start()
    for (let i = 0; i < 50; i++) {
      await engine.commit([], [put('counter', String(i))])
      expect(textOf(await engine.get(bytes('counter')))).toBe(String(i))
      expect(await readRange(engine)).toEqual([`counter=${i}`])
    }
  })

  test('writes apply in order: the last one of a key wins', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1'), put('a', '2'), put('b', '1'), remove('b')])
    await engine.commit([], [remove('c'), put('c', '1'), remove('a'), put('a', '3')])
    expect(await readRange(engine)).toEqual(['a=3', 'c=1'])
  })

  test('a commit of nothing succeeds, and deleting an absent key is no error', async () => {
    const engine = await start()
    await engine.commit([], [])
    await engine.commit([], [remove('a')])
    expect(await readRange(engine)).toEqual([])
  })

  test('expectations that hold let the commit through', async () => {
    const engine = await start()
    await engine.commit([absent('a')], [put('a', '1'), put('e', '')])
    await engine.commit([await holds(engine, 'a'), await holds(engine, 'e')], [put('a', '2')])
    await engine.commit([await holds(engine, 'a'), absent('b')], [remove('a')])
    await engine.commit([absent('a')], [])
    expect(await readRange(engine)).toEqual(['e='])
  })

  test.each<[string, (engine: StorageEngine) => Expectation | Promise<Expectation>]>([
    ['another value', (engine) => heldBefore(engine, 'a', '2')],
    ['a longer value', (engine) => heldBefore(engine, 'a', '11')],
    ['an absent key', () => absent('a')],
    ['a present key', (engine) => heldBefore(engine, 'b', '1')],
    ['an empty value in place of an absent key', (engine) => heldBefore(engine, 'b', '')],
  ])('an expectation of %s applies nothing', async (_, failing) => {
    const engine = await start()
    await engine.commit([], [put('a', '1'), put('z', '1')])
    const wrong = await failing(engine)
    const writes = [put('a', '9'), put('b', '9')]
    for (const asked of [writes, oneByOne(writes)]) {
      const commit = engine.commit([await holds(engine, 'z'), wrong], asked)
      await expect(commit).rejects.toBeInstanceOf(StorageConflict)
      expect(await readRange(engine)).toEqual(['a=1', 'z=1'])
    }
    await engine.commit([await holds(engine, 'a')], [put('a', '2')])
    expect(await readRange(engine)).toEqual(['a=2', 'z=1'])
  })

  test('writes that are asked for one after the other are one commit', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1'), put('c', '1')])
    const large = 'x'.repeat(700_000)
    const writes = [put('a', '2'), put('b', large), put('d', large), remove('c'), put('a', '3')]
    await engine.commit([], oneByOne(writes))
    expect(await readRange(engine)).toEqual(['a=3', `b=${large}`, `d=${large}`])
    await engine.commit([], oneByOne([]))
    expect(await readRange(engine)).toEqual(['a=3', `b=${large}`, `d=${large}`])
  })

  test('nothing is applied of writes that fail while they are asked for', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1')])
    const large = 'x'.repeat(700_000)
    const failure = new Error('no further write')
    const writes = [put('a', '2'), put('b', large), put('c', large)]
    await expect(engine.commit([], oneByOne(writes, failure))).rejects.toBe(failure)
    expect(await readRange(engine)).toEqual(['a=1'])
    await engine.commit([], [put('d', '1')])
    expect(await readRange(engine)).toEqual(['a=1', 'd=1'])
  })

  test('a value that many writes share comes back for each of them', async () => {
    const engine = await start()
    const values = [bytes('s'.repeat(300)), bytes('l'.repeat(500_000)), bytes('')]
    const keys = Array.from({ length: 12 }, (_, i) => `k${String(i).padStart(2, '0')}`)
    const valueOf = (i: number): Buffer => values[i % 3] as Buffer
    const inRow = keys.map((key, i) => ({ key: bytes(`r${key}`), value: valueOf(i >> 2) }))
    const mixed = keys.map((key, i) => ({ key: bytes(`m${key}`), value: valueOf(i) }))
    await engine.commit([], [...inRow, ...mixed])
    for (const { key, value } of [...inRow, ...mixed]) {
      expect(Buffer.compare((await engine.get(key)) as Bytes, value)).toBe(0)
    }
  })

  test('an expectation alone can fail', async () => {
    const engine = await start()
    const wrong = await heldBefore(engine, 'a', '1')
    await expect(engine.commit([wrong], [])).rejects.toBeInstanceOf(StorageConflict)
  })

  test('a write that the engine cannot take applies nothing of its commit', async () => {
    const engine = await start()
    const longest = bytes('k'.repeat(1_000_000))
    const commit = engine.commit([], [put('a', '1'), { key: longest, value: bytes('') }])
    const taken = await commit.then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(StorageFailure)
        return false
      },
    )
    await engine.commit([], [put('b', '2')])
    expect(textOf(await engine.get(bytes('a')))).toBe(taken ? '1' : undefined)
    expect(textOf(await engine.get(bytes('b')))).toBe('2')
  }, 60_000)

  test('commits that overlap apply in the order in which they were handed over', async () => {
    const engine = await start()
    if (engine.capabilities.shared) return
    const count = 100
    const commits: Promise<void>[] = []
    for (let i = 0; i < count; i++) {
      commits.push(engine.commit([], [put('last', String(i)), put(`each ${i}`, '')]))
    }
    await Promise.all(commits)
    expect(textOf(await engine.get(bytes('last')))).toBe(String(count - 1))
    expect(await readRange(engine)).toHaveLength(count + 1)
  })

  test('of overlapping commits with the same expectation exactly one succeeds', async () => {
    const engine = await start()
    const commits = Array.from({ length: 20 }, (_, i) =>
      engine.commit([absent('a')], [put('a', String(i))]),
    )
    const results = await Promise.allSettled(commits)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StorageConflict)
    }
    const winner = results.findIndex(({ status }) => status === 'fulfilled')
    expect(textOf(await engine.get(bytes('a')))).toBe(String(winner))
  })

  test('increments that retry on conflict lose nothing', async () => {
    const engine = await start()
    await engine.commit([], [put('sum', '0')])
    const increment = async (): Promise<void> => {
      for (;;) {
        const [before] = await engine.read([bytes('sum')])
        const sum = Number(textOf(before?.value)) + 1
        try {
          const expectation = { key: bytes('sum'), version: before?.version }
          await engine.commit([expectation], [put('sum', String(sum))])
          return
        } catch (error) {
          if (!(error instanceof StorageConflict)) throw error
        }
      }
    }
    await Promise.all(Array.from({ length: 12 }, increment))
    expect(textOf(await engine.get(bytes('sum')))).toBe('12')
  })

  test('a large commit is one: a reader sees all of it or none', async () => {
    const engine = await start()
    const count = 5000
    const writes = (value: string): StorageWrite[] =>
      Array.from({ length: count }, (_, i) => put(String(i).padStart(6, '0'), value))
    await engine.commit([], writes('old'))
    const progress = { done: false }
    const commit = engine.commit([], writes('new')).then(() => (progress.done = true))
    do {
      const values = new Set((await readRange(engine)).map((text) => text.slice(-3)))
      expect(values.size).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
    } while (!progress.done)
    await commit
    expect(new Set((await readRange(engine)).map((text) => text.slice(-3)))).toEqual(
      new Set(['new']),
    )
  })
}

function snapshotTests(start: Start): void {
  test('later commits do not show', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1'), put('b', '1')])
    const snapshot = await takenSnapshot(engine)
    await engine.commit([], [put('a', '2'), remove('b'), put('c', '2')])
    expect(textOf(await snapshot.get(bytes('a')))).toBe('1')
    const many = await snapshot.getMany([bytes('c'), bytes('b'), bytes('a'), bytes('b')])
    expect(many.map(textOf)).toEqual([undefined, '1', '1', '1'])
    expect((await entriesOf(snapshot)).map(({ key }) => textOf(key))).toEqual(['a', 'b'])
    snapshot.close()
    expect(await readRange(engine)).toEqual(['a=2', 'c=2'])
  })

  test('each snapshot keeps its own moment while many commits follow', async () => {
    const engine = await start()
    const snapshots: Snapshot[] = []
    for (let i = 0; i < 10; i++) {
      await engine.commit([], [put('a', String(i)), put(`b${i}`, '')])
      snapshots.push(await takenSnapshot(engine))
    }
    for (let i = 0; i < 60; i++) await engine.commit([], [put(`c${i}`, 'x'.repeat(5000))])
    for (const [i, snapshot] of snapshots.entries()) {
      expect(textOf(await snapshot.get(bytes('a')))).toBe(String(i))
      expect(await entriesOf(snapshot)).toHaveLength(i + 2)
      if (i % 2 === 0) snapshot.close()
    }
    for (const [i, snapshot] of snapshots.entries()) if (i % 2 === 1) snapshot.close()
  })

  test('a range that is under way does not see commits', async () => {
    const engine = await start()
    const keys = Array.from({ length: 200 }, (_, i) => String(i).padStart(4, '0'))
    await engine.commit(
      [],
      keys.map((key) => put(key, 'old')),
    )
    const snapshot = await takenSnapshot(engine)
    const seen: string[] = []
    for await (const { key, value } of snapshot.range(everything)) {
      seen.push(`${textOf(key)}=${textOf(value)}`)
      if (seen.length % 20 !== 0) continue
      await engine.commit([], [...keys.map((each) => remove(each)), put(`new ${seen.length}`, '')])
    }
    snapshot.close()
    expect(seen).toEqual(keys.map((key) => `${key}=old`))
  })

  test('a snapshot outlives the events of a while', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1')])
    const snapshot = await takenSnapshot(engine)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await engine.commit([], [put('a', '2')])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(textOf(await snapshot.get(bytes('a')))).toBe('1')
    snapshot.close()
    expect(textOf(await engine.get(bytes('a')))).toBe('2')
  })
}

function closingTests(start: Start, reopen: Start): void {
  test('a commit after close fails', async () => {
    const engine = await start()
    await engine.close()
    await expect(engine.commit([], [put('a', '1')])).rejects.toBeInstanceOf(StorageFailure)
  })

  test('close waits for the commits that were handed over', async () => {
    const engine = await start()
    const commits = Array.from({ length: 5 }, (_, i) => engine.commit([], [put(`a${i}`, '1')]))
    await engine.close()
    const results = await Promise.allSettled(commits)
    expect(results.map(({ status }) => status)).toEqual(Array.from(commits, () => 'fulfilled'))
  })

  test('closing twice is closing once', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1')])
    await Promise.all([engine.close(), engine.close()])
    await engine.close()
  })

  test('closing while a snapshot is open is safe', async () => {
    const engine = await start()
    await engine.commit([], [put('a', '1')])
    const snapshot = engine.snapshot()
    await snapshot.get(bytes('a'))
    await engine.close()
    snapshot.close()
  })

  test('a durable engine gives back everything when it is opened again', async () => {
    const engine = await start()
    if (!engine.capabilities.durable) return
    await engine.commit([], [put('a', '1'), put('b', '2'), put('c', 'x'.repeat(100_000))])
    await engine.commit([await holds(engine, 'b')], [remove('b'), put('d', '')])
    await engine.close()
    const again = await reopen()
    expect(await readRange(again)).toEqual(['a=1', `c=${'x'.repeat(100_000)}`, 'd='])
    await again.commit([await holds(again, 'a')], [put('a', '2')])
    expect(textOf(await again.get(bytes('a')))).toBe('2')
  })
}

type Step =
  | {
      readonly kind: 'commit'
      readonly writes: readonly StorageWrite[]
      readonly honest: boolean
      readonly streamed: boolean
    }
  | { readonly kind: 'range'; readonly range: KeyRange }
  | { readonly kind: 'hold' }

const anyKey = fc
  .array(fc.constantFrom(0, 1, 0x61, 0x62, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 5 })
  .map((list) => Buffer.from(list))
const anyBound = fc.oneof(fc.constant(emptyKey), fc.constant(beyondAllKeys), anyKey)
const anyValue = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.nat({ max: 40_000 }).map((size) => Buffer.alloc(size, size & 0xff)),
)
const anyWrite: fc.Arbitrary<StorageWrite> = fc.record({
  key: anyKey,
  value: fc.option(anyValue, { nil: undefined }),
})
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      writes: fc.array(anyWrite, { maxLength: 12 }),
      honest: fc.boolean(),
      streamed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('range' as const),
      range: fc.record({ start: anyBound, end: anyBound, reverse: fc.boolean() }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const) }) },
)

/** A sorted array: too simple to be wrong. */
class Model {
  #entries: Entry[] = []

  get(key: Bytes): Bytes | undefined {
    return this.#entries.find((entry) => Buffer.compare(entry.key, key) === 0)?.value
  }

  apply(writes: readonly StorageWrite[]): void {
    for (const { key, value } of writes) {
      this.#entries = this.#entries.filter((entry) => Buffer.compare(entry.key, key) !== 0)
      if (value !== undefined) this.#entries.push({ key, value })
    }
    this.#entries.sort((a, b) => Buffer.compare(a.key, b.key))
  }

  range({ start, end, reverse }: KeyRange): Entry[] {
    const inside = this.#entries.filter(
      ({ key }) => Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0,
    )
    return reverse === true ? inside.reverse() : inside
  }
}

const digest = (entries: readonly Entry[]): string[] =>
  entries.map(({ key, value }) => {
    const text = asBuffer(value).toString('hex')
    return `${asBuffer(key).toString('hex')}=${value.length}:${text.slice(0, 60)}${text.slice(-8)}`
  })

function modelTests(start: Start): void {
  test('random commits, ranges and held snapshots agree with a sorted array', async () => {
    const engine = await start()
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
        await emptyStore(engine)
        const model = new Model()
        const held: { snapshot: Snapshot; expected: string[] }[] = []
        for (const step of steps) await takeStep(engine, model, step, held)
        for (const { snapshot, expected } of held) {
          expect(digest(await entriesOf(snapshot))).toEqual(expected)
          snapshot.close()
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  test('thousands of keys inserted and deleted in random order stay in order', async () => {
    const engine = await start()
    const keys = Array.from({ length: 3000 }, (_, i) => {
      const key = Buffer.alloc(8)
      key.writeUInt32BE(Math.imul(i + 1, 2654435761) >>> 0)
      key.writeUInt32BE(i, 4)
      return key
    })
    for (let i = 0; i < keys.length; i += 100) {
      await engine.commit(
        [],
        keys.slice(i, i + 100).map((key) => ({ key, value: key })),
      )
    }
    const sorted = keys.toSorted((a, b) => Buffer.compare(a, b))
    for (const part of [sorted.slice(0, 900), sorted.slice(1000, 2500), sorted.slice(900, 1000)]) {
      await engine.commit(
        [],
        part.map((key) => ({ key, value: undefined })),
      )
    }
    const left = sorted.slice(2500)
    for (const reverse of [false, true]) {
      const snapshot = engine.snapshot()
      const found = (await entriesOf(snapshot, { ...everything, reverse })).map(({ key }) => key)
      snapshot.close()
      expect(found.map(textOf)).toEqual((reverse ? left.toReversed() : left).map(textOf))
    }
    await engine.commit(
      [],
      left.map((key) => ({ key, value: undefined })),
    )
    expect(await readRange(engine)).toEqual([])
    await engine.commit([], [put('again', '1')])
    expect(await readRange(engine)).toEqual(['again=1'])
  })
}

async function emptyStore(engine: StorageEngine): Promise<void> {
  const snapshot = engine.snapshot()
  const writes = (await entriesOf(snapshot)).map(({ key }) => ({ key, value: undefined }))
  snapshot.close()
  await engine.commit([], writes)
}

async function takeStep(
  engine: StorageEngine,
  model: Model,
  step: Step,
  held: { snapshot: Snapshot; expected: string[] }[],
): Promise<void> {
  if (step.kind === 'hold') {
    held.push({ snapshot: await takenSnapshot(engine), expected: digest(model.range(everything)) })
    return
  }
  if (step.kind === 'range') {
    const snapshot = engine.snapshot()
    const found = digest(await entriesOf(snapshot, step.range))
    snapshot.close()
    expect(found).toEqual(digest(model.range(step.range)))
    return
  }
  const keys = step.writes.map(({ key }) => key)
  const found = await engine.read(keys)
  expect(found.map((each) => textOf(each?.value))).toEqual(
    keys.map((key) => textOf(model.get(key))),
  )
  const expectations = keys.map((key, i) => ({ key, version: found[i]?.version }))
  const writes = step.streamed ? oneByOne(step.writes) : step.writes
  if (step.honest) {
    await engine.commit(expectations, writes)
    model.apply(step.writes)
    return
  }
  const wrong = await heldBefore(engine, 'a', `${textOf(model.get(bytes('a'))) ?? ''}!`)
  const commit = engine.commit([...expectations, wrong], writes)
  await expect(commit).rejects.toBeInstanceOf(StorageConflict)
}
