import { describe, expect, test } from 'vitest'
import type { JournalFiles } from '../../../packages/server/src/storage/journal/journalFiles.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import { SimulatedDirectory } from './simulatedDirectory.ts'
import { faultlessEngine } from './simulatedEngine.ts'

const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const bytes = Buffer.alloc(3000, 'x')

/** What a crash of the machine leaves of file 1, when `work` was cut off after so many steps. */
async function leftAfter(
  seed: number,
  steps: number,
  work: (files: JournalFiles) => Promise<unknown>,
): Promise<Buffer | undefined> {
  const random = new SeededRandom(seed)
  const scheduler = new Scheduler(random, { fairness: 1, stepMs: 1 })
  const directory = new SimulatedDirectory()
  const owner = { name: 'a process', alive: true }
  const surroundings = { scheduler, random, profile: faultlessEngine, owner }
  const files = directory.openFor(surroundings, () => ({ stepMs: 0, failureRate: 0 }))
  const progress = { isOver: false }
  void work(files).then(() => (progress.isOver = true))
  await scheduler.run(() => progress.isOver || scheduler.steps === steps, { maxSteps: 1000 })
  scheduler.kill(owner)
  directory.crashMachine(random)
  return directory.list().includes(1) ? directory.file(1).cached : undefined
}

async function writeFile(files: JournalFiles): Promise<void> {
  const file = await files.open(1)
  await file.write(bytes, 0)
}

describe('a crash of the machine', () => {
  test('leaves what was flushed', async () => {
    for (const seed of seeds) expect(await leftAfter(seed, Infinity, writeFile)).toEqual(bytes)
  })

  test('leaves any sectors of what was not, and zeros elsewhere', async () => {
    const left = await Promise.all(seeds.map((seed) => leftAfter(seed, 4, writeFile)))
    const lengths = new Set(left.map((each) => each?.length))
    expect(lengths).toContain(0)
    expect(lengths).toContain(bytes.length)
    const sectors = left.flatMap((each) =>
      Array.from({ length: Math.ceil((each as Buffer).length / 512) }, (_, i) =>
        (each as Buffer).subarray(i * 512, (i + 1) * 512).toString('latin1'),
      ),
    )
    const kinds = new Set(sectors.map((text) => [...new Set(text)].join('')))
    expect(kinds).toEqual(new Set(['x', '\0']))
  })

  test('may lose a name before its file is opened, and not after', async () => {
    const before = await Promise.all(seeds.map((seed) => leftAfter(seed, 1, writeFile)))
    expect(new Set(before.map((each) => each === undefined))).toEqual(new Set([true, false]))
    const after = await Promise.all(seeds.map((seed) => leftAfter(seed, 2, writeFile)))
    expect(after).not.toContain(undefined)
  })

  test('may bring back what was removed', async () => {
    const work = async (files: JournalFiles): Promise<void> => {
      await writeFile(files)
      await files.remove(1)
    }
    const left = await Promise.all(seeds.map((seed) => leftAfter(seed, Infinity, work)))
    expect(left).toContain(undefined)
    expect(left).toContainEqual(bytes)
  })

  test('may undo a cut that was not flushed', async () => {
    const work = async (files: JournalFiles): Promise<void> => {
      const file = await files.open(1)
      await file.write(bytes, 0)
      await file.truncate(10)
    }
    const stepsOfWrite = 6
    const left = await Promise.all(seeds.map((seed) => leftAfter(seed, stepsOfWrite + 1, work)))
    expect(new Set(left.map((each) => each?.length))).toEqual(new Set([10, bytes.length]))
    const flushed = await Promise.all(seeds.map((seed) => leftAfter(seed, Infinity, work)))
    expect(new Set(flushed.map((each) => each?.length))).toEqual(new Set([10]))
  })
})
