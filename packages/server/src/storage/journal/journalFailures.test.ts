import { describe, expect, test } from 'vitest'
import { JournalWorld, put, settle, textsOf } from '../../testing/journalWorld.ts'
import { SimulatedFiles, type Fault } from '../../testing/simulatedFiles.ts'
import { StorageFailure } from '../engine.ts'
import { endOfBits } from './sectors.ts'

describe('close', () => {
  test('releases the store though the file of the journal cannot be closed', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    // The first is that of the file before, which does not matter.
    world.files.faults.push({ call: 'close' }, { call: 'close' })
    await expect(engine.close()).rejects.toThrow('input/output error')
    expect(world.store.closed).toBe(1)
    expect(textsOf(await world.reopen())).toEqual(['a=1'])
  })

  test('releases the store though the store takes nothing more; the journal keeps it', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    world.store.failures = Infinity
    await engine.close()
    expect(world.store.closed).toBe(1)
    world.store.failures = 0
    expect(textsOf(await world.reopen())).toEqual(['a=1'])
  })

  test('a second time resolves with the first, and closes nothing again', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    world.store.held = () => held
    let resolved = 0
    const closings = [engine.close(), engine.close()].map(async (closing) => {
      await closing
      resolved += 1
    })
    await settle()
    expect(resolved).toBe(0)
    release()
    await Promise.all(closings)
    await engine.close()
    expect(world.store.closed).toBe(1)
    await expect(engine.commit([], [put('b', '2')])).rejects.toThrow(
      new StorageFailure('the store is closed'),
    )
  })
})

describe('a new file that could not be made does not count', () => {
  const stages: Fault[][] = [
    [{ call: 'open' }],
    [{ call: 'flushNames' }],
    [{ call: 'truncate' }],
    [{ call: 'flush' }],
    [{ call: 'write', writtenBytes: 0 }],
    [{ call: 'write', writtenBytes: 7 }],
    [{ call: 'write' }],
    [{ call: 'write' }, { call: 'list' }, { call: 'remove' }, { call: 'close' }],
  ]
  test.each(stages)('%o', async (...faults) => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    world.files.faults.push(...faults)
    world.clock.advance(1000)
    await settle()
    expect(world.files.faults.map(({ call }) => call)).not.toContain(faults[0]?.call)
    world.files.faults.length = 0
    await engine.commit([], [put('b', '2')])
    const left = world.files.content()
    expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=2'])
    world.files = new SimulatedFiles(left)
    expect(textsOf(await world.open())).toEqual(['a=1', 'b=2'])
  })
})

test('while the store takes nothing, two files and two layers are the most there are', async () => {
  const world = new JournalWorld()
  const maxJournalBytes = 100_000
  const valueBytes = 7000
  const engine = await world.open({ maxJournalBytes })
  world.store.held = () => new Promise(() => {})
  let acknowledged = 0
  const commits = Array.from({ length: 200 }, (_, i) => {
    void engine.commit([], [put(`k${i}`, 'x'.repeat(valueBytes))]).then(() => (acknowledged += 1))
  })
  expect(commits).toHaveLength(200)
  for (let i = 0; i < 100; i++) {
    await settle()
    world.clock.advance(1000)
  }
  expect(world.files.list()).toHaveLength(2)
  const most = maxJournalBytes + valueBytes + 100
  for (const bytes of world.files.content().values()) {
    expect(endOfBits(bytes)).toBeGreaterThanOrEqual(maxJournalBytes)
    expect(endOfBits(bytes)).toBeLessThan(most)
  }
  expect(acknowledged).toBe(2 * Math.ceil(maxJournalBytes / (valueBytes + 32)))
  expect(textsOf(engine)).toHaveLength(acknowledged)
})
