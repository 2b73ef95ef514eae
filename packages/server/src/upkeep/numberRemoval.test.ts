import { expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { droppedTableKey, expiryKey, rowKey } from '../layout/storeKeys.ts'
import { asBuffer, type StorageEngine } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { dump } from '../testing/indexedDatabase.ts'
import type { StepOutcome } from './backgroundWork.ts'
import { localLeases, type Lease } from './leases.ts'
import { numberRemoval } from './numberRemoval.ts'

const number = 7
const rows = 1200

/** A store with what a table leaves, its rows and entries of expiry, and nothing else. */
async function filled(): Promise<StorageEngine> {
  const engine = new MemoryEngine()
  const value = Buffer.from('x')
  for (let i = 0; i < rows; i++) {
    const key = rowKey(number, i, Buffer.from(`p${i}`), undefined)
    const entry = { key: expiryKey(number, i, key), value: key }
    await engine.commit([], [{ key, value }, entry])
  }
  await engine.commit([], [{ key: droppedTableKey(number), value }])
  return engine
}

/** Notes where the ranges begin that are read. */
function watch(engine: StorageEngine): string[] {
  const begins: string[] = []
  const take = engine.snapshot.bind(engine)
  vi.spyOn(engine, 'snapshot').mockImplementation(() => {
    const snapshot = take()
    return {
      get: (key) => snapshot.get(key),
      getMany: (keys) => snapshot.getMany(keys),
      close: () => snapshot.close(),
      range(range) {
        begins.push(asBuffer(range.start).toString('hex'))
        return snapshot.range(range)
      },
    }
  })
  return begins
}

test('what a number has left is removed, and nothing that is gone is passed over but once', async () => {
  const engine = await filled()
  const begins = watch(engine)
  const commits = new GroupCommit(engine, systemClock)
  const job = numberRemoval({ engine, commits, number })
  const lease = (await localLeases.acquire(job.name)) as Lease
  const steps: string[][] = []
  let outcome: StepOutcome
  do {
    outcome = await job.step(lease)
    steps.push(begins.splice(0))
  } while (outcome === 'more')
  // 2,400 keys in five steps, and one that looks once more.
  expect(steps).toHaveLength(6)
  const further = steps.slice(1, -1).map(([first]) => first as string)
  expect(further.every((first, i) => first > ((steps[i] as string[])[0] as string))).toBe(true)
  expect(steps.at(-1)?.[0]).toBe(steps[0]?.[0])
  const everything = { start: Buffer.alloc(1), end: Buffer.alloc(32, 0xff) }
  expect(await dump(engine, everything)).toEqual(new Map())
})
