import { describe, expect, test } from 'vitest'
import { DurableMemory } from '../../testing/durableMemory.ts'
import { JournalWorld, put, settle, textsOf } from '../../testing/journalWorld.ts'
import { SimulatedFiles } from '../../testing/simulatedFiles.ts'
import { JournaledEngine } from './journaledEngine.ts'
import { JournalReader } from './journalReader.ts'
import { JournalDamage } from './journalRecord.ts'
import { endOfBits } from './sectors.ts'

/** A world whose journal has two files, because the store does not take the first one. */
async function worldOfTwoFiles(): Promise<JournalWorld> {
  const world = new JournalWorld()
  const engine = await world.open()
  await engine.commit([], [put('a', '1')])
  world.store.held = () => new Promise(() => {})
  world.clock.advance(1000)
  await settle()
  await engine.commit([], [put('b', '2')])
  world.store.held = undefined
  expect(world.files.list()).toEqual([1, 2])
  return world
}

describe('reading changes nothing', () => {
  test('of a store that has no journal', async () => {
    const store = new DurableMemory()
    await store.open().commit([], [put('a', '1')])
    const files = new SimulatedFiles()
    const reader = JournalReader.open(store.open(), files)
    expect(textsOf(reader)).toEqual(['a=1'])
    await reader.close()
    expect(files.list()).toEqual([])
    expect(store.commits).toBe(1)
  })

  test('of a store without a mark when there is a journal: that is refused', async () => {
    const world = await worldOfTwoFiles()
    const content = world.files.content()
    expect(() => JournalReader.open(new DurableMemory().open(), world.files)).toThrow(
      new JournalDamage('its journal continues another one'),
    )
    expect(world.files.content()).toEqual(content)
  })

  test('of torn tails, of files that are to be removed, and of new ones that do not count', async () => {
    const { store, files } = await worldOfTwoFiles()
    const content = files.content()
    const newest = content.get(2) as Buffer
    content.set(2, Buffer.concat([newest.subarray(0, endOfBits(newest)), Buffer.alloc(7, 1)]))
    content.set(3, Buffer.alloc(0))
    const torn = new SimulatedFiles(content)
    const reader = JournalReader.open(store.open(), torn)
    expect(textsOf(reader)).toEqual(['a=1', 'b=2'])
    await reader.close()
    expect(torn.content()).toEqual(content)
    expect(torn.content(true)).toEqual(content)
  })
})

describe('what is gone is noticed:', () => {
  test('the newest file', async () => {
    const world = await worldOfTwoFiles()
    world.files = new SimulatedFiles(new Map([...world.files.content()].slice(0, 1)))
    const expected = new JournalDamage('the newest file of its journal is missing')
    await expect(world.open()).rejects.toThrow(expected)
    expect(() => JournalReader.open(world.store.open(), world.files)).toThrow(expected)
  })

  test('the oldest file', async () => {
    const world = await worldOfTwoFiles()
    world.files = new SimulatedFiles(new Map([...world.files.content()].slice(1)))
    await expect(world.open()).rejects.toThrow(
      new JournalDamage('commits of its journal are missing'),
    )
  })

  test('a store that was closed in good order, whose journal is empty', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    await engine.close()
    const { files, clock } = world
    const store = new DurableMemory().open()
    await expect(JournaledEngine.open({ store, files, clock })).rejects.toThrow(
      new JournalDamage('its journal continues another one'),
    )
  })
})

test('a record that a killed process left in memory only is durable once it was read', async () => {
  const world = new JournalWorld()
  const first = await world.open()
  await first.commit([], [put('a', '1')])
  // The whole record is in the system's memory; its flush fails, and it cannot be cut off.
  world.files.faults.push({ call: 'flush' }, { call: 'truncate' })
  await expect(first.commit([], [put('b', '2')])).rejects.toThrow()
  expect(world.files.content(true)).not.toEqual(world.files.content())
  const second = await world.open()
  expect(textsOf(second)).toEqual(['a=1', 'b=2'])
  expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=2'])
})

test('and so is one in an older file', async () => {
  const world = await worldOfTwoFiles()
  const content = world.files.content()
  const files = new SimulatedFiles()
  for (const [number, bytes] of content) {
    const file = await files.open(number)
    files.faults.push({ call: 'flush' })
    await expect(file.write(bytes, 0)).rejects.toThrow()
  }
  world.files = files
  await world.open()
  for (const [number, bytes] of files.content(true)) {
    const written = content.get(number) as Buffer
    expect(bytes).toEqual(written.subarray(0, endOfBits(written)))
  }
})

test('a mark that a killed first opening left in memory only is durable before a commit is', async () => {
  const world = new JournalWorld()
  // The store has applied the mark and does not get to flush it.
  world.store.held = (stage) => (stage === 'after' ? new Promise(() => {}) : Promise.resolve())
  void world.open()
  await settle()
  expect(world.store.unflushed).toBe(1)
  world.store.held = undefined
  const engine = await world.open()
  await engine.commit([], [put('a', '1')])
  await world.store.losePower(0)
  expect(textsOf(await world.reopen())).toEqual(['a=1'])
})
