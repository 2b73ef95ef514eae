import { expect, test } from 'vitest'
import { JournalWorld, put, remove, settle, textsOf } from '../../testing/journalWorld.ts'
import { StorageFailure } from '../engine.ts'
import { appliedKey, type LayeredSnapshot } from './layeredReads.ts'

const [before, own, after] = ['\x00journa', '\x00journal', '\x00journal\x00'] as const

/** What a snapshot has from `start` to `end`, forwards; backwards must be the same. */
function keysBetween(snapshot: LayeredSnapshot, start: string, end: string): string[] {
  const range = { start: Buffer.from(start), end: Buffer.from(end) }
  const keysOf = (reverse: boolean): string[] =>
    [...snapshot.range({ ...range, reverse })].map(({ key }) => Buffer.from(key).toString())
  const keys = keysOf(false)
  expect(keysOf(true)).toEqual(keys.toReversed())
  return keys
}

test("the engine's own key is never read, in the store or above it", async () => {
  const world = new JournalWorld()
  const engine = await world.open()
  await engine.commit([], [put(before, '1'), put(after, '2')])
  for (const where of ['above the store', 'in the store']) {
    expect(world.store.get(appliedKey)).toBeDefined()
    expect(engine.get(appliedKey), where).toBeUndefined()
    const snapshot = engine.snapshot()
    expect(snapshot.get(appliedKey), where).toBeUndefined()
    expect(snapshot.getMany([appliedKey, Buffer.from(after)])).toEqual([
      undefined,
      Buffer.from('2'),
    ])
    expect(keysBetween(snapshot, '', '\x01'), where).toEqual([before, after])
    expect(keysBetween(snapshot, own, '\x01'), where).toEqual([after])
    expect(keysBetween(snapshot, own, after), where).toEqual([])
    expect(keysBetween(snapshot, '', own), where).toEqual([before])
    expect(keysBetween(snapshot, after, '\x01'), where).toEqual([after])
    snapshot.close()
    world.clock.advance(1000)
    await settle()
  }
  expect(textsOf(world.store)).toHaveLength(3)
})

test.each([put(own, 'x'), remove(own)])(
  'a commit that writes it is refused as a whole',
  async (write) => {
    const world = new JournalWorld()
    const engine = await world.open()
    await expect(engine.commit([], [put('a', '1'), write])).rejects.toThrow(
      new StorageFailure("this key is the engine's own"),
    )
    expect(textsOf(engine)).toEqual([])
    await engine.commit([], [put('a', '2')])
    expect(textsOf(await world.reopen())).toEqual(['a=2'])
  },
)
