import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxTurnMs, maxWritesAtOnce } from '../../limits.ts'
import { DurableMemory } from '../../testing/durableMemory.ts'
import { JournalWorld, put, remove, settle, textsOf } from '../../testing/journalWorld.ts'
import type { FileStep } from '../../testing/processFiles.ts'
import { SimulatedFiles, type Fault } from '../../testing/simulatedFiles.ts'
import { StorageConflict, StorageFailure, type StorageWrite } from '../engine.ts'
import { describeEngine } from '../engineContract.ts'
import { JournaledEngine } from './journaledEngine.ts'
import { JournalReader } from './journalReader.ts'
import { JournalDamage } from './journalRecord.ts'

for (const maxJournalBytes of [64 * 1024 * 1024, 60]) {
  describeEngine(`journal of ${maxJournalBytes} bytes`, async () => {
    const world = new JournalWorld()
    const engines = [await world.open({ maxJournalBytes })]
    return {
      engine: engines[0] as JournaledEngine,
      async reopen() {
        const engine = await world.reopen({ maxJournalBytes })
        engines.push(engine)
        return engine
      },
      async dispose() {
        for (const engine of engines) await engine.close()
      },
    }
  })
}

describe('a commit', () => {
  test('is in the journal alone until nothing has come for a second', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    const commitsAtStart = world.store.commits
    await engine.commit([], [put('a', '1'), put('b', '2')])
    await settle()
    expect(world.store.commits).toBe(commitsAtStart)
    expect(world.store.get(Buffer.from('a'))).toBeUndefined()
    expect(textsOf(engine)).toEqual(['a=1', 'b=2'])
    world.clock.advance(1000)
    await settle()
    expect(world.store.get(Buffer.from('a'))).toEqual(Buffer.from('1'))
    expect(textsOf(engine)).toEqual(['a=1', 'b=2'])
    expect(world.files.list()).toEqual([2])
  })

  test('waits in the journal for at most thirty seconds while others come', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', 'first')])
    for (let second = 0; second < 30; second++) {
      world.clock.advance(500)
      await engine.commit([], [put('a', String(second))])
      expect(world.store.get(Buffer.from('a'))).toBeUndefined()
      world.clock.advance(500)
      await settle()
    }
    expect(world.store.get(Buffer.from('a'))).toEqual(Buffer.from('29'))
  })

  test('goes into the store in the order of keys, many at once', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    const before = world.store.commits
    for (let i = 0; i < 600; i++) await engine.commit([], [put(`k${(i * 7) % 600}`, String(i))])
    world.clock.advance(1000)
    world.clock.advance(1000)
    await settle()
    expect(world.store.commits - before).toBe(3)
    expect(textsOf(world.store)).toHaveLength(601)
  })

  test('with a key that the store cannot hold is refused as a whole', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    const long = { key: Buffer.alloc(4027, 1), value: Buffer.from('v') }
    await expect(engine.commit([], [put('a', '1'), long])).rejects.toThrow(StorageFailure)
    expect(textsOf(engine)).toEqual([])
  })

  test('is judged on what the journal holds', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    const expects1 = [{ key: Buffer.from('a'), version: engine.versionOf(Buffer.from('1')) }]
    await engine.commit(expects1, [remove('a')])
    await expect(engine.commit(expects1, [put('b', '1')])).rejects.toThrow(StorageConflict)
    await engine.commit([{ key: Buffer.from('a'), version: undefined }], [put('b', '2')])
    expect(textsOf(engine)).toEqual(['b=2'])
  })
})

describe('a snapshot', () => {
  test('stays as it is while what it shows moves into the store and is changed there', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1'), put('b', '1')])
    const first = engine.snapshot()
    world.clock.advance(1000)
    await settle()
    await engine.commit([], [remove('a'), put('c', '2')])
    const second = engine.snapshot()
    world.clock.advance(1000)
    await settle()
    await engine.commit([], [put('a', '3')])
    expect(textsOf({ snapshot: () => first })).toEqual(['a=1', 'b=1'])
    expect(textsOf({ snapshot: () => second })).toEqual(['b=1', 'c=2'])
    expect(textsOf(engine)).toEqual(['a=3', 'b=1', 'c=2'])
  })
})

/** Writes that are asked for one after the other. */
async function* oneByOne(
  writes: readonly StorageWrite[],
  failure?: Error,
): AsyncGenerator<StorageWrite, void> {
  yield* writes
  if (failure !== undefined) throw failure
}

describe('a commit of several records', () => {
  const filler = 'x'.repeat(50)
  const large = Array.from({ length: 9 }, (_, i) => put(`k${i}`, `${i}${filler}`))
  const shown = large.map((_, i) => `k${i}=${i}${filler}`)

  test.each([0, 1_000_000])('shows as a whole and survives (%i bytes in memory)', async (bytes) => {
    const world = new JournalWorld()
    const options = { maxRecordBytes: 100, maxHeldBytes: bytes }
    const engine = await world.open(options)
    for (const writes of [large, oneByOne(large)]) await engine.commit([], writes)
    expect(textsOf(engine)).toEqual(shown)
    expect(engine.lengthOf(Buffer.from('k3'))).toBe(51)
    await engine.commit([], [put('k3', 'new'), remove('k4')])
    const expected = shown.with(3, 'k3=new').toSpliced(4, 1)
    expect(textsOf(engine)).toEqual(expected)
    expect(engine.lengthOf(Buffer.from('k4'))).toBeUndefined()
    const again = await world.reopen(options)
    expect(textsOf(again)).toEqual(expected)
    world.clock.advance(1000)
    await settle()
    expect(textsOf(again)).toEqual(expected)
    await again.close()
    expect(textsOf(world.store)).toHaveLength(expected.length + 1)
  })

  test('shows as a whole behind turns of others, however many writes it has', async () => {
    const world = new JournalWorld()
    let readings = 0
    world.clock.monotonicMs = () => (readings += 2 * maxTurnMs)
    const engine = await world.open({ maxRecordBytes: 1000 })
    const commitOf = (text: string): StorageWrite[] =>
      Array.from({ length: maxWritesAtOnce + 1 }, (_, i) => put(`k${i + 1000}`, text))
    await engine.commit([], commitOf('first'))
    const progress = { isOver: false }
    const commit = engine.commit([], commitOf('second')).then(() => (progress.isOver = true))
    const seen: string[] = []
    while (!progress.isOver) {
      seen.push([...new Set(textsOf(engine).map((text) => text.slice(6)))].join())
      await settle()
    }
    await commit
    expect(seen.length).toBeGreaterThan(maxWritesAtOnce)
    expect(new Set(seen)).toEqual(new Set(['first']))
    expect(new Set(textsOf(engine).map((text) => text.slice(6)))).toEqual(new Set(['second']))
  })

  test('is read by snapshots from a file that has been removed', async () => {
    const world = new JournalWorld()
    const engine = await world.open({ maxRecordBytes: 100, maxHeldBytes: 0 })
    await engine.commit([], large)
    const snapshot = engine.snapshot()
    world.clock.advance(1000)
    await settle()
    await engine.commit([], [put('k0', 'new')])
    expect([...world.files.content().keys()]).toEqual([2])
    expect(textsOf({ snapshot: () => snapshot })).toEqual(shown)
    expect(textsOf(engine)).toEqual(shown.with(0, 'k0=new'))
  })

  test.each([1, 3, 5])('leaves nothing when write number %i fails', async (number) => {
    const world = new JournalWorld()
    const engine = await world.open({ maxRecordBytes: 100 })
    await engine.commit([], [put('a', '1')])
    const passed = { call: 'write', isPassed: true } as const
    const passing = Array.from({ length: number - 1 }, () => passed)
    world.files.faults.push(...passing, { call: 'write', writtenBytes: 37 })
    await expect(engine.commit([], large)).rejects.toThrow(new StorageFailure('no space is left'))
    expect(textsOf(engine)).toEqual(['a=1'])
    await engine.commit([], [put('b', '2')])
    expect(textsOf(engine)).toEqual(['a=1', 'b=2'])
    expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=2'])
  })

  test('leaves nothing when its writes fail, or one of its keys cannot be', async () => {
    const world = new JournalWorld()
    const engine = await world.open({ maxRecordBytes: 100 })
    const failure = new Error('no image')
    await expect(engine.commit([], oneByOne(large, failure))).rejects.toBe(failure)
    const wrong = [...large, put('', 'no key')]
    await expect(engine.commit([], wrong)).rejects.toThrow(StorageFailure)
    await engine.commit([], [put('a', '1')])
    expect(textsOf(await world.reopen())).toEqual(['a=1'])
  })

  test('is gone after a crash before its end', async () => {
    const world = new JournalWorld()
    const engine = await world.open({ maxRecordBytes: 100 })
    await engine.commit([], [put('a', '1')])
    let seen = 0
    const never = new Promise<void>(() => {})
    void engine.commit(
      [],
      (async function* () {
        for (const write of large) {
          if (seen++ === 7) await never
          yield write
        }
      })(),
    )
    await settle()
    expect(world.files.content(true).get(1)?.length).toBeGreaterThan(300)
    const again = await world.reopen({ maxRecordBytes: 100 })
    expect(textsOf(again)).toEqual(['a=1'])
    await again.commit([], [put('b', '2')])
    expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=2'])
  })
})

test('a journal of the form before is continued in that of today', async () => {
  const world = new JournalWorld()
  const engine = await world.open()
  await engine.commit([], [put('a', '1')])
  const [file] = world.files.content().values()
  const older = Buffer.from(file as Buffer)
  older[7] = 2
  older.writeUInt32BE(crc32(older.subarray(0, 16)), 16)
  world.files = new SimulatedFiles(new Map([[1, older]]))
  const again = await world.open({ maxRecordBytes: 20 })
  await again.commit([], [put('b', 'x'.repeat(30)), put('c', 'y'.repeat(30))])
  const shown = ['a=1', `b=${'x'.repeat(30)}`, `c=${'y'.repeat(30)}`]
  expect(textsOf(again)).toEqual(shown)
  expect(textsOf(await world.reopen())).toEqual(shown)
})

describe('a journal that is full', () => {
  test('takes commits while the store is slow, until the next one is full too', async () => {
    const world = new JournalWorld()
    const engine = await world.open({ maxJournalBytes: 1000 })
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    world.store.held = () => held
    const done: number[] = []
    const commits = Array.from({ length: 60 }, async (_, i) => {
      await engine.commit([], [put(`k${i}`, 'x'.repeat(60))])
      done.push(i)
    })
    for (let i = 0; i < 50; i++) await settle()
    const waitingFrom = done.length
    expect(waitingFrom).toBeGreaterThan(19)
    expect(waitingFrom).toBeLessThan(25)
    world.store.held = undefined
    release()
    await Promise.all(commits)
    expect(done).toEqual(Array.from({ length: 60 }, (_, i) => i))
    expect(textsOf(engine)).toHaveLength(60)
    await engine.close()
    expect(textsOf(world.store)).toHaveLength(61)
  })

  test('refuses commits when the store cannot take it, and goes on when it can', async () => {
    const world = new JournalWorld()
    const engine = await world.open({ maxJournalBytes: 200 })
    world.store.failures = Infinity
    let acknowledged = 0
    let refused = 0
    for (let i = 0; i < 20; i++) {
      await engine.commit([], [put(`k${i}`, 'x'.repeat(60))]).then(
        () => (acknowledged += 1),
        (error: unknown) => {
          expect(error).toBeInstanceOf(StorageFailure)
          refused += 1
        },
      )
      await settle()
    }
    expect(refused).toBeGreaterThan(10)
    expect(textsOf(engine)).toHaveLength(acknowledged)
    world.store.failures = 0
    await engine.commit([], [put('z', '1')])
    expect(textsOf(engine)).toHaveLength(acknowledged + 1)
    expect(textsOf(await world.reopen())).toHaveLength(acknowledged + 1)
  })
})

describe('a write of the journal that fails', () => {
  const faults: Fault[] = [
    { call: 'write', writtenBytes: 0 },
    { call: 'write', writtenBytes: 37 },
  ]
  test.each(faults)('%o applies nothing, and later commits succeed', async (fault) => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    world.files.faults.push(fault)
    await expect(engine.commit([], [put('a', '2')])).rejects.toThrow(
      new StorageFailure('no space is left'),
    )
    expect(textsOf(engine)).toEqual(['a=1'])
    await engine.commit([], [put('b', '3')])
    expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=3'])
  })

  test('and cannot be taken back breaks the engine, once; what was acknowledged is kept', async () => {
    const world = new JournalWorld()
    const broken: Error[] = []
    const engine = await world.open({ onBroken: (error) => broken.push(error) })
    await engine.commit([], [put('a', '1')])
    world.files.faults.push({ call: 'write', writtenBytes: 30 }, { call: 'truncate' })
    await expect(engine.commit([], [put('a', '2')])).rejects.toThrow(StorageFailure)
    await expect(engine.commit([], [put('b', '2')])).rejects.toThrow(StorageFailure)
    expect(broken.map(({ message }) => message)).toEqual(['no space is left'])
    expect(textsOf(engine)).toEqual(['a=1'])
    expect(textsOf(await world.reopen())).toEqual(['a=1'])
  })

  test.each<FileStep>(['open', 'write', 'remove'])(
    'a new file that cannot be made (%s) is made later',
    async (call) => {
      const world = new JournalWorld()
      const engine = await world.open()
      await engine.commit([], [put('a', '1')])
      world.files.faults.push({ call })
      world.clock.advance(1000)
      await settle()
      await engine.commit([], [put('b', '2')])
      expect(textsOf(await world.reopen())).toEqual(['a=1', 'b=2'])
    },
  )
})

describe('opening', () => {
  test('a closed store has nothing left in its journal', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    for (let i = 0; i < 5; i++) await engine.commit([], [put(`k${i}`, 'v')])
    await engine.close()
    expect(world.files.content().size).toBe(1)
    expect([...world.files.content().values()].map(({ length }) => length)).toEqual([20])
    expect(textsOf(await world.reopen())).toHaveLength(5)
  })

  test('for reading leaves journal and store as they are', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    const files = world.files.content()
    const commits = world.store.commits
    const reader = JournalReader.open(world.store.open(), world.files)
    expect(textsOf(reader)).toEqual(['a=1'])
    await expect(reader.commit()).rejects.toThrow(StorageFailure)
    await reader.close()
    expect(world.store.commits).toBe(commits)
    expect(world.files.content()).toEqual(files)
  })

  test('a store is refused when its journal is gone, or an older one was put back', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    const oldJournal = world.files.content()
    for (const value of ['1', '2']) {
      await engine.commit([], [put('a', value)])
      world.clock.advance(1000)
      await settle()
    }
    world.files = new SimulatedFiles()
    await expect(world.open()).rejects.toThrow(new JournalDamage('its journal is missing'))
    world.files = new SimulatedFiles(oldJournal)
    await expect(world.open()).rejects.toThrow(new JournalDamage('its journal ends before it does'))
  })

  test('a journal is refused when its store is gone, or is an older one', async () => {
    const world = new JournalWorld()
    const engine = await world.open()
    await engine.commit([], [put('a', '1')])
    const { files, clock } = world
    const store = new DurableMemory().open()
    await expect(JournaledEngine.open({ store, files, clock })).rejects.toThrow(
      new JournalDamage('its journal continues another one'),
    )
    world.clock.advance(1000)
    await settle()
    await engine.commit([], [put('a', '2')])
    await store.commit([], [{ key: Buffer.from('\x00journal'), value: Buffer.alloc(8) }])
    await expect(JournaledEngine.open({ store, files, clock })).rejects.toThrow(
      new JournalDamage('commits of its journal are missing'),
    )
  })
})

type Step =
  | { readonly kind: 'commit'; readonly key: number; readonly keep: boolean }
  | { readonly kind: 'pass' }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'storeFailure' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'close' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      key: fc.nat(12),
      keep: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'pass' as const }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        call: fc.constantFrom<FileStep>('write', 'open', 'remove'),
        writtenBytes: fc.nat(150),
      })
      .map((fault) => ({ kind: 'fault' as const, fault })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'storeFailure' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
)

test('after any faults and crashes the state is what was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const options = { maxJournalBytes: 200 }
      const world = new JournalWorld()
      let engine = await world.open(options)
      const model = new Map<string, string>()
      for (const [i, each] of steps.entries()) {
        if (each.kind === 'commit') {
          const writes = [
            each.keep ? put(`k${each.key}`, String(i)) : remove(`k${each.key}`),
            put(`k${(each.key * 5) % 13}`, `${i}b`),
          ]
          const done = await engine.commit([], writes).then(
            () => true,
            () => false,
          )
          if (!done) continue
          for (const { key, value } of writes) {
            if (value === undefined) model.delete(Buffer.from(key).toString())
            else model.set(Buffer.from(key).toString(), Buffer.from(value).toString())
          }
        } else if (each.kind === 'pass') {
          world.clock.advance(1000)
          await settle()
        } else if (each.kind === 'fault') world.files.faults.push(each.fault)
        else if (each.kind === 'storeFailure') world.store.failures = 1
        else {
          if (each.kind === 'close') await engine.close()
          engine = await world.reopen(options)
        }
        const expected = [...model].map(([key, value]) => `${key}=${value}`).toSorted()
        expect(textsOf(engine).toSorted()).toEqual(expected)
      }
    }),
    { numRuns: 300 },
  )
})
