import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock, type Clock } from '../../clock.ts'
import { maxTurnMs, maxWritesAtOnce } from '../../limits.ts'
import {
  StorageConflict,
  type EngineState,
  type Entry,
  type Snapshot,
  type StorageWrite,
} from '../engine.ts'
import { describeEngine } from '../engineContract.ts'
import { MemoryEngine } from './memoryEngine.ts'

describeEngine('memory', async () => {
  const engine = new MemoryEngine()
  return { engine, dispose: () => engine.close() }
})

/** Each look at it finds it later. */
function clockOfSteps(stepMs: number): Clock {
  let now = 0
  return { ...systemClock, monotonicMs: () => (now += stepMs) }
}

/** Every look at it finds a turn over. */
const hurriedClock = clockOfSteps(10 * maxTurnMs)

describeEngine('memory in turns', async () => {
  const engine = new MemoryEngine(clockOfSteps(maxTurnMs / 500))
  return { engine, dispose: () => engine.close() }
})

const keyOf = (i: number): Buffer => Buffer.from(`k${String(i).padStart(4, '0')}`)
const largeCommit = (text: string): StorageWrite[] =>
  Array.from({ length: maxWritesAtOnce + 1 }, (_, i) => ({
    key: keyOf(i),
    value: Buffer.from(text),
  }))
const textsOf = (snapshot: Snapshot): Set<string> =>
  new Set(
    [...(snapshot.range({ start: keyOf(0), end: keyOf(9999) }) as Iterable<StorageWrite>)].map(
      ({ value }) => String(value),
    ),
  )

test('a large commit lets others go first, who see all of it or nothing', async () => {
  const engine = new MemoryEngine(hurriedClock)
  await engine.commit([], largeCommit('first'))
  const seen: Set<string>[] = []
  const progress = { isOver: false }
  const commit = engine.commit([], largeCommit('second')).then(() => (progress.isOver = true))
  while (!progress.isOver) {
    seen.push(textsOf(engine.snapshot()))
    await new Promise(setImmediate)
  }
  await commit
  expect(seen.length).toBeGreaterThan(100)
  expect(new Set(seen.map((texts) => [...texts].join()))).toEqual(new Set(['first']))
  expect(textsOf(engine.snapshot())).toEqual(new Set(['second']))
})

test('commits behind a large one are judged on what it leaves, in their order', async () => {
  const engine = new MemoryEngine(hurriedClock)
  const [first] = largeCommit('first') as [StorageWrite]
  await engine.commit([], [first])
  const version = engine.versionAt(first.key)
  const large = engine.commit([], largeCommit('second'))
  const late = engine.commit([{ key: first.key, version }], [first])
  const another = engine.commit([], largeCommit('third'))
  const last = engine.commit([], [{ key: first.key, value: Buffer.from('fourth') }])
  await expect(late).rejects.toBeInstanceOf(StorageConflict)
  await Promise.all([large, another, last])
  expect(textsOf(engine.snapshot())).toEqual(new Set(['fourth', 'third']))
})

test('the memory engine says what it is', () => {
  expect(new MemoryEngine().capabilities).toEqual({
    durable: false,
    shared: false,
    syncReads: true,
  })
})

/** Writes and states in any order: which engine does it, and on which state a new one is opened. */
const anyAction = fc.oneof(
  fc.record({
    kind: fc.constant('commit' as const),
    engine: fc.nat(),
    writes: fc.array(
      fc.record({ key: fc.nat({ max: 300 }), text: fc.option(fc.string({ maxLength: 5 })) }),
      { maxLength: 200 },
    ),
  }),
  fc.record({ kind: fc.constant('hold' as const), engine: fc.nat() }),
  fc.record({ kind: fc.constant('open' as const), state: fc.nat() }),
)

const contentOf = (engine: MemoryEngine): string[] => {
  const entries = engine.snapshot().range({ start: keyOf(0), end: keyOf(9999) }) as Iterable<Entry>
  return [...entries].map(({ key, value }) => `${String(key)}=${String(value)}`)
}

test('a state stays as it was, whatever is committed, on engines that were opened with it too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAction, { maxLength: 40 }), async (actions) => {
      const engines = [{ engine: new MemoryEngine(), content: new Map<string, string>() }]
      const states: { state: EngineState; content: ReadonlyMap<string, string> }[] = []
      for (const action of actions) {
        const at = 'engine' in action ? action.engine % engines.length : 0
        const { engine, content } = engines[at] as (typeof engines)[number]
        if (action.kind === 'hold') {
          states.push({ state: engine.state(), content: new Map(content) })
        } else if (action.kind === 'commit') {
          const writes = action.writes.map(({ key, text }) => ({
            key: keyOf(key),
            value: text === null ? undefined : Buffer.from(text),
          }))
          await engine.commit([], writes)
          for (const { key, value } of writes) {
            if (value === undefined) content.delete(String(key))
            else content.set(String(key), String(value))
          }
        } else {
          const held = states[action.state % states.length]
          if (held === undefined) continue
          const opened = new MemoryEngine(undefined, held.state)
          engines.push({ engine: opened, content: new Map(held.content) })
        }
      }
      const textsOfContent = (content: ReadonlyMap<string, string>): string[] =>
        [...content.keys()].sort().map((key) => `${key}=${content.get(key)}`)
      for (const { engine, content } of engines) {
        expect(contentOf(engine)).toEqual(textsOfContent(content))
      }
      for (const { state, content } of states) {
        expect(contentOf(new MemoryEngine(undefined, state))).toEqual(textsOfContent(content))
      }
    }),
  )
})

test('a state has nothing of a large commit that is under way', async () => {
  const engine = new MemoryEngine(hurriedClock)
  await engine.commit([], largeCommit('first'))
  const commit = engine.commit([], largeCommit('second'))
  const during = engine.state()
  await commit
  const after = engine.state()
  expect(textsOf(new MemoryEngine(undefined, during).snapshot())).toEqual(new Set(['first']))
  expect(textsOf(new MemoryEngine(undefined, after).snapshot())).toEqual(new Set(['second']))
})

test('what is no state of its own is refused', () => {
  expect(() => new MemoryEngine(undefined, {})).toThrow('a state is of the same kind')
})
