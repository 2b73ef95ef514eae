import { expect, test } from 'vitest'
import { systemClock, type Clock } from '../../clock.ts'
import { maxTurnMs, maxWritesAtOnce } from '../../limits.ts'
import { StorageConflict, type Snapshot, type StorageWrite } from '../engine.ts'
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
