import { beforeEach, expect, test } from 'vitest'
import { leaseMs } from '../limits.ts'
import { StorageConflict } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import type { Lease } from './leases.ts'
import { SharedLeases } from './sharedLeases.ts'

let store: MemoryEngine
let clock: ManualClock
let one: SharedLeases
let other: SharedLeases

beforeEach(() => {
  store = new MemoryEngine()
  clock = new ManualClock()
  one = new SharedLeases({ engine: store, clock, random: new SeededRandom(1) })
  other = new SharedLeases({ engine: store, clock, random: new SeededRandom(2) })
})

const write = ({ fence }: Lease, text: string): Promise<void> =>
  store.commit(fence, [{ key: Buffer.from('work'), value: Buffer.from(text) }])

async function granted(lease: Promise<Lease | undefined>): Promise<Lease> {
  const held = await lease
  if (held === undefined) throw new Error('the lease was not granted')
  return held
}

test('one of those that ask has the lease, and leases of other names are others', async () => {
  const asked = await Promise.all([one.acquire('a'), other.acquire('a'), other.acquire('b')])
  expect(asked.map((lease) => lease?.isHeld)).toEqual([true, undefined, true])
})

test('a lease that is given back is free', async () => {
  const first = await granted(one.acquire('a'))
  await first.release()
  const second = await granted(other.acquire('a'))
  await write(second, 'by the second')
  await expect(write(first, 'by the first')).rejects.toBeInstanceOf(StorageConflict)
})

test('a lease that has run out goes to who asks, and the former holder is kept out', async () => {
  const first = await granted(one.acquire('a'))
  clock.advance(leaseMs - 1)
  expect(first.isHeld).toBe(true)
  expect(await other.acquire('a')).toBeUndefined()
  clock.advance(1)
  expect(first.isHeld).toBe(false)
  // Nobody has asked for it, so nothing speaks against the work.
  await write(first, 'a little late')
  const second = await granted(other.acquire('a'))
  await expect(write(first, 'too late')).rejects.toBeInstanceOf(StorageConflict)
  await first.release()
  expect(second.isHeld).toBe(true)
  await write(second, 'by the second')
})
